import { expect, test } from "vitest";
import { refusalOf } from "./kinds";

test.each([
  ["orders.csv", 10, null],
  ["ORDERS.XLSX", 10, null],
  ["orders.v2.json", 10, null],
  ["orders.tsv", 10, null],
  ["orders.xls", 10, "old_excel"],
  ["orders.ods", 10, "old_excel"],
  ["invoice.pdf", 10, "other_kind"],
  ["folder", 0, "other_kind"],
  ["orders.csv", 0, "empty"],
  ["orders.csv", 1024 ** 3, null],
  ["orders.csv", 1024 ** 3 + 1, "too_large"],
])("%s of %i bytes: %s", (name, size, refusal) => {
  expect(refusalOf({ name, size })).toBe(refusal);
});
