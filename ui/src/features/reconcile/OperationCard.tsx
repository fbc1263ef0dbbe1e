import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconQuestionMark } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OperationInfo } from "../../api/generated/api";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { FailureText, systemName } from "../../shared/ui/FailureText";
import {
  CloseOperationButton,
  CloseOperationDialog,
  OperationDoubt,
  useOperationName,
} from "../../shared/ui/OperationText";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

/** An operation on an issued document whose answer was lost: what was asked, what was seen, and what comes next. */
export function OperationCard({ operation }: { operation: OperationInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const nameOf = useOperationName();
  const [closing, setClosing] = useState(false);
  const provider = systemName(t, operation.provider);
  return (
    <section className="card two even" data-testid={ids.doubtedOperation(operation.orderNumber)}>
      <Stack gap={8}>
        <Group gap={8} wrap="nowrap">
          <IconQuestionMark size={17} color="var(--state-doubt)" style={{ flex: "none" }} aria-hidden />
          <Title order={2}>
            {t("operation.of", { operation: nameOf(operation), number: operation.documentNumber })}
            {` · #${operation.orderNumber}`}
          </Title>
        </Group>
        <Text size="sm">
          {t("operation.sent", { provider, time: format.clock(operation.startedMs ?? operation.createdMs, true) })}
        </Text>
        {operation.failure && <FailureText failure={operation.failure} brief />}
        <Text size="sm" c="dimmed">
          {operation.who || t("record.byItself")}
          {" · "}
          <Time ms={operation.createdMs} />
          {operation.reason && ` · ${operation.reason}`}
        </Text>
      </Stack>
      <Stack gap={8}>
        <Title order={3}>{t("reconcile.evidence", { provider })}</Title>
        <OperationDoubt operation={operation} />
        <Group gap="xs" mt="auto">
          <Button variant="default" onClick={() => go.stay({ document: operation.documentId })}>
            {t("reconcile.openRecord")}
          </Button>
          <CloseOperationButton operation={operation} open={() => setClosing(true)} />
        </Group>
      </Stack>
      {closing && <CloseOperationDialog operation={operation} close={() => setClosing(false)} />}
    </section>
  );
}
