import { Button, Drawer, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp, IconBan, IconCircleCheck, IconClock, IconExclamationCircle, type TablerIcon } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApprovalInfo, type Commands, neededRole } from "../api/generated/api";
import { useAct, useAsk } from "../api/queries";
import { useGo, usePlace } from "../shared/lib/navigation";
import { ids } from "../shared/lib/testids";
import { Badge } from "../shared/ui/Badge";
import { BulkDialog } from "../shared/ui/BulkDialog";
import { Empty } from "../shared/ui/Empty";
import { ErrorNote } from "../shared/ui/ErrorNote";
import { Loading } from "../shared/ui/Loading";
import { Time } from "../shared/ui/Time";
import { approvalName } from "./approvalWords";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  waiting: { icon: IconClock, color: "var(--state-waiting)" },
  approved: { icon: IconCircleCheck, color: "var(--state-issued)" },
  refused: { icon: IconBan, color: "var(--state-held)" },
  withdrawn: { icon: IconArrowBackUp, color: "var(--mantine-color-dimmed)" },
  failed: { icon: IconExclamationCircle, color: "var(--state-mismatched)" },
};

/** Acts that wait for a second person, and what became of the last ones; open where the address says so. */
export function Approvals() {
  const { t } = useTranslation();
  const go = useGo();
  const opened = usePlace().approvals !== undefined;
  const [job, setJob] = useState<string | null>(null);
  const close = () => go.stay({ approvals: undefined });
  return (
    <>
      <Drawer
        opened={opened}
        onClose={close}
        closeOnEscape={job === null}
        position="right"
        size={560}
        title={t("approvals.title")}
        transitionProps={{ duration: 90 }}
      >
        <div data-testid={ids.approvals}>
          <List openJob={setJob} openRecord={(id) => go.stay({ approvals: undefined, document: id })} />
        </div>
      </Drawer>
      <BulkDialog jobId={job} onClose={() => setJob(null)} />
    </>
  );
}

interface ListProps {
  openJob: (id: string) => void;
  openRecord: (id: string) => void;
}

function List(open: ListProps) {
  const { t } = useTranslation();
  const approvals = useAsk("approvals.list", {});
  if (approvals.error) return <ErrorNote error={approvals.error} again={() => void approvals.refetch()} />;
  if (!approvals.data) return <Loading />;
  const waiting = approvals.data.approvals.filter((one) => one.state === "waiting");
  const decided = approvals.data.approvals.filter((one) => one.state !== "waiting");
  return (
    <Stack gap="md">
      {waiting.length === 0 && <Empty title={t("approvals.none")} text={t("approvals.noneText")} />}
      {waiting.some((one) => one.mayDecide) && <Text size="sm">{t("approvals.text")}</Text>}
      {waiting.map((one) => (
        <Waiting key={one.id} approval={one} {...open} />
      ))}
      {decided.length > 0 && (
        <>
          <Title order={2}>{t("approvals.decided")}</Title>
          {decided.map((one) => (
            <div key={one.id} className="card" data-testid={ids.approval(one.id)}>
              <Head approval={one} {...open} />
            </div>
          ))}
        </>
      )}
    </Stack>
  );
}

/** What, about what, who asked, when and why; and what was decided, by whom. */
function Head({ approval, openJob, openRecord }: { approval: ApprovalInfo } & ListProps) {
  const { t } = useTranslation();
  const { state, facts, command } = approval;
  const look = LOOKS[state] ?? { icon: IconClock, color: "inherit" };
  const isJob = command === "bulk.confirm";
  return (
    <Stack gap={4}>
      <Group gap={8} justify="space-between" wrap="nowrap" align="flex-start">
        <Text fw={600}>{approvalName(t, approval)}</Text>
        <Badge icon={look.icon} color={look.color}>
          <span data-state={state}>{t(`approvals.state.${state}`)}</span>
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {t("approvals.askedBy", { who: approval.askedBy })} <Time ms={approval.askedMs} />
      </Text>
      {approval.reason !== "" && <Text size="sm">{t("approvals.reason", { reason: approval.reason })}</Text>}
      {approval.decidedBy !== null && approval.decidedMs !== null && (
        <Text size="sm" c="dimmed">
          {t(`approvals.state.${state}`)} · {t("approvals.decidedBy", { who: approval.decidedBy })} <Time ms={approval.decidedMs} />
        </Text>
      )}
      {approval.code !== "" && (
        <Text size="sm">
          {t("approvals.failed", { why: t([`approvals.failedCode.${approval.code}`, `error.${approval.code}`], { defaultValue: approval.code }) })}
        </Text>
      )}
      {approval.note !== "" && <Text size="sm">{t("approvals.noteLine", { note: approval.note })}</Text>}
      {facts.id && (
        <Button w="fit-content" size="compact-sm" variant="default" onClick={() => (isJob ? openJob : openRecord)(facts.id ?? "")}>
          {t(isJob ? "approvals.openJob" : "approvals.openRecord")}
        </Button>
      )}
    </Stack>
  );
}

function Waiting({ approval, ...open }: { approval: ApprovalInfo } & ListProps) {
  const { t } = useTranslation();
  const decide = useAct("approvals.decide");
  const withdraw = useAct("approvals.withdraw");
  const [note, setNote] = useState("");
  const { id } = approval;
  const what = approvalName(t, approval);
  const error = decide.error ?? withdraw.error;
  const go = (approve: boolean) =>
    decide.mutate(
      { id, approve, note: note.trim() },
      { onSuccess: () => notifications.show({ message: t(approve ? "approvals.approved" : "approvals.refused") }) },
    );
  return (
    <div className="card" data-testid={ids.approval(id)}>
      <Stack gap="sm">
        <Head approval={approval} {...open} />
        {approval.mayDecide && (
          <>
            <Textarea
              label={t("approvals.note")}
              description={t("approvals.noteText")}
              autosize
              minRows={1}
              maxRows={5}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
              data-testid={ids.approvalAct("note")}
            />
            <Group gap="xs" justify="flex-end">
              <Button
                variant="default"
                disabled={decide.isPending}
                onClick={() => go(false)}
                aria-label={t("approvals.refuseOf", { what })}
                data-testid={ids.approvalAct("refuse")}
              >
                {t("approvals.refuse")}
              </Button>
              <Button
                variant="light"
                loading={decide.isPending}
                onClick={() => go(true)}
                aria-label={t("approvals.approveOf", { what })}
                data-testid={ids.approvalAct("approve")}
              >
                {t("approvals.approve")}
              </Button>
            </Group>
          </>
        )}
        {approval.isOwn && (
          <Group gap="xs" justify="space-between" wrap="nowrap">
            <Text size="sm" c="dimmed">
              {t("approvals.own")}
            </Text>
            <Button
              variant="default"
              loading={withdraw.isPending}
              onClick={() => withdraw.mutate({ id })}
              aria-label={t("approvals.withdrawOf", { what })}
              data-testid={ids.approvalAct("withdraw")}
            >
              {t("approvals.withdraw")}
            </Button>
          </Group>
        )}
        {!approval.mayDecide && !approval.isOwn && (
          <Text size="sm" c="dimmed">
            {t("approvals.notYours", { role: t(`settings.role.${neededRole[approval.command as keyof Commands] ?? "admin"}`) })}
          </Text>
        )}
        {error && <ErrorNote error={error} refusals="approvals.refusal" />}
      </Stack>
    </div>
  );
}
