import { IconAlertTriangle, IconBan, IconCircleCheck, IconListCheck, IconPlayerPlay, IconQuestionMark, IconUpload, type TablerIcon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Badge } from "../../shared/ui/Badge";

const DIMMED = "var(--mantine-color-dimmed)";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  receiving: { icon: IconUpload, color: "var(--state-waiting)" },
  received: { icon: IconListCheck, color: "var(--state-held)" },
  running: { icon: IconPlayerPlay, color: "var(--state-waiting)" },
  done: { icon: IconCircleCheck, color: "var(--state-issued)" },
  cancelled: { icon: IconBan, color: DIMMED },
  failed: { icon: IconAlertTriangle, color: "var(--state-mismatched)" },
};

/** The state of an import, as icon and word. */
export function ImportState({ state }: { state: string }) {
  const { t } = useTranslation();
  const look = LOOKS[state] ?? { icon: IconQuestionMark, color: "inherit" };
  return (
    <Badge icon={look.icon} color={look.color}>
      {t(`imports.state.${state}`)}
    </Badge>
  );
}
