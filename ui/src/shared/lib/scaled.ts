/**
 * Scrolling over more rows than an element may be high. Web views cap an element's height (WebKit and Chromium near 33.5
 * million pixels), and a transform is exact to the pixel only up to 2^24; so the scrolled element is at most `MAX_SCROLL_PX`
 * high, and what stands at its top is worked out: small moves go pixel by pixel, far ones by proportion.
 */
export const MAX_SCROLL_PX = 16_000_000;

/** Heights in pixels: of all rows, of the element that is scrolled, of what is in sight. */
export interface Scale {
  full: number;
  shown: number;
  view: number;
}

export function scaleOf(rows: number, rowHeight: number, view: number): Scale {
  const full = rows * rowHeight;
  return { full, shown: Math.min(full, MAX_SCROLL_PX), view };
}

const between = (low: number, value: number, high: number) => Math.max(low, Math.min(value, high));

/** The greatest place among all rows that can stand at the top. */
export function lastTop(scale: Scale): number {
  return Math.max(0, scale.full - scale.view);
}

/** The place among all rows that a scroll position stands for. */
export function topAt(scale: Scale, scroll: number): number {
  const room = scale.shown - scale.view;
  if (room <= 0) return 0;
  if (scale.full === scale.shown) return between(0, scroll, room);
  return Math.round(between(0, scroll / room, 1) * lastTop(scale));
}

/** The scroll position that stands for a place among all rows. */
export function scrollAt(scale: Scale, top: number): number {
  if (scale.full === scale.shown) return between(0, top, lastTop(scale));
  return Math.round((between(0, top, lastTop(scale)) / lastTop(scale)) * (scale.shown - scale.view));
}

/** A scroll position and what stands at the top there. */
export interface Stand {
  scroll: number;
  top: number;
}

/** Where a scroll event leads: a wheel's step as far as it says, a dragged thumb to its proportion, an end to that end. */
export function moved(scale: Scale, before: Stand, scroll: number): Stand {
  const by = scroll - before.scroll;
  const atEnd = scroll <= 0 || scroll >= scale.shown - scale.view;
  if (scale.full === scale.shown || atEnd || Math.abs(by) > 2 * scale.view) return { scroll, top: topAt(scale, scroll) };
  return { scroll, top: between(0, before.top + by, lastTop(scale)) };
}

/** The top that brings a row into sight with the least movement. */
export function topForRow(scale: Scale, top: number, row: number, rowHeight: number): number {
  const start = row * rowHeight;
  if (start < top) return start;
  if (start + rowHeight > top + scale.view) return between(0, start + rowHeight - scale.view, lastTop(scale));
  return top;
}
