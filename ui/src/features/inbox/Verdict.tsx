import {
  IconAlertTriangle,
  IconBell,
  IconCircleCheck,
  IconClock,
  IconClockX,
  IconCopy,
  IconCopyX,
  IconFileUnknown,
  IconInbox,
  IconKeyOff,
  IconMinus,
  IconQuestionMark,
  IconShieldCheck,
  IconShieldX,
  IconSignatureOff,
  IconWeight,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DeliveryRow } from "../../api/generated/api";
import { Badge } from "../../shared/ui/Badge";

const PALE = "var(--mantine-color-dimmed)";
const BAD = "var(--state-mismatched)";
const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  accepted: { icon: IconShieldCheck, color: "var(--state-issued)" },
  unsigned: { icon: IconInbox, color: PALE },
  ping: { icon: IconBell, color: PALE },
  replayed: { icon: IconCopy, color: PALE },
  forged: { icon: IconCopyX, color: BAD },
  no_secret: { icon: IconKeyOff, color: "var(--state-held)" },
  no_signature: { icon: IconSignatureOff, color: BAD },
  bad_signature: { icon: IconShieldX, color: BAD },
  stale: { icon: IconClockX, color: "var(--state-held)" },
  unreadable: { icon: IconFileUnknown, color: BAD },
  too_large: { icon: IconWeight, color: BAD },
  wrong_type: { icon: IconFileUnknown, color: BAD },
};

const UNSIGNED = ["oblio", "smartbill"];

/** Under which word a verdict is explained: what a provider sends is never signed, and a copy may be the same or altered. */
export function verdictOf({ verdict, kind, status }: DeliveryRow): string {
  if (verdict === "accepted" && UNSIGNED.includes(kind)) return "unsigned";
  return verdict === "replayed" && status >= 400 ? "forged" : verdict;
}

/** Whether the fix is where the connection's secret is set. */
export const isAboutSecret = (verdict: string) => ["forged", "no_secret", "no_signature", "bad_signature"].includes(verdict);

/** What the check of a delivery found, as icon and word. */
export function VerdictBadge({ row, testId }: { row: DeliveryRow; testId?: string }) {
  const { t } = useTranslation();
  const verdict = verdictOf(row);
  const look = LOOKS[verdict] ?? { icon: IconQuestionMark, color: "inherit" };
  return (
    <Badge icon={look.icon} color={look.color}>
      <span data-testid={testId} data-verdict={verdict}>
        {t(`inbox.verdict.${verdict}.title`, { defaultValue: verdict })}
      </span>
    </Badge>
  );
}

const STATES: Record<string, { icon: TablerIcon; color: string }> = {
  waiting: { icon: IconClock, color: "var(--state-waiting)" },
  done: { icon: IconCircleCheck, color: "var(--state-issued)" },
  failed: { icon: IconAlertTriangle, color: "var(--state-held)" },
  none: { icon: IconMinus, color: PALE },
};

/** How far the processing of a delivery is, as icon and word. */
export function DeliveryState({ state }: { state: string }) {
  const { t } = useTranslation();
  const look = STATES[state] ?? { icon: IconQuestionMark, color: "inherit" };
  return (
    <Badge icon={look.icon} color={look.color}>
      {t(`inbox.state.${state}`, { defaultValue: state })}
    </Badge>
  );
}
