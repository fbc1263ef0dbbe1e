import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "../../../api/queries";
import { ids } from "../../lib/testids";
import { ErrorNote } from "../ErrorNote";
import { usePassphraseRefusal } from "./usePassphraseRefusal";

/** Opens the encrypted file by its passphrase. */
export function Unlock() {
  const { t } = useTranslation();
  const unlock = useAct("vault.unlock");
  const [passphrase, setPassphrase] = useState("");
  const { words, waits } = usePassphraseRefusal(unlock.error);
  const isEmpty = passphrase === "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty && !waits) unlock.mutate({ passphrase }, { onSettled: () => setPassphrase("") });
      }}
    >
      <Stack gap={6}>
        <Group gap="xs" align="flex-start">
          <PasswordInput
            w={280}
            size="xs"
            aria-label={t("vault.passphrase")}
            placeholder={t("vault.passphrase")}
            autoComplete="off"
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            error={words}
            data-testid={ids.vault("passphrase")}
          />
          <Button
            type="submit"
            loading={unlock.isPending}
            disabled={isEmpty || waits}
            title={isEmpty ? t("vault.missing.passphrase") : undefined}
            data-testid={ids.vault("unlock")}
          >
            {t("vault.unlock")}
          </Button>
        </Group>
        {unlock.error && words === null && unlock.error.code !== "try_later" && <ErrorNote error={unlock.error} refusals="vault.refused" />}
      </Stack>
    </form>
  );
}
