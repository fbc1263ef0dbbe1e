import { expect, test } from "vitest";
import { known as mappings, mappingDocument, orderJson, tryMapping } from "../../../test/mapping";
import { type Known, suggestAt } from "./completion";
import { constantOf, isEqual, pastedRows, renamedTable, ruleAt, withBlock, withNewBlock, withoutBlankRows, withoutRule, withRule, withTable, wrongBlockName } from "./document";
import { jsonParts } from "./json";
import { linksOf, rowFor } from "./links";
import { stepsOf, take } from "./steps";
import { groupsOf, linesOf, spotOf } from "./targets";
import { expressionOf, flatten, kindOfList, listOf, listsOf, openAtFirst, rowsOf, treeOf } from "./tree";

const nodes = treeOf(orderJson) ?? [];
const node = (path: string) => {
  const found = flatten(nodes).find((one) => one.path === path);
  if (!found) throw new Error(path);
  return found;
};
const trial = tryMapping({ mappingId: "map_1", document: mappingDocument, orderId: "ord_1", json: null, flowId: null });

const known: Known = { order: orderJson, items: orderJson.line_items, functions: mappings.functions, tables: ["units", "counties"] };
const at = (text: string, more: Partial<Known> = {}) => suggestAt(text, text.length, { ...known, ...more }, false);
const labels = (text: string, more: Partial<Known> = {}) => at(text, more)?.options.map((one) => one.label) ?? [];
const applied = (text: string, label: string) => {
  const found = at(text);
  const option = found?.options.find((one) => one.label === label);
  return found && option ? text.slice(0, found.from) + option.apply : null;
};

test("after a path come the fields that the sample has there, with their values", () => {
  expect(labels("order.billing.")).toEqual(["company", "city", "state", "postcode", "phone"]);
  expect(at("order.billing.ci")?.options).toEqual([{ label: "city", apply: ".city", kind: "field", detail: "Bucuresti" }]);
  expect(labels("sector(order.billing.ci")).toEqual(["city"]);
  expect(labels("order.nothing.")).toEqual([]);
});

test("a field that may be absent is written with ?. before it", () => {
  expect(applied("order.billing.ph", "phone")).toBe("order.billing?.phone");
  expect(applied("order?.billing?.ci", "city")).toBe("order?.billing?.city");
  // one line has a code, the other none
  expect(applied("item.", "sku")).toBe("item?.sku");
  expect(applied("item.", "name")).toBe("item.name");
});

test("item is offered inside lines alone", () => {
  expect(labels("it")).toContain("item");
  expect(labels("it", { items: null })).not.toContain("item");
  expect(labels("item.", { items: null })).toEqual([]);
});

test("a word finds functions with their signature, and whole paths", () => {
  expect(at("sec")?.options).toEqual([{ label: "sector", apply: "sector(", kind: "function", detail: "sector(city, postcode)", name: "sector" }]);
  expect(labels("city")).toContain("order.billing.city");
  expect(applied("money(tot", "item.total")).toBe("money(item.total");
  expect(at("")).toBeNull();
  expect(suggestAt("", 0, known, true)?.options.length).toBeGreaterThan(5);
});

test("inside quotes only tables and keys of the meta data are offered", () => {
  expect(applied('lookup("un', "units")).toBe('lookup("units"');
  expect(applied('order.meta("', "_billing_cui")).toBe('order.meta("_billing_cui"');
  expect(at('"order.')).toBeNull();
  expect(at('"a" + order.billing.ci')?.options).toHaveLength(1);
});

test("the tree shows groups and the first entry of lists open, and a search what is found with what it is in", () => {
  const open = openAtFirst(nodes);
  const paths = rowsOf(nodes, open, "").map((one) => one.path);
  expect(paths).toContain("order.line_items[0].name");
  expect(paths).toContain("order.line_items[1]");
  expect(paths).not.toContain("order.line_items[1].name");
  expect(rowsOf(nodes, new Set(), "cana").map((one) => one.path)).toEqual(["order.line_items", "order.line_items[0]", "order.line_items[0].name"]);
  expect(treeOf([1])).toBeNull();
});

test("a field's expression is read by item inside its list's block, and a meta datum by its key", () => {
  const list = listOf("order?.line_items");
  expect(list).toEqual(["line_items"]);
  expect(listOf("order.line_items.filter(x)")).toBeNull();
  expect(expressionOf(node("order.line_items[1].name"), list, orderJson)).toBe("item.name");
  expect(expressionOf(node("order.line_items[1].name"), null, orderJson)).toBe("order.line_items[1].name");
  expect(expressionOf(node("order.billing.phone"), list, orderJson)).toBe("order.billing?.phone");
  expect(expressionOf(node("order.meta_data[0].value"), null, orderJson)).toBe('order.meta("_billing_cui")');
  expect(expressionOf(node("order.meta_data[0]"), null, orderJson)).toBe('order.meta("_billing_cui")');
  const odd = treeOf({ "fiscal-code": "1" })?.[0];
  expect(odd && expressionOf(odd, null, {})).toBe('order["fiscal-code"]');
});

test("lines can be made from the order's lists of groups", () => {
  expect(listsOf(nodes).map((one) => one.name)).toEqual(["line_items", "shipping_lines"]);
  expect(["line_items", "shipping_lines", "fee_lines", "coupon_lines"].map(kindOfList)).toEqual(["product", "shipping", "fee", "discount"]);
});

test("rules are changed, made and taken out at their place, without touching the document before", () => {
  const spot = { block: "line_items", target: "unit_price" };
  const after = withRule(mappingDocument, spot, { expression: "item.price" });
  expect(ruleAt(after, spot)?.expression).toBe("item.price");
  expect(ruleAt(mappingDocument, spot)).toBeNull();
  expect(ruleAt(withoutRule(after, spot), spot)).toBeNull();
  const items = withRule(after, { block: "line_items", target: "items" }, { expression: "order.items" });
  expect(items.lines[0]?.items).toBe("order.items");
  expect(withRule(after, { block: null, target: "nowhere.name" }, { expression: "1" })).toBe(after);
  const [more, name] = withNewBlock(after, "line_items", "fee", "");
  expect(name).toBe("line_items_2");
  expect(wrongBlockName(more, name, "line_items")).toBe("target_twice");
  expect(wrongBlockName(more, name, "2 lines")).toBe("block_name");
  expect(withBlock(more, name, { name: "fees" }).lines[1]?.name).toBe("fees");
});

test("a renamed table is followed by the rules that read it, and by no others", () => {
  const read = withRule(mappingDocument, { block: null, target: "client.city" }, { expression: 'lookup( "units", order.x) + lookup("units2", "units")' });
  const after = renamedTable(read, "units", 'a"b');
  expect(ruleAt(after, { block: null, target: "client.city" })?.expression).toBe('lookup( "a\\"b", order.x) + lookup("units2", "units")');
  expect(pastedRows("a\tb\r\nc\r\n\r\n")).toEqual([{ key: "a", value: "b" }, { key: "c", value: "" }]);
});

test("a constant is written as its kind wants it", () => {
  expect(constantOf("21", "amount")).toBe("21");
  expect(constantOf("true", "flag")).toBe("true");
  expect(constantOf('Str. "Lungă"', "text")).toBe('"Str. \\"Lungă\\""');
  expect(constantOf("1; drop", "amount")).toBe('"1; drop"');
});

test("typing in one field is one step, a pause or another field begins a new one", () => {
  const change = (name: string, what: string, atMs: number) => ({ act: "change" as const, document: { ...mappingDocument, name }, what, atMs });
  let steps = stepsOf(mappingDocument);
  for (const step of [change("a", "name", 0), change("ab", "name", 300), change("abc", "name", 5000), change("abcd", "other", 5100)]) steps = take(steps, step);
  expect(steps.past).toHaveLength(3);
  steps = take(steps, { act: "undo" });
  steps = take(steps, { act: "undo" });
  expect(steps.now.name).toBe("ab");
  steps = take(steps, { act: "redo" });
  expect(steps.now.name).toBe("abc");
  steps = take(steps, change("x", "", 9000));
  expect(take(steps, { act: "redo" })).toBe(steps);
  expect(take(stepsOf(mappingDocument), { act: "undo" }).now).toBe(mappingDocument);
});

test("targets are grouped with their states, required ones also without a rule", () => {
  const groups = groupsOf(mappingDocument, mappings.targets, trial, null);
  expect(groups.map((group) => group.id)).toEqual(["client", "document", "line_items", "payment"]);
  const states = Object.fromEntries(groups.flatMap((group) => group.rows.map((row) => [`${group.id}.${row.name}`, row.state])));
  expect(states).toMatchObject({
    "client.name": "filled",
    "client.country": "default",
    "line_items.unit_price": "missing",
    "line_items.items": "filled",
    "line_items.when": "empty",
  });
  expect(groups[0]?.more.map((target) => target.name)).toEqual(["email"]);
  const shown = groupsOf(mappingDocument, mappings.targets, null, { block: null, target: "client.email" });
  expect(shown[0]?.rows.map((row) => row.name)).toContain("email");
});

test("a draft's line leads back to the block that made it", () => {
  const lines = linesOf(mappingDocument, trial);
  expect(spotOf("lines[1].quantity", lines)).toEqual({ block: "line_items", target: "quantity" });
  expect(spotOf("lines[9].quantity", lines)).toBeNull();
  expect(spotOf("client.city", lines)).toEqual({ block: null, target: "client.city" });
  expect(spotOf("total", lines)).toBeNull();
});

test("links go from the fields of the order to the targets, and end at the nearest row in sight", () => {
  const links = linksOf(mappingDocument, trial);
  expect(links).toContainEqual({ source: "order.line_items[1].name", target: "line_items/name" });
  expect(links).toContainEqual({ source: "order.billing.city", target: "/client.city" });
  const seen = new Set(["order.line_items", "order.line_items[1]", "order.billing"]);
  expect(rowFor("order.line_items[1].name", seen)).toBe("order.line_items[1]");
  expect(rowFor("order.line_items[0].name", seen)).toBe("order.line_items");
  expect(rowFor("order.total", seen)).toBeNull();
});

test("a coloured JSON text is still the same text", () => {
  const json = JSON.stringify({ a: "x: \"1\"", b: [1.5, true, null] }, null, 2);
  const parts = jsonParts(json);
  expect(parts.map((part) => part.text).join("")).toBe(json);
  expect(parts.filter((part) => part.kind === "key").map((part) => part.text)).toEqual(['"a"', '"b"']);
  expect(parts.filter((part) => part.kind === "number")).toEqual([{ text: "1.5", kind: "number" }]);
});

test("two documents are equal by their content, not by the order of their rules or an amount's zeros", () => {
  const turned = { ...mappingDocument, client: [...mappingDocument.client].reverse(), tolerance: "0.00" };
  expect(isEqual(mappingDocument, turned)).toBe(true);
  expect(isEqual(mappingDocument, { ...turned, lines: [] })).toBe(false);
  expect(isEqual(mappingDocument, withRule(mappingDocument, { block: null, target: "client.city" }, { note: "x" }))).toBe(false);
  const blank = withTable(mappingDocument, "units", [{ key: "pcs", value: "buc" }, { key: "", value: "" }]);
  expect(isEqual(mappingDocument, blank)).toBe(true);
  expect(withoutBlankRows(blank).tables).toEqual(mappingDocument.tables);
  expect(withoutBlankRows(mappingDocument)).toBe(mappingDocument);
});
