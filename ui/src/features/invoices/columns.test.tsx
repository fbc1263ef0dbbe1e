import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { TableLayout } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { deskAnswers } from "../../test/desk";
import { type Call, show } from "../../test/show";
import { InvoicesScreen } from "./InvoicesScreen";

const saved = (calls: Call[]) => calls.filter((call) => call.command === "layout.save").map((call) => call.request as TableLayout);
const headings = () => screen.getAllByRole("columnheader").slice(1).map((cell) => cell.dataset.column);
const openMenu = async (column: string) => userEvent.click(await screen.findByTestId(ids.deskMenu(column)));

test("a column is hidden from its menu, kept so, and brought back", async () => {
  const { calls, t } = await show(<InvoicesScreen />, deskAnswers(3));
  await openMenu("client");
  await userEvent.click(await screen.findByTestId(ids.deskAct("hide")));
  await waitFor(() => expect(headings()).not.toContain("client"));
  await waitFor(() => expect(saved(calls).at(-1)?.columns.find((one) => one.id === "client")?.hidden).toBe(true));
  await userEvent.click(await screen.findByTestId(ids.undoNote));
  await waitFor(() => expect(headings()).toContain("client"));
  await waitFor(() => expect(screen.queryByText(t("desk.hidden", { column: t("invoices.client") }))).toBeNull());
});

test("columns move by the menu and by Alt with an arrow, and stay where they were put", async () => {
  const { calls } = await show(<InvoicesScreen />, deskAnswers(3));
  await screen.findByTestId(ids.row("0"));
  expect(headings().slice(0, 3)).toEqual(["state", "order", "number"]);
  screen.getByTestId(ids.deskSort("order")).focus();
  await userEvent.keyboard("{Alt>}{ArrowLeft}{/Alt}");
  await waitFor(() => expect(headings().slice(0, 3)).toEqual(["order", "state", "number"]));
  await openMenu("state");
  await userEvent.click(await screen.findByTestId(ids.deskAct("right")));
  await waitFor(() => expect(headings().slice(0, 3)).toEqual(["order", "number", "state"]));
  await waitFor(() => expect(saved(calls).at(-1)?.columns.slice(0, 3).map((one) => one.id)).toEqual(["order", "number", "state"]));
});

test("a column that is dragged goes where it is dropped, and the press does not sort", async () => {
  const { calls } = await show(<InvoicesScreen />, deskAnswers(3));
  await screen.findByTestId(ids.row("0"));
  const total = screen.getByTestId(ids.deskSort("total"));
  const place = window.document.querySelector('[data-column="order"]');
  window.document.elementFromPoint = () => place;
  fireEvent.pointerDown(total, { button: 0, clientX: 500, clientY: 10 });
  fireEvent.pointerMove(window, { clientX: 100, clientY: 10 });
  fireEvent.pointerUp(window, { clientX: 100, clientY: 10 });
  fireEvent.click(total);
  await waitFor(() => expect(headings().slice(0, 3)).toEqual(["state", "total", "order"]));
  await waitFor(() => expect(saved(calls).at(-1)?.sort).toBeNull());
});

test("a column is resized by the keyboard and by its menu, within bounds", async () => {
  const { calls } = await show(<InvoicesScreen />, deskAnswers(3));
  const border = await screen.findByTestId(ids.deskResize("client"));
  border.focus();
  await userEvent.keyboard("{ArrowLeft}");
  // jsdom lays nothing out: a column without a width is as narrow as one may be
  await waitFor(() => expect(saved(calls).at(-1)?.columns.find((one) => one.id === "client")?.width).toBe(44));
  const cell = screen.getAllByRole("columnheader").find((one) => one.dataset.column === "client");
  if (!cell) throw new Error("no column of clients");
  cell.getBoundingClientRect = () => new DOMRect(0, 0, 200, 30);
  await openMenu("client");
  await userEvent.click(await screen.findByTestId(ids.deskAct("wider")));
  await waitFor(() => expect(saved(calls).at(-1)?.columns.find((one) => one.id === "client")?.width).toBe(224));
  expect(screen.getByTestId(ids.desk).getAttribute("style")).toContain("224px");
});

test("what was kept is shown: order, widths, what is hidden, the sort", async () => {
  const layout = {
    list: "documents",
    columns: [
      { id: "client", width: 200, hidden: false },
      { id: "state", width: null, hidden: true },
      { id: "gone", width: null, hidden: false },
    ],
    sort: { column: "total", descending: true },
  };
  const { calls } = await show(<InvoicesScreen />, { ...deskAnswers(3), "layout.get": layout });
  await screen.findByTestId(ids.row("0"));
  expect(headings()[0]).toBe("client");
  expect(headings()).not.toContain("state");
  expect(screen.getByTestId(ids.desk).getAttribute("style")).toContain("200px");
  expect(calls.find((call) => call.command === "table.documents")?.request).toMatchObject({ query: { sort: { column: "total" } } });
});

test("columns are chosen; the last one stays", async () => {
  const { calls, t } = await show(<InvoicesScreen />, deskAnswers(3));
  await userEvent.click(await screen.findByTestId(ids.deskColumns));
  await userEvent.click(await screen.findByTestId(ids.deskColumn("reference")));
  await waitFor(() => expect(headings()).toContain("reference"));
  expect(screen.queryByTestId(ids.deskColumn("paid"))).toBeNull();
  for (const id of ["state", "order", "number", "client", "taxId", "total", "issued", "einvoice"]) {
    await userEvent.click(screen.getByTestId(ids.deskColumn(id)));
  }
  expect(screen.getByTestId(ids.deskColumn("reference"))).toBeDisabled();
  expect(screen.getByTitle(t("desk.lastColumn"))).toBeInTheDocument();
  await waitFor(() => expect(saved(calls).at(-1)?.columns.filter((one) => !one.hidden).map((one) => one.id)).toContain("reference"));
});

test("a filter that is opened and applied as it was stays as it was written", async () => {
  const { place } = await show(<InvoicesScreen />, deskAnswers(3), `/invoices?q=${encodeURIComponent("total:>100 issued:this-month")}`);
  for (const column of ["total", "issued"]) {
    await openMenu(column);
    await userEvent.click(within(await screen.findByTestId(ids.filterForm(column))).getByTestId(ids.filterApply));
    await userEvent.keyboard("{Escape}");
  }
  expect(new URLSearchParams(place().split("?")[1]).get("q")).toBe("total:>100 issued:this-month");
});

test("a column's menu filters by a text, by bounds and by a period, and says that it does", async () => {
  const { place, t } = await show(<InvoicesScreen />, deskAnswers(3));
  const text = () => new URLSearchParams(place().split("?")[1]).get("q");
  await openMenu("client");
  const form = within(await screen.findByTestId(ids.filterForm("client")));
  await userEvent.type(form.getByRole("textbox"), "Ana Pop{Enter}");
  await waitFor(() => expect(text()).toBe('client:"Ana Pop"'));
  expect(screen.getByTestId(ids.deskMenu("client"))).toHaveAccessibleName(t("desk.menuFiltered", { column: t("invoices.client") }));
  await userEvent.keyboard("{Escape}");
  await openMenu("total");
  const bounds = within(await screen.findByTestId(ids.filterForm("total")));
  await userEvent.type(bounds.getByLabelText(t("desk.from")), "1.000,50");
  await userEvent.type(bounds.getByLabelText(t("desk.to")), "x{Enter}");
  expect(text()).not.toContain("total");
  await userEvent.clear(bounds.getByLabelText(t("desk.to")));
  await userEvent.click(bounds.getByTestId(ids.filterApply));
  await waitFor(() => expect(text()).toBe('client:"Ana Pop" total:>=1000.50'));
  await userEvent.keyboard("{Escape}");
  await openMenu("issued");
  await userEvent.click(within(await screen.findByTestId(ids.filterForm("issued"))).getByTestId(ids.filterValue("this-month")));
  await waitFor(() => expect(text()).toContain("issued:this-month"));
  await userEvent.click(screen.getByTestId(ids.filterClear));
  await waitFor(() => expect(text()).not.toContain("issued"));
});
