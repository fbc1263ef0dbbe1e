import { expect, test } from "vitest";
import { formatInstant } from "./format";
import { snoozeUntil } from "./snooze";

// Thursday, 26 November 2026, 17:00 in Bucharest
const NOW = Date.parse("2026-11-26T15:00:00Z");

test("an hour is an hour", () => expect(snoozeUntil("hour", NOW)).toBe(NOW + 3_600_000));

test("tomorrow and Monday are at eight in the morning in Bucharest", () => {
  expect(formatInstant(snoozeUntil("tomorrow", NOW), "en")).toContain("27 Nov 2026, 08:00:00");
  expect(formatInstant(snoozeUntil("monday", NOW), "en")).toContain("30 Nov 2026, 08:00:00");
});

test("on a Monday, Monday is the next one", () => {
  expect(formatInstant(snoozeUntil("monday", Date.parse("2026-11-30T10:00:00Z")), "en")).toContain("07 Dec 2026, 08:00");
});

test("the night in which the clock changes is counted", () => {
  // Saturday before the last Sunday of March
  expect(formatInstant(snoozeUntil("tomorrow", Date.parse("2027-03-27T10:00:00Z")), "en")).toContain("28 Mar 2027, 08:00");
});
