import { Text } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowsDiff,
  IconBan,
  IconBuildingBank,
  IconCircleCheck,
  IconClock,
  IconClockPause,
  IconClockPlay,
  IconDownload,
  IconEye,
  IconEyeOff,
  IconFileOff,
  IconGavel,
  IconHandStop,
  IconHandClick,
  IconLink,
  IconNote,
  IconNoteOff,
  IconPencil,
  IconPencilCheck,
  IconPencilX,
  IconQuestionMark,
  IconReceipt2,
  IconRefresh,
  IconReplace,
  IconSend,
  IconTag,
  IconTrash,
  IconUser,
  type TablerIcon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { TimelineEntry } from "../../api/generated/api";
import { useOperationName } from "../../shared/ui/OperationText";
import { whyText } from "../../shared/ui/bulkWords";
import { useFormat } from "../../shared/ui/useFormat";
import { kindKey } from "./changeKind";

const ICONS: Record<string, TablerIcon> = {
  order_received: IconDownload,
  order_changed: IconDownload,
  decided: IconGavel,
  queued: IconClock,
  held: IconHandStop,
  claimed: IconSend,
  repeated: IconSend,
  issued: IconCircleCheck,
  refused: IconBan,
  not_sent: IconRefresh,
  in_doubt: IconQuestionMark,
  looked: IconEye,
  found: IconCircleCheck,
  linked: IconLink,
  retried: IconRefresh,
  verified: IconCircleCheck,
  mismatched: IconArrowsDiff,
  not_followed: IconBan,
  shop_not_asked: IconQuestionMark,
  released: IconCircleCheck,
  operation_requested: IconHandClick,
  operation_sent: IconSend,
  operation_repeated: IconSend,
  operation_done: IconCircleCheck,
  operation_refused: IconBan,
  operation_not_sent: IconRefresh,
  operation_in_doubt: IconQuestionMark,
  operation_looked: IconEye,
  operation_found_done: IconCircleCheck,
  operation_not_done: IconBan,
  operation_closed: IconEyeOff,
  cancelled: IconFileOff,
  restored: IconRefresh,
  deleted: IconTrash,
  reversed: IconArrowBackUp,
  invoiced_again: IconReceipt2,
  storno_requested: IconArrowBackUp,
  storno_automatic: IconArrowBackUp,
  correction_requested: IconArrowBackUp,
  correction_automatic: IconArrowBackUp,
  changed_since_invoicing: IconReplace,
  change_noted: IconReplace,
  change_closed: IconCircleCheck,
  change_ignored: IconEyeOff,
  found_restored: IconLink,
  found_cancelled: IconBan,
  found_gone: IconTrash,
  einvoice: IconBuildingBank,
  noted_at_shop: IconPencilCheck,
  note_failed: IconPencilX,
  draft_edited: IconPencil,
  draft_edit_undone: IconArrowBackUp,
  assigned: IconUser,
  unassigned: IconUser,
  snoozed: IconClockPause,
  woken: IconClockPlay,
  note_added: IconNote,
  note_deleted: IconNoteOff,
  note_restored: IconNote,
  tagged: IconTag,
};

/** What was answered and yet is in doubt: no answer was lost. */
const ANSWERED = new Set(["already_reversed", "number_taken", "repeat_unconfirmed"]);

const wordsOf = ({ what, failure }: TimelineEntry) =>
  what === "in_doubt" && failure && ANSWERED.has(failure.kind) ? `in_doubt_${failure.kind}` : what;

/** Everything that happened, newest first, each with its exact time. */
export function Timeline({ entries }: { entries: TimelineEntry[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useOperationName();
  const factsOf = ({ facts }: TimelineEntry) => ({
    ...facts,
    operation: facts.operation ? nameOf({ kind: facts.operation, about: facts.about ?? "" }) : "",
    until: facts.until_ms ? format.instant(Number(facts.until_ms)) : "",
    einvoice: facts.state ? t(`einvoice.state.${facts.state}`) : "",
  });
  return (
    <ol className="timeline">
      {entries.map((entry, at) => {
        const Icon = ICONS[entry.what] ?? IconClock;
        return (
          <li key={`${at}-${entry.atMs}`}>
            <Icon size={16} stroke={1.8} aria-hidden />
            <div>
              <Text size="sm" fw={500}>
                {t(`timeline.${wordsOf(entry)}`, factsOf(entry))}
              </Text>
              {entry.failure && <Text size="sm">{t(`failure.${entry.failure.kind}.title`)}</Text>}
              {entry.facts.change && (
                <Text size="sm" c="dimmed">
                  {t(kindKey(entry.facts.change, entry.facts.refund ?? ""), { refund: entry.facts.refund })}
                </Text>
              )}
              {entry.what === "decided" && (
                <Text size="sm" c="dimmed">
                  {t(`decision.${entry.facts.decision}`)}
                  {": "}
                  {t(`reason.${entry.facts.reason}`)}
                </Text>
              )}
              {entry.what !== "decided" && entry.facts.reason && (
                <Text size="sm" c="dimmed">
                  {entry.what === "parked" ? t(`parked.${entry.facts.reason}`) : entry.facts.reason}
                </Text>
              )}
              {entry.what === "not_followed" && entry.facts.why && (
                <Text size="sm" c="dimmed">
                  {whyText(t, entry.facts.why)}
                </Text>
              )}
              {entry.what === "einvoice" && entry.facts.words && (
                <Text size="sm" c="dimmed">
                  <q>{entry.facts.words}</q>
                </Text>
              )}
              {entry.what === "looked" && entry.facts.decisive === "false" && (
                <Text size="sm" c="dimmed">
                  {t("record.early")}
                </Text>
              )}
            </div>
            <Text size="xs" c="dimmed" ta="right">
              {format.instant(entry.atMs)}
              <br />
              {entry.who || t("record.byItself")}
            </Text>
          </li>
        );
      })}
    </ol>
  );
}
