import type {
  DraftInfo,
  MappingDocument,
  MappingInfo,
  Mappings,
  MappingTrial,
  RuleEntry,
  RuleProblem,
  RuleValueInfo,
  SampleInfo,
  SampleRequest,
  TargetInfo,
  TryRequest,
} from "../api/generated/api";
import type { Answers } from "./show";

const lei = (minor: number) => ({ minor, currency: "RON" });

export const orderJson = {
  id: 1042,
  number: "1042",
  currency: "RON",
  total: "101.95",
  customer_note: "",
  billing: { company: "EXEMPLU SRL", city: "Bucuresti", state: "B", postcode: "011057", phone: null },
  meta_data: [{ id: 7, key: "_billing_cui", value: "RO12345674" }],
  line_items: [
    { name: "Cană ceramică", quantity: 3, total: "74.31", sku: "C1" },
    { name: "Farfurie", quantity: 1, total: "9.95" },
  ],
  shipping_lines: [{ method_title: "Curier", total: "0.00" }],
};

export const sample: SampleInfo = { id: "ord_1", number: "1042", customer: "EXEMPLU SRL", json: JSON.stringify(orderJson) };
export const nextSample: SampleInfo = {
  ...sample,
  id: "ord_2",
  number: "1043",
  customer: "Ana Ionescu",
  json: JSON.stringify({ ...orderJson, number: "1043", billing: { ...orderJson.billing, city: "Cluj-Napoca" } }),
};

const rule = (target: string, expression: string, more: Partial<RuleEntry> = {}): RuleEntry => ({
  target,
  expression,
  default: null,
  whenEmpty: "leave_out",
  note: "",
  ...more,
});

export const mappingDocument: MappingDocument = {
  name: "WooCommerce România",
  tolerance: "0",
  rounding: null,
  client: [rule("name", "order.billing.company"), rule("city", "order.billing.city"), rule("country", "", { default: "Romania", whenEmpty: "default" })],
  document: [rule("currency", "order.currency"), rule("total", "money(order.total)")],
  lines: [
    { name: "line_items", kind: "product", items: "order.line_items", when: "", fields: [rule("name", "item.name"), rule("quantity", "item.quantity")] },
  ],
  payment: [],
  tables: [{ name: "units", rows: [{ key: "pcs", value: "buc" }] }],
};

const target = (section: string, name: string, kind: string, required: boolean): TargetInfo => ({ section, name, kind, required });

export const known: Mappings = {
  mappings: [{ id: "map_1", name: "WooCommerce România", version: 7, flows: ["Companii → Oblio"], hasDraft: false, orders: "woocommerce" }],
  shops: {},
  presets: ["woocommerce_ro", "shopify"],
  targets: [
    target("client", "name", "text", true),
    target("client", "city", "text", true),
    target("client", "country", "text", true),
    target("client", "email", "text", false),
    target("document", "currency", "text", true),
    target("document", "total", "amount", true),
    target("document", "mentions", "text", false),
    target("line", "name", "text", true),
    target("line", "quantity", "amount", true),
    target("line", "unit_price", "amount", true),
    target("line", "code", "text", false),
    target("payment", "value", "amount", false),
  ],
  functions: [
    { name: "money", signature: "money(value)", example: 'money("12.50")', result: "12.50" },
    { name: "sector", signature: "sector(city, postcode)", example: 'sector("Bucuresti", "011057")', result: "Sector 1" },
    { name: "meta", signature: "meta(order, key)", example: 'order.meta("_billing_cui")', result: "RO12345674" },
    { name: "lookup", signature: "lookup(table, key)", example: 'lookup("units", "pcs")', result: "buc" },
  ],
};

export const two: Mappings = {
  ...known,
  mappings: [...known.mappings, { id: "map_2", name: "Shopify", version: 1, flows: [], hasDraft: true, orders: "shopify" }],
};

export const mappingInfo: MappingInfo = {
  id: "map_1",
  name: "WooCommerce România",
  version: 7,
  published: mappingDocument,
  draft: null,
  flows: [{ id: "flow_1", name: "Companii", provider: "oblio" }],
};

export const draft: DraftInfo = {
  clientName: "EXEMPLU SRL",
  isCompany: true,
  taxId: "RO12345674",
  vatPayer: true,
  regCom: "",
  address: "Str. Lunga 1",
  city: "Bucuresti",
  county: "Bucuresti",
  country: "Romania",
  email: "",
  phone: "",
  lines: [{ kind: "product", name: "Cană ceramică", code: "C1", description: "", unit: "buc", quantity: "3", unitPrice: "33.9833", vatRate: "21", gross: lei(10195) }],
  vat: [{ rate: "21", net: lei(8426), vat: lei(1769) }],
  total: lei(10195),
  orderTotal: lei(10195),
  paymentKind: null,
  payment: null,
  mentions: "",
};

function read(path: string, root: unknown): unknown {
  return path.split(/\??\./).slice(1).reduce<unknown>((value, step) => (value as Record<string, unknown> | null)?.[step], root);
}

/** Paths, texts and `money(…)` as the engine takes them; anything with `broken` in it does not compile. */
function valueOf(one: RuleEntry, order: unknown, item: unknown): Pick<RuleValueInfo, "value" | "origin" | "inputs" | "problem"> {
  const path = /^(?:money\()?((order|item)[\w.?]*)\)?$/.exec(one.expression);
  const quoted = /^"(.*)"$/.exec(one.expression)?.[1];
  const found = path?.[1] ? read(path[1], path[2] === "item" ? item : order) : quoted;
  const inputs = path?.[1] && found !== undefined ? [{ path: path[1], value: String(found ?? "") }] : [];
  if (found !== undefined && found !== null && found !== "") return { value: String(found), origin: "expression", inputs, problem: null };
  if (one.whenEmpty === "default" && one.default !== null) return { value: one.default, origin: "default", inputs, problem: null };
  return { value: null, origin: one.whenEmpty === "hold" ? "held" : "left_out", inputs, problem: null };
}

export const syntax: RuleProblem = { code: "syntax", detail: "Expecting ')'", line: 1, column: 8, near: null };

/** What the host makes of a document, well enough for what the screens show. */
export function tryMapping({ document, json, orderId }: TryRequest): MappingTrial {
  const order = JSON.parse(json ?? (orderId === "ord_2" ? nextSample.json : sample.json)) as Record<string, unknown>;
  const sections = (["client", "document", "payment"] as const).flatMap((section) =>
    document[section].map((one) => ({ target: `${section}.${one.target}`, block: null as string | null, rule: one })),
  );
  const fields = document.lines.flatMap((block) => block.fields.map((one) => ({ target: one.target, block: block.name, rule: one })));
  const broken = [...sections, ...fields].filter((one) => one.rule.expression.includes("broken"));
  if (broken.length > 0) {
    const errors = broken.map(({ target: name, block }) => ({ target: name, block, problem: syntax }));
    return { errors, values: [], draft: null, problems: [], byRules: [], orderVat: null, payload: null };
  }
  const values: RuleValueInfo[] = sections.map((one) => ({ target: one.target, block: null, item: null, itemName: "", ...valueOf(one.rule, order, null) }));
  for (const block of document.lines) {
    const items = read(block.items, order);
    const list = Array.isArray(items) ? (items as { name?: string }[]) : [];
    const own = { block: block.name, item: null, itemName: "", problem: null };
    values.push({ ...own, target: "items", value: `[${list.length}]`, origin: "expression", inputs: [{ path: block.items, value: "" }] });
    list.forEach((item, at) => {
      for (const one of block.fields) {
        values.push({ target: one.target, block: block.name, item: at, itemName: item.name ?? "", ...valueOf(one, order, item) });
      }
    });
  }
  const city = values.find((value) => value.target === "client.city")?.value ?? "";
  return {
    errors: [],
    values,
    draft: { ...draft, city },
    problems: city === "" ? [{ field: "client.city", kind: "field_missing", detail: "" }] : [],
    byRules: [],
    orderVat: lei(1769),
    payload: city === "" ? null : { provider: "oblio", json: JSON.stringify({ client: { name: "EXEMPLU SRL", city }, total: 101.95 }, null, 2) },
  };
}

/** The commands of an editor with one mapping, as a host answers them. */
export function editorAnswers(more: Answers = {}): Answers {
  return {
    "mappings.list": known,
    "mappings.get": mappingInfo,
    "mappings.sample": ({ which, value, from }: SampleRequest) => {
      if (which === "next" || which === "next_failing") return { sample: from === "ord_1" ? nextSample : null };
      if (which === "pasted") return { sample: { id: null, number: "1", customer: "", json: value } };
      if (which === "order") return { sample: value === "ord_2" ? nextSample : sample };
      return { sample };
    },
    "mappings.samples": { orders: [{ id: "ord_2", number: "1043", customer: "Ana Ionescu" }] },
    "mappings.try": tryMapping,
    "mappings.save_draft": { savedMs: Date.now() },
    "mappings.discard_draft": {},
    "mappings.diff": {
      changes: [{ section: "client", part: null, target: "city", aspect: "expression", before: "order.billing.city", after: "order.billing.state" }],
    },
    "dry_run.get": { run: null },
    ...more,
  };
}
