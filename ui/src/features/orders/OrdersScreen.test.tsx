import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { RowsRequest } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { deskAnswers } from "../../test/desk";
import { order } from "../../test/samples";
import { show } from "../../test/show";
import { OrdersScreen } from "./OrdersScreen";

const column = (id: string, field: string | null) => ({ id, sortable: true, indexed: true, field });
const decision = {
  name: "decision",
  aliases: ["status"],
  kind: "choice",
  values: ["document", "waiting", "not_invoiced"].map((value) => ({ value, label: null })),
};
const vocabulary = {
  columns: ["order", "customer", "taxId", "total", "status", "created", "decision", "reason", "document"].map((id) => column(id, id === "decision" ? id : null)),
  fields: [decision],
};
const answers = (rows: unknown[]) => ({ ...deskAnswers(rows.length, (n) => rows[n]), "table.vocabulary": vocabulary });

test("an order stands with its decision, the reason and total", async () => {
  const waiting = { ...order, decision: "waiting", reason: "not_completed", documentState: null };
  const { t } = await show(<OrdersScreen />, answers([waiting]));
  const row = await screen.findByTestId(ids.row("1042"));
  expect(row).toHaveTextContent("RON 101.95");
  expect(row).toHaveTextContent(t("decision.waiting"));
  expect(row).toHaveTextContent(t("reason.not_completed"));
});

test("an order that has a document stands with the document's state", async () => {
  const { t } = await show(<OrdersScreen />, answers([{ ...order, documentState: "in_doubt" }]));
  expect(await screen.findByTestId(ids.row("1042"))).toHaveTextContent(t("state.in_doubt"));
});

test("typing searches once, after a moment", async () => {
  const { calls } = await show(<OrdersScreen />, answers([order]));
  await screen.findByTestId(ids.row("1042"));
  await userEvent.type(screen.getByTestId(ids.search), "exemplu");
  const texts = () => calls.filter((call) => call.command === "table.orders").map((call) => (call.request as RowsRequest).query.text);
  await waitFor(() => expect(texts().filter((text) => text === "exemplu")).toHaveLength(1));
  expect(texts()).not.toContain("exem");
});

test("a column that sorts nothing for whoever looks shows no order, whatever a view says", async () => {
  const columns = vocabulary.columns.map((one) => ({ ...one, sortable: one.id !== "taxId" }));
  const layout = { list: "orders", columns: [], sort: { column: "taxId", descending: false } };
  await show(<OrdersScreen />, { ...answers([order]), "table.vocabulary": { ...vocabulary, columns }, "layout.get": layout });
  await screen.findByTestId(ids.row("1042"));
  await waitFor(() => expect(screen.getByTestId(ids.deskSort("order"))).toBeEnabled());
  const head = screen.getByTestId(ids.deskSort("taxId"));
  expect(head).toBeDisabled();
  expect(head.querySelector("svg")).toBeNull();
});

test("a row opens its order", async () => {
  const { place } = await show(<OrdersScreen />, answers([order]));
  await userEvent.click(await screen.findByTestId(ids.row("1042")));
  await waitFor(() => expect(place()).toContain("order=ord_1"));
});

test("an empty list says what would be here", async () => {
  const { t } = await show(<OrdersScreen />, answers([]));
  expect(await screen.findByText(t("orders.empty"))).toBeVisible();
});

test("the way in for orders from files stands in the bar, and where there are none as the next step", async () => {
  await show(<OrdersScreen importing={<button type="button">bar</button>} firstStep={<button type="button">step</button>} />, answers([]));
  expect(await screen.findByRole("button", { name: "step" })).toBeVisible();
  expect(screen.getByRole("button", { name: "bar" })).toBeVisible();
});

test("an error keeps the screen and offers another try", async () => {
  const { t } = await show(<OrdersScreen />, { ...answers([]), "table.orders": new Error("busy") });
  expect(await screen.findByText("busy")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});
