import { Group, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCircleCheck, IconCircleDashed, IconLock } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BackupFile, BackupInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { BackupError } from "../../shared/ui/backup/BackupError";
import { RestoreDialog } from "../../shared/ui/backup/RestoreDialog";
import { MayButton } from "../../shared/ui/MayButton";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

/** What lies in the folder of backups: each can be looked at once more, and put back. */
export function BackupFiles({ info }: { info: BackupInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [restoring, setRestoring] = useState<BackupFile | null>(null);
  if (info.files.length === 0) {
    return (
      <Text size="sm" data-testid={ids.backup("none")}>
        {t("backup.none")}
        {". "}
        {t(info.everyHours === 0 ? "backup.noneTextOff" : "backup.noneText")}
      </Text>
    );
  }
  return (
    <>
      <Title order={3}>{t("backup.list")}</Title>
      <table className="plain">
        <thead>
          <tr>
            <th>{t("backup.made")}</th>
            <th className="num">{t("backup.size")}</th>
            <th>{t("backup.state")}</th>
            <th>{t("backup.file")}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {info.files.map((file) => (
            <FileRow key={file.file} file={file} restore={() => setRestoring(file)} />
          ))}
        </tbody>
      </table>
      {restoring && (
        <RestoreDialog
          workspace={info.workspace}
          title={t("backup.restoreTitle", { when: format.instant(restoring.madeMs) })}
          files={[restoring]}
          close={() => setRestoring(null)}
        />
      )}
    </>
  );
}

function FileRow({ file, restore }: { file: BackupFile; restore: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const verify = useAct("backup.verify");
  const whole = () => notifications.show({ message: t("backup.allVerified", { file: file.file }) });
  const looked =
    file.verifiedMs === null
      ? t("backup.notVerifiedText")
      : t("backup.verifiedText", { when: format.instant(file.verifiedMs) });
  return (
    <tr data-testid={ids.backupFile(file.file)}>
      <td>
        <Time ms={file.madeMs} />
      </td>
      <td className="num">{format.size(file.bytes)}</td>
      <td>
        <Group gap={6} title={looked}>
          {file.verifiedMs === null ? (
            <Badge icon={IconCircleDashed} color="var(--state-waiting)">
              {t("backup.notVerified")}
            </Badge>
          ) : (
            <Badge icon={IconCircleCheck} color="var(--state-issued)">
              {t("backup.verified")}
            </Badge>
          )}
          {file.sealed && (
            <Badge icon={IconLock} color="var(--mantine-color-dimmed)">
              {t("backup.sealed")}
            </Badge>
          )}
        </Group>
        {verify.error && <BackupError error={verify.error} />}
      </td>
      <td className="mono">{file.file}</td>
      <td className="num">
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <MayButton
            command="backup.verify"
            size="compact-xs"
            variant="light"
            loading={verify.isPending}
            aria-label={t("backup.verifyLabel", { file: file.file })}
            onClick={() => verify.mutate({ file: file.file, passphrase: null }, { onSuccess: whole })}
            data-testid={ids.backupVerify(file.file)}
          >
            {t("backup.verify")}
          </MayButton>
          <MayButton
            command="backup.restore"
            size="compact-xs"
            variant="light"
            aria-label={t("backup.restoreLabel", { file: file.file })}
            onClick={restore}
            data-testid={ids.backupRestore(file.file)}
          >
            {t("backup.restore")}
          </MayButton>
        </Group>
      </td>
    </tr>
  );
}
