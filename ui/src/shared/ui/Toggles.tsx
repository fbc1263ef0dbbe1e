import { ActionIcon, SegmentedControl, Tooltip } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useAct } from "../../api/queries";
import { ids } from "../lib/testids";

/** Language and theme, kept for the next start. */
export function Toggles({ theme }: { theme: string }) {
  const { t, i18n } = useTranslation();
  const keep = useAct("app.set_preferences");
  const set = (language: string | null, wanted: string | null) => keep.mutate({ language, theme: wanted });
  return (
    <>
      <SegmentedControl
        size="xs"
        role="radiogroup"
        aria-label={t("common.language")}
        value={i18n.language}
        onChange={(language) => set(language, null)}
        data={["ro", "en"].map((language) => ({
          value: language,
          label: (
            <span data-testid={ids.language(language)} lang={language}>
              {language.toUpperCase()}
            </span>
          ),
        }))}
      />
      <ThemeButton now={theme} set={(wanted) => set(null, wanted)} />
    </>
  );
}

function ThemeButton({ now, set }: { now: string; set: (theme: string) => void }) {
  const { t } = useTranslation();
  const isDark = document.documentElement.dataset.mantineColorScheme === "dark";
  const next = (now === "system" ? isDark : now === "dark") ? "light" : "dark";
  const label = t(`common.theme.${next}`);
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" onClick={() => set(next)} aria-label={label} data-testid={ids.theme(next)}>
        {next === "light" ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}
