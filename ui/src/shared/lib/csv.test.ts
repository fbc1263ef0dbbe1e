import { expect, test } from "vitest";
import { csvOf } from "./csv";

test("a text is kept as it is, with its quotes and separators", () => {
  expect(csvOf([["Linie", "De ce"], ["2", 'Țuțu; "SRL"\nIași']])).toBe('\uFEFFLinie;De ce\r\n2;"Țuțu; ""SRL""\nIași"\r\n');
});

test.each(["=1+1", "+40", "-5", "@SUM(A1)", "\t=1", "\r=1"])("%j is no formula", (text) => {
  expect(csvOf([[text]])).toContain(`'${text}`);
});
