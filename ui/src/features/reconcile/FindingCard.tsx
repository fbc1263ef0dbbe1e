import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DifferenceInfo, FindingInfo, SeenInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ConfirmDialog } from "../../shared/ui/ConfirmDialog";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

/** One difference between ledger and provider: what it is, both sides, and what can be done. */
export function FindingCard({ finding }: { finding: FindingInfo }) {
  const { t, i18n } = useTranslation();
  const go = useGo();
  const [asking, setAsking] = useState(false);
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
          {ignored && ` · ${t("reconcile.ignoredBy", { who: finding.who, reason: finding.reason })}`}
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
          <Button variant={linked ? "subtle" : "default"} onClick={() => setAsking(true)} data-testid={ids.findingIgnore}>
            {ignored ? t("reconcile.takeBack") : t("reconcile.ignore")}
          </Button>
        </Group>
      </Stack>
      {asking && <IgnoreDialog finding={finding} ignored={!ignored} close={() => setAsking(false)} />}
    </section>
  );
}

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
  const act = ignored ? t("reconcile.ignore") : t("reconcile.takeBack");
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
