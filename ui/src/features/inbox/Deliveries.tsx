import { Anchor, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DeliveryRow } from "../../api/generated/api";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";
import { OrderLink } from "./OrderLink";
import { DeliveryState, VerdictBadge } from "./Verdict";

/** What came, newest first; a row opens its delivery beside the list. */
export function Deliveries({ rows }: { rows: DeliveryRow[] }) {
  const { t } = useTranslation();
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>{t("inbox.received")}</th>
          <th>{t("inbox.from")}</th>
          <th>{t("inbox.topic")}</th>
          <th>{t("inbox.order")}</th>
          <th>{t("inbox.verdictHead")}</th>
          <th>{t("inbox.stateHead")}</th>
          <th className="num">{t("inbox.tries")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: DeliveryRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const { delivery } = usePlace();
  const open = () => go.stay({ delivery: row.id, order: undefined, document: undefined });
  return (
    <tr className="link-row" onClick={open} aria-current={delivery === row.id || undefined} data-testid={ids.delivery(row.id)}>
      <td>
        <Anchor component="button" type="button" size="sm" fw={500}>
          <Time ms={row.receivedMs} />
        </Anchor>
      </td>
      <td>
        {row.connectionName}
        <Text size="xs" c="dimmed">
          {t(`system.${row.kind}`, { defaultValue: row.kind })}
        </Text>
      </td>
      <td className="mono">{row.topic || t("inbox.noTopic")}</td>
      <td onClick={(event) => event.stopPropagation()}>
        <OrderLink row={row} />
      </td>
      <td>
        <VerdictBadge row={row} />
      </td>
      <td>
        <DeliveryState state={row.state} />
      </td>
      <td className="num">{format.count(row.tries)}</td>
    </tr>
  );
}
