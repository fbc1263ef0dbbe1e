import { IconAlertTriangle, IconCircleCheck, IconFileCheck, IconMinus, type TablerIcon } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { BackfillInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { Badge } from "../../../shared/ui/Badge";
import { useFormat } from "../../../shared/ui/useFormat";
import { type Row, rowsOf } from "./groups";

const DIMMED = "var(--mantine-color-dimmed)";
const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  issue: { icon: IconCircleCheck, color: "var(--state-issued)" },
  hold: { icon: IconAlertTriangle, color: "var(--state-held)" },
  invoiced: { icon: IconFileCheck, color: DIMMED },
};

/** What would become of the orders of a time, by what and why. */
export function PlanTable({ backfill }: { backfill: BackfillInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <table className="plain">
      <caption>{t("backfill.table", { from: format.day(backfill.from), until: format.day(backfill.until) })}</caption>
      <thead>
        <tr>
          {["verdict", "why", "count", "value", "samples"].map((name) => (
            <th key={name} scope="col" className={name === "count" || name === "value" ? "num" : undefined}>
              {t(`backfill.column.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rowsOf(backfill.groups).map((row) => {
          const look = LOOKS[row.verdict] ?? { icon: IconMinus, color: DIMMED };
          return (
            <tr key={`${row.verdict} ${row.reason}`} data-testid={ids.backfillGroup(row.verdict, row.reason)}>
              <td>
                <Badge icon={look.icon} color={look.color}>
                  {t(`backfill.verdict.${row.verdict}`, { defaultValue: row.verdict })}
                </Badge>
              </td>
              <td>{whyText(t, row)}</td>
              <td className="num">{format.count(row.count)}</td>
              <td className="num">{format.amounts(row.totals)}</td>
              <td>
                {row.samples.map((number) => `#${number}`).join(", ")}
                {row.count > row.samples.length && " …"}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** A held one's failure, or why a decision is none; a code without words stays as it is. */
function whyText(t: TFunction, { verdict, reason }: Row): string {
  if (reason === "") return t("common.none");
  return t(verdict === "hold" ? `failure.${reason}.title` : `reason.${reason}`, { defaultValue: reason });
}
