import { ActionIcon, Button, Group, Modal, NativeSelect, Stack, Text, Textarea, TextInput, Title, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowBackUp, IconPencil, IconRoute } from "@tabler/icons-react";
import { type ChangeEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftEditEntry, DraftFields, RecordInfo } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { useGo } from "../../../shared/lib/navigation";
import { isSameNumber, writeNumber } from "../../../shared/lib/numbers";
import { ids } from "../../../shared/lib/testids";
import { Badge } from "../../../shared/ui/Badge";
import { DecimalField } from "../../../shared/ui/DecimalField";
import { DialogFoot } from "../../../shared/ui/DialogFoot";
import { DraftView, Problems } from "../../../shared/ui/DraftView";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { useFormat } from "../../../shared/ui/useFormat";
import { decimalsOf, editsOf, fieldGroups, type FieldGroup, isWrongNumber, lineNumber, nameOf, valuesOfMapping } from "./fields";

const REST_MS = 250;
/** Fields that are yes or no. */
const FLAGS = new Set(["is_company", "vat_payer", "is_service"]);

/** One record's draft under edit, without the mapping: every field, what comes of it, and why it is done. */
export function DraftEdit({ record, close }: { record: RecordInfo; close: () => void }) {
  const { t } = useTranslation();
  const id = record.document?.id ?? "";
  const fields = useAsk("drafts.fields", { id });
  return (
    <Modal opened onClose={close} title={t("editor.edit.title", { number: record.order.number })} size="min(1080px, 94vw)" centered transitionProps={{ duration: 80 }}>
      {fields.error && <ErrorNote error={fields.error} refusals="editor.refused" />}
      {fields.isPending && <Loading />}
      {fields.data && !fields.error && <Form record={record} given={fields.data} close={close} />}
    </Modal>
  );
}

interface FormProps {
  record: RecordInfo;
  given: DraftFields;
  close: () => void;
}

function Form({ record, given, close }: FormProps) {
  const { t } = useTranslation();
  // as it was when the dialog opened: a change meanwhile is refused by its revision, not overwritten unseen
  const [start] = useState(given);
  const mapping = useMemo(() => valuesOfMapping(start), [start]);
  const [values, setValues] = useState(() => new Map(start.fields.map(({ field, value }) => [field, value])));
  const [reason, setReason] = useState("");
  const save = useAct("drafts.save");
  const documentId = record.document?.id ?? "";
  const edits = useMemo(() => editsOf(values, mapping), [values, mapping]);
  const earlier = start.edits?.edits ?? [];
  const isChanged = !isSameEdits(edits, editsOf(new Map(start.fields.map((one) => [one.field, one.value])), mapping));
  const good = useMemo(() => edits.filter((edit) => !isWrongNumber(edit)), [edits]);
  const isWrong = good.length < edits.length;
  const missing = !isChanged ? t("editor.edit.nothing") : isWrong ? t("editor.edit.wrongNumber") : reason.trim() === "" ? t("common.reasonMissing") : null;
  const set = (field: string, value: string) => setValues((before) => new Map(before).set(field, value));
  return (
    <Stack gap="md">
      <Text size="sm">{t("editor.edit.text")}</Text>
      <div className="two even">
        <Stack gap="md" className="edit-fields">
          {fieldGroups(start.fields).map((group) => (
            <Fields key={group.id} record={record} group={group} values={values} mapping={mapping} set={set} />
          ))}
        </Stack>
        <Preview documentId={documentId} edits={good} />
      </div>
      {earlier.length > 0 && start.edits && (
        <Text size="sm" c="dimmed">
          {t("editor.edit.by", { author: start.edits.author })}
          {": "}
          {start.edits.reason}
        </Text>
      )}
      <Textarea
        label={t("common.reason")}
        description={t("common.reasonKept")}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-testid={ids.editReason}
      />
      {save.error && <ErrorNote error={save.error} refusals="editor.refused" />}
      <DialogFoot
        missing={missing}
        told={t("editor.edit.saveText")}
        label={t("editor.edit.save")}
        busy={save.isPending}
        act={() => save.mutate({ documentId, edits, reason: reason.trim(), revision: start.revision }, { onSuccess: close })}
        close={close}
        testId={ids.editSave}
      />
    </Stack>
  );
}

function isSameEdits(one: DraftEditEntry[], other: DraftEditEntry[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

interface FieldsProps {
  record: RecordInfo;
  group: FieldGroup;
  values: Map<string, string>;
  mapping: Map<string, string>;
  set: (field: string, value: string) => void;
}

function Fields({ record, group, values, mapping, set }: FieldsProps) {
  const { t } = useTranslation();
  const number = lineNumber(group.id);
  return (
    <section>
      <Title order={3} mb={4}>
        {number === null ? t(`editor.group.${group.id}`, { defaultValue: group.id }) : t("editor.line", { number })}
      </Title>
      <Stack gap={6}>
        {group.fields.map(({ field }) => (
          <Field key={field} record={record} field={field} value={values.get(field) ?? ""} ofMapping={mapping.get(field) ?? ""} set={set} />
        ))}
      </Stack>
    </section>
  );
}

interface FieldProps {
  record: RecordInfo;
  field: string;
  value: string;
  ofMapping: string;
  set: (field: string, value: string) => void;
}

/** A field; one that was set by hand is marked, with what the mapping says, and can become a rule for all orders. */
function Field({ record, field, value, ofMapping, set }: FieldProps) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const go = useGo();
  const isChanged = value !== ofMapping;
  const name = nameOf(field);
  const isFlag = FLAGS.has(name);
  const decimals = decimalsOf(field);
  const words = (text: string) => (isFlag && text !== "" ? t(text === "true" ? "common.yes" : "common.no") : decimals === null ? text : writeNumber(text, language)) || t("editor.nothing");
  const shared = {
    flex: 1,
    size: "xs",
    label: (
      <Group gap={8} component="span" style={{ display: "inline-flex" }}>
        {t(`editor.field.${name}`, { defaultValue: name })}
        {isChanged && (
          <Badge icon={IconPencil} color="var(--state-held)">
            {t("editor.edit.changed")}
          </Badge>
        )}
      </Group>
    ),
    description: isChanged ? t("editor.edit.was", { value: words(ofMapping) }) : undefined,
    value,
    "data-testid": ids.editField(field),
  };
  const change = (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) => set(field, event.currentTarget.value);
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" data-changed={isChanged}>
      {isFlag ? (
        <NativeSelect {...shared} onChange={change} data={["true", "false"].map((flag) => ({ value: flag, label: words(flag) }))} />
      ) : decimals !== null ? (
        <DecimalField {...shared} decimals={decimals} signed onValue={(number) => set(field, isSameNumber(number, ofMapping) ? ofMapping : number)} />
      ) : (
        <TextInput {...shared} onChange={change} />
      )}
      {isChanged && (
        <Group gap={2} wrap="nowrap" mt={22}>
          <Tooltip label={t("editor.edit.revert")}>
            <ActionIcon variant="subtle" color="gray" onClick={() => set(field, ofMapping)} aria-label={t("editor.edit.revert")}>
              <IconArrowBackUp size={15} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("editor.edit.toRuleText")}>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconRoute size={13} />}
              onClick={() => go.screen("/mappings", { document: record.document?.id, target: field, value })}
              data-testid={ids.editRule(field)}
            >
              {t("editor.edit.toRule")}
            </Button>
          </Tooltip>
        </Group>
      )}
    </Group>
  );
}

/** The invoice that would come of the edits, when the typing rests. */
function Preview({ documentId, edits }: { documentId: string; edits: DraftEditEntry[] }) {
  const { t } = useTranslation();
  const [rested] = useDebouncedValue(edits, REST_MS);
  const preview = useAsk("drafts.preview", { documentId, edits: rested });
  return (
    <Stack gap="sm" data-testid={ids.editPreview} aria-live="polite">
      <Title order={3}>{t("editor.edit.preview")}</Title>
      {preview.error && <ErrorNote error={preview.error} refusals="editor.refused" />}
      {preview.data && !preview.error && (
        <>
          <Problems problems={preview.data.problems} />
          {preview.data.draft && preview.data.problems.length === 0 && <Text size="sm">{t("editor.edit.passes")}</Text>}
          {preview.data.draft && <DraftView draft={preview.data.draft} />}
        </>
      )}
    </Stack>
  );
}
