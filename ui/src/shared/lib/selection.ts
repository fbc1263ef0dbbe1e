import type { BulkSelection, TableQuery } from "../../api/generated/api";

/** Rows that were chosen one by one, or all of the filter except some. The rows are kept: their page may be gone. */
export interface Selection<R extends { id: string }> {
  all: boolean;
  /** Chosen; with `all`, left out. */
  rows: ReadonlyMap<string, R>;
}

/** A range takes the place of the one before it: `base` is what was chosen when the range began. */
export type SelectionAct<R extends { id: string }> =
  | { act: "toggle"; row: R }
  | { act: "range"; base: Selection<R>; rows: R[] }
  | { act: "all" }
  | { act: "none" };

export const nothing: Selection<never> = { all: false, rows: new Map<string, never>() };

export function select<R extends { id: string }>(before: Selection<R>, act: SelectionAct<R>): Selection<R> {
  if (act.act === "none") return before.all || before.rows.size > 0 ? nothing : before;
  if (act.act === "all") return { all: true, rows: new Map() };
  const base = act.act === "range" ? act.base : before;
  const rows = new Map(base.rows);
  if (act.act === "toggle") {
    if (!rows.delete(act.row.id)) rows.set(act.row.id, act.row);
  } else {
    for (const row of act.rows) {
      if (base.all) rows.delete(row.id);
      else rows.set(row.id, row);
    }
  }
  return { all: base.all, rows };
}

export function isSelected<R extends { id: string }>(selection: Selection<R>, id: string): boolean {
  return selection.rows.has(id) !== selection.all;
}

/** How many, of `count` rows of the filter. */
export function selectedCount<R extends { id: string }>(selection: Selection<R>, count: number): number {
  return selection.all ? Math.max(0, count - selection.rows.size) : selection.rows.size;
}

export function bulkSelection<R extends { id: string }>(selection: Selection<R>, query: TableQuery): BulkSelection {
  const ids = [...selection.rows.keys()];
  return selection.all ? { ids: [], query, except: ids } : { ids, except: [] };
}
