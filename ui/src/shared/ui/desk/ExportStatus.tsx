import { Button, CloseButton, Group, Progress, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconFileDownload } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ExportInfo } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { ids } from "../../lib/testids";
import { useFormat } from "../useFormat";
import { CopyText } from "../CopyText";

/** In the status bar: how far an export is, with the way to stop it; then where the file is. */
export function ExportStatus() {
  const answer = useAsk("export.get", {});
  const [closed, setClosed] = useState<string | null>(null);
  const run = answer.data?.run ?? null;
  if (!run || run.state === "cancelled" || run.id === closed) return null;
  return (
    <Group gap={8} wrap="nowrap" role="status" data-testid={ids.exportStatus} data-state={run.state}>
      {run.state === "running" ? <Running run={run} /> : <Ended run={run} onClose={() => setClosed(run.id)} />}
    </Group>
  );
}

function Running({ run }: { run: ExportInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const cancel = useAct("export.cancel");
  const left = useTimeLeft(run);
  const part = run.ofRows ? (100 * run.written) / run.ofRows : 100;
  const of = run.ofRows ?? run.written;
  const words = { written: format.count(run.written), all: format.count(of), count: of };
  return (
    <>
      <IconFileDownload size={14} aria-hidden />
      <Progress value={part} w={90} size={5} animated={run.ofRows === null} aria-label={t("desk.exporting")} />
      <Text span size="xs">
        {t(run.ofRows === null ? "desk.exportWritten" : "desk.exportProgress", words)}
        {left !== null && ` · ${t("desk.secondsLeft", { count: left })}`}
      </Text>
      <Button variant="default" size="compact-xs" onClick={() => cancel.mutate({ id: run.id })} loading={cancel.isPending} data-testid={ids.exportCancel}>
        {t("common.cancel")}
      </Button>
    </>
  );
}

/** Seconds left, from how fast it went since it was first seen; null until that can be told. */
function useTimeLeft(run: ExportInfo): number | null {
  const [start, setStart] = useState({ id: run.id, atMs: Date.now(), written: run.written });
  useEffect(() => {
    if (start.id !== run.id) setStart({ id: run.id, atMs: Date.now(), written: run.written });
  }, [run, start]);
  const done = run.written - start.written;
  const elapsed = Date.now() - start.atMs;
  if (run.ofRows === null || done <= 0 || elapsed < 1000) return null;
  return Math.max(1, Math.round(((run.ofRows - run.written) / done) * (elapsed / 1000)));
}

function Ended({ run, onClose }: { run: ExportInfo; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isDone = run.state === "done";
  return (
    <>
      {isDone ? (
        <IconCheck size={14} color="var(--state-issued)" aria-hidden />
      ) : (
        <IconAlertTriangle size={14} color="var(--state-mismatched)" aria-hidden />
      )}
      <Text span size="xs" title={run.error ?? undefined}>
        {isDone ? t("desk.exported", { count: run.written, rows: format.count(run.written) }) : t("desk.exportFailed", { error: run.error ?? "" })}
      </Text>
      {isDone && <CopyText text={run.path} />}
      <CloseButton size="xs" onClick={onClose} aria-label={t("common.close")} />
    </>
  );
}
