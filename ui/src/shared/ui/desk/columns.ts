import type { ReactNode } from "react";
import type { Amount, ColumnState } from "../../../api/generated/api";

/** A column that a list can show. */
export interface DeskColumn<R> {
  /** As the command's vocabulary names it. */
  id: string;
  heading: string;
  /** Its CSS grid track as long as nobody gave it a width. */
  track: string;
  right?: boolean;
  /** Shown only where somebody chose it. */
  hidden?: boolean;
  cell: (row: R) => ReactNode;
  /** Its text is told on hover: the cell may be too narrow for it, or say less. */
  hint?: boolean;
  /** A code, in letters of one width. */
  mono?: boolean;
  /** As copied: the whole value, without what is only for the eye. */
  text: (row: R) => string;
}

export const MIN_WIDTH = 44;
export const MAX_WIDTH = 800;

export function firstLayout<R>(columns: DeskColumn<R>[]): ColumnState[] {
  return columns.map(({ id, hidden = false }) => ({ id, width: null, hidden }));
}

/** Rows as tab-separated lines, which a spreadsheet takes as cells. */
export function tsvOf<R>(rows: R[], columns: DeskColumn<R>[]): string {
  const clean = (text: string) => text.replace(/[\t\r\n]+/g, " ");
  return rows.map((row) => columns.map((column) => clean(column.text(row))).join("\t")).join("\n");
}

/** Sums by currency, in the order in which the currencies first appear. */
export function totalsOf(rows: Iterable<{ total: Amount }>): Amount[] {
  const sums = new Map<string, number>();
  for (const { total } of rows) sums.set(total.currency, (sums.get(total.currency) ?? 0) + total.minor);
  return [...sums].map(([currency, minor]) => ({ minor, currency }));
}
