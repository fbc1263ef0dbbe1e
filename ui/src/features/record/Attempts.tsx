import { Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AttemptInfo } from "../../api/generated/api";
import { FailureText } from "../../shared/ui/FailureText";
import { useFormat } from "../../shared/ui/useFormat";

/** Requests to the provider with their answers, newest first; secrets were removed before they were stored. */
export function Attempts({ attempts }: { attempts: AttemptInfo[] }) {
  const { t } = useTranslation();
  if (attempts.length === 0) return <Text c="dimmed">{t("record.noAttempts")}</Text>;
  return (
    <Stack gap="lg">
      {attempts.map((attempt) => (
        <Attempt key={attempt.id} attempt={attempt} />
      ))}
    </Stack>
  );
}

function Attempt({ attempt }: { attempt: AttemptInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const took = attempt.finishedMs === null ? null : attempt.finishedMs - attempt.startedMs;
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
        <Text size="xs" c="dimmed">
          {format.instant(attempt.startedMs)}
          {took !== null && ` · ${t("record.took", { ms: format.count(took) })}`}
        </Text>
      </Group>
      {attempt.failure && <FailureText failure={attempt.failure} title={false} />}
      <Text className="mono">
        {attempt.method} {attempt.url}
      </Text>
      {attempt.requestBody && (
        <>
          <Text size="xs" c="dimmed">
            {t("record.request")}
          </Text>
          <pre className="mono">{pretty(attempt.requestBody)}</pre>
        </>
      )}
      <Text size="xs" c="dimmed">
        {attempt.status === null ? t("record.noAnswer") : t("record.answer", { status: attempt.status })}
      </Text>
      {attempt.answerBody && <pre className="mono">{pretty(attempt.answerBody)}</pre>}
    </Stack>
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
