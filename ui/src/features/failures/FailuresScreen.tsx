import { Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { FailureGroup } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { BulkDialog } from "../../shared/ui/BulkDialog";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { useBulk } from "../../shared/ui/useBulk";
import { useFormat } from "../../shared/ui/useFormat";
import { Cause } from "./Cause";
import { Jobs } from "./Jobs";

/** Between looks at whether something is back. */
const LOOK_MS = 20_000;

/** Which groups stand under which tab. */
const TABS: Record<string, string[]> = { open: ["open"], snoozed: ["snoozed"], resolved: ["retrying", "resolved"] };

/** Held records by cause, with what to do about each; what was left for later; what went through today; and jobs. */
export function FailuresScreen() {
  const { t } = useTranslation();
  const format = useFormat();
  const failures = useAsk("failures.list", {});
  const jobs = useAsk("bulk.list", {});
  const place = usePlace();
  const go = useGo();
  // here, not in a card: a group that a retry empties is gone before its report is read
  const bulk = useBulk();
  const groups = failures.data?.groups ?? [];
  useWaking(groups, failures.refetch);
  const people = failures.data?.people ?? [];
  // a notice may lead to a group that is no longer open
  const meant = groups.find((group) => group.key === place.target);
  const wanted = place.filter ?? Object.keys(TABS).find((name) => meant && TABS[name]?.includes(meant.state)) ?? "open";
  const tab = wanted === "jobs" || wanted in TABS ? wanted : "open";
  const of = (name: string) => groups.filter((group) => TABS[name]?.includes(group.state));
  const running = jobs.data?.jobs.filter((job) => job.state === "running").length ?? 0;
  const plan = (kind: "retry" | "dismiss", group: FailureGroup) =>
    bulk.plan(kind, { ids: [], cause: group.key, except: [] });
  return (
    <div className="screen">
      <Group justify="space-between" mb={12}>
        <Title order={1}>{t("nav.failures")}</Title>
        {of("open").length > 0 && (
          <Text size="sm" c="dimmed">
            {t("failures.records", { count: recordsIn(of("open")) })}
            {", "}
            {t("failures.causes", { count: of("open").length })}
          </Text>
        )}
      </Group>
      {failures.isPending && <Loading />}
      {failures.error && <ErrorNote error={failures.error} again={() => void failures.refetch()} />}
      {bulk.error && <ErrorNote error={bulk.error} refusals="bulk.refused" />}
      {failures.data && (
        <Tabs value={tab} onChange={(to) => go.stay({ filter: to === "open" ? undefined : (to ?? undefined), target: undefined })} keepMounted={false}>
          <Tabs.List mb="md">
            {Object.keys(TABS).map((name) => (
              <Tabs.Tab key={name} value={name} data-testid={ids.failuresTab(name)}>
                {t(`cause.tab.${name}`)} {format.count(recordsIn(of(name)))}
              </Tabs.Tab>
            ))}
            <Tabs.Tab value="jobs" data-testid={ids.failuresTab("jobs")}>
              {t("cause.tab.jobs")} {running > 0 && running}
            </Tabs.Tab>
          </Tabs.List>
          {Object.keys(TABS).map((name) => (
            <Tabs.Panel key={name} value={name}>
              {of(name).length === 0 && <None tab={name} />}
              <Stack gap="sm">
                {of(name).map((group) => (
                  <Cause key={group.key} group={group} people={people} plan={plan} busy={bulk.busy} meant={group === meant} />
                ))}
              </Stack>
            </Tabs.Panel>
          ))}
          <Tabs.Panel value="jobs">
            <Jobs open={bulk.open} />
          </Tabs.Panel>
        </Tabs>
      )}
      <BulkDialog jobId={bulk.jobId} onClose={bulk.close} />
    </div>
  );
}

/** Records, as the number beside the screen's name counts them: held ones, or of a group that holds none any more, what it held. */
function recordsIn(groups: FailureGroup[]): number {
  return groups.reduce((sum, { count, underWay, wentThrough }) => sum + (count || underWay + wentThrough), 0);
}

/** What was left for later is back by itself: nothing else tells the screen that its time has come. */
function useWaking(groups: FailureGroup[], look: () => unknown) {
  const some = groups.some((group) => group.snoozed > 0 || group.snoozedUntilMs !== null);
  useEffect(() => {
    if (!some) return;
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [some, look]);
}

function None({ tab }: { tab: string }) {
  const { t } = useTranslation();
  if (tab === "open") return <Empty title={t("failures.empty")} text={t("failures.emptyText")} />;
  return <Empty title={t(`cause.none.${tab}`)} text={t(`cause.noneText.${tab}`)} />;
}
