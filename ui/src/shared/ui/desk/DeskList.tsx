import { Button, Group, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError, BulkSelection, ColumnState, FieldInfo, ListName, QueryProblem, SortBy, TableQuery, TableSummary } from "../../../api/generated/api";
import { useHost } from "../../../api/host";
import { useAsk } from "../../../api/queries";
import { usePlace } from "../../lib/navigation";
import { askedOf, fieldOf, withField } from "../../lib/search";
import { nothing, type Selection } from "../../lib/selection";
import { sortOf } from "../../lib/sorting";
import { ids } from "../../lib/testids";
import { begin } from "../../lib/timings";
import { Empty } from "../Empty";
import { ErrorNote } from "../ErrorNote";
import { ColumnChoice } from "./ColumnChoice";
import { type DeskColumn, firstLayout } from "./columns";
import { DeskTable } from "./DeskTable";
import { ExportMenu } from "./ExportMenu";
import { QuickFilter } from "./QuickFilter";
import { SavedViews } from "./SavedViews";
import { SearchBox } from "./SearchBox";
import type { BulkKind } from "./SelectionBar";
import { type DeskRow, useSameQuery } from "./useBlocks";
import { useAsked } from "./useAsked";
import { useLayout } from "./useLayout";

interface Props<R extends DeskRow> {
  list: ListName;
  /** Where the list's words stand: `invoices.count`, `nav.invoices`. */
  words: "invoices" | "orders";
  columns: DeskColumn<R>[];
  /** Fields that are filtered by beside the search. */
  quick: string[];
  /** The field that the address's old `filter` is about. */
  filterField: string;
  nameOf: (row: R) => string;
  opened: string | undefined;
  onOpen: (row: R) => void;
  onBulk?: (kind: BulkKind, selection: BulkSelection) => void;
  /** An act is being planned. */
  busy?: boolean;
  /** So many acts on what was chosen have been confirmed. */
  acted?: number;
  /** What the screen has to say, above the rows. */
  notice?: ReactNode;
  /** Acts of the screen, at the end of its bar. */
  children?: ReactNode;
  /** The next step where the list has no rows at all. */
  firstStep?: ReactNode;
}

/** The query whose rows are on screen, and what is chosen of them. */
interface Told {
  query: TableQuery;
  chosen: Selection<DeskRow>;
}

const NO_FIELDS: FieldInfo[] = [];
const NO_PROBLEMS: QueryProblem[] = [];
/** How often a count that is under way is asked for again. */
const COUNTING_MS = 250;

/** A screen that is one list: its search, filters, views, columns and export over the table. */
export function DeskList<R extends DeskRow>(props: Props<R>) {
  const { list, words, columns } = props;
  const { t } = useTranslation();
  const place = usePlace();
  const first = useMemo(() => firstLayout(columns), [columns]);
  const layout = useLayout(list, first);
  const vocabulary = useAsk("table.vocabulary", { list });
  const fields = vocabulary.data?.fields ?? NO_FIELDS;
  const { change } = layout;
  const address = {
    text: place.q ?? (place.filter ? `${props.filterField}:${place.filter}` : ""),
    sort: sortOf(place.sort) ?? layout.sort,
  };
  const keepSort = useCallback((sort: SortBy | null) => change({ sort }), [change]);
  const { asked, shown, latest, ask } = useAsked(list, place, address, keepSort);
  const { text } = shown;
  const query = useSameQuery({ list, ...shown });
  const summary = useSummary(query);
  const [told, tell] = useState<Told>({ query, chosen: nothing });
  const onShown = useCallback((of: TableQuery, chosen: Selection<DeskRow>) => tell({ query: of, chosen }), []);
  const search = useCallback((q: string) => ask({ text: q }), [ask]);
  const typed = useCallback(
    (q: string) => {
      if (q !== latest.current.asked.text) begin("search");
      search(q);
    },
    [latest, search],
  );
  const filter = useCallback(
    (field: FieldInfo, value: string | null) => {
      const before = latest.current.asked.text;
      const wanted = withField(before, field, value, fields);
      if (wanted !== before) begin("filter");
      search(wanted);
    },
    [fields, latest, search],
  );
  const sort = useCallback(
    (by: SortBy | null) => {
      begin("sort");
      ask({ sort: by });
    },
    [ask],
  );
  const view = useCallback(
    (wanted: string, by: SortBy | null, chosen: ColumnState[] | null) => {
      if (wanted !== latest.current.asked.text) begin("filter");
      ask({ text: wanted, sort: by });
      if (chosen?.length) change({ columns: chosen });
    },
    [ask, latest, change],
  );
  const offered = useMemo(() => {
    const known = vocabulary.data?.columns;
    return known ? columns.filter((column) => known.some((one) => one.id === column.id)) : columns;
  }, [columns, vocabulary.data]);
  const headingOf = useCallback((id: string) => columns.find((column) => column.id === id)?.heading ?? id, [columns]);
  const choice = useMemo(() => layout.columns.filter((one) => offered.some(({ id }) => id === one.id)), [layout.columns, offered]);
  const choose = useCallback((changed: ColumnState[]) => change({ columns: changed }), [change]);
  const exported = useMemo(
    () => choice.filter((one) => !one.hidden).map(({ id }) => ({ id, heading: headingOf(id) })),
    [choice, headingOf],
  );
  const { firstStep } = props;
  const empty = useMemo(
    () => <Nothing words={words} text={text} onClear={() => search("")} firstStep={firstStep} />,
    [words, text, search, firstStep],
  );
  const counted = told.query === query && summary.data?.complete ? summary.data.count : null;
  return (
    <div className="screen full">
      <Title order={1} mb={12}>
        {t(`nav.${words}`)}
      </Title>
      <div className="desk-bar">
        <SearchBox
          text={asked.text}
          onSearch={typed}
          placeholder={t(`${words}.search`)}
          fields={fields}
          problems={summary.isPlaceholderData || asked.text !== text ? NO_PROBLEMS : (summary.data?.problems ?? NO_PROBLEMS)}
        />
        {props.quick.map((name, at) => {
          const field = fieldOf(name, fields);
          if (!field) return null;
          return (
            <QuickFilter
              key={name}
              field={field}
              value={askedOf(asked.text, field, fields)}
              onFilter={filter}
              testId={at === 0 ? ids.filter : undefined}
            />
          );
        })}
        <SavedViews list={list} text={asked.text} sort={asked.sort} columns={layout.columns} onView={view} />
        <ColumnChoice columns={choice} headingOf={headingOf} onChange={choose} first={first} />
        <ExportMenu query={told.query} count={counted} chosen={told.chosen} columns={exported} />
        {props.children}
      </div>
      {summary.error && <ErrorNote error={summary.error} again={() => void summary.refetch()} />}
      {props.notice}
      {layout.ready && (
        <DeskTable<R>
          label={t(`nav.${words}`)}
          words={words}
          query={query}
          columns={offered}
          layout={layout}
          vocabulary={vocabulary.data}
          summary={summary.isPlaceholderData ? undefined : summary.data}
          onSort={sort}
          onFilter={filter}
          nameOf={props.nameOf}
          opened={props.opened}
          onOpen={props.onOpen}
          onBulk={props.onBulk}
          busy={props.busy ?? false}
          acted={props.acted ?? 0}
          onShown={onShown}
          empty={empty}
        />
      )}
    </div>
  );
}

/** Count and totals of a query, asked for again while they are being counted. */
function useSummary(query: TableQuery) {
  const host = useHost();
  return useQuery<TableSummary, ApiError>({
    queryKey: ["table.summary", query],
    queryFn: () => host.call("table.summary", query),
    refetchInterval: ({ state }) => (state.data && !state.data.complete ? COUNTING_MS : false),
    placeholderData: (before) => before,
  });
}

interface NothingProps {
  words: "invoices" | "orders";
  text: string;
  onClear: () => void;
  firstStep: ReactNode;
}

/** What would stand here, and the next step. */
function Nothing({ words, text, onClear, firstStep }: NothingProps) {
  const { t } = useTranslation();
  if (text === "") {
    return (
      <Empty title={t(`${words}.empty`)} text={t(`${words}.emptyText`)}>
        {firstStep}
      </Empty>
    );
  }
  return (
    <Empty title={t(`${words}.nothing`)} text={t(`${words}.nothingText`)}>
      <Group gap="xs" mt={6}>
        <Button variant="default" onClick={onClear}>
          {t("desk.clearSearch")}
        </Button>
      </Group>
    </Empty>
  );
}
