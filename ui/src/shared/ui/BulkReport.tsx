import { Anchor, Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BulkItem, BulkJob } from "../../api/generated/api";
import { useAct, useBulkItems } from "../../api/queries";
import { useGo } from "../lib/navigation";
import { ids } from "../lib/testids";
import { BulkState } from "./BulkState";
import { whyText } from "./bulkWords";
import { ErrorNote } from "./ErrorNote";
import { FailureText } from "./FailureText";
import { useFormat } from "./useFormat";
import { useSave } from "./useSave";

const STATES = ["planned", "doing", "done", "failed", "in_doubt", "skipped", "cancelled", "left"];
const COLUMNS = ["order", "client", "total", "currency", "result", "why", "document", "detail"];

/** What came of each record of a job, by pages, and as a file. */
export function BulkReport({ job }: { job: BulkJob }) {
  const { t } = useTranslation();
  const [state, setState] = useState(job.failed > 0 ? "failed" : "");
  const items = useBulkItems(job.id, state);
  const rows = items.data?.pages.flatMap((page) => page.rows) ?? [];
  const csv = useAct("bulk.csv");
  const save = useSave();
  const download = () => csv.mutate({ id: job.id, words: wordsOf(t, job, rows) }, { onSuccess: save });
  return (
    <Stack gap="xs" data-testid={ids.bulkReport}>
      <Group justify="space-between">
        <Select
          size="xs"
          aria-label={t("bulk.show")}
          allowDeselect={false}
          value={state}
          onChange={(value) => setState(value ?? "")}
          data={[{ value: "", label: t("common.all") }, ...STATES.map((value) => ({ value, label: t(`bulk.state.${value}`) }))]}
        />
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} />}
          loading={csv.isPending}
          onClick={download}
          data-testid={ids.bulkCsv}
        >
          {t("bulk.csv")}
        </Button>
      </Group>
      {csv.error && <ErrorNote error={csv.error} />}
      {items.error && <ErrorNote error={items.error} again={() => void items.refetch()} />}
      {items.data && rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("bulk.noRows")}
        </Text>
      )}
      {rows.length > 0 && (
        <div style={{ maxHeight: 320, overflow: "auto" }}>
          <table className="plain">
            <thead>
              <tr>
                {["order", "client", "total", "result", "document"].map((name) => (
                  <th key={name} scope="col">
                    {t(`bulk.column.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.documentId} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {items.hasNextPage && (
        <Button variant="subtle" size="xs" loading={items.isFetchingNextPage} onClick={() => void items.fetchNextPage()}>
          {t("bulk.more")}
        </Button>
      )}
    </Stack>
  );
}

function Row({ row }: { row: BulkItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const told = ["failed", "skipped", "in_doubt"].includes(row.state);
  return (
    <tr>
      <td>
        <Anchor component="button" size="sm" fw={600} onClick={() => go.stay({ document: row.documentId, edit: undefined })}>
          {`#${row.orderNumber}`}
        </Anchor>
      </td>
      <td>{row.client}</td>
      <td className="num">{format.amount(row.total)}</td>
      <td>
        <BulkState state={row.state} />
        {told && row.why !== "" && <Text size="sm">{whyText(t, row.why)}</Text>}
        {told && row.failure && <FailureText failure={row.failure} brief />}
      </td>
      <td className="mono">{row.documentNumber}</td>
    </tr>
  );
}

/** The words of the file: columns, states, and every reason that the job knows. */
function wordsOf(t: TFunction, job: BulkJob, rows: BulkItem[]): Record<string, string> {
  const words: Record<string, string> = {};
  for (const column of COLUMNS) words[`column.${column}`] = t(`bulk.column.${column}`);
  for (const state of STATES) words[`state.${state}`] = t(`bulk.state.${state}`);
  for (const code of [...job.skips.map((skip) => skip.code), ...REASONS, ...rows.map((row) => row.why)]) {
    if (code !== "") words[`why.${code}`] = whyText(t, code);
  }
  // why it was safe stands where others say why they failed
  for (const { code } of job.safe) words[`why.${code}`] = t(`safe.${code}`);
  return words;
}

/** What an item may fail for beside an act's own refusals. */
const REASONS = ["held_again", "still_failing", "changed_meanwhile", "not_safe", "not_held", "in_doubt", "outside", "invalid", "refused", "closed", "no_address", "flow_gone", "flow_off"];
