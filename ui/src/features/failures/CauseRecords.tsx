import { Anchor, Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FailureGroup } from "../../api/generated/api";
import { useAct, useCauseRecords } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { SnoozeMenu } from "../../shared/ui/SnoozeMenu";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

/** The held records of a cause, newest first, by pages. */
export function CauseRecords({ group }: { group: FailureGroup }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const records = useCauseRecords(group.key);
  const snooze = useAct("record.snooze");
  const rows = records.data?.pages.flatMap((page) => page.rows) ?? [];
  if (records.isPending) return <Loading />;
  if (records.error) return <ErrorNote error={records.error} again={() => void records.refetch()} />;
  const open = (id: string) => go.stay({ document: id, edit: undefined });
  return (
    <>
      {snooze.error && <ErrorNote error={snooze.error} />}
      <table className="plain" style={{ marginTop: 8 }}>
        <tbody>
          {rows.map(({ document, owner, snoozedUntilMs, failedMs }) => (
            <tr key={document.id} className="link-row" onClick={() => open(document.id)}>
              <td>
                <Anchor component="button" size="sm" fw={600} data-testid={ids.row(document.orderNumber)}>
                  #{document.orderNumber}
                </Anchor>
              </td>
              <td>{document.client}</td>
              <td className="mono">{document.failure?.detail}</td>
              <td>{owner}</td>
              <td className="num">{format.amount(document.total)}</td>
              <td className="num">
                <Time ms={failedMs} />
              </td>
              <td className="num" onClick={(event) => event.stopPropagation()}>
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  {snoozedUntilMs !== null && (
                    <Text size="xs" c="dimmed">
                      {t("snooze.until", { time: format.instant(snoozedUntilMs) })}
                    </Text>
                  )}
                  <SnoozeMenu
                    command="record.snooze"
                    size="compact-xs"
                    until={snoozedUntilMs}
                    onSnooze={(untilMs) => snooze.mutate({ documentId: document.id, untilMs })}
                  />
                </Group>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {records.hasNextPage && (
        <Button variant="subtle" size="xs" loading={records.isFetchingNextPage} onClick={() => void records.fetchNextPage()} data-testid={ids.moreRecords}>
          {t("failures.more", { count: Math.max(1, group.count - rows.length) })}
        </Button>
      )}
    </>
  );
}
