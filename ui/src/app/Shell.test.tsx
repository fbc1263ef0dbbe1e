import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ConnectionInfo } from "../api/generated/api";
import { planned, reading, running } from "../features/connections/backfill/samples";
import { ids } from "../shared/lib/testids";
import { asOperator } from "../test/people";
import { app, document, here, overview, there } from "../test/samples";
import { show } from "../test/show";
import { Shell } from "./Shell";

const smartbill: ConnectionInfo = {
  id: "con_1",
  kind: "smartbill",
  name: "SmartBill",
  address: "",
  account: "",
  company: null,
  series: "FCT",
  isSandbox: true,
  legacyRoutes: false,
  reserve: 0,
  warehouse: "",
  vatNames: {},
  health: "needs_reconnect",
  failure: null,
  limitedUntilMs: null,
  lastContactMs: 1_764_000_000_000,
  secretChangedMs: null,
  secretWorkedMs: 1_764_000_000_000,
  hasOrders: false,
  invoicedIn: [],
  today: 3,
};
const answers = { "app.get": app, "overview.get": overview };

test("the frame tells where one is, what waits, and what needs a person", async () => {
  const { t, place } = await show(<Shell />, answers, "/orders");
  expect(await screen.findByTestId(ids.nav("orders"))).toHaveAttribute("aria-current", "page");
  expect(await screen.findByTestId(ids.navCount("failures"))).toHaveTextContent("1");
  expect(screen.getByTestId(ids.statusBar)).toHaveTextContent(t("shell.waiting", { count: 2 }));
  expect(screen.getByTestId(ids.statusBar)).toHaveTextContent(t("shell.running", { count: 1 }));
  expect(screen.getByTitle(t("shell.sandboxText"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.needsYou));
  expect(place()).toBe("/failures");
});

test("banners say that no keyring answers, and which connection waits", async () => {
  const { t } = await show(<Shell />, {
    "app.get": { ...app, vault: "session_memory", vaultReason: "no D-Bus" },
    "overview.get": { ...overview, connections: [smartbill] },
  });
  expect(await screen.findByTestId("banner-vault")).toHaveTextContent("no D-Bus");
  expect(await screen.findByText(t("connections.reconnect"))).toBeVisible();
  expect(screen.getByTestId(ids.statusBar)).toHaveTextContent(t("health.needs_reconnect"));
});

test("a quarantine says why nothing is sent and how far the reading is, and is lifted only with a reason", async () => {
  const quarantine = {
    reason: "behind",
    sinceMs: 1_764_000_000_000,
    readsFromMs: null,
    series: [
      { connection: "SmartBill", series: "FCT", state: "incomplete", read: 7, found: 5, unreadable: ["12"], failure: null },
    ],
  };
  const { calls, t } = await show(<Shell />, {
    ...answers,
    "app.get": { ...app, quarantine },
    "workspace.lift_quarantine": app,
  });
  const banner = await screen.findByTestId(ids.quarantine);
  expect(banner).toHaveTextContent(t("quarantine.reason.behind"));
  expect(banner).toHaveTextContent(t("quarantine.read", { count: 7 }));
  expect(banner).toHaveTextContent(t("quarantine.unreadable", { numbers: "12" }));
  await userEvent.click(screen.getByTestId(ids.quarantineLift));
  expect(await screen.findByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "compared by hand");
  await userEvent.click(screen.getByTestId(ids.confirm));
  expect(calls).toContainEqual({ command: "workspace.lift_quarantine", request: { reason: "compared by hand" } });
});

test("a window that only asks the owner says so", async () => {
  const { t } = await show(<Shell />, { ...answers, "app.get": { ...app, attachedTo: 4711 } });
  expect(await screen.findByTestId(ids.statusBar)).toHaveTextContent(t("shell.attached", { pid: 4711 }));
});

test("an owner that does not answer any more is told once, above the screens", async () => {
  const silent = { code: "owner_silent", detail: "process 4711", field: null, failure: null };
  let asked = 0;
  const answer = () => {
    asked += 1;
    if (asked > 1) throw silent;
    return { ...app, attachedTo: 4711 };
  };
  const { t, host } = await show(<Shell />, { ...answers, "app.get": answer });
  await screen.findByText(t("shell.attached", { pid: 4711 }));
  host.tell(["app"]);
  expect(await screen.findByText(t("error.owner_silent"))).toBeVisible();
});

test("a workspace that cannot be opened says so", async () => {
  const { t } = await show(<Shell />, { ...answers, "workspace.open": new Error("the disk is gone") });
  await userEvent.click(await screen.findByText(here.name));
  await userEvent.click(await screen.findByText(there.name));
  expect(await screen.findByText("the disk is gone")).toBeVisible();
  expect(screen.getByText(t("error.internal"))).toBeVisible();
});

test("Ctrl+K finds an invoice and opens it", async () => {
  const page = { rows: [document], next: null, total: 1 };
  const { calls, place } = await show(<Shell />, { ...answers, "documents.list": page });
  await userEvent.click(await screen.findByLabelText(/Search or jump/));
  await userEvent.type(await screen.findByPlaceholderText(/Search or jump/), "exemplu");
  await userEvent.click(await screen.findByText("#1042 · EXEMPLU SRL"));
  const request = { search: "exemplu", filter: "", after: null, limit: 8 };
  expect(calls).toContainEqual({ command: "documents.list", request });
  expect(place()).toContain("/invoices");
  expect(place()).toContain("doc_1");
});

test("older orders that are read or handed over stand in the status bar with their progress, and lead to it", async () => {
  const backfills = [reading, { ...running, id: "bkf_2", flowId: "flow_2" }, { ...planned, id: "bkf_3", flowId: "flow_3" }];
  const { t, place } = await show(<Shell />, { ...answers, "backfill.list": { backfills } }, "/orders");
  const shown = await screen.findAllByTestId(ids.runningBackfill);
  const words = [t("backfill.running.reading", { read: "1,200" }), t("backfill.running.running", { over: "25", all: "41" })];
  expect(shown.map((one) => one.textContent)).toEqual(words);
  await userEvent.click(shown[1] as HTMLElement);
  expect(place()).toBe("/connections?older=flow_2");
});

const own = { id: "ws_9", name: "Atelier Nou SRL", isSandbox: false, folder: "/home/ana/punte/workspaces/ws_9", enabled: true };

test("one's own company is made from the workspace menu, and its first steps come on screen", async () => {
  const sandbox = { ...here, isSandbox: true, folder: "/home/ana/punte/workspaces/sandbox" };
  const after = { ...app, workspaces: [sandbox, own], open: own };
  const { calls, t, place } = await show(
    <Shell />,
    { ...answers, "app.get": { ...app, workspaces: [sandbox] }, "workspace.create": after },
    "/orders?order=ord_1",
  );
  await userEvent.click(await screen.findByTestId(ids.workspaceMenu));
  expect(screen.queryByTestId(ids.workspaceSandbox)).toBeNull();
  await userEvent.click(await screen.findByTestId(ids.workspaceNew));
  const create = await screen.findByTestId(ids.startCreate);
  expect(create).toBeDisabled();
  expect(create).toHaveAttribute("title", t("start.nameMissing"));
  expect(screen.getByText("/home/ana/punte/workspaces")).toBeVisible();
  await userEvent.type(screen.getByTestId(ids.startName), "Atelier Nou SRL{Enter}");
  await waitFor(() => expect(place()).toBe("/connections"));
  expect(calls).toContainEqual({ command: "workspace.create", request: { name: "Atelier Nou SRL" } });
  await waitFor(() => expect(screen.getByTestId(ids.workspaceMenu)).toHaveTextContent(own.name));
  await waitFor(() => expect(screen.queryByTestId(ids.startName)).toBeNull());
});

test("a workspace that could not be made says why, where its name still stands", async () => {
  const { place } = await show(<Shell />, { ...answers, "workspace.create": new Error("the disk is full") }, "/orders");
  await userEvent.click(await screen.findByTestId(ids.workspaceMenu));
  await userEvent.click(await screen.findByTestId(ids.workspaceNew));
  await userEvent.type(await screen.findByTestId(ids.startName), "Atelier{Enter}");
  expect(await screen.findByText("the disk is full")).toBeVisible();
  expect(screen.getByTestId(ids.startName)).toHaveValue("Atelier");
  expect(place()).toBe("/orders");
});

test("where there is no sandbox yet, the workspace menu opens one", async () => {
  const { calls } = await show(<Shell />, { ...answers, "app.get": { ...app, workspaces: [own], open: own }, "workspace.open_sandbox": app });
  await userEvent.click(await screen.findByTestId(ids.workspaceMenu));
  await userEvent.click(await screen.findByTestId(ids.workspaceSandbox));
  expect(calls).toContainEqual({ command: "workspace.open_sandbox", request: {} });
});

test("who may not make a workspace is told which role it needs", async () => {
  const { t } = await show(<Shell />, { ...answers, "session.get": asOperator });
  await userEvent.click(await screen.findByTestId(ids.workspaceMenu));
  const item = await screen.findByTestId(ids.workspaceNew);
  expect(item).toBeDisabled();
  expect(item).toHaveTextContent(t("needsRole.admin"));
});
