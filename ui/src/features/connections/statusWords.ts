import type { TFunction } from "i18next";

/** Statuses that every shop shares, then those of WooCommerce and Shopify. */
const SHARED = ["paid", "completed", "open"];
const KNOWN = [...SHARED, "pending", "on-hold", "processing", "authorized", "partially_paid", "fulfilled", "unfulfilled"];

/** A status in words; what a shop invented stands as it is. */
export function statusWord(t: TFunction, code: string): string {
  const known = KNOWN.find((one) => one === code.trim().toLowerCase());
  return known ? t(`rules.status.${known.replace("-", "_")}`) : code;
}

/** The code of a status that was chosen or typed in words. */
export function statusCode(t: TFunction, word: string): string {
  const typed = word.trim().toLowerCase();
  return KNOWN.find((code) => code === typed || statusWord(t, code).toLowerCase() === typed) ?? word;
}

/** What is offered before anything is typed. */
export function statusWords(t: TFunction): string[] {
  return [...SHARED, "pending", "on-hold", "processing"].map((code) => statusWord(t, code));
}
