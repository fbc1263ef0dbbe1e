import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ApiError, RecordInfo } from "../../../api/generated/api";
import { fiscalDay } from "../../../shared/lib/format";
import { ids } from "../../../shared/lib/testids";
import { asViewer } from "../../../test/people";
import { issued, issuedRecord, operation } from "../../../test/samples";
import { show } from "../../../test/show";
import { RecordDrawer } from "../RecordDrawer";

const drawer = <RecordDrawer order={undefined} document="doc_2" />;
const facts = { number: "FCT 0007", series: "FCT", provider: "SmartBill" };

/** Opens the dialog of an act, through the menu where it is there. */
async function press(act: string, inMenu: boolean) {
  if (inMenu) await userEvent.click(await screen.findByTestId(ids.drawerMore));
  await userEvent.click(await screen.findByTestId(ids.drawerAct(act)));
}

const wrong = (field: string, detail: string): ApiError => ({ code: "invalid_input", detail, field, failure: null });
const refuse = (error: ApiError) => () => {
  throw error;
};

test("what the provider does not offer stands there with the reason, and opens nothing", async () => {
  const { t } = await show(drawer, { "record.get": issuedRecord });
  const button = await screen.findByTestId(ids.drawerAct("send_einvoice"));
  expect(button).toHaveAttribute("aria-disabled", "true");
  expect(button).toHaveAccessibleDescription(t("blocked.not_offered", facts));
  await userEvent.click(button);
  expect(screen.queryByTestId(ids.confirm)).toBeNull();
  expect(screen.getByTestId(ids.drawerAct("send_email"))).not.toHaveAttribute("aria-disabled");
});

test("in the menu too, in sight", async () => {
  const { t } = await show(drawer, { "record.get": issuedRecord });
  await press("restore", true);
  const item = screen.getByTestId(ids.drawerAct("restore"));
  expect(item).toHaveTextContent(t("blocked.not_cancelled"));
  expect(item).toHaveAttribute("aria-disabled", "true");
  expect(screen.queryByTestId(ids.confirm)).toBeNull();
});

test("whoever may only look finds every act off but the paper, with the role that it needs", async () => {
  const { t } = await show(drawer, { "session.get": asViewer, "record.get": issuedRecord });
  const send = await screen.findByTestId(ids.drawerAct("send_email"));
  await waitFor(() => expect(send).toHaveAttribute("aria-disabled", "true"));
  expect(send).toHaveAccessibleDescription(t("needsRole.operator"));
  expect(screen.getByTestId(ids.drawerAct("pdf"))).not.toHaveAttribute("aria-disabled");
  await press("storno", true);
  expect(screen.getByTestId(ids.drawerAct("storno"))).toHaveTextContent(t("needsRole.operator"));
  expect(screen.getByTestId(ids.drawerAct("refresh"))).toHaveTextContent(t("needsRole.operator"));
  expect(screen.queryByTestId(ids.confirm)).toBeNull();
});

test("every reason why not has words", async () => {
  const { t } = await show(drawer, { "record.get": issuedRecord });
  const codes = [
    ...["not_offered", "not_issued", "cancelled", "reversed", "deleted", "not_cancelled", "operation_open"],
    ...["still_issued", "has_successor", "order_withdrawn", "flow_gone"],
    ...["has_storno", "is_storno", "in_einvoice", "einvoice_sent", "paid", "not_paid", "credential_missing"],
  ];
  for (const code of codes) expect(t(`blocked.${code}`, facts)).not.toContain("blocked.");
});

test("a storno says what it does at that provider, wants a reason, and is its own command", async () => {
  const { t, calls } = await show(drawer, { "record.get": issuedRecord, "documents.storno": issued });
  await press("storno", true);
  expect(await screen.findByText(t("acts.storno.text_smartbill", facts))).toBeVisible();
  const confirm = screen.getByTestId(ids.confirm);
  expect(confirm).toHaveTextContent("Issue storno for FCT 0007");
  expect(confirm).toBeDisabled();
  const note = () => screen.queryByTestId(`${ids.confirm}-note`);
  expect(note(), "a disabled button says why").toHaveTextContent(t("common.reasonMissing"));
  expect(confirm).not.toHaveFocus();
  await userEvent.type(screen.getByTestId(ids.reason), "returned");
  expect(note()).toBeNull();
  await userEvent.click(confirm);
  await waitFor(() =>
    expect(calls).toContainEqual({ command: "documents.storno", request: { id: "doc_2", reason: "returned" } }),
  );
  await waitFor(() => expect(screen.queryByTestId(ids.confirm)).toBeNull());
});

test("an order is invoiced again by its own command, with a reason, once its invoice is reversed", async () => {
  const reversed = { ...issued, state: "reversed" };
  const offers = [{ act: "invoice_again", blocked: null, needsReason: true }];
  const { t, calls } = await show(drawer, {
    "record.get": { ...issuedRecord, document: reversed, offers },
    "documents.invoice_again": issued,
  });
  await press("invoice_again", true);
  expect(await screen.findByText(t("acts.invoice_again.text", facts))).toBeVisible();
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "another address");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "doc_2", reason: "another address" };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.invoice_again", request }));
});

test.each(["cancel", "delete"])("%s is asked for with a reason", async (kind) => {
  const { t, calls } = await show(drawer, { "record.get": issuedRecord, "documents.operate": operation });
  await press(kind, true);
  expect(await screen.findByText(t(`acts.${kind}.text`, facts))).toBeVisible();
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "ordered twice");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "doc_2", kind, reason: "ordered twice", payment: null, email: null };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.operate", request }));
});

test("after it was asked for, the record is read again and the operation stands there", async () => {
  let asked = false;
  const answers = {
    "record.get": (): RecordInfo => ({ ...issuedRecord, operations: asked ? [operation] : [] }),
    "documents.operate": () => {
      asked = true;
      return operation;
    },
  };
  await show(drawer, answers);
  await press("cancel", true);
  await userEvent.type(await screen.findByTestId(ids.reason), "ordered twice");
  await userEvent.click(screen.getByTestId(ids.confirm));
  expect(await screen.findByTestId(ids.operation("cancel"))).toHaveAttribute("data-state", "waiting");
});

test("a payment proposes what is left, today, and is sent as decimal text", async () => {
  const part = { ...issued, paid: { minor: 5900, currency: "RON" } };
  const { t, calls } = await show(drawer, {
    "record.get": { ...issuedRecord, document: part },
    "documents.operate": operation,
  });
  expect(await screen.findByTestId(ids.drawerPaid)).toHaveTextContent("paid 59.00 of 101.95");
  await press("record_payment", false);
  const value = await screen.findByTestId(ids.dialogField("payment-value"));
  expect(value).toHaveValue("42.95");
  const today = fiscalDay(Date.now());
  const date = screen.getByTestId(ids.dialogField("payment-date"));
  expect(date).toHaveValue(today);
  expect(date).toHaveAttribute("max", today);
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.clear(value);
  await userEvent.type(value, "lots");
  expect(screen.getByText(t("acts.wrong.value", { example: "42.95" }))).toBeVisible();
  await userEvent.clear(value);
  await userEvent.type(value, "20,50");
  await userEvent.type(screen.getByTestId(ids.dialogField("payment-document")), "OP 7");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const payment = { kind: "bank_transfer", value: "20.50", date: today, documentNumber: "OP 7" };
  const request = { id: "doc_2", kind: "record_payment", reason: "", payment, email: null };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.operate", request }));
});

test.each([
  ["payment.value", "payment-value", "acts.wrong.value"],
  ["payment.date", "payment-date", "acts.wrong.date"],
  ["payment.documentNumber", "payment-document", "acts.wrong.documentNumber"],
])("a wrong %s is said at its field", async (field, input, words) => {
  const { t } = await show(drawer, {
    "record.get": issuedRecord,
    "documents.operate": refuse(wrong(field, "no")),
  });
  await press("record_payment", false);
  await userEvent.type(await screen.findByTestId(ids.dialogField("payment-document")), "OP 7");
  await userEvent.click(screen.getByTestId(ids.confirm));
  await waitFor(() => expect(screen.getByTestId(ids.dialogField(input))).toHaveAttribute("aria-invalid", "true"));
  expect(screen.getByText(t(words, { example: "101.95" }))).toBeVisible();
  expect(screen.queryByTestId("error-note")).toBeNull();
});

test("an e-mail goes to the client of the draft, with the account's own text unless one is typed", async () => {
  const { calls } = await show(drawer, {
    "record.get": { ...issuedRecord, draft: { ...emptyDraft, email: "ana@exemplu.ro" } },
    "documents.operate": operation,
  });
  await press("send_email", false);
  expect(await screen.findByTestId(ids.dialogField("email-to"))).toHaveValue("ana@exemplu.ro");
  await userEvent.type(screen.getByTestId(ids.dialogField("email-subject")), "Factura");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const email = { to: "ana@exemplu.ro", cc: "", subject: "Factura", body: "" };
  const request = { id: "doc_2", kind: "send_email", reason: "", payment: null, email };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.operate", request }));
});

test("a wrong address is quoted at its field", async () => {
  const { t } = await show(drawer, {
    "record.get": issuedRecord,
    "documents.operate": refuse(wrong("email.to", "ana@")),
  });
  await press("send_email", false);
  expect(await screen.findByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.dialogField("email-to")), "ana@");
  await userEvent.click(screen.getByTestId(ids.confirm));
  expect(await screen.findByText(t("acts.wrong.to", { detail: "ana@" }))).toBeVisible();
});

test("a wrong reason is said at the reason, and why not now in words", async () => {
  let error = wrong("reason", "1 to 500 characters");
  const { t } = await show(drawer, {
    "record.get": issuedRecord,
    "documents.operate": () => {
      throw error;
    },
  });
  await press("cancel", true);
  await userEvent.type(await screen.findByTestId(ids.reason), "x");
  await userEvent.click(screen.getByTestId(ids.confirm));
  expect(await screen.findByText(t("acts.wrong.reason"))).toBeVisible();
  expect(screen.queryByTestId("error-note")).toBeNull();
  error = { code: "not_now", detail: "in_einvoice", field: null, failure: null };
  await userEvent.click(screen.getByTestId(ids.confirm));
  expect(await screen.findByTestId("error-note")).toHaveTextContent(t("blocked.in_einvoice"));
});

test("it can be read again at the provider", async () => {
  const { calls } = await show(drawer, { "record.get": issuedRecord, "documents.refresh": {} });
  await press("refresh", true);
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.refresh", request: { id: "doc_2" } }));
});

test("Escape closes the menu alone", async () => {
  const { place } = await show(drawer, { "record.get": issuedRecord }, "/invoices?document=doc_2");
  await userEvent.click(await screen.findByTestId(ids.drawerMore));
  await screen.findByTestId(ids.drawerAct("storno"));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId(ids.drawerAct("storno"))).toBeNull());
  expect(place()).toContain("document=doc_2");
});

const emptyDraft = {
  clientName: "EXEMPLU SRL",
  isCompany: true,
  taxId: "RO12345674",
  vatPayer: true,
  regCom: "",
  address: "",
  city: "",
  county: "",
  country: "",
  email: "",
  phone: "",
  lines: [],
  vat: [],
  total: { minor: 10195, currency: "RON" },
  orderTotal: { minor: 10195, currency: "RON" },
  paymentKind: null,
  payment: null,
  mentions: "",
};
