import { Button, Group, Modal, Progress, Stack, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BulkJob } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { useSession } from "../../api/session";
import { needsSecond } from "../lib/errors";
import { ids } from "../lib/testids";
import { BulkReport } from "./BulkReport";
import { ErrorNote } from "./ErrorNote";
import { Loading } from "./Loading";
import { MayButton } from "./MayButton";
import { useFormat } from "./useFormat";
import { useNow } from "./Time";
import { whyText } from "./bulkWords";

interface Props {
  /** Null: closed. */
  jobId: string | null;
  /** Whether the job had been confirmed. */
  onClose: (confirmed: boolean) => void;
}

/** Something done to many records: its plan, its progress and its report. May be closed while it runs. */
export function BulkDialog({ jobId, onClose }: Props) {
  const { t } = useTranslation();
  // words stay while the dialog fades
  const [last, setLast] = useState(jobId);
  if (jobId !== null && jobId !== last) setLast(jobId);
  const id = last ?? "";
  const job = useAsk("bulk.get", { id }, id !== "");
  const cancel = useAct("bulk.cancel");
  const shown = job.data?.id === id ? job.data : null;
  const isPlan = shown?.state === "planned" || shown?.state === "planning";
  const waits = useWaits(id);
  // a plan that nobody confirms is not left standing
  const close = () => {
    if (shown && isPlan && !waits) cancel.mutate({ id });
    onClose(shown !== null && shown.confirmedMs !== null);
  };
  // it was given to a second person, and stands until that one decides
  const leave = () => onClose(true);
  const many = shown && shown.state !== "planning" ? countOf(shown) : null;
  const title = shown ? t(`bulk.title.${shown.kind}`, { count: many ?? shown.ofRecords }) : t("bulk.name");
  return (
    <Modal opened={jobId !== null} onClose={close} title={title} size="min(860px, 94vw)" centered transitionProps={{ duration: 80 }}>
      {job.error && <ErrorNote error={job.error} again={() => void job.refetch()} />}
      {!shown && !job.error && <Loading />}
      {shown?.state === "planning" && <Planning job={shown} close={close} />}
      {shown?.state === "planned" && <Plan key={id} job={shown} close={close} leave={leave} waits={waits} />}
      {shown?.state === "running" && <Running job={shown} close={close} />}
      {(shown?.state === "done" || shown?.state === "cancelled") && <Over key={id} job={shown} close={close} />}
    </Modal>
  );
}

/** Whether a plan was confirmed and waits for a second person. */
function useWaits(id: string): boolean {
  const session = useSession();
  const approvals = useAsk("approvals.list", {}, session?.needed === true && id !== "");
  return approvals.data?.approvals.some((one) => one.state === "waiting" && one.command === "bulk.confirm" && one.facts.id === id) ?? false;
}

/** What a job is about: what is to be done, or was. */
function countOf(job: BulkJob): number {
  return job.waiting + job.underWay + job.done + job.failed + job.inDoubt + job.cancelled + job.left;
}

function Planning({ job, close }: { job: BulkJob; close: () => void }) {
  const { t } = useTranslation();
  const looked = job.waiting + job.skipped;
  return (
    <Stack gap="sm" data-testid={ids.bulkPlanning}>
      <Text size="sm">{t("bulk.planning", { looked, count: job.ofRecords })}</Text>
      <Progress value={(looked / Math.max(1, job.ofRecords)) * 100} aria-label={t("bulk.planningLabel")} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close} data-autofocus>
          {t("common.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}

interface PlanProps {
  job: BulkJob;
  close: () => void;
  /** Closes without giving the plan up. */
  leave: () => void;
  /** A second person has it. */
  waits: boolean;
}

function Plan({ job, close, leave, waits }: PlanProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const confirm = useAct("bulk.confirm");
  // known as confirmed at once: a dialog that is closed now gives up no plan
  const keep = (answer: BulkJob) => client.setQueryData(["bulk.get", { id: job.id }], answer);
  const [reason, setReason] = useState("");
  const [shown, show] = useState(false);
  const nothing = job.waiting === 0;
  const without = job.needsReason && reason.trim() === "";
  const missing = waits ? t("approvals.job") : nothing ? t("bulk.nothing") : without ? t("common.reasonMissing") : null;
  const atReason = confirm.error?.field === "reason";
  const providers = job.providers.map(({ code, count }) => `${t(`system.${code}`, { defaultValue: code })} ${format.count(count)}`).join(", ");
  return (
    <Stack gap="sm" data-testid={ids.bulkPlan}>
      {!nothing && (
        <>
          <Text size="sm">{t(`bulk.what.${job.kind}`, { count: job.waiting, value: format.amounts(job.totals) })}</Text>
          {job.kind !== "dismiss" && <Text size="sm">{t("bulk.providers", { providers })}</Text>}
          {job.safe.map(({ code, count }) => (
            <Text key={code} size="sm" fw={500} data-testid={ids.safeBecause}>
              {t("bulk.because", { count, why: t(`safe.${code}`) })}
            </Text>
          ))}
          {job.kind !== "dismiss" && (
            <Text size="sm" c="dimmed">
              {t("bulk.lane")}
            </Text>
          )}
        </>
      )}
      {nothing && (
        <Text size="sm" fw={500}>
          {t("bulk.nothing")}
        </Text>
      )}
      {job.skips.length > 0 && (
        <div>
          <Text size="sm" fw={500}>
            {t("bulk.skips", { count: job.skipped })}
          </Text>
          {job.skips.map(({ code, count }) => (
            <Text key={code} size="sm" c="dimmed" data-testid={ids.bulkSkip(code)}>
              {t("bulk.skip", { count, why: whyText(t, code) })}
            </Text>
          ))}
        </div>
      )}
      {waits && (
        <Text size="sm" fw={500} className="note">
          {t("approvals.job")}
        </Text>
      )}
      {job.needsReason && !nothing && !waits && (
        <Textarea
          label={t("common.reason")}
          description={t("bulk.reasonKept")}
          error={atReason && t("acts.wrong.reason")}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-testid={ids.reason}
        />
      )}
      {confirm.error && !atReason && <ErrorNote error={confirm.error} refusals="bulk.refused" />}
      {shown && <BulkReport job={job} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="subtle" color="gray" mr="auto" onClick={() => show(!shown)} aria-expanded={shown}>
          {shown ? t("failures.hide") : t("failures.show")}
        </Button>
        <Button variant="default" onClick={close} data-autofocus>
          {t(waits ? "common.close" : "common.cancel")}
        </Button>
        <MayButton
          command="bulk.confirm"
          color={job.kind === "storno" ? "red.9" : undefined}
          disabled={missing !== null}
          title={missing ?? undefined}
          loading={confirm.isPending}
          onClick={() => confirm.mutate({ id: job.id, reason: reason.trim() }, { onSuccess: keep, onError: (error) => needsSecond(error) && leave() })}
          data-testid={ids.confirm}
        >
          {t(`bulk.act.${job.kind}`, { count: job.waiting })}
        </MayButton>
      </Group>
    </Stack>
  );
}

function Running({ job, close }: { job: BulkJob; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const cancel = useAct("bulk.cancel");
  const now = useNow();
  const count = countOf(job);
  const over = job.done + job.failed + job.inDoubt;
  const spent = now - (job.confirmedMs ?? now);
  const left = over > 0 && spent > 0 ? Math.ceil(((spent / over) * (count - over)) / 60_000) : null;
  return (
    <Stack gap="sm" data-testid={ids.bulkRunning}>
      <Text size="sm" aria-live="polite">
        {t("bulk.progress", { over: format.count(over), count })}
        {left !== null && ` · ${t("bulk.left", { count: left })}`}
      </Text>
      <Progress value={(over / Math.max(1, count)) * 100} aria-label={t("bulk.progressLabel")} />
      <Counts job={job} />
      <Text size="sm" c="dimmed">
        {t(job.waits ? `bulk.waits.${job.waits}` : "bulk.lane")} {t("bulk.mayClose")}
      </Text>
      {cancel.error && <ErrorNote error={cancel.error} refusals="bulk.refused" />}
      <Group justify="flex-end" gap="xs">
        <MayButton
          command="bulk.cancel"
          variant="default"
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ id: job.id })}
          data-testid={ids.bulkCancel}
        >
          {t("bulk.cancel")}
        </MayButton>
        <Button onClick={close} data-autofocus data-testid={ids.bulkClose}>
          {t("common.close")}
        </Button>
      </Group>
    </Stack>
  );
}

function Over({ job, close }: { job: BulkJob; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" data-testid={ids.bulkOver}>
      <Text size="sm" fw={500}>
        {t(`bulk.over.${job.state === "done" ? "done" : job.confirmedMs === null ? "discarded" : "cancelled"}`)}
      </Text>
      <Counts job={job} />
      {job.reason !== "" && (
        <Text size="sm" c="dimmed">
          {t("common.reason")}
          {": "}
          {job.reason}
        </Text>
      )}
      <BulkReport job={job} />
      <Group justify="flex-end">
        <Button onClick={close} data-autofocus data-testid={ids.bulkClose}>
          {t("common.close")}
        </Button>
      </Group>
    </Stack>
  );
}

const COUNTED = ["done", "failed", "inDoubt", "underWay", "waiting", "skipped", "cancelled", "left"] as const;

/** How many came to what. */
function Counts({ job }: { job: BulkJob }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group gap="lg" data-testid={ids.bulkCounts}>
      {COUNTED.filter((name) => job[name] > 0).map((name) => (
        <Text key={name} size="sm">
          {t(`bulk.count.${name}`)} <b>{format.count(job[name])}</b>
        </Text>
      ))}
    </Group>
  );
}
