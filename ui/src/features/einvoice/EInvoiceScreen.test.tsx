import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { EInvoiceEntry, EInvoices } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { issued } from "../../test/samples";
import { show } from "../../test/show";
import { EInvoiceScreen } from "./EInvoiceScreen";
import { ruleOf } from "./rules";

const entry = (number: string, daysLeft: number, einvoice: EInvoiceEntry["document"]["einvoice"]): EInvoiceEntry => ({
  document: { ...issued, id: `doc_${number}`, number, provider: "oblio", einvoice },
  issued: "2026-11-02",
  deadline: "2026-11-09",
  daysLeft,
});
const rejected = { state: "rejected", words: "E: validari globale [BR-RO-101] The city name must be coded SECTOR1" };
const board: EInvoices = {
  from: "2026-08-26",
  late: 1,
  inTime: 2,
  processing: 1,
  rejected: 1,
  notConfigured: 0,
  rows: [entry("0001", -2, null), entry("0002", 0, rejected), entry("0003", 3, { state: "processing", words: "" })],
  next: null,
  silent: ["SmartBill"],
};

test("how much time each has is in words, and the late say so", async () => {
  const { t } = await show(<EInvoiceScreen />, { "einvoices.list": board });
  expect(await screen.findByTestId(ids.boardRow("0001"))).toHaveTextContent("2 working days late");
  expect(screen.getByTestId(ids.boardRow("0002"))).toHaveTextContent(t("board.lastDay"));
  expect(screen.getByTestId(ids.boardRow("0003"))).toHaveTextContent(t("board.waiting"));
  expect(screen.getByText(t("board.silent", { names: "SmartBill" }))).toBeVisible();
  expect(screen.getByTestId(ids.boardSum("inTime"))).toHaveTextContent("2");
});

test("a rejection names its rule, what it means and what to do, in both languages", async () => {
  const { t } = await show(<EInvoiceScreen />, { "einvoices.list": board });
  const row = await screen.findByTestId(ids.boardRow("0002"));
  expect(row).toHaveTextContent("Rule BR-RO-101");
  expect(row).toHaveTextContent(t("board.rules.BR-RO-101.fix"));
  expect(row).toHaveTextContent("SECTOR1");
  await i18next.changeLanguage("ro");
  await waitFor(() => expect(row).toHaveTextContent("Regula BR-RO-101"));
  expect(row).toHaveTextContent("Scrieți orașul clientului");
});

test("it is sent only with a reason, and what is on its way is not offered", async () => {
  const { t, calls } = await show(<EInvoiceScreen />, { "einvoices.list": board, "documents.operate": {} });
  await userEvent.click(await screen.findByTestId(ids.boardSend("0002")));
  expect(await screen.findByText(t("board.resendText"))).toBeVisible();
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "the city is right now");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "doc_0002", kind: "send_einvoice", reason: "the city is right now", payment: null, email: null };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.operate", request }));
  expect(screen.queryByTestId(ids.boardSend("0003"))).toBeNull();
});

test("a sum shows its own invoices", async () => {
  const { calls } = await show(<EInvoiceScreen />, { "einvoices.list": board });
  for (const [sum, state] of [["rejected", "rejected"], ["late", "late"], ["inTime", "in_time"]] as const) {
    await userEvent.click(await screen.findByTestId(ids.boardSum(sum)));
    await waitFor(() => expect(calls).toContainEqual({ command: "einvoices.list", request: { state, after: null, limit: 50 } }));
  }
});

test("the next page follows the last day and row", async () => {
  const next = { day: "2026-11-02", row: 7 };
  const { calls, t } = await show(<EInvoiceScreen />, {
    "einvoices.list": (request: { after: unknown }) => (request.after ? { ...board, rows: [] } : { ...board, next }),
  });
  await userEvent.click(await screen.findByText(t("board.more")));
  await waitFor(() => expect(calls).toContainEqual({ command: "einvoices.list", request: { state: "", after: next, limit: 50 } }));
});

test("nothing open says what would be here", async () => {
  const { t } = await show(<EInvoiceScreen />, { "einvoices.list": { ...board, rows: [], silent: [] } });
  expect(await screen.findByText(t("board.empty"))).toBeVisible();
});

test("a rule is found among the words, the known one first", () => {
  const known = (rule: string) => rule === "BR-CO-15";
  expect(ruleOf("eroare BR-61 și [br-co-15]", known)).toBe("BR-CO-15");
  expect(ruleOf("eroare BR-61", known)).toBe("BR-61");
  expect(ruleOf("serviciu indisponibil", known)).toBeNull();
});
