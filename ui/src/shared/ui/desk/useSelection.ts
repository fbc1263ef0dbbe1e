import { useCallback, useEffect, useReducer, useRef } from "react";
import { nothing, type Selection, type SelectionAct, select } from "../../lib/selection";
import type { DeskRow } from "./useBlocks";

/** A range of more rows than this is chosen by choosing all of a filter. */
export const MAX_RANGE = 10_000;

export interface Chosen<R extends DeskRow> {
  now: Selection<R>;
  /** Where a range begins: the row chosen last. */
  anchor: number | null;
  toggle: (row: R | undefined, ordinal: number) => void;
  /** Chooses from where the last choice was, or `from`, to `to`. */
  extend: (from: number, to: number) => Promise<void>;
  all: () => void;
  none: () => void;
}

/** What is chosen of a list, across its pages; a new search text chooses nothing, for what it hides must not be acted on. */
export function useSelection<R extends DeskRow>(text: string, take: (first: number, last: number) => Promise<R[]>): Chosen<R> {
  const [now, act] = useReducer<Selection<R>, [SelectionAct<R>]>(select, nothing as Selection<R>);
  const anchor = useRef<number | null>(null);
  const base = useRef<Selection<R> | null>(null);
  const latest = useRef(0);
  const none = useCallback(() => {
    anchor.current = null;
    base.current = null;
    latest.current += 1;
    act({ act: "none" });
  }, []);
  useEffect(() => none(), [text, none]);
  const all = useCallback(() => {
    base.current = null;
    act({ act: "all" });
  }, []);
  const toggle = (row: R | undefined, ordinal: number) => {
    if (!row) return;
    anchor.current = ordinal;
    base.current = null;
    act({ act: "toggle", row });
  };
  const extend = async (from: number, to: number) => {
    anchor.current ??= from;
    const [low, high] = [Math.min(anchor.current, to), Math.max(anchor.current, to)];
    base.current ??= now;
    latest.current += 1;
    const asked = latest.current;
    const rows = await take(low, Math.min(high, low + MAX_RANGE - 1));
    // a range that has grown or shrunk meanwhile is another's to tell
    if (asked === latest.current && base.current) act({ act: "range", base: base.current, rows });
  };
  return { now, anchor: anchor.current, toggle, extend, all, none };
}
