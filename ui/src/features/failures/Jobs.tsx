import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BulkJob } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { BulkState } from "../../shared/ui/BulkState";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

/** Jobs over many records, newest first; each opens its progress or report. */
export function Jobs({ open }: { open: (id: string) => void }) {
  const { t } = useTranslation();
  const jobs = useAsk("bulk.list", {});
  // a plan that nobody confirmed did nothing
  const shown = jobs.data?.jobs.filter((job) => job.state !== "cancelled" || job.confirmedMs !== null) ?? [];
  if (jobs.error) return <ErrorNote error={jobs.error} again={() => void jobs.refetch()} />;
  if (jobs.isPending) return <Loading />;
  if (shown.length === 0) return <Empty title={t("bulk.none")} text={t("bulk.noneText")} />;
  return (
    <table className="plain" data-testid={ids.bulkJobs}>
      <thead>
        <tr>
          {["what", "state", "count", "value", "who", "when"].map((name) => (
            <th key={name} scope="col">
              {t(`bulk.list.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((job) => (
          <Row key={job.id} job={job} open={() => open(job.id)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ job, open }: { job: BulkJob; open: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const over = job.done + job.failed + job.inDoubt;
  const all = over + job.waiting + job.underWay + job.cancelled + job.left;
  return (
    <tr>
      <td>
        <UnstyledButton fz="sm" fw={600} onClick={open} data-testid={ids.bulkJob(job.kind)}>
          {t(`bulk.kind.${job.kind}`)}
        </UnstyledButton>
      </td>
      <td>
        <BulkState state={job.state} job />
      </td>
      <td className="num">
        {t("bulk.list.of", { done: format.count(job.done), all: format.count(all) })}
        {job.failed > 0 && ` · ${t("bulk.count.failed")} ${format.count(job.failed)}`}
      </td>
      <td className="num">{format.amounts(job.totals)}</td>
      <td>{job.who}</td>
      <td className="num">
        <Time ms={job.confirmedMs ?? job.createdMs} />
      </td>
    </tr>
  );
}
