import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ChangeInfo, RecordInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { issued, issuedRecord, record } from "../../test/samples";
import { show } from "../../test/show";
import { RecordDrawer } from "./RecordDrawer";

const drawer = <RecordDrawer order={undefined} document="doc_2" />;
const proforma = { ...issued, id: "doc_2", role: "proforma", series: "PRO", number: "0003", einvoice: null, paid: null };

test("the proforma of a cancelled order is pointed out, and only what is done to one is offered", async () => {
  const change: ChangeInfo = {
    id: "chg_1",
    documentId: "doc_2",
    kind: "cancelled",
    refund: "",
    state: "open",
    proposal: "nothing",
    amount: proforma.total,
    facts: [{ field: "status", before: "open", after: "cancelled" }],
    preview: null,
    blocked: "proforma",
    rates: [],
    lostMs: null,
    automatic: false,
    madeId: null,
    who: "",
    reason: "",
    createdMs: 1_764_000_000_000,
    changedMs: 1_764_000_000_000,
  };
  const offers = [
    { act: "pdf", blocked: null, needsReason: false },
    { act: "storno", blocked: "proforma", needsReason: true },
    { act: "record_payment", blocked: "proforma", needsReason: false },
    { act: "send_einvoice", blocked: "proforma", needsReason: false },
  ];
  const shown: RecordInfo = { ...issuedRecord, document: proforma, changes: [change], offers };
  const { t } = await show(drawer, { "record.get": shown });
  expect(await screen.findByText(t("change.titleProforma"))).toBeVisible();
  expect(screen.getByTestId(ids.change("cancelled"))).toHaveTextContent(t("blocked.proforma"));
  expect(screen.queryByTestId(ids.changeAccept)).toBeNull();
  expect(screen.getByTestId(ids.drawerAct("pdf"))).toBeVisible();
  for (const never of ["storno", "record_payment", "send_einvoice"]) {
    expect(screen.queryByTestId(ids.drawerAct(never)), never).toBeNull();
  }
});

test("an invoice names the proforma that it follows from, or says that it waits for it", async () => {
  const follows: RecordInfo = { ...issuedRecord, followsFrom: "PRO 0003" };
  const { t } = await show(drawer, { "record.get": follows });
  const shown = await screen.findByTestId(ids.drawer);
  expect(shown).toHaveTextContent(`${t("record.followsFrom")}PRO 0003`);
  expect(shown).not.toHaveTextContent(t("record.waitsForProforma"));
});

test("an invoice says that it waits for its proforma", async () => {
  const waiting: RecordInfo = { ...record, document: { ...issued, id: "doc_2", state: "ready", number: null }, waitsForProforma: true };
  const { t } = await show(drawer, { "record.get": waiting });
  expect(await screen.findByText(t("record.waitsForProforma"))).toBeVisible();
});
