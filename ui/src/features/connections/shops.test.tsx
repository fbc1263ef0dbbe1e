import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ConnectionInput, TestResult } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { hook, shop } from "../../test/inbox";
import { type Answers, show } from "../../test/show";
import { ConnectionsScreen } from "./ConnectionsScreen";

const step = (name: string) => ({ step: name, failure: null, found: "" });
const good: TestResult = { ok: true, steps: ["address", "credential", "orders"].map(step), companies: null, series: [], vatRates: [] };
const empty = { shops: [], billing: [], flows: [] };
const field = (name: string) => screen.findByTestId(ids.connForm(name));

/** Chooses a kind of shop to connect. */
async function adding(kind: string, answers: Answers = {}) {
  const shown = await show(<ConnectionsScreen />, { "connections.list": empty, "connections.test": good, "connections.save": shop, ...answers });
  await userEvent.click(await screen.findByTestId(ids.connAdd("woocommerce")));
  await userEvent.click(await field(`kind-${kind}`));
  return { ...shown, saved: () => shown.calls.find((call) => call.command === "connections.save")?.request as ConnectionInput };
}

test("shops of five kinds are offered, each with what it is, and no billing among them", async () => {
  const { t } = await adding("woocommerce");
  const choice = within(await field("kind"));
  for (const kind of ["woocommerce", "shopify", "stripe", "webhook", "file"]) {
    expect(choice.getByText(t(`wizard.choice.${kind}`))).toBeVisible();
  }
  expect(choice.getAllByRole("radio")).toHaveLength(5);
  expect((await wrongs()).filter((one) => !one.includes("mantine-Modal-close"))).toEqual([]);
});

test("a Shopify shop is connected by its address, its name and the app's token, once they were tested", async () => {
  const { t, saved } = await adding("shopify");
  expect(screen.getByText(t("wizard.shopify.where"))).toBeVisible();
  expect(await field("address")).toHaveAttribute("placeholder", "magazin.myshopify.com");
  await userEvent.type(await field("address"), "atelier.myshopify.com");
  await userEvent.type(await field("account"), "Atelier");
  await userEvent.type(await field("secret"), "shpat_1");
  expect(await field("save")).toBeDisabled();
  await userEvent.click(await field("test"));
  expect(await screen.findByTestId("test-step-orders")).toHaveAttribute("data-ok", "true");
  await userEvent.click(await field("save"));
  await waitFor(() => expect(saved()).toMatchObject({ kind: "shopify", address: "atelier.myshopify.com", account: "Atelier", secret: "shpat_1" }));
});

const stripe = (account: string): TestResult => ({ ...good, steps: [step("address"), { ...step("credential"), found: account }, step("orders")] });

test("Stripe's address is known, and its account is read with the key", async () => {
  const { saved } = await adding("stripe", { "connections.test": stripe("acct_1A") });
  expect(await field("test")).toBeDisabled();
  await userEvent.type(await field("secret"), "rk_test_1");
  expect(screen.queryByTestId(ids.connForm("reserve"))).toBeNull();
  await userEvent.click(await field("test"));
  await screen.findByTestId("test-step-credential");
  expect(await field("account")).toHaveValue("acct_1A");
  await userEvent.click(await field("save"));
  await waitFor(() => expect(saved()).toMatchObject({ kind: "stripe", address: "", account: "acct_1A", secret: "rk_test_1" }));
});

test("a name of one's own is no Stripe account: it would be another shop than the account itself", async () => {
  const { t } = await adding("stripe", { "connections.test": stripe("acct_1A") });
  await userEvent.type(await field("account"), "Atelier");
  await userEvent.type(await field("secret"), "rk_test_1");
  await userEvent.click(await field("test"));
  await screen.findByTestId("test-step-credential");
  expect(await field("account")).toHaveValue("Atelier");
  expect(await field("save")).toBeDisabled();
  expect(await field("save")).toHaveAttribute("title", t("wizard.missing.stripeAccount"));
});

test.each([
  ["woocommerce", "address", "account"],
  ["shopify", "address", "account"],
  ["stripe", "account", "secret"],
  ["webhook", "address", "name"],
])("what makes %s the shop that it is cannot be changed once it has orders, and says why", async (kind, stays, free) => {
  const kept = { ...shop, kind, hasOrders: true };
  const { t } = await show(<ConnectionsScreen />, { "connections.list": { ...empty, shops: [kept] } });
  await userEvent.click(await screen.findByText(t("common.edit")));
  expect(await field(stays)).toHaveAttribute("readonly");
  expect(screen.getByText(t("wizard.fixed"))).toBeVisible();
  expect(await field(free)).not.toHaveAttribute("readonly");
});

test("a shop without orders may still be corrected, and a refused change is refused in words", async () => {
  const refused = { code: "not_now", detail: "identity_fixed", field: null, failure: null };
  const save = () => {
    throw refused;
  };
  const answers = { "connections.list": { ...empty, shops: [shop] }, "connections.test": good, "connections.save": save };
  const { t } = await show(<ConnectionsScreen />, answers);
  await userEvent.click(await screen.findByText(t("common.edit")));
  expect(screen.queryByText(t("wizard.fixed"))).toBeNull();
  await userEvent.type(await field("address"), ".eu");
  await userEvent.click(await field("test"));
  await screen.findByTestId("test-step-orders");
  await userEvent.click(await field("save"));
  expect(await screen.findByTestId("error-note")).toHaveTextContent(t("wizard.refused.identity_fixed"));
});

test.each([["60", false], ["all", true]])("how far back Shopify shows orders is said in words (%s)", async (found, isAll) => {
  const told = { ...good, steps: [...good.steps, { ...step("history"), found }] };
  const { t } = await adding("shopify", { "connections.test": told });
  await userEvent.type(await field("account"), "Atelier");
  await userEvent.type(await field("secret"), "shpat_1");
  await userEvent.click(await field("test"));
  const history = await screen.findByTestId("test-step-history");
  expect(history).toHaveTextContent(isAll ? t("step.allHistory") : t("step.shortHistory", { days: 60 }));
  expect(within(history).queryByLabelText(t("wizard.passedPart")) === null).toBe(isAll);
});

test("an application needs no credential: its name is its account, and address and secret come next", async () => {
  const application = { ...shop, id: "con_9", kind: "webhook", name: "My shop" };
  let isSaved = false;
  const { saved, place } = await adding("webhook", {
    "connections.list": () => ({ ...empty, shops: isSaved ? [application] : [] }),
    "connections.save": () => {
      isSaved = true;
      return application;
    },
    "connections.hook": { ...hook, connectionId: "con_9", kind: "webhook" },
  });
  expect(screen.queryByTestId(ids.connForm("secret"))).toBeNull();
  expect(screen.queryByTestId(ids.connForm("test"))).toBeNull();
  expect(await field("save")).toBeDisabled();
  await userEvent.type(await field("address"), "https://my.shop");
  expect(await field("save")).toBeDisabled();
  await userEvent.type(await field("name"), "My shop");
  await userEvent.click(await field("save"));
  await waitFor(() => expect(place()).toContain("connection=con_9"));
  expect(saved()).toMatchObject({ id: null, kind: "webhook", name: "My shop", account: "My shop", address: "https://my.shop", secret: "" });
});

test("a file leads to where it is imported", async () => {
  const { t, place } = await adding("file");
  expect(screen.getByText(t("wizard.file.where"))).toBeVisible();
  expect(screen.queryByTestId(ids.connForm("save"))).toBeNull();
  await userEvent.click(await field("to-orders"));
  await waitFor(() => expect(place()).toContain("/orders"));
});

test("what cannot be asked is not offered to be looked at, and a file takes no webhooks", async () => {
  const shops = [
    { ...shop, id: "con_3", kind: "file", name: "Export" },
    { ...shop, id: "con_4", kind: "webhook", name: "My shop" },
  ];
  const { t } = await show(<ConnectionsScreen />, { "connections.list": { shops, billing: [], flows: [] } });
  const file = within(await screen.findByTestId(ids.connCard("file")));
  expect(file.queryByRole("button")).toBeNull();
  const application = within(screen.getByTestId(ids.connCard("webhook")));
  expect(application.queryByText(t("connections.lookNow"))).toBeNull();
  expect(application.getByText(t("common.edit"))).toBeVisible();
  expect(application.getByTestId(ids.hooksOpen("con_4"))).toBeVisible();
});

test("what a shop's form still lacks is named as its fields are", async () => {
  const { t } = await adding("shopify");
  await userEvent.type(await field("secret"), "shpat_1");
  expect(await field("test")).toHaveAttribute("title", t("wizard.testMissing", { fields: t("wizard.shopify.account") }));
  await userEvent.type(await field("account"), "Atelier");
  expect(await field("test")).toBeEnabled();
});
