// Numbers as people write them, `1.234,56` or `1,234.56`, and as everything behind the window has them, `1234.56`.

import type { Language } from "./format";

export const DECIMAL_MARK: Record<Language, string> = { ro: ",", en: "." };
const OTHER_MARK: Record<Language, string> = { ro: ".", en: "," };

interface Kind {
  /** Most decimals that it may have. */
  decimals: number;
  /** It may be below zero. */
  signed?: boolean;
}

/**
 * What a person typed or pasted, as decimal text with a point; null if it is no such number. The language's own mark parts
 * decimals, and the other one parts thousands: `1.000` is a thousand in Romanian and one in English. Where that makes no
 * sense but the other language's way does (`45.50` in Romanian, a pasted `1,234.56`), it is read so. A library's parser drops
 * what parts thousands wherever it stands: `45.50` would become 4550, a hundredfold invoice.
 */
export function parseNumber(text: string, language: Language, { decimals, signed }: Kind): string | null {
  const found = /^([-−]?)(.*)$/.exec(text.trim());
  const [, sign = "", unsigned = ""] = found ?? [];
  if (sign !== "" && !signed) return null;
  const body = /^\d{1,3}(\s\d{3})+(?=$|[.,])/.test(unsigned) ? unsigned.replace(/\s/g, "") : unsigned;
  const read = readBody(body, DECIMAL_MARK[language], OTHER_MARK[language]);
  if (!read || read.part.replace(/0+$/, "").length > decimals) return null;
  return `${sign && "-"}${read.whole}${read.part && `.${read.part}`}`;
}

function readBody(body: string, own: string, other: string): { whole: string; part: string } | null {
  const [mark, parting] = [`\\${own}`, `\\${other}`];
  const grouped = (by: string, times: string) => `[1-9]\\d{0,2}(?:${by}\\d{3})${times}`;
  const ways = [
    // the mark alone: somebody is about to type the rest
    `(\\d+|${grouped(parting, "+")})${mark}(\\d*)`,
    `(${grouped(parting, "+")})`,
    `(${grouped(mark, "{2,}")})`,
    `(\\d+|${grouped(mark, "+")})${parting}(\\d+)`,
    "(\\d+)",
  ];
  for (const way of ways) {
    const found = new RegExp(`^${way}$`).exec(body);
    if (found?.[1]) return { whole: found[1].replace(/\D/g, ""), part: found[2] ?? "" };
  }
  return null;
}

/** A decimal text with a point, as it stands in a field: `45,5`. What is no number stays as it is. */
export function writeNumber(plain: string, language: Language): string {
  return isPlain(plain) ? plain.replace(".", DECIMAL_MARK[language]) : plain;
}

export function isSameNumber(one: string, other: string): boolean {
  return one === other || (isPlain(one) && isPlain(other) && Number(one) === Number(other));
}

function isPlain(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}
