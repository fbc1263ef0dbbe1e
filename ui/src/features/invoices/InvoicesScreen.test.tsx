import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { ids } from "../../shared/lib/testids";
import { document, issued } from "../../test/samples";
import { show } from "../../test/show";
import { InvoicesScreen } from "./InvoicesScreen";

test("a million rows cost only those in sight", async () => {
  const rows = Array.from({ length: 5000 }, (_, n) => ({ ...issued, id: `doc_${n}`, orderNumber: String(n) }));
  await show(<InvoicesScreen />, { "documents.list": { rows, next: null, total: 1_000_000 } });
  await screen.findByTestId(ids.row("0"));
  expect(screen.getAllByRole("row").length).toBeLessThan(80);
  expect(screen.getByText("1,000,000 invoices")).toBeVisible();
});

test("a state is a word beside its icon; mismatched goes before issued", async () => {
  const differs = { ...issued, id: "doc_3", orderNumber: "1040", verification: "mismatched" };
  const { t } = await show(<InvoicesScreen />, {
    "documents.list": { rows: [document, issued, differs], next: null, total: 3 },
  });
  expect(await screen.findByTestId(ids.row("1042"))).toHaveTextContent(t("state.held"));
  expect(screen.getByTestId(ids.row("1041"))).toHaveTextContent("FCT 0007");
  expect(screen.getByTestId(ids.row("1040"))).toHaveTextContent(t("state.mismatched"));
});

test("an order that changed since is a state of its own, and a filter", async () => {
  const changed = { ...issued, id: "doc_3", orderNumber: "1040", changes: 2 };
  const { t, calls } = await show(<InvoicesScreen />, { "documents.list": { rows: [issued, changed], next: null, total: 2 } });
  expect(await screen.findByTestId(ids.row("1040"))).toHaveTextContent(t("state.changed"));
  expect(screen.getByTestId(ids.row("1041"))).toHaveTextContent(t("state.issued"));
  await userEvent.click(screen.getByText(t("invoices.filter.changed")));
  await waitFor(() => expect(calls.some(({ request }) => (request as { filter: string }).filter === "changed")).toBe(true));
});

test("the arrow keys open the next record", async () => {
  const router = await show(<InvoicesScreen />, {
    "documents.list": { rows: [document, issued], next: null, total: 2 },
  });
  const grid = await screen.findByRole("grid");
  grid.focus();
  await userEvent.keyboard("j");
  expect(await screen.findByRole("row", { selected: true })).toHaveTextContent("1042");
  await userEvent.keyboard("{ArrowDown}");
  expect(await screen.findByRole("row", { selected: true })).toHaveTextContent("1041");
  expect(router.calls.length).toBeGreaterThan(0);
});

test("an empty list says what would be here", async () => {
  const { t } = await show(<InvoicesScreen />, { "documents.list": { rows: [], next: null, total: 0 } });
  expect(await screen.findByText(t("invoices.emptyText"))).toBeVisible();
});

test("an error keeps the screen and offers another try", async () => {
  const { t } = await show(<InvoicesScreen />, { "documents.list": new Error("busy") });
  expect(await screen.findByText("busy")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});

test("a further page that fails is asked for once, and the rows stay", async () => {
  const answer = ({ after }: { after: number | null }) => {
    if (after !== null) throw { code: "internal", detail: "page two is lost", field: null, failure: null };
    return { rows: [issued], next: 7, total: 2 };
  };
  const { calls } = await show(<InvoicesScreen />, { "documents.list": answer });
  expect(await screen.findByText("page two is lost")).toBeVisible();
  await new Promise((done) => setTimeout(done, 300));
  expect(calls.filter((call) => (call.request as { after: number | null }).after === 7)).toHaveLength(1);
  expect(screen.getByTestId(ids.row("1041"))).toBeVisible();
});

test("a storno is named, and e-Factura stands in its column", async () => {
  const storno = { ...issued, id: "doc_3", orderNumber: "1040", number: "0008", role: "storno" };
  const accepted = { ...issued, einvoice: { state: "accepted", words: "" } };
  const { t } = await show(<InvoicesScreen />, {
    "documents.list": { rows: [accepted, storno], next: null, total: 2 },
  });
  expect(await screen.findByTestId(ids.row("1041"))).toHaveTextContent(t("einvoice.state.accepted"));
  const row = screen.getByTestId(ids.row("1040-storno"));
  expect(row).toHaveTextContent("FCT 0008 storno");
  expect(row).not.toHaveTextContent(t("einvoice.state.accepted"));
});
