import { expect, test } from "vitest";
import { catalogues } from "../../shared/i18n/catalogues";
import { defaultOf, examplesOf, isShown, partOf, withColumn } from "./fields";
import { suggested } from "./samples";

test("every field stands in its part of the form", () => {
  expect(["number", "total", "customer.city", "line.unit_price", "payment.method", "shipping.tax", "discount", "tax"].map(partOf)).toEqual([
    "order",
    "order",
    "customer",
    "line",
    "payment",
    "money",
    "money",
    "money",
  ]);
});

test("a field is shown that an order needs, that is missing, or that has a column", () => {
  const shown = (field: string, required = false, missing: string[] = []) => isShown({ field, required }, suggested, missing);
  expect(shown("total", true)).toBe(true);
  expect(shown("line.name")).toBe(true);
  expect(shown("discount")).toBe(false);
  expect(shown("line.vat_rate", false, ["line.vat_rate"])).toBe(true);
});

test("a column is given and taken away, and the others stay", () => {
  const given = withColumn(suggested, "total", "Valoare");
  expect(given.columns).toEqual({ ...suggested.columns, total: "Valoare" });
  expect(withColumn(given, "number", null).columns).toEqual({ "line.name": "Produs", total: "Valoare" });
  expect(suggested.columns).toEqual({ number: "Nr", "line.name": "Produs" });
});

test("examples are the first different cells that hold something", () => {
  const rows = [["1", ""], ["1", "Iași"], ["2", "Cluj"], ["3", "Deva"]];
  expect(examplesOf("Nr", ["Nr", "Oraș"], rows)).toBe("1, 2");
  expect(examplesOf("Oraș", ["Nr", "Oraș"], rows)).toBe("Iași, Cluj");
  expect(examplesOf("Altul", ["Nr", "Oraș"], rows)).toBe("");
  expect(examplesOf(undefined, ["Nr"], rows)).toBe("");
});

test("currency and country hold for the whole file where no column says them", () => {
  expect(["currency", "customer.country", "total"].map((field) => defaultOf(field, { ...suggested, currency: "EUR" }))).toEqual(["EUR", "RO", ""]);
});

test("no name of a field is one that a language would count by", () => {
  const names = Object.keys(catalogues.en.imports.field);
  expect(names.filter((name) => /_(zero|one|two|few|many|other)$/.test(name))).toEqual([]);
});
