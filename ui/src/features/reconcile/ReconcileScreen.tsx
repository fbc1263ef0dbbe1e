import { Anchor, Badge, Button, Group, Stack, Tabs, Text, Title, Tooltip } from "@mantine/core";
import { IconEye, IconQuestionMark } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CandidateInfo, DocumentRow, Doubt } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";
import { CopyText } from "../../shared/ui/CopyText";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Loading } from "../../shared/ui/Loading";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

/** What the ledger and a provider do not agree on, with the evidence, until it is settled. */
export function ReconcileScreen() {
  const { t } = useTranslation();
  const doubts = useAsk("doubts.list", {});
  const open = doubts.data?.doubts ?? [];
  const mismatched = doubts.data?.mismatched ?? [];
  return (
    <div className="screen">
      <Title order={1} mb={12}>
        {t("nav.reconcile")}
      </Title>
      {doubts.isPending && <Loading />}
      {doubts.error && <ErrorNote error={doubts.error} again={() => void doubts.refetch()} />}
      {doubts.data && (
        <Tabs defaultValue={open.length === 0 && mismatched.length > 0 ? "mismatched" : "doubts"}>
          <Tabs.List mb="md">
            <Tabs.Tab value="doubts">
              {t("reconcile.doubts")} {open.length}
            </Tabs.Tab>
            <Tabs.Tab value="mismatched">
              {t("reconcile.mismatched")} {mismatched.length}
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="doubts">
            {open.length === 0 && <Empty title={t("reconcile.noDoubts")} text={t("reconcile.noDoubtsText")} />}
            <Stack gap="md">
              {open.map((doubt) => (
                <DoubtCard key={doubt.document.id} doubt={doubt} />
              ))}
            </Stack>
          </Tabs.Panel>
          <Tabs.Panel value="mismatched">
            {mismatched.length === 0 && <Empty title={t("reconcile.noMismatch")} text={t("reconcile.noMismatchText")} />}
            <Stack gap="sm">
              {mismatched.map((document) => (
                <Mismatch key={document.id} document={document} />
              ))}
            </Stack>
          </Tabs.Panel>
        </Tabs>
      )}
    </div>
  );
}

type Act = { what: "link"; candidate: CandidateInfo } | { what: "absent" } | null;

function DoubtCard({ doubt }: { doubt: Doubt }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const look = useAct("doubts.look");
  const [act, setAct] = useState<Act>(null);
  const { document } = doubt;
  const blocked = doubt.absentBlocked ? t(`absent.${doubt.absentBlocked}`) : undefined;
  return (
    <section className="card two even" data-testid={ids.doubt(document.orderNumber)}>
      <Stack gap={8}>
        <Group gap={8}>
          <IconQuestionMark size={17} color="var(--state-doubt)" aria-hidden />
          <Title order={2}>{t("record.title", { number: document.orderNumber, client: document.client })}</Title>
          <Text fw={600} ml="auto">
            {format.amount(document.total)}
          </Text>
        </Group>
        <Text size="sm">{t("reconcile.sent", { time: format.clock(doubt.sentMs, true), provider: t(`system.${document.provider}`) })}</Text>
        <FailureText failure={doubt.failure} />
        <Group gap={6}>
          <Text size="sm" c="dimmed">
            {t("record.reference")}
          </Text>
          <CopyText text={document.reference} />
        </Group>
      </Stack>
      <Stack gap={8}>
        <Evidence doubt={doubt} onLink={(candidate) => setAct({ what: "link", candidate })} />
        {look.error && <ErrorNote error={look.error} />}
        <Group gap="xs" mt="auto">
          <Button
            leftSection={<IconEye size={15} />}
            variant="default"
            loading={look.isPending}
            onClick={() => look.mutate({ id: document.id })}
          >
            {t("reconcile.look")}
          </Button>
          <Button variant="default" onClick={() => go.stay({ document: document.id })}>
            {t("reconcile.openRecord")}
          </Button>
          <Tooltip label={blocked} disabled={!blocked}>
            <Button
              variant="subtle"
              color="red"
              data-disabled={blocked ? true : undefined}
              disabled={blocked !== undefined}
              onClick={() => setAct({ what: "absent" })}
              data-testid={ids.declareAbsent}
            >
              {t("reconcile.absent")}
            </Button>
          </Tooltip>
        </Group>
        {blocked && (
          <Text size="xs" c="dimmed">
            {t("reconcile.absent")}
            {": "}
            {blocked}
          </Text>
        )}
      </Stack>
      <LinkDialog doubt={doubt} candidate={act?.what === "link" ? act.candidate : null} close={() => setAct(null)} />
      <AbsentDialog doubt={doubt} opened={act?.what === "absent"} close={() => setAct(null)} />
    </section>
  );
}

function Evidence({ doubt, onLink }: { doubt: Doubt; onLink: (candidate: CandidateInfo) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const look = doubt.looks[0];
  const provider = t(`system.${doubt.document.provider}`);
  return (
    <>
      <Title order={3}>{t("reconcile.evidence", { provider })}</Title>
      {doubt.parked && <Text size="sm">{t(`parked.${doubt.parkedReason}`)}</Text>}
      {!doubt.parked && (
        <Text size="sm" c="dimmed">
          {doubt.quietUntilMs === null
            ? t("reconcile.looking")
            : t("reconcile.again", { time: format.clock(doubt.quietUntilMs, true) })}
        </Text>
      )}
      {!look && <Text size="sm">{t("reconcile.notLooked")}</Text>}
      {look && (
        <Text size="sm">
          {t("reconcile.looked")} <Time ms={look.atMs} />
          {look.baselineNumber && ` · ${t("reconcile.from", { number: look.baselineNumber })}`}
          {look.nextNumber && ` · ${t("reconcile.next", { number: look.nextNumber })}`}
          {!look.complete && ` · ${t("reconcile.incomplete")}`}
        </Text>
      )}
      {look?.failure && <FailureText failure={look.failure} brief />}
      {look && look.candidates.length === 0 && !look.failure && (
        <Text size="sm">{t("reconcile.nothingFound")}</Text>
      )}
      {look && look.candidates.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>{t("invoices.number")}</th>
              <th className="num">{t("orders.total")}</th>
              <th>{t("record.reference")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {look.candidates.map((candidate) => (
              <tr key={`${candidate.series} ${candidate.number}`}>
                <td>
                  {candidate.link ? (
                    <Anchor href={candidate.link} target="_blank" rel="noreferrer" size="sm">
                      {candidate.series} {candidate.number}
                    </Anchor>
                  ) : (
                    `${candidate.series} ${candidate.number}`
                  )}
                </td>
                <td className="num">{candidate.total ? format.decimal(candidate.total) : t("common.none")}</td>
                <td>
                  {t(`reconcile.reference.${candidate.reference}`)}
                  {candidate.cancelled && ` · ${t("state.cancelled")}`}
                </td>
                <td className="num">
                  {candidate.taken ? (
                    <Badge color="gray" variant="light" tt="none">
                      {t("reconcile.taken")}
                    </Badge>
                  ) : (
                    <Button size="compact-xs" variant="light" onClick={() => onLink(candidate)} data-testid={ids.link(candidate.number)}>
                      {t("reconcile.link", { number: `${candidate.series} ${candidate.number}` })}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function LinkDialog({ doubt, candidate, close }: { doubt: Doubt; candidate: CandidateInfo | null; close: () => void }) {
  const { t } = useTranslation();
  const link = useAct("doubts.link");
  const number = candidate ? `${candidate.series} ${candidate.number}` : "";
  const act = (reason: string) => {
    if (!candidate) return;
    link.mutate(
      { id: doubt.document.id, series: candidate.series, number: candidate.number, reason },
      { onSuccess: close },
    );
  };
  return (
    <ConfirmDialog
      opened={candidate !== null}
      title={t("reconcile.linkTitle", { number, order: doubt.document.orderNumber })}
      act={t("reconcile.link", { number })}
      askReason
      busy={link.isPending}
      error={link.error}
      onAct={act}
      onClose={close}
    >
      <Text size="sm">{t("reconcile.linkText")}</Text>
      {candidate && candidate.reference !== "ours" && (
        <Text size="sm" fw={500}>
          {t("reconcile.linkDoubtful", { reference: t(`reconcile.reference.${candidate.reference}`) })}
        </Text>
      )}
    </ConfirmDialog>
  );
}

function AbsentDialog({ doubt, opened, close }: { doubt: Doubt; opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const declare = useAct("doubts.declare_absent");
  return (
    <ConfirmDialog
      opened={opened}
      danger
      title={t("reconcile.absentTitle", { order: doubt.document.orderNumber })}
      act={t("reconcile.absent")}
      askReason
      busy={declare.isPending}
      error={declare.error}
      onAct={(reason) => declare.mutate({ id: doubt.document.id, reason }, { onSuccess: close })}
      onClose={close}
    >
      <Text size="sm">{t("reconcile.absentText", { provider: t(`system.${doubt.document.provider}`) })}</Text>
    </ConfirmDialog>
  );
}

function Mismatch({ document }: { document: DocumentRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const found = readMismatch(document.mismatch);
  const inWords = (field: string, value: string) => {
    if (field === "total") return format.decimal(value);
    if (field === "state") return t(`state.${value}`, { defaultValue: value });
    return field === "mentions" && value === "reference" ? document.reference : value;
  };
  return (
    <section className="card">
      <Group justify="space-between">
        <Text fw={600}>
          {`${document.series} ${document.number ?? ""} · #${document.orderNumber} · ${document.client}`}
        </Text>
        <Text fw={600}>{format.amount(document.total)}</Text>
      </Group>
      <Text size="sm" mt={4}>
        {found
          ? t("reconcile.differs", {
              field: t(`reconcile.field.${found.field}`),
              ours: inWords(found.field, found.ours),
              theirs: inWords(found.field, found.provider),
              provider: t(`system.${document.provider}`),
            })
          : t("verification.mismatched")}
      </Text>
      <Group gap="xs" mt="sm">
        <Button variant="default" onClick={() => go.stay({ document: document.id })}>
          {t("reconcile.openRecord")}
        </Button>
        {document.link && (
          <Anchor href={document.link} target="_blank" rel="noreferrer" size="sm">
            {t("record.atProvider", { provider: t(`system.${document.provider}`) })}
          </Anchor>
        )}
      </Group>
    </section>
  );
}

/** `{"field":"total","ours":"59","provider":"58.99"}` */
function readMismatch(text: string | null): { field: string; ours: string; provider: string } | null {
  if (!text) return null;
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null || !("field" in read)) return null;
    const part = (name: string) => {
      const value = (read as Record<string, unknown>)[name];
      return value === null || value === undefined || value === "" ? "—" : String(value);
    };
    return { field: part("field"), ours: part("ours"), provider: part("provider") };
  } catch {
    return null;
  }
}
