import { useSyncExternalStore } from "react";

/** The list behind a drawer: where the open record stands in it, and the way to the next. */
export interface OpenList {
  /** From 0; null while the record is not among the rows that are known. */
  at: number | null;
  count: number;
  /** Opens the record so many rows further. */
  step: (by: number) => void;
}

let present: OpenList | null = null;
const listeners = new Set<() => void>();

/** A list comes on screen, or its record changed; null: it went. */
export function tellOpenList(list: OpenList | null): void {
  present = list;
  for (const one of listeners) one();
}

/** The list on screen, whose records the drawer goes through. */
export function useOpenList(): OpenList | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => present,
  );
}
