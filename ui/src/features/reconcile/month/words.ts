import type { TFunction } from "i18next";

/** Groups of words that the file names by code, and where the screen keeps them. */
const GROUPS: Record<string, string> = {
  reason: "reason",
  decisions: "decision",
  state: "state",
  pass: "passWhy",
  gap: "closing.gap",
  obstacle: "closing.obstacle",
  einvoice: "closing.einvoice",
};

/** Every word that the report's file may need, by the key that it asks for. */
export function fileWords(t: TFunction, language: string): Record<string, string> {
  const words: Record<string, string> = { ...group(t, "closing.file"), language: language === "en" ? "en" : "ro" };
  for (const [name, place] of Object.entries(GROUPS)) {
    for (const [code, word] of Object.entries(group(t, place))) words[`${name}.${code}`] = word;
  }
  return words;
}

function group(t: TFunction, place: string): Record<string, string> {
  const found: unknown = t(place, { returnObjects: true });
  if (typeof found !== "object" || found === null) return {};
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
