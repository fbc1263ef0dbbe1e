import { Button, Group, Text, Title } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconCircleCheck, IconClockPause, IconHandStop, IconRefresh, type TablerIcon } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FailureGroup } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { fixPlace, namedRule } from "../../shared/lib/errors";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { MayButton } from "../../shared/ui/MayButton";
import { OwnerPicker } from "../../shared/ui/OwnerPicker";
import { SnoozeMenu } from "../../shared/ui/SnoozeMenu";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";
import { CauseRecords } from "./CauseRecords";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  open: { icon: IconHandStop, color: "var(--state-held)" },
  snoozed: { icon: IconClockPause, color: "var(--mantine-color-dimmed)" },
  retrying: { icon: IconRefresh, color: "var(--state-waiting)" },
  resolved: { icon: IconCircleCheck, color: "var(--state-issued)" },
};

interface Props {
  group: FailureGroup;
  people: string[];
  /** Plans something for all of the group. */
  plan: (kind: "retry" | "dismiss", group: FailureGroup) => void;
  /** Something is being planned. */
  busy: boolean;
  /** A notice led here. */
  meant?: boolean;
}

/** A cause: what happened, to how many, why a retry is safe, and what can be done about all of them. */
export function Cause({ group, people, plan, busy, meant = false }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [shown, show] = useState(false);
  const assign = useAct("failures.assign");
  const snooze = useAct("failures.snooze");
  const kind = group.failure.kind;
  const { icon: Icon, color } = LOOKS[group.state] ?? { icon: IconHandStop, color: "inherit" };
  const isHeld = group.count > 0;
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (meant) card.current?.scrollIntoView({ block: "start" });
  }, [meant]);
  return (
    <section ref={card} className="card" data-testid={ids.failureGroup(kind)} data-state={group.state} aria-current={meant || undefined}>
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <Group gap={8} wrap="nowrap">
          <Icon size={17} color={color} aria-hidden />
          <Title order={2}>{t(`failure.${kind}.title`)}</Title>
          {group.state !== "open" && (
            <Text size="sm" c="dimmed">
              {t(`cause.state.${group.state}`)}
            </Text>
          )}
        </Group>
        <Group gap="lg" wrap="nowrap">
          {isHeld && <Text size="sm">{t("failures.records", { count: group.count })}</Text>}
          {isHeld && (
            <Text size="sm" fw={500}>
              {format.amounts(group.totals)}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {t("failures.since")} <Time ms={group.sinceMs} />
            {group.lastMs > group.sinceMs && (
              <>
                {", "}
                {t("cause.last")} <Time ms={group.lastMs} />
              </>
            )}
          </Text>
        </Group>
      </Group>
      <Standing group={group} />
      {isHeld && <FailureText failure={group.failure} title={false} />}
      {(assign.error ?? snooze.error) && <ErrorNote error={(assign.error ?? snooze.error)!} />}
      {isHeld && (
        <Group gap="xs" mt="sm">
          <Acts group={group} plan={plan} busy={busy} />
          <MayButton
            command="bulk.plan"
            variant="subtle"
            color="gray"
            disabled={busy}
            onClick={() => plan("dismiss", group)}
            data-testid={ids.dismissGroup(kind)}
          >
            {t("cause.dismiss", { count: group.count })}
          </MayButton>
          <OwnerPicker command="failures.assign" owner={group.owner} people={people} onAssign={(owner) => assign.mutate({ key: group.key, owner })} />
          <SnoozeMenu command="failures.snooze" until={group.snoozedUntilMs} onSnooze={(untilMs) => snooze.mutate({ key: group.key, untilMs })} />
          <Button
            variant="subtle"
            color="gray"
            ml="auto"
            rightSection={shown ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
            onClick={() => show(!shown)}
            aria-expanded={shown}
            data-testid={ids.showGroup(kind)}
          >
            {shown ? t("failures.hide") : t("failures.show")}
          </Button>
        </Group>
      )}
      {isHeld && group.safeBecause && (
        <Text size="sm" c="dimmed" mt={4}>
          {t(`safe.${group.safeBecause}`)}
        </Text>
      )}
      {shown && isHeld && <CauseRecords group={group} />}
    </section>
  );
}

/** What became of the others, and until when these may wait. */
function Standing({ group }: { group: FailureGroup }) {
  const { t } = useTranslation();
  const format = useFormat();
  const told = [
    group.wentThrough > 0 && t("cause.went", { count: group.wentThrough }),
    group.underWay > 0 && t("cause.underWay", { count: group.underWay }),
    group.snoozed > 0 && t("cause.snoozedRecords", { count: group.snoozed }),
    group.snoozedUntilMs !== null && t("snooze.until", { time: format.instant(group.snoozedUntilMs) }),
  ].filter((text): text is string => typeof text === "string");
  if (told.length === 0) return null;
  return (
    <Text size="sm" c="dimmed" data-testid={ids.causeStanding}>
      {told.join(" · ")}
    </Text>
  );
}

/** What mends it. */
function Acts({ group, plan, busy }: Pick<Props, "group" | "plan" | "busy">) {
  const { t } = useTranslation();
  const go = useGo();
  const kind = group.failure.kind;
  const place = fixPlace(group.failure);
  const named = namedRule(group.failure.detail);
  const first = group.documents[0];
  const openRule = () =>
    first && go.screen("/mappings", { document: first.id, block: named?.block ?? undefined, target: named?.target });
  return (
    <>
      {group.safeBecause && (
        <MayButton command="bulk.plan" disabled={busy} onClick={() => plan("retry", group)} data-testid={ids.retryGroup(kind)}>
          {t("cause.retry", { count: group.count })}
        </MayButton>
      )}
      {place === "rule" && (
        <Button variant="default" onClick={openRule} data-testid={ids.openRule(kind)}>
          {t("failures.openRule")}
        </Button>
      )}
      {place === "rule" && group.safeBecause && first && (
        <MayButton
          command="drafts.save"
          variant="default"
          onClick={() => go.stay({ document: first.id, edit: "draft" })}
          data-testid={ids.editRetry(kind)}
        >
          {t("editor.edit.retry")}
        </MayButton>
      )}
      {(place === "connection" || place === "flow") && (
        <Button variant="default" onClick={() => go.screen("/connections")}>
          {t("failures.openConnections")}
        </Button>
      )}
    </>
  );
}
