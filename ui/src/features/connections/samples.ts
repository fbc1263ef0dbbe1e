import type { ConnectionInfo, Connections, FlowInfo, MappingSummary, Mappings, TestResult } from "../../api/generated/api";
import { shop } from "../../test/inbox";
import { untouchedRules } from "./rulesSentence";

export const stripe: ConnectionInfo = { ...shop, id: "con_stripe", kind: "stripe", name: "Plăți", address: "", account: "acct_1" };
export const billing: ConnectionInfo = { ...shop, id: "con_2", kind: "smartbill", name: "Facturi", company: "RO41236549", series: "FCT" };

export const flow: FlowInfo = {
  id: "flow_1",
  name: "Orders to invoices",
  shopId: stripe.id,
  billingId: billing.id,
  company: "RO41236549",
  series: "FCT",
  condition: "",
  mappingId: "map_woo",
  enabled: false,
  activeFromMs: 1_764_000_000_000,
  seriesIsOurs: true,
  writeBack: false,
  fullRefund: "propose",
  partialRefund: "propose",
  rules: untouchedRules,
  issued: 0,
  proformas: 0,
  held: 0,
  inDoubt: 0,
  waiting: 0,
};

export const wired = (flows: FlowInfo[] = [], from: ConnectionInfo = stripe): Connections => ({ shops: [from], billing: [billing], flows });

export const mapping = (id: string, orders: string, version = 1): MappingSummary => ({ id, name: id, version, flows: [], hasDraft: false, orders });
export const mappings = (...list: MappingSummary[]): Mappings => ({
  mappings: list,
  // none of them reads its orders
  shops: { [stripe.id]: { orders: "stripe", mapping: null, preset: "stripe" } },
  presets: [],
  targets: [],
  functions: [],
});

const good = (step: string) => ({ step, failure: null, found: "" });

/** SmartBill's answer: it lists no companies. */
export const passed: TestResult = {
  ok: true,
  steps: ["address", "credential", "company", "series", "vat_rates"].map(good),
  companies: null,
  series: [
    { name: "FCT", documentType: "invoice", nextNumber: "0008" },
    { name: "AVZ", documentType: "invoice", nextNumber: "0003" },
    { name: "PRF", documentType: "proforma", nextNumber: "0001" },
  ],
  vatRates: [{ name: "Normala", percent: "21" }],
};

/** A test that stopped at a step, for a reason. */
export function stopped(step: string, kind: string, source: string, more: Partial<TestResult> = {}): TestResult {
  const at = passed.steps.findIndex((one) => one.step === step);
  const next = kind === "credential_refused" ? "stop_connection" : "fix_then_retry";
  const said = { providerWords: "nu", detail: null, retryAtMs: null, operation: "sign in", object: "ana" };
  const failure = { kind, phase: "refused", next, source, ...said } as const;
  return { ...passed, ok: false, steps: [...passed.steps.slice(0, at), { step, failure, found: "" }], series: [], vatRates: [], ...more };
}
