// Changes of a mapping's document, each giving a new one. What is no place in the document changes nothing.

import type { BlockEntry, MappingDocument, RuleEntry, TableRow } from "../../../api/generated/api";

/** A rule's place: `client.name` without a block; in a block the field alone, or `items`, `when`. */
export interface Spot {
  block: string | null;
  target: string;
}

export type Section = "client" | "document" | "payment";
export const SECTIONS: Section[] = ["client", "document", "payment"];
export const BLOCK_KINDS = ["product", "shipping", "fee", "discount"];

/** One text for a place, the same for the same place. */
export function keyOf(spot: Spot): string {
  return `${spot.block ?? ""}/${spot.target}`;
}

export function isSame(one: Spot | null, other: Spot | null): boolean {
  return one !== null && other !== null && keyOf(one) === keyOf(other);
}

export function sectionOf(spot: Spot): Section | null {
  const section = spot.target.split(".")[0];
  return spot.block === null ? (SECTIONS.find((one) => one === section) ?? null) : null;
}

/** The field alone: `name` of `client.name`. */
export function fieldOf(spot: Spot): string {
  return spot.block === null ? spot.target.slice(spot.target.indexOf(".") + 1) : spot.target;
}

/** `items` and `when` are expressions of the block itself, without a default or a note. */
export function isOfBlock(spot: Spot): boolean {
  return spot.block !== null && (spot.target === "items" || spot.target === "when");
}

export function newRule(target: string): RuleEntry {
  return { target, expression: "", default: null, whenEmpty: "leave_out", note: "" };
}

export function blockOf(document: MappingDocument, name: string | null): BlockEntry | null {
  return document.lines.find((block) => block.name === name) ?? null;
}

/** The rule at a place; null where there is none. */
export function ruleAt(document: MappingDocument, spot: Spot): RuleEntry | null {
  const block = blockOf(document, spot.block);
  if (spot.target === "items" || spot.target === "when") {
    return block && { ...newRule(spot.target), expression: block[spot.target] };
  }
  const section = sectionOf(spot);
  const rules = spot.block !== null ? block?.fields : section && document[section];
  return rules?.find((rule) => rule.target === fieldOf(spot)) ?? null;
}

/** Changes the rule at a place, which is made where there is none. */
export function withRule(document: MappingDocument, spot: Spot, change: Partial<RuleEntry>): MappingDocument {
  if (spot.block !== null && isOfBlock(spot)) {
    return change.expression === undefined ? document : withBlock(document, spot.block, { [spot.target]: change.expression });
  }
  return withRules(document, spot, (rules, field) =>
    rules.some((rule) => rule.target === field)
      ? rules.map((rule) => (rule.target === field ? { ...rule, ...change } : rule))
      : [...rules, { ...newRule(field), ...change }],
  );
}

export function withoutRule(document: MappingDocument, spot: Spot): MappingDocument {
  return withRules(document, spot, (rules, field) => rules.filter((rule) => rule.target !== field));
}

function withRules(
  document: MappingDocument,
  spot: Spot,
  change: (rules: RuleEntry[], field: string) => RuleEntry[],
): MappingDocument {
  const block = blockOf(document, spot.block);
  if (block) return withBlock(document, block.name, { fields: change(block.fields, fieldOf(spot)) });
  const section = sectionOf(spot);
  return section ? { ...document, [section]: change(document[section], fieldOf(spot)) } : document;
}

export function withBlock(document: MappingDocument, name: string, change: Partial<BlockEntry>): MappingDocument {
  return { ...document, lines: document.lines.map((block) => (block.name === name ? { ...block, ...change } : block)) };
}

/** Adds lines made from a list; the name is made free. */
export function withNewBlock(document: MappingDocument, wanted: string, kind: string, items: string): [MappingDocument, string] {
  const name = freeName(document.lines.map((block) => block.name), wanted);
  return [{ ...document, lines: [...document.lines, { name, kind, items, when: "", fields: [] }] }, name];
}

export function withoutBlock(document: MappingDocument, name: string): MappingDocument {
  return { ...document, lines: document.lines.filter((block) => block.name !== name) };
}

/** Why a name cannot be a block's: `block_name` (empty or of other characters), `target_twice` (taken). */
export function wrongBlockName(document: MappingDocument, from: string, to: string): "block_name" | "target_twice" | null {
  if (!/^[A-Za-z_]\w*$/.test(to)) return "block_name";
  return to !== from && document.lines.some((block) => block.name === to) ? "target_twice" : null;
}

export function withTable(document: MappingDocument, name: string, rows: TableRow[]): MappingDocument {
  const known = document.tables.some((table) => table.name === name);
  const tables = known
    ? document.tables.map((table) => (table.name === name ? { name, rows } : table))
    : [...document.tables, { name, rows }];
  return { ...document, tables };
}

export function withoutTable(document: MappingDocument, name: string): MappingDocument {
  return { ...document, tables: document.tables.filter((table) => table.name !== name) };
}

/** Renames a table; the expressions that read it by its name follow. */
export function renamedTable(document: MappingDocument, from: string, to: string): MappingDocument {
  const call = new RegExp(`(\\blookup\\(\\s*)"${from.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}"`, "g");
  const follow = (text: string) => text.replace(call, (_, start: string) => `${start}${literal(to)}`);
  const rules = (list: RuleEntry[]) => list.map((rule) => ({ ...rule, expression: follow(rule.expression) }));
  return {
    ...document,
    client: rules(document.client),
    document: rules(document.document),
    payment: rules(document.payment),
    lines: document.lines.map((block) => ({
      ...block,
      items: follow(block.items),
      when: follow(block.when),
      fields: rules(block.fields),
    })),
    tables: document.tables.map((table) => (table.name === from ? { ...table, name: to } : table)),
  };
}

/** Rows from two columns of a spreadsheet, as the clipboard has them. */
export function pastedRows(text: string): TableRow[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [key = "", value = ""] = line.split("\t");
    return { key: key.trim(), value: value.trim() };
  });
}

export function freeName(taken: string[], wanted: string): string {
  if (!taken.includes(wanted)) return wanted;
  let number = 2;
  while (taken.includes(`${wanted}_${number}`)) number += 1;
  return `${wanted}_${number}`;
}

/** A text as an expression writes it. */
export function literal(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`;
}

/** A constant of a target's kind: amounts and flags stand bare. */
export function constantOf(value: string, kind: string): string {
  if (kind === "amount" && /^-?\d+(\.\d+)?$/.test(value)) return value;
  if (kind === "flag" && (value === "true" || value === "false")) return value;
  return literal(value);
}

/** Two documents of the same content: the order of rules, tables and rows, and how an amount is written, mean nothing. */
export function isEqual(one: MappingDocument, other: MappingDocument): boolean {
  return one === other || contentOf(one) === contentOf(other);
}

function contentOf(document: MappingDocument): string {
  const rules = (list: RuleEntry[]) =>
    sorted(list, (rule) => rule.target).map(({ target, expression, default: constant, whenEmpty, note }) => [target, expression, constant, whenEmpty, note]);
  const { name, tolerance, rounding, client, payment, lines, tables } = withoutBlankRows(document);
  return JSON.stringify([
    name,
    Number(tolerance),
    rounding && [Number(rounding.cap), rounding.name],
    rules(client),
    rules(document.document),
    lines.map((block) => [block.name, block.kind, block.items, block.when, rules(block.fields)]),
    rules(payment),
    sorted(tables, (table) => table.name).map((table) => [table.name, sorted(table.rows, (row) => row.key).map((row) => [row.key, row.value])]),
  ]);
}

function sorted<T>(list: T[], keyOfOne: (one: T) => string): T[] {
  return [...list].sort((one, other) => (keyOfOne(one) < keyOfOne(other) ? -1 : 1));
}

/** As it is sent: rows that nobody has filled yet are not in it. */
export function withoutBlankRows(document: MappingDocument): MappingDocument {
  const isBlank = (row: TableRow) => row.key === "" && row.value === "";
  if (!document.tables.some((table) => table.rows.some(isBlank))) return document;
  return { ...document, tables: document.tables.map((table) => ({ ...table, rows: table.rows.filter((row) => !isBlank(row)) })) };
}
