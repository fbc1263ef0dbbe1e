import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { AppInfo, SandboxInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { asViewer } from "../../test/people";
import { show } from "../../test/show";
import { SettingsScreen } from "./SettingsScreen";

const open = { id: "ws_1", name: "Atelier", isSandbox: false, folder: "/home/ana/atelier", enabled: true };
const app: AppInfo = {
  version: "0.1.0",
  language: "en",
  theme: "light",
  workspaces: [open],
  open,
  problem: null,
  vault: "session_memory",
  vaultState: "ready",
  vaultReason: "no D-Bus",
  operator: "ana",
  role: "admin",
  attachedTo: null,
  startLanguage: null,
  quarantine: null,
};
const quiet: SandboxInfo = { faults: [], smartbillDocuments: 21, oblioDocuments: 9, orders: 40 };
const troubled: SandboxInfo = { ...quiet, faults: [{ provider: "oblio", kind: "status_500", times: null }] };
const practice = { ...app, open: { ...open, isSandbox: true } };

test("says where everything lies and who is working", async () => {
  const { t } = await show(<SettingsScreen />, { "app.get": app });
  expect(await screen.findByText("/home/ana/atelier")).toBeVisible();
  expect(screen.getByText(t("vault.title"))).toBeVisible();
  expect(screen.getByText(`ana · ${t("settings.role.admin")}`)).toBeVisible();
  expect(screen.getByText("0.1.0")).toBeVisible();
});

test("with people it is whoever is signed in, and what the role does not reach is off with the reason", async () => {
  const { t } = await show(<SettingsScreen />, { "app.get": app, "session.get": asViewer });
  expect(await screen.findByText(`Ana Pop · ${t("settings.role.viewer")}`)).toBeVisible();
  expect(await screen.findByTestId(ids.alone("ws_1"))).toBeDisabled();
  const check = screen.getByTestId(ids.checkLedger);
  expect(check).toHaveAttribute("aria-disabled", "true");
  expect(check).toHaveAccessibleDescription(t("needsRole.operator"));
});

test("language and theme are chosen in full words, and a theme may follow the system", async () => {
  const { calls, t } = await show(<SettingsScreen />, { "app.get": app, "app.set_preferences": app });
  await userEvent.click(within(await screen.findByTestId("settings-language")).getByText(t("settings.languages.ro")));
  await userEvent.click(within(screen.getByTestId("settings-theme")).getByText(t("settings.themes.system")));
  expect(calls).toContainEqual({ command: "app.set_preferences", request: { language: "ro", theme: null } });
  expect(calls).toContainEqual({ command: "app.set_preferences", request: { language: null, theme: "system" } });
});

test("the ledger is checked on demand, and what is wrong is named with what to do", async () => {
  const findings = [
    { check: "file", verdict: "good", detail: "" },
    { check: "counters", verdict: "wrong", detail: "document:issued 3 ≠ 2" },
  ];
  const { t } = await show(<SettingsScreen />, { "app.get": app, "workspace.check": { findings } });
  await userEvent.click(await screen.findByTestId(ids.checkLedger));
  expect(await screen.findByTestId(ids.checkResult)).toHaveTextContent(t("check.wrong"));
  expect(screen.getByText(/document:issued 3 ≠ 2/)).toBeVisible();
});

test("a workspace can be kept from running by itself", async () => {
  const { calls } = await show(<SettingsScreen />, { "app.get": app, "workspace.set_enabled": app });
  await userEvent.click(await screen.findByTestId(ids.alone("ws_1")));
  expect(calls).toContainEqual({ command: "workspace.set_enabled", request: { id: "ws_1", enabled: false } });
});

test("a workspace that is no sandbox has no switches for trouble", async () => {
  const { calls } = await show(<SettingsScreen />, { "app.get": app });
  await screen.findByText("/home/ana/atelier");
  expect(screen.queryByTestId("sandbox-switches")).toBeNull();
  expect(calls.some((call) => call.command === "sandbox.get")).toBe(false);
});

test("a sandbox counts by itself, makes trouble once or until cleared, and takes new orders", async () => {
  const { calls, t } = await show(<SettingsScreen />, {
    "app.get": practice,
    "sandbox.get": quiet,
    "sandbox.set_fault": troubled,
    "sandbox.add_orders": quiet,
  });
  const switches = await screen.findByTestId("sandbox-switches");
  await within(switches).findByText(t("sandbox.holds", { orders: 40, smartbill: 21, oblio: 9 }));
  expect(within(switches).getByText(t("sandbox.none"))).toBeVisible();
  await userEvent.click(screen.getByTestId("sandbox-arm"));
  await userEvent.click(within(switches).getByText(t("sandbox.always")));
  await userEvent.click(screen.getByTestId("sandbox-arm"));
  const armed = calls.filter((call) => call.command === "sandbox.set_fault").map((call) => call.request);
  expect(armed).toEqual([
    { provider: "smartbill", kind: "timeout_after", times: 1 },
    { provider: "smartbill", kind: "timeout_after", times: null },
  ]);
  await userEvent.click(screen.getByTestId("sandbox-add"));
  expect(calls).toContainEqual({ command: "sandbox.add_orders", request: { count: 3 } });
});

test("trouble that is on is listed and can be cleared", async () => {
  const { calls, t } = await show(<SettingsScreen />, {
    "app.get": practice,
    "sandbox.get": troubled,
    "sandbox.clear_faults": quiet,
  });
  const faults = await screen.findByTestId("sandbox-faults");
  expect(faults).toHaveTextContent(t("fault.status_500"));
  expect(faults).toHaveTextContent(t("sandbox.always"));
  await userEvent.click(screen.getByTestId("sandbox-clear"));
  expect(calls.some((call) => call.command === "sandbox.clear_faults")).toBe(true);
});
