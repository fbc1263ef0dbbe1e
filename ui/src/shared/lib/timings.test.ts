import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => vi.resetModules());
afterEach(() => {
  localStorage.clear();
  window.__punteTimings = undefined;
});

test("nothing is measured unless it was asked for", async () => {
  const { begin, shown } = await import("./timings");
  begin("sort");
  shown("sort");
  await new Promise((done) => setTimeout(done, 60));
  expect(window.__punteTimings).toBeUndefined();
});

test("an act is timed from its beginning to the frame that shows it, once", async () => {
  localStorage.setItem("punte.measure", "1");
  const { begin, shown } = await import("./timings");
  begin("search");
  shown("sort");
  await new Promise((done) => setTimeout(done, 30));
  begin("search");
  shown("search", "sort");
  shown("search");
  await vi.waitFor(() => expect(window.__punteTimings).toHaveLength(1));
  expect(window.__punteTimings?.[0]?.act).toBe("search");
  expect(window.__punteTimings?.[0]?.ms, "from the first beginning").toBeGreaterThanOrEqual(25);
});
