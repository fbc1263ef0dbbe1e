import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MappingVersionInfo, Published } from "../../../api/generated/api";
import { useAsk } from "../../../api/queries";
import { ids } from "../../../shared/lib/testids";
import { ConfirmDialog } from "../../../shared/ui/ConfirmDialog";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { MayButton } from "../../../shared/ui/MayButton";
import { Time } from "../../../shared/ui/Time";
import { useFormat } from "../../../shared/ui/useFormat";
import { useDesk } from "../editor/desk";
import { isEqual } from "../model/document";
import { Diff } from "./Diff";
import { Done, usePublish } from "./Publish";

/** The published versions: who, when, why, how many documents; compared with what is published or with the draft; rolled back to. */
export function History({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const [published, setPublished] = useState<Published | null>(null);
  const end = () => {
    close();
    setPublished(null);
  };
  return (
    <Modal opened={opened} onClose={end} title={t("editor.history.title")} size="min(960px, 94vw)" centered transitionProps={{ duration: 80 }}>
      {published ? <Done published={published} close={end} /> : <Versions onPublished={setPublished} />}
    </Modal>
  );
}

function Versions({ onPublished }: { onPublished: (published: Published) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { info } = useDesk();
  const history = useAsk("mappings.history", { id: info.id });
  const [chosen, choose] = useState<MappingVersionInfo | null>(null);
  if (history.error) return <ErrorNote error={history.error} again={() => void history.refetch()} />;
  if (!history.data) return <Loading />;
  const { versions } = history.data;
  if (versions.length === 0) return <Text size="sm">{t("editor.history.none")}</Text>;
  return (
    <Stack gap="md">
      <table className="plain">
        <thead>
          <tr>
            {["version", "why", "who", "when", "documents"].map((column) => (
              <th key={column} className={column === "documents" ? "num" : undefined}>
                {t(`editor.history.${column}`)}
              </th>
            ))}
            <th aria-label={t("editor.history.compare")} />
          </tr>
        </thead>
        <tbody>
          {versions.map((one) => (
            <tr key={one.version} data-testid={ids.historyVersion(one.version)} data-chosen={chosen?.version === one.version}>
              <td>
                {t("editor.version", { version: one.version })}
                {one.version === info.version && ` · ${t("editor.history.current")}`}
              </td>
              <td>{one.reason || t("common.none")}</td>
              <td>{one.author}</td>
              <td>
                <Time ms={one.createdMs} />
              </td>
              <td className="num">{format.count(one.documents)}</td>
              <td className="num">
                <Button size="compact-xs" variant="default" onClick={() => choose(one)} data-testid={ids.historyOpen(one.version)}>
                  {t("editor.history.compare")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {chosen && <Version key={chosen.version} version={chosen} onPublished={onPublished} />}
    </Stack>
  );
}

function Version({ version, onPublished }: { version: MappingVersionInfo; onPublished: (published: Published) => void }) {
  const { t } = useTranslation();
  const { info, editing } = useDesk();
  const [against, setAgainst] = useState("published");
  const [asking, ask] = useState(false);
  const old = useAsk("mappings.version", { mappingId: info.id, version: version.version });
  const publish = usePublish();
  if (old.error) return <ErrorNote error={old.error} />;
  if (!old.data) return <Loading />;
  const document = old.data;
  const isDraft = !isEqual(editing.document, info.published);
  const isCurrent = version.version === info.version;
  const choices = ["published", ...(isDraft ? ["draft"] : [])];
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end">
        <Select
          size="xs"
          w={280}
          label={t("editor.history.against", { version: version.version })}
          data={choices.map((value) => ({ value, label: t(`editor.history.with.${value}`, { version: info.version }) }))}
          value={against}
          onChange={(value) => value && setAgainst(value)}
          allowDeselect={false}
          data-testid={ids.historyAgainst}
        />
        <MayButton
          command="mappings.publish"
          variant="default"
          disabled={isCurrent}
          title={isCurrent ? t("editor.history.isCurrent") : undefined}
          onClick={() => ask(true)}
          data-testid={ids.rollback}
        >
          {t("editor.history.rollback", { version: version.version })}
        </MayButton>
      </Group>
      <Diff before={document} after={against === "draft" ? editing.document : info.published} />
      <ConfirmDialog
        opened={asking}
        title={t("editor.history.rollbackTitle", { version: version.version })}
        act={t("editor.history.rollback", { version: version.version })}
        askReason
        busy={publish.busy}
        error={publish.error}
        refusals="editor.refused"
        onAct={(reason) => void publish.go(document, reason, onPublished)}
        onClose={() => ask(false)}
      >
        <Text size="sm">{t("editor.history.rollbackText", { version: version.version, next: editing.base + 1 })}</Text>
        {isDraft && (
          <Text size="sm" fw={500}>
            {t("editor.history.rollbackDraft")}
          </Text>
        )}
      </ConfirmDialog>
    </Stack>
  );
}
