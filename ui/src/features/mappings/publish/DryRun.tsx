import { Button, Group, Modal, NumberInput, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { MayButton } from "../../../shared/ui/MayButton";
import { useFormat } from "../../../shared/ui/useFormat";
import { RunProgress, RunSummary } from "./RunSummary";
import { RunTable } from "./RunTable";
import { useDryRun } from "./useDryRun";

const LAST = 200;
const MOST = 10_000;

/** The changed mapping tried on many orders: what would be issued, held, and what differs from the published version. */
export function DryRun({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={close} title={t("editor.dryRun.title")} size="min(1080px, 94vw)" centered transitionProps={{ duration: 80 }}>
      <Content />
    </Modal>
  );
}

function Content() {
  const { t } = useTranslation();
  const { run, isOfNow, error, starting, start, cancel } = useDryRun(true);
  const [last, setLast] = useState<number | string>(LAST);
  const [only, setOnly] = useState("all");
  const [search, setSearch] = useState("");
  const isRunning = run?.state === "running";
  const good = typeof last === "number" && last >= 1 && last <= MOST;
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end" wrap="nowrap">
        <NumberInput
          w={130}
          size="xs"
          label={t("editor.dryRun.last")}
          min={1}
          max={MOST}
          allowDecimal={false}
          value={last}
          onChange={setLast}
          error={good ? undefined : t("editor.dryRun.lastWrong", { most: MOST })}
          data-testid={ids.dryRunLast}
        />
        <SegmentedControl
          size="xs"
          aria-label={t("editor.dryRun.only")}
          value={only}
          onChange={setOnly}
          data={["all", "held", "issued"].map((value) => ({ value, label: t(`editor.dryRun.of.${value}`) }))}
          data-testid={ids.dryRunOnly}
        />
        <TextInput
          flex={1}
          size="xs"
          aria-label={t("editor.dryRun.search")}
          placeholder={t("editor.dryRun.search")}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          data-testid={ids.dryRunSearch}
        />
        <MayButton
          command="dry_run.start"
          disabled={!good || isRunning}
          title={isRunning ? t("editor.dryRun.state.running") : undefined}
          loading={starting}
          onClick={() => start(Number(last), only, search.trim())}
          data-testid={ids.dryRunStart}
        >
          {t("editor.dryRun.start")}
        </MayButton>
      </Group>
      {error && <ErrorNote error={error} refusals="editor.refused" />}
      {!run && (
        <Text size="sm" c="dimmed">
          {t("editor.dryRun.none")}
        </Text>
      )}
      {run && isRunning && <RunProgress run={run} cancel={cancel} />}
      {run && !isRunning && <RunSummary run={run} reasons />}
      {run && !isRunning && !isOfNow && (
        <Text size="sm" c="dimmed">
          {t("editor.dryRun.earlier")}
        </Text>
      )}
      {run && !isRunning && <RunTable run={run} />}
    </Stack>
  );
}

/** The last run's summary for the publishing, or the offer of one. */
export function LastRun({ open }: { open: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { run, isOfNow, error, starting, start, cancel } = useDryRun(true);
  if (run?.state === "running" && isOfNow) return <RunProgress run={run} cancel={cancel} />;
  return (
    <Stack gap={6}>
      {run && isOfNow ? <RunSummary run={run} /> : <Text size="sm">{t(run ? "editor.dryRun.earlier" : "editor.publish.noRun")}</Text>}
      {error && <ErrorNote error={error} refusals="editor.refused" />}
      <Group gap="xs">
        <Button variant="default" loading={starting} onClick={() => start(LAST, "all", "")} data-testid={ids.publishRun}>
          {t("editor.publish.run", { last: format.count(LAST) })}
        </Button>
        {run && isOfNow && (
          <Button variant="subtle" color="gray" onClick={open}>
            {t("editor.publish.differences")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
