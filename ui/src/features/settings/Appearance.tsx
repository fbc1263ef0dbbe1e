import { Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAct } from "../../api/queries";
import { ErrorNote } from "../../shared/ui/ErrorNote";

/** Language and theme, in full words; a theme may follow the system. */
export function Appearance({ theme }: { theme: string }) {
  const { t, i18n } = useTranslation();
  const keep = useAct("app.set_preferences");
  return (
    <section className="card">
      <Title order={2} mb={8}>
        {t("settings.appearance")}
      </Title>
      <Stack gap="xs">
        <Group gap="xl">
          <SegmentedControl
            size="xs"
            aria-label={t("settings.language")}
            value={i18n.language}
            onChange={(language) => keep.mutate({ language, theme: null })}
            data={["ro", "en"].map((value) => ({ value, label: t(`settings.languages.${value}`) }))}
            data-testid="settings-language"
          />
          <SegmentedControl
            size="xs"
            aria-label={t("settings.theme")}
            value={theme}
            onChange={(wanted) => keep.mutate({ language: null, theme: wanted })}
            data={["light", "dark", "system"].map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
            data-testid="settings-theme"
          />
        </Group>
        <Text size="sm" c="dimmed">
          {t("settings.appearanceText")}
        </Text>
        {keep.error && <ErrorNote error={keep.error} />}
      </Stack>
    </section>
  );
}
