import { Anchor, Button, CloseButton, Group, Stack, Text, Title } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditDetail, AuditEntry } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { BeforeAfter } from "../../shared/ui/BeforeAfter";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { SidePanel } from "../../shared/ui/SidePanel";
import { useFormat } from "../../shared/ui/useFormat";
import { Outcome, SubjectLink } from "./Entries";
import { actWords, isAsked, shownValue, whoWords } from "./words";

/** One entry beside the list, when the address names it. */
export function EntryPanel({ row }: { row: string | undefined }) {
  const { t } = useTranslation();
  const go = useGo();
  const close = () => go.stay({ entry: undefined });
  const number = Number(row);
  const isNamed = row !== undefined && Number.isSafeInteger(number);
  return (
    <SidePanel opened={isNamed} label={t("activity.panel")} close={close} acting={false} testId={ids.auditPanel}>
      {isNamed && <Entry key={number} row={number} close={close} />}
    </SidePanel>
  );
}

/** What was asked for, what it changed, and what is kept aside, hidden until it is asked for. */
function Entry({ row, close }: { row: number; close: () => void }) {
  const { t } = useTranslation();
  const [personal, setPersonal] = useState(false);
  const detail = useAsk("audit.get", { row, personal });
  if (detail.error) {
    return (
      <Group p="md" align="flex-start" wrap="nowrap">
        <ErrorNote error={detail.error} again={() => void detail.refetch()} />
        <CloseButton onClick={close} aria-label={t("activity.close")} />
      </Group>
    );
  }
  if (!detail.data) return <Loading />;
  const { entry } = detail.data;
  return (
    <>
      <div className="drawer-head">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Title order={2} style={{ overflowWrap: "anywhere" }}>
              {actWords(entry.act, t)}
            </Title>
            <Group gap="md" mt={4} fz="sm">
              <Outcome outcome={entry.outcome} />
              {entry.subject && <SubjectLink subject={entry.subject} />}
            </Group>
          </div>
          <CloseButton onClick={close} aria-label={t("activity.close")} />
        </Group>
        <Text size="sm" mt="sm" className={entry.outcome === "asked" ? "note" : "note done"}>
          {t(`activity.outcomeText.${entry.outcome}`, { defaultValue: "" })}
        </Text>
      </div>
      <div className="drawer-body">
        <div className="drawer-part" tabIndex={0}>
          <Stack gap="md">
            <Facts entry={entry} />
            <Changes entry={entry} />
            <Asked entry={entry} />
            <Held entry={entry} />
            {entry.hasPersonal && <Aside detail={detail.data} personal={personal} setPersonal={setPersonal} />}
          </Stack>
        </div>
      </div>
    </>
  );
}

function Facts({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const { subject, approvedBy, reason, code, endedMs, role } = entry;
  const facts: [string, ReactNode][] = [
    ["row", entry.endRow === null ? String(entry.row) : `${entry.row}, ${entry.endRow}`],
    ["asked", format.instant(entry.atMs)],
    ["ended", endedMs === null ? t("common.none") : format.instant(endedMs)],
    ["who", whoWords(entry, t)],
    ["role", role === "" ? t("common.none") : t(`settings.role.${role}`, { defaultValue: role })],
    ["host", t(`activity.host.${entry.host}`, { defaultValue: entry.host })],
  ];
  if (approvedBy !== null) facts.push(["approved", approvedBy]);
  if (reason !== "") facts.push(["reason", reason]);
  if (code !== "") facts.push(["code", t(`error.${code}`, { defaultValue: code })]);
  return (
    <>
      <dl className="facts">
        {facts.map(([name, value]) => [<dt key={name}>{t(`activity.facts.${name}`)}</dt>, <dd key={`${name}=`}>{value}</dd>])}
      </dl>
      {subject && (
        <Anchor component="button" type="button" size="sm" w="fit-content" onClick={() => go.stay({ about: `${subject.kind}:${subject.id}` })}>
          {t("activity.onlySubject")}
        </Anchor>
      )}
    </>
  );
}

function Changes({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  if (entry.outcome !== "done") return null;
  const differences = entry.changes.map(({ field, before, after }) => ({
    key: field,
    field,
    before: shownValue(before),
    after: shownValue(after),
  }));
  return (
    <Stack gap={6}>
      <Title order={3}>{t("activity.changes")}</Title>
      {differences.length > 0 ? <BeforeAfter differences={differences} /> : <Text size="sm">{t("activity.noChanges")}</Text>}
    </Stack>
  );
}

function Asked({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const told = isAsked(entry) ? entry.request : entry.facts;
  if (!told) return null;
  return (
    <Stack gap={6}>
      <Title order={3}>{t("activity.request")}</Title>
      <pre className="mono" tabIndex={0} data-testid={ids.auditRequest}>
        {JSON.stringify(told, null, 2)}
      </pre>
    </Stack>
  );
}

/** How much an answer showed of clients. */
function Held({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const counts = entry.outcome === "done" ? entry.facts : null;
  if (!counts) return null;
  const told = Object.entries(counts).map(([what, count]) => `${t(`activity.held.${what}`, { defaultValue: what })}: ${shownValue(count) ?? ""}`);
  return (
    <Stack gap={6} data-testid={ids.auditHeld}>
      <Title order={3}>{t("activity.heldHead")}</Title>
      <Text size="sm">{told.join(" · ")}</Text>
    </Stack>
  );
}

interface AsideProps {
  detail: AuditDetail;
  personal: boolean;
  setPersonal: (on: boolean) => void;
}

function Aside({ detail, personal, setPersonal }: AsideProps) {
  const { t } = useTranslation();
  const Icon = personal ? IconEyeOff : IconEye;
  const kept = personal ? detail.personal : null;
  return (
    <Stack gap={6}>
      <Text size="sm" c="dimmed">
        {t("activity.aside")}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        w="fit-content"
        leftSection={<Icon size={14} />}
        onClick={() => setPersonal(!personal)}
        data-testid={ids.auditShowAside}
      >
        {t(personal ? "activity.hideAside" : "activity.showAside")}
      </Button>
      {kept && kept.length === 0 && <Text size="sm">{t("activity.erased")}</Text>}
      {kept && kept.length > 0 && (
        <pre className="mono" tabIndex={0} data-testid={ids.auditAside}>
          {kept.map(({ path, value }) => `${path}: ${shownValue(value) ?? ""}`).join("\n")}
        </pre>
      )}
    </Stack>
  );
}
