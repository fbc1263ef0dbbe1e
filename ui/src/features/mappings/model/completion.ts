// What may be typed next in an expression. Pure: a text, a position and what is known give suggestions.

import type { FunctionInfo } from "../../../api/generated/api";
import { literal } from "./document";
import { valueAt } from "./tree";

export interface Known {
  /** The sample order, parsed; null while there is none. */
  order: unknown;
  /** Entries of the block's list; null outside blocks. */
  items: unknown[] | null;
  functions: FunctionInfo[];
  /** Names of the lookup tables. */
  tables: string[];
}

export interface Suggestion {
  label: string;
  /** What is written in place of `from` … position. */
  apply: string;
  kind: "field" | "function" | "name" | "text";
  /** A field's value, or a function's signature. */
  detail: string;
  /** Set for functions: their words are in the catalogues under it. */
  name?: string;
}

export interface Suggestions {
  from: number;
  options: Suggestion[];
}

const PATHS = 40;
const PATH = /\b(order|item)((?:\??\.[A-Za-z_]\w*|\[\d+\])*)(\??\.)([A-Za-z_]\w*)?$/;

/** Suggestions at a position; null where there is nothing to suggest. `asked`: also where nothing was typed yet. */
export function suggestAt(text: string, position: number, known: Known, asked: boolean): Suggestions | null {
  const before = text.slice(0, position);
  if (isInText(before)) return textSuggestions(before, known);
  const path = PATH.exec(before);
  if (path) return fieldSuggestions(path, position, known);
  if (/[.\]]\s*\w*$/.test(before) && /\.\s*\w*$/.test(before)) return null;
  const word = /[A-Za-z_]\w*$/.exec(before)?.[0] ?? "";
  if (word === "" && !asked) return null;
  const options = [...nameSuggestions(known), ...functionSuggestions(known), ...pathSuggestions(word, known)];
  return { from: position - word.length, options: options.filter((one) => isLike(one, word)) };
}

function isLike(one: Suggestion, word: string): boolean {
  return word === "" || one.label.toLowerCase().includes(word.toLowerCase());
}

/** An odd number of quotes stands before. */
function isInText(before: string): boolean {
  return (before.replace(/\\./g, "").match(/"/g)?.length ?? 0) % 2 === 1;
}

/** The objects that a path leads to: one of the order, one for each entry of the block's list. */
function objectsAt(root: string, steps: string, known: Known): Record<string, unknown>[] {
  const taken = [...steps.matchAll(/\??\.([A-Za-z_]\w*)|\[(\d+)\]/g)].map((step) => step[1] ?? Number(step[2]));
  const roots = root === "item" ? (known.items ?? []) : [known.order];
  return roots
    .map((one) => valueAt(one, taken))
    .filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null && !Array.isArray(one));
}

function fieldSuggestions(found: RegExpExecArray, position: number, known: Known): Suggestions | null {
  const [, root = "", steps = "", dot = ".", typed = ""] = found;
  const objects = objectsAt(root, steps, known);
  const names = [...new Set(objects.flatMap((one) => Object.keys(one)))].filter((name) => /^[A-Za-z_]\w*$/.test(name));
  const options = names.map((name): Suggestion => {
    const values = objects.map((one) => one[name]);
    const mayBeAbsent = values.some((value) => value === undefined || value === null);
    const shown = values.find((value) => value !== undefined && value !== null);
    return { label: name, apply: `${mayBeAbsent ? "?." : dot}${name}`, kind: "field", detail: shortOf(shown) };
  });
  if (objects.some((one) => Array.isArray(one.meta_data))) {
    options.push({ label: "meta", apply: `${dot}meta("`, kind: "function", detail: "meta(key)", name: "meta" });
  }
  const fitting = options.filter((one) => isLike(one, typed));
  return fitting.length > 0 ? { from: position - typed.length - dot.length, options: fitting } : null;
}

function nameSuggestions(known: Known): Suggestion[] {
  const names = [...(known.items ? ["item"] : []), "order", "settings", "tax_point"];
  return names.map((name) => ({ label: name, apply: name, kind: "name", detail: "" }));
}

function functionSuggestions(known: Known): Suggestion[] {
  return known.functions.map(({ name, signature }) => ({ label: name, apply: `${name}(`, kind: "function", detail: signature, name }));
}

/** Whole paths whose last name is like the word: `city` finds `order.billing.city`. */
function pathSuggestions(word: string, known: Known): Suggestion[] {
  if (word.length < 2) return [];
  const found: Suggestion[] = [];
  const visit = (value: unknown, path: string, depth: number) => {
    if (typeof value !== "object" || value === null || Array.isArray(value) || depth > 3) return;
    for (const [name, child] of Object.entries(value)) {
      if (!/^[A-Za-z_]\w*$/.test(name)) continue;
      const here = `${path}${child === null ? "?." : "."}${name}`;
      const isPlain = typeof child !== "object" || child === null;
      if (isPlain && name.toLowerCase().includes(word.toLowerCase()) && !found.some((one) => one.apply === here)) {
        found.push({ label: here, apply: here, kind: "field", detail: shortOf(child) });
      }
      visit(child, here, depth + 1);
    }
  };
  for (const item of known.items ?? []) visit(item, "item", 1);
  visit(known.order, "order", 1);
  return found.slice(0, PATHS);
}

/** Inside quotes: a table's name in `lookup("`, a key in `meta("`. */
function textSuggestions(before: string, known: Known): Suggestions | null {
  const call = /(?:\b(lookup)\(\s*|\b(order|item)\??\.meta\(\s*|\bmeta\(\s*(order|item)\s*,\s*)"([^"]*)$/.exec(before);
  if (!call) return null;
  const typed = call[4] ?? "";
  const names = call[1] ? known.tables : metaKeys(call[2] ?? call[3] ?? "order", known);
  const options = names
    .filter((name) => name.toLowerCase().includes(typed.toLowerCase()))
    .map((name): Suggestion => ({ label: name, apply: literal(name), kind: "text", detail: "" }));
  return options.length > 0 ? { from: before.length - typed.length - 1, options } : null;
}

function metaKeys(root: string, known: Known): string[] {
  const entries = objectsAt(root, "", known).flatMap((one) => (Array.isArray(one.meta_data) ? one.meta_data : []));
  const keys = entries.map((entry: { key?: unknown } | null) => entry?.key);
  return [...new Set(keys.filter((key): key is string => typeof key === "string"))];
}

function shortOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === "object") return "{}";
  const text = String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
