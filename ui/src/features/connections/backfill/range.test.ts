import { expect, test } from "vitest";
import { problemOf, usualRange } from "./range";

test("the usual time is the present month up to yesterday, by Romania's days", () => {
  expect(usualRange(Date.parse("2026-11-27T10:00:00Z"))).toEqual({ from: "2026-11-01", until: "2026-11-26" });
  // two hours before midnight in London it is the next day in Bucharest
  expect(usualRange(Date.parse("2026-11-26T22:30:00Z"))).toEqual({ from: "2026-11-01", until: "2026-11-26" });
});

test("on a month's first day the usual time is the month before", () => {
  expect(usualRange(Date.parse("2026-03-01T10:00:00Z"))).toEqual({ from: "2026-02-01", until: "2026-02-28" });
  expect(usualRange(Date.parse("2027-01-01T10:00:00Z"))).toEqual({ from: "2026-12-01", until: "2026-12-31" });
});

test("a time has its days, in their order, none to come, and at most 731", () => {
  const problem = (from: string, until: string) => problemOf({ from, until }, "2026-11-27");
  expect(problem("2026-11-01", "2026-11-27")).toBeNull();
  expect(problem("2026-11-27", "2026-11-27")).toBeNull();
  expect(problem("", "2026-11-27")).toBe("noDay");
  expect(problem("2026-11-01", "")).toBe("noDay");
  expect(problem("2026-11-01", "2026-11-28")).toBe("future");
  expect(problem("2026-11-02", "2026-11-01")).toBe("backwards");
  expect(problem("2024-11-27", "2026-11-27")).toBeNull();
  expect(problem("2024-11-26", "2026-11-27")).toBe("long");
});
