import { expect, test } from "vitest";
import { fiscalDay, formatAmount, formatClock, formatCount, formatDecimal, formatInstant, formatMoney, formatPlain, formatRelative } from "./format";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test("amounts are in the locale, with a true minus", () => {
  expect(plain(formatAmount({ minor: 123456, currency: "RON" }, "ro"))).toBe("1.234,56 lei");
  expect(plain(formatAmount({ minor: 123456, currency: "RON" }, "en"))).toBe("RON 1,234.56");
  expect(plain(formatAmount({ minor: -5900, currency: "EUR" }, "ro"))).toBe("−59,00 EUR");
  expect(plain(formatAmount({ minor: 1500, currency: "JPY" }, "en"))).toBe("JPY 1,500");
});

test("a provider's decimal text is an amount where it has a currency", () => {
  expect(plain(formatMoney("-60.5", "RON", "ro"))).toBe("−60,50 lei");
  expect(plain(formatMoney("121.01", "RON", "en"))).toBe("RON 121.01");
  expect(formatMoney("121.01", "", "en")).toBe("121.01");
  expect(formatMoney("n/a", "RON", "en")).toBe("n/a");
});

test("decimals keep what they have, and what is no number stays as it came", () => {
  expect(formatDecimal("8.9900", "ro")).toBe("8,99");
  expect(formatDecimal("0.1667", "en")).toBe("0.1667");
  expect(formatDecimal("3", "ro", 0)).toBe("3");
  expect(formatDecimal("n/a", "ro")).toBe("n/a");
});

test("counts are grouped", () => {
  expect(plain(formatCount(1000000, "ro"))).toBe("1.000.000");
  expect(plain(formatCount(1000000, "en"))).toBe("1,000,000");
});

test("times are Bucharest's, winter and summer", () => {
  expect(formatClock(Date.UTC(2026, 0, 15, 22, 30), "ro")).toBe("00:30");
  expect(formatClock(Date.UTC(2026, 6, 15, 21, 30), "en")).toBe("00:30");
  expect(formatInstant(Date.UTC(2026, 0, 15, 22, 30), "en")).toContain("16 Jan 2026");
});

test("relative times say how long ago", () => {
  const now = Date.UTC(2026, 10, 24, 12);
  expect(formatRelative(now - 1000, now, "ro")).toBe("acum");
  expect(formatRelative(now - 120_000, now, "en")).toContain("2 min");
  expect(formatRelative(now - 3 * 86_400_000, now, "ro")).toContain("3 zile");
});

test("an amount without its currency keeps its cents", () => {
  expect(formatPlain({ minor: 5900, currency: "RON" }, "ro")).toBe("59,00");
});

test("a fiscal day is Bucharest's", () => {
  expect(fiscalDay(Date.UTC(2026, 10, 24, 22, 30))).toBe("2026-11-25");
});
