import { Stack, Switch, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AppInfo } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { useMay } from "../../shared/ui/useMay";
import { Card } from "./Card";
import defaults from "./defaults.json";
import { Setting } from "./Setting";

/** Which workspaces run whenever Punte does, whichever is on screen. */
export function Alone({ app }: { app: AppInfo }) {
  const { t } = useTranslation();
  const set = useAct("workspace.set_enabled");
  const { may, why } = useMay("workspace.set_enabled");
  return (
    <Card of="alone">
      <Title order={2} mb={4}>
        {t("settings.alone")}
      </Title>
      <Text size="sm" c="dimmed" mb={8}>
        {t("settings.aloneText")}
      </Text>
      <Setting id="workspaces-run" changed={app.workspaces.some((one) => one.enabled !== defaults["workspaces-run"])}>
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
      </Setting>
      {set.error && <ErrorNote error={set.error} />}
    </Card>
  );
}
