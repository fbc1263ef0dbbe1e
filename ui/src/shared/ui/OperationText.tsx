import { Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import {
  IconBan,
  IconCircleCheck,
  IconClock,
  IconEyeOff,
  IconQuestionMark,
  IconSend,
  type TablerIcon,
} from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { OperationInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../lib/testids";
import { Badge } from "./Badge";
import { ConfirmDialog } from "./ConfirmDialog";
import { systemName } from "./FailureText";
import { MayButton } from "./MayButton";
import { useFormat } from "./useFormat";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  waiting: { icon: IconClock, color: "var(--state-waiting)" },
  sending: { icon: IconSend, color: "var(--state-waiting)" },
  done: { icon: IconCircleCheck, color: "var(--state-issued)" },
  refused: { icon: IconBan, color: "var(--state-held)" },
  in_doubt: { icon: IconQuestionMark, color: "var(--state-doubt)" },
  closed: { icon: IconEyeOff, color: "var(--mantine-color-dimmed)" },
};

/** How the outcome of each kind is found out when its answer was lost. */
const SETTLING: Record<string, string> = {
  cancel: "state",
  restore: "state",
  delete: "presence",
  record_payment: "paid",
  delete_payment: "paid",
  send_einvoice: "einvoice",
};

export function OperationState({ state }: { state: string }) {
  const { t } = useTranslation();
  const look = LOOKS[state] ?? { icon: IconQuestionMark, color: "inherit" };
  return (
    <Badge icon={look.icon} color={look.color}>
      <span data-testid={ids.operationState} data-state={state}>
        {t(`operation.state.${state}`)}
      </span>
    </Badge>
  );
}

/** What was asked for, in words: `record payment · 42,95`. */
export function useOperationName() {
  const { t } = useTranslation();
  const format = useFormat();
  return (operation: { kind: string; about: string }) => {
    const about = operation.kind === "record_payment" ? format.decimal(operation.about) : operation.about;
    return [t(`operation.kind.${operation.kind}`), about].filter(Boolean).join(" · ");
  };
}

/** While in doubt: what Punte will do and when, and what it saw last. */
export function OperationDoubt({ operation }: { operation: OperationInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const provider = systemName(t, operation.provider);
  return (
    <Stack gap={2}>
      <Text size="sm">{willDo(t, operation, provider, (ms) => format.clock(ms, true))}</Text>
      {operation.seen && (
        <Text size="sm" c="dimmed">
          {t("operation.seen.label", { what: t(`operation.seen.${operation.seen}`, { provider }) })}
        </Text>
      )}
    </Stack>
  );
}

function willDo(t: TFunction, operation: OperationInfo, provider: string, clock: (ms: number) => string): string {
  const way = SETTLING[operation.kind];
  if (!way) return t("operation.settling.nobody");
  if (operation.lookAtMs === null) return t("operation.settling.person", { provider });
  return t(`operation.settling.${way}`, { provider, time: clock(operation.lookAtMs) });
}

/** Whether a person may close it now: what was not sent yet, or what nobody will look at any more. */
export function canClose(operation: OperationInfo): boolean {
  return operation.state === "waiting" || (operation.state === "in_doubt" && operation.lookAtMs === null);
}

/** Withdraws what waits, or leaves as "maybe" what nobody can tell; with a reason. */
export function CloseOperationButton({ operation, open }: { operation: OperationInfo; open: () => void }) {
  const { t } = useTranslation();
  if (!canClose(operation)) return null;
  return (
    <MayButton command="operations.close" variant="default" size="compact-sm" onClick={open} data-testid={ids.operationClose}>
      {t(operation.state === "waiting" ? "operation.withdraw" : "operation.close")}
    </MayButton>
  );
}

export function CloseOperationDialog({ operation, close }: { operation: OperationInfo; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const act = useAct("operations.close");
  const way = operation.state === "waiting" ? "withdraw" : "close";
  const done = () => {
    close();
    void client.invalidateQueries({ queryKey: ["record.get"] });
    void client.invalidateQueries({ queryKey: ["doubts.list"] });
  };
  return (
    <ConfirmDialog
      opened
      title={t(`operation.${way}Title`, {
        operation: t(`operation.kind.${operation.kind}`),
        number: operation.documentNumber,
      })}
      act={t(`operation.${way}Do`)}
      askReason
      busy={act.isPending}
      error={act.error}
      onAct={(reason) => act.mutate({ id: operation.id, reason }, { onSuccess: done })}
      onClose={close}
    >
      <Text size="sm">{t(`operation.${way}Text`, { provider: systemName(t, operation.provider) })}</Text>
    </ConfirmDialog>
  );
}
