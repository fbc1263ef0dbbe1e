import { Badge, Stack, Text, Title } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { JobInfo } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Loading } from "../../shared/ui/Loading";
import { MayButton } from "../../shared/ui/MayButton";
import { Time } from "../../shared/ui/Time";
import { Card } from "./Card";
import { Setting } from "./Setting";

const COLORS: Record<string, string> = { ok: "green", failed: "red", skipped: "gray" };

/** What runs by itself: when it ran last, what came of it, when it runs next; each can be run now. */
export function Schedule() {
  const { t } = useTranslation();
  const schedule = useAsk("schedule.list", {});
  return (
    <Card of="schedule">
      <Stack gap="sm">
        <Title order={2}>{t("schedule.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("schedule.text")}
        </Text>
        {schedule.isPending && <Loading />}
        {schedule.error && <ErrorNote error={schedule.error} again={() => void schedule.refetch()} />}
        {schedule.data && (
          <Setting id="schedule">
            <table className="plain">
              <thead>
                <tr>
                  <th>{t("schedule.job")}</th>
                  <th>{t("schedule.last")}</th>
                  <th>{t("schedule.result")}</th>
                  <th>{t("schedule.next")}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {schedule.data.jobs.map((job) => (
                  <JobRow key={job.id} job={job} />
                ))}
              </tbody>
            </table>
          </Setting>
        )}
      </Stack>
    </Card>
  );
}

function JobRow({ job }: { job: JobInfo }) {
  const { t } = useTranslation();
  const run = useAct("schedule.run_now");
  const counts = Object.entries(job.counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => t(`schedule.count.${what}`, { count }));
  return (
    <tr data-testid={ids.job(job.id)}>
      <td>
        {t(`schedule.kind.${job.kind}`)}
        {job.about && ` · ${job.about}`}
      </td>
      <td>{job.lastMs === null ? t("schedule.never") : <Time ms={job.lastMs} />}</td>
      <td>
        {job.outcome === "" ? (
          t("common.none")
        ) : (
          <Badge variant="light" tt="none" color={COLORS[job.outcome] ?? "gray"}>
            {t(`schedule.outcome.${job.outcome}`)}
          </Badge>
        )}
        {counts.length > 0 && ` ${counts.join(" · ")}`}
        {job.failure && <FailureText failure={job.failure} brief />}
        {run.error && <ErrorNote error={run.error} />}
      </td>
      <td>{job.running || job.nextMs === null ? t("schedule.running") : <Time ms={job.nextMs} />}</td>
      <td className="num">
        <MayButton
          command="schedule.run_now"
          size="compact-xs"
          variant="light"
          leftSection={<IconPlayerPlay size={13} />}
          loading={run.isPending}
          disabled={job.running}
          title={job.running ? t("schedule.running") : undefined}
          onClick={() => run.mutate({ id: job.id })}
          data-testid={ids.jobRun(job.id)}
        >
          {t("schedule.runNow")}
        </MayButton>
      </td>
    </tr>
  );
}
