import { Button, Menu } from "@mantine/core";
import { IconClockPause } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Commands } from "../../api/generated/api";
import { type SnoozeChoice, snoozeUntil } from "../lib/snooze";
import { ids } from "../lib/testids";
import { useFormat } from "./useFormat";
import { MayButton } from "./MayButton";
import { useMay } from "./useMay";

const CHOICES: SnoozeChoice[] = ["hour", "tomorrow", "monday"];

interface Props {
  /** What it is left with. */
  command: keyof Commands;
  /** Until when it waits now; null where it does not. */
  until: number | null;
  size?: string;
  onSnooze: (until: number | null) => void;
}

/** Leaves something for later, or takes it back. */
export function SnoozeMenu({ command, until, size, onSnooze }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = useMay(command);
  if (until !== null) {
    return (
      <MayButton command={command} variant="subtle" color="gray" size={size} onClick={() => onSnooze(null)} data-testid={ids.wake}>
        {t("snooze.wake")}
      </MayButton>
    );
  }
  const now = Date.now();
  if (!may) {
    return (
      <MayButton command={command} variant="subtle" color="gray" size={size} leftSection={<IconClockPause size={15} />} data-testid={ids.snooze}>
        {t("snooze.act")}
      </MayButton>
    );
  }
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
