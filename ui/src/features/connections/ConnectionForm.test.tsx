import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ApiError, ConnectionInfo, ConnectionInput, TestResult } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { shop } from "../../test/inbox";
import { type Answers, show } from "../../test/show";
import { ConnectionsScreen } from "./ConnectionsScreen";
import { billing, passed, stopped, stripe } from "./samples";

const empty = { shops: [], billing: [], flows: [] };
const field = (name: string) => screen.findByTestId(ids.connForm(name));
const bare: TestResult = { ...passed, steps: passed.steps.slice(0, 2), series: [], vatRates: [] };
const missing = { kind: "credential_missing", phase: "prepare", next: "stop_connection", source: "", operation: "read credential" } as const;
/** As after a set-up file came in. */
const imported: ConnectionInfo = {
  ...billing,
  account: "",
  series: "VECHI",
  health: "credential_missing",
  failure: { ...missing, object: "Facturi", providerWords: null, detail: null, retryAtMs: null },
  lastContactMs: null,
  secretWorkedMs: null,
};

async function opened(one: ConnectionInfo | null, answers: Answers) {
  const list = one ? { ...empty, billing: [one] } : empty;
  const shown = await show(<ConnectionsScreen />, { "connections.list": list, "connections.save": billing, ...answers });
  if (one) {
    const card = await screen.findByTestId(ids.connCard(one.kind));
    await userEvent.click(within(card).getByText(shown.t(one.secretWorkedMs ? "common.edit" : "connections.enterSecret")));
  } else {
    await userEvent.click(await screen.findByTestId(ids.connAdd("billing")));
    await userEvent.click(await screen.findByTestId(ids.connAdd("smartbill")));
  }
  await userEvent.type(await field("account"), "ana@atelier.ro");
  await userEvent.type(await field("secret"), "s3cret");
  await userEvent.click(await field("test"));
  return { ...shown, saved: () => shown.calls.find((call) => call.command === "connections.save")?.request as ConnectionInput };
}

test("a company that the provider refuses stays to be corrected, and another is asked for", async () => {
  const refused = stopped("company", "company_unavailable", "smartbill");
  const { t, calls, saved } = await opened(null, {
    "connections.test": ({ company }: ConnectionInput) => (company === null ? bare : company === "RO14399840" ? refused : passed),
  });
  await userEvent.type(await field("company"), "RO14399840");
  await userEvent.click(screen.getByTestId("conn-read-lists"));
  const step = await screen.findByTestId("test-step-company");
  expect(step).toHaveTextContent(t("wizard.tested.company_unavailable.fix"));
  expect(step).not.toHaveTextContent(t("failure.company_unavailable.fix"));
  expect(await field("company")).toHaveValue("RO14399840");
  expect(await field("save")).toHaveAttribute("title", t("wizard.missing.lists"));
  await userEvent.clear(await field("company"));
  await userEvent.type(await field("company"), "RO41236549");
  await userEvent.click(screen.getByTestId("conn-read-lists"));
  expect(await field("series")).toBeInTheDocument();
  await userEvent.click(await field("save"));
  await waitFor(() => expect(saved()).toMatchObject({ company: "RO41236549", secret: "s3cret" }));
  expect(calls.filter((call) => call.command === "connections.test")).toHaveLength(3);
});

test("a mistyped company is told at its field, and can be typed anew", async () => {
  const mistyped: ApiError = { code: "invalid_input", detail: "RO41236548", field: "company", failure: null };
  const { t, saved } = await opened(null, {
    "connections.test": ({ company }: ConnectionInput) => {
      if (company === "RO41236548") throw mistyped;
      return company ? passed : bare;
    },
  });
  await userEvent.type(await field("company"), "RO41236548");
  await userEvent.click(screen.getByTestId("conn-read-lists"));
  expect(await field("company")).toHaveAccessibleDescription(expect.stringContaining(t("wizard.companyWrong")));
  expect(screen.queryByText(t("error.invalid_input"))).toBeNull();
  expect(await field("save")).toHaveAttribute("title", t("wizard.missing.lists"));
  await userEvent.clear(await field("company"));
  await userEvent.type(await field("company"), "RO41236549");
  await userEvent.click(screen.getByTestId("conn-read-lists"));
  expect(await field("series")).toBeInTheDocument();
  expect(await field("company")).not.toHaveAccessibleDescription(expect.stringContaining(t("wizard.companyWrong")));
  await userEvent.click(await field("save"));
  await waitFor(() => expect(saved()).toMatchObject({ company: "RO41236549" }));
});

test("a series that is not there keeps no good credential from being saved, and another is chosen from what there is", async () => {
  const unknown = stopped("series", "series_unknown", "smartbill", { series: passed.series });
  const { t, saved } = await opened(imported, { "connections.test": unknown });
  expect(await screen.findByTestId("test-step-series")).toHaveTextContent(t("wizard.tested.series_unknown.fix"));
  const choice = await screen.findByRole("combobox", { name: t("wizard.series") });
  expect(choice).toHaveAccessibleDescription(expect.stringContaining(t("wizard.seriesUnknown", { series: "VECHI" })));
  expect(choice).toHaveAccessibleDescription(expect.stringContaining(t("wizard.seriesText")));
  expect(await field("save")).toBeEnabled();
  await userEvent.click(choice);
  expect(screen.queryByText(/PRF/)).toBeNull();
  await userEvent.click(await screen.findByText(t("wizard.seriesNext", { name: "AVZ", number: "0003" })));
  expect(screen.queryByText(t("wizard.seriesUnknown", { series: "VECHI" }))).toBeNull();
  await userEvent.click(await field("save"));
  await waitFor(() => expect(saved()).toMatchObject({ id: "con_2", series: "AVZ", secret: "s3cret" }));
});

test("a connection that never had a credential says so, and has none to keep, to renew or to be asked with", async () => {
  const { t, calls } = await show(<ConnectionsScreen />, { "connections.list": { ...empty, billing: [imported] } });
  const card = await screen.findByTestId(ids.connCard("smartbill"));
  expect(card).toHaveTextContent(t("vault.secret.none"));
  expect(card).toHaveTextContent(t("connections.noSecret"));
  for (const said of ["vault.secret.unknown", "failure.credential_missing.fix", "connections.tokenChanged", "connections.reconnect"]) {
    expect(card).not.toHaveTextContent(t(said));
  }
  await userEvent.click(within(card).getByText(t("connections.enterSecret")));
  expect(await screen.findByText(t("wizard.noSecret"), { exact: false })).toBeVisible();
  expect(screen.queryByText(t("wizard.keepSecret"), { exact: false })).toBeNull();
  expect(screen.queryByTestId(ids.lists)).toBeNull();
  expect(await field("test")).toBeDisabled();
  expect(calls.map((call) => call.command)).not.toContain("connections.lists");
});

test("a credential that went missing is entered again", async () => {
  const lost = { ...imported, lastContactMs: 1_764_000_000_000 };
  const { t } = await show(<ConnectionsScreen />, { "connections.list": { ...empty, billing: [lost] } });
  const card = await screen.findByTestId(ids.connCard("smartbill"));
  expect(card).toHaveTextContent(t("failure.credential_missing.fix"));
  expect(card).toHaveTextContent(t("connections.reconnect"));
});

test("a billing connection is woken only from a rest, and what that does is told", async () => {
  const limited = { ...billing, id: "con_3", kind: "oblio", health: "limited", limitedUntilMs: Date.now() + 600_000 };
  const { t } = await show(<ConnectionsScreen />, { "connections.list": { ...empty, billing: [billing, limited] } });
  const healthy = await screen.findByTestId(ids.connCard("smartbill"));
  expect(within(healthy).queryByText(t("connections.wake"))).toBeNull();
  const wake = within(screen.getByTestId(ids.connCard("oblio"))).getByText(t("connections.wake")).closest("button");
  expect(wake).toHaveAttribute("title", t("connections.wakeText"));
});

test("what was only tested is not used yet, rather than not contacted", async () => {
  const fresh = { ...billing, health: "unknown", lastContactMs: null, secretChangedMs: Date.now(), secretWorkedMs: null };
  await show(<ConnectionsScreen />, { "connections.list": { ...empty, billing: [fresh] } });
  const card = await screen.findByTestId(ids.connCard("smartbill"));
  expect(card).toHaveTextContent("not used yet");
  expect(card).not.toHaveTextContent(/contacted|since/);
});

test("a shop's refused key is told as one that was just entered, and whose it is", async () => {
  const refused = stopped("credential", "credential_refused", "woocommerce");
  const { t } = await show(<ConnectionsScreen />, {
    "connections.list": { ...empty, shops: [{ ...shop, lastContactMs: null }] },
    "connections.test": refused,
  });
  await userEvent.click(within(await screen.findByTestId(ids.connCard("woocommerce"))).getByText(t("common.edit")));
  await userEvent.click(await field("test"));
  const step = await screen.findByTestId("test-step-credential");
  expect(step).toHaveTextContent(t("wizard.tested.credential_refused.cause", { system: "WooCommerce" }));
  expect(step).not.toHaveTextContent(t("failure.credential_refused.fix"));
});

test("Stripe's form names every right that the page demands, each for what it is", async () => {
  const { t } = await show(<ConnectionsScreen />, { "connections.list": { ...empty, shops: [stripe] } });
  await userEvent.click(within(await screen.findByTestId(ids.connCard("stripe"))).getByText(t("common.edit")));
  const where = await screen.findByText(t("wizard.stripe.where"));
  for (const right of ["Checkout Sessions", "Charges and Refunds", "Events", "Webhook Endpoints", "Payment Intents", "Invoices", "Invoice Payments"]) {
    expect(where).toHaveTextContent(right);
  }
});
