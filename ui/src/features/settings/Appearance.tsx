import { SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAct } from "../../api/queries";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Card } from "./Card";
import defaults from "./defaults.json";
import { Setting } from "./Setting";

/** Language and theme, in full words; a theme may follow the system. */
export function Appearance({ theme }: { theme: string }) {
  const { t, i18n } = useTranslation();
  const keep = useAct("app.set_preferences");
  return (
    <Card of="appearance">
      <Title order={2} mb={8}>
        {t("settings.appearance")}
      </Title>
      <Stack gap="md">
        <Setting id="language">
          <Text size="sm" fw={500} mb={4} aria-hidden>
            {t("settings.language")}
          </Text>
          <SegmentedControl
            size="xs"
            aria-label={t("settings.language")}
            value={i18n.language}
            onChange={(language) => keep.mutate({ language, theme: null })}
            data={["ro", "en"].map((value) => ({ value, label: t(`settings.languages.${value}`) }))}
            data-testid="settings-language"
          />
        </Setting>
        <Setting
          id="theme"
          changed={theme !== defaults.theme}
          back={() => keep.mutate({ language: null, theme: defaults.theme })}
          command="app.set_preferences"
        >
          <Text size="sm" fw={500} mb={4} aria-hidden>
            {t("settings.theme")}
          </Text>
          <SegmentedControl
            size="xs"
            aria-label={t("settings.theme")}
            value={theme}
            onChange={(wanted) => keep.mutate({ language: null, theme: wanted })}
            data={["light", "dark", "system"].map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
            data-testid="settings-theme"
          />
        </Setting>
        {keep.error && <ErrorNote error={keep.error} />}
      </Stack>
    </Card>
  );
}
