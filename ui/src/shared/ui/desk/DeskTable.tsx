import { getCoreRowModel, useReactTable } from "@tanstack/react-table";
import { type CSSProperties, memo, type MouseEvent, type ReactNode, type RefObject, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BulkSelection, ColumnState, FieldInfo, SortBy, TableQuery, TableSummary, TableVocabulary } from "../../../api/generated/api";
import { tellOpenList } from "../../lib/openList";
import { isSelected, type Selection, selectedCount } from "../../lib/selection";
import { ids } from "../../lib/testids";
import { shown } from "../../lib/timings";
import { ErrorNote } from "../ErrorNote";
import { useUndo } from "../useUndo";
import { type DeskColumn, MAX_WIDTH, MIN_WIDTH } from "./columns";
import { DeskFooter } from "./DeskFooter";
import { DeskGrid } from "./DeskGrid";
import { DeskHead } from "./DeskHead";
import { type BulkKind, SelectionBar } from "./SelectionBar";
import { type DeskRow, useBlocks, useReadAhead } from "./useBlocks";
import { useCopyRows } from "./useCopyRows";
import { gridKeys } from "./gridKeys";
import { type Layout, withColumn, withMoved, withPlaced } from "./useLayout";
import { useScaledRows } from "./useScaledRows";
import { useSelection } from "./useSelection";
import "./desk-table.css";

export interface DeskTableProps<R extends DeskRow> {
  label: string;
  /** The list's words that count: `invoices.count`. */
  words: "invoices" | "orders";
  query: TableQuery;
  columns: DeskColumn<R>[];
  layout: Layout;
  vocabulary: TableVocabulary | undefined;
  /** Of the query; undefined until it is known. */
  summary: TableSummary | undefined;
  onSort: (sort: SortBy | null) => void;
  onFilter: (field: FieldInfo, value: string | null) => void;
  /** Names a row for tests: the order's number. */
  nameOf: (row: R) => string;
  /** The record in the drawer. */
  opened: string | undefined;
  onOpen: (row: R) => void;
  onBulk?: (kind: BulkKind, selection: BulkSelection) => void;
  /** An act is being planned. */
  busy: boolean;
  /** So many acts on what was chosen have been confirmed. */
  acted: number;
  /** The query whose rows are shown, and what is chosen of it, told to whoever exports them. */
  onShown: (query: TableQuery, chosen: Selection<R>) => void;
  /** What stands there while no row matches. */
  empty: ReactNode;
}

const NO_ROWS: never[] = [];
/** Rows that stand in while nothing is known yet. */
const SKELETONS = 24;
/** So many of the records that the list itself opened are remembered. */
const OWN_KEPT = 500;
const CHECK_TRACK = "24px";
const GAP_PX = 12;

/**
 * A list of any length: rows by their ordinal, of which only those in sight exist; sorted, filtered, resized, moved and chosen
 * by mouse and keyboard alike.
 */
export const DeskTable = memo(Table) as typeof Table;

function Table<R extends DeskRow>(props: DeskTableProps<R>) {
  const { query, layout, summary, onOpen, opened } = props;
  const gridId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState<Seen>({ query, known: 0, count: 0, isLoading: true });
  const count = countOf(seen, query, summary);
  const isWaiting = count === 0 && seen.isLoading;
  const isSettled = useRef(false);
  const readAhead = useReadAhead();
  const scaled = useScaledRows(isWaiting ? SKELETONS : count, scroller, {
    ahead: (from, to) => readAhead(query, from, Math.min(to, count - 1)),
    moved: () => isSettled.current && shown("scroll"),
  });
  const first = scaled.bands[0]?.first ?? 0;
  const lastBand = scaled.bands.at(-1);
  const last = lastBand ? lastBand.first + lastBand.rows - 1 : 0;
  const rows = useBlocks<R>(query, first, last, count);
  const isLoading = count === 0 && !rows.settled && rows.error === null;
  useLayoutEffect(() => {
    // before the frame is painted: rows of a new query never stand under the count of the one before
    setSeen({ query: rows.query, known: rows.known, count, isLoading });
  }, [rows.query, rows.known, count, isLoading]);

  const [focus, setFocus] = useState(0);
  const selection = useSelection<R>(rows.query, props.acted, rows.take);
  const { settle } = selection;
  const focusOn = useCallback(
    (ordinal: number) => {
      settle();
      setFocus(ordinal);
    },
    [settle],
  );
  const { toTop } = scaled;
  const order = rows.query;
  useLayoutEffect(() => {
    // before anything asks for the rows that the old place would show
    setFocus(0);
    toTop();
  }, [order, toTop]);
  useEffect(() => {
    isSettled.current = rows.settled;
    if (rows.settled) shown("scroll");
  });
  useEffect(() => {
    if (rows.settled) shown("filter", "search", "sort");
  }, [rows.settled, order]);

  const own = useRef(new Set<string>());
  const show = (row: R) => {
    if (own.current.size >= OWN_KEPT) own.current.clear();
    own.current.add(row.id);
    onOpen(row);
  };
  const open = (ordinal: number) => {
    const row = rows.rowAt(ordinal);
    if (row) show(row);
    else void rows.take(ordinal, ordinal).then(([late]) => late && show(late));
  };
  const goTo = (ordinal: number, centred = false) => {
    const within = Math.max(0, Math.min(count - 1, ordinal));
    setFocus(within);
    scaled.toRow(within, centred);
    return within;
  };
  const move = (ordinal: number, centred = false) => {
    settle();
    return goTo(ordinal, centred);
  };
  const going = useRef(move);
  going.current = move;
  const centre = useCallback((ordinal: number) => void going.current(ordinal, true), []);
  const step = (by: number) => {
    const to = move(focus + by);
    if (opened !== undefined) open(to);
    return to;
  };
  useOpenRecord({ rows: rows.rowAt, own: own.current, first, last, focus, focusOn, opened, count, step: (by) => void step(by) });

  const columns = useMemo(() => shownColumns(props.columns, layout.columns), [props.columns, layout.columns]);
  const copy = useCopyRows(columns, rows, count);
  const onKeyDown = gridKeys({
    focus,
    count,
    page: scaled.page,
    move: (by) => step(by),
    open: () => open(focus),
    toggle: () => selection.toggle(rows.rowAt(focus), focus),
    extend: (to) => void selection.extend(focus, goTo(to)),
    all: selection.all,
    none: selection.none,
    hasSelection: selection.now.all || selection.now.rows.size > 0,
    isOpen: opened !== undefined,
    copy: () => void copy(selection.now, rows.rowAt(focus)),
  });
  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const at = target.closest<HTMLElement>("[data-ordinal]")?.dataset.ordinal;
    if (at === undefined) return;
    const ordinal = Number(at);
    setFocus(ordinal);
    if (event.shiftKey) void selection.extend(selection.anchor ?? focus, ordinal);
    else if (event.ctrlKey || event.metaKey || target.closest(".desk-check")) selection.toggle(rows.rowAt(ordinal), ordinal);
    else {
      settle();
      open(ordinal);
    }
  };

  const onMouseDown = (event: MouseEvent) => {
    // a range of rows, not of letters
    if (!event.shiftKey || !(event.target as HTMLElement).closest("[data-ordinal]")) return;
    event.preventDefault();
    scroller.current?.focus();
  };
  const acts = useColumnActs(props, scroller);
  const table = useSizing(props.columns, layout);
  const chosenCount = selectedCount(selection.now, count);
  const { onShown } = props;
  const chosen = selection.now;
  useEffect(() => onShown(order, chosen), [order, chosen, onShown]);
  const isEmpty = count === 0 && summary?.complete === true && rows.settled;
  const style = useMemo(() => tracksOf(columns, layout.columns), [columns, layout.columns]);
  return (
    <>
      {rows.error && <ErrorNote error={rows.error} again={rows.again} />}
      <div className="desk-frame">
        <div
          className="desk"
          ref={scroller}
          role="grid"
          aria-label={props.label}
          aria-multiselectable
          aria-rowcount={isWaiting ? -1 : count + 1}
          aria-colcount={columns.length + 1}
          aria-activedescendant={count > 0 && focus >= first && focus <= last ? `${gridId}-${focus}` : undefined}
          aria-busy={!rows.settled}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onMouseDown={onMouseDown}
          onClick={onClick}
          style={style}
          data-testid={ids.desk}
          data-settled={rows.settled}
        >
          <DeskHead
            headers={table.getFlatHeaders()}
            columns={columns}
            vocabulary={props.vocabulary}
            query={query}
            acts={acts}
            selected={chosenCount === 0 ? "none" : chosenCount === count ? "all" : "some"}
            onAll={chosenCount === count ? selection.none : selection.all}
          />
          <DeskGrid
            bands={scaled.bands}
            height={scaled.height}
            columns={columns}
            rowAt={rows.rowAt}
            nameOf={props.nameOf}
            idOf={(ordinal) => `${gridId}-${ordinal}`}
            isChosen={(id) => isSelected(chosen, id)}
            focus={focus}
            opened={opened}
          />
        </div>
        <i className="desk-ring" aria-hidden />
        {isEmpty && <div className="desk-empty">{props.empty}</div>}
      </div>
      <DeskFooter words={props.words} count={count} summary={summary} goTo={centre}>
        {chosenCount > 0 && (
          <SelectionBar
            selection={chosen}
            count={chosenCount}
            totals={order === query ? (summary?.totals ?? []) : []}
            query={order}
            onBulk={props.onBulk}
            busy={props.busy}
            onCopy={() => void copy(chosen, undefined)}
            onNone={selection.none}
          />
        )}
      </DeskFooter>
    </>
  );
}

/** What was last on screen. */
interface Seen {
  query: TableQuery;
  known: number;
  count: number;
  isLoading: boolean;
}

/** How many rows there are: of a query that has no rows on screen yet, as many as the one before had. */
function countOf(seen: Seen, query: TableQuery, summary: TableSummary | undefined): number {
  if (seen.query !== query) return seen.count;
  return summary?.complete ? summary.count : Math.max(seen.known, summary?.count ?? 0);
}

function shownColumns<R>(all: DeskColumn<R>[], layout: ColumnState[]): DeskColumn<R>[] {
  return layout.filter((one) => !one.hidden).flatMap((one) => all.filter((column) => column.id === one.id));
}

/** The columns' widths, and how wide all of them are at least. */
function tracksOf<R>(columns: DeskColumn<R>[], layout: ColumnState[]): CSSProperties {
  const widths = new Map(layout.map((one) => [one.id, one.width]));
  const tracks = [CHECK_TRACK, ...columns.map(({ id, track }) => (widths.get(id) ? `${widths.get(id)}px` : track))];
  const least = tracks.reduce((sum, track) => sum + GAP_PX + Number.parseInt(track.replace("minmax(", ""), 10), -GAP_PX);
  return { "--desk-tracks": tracks.join(" "), "--desk-gap": `${GAP_PX}px`, "--desk-least": `${least}px` } as CSSProperties;
}

/** What can be done with the columns; the same object as long as the table stands, for the header is dear. */
function useColumnActs<R extends DeskRow>(props: DeskTableProps<R>, scroller: RefObject<HTMLDivElement | null>) {
  const { t } = useTranslation();
  const undo = useUndo();
  const latest = useRef({ props, t, undo });
  latest.current = { props, t, undo };
  return useMemo(() => {
    const columns = () => latest.current.props.layout.columns;
    const change = (to: ColumnState[]) => latest.current.props.layout.change({ columns: to });
    return {
      sort: (sort: SortBy | null) => latest.current.props.onSort(sort),
      filter: (field: FieldInfo, value: string | null) => latest.current.props.onFilter(field, value),
      move: (id: string, by: number) => change(withMoved(columns(), id, by)),
      place: (id: string, where: string) => change(withPlaced(columns(), id, where)),
      width: (id: string, width: number) => change(withColumn(columns(), id, { width })),
      widen: (id: string, by: number) => {
        const cell = scroller.current?.querySelector(`[data-column="${id}"]`);
        const width = Math.round(cell?.getBoundingClientRect().width ?? MIN_WIDTH) + by;
        change(withColumn(columns(), id, { width: Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width)) }));
      },
      hide: (id: string) => {
        const before = columns();
        const heading = latest.current.props.columns.find((column) => column.id === id)?.heading ?? id;
        change(withColumn(before, id, { hidden: true }));
        latest.current.undo(latest.current.t("desk.hidden", { column: heading }), () => change(before));
      },
    };
  }, [scroller]);
}

/** The table library's part: widths as they are dragged. */
function useSizing<R>(all: DeskColumn<R>[], layout: Layout) {
  const defs = useMemo(() => all.map(({ id }) => ({ id, minSize: MIN_WIDTH, maxSize: MAX_WIDTH })), [all]);
  const columnSizing = Object.fromEntries(layout.columns.flatMap(({ id, width }) => (width ? [[id, width]] : [])));
  const latest = useRef({ layout, columnSizing });
  latest.current = { layout, columnSizing };
  return useReactTable({
    data: NO_ROWS,
    columns: defs,
    getCoreRowModel: getCoreRowModel(),
    columnResizeMode: "onChange",
    state: { columnSizing },
    onColumnSizingChange: (update) => {
      const { layout: now, columnSizing: before } = latest.current;
      const sizes = typeof update === "function" ? update(before) : update;
      const within = (width: number) => Math.round(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width)));
      const columns = now.columns.map((one) => ({ ...one, width: sizes[one.id] ? within(sizes[one.id] ?? 0) : one.width }));
      now.change({ columns });
    },
  });
}

interface OpenRecord<R> {
  rows: (ordinal: number) => R | undefined;
  /** Ids of the records that this list itself opened. */
  own: ReadonlySet<string>;
  first: number;
  last: number;
  focus: number;
  focusOn: (ordinal: number) => void;
  opened: string | undefined;
  count: number;
  step: (by: number) => void;
}

/** Tells the drawer where its record stands in this list. */
function useOpenRecord<R extends DeskRow>({ rows, own, first, last, focus, focusOn, opened, count, step }: OpenRecord<R>) {
  const isFocused = opened !== undefined && rows(focus)?.id === opened;
  let at: number | null = isFocused ? focus : null;
  for (let ordinal = first; at === null && opened !== undefined && ordinal <= last; ordinal += 1) {
    if (rows(ordinal)?.id === opened) at = ordinal;
  }
  useEffect(() => {
    // opened from elsewhere (an address, the palette): the list goes on from there; the address may lag behind its own
    if (at !== null && opened !== undefined && !own.has(opened)) focusOn(at);
  }, [at, opened, own, focusOn]);
  const latest = useRef(step);
  latest.current = step;
  useEffect(() => tellOpenList({ at, count, step: (by) => latest.current(by) }), [at, count]);
  useEffect(() => () => tellOpenList(null), []);
}
