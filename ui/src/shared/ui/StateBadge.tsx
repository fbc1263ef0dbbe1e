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
  IconReplace,
  IconSend,
  IconTrash,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Badge } from "./Badge";

/** How each state looks. */
export const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  issued: { icon: IconCircleCheck, color: "var(--state-issued)" },
  ready: { icon: IconClock, color: "var(--state-waiting)" },
  waiting: { icon: IconClock, color: "var(--state-waiting)" },
  sending: { icon: IconSend, color: "var(--state-waiting)" },
  held: { icon: IconHandStop, color: "var(--state-held)" },
  in_doubt: { icon: IconQuestionMark, color: "var(--state-doubt)" },
  mismatched: { icon: IconArrowsDiff, color: "var(--state-mismatched)" },
  changed: { icon: IconReplace, color: "var(--state-held)" },
  cancelled: { icon: IconBan, color: "var(--mantine-color-dimmed)" },
  reversed: { icon: IconArrowBackUp, color: "var(--mantine-color-dimmed)" },
  deleted: { icon: IconTrash, color: "var(--mantine-color-dimmed)" },
  dismissed: { icon: IconEyeOff, color: "var(--mantine-color-dimmed)" },
  not_invoiced: { icon: IconMinus, color: "var(--mantine-color-dimmed)" },
};

interface Props {
  state: string;
  verification?: string;
  /** Changes of the order since it was invoiced, that wait for a decision. */
  changes?: number;
  decision?: boolean;
  testId?: string;
}

/** Which state is told: `mismatched`, then `changed`, go before `issued`. */
export function shownState({ state, verification, changes }: Pick<Props, "state" | "verification" | "changes">): string {
  if (state !== "issued") return state;
  return verification === "mismatched" ? "mismatched" : changes ? "changed" : state;
}

/** A state as icon and word, never by colour alone. `mismatched`, then `changed`, go before `issued`. */
export function StateBadge(props: Props) {
  const { t } = useTranslation();
  const shown = shownState(props);
  const look = LOOKS[shown] ?? { icon: IconQuestionMark, color: "inherit" };
  return (
    <Badge icon={look.icon} color={look.color}>
      <span data-testid={props.testId} data-state={shown}>
        {t(props.decision ? `decision.${shown}` : `state.${shown}`)}
      </span>
    </Badge>
  );
}
