import { Checkbox, Group, NativeSelect, NumberInput, Progress, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconDatabaseExport } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BackupInfo, BackupSettingsInput } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { BackupError } from "../../shared/ui/backup/BackupError";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { FailureText } from "../../shared/ui/FailureText";
import { Loading } from "../../shared/ui/Loading";
import { MayButton } from "../../shared/ui/MayButton";
import { useFormat } from "../../shared/ui/useFormat";
import { NewPassphrase, nothingTyped, passphraseMissing } from "../../shared/ui/vault/NewPassphrase";
import { BackupFiles } from "./BackupFiles";
import { Card } from "./Card";
import defaults from "./defaults.json";
import { CHECKBOX, Setting } from "./Setting";

const INTERVALS = [0, 1, 6, 12, 24, 168];

/** Backups of the workspace on screen: how they are made, the last one, and all that there are. */
export function Backup() {
  const { t } = useTranslation();
  const backup = useAsk("backup.get", { workspace: null });
  return (
    <Card of="backup" testId={ids.backup("card")}>
      <Stack gap="sm">
        <Title order={2}>{t("backup.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("backup.text")}
        </Text>
        {backup.isPending && <Loading />}
        {backup.error && <ErrorNote error={backup.error} again={() => void backup.refetch()} />}
        {backup.data && (
          <>
            <Setting id="backup-now">
              <Standing info={backup.data} />
            </Setting>
            <Form info={backup.data} />
            <Setting id="backup-files">
              <BackupFiles info={backup.data} />
            </Setting>
          </>
        )}
      </Stack>
    </Card>
  );
}

/** What came of the last one, how far one is that is being made, and one on demand. */
function Standing({ info }: { info: BackupInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const run = useAct("backup.run");
  const percent = info.pages > 0 ? Math.floor((info.copied / info.pages) * 100) : 0;
  const last = info.job;
  return (
    <Stack gap={6}>
      <Group gap="sm">
        <MayButton
          command="backup.run"
          variant="light"
          leftSection={<IconDatabaseExport size={15} />}
          loading={run.isPending}
          disabled={info.running}
          title={info.running ? t("backup.running") : undefined}
          onClick={() => run.mutate({ passphrase: null })}
          data-testid={ids.backup("now")}
        >
          {t("backup.now")}
        </MayButton>
        {!info.running && last?.outcome === "ok" && last.lastMs !== null && (
          <Badge icon={IconCircleCheck} color="var(--state-issued)">
            {t("backup.lastOk", { when: format.instant(last.lastMs) })}
          </Badge>
        )}
        {!info.running && last?.outcome === "failed" && (
          <Badge icon={IconAlertTriangle} color="var(--state-mismatched)">
            {t("backup.lastFailed")}
          </Badge>
        )}
      </Group>
      {info.running && (
        <div role="status">
          <Text size="sm">{t("backup.progress", { percent })}</Text>
          <Progress value={percent} size="sm" aria-label={t("backup.running")} />
        </div>
      )}
      {!info.running && last?.failure && <FailureText failure={last.failure} />}
      {run.error && <BackupError error={run.error} />}
    </Stack>
  );
}

function Form({ info }: { info: BackupInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const set = useAct("backup.set");
  const own = info.folder === info.defaultFolder ? "" : info.folder;
  /** What was typed, and not kept yet. */
  const [typed, setTyped] = useState<Partial<BackupSettingsInput>>({});
  const [secret, setSecret] = useState(nothingTyped);
  const before = { folder: own, everyHours: info.everyHours, keep: info.keep, encrypt: info.encrypt };
  const now = { ...before, ...typed };
  const folder = (now.folder ?? "").trim();
  const isSame = folder === own && now.everyHours === info.everyHours && now.keep === info.keep && now.encrypt === info.encrypt;
  const isNewSecret = now.encrypt && (secret.passphrase !== "" || secret.again !== "" || info.passphraseMs === null);
  const missing = isNewSecret ? passphraseMissing(t, secret, info.shortestPassphrase) : isSame ? t("backup.unchanged") : null;
  const atField = (field: string) => set.error?.field === field;
  const save = () =>
    set.mutate(
      { ...now, folder: folder || null, passphrase: isNewSecret ? secret.passphrase : null },
      {
        onSuccess: () => {
          setTyped({});
          setSecret(nothingTyped);
        },
      },
    );
  return (
    <Stack gap="sm" className="setting-group">
      <Setting id="backup-folder" changed={folder !== ""} back={() => setTyped({ ...typed, folder: "" })} command="backup.set">
        <TextInput
          label={t("backup.folder")}
          description={t("backup.folderText", { folder: info.defaultFolder })}
          value={now.folder ?? ""}
          onChange={(event) => setTyped({ ...typed, folder: event.currentTarget.value })}
          error={atField("folder") && [t("backup.wrong.folder"), set.error?.detail].join(" ")}
          autoComplete="off"
          data-testid={ids.backup("folder")}
        />
      </Setting>
      <Group gap="lg" align="flex-start">
        <Setting
          id="backup-every"
          changed={now.everyHours !== defaults["backup-every"]}
          back={() => setTyped({ ...typed, everyHours: defaults["backup-every"] })}
          command="backup.set"
        >
          <NativeSelect
            label={t("backup.every")}
            value={String(now.everyHours)}
            onChange={(event) => setTyped({ ...typed, everyHours: Number(event.currentTarget.value) })}
            data={INTERVALS.map((hours) => ({ value: String(hours), label: t(`backup.hours.${hours}`) }))}
            error={atField("everyHours") && t("backup.wrong.everyHours")}
            data-testid={ids.backup("every")}
          />
        </Setting>
        <Setting
          id="backup-keep"
          changed={now.keep !== defaults["backup-keep"]}
          back={() => setTyped({ ...typed, keep: defaults["backup-keep"] })}
          command="backup.set"
        >
          <NumberInput
            w={220}
            label={t("backup.keep")}
            description={t("backup.keepText")}
            // beside a field without one: the two stand in a line
            inputWrapperOrder={["label", "input", "description", "error"]}
            min={1}
            max={365}
            clampBehavior="strict"
            allowDecimal={false}
            value={now.keep}
            onChange={(value) => setTyped({ ...typed, keep: Number(value) || 1 })}
            error={atField("keep") && t("backup.wrong.keep")}
            data-testid={ids.backup("keep")}
          />
        </Setting>
      </Group>
      <Setting id="backup-encrypt" indent={CHECKBOX} changed={now.encrypt !== defaults["backup-encrypt"]}>
        <Checkbox
          label={t("backup.encrypt")}
          description={t("backup.encryptText")}
          checked={now.encrypt}
          onChange={(event) => setTyped({ ...typed, encrypt: event.currentTarget.checked })}
          data-testid={ids.backup("encrypt")}
        />
        {now.encrypt && (
          <Stack gap="sm" mt="sm">
            <Text size="sm" c="dimmed">
              {t("backup.passphraseText")}
              {info.passphraseMs !== null && ` ${t("backup.passphraseSet", { when: format.instant(info.passphraseMs) })}`}
            </Text>
            <NewPassphrase
              typed={secret}
              set={setSecret}
              shortest={info.shortestPassphrase}
              label={t(info.passphraseMs === null ? "backup.passphrase" : "backup.newPassphrase")}
            />
          </Stack>
        )}
      </Setting>
      {set.error && !["folder", "keep", "everyHours"].includes(set.error.field ?? "") && <BackupError error={set.error} />}
      <MayButton
        command="backup.set"
        w="fit-content"
        disabled={missing !== null}
        title={missing ?? undefined}
        loading={set.isPending}
        onClick={save}
        data-testid={ids.backup("save")}
      >
        {t("backup.save")}
      </MayButton>
    </Stack>
  );
}
