import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { OperationInfo, RecordInfo, TimelineEntry } from "../../api/generated/api";
import { formatClock } from "../../shared/lib/format";
import { ids } from "../../shared/lib/testids";
import { failure, issued, issuedRecord, operation } from "../../test/samples";
import { show } from "../../test/show";
import { RecordDrawer } from "./RecordDrawer";

const drawer = <RecordDrawer order={undefined} document="doc_2" />;
const holding = (...operations: OperationInfo[]): RecordInfo => ({ ...issuedRecord, operations });
const LOOK_MS = 1_764_000_600_000;

test.each(["waiting", "sending", "done", "refused", "in_doubt", "closed"])("%s is a word beside its icon", async (state) => {
  const { t } = await show(drawer, { "record.get": holding({ ...operation, state }) });
  const row = await screen.findByTestId(ids.operation("cancel"));
  expect(within(row).getByTestId(ids.operationState)).toHaveTextContent(t(`operation.state.${state}`));
  expect(row).toHaveTextContent(t("operation.kind.cancel"));
  expect(row).toHaveTextContent("Ana");
  expect(row).toHaveTextContent("ordered twice");
});

test("a refusal quotes the provider and says what to do", async () => {
  const refused = { ...failure, kind: "not_last_in_series", providerWords: "Nu poti sterge documentul" };
  const { t } = await show(drawer, {
    "record.get": holding({ ...operation, kind: "delete", state: "refused", failure: refused }),
  });
  const row = await screen.findByTestId(ids.operation("delete"));
  expect(row).toHaveTextContent("Nu poti sterge documentul");
  expect(row).toHaveTextContent(t("failure.not_last_in_series.fix"));
});

test("while in doubt it says what Punte will do, and when", async () => {
  const lost = { ...failure, kind: "timed_out" };
  const doubted = { ...operation, failure: lost, kind: "record_payment", about: "59", state: "in_doubt", lookAtMs: LOOK_MS, seen: "unpaid" };
  const { t } = await show(drawer, { "record.get": holding(doubted) });
  const row = await screen.findByTestId(ids.operation("record_payment"));
  const time = formatClock(LOOK_MS, "en", true);
  expect(row).toHaveTextContent(t("operation.settling.paid", { provider: "SmartBill", time }));
  expect(row).toHaveTextContent(t("failure.timed_out.title"));
  expect(row).toHaveTextContent(t("operation.seen.unpaid"));
  expect(row).toHaveTextContent("59.00");
  expect(within(row).queryByTestId(ids.operationClose)).toBeNull();
});

test("an e-mail that nobody can tell of is closed by a person, with a reason", async () => {
  const mail = { ...operation, kind: "send_email", about: "ana@exemplu.ro", state: "in_doubt" };
  const { t, calls } = await show(drawer, { "record.get": holding(mail), "operations.close": {} });
  const row = await screen.findByTestId(ids.operation("send_email"));
  expect(row).toHaveTextContent(t("operation.settling.nobody"));
  expect(row).toHaveTextContent("ana@exemplu.ro");
  await userEvent.click(within(row).getByTestId(ids.operationClose));
  expect(await screen.findByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "she has it");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "op_1", reason: "she has it" };
  await waitFor(() => expect(calls).toContainEqual({ command: "operations.close", request }));
});

test("old ones make room, open ones do not", async () => {
  const done = (n: number): OperationInfo => ({ ...operation, id: `op_${n}`, kind: "send_email", state: "done" });
  const open = { ...operation, id: "op_9", kind: "restore", state: "sending" };
  await show(drawer, { "record.get": holding(done(1), done(2), done(3), open) });
  expect(await screen.findByTestId(ids.operation("restore"))).toBeVisible();
  expect(screen.getAllByTestId(ids.operation("send_email"))).toHaveLength(2);
  await userEvent.click(screen.getByText("Show 1 more"));
  expect(screen.getAllByTestId(ids.operation("send_email"))).toHaveLength(3);
});

test("their requests and answers stand below the attempts", async () => {
  const sent = { ...operation, state: "done", method: "PUT", url: "https://ws.smartbill.ro/SBORO/api/invoice/cancel", status: 200, answerBody: '{"message":"anulata"}' };
  const { t } = await show(drawer, { "record.get": holding(sent, { ...operation, id: "op_2" }) });
  await userEvent.click(await screen.findByTestId(ids.drawerTab("attempts")));
  const exchange = await screen.findByTestId("exchange-cancel");
  expect(exchange).toHaveTextContent("PUT https://ws.smartbill.ro/SBORO/api/invoice/cancel");
  expect(exchange).toHaveTextContent('"message": "anulata"');
  expect(exchange).toHaveTextContent(t("record.answer", { status: 200 }));
});

test("the timeline tells each step in words", async () => {
  const steps = [
    ...["operation_requested", "operation_sent", "operation_repeated", "operation_done", "operation_refused"],
    ...["operation_not_sent", "operation_in_doubt", "operation_looked", "operation_found_done", "operation_not_done"],
    ...["operation_closed", "cancelled", "restored", "deleted", "reversed", "storno_requested", "einvoice"],
    ...["noted_at_shop", "note_failed"],
  ];
  const facts = { operation: "record_payment", about: "59", series: "FCT", number: "0008", state: "rejected", words: "BR-RO-160" };
  const timeline = steps.map((what, at): TimelineEntry => ({ atMs: LOOK_MS + at, what, facts, who: "", failure: null }));
  const { t } = await show(drawer, { "record.get": { ...issuedRecord, timeline } });
  const shown = await screen.findByTestId(ids.drawer);
  expect(shown).toHaveTextContent("Asked for: record payment · 59.00");
  expect(shown).toHaveTextContent("Reversed by storno FCT 0008");
  expect(shown).toHaveTextContent(t("timeline.einvoice", { einvoice: t("einvoice.state.rejected") }));
  expect(shown).toHaveTextContent("BR-RO-160");
  expect(shown.textContent).not.toMatch(/timeline\.|operation\.|\{\{/);
});

test("an order's storno is named, and opened from the invoice", async () => {
  const storno = { ...issued, id: "doc_3", role: "storno", number: "0008", total: { minor: -10195, currency: "RON" } };
  const reversed = { ...issued, state: "reversed" };
  const both = { ...issuedRecord, document: reversed, documents: [reversed, storno] };
  const { place } = await show(drawer, { "record.get": both }, "/invoices?document=doc_2");
  expect(await screen.findByTestId(ids.drawerDocument("invoice"))).toHaveAttribute("aria-pressed", "true");
  const other = screen.getByTestId(ids.drawerDocument("storno"));
  expect(other).toHaveTextContent("storno FCT 0008 · issued");
  await userEvent.click(other);
  expect(place()).toContain("document=doc_3");
});

test("e-Factura: a rejection quotes its words, and only what was accepted has an archive", async () => {
  const rejected = { ...issued, einvoice: { state: "rejected", words: "CUI gresit" } };
  const { t } = await show(drawer, { "record.get": { ...issuedRecord, document: rejected } });
  expect(await screen.findByTestId(ids.drawerEinvoice)).toHaveTextContent(t("einvoice.state.rejected"));
  expect(screen.getByTestId(ids.drawer)).toHaveTextContent("CUI gresit");
  expect(screen.queryByTestId(ids.drawerArchive)).toBeNull();
});

test("the archive of an accepted one is handed to the window to be saved", async () => {
  const accepted = { ...issued, einvoice: { state: "accepted", words: "" } };
  const saved: string[] = [];
  URL.createObjectURL = () => "blob:archive";
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    saved.push(this.download);
  };
  const { calls } = await show(drawer, {
    "record.get": { ...issuedRecord, document: accepted },
    "documents.einvoice_archive": { name: "FCT0007.zip", mediaType: "application/zip", base64: "UEsFBg==" },
  });
  await userEvent.click(await screen.findByTestId(ids.drawerArchive));
  await waitFor(() => expect(saved).toEqual(["FCT0007.zip"]));
  expect(calls).toContainEqual({ command: "documents.einvoice_archive", request: { id: "doc_2" } });
});
