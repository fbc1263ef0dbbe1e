import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface Difference {
  key: string;
  field: ReactNode;
  /** Null: it was not there. */
  before: string | null;
  /** Null: it is not there any more. */
  after: string | null;
}

interface Props {
  differences: Difference[];
  caption?: string;
  testId?: string;
}

/** What differs, field by field. */
export function BeforeAfter({ differences, caption, testId }: Props) {
  const { t } = useTranslation();
  return (
    <div className="diff" tabIndex={0} data-testid={testId}>
      <table className="plain">
        {caption && <caption>{caption}</caption>}
        <thead>
          <tr>
            <th>{t("editor.diff.field")}</th>
            <th>{t("editor.diff.before")}</th>
            <th>{t("editor.diff.after")}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ key, field, before, after }) => (
            <tr key={key}>
              <td>{field}</td>
              <td className="mono">{before ?? t("editor.diff.notThere")}</td>
              <td className="mono">{after ?? t("editor.diff.notThere")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
