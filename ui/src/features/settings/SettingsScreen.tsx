import { Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../api/queries";
import { CopyText } from "../../shared/ui/CopyText";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { Toggles } from "../../shared/ui/Toggles";
import { SandboxSwitches } from "./SandboxSwitches";

export function SettingsScreen() {
  const { t } = useTranslation();
  const app = useAsk("app.get", {});
  const facts: [string, React.ReactNode][] = app.data
    ? [
        [t("settings.workspace"), app.data.open?.name ?? t("common.none")],
        [t("settings.folder"), app.data.open ? <CopyText key="folder" text={app.data.open.folder} /> : t("common.none")],
        [
          t("settings.credentials"),
          `${t(`vault.${app.data.vault}`)}${app.data.vaultReason ? ` ${t("vault.why", { reason: app.data.vaultReason })}` : ""}`,
        ],
        [t("settings.operator"), `${app.data.operator} · ${t(`settings.role.${app.data.role}`)}`],
        [t("settings.version"), app.data.version],
      ]
    : [];
  return (
    <div className="screen">
      <Title order={1} mb={12}>
        {t("nav.settings")}
      </Title>
      {app.isPending && <Loading />}
      {app.error && <ErrorNote error={app.error} again={() => void app.refetch()} />}
      {app.data && (
        <Stack gap="md" maw={860}>
          <section className="card">
            <Title order={2} mb={8}>
              {t("settings.appearance")}
            </Title>
            <Group gap="sm">
              <Toggles theme={app.data.theme} />
              <Text size="sm" c="dimmed">
                {t("settings.appearanceText")}
              </Text>
            </Group>
          </section>
          <section className="card">
            <Title order={2} mb={8}>
              {t("settings.about")}
            </Title>
            <dl className="facts">
              {facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}
            </dl>
          </section>
          {app.data.open?.isSandbox && <SandboxSwitches />}
        </Stack>
      )}
    </div>
  );
}
