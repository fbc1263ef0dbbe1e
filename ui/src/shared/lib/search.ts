import type { FieldInfo } from "../../api/generated/api";

/** A piece of a search text: a word, or `field:value` (also `amount>500`), by its characters `from` to `to`. */
export interface Part {
  from: number;
  to: number;
  /** `unknown` has the form of a field that the list does not have. */
  kind: "word" | "field" | "unknown";
  negated: boolean;
  field: FieldInfo | null;
  /** Where the value begins, after the colon; an operator (`>=`) belongs to the value. */
  valueFrom: number;
  /** As typed, quotes and operator included. */
  value: string;
}

const PIECE = /(?:"[^"]*"?|[^\s"])+/g;
const FIELD = /^(-?)([\p{L}_-]+)(:|(?=[<>]))/u;

export function partsOf(text: string, fields: FieldInfo[]): Part[] {
  return [...text.matchAll(PIECE)].map((found) => partOf(found[0], found.index, fields));
}

function partOf(piece: string, from: number, fields: FieldInfo[]): Part {
  const to = from + piece.length;
  const head = FIELD.exec(piece);
  if (!head) {
    const negated = piece.length > 1 && piece.startsWith("-");
    return { from, to, kind: "word", negated, field: null, valueFrom: from, value: piece };
  }
  const field = fieldOf(head[2] ?? "", fields);
  const valueFrom = from + head[0].length;
  const kind = field ? "field" : "unknown";
  return { from, to, kind, negated: head[1] === "-", field, valueFrom, value: piece.slice(head[0].length) };
}

export function fieldOf(name: string, fields: FieldInfo[]): FieldInfo | null {
  const wanted = name.toLowerCase();
  return fields.find((field) => field.name === wanted || field.aliases.includes(wanted)) ?? null;
}

/** What the text asks of a field, unless it excludes it; null where it asks nothing. */
export function askedOf(text: string, field: FieldInfo, fields: FieldInfo[]): string | null {
  const part = partsOf(text, fields).find((one) => one.field?.name === field.name && !one.negated && one.value !== "");
  return part ? part.value : null;
}

/** The text with a field's value in place of the one it had; null takes the field out. */
export function withField(text: string, field: FieldInfo, value: string | null, fields: FieldInfo[]): string {
  const parts = partsOf(text, fields);
  const at = parts.findIndex((part) => part.field?.name === field.name && !part.negated);
  const piece = value === null || value === "" ? [] : [`${field.name}:${value}`];
  const kept = parts.flatMap((part, index) => {
    if (part.field?.name !== field.name || part.negated) return [text.slice(part.from, part.to)];
    return index === at ? piece : [];
  });
  return (at < 0 ? [...kept, ...piece] : kept).join(" ");
}

/** `held,in_doubt` as its values. */
export function choicesOf(value: string | null): string[] {
  const found = value?.match(/(?:"[^"]*"?|[^,"])+/g) ?? [];
  return found.map(unquoted).filter((one) => one !== "");
}

/** A value as it is written in a search text. */
export function quoted(value: string): string {
  return /[\s,":]/.test(value) ? `"${value.replaceAll('"', "")}"` : value;
}

export function unquoted(value: string): string {
  return value.replaceAll('"', "").trim();
}

/** What may be written at the caret instead of the characters `from` to `to`. */
export interface Proposal {
  kind: "field" | "value";
  from: number;
  to: number;
  insert: string;
  field: FieldInfo;
  /** The value proposed; empty for a field. */
  value: string;
  /** A name that stands for the value (a connection's). */
  label: string | null;
}

const DATES = ["today", "yesterday", "this-week", "this-month", "last-month", "7d", "30d", "this-year"];
const AMOUNTS = [">100", ">=500", "<50", "100..200"];

function valuesOf(field: FieldInfo): { value: string; label: string | null }[] {
  if (field.values.length > 0) return field.values;
  if (field.kind === "date") return DATES.map((value) => ({ value, label: null }));
  if (field.kind === "amount") return AMOUNTS.map((value) => ({ value, label: null }));
  return [];
}

/**
 * Fields that begin as the word at the caret does, or values of the field that stands there. A name in the screen's
 * language finds its field or value too: `wordOf` tells it.
 */
export function proposalsAt(
  text: string,
  caret: number,
  fields: FieldInfo[],
  wordOf: (field: FieldInfo, value: string | null, label: string | null) => string,
): Proposal[] {
  const part = partsOf(text, fields).find((one) => one.from < caret && caret <= one.to);
  if (part?.field && caret >= part.valueFrom) return valueProposals(text, caret, part, part.field, wordOf);
  if (part?.kind === "unknown") return [];
  const negated = text[part?.from ?? caret] === "-" ? 1 : 0;
  const from = (part?.from ?? caret) + (part ? negated : 0);
  const to = part?.to ?? caret;
  const typed = plain(text.slice(from, caret));
  return fields
    .filter((field) => [field.name, ...field.aliases, wordOf(field, null, null)].some((name) => plain(name).startsWith(typed)))
    .map((field) => ({ kind: "field", from, to, insert: `${field.name}:`, field, value: "", label: null }));
}

function valueProposals(
  text: string,
  caret: number,
  part: Part,
  field: FieldInfo,
  wordOf: (field: FieldInfo, value: string | null, label: string | null) => string,
): Proposal[] {
  const before = text.slice(part.valueFrom, caret);
  const from = part.valueFrom + before.lastIndexOf(",") + 1;
  const rest = text.slice(caret, part.to);
  const to = caret + (rest.includes(",") ? rest.indexOf(",") : rest.length);
  const typed = plain(unquoted(text.slice(from, caret)));
  const taken = new Set(choicesOf(text.slice(part.valueFrom, part.to)));
  return valuesOf(field)
    .filter(({ value, label }) => {
      const words = [value, wordOf(field, value, label)].flatMap((name) => [plain(name), ...plain(name).split(/\s+/)]);
      const fits = words.some((word) => word.startsWith(typed));
      return fits && (!taken.has(value) || plain(value) === typed);
    })
    .map(({ value, label }) => {
      return { kind: "value", from, to, insert: quoted(value), field, value, label };
    });
}

/** Lower case without diacritics. */
export function plain(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

/** The text after a proposal was taken, and where the caret stands: after a field its value is to be typed. */
export function taken(text: string, proposal: Proposal): { text: string; caret: number } {
  const rest = text.slice(proposal.to);
  const gap = proposal.kind === "value" && !rest.startsWith(" ") && !rest.startsWith(",") ? " " : "";
  const head = text.slice(0, proposal.from) + proposal.insert + gap;
  return { text: head + rest, caret: head.length };
}
