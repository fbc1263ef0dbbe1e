import { Alert, Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumns, ImportInfo, ImportPreview, ImportReason } from "../../api/generated/api";
import { useAct, useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { useFormat } from "../../shared/ui/useFormat";
import { Columns } from "./Columns";
import { Discard } from "./Discard";
import { useFieldName } from "./fields";
import { FirstRows } from "./FirstRows";
import { useReason } from "./reason";
import { Taken } from "./Taken";
import { useKnown, useUploads } from "./uploads";
import { WhichShop } from "./WhichShop";

/** So long is waited after a change before the file is looked at again. */
const TYPING_MS = 400;

/** What the file looks like, which column is which, and what would be taken: nothing is taken in by it. */
export function Look({ info, close }: { info: ImportInfo; close: () => void }) {
  const { t } = useTranslation();
  const { chosen } = useUploads();
  const [columns, setColumns] = useState<ImportColumns | null>(() => chosen.get(info.id) ?? info.columns);
  const [asked] = useDebouncedValue(columns, TYPING_MS);
  const answer = useAsk("imports.preview", { id: info.id, columns: asked });
  // a default that cannot be leaves the form as it is
  const [last, setLast] = useState<ImportPreview | null>(null);
  if (answer.data && answer.data !== last) setLast(answer.data);
  const choose = (now: ImportColumns) => {
    chosen.set(info.id, now);
    setColumns(now);
  };
  const isCurrent = asked === columns && !answer.isFetching && !answer.isPlaceholderData && !answer.error;
  if (!last || last.format === "") {
    return (
      <Stack gap="md">
        {last?.reason && <Unread reason={last.reason} />}
        {answer.error ? <ErrorNote error={answer.error} refusals="imports.refused" again={() => void answer.refetch()} /> : !last && <Loading />}
        <Group justify="flex-end">
          <Discard info={info} close={close} label={t("imports.discard")} />
        </Group>
      </Stack>
    );
  }
  const shown = columns ?? last.columns;
  const hasColumns = last.headings.length > 0 && shown !== null;
  return (
    <Stack gap="md" data-testid={ids.importLook}>
      <Facts info={info} preview={last} />
      {last.headings.length > 0 && <FirstRows preview={last} />}
      <div className={hasColumns ? "import-parts" : undefined}>
        {hasColumns && <Columns preview={last} columns={shown} choose={choose} />}
        <Stack gap="sm" className="import-taken">
          <Group gap="sm">
            <Title order={2}>{t("imports.taken")}</Title>
            {!isCurrent && !answer.error && <Loader size="xs" aria-label={t("imports.looking")} />}
          </Group>
          {answer.error && <ErrorNote error={answer.error} refusals="imports.refused" again={() => void answer.refetch()} />}
          {last.reason && <Unread reason={last.reason} />}
          <Taken preview={last} />
        </Stack>
      </div>
      <Foot info={info} preview={last} columns={shown} isCurrent={isCurrent} close={close} />
    </Stack>
  );
}

/** Why the file cannot be read, or not by these columns. */
function Unread({ reason }: { reason: ImportReason }) {
  const whyOf = useReason();
  return (
    <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} />} role="alert" data-testid={ids.importUnread}>
      <Text size="sm">{whyOf(reason)}</Text>
    </Alert>
  );
}

/** What kind of file it is, whose export it looks like, and under which connection its orders come. */
function Facts({ info, preview }: { info: ImportInfo; preview: ImportPreview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts = [
    t(`imports.format.${preview.format}`, { defaultValue: preview.format.toUpperCase() }),
    preview.encoding.toUpperCase(),
    preview.delimiter && t("imports.delimiter", { sign: preview.delimiter === "\t" ? t("imports.tab") : preview.delimiter }),
    format.size(info.bytes),
  ];
  return (
    <div className="import-facts" data-testid={ids.importFacts}>
      <Stack gap={4}>
        <Text fw={600}>{t(`imports.layout.${preview.layout ?? (preview.headings.length > 0 ? "none" : "json")}`)}</Text>
        <Text size="sm" c="dimmed">
          {facts.filter(Boolean).join(" · ")}
        </Text>
        {preview.headings.length > 0 && preview.layout === null && <Text size="sm">{t("imports.layoutText")}</Text>}
      </Stack>
      <WhichShop info={info} isJson={preview.format === "json"} />
    </div>
  );
}

interface FootProps {
  info: ImportInfo;
  preview: ImportPreview;
  columns: ImportColumns | null;
  /** What is on screen is what was chosen. */
  isCurrent: boolean;
  close: () => void;
}

/** What is missing, or what follows; and the act. */
function Foot({ info, preview, columns, isCurrent, close }: FootProps) {
  const { t } = useTranslation();
  const known = useKnown();
  const nameOf = useFieldName();
  const start = useAct("imports.start");
  const isMissing = preview.missing.length > 0;
  const missing = isMissing
    ? t("imports.missing", { count: preview.missing.length, fields: preview.missing.map(nameOf).join(", ") })
    : preview.reason || (preview.orders.length === 0 && preview.isWhole)
      ? t("imports.nothing")
      : null;
  const request = { id: info.id, columns: preview.headings.length > 0 ? columns : null };
  return (
    <div className="import-foot">
      {start.error && <ErrorNote error={start.error} refusals="imports.refused" />}
      <Group justify="flex-end" gap="xs" wrap="nowrap">
        <Text size="sm" fw={missing ? 500 : undefined} c={missing ? undefined : "dimmed"} mr="auto" data-testid={ids.importSummary} data-missing={missing !== null} aria-live="polite">
          {missing ?? t("imports.follows")}
        </Text>
        <Discard info={info} close={close} label={t("imports.discard")} />
        <Button
          style={{ flex: "none" }}
          disabled={missing !== null || !isCurrent}
          title={missing ?? (isCurrent ? undefined : t("imports.looking"))}
          loading={start.isPending}
          onClick={() => start.mutate(request, { onSuccess: known })}
          data-testid={ids.importStart}
        >
          {preview.isWhole && preview.rejected.length === 0 ? t("imports.startAll", { count: preview.looked }) : t("imports.start")}
        </Button>
      </Group>
    </div>
  );
}
