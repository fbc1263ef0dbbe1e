import { expect, test } from "vitest";
import { FIELDS } from "../../test/desk";
import { askedOf, choicesOf, fieldOf, partsOf, proposalsAt, quoted, taken, withField } from "./search";

const named = (name: string) => {
  const field = fieldOf(name, FIELDS);
  if (!field) throw new Error(name);
  return field;
};
const wordOf = (field: { name: string }, value: string | null, label: string | null) => label ?? value ?? field.name;
const inserts = (text: string, caret = text.length) => proposalsAt(text, caret, FIELDS, wordOf).map((one) => one.insert);

test("words, fields, quotes, negations and amounts without a colon are told apart by their places", () => {
  const text = 'ana -status:held client:"Ana Pop" amount>500 nosuch:1';
  const parts = partsOf(text, FIELDS);
  expect(parts.map((part) => [part.kind, part.negated, part.field?.name ?? null, text.slice(part.valueFrom, part.to)])).toEqual([
    ["word", false, null, "ana"],
    ["field", true, "status", "held"],
    ["field", false, "client", '"Ana Pop"'],
    ["field", false, "total", ">500"],
    ["unknown", false, null, "1"],
  ]);
  expect(parts.map((part) => text.slice(part.from, part.to)).join(" ")).toBe(text);
});

test("a quotation mark that is not closed holds the rest", () => {
  expect(partsOf('client:"Ana Pop', FIELDS)).toHaveLength(1);
});

test("a field's value is put in place of the one before, once, and what excludes stays", () => {
  const status = named("status");
  expect(withField("", status, "held", FIELDS)).toBe("status:held");
  expect(withField("ana state:issued cui:1 is:held", status, "in_doubt", FIELDS)).toBe("ana status:in_doubt cui:1");
  expect(withField("ana status:held -status:issued", status, null, FIELDS)).toBe("ana -status:issued");
  expect(askedOf("ana -status:issued is:held", status, FIELDS)).toBe("held");
  expect(askedOf("-status:issued", status, FIELDS)).toBeNull();
});

test("values with spaces or commas are quoted and read back", () => {
  expect(quoted("Ana Pop")).toBe('"Ana Pop"');
  expect(choicesOf('held,"Ana, Pop",in_doubt')).toEqual(["held", "Ana, Pop", "in_doubt"]);
});

test("fields are proposed by their names and aliases, values after the colon, the next after a comma", () => {
  expect(inserts("st")).toEqual(["status:"]);
  expect(inserts("is")).toEqual(["status:", "issued:"]);
  expect(inserts("status:")).toEqual(["issued", "held", "in_doubt", "mismatched", "changed"]);
  expect(inserts("status:held,i")).toEqual(["issued", "in_doubt"]);
  expect(inserts("issued:this")).toEqual(["this-week", "this-month", "this-year"]);
  expect(inserts("nosuch:")).toEqual([]);
  expect(inserts("", 0)).toHaveLength(FIELDS.length);
});

test("a value is found by the name that stands for it", () => {
  expect(inserts("connection:cluj")).toEqual(["con_1"]);
});

test("what is taken replaces only what was begun, and the caret waits behind it", () => {
  const take = (text: string, caret: number, at = 0) => {
    const proposal = proposalsAt(text, caret, FIELDS, wordOf)[at];
    if (!proposal) throw new Error("nothing proposed");
    return taken(text, proposal);
  };
  expect(take("ana st cui:1", 6)).toEqual({ text: "ana status: cui:1", caret: 11 });
  expect(take("status:he", 9)).toEqual({ text: "status:held ", caret: 12 });
  expect(take("status:he cui:1", 9)).toEqual({ text: "status:held cui:1", caret: 11 });
  expect(take("-st", 3)).toEqual({ text: "-status:", caret: 8 });
  expect(take("status:issued,he,changed", 16)).toEqual({ text: "status:issued,held,changed", caret: 18 });
});
