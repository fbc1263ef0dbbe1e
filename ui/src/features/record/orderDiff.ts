import { create, type Delta } from "jsondiffpatch";

/** A field that is not as it was: absent before, absent after, or of another value, each as JSON has it. */
export interface FieldChange {
  /** `line_items[0].total` */
  path: string;
  before: unknown;
  after: unknown;
}

// what stands in lists is the same thing by its id or key, wherever it stands
const differ = create({
  objectHash: (item, index) => {
    const { id, key } = item as { id?: unknown; key?: unknown };
    return id !== undefined ? `id ${id}` : key !== undefined ? `key ${key}` : `at ${index}`;
  },
  arrays: { detectMove: false },
});

const byPath = new Intl.Collator("en", { numeric: true });

/** Field by field what differs between two versions of an order, by their paths. */
export function orderDiff(before: unknown, after: unknown): FieldChange[] {
  const changes: FieldChange[] = [];
  walk(differ.diff(before, after), "", changes);
  return changes.sort((a, b) => byPath.compare(a.path, b.path));
}

function walk(delta: Delta, path: string, changes: FieldChange[]): void {
  if (delta === undefined) return;
  if (Array.isArray(delta)) {
    if (delta.length === 1) changes.push({ path, before: undefined, after: delta[0] });
    else if (delta.length === 2) changes.push({ path, before: delta[0], after: delta[1] });
    else if (delta[2] === 0) changes.push({ path, before: delta[0], after: undefined });
    return;
  }
  const isList = "_t" in delta;
  for (const [name, inner] of Object.entries(delta)) {
    if (name === "_t") continue;
    // what is gone from a list has an underscore before its old place
    const place = isList ? `${path}[${name.replace("_", "")}]` : path === "" ? name : `${path}.${name}`;
    walk(inner as Delta, place, changes);
  }
}
