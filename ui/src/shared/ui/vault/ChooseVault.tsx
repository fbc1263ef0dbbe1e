import { Button, Group, Modal, PasswordInput, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { VaultInfo } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { ids } from "../../lib/testids";
import { ErrorNote } from "../ErrorNote";
import { Loading } from "../Loading";
import { MayButton } from "../MayButton";
import { NewPassphrase, nothingTyped, passphraseMissing } from "./NewPassphrase";
import { usePassphraseRefusal } from "./usePassphraseRefusal";

type Kind = "file" | "session_memory";

/** Where credentials are kept while there is no keyring to keep them: asked in words that say what each means. */
export function ChooseVault({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const vault = useAsk("vault.get", {});
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      centered
      title={t("vault.choose.title")}
      transitionProps={{ duration: 80 }}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {vault.isPending && <Loading />}
      {vault.error && <ErrorNote error={vault.error} again={() => void vault.refetch()} />}
      {vault.data && <Choice vault={vault.data} close={close} />}
    </Modal>
  );
}

function Choice({ vault, close }: { vault: VaultInfo; close: () => void }) {
  const { t } = useTranslation();
  const choose = useAct("vault.choose");
  const [kind, setKind] = useState<Kind>("file");
  const [replace, setReplace] = useState(false);
  const [typed, setTyped] = useState(nothingTyped);
  // the file that is there is opened by the passphrase that it has
  const isKnown = vault.hasFile && !replace;
  const refusal = usePassphraseRefusal(choose.error);
  const missing = () => {
    if (kind === "session_memory") return vault.state === "locked" && !replace ? t("vault.choose.giveUpFirst") : null;
    if (isKnown) return typed.passphrase === "" ? t("vault.missing.passphrase") : null;
    return passphraseMissing(t, typed, vault.shortestPassphrase);
  };
  const without = missing();
  const act = () =>
    choose.mutate({ kind, passphrase: kind === "file" ? typed.passphrase : null, replace }, { onSuccess: close });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (without === null && !refusal.waits) act();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{t("vault.choose.text")}</Text>
        <Radio.Group label={t("vault.choose.title")} value={kind} onChange={(value) => setKind(value as Kind)}>
          <Stack gap="xs" mt={6}>
            {(["file", "session_memory"] as const).map((one) => (
              <Radio
                key={one}
                value={one}
                label={t(`vault.choose.${one}`)}
                description={t(`vault.choose.${one}Text`)}
                data-testid={ids.vault(`kind-${one}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {kind === "file" && isKnown && (
          <PasswordInput
            label={t("vault.choose.known")}
            description={vault.file}
            autoComplete="off"
            value={typed.passphrase}
            onChange={(event) => setTyped({ passphrase: event.currentTarget.value, again: "" })}
            error={refusal.words}
            data-testid={ids.vault("known")}
          />
        )}
        {kind === "file" && !isKnown && (
          <NewPassphrase typed={typed} set={setTyped} shortest={vault.shortestPassphrase} label={t("vault.passphrase")} />
        )}
        {vault.hasFile && (
          <GiveUp
            replace={replace}
            set={(wanted) => {
              setReplace(wanted);
              setTyped(nothingTyped);
            }}
          />
        )}
        {choose.error && refusal.words === null && <ErrorNote error={choose.error} refusals="vault.refused" />}
        <Group justify="flex-end" gap="xs" wrap="nowrap">
          {without && (
            <Text size="sm" c="dimmed" mr="auto">
              {without}
            </Text>
          )}
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <MayButton
            command="vault.choose"
            type="submit"
            disabled={without !== null || refusal.waits}
            title={without ?? undefined}
            loading={choose.isPending}
            data-testid={ids.vault("choose")}
          >
            {t("vault.choose.act")}
          </MayButton>
        </Group>
      </Stack>
    </form>
  );
}

/** The passphrase of the file that is there is forgotten: its secrets are given up, and that is said. */
function GiveUp({ replace, set }: { replace: boolean; set: (replace: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4} align="flex-start">
      {replace && <Text size="sm">{t("vault.choose.givenUp")}</Text>}
      <Button variant="subtle" size="compact-sm" onClick={() => set(!replace)} data-testid={ids.vault("give-up")}>
        {t(replace ? "vault.choose.keepFile" : "vault.choose.giveUp")}
      </Button>
    </Stack>
  );
}
