import { Button, Menu } from "@mantine/core";
import { IconClockPause } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type SnoozeChoice, snoozeUntil } from "../lib/snooze";
import { ids } from "../lib/testids";
import { useFormat } from "./useFormat";

const CHOICES: SnoozeChoice[] = ["hour", "tomorrow", "monday"];

interface Props {
  /** Until when it waits now; null where it does not. */
  until: number | null;
  size?: string;
  onSnooze: (until: number | null) => void;
}

/** Leaves something for later, or takes it back. */
export function SnoozeMenu({ until, size, onSnooze }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  if (until !== null) {
    return (
      <Button variant="subtle" color="gray" size={size} onClick={() => onSnooze(null)} data-testid={ids.wake}>
        {t("snooze.wake")}
      </Button>
    );
  }
  const now = Date.now();
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button variant="subtle" color="gray" size={size} leftSection={<IconClockPause size={15} />} data-testid={ids.snooze}>
          {t("snooze.act")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {CHOICES.map((choice) => (
          <Menu.Item
            key={choice}
            onClick={() => onSnooze(snoozeUntil(choice, Date.now()))}
            rightSection={format.clock(snoozeUntil(choice, now))}
            data-testid={ids.snoozeFor(choice)}
          >
            {t(`snooze.${choice}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
