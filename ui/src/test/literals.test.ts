import { expect, test } from "vitest";

const sources = import.meta.glob<string>(["../**/*.tsx", "!../**/*.test.tsx", "!./**"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Words that stand in the markup itself instead of in a catalogue. */
export function literals(source: string): string[] {
  const between = [...source.matchAll(/(?<![=\-])>\s*([^<>{}();=]*\p{L}{2}[^<>{}();=]*?)\s*<\//gu)].map((found) => found[1] ?? "");
  const attributes = [...source.matchAll(/\b(?:title|label|placeholder|aria-label|description)="([^"]*\p{L}{2}[^"]*)"/gu)];
  const allowed = new Set(["https://", "RO12345674"]);
  return [...between, ...attributes.map((found) => found[1] ?? "")].filter((text) => !allowed.has(text));
}

test("the search finds words in markup", () => {
  expect(literals("<Text>Salut, lume</Text>")).toEqual(["Salut, lume"]);
  expect(literals('<Button title="Press me">{t("a.b")}</Button>')).toEqual(["Press me"]);
  expect(literals('<Text size="sm">{t("a.b")}</Text>')).toEqual([]);
});

test("no screen holds words of its own", () => {
  expect(Object.keys(sources).length).toBeGreaterThan(20);
  const found = Object.entries(sources).flatMap(([path, source]) => literals(source).map((text) => `${path}: ${text}`));
  expect(found).toEqual([]);
});
