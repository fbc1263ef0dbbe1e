import { Anchor, Button, Checkbox, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconHandStop, IconLock, IconLockOpen } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ClosingInfo, MonthReport, ObstacleInfo } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { type Place, type ScreenPath, useGo } from "../../../shared/lib/navigation";
import { ids } from "../../../shared/lib/testids";
import { Badge } from "../../../shared/ui/Badge";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { MayButton } from "../../../shared/ui/MayButton";
import { StateBadge } from "../../../shared/ui/StateBadge";
import { useFormat } from "../../../shared/ui/useFormat";

/** The tab of this screen on which an obstacle is settled. */
const TAB: Record<string, string> = {
  in_doubt: "doubts",
  mismatched: "mismatched",
  missing_there: "missing",
  unknown_here: "unknown",
  duplicates: "unknown",
  repeats: "series",
};

/** Where an obstacle is settled that another screen shows. */
function placeOf(code: string, { books, from, to }: MonthReport): [ScreenPath, Place] | null {
  const ours = `connection:${books.connectionId}`;
  switch (code) {
    case "not_sent_yet":
      return ["/invoices", { q: `status:held,ready created:<=${to} ${ours}` }];
    case "orders_waiting":
      return ["/orders", { q: `decision:waiting created:${from}..${to}` }];
    case "einvoice_late":
      return ["/einvoice", {}];
    case "einvoice_rejected":
      return ["/invoices", { q: `einvoice:rejected issued:${from}..${to} ${ours}` }];
    default:
      return null;
  }
}

/** Whether the month is closed, what keeps it open, and what changed since. */
export function MonthState({ report }: { report: MonthReport }) {
  const { t } = useTranslation();
  const [act, setAct] = useState<"close" | "reopen" | null>(null);
  const { closing } = report;
  const isBlocked = report.blocked.length > 0;
  return (
    <section className="card">
      <Stack gap="sm">
        <Group gap="sm">
          <Title order={2}>
            <Badge
              icon={closing ? IconLock : IconLockOpen}
              color={closing ? "var(--state-issued)" : "var(--state-waiting)"}
            >
              {closing ? <ClosedBy closing={closing} /> : t(report.over ? "closing.notClosed" : "closing.running")}
            </Badge>
          </Title>
          {closing ? (
            <MayButton command="month.reopen" variant="default" ml="auto" onClick={() => setAct("reopen")} data-testid={ids.monthReopen}>
              {t("closing.reopen")}
            </MayButton>
          ) : (
            <MayButton
              command="month.close"
              ml="auto"
              variant="default"
              disabled={isBlocked}
              title={isBlocked ? t("closing.closeBlocked") : undefined}
              onClick={() => setAct("close")}
              data-testid={ids.monthClose}
            >
              {t("closing.close")}
            </MayButton>
          )}
        </Group>
        {closing && <Text size="sm">{t("closing.note", { note: closing.note })}</Text>}
        {closing && closing.accepted.length > 0 && (
          <Text size="sm" c="dimmed">
            {t("closing.acceptedThen")} {closing.accepted.map((code) => t(`closing.obstacle.${code}`)).join(" · ")}
          </Text>
        )}
        {!closing && isBlocked && (
          <>
            <Text size="sm" fw={600}>
              {t("closing.blocked")}
            </Text>
            {report.blocked.map((one) => (
              <Obstacle key={one.code} report={report} obstacle={one} blocks />
            ))}
            <Text size="xs" c="dimmed">
              {t("closing.closeBlocked")}
            </Text>
          </>
        )}
        {!closing && !isBlocked && (
          <Badge icon={IconCircleCheck} color="var(--state-issued)">
            {t("closing.ready")}
          </Badge>
        )}
        {!closing && report.warnings.length > 0 && (
          <>
            <Text size="sm" fw={600}>
              {t("closing.warnings")}
            </Text>
            {report.warnings.map((one) => (
              <Obstacle key={one.code} report={report} obstacle={one} />
            ))}
          </>
        )}
        {closing && <Since report={report} />}
        {report.earlier.length > 0 && <Earlier closings={report.earlier} />}
      </Stack>
      {act === "close" && <CloseDialog report={report} close={() => setAct(null)} />}
      {act === "reopen" && closing && <ReopenDialog report={report} id={closing.id} close={() => setAct(null)} />}
    </section>
  );
}

function ClosedBy({ closing }: { closing: ClosingInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  return t("closing.closedBy", { who: closing.who, when: format.instant(closing.closedMs) });
}

function Obstacle({ report, obstacle, blocks }: { report: MonthReport; obstacle: ObstacleInfo; blocks?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const tab = TAB[obstacle.code];
  const place = placeOf(obstacle.code, report);
  return (
    <Group gap="sm" data-testid={ids.monthObstacle(obstacle.code)}>
      <Badge icon={blocks ? IconHandStop : IconAlertTriangle} color={blocks ? "var(--state-mismatched)" : "var(--state-held)"}>
        {`${t(`closing.obstacle.${obstacle.code}`)}: ${format.count(obstacle.count)}`}
      </Badge>
      {(tab ?? place) && (
        <Button size="compact-xs" variant="default" onClick={() => (place ? go.screen(...place) : go.stay({ filter: tab }))}>
          {t("closing.show")}
        </Button>
      )}
    </Group>
  );
}

function Since({ report }: { report: MonthReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  if (report.since.length === 0) return <Text size="sm">{t("closing.sinceNone")}</Text>;
  return (
    <div data-testid={ids.monthSince}>
      <Badge icon={IconAlertTriangle} color="var(--state-held)">
        {t("closing.since", { count: report.since.length })}
      </Badge>
      <table className="plain">
        <thead>
          <tr>
            <th>{t("closing.file.number")}</th>
            <th>{t("closing.file.client")}</th>
            <th>{t("closing.file.before")}</th>
            <th>{t("closing.file.after")}</th>
            <th className="num">{t("closing.file.total")}</th>
          </tr>
        </thead>
        <tbody>
          {report.since.map((one) => (
            <tr key={one.documentId}>
              <td>
                <Anchor component="button" type="button" size="sm" onClick={() => go.stay({ document: one.documentId })}>
                  {one.number}
                </Anchor>
              </td>
              <td>{one.client}</td>
              <td>{one.before ? t(`state.${one.before}`) : t("closing.notThere")}</td>
              <td>
                <StateBadge state={one.state} />
              </td>
              <td className="num">{format.amount(one.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Earlier({ closings }: { closings: ClosingInfo[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <details>
      <summary>{t("closing.earlier")}</summary>
      {closings.map((one) => (
        <Text key={one.id} size="sm" c="dimmed">
          {t("closing.reopenedBy", {
            who: one.who,
            closed: format.instant(one.closedMs),
            by: one.reopenedBy,
            when: format.instant(one.reopenedMs ?? one.closedMs),
            reason: one.reopenedReason,
          })}
        </Text>
      ))}
    </details>
  );
}

function CloseDialog({ report, close }: { report: MonthReport; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const closeMonth = useAct("month.close");
  const [accepted, setAccepted] = useState<string[]>([]);
  const { books, warnings } = report;
  const month = format.month(report.month);
  const missing = warnings.some((one) => !accepted.includes(one.code)) ? t("closing.acceptFirst") : null;
  const act = (note: string) =>
    closeMonth.mutate(
      { connectionId: books.connectionId, company: books.company, month: report.month, accepted, note },
      { onSuccess: close },
    );
  return (
    <ConfirmDialog
      opened
      title={t("closing.closeTitle", { month, company: books.company })}
      act={t("closing.closeAct", { month })}
      askReason
      missing={missing}
      refusals="closing.refusal"
      busy={closeMonth.isPending}
      error={closeMonth.error}
      onAct={act}
      onClose={close}
    >
      <Text size="sm">{t("closing.closeText")}</Text>
      {warnings.map((one) => (
        <Checkbox
          key={one.code}
          label={t("closing.accept", { what: `${t(`closing.obstacle.${one.code}`)}: ${format.count(one.count)}` })}
          checked={accepted.includes(one.code)}
          onChange={(event) => {
            const isOn = event.currentTarget.checked;
            setAccepted((before) => (isOn ? [...before, one.code] : before.filter((code) => code !== one.code)));
          }}
          data-testid={ids.monthAccept(one.code)}
        />
      ))}
    </ConfirmDialog>
  );
}

function ReopenDialog({ report, id, close }: { report: MonthReport; id: string; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reopen = useAct("month.reopen");
  const month = format.month(report.month);
  return (
    <ConfirmDialog
      opened
      title={t("closing.reopenTitle", { month })}
      act={t("closing.reopenAct", { month })}
      askReason
      busy={reopen.isPending}
      error={reopen.error}
      onAct={(reason) => reopen.mutate({ id, reason }, { onSuccess: close })}
      onClose={close}
    >
      <Text size="sm">{t("closing.reopenText")}</Text>
    </ConfirmDialog>
  );
}
