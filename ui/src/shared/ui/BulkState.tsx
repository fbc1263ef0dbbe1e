import {
  IconAlertTriangle,
  IconArrowRight,
  IconBan,
  IconCircleCheck,
  IconClock,
  IconListCheck,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconQuestionMark,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Badge } from "./Badge";

const DIMMED = "var(--mantine-color-dimmed)";

/** Of jobs: `job.running`; of their records: `done`. */
const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  "job.planning": { icon: IconListCheck, color: DIMMED },
  "job.planned": { icon: IconListCheck, color: DIMMED },
  "job.running": { icon: IconPlayerPlay, color: "var(--state-waiting)" },
  "job.done": { icon: IconCircleCheck, color: "var(--state-issued)" },
  "job.cancelled": { icon: IconBan, color: DIMMED },
  planned: { icon: IconClock, color: "var(--state-waiting)" },
  doing: { icon: IconPlayerPlay, color: "var(--state-waiting)" },
  done: { icon: IconCircleCheck, color: "var(--state-issued)" },
  failed: { icon: IconAlertTriangle, color: "var(--state-held)" },
  in_doubt: { icon: IconQuestionMark, color: "var(--state-doubt)" },
  skipped: { icon: IconPlayerSkipForward, color: DIMMED },
  cancelled: { icon: IconBan, color: DIMMED },
  left: { icon: IconArrowRight, color: "var(--state-waiting)" },
};

/** The state of a job over many records, or of one of its records, as icon and word. */
export function BulkState({ state, job = false }: { state: string; job?: boolean }) {
  const { t } = useTranslation();
  const look = LOOKS[job ? `job.${state}` : state] ?? { icon: IconQuestionMark, color: "inherit" };
  return (
    <Badge icon={look.icon} color={look.color}>
      {t(job ? `bulk.jobState.${state}` : `bulk.state.${state}`)}
    </Badge>
  );
}
