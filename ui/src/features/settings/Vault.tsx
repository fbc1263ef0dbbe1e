import { Button, Group, Modal, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCircleCheck, IconHourglass, IconKey, IconKeyOff, IconLock, type TablerIcon } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { VaultInfo } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { CopyText } from "../../shared/ui/CopyText";
import { DialogFoot } from "../../shared/ui/DialogFoot";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { MayButton } from "../../shared/ui/MayButton";
import { ChooseVault } from "../../shared/ui/vault/ChooseVault";
import { NewPassphrase, nothingTyped, passphraseMissing } from "../../shared/ui/vault/NewPassphrase";
import { Unlock } from "../../shared/ui/vault/Unlock";
import { usePassphraseRefusal } from "../../shared/ui/vault/usePassphraseRefusal";
import { Card } from "./Card";
import defaults from "./defaults.json";
import { Setting } from "./Setting";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  ready: { icon: IconCircleCheck, color: "var(--state-issued)" },
  locked: { icon: IconLock, color: "var(--state-held)" },
  waiting: { icon: IconHourglass, color: "var(--state-waiting)" },
  not_chosen: { icon: IconKey, color: "var(--state-held)" },
  refused: { icon: IconKeyOff, color: "var(--state-held)" },
};

/** Where credentials are kept, whether they can be read now, and what a person may change about it. */
export function Vault() {
  const { t } = useTranslation();
  const vault = useAsk("vault.get", {});
  return (
    <Card of="vault" testId={ids.vault("card")}>
      <Stack gap="xs">
        <Title order={2}>{t("vault.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("vault.text")}
        </Text>
        {vault.isPending && <Loading />}
        {vault.error && <ErrorNote error={vault.error} again={() => void vault.refetch()} />}
        {vault.data && (
          <Setting id="vault" changed={vault.data.kind !== null && vault.data.kind !== defaults.vault}>
            <Stack gap="xs">
              <Kept vault={vault.data} />
            </Stack>
          </Setting>
        )}
      </Stack>
    </Card>
  );
}

function Kept({ vault }: { vault: VaultInfo }) {
  const { t } = useTranslation();
  const { kind, state, reason } = vault;
  const look = LOOKS[state] ?? { icon: IconAlertTriangle, color: "var(--state-mismatched)" };
  return (
    <>
      <Group gap="sm">
        <Text size="sm" fw={600}>
          {t(kind === null ? "vault.none" : `vault.${kind}`)}
        </Text>
        <Badge icon={look.icon} color={look.color}>
          {t(`vault.state.${state}`)}
        </Badge>
      </Group>
      {kind !== null && <Text size="sm">{t(`vault.meaning.${kind}`)}</Text>}
      {kind === "file" && <CopyText text={vault.file} />}
      {reason && (
        <Text size="sm" c="dimmed">
          {t("vault.why", { reason })}
        </Text>
      )}
      {state === "locked" && <Unlock />}
      <Changes vault={vault} />
    </>
  );
}

function Changes({ vault }: { vault: VaultInfo }) {
  const { t } = useTranslation();
  const toKeyring = useAct("vault.choose");
  const [open, setOpen] = useState<"choice" | "passphrase" | null>(null);
  const close = () => setOpen(null);
  const isOpenFile = vault.kind === "file" && vault.state === "ready";
  const mayChoose = vault.state !== "ready" || vault.kind === "session_memory";
  const moved = () => notifications.show({ message: t("vault.moved") });
  return (
    <>
      <Group gap="xs">
        {isOpenFile && (
          <MayButton
            command="vault.change_passphrase"
            variant="default"
            onClick={() => setOpen("passphrase")}
            data-testid={ids.vault("change")}
          >
            {t("vault.change.open")}
          </MayButton>
        )}
        {mayChoose && (
          <Button variant="default" onClick={() => setOpen("choice")} data-testid={ids.vault("open-choice")}>
            {t(vault.kind === "session_memory" ? "vault.useFile" : "vault.choose.open")}
          </Button>
        )}
        {(isOpenFile || vault.kind === "session_memory") && (
          <MayButton
            command="vault.choose"
            variant="subtle"
            loading={toKeyring.isPending}
            onClick={() => toKeyring.mutate({ kind: "os_keyring", passphrase: null, replace: false }, { onSuccess: moved })}
            data-testid={ids.vault("to-keyring")}
          >
            {t("vault.toKeyring")}
          </MayButton>
        )}
      </Group>
      {toKeyring.error && <ErrorNote error={toKeyring.error} refusals="vault.refused" />}
      {open === "choice" && <ChooseVault close={close} />}
      {open === "passphrase" && <ChangePassphrase shortest={vault.shortestPassphrase} close={close} />}
    </>
  );
}

function ChangePassphrase({ shortest, close }: { shortest: number; close: () => void }) {
  const { t } = useTranslation();
  const change = useAct("vault.change_passphrase");
  const [old, setOld] = useState("");
  const [typed, setTyped] = useState(nothingTyped);
  const refusal = usePassphraseRefusal(change.error);
  const missing = old === "" ? t("vault.missing.old") : passphraseMissing(t, typed, shortest);
  const done = () => {
    notifications.show({ message: t("vault.change.done") });
    close();
  };
  return (
    <Modal
      opened
      onClose={close}
      centered
      title={t("vault.change.title")}
      transitionProps={{ duration: 80 }}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack gap="sm">
        <PasswordInput
          label={t("vault.change.old")}
          autoComplete="off"
          value={old}
          onChange={(event) => setOld(event.currentTarget.value)}
          error={refusal.words}
          data-testid={ids.vault("old")}
        />
        <NewPassphrase typed={typed} set={setTyped} shortest={shortest} label={t("vault.change.new")} />
        {change.error && refusal.words === null && <ErrorNote error={change.error} refusals="vault.refused" />}
        <DialogFoot
          missing={refusal.waits ? refusal.words : missing}
          label={t("vault.change.act")}
          busy={change.isPending}
          act={() => change.mutate({ old, new: typed.passphrase }, { onSuccess: done })}
          close={close}
          testId={ids.vault("change-act")}
        />
      </Stack>
    </Modal>
  );
}
