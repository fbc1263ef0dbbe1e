import { Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { MayButton } from "../../shared/ui/MayButton";
import { Card } from "./Card";
import defaults from "./defaults.json";
import { Setting } from "./Setting";

/** Hosts of the operator's own network that a shop may stand at. */
export function Network() {
  const { t } = useTranslation();
  const network = useAsk("network.get", {});
  const permit = useAct("network.permit");
  const forbid = useAct("network.forbid");
  const [host, setHost] = useState("");
  const [isWrong, isMany] = [permit.error?.field === "host", permit.error?.field === "hosts"];
  const hosts = network.data?.privateHosts ?? [];
  return (
    <Card of="network" testId={ids.network}>
      <Stack gap="sm">
        <Title order={2}>{t("network.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("network.text")}
        </Text>
        {network.isPending && <Loading />}
        {network.error && <ErrorNote error={network.error} again={() => void network.refetch()} />}
        <Setting id="network-hosts" changed={hosts.length > defaults["network-hosts"].length}>
          <Stack gap="sm">
            {network.data && hosts.length === 0 && <Text size="sm">{t("network.none")}</Text>}
            {hosts.map((one) => (
              <Group key={one} gap="xs">
                <Text size="sm" ff="monospace">
                  {one}
                </Text>
                <MayButton
                  command="network.forbid"
                  size="compact-xs"
                  variant="subtle"
                  color="gray"
                  aria-label={t("network.forbid", { host: one })}
                  title={t("network.forbid", { host: one })}
                  onClick={() => forbid.mutate({ host: one })}
                >
                  <IconX size={16} />
                </MayButton>
              </Group>
            ))}
            <form
              onSubmit={(event) => {
                event.preventDefault();
                permit.mutate({ host: host.trim() }, { onSuccess: () => setHost("") });
              }}
            >
              <Group gap="sm" align="flex-start">
                <TextInput
                  flex={1}
                  label={t("network.host")}
                  description={t("network.hostText")}
                  value={host}
                  onChange={(event) => setHost(event.currentTarget.value)}
                  error={isWrong ? t("network.wrong") : isMany ? t("network.most") : undefined}
                  data-testid={ids.networkHost}
                />
                <MayButton command="network.permit" type="submit" variant="default" mt={45} disabled={host.trim() === ""} loading={permit.isPending}>
                  {t("network.permit")}
                </MayButton>
              </Group>
            </form>
          </Stack>
        </Setting>
        {permit.error && !isWrong && !isMany && <ErrorNote error={permit.error} />}
        {forbid.error && <ErrorNote error={forbid.error} />}
      </Stack>
    </Card>
  );
}
