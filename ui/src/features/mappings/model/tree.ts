// A real order as a tree of its fields, and the expression that reads one of them.

import { literal } from "./document";

export type NodeKind = "group" | "list" | "text" | "number" | "flag" | "empty";

export interface SourceNode {
  /** As an expression's inputs name it: `order.billing.city`, `order.line_items[0].name`. */
  path: string;
  steps: (string | number)[];
  /** Its own name: `city`; of a list's entry what it is called. */
  name: string;
  level: number;
  kind: NodeKind;
  /** Of a field its value, of a list's entry a short description. */
  value: string;
  /** Of a list: its length. */
  count: number | null;
  parent: string | null;
  children: SourceNode[];
}

const LISTED = 100;

/** The order's fields; null where the text is no JSON object. */
export function treeOf(order: unknown): SourceNode[] | null {
  if (typeof order !== "object" || order === null || Array.isArray(order)) return null;
  return childrenOf(order, [], 1, null);
}

export function parseOrder(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function childrenOf(value: object, before: (string | number)[], level: number, parent: string | null): SourceNode[] {
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.slice(0, LISTED).map((entry, at) => [at, entry])
    : Object.entries(value);
  return entries.map(([step, child]) => {
    const steps = [...before, step];
    const path = pathOf(steps);
    const inside = typeof child === "object" && child !== null ? childrenOf(child, steps, level + 1, path) : [];
    return {
      path,
      steps,
      name: typeof step === "number" ? `[${step}]` : step,
      level,
      kind: kindOf(child),
      value: typeof step === "number" && inside.length > 0 ? titleOf(child) : textOf(child),
      count: Array.isArray(child) ? child.length : null,
      parent,
      children: inside,
    };
  });
}

/** `order.line_items[0].name` */
export function pathOf(steps: (string | number)[], root = "order"): string {
  return steps.reduce<string>((path, step) => path + stepText(step, "."), root);
}

function stepText(step: string | number, dot: string): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[A-Za-z_]\w*$/.test(step) ? `${dot}${step}` : `[${literal(step)}]`;
}

function kindOf(value: unknown): NodeKind {
  if (value === null || value === "") return "empty";
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "group";
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "flag" : "text";
}

function textOf(value: unknown): string {
  return typeof value === "object" ? "" : String(value);
}

/** What a list's entry is called, from the fields that usually say it. */
function titleOf(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return "";
  const fields = entry as Record<string, unknown>;
  const named = ["name", "title", "method_title", "key", "code", "description", "id"].map((key) => fields[key]);
  const title = named.find((value) => (typeof value === "string" && value !== "") || typeof value === "number");
  if (title === undefined) return "";
  const value = "key" in fields && typeof fields.value !== "object" ? textOf(fields.value) : "";
  return value === "" ? String(title) : `${title}: ${value}`;
}

export function flatten(nodes: SourceNode[]): SourceNode[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)]);
}

/** Groups stand open, and of every list its entries with the first one open. */
export function openAtFirst(nodes: SourceNode[]): Set<string> {
  const isOpen = (node: SourceNode) => {
    if (node.name.startsWith("_") || node.level > 3) return false;
    return node.kind === "list" ? node.level === 1 : node.level === 1 || node.steps.at(-1) === 0;
  };
  return new Set(flatten(nodes).filter((node) => node.children.length > 0 && isOpen(node)).map((node) => node.path));
}

const plain = (text: string) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();

/** The rows in sight: what is in open ones; while searching, what is found with all that it is in. */
export function rowsOf(nodes: SourceNode[], open: Set<string>, search: string): SourceNode[] {
  const wanted = plain(search.trim());
  if (wanted === "") {
    return nodes.flatMap((node) => [node, ...(open.has(node.path) ? rowsOf(node.children, open, "") : [])]);
  }
  return nodes.flatMap((node) => {
    const inside = rowsOf(node.children, open, search);
    const isFound = plain(node.path).includes(wanted) || plain(node.value).includes(wanted);
    return isFound || inside.length > 0 ? [node, ...inside] : [];
  });
}

/** The list that an `items` expression gives, as steps into the order; null where it is not a plain field. */
export function listOf(items: string): string[] | null {
  const found = /^\s*order((?:\s*\??\.\s*[A-Za-z_]\w*)+)\s*$/.exec(items);
  return found?.[1]?.split(/\??\./).map((step) => step.trim()).filter((step) => step !== "") ?? null;
}

/**
 * The expression that reads a field. In a block whose list it is in, it is read from `item`; a meta datum by its key, for its
 * place in the list changes; what is empty here may be absent elsewhere.
 */
export function expressionOf(node: SourceNode, list: string[] | null, order: unknown): string {
  const isInList = list !== null && list.every((step, at) => node.steps[at] === step) && typeof node.steps[list.length] === "number";
  const root = isInList ? "item" : "order";
  const steps = isInList ? node.steps.slice(list.length + 1) : node.steps;
  const meta = metaOf(node, order);
  if (meta) return `${pathOf(steps.slice(0, steps.indexOf("meta_data")), root)}${meta}`;
  const last = steps.at(-1);
  if (last === undefined) return root;
  return pathOf(steps.slice(0, -1), root) + stepText(last, node.kind === "empty" ? "?." : ".");
}

/** `.meta("_billing_cui")`, with the field inside it where one is meant. */
function metaOf(node: SourceNode, order: unknown): string | null {
  const at = node.steps.lastIndexOf("meta_data");
  const position = node.steps[at + 1];
  if (at < 0 || typeof position !== "number") return null;
  const entry = valueAt(order, node.steps.slice(0, at + 2));
  const key = typeof entry === "object" && entry !== null ? (entry as Record<string, unknown>).key : null;
  if (typeof key !== "string") return null;
  const [what, field, ...more] = node.steps.slice(at + 2);
  if (more.length > 0 || (what !== undefined && what !== "value")) return null;
  return field === undefined ? `.meta(${literal(key)})` : `.meta(${literal(key)}, ${literal(String(field))})`;
}

/** What stands at a path of the order; undefined where nothing does. */
export function valueAt(order: unknown, steps: (string | number)[]): unknown {
  return steps.reduce<unknown>((value, step) => {
    if (typeof value !== "object" || value === null) return undefined;
    return (value as Record<string | number, unknown>)[step];
  }, order);
}

/** Lists that lines can be made from: entries that are groups, at the top of the order or in its first level. */
export function listsOf(nodes: SourceNode[]): SourceNode[] {
  return flatten(nodes).filter(
    (node) => node.kind === "list" && node.level <= 2 && !/meta|_links|refunds/.test(node.name) && node.children.every((one) => one.kind === "group"),
  );
}

/** Which kind of lines a list most likely holds, by its name. */
export function kindOfList(name: string): string {
  if (name.includes("shipping")) return "shipping";
  if (name.includes("fee")) return "fee";
  return /coupon|discount/.test(name) ? "discount" : "product";
}
