import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ConnectionInfo, HookInfo, ShopHooks } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { hook, shop } from "../../test/inbox";
import { type Answers, show } from "../../test/show";
import { ConnectionsScreen } from "./ConnectionsScreen";

/** Opens the webhooks of a shop. */
async function opened(connection: Partial<ConnectionInfo>, more: Partial<HookInfo>, answers: Answers = {}) {
  const shops = [{ ...shop, ...connection }];
  const shown = await show(
    <ConnectionsScreen />,
    { "connections.list": { shops, billing: [], flows: [] }, "connections.hook": { ...hook, ...more }, ...answers },
    "/connections",
  );
  await userEvent.click(await screen.findByTestId(ids.hooksOpen("con_1")));
  await screen.findByTestId(ids.hookAddress);
  return shown;
}

/** The window names the cross of every dialog; here there is no window. */
const wrongsBesideTheCross = async () => (await wrongs()).filter((one) => !one.includes("mantine-Modal-close"));

test("a shop's webhooks: the address, what to subscribe to, how to, and how it goes", async () => {
  const { t, place, calls } = await opened({}, {});
  expect(place()).toContain("connection=con_1");
  expect(screen.getByTestId(ids.hookAddress)).toHaveTextContent("https://punte.atelier.ro/hooks/3f9a");
  expect(screen.getByText(t("hooks.steps.woocommerce"))).toBeVisible();
  expect(screen.getByText("order.created")).toBeVisible();
  expect(screen.getByTestId(ids.hookSecretState)).toHaveTextContent(t("hooks.hasSecret"));
  expect(screen.getByText(t("hooks.never"))).toBeVisible();
  expect(screen.queryByText(t("hooks.onlyHere"))).toBeNull();
  expect(screen.queryByTestId(ids.hookMake)).toBeNull();
  expect(calls.some((call) => call.command === "connections.shop_hooks")).toBe(false);
  expect(await wrongsBesideTheCross()).toEqual([]);
  await userEvent.click(screen.getByTestId(ids.hookInbox));
  await waitFor(() => expect(place()).toBe("/inbox?connection=con_1"));
});

test("an address that only this computer reaches says so", async () => {
  const local = "http://127.0.0.1:8766/hooks/3f9a";
  const { t, place } = await opened({}, { url: local });
  expect(screen.getByText(t("hooks.onlyHere"))).toBeVisible();
  await userEvent.click(screen.getByText(t("hooks.toPublic")));
  await waitFor(() => expect(place()).toContain("/settings"));
});

test("in a sandbox the shop is here too", async () => {
  const { t } = await opened({ isSandbox: true }, { url: "http://127.0.0.1:8766/hooks/3f9a" });
  expect(screen.queryByText(t("hooks.onlyHere"))).toBeNull();
});

test("without a listener there is no address, and it says where to switch it on", async () => {
  const { t, place } = await opened({}, { url: null });
  expect(screen.getByTestId(ids.hookAddress)).toHaveTextContent(t("hooks.noAddress"));
  await userEvent.click(screen.getByText(t("hooks.toSettings")));
  await waitFor(() => expect(place()).toContain("/settings"));
});

test("a secret is written and never read: the field is empty before and after", async () => {
  const { t, calls } = await opened({}, { hasSecret: false, oldSecretUntilMs: 1_764_000_000_000 }, { "connections.set_hook_secret": hook });
  expect(screen.getByTestId(ids.hookSecretState)).toHaveTextContent(t("hooks.noSecret"));
  expect(screen.getByTestId(ids.hookSecretState)).toHaveTextContent(/still accepted, until/);
  const field = screen.getByTestId(ids.hookSecret);
  expect(field).toHaveValue("");
  expect(screen.getByTestId(ids.hookSecretSave)).toBeDisabled();
  await userEvent.type(field, " s3cret ");
  await userEvent.click(screen.getByTestId(ids.hookSecretSave));
  await waitFor(() => expect(calls).toContainEqual({ command: "connections.set_hook_secret", request: { id: "con_1", secret: "s3cret" } }));
  expect(await screen.findByText(t("hooks.secretSet"))).toBeVisible();
  expect(field).toHaveValue("");
});

test("for an application the secret is made here, kept, and shown once", async () => {
  const { t, calls } = await opened({ kind: "webhook" }, { kind: "webhook", hasSecret: false }, { "connections.set_hook_secret": hook });
  expect(screen.getByText(t("hooks.needed"))).toBeVisible();
  expect(screen.getByText("docs/webhooks.md")).toBeVisible();
  expect(screen.queryByTestId(ids.shopHooksLook)).toBeNull();
  await userEvent.click(screen.getByTestId(ids.hookMake));
  const shown = await screen.findByTestId(ids.hookMade);
  const { secret } = calls.find((call) => call.command === "connections.set_hook_secret")?.request as { secret: string };
  expect(shown).toHaveTextContent(secret);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(atob(secret.slice("whsec_".length))).toHaveLength(32);
  await userEvent.click(screen.getByTestId(ids.hookMake));
  await waitFor(() => expect(shown).not.toHaveTextContent(secret));
});

test("a secret that was not kept is not shown", async () => {
  await opened({ kind: "webhook" }, { kind: "webhook" }, { "connections.set_hook_secret": new Error("no keyring") });
  await userEvent.click(screen.getByTestId(ids.hookMake));
  expect(await screen.findByTestId("error-note")).toHaveTextContent("no keyring");
  expect(screen.queryByTestId(ids.hookMade)).toBeNull();
});

test("another address is taken only after saying what it breaks", async () => {
  const { t, calls } = await opened({}, {}, { "connections.renew_hook": hook });
  await userEvent.click(screen.getByTestId(ids.hookRenew));
  expect(await screen.findByText(t("hooks.renewText"))).toBeVisible();
  expect(calls.some((call) => call.command === "connections.renew_hook")).toBe(false);
  await userEvent.click(screen.getByTestId(ids.confirm));
  await waitFor(() => expect(calls).toContainEqual({ command: "connections.renew_hook", request: { id: "con_1" } }));
  expect(await screen.findByText(t("hooks.renewed"))).toBeVisible();
});

const own = (status: string): ShopHooks => ({
  hooks: [
    { id: "7", name: "Punte", topic: "order.updated", status, deliveryUrl: "https://punte.atelier.ro/hooks/3f9a", isOurs: true },
    { id: "8", name: "Stock", topic: "product.updated", status: "disabled", deliveryUrl: "https://stock.example.ro", isOurs: false },
  ],
});

test("the shop's own webhooks are asked for when wanted, and ours that it disabled is switched on again", async () => {
  const { t, calls } = await opened({}, {}, { "connections.shop_hooks": own("disabled"), "connections.enable_shop_hook": own("active") });
  await userEvent.click(screen.getByTestId(ids.shopHooksLook));
  const ours = await screen.findByTestId(ids.shopHook("7"));
  expect(ours).toHaveTextContent(t("hooks.statusOf.disabled"));
  expect(ours).toHaveTextContent(t("hooks.ours"));
  expect(screen.getByTestId(ids.shopHook("8"))).toHaveTextContent("https://stock.example.ro");
  expect(screen.queryByTestId(ids.shopHookEnable("8"))).toBeNull();
  await userEvent.click(screen.getByTestId(ids.shopHookEnable("7")));
  await waitFor(() => expect(ours).toHaveTextContent(t("hooks.statusOf.active")));
  expect(calls).toContainEqual({ command: "connections.enable_shop_hook", request: { connection: "con_1", hook: "7" } });
  await userEvent.click(screen.getByTestId(ids.shopHooksLook));
  await waitFor(() => expect(calls.filter((call) => call.command === "connections.shop_hooks").length).toBe(2));
});

test("a shop without a webhook that leads here says what to do", async () => {
  const { t } = await opened({}, {}, { "connections.shop_hooks": { hooks: own("active").hooks?.slice(1) } });
  await userEvent.click(screen.getByTestId(ids.shopHooksLook));
  expect(await screen.findByText(t("hooks.noneOurs"))).toBeVisible();
});

test("a shop that does not tell which webhooks it has is said not to", async () => {
  const { t } = await opened({ kind: "stripe" }, { kind: "stripe" }, { "connections.shop_hooks": { hooks: null } });
  expect(screen.getByText(t("hooks.atShopText.stripe"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.shopHooksLook));
  expect(await screen.findByText(t("hooks.notTold"))).toBeVisible();
});

test.each(["oblio", "smartbill"])("a provider (%s) is given its address, and neither a secret nor a shop's webhooks are asked for", async (kind) => {
  const billing = [{ ...shop, id: "con_2", kind, name: "Billing" }];
  const topics = kind === "oblio" ? ["Invoice/Update", "stock"] : [];
  const info = { ...hook, connectionId: "con_2", kind, topics, hasSecret: false };
  const answers = { "connections.list": { shops: [], billing, flows: [] }, "connections.hook": info, "connections.renew_hook": info };
  const { t, place, calls } = await show(<ConnectionsScreen />, answers, "/connections");
  await userEvent.click(await screen.findByTestId(ids.hooksOpen("con_2")));
  expect(await screen.findByTestId(ids.hookAddress)).toHaveTextContent("https://punte.atelier.ro/hooks/3f9a");
  expect(screen.getByText(t(`hooks.steps.${kind}`))).toBeVisible();
  expect(screen.getByText(t("hooks.billing.text"))).toBeVisible();
  expect(screen.queryByTestId(ids.hookSecret)).toBeNull();
  expect(screen.queryByTestId(ids.shopHooksLook)).toBeNull();
  const ofTopic = screen.queryByText("https://punte.atelier.ro/hooks/3f9a/Invoice%2FUpdate");
  expect(ofTopic !== null).toBe(kind === "oblio");
  expect(screen.getByText(t("hooks.lastAccepted"))).toBeVisible();
  expect(await wrongsBesideTheCross()).toEqual([]);
  await userEvent.click(screen.getByTestId(ids.hookRenew));
  expect(await screen.findByText(t("hooks.billing.renewText"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.confirm));
  await waitFor(() => expect(calls).toContainEqual({ command: "connections.renew_hook", request: { id: "con_2" } }));
  expect(await screen.findByText(t("hooks.billing.renewed"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.hookInbox));
  await waitFor(() => expect(place()).toBe("/inbox?connection=con_2"));
});
