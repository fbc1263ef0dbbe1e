import { Anchor, Group, Stack, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftEdits, MadeBy as MadeByInfo, RecordInfo } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { useGo, usePlace } from "../../../shared/lib/navigation";
import { needsRelease } from "../../../shared/lib/errors";
import { writeNumber } from "../../../shared/lib/numbers";
import { ids } from "../../../shared/lib/testids";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { DraftView, Problems } from "../../../shared/ui/DraftView";
import { MayButton } from "../../../shared/ui/MayButton";
import { Time } from "../../../shared/ui/Time";
import { useFormat } from "../../../shared/ui/useFormat";
import { useMay } from "../../../shared/ui/useMay";
import { DraftEdit } from "./DraftEdit";
import { decimalsOf, groupOf, lineNumber, nameOf } from "./fields";

interface Props {
  record: RecordInfo;
  /** A dialog of the record has opened or closed: Escape is the dialog's then. */
  onActing: (acting: boolean) => void;
}

/** The draft with what holds it; while nothing was sent it can be edited for this record alone. */
export function DraftPart({ record, onActing }: Props) {
  const { t } = useTranslation();
  const place = usePlace();
  const go = useGo();
  const { document } = record;
  const canEdit = (document?.state === "held" || document?.state === "ready") && document.role !== "storno" && document.role !== "correction";
  const mayEdit = useMay("drafts.save").may;
  const [editing, edit] = useState(canEdit && mayEdit && place.edit !== undefined);
  const [undoing, setUndoing] = useState(false);
  const fields = useAsk("drafts.fields", { id: document?.id ?? "" }, canEdit);
  const acting = editing || undoing;
  useEffect(() => {
    onActing(acting);
    return () => onActing(false);
  }, [acting, onActing]);
  const close = () => {
    edit(false);
    if (place.edit !== undefined) go.stay({ edit: undefined });
  };
  const edits = canEdit ? fields.data?.edits : null;
  return (
    <Stack>
      {canEdit && (
        <Group gap="xs">
          <MayButton
            command="drafts.save"
            variant="default"
            leftSection={<IconPencil size={14} />}
            onClick={() => edit(true)}
            data-testid={ids.editDraft}
          >
            {t("editor.edit.open")}
          </MayButton>
          {edits && (
            <MayButton command="drafts.undo" variant="subtle" color="gray" onClick={() => setUndoing(true)} data-testid={ids.editUndo}>
              {t("editor.edit.undo")}
            </MayButton>
          )}
        </Group>
      )}
      {edits && <Edited edits={edits} />}
      {edits && document?.state === "held" && record.draft && record.problems.length === 0 && (
        <Text size="sm" role="status" data-testid={ids.retryLeft}>
          {t("editor.edit.retryLeft", { act: needsRelease(document.failure) ? t("retry.release") : t("retry.act", { count: 1 }) })}
        </Text>
      )}
      <Problems problems={record.problems} />
      {record.draft && <DraftView draft={record.draft} />}
      {record.madeBy && <MadeBy made={record.madeBy} />}
      {!record.draft && record.problems.length === 0 && <Text c="dimmed">{t("record.noDraft")}</Text>}
      {editing && <DraftEdit record={record} close={close} />}
      {document && <Undo record={record} id={document.id} opened={undoing} close={() => setUndoing(false)} />}
    </Stack>
  );
}

/** Which version of which mapping the draft is by; it opens there. */
function MadeBy({ made }: { made: MadeByInfo }) {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Text size="xs" c="dimmed">
      <Anchor component="button" type="button" size="xs" onClick={() => go.screen("/mappings", { mapping: made.mappingId })} data-testid={ids.madeBy}>
        {t("editor.edit.madeBy", { name: made.name, version: made.version })}
      </Anchor>
    </Text>
  );
}

/** What was set by hand, by whom and why. */
function Edited({ edits }: { edits: DraftEdits }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const shown = (field: string, text: string | null) => (text !== null && decimalsOf(field) !== null ? writeNumber(text, language) : text);
  return (
    <div className="note" data-testid={ids.edited}>
      <Text size="sm" fw={600}>
        {t("editor.edit.by", { author: edits.author })} · <Time ms={edits.atMs} />
      </Text>
      <Text size="sm" mb={4}>
        {edits.reason}
      </Text>
      <table className="plain">
        <tbody>
          {edits.changes.map((change) => (
            <tr key={change.field}>
              <td>
                <FieldName field={change.field} />
              </td>
              <td className="mono">{shown(change.field, change.before) || t("editor.nothing")}</td>
              <td aria-hidden>→</td>
              <td className="mono">{shown(change.field, change.after) || t("editor.nothing")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FieldName({ field }: { field: string }) {
  const { t } = useTranslation();
  const number = lineNumber(groupOf(field));
  const name = t(`editor.field.${nameOf(field)}`, { defaultValue: nameOf(field) });
  if (number !== null) return t("editor.lineField", { number, field: name });
  return name;
}

function Undo({ record, id, opened, close }: { record: RecordInfo; id: string; opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const undo = useAct("drafts.undo");
  return (
    <ConfirmDialog
      opened={opened}
      title={t("editor.edit.undoTitle", { number: record.order.number })}
      act={t("editor.edit.undo")}
      askReason
      busy={undo.isPending}
      error={undo.error}
      refusals="editor.refused"
      onAct={(reason) => undo.mutate({ id, reason }, { onSuccess: close })}
      onClose={close}
    >
      <Text size="sm">{t("editor.edit.undoText")}</Text>
    </ConfirmDialog>
  );
}
