import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ApprovalInfo } from "../api/generated/api";
import { ids } from "../shared/lib/testids";
import { wrongs } from "../test/axe";
import { plan } from "../test/bulk";
import { asked, asOperator, asViewer, refusing } from "../test/people";
import { app, issuedRecord, overview } from "../test/samples";
import { show } from "../test/show";
import { Approvals } from "./Approvals";
import { approvalName } from "./approvalWords";
import { Shell } from "./Shell";

const own: ApprovalInfo = { ...asked, id: "apr_2", askedBy: "Ana Pop", reason: "", mayDecide: false, isOwn: true };
const decided: ApprovalInfo = {
  ...asked,
  id: "apr_3",
  state: "failed",
  decidedBy: "Ana Pop",
  decidedMs: 1_764_000_000_000,
  note: "it is in e-Factura",
  mayDecide: false,
};
const list = (...approvals: ApprovalInfo[]) => ({ "session.get": asOperator, "approvals.list": { approvals } });
const frame = { "app.get": app, "overview.get": overview };

test("what waits is told with who asked and why, and is approved with a note", async () => {
  const { t, calls } = await show(<Approvals />, { ...list(asked, decided), "approvals.decide": { approvals: [] } }, "/?approvals=waiting");
  const card = within(await screen.findByTestId(ids.approval("apr_1")));
  expect(card.getByText("Storno of FCT 0007")).toBeVisible();
  expect(card.getByText(t("approvals.reason", { reason: "returned" }))).toBeVisible();
  expect(card.getByText(/Dan Ionescu asked/)).toBeVisible();
  const over = within(screen.getByTestId(ids.approval("apr_3")));
  expect(over.getByText(t("approvals.noteLine", { note: "it is in e-Factura" }))).toBeVisible();
  expect(over.queryByTestId(ids.approvalAct("approve"))).toBeNull();
  // the frame names the cross of every dialog
  expect((await wrongs()).filter((one) => !/mantine-(Modal|Drawer)-close/.test(one))).toEqual([]);
  await userEvent.type(card.getByTestId(ids.approvalAct("note")), " seen ");
  await userEvent.click(card.getByTestId(ids.approvalAct("approve")));
  const request = { id: "apr_1", approve: true, note: "seen" };
  await waitFor(() => expect(calls).toContainEqual({ command: "approvals.decide", request }));
});

test("one that was decided meanwhile says so in words", async () => {
  const { t } = await show(<Approvals />, { ...list(asked), "approvals.decide": refusing("not_now", "approval_over") }, "/?approvals=waiting");
  await userEvent.click(await screen.findByTestId(ids.approvalAct("refuse")));
  expect(await screen.findByText(t("approvals.refusal.approval_over"))).toBeVisible();
});

test("one's own is taken back, not approved", async () => {
  const { calls } = await show(<Approvals />, { ...list(own), "approvals.withdraw": { approvals: [] } }, "/?approvals=waiting");
  await screen.findByTestId(ids.approval("apr_2"));
  expect(screen.queryByTestId(ids.approvalAct("approve"))).toBeNull();
  await userEvent.click(screen.getByTestId(ids.approvalAct("withdraw")));
  await waitFor(() => expect(calls).toContainEqual({ command: "approvals.withdraw", request: { id: "apr_2" } }));
});

test("whose role does not reach it is told who decides", async () => {
  const answers = { "session.get": asViewer, "approvals.list": { approvals: [{ ...asked, mayDecide: false }] } };
  const { t } = await show(<Approvals />, answers, "/?approvals=waiting");
  expect(await screen.findByText(t("approvals.notYours", { role: "operator" }))).toBeVisible();
});

test("every act that can need a second person has a name", async () => {
  const { t } = await show(<Approvals />, list());
  const named = (command: string, facts: Record<string, string>) => approvalName(t, { ...asked, command, facts });
  expect(named("documents.accept_change", { document: "FCT 7", id: "chg_1", amount: "60.50 RON" })).toBe(
    "Storno of FCT 7 for a changed order: 60.50 RON",
  );
  expect(named("documents.operate", { document: "FCT 7", id: "doc_1" })).toBe("Delete FCT 7 at the provider");
  expect(named("bulk.confirm", { job: "retry", count: "38", id: "bulk_1" })).toContain("38");
  expect(named("flows.save", { flow: "Web", limits: "approveAbove, maxTotal" })).toBe(
    "Raise limits of the flow Web: amount held for approval, largest order",
  );
  expect(named("flows.save", { flow: "Web", limits: "maxTotal", maxTotal: "100 → 900" })).toContain("largest order (100 → 900)");
  expect(named("people.set_guards", { guards: "storno, bulk", bulk: "10 → 0" })).toBe(
    "Loosen what needs a second person: storno, many records at once (10 → 0)",
  );
  expect(named("documents.storno", {})).not.toContain("{{");
  expect(named("unheard.of", {})).toBe("unheard.of");
});

test("an approved act that was not done says why, of whoever asked", async () => {
  const failed = { ...asked, state: "failed", code: "forbidden", decidedBy: "Ion", decidedMs: 1, mayDecide: false };
  const { t } = await show(<Approvals />, { "session.get": asViewer, "approvals.list": { approvals: [failed] } }, "/?approvals=waiting");
  const why = t("approvals.failedCode.forbidden");
  expect(await screen.findByText(t("approvals.failed", { why }))).toBeVisible();
});

test("the plan of many records opens, and stands though its dialog is closed", async () => {
  const bulk = { ...asked, command: "bulk.confirm", facts: { job: "retry", count: "38", id: "bulk_1" } };
  const { t, calls } = await show(<Approvals />, { ...list(bulk), "bulk.get": plan, "bulk.cancel": plan }, "/?approvals=waiting");
  await userEvent.click(await screen.findByText(t("approvals.openJob")));
  const shown = await screen.findByTestId(ids.bulkPlan);
  expect(shown).toHaveTextContent(t("approvals.job"));
  expect(within(shown).getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.click(within(shown).getByText(t("common.close")));
  await waitFor(() => expect(screen.queryByTestId(ids.bulkPlan)).toBeNull());
  expect(calls.some(({ command }) => command === "bulk.cancel")).toBe(false);
});

test("an act that waits closes its dialog, is told once, and leads to where it waits", async () => {
  const answers = {
    ...frame,
    ...list(own),
    "record.get": issuedRecord,
    "documents.storno": refusing("needs_approval", "apr_2"),
  };
  const { t, place } = await show(<Shell />, answers, "/invoices?document=doc_2");
  await userEvent.click(await screen.findByTestId(ids.drawerMore));
  await userEvent.click(await screen.findByTestId(ids.drawerAct("storno")));
  await userEvent.type(await screen.findByTestId(ids.reason), "returned");
  await userEvent.click(screen.getByTestId(ids.confirm));
  expect(await screen.findByTestId(ids.secondAsked)).toHaveTextContent(t("approvals.asked"));
  await waitFor(() => expect(screen.queryByTestId(ids.confirm)).toBeNull());
  expect(screen.queryByTestId("error-note")).toBeNull();
  await userEvent.click(screen.getByTestId(ids.secondShow));
  await waitFor(() => expect(place()).toContain("approvals=apr_2"));
  expect(await screen.findByTestId(ids.approval("apr_2"))).toBeVisible();
});

test("the user's menu counts what waits for them, and leads there", async () => {
  const { place } = await show(<Shell />, { ...frame, ...list(asked, own) }, "/orders");
  const menu = await screen.findByTestId(ids.userMenu);
  expect(menu).toHaveTextContent("Ana Pop");
  await waitFor(() => expect(screen.getByTestId(ids.userCount)).toHaveTextContent("1"));
  expect(menu).toHaveAccessibleName(/Ana Pop, operator. 1 act waits for you/);
  await userEvent.click(menu);
  await userEvent.click(await screen.findByTestId(ids.userAct("approvals")));
  expect(place()).toContain("approvals=waiting");
  expect(await screen.findByTestId(ids.approval("apr_1"))).toBeVisible();
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(place()).not.toContain("approvals"));
});

test("without people there is no menu, and nobody is asked for approvals", async () => {
  const { calls } = await show(<Shell />, frame, "/orders");
  await screen.findByText("Ana");
  expect(screen.queryByTestId(ids.userMenu)).toBeNull();
  expect(calls.some(({ command }) => command === "approvals.list")).toBe(false);
});
