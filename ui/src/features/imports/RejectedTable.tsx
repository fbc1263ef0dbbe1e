import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ImportRejected } from "../../api/generated/api";
import { useFormat } from "../../shared/ui/useFormat";
import { useFieldName } from "./fields";

const COLUMNS = ["line", "order", "field", "why"] as const;

export const rejectedHeadings = (t: TFunction) => COLUMNS.map((name) => t(`imports.rejected.${name}`));

/** A row as texts, in the order of its headings. */
export function rejectedTexts(row: ImportRejected, nameOf: (field: string) => string): string[] {
  return [String(row.line), row.order ?? "", nameOf(row.field), row.reason];
}

/** Rows that are not taken: where they stand in the file, and why. */
export function RejectedTable({ rows, maxHeight }: { rows: ImportRejected[]; maxHeight: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useFieldName();
  return (
    <div className="scroll-box" style={{ maxHeight }} tabIndex={0} role="region" aria-label={t("imports.rejected.label")}>
      <table className="plain">
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col" className={name === "line" ? "num" : undefined}>
                {t(`imports.rejected.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.row}>
              <td className="num">{format.count(row.line)}</td>
              <td className="import-number">{row.order === null ? t("common.none") : `#${row.order}`}</td>
              <td>{nameOf(row.field)}</td>
              <td>{row.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
