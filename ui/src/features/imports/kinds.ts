/** What orders are read from, by the end of the file's name; what is in it is found out by the host. */
const KINDS = ["csv", "tsv", "txt", "xlsx", "json"];

/** For the window's own choice of files. */
export const ACCEPT = [...KINDS.map((kind) => `.${kind}`), "text/csv", "application/json"].join(",");

/** The host takes no larger one. */
const MOST_BYTES = 1024 ** 3;

export type Unfit = "old_excel" | "other_kind" | "empty" | "too_large";

/** Why a file is not even sent; null where it is. */
export function refusalOf({ name, size }: Pick<File, "name" | "size">): Unfit | null {
  const kind = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  if (["xls", "xlsb", "ods", "numbers"].includes(kind)) return "old_excel";
  if (!KINDS.includes(kind)) return "other_kind";
  if (size > MOST_BYTES) return "too_large";
  return size === 0 ? "empty" : null;
}
