import { ActionIcon, Button, Group, Menu, Text, TextInput, Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronLeft,
  IconCircleCheck,
  IconDots,
  IconDownload,
  IconFlask,
  IconHistory,
  IconPencil,
  IconTrash,
  IconUpload,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useGo } from "../../../shared/lib/navigation";
import { ids } from "../../../shared/lib/testids";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { MayButton } from "../../../shared/ui/MayButton";
import { Time } from "../../../shared/ui/Time";
import { useMay } from "../../../shared/ui/useMay";
import { isEqual } from "../model/document";
import { Discard } from "../publish/Discard";
import { DryRun } from "../publish/DryRun";
import { History } from "../publish/History";
import { Meanwhile } from "../publish/Meanwhile";
import { Publish } from "../publish/Publish";
import { useFiles } from "../publish/useFiles";
import { useDesk } from "./desk";
import { SampleBar } from "./SampleBar";

type Dialog = "dry_run" | "publish" | "history" | "discard" | null;

/** What stands over the panes: the mapping, its draft, the sample, and what is done with all of it. */
export function EditorBar() {
  const { t } = useTranslation();
  const go = useGo();
  const { info, known, editing } = useDesk();
  const { document, change } = editing;
  const [dialog, setDialog] = useState<Dialog>(null);
  const close = () => setDialog(null);
  const files = useFiles();
  const mayKeep = useMay("mappings.save_draft").may;
  const isChanged = !isEqual(document, info.published) || info.version === 0;
  const several = known.mappings.length > 1;
  return (
    <>
      <Group gap={8} mb={8} className="editor-bar">
        <Tooltip label={t("editor.allMappings")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => go.screen("/mappings", { mapping: "all" })}
            aria-label={t("editor.allMappings")}
            data-testid={ids.mappingAll}
          >
            <IconChevronLeft size={17} />
          </ActionIcon>
        </Tooltip>
        <TextInput
          variant="unstyled"
          className="mapping-name"
          aria-label={t("editor.mappingName")}
          title={several ? info.flows.map((flow) => flow.name).join(", ") : undefined}
          value={document.name}
          onChange={(event) => change({ ...document, name: event.currentTarget.value }, "name")}
          data-testid={ids.mappingName}
        />
        <DraftState isChanged={isChanged} />
        <Steps />
        <Group gap={8} wrap="nowrap" ml="auto" style={{ flex: "none" }}>
          <SampleBar />
          <Button variant="default" leftSection={<IconFlask size={15} />} onClick={() => setDialog("dry_run")} data-testid={ids.dryRun}>
            {t("editor.dryRun.open")}
          </Button>
          <MayButton
            command="mappings.publish"
            disabled={!isChanged}
            title={isChanged ? undefined : t("editor.publish.nothing")}
            onClick={() => setDialog("publish")}
            data-testid={ids.publish}
          >
            {t("editor.publish.open")}
          </MayButton>
          <ActionIcon variant="default" size={30} onClick={() => setDialog("history")} aria-label={t("editor.history.open")} title={t("editor.history.open")} data-testid={ids.history}>
            <IconHistory size={15} />
          </ActionIcon>
          <More isChanged={isChanged} files={files} discard={() => setDialog("discard")} />
        </Group>
      </Group>
      {files.input((read) => change({ ...read, name: read.name || document.name }))}
      {files.error && <ErrorNote error={files.error} />}
      {!mayKeep && (
        <Text size="sm" mb={8} className="note" role="note">
          {t("needsRole.notKept")}
        </Text>
      )}
      {editing.keeping.error && <ErrorNote error={editing.keeping.error} again={() => void editing.keeping.flush()} />}
      <Meanwhile />
      <DryRun opened={dialog === "dry_run"} close={close} />
      <Publish opened={dialog === "publish"} close={close} dryRun={() => setDialog("dry_run")} />
      <History opened={dialog === "history"} close={close} />
      <Discard opened={dialog === "discard"} close={close} />
    </>
  );
}

function Steps() {
  const { t } = useTranslation();
  const { editing } = useDesk();
  const button = (name: "undo" | "redo", can: boolean, Icon: typeof IconArrowBackUp) => (
    <Tooltip label={t(`editor.${name}`)}>
      <ActionIcon variant="subtle" color="gray" disabled={!can} onClick={editing[name]} aria-label={t(`editor.${name}`)} data-testid={ids[name]}>
        <Icon size={17} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <Group gap={2} wrap="nowrap">
      {button("undo", editing.canUndo, IconArrowBackUp)}
      {button("redo", editing.canRedo, IconArrowForwardUp)}
    </Group>
  );
}

function More({ isChanged, files, discard }: { isChanged: boolean; files: ReturnType<typeof useFiles>; discard: () => void }) {
  const { t } = useTranslation();
  const { info, editing } = useDesk();
  const { may, why } = useMay("mappings.discard_draft");
  return (
    <Menu position="bottom-end" shadow="md" transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label={t("editor.more")} data-testid={ids.mappingMore}>
          <IconDots size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconDownload size={14} />} onClick={() => files.write(editing.document)} data-testid={ids.mappingExport}>
          {t("editor.export")}
        </Menu.Item>
        <Menu.Item leftSection={<IconUpload size={14} />} onClick={() => files.choose()} data-testid={ids.mappingImport}>
          {t("editor.import")}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={14} />} disabled={!isChanged || info.version === 0 || !may} title={why} onClick={discard} data-testid={ids.discard}>
          {t("editor.discard.open")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** `draft of v7, saved 2 s ago`, as an icon and words. */
function DraftState({ isChanged }: { isChanged: boolean }) {
  const { t } = useTranslation();
  const { editing } = useDesk();
  const { state, savedMs } = editing.keeping;
  const Icon = state === "failed" ? IconAlertTriangle : isChanged ? IconPencil : IconCircleCheck;
  return (
    <Group gap={4} wrap="nowrap" c="dimmed" className="draft-state" data-testid={ids.draftState} data-state={state}>
      <Icon size={14} color={state === "failed" ? "var(--state-mismatched)" : undefined} aria-hidden />
      <Text size="xs" span>
        {isChanged ? (editing.base > 0 ? t("editor.draftOf", { version: editing.base }) : t("editor.draftNew")) : t("editor.published", { version: editing.base })}
        {isChanged && (state === "waiting" || state === "saving") && `, ${t("editor.saving")}`}
        {state === "failed" && `, ${t("editor.notSaved")}`}
        {isChanged && state === "saved" && savedMs !== null && (
          <>
            {", "}
            {t("editor.saved")} <Time ms={savedMs} />
          </>
        )}
      </Text>
    </Group>
  );
}
