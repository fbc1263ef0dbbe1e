import { Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AppInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { CopyText } from "../../shared/ui/CopyText";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { Appearance } from "./Appearance";
import { SandboxSwitches } from "./SandboxSwitches";
import { Schedule } from "./Schedule";

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
          <About app={app.data} />
          {app.data.open && <Schedule />}
          {app.data.open?.isSandbox && <SandboxSwitches />}
        </Stack>
      )}
    </div>
  );
}

function About({ app }: { app: AppInfo }) {
  const { t } = useTranslation();
  const why = app.vaultReason ? ` ${t("vault.why", { reason: app.vaultReason })}` : "";
  const facts: [string, ReactNode][] = [
    [t("settings.workspace"), app.open?.name ?? t("common.none")],
    [t("settings.folder"), app.open ? <CopyText key="folder" text={app.open.folder} /> : t("common.none")],
    [t("settings.credentials"), t(`vault.${app.vault}`) + why],
    [t("settings.operator"), `${app.operator} · ${t(`settings.role.${app.role}`)}`],
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
