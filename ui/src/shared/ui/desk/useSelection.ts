import { notifications } from "@mantine/notifications";
import { useCallback, useEffect, useReducer, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { TableQuery } from "../../../api/generated/api";
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
  /** The next range begins anew. */
  settle: () => void;
}

/**
 * What is chosen of a list, across its pages. A new search text chooses nothing, for what it hides must not be acted on; neither
 * does what was acted on stay chosen, which `acted` counts. Another order leaves the choice, but not where a range began.
 */
export function useSelection<R extends DeskRow>(
  query: TableQuery,
  acted: number,
  take: (first: number, last: number) => Promise<R[]>,
): Chosen<R> {
  const { t } = useTranslation();
  const [now, act] = useReducer<Selection<R>, [SelectionAct<R>]>(select, nothing as Selection<R>);
  const anchor = useRef<number | null>(null);
  const base = useRef<Selection<R> | null>(null);
  const latest = useRef(0);
  const settle = useCallback(() => {
    anchor.current = null;
    base.current = null;
  }, []);
  const none = useCallback(() => {
    settle();
    latest.current += 1;
    act({ act: "none" });
  }, [settle]);
  useEffect(() => none(), [query.text, acted, none]);
  useEffect(() => settle(), [query, settle]);
  const all = useCallback(() => {
    settle();
    latest.current += 1;
    act({ act: "all" });
  }, [settle]);
  const toggle = (row: R | undefined, ordinal: number) => {
    if (!row) return;
    anchor.current = ordinal;
    base.current = null;
    latest.current += 1;
    act({ act: "toggle", row });
  };
  const extend = async (from: number, to: number) => {
    anchor.current ??= from;
    base.current ??= now;
    latest.current += 1;
    const asked = latest.current;
    const before = base.current;
    const begun = anchor.current;
    const end = Math.max(begun - MAX_RANGE + 1, Math.min(begun + MAX_RANGE - 1, to));
    const rows = await take(Math.min(begun, end), Math.max(begun, end));
    // a range that has grown or shrunk meanwhile is another's to tell
    if (asked !== latest.current) return;
    act({ act: "range", base: before, rows });
    if (end !== to && rows.length > 0) notifications.show({ id: "range", color: "orange", message: t("desk.rangeCut", { rows: MAX_RANGE }) });
  };
  return { now, anchor: anchor.current, toggle, extend, all, none, settle };
}
