import { Button, FileButton, Group, Modal, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError, MappingCreate, MappingDocument, Mappings } from "../../api/generated/api";
import { toApiError, useHost } from "../../api/host";
import { useAct } from "../../api/queries";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { DialogFoot } from "../../shared/ui/DialogFoot";
import { ErrorNote } from "../../shared/ui/ErrorNote";

type From = "preset" | "copy" | "file" | "nothing";

/** Begins a mapping: from a preset, a copy, a file, or from nothing. */
export function NewMapping({ known, close }: { known: Mappings; close: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const create = useAct("mappings.create");
  const [name, setName] = useState("");
  const [from, setFrom] = useState<From>(known.presets.length > 0 ? "preset" : "nothing");
  const [preset, setPreset] = useState(known.presets[0] ?? null);
  const [copyOf, setCopyOf] = useState(known.mappings[0]?.id ?? null);
  const [document, setDocument] = useState<MappingDocument | null>(null);
  const choices: From[] = [
    ...(known.presets.length > 0 ? ["preset" as const] : []),
    ...(known.mappings.length > 0 ? ["copy" as const] : []),
    "file",
    "nothing",
  ];
  const missing = name.trim() === "" ? t("editor.new.nameMissing") : from === "file" && !document ? t("editor.new.fileMissing") : null;
  const request: MappingCreate = {
    name: name.trim(),
    preset: from === "preset" ? preset : null,
    copyOf: from === "copy" ? copyOf : null,
    document: from === "file" && document ? { ...document, name: name.trim() } : null,
  };
  const opened = (made: { id: string }) => {
    close();
    go.screen("/mappings", { mapping: made.id });
  };
  return (
    <Modal opened onClose={close} title={t("editor.new.title")} centered transitionProps={{ duration: 80 }}>
      <Stack gap="sm">
        <TextInput
          data-autofocus
          label={t("editor.new.name")}
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid={ids.newName}
        />
        <Radio.Group label={t("editor.new.from")} value={from} onChange={(value) => setFrom(value as From)}>
          <Stack gap={6} mt={4}>
            {choices.map((choice) => (
              <Radio
                key={choice}
                size="xs"
                value={choice}
                label={t(`editor.new.by.${choice}`)}
                description={t(`editor.new.byText.${choice}`)}
                data-testid={ids.newFrom(choice)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {from === "preset" && (
          <Select
            label={t("editor.new.preset")}
            description={preset ? t(`editor.preset.${preset}.text`, { defaultValue: preset }) : undefined}
            data={known.presets.map((id) => ({ value: id, label: t(`editor.preset.${id}.name`, { defaultValue: id }) }))}
            value={preset}
            onChange={(value) => value && setPreset(value)}
            allowDeselect={false}
            data-testid={ids.newPreset}
          />
        )}
        {from === "copy" && (
          <Select
            label={t("editor.new.copyOf")}
            data={known.mappings.map((one) => ({ value: one.id, label: one.name }))}
            value={copyOf}
            onChange={(value) => value && setCopyOf(value)}
            allowDeselect={false}
            data-testid={ids.newCopy}
          />
        )}
        {from === "file" && (
          <FromFile
            document={document}
            onRead={(read) => {
              setDocument(read);
              if (name.trim() === "") setName(read.name);
            }}
          />
        )}
        {create.error && <ErrorNote error={create.error} />}
        <DialogFoot
          missing={missing}
          label={t("editor.new.create")}
          busy={create.isPending}
          act={() => create.mutate(request, { onSuccess: opened })}
          close={close}
          testId={ids.newCreate}
        />
      </Stack>
    </Modal>
  );
}

function FromFile({ document, onRead }: { document: MappingDocument | null; onRead: (document: MappingDocument) => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const [error, setError] = useState<ApiError | null>(null);
  const read = async (file: File | null) => {
    if (!file) return;
    try {
      onRead(await host.call("mappings.read_text", { fileName: file.name, content: await file.text() }));
      setError(null);
    } catch (thrown) {
      setError(toApiError(thrown));
    }
  };
  return (
    <Stack gap={6}>
      <Group gap="sm">
        <FileButton onChange={(file) => void read(file)} accept=".json,application/json" inputProps={{ "data-testid": ids.newFile } as never}>
          {(props) => (
            <Button variant="default" {...props}>
              {t("editor.new.chooseFile")}
            </Button>
          )}
        </FileButton>
        {document && <Text size="sm">{t("editor.new.read", { name: document.name })}</Text>}
      </Group>
      {error && <ErrorNote error={error} />}
    </Stack>
  );
}
