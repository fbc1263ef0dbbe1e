import { Button, Group, Loader, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BackfillInfo, FlowInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { MayButton } from "../../../shared/ui/MayButton";
import { useFormat } from "../../../shared/ui/useFormat";
import { progressOf } from "./groups";
import { useBackfill } from "./useBackfill";

/** A plan that is being made: how many orders there are is not known before the last is read. */
export function Reading({ backfill, asked, close }: { backfill: BackfillInfo; asked: boolean; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const planned = backfill.groups.reduce((sum, { count }) => sum + count, 0);
  // of a shop that cannot be asked nothing is read
  const told = [asked && t("backfill.read", { count: backfill.read }), planned > 0 && t("backfill.looked", { count: planned })];
  const time = { from: format.day(backfill.from), until: format.day(backfill.until) };
  return (
    <Stack gap="sm" data-testid={ids.backfillReading}>
      <Text size="sm" fw={500}>
        {t("backfill.reading", time)}
      </Text>
      <Group gap="sm" wrap="nowrap">
        <Loader size="xs" aria-hidden />
        <Text size="sm" aria-live="polite">
          {told.filter(Boolean).join(" · ")}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        {t("backfill.readingText")}
      </Text>
      <Stop backfill={backfill} close={close} label={t("backfill.stopReading")} />
    </Stack>
  );
}

/** A plan that is carried out. */
export function Running({ backfill, flow, close }: { backfill: BackfillInfo; flow: FlowInfo; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { released, all } = progressOf(backfill);
  return (
    <Stack gap="sm" data-testid={ids.backfillRunning}>
      <Text size="sm" aria-live="polite">
        {t("backfill.progress", { released: format.count(released), count: all })}
      </Text>
      <Progress value={(released / Math.max(1, all)) * 100} aria-label={t("backfill.progressLabel")} />
      <Text size="sm" c="dimmed">
        {t("backfill.behind")}
      </Text>
      {!flow.enabled && (
        <Text size="sm" fw={500}>
          {t("backfill.offMeanwhile")}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {t("backfill.stopText")}
      </Text>
      <Stop backfill={backfill} close={close} label={t("backfill.stop")} />
    </Stack>
  );
}

function Stop({ backfill, close, label }: { backfill: BackfillInfo; close: () => void; label: string }) {
  const { t } = useTranslation();
  const cancel = useBackfill("backfill.cancel");
  return (
    <>
      {cancel.error && <ErrorNote error={cancel.error} refusals="backfill.refused" />}
      <Group justify="flex-end" gap="xs">
        <MayButton
          command="backfill.cancel"
          variant="default"
          loading={cancel.busy}
          onClick={() => cancel.go({ id: backfill.id })}
          data-testid={ids.backfillStop}
        >
          {label}
        </MayButton>
        <Button onClick={close} data-autofocus data-testid={ids.backfillClose}>
          {t("common.close")}
        </Button>
      </Group>
    </>
  );
}
