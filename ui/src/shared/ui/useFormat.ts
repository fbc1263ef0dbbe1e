import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Amount } from "../../api/generated/api";
import { formatAmount, formatClock, formatCount, formatDay, formatDecimal, formatInstant, formatMoney, formatMonth, formatPlain, formatRelative, formatSize, type Language } from "../lib/format";

/** Formatting in the language of the screen; the same object until the language changes. */
export function useFormat() {
  const { i18n } = useTranslation();
  const language: Language = i18n.language === "en" ? "en" : "ro";
  return useMemo(
    () => ({
      language,
      amount: (amount: Amount) => formatAmount(amount, language),
      amounts: (amounts: Amount[]) => amounts.map((one) => formatAmount(one, language)).join(" + "),
      money: (text: string, currency: string) => formatMoney(text, currency, language),
      plain: (amount: Amount) => formatPlain(amount, language),
      count: (count: number) => formatCount(count, language),
      decimal: (text: string, digits?: number) => formatDecimal(text, language, digits),
      day: (day: string) => formatDay(day, language),
      month: (month: string) => formatMonth(month, language),
      size: (bytes: number) => formatSize(bytes, language),
      instant: (ms: number) => formatInstant(ms, language),
      clock: (ms: number, seconds = false) => formatClock(ms, language, seconds),
      relative: (ms: number, now: number) => formatRelative(ms, now, language),
    }),
    [language],
  );
}
