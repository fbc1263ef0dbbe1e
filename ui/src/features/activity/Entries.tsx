import { Anchor, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconHelpCircle, IconNote, type TablerIcon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { AuditEntry, AuditSubject } from "../../api/generated/api";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { Time } from "../../shared/ui/Time";
import { actWords, placeOfSubject, subjectWords, whoWords } from "./words";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  done: { icon: IconCircleCheck, color: "var(--state-issued)" },
  refused: { icon: IconCircleX, color: "var(--state-mismatched)" },
  asked: { icon: IconHelpCircle, color: "var(--state-held)" },
  noted: { icon: IconNote, color: "var(--mantine-color-dimmed)" },
};

/** How an act ended, as icon and word. */
export function Outcome({ outcome }: { outcome: string }) {
  const { t } = useTranslation();
  const look = LOOKS[outcome] ?? { icon: IconHelpCircle, color: "inherit" };
  return (
    <Badge icon={look.icon} color={look.color}>
      {t(`activity.outcome.${outcome}`, { defaultValue: outcome })}
    </Badge>
  );
}

/** What was done, newest first; a row opens its entry beside the list. */
export function Entries({ rows }: { rows: AuditEntry[] }) {
  const { t } = useTranslation();
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>{t("activity.time")}</th>
          <th>{t("activity.who")}</th>
          <th>{t("activity.what")}</th>
          <th>{t("activity.subject")}</th>
          <th>{t("activity.outcomeHead")}</th>
          <th>{t("activity.reason")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.row} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: AuditEntry }) {
  const { t } = useTranslation();
  const go = useGo();
  const { entry } = usePlace();
  const open = () => go.stay({ entry: String(row.row), order: undefined, document: undefined });
  return (
    <tr className="link-row" onClick={open} aria-current={entry === String(row.row) || undefined} data-testid={ids.auditEntry(row.row)}>
      <td>
        <Anchor component="button" type="button" size="sm" fw={500}>
          <Time ms={row.atMs} />
        </Anchor>
      </td>
      <td>
        {whoWords(row, t)}
        <Text size="xs" c="dimmed">
          {t(`activity.host.${row.host}`, { defaultValue: row.host })}
        </Text>
      </td>
      <td>{actWords(row.act, t)}</td>
      <td style={{ overflowWrap: "anywhere" }}>{row.subject && <SubjectLink subject={row.subject} />}</td>
      <td>
        <Outcome outcome={row.outcome} />
      </td>
      <td style={{ overflowWrap: "anywhere" }}>{row.reason}</td>
    </tr>
  );
}

/** What an act was about, leading to it where there is something to look at. */
export function SubjectLink({ subject }: { subject: AuditSubject }) {
  const { t } = useTranslation();
  const go = useGo();
  const { record, screen } = placeOfSubject(subject);
  const words = subjectWords(subject, t);
  if (!record && !screen) return <>{words}</>;
  return (
    <Anchor
      component="button"
      type="button"
      size="sm"
      title={t("activity.openRecord")}
      onClick={(event) => {
        // it leads to the subject, and not to the entry that it stands in
        event.stopPropagation();
        if (record) go.stay({ ...record, entry: undefined });
        else if (screen) go.screen(...screen);
      }}
      data-testid={ids.auditSubject}
    >
      {words}
    </Anchor>
  );
}
