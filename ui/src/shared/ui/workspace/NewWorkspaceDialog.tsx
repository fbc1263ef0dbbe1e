import { Modal, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AppInfo } from "../../../api/generated/api";
import { useGo } from "../../lib/navigation";
import { ids } from "../../lib/testids";
import { DialogFoot } from "../DialogFoot";
import { ErrorNote } from "../ErrorNote";
import { folderOfNew } from "./folder";
import { useNewWorkspace } from "./useNewWorkspace";

interface Props {
  app: AppInfo;
  opened: boolean;
  close: () => void;
}

/** Makes a workspace beside the one on screen, and shows it where its first steps are. */
export function NewWorkspaceDialog({ app, opened, close }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={close} title={t("start.new")} centered transitionProps={{ duration: 80 }}>
      <Making app={app} close={close} />
    </Modal>
  );
}

function Making({ app, close }: { app: AppInfo; close: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const { name, setName, missing, busy, error, make } = useNewWorkspace();
  const folder = folderOfNew(app.workspaces);
  const act = async () => {
    try {
      await make();
    } catch {
      // told below, where the name can be mended
      return;
    }
    close();
    go.screen("/connections");
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (missing === null && !busy) void act();
      }}
    >
      <Stack gap="sm">
        <TextInput
          data-autofocus
          label={t("start.name")}
          description={t("start.nameText")}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid={ids.startName}
        />
        <Text size="sm">{t("start.made")}</Text>
        {folder && (
          <div>
            <Text size="sm">{t("start.madeIn")}</Text>
            <Text size="sm" className="mono" style={{ overflowWrap: "anywhere" }}>
              {folder}
            </Text>
          </div>
        )}
        {app.open && (
          <Text size="sm" c="dimmed">
            {t("start.othersStay", { name: app.open.name })}
          </Text>
        )}
        {error && <ErrorNote error={error} />}
        <DialogFoot
          submits
          missing={missing}
          label={t("start.create")}
          busy={busy}
          act={() => void act()}
          close={close}
          testId={ids.startCreate}
        />
      </Stack>
    </form>
  );
}
