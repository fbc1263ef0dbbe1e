import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ChangeInfo, RecordInfo, TimelineEntry } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { failure as heldFailure, issued, issuedRecord } from "../../test/samples";
import { show } from "../../test/show";
import { RecordDrawer } from "./RecordDrawer";

const drawer = <RecordDrawer order={undefined} document="doc_2" />;
const lei = (minor: number) => ({ minor, currency: "RON" });
const refund: ChangeInfo = {
  id: "chg_1",
  documentId: "doc_2",
  kind: "refunded_partly",
  refund: "10460",
  state: "open",
  proposal: "partial_storno",
  amount: lei(2000),
  facts: [{ field: "refunded", before: "0.00", after: "20.00" }],
  preview: {
    ...issuedRecord.draft!,
    lines: [
      { kind: "fee", name: "Rambursare", code: "", description: "", unit: "buc", quantity: "-1", unitPrice: "20", vatRate: "21", gross: lei(-2000) },
    ],
    vat: [],
    total: lei(-2000),
    orderTotal: lei(-2000),
  },
  blocked: null,
  rates: [],
  lostMs: null,
  automatic: false,
  madeId: null,
  who: "",
  reason: "",
  createdMs: 1_764_000_000_000,
  changedMs: 1_764_000_000_000,
};
const changed = (...changes: ChangeInfo[]): RecordInfo => ({ ...issuedRecord, changes });

test("what changed stands before and after, with what is proposed", async () => {
  const billing: ChangeInfo = {
    ...refund,
    id: "chg_2",
    kind: "billing",
    refund: "",
    proposal: "storno",
    facts: [
      { field: "client.name", before: "Ana Pop", after: "EXEMPLU SRL" },
      { field: "client.tax_id", before: "", after: "RO12345674" },
    ],
  };
  const { t } = await show(drawer, { "record.get": changed(refund, billing, { ...refund, id: "chg_3", kind: "total", state: "ignored" }) });
  const row = await screen.findByTestId(ids.change("refunded_partly"));
  expect(screen.getByText(t("change.title"))).toBeVisible();
  expect(row).toHaveTextContent(t("change.kind.refunded_partly", { refund: "10460" }));
  expect(row).toHaveTextContent("RON 0.00RON 20.00");
  expect(within(row).getByTestId(ids.changeAccept)).toHaveTextContent("20.00");
  const other = screen.getByTestId(ids.change("billing"));
  expect(other).toHaveTextContent("Ana Pop");
  expect(other).toHaveTextContent("EXEMPLU SRL");
  expect(other).toHaveTextContent(t("change.field.client_tax_id"));
  expect(screen.queryByTestId(ids.change("total"))).toBeNull();
});

test("it is accepted after a look at the amounts, with a reason", async () => {
  const { calls } = await show(drawer, { "record.get": changed(refund), "documents.accept_change": issued });
  await userEvent.click(await screen.findByTestId(ids.changeAccept));
  const dialog = await screen.findByRole("dialog", { name: /20\.00/ });
  expect(dialog).toHaveTextContent("Rambursare");
  expect(dialog).toHaveTextContent("FCT 0007");
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "returned");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "chg_1", reason: "returned", vatRate: null };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.accept_change", request }));
});

test("where nothing tells the VAT rate, a person chooses it first", async () => {
  const unclear = { ...refund, preview: null, rates: ["11", "21"] };
  const { t, calls } = await show(drawer, { "record.get": changed(unclear), "documents.accept_change": issued });
  await userEvent.click(await screen.findByTestId(ids.changeAccept));
  await userEvent.type(await screen.findByTestId(ids.reason), "returned");
  expect(screen.getByTestId(ids.confirm)).toHaveAttribute("title", t("change.rateMissing"));
  await userEvent.click(screen.getByTestId(ids.changeRate));
  await userEvent.click(await screen.findByText(t("draft.percent", { rate: "11" })));
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "chg_1", reason: "returned", vatRate: "11" };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.accept_change", request }));
});

test("it is ignored with a reason", async () => {
  const { calls } = await show(drawer, { "record.get": changed(refund), "documents.ignore_change": {} });
  await userEvent.click(await screen.findByTestId(ids.changeIgnore));
  await userEvent.type(await screen.findByTestId(ids.reason), "by phone");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "chg_1", reason: "by phone" };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.ignore_change", request }));
});

test("what cannot be done now says why, and what the flow does by itself is told", async () => {
  const { t } = await show(drawer, {
    "record.get": changed(
      { ...refund, blocked: "operation_open" },
      { ...refund, id: "chg_2", kind: "refunded_fully", automatic: true },
      { ...refund, id: "chg_3", kind: "cancelled", proposal: "nothing", blocked: "more_than_left" },
    ),
  });
  const row = await screen.findByTestId(ids.change("refunded_partly"));
  expect(within(row).getByTestId(ids.changeAccept)).toBeDisabled();
  expect(row).toHaveTextContent(t("blocked.operation_open"));
  expect(screen.getByTestId(ids.change("refunded_fully"))).toHaveTextContent(t("change.automatic"));
  const none = screen.getByTestId(ids.change("cancelled"));
  expect(within(none).queryByTestId(ids.changeAccept)).toBeNull();
});

test("what may have been answered in a part of the ledger that was lost is said beside the change and before it is accepted", async () => {
  const lost = { ...refund, lostMs: 1_764_100_000_000 };
  await show(drawer, { "record.get": changed(lost, { ...refund, id: "chg_2", kind: "total", proposal: "storno" }) });
  const row = await screen.findByTestId(ids.change("refunded_partly"));
  expect(within(row).getByTestId(ids.changeLost)).toHaveTextContent("2025");
  expect(within(screen.getByTestId(ids.change("total"))).queryByTestId(ids.changeLost)).toBeNull();
  await userEvent.click(within(row).getByTestId(ids.changeAccept));
  expect(within(await screen.findByRole("dialog", { name: /20\.00/ })).getByTestId(ids.changeLost)).toBeVisible();
});

test("an answer that was read and leaves a doubt is not said to be lost", async () => {
  const said = (kind: string, at: number): TimelineEntry => ({
    atMs: 1_764_000_000_000 + at,
    what: "in_doubt",
    facts: {},
    who: "",
    failure: { ...heldFailure, kind },
  });
  const timeline = ["already_reversed", "number_taken", "repeat_unconfirmed"].map(said);
  const { t } = await show(drawer, { "record.get": { ...issuedRecord, timeline } });
  const shown = await screen.findByTestId(ids.drawer);
  expect(shown).toHaveTextContent(t("timeline.in_doubt_already_reversed"));
  expect(shown).not.toHaveTextContent(t("timeline.in_doubt"));
  expect(shown.textContent).not.toMatch(/timeline\./);
});

test("the timeline tells of changes in words", async () => {
  const steps = ["changed_since_invoicing", "change_noted", "change_closed", "change_ignored", "storno_automatic", "correction_requested", "correction_automatic"];
  const facts = { change: "total", refund: "", series: "FCT", number: "0007" };
  const timeline = steps.map((what, at): TimelineEntry => ({ atMs: 1_764_000_000_000 + at, what, facts, who: "", failure: null }));
  const { t } = await show(drawer, { "record.get": { ...issuedRecord, timeline } });
  const shown = await screen.findByTestId(ids.drawer);
  expect(shown).toHaveTextContent(t("timeline.change_ignored"));
  expect(shown).toHaveTextContent(t("change.kind.total"));
  expect(shown.textContent).not.toMatch(/timeline\.|change\.|\{\{/);
});
