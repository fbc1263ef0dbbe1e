import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ApiError, ImportInfo } from "../../api/generated/api";
import { toApiError, useHost } from "../../api/host";
import { useImportRejected } from "../../api/queries";
import { csvOf } from "../../shared/lib/csv";
import { fileOf } from "../../shared/lib/files";
import { ids } from "../../shared/lib/testids";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { useSave } from "../../shared/ui/useSave";
import { rejectedHeadings, rejectedTexts, RejectedTable } from "./RejectedTable";
import { useFieldName } from "./fields";
import { useReason } from "./reason";

/** Every row that was not taken and why, by pages, and as a file. */
export function Report({ info }: { info: ImportInfo }) {
  const { t } = useTranslation();
  const pages = useImportRejected(info.id);
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
  const csv = useCsv(info);
  return (
    <Stack gap="xs" data-testid={ids.importReport}>
      <Group justify="space-between">
        <Title order={2} fz="sm">
          {t("imports.report", { count: info.rejected })}
        </Title>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} />}
          loading={csv.isPending}
          onClick={() => csv.mutate()}
          data-testid={ids.importCsv}
        >
          {t("imports.csv")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {t("imports.reportText")}
      </Text>
      {csv.error && <ErrorNote error={csv.error} />}
      {pages.error && <ErrorNote error={pages.error} again={() => void pages.refetch()} />}
      {rows.length > 0 && <RejectedTable rows={rows} maxHeight={320} />}
      {pages.hasNextPage && (
        <Group gap="sm">
          <Button variant="subtle" size="xs" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t("imports.more")}
          </Button>
          <Text size="sm" c="dimmed">
            {t("imports.shown", { shown: rows.length, count: info.rejected })}
          </Text>
        </Group>
      )}
    </Stack>
  );
}

/** Reads all pages, whatever of them is on screen, into a file. */
function useCsv(info: ImportInfo) {
  const { t } = useTranslation();
  const host = useHost();
  const save = useSave();
  const nameOf = useFieldName();
  const whyOf = useReason();
  return useMutation<void, ApiError>({
    mutationFn: async () => {
      const lines: string[][] = [rejectedHeadings(t)];
      try {
        let after = 0;
        for (let more = true; more; ) {
          const page = await host.call("imports.rejected", { id: info.id, after });
          lines.push(...page.rows.map((row) => rejectedTexts(row, nameOf, whyOf)));
          const last = page.rows.at(-1)?.row ?? after;
          // a page that leads no further ends it
          more = page.hasMore && last > after;
          after = last;
        }
      } catch (thrown) {
        throw toApiError(thrown);
      }
      const name = t("imports.csvName", { name: info.fileName.replace(/\.[^.]+$/, "") });
      save(fileOf(name, csvOf(lines), "text/csv"));
    },
  });
}
