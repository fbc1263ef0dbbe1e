import { expect, test } from "vitest";
import { catalogues } from "./catalogues";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, before = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[before + key, value] as [string, string]] : flat(value, `${before}${key}.`),
  );
}

const words = { ro: flat(catalogues.ro as Tree), en: flat(catalogues.en as Tree) };
/** `orders.count_few` and `orders.count_other` are one key in several numbers. */
const withoutNumber = (key: string) => key.replace(/_(one|few|other)$/, "");
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map((found) => found[1]).sort();

test("both languages have the same keys", () => {
  const keys = (language: "ro" | "en") => new Set(words[language].map(([key]) => withoutNumber(key)));
  expect([...keys("ro")].sort()).toEqual([...keys("en")].sort());
});

test("nothing is empty, except what says nothing on purpose", () => {
  for (const language of ["ro", "en"] as const) {
    expect(words[language].filter(([, text]) => text.trim() === "")).toEqual([]);
  }
});

test("every number that a language counts in is there", () => {
  const numbers = { ro: ["one", "few", "other"], en: ["one", "other"] };
  for (const language of ["ro", "en"] as const) {
    const keys = new Set(words[language].map(([key]) => key));
    const counted = new Set([...keys].filter((key) => key.endsWith("_one")).map(withoutNumber));
    for (const key of counted) {
      const have = numbers[language].filter((number) => keys.has(`${key}_${number}`));
      expect(have, `${language} ${key}`).toEqual(numbers[language]);
    }
  }
});

test("a text has the same facts in both languages", () => {
  const facts = (language: "ro" | "en") => {
    const found = new Map<string, string>();
    for (const [key, text] of words[language]) {
      if (/_(one|few)$/.test(key)) continue; // "o dată" says its number in words
      found.set(withoutNumber(key), placeholders(text).join(" "));
    }
    return Object.fromEntries([...found].sort());
  };
  expect(facts("ro")).toEqual(facts("en"));
});

test("Romanian is written with its own letters, the comma ones", () => {
  const cedilla = words.ro.filter(([, text]) => /[şţŞŢ]/.test(text));
  expect(cedilla).toEqual([]);
});
