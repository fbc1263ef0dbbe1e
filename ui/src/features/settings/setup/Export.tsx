import { Button, CopyButton, Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconCopy, IconDownload, IconEye, IconEyeOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SetupText } from "../../../api/generated/api";
import { useAsk } from "../../../api/queries";
import { saveText } from "../../../shared/lib/files";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { MayButton } from "../../../shared/ui/MayButton";

/** The file is shown whole before it is saved, with what is in it and what never is. */
export function Export() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const asked = useAsk("setup.export", {}, opened);
  return (
    <Stack gap="xs">
      <Title order={3}>{t("setup.export.title")}</Title>
      <Text size="sm" c="dimmed">
        {t("setup.export.text")}
      </Text>
      <Text size="sm">{t("setup.export.in")}</Text>
      <Text size="sm">{t("setup.export.never")}</Text>
      <MayButton
        command="setup.export"
        w="fit-content"
        variant="default"
        leftSection={opened ? <IconEyeOff size={15} /> : <IconEye size={15} />}
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
        data-testid={ids.setup("show")}
      >
        {t(opened ? "setup.export.hide" : "setup.export.show")}
      </MayButton>
      {opened && asked.isPending && <Loading />}
      {opened && asked.error && <ErrorNote error={asked.error} again={() => void asked.refetch()} />}
      {opened && asked.data && <Written file={asked.data} />}
    </Stack>
  );
}

function Written({ file }: { file: SetupText }) {
  const { t } = useTranslation();
  const save = () => {
    const isSaved = saveText(file.fileName, file.content, "application/toml");
    const message = isSaved ? t("setup.export.saved", { name: file.fileName }) : t("setup.export.notSaved");
    notifications.show({ message, color: isSaved ? "green" : "red" });
  };
  return (
    <>
      <pre className="mono setup-text" tabIndex={0} aria-label={t("setup.export.label")} role="region" data-testid={ids.setup("text")}>
        {file.content}
      </pre>
      <Group gap="xs">
        <Button leftSection={<IconDownload size={15} />} onClick={save} data-testid={ids.setup("save")}>
          {t("setup.export.save")}
        </Button>
        <CopyButton value={file.content}>
          {({ copied, copy }) => (
            <Button variant="default" leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />} onClick={copy}>
              {t(copied ? "common.copied" : "common.copy")}
            </Button>
          )}
        </CopyButton>
        <Text size="sm" className="mono">
          {file.fileName}
        </Text>
      </Group>
    </>
  );
}
