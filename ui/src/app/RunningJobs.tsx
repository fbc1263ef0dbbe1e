import { Indicator, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useState } from "react";
import { useAsk } from "../api/queries";
import { ids } from "../shared/lib/testids";
import { BulkDialog } from "../shared/ui/BulkDialog";
import { useFormat } from "../shared/ui/useFormat";
import { RunningBackfills } from "./RunningBackfills";
import { RunningImports } from "./RunningImports";

/** Jobs over many records that run now, in the status bar; each opens its progress. */
export function RunningJobs() {
  const { t } = useTranslation();
  const format = useFormat();
  const jobs = useAsk("bulk.list", {});
  const [shown, show] = useState<string | null>(null);
  const running = jobs.data?.jobs.filter((job) => job.state === "running") ?? [];
  return (
    <>
      {running.map((job) => {
        const over = job.done + job.failed + job.inDoubt;
        return (
          <Indicator key={job.id} processing size={7} position="middle-start" offset={-10}>
            <UnstyledButton fz="xs" fw={500} onClick={() => show(job.id)} data-testid={ids.runningJob}>
              {t(`bulk.running.${job.kind}`, { over: format.count(over), all: format.count(over + job.waiting + job.underWay) })}
            </UnstyledButton>
          </Indicator>
        );
      })}
      <RunningImports />
      <RunningBackfills />
      <BulkDialog jobId={shown} onClose={() => show(null)} />
    </>
  );
}
