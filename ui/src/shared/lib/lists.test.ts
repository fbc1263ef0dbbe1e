import { expect, test } from "vitest";
import { areNear, blocksOf } from "./blocks";
import { readLink, linkText } from "./recordLink";
import { bulkSelection, isSelected, nothing, type Selection, select, selectedCount } from "./selection";
import { nextSort, sortOf, sortText } from "./sorting";

test("only the blocks in sight are asked for, and the neighbour when its border is near", () => {
  expect(blocksOf(0, 30, 1_000_000)).toEqual([0]);
  expect(blocksOf(45, 75, 1_000_000)).toEqual([0, 1]);
  expect(blocksOf(190, 220, 1_000_000)).toEqual([1, 2]);
  expect(blocksOf(999_970, 999_999, 1_000_000)).toEqual([9999]);
  expect(blocksOf(0, 0, 0)).toEqual([0]);
  expect(blocksOf(900, 930, 10)).toEqual([0]);
});

test("blocks beside those asked for are asked at once, far ones are a jump", () => {
  expect(areNear([3], [4, 5])).toBe(true);
  expect(areNear([3], [5])).toBe(false);
});

const row = (id: string) => ({ id });
const acts = (...list: Parameters<typeof select<{ id: string }>>[1][]) =>
  list.reduce<Selection<{ id: string }>>(select, nothing);

test("rows are chosen one by one and in ranges, and let go again", () => {
  const begun = acts({ act: "toggle", row: row("a") });
  const wide = select(begun, { act: "range", base: begun, rows: ["a", "b", "c", "d"].map(row) });
  const narrow = select(wide, { act: "range", base: begun, rows: ["a", "b", "c"].map(row) });
  expect([...narrow.rows.keys()]).toEqual(["a", "b", "c"]);
  const chosen = select(narrow, { act: "toggle", row: row("b") });
  expect([...chosen.rows.keys()]).toEqual(["a", "c"]);
  expect(isSelected(chosen, "b")).toBe(false);
  expect(selectedCount(chosen, 1000)).toBe(2);
});

test("all of the filter is a query and its exceptions, however many rows that are", () => {
  const query = { list: "documents" as const, text: "status:held", sort: null };
  const begun = acts({ act: "toggle", row: row("a") }, { act: "all" }, { act: "toggle", row: row("b") }, { act: "toggle", row: row("c") });
  const chosen = select(begun, { act: "range", base: begun, rows: [row("c")] });
  expect(isSelected(chosen, "a")).toBe(true);
  expect(isSelected(chosen, "b")).toBe(false);
  expect(selectedCount(chosen, 1_000_000)).toBe(999_999);
  expect(bulkSelection(chosen, query)).toEqual({ ids: [], query, except: ["b"] });
  expect(bulkSelection(acts({ act: "toggle", row: row("a") }), query)).toEqual({ ids: ["a"], except: [] });
  expect(selectedCount(select(chosen, { act: "none" }), 10)).toBe(0);
});

test("a sort is the same in the address and back, and a header goes through three", () => {
  for (const sort of [{ column: "total", descending: true }, { column: "order", descending: false }, null]) {
    expect(sortOf(sortText(sort))).toEqual(sort);
  }
  expect(nextSort({ column: "order", descending: true }, "total")).toEqual({ column: "total", descending: false });
  expect(nextSort({ column: "total", descending: true }, "total")).toBeNull();
});

test("a record's link is read back out of whatever it was pasted with", () => {
  const link = { workspace: "ws_1", screen: "/invoices" as const, place: { document: "doc_1" } };
  expect(linkText(link)).toBe("punte://ws_1/#/invoices?document=doc_1");
  expect(readLink(`see ${linkText(link)} please`)).toEqual(link);
  expect(readLink("punte://ws_1/#/settings?document=doc_1")).toBeNull();
  expect(readLink("https://example.org/#/invoices?document=doc_1")).toBeNull();
  expect(readLink("punte://ws_1/#/invoices?document=%E0%A4%A")).toBeNull();
});
