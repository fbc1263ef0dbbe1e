import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconHandStop } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FailureGroup } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { fixPlace, namedRule } from "../../shared/lib/errors";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Loading } from "../../shared/ui/Loading";
import { RetryDialog, type RetryPlan } from "../../shared/ui/RetryDialog";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

/** Held records by cause, with what to do about each. */
export function FailuresScreen() {
  const { t } = useTranslation();
  const failures = useAsk("failures.list", {});
  // here, not in a card: a group that a retry empties is gone before its report is read
  const [plan, setPlan] = useState<RetryPlan | null>(null);
  const groups = failures.data?.groups ?? [];
  const records = groups.reduce((sum, group) => sum + group.count, 0);
  return (
    <div className="screen">
      <Group justify="space-between" mb={12}>
        <Title order={1}>{t("nav.failures")}</Title>
        {groups.length > 0 && (
          <Text size="sm" c="dimmed">
            {t("failures.records", { count: records })}
            {", "}
            {t("failures.causes", { count: groups.length })}
          </Text>
        )}
      </Group>
      {failures.isPending && <Loading />}
      {failures.error && <ErrorNote error={failures.error} again={() => void failures.refetch()} />}
      {failures.data && groups.length === 0 && <Empty title={t("failures.empty")} text={t("failures.emptyText")} />}
      <Stack gap="sm">
        {groups.map((group) => (
          <Cause key={group.key} group={group} retry={setPlan} />
        ))}
      </Stack>
      <RetryDialog plan={plan} onClose={() => setPlan(null)} />
    </div>
  );
}

function Cause({ group, retry }: { group: FailureGroup; retry: (plan: RetryPlan) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const [shown, show] = useState(false);
  const { safeBecause } = group;
  const kind = group.failure.kind;
  const place = fixPlace(group.failure);
  const named = namedRule(group.failure.detail);
  const first = group.documents[0];
  const openRule = () =>
    first && go.screen("/mappings", { document: first.id, block: named?.block ?? undefined, target: named?.target });
  return (
    <section className="card" data-testid={ids.failureGroup(kind)}>
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <Group gap={8} wrap="nowrap">
          <IconHandStop size={17} color="var(--state-held)" aria-hidden />
          <Title order={2}>{t(`failure.${kind}.title`)}</Title>
        </Group>
        <Group gap="lg" wrap="nowrap">
          <Text size="sm">{t("failures.records", { count: group.count })}</Text>
          <Text size="sm" fw={500}>
            {format.amounts(group.totals)}
          </Text>
          <Text size="sm" c="dimmed">
            {t("failures.since")} <Time ms={group.sinceMs} />
          </Text>
        </Group>
      </Group>
      <FailureText failure={group.failure} title={false} />
      <Group gap="xs" mt="sm">
        {safeBecause && (
          <Button onClick={() => retry({ documents: group.documents, safeBecause })} data-testid={ids.retryGroup(kind)}>
            {t("retry.act", { count: group.documents.length })}
          </Button>
        )}
        {place === "rule" && (
          <Button variant="default" onClick={openRule} data-testid={ids.openRule(kind)}>
            {t("failures.openRule")}
          </Button>
        )}
        {place === "rule" && safeBecause && first && (
          <Button
            variant="default"
            onClick={() => go.stay({ document: first.id, edit: "draft" })}
            data-testid={ids.editRetry(kind)}
          >
            {t("editor.edit.retry")}
          </Button>
        )}
        {(place === "connection" || place === "flow") && (
          <Button variant="default" onClick={() => go.screen("/connections")}>
            {t("failures.openConnections")}
          </Button>
        )}
        {safeBecause && (
          <Text size="sm" c="dimmed">
            {t(`safe.${safeBecause}`)}
          </Text>
        )}
        <Button
          variant="subtle"
          color="gray"
          ml="auto"
          rightSection={shown ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          onClick={() => show(!shown)}
          aria-expanded={shown}
          data-testid={ids.showGroup(kind)}
        >
          {shown ? t("failures.hide") : t("failures.show")}
        </Button>
      </Group>
      {shown && <Records group={group} />}
    </section>
  );
}

function Records({ group }: { group: FailureGroup }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  return (
    <>
      <table className="plain" style={{ marginTop: 8 }}>
        <tbody>
          {group.documents.map((document) => (
            <tr key={document.id} className="link-row" onClick={() => go.stay({ document: document.id, edit: undefined })}>
              <td>
                <Anchor component="button" size="sm" fw={600} data-testid={ids.row(document.orderNumber)}>
                  #{document.orderNumber}
                </Anchor>
              </td>
              <td>{document.client}</td>
              <td className="mono">{document.failure?.detail}</td>
              <td className="num">{format.amount(document.total)}</td>
              <td className="num">
                <Time ms={document.createdMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {group.count > group.documents.length && (
        <Text size="sm" c="dimmed">
          {t("failures.more", { count: group.count - group.documents.length })}
        </Text>
      )}
    </>
  );
}
