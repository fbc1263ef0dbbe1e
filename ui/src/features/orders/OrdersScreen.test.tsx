import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { ids } from "../../shared/lib/testids";
import { order } from "../../test/samples";
import { show } from "../../test/show";
import { OrdersScreen } from "./OrdersScreen";

const page = { rows: [order], next: null, total: 1 };

test("an order stands with its decision and total", async () => {
  const waiting = { ...order, decision: "waiting", reason: "not_completed", documentState: null };
  const { t } = await show(<OrdersScreen />, { "orders.list": { ...page, rows: [waiting] } });
  const row = await screen.findByTestId(ids.row("1042"));
  expect(row).toHaveTextContent("RON 101.95");
  expect(row).toHaveTextContent(t("reason.not_completed"));
});

test("typing searches once, after a moment", async () => {
  const { calls } = await show(<OrdersScreen />, { "orders.list": page });
  await screen.findByTestId(ids.row("1042"));
  await userEvent.type(screen.getByTestId(ids.search), "exemplu");
  const searched = () => calls.filter((call) => (call.request as { search?: string }).search === "exemplu");
  await waitFor(() => expect(searched()).toHaveLength(1));
  const halves = calls.filter((call) => (call.request as { search?: string }).search === "exem");
  expect(halves).toEqual([]);
});

test("an empty list says what would be here", async () => {
  const { t } = await show(<OrdersScreen />, { "orders.list": { rows: [], next: null, total: 0 } });
  expect(await screen.findByText(t("orders.empty"))).toBeVisible();
});

test("an import reports every record that was not taken", async () => {
  const report = {
    read: 2,
    new: 2,
    changed: 0,
    unchanged: 0,
    rejected: [{ line: 41, order: "1043", field: "line_items[2].total", reason: "blank" }],
  };
  await show(<OrdersScreen />, { "orders.list": page, "orders.import": report });
  await screen.findByTestId(ids.row("1042"));
  const input = window.document.querySelector<HTMLInputElement>('input[type="file"]');
  const file = new File(["[]"], "orders.json", { type: "application/json" });
  if (input) await userEvent.upload(input, file);
  expect(await screen.findByText("line_items[2].total")).toBeVisible();
  expect(screen.getByText("2 records read: 2 new, 0 changed, 0 unchanged, 1 rejected")).toBeVisible();
});

test("an error keeps the screen and offers another try", async () => {
  const { t } = await show(<OrdersScreen />, { "orders.list": new Error("busy") });
  expect(await screen.findByText("busy")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});
