import { Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AttemptInfo, OperationInfo } from "../../api/generated/api";
import { FailureText } from "../../shared/ui/FailureText";
import { OperationState, useOperationName } from "../../shared/ui/OperationText";
import { useFormat } from "../../shared/ui/useFormat";

interface Props {
  attempts: AttemptInfo[];
  /** Those of which a request was sent. */
  operations: OperationInfo[];
}

/** Requests to the provider with their answers, newest first; secrets were removed before they were stored. */
export function Attempts({ attempts, operations }: Props) {
  const { t } = useTranslation();
  if (attempts.length + operations.length === 0) return <Text c="dimmed">{t("record.noAttempts")}</Text>;
  return (
    <Stack gap="lg">
      {attempts.map((attempt) => (
        <Attempt key={attempt.id} attempt={attempt} />
      ))}
      {operations.length > 0 && <Title order={3}>{t("operation.exchanges")}</Title>}
      {operations.map((operation) => (
        <Operation key={operation.id} operation={operation} />
      ))}
    </Stack>
  );
}

function Attempt({ attempt }: { attempt: AttemptInfo }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6}>
      <Group justify="space-between">
        <Text fw={600} size="sm">
          {t(`outcome.${attempt.outcome}`)}
          <Text span c="dimmed" size="sm" fw={400}>
            {" · "}
            {t(`trigger.${attempt.trigger}`)}
          </Text>
        </Text>
        <When startedMs={attempt.startedMs} finishedMs={attempt.finishedMs} />
      </Group>
      {attempt.failure && <FailureText failure={attempt.failure} title={false} />}
      <Exchange {...attempt} />
    </Stack>
  );
}

function Operation({ operation }: { operation: OperationInfo }) {
  const nameOf = useOperationName();
  return (
    <Stack gap={6} data-testid={`exchange-${operation.kind}`}>
      <Group justify="space-between">
        <Group gap="sm" fz="sm">
          <Text fw={600} size="sm">
            {nameOf(operation)}
          </Text>
          <OperationState state={operation.state} />
        </Group>
        <When startedMs={operation.startedMs ?? operation.createdMs} finishedMs={operation.finishedMs} />
      </Group>
      <Exchange {...operation} />
    </Stack>
  );
}

function When({ startedMs, finishedMs }: { startedMs: number; finishedMs: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Text size="xs" c="dimmed">
      {format.instant(startedMs)}
      {finishedMs !== null && ` · ${t("record.took", { ms: format.count(finishedMs - startedMs) })}`}
    </Text>
  );
}

type ExchangeProps = Pick<AttemptInfo, "method" | "url" | "requestBody" | "status" | "answerBody">;

function Exchange({ method, url, requestBody, status, answerBody }: ExchangeProps) {
  const { t } = useTranslation();
  return (
    <>
      <Text className="mono">
        {method} {url}
      </Text>
      {requestBody && (
        <>
          <Text size="xs" c="dimmed">
            {t("record.request")}
          </Text>
          <pre className="mono" tabIndex={0}>{pretty(requestBody)}</pre>
        </>
      )}
      <Text size="xs" c="dimmed">
        {status === null ? t("record.noAnswer") : t("record.answer", { status })}
      </Text>
      {answerBody && <pre className="mono" tabIndex={0}>{pretty(answerBody)}</pre>}
    </>
  );
}

/** JSON with indents; anything else as it came. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
