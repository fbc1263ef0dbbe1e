import { Button, Group, Text } from "@mantine/core";
import { IconArrowBackUp, IconPencil } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Commands } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { useMay } from "../../shared/ui/useMay";
import { settingOf, type SettingId } from "./catalogue";
import { useIsShown } from "./found";
import { usualOf } from "./search";

/** How far a switch's words are from its edge, and a checkbox's. */
export const SWITCH = 50;
export const CHECKBOX = 32;

interface Props {
  id: SettingId;
  /** Whether it is set otherwise than by default. */
  changed?: boolean;
  /** Puts the default back, where that is harmless. */
  back?: () => void;
  /** What keeps it: whose role does not reach that is offered no way back. */
  command?: keyof Commands;
  /** The words of the default, where an answer tells it. */
  usual?: string;
  /** How far the control's own words are from the edge. */
  indent?: number;
  /** Takes the room that is left in its row. */
  wide?: boolean;
  children: ReactNode;
}

/** A setting's control with its explanation, its default, and the way back to it. */
export function Setting({ id, changed = false, back, command = "app.get", usual, indent = 0, wide, children }: Props) {
  const { t } = useTranslation();
  const isShown = useIsShown().setting(id);
  const { may } = useMay(command);
  const setting = settingOf(id);
  const words = usual ?? usualOf(t, setting);
  const own = setting.text === undefined && !setting.act ? t(`setting.text.${id}`) : undefined;
  return (
    <div className="setting" hidden={!isShown} data-setting={id} data-changed={changed || undefined} data-wide={wide || undefined}>
      {children}
      {(own ?? words) && (
        <Group gap={8} mt={4} pl={indent} className="setting-foot">
          {own && (
            <Text span size="xs" c="dimmed">
              {own}
            </Text>
          )}
          {words && (
            <Text span size="xs" c="dimmed" data-usual>
              {t("setting.default", { value: words })}
            </Text>
          )}
          {changed && (
            <Text span size="xs">
              <Badge icon={IconPencil} color="var(--state-waiting)">
                {t("setting.changed")}
              </Badge>
            </Text>
          )}
          {changed && back && may && (
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconArrowBackUp size={13} />}
              aria-label={t("setting.backOf", { setting: t(setting.title) })}
              onClick={back}
              data-testid={ids.settingBack(id)}
            >
              {t("setting.back")}
            </Button>
          )}
        </Group>
      )}
    </div>
  );
}
