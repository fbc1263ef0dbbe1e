import { List, Modal, NativeSelect, PasswordInput, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BackupFile } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../lib/testids";
import { DialogFoot } from "../DialogFoot";
import { useFormat } from "../useFormat";
import { BackupError } from "./BackupError";

interface Props {
  workspace: string;
  title: string;
  /** Of which one is chosen; where there is only one, that one. */
  files: BackupFile[];
  close: () => void;
}

/** Says what happens, then puts a backup in the place of the ledger. */
export function RestoreDialog({ workspace, title, files, close }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const restore = useAct("backup.restore");
  const [chosen, setChosen] = useState(files[0]?.file ?? "");
  const [passphrase, setPassphrase] = useState("");
  const file = files.find((one) => one.file === chosen);
  const label = (one: BackupFile) =>
    [format.instant(one.madeMs), format.size(one.bytes), t(one.verifiedMs === null ? "backup.notVerified" : "backup.verified")].join(" · ");
  const done = () => {
    notifications.show({ message: t("backup.restored") });
    close();
  };
  return (
    <Modal
      opened
      onClose={close}
      centered
      size="lg"
      title={title}
      transitionProps={{ duration: 80 }}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack gap="sm">
        {files.length > 1 && (
          <NativeSelect
            label={t("backup.choose")}
            value={chosen}
            onChange={(event) => setChosen(event.currentTarget.value)}
            data={files.map((one) => ({ value: one.file, label: label(one) }))}
            data-testid={ids.backup("choose")}
          />
        )}
        <Text size="sm" fw={600}>
          {t("backup.steps")}
        </Text>
        <List size="sm" spacing={6}>
          {["stop", "aside", "quarantine", "lost"].map((step) => (
            <List.Item key={step}>{t(`backup.step.${step}`)}</List.Item>
          ))}
        </List>
        {file?.sealed && (
          <PasswordInput
            label={t("backup.restorePassphrase")}
            description={t("backup.restorePassphraseText")}
            autoComplete="off"
            maxLength={1000}
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            data-testid={ids.backup("restore-passphrase")}
          />
        )}
        {restore.error && <BackupError error={restore.error} />}
        <DialogFoot
          missing={file ? null : t("backup.chooseMissing")}
          label={t("backup.confirm")}
          busy={restore.isPending}
          act={() => restore.mutate({ workspace, file: chosen, passphrase: passphrase || null }, { onSuccess: done })}
          close={close}
          testId={ids.backup("confirm")}
        />
      </Stack>
    </Modal>
  );
}
