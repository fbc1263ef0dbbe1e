import { expect, test } from "vitest";
import { isSameNumber, parseNumber, writeNumber } from "./numbers";

const money = { decimals: 2 };
const ro = (text: string) => parseNumber(text, "ro", money);
const en = (text: string) => parseNumber(text, "en", money);

test("an amount is read as its language writes it", () => {
  const read = ["59", "45.50", "1000", "1234.56", "12345678.9", "1234.56"];
  expect(["59", "45,50", "1.000", "1.234,56", "12.345.678,9", "1 234,56"].map(ro)).toEqual(read);
  expect(["59", "45.50", "1,000", "1,234.56", "12,345,678.9", "1 234.56"].map(en)).toEqual(read);
  expect(["0,5", "45,"].map(ro)).toEqual(["0.5", "45"]);
});

test("what only the other language writes so is read its way", () => {
  expect(["45.50", "1,234.56", "1,234,567", "0.500"].map(ro)).toEqual(["45.50", "1234.56", "1234567", "0.500"]);
  expect(["45,50", "1.234,56", "1.234.567", "0,500"].map(en)).toEqual(["45.50", "1234.56", "1234567", "0.500"]);
});

test("nothing else passes for a number, nor more decimals than there are", () => {
  const none = ["", "-5", "1,2,3", "5e3", "x", "12,34,56", "1.23.456", "1 23", ".5", "5.", ","];
  expect(none.map(ro)).toEqual(none.map(() => null));
  expect([ro("1,234"), en("1.234"), ro("12,345")]).toEqual([null, null, null]);
  expect(parseNumber("1,2345", "ro", { decimals: 4 })).toBe("1.2345");
  expect(parseNumber("15,5", "ro", { decimals: 0 })).toBeNull();
  expect([parseNumber("-5,5", "ro", { decimals: 2, signed: true }), parseNumber("−5,5", "ro", { decimals: 2, signed: true })]).toEqual(["-5.5", "-5.5"]);
});

test("what is written is read again as the same, in both languages", () => {
  for (const plain of ["0", "45.5", "1234.567", "1000", "-12.5"]) {
    for (const language of ["ro", "en"] as const) {
      expect(parseNumber(writeNumber(plain, language), language, { decimals: 6, signed: true })).toBe(plain);
    }
  }
  expect(writeNumber("45.50", "ro")).toBe("45,50");
  expect(writeNumber("45x", "ro")).toBe("45x");
});

test("trailing zeros make no other number, and a word is the same as itself alone", () => {
  expect([isSameNumber("45.5", "45.50"), isSameNumber("", "0"), isSameNumber("x", "x"), isSameNumber("1", "2")]).toEqual([true, false, true, false]);
});
