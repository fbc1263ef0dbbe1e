// A JSON text in parts that can be coloured.

export interface JsonPart {
  text: string;
  kind: "key" | "text" | "number" | "word" | "plain";
}

const PART = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** The parts in their order; together they are the text. */
export function jsonParts(json: string): JsonPart[] {
  const parts: JsonPart[] = [];
  let end = 0;
  for (const found of json.matchAll(PART)) {
    if (found.index > end) parts.push({ text: json.slice(end, found.index), kind: "plain" });
    const [whole, quoted, colon, number] = found;
    if (quoted !== undefined) parts.push({ text: quoted, kind: colon === undefined ? "text" : "key" });
    else parts.push({ text: whole, kind: number === undefined ? "word" : "number" });
    if (colon !== undefined) parts.push({ text: colon, kind: "plain" });
    end = found.index + whole.length;
  }
  if (end < json.length) parts.push({ text: json.slice(end), kind: "plain" });
  return parts;
}
