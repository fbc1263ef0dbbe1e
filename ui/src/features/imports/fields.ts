import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumns, ImportField } from "../../api/generated/api";

/** Parts of the form, by what their fields begin with; the first that fits. */
export const PARTS = ["order", "customer", "line", "money", "payment"] as const;
export type Part = (typeof PARTS)[number];

const OF_ORDER = ["number", "id", "status", "fulfillment", "date", "updated", "paid_at", "completed_at", "cancelled_at", "currency", "total", "attributes"];

export function partOf(field: string): Part {
  if (OF_ORDER.includes(field)) return "order";
  const head = field.split(".")[0];
  return head === "customer" || head === "line" || head === "payment" ? head : "money";
}

/** What stands for a field of the order in the catalogues: dots part their keys. */
const keyOf = (field: string) => `imports.field.${field.replaceAll(".", "-")}`;

/** A field by its name on screen, of a line with its place; a heading, or what has no name, as it is. */
export function useFieldName(): (field: string) => string {
  const { t, i18n } = useTranslation();
  return useCallback(
    (field) => {
      const line = /^lines\[(\d+)\]\.(\w+)$/.exec(field);
      const key = keyOf(line ? `line.${line[2]}` : field);
      if (!i18n.exists(key)) return field;
      return line ? t("imports.ofLine", { field: t(key), line: Number(line[1]) + 1 }) : t(key);
    },
    [t, i18n],
  );
}

/** What the whole file has of a field without a column; blank where it has nothing. */
export function defaultOf(field: string, { currency, country }: ImportColumns): string {
  return field === "currency" ? currency : field === "customer.country" ? country : "";
}

/** Which fields the form shows at first: what an order needs, what is missing, and what has a column. */
export function isShown({ field, required }: ImportField, columns: ImportColumns, missing: string[]): boolean {
  return required || missing.includes(field) || columns.columns[field] !== undefined;
}

export function withColumn(before: ImportColumns, field: string, heading: string | null): ImportColumns {
  const columns = { ...before.columns };
  if (heading === null) delete columns[field];
  else columns[field] = heading;
  return { ...before, columns };
}

/** The first cells under a heading that hold something, for whoever looks for the right column. */
export function examplesOf(heading: string | undefined, headings: string[], rows: string[][]): string {
  const at = heading === undefined ? -1 : headings.indexOf(heading);
  if (at < 0) return "";
  const cells = rows.map((row) => row[at]?.trim() ?? "").filter((cell) => cell !== "");
  return [...new Set(cells)].slice(0, 2).join(", ");
}
