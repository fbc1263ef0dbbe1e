import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { Header } from "@tanstack/react-table";
import {
  type KeyboardEvent,
  memo,
  type MouseEvent as ReactMouseEvent,
  type PointerEvent as ReactPointerEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import type { FieldInfo, TableQuery, TableVocabulary } from "../../../api/generated/api";
import { askedOf } from "../../lib/search";
import { nextSort } from "../../lib/sorting";
import { ids } from "../../lib/testids";
import { type ColumnActs, ColumnMenu } from "./ColumnMenu";
import { type DeskColumn, MAX_WIDTH, MIN_WIDTH } from "./columns";
import { HEAD_HEIGHT } from "./useScaledRows";

interface Props<R> {
  headers: Header<never, unknown>[];
  columns: DeskColumn<R>[];
  vocabulary: TableVocabulary | undefined;
  query: TableQuery;
  acts: ColumnActs & { place: (id: string, where: string) => void; width: (id: string, width: number) => void };
  /** `none`, `some` or `all` of the rows. */
  selected: "none" | "some" | "all";
  onAll: () => void;
}

const KEY_STEP = 8;
/** The pointer has to go so far before a press is a drag. */
const FAR_PX = 6;

/** The columns' names: a press sorts, a drag moves, the border resizes; the menu does all of it. */
export const DeskHead = memo(HeadRow) as typeof HeadRow;

function HeadRow<R>({ headers, columns, vocabulary, query, acts, selected, onAll }: Props<R>) {
  const { text, sort } = query;
  const { t } = useTranslation();
  const head = useRef<HTMLDivElement>(null);
  const drag = useColumnDrag(acts.place);
  const all = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (all.current) all.current.indeterminate = selected === "some";
  }, [selected]);
  const fields = vocabulary?.fields ?? [];
  return (
    <div className="desk-head" role="row" aria-rowindex={1} ref={head} style={{ height: HEAD_HEIGHT }}>
      <span role="columnheader" aria-colindex={1}>
        <input
          type="checkbox"
          ref={all}
          checked={selected === "all"}
          onChange={onAll}
          aria-label={t("desk.selectAll")}
          title={t("desk.selectAll")}
          data-testid={ids.deskAll}
        />
      </span>
      {columns.map((column, at) => {
        const header = headers.find((one) => one.column.id === column.id);
        const info = vocabulary?.columns.find((one) => one.id === column.id);
        const sortable = info?.sortable ?? false;
        // a view may name a column that does not sort for whoever looks: the list is in its usual order then
        const sorted = sortable && sort?.column === column.id;
        const field = fields.find((one) => one.name === info?.field) ?? null;
        return (
          <HeadCell
            key={column.id}
            id={column.id}
            heading={column.heading}
            right={column.right ?? false}
            colIndex={at + 2}
            sorted={sorted ? (sort.descending ? "descending" : "ascending") : "none"}
            sortable={sortable}
            field={field}
            value={field ? askedOf(text, field, fields) : null}
            acts={acts}
            header={header}
            isResizing={header?.column.getIsResizing() ?? false}
            isHeld={drag.held === column.id}
            isOver={drag.over === column.id && drag.held !== column.id}
            begin={drag.begin}
            justDropped={drag.justDropped}
          />
        );
      })}
    </div>
  );
}

interface CellProps extends Pick<Drag, "begin" | "justDropped"> {
  id: string;
  heading: string;
  right: boolean;
  colIndex: number;
  sorted: "ascending" | "descending" | "none";
  sortable: boolean;
  field: FieldInfo | null;
  value: string | null;
  acts: ColumnActs & { width: (id: string, width: number) => void };
  header: Header<never, unknown> | undefined;
  isResizing: boolean;
  isHeld: boolean;
  isOver: boolean;
}

const HeadCell = memo(function HeadCell(props: CellProps) {
  const { id, heading, right, colIndex, sorted, sortable, field, value, acts, header, isResizing, isHeld, isOver } = props;
  const { t } = useTranslation();
  const cell = useRef<HTMLSpanElement>(null);
  const sort = sorted === "none" ? null : { column: id, descending: sorted === "descending" };
  const widthNow = () => Math.round(cell.current?.getBoundingClientRect().width ?? MIN_WIDTH);
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !event.altKey) return;
    event.preventDefault();
    acts.move(id, by);
  };
  const onResizeKey = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    acts.width(id, Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, widthNow() + by)));
  };
  const beginResize = (event: ReactMouseEvent) => {
    // a column that fills what is left has no width to begin from
    flushSync(() => acts.width(id, widthNow()));
    header?.getResizeHandler()(event);
  };
  return (
    <span
      role="columnheader"
      ref={cell}
      aria-colindex={colIndex}
      aria-sort={sortable ? sorted : undefined}
      className={right ? "desk-th right" : "desk-th"}
      data-column={id}
      data-over={isOver || undefined}
      data-held={isHeld || undefined}
    >
      <button
        type="button"
        className="desk-sort"
        disabled={!sortable}
        title={sortable ? heading : t("desk.notSortable", { column: heading })}
        onPointerDown={(event) => props.begin(id, event)}
        onClick={() => !props.justDropped() && acts.sort(nextSort(sort, id))}
        onKeyDown={onKey}
        data-testid={ids.deskSort(id)}
      >
        <span>{heading}</span>
        {sorted === "ascending" && <IconArrowUp size={13} aria-hidden />}
        {sorted === "descending" && <IconArrowDown size={13} aria-hidden />}
      </button>
      <ColumnMenu id={id} heading={heading} sort={sort} sortable={sortable} field={field} value={value} acts={acts} />
      <span
        role="separator"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={t("desk.resize", { column: heading })}
        aria-valuenow={cell.current ? widthNow() : MIN_WIDTH}
        aria-valuemin={MIN_WIDTH}
        aria-valuemax={MAX_WIDTH}
        className="desk-resize"
        data-active={isResizing || undefined}
        onMouseDown={beginResize}
        onKeyDown={onResizeKey}
        data-testid={ids.deskResize(id)}
      />
    </span>
  );
});

interface Drag {
  held: string | null;
  over: string | null;
  begin: (id: string, event: ReactPointerEvent) => void;
  /** The press that ends a drag is no click. */
  justDropped: () => boolean;
}

/** Moving a column by the pointer: a web view's own drag and drop belongs to the system's files. */
function useColumnDrag(place: (id: string, where: string) => void): Drag {
  const [held, setHeld] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const dropped = useRef(false);
  const begin = useCallback(
    (id: string, down: ReactPointerEvent) => {
      if (down.button !== 0) return;
      dropped.current = false;
      const stop = new AbortController();
      let where: string | null = null;
      let isFar = false;
      const move = (event: PointerEvent) => {
        if (!isFar && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < FAR_PX) return;
        isFar = true;
        setHeld(id);
        where = columnAt(event);
        setOver(where);
      };
      const end = (event: Event) => {
        stop.abort();
        setHeld(null);
        setOver(null);
        dropped.current = isFar;
        if (event.type === "pointerup" && isFar && where && where !== id) place(id, where);
      };
      window.addEventListener("pointermove", move, { signal: stop.signal });
      for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end, { signal: stop.signal });
    },
    [place],
  );
  const justDropped = useCallback(() => dropped.current, []);
  return { held, over, begin, justDropped };
}

function columnAt(event: PointerEvent): string | null {
  const target = document.elementFromPoint?.(event.clientX, event.clientY) ?? null;
  return target?.closest<HTMLElement>("[data-column]")?.dataset.column ?? null;
}
