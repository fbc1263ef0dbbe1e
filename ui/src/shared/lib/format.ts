import type { Amount } from "../../api/generated/api";

export type Language = "ro" | "en";

const ZONE = "Europe/Bucharest";
const NO_MINOR = new Set(["JPY", "KRW"]);
const LOCALE = { ro: "ro-RO", en: "en-GB" };

// The web view takes long to make a formatter, up to a millisecond for one with a time zone: each is made once. A table's page
// wants a hundred.
const kept = new Map<string, unknown>();

function once<F, O>(Format: new (locale: string, options: O) => F, locale: string, options: O): F {
  const key = `${Format.name} ${locale} ${JSON.stringify(options)}`;
  const found = kept.get(key) as F | undefined;
  if (found) return found;
  const made = new Format(locale, options);
  kept.set(key, made);
  return made;
}

const numbers = (language: Language, options: Intl.NumberFormatOptions) => once(Intl.NumberFormat, LOCALE[language], options);
const dates = (language: Language, options: Intl.DateTimeFormatOptions) => once(Intl.DateTimeFormat, LOCALE[language], options);

export function exponent(currency: string): number {
  return NO_MINOR.has(currency) ? 0 : 2;
}

/** `1.234,56 lei` or `RON 1,234.56`, with a true minus. */
export function formatAmount(amount: Amount, language: Language): string {
  const digits = exponent(amount.currency);
  const value = amount.minor / 10 ** digits;
  const number = numbers(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: "always",
  })
    .format(value)
    .replace("-", "−");
  if (language === "en") return `${amount.currency} ${number}`;
  return `${number} ${amount.currency === "RON" ? "lei" : amount.currency}`;
}

/** The same of a decimal text, as a provider writes it; what is no number, or has no currency, as it came. */
export function formatMoney(text: string, currency: string, language: Language): string {
  if (currency === "" || text === "" || Number.isNaN(Number(text))) return formatDecimal(text, language);
  return formatAmount({ minor: Math.round(Number(text) * 10 ** exponent(currency)), currency }, language);
}

/** `101,95`: an amount whose currency stands beside it already. */
export function formatPlain(amount: Amount, language: Language): string {
  const digits = exponent(amount.currency);
  return formatDecimal((amount.minor / 10 ** digits).toFixed(digits), language, digits);
}

/** The day in Bucharest, `YYYY-MM-DD`: a fiscal date. Put together here, for web views write a day in different ways. */
export function fiscalDay(ms: number): string {
  const parts = dates("en", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
  const found = new Map(parts.formatToParts(ms).map((part) => [part.type, part.value]));
  return `${found.get("year")}-${found.get("month")}-${found.get("day")}`;
}

/** A decimal text from a provider, in the locale. */
export function formatDecimal(text: string, language: Language, digits = 2): string {
  const value = Number(text);
  if (Number.isNaN(value)) return text;
  return numbers(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: 4,
  })
    .format(value)
    .replace("-", "−");
}

export function formatCount(count: number, language: Language): string {
  return numbers(language, { useGrouping: "always" }).format(count);
}

/** A file's size: `640 kB`, `2,1 MB`. */
export function formatSize(bytes: number, language: Language): string {
  const [value, unit] = bytes < 1_000_000 ? [Math.max(1, Math.round(bytes / 1000)), "kB"] : [bytes / 1_000_000, "MB"];
  return `${numbers(language, { maximumFractionDigits: 1 }).format(value)} ${unit}`;
}

export function formatInstant(ms: number, language: Language): string {
  return dates(language, {
    timeZone: ZONE,
    day: "2-digit",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(ms);
}

/** A fiscal date (`YYYY-MM-DD`) in the locale; empty while it is none. */
export function formatDay(day: string, language: Language): string {
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms)) return "";
  return dates(language, { timeZone: "UTC", dateStyle: "medium" }).format(ms);
}

/** A month (`YYYY-MM`) by its name: `October 2026`. */
export function formatMonth(month: string, language: Language): string {
  const ms = Date.parse(`${month}-01T00:00:00Z`);
  if (Number.isNaN(ms)) return "";
  return dates(language, { timeZone: "UTC", month: "long", year: "numeric" }).format(ms);
}

/** `10:42`, Bucharest. */
export function formatClock(ms: number, language: Language, seconds = false): string {
  return dates(language, {
    timeZone: ZONE,
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
  }).format(ms);
}

const STEPS: [limit: number, unit: Intl.RelativeTimeFormatUnit, size: number][] = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [86400 * 30, "day", 86400],
  [Number.POSITIVE_INFINITY, "month", 86400 * 30],
];

/** `2 min ago`. */
export function formatRelative(ms: number, nowMs: number, language: Language): string {
  const seconds = Math.round((ms - nowMs) / 1000);
  const far = Math.abs(seconds);
  if (far < 5) return language === "ro" ? "acum" : "now";
  const [, unit, size] = STEPS.find(([limit]) => far < limit) ?? [0, "month" as const, 86400 * 30];
  return once(Intl.RelativeTimeFormat, language, { numeric: "auto", style: "short" }).format(
    Math.trunc(seconds / size),
    unit,
  );
}
