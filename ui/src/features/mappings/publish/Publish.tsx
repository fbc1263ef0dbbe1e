import { Alert, Button, Group, Modal, Stack, Text, Textarea, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Published, RetryResult } from "../../../api/generated/api";
import { useAct } from "../../../api/queries";
import { useGo } from "../../../shared/lib/navigation";
import { ids } from "../../../shared/lib/testids";
import { DialogFoot } from "../../../shared/ui/DialogFoot";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { useDesk } from "../editor/desk";
import { withoutBlankRows } from "../model/document";
import { Diff } from "./Diff";
import { LastRun } from "./DryRun";

interface Props {
  opened: boolean;
  close: () => void;
  dryRun: () => void;
}

/** Publishes the draft: what changes, what the dry run said, and why; then the held orders that pass now. */
export function Publish({ opened, close, dryRun }: Props) {
  const { t } = useTranslation();
  const { info } = useDesk();
  const [published, setPublished] = useState<Published | null>(null);
  const end = () => {
    close();
    setPublished(null);
  };
  return (
    <Modal
      opened={opened}
      onClose={end}
      title={published ? t("editor.publish.doneTitle", { version: published.version }) : t("editor.publish.title", { name: info.name })}
      size="xl"
      centered
      transitionProps={{ duration: 80 }}
    >
      {published ? <Done published={published} close={end} /> : <Ask close={end} dryRun={dryRun} onPublished={setPublished} />}
    </Modal>
  );
}

/** Publishing a document, of the editor or of an earlier version. */
export function usePublish() {
  const { info, editing } = useDesk();
  const client = useQueryClient();
  const publish = useAct("mappings.publish");
  const go = async (document: typeof editing.document, reason: string, done: (published: Published) => void) => {
    // a save on its way would bring the draft back after it is published
    await editing.keeping.flush();
    publish.mutate(
      { mappingId: info.id, document: withoutBlankRows(document), baseVersion: editing.base, reason },
      {
        onSuccess: (published) => {
          editing.restart(document, published.version);
          done(published);
        },
        // the newer version is read, so that it can be compared
        onError: () => void client.invalidateQueries({ queryKey: ["mappings.get"] }),
      },
    );
  };
  const isMeanwhile = publish.error?.code === "not_now" && publish.error.detail === "published_meanwhile";
  return { go, busy: publish.isPending, error: publish.error, isMeanwhile };
}

function Ask({ close, dryRun, onPublished }: { close: () => void; dryRun: () => void; onPublished: (published: Published) => void }) {
  const { t } = useTranslation();
  const { info, editing, trial } = useDesk();
  const [reason, setReason] = useState("");
  const publish = usePublish();
  const errors = trial.now?.errors.length ?? 0;
  const missing = errors > 0 ? t("editor.publish.broken", { count: errors }) : reason.trim() === "" ? t("common.reasonMissing") : null;
  return (
    <Stack gap="md">
      <section>
        <Title order={3} mb={4}>
          {info.version > 0 ? t("editor.publish.changes", { version: editing.base }) : t("editor.publish.first")}
        </Title>
        <Diff before={info.published} after={editing.document} />
      </section>
      <section>
        <Title order={3} mb={4}>
          {t("editor.dryRun.title")}
        </Title>
        <LastRun open={dryRun} />
      </section>
      <Textarea
        data-autofocus
        label={t("common.reason")}
        description={t("editor.publish.reasonText")}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-testid={ids.publishReason}
      />
      {publish.error && <ErrorNote error={publish.error} refusals="editor.refused" />}
      {publish.isMeanwhile && (
        <Group>
          <Button variant="default" onClick={close} data-testid={ids.publishCompare}>
            {t("editor.publish.compare")}
          </Button>
        </Group>
      )}
      <DialogFoot
        missing={missing}
        told={t("editor.publish.what")}
        label={t("editor.publish.act", { version: editing.base + 1 })}
        busy={publish.busy}
        act={() => void publish.go(editing.document, reason.trim(), onPublished)}
        close={close}
        testId={ids.publishConfirm}
      />
    </Stack>
  );
}

/** What came of publishing, and the held ones that pass now. */
export function Done({ published, close }: { published: Published; close: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const { info } = useDesk();
  const retry = useAct("mappings.retry_held");
  const [result, setResult] = useState<RetryResult | null>(null);
  const { held, passing, version } = published;
  return (
    <Stack gap="md">
      <Alert color="green" variant="light" icon={<IconCircleCheck size={18} />} data-testid={ids.publishDone}>
        <Text size="sm" fw={600}>
          {t("editor.publish.done", { version })}
        </Text>
        <Text size="sm">
          {held === 0 ? t("editor.publish.noneHeld") : `${t("editor.publish.held", { count: held })} ${t("editor.publish.passing", { count: passing })}`}
        </Text>
      </Alert>
      {retry.error && <ErrorNote error={retry.error} />}
      {result && (
        <div data-testid={ids.publishRetried}>
          <Text size="sm">{t("retry.queued", { count: result.queued.length })}</Text>
          {result.skipped.length > 0 && <Text size="sm">{t("retry.skipped", { count: result.skipped.length })}</Text>}
        </div>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="subtle" color="gray" mr="auto" onClick={() => go.screen("/failures")}>
          {t("editor.publish.toFailures")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("common.close")}
        </Button>
        {passing > 0 && !result && (
          <Button loading={retry.isPending} onClick={() => retry.mutate({ id: info.id }, { onSuccess: setResult })} data-testid={ids.publishRetry}>
            {t("editor.publish.retry", { count: passing })}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
