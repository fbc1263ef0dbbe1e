import { type ColumnDef, flexRender, getCoreRowModel, useReactTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { ids } from "../lib/testids";

const ROW_HEIGHT = 32;

interface Props<R extends { id: string }> {
  rows: R[];
  columns: ColumnDef<R>[];
  /** CSS grid columns, one for each column. */
  template: string;
  label: string;
  chosen: string | undefined;
  /** Names a row for tests and screen readers: the order's number. */
  nameOf: (row: R) => string;
  onOpen: (row: R) => void;
  onEnd?: () => void;
}

/** Rows of 32 px of which only those in sight exist. Arrows and J/K move, Enter opens. Columns with `meta.right` end right. */
export function RecordTable<R extends { id: string }>(props: Props<R>) {
  const { rows, columns, template, chosen, onOpen, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const table = useReactTable({ data: rows, columns, getCoreRowModel: getCoreRowModel(), getRowId: (row) => row.id });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 1000, height: 640 },
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 20) onEnd?.();
  }, [last, rows.length, onEnd]);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step || rows.length === 0) return;
    event.preventDefault();
    const at = rows.findIndex((row) => row.id === chosen);
    const next = Math.min(rows.length - 1, Math.max(0, at + step));
    const row = rows[next];
    if (row) {
      virtual.scrollToIndex(next);
      onOpen(row);
    }
  };
  const styleOf = { gridTemplateColumns: template };
  const sideOf = (column: ColumnDef<R>) => ((column.meta as { right?: boolean } | undefined)?.right ? "right" : undefined);
  return (
    <div className="grid-table" ref={scroller} role="grid" aria-label={props.label} aria-rowcount={rows.length} tabIndex={0} onKeyDown={move}>
      {table.getHeaderGroups().map((group) => (
        <div className="grid-head" role="row" key={group.id} style={styleOf}>
          {group.headers.map((header) => (
            <span role="columnheader" key={header.id} className={sideOf(header.column.columnDef)}>
              {flexRender(header.column.columnDef.header, header.getContext())}
            </span>
          ))}
        </div>
      ))}
      <div style={{ position: "relative", height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const row = table.getRowModel().rows[item.index];
          if (!row) return null;
          return (
            <div
              className="grid-row"
              role="row"
              key={row.id}
              aria-selected={row.id === chosen}
              data-testid={ids.row(props.nameOf(row.original))}
              style={{ ...styleOf, transform: `translateY(${item.start}px)` }}
              onClick={() => onOpen(row.original)}
            >
              {row.getVisibleCells().map((cell) => (
                <span role="gridcell" key={cell.id} className={sideOf(cell.column.columnDef)}>
                  {flexRender(cell.column.columnDef.cell, cell.getContext())}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
