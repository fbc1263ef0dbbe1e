import { Alert, Button, SegmentedControl, SimpleGrid, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EInvoices } from "../../api/generated/api";
import { useEInvoices } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { Loading } from "../../shared/ui/Loading";
import { useFormat } from "../../shared/ui/useFormat";
import { BoardRow } from "./BoardRow";

const STATES = ["", "not_sent", "late", "in_time", "processing", "rejected", "not_configured"];
/** Choices that are no state of a document: of those not sent, which. */
const WORDS: Record<string, string> = { late: "board.choice.late", in_time: "board.choice.inTime" };

/** What is still to reach e-Factura, with its deadline; the late first. */
export function EInvoiceScreen() {
  const { t } = useTranslation();
  const format = useFormat();
  const [state, setState] = useState("");
  const board = useEInvoices(state);
  const first = board.data?.pages[0];
  const rows = board.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <div className="screen">
      <Title order={1} mb={12}>
        {t("nav.einvoice")}
      </Title>
      {board.isPending && <Loading />}
      {board.error && <ErrorNote error={board.error} again={() => void board.refetch()} />}
      {first && (
        <Stack gap="md">
          <Sums board={first} choose={setState} />
          {first.silent.length > 0 && (
            <Alert color="gray" variant="light" py={8} icon={<IconInfoCircle size={18} />}>
              <Text size="sm">{t("board.silent", { names: first.silent.join(", ") })}</Text>
            </Alert>
          )}
          <SegmentedControl
            size="xs"
            w="fit-content"
            aria-label={t("board.which")}
            value={state}
            onChange={setState}
            data={STATES.map((value) => ({ value, label: t(value === "" ? "board.all" : (WORDS[value] ?? `einvoice.state.${value}`)) }))}
            data-testid={ids.filter}
          />
          {rows.length === 0 && <Empty title={t("board.empty")} text={t("board.emptyText", { day: format.day(first.from) })} />}
          {rows.length > 0 && (
            <table className="plain">
              <thead>
                <tr>
                  <th>{t("board.invoice")}</th>
                  <th>{t("board.client")}</th>
                  <th className="num">{t("board.total")}</th>
                  <th>{t("board.issued")}</th>
                  <th>{t("board.deadline")}</th>
                  <th>{t("board.left")}</th>
                  <th>{t("board.state")}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {rows.map((entry) => (
                  <BoardRow key={entry.document.id} entry={entry} />
                ))}
              </tbody>
            </table>
          )}
          {board.hasNextPage && (
            <Button
              variant="default"
              w="fit-content"
              loading={board.isFetchingNextPage}
              onClick={() => void board.fetchNextPage()}
            >
              {t("board.more")}
            </Button>
          )}
        </Stack>
      )}
    </div>
  );
}

function Sums({ board, choose }: { board: EInvoices; choose: (state: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const sums = [
    { name: "late", count: board.late, state: "late" },
    { name: "inTime", count: board.inTime, state: "in_time" },
    { name: "processing", count: board.processing, state: "processing" },
    { name: "rejected", count: board.rejected, state: "rejected" },
    { name: "notConfigured", count: board.notConfigured, state: "not_configured" },
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 5 }} spacing="sm">
      {sums.map(({ name, count, state }) => (
        <UnstyledButton key={name} className="card pick" onClick={() => choose(state)} data-testid={ids.boardSum(name)}>
          <Text size="sm" c="dimmed">
            {t(`board.${name}`)}
          </Text>
          <Text fz={22} fw={600} lh={1.3}>
            {format.count(count)}
          </Text>
        </UnstyledButton>
      ))}
    </SimpleGrid>
  );
}
