import { Button, Text, Title } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { Card } from "./Card";
import { CARDS, type CardName, SETTINGS, type Setting, textOf } from "./catalogue";
import { useIsShown } from "./found";
import { bare, usualOf } from "./search";

const HERE = (Object.keys(CARDS) as CardName[]).filter((card) => CARDS[card].section === "elsewhere");

/** What is set on other screens, each with the way there: whoever looks for it looks here first. */
export function Elsewhere() {
  const { t } = useTranslation();
  const isShown = useIsShown();
  return HERE.map((card) => {
    const settings = SETTINGS.filter((one) => one.card === card);
    const to = settings[0]?.leads;
    return (
      <Card key={card} of={card}>
        <Title order={3}>{t(CARDS[card].title)}</Title>
        <Text size="sm" c="dimmed" mb={6}>
          {t(`setting.cardText.${card}`)}
        </Text>
        {settings.map((one) => (
          <Lead key={one.id} setting={one} hidden={!isShown.setting(one.id)} screen={to ? t(`nav.${to.slice(1)}`) : ""} />
        ))}
      </Card>
    );
  });
}

function Lead({ setting, hidden, screen }: { setting: Setting; hidden: boolean; screen: string }) {
  const { t } = useTranslation();
  const go = useGo();
  const { id, leads } = setting;
  const text = textOf(setting);
  const usual = usualOf(t, setting);
  const title = bare(t, setting.title);
  return (
    <div className="setting lead" hidden={hidden} data-setting={id}>
      <div>
        <Text size="sm" fw={500}>
          {title}
        </Text>
        <Text size="xs" c="dimmed">
          {text && bare(t, text)}
          {usual && ` ${t("setting.default", { value: usual })}`}
        </Text>
      </div>
      {leads && (
        <Button
          size="compact-xs"
          variant="default"
          rightSection={<IconArrowRight size={13} />}
          aria-label={t("setting.leadOf", { setting: title, screen })}
          onClick={() => go.screen(leads)}
          data-testid={ids.settingsLead(id)}
        >
          {screen}
        </Button>
      )}
    </div>
  );
}
