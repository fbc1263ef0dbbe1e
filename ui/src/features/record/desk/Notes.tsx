import { ActionIcon, Button, Group, Stack, TagsInput, Text, Textarea } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NoteInfo, RecordDesk } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { MayButton } from "../../../shared/ui/MayButton";
import { OwnerPicker } from "../../../shared/ui/OwnerPicker";
import { Time } from "../../../shared/ui/Time";
import { useMay } from "../../../shared/ui/useMay";
import { useUndo } from "../../../shared/ui/useUndo";

/** What people keep with a record: who looks after it, tags, and notes. */
export function Notes({ orderId }: { orderId: string }) {
  const desk = useAsk("record.desk", { id: orderId });
  if (desk.error) return <ErrorNote error={desk.error} again={() => void desk.refetch()} />;
  if (!desk.data) return <Loading />;
  return (
    <Stack gap="md" data-testid={ids.notes}>
      <About orderId={orderId} desk={desk.data} />
      <NewNote orderId={orderId} />
      <List orderId={orderId} notes={desk.data.notes} />
    </Stack>
  );
}

function About({ orderId, desk }: { orderId: string; desk: RecordDesk }) {
  const { t } = useTranslation();
  const assign = useAct("record.assign");
  const tag = useAct("record.tag");
  const mayTag = useMay("record.tag");
  const error = assign.error ?? tag.error;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Text size="sm">{t("owner.label")}</Text>
        <OwnerPicker command="record.assign" owner={desk.owner} people={desk.people} onAssign={(owner) => assign.mutate({ orderId, owner })} />
      </Group>
      <TagsInput
        label={t("desk.tags")}
        placeholder={desk.tags.length === 0 ? t("desk.tagsText") : undefined}
        data={desk.knownTags}
        value={tag.isPending ? (tag.variables?.tags ?? desk.tags) : desk.tags}
        maxTags={20}
        disabled={!mayTag.may}
        title={mayTag.why}
        onChange={(tags) => tag.mutate({ orderId, tags: tags.map((one) => one.slice(0, 40)) })}
        data-testid={ids.tags}
      />
      {error && <ErrorNote error={error} />}
    </Stack>
  );
}

function NewNote({ orderId }: { orderId: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const save = useAct("notes.save");
  const missing = text.trim() === "";
  const act = () => save.mutate({ orderId, id: null, text: text.trim() }, { onSuccess: () => setText("") });
  return (
    <Stack gap={6}>
      <Writing value={text} onChange={setText} onSave={act} label={t("desk.note")} testId={ids.noteText} />
      {save.error && <ErrorNote error={save.error} />}
      <Group justify="flex-end">
        <MayButton
          command="notes.save"
          disabled={missing}
          title={missing ? t("desk.missing") : undefined}
          loading={save.isPending}
          onClick={act}
          data-testid={ids.noteSave}
        >
          {t("desk.add")}
        </MayButton>
      </Group>
    </Stack>
  );
}

interface WritingProps {
  value: string;
  onChange: (text: string) => void;
  onSave: () => void;
  label: string;
  testId: string;
}

/** Where a note is written; Ctrl+Enter keeps it. */
function Writing({ value, onChange, onSave, label, testId }: WritingProps) {
  return (
    <Textarea
      label={label}
      autosize
      minRows={2}
      maxRows={10}
      maxLength={4000}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && value.trim() !== "") onSave();
      }}
      data-testid={testId}
    />
  );
}

function List({ orderId, notes }: { orderId: string; notes: NoteInfo[] }) {
  const { t } = useTranslation();
  const remove = useAct("notes.delete");
  const restore = useAct("notes.restore");
  const undo = useUndo();
  const error = remove.error ?? restore.error;
  if (notes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("desk.none")}
      </Text>
    );
  }
  const deleteNote = (id: string) =>
    remove.mutate({ id }, { onSuccess: () => undo(t("desk.deleted"), () => restore.mutate({ id })) });
  return (
    <Stack gap="sm">
      {error && <ErrorNote error={error} />}
      {notes.map((note) => (
        <One key={note.id} orderId={orderId} note={note} remove={() => deleteNote(note.id)} />
      ))}
    </Stack>
  );
}

function One({ orderId, note, remove }: { orderId: string; note: NoteInfo; remove: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState<string | null>(null);
  const save = useAct("notes.save");
  const act = () => save.mutate({ orderId, id: note.id, text: (text ?? "").trim() }, { onSuccess: () => setText(null) });
  return (
    <div className="note" data-testid={ids.noteCard}>
      <Group justify="space-between" wrap="nowrap" mb={2}>
        <Text size="xs" c="dimmed">
          {note.author} <Time ms={note.createdMs} />
          {note.editedMs !== null && ` · ${t("desk.edited")}`}
        </Text>
        {note.own && text === null && (
          <Group gap={2} wrap="nowrap">
            <ActionIcon variant="subtle" color="gray" onClick={() => setText(note.text)} aria-label={t("desk.edit")} data-testid={ids.noteEdit}>
              <IconPencil size={15} />
            </ActionIcon>
            <ActionIcon variant="subtle" color="gray" onClick={remove} aria-label={t("desk.delete")} data-testid={ids.noteDelete}>
              <IconTrash size={15} />
            </ActionIcon>
          </Group>
        )}
      </Group>
      {text === null && (
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {note.text}
        </Text>
      )}
      {text !== null && (
        <Stack gap={6}>
          <Writing value={text} onChange={setText} onSave={act} label={t("desk.note")} testId={ids.noteEditText} />
          {save.error && <ErrorNote error={save.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setText(null)}>
              {t("common.cancel")}
            </Button>
            <Button disabled={text.trim() === ""} title={text.trim() === "" ? t("desk.missing") : undefined} loading={save.isPending} onClick={act} data-testid={ids.noteEditSave}>
              {t("desk.save")}
            </Button>
          </Group>
        </Stack>
      )}
    </div>
  );
}
