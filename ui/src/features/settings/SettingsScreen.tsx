import { Stack, Switch, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { useSession } from "../../api/session";
import { ids } from "../../shared/lib/testids";
import { CopyText } from "../../shared/ui/CopyText";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { useMay } from "../../shared/ui/useMay";
import { Alerts } from "./alerts/Alerts";
import { Appearance } from "./Appearance";
import { Backup } from "./Backup";
import { Check } from "./Check";
import { Desktop } from "./Desktop";
import { Listener } from "./Listener";
import { People } from "./people/People";
import { Personal } from "./personal/Personal";
import { Network } from "./Network";
import { SandboxSwitches } from "./SandboxSwitches";
import { Schedule } from "./Schedule";
import { Support } from "./Support";
import { Vault } from "./Vault";

export function SettingsScreen() {
  const { t } = useTranslation();
  const app = useAsk("app.get", {});
  return (
    <div className="screen">
      <Title order={1} mb={12}>
        {t("nav.settings")}
      </Title>
      {app.isPending && <Loading />}
      {app.error && <ErrorNote error={app.error} again={() => void app.refetch()} />}
      {app.data && (
        <Stack gap="md" maw={860}>
          <Appearance theme={app.data.theme} />
          <Desktop />
          <About app={app.data} />
          <Vault />
          {app.data.open && <People />}
          {app.data.open && <Alone app={app.data} />}
          {app.data.open && <Alerts />}
          {app.data.open && <Backup />}
          {app.data.open && <Personal />}
          {app.data.open && <Check />}
          {app.data.open && <Listener />}
          {app.data.open && <Network />}
          {app.data.open && <Schedule />}
          {app.data.open && <Support />}
          {app.data.open?.isSandbox && <SandboxSwitches />}
        </Stack>
      )}
    </div>
  );
}

function About({ app }: { app: AppInfo }) {
  const { t } = useTranslation();
  const session = useSession();
  const { operator, role } = session?.needed ? session : app;
  const facts: [string, ReactNode][] = [
    [t("settings.workspace"), app.open?.name ?? t("common.none")],
    [t("settings.folder"), app.open ? <CopyText key="folder" text={app.open.folder} /> : t("common.none")],
    [t("settings.operator"), `${operator} · ${t(`settings.role.${role}`)}`],
    [t("settings.version"), app.version],
  ];
  return (
    <section className="card">
      <Title order={2} mb={8}>
        {t("settings.about")}
      </Title>
      <dl className="facts">
        {facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}
      </dl>
    </section>
  );
}

/** Which workspaces run whenever Punte does, whichever is on screen. */
function Alone({ app }: { app: AppInfo }) {
  const { t } = useTranslation();
  const set = useAct("workspace.set_enabled");
  const { may, why } = useMay("workspace.set_enabled");
  return (
    <section className="card">
      <Title order={2} mb={4}>
        {t("settings.alone")}
      </Title>
      <Text size="sm" c="dimmed" mb={8}>
        {t("settings.aloneText")}
      </Text>
      <Stack gap={6}>
        {app.workspaces.map((one) => (
          <Switch
            key={one.id}
            label={one.name}
            checked={one.enabled}
            disabled={!may}
            title={why}
            onChange={(event) => set.mutate({ id: one.id, enabled: event.currentTarget.checked })}
            data-testid={ids.alone(one.id)}
          />
        ))}
      </Stack>
      {set.error && <ErrorNote error={set.error} />}
    </section>
  );
}
