import { Badge, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DifferenceInfo, FindingInfo, SeenInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";
import { MayButton } from "../../shared/ui/MayButton";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";
import { StornoDialog } from "./StornoDialog";

/** One difference between ledger and provider: what it is, both sides, and what can be done. */
export function FindingCard({ finding }: { finding: FindingInfo }) {
  const { t, i18n } = useTranslation();
  const go = useGo();
  const [asking, setAsking] = useState(false);
  const [how, setHow] = useState(false);
  const [taking, setTaking] = useState(false);
  const canTake = finding.kind === "mismatched" && finding.documentId !== null && finding.number !== null;
  const provider = t(`system.${finding.provider}`, { defaultValue: finding.provider });
  const why = ["findingWhy", "reason"].map((words) => `${words}.${finding.why}`).find((key) => i18n.exists(key));
  const ignored = finding.state === "ignored";
  const linked = finding.documentId !== null || finding.orderId !== null;
  return (
    <section className="card" data-testid={ids.finding(finding.id)}>
      <Stack gap={6}>
        <Group gap={8}>
          <Badge variant="light" tt="none" color={finding.kind === "expected" ? "gray" : "orange"}>
            {t(`finding.${finding.kind}`)}
          </Badge>
          <Text fw={600}>{nameOf(finding)}</Text>
          <Text size="sm" c="dimmed" ml="auto">
            {finding.connectionName}
          </Text>
        </Group>
        {why && finding.why !== "" && <Text size="sm">{t(why, { linked: finding.linked })}</Text>}
        {finding.differs.length > 0 && <Differences differs={finding.differs} provider={provider} />}
        {finding.differs.length === 0 && finding.theirs.map((one) => (
          <Theirs key={`${one.number} ${one.total} ${one.client}`} seen={one} provider={provider} />
        ))}
        <Text size="sm" fw={500}>
          {t(finding.proposal ? `findingProposal.${finding.proposal}` : `findingAdvice.${finding.kind}`)}
        </Text>
        <Text size="xs" c="dimmed">
          {t("reconcile.firstSeen")} <Time ms={finding.firstSeenMs} />
          {" · "}
          {t("reconcile.lastSeen")} <Time ms={finding.lastSeenMs} />
          {ignored && ` · ${t(finding.kind === "gap" ? "candidate.explainedBy" : "reconcile.ignoredBy", { who: finding.who, reason: finding.reason })} `}
          {ignored && finding.closedMs !== null && <Time ms={finding.closedMs} />}
        </Text>
        <Group gap="xs">
          {finding.documentId && (
            <Button variant="default" onClick={() => go.stay({ document: finding.documentId ?? undefined })}>
              {t("reconcile.openRecord")}
            </Button>
          )}
          {!finding.documentId && finding.orderId && (
            <Button variant="default" onClick={() => go.stay({ order: finding.orderId ?? undefined })}>
              {t("reconcile.openRecord")}
            </Button>
          )}
          {canTake && (
            <MayButton command="documents.storno" variant="default" onClick={() => setTaking(true)} data-testid={ids.stornoAsk}>
              {t("candidate.storno")}
            </MayButton>
          )}
          {finding.kind === "duplicate" && (
            <Button variant="default" onClick={() => setHow(true)} data-testid={ids.stornoHow}>
              {t("candidate.stornoHow")}
            </Button>
          )}
          <MayButton
            command="reconcile.ignore"
            variant={linked ? "subtle" : "default"}
            onClick={() => setAsking(true)}
            data-testid={ids.findingIgnore}
          >
            {ignored ? t("reconcile.takeBack") : t(leaveBe(finding.kind))}
          </MayButton>
        </Group>
      </Stack>
      {asking && <IgnoreDialog finding={finding} ignored={!ignored} close={() => setAsking(false)} />}
      {taking && (
        <StornoDialog
          document={finding.documentId ?? ""}
          series={finding.series}
          number={finding.number ?? ""}
          provider={finding.provider}
          close={() => setTaking(false)}
        />
      )}
      {how && <StornoHow finding={finding} provider={provider} close={() => setHow(false)} />}
    </section>
  );
}

/** A gap is explained; anything else is left be. Both are kept with a reason, and can be taken back. */
const leaveBe = (kind: string) => (kind === "gap" ? "candidate.explain" : "reconcile.ignore");

/** `FCT 0008–0010 · #1042` */
function nameOf(finding: FindingInfo): string {
  const until = finding.until !== "" && finding.until !== finding.number ? `–${finding.until}` : "";
  const number = finding.number ? `${finding.series} ${finding.number}${until}` : finding.series;
  return finding.orderNumber ? `${number} · #${finding.orderNumber}` : number;
}

function Differences({ differs, provider }: { differs: DifferenceInfo[]; provider: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const inWords = (field: string, value: string) => {
    if (value === "") return t("common.none");
    if (field === "total") return format.decimal(value);
    if (field === "date") return format.day(value);
    return field === "state" ? t(`state.${value}`, { defaultValue: value }) : value;
  };
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>{t("reconcile.fieldName")}</th>
          <th>{t("reconcile.here")}</th>
          <th>{provider}</th>
        </tr>
      </thead>
      <tbody>
        {differs.map((one) => (
          <tr key={one.field}>
            <td>{t(`findingField.${one.field}`)}</td>
            <td>{inWords(one.field, one.ours)}</td>
            <td>{inWords(one.field, one.theirs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Theirs({ seen, provider }: { seen: SeenInfo; provider: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [
    `${seen.series} ${seen.number}`,
    seen.date && format.day(seen.date),
    seen.total && format.money(seen.total, seen.currency),
    seen.client,
    seen.state && t(`reconcile.theirState.${seen.state}`),
    seen.references.join(", "),
  ];
  return (
    <Text size="sm">
      {t("reconcile.holds", { provider, document: parts.filter((part) => part !== "").join(" · ") })}
    </Text>
  );
}

function IgnoreDialog({ finding, ignored, close }: { finding: FindingInfo; ignored: boolean; close: () => void }) {
  const { t } = useTranslation();
  const ignore = useAct("reconcile.ignore");
  const act = ignored ? t(leaveBe(finding.kind)) : t("reconcile.takeBack");
  return (
    <ConfirmDialog
      opened
      title={`${act}: ${nameOf(finding)}`}
      act={act}
      askReason
      busy={ignore.isPending}
      error={ignore.error}
      onAct={(reason) => ignore.mutate({ id: finding.id, ignored, reason }, { onSuccess: close })}
      onClose={close}
    >
      <Text size="sm">{t("reconcile.ignoreText")}</Text>
    </ConfirmDialog>
  );
}

/** A document that no record is linked to is taken back by hand: nothing of ours would be left of such a send. */
function StornoHow({ finding, provider, close }: { finding: FindingInfo; provider: string; close: () => void }) {
  const { t } = useTranslation();
  const number = nameOf(finding).split(" · ")[0];
  return (
    <Modal opened onClose={close} title={t("candidate.stornoHowTitle", { number, provider })} centered>
      <Stack gap="sm">
        <Text size="sm">{t("candidate.stornoHowText", { provider })}</Text>
        <Text size="sm">{t(`candidate.stornoSteps.${finding.provider}`, { number })}</Text>
        {finding.linked !== "" && <Text size="sm">{t("candidate.openLinked", { linked: finding.linked })}</Text>}
        <Button variant="default" ml="auto" onClick={close} data-autofocus>
          {t("common.close")}
        </Button>
      </Stack>
    </Modal>
  );
}
