import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type {
  ConnectionInfo,
  ConnectionListsInfo,
  Connections,
  FailureInfo,
  FlowInfo,
  TestResult,
} from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { asAdmin, asOperator, refusing } from "../../test/people";
import { show } from "../../test/show";
import { ConnectionsScreen } from "./ConnectionsScreen";
import { untouchedRules } from "./rulesSentence";

const refused: FailureInfo = {
  kind: "credential_refused",
  phase: "refused",
  next: "stop_connection",
  source: "smartbill",
  operation: "sign in",
  object: "ana@atelier.ro",
  providerWords: "Autentificare esuata",
  detail: null,
  retryAtMs: null,
};
const shop: ConnectionInfo = {
  id: "con_1",
  kind: "woocommerce",
  name: "Atelier shop",
  address: "https://atelier.ro",
  account: "ck_1",
  company: null,
  series: null,
  isSandbox: false,
  legacyRoutes: false,
  reserve: 0,
  warehouse: "",
  vatNames: {},
  health: "healthy",
  failure: null,
  limitedUntilMs: null,
  lastContactMs: 1_764_000_000_000,
  secretChangedMs: null,
  secretWorkedMs: 1_764_000_000_000,
  hasOrders: false,
  invoicedIn: [],
  today: 41,
};
const company = "RO12345674";
const billing: ConnectionInfo = { ...shop, id: "con_2", kind: "smartbill", name: "Atelier bills", company };
const flow: FlowInfo = {
  id: "flow_1",
  name: "Orders to invoices",
  shopId: "con_1",
  billingId: "con_2",
  company: "RO12345674",
  series: "FCT",
  condition: "",
  mappingId: "map_1",
  enabled: true,
  activeFromMs: 1_764_000_000_000,
  seriesIsOurs: true, writeBack: false,
  fullRefund: "propose",
  partialRefund: "propose",
  rules: untouchedRules,
  issued: 38,
  proformas: 0,
  held: 2,
  inDoubt: 1,
  waiting: 0,
};
const empty: Connections = { shops: [], billing: [], flows: [] };
const wired: Connections = { shops: [shop], billing: [billing], flows: [flow] };
const good = (step: string, found = "") => ({ step, failure: null, found });
const oblio: TestResult = {
  ok: true,
  steps: [good("address"), good("credential"), good("company", "1")],
  companies: [{ cif: "RO12345674", name: "Atelier SRL" }],
  series: [
    { name: "FCT", documentType: "invoice", nextNumber: "0008" },
    { name: "AVZ", documentType: "invoice", nextNumber: "0003" },
    { name: "PRF", documentType: "proforma", nextNumber: "0001" },
  ],
  vatRates: [{ name: "Normala", percent: "21" }],
};

/** Opens the form of a billing provider. */
async function addBilling(kind: string) {
  await userEvent.click(await screen.findByTestId(ids.connAdd("billing")));
  await userEvent.click(await screen.findByTestId(ids.connAdd(kind)));
  await userEvent.type(await screen.findByTestId(ids.connForm("account")), "ana@atelier.ro");
  await userEvent.type(screen.getByTestId(ids.connForm("secret")), "s3cret");
}

test("with nothing connected it says what to do first, and why there can be no flow yet", async () => {
  const { t } = await show(<ConnectionsScreen />, { "connections.list": empty });
  expect(await screen.findByTestId("empty")).toHaveTextContent(t("connections.emptyText"));
  expect(screen.getByTestId(ids.flowAdd)).toBeDisabled();
  expect(screen.getByText(t("connections.flowNeeds"))).toBeVisible();
});

test("the cards of a flow are where its lines end", async () => {
  await show(<ConnectionsScreen />, { "connections.list": wired });
  for (const [from, to] of [["con_1", "flow_1"], ["flow_1", "con_2"]] as const) {
    expect(await screen.findByTestId(ids.flowLine(from, to))).toBeInTheDocument();
  }
});

test("cards tell health, today's count and the flow's counts", async () => {
  const { t } = await show(<ConnectionsScreen />, { "connections.list": wired });
  const card = await screen.findByTestId(ids.connCard("woocommerce"));
  expect(card).toHaveTextContent("Atelier shop");
  expect(card).toHaveTextContent(t("health.healthy"));
  expect(card).toHaveTextContent("41");
  expect(screen.getByTestId(ids.connCard("smartbill"))).toHaveTextContent("RO12345674");
  expect(screen.getByText(`${t("flow.count.issued")} 38`, { exact: false })).toHaveTextContent(/ 2 · .* 1$/);
  expect(screen.getByText(t("flow.always"))).toBeVisible();
});

test("a shop that another workspace invoices too says so, on its card and in the flow's form", async () => {
  const shared = { ...shop, invoicedIn: ["Atelier", "Depozit"] };
  const { t } = await show(<ConnectionsScreen />, { "connections.list": { ...wired, shops: [shared] } });
  const told = t("connections.twice", { count: 2, names: "Atelier, Depozit" });
  expect(await screen.findByTestId(ids.connCard("woocommerce"))).toHaveTextContent(told);
  await userEvent.click(screen.getByText("Orders to invoices"));
  expect(await screen.findByRole("dialog")).toHaveTextContent(told);
});

test("a list that cannot be read says so", async () => {
  const { t } = await show(<ConnectionsScreen />, { "connections.list": new Error("boom") });
  expect(await screen.findByTestId("error-note")).toHaveTextContent(t("error.internal"));
});

test("a refused credential stands on its card with the provider's words, and leads to the form", async () => {
  const dead = { ...billing, health: "needs_reconnect", failure: refused };
  const { t } = await show(<ConnectionsScreen />, { "connections.list": { ...wired, billing: [dead] } });
  const card = await screen.findByTestId(ids.connCard("smartbill"));
  expect(card).toHaveTextContent("Autentificare esuata");
  await userEvent.click(within(card).getByText(t("connections.reconnect")));
  expect(await screen.findByTestId(ids.connForm("account"))).toHaveValue("ck_1");
  expect(screen.getByTestId(ids.connForm("secret"))).toHaveValue("");
  expect(screen.getByText(t("wizard.keepSecret"), { exact: false })).toHaveTextContent(t("wizard.smartbill.secretText"));
  expect(card).toHaveTextContent(t("connections.tokenChanged"));
});

test("a card says when its credential was entered and when it last worked", async () => {
  const now = Date.now();
  const used = { ...billing, secretChangedMs: now - 3 * 86_400_000, secretWorkedMs: now - 5 * 60_000 };
  const fresh = { ...shop, secretChangedMs: now - 60_000, secretWorkedMs: null };
  const { t } = await show(<ConnectionsScreen />, { "connections.list": { ...wired, billing: [used], shops: [fresh] } });
  const dates = await screen.findByTestId(`secret-dates-${used.id}`);
  expect(dates).toHaveTextContent(/entered [23] days ago · last worked [45] min/);
  expect(screen.getByTestId(`secret-dates-${fresh.id}`)).toHaveTextContent(t("vault.secret.notYet"));
});

test("a connection that only waits for the vault is said to wait, and is not to be reconnected", async () => {
  const failure = { ...refused, kind: "vault_locked", next: "stop_connection" };
  const waiting = { ...billing, health: "waiting_passphrase", failure };
  const { t } = await show(<ConnectionsScreen />, { "connections.list": { ...wired, billing: [waiting] } });
  const card = await screen.findByTestId(ids.connCard("smartbill"));
  expect(card).toHaveTextContent(t("health.waiting_passphrase"));
  expect(card).toHaveTextContent(t("failure.vault_locked.fix"));
  expect(within(card).queryByText(t("connections.reconnect"))).toBeNull();
  expect(within(card).queryByText(t("connections.wake"))).toBeNull();
});

test("a shop can be looked at now", async () => {
  const { calls, t } = await show(<ConnectionsScreen />, { "connections.list": wired, "connections.wake": {} });
  const card = await screen.findByTestId(ids.connCard("woocommerce"));
  await userEvent.click(within(card).getByText(t("connections.lookNow")));
  expect(calls).toContainEqual({ command: "connections.wake", request: { id: "con_1" } });
});

test("a failed test names the step, quotes the provider, and nothing can be saved", async () => {
  const failed: TestResult = {
    ok: false,
    steps: [good("address"), { step: "credential", failure: refused, found: "" }],
    companies: null,
    series: [],
    vatRates: [],
  };
  const { t } = await show(<ConnectionsScreen />, { "connections.list": empty, "connections.test": failed });
  await addBilling("smartbill");
  expect(screen.getByText(t("wizard.smartbill.where"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.connForm("test")));
  const step = await screen.findByTestId("test-step-credential");
  expect(step).toHaveAttribute("data-ok", "false");
  expect(step).toHaveTextContent(t("wizard.tested.credential_refused.cause", { system: "SmartBill" }));
  expect(step).toHaveTextContent(t("wizard.tested.credential_refused.fix"));
  expect(step).toHaveTextContent("Autentificare esuata");
  expect(screen.getByTestId("test-step-address")).toHaveAttribute("data-ok", "true");
  expect(screen.getByTestId(ids.connForm("save"))).toBeDisabled();
  expect(screen.getByTestId(`${ids.connForm("save")}-note`)).toHaveTextContent(t("wizard.missing.test"));
});

test("a passed test offers what the provider has, for invoices only, and saves it", async () => {
  const { calls, t } = await show(<ConnectionsScreen />, {
    "connections.list": empty,
    "connections.test": oblio,
    "connections.save": billing,
  });
  await addBilling("oblio");
  await userEvent.click(screen.getByTestId(ids.connForm("test")));
  await userEvent.click(await screen.findByTestId(ids.connForm("series")));
  const fct = t("wizard.seriesNext", { name: "FCT", number: "0008" });
  expect(await screen.findByText(fct)).toBeInTheDocument();
  expect(screen.queryByText(/PRF/)).toBeNull();
  await userEvent.click(screen.getByText(fct));
  expect(screen.getByText(/Normala/)).toHaveTextContent("21");
  await userEvent.click(screen.getByTestId(ids.connForm("save")));
  const saved = calls.find((call) => call.command === "connections.save")?.request;
  expect(saved).toMatchObject({ id: null, kind: "oblio", company: "RO12345674", series: "FCT", secret: "s3cret" });
});

test("a credential that changed after its test has to be tested again", async () => {
  await show(<ConnectionsScreen />, { "connections.list": empty, "connections.test": oblio });
  await addBilling("oblio");
  await userEvent.click(screen.getByTestId(ids.connForm("test")));
  await screen.findByTestId(ids.connForm("series"));
  expect(screen.getByTestId(ids.connForm("save"))).toBeEnabled();
  await userEvent.type(screen.getByTestId(ids.connForm("secret")), "x");
  expect(screen.getByTestId(ids.connForm("save"))).toBeDisabled();
});

test("where the provider lists no companies the CIF is typed, and its series are read", async () => {
  const lists: TestResult = { ...oblio, companies: null };
  const bare: TestResult = { ...lists, steps: lists.steps.slice(0, 2), series: [], vatRates: [] };
  await show(<ConnectionsScreen />, {
    "connections.list": empty,
    "connections.test": ({ company }: { company: string | null }) => (company ? lists : bare),
  });
  await addBilling("smartbill");
  await userEvent.click(screen.getByTestId(ids.connForm("test")));
  await userEvent.type(await screen.findByTestId(ids.connForm("company")), "RO12345674");
  expect(screen.getByTestId(ids.connForm("save"))).toBeDisabled();
  await userEvent.click(screen.getByTestId("conn-read-lists"));
  expect(await screen.findByTestId(ids.connForm("series"))).toBeInTheDocument();
  expect(screen.getByTestId(ids.connForm("save"))).toBeEnabled();
});

const unwired = {
  "connections.list": { ...wired, flows: [] },
  "connections.test": { ...oblio, companies: null },
  "flows.save": flow,
};

test("a new flow explains what a series of our own means, and waits for what it needs", async () => {
  const { t } = await show(<ConnectionsScreen />, unwired);
  await userEvent.click(await screen.findByTestId(ids.flowAdd));
  expect(await screen.findByText(t("flow.oursText"))).toBeVisible();
  expect(screen.getByText(t("flow.activeFromNow"))).toBeVisible();
  expect(screen.getByTestId(ids.flowForm("save"))).toBeDisabled();
});

test("a flow is saved with what it takes", async () => {
  const { calls, t } = await show(<ConnectionsScreen />, unwired);
  await userEvent.click(await screen.findByTestId(ids.flowAdd));
  const save = await screen.findByTestId(ids.flowForm("save"));
  await userEvent.click(await screen.findByRole("combobox", { name: t("wizard.series") }));
  await userEvent.click(await screen.findByText(t("wizard.seriesNext", { name: "AVZ", number: "0003" })));
  await userEvent.click(screen.getByTestId(ids.flowForm("ours")));
  await userEvent.click(screen.getByTestId(ids.flowForm("condition")));
  await userEvent.paste("money(order.total) > 0");
  await userEvent.click(save);
  const saved = calls.find((call) => call.command === "flows.save")?.request;
  expect(saved).toMatchObject({
    shopId: "con_1",
    billingId: "con_2",
    company: "RO12345674",
    series: "AVZ",
    condition: "money(order.total) > 0",
    seriesIsOurs: true, writeBack: false,
    enabled: true,
  });
});

const lists: ConnectionListsInfo = {
  companies: null,
  series: oblio.series,
  vatRates: oblio.vatRates,
  warehouses: ["Depozit Cluj"],
  languages: [],
  units: ["buc"],
  abilities: [
    { name: "storno", can: true },
    { name: "warehouses", can: true },
    { name: "languages", can: false },
    { name: "einvoice", can: false },
  ],
  readMs: 1_764_000_000_000,
};

async function openBilling(edit: string) {
  const card = await screen.findByTestId(ids.connCard("smartbill"));
  await userEvent.click(within(card).getByText(edit));
  return screen.findByTestId(ids.lists);
}

test("a connection shows the provider's own lists, and what it cannot do as such", async () => {
  const { t, calls } = await show(<ConnectionsScreen />, { "connections.list": wired, "connections.lists": lists });
  const panel = await openBilling(t("common.edit"));
  await waitFor(() => expect(panel).toHaveTextContent("Depozit Cluj"));
  expect(calls).toContainEqual({ command: "connections.lists", request: { id: "con_2", refresh: false } });
  expect(panel).toHaveTextContent("FCT: invoice, next 0008");
  expect(panel).toHaveTextContent("Normala 21 %");
  expect(panel).toHaveTextContent(t("lists.notListed"));
  const cannot = within(panel).getByTestId(ids.ability("einvoice"));
  expect(cannot).toHaveAttribute("data-can", "false");
  expect(within(cannot).getByLabelText(t("lists.cannot"))).toBeInTheDocument();
  expect(within(panel).getByTestId(ids.ability("storno"))).toHaveAttribute("data-can", "true");
});

test("the lists are read anew on demand", async () => {
  const { t, calls } = await show(<ConnectionsScreen />, {
    "connections.list": wired,
    "connections.lists": ({ refresh }: { refresh: boolean }) =>
      refresh ? { ...lists, warehouses: ["Depozit Iasi"], readMs: Date.now() } : lists,
  });
  const panel = await openBilling(t("common.edit"));
  await waitFor(() => expect(panel).toHaveTextContent("Depozit Cluj"));
  await userEvent.click(within(panel).getByTestId(ids.listsRefresh));
  await waitFor(() => expect(panel).toHaveTextContent("Depozit Iasi"));
  expect(calls).toContainEqual({ command: "connections.lists", request: { id: "con_2", refresh: true } });
});

test("lists that cannot be read say so", async () => {
  const { t } = await show(<ConnectionsScreen />, { "connections.list": wired, "connections.lists": new Error("busy") });
  const panel = await openBilling(t("common.edit"));
  await waitFor(() => expect(panel).toHaveTextContent("busy"));
});

test("another series is chosen from the lists without a new test, and saved", async () => {
  const { t, calls } = await show(<ConnectionsScreen />, {
    "connections.list": { ...wired, billing: [{ ...billing, series: "FCT" }] },
    "connections.lists": lists,
    "connections.save": billing,
  });
  await openBilling(t("common.edit"));
  await userEvent.click(await screen.findByTestId(ids.connForm("series")));
  await userEvent.click(await screen.findByText(t("wizard.seriesNext", { name: "AVZ", number: "0003" })));
  await userEvent.click(screen.getByTestId(ids.connForm("save")));
  const saved = calls.find((call) => call.command === "connections.save")?.request;
  expect(saved).toMatchObject({ id: "con_2", series: "AVZ", secret: "" });
});

test("warehouse and a rate's name are picked from the provider's own", async () => {
  const rates = [
    { name: "Normala", percent: "21" },
    { name: "SDD", percent: "0" },
    { name: "SFDD", percent: "0" },
  ];
  const { t, calls } = await show(<ConnectionsScreen />, {
    "connections.list": { ...wired, billing: [{ ...billing, series: "FCT" }] },
    "connections.lists": { ...lists, warehouses: ["Depozit"], vatRates: rates },
    "connections.save": billing,
  });
  await openBilling(t("common.edit"));
  expect(screen.queryByTestId(ids.connForm("rate-21"))).toBeNull();
  await userEvent.click(await screen.findByTestId(ids.connForm("warehouse")));
  await userEvent.click(await screen.findByRole("option", { name: "Depozit" }));
  await userEvent.click(await screen.findByTestId(ids.connForm("rate-0")));
  await userEvent.click(await screen.findByRole("option", { name: "SFDD" }));
  await userEvent.click(screen.getByTestId(ids.connForm("save")));
  const saved = calls.find((call) => call.command === "connections.save")?.request;
  expect(saved).toMatchObject({ warehouse: "Depozit", vatNames: { "0": "SFDD" } });
});

test("a flow chooses what follows from refunds, and says what each choice means", async () => {
  const { t, calls } = await show(<ConnectionsScreen />, {
    "connections.list": wired,
    "connections.test": { ...oblio, companies: null },
    "flows.save": flow,
  });
  await userEvent.click(await screen.findByText(flow.name));
  expect(await screen.findByText(t("flow.fullRefundText"))).toBeVisible();
  expect(screen.getByText(t("flow.partialRefundText"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.flowForm("fullRefund")));
  await userEvent.click(await screen.findByRole("option", { name: t("flow.refund.automatic") }));
  await userEvent.click(screen.getByTestId(ids.flowForm("save")));
  const chosen = { fullRefund: "automatic", partialRefund: "propose" };
  await waitFor(() => expect(calls.find((call) => call.command === "flows.save")?.request).toMatchObject(chosen));
});

test("a flow can write the number back to the shop, and says under which keys", async () => {
  const { t, calls } = await show(<ConnectionsScreen />, {
    "connections.list": wired,
    "connections.test": { ...oblio, companies: null },
    "flows.save": flow,
  });
  await userEvent.click(await screen.findByText(flow.name));
  expect(await screen.findByText(t("flow.writeBackText"))).toHaveTextContent("punte_invoice_number");
  await userEvent.click(screen.getByTestId(ids.flowForm("write-back")));
  await userEvent.click(screen.getByTestId(ids.flowForm("save")));
  await waitFor(() => expect(calls.find((call) => call.command === "flows.save")?.request).toMatchObject({ writeBack: true }));
});

test("a flow chooses its mapping where there is more than one", async () => {
  const mapping = (id: string, name: string) => ({ id, name, version: 1, flows: [], hasDraft: false, orders: "woocommerce" });
  const { calls } = await show(<ConnectionsScreen />, {
    "connections.list": wired,
    "connections.test": { ...oblio, companies: null },
    "mappings.list": { mappings: [mapping("map_1", "România"), mapping("map_2", "OSS")], shops: { con_1: { orders: "woocommerce", mapping: "map_1", preset: null } }, presets: [], targets: [], functions: [] },
    "flows.save": flow,
  });
  await userEvent.click(await screen.findByText(flow.name));
  const choice = await screen.findByTestId(ids.flowForm("mapping"));
  expect(choice).toHaveValue("România");
  await userEvent.click(choice);
  await userEvent.click(await screen.findByRole("option", { name: "OSS" }));
  await userEvent.click(screen.getByTestId(ids.flowForm("save")));
  await waitFor(() => expect(calls.find((call) => call.command === "flows.save")?.request).toMatchObject({ mappingId: "map_2" }));
});

test("whoever does not set up may look at a flow, and neither asks the provider nor saves", async () => {
  const { t, calls } = await show(<ConnectionsScreen />, { "session.get": asOperator, "connections.list": wired });
  await waitFor(() => expect(screen.getByTestId(ids.connAdd("woocommerce"))).toHaveAccessibleDescription(t("needsRole.admin")));
  expect(screen.getByTestId(ids.connAdd("billing"))).toBeDisabled();
  await userEvent.click(await screen.findByText(flow.name));
  const save = await screen.findByTestId(ids.flowForm("save"));
  expect(save).toHaveAccessibleDescription(t("needsRole.admin"));
  await userEvent.click(save);
  const asked = calls.map(({ command }) => command);
  expect(asked).not.toContain("connections.test");
  expect(asked).not.toContain("flows.save");
});

test("a raised limit that waits for a second administrator closes the flow's form", async () => {
  await show(<ConnectionsScreen />, {
    "session.get": asAdmin,
    "connections.list": wired,
    "connections.test": { ...oblio, companies: null },
    "flows.save": refusing("needs_approval", "apr_1"),
  });
  await userEvent.click(await screen.findByText(flow.name));
  await userEvent.click(await screen.findByTestId(ids.flowForm("save")));
  await waitFor(() => expect(screen.queryByTestId(ids.flowForm("save"))).toBeNull());
});
