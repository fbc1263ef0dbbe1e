import { useDebouncedCallback } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import type { ColumnState, ListName, SortBy, TableLayout } from "../../../api/generated/api";
import { useAct, useAsk } from "../../../api/queries";

export interface Layout {
  /** Every column of the list in its order on screen. */
  columns: ColumnState[];
  sort: SortBy | null;
  /** False until the kept one was read. */
  ready: boolean;
  /** Shown at once, and kept after a moment. */
  change: (to: { columns?: ColumnState[]; sort?: SortBy | null }) => void;
}

const KEEP_MS = 500;

/** What a layout says of the list's columns: those it does not name come after, as they are at first. */
export function columnsOf(kept: ColumnState[], all: ColumnState[]): ColumnState[] {
  const known = kept.filter((one) => all.some((column) => column.id === one.id));
  return [...known, ...all.filter((column) => !kept.some((one) => one.id === column.id))];
}

/** A list's columns and sort as this operator left them. */
export function useLayout(list: ListName, all: ColumnState[]): Layout {
  const client = useQueryClient();
  const kept = useAsk("layout.get", { list });
  const { mutate } = useAct("layout.save");
  const keep = useDebouncedCallback((layout: TableLayout) => mutate(layout), { delay: KEEP_MS, flushOnUnmount: true });
  // a column that is being dragged wider must follow at once: the answer kept by the client is told a moment later
  const [own, setOwn] = useState<TableLayout | null>(null);
  const now = own ?? kept.data;
  const latest = useRef(now);
  latest.current = now;
  const columns = useMemo(() => columnsOf(now?.columns ?? [], all), [now?.columns, all]);
  const change = useCallback<Layout["change"]>(
    (to) => {
      const before = latest.current;
      const columns = to.columns ?? columnsOf(before?.columns ?? [], all);
      const layout = { list, columns, sort: to.sort === undefined ? (before?.sort ?? null) : to.sort };
      latest.current = layout;
      setOwn(layout);
      client.setQueryData(["layout.get", { list }], layout);
      keep(layout);
    },
    [client, list, all, keep],
  );
  const sort = now?.sort ?? null;
  const ready = !kept.isPending;
  return useMemo(() => ({ columns, sort, ready, change }), [columns, sort, ready, change]);
}

/** The columns with one moved so many places among those that are shown. */
export function withMoved(columns: ColumnState[], id: string, by: number): ColumnState[] {
  const shown = columns.filter((one) => !one.hidden);
  const at = shown.findIndex((one) => one.id === id);
  const beside = shown[at + by];
  if (at < 0 || !beside) return columns;
  return withPlaced(columns, id, beside.id);
}

/** The columns with one put where another stands. */
export function withPlaced(columns: ColumnState[], id: string, where: string): ColumnState[] {
  const from = columns.findIndex((one) => one.id === id);
  const to = columns.findIndex((one) => one.id === where);
  const moved = columns[from];
  if (!moved || to < 0 || from === to) return columns;
  const rest = columns.filter((one) => one.id !== id);
  return [...rest.slice(0, to), moved, ...rest.slice(to)];
}

export function withColumn(columns: ColumnState[], id: string, change: Partial<ColumnState>): ColumnState[] {
  return columns.map((one) => (one.id === id ? { ...one, ...change } : one));
}
