/** A rule of EN 16931 or of CIUS-RO, as ANAF names it in a rejection. */
const RULE = /\bBR-[A-Z]{1,3}(?:-[A-Z]{2})?-\d{1,3}\b|\bBR-\d{1,2}\b/g;

/** The rule that a rejection names: the first that is known, else the first. Null where it names none. */
export function ruleOf(words: string, isKnown: (rule: string) => boolean): string | null {
  const named = words.toUpperCase().match(RULE) ?? [];
  return named.find(isKnown) ?? named[0] ?? null;
}
