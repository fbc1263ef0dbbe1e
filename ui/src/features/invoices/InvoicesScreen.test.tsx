import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { RowsRequest, TableQuery } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { plan } from "../../test/bulk";
import { deskAnswers, documentAt, SUMMARY } from "../../test/desk";
import { document, issued } from "../../test/samples";
import { type Call, show } from "../../test/show";
import { InvoicesScreen } from "./InvoicesScreen";

const asked = (calls: Call[]) => calls.filter((call) => call.command === "table.documents").map((call) => call.request as RowsRequest);
const queries = (calls: Call[]) => asked(calls).map((request) => request.query);
const some = (rows: unknown[]) => deskAnswers(rows.length, (n) => rows[n]);

test("of a million rows only those in sight exist, and only their block is asked for", async () => {
  const { calls } = await show(<InvoicesScreen />, deskAnswers(1_000_000));
  await screen.findByTestId(ids.row("0"));
  await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", "1000001"));
  expect(screen.getAllByRole("row").length).toBeLessThan(80);
  expect(screen.getByTestId(ids.deskSummary)).toHaveTextContent("1,000,000 invoices");
  expect(asked(calls).map(({ from }) => from)).toEqual([0]);
});

test("the last of a million rows is reached and is right, and the way back", async () => {
  const { calls } = await show(<InvoicesScreen />, deskAnswers(1_000_000));
  await screen.findByTestId(ids.row("0"));
  await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", "1000001"));
  screen.getByRole("grid").focus();
  await userEvent.keyboard("{End}");
  const last = await screen.findByTestId(ids.row("999999"));
  expect(last).toHaveAttribute("aria-rowindex", "1000001");
  expect(Math.max(...asked(calls).map(({ from }) => from))).toBe(999_900);
  await userEvent.keyboard("{Home}");
  expect(await screen.findByTestId(ids.row("0"))).toBeVisible();
  await userEvent.type(screen.getByTestId(ids.deskGoTo), "500001{Enter}");
  expect(await screen.findByTestId(ids.row("500000"))).toHaveAttribute("data-focused");
});

test("a row number that does not exist goes nowhere", async () => {
  await show(<InvoicesScreen />, deskAnswers(10));
  await screen.findByTestId(ids.row("0"));
  await userEvent.type(screen.getByTestId(ids.deskGoTo), "11{Enter}");
  expect(screen.getByTestId(ids.deskGoTo)).toHaveAttribute("aria-invalid", "true");
  expect(screen.getByTestId(ids.row("0"))).toHaveAttribute("data-focused");
});

test("a state is a word beside its icon; mismatched and changed go before issued", async () => {
  const differs = { ...issued, id: "doc_3", orderNumber: "1040", verification: "mismatched" };
  const changed = { ...issued, id: "doc_4", orderNumber: "1039", changes: 2 };
  const { t } = await show(<InvoicesScreen />, some([document, issued, differs, changed]));
  expect(await screen.findByTestId(ids.row("1042"))).toHaveTextContent(t("state.held"));
  expect(screen.getByTestId(ids.row("1041"))).toHaveTextContent("FCT 0007");
  expect(screen.getByTestId(ids.row("1040"))).toHaveTextContent(t("state.mismatched"));
  expect(screen.getByTestId(ids.row("1039"))).toHaveTextContent(t("state.changed"));
});

test("a storno is named, and e-Factura stands in its column", async () => {
  const storno = { ...issued, id: "doc_3", orderNumber: "1040", number: "0008", role: "storno" };
  const accepted = { ...issued, einvoice: { state: "accepted", words: "" } };
  const { t } = await show(<InvoicesScreen />, some([accepted, storno]));
  expect(await screen.findByTestId(ids.row("1041"))).toHaveTextContent(t("einvoice.state.accepted"));
  const row = screen.getByTestId(ids.row("1040-storno"));
  expect(row).toHaveTextContent("FCT 0008 storno");
  expect(row).not.toHaveTextContent(t("einvoice.state.accepted"));
});

test("a state is filtered by beside the search, and stands in the address", async () => {
  const { t, calls, place } = await show(<InvoicesScreen />, deskAnswers(3));
  await userEvent.click(await screen.findByTestId(ids.filter));
  await userEvent.click(await screen.findByLabelText(t("state.changed")));
  await waitFor(() => expect(queries(calls).at(-1)?.text).toBe("status:changed"));
  await userEvent.click(screen.getByLabelText(t("state.held")));
  await waitFor(() => expect(queries(calls).at(-1)?.text).toBe("status:changed,held"));
  await waitFor(() => expect(decodeURIComponent(place())).toContain("q=status:changed,held"));
});

test("what is asked for while rows are under way adds to it, and is on screen and in the address when they are there", async () => {
  const answers = deskAnswers(3);
  const rows = answers["table.documents"] as (request: RowsRequest) => unknown;
  const slow: ((answer: unknown) => void)[] = [];
  const { calls, place } = await show(<InvoicesScreen />, {
    ...answers,
    "table.documents": (request: RowsRequest) => (request.query.text === "" ? rows(request) : new Promise((done) => slow.push(() => done(rows(request))))),
  });
  await userEvent.click(await screen.findByTestId(ids.filter));
  fireEvent.click(await screen.findByTestId(ids.filterValue("changed")));
  expect(screen.getByTestId(ids.filterValue("changed"))).toBeChecked();
  expect(decodeURIComponent(place())).not.toContain("status");
  fireEvent.click(screen.getByTestId(ids.filterValue("held")));
  fireEvent.click(screen.getByTestId(ids.deskSort("total")));
  await waitFor(() => expect(queries(calls).at(-1)).toMatchObject({ text: "status:changed,held", sort: { column: "total" } }));
  for (const answer of slow) answer(null);
  await waitFor(() => expect(decodeURIComponent(place())).toMatch(/q=status:changed,held.*sort=total/));
  expect(screen.getByTestId(ids.desk)).toHaveAttribute("data-settled", "true");
});

test("an address of before, with a filter, shows the same", async () => {
  const { calls } = await show(<InvoicesScreen />, deskAnswers(3), "/invoices?filter=changed");
  await screen.findByTestId(ids.row("0"));
  expect(queries(calls).at(0)?.text).toBe("status:changed");
});

test("a header sorts up, down, and newest first again; the sort is kept", async () => {
  const { calls } = await show(<InvoicesScreen />, deskAnswers(3));
  await screen.findByTestId(ids.row("0"));
  const head = screen.getByTestId(ids.deskSort("total"));
  for (const sort of [{ column: "total", descending: false }, { column: "total", descending: true }, null]) {
    await userEvent.click(head);
    const wanted = sort === null ? "none" : sort.descending ? "descending" : "ascending";
    await waitFor(() => expect(head.closest('[role="columnheader"]')).toHaveAttribute("aria-sort", wanted));
    await waitFor(() => expect(queries(calls)).toContainEqual({ list: "documents", text: "", sort }));
  }
  expect(screen.getByTestId(ids.deskSort("einvoice"))).toBeDisabled();
  await waitFor(() => expect(calls.some((call) => call.command === "layout.save")).toBe(true));
});

test("while a new search is under way the rows of the one before stay", async () => {
  let answer = () => {};
  const rows = ({ query }: { query: TableQuery }) => {
    const found = { rows: [query.text === "" ? documentAt(1) : documentAt(2)], from: 0, ready: true };
    return query.text === "" ? found : new Promise((done) => (answer = () => done(found)));
  };
  await show(<InvoicesScreen />, { ...deskAnswers(1), "table.documents": rows });
  await screen.findByTestId(ids.row("1"));
  await userEvent.type(screen.getByTestId(ids.search), "x");
  await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-busy", "true"));
  expect(screen.getByTestId(ids.row("1"))).toBeVisible();
  answer();
  expect(await screen.findByTestId(ids.row("2"))).toBeVisible();
  expect(screen.queryByTestId(ids.row("1"))).toBeNull();
});

test("rows that the pass has not reached are asked for again", async () => {
  let times = 0;
  const rows = () => ({ rows: times > 1 ? [documentAt(5)] : [], from: 0, ready: times++ > 1 });
  await show(<InvoicesScreen />, { ...deskAnswers(1), "table.documents": rows });
  expect(await screen.findByTestId(ids.row("5"))).toBeVisible();
  expect(times).toBeGreaterThan(2);
});

test("a count that is under way tells how far it is", async () => {
  let scanned = 0;
  const summary = () => {
    scanned += 250_000;
    return { ...SUMMARY, count: scanned / 100, complete: scanned >= 1_000_000, scanned, ofRows: 1_000_000 };
  };
  const { t } = await show(<InvoicesScreen />, { ...deskAnswers(10_000), "table.summary": summary });
  expect(await screen.findByLabelText(t("desk.counting"))).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByLabelText(t("desk.counting"))).toBeNull(), { timeout: 4000 });
  expect(screen.getByTestId(ids.deskSummary)).toHaveTextContent("10,000 invoices");
});

test("the sum at the foot says that what is not issued counts as well", async () => {
  const summary = { ...SUMMARY, count: 4, totals: [{ minor: 80248, currency: "RON" }] };
  const { t } = await show(<InvoicesScreen />, { ...deskAnswers(4), "table.summary": summary });
  const foot = await screen.findByTestId(ids.deskSummary);
  await waitFor(() => expect(foot).toHaveTextContent("4 invoices · RON 802.48 in all, issued or not"));
  expect(foot).toHaveAttribute("title", t("invoices.sumText"));
});

test("arrows move, Enter opens, and with the drawer open the next record follows", async () => {
  const { place } = await show(<InvoicesScreen />, deskAnswers(5));
  await screen.findByTestId(ids.row("0"));
  screen.getByRole("grid").focus();
  await userEvent.keyboard("j");
  expect(screen.getByTestId(ids.row("1"))).toHaveAttribute("data-focused");
  expect(place()).not.toContain("document");
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(place()).toContain("document=doc_1"));
  expect(await screen.findByTestId(ids.row("1"))).toHaveAttribute("aria-current", "true");
  await userEvent.keyboard("{ArrowDown}");
  await waitFor(() => expect(place()).toContain("document=doc_2"));
});

test("rows are chosen by Space, ranges, and all of the filter", async () => {
  const { t } = await show(<InvoicesScreen />, deskAnswers(1000));
  await screen.findByTestId(ids.row("0"));
  await waitFor(() => expect(screen.getByTestId(ids.deskSummary)).toHaveTextContent("1,000 invoices"));
  screen.getByRole("grid").focus();
  await userEvent.keyboard(" {Shift>}{ArrowDown}{ArrowDown}{/Shift}");
  await waitFor(() => expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("3 selected · RON 305.85"));
  expect(screen.getByTestId(ids.row("1"))).toHaveAttribute("aria-selected", "true");
  await userEvent.keyboard("{Shift>}{ArrowUp}{/Shift}");
  await waitFor(() => expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("2 selected"));
  await userEvent.keyboard("{Control>}a{/Control}");
  expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("1,000 selected");
  await userEvent.keyboard(" ");
  expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("999 selected");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByTestId(ids.deskSelected)).toBeNull();
  fireEvent.click(screen.getByTestId(ids.row("4")), { ctrlKey: true });
  expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent(t("desk.selected", { count: 1 }));
});

test("a range over pages that were never on screen has all of its rows", async () => {
  await show(<InvoicesScreen />, deskAnswers(2000));
  await screen.findByTestId(ids.row("0"));
  await waitFor(() => expect(screen.getByTestId(ids.deskSummary)).toHaveTextContent("2,000 invoices"));
  screen.getByRole("grid").focus();
  await userEvent.keyboard(" {Shift>}{End}{/Shift}");
  await waitFor(() => expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("2,000 selected"));
});

test("a range waits for rows that the pass has not reached", async () => {
  let asked = 0;
  const rows = ({ from, limit }: RowsRequest) => {
    if (from === 0) return { rows: Array.from({ length: limit }, (_, n) => documentAt(n)), from, ready: true };
    asked += 1;
    return asked < 3 ? { rows: [], from, ready: false } : { rows: Array.from({ length: 100 }, (_, n) => documentAt(from + n)), from, ready: true };
  };
  await show(<InvoicesScreen />, { ...deskAnswers(300), "table.documents": rows });
  await screen.findByTestId(ids.row("0"));
  await waitFor(() => expect(screen.getByTestId(ids.deskSummary)).toHaveTextContent("300 invoices"));
  screen.getByRole("grid").focus();
  await userEvent.keyboard(" {Shift>}{End}{/Shift}");
  await waitFor(() => expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("300 selected"), { timeout: 3000 });
});

test("a range of which a part cannot be read chooses nothing of it, and says so until it can", async () => {
  let isBroken = true;
  const rows = ({ from, limit }: RowsRequest) => {
    if (from > 0 && isBroken) throw { code: "internal", detail: "lost", field: null, failure: null };
    return { rows: Array.from({ length: limit }, (_, n) => documentAt(from + n)), from, ready: true };
  };
  await show(<InvoicesScreen />, { ...deskAnswers(2000), "table.documents": rows });
  await screen.findByTestId(ids.row("0"));
  await waitFor(() => expect(screen.getByTestId(ids.deskSummary)).toHaveTextContent("2,000 invoices"));
  screen.getByRole("grid").focus();
  await userEvent.keyboard(" {Shift>}{End}{/Shift}");
  expect(await screen.findByText("lost")).toBeVisible();
  expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("1 selected");
  isBroken = false;
  fireEvent.click(screen.getByTestId(ids.deskAll));
  await userEvent.click(screen.getByTestId(ids.deskBulk("copy")));
  await waitFor(() => expect(screen.queryByText("lost")).toBeNull());
});

test("a bulk act plans what is chosen: ids, or the filter without its exceptions", async () => {
  const { calls } = await show(<InvoicesScreen />, { ...deskAnswers(3), "bulk.plan": plan, "bulk.get": plan });
  const planned = () => calls.filter((call) => call.command === "bulk.plan").map((call) => call.request);
  fireEvent.click(await screen.findByTestId(ids.row("1")), { ctrlKey: true });
  await userEvent.click(screen.getByTestId(ids.deskBulk("retry")));
  expect(await screen.findByTestId(ids.bulkPlan)).toBeVisible();
  expect(planned()).toEqual([{ kind: "retry", selection: { ids: ["doc_1"], except: [] } }]);
  await userEvent.keyboard("{Escape}");
  await userEvent.click(screen.getByTestId(ids.deskAll));
  fireEvent.click(screen.getByTestId(ids.row("2")), { ctrlKey: true });
  await userEvent.click(screen.getByTestId(ids.deskBulk("storno")));
  const query = { list: "documents", text: "", sort: null };
  await waitFor(() => expect(planned().at(-1)).toEqual({ kind: "storno", selection: { ids: [], query, except: ["doc_2"] } }));
});

test("chosen rows are copied as lines that a spreadsheet takes", async () => {
  const user = userEvent.setup();
  await show(<InvoicesScreen />, deskAnswers(3));
  await screen.findByTestId(ids.row("0"));
  screen.getByRole("grid").focus();
  await user.keyboard(" {Shift>}{ArrowDown}{/Shift}");
  await waitFor(() => expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("2 selected"));
  await user.keyboard("{Control>}c{/Control}");
  await waitFor(async () => expect(await navigator.clipboard.readText()).toContain("\n"));
  const lines = (await navigator.clipboard.readText()).split("\n").map((line) => line.split("\t"));
  expect(lines.map((line) => [line[1], line[2], line[5]])).toEqual([
    ["0", "FCT 0000", "101.95"],
    ["1", "FCT 0001", "101.95"],
  ]);
});

test("an empty list says what would be here and the next step; a search without a match how to go on", async () => {
  const { t, place } = await show(<InvoicesScreen />, deskAnswers(0));
  expect(await screen.findByText(t("invoices.emptyText"))).toBeVisible();
  expect(screen.getByText(t("desk.toOrders"))).toBeVisible();
  await userEvent.type(screen.getByTestId(ids.search), "nobody");
  expect(await screen.findByText(t("invoices.nothing"))).toBeVisible();
  await userEvent.click(screen.getByText(t("desk.clearSearch")));
  await waitFor(() => expect(place()).not.toContain("nobody"));
  expect(screen.getByTestId(ids.search)).toHaveValue("");
});

test("an error keeps the screen and offers another try", async () => {
  const { t } = await show(<InvoicesScreen />, { ...deskAnswers(0), "table.documents": new Error("busy") });
  expect(await screen.findByText("busy")).toBeVisible();
  expect(within(screen.getByRole("alert")).getByText(t("common.tryAgain"))).toBeVisible();
});
