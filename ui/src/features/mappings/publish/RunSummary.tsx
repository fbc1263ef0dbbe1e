import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconHandStop, IconLock, IconReplace, IconShieldCheck, type TablerIcon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DryRunInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { useNow } from "../../../shared/ui/Time";
import { useFormat } from "../../../shared/ui/useFormat";

/** How far a run is, with a way to stop it. */
export function RunProgress({ run, cancel }: { run: DryRunInfo; cancel: () => void }) {
  const { t } = useTranslation();
  const now = useNow();
  const share = run.total === 0 ? 0 : (run.done / run.total) * 100;
  const left = run.done > 0 ? Math.round((((now - run.startedMs) / run.done) * (run.total - run.done)) / 1000) : null;
  return (
    <Stack gap={4}>
      <Progress value={share} size="sm" animated aria-label={t("editor.dryRun.progress")} />
      <Group justify="space-between">
        <Text size="sm" role="status">
          {t("editor.dryRun.done", { done: run.done, total: run.total })}
          {left !== null && left > 1 && ` · ${t("editor.dryRun.left", { seconds: left })}`}
        </Text>
        <Button variant="default" onClick={cancel} data-testid={ids.dryRunCancel}>
          {t("common.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}

/** The run's numbers in words; with `reasons` also why orders were left out. */
export function RunSummary({ run, reasons = false }: { run: DryRunInfo; reasons?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tried = run.done - run.leftOut;
  const lines: [TablerIcon, string, string][] = [[IconCircleCheck, "var(--state-issued)", t("editor.dryRun.issue", { count: run.issue - run.issueIssued })]];
  const add = (count: number, icon: TablerIcon, color: string, key: string) =>
    count > 0 && lines.push([icon, color, t(`editor.dryRun.${key}`, { count })]);
  add(run.hold - run.holdIssued, IconHandStop, "var(--state-held)", "hold");
  add(run.issueIssued + run.holdIssued, IconLock, "var(--mantine-color-dimmed)", "issuedAlready");
  add(run.mended, IconCircleCheck, "var(--state-issued)", "mended");
  add(run.broken, IconAlertTriangle, "var(--state-mismatched)", "broken");
  add(run.changed, IconReplace, "var(--state-waiting)", "changed");
  add(run.leftOut, IconHandStop, "var(--mantine-color-dimmed)", "leftOut");
  if (tried > 0 && run.changed === 0 && run.broken === 0) lines.push([IconCircleCheck, "var(--state-issued)", t("editor.dryRun.same")]);
  return (
    <Stack gap={4} data-testid={ids.dryRunSummary}>
      <Text size="sm" fw={600}>
        {run.state === "done" ? t("editor.dryRun.over", { count: tried }) : t(`editor.dryRun.state.${run.state}`, { count: run.done })}
      </Text>
      {run.state === "failed" && run.detail && <Text className="mono">{run.detail}</Text>}
      {lines.map(([Icon, color, text]) => (
        <Group key={text} gap={8} wrap="nowrap">
          <Icon size={15} color={color} aria-hidden />
          <Text size="sm">{text}</Text>
        </Group>
      ))}
      {reasons && run.notTaken.map(({ reason, count, orders }) => (
        <Text key={reason} size="sm" c="dimmed" pl={23}>
          {`${format.count(count)} · ${t(`reason.${reason}`)} (${orders.map((order) => `#${order}`).join(", ")}${count > orders.length ? ", …" : ""})`}
        </Text>
      ))}
      <Group gap={8} wrap="nowrap">
        <IconShieldCheck size={15} color="var(--mantine-color-dimmed)" aria-hidden />
        <Text size="sm" c="dimmed">
          {t("editor.dryRun.nothingSent")}
        </Text>
      </Group>
    </Stack>
  );
}
