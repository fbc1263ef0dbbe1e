import { IconAlertTriangle, IconCircleX, IconInfoCircle, IconListDetails, IconQuestionMark, type TablerIcon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Badge } from "../Badge";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  error: { icon: IconCircleX, color: "var(--state-mismatched)" },
  warn: { icon: IconAlertTriangle, color: "var(--state-held)" },
  info: { icon: IconInfoCircle, color: "var(--state-waiting)" },
  debug: { icon: IconListDetails, color: "var(--mantine-color-dimmed)" },
  trace: { icon: IconListDetails, color: "var(--mantine-color-dimmed)" },
  none: { icon: IconQuestionMark, color: "var(--mantine-color-dimmed)" },
};

/** How much a line matters, as icon and word. */
export function Level({ level }: { level: string | null }) {
  const { t } = useTranslation();
  const name = level ?? "none";
  const look = LOOKS[name] ?? { icon: IconQuestionMark, color: "inherit" };
  return (
    <Badge icon={look.icon} color={look.color}>
      {t(`log.level.${name}`, { defaultValue: name })}
    </Badge>
  );
}
