import { Group, Text } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconHourglass,
  IconKey,
  IconKeyOff,
  IconLock,
  IconPlugX,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo } from "../../api/generated/api";
import { useFormat } from "./useFormat";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  healthy: { icon: IconCircleCheck, color: "var(--state-issued)" },
  degraded: { icon: IconAlertTriangle, color: "var(--state-held)" },
  needs_reconnect: { icon: IconPlugX, color: "var(--state-mismatched)" },
  limited: { icon: IconHourglass, color: "var(--state-held)" },
  credential_missing: { icon: IconKeyOff, color: "var(--state-mismatched)" },
  waiting_keyring: { icon: IconHourglass, color: "var(--state-held)" },
  waiting_passphrase: { icon: IconLock, color: "var(--state-held)" },
  waiting_choice: { icon: IconKey, color: "var(--state-held)" },
  unknown: { icon: IconCircleDashed, color: "var(--mantine-color-dimmed)" },
};

/** A connection's health in an icon and words: `limited until 10:42`. */
export function Health({ connection }: { connection: ConnectionInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const look = LOOKS[connection.health] ?? LOOKS.unknown;
  if (!look) return null;
  const until = connection.limitedUntilMs;
  return (
    <Group gap={6} wrap="nowrap" component="span" style={{ display: "inline-flex" }}>
      <look.icon size={15} color={look.color} style={{ flex: "none" }} aria-hidden />
      <Text span size="sm">
        {t(`health.${connection.health}`)}
        {until ? ` ${t("common.until", { time: format.clock(until) })}` : ""}
      </Text>
    </Group>
  );
}
