import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { BulkJob, BulkRequest, ExportRequest, RowsRequest } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { over, plan, running } from "../../test/bulk";
import { deskAnswers, documentAt } from "../../test/desk";
import { type Call, show } from "../../test/show";
import { InvoicesScreen } from "./InvoicesScreen";

const planned = (calls: Call[]) => calls.filter((call) => call.command === "bulk.plan").map((call) => call.request as BulkRequest);
const isSelected = (order: string) => screen.getByTestId(ids.row(order)).getAttribute("aria-selected");
const summed = (text: string) => waitFor(() => expect(screen.getByTestId(ids.deskSummary)).toHaveTextContent(text));

/** A list whose second search is under way until it is let go on. */
function searching(count: number) {
  const answers = deskAnswers(count);
  const rows = answers["table.documents"] as (request: RowsRequest) => unknown;
  const waiting: (() => void)[] = [];
  return {
    answers: {
      ...answers,
      "table.documents": (request: RowsRequest) =>
        request.query.text === "" ? rows(request) : new Promise((done) => waiting.push(() => done(rows(request)))),
    },
    goOn: () => act(async () => waiting.splice(0).forEach((one) => one())),
  };
}

test("while a new search is under way, what is done to the rows on screen is done to them, and not to what it will find", async () => {
  const { answers, goOn } = searching(1000);
  const { calls } = await show(<InvoicesScreen />, { ...answers, "bulk.plan": plan, "bulk.get": plan, "export.start": {} });
  await screen.findByTestId(ids.row("0"));
  await summed("1,000 invoices");
  await userEvent.click(screen.getByTestId(ids.deskAll));
  await userEvent.type(screen.getByTestId(ids.search), "x{Enter}");
  await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-busy", "true"));
  await userEvent.click(screen.getByTestId(ids.export));
  await userEvent.click(await screen.findByTestId(ids.exportAs("csv", "all")));
  await waitFor(() => expect(calls.some((call) => call.command === "export.start")).toBe(true));
  expect((calls.find((call) => call.command === "export.start")?.request as ExportRequest).query.text).toBe("");
  await userEvent.click(screen.getByTestId(ids.deskBulk("storno")));
  await waitFor(() => expect(planned(calls)).toHaveLength(1));
  expect(planned(calls)[0]?.selection.query?.text).toBe("");
  await goOn();
  await waitFor(() => expect(screen.queryByTestId(ids.deskSelected)).toBeNull());
});

test("a range that is chosen while a new search is under way is one of the rows on screen", async () => {
  const { answers, goOn } = searching(3);
  const { calls } = await show(<InvoicesScreen />, answers);
  await screen.findByTestId(ids.row("0"));
  await summed("3 invoices");
  await userEvent.type(screen.getByTestId(ids.search), "x{Enter}");
  await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-busy", "true"));
  fireEvent.click(screen.getByTestId(ids.row("2")), { shiftKey: true });
  await waitFor(() => expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("3 selected"));
  expect(calls.filter((call) => call.command === "table.documents" && (call.request as RowsRequest).query.text === "x")).toHaveLength(1);
  await goOn();
});

test("what a confirmed job was about is no longer chosen; a plan that was given up leaves it chosen", async () => {
  let job: BulkJob = plan;
  const { host } = await show(<InvoicesScreen />, {
    ...deskAnswers(3),
    "bulk.plan": plan,
    "bulk.get": () => job,
    "bulk.cancel": plan,
    "bulk.confirm": () => (job = running),
    "bulk.report": { rows: [], next: null },
  });
  fireEvent.click(await screen.findByTestId(ids.row("1")), { ctrlKey: true });
  await userEvent.click(screen.getByTestId(ids.deskBulk("retry")));
  await screen.findByTestId(ids.bulkPlan);
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId(ids.bulkPlan)).toBeNull());
  expect(isSelected("1")).toBe("true");
  await userEvent.click(screen.getByTestId(ids.deskBulk("retry")));
  await userEvent.click(await screen.findByTestId(ids.confirm));
  await screen.findByTestId(ids.bulkRunning);
  job = over;
  host.tell(["bulk"]);
  await screen.findByTestId(ids.bulkOver);
  await userEvent.click(await screen.findByTestId(ids.bulkClose));
  await waitFor(() => expect(isSelected("1")).toBe("false"));
  expect(screen.queryByTestId(ids.deskSelected)).toBeNull();
});

test("a job that is closed as soon as it is confirmed runs on", async () => {
  const { calls } = await show(<InvoicesScreen />, { ...deskAnswers(3), "bulk.plan": plan, "bulk.get": plan, "bulk.confirm": running });
  fireEvent.click(await screen.findByTestId(ids.row("1")), { ctrlKey: true });
  await userEvent.click(screen.getByTestId(ids.deskBulk("retry")));
  await userEvent.click(await screen.findByTestId(ids.confirm));
  await userEvent.click(await screen.findByTestId(ids.bulkClose));
  expect(calls.some((call) => call.command === "bulk.cancel")).toBe(false);
});

test("a range begins anew after a move without Shift", async () => {
  await show(<InvoicesScreen />, deskAnswers(9));
  await screen.findByTestId(ids.row("0"));
  await summed("9 invoices");
  screen.getByRole("grid").focus();
  await userEvent.keyboard(" {ArrowDown}{ArrowDown}{ArrowDown}{Shift>}{ArrowDown}{/Shift}");
  await waitFor(() => expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("3 selected"));
  expect(["0", "1", "2", "3", "4"].map(isSelected)).toEqual(["true", "false", "false", "true", "true"]);
});

test("a range begins anew in another order", async () => {
  await show(<InvoicesScreen />, deskAnswers(9));
  fireEvent.click(await screen.findByTestId(ids.row("6")), { ctrlKey: true });
  await summed("9 invoices");
  await userEvent.click(screen.getByTestId(ids.deskSort("total")));
  await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-busy", "false"));
  fireEvent.click(screen.getByTestId(ids.row("1")), { shiftKey: true });
  await waitFor(() => expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("3 selected"));
  expect(["0", "1", "2", "6"].map(isSelected)).toEqual(["true", "true", "false", "true"]);
});

test("a range's rows that are under way are not given up for the rows that are scrolled to", async () => {
  let answer = () => {};
  const rows = ({ from, limit }: RowsRequest) => {
    const found = { rows: Array.from({ length: limit }, (_, n) => documentAt(from + n)), from, ready: true };
    return from === 3800 ? new Promise((done) => (answer = () => done(found))) : found;
  };
  const { calls } = await show(<InvoicesScreen />, { ...deskAnswers(5000), "table.documents": rows });
  const asked = () => calls.filter((call) => call.command === "table.documents").map((call) => (call.request as RowsRequest).from);
  await screen.findByTestId(ids.row("0"));
  await summed("5,000 invoices");
  screen.getByRole("grid").focus();
  await userEvent.keyboard(" {Shift>}{End}{/Shift}");
  await waitFor(() => expect(asked()).toContain(3800));
  await userEvent.type(screen.getByTestId(ids.deskGoTo), "2301{Enter}");
  await screen.findByTestId(ids.row("2300"));
  await act(async () => answer());
  await waitFor(() => expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("5,000 selected"));
});

test("a range of more rows than one may have ends at the last it may have, and says so", async () => {
  const { t } = await show(<InvoicesScreen />, deskAnswers(12_000));
  await screen.findByTestId(ids.row("0"));
  await summed("12,000 invoices");
  screen.getByRole("grid").focus();
  await userEvent.keyboard(" {Shift>}{End}{/Shift}");
  expect(await screen.findByText(t("desk.rangeCut", { rows: 10_000 }), {}, { timeout: 5000 })).toBeVisible();
  expect(screen.getByTestId(ids.deskSelected)).toHaveTextContent("10,000 selected");
});

test("a selection that is too large is refused above the rows, in words", async () => {
  const refused = () => {
    throw { code: "invalid_input", detail: "1 to 100000 records", field: "selection", failure: null };
  };
  const { t } = await show(<InvoicesScreen />, { ...deskAnswers(3), "bulk.plan": refused });
  await userEvent.click(await screen.findByTestId(ids.deskAll));
  await userEvent.click(screen.getByTestId(ids.deskBulk("retry")));
  const note = await screen.findByText(t("bulk.refused.selection"));
  expect(note.compareDocumentPosition(screen.getByRole("grid")) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
});

test("a double click plans once", async () => {
  const { calls } = await show(<InvoicesScreen />, { ...deskAnswers(3), "bulk.plan": () => new Promise(() => {}) });
  fireEvent.click(await screen.findByTestId(ids.row("1")), { ctrlKey: true });
  const act = screen.getByTestId(ids.deskBulk("retry"));
  fireEvent.click(act);
  fireEvent.click(act);
  await waitFor(() => expect(act).toBeDisabled());
  expect(planned(calls)).toHaveLength(1);
});
