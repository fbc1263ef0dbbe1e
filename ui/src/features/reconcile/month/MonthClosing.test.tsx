import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { CountedAmount, GapInfo, MonthReport } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { type Answers, show } from "../../../test/show";
import { ReconcileScreen } from "../ReconcileScreen";
import { monthBefore } from "./MonthClosing";

const books = { connectionId: "con_1", connectionName: "SmartBill", provider: "smartbill", company: "RO12345674" };
const sum = (count: number, minor: number): CountedAmount => ({ count, total: { minor, currency: "RON" } });
const gap: GapInfo = {
  from: "0008",
  until: "0009",
  count: 2,
  why: "unexplained",
  explained: false,
  findingId: "fnd_1",
  reason: "",
  who: "",
  atMs: null,
};
const report: MonthReport = {
  books,
  month: "2026-10",
  from: "2026-10-01",
  to: "2026-10-31",
  over: true,
  money: [
    {
      currency: "RON",
      invoices: sum(3, 30000),
      stornos: sum(1, -10000),
      corrections: sum(0, 0),
      net: sum(4, 20000),
      cancelled: sum(0, 0),
      paid: sum(2, 20000),
      partlyPaid: sum(0, 0),
      unpaid: sum(1, 10000),
      notTold: sum(0, 0),
    },
  ],
  vat: [
    {
      rate: "21",
      documents: 4,
      base: { minor: 16529, currency: "RON" },
      vat: { minor: 3471, currency: "RON" },
      total: { minor: 20000, currency: "RON" },
    },
  ],
  withoutDraft: 0,
  series: [{ series: "FCT", count: 4, first: "0006", last: "0011", gaps: [gap], repeats: [], comparedMs: 1_793_000_000_000, comparedWhy: "" }],
  leftOut: [{ decision: "not_invoiced", reason: "total_zero", count: 2, total: { minor: 0, currency: "RON" } }],
  notIssued: { held: 1 },
  mismatched: 0,
  missingThere: 0,
  unknownHere: 0,
  duplicates: 0,
  einvoices: { told: false, accepted: 0, processing: 0, rejected: 0, notSent: 0, late: 0, nextDeadline: null },
  closing: null,
  earlier: [],
  since: [],
  blocked: [{ code: "gaps", count: 1 }],
  warnings: [{ code: "not_sent_yet", count: 1 }],
};
const closing = {
  id: "cls_1",
  who: "Ana",
  note: "checked",
  accepted: ["not_sent_yet"],
  closedMs: 1_793_600_000_000,
  reopenedMs: null,
  reopenedBy: "",
  reopenedReason: "",
};

const month = (answer: MonthReport, more: Answers = {}) =>
  show(
    <ReconcileScreen />,
    {
      "doubts.list": { doubts: [], mismatched: [], operations: [] },
      "month.books": { books: [books] },
      "month.report": answer,
      ...more,
    },
    "/?filter=month",
  );

test("what is proposed is the month before", () => {
  expect(["2026-11-26", "2026-01-05"].map(monthBefore)).toEqual(["2026-10", "2025-12"]);
});

test("the month in figures, and what keeps it open, for which closing waits", async () => {
  const { t } = await month(report);
  expect(await screen.findByTestId(ids.monthClose)).toBeDisabled();
  expect(screen.getByTestId(ids.monthClose)).toHaveAttribute("title", t("closing.closeBlocked"));
  expect(screen.getByTestId(ids.monthObstacle("gaps"))).toHaveTextContent("Gaps without an explanation: 1");
  const vat = screen.getByRole("region", { name: t("closing.file.byVat") });
  expect(vat).toHaveTextContent("RON 165.29");
  expect(vat).toHaveTextContent("RON 34.71");
  expect(screen.getByRole("region", { name: t("closing.file.issued") })).toHaveTextContent("RON −100.00");
  expect(screen.getByRole("region", { name: t("closing.file.leftOut") })).toHaveTextContent(t("reason.total_zero"));
  expect(screen.getByText(t("closing.file.einvoiceSilent"))).toBeVisible();
});

test("a gap is explained with a reason, and an explanation is taken back", async () => {
  const first = await month(report, { "reconcile.ignore": {} });
  const row = await screen.findByTestId(ids.monthGap("0008"));
  expect(row).toHaveTextContent("0008–0009");
  await userEvent.click(within(row).getByText(first.t("closing.explain")));
  expect(await screen.findByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "test forms");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "fnd_1", ignored: true, reason: "test forms" };
  await waitFor(() => expect(first.calls).toContainEqual({ command: "reconcile.ignore", request }));
});

test("what a person explained says by whom, and offers only to be taken back", async () => {
  const explained = { ...gap, explained: true, reason: "test forms", who: "Ana", atMs: 1_793_000_000_000 };
  const { t, calls } = await month(
    { ...report, blocked: [], series: report.series.map((one) => ({ ...one, gaps: [explained] })) },
    { "reconcile.ignore": {} },
  );
  const row = await screen.findByTestId(ids.monthGap("0008"));
  expect(row).toHaveTextContent("test forms (Ana, ");
  await userEvent.click(within(row).getByText(t("closing.takeBack")));
  await userEvent.type(await screen.findByTestId(ids.reason), "not so");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "fnd_1", ignored: false, reason: "not so" };
  await waitFor(() => expect(calls).toContainEqual({ command: "reconcile.ignore", request }));
});

test("closing asks for a note and for every point to be accepted", async () => {
  const { calls } = await month({ ...report, blocked: [] }, { "month.close": { ...report, closing } });
  await userEvent.click(await screen.findByTestId(ids.monthClose));
  await userEvent.type(await screen.findByTestId(ids.reason), "checked");
  expect(screen.getByTestId(ids.confirm)).toHaveTextContent("Close October 2026");
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.click(screen.getByTestId(ids.monthAccept("not_sent_yet")));
  await userEvent.click(screen.getByTestId(ids.confirm));
  await waitFor(() => expect(calls.some((call) => call.command === "month.close")).toBe(true));
  const request = calls.find((call) => call.command === "month.close")?.request;
  expect(request).toMatchObject({ connectionId: "con_1", company: "RO12345674", accepted: ["not_sent_yet"], note: "checked" });
});

test("a refusal is told in the closing's own words", async () => {
  const refused = () => {
    throw { code: "not_now", detail: "month_warnings", field: null, failure: null };
  };
  const { t } = await month({ ...report, blocked: [], warnings: [] }, { "month.close": refused });
  await userEvent.click(await screen.findByTestId(ids.monthClose));
  await userEvent.type(await screen.findByTestId(ids.reason), "checked");
  await userEvent.click(screen.getByTestId(ids.confirm));
  expect(await screen.findByText(t("closing.refusal.month_warnings"))).toBeVisible();
});

test("a closed month says by whom, what changed since, and is reopened with a reason", async () => {
  const since = [
    {
      documentId: "doc_9",
      number: "FCT 0011",
      client: "Ana",
      total: { minor: 10000, currency: "RON" },
      before: "issued",
      state: "cancelled",
      changedMs: 1_793_700_000_000,
    },
  ];
  const { t, calls, place } = await month({ ...report, closing, since }, { "month.reopen": {} });
  expect(await screen.findByText(/^Closed by Ana on/)).toBeVisible();
  const changes = screen.getByTestId(ids.monthSince);
  expect(changes).toHaveTextContent("1 change since closing");
  expect(changes).toHaveTextContent(t("state.cancelled"));
  await userEvent.click(within(changes).getByText("FCT 0011"));
  expect(place()).toContain("document=doc_9");
  await userEvent.click(screen.getByTestId(ids.monthReopen));
  await userEvent.type(await screen.findByTestId(ids.reason), "one invoice more");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "cls_1", reason: "one invoice more" };
  await waitFor(() => expect(calls).toContainEqual({ command: "month.reopen", request }));
});

test("the file is asked for in the words of the screen", async () => {
  const file = { name: "x.pdf", mediaType: "application/pdf", base64: "" };
  const { calls, t } = await month(report, { "month.file": file });
  await userEvent.click(await screen.findByTestId(ids.monthField("pdf")));
  await waitFor(() => expect(calls.some((call) => call.command === "month.file")).toBe(true));
  const request = calls.find((call) => call.command === "month.file")?.request as { words: Record<string, string> };
  expect(request).toMatchObject({ format: "pdf" });
  expect(request.words).toMatchObject({
    language: "en",
    title: t("closing.file.title"),
    "reason.total_zero": t("reason.total_zero"),
    "gap.unexplained": t("closing.gap.unexplained"),
    "state.held": t("state.held"),
  });
});

test("every series of the month is compared", async () => {
  const two = [...report.series, ...report.series.map((one) => ({ ...one, series: "ATC", gaps: [] }))];
  const { calls } = await month({ ...report, series: two }, { "reconcile.run": { runId: "rec_1" } });
  await userEvent.click(await screen.findByTestId(ids.monthField("compare")));
  await waitFor(() => expect(calls.filter((call) => call.command === "reconcile.run")).toHaveLength(2));
  const request = { connectionId: "con_1", company: "RO12345674", series: "ATC", from: "2026-10-01", to: "2026-10-31" };
  expect(calls).toContainEqual({ command: "reconcile.run", request });
});

test("a series whose comparison is refused is named, with what was refused; the others have begun", async () => {
  const two = [...report.series, ...report.series.map((one) => ({ ...one, series: "ATC", gaps: [] }))];
  const answer = ({ series }: { series: string }) => {
    if (series === "FCT") throw { code: "outside", detail: "no right to read", field: null, failure: null };
    return { runId: "rec_1" };
  };
  const { t } = await month({ ...report, series: two }, { "reconcile.run": answer });
  await userEvent.click(await screen.findByTestId(ids.monthField("compare")));
  const refused = await screen.findByTestId(ids.monthRefused("FCT"));
  expect(refused).toHaveTextContent(t("closing.notBegun", { series: "FCT" }));
  expect(refused).toHaveTextContent("no right to read");
  expect(screen.queryByTestId(ids.monthRefused("ATC"))).toBeNull();
  expect(screen.getByText(t("closing.comparingOthers"))).toBeVisible();
  expect(screen.queryByText(t("closing.comparing"))).toBeNull();
});

test("a month in which nothing was issued still says what is open and how e-Factura stands", async () => {
  const { t } = await month({ ...report, series: [], money: [], vat: [], leftOut: [], blocked: [] });
  expect(await screen.findByText(t("closing.noDocuments"))).toBeVisible();
  expect(screen.getByRole("region", { name: t("closing.file.open") })).toHaveTextContent(t("state.held"));
  expect(screen.getByRole("region", { name: t("closing.file.einvoices") })).toBeVisible();
  expect(screen.queryByRole("region", { name: t("closing.file.issued") })).toBeNull();
});

test("what is to be accepted shows its records", async () => {
  const codes = ["not_sent_yet", "orders_waiting", "einvoice_late", "einvoice_rejected"];
  const shown = [
    "/invoices?q=status:held,ready created:<=2026-10-31 connection:con_1",
    "/orders?q=decision:waiting created:2026-10-01..2026-10-31",
    "/einvoice",
    "/invoices?q=einvoice:rejected issued:2026-10-01..2026-10-31 connection:con_1",
  ];
  for (const [at, code] of codes.entries()) {
    const { place, t } = await month({ ...report, blocked: [], warnings: [{ code, count: 1 }] });
    await userEvent.click(within(await screen.findByTestId(ids.monthObstacle(code))).getByText(t("closing.show")));
    await waitFor(() => expect(decodeURIComponent(place()).replaceAll("+", " ")).toBe(shown[at]));
    cleanup();
  }
});

test("without a company it says what is needed, and leads there", async () => {
  const { place, t } = await month(report, { "month.books": { books: [] } });
  expect(await screen.findByText(t("closing.noBooks"))).toBeVisible();
  await userEvent.click(screen.getByText(t("failures.openConnections")));
  await waitFor(() => expect(place()).toBe("/connections"));
});
