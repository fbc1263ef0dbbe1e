import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OperationInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { FailureText } from "../../shared/ui/FailureText";
import {
  CloseOperationButton,
  CloseOperationDialog,
  OperationDoubt,
  OperationState,
  useOperationName,
} from "../../shared/ui/OperationText";
import { Time } from "../../shared/ui/Time";

const SHOWN = 2;

interface Props {
  /** Newest first. */
  operations: OperationInfo[];
  /** Something tall is being looked at: only those that are not finished. */
  small: boolean;
  onActing: (acting: boolean) => void;
}

/** What was asked for on the document and what became of it; those that are not finished always stand there. */
export function Operations({ operations, small, onActing }: Props) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const [closing, setClosing] = useState<OperationInfo | null>(null);
  const acting = closing !== null;
  useEffect(() => {
    if (!acting) return;
    onActing(true);
    return () => onActing(false);
  }, [acting, onActing]);
  const isOpen = (one: OperationInfo) => ["waiting", "sending", "in_doubt"].includes(one.state);
  const shown = operations.filter((one, at) => isOpen(one) || (!small && (all || at < SHOWN)));
  const rest = operations.length - shown.length;
  if (shown.length === 0) return null;
  return (
    <Stack gap={6} mt="sm" className="operations" role="region" aria-label={t("operation.title")} tabIndex={0}>
      {shown.map((operation) => (
        <Row key={operation.id} operation={operation} newest={operation === operations[0]} close={() => setClosing(operation)} />
      ))}
      {!small && (rest > 0 || all) && operations.length > SHOWN && (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setAll(!all)}>
          {all ? t("operation.less") : t("operation.more", { count: rest })}
        </Anchor>
      )}
      {closing && <CloseOperationDialog operation={closing} close={() => setClosing(null)} />}
    </Stack>
  );
}

function Row({ operation, newest, close }: { operation: OperationInfo; newest: boolean; close: () => void }) {
  const { t } = useTranslation();
  const nameOf = useOperationName();
  return (
    <div data-testid={ids.operation(operation.kind)} data-state={operation.state}>
      <Group gap="sm" wrap="nowrap" fz="sm">
        <OperationState state={operation.state} />
        <Text size="sm" fw={500} truncate title={nameOf(operation)}>
          {nameOf(operation)}
        </Text>
        <Text size="xs" c="dimmed" ml="auto" style={{ whiteSpace: "nowrap" }}>
          {operation.who || t("record.byItself")} · <Time ms={operation.createdMs} />
        </Text>
        <CloseOperationButton operation={operation} open={close} />
      </Group>
      {operation.reason && (
        <Text size="sm" c="dimmed">
          {operation.reason}
        </Text>
      )}
      {operation.state === "in_doubt" && operation.failure && (
        <Text size="sm">{t(`failure.${operation.failure.kind}.title`)}</Text>
      )}
      {operation.state === "in_doubt" && <OperationDoubt operation={operation} />}
      {operation.state === "refused" && operation.failure && <FailureText failure={operation.failure} brief={!newest} />}
      {operation.state === "waiting" && operation.failure && <FailureText failure={operation.failure} brief />}
    </div>
  );
}
