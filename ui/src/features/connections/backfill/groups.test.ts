import { expect, test } from "vitest";
import { progressOf, rowsOf, sumOf } from "./groups";
import { group, planned } from "./samples";

const lei = (minor: number) => ({ minor, currency: "RON" });

test("what would be invoiced comes first, then what is held, and most orders before few", () => {
  const rows = rowsOf([
    group("left_out", "cancelled", 9),
    group("hold", "totals_differ", 1),
    group("hold", "address_incomplete", 3),
    group("invoiced", "", 4),
    group("issue", "", 2),
  ]);
  expect(rows.map(({ verdict, reason }) => `${verdict} ${reason}`.trim())).toEqual([
    "issue",
    "hold address_incomplete",
    "hold totals_differ",
    "invoiced",
    "left_out cancelled",
  ]);
});

test("one reason in two currencies is one row: sums stay apart, samples are five at most", () => {
  const euro = { ...group("issue", "", 3), total: { minor: 500, currency: "EUR" }, samples: ["7", "8", "9"] };
  const [row] = rowsOf([{ ...group("issue", "", 4), total: lei(1000), samples: ["1", "2", "3", "4"] }, euro]);
  expect(row).toMatchObject({ count: 7, totals: [lei(1000), { minor: 500, currency: "EUR" }], samples: ["1", "2", "3", "4", "7"] });
});

test("sums are of one verdict; progress is of all that goes to the flow, the held ones too", () => {
  expect(sumOf(planned.groups, "issue").count).toBe(38);
  expect(sumOf(planned.groups, "hold").count).toBe(3);
  expect(progressOf(planned)).toEqual({ released: 0, all: 41 });
});
