// Which source fields a target's value was read from.

import type { MappingDocument, MappingTrial, RuleValueInfo } from "../../../api/generated/api";
import { blockOf, isSame, keyOf, type Spot } from "./document";
import { listOf, pathOf } from "./tree";

export interface Link {
  /** Path of the source's row. */
  source: string;
  /** Key of the target's place. */
  target: string;
}

/** An input's path from the order on: `item.total` of the second line is `order.line_items[1].total`. */
export function sourceOf(path: string, value: RuleValueInfo, document: MappingDocument): string {
  if (!/^item\b/.test(path)) return path;
  const list = listOf(blockOf(document, value.block)?.items ?? "");
  if (!list) return path;
  return `${pathOf(list)}[${value.item ?? 0}]${path.slice("item".length)}`;
}

/** One link for every source and target, however often it was read. */
export function linksOf(document: MappingDocument, trial: MappingTrial | null): Link[] {
  const found = new Map<string, Link>();
  for (const value of trial?.values ?? []) {
    for (const input of value.inputs) {
      const link = { source: sourceOf(input.path, value, document), target: keyOf(value) };
      found.set(`${link.source} ${link.target}`, link);
    }
  }
  return [...found.values()];
}

/** The sources of one target. */
export function sourcesOf(links: Link[], spot: Spot | null): Set<string> {
  return new Set(spot ? links.filter((link) => link.target === keyOf(spot)).map((link) => link.source) : []);
}

/** The row that stands for a path: its own, or the nearest one around it that is in sight. */
export function rowFor(path: string, seen: Set<string>): string | null {
  let rest = path;
  while (rest !== "") {
    if (seen.has(rest)) return rest;
    const cut = Math.max(rest.lastIndexOf("."), rest.lastIndexOf("["));
    if (cut <= 0) return null;
    rest = rest.slice(0, cut).replace(/\?$/, "");
  }
  return null;
}

/** Values of one place, in the order of its lines. */
export function valuesAt(trial: MappingTrial | null, spot: Spot): RuleValueInfo[] {
  return trial?.values.filter((value) => isSame(value, spot)) ?? [];
}
