// @vitest-environment node
import { parseSync } from "vite";
import { expect, test } from "vitest";

const sources = import.meta.glob<string>(["../**/*.tsx", "!../**/*.test.tsx", "!./**"], {
  query: "?raw",
  import: "default",
  eager: true,
});

const SPOKEN = new Set(["title", "label", "placeholder", "aria-label", "description", "alt"]);
/** Examples of what is to be typed, the same in every language. */
const ALLOWED = new Set(["https://", "RO12345674", 'order.currency == "RON"']);

interface Node {
  type?: string;
  value?: unknown;
  name?: Node | string;
  expression?: Node;
}

/** Words that stand in the markup itself instead of in a catalogue. */
export function literals(source: string): string[] {
  const found: string[] = [];
  const keep = (text: unknown) => {
    if (typeof text === "string" && /\p{L}{2}/u.test(text) && !ALLOWED.has(text.trim())) found.push(text.trim());
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    const { type, value, name } = node as Node;
    if (type === "JSXText") keep(value);
    // a text in braces among children or in a spoken attribute: {"Salut"}, title={"Salut"}
    if (type === "JSXAttribute" && typeof name === "object" && SPOKEN.has(String(name.name))) {
      const given = value as Node | null;
      keep(given?.expression ? given.expression.value : given?.value);
    } else if (type === "JSXElement" || type === "JSXFragment") {
      for (const child of (node as { children: Node[] }).children) {
        if (child.type === "JSXExpressionContainer") keep(child.expression?.value);
      }
    }
    Object.values(node).forEach(visit);
  };
  const read = parseSync("screen.tsx", source, { lang: "tsx" });
  if (read.errors.length > 0) throw new Error(read.errors[0]?.message);
  visit(read.program);
  return found;
}

test("the search finds words in markup", () => {
  expect(literals("<Text>Salut, lume</Text>")).toEqual(["Salut, lume"]);
  expect(literals("<Text>Salut {name}</Text>")).toEqual(["Salut"]);
  expect(literals('<Text>{"Salut"}</Text>')).toEqual(["Salut"]);
  expect(literals('<Button title="Press me">{t("a.b")}</Button>')).toEqual(["Press me"]);
  expect(literals('<Button title={"Press me"}>{t("a.b")}</Button>')).toEqual(["Press me"]);
  expect(literals('<Text size="sm">{t("a.b")}{" · "}</Text>')).toEqual([]);
});

test("no screen holds words of its own", () => {
  expect(Object.keys(sources).length).toBeGreaterThan(20);
  const found = Object.entries(sources).flatMap(([path, source]) => literals(source).map((text) => `${path}: ${text}`));
  expect(found).toEqual([]);
});
