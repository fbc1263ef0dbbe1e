import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowsLeftRight, IconFileSpreadsheet, IconFileTypePdf } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError, BooksInfo, MonthReport } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";
import { fiscalDay } from "../../../shared/lib/format";
import { useGo } from "../../../shared/lib/navigation";
import { ids } from "../../../shared/lib/testids";
import { Empty } from "../../../shared/ui/Empty";
import { ErrorNote } from "../../../shared/ui/ErrorNote";
import { Loading } from "../../../shared/ui/Loading";
import { MayButton } from "../../../shared/ui/MayButton";
import { useNow } from "../../../shared/ui/Time";
import { useSave } from "../../../shared/ui/useSave";
import { lastDay } from "../Passes";
import { MonthState } from "./MonthState";
import { MonthTables } from "./MonthTables";
import { fileWords } from "./words";

const keyOf = (books: BooksInfo) => `${books.connectionId} ${books.company}`;

/** The month before the one of a day: what is closed next. */
export function monthBefore(day: string): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, "0")}`;
}

/** A company's month: what was issued, what keeps it open, and the closing of it. */
export function MonthClosing() {
  const { t } = useTranslation();
  const now = useNow();
  const go = useGo();
  const all = useAsk("month.books", {});
  const [chosen, setChosen] = useState("");
  const [month, setMonth] = useState(monthBefore(fiscalDay(now)));
  const books = all.data?.books.find((one) => keyOf(one) === chosen) ?? all.data?.books[0];
  const isMonth = lastDay(month) !== null;
  if (all.error) return <ErrorNote error={all.error} again={() => void all.refetch()} />;
  if (!all.data) return <Loading />;
  if (!books) {
    return (
      <Empty title={t("closing.noBooks")} text={t("closing.noBooksText")}>
        <Button variant="default" mt={6} onClick={() => go.screen("/connections")}>
          {t("failures.openConnections")}
        </Button>
      </Empty>
    );
  }
  return (
    <Stack gap="md">
      <Group gap="xs" align="end">
        <NativeSelect
          label={t("closing.books")}
          value={keyOf(books)}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={all.data.books.map((one) => ({ value: keyOf(one), label: `${one.company} · ${one.connectionName}` }))}
          data-testid={ids.monthField("books")}
        />
        <TextInput
          type="month"
          label={t("closing.month")}
          value={month}
          error={!isMonth && t("closing.noMonth")}
          onChange={(event) => setMonth(event.currentTarget.value)}
          data-testid={ids.monthField("month")}
        />
        {isMonth && <Files books={books} month={month} />}
      </Group>
      {isMonth && <Report key={`${keyOf(books)} ${month}`} books={books} month={month} />}
    </Stack>
  );
}

function Files({ books, month }: { books: BooksInfo; month: string }) {
  const { t, i18n } = useTranslation();
  const file = useAct("month.file");
  const save = useSave();
  const write = (format: "xlsx" | "pdf") =>
    file.mutate(
      { connectionId: books.connectionId, company: books.company, month, format, words: fileWords(t, i18n.language) },
      { onSuccess: save },
    );
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFileSpreadsheet size={15} />}
        loading={file.isPending}
        onClick={() => write("xlsx")}
        data-testid={ids.monthField("xlsx")}
      >
        {t("closing.saveXlsx")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconFileTypePdf size={15} />}
        loading={file.isPending}
        onClick={() => write("pdf")}
        data-testid={ids.monthField("pdf")}
      >
        {t("closing.savePdf")}
      </Button>
      {file.error && <ErrorNote error={file.error} />}
    </>
  );
}

function Report({ books, month }: { books: BooksInfo; month: string }) {
  const report = useAsk("month.report", { connectionId: books.connectionId, company: books.company, month });
  if (report.error) return <ErrorNote error={report.error} again={() => void report.refetch()} />;
  if (!report.data) return <Loading />;
  return (
    <>
      <MonthState report={report.data} />
      <Compare report={report.data} />
      <MonthTables report={report.data} />
    </>
  );
}

/** Compares every series of the month with the provider. */
function Compare({ report }: { report: MonthReport }) {
  const { t } = useTranslation();
  const run = useAct("reconcile.run");
  const [refused, setRefused] = useState<{ series: string; error: ApiError }[] | null>(null);
  if (report.series.length === 0) return null;
  const start = async () => {
    const { connectionId, company } = report.books;
    const found: { series: string; error: ApiError }[] = [];
    setRefused(null);
    for (const { series } of report.series) {
      const request = { connectionId, company, series, from: report.from, to: report.to };
      await run.mutateAsync(request).catch((error: ApiError) => found.push({ series, error }));
    }
    setRefused(found);
  };
  return (
    <Group gap="sm" align="flex-start">
      <MayButton
        command="reconcile.run"
        variant="default"
        leftSection={<IconArrowsLeftRight size={15} />}
        loading={run.isPending}
        onClick={() => void start()}
        data-testid={ids.monthField("compare")}
      >
        {t("closing.compare", { provider: t(`system.${report.books.provider}`) })}
      </MayButton>
      {refused && refused.length < report.series.length && (
        <Text size="sm" c="dimmed" role="status">
          {t(refused.length === 0 ? "closing.comparing" : "closing.comparingOthers")}
        </Text>
      )}
      {refused?.map(({ series, error }) => (
        <Stack key={series} gap={4} data-testid={ids.monthRefused(series)}>
          <Text size="sm" fw={600}>
            {t("closing.notBegun", { series })}
          </Text>
          <ErrorNote error={error} />
        </Stack>
      ))}
    </Group>
  );
}
