// A draft's fields as they are edited: groups, and which of them were set by hand.

import type { DraftEditEntry, DraftFields, FieldChangeInfo } from "../../../api/generated/api";

export interface FieldGroup {
  /** `client`, `document`, `payment`, or `lines[1]`. */
  id: string;
  fields: DraftEditEntry[];
}

/** `client` of `client.city`, `lines[1]` of `lines[1].name`. */
export function groupOf(field: string): string {
  return field.slice(0, field.lastIndexOf("."));
}

export function nameOf(field: string): string {
  return field.slice(field.lastIndexOf(".") + 1);
}

/** The number of a line's group, from 1; null for the other groups. */
export function lineNumber(group: string): number | null {
  const found = /^lines\[(\d+)\]$/.exec(group);
  return found ? Number(found[1]) : null;
}

/** The fields that are numbers, with the most decimals that each may have. */
const DECIMALS: Record<string, number> = { quantity: 6, unit_price: 4, vat_rate: 2, due_days: 0, total: 2 };

/** How many decimals a field may have; null where it is no number. */
export function decimalsOf(field: string): number | null {
  // other groups have no value that is a sum
  return field === "payment.value" ? 2 : (DECIMALS[nameOf(field)] ?? null);
}

/** Whether a field's value is a number that was not typed as one. */
export function isWrongNumber({ field, value }: DraftEditEntry): boolean {
  return decimalsOf(field) !== null && value !== "" && !/^-?\d+(\.\d+)?$/.test(value);
}

/** The fields in their groups, in the host's order. */
export function fieldGroups(fields: DraftEditEntry[]): FieldGroup[] {
  const groups = new Map<string, DraftEditEntry[]>();
  for (const field of fields) groups.set(groupOf(field.field), [...(groups.get(groupOf(field.field)) ?? []), field]);
  return [...groups].map(([id, own]) => ({ id, fields: own }));
}

/** What the mapping makes of every field: the values now, without what was set by hand. */
export function valuesOfMapping({ fields, edits }: DraftFields): Map<string, string> {
  const before = new Map((edits?.changes ?? []).map((change: FieldChangeInfo) => [change.field, change.before ?? ""]));
  return new Map(fields.map(({ field, value }) => [field, before.get(field) ?? value]));
}

/** The edits that make the mapping's values into these. */
export function editsOf(values: Map<string, string>, mapping: Map<string, string>): DraftEditEntry[] {
  return [...values].filter(([field, value]) => value !== mapping.get(field)).map(([field, value]) => ({ field, value }));
}
