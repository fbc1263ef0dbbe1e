import type { SortBy } from "../../api/generated/api";

/** `total`, or `-total` for the greatest first, as it stands in the address. */
export function sortOf(text: string | undefined): SortBy | null {
  if (!text) return null;
  return text.startsWith("-") ? { column: text.slice(1), descending: true } : { column: text, descending: false };
}

export function sortText(sort: SortBy | null): string | undefined {
  if (!sort) return undefined;
  return sort.descending ? `-${sort.column}` : sort.column;
}

/** Ascending, descending, then newest first again. */
export function nextSort(now: SortBy | null, column: string): SortBy | null {
  if (now?.column !== column) return { column, descending: false };
  return now.descending ? null : { column, descending: true };
}
