import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ImportReason, ImportRejected } from "../../api/generated/api";
import { useFormat } from "../../shared/ui/useFormat";
import { useFieldName } from "./fields";
import { useReason } from "./reason";

const COLUMNS = ["line", "order", "field", "why"] as const;

export const rejectedHeadings = (t: TFunction) => COLUMNS.map((name) => t(`imports.rejected.${name}`));

/** A row as texts, in the order of its headings. */
export function rejectedTexts(row: ImportRejected, nameOf: (field: string) => string, whyOf: (reason: ImportReason) => string): string[] {
  return [String(row.line), row.order ?? "", nameOf(row.field), whyOf(row.reason)];
}

/** Rows that are not taken: where they stand in the file, and why. */
export function RejectedTable({ rows, maxHeight }: { rows: ImportRejected[]; maxHeight: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useFieldName();
  const whyOf = useReason();
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
              <td>{whyOf(row.reason)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
