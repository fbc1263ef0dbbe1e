import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { lastTop, moved, scaleOf, scrollAt, type Stand, topForRow } from "../../lib/scaled";
import { begin } from "../../lib/timings";

export const ROW_HEIGHT = 32;
export const HEAD_HEIGHT = 30;
/** Rows are put in place by so many: of a million, the library then keeps two hundred thousand places instead of a million. */
export const BAND = 5;
/** Without a scroll event for so long, scrolling is over. */
const IDLE_MS = 150;

export interface Band {
  /** Ordinal of its first row, and how many rows it has. */
  first: number;
  rows: number;
  /** Where it stands in the scrolled element, in pixels. */
  y: number;
}

export interface ScaledRows {
  bands: Band[];
  /** Of the scrolled element, in pixels. */
  height: number;
  /** How many whole rows are in sight. */
  page: number;
  /** Brings a row into sight, by itself or with the least movement. */
  toRow: (row: number, centred?: boolean) => void;
  toTop: () => void;
}

export interface Moving {
  /** The rows in sight will be these: what is to be awaited before they are drawn. */
  ahead: (first: number, last: number) => Promise<unknown> | null;
  /** They were drawn. */
  moved: () => void;
}

/** The rows in sight of as many as there are: a million too, which no element is high enough for. */
export function useScaledRows(count: number, scroller: RefObject<HTMLDivElement | null>, moving: Moving): ScaledRows {
  const told = useRef(moving);
  told.current = moving;
  const jumpedAt = useRef(Number.NEGATIVE_INFINITY);
  const stand = useRef<Stand>({ scroll: 0, top: 0 });
  const [base, setBase] = useState(0);
  const tell = useRef<(top: number, isScrolling: boolean) => void>(() => {});
  const at = useCallback(
    (next: Stand, isScrolling: boolean) => {
      stand.current = next;
      setBase(next.scroll - next.top);
      tell.current(next.top, isScrolling);
    },
    [],
  );
  const scale = useRef(scaleOf(count, ROW_HEIGHT, ROW_HEIGHT));
  const virtual = useVirtualizer({
    count: Math.ceil(count / BAND),
    getScrollElement: () => scroller.current,
    estimateSize: () => BAND * ROW_HEIGHT,
    overscan: 1,
    initialRect: { width: 1000, height: 640 },
    scrollToFn: () => {},
    observeElementOffset: (_, call) => {
      const element = scroller.current;
      if (!element) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const rest = () => {
        // steps and proportion drift apart: the thumb is put where it belongs while nobody holds it
        const scroll = scrollAt(scale.current, stand.current.top);
        if (Math.abs(scroll - element.scrollTop) >= 1) element.scrollTop = scroll;
        at({ scroll: element.scrollTop, top: stand.current.top }, false);
      };
      const onScroll = () => {
        if (element.scrollTop === stand.current.scroll) return;
        begin("scroll");
        const before = stand.current;
        const next = moved(scale.current, before, element.scrollTop);
        stand.current = next;
        const draw = () => {
          if (stand.current !== next) return;
          at(next, true);
          told.current.moved();
        };
        clearTimeout(timer);
        timer = setTimeout(rest, IDLE_MS);
        // a single jump is drawn once, with its rows; what moves on and on is drawn as it goes
        const isJump = Math.abs(next.top - before.top) > scale.current.view;
        const isSingle = performance.now() - jumpedAt.current > IDLE_MS;
        if (isJump) jumpedAt.current = performance.now();
        const first = Math.floor(next.top / ROW_HEIGHT);
        const rows = isJump && isSingle ? told.current.ahead(first, first + Math.ceil(scale.current.view / ROW_HEIGHT)) : null;
        if (rows) void rows.then(draw);
        else draw();
      };
      tell.current = call;
      call(stand.current.top, false);
      element.addEventListener("scroll", onScroll, { passive: true });
      return () => {
        clearTimeout(timer);
        element.removeEventListener("scroll", onScroll);
      };
    },
  });
  const view = Math.max(ROW_HEIGHT, (virtual.scrollRect?.height ?? 640) - HEAD_HEIGHT);
  scale.current = scaleOf(count, ROW_HEIGHT, view);
  const { full, shown } = scale.current;
  const toTop = useCallback(
    (top: number) => {
      const element = scroller.current;
      if (!element) return;
      const within = Math.max(0, Math.min(top, lastTop(scale.current)));
      element.scrollTop = scrollAt(scale.current, within);
      at({ scroll: element.scrollTop, top: within }, false);
    },
    [at, scroller],
  );
  useLayoutEffect(() => {
    // rows came or went, or the window's size changed: what stands at the top stays there, as far as it can
    const { top, scroll } = stand.current;
    if (top > lastTop(scale.current) || (full !== shown && scroll !== scrollAt(scale.current, top))) toTop(top);
  }, [full, shown, view, toTop]);
  const toRow = useCallback(
    (row: number, centred = false) => {
      const { top } = stand.current;
      const inTheMiddle = row * ROW_HEIGHT - (scale.current.view - ROW_HEIGHT) / 2;
      const wanted = centred ? inTheMiddle : topForRow(scale.current, top, row, ROW_HEIGHT);
      if (wanted !== top) toTop(Math.round(wanted));
    },
    [toTop],
  );
  const toFirst = useCallback(() => {
    // touching the scroll position lays the screen out
    if (stand.current.top !== 0 || stand.current.scroll !== 0) toTop(0);
  }, [toTop]);
  const bands = virtual.getVirtualItems().map((item) => ({
    first: item.index * BAND,
    rows: Math.min(BAND, count - item.index * BAND),
    y: item.start + base,
  }));
  return { bands, height: shown, page: Math.max(1, Math.floor(view / ROW_HEIGHT)), toRow, toTop: toFirst };
}
