import {
  IconArrowBackUp,
  IconArrowsDiff,
  IconBan,
  IconCircleCheck,
  IconClock,
  IconEyeOff,
  IconHandStop,
  IconMinus,
  IconQuestionMark,
  IconSend,
  IconTrash,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Badge } from "./Badge";

const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  issued: { icon: IconCircleCheck, color: "var(--state-issued)" },
  ready: { icon: IconClock, color: "var(--state-waiting)" },
  waiting: { icon: IconClock, color: "var(--state-waiting)" },
  sending: { icon: IconSend, color: "var(--state-waiting)" },
  held: { icon: IconHandStop, color: "var(--state-held)" },
  in_doubt: { icon: IconQuestionMark, color: "var(--state-doubt)" },
  mismatched: { icon: IconArrowsDiff, color: "var(--state-mismatched)" },
  cancelled: { icon: IconBan, color: "var(--mantine-color-dimmed)" },
  reversed: { icon: IconArrowBackUp, color: "var(--mantine-color-dimmed)" },
  deleted: { icon: IconTrash, color: "var(--mantine-color-dimmed)" },
  dismissed: { icon: IconEyeOff, color: "var(--mantine-color-dimmed)" },
  not_invoiced: { icon: IconMinus, color: "var(--mantine-color-dimmed)" },
};

/** A state as icon and word, never by colour alone. `mismatched` goes before `issued`. */
export function StateBadge(props: { state: string; verification?: string; decision?: boolean; testId?: string }) {
  const { t } = useTranslation();
  const shown = props.state === "issued" && props.verification === "mismatched" ? "mismatched" : props.state;
  const look = LOOKS[shown] ?? { icon: IconQuestionMark, color: "inherit" };
  return (
    <Badge icon={look.icon} color={look.color}>
      <span data-testid={props.testId} data-state={shown}>
        {t(props.decision ? `decision.${shown}` : `state.${shown}`)}
      </span>
    </Badge>
  );
}
