import { expect, test } from "vitest";
import { lastTop, MAX_SCROLL_PX, moved, scaleOf, scrollAt, topAt, topForRow } from "./scaled";

const ROW = 32;
const short = scaleOf(1000, ROW, 600);
const long = scaleOf(1_000_000, ROW, 600);

test("a list that fits is scrolled as it is", () => {
  expect(short.shown).toBe(32_000);
  expect(topAt(short, 5000)).toBe(5000);
  expect(moved(short, { scroll: 0, top: 0 }, 31_000).top).toBe(31_000);
});

test("one that no element is high enough for stays under the cap, and both its ends are reached", () => {
  expect(long.shown).toBe(MAX_SCROLL_PX);
  expect(topAt(long, 0)).toBe(0);
  expect(topAt(long, long.shown - long.view)).toBe(32_000_000 - 600);
  expect(lastTop(long) + 600).toBe(1_000_000 * ROW);
});

test("a place and its scroll position belong together within a pixel of the thumb", () => {
  for (const row of [0, 1, 499_999, 777_777, 999_999]) {
    const top = Math.min(row * ROW, lastTop(long));
    expect(Math.abs(topAt(long, scrollAt(long, top)) - top)).toBeLessThanOrEqual(2);
  }
});

test("the wheel moves pixel by pixel, in the middle of a million rows too", () => {
  const before = { scroll: 8_000_000, top: 16_000_000 };
  expect(moved(long, before, 8_000_120)).toEqual({ scroll: 8_000_120, top: 16_000_120 });
  expect(moved(long, before, 7_999_880).top).toBe(15_999_880);
});

test("a dragged thumb goes to its proportion", () => {
  const to = moved(long, { scroll: 0, top: 0 }, 8_000_000);
  expect(to.top / lastTop(long)).toBeCloseTo(0.5, 3);
});

test("the ends of the bar are the ends of the list, however far the two had drifted apart", () => {
  expect(moved(long, { scroll: 80, top: 4000 }, 0).top).toBe(0);
  const end = long.shown - long.view;
  expect(moved(long, { scroll: end - 90, top: lastTop(long) - 9000 }, end).top).toBe(lastTop(long));
});

test("a row is brought into sight with the least movement", () => {
  expect(topForRow(long, 3200, 100, ROW)).toBe(3200);
  expect(topForRow(long, 3200, 99, ROW)).toBe(99 * ROW);
  expect(topForRow(long, 0, 999_999, ROW)).toBe(lastTop(long));
  expect(topForRow(long, 0, 30, ROW)).toBe(31 * ROW - 600);
});
