import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconHourglass, IconKey, IconKeyOff, IconLock, type TablerIcon } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { ids } from "../../lib/testids";
import { ErrorNote } from "../ErrorNote";
import { ChooseVault } from "./ChooseVault";
import { Unlock } from "./Unlock";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  locked: { icon: IconLock, color: "orange" },
  waiting: { icon: IconHourglass, color: "yellow" },
  not_chosen: { icon: IconKey, color: "orange" },
  refused: { icon: IconKeyOff, color: "orange" },
};

/** Why credentials cannot be read, or are kept for this session only, and what to do about it. */
export function VaultBanner({ app }: { app: AppInfo }) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  const { vault, vaultState: state, vaultReason: reason } = app;
  if (state === "ready" && vault !== "session_memory") return null;
  const look = LOOKS[state] ?? { icon: IconAlertTriangle, color: "yellow" };
  const words = state === "ready" ? "session" : state;
  return (
    <Alert color={look.color} radius={0} py={8} icon={<look.icon size={18} />} data-testid="banner-vault">
      <Group justify="space-between" gap="sm" align="flex-start">
        <Stack gap={2} flex={1} miw={320}>
          <Text size="sm">
            <b>{t(`vault.banner.${words}`)}</b> {t(`vault.banner.${words}Text`)}
          </Text>
          {reason && (
            <Text size="xs" className="mono" style={{ overflowWrap: "anywhere" }}>
              {t("vault.why", { reason })}
            </Text>
          )}
        </Stack>
        <Way state={state} choose={() => setChoosing(true)} />
      </Group>
      {choosing && <ChooseVault close={() => setChoosing(false)} />}
    </Alert>
  );
}

/** What can be done about it here. */
function Way({ state, choose }: { state: string; choose: () => void }): ReactNode {
  const { t } = useTranslation();
  const button = (words: string) => (
    <Button variant="white" color="dark" onClick={choose} data-testid={ids.vault("open-choice")}>
      {t(words)}
    </Button>
  );
  if (state === "locked") {
    return (
      <Group gap="xs" align="flex-start">
        <Unlock />
        {button("vault.forgotten")}
      </Group>
    );
  }
  if (state === "waiting" || state === "refused") {
    return (
      <Group gap="xs" align="flex-start">
        <AskKeyring />
        {button("vault.instead")}
      </Group>
    );
  }
  return button(state === "ready" ? "vault.useFile" : "vault.choose.open");
}

/** What is said where asking once more changed nothing. */
const STILL: Record<string, string> = { vault_waiting: "vault.stillWaiting", vault_not_chosen: "vault.stillRefuses" };

/** Has the keyring ask to be unlocked once more. */
function AskKeyring() {
  const { t } = useTranslation();
  const unlock = useAct("vault.unlock");
  const still = unlock.error ? STILL[unlock.error.code] : undefined;
  return (
    <Stack gap={6}>
      <Button variant="white" color="dark" loading={unlock.isPending} onClick={() => unlock.mutate({ passphrase: "" })} data-testid={ids.vault("ask")}>
        {t("vault.ask")}
      </Button>
      {unlock.error && still === undefined && <ErrorNote error={unlock.error} />}
      {still && <Text size="sm">{t(still)}</Text>}
    </Stack>
  );
}
