import { Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconArrowsLeftRight } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LaneChoice, ReconcileRunInfo, ReconcileRuns } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { fiscalDay } from "../../shared/lib/format";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { MayButton } from "../../shared/ui/MayButton";
import { Time, useNow } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

const keyOf = (lane: { connectionId: string; company: string; series: string }) =>
  `${lane.connectionId} ${lane.company} ${lane.series}`;

/** The last day of a month, `2026-02` to `2026-02-28`; null for what is no month. */
export function lastDay(month: string): string | null {
  const read = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (!read) return null;
  const days = new Date(Date.UTC(Number(read[1]), Number(read[2]), 0)).getUTCDate();
  return `${month}-${String(days).padStart(2, "0")}`;
}

/** Compares a series with its provider for a month, and shows what the last passes brought. */
export function Passes({ passes }: { passes: ReconcileRuns }) {
  const { t } = useTranslation();
  const last = passes.lanes.map((lane) => passes.runs.find((run) => keyOf(run) === keyOf(lane))).filter((run) => run !== undefined);
  return (
    <section className="card" data-testid={ids.reconcileLast}>
      <Stack gap="sm">
        <Title order={2}>{t("reconcile.passes")}</Title>
        {passes.lanes.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("reconcile.noLanes")}
          </Text>
        ) : (
          <RunForm lanes={passes.lanes} />
        )}
        {passes.lanes.length > 0 && last.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("reconcile.neverRan")}
          </Text>
        )}
        {last.map((run) => (
          <LastRun key={run.id} run={run} />
        ))}
      </Stack>
    </section>
  );
}

function RunForm({ lanes }: { lanes: LaneChoice[] }) {
  const { t } = useTranslation();
  const run = useAct("reconcile.run");
  const now = useNow();
  const [chosen, setChosen] = useState("");
  const [month, setMonth] = useState(fiscalDay(now).slice(0, 7));
  const lane = lanes.find((one) => keyOf(one) === chosen) ?? lanes[0];
  const to = lastDay(month);
  const start = () => {
    if (!lane || !to) return;
    const { connectionId, company, series } = lane;
    run.mutate({ connectionId, company, series, from: `${month}-01`, to });
  };
  return (
    <>
      <Group gap="xs" align="end">
        <NativeSelect
          label={t("reconcile.lane")}
          value={lane ? keyOf(lane) : ""}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={lanes.map((one) => ({ value: keyOf(one), label: `${one.connectionName} · ${one.company} · ${one.series}` }))}
          data-testid={ids.reconcileLane}
        />
        <TextInput
          type="month"
          label={t("reconcile.month")}
          value={month}
          error={to === null && t("reconcile.noMonth")}
          onChange={(event) => setMonth(event.currentTarget.value)}
          data-testid={ids.reconcileMonth}
        />
        <MayButton
          command="reconcile.run"
          leftSection={<IconArrowsLeftRight size={15} />}
          loading={run.isPending}
          disabled={to === null}
          onClick={start}
          data-testid={ids.reconcileRun}
        >
          {t("reconcile.compare")}
        </MayButton>
      </Group>
      {run.error && <ErrorNote error={run.error} />}
    </>
  );
}

function LastRun({ run }: { run: ReconcileRunInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = Object.entries(run.found).map(([kind, count]) => `${t(`finding.${kind}`)} ${format.count(count)}`);
  const counts = [
    t("reconcile.looked_at", { count: run.looked }),
    t("reconcile.matchedCount", { count: run.matched }),
    ...found,
    ...(run.notTold > 0 ? [t("reconcile.notTold", { count: run.notTold })] : []),
  ];
  return (
    <div>
      <Text size="sm">
        <Text span fw={600}>
          {`${run.connectionName} · ${run.series}`}
        </Text>
        {` · ${format.day(run.from)} – ${format.day(run.to)} · ${t(`passResult.${run.result}`)} · `}
        <Time ms={run.finishedMs ?? run.startedMs} />
      </Text>
      {run.result !== "running" && (
        <Text size="sm" c="dimmed">
          {counts.join(" · ")}
          {!run.complete && run.why !== "" && ` · ${t("reconcile.notComplete", { why: t(`passWhy.${run.why}`) })}`}
        </Text>
      )}
      {run.failure && <FailureText failure={run.failure} brief />}
    </div>
  );
}
