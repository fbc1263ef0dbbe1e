import { Alert, Button, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconKey, IconKeyOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { HookInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { CopyText } from "../../shared/ui/CopyText";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { useFormat } from "../../shared/ui/useFormat";

const SECRET_BYTES = 32;

/** `whsec_` and random bytes in base64, as Standard Webhooks has it. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

/** The secret that webhooks are signed with: typed or made here, and never read back. */
export function HookSecret({ hook }: { hook: HookInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const set = useAct("connections.set_hook_secret");
  const [typed, setTyped] = useState("");
  /** Made here and kept: shown until this is closed. */
  const [made, setMade] = useState<string | null>(null);
  const isEmpty = typed.trim() === "";
  const keep = (secret: string, kept: () => void) => set.mutate({ id: hook.connectionId, secret }, { onSuccess: kept });
  const keepTyped = () =>
    keep(typed.trim(), () => {
      setTyped("");
      setMade(null);
      notifications.show({ message: t("hooks.secretSet") });
    });
  const make = () => {
    const secret = newSecret();
    keep(secret, () => setMade(secret));
  };
  return (
    <Stack gap={6}>
      <Title order={3}>{t("hooks.secret")}</Title>
      <Group gap="sm" fz="sm" data-testid={ids.hookSecretState}>
        {hook.hasSecret ? (
          <Badge icon={IconKey} color="var(--state-issued)">
            {t("hooks.hasSecret")}
          </Badge>
        ) : (
          <Badge icon={IconKeyOff} color="var(--state-held)">
            {t("hooks.noSecret")}
          </Badge>
        )}
        {hook.oldSecretUntilMs !== null && (
          <Text size="sm" c="dimmed">
            {t("hooks.oldUntil", { time: format.instant(hook.oldSecretUntilMs) })}
          </Text>
        )}
      </Group>
      {hook.kind === "webhook" && (
        <Button w="fit-content" variant={hook.hasSecret ? "default" : "filled"} loading={set.isPending} onClick={make} data-testid={ids.hookMake}>
          {t("hooks.make")}
        </Button>
      )}
      {made !== null && (
        <Alert color="bridge" variant="light" icon={<IconKey size={18} />} role="status" data-testid={ids.hookMade}>
          <Text size="sm">{t("hooks.made")}</Text>
          <CopyText text={made} />
        </Alert>
      )}
      <Group gap="xs" align="flex-end">
        <PasswordInput
          flex={1}
          label={t(`hooks.secretLabel.${hook.kind}`)}
          description={t("hooks.secretText")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          data-testid={ids.hookSecret}
        />
        <Button
          size="sm"
          variant="default"
          disabled={isEmpty}
          title={isEmpty ? t("hooks.secretMissing") : undefined}
          loading={set.isPending}
          onClick={keepTyped}
          data-testid={ids.hookSecretSave}
        >
          {t("hooks.setSecret")}
        </Button>
      </Group>
      {set.error && <ErrorNote error={set.error} refusals="hooks.refused" />}
    </Stack>
  );
}
