import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ImportInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { useFormat } from "../../shared/ui/useFormat";
import { Discard } from "./Discard";
import { ChooseFile } from "./ImportMenu";
import { useUploads } from "./uploads";

/** A file on its way to the host, or one that stopped on it. */
export function Sending({ info, close }: { info: ImportInfo; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { of, goOn } = useUploads();
  const upload = of.get(info.id);
  const words = { received: format.size(info.received), all: format.size(info.bytes) };
  return (
    <Stack gap="sm" data-testid={ids.importSending}>
      <Text size="sm" aria-live="polite">
        {t(upload?.isSending ? "imports.sending" : "imports.interrupted", words)}
      </Text>
      <Progress value={(info.received / Math.max(1, info.bytes)) * 100} aria-label={t("imports.sendingLabel")} />
      {upload?.error && <ErrorNote error={upload.error} refusals="imports.refused" />}
      <Text size="sm" c="dimmed">
        {t(!upload ? "imports.interruptedText" : upload.error ? "imports.sendOnText" : "imports.sendingText")}
      </Text>
      <Group justify="flex-end" gap="xs">
        <Discard info={info} close={close} label={t(upload?.isSending ? "imports.stopSending" : "imports.discard")} />
        {!upload && <ChooseFile instead={info.id}>{t("imports.chooseAgain")}</ChooseFile>}
        {upload?.error && (
          <Button variant="default" onClick={() => goOn(info.id)} data-testid={ids.importSendOn}>
            {t("imports.sendOn")}
          </Button>
        )}
        <Button onClick={close} data-autofocus data-testid={ids.importClose}>
          {t("common.close")}
        </Button>
      </Group>
    </Stack>
  );
}
