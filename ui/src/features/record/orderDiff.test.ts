import { expect, test } from "vitest";
import { orderDiff } from "./orderDiff";

test("an order's versions differ field by field, and a line that moved up is the same line", () => {
  const line = { id: 11, name: "Cană", total: "40.00" };
  const other = { id: 12, name: "Farfurie", total: "60.00" };
  const before = { status: "processing", total: "100.00", note: "", line_items: [line, other] };
  const after = { status: "processing", total: "50.00", coupon: "VARA", line_items: [{ ...other, total: "50.00" }] };
  expect(orderDiff(before, after)).toEqual([
    { path: "coupon", before: undefined, after: "VARA" },
    { path: "line_items[0]", before: line, after: undefined },
    { path: "line_items[0].total", before: "60.00", after: "50.00" },
    { path: "note", before: "", after: undefined },
    { path: "total", before: "100.00", after: "50.00" },
  ]);
});

test("the same order does not differ, whatever the order of its fields", () => {
  expect(orderDiff({ a: 1, b: [{ x: 1 }] }, { b: [{ x: 1 }], a: 1 })).toEqual([]);
});
