import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ImportInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { MayButton } from "../../shared/ui/MayButton";
import { useFormat } from "../../shared/ui/useFormat";
import { Counts } from "./Counts";
import { useKnown } from "./uploads";

/** An import that takes orders in: how far it is, and the way to stop it. */
export function Running({ info, close }: { info: ImportInfo; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const known = useKnown();
  const cancel = useAct("imports.cancel");
  return (
    <Stack gap="sm" data-testid={ids.importRunning}>
      <Text size="sm" aria-live="polite">
        {t("imports.progress", { count: info.read, part: format.count(Math.floor(info.progress / 10)) })}
      </Text>
      <Progress value={info.progress / 10} aria-label={t("imports.progressLabel")} />
      <Counts info={info} />
      {info.failure && <FailureText failure={info.failure} />}
      <Text size="sm" c="dimmed">
        {t("imports.mayClose")} {t("imports.stopText")}
      </Text>
      {cancel.error && <ErrorNote error={cancel.error} refusals="imports.refused" />}
      <Group justify="flex-end" gap="xs">
        <MayButton
          command="imports.cancel"
          variant="default"
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ id: info.id }, { onSuccess: known })}
          data-testid={ids.importStop}
        >
          {t("imports.stop")}
        </MayButton>
        <Button onClick={close} data-autofocus data-testid={ids.importClose}>
          {t("common.close")}
        </Button>
      </Group>
    </Stack>
  );
}
