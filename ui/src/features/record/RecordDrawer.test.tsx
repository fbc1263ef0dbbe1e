import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import type { OrderVersionRequest } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { asOperator, asViewer } from "../../test/people";
import { failure, issued, order, record } from "../../test/samples";
import { show } from "../../test/show";
import { RecordDrawer } from "./RecordDrawer";

const drawer = <RecordDrawer order={undefined} document="doc_1" />;

/** As the frame does: it asks who is there first. */
function Asking() {
  return useAsk("session.get", {}).data ? drawer : null;
}

test("a held record says why, why a retry is safe, and what happened", async () => {
  const { t } = await show(drawer, { "record.get": record });
  expect(await screen.findByTestId(ids.drawerState)).toHaveAttribute("data-state", "held");
  const shown = screen.getByTestId(ids.drawer);
  expect(shown).toHaveTextContent(t("failure.vat_rate_unknown.cause"));
  expect(shown).toHaveTextContent(t("safe.refused"));
  expect(shown).toHaveTextContent(t("timeline.order_received"));
  expect(screen.getByTestId(ids.drawerRetry)).toBeEnabled();
});

test("a viewer is told why parts of it are masked, and others are not", async () => {
  const { t } = await show(<Asking />, { "record.get": record, "session.get": asViewer });
  expect(await screen.findByTestId(ids.veiled)).toHaveTextContent(t("people.veiled"));
});

test("an operator sees it whole, and nothing is said", async () => {
  await show(<Asking />, { "record.get": record, "session.get": asOperator });
  expect(await screen.findByTestId(ids.drawerState)).toBeVisible();
  expect(screen.queryByTestId(ids.veiled)).toBeNull();
});

test("one that waits for a release is released with a reason, which goes with it", async () => {
  const above = { ...failure, kind: "needs_approval", phase: "prepare", detail: "121 > 100 RON" };
  const document = { ...issued, id: "doc_1", state: "held", failure: above };
  const waits = { ...record, document, safeBecause: "nothing_sent" };
  const queued = { queued: ["doc_1"], skipped: [] };
  const { calls, t } = await show(drawer, { "record.get": waits, "documents.retry": queued });
  const release = await screen.findByTestId(ids.drawerRetry);
  expect(release).toHaveTextContent(t("retry.release"));
  await userEvent.click(release);
  expect(await screen.findByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "checked");
  await userEvent.click(screen.getByTestId(ids.confirm));
  expect(calls).toContainEqual({ command: "documents.retry", request: { ids: ["doc_1"], reason: "checked" } });
});

test("one in doubt offers no retry and no dismissal", async () => {
  const doubted = { ...record, document: { ...issued, id: "doc_1", state: "in_doubt" }, safeBecause: null };
  const { t } = await show(drawer, { "record.get": doubted });
  expect(await screen.findByText(t("record.toReconcile"))).toBeVisible();
  expect(screen.queryByTestId(ids.drawerRetry)).toBeNull();
  expect(screen.queryByTestId(ids.drawerDismiss)).toBeNull();
});

test("a dismissal wants a reason", async () => {
  const { calls } = await show(drawer, { "record.get": record, "documents.dismiss": {} });
  await userEvent.click(await screen.findByTestId(ids.drawerDismiss));
  expect(await screen.findByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "invoiced by hand");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "doc_1", reason: "invoiced by hand" };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.dismiss", request }));
});

test("an attempt shows both sides, JSON with indents", async () => {
  const attempt = {
    id: "att_1",
    trigger: "automatic",
    startedMs: 1_764_000_000_000,
    finishedMs: 1_764_000_000_250,
    outcome: "refused",
    failure,
    method: "POST",
    url: "https://ws.smartbill.ro/SBORO/api/invoice/v2",
    requestBody: '{"seriesName":"FCT"}',
    status: 400,
    answerBody: "<html>no</html>",
  };
  await show(drawer, { "record.get": { ...record, attempts: [attempt] } });
  await userEvent.click(await screen.findByTestId(ids.drawerTab("attempts")));
  expect(await screen.findByText(/"seriesName": "FCT"/)).toBeVisible();
  expect(screen.getByText("<html>no</html>")).toBeVisible();
});

test("the order's versions can be looked at, each with what changed in it", async () => {
  const versions = [
    { id: 1042, total: "90.00" },
    { id: 1042, total: "101.95", coupon: "VARA" },
    { id: 1042, total: "101.95" },
  ];
  const { t } = await show(drawer, {
    "record.get": { ...record, versions: [3, 2, 1].map((version) => ({ version, receivedMs: 1_764_000_000_000 })), madeOfVersion: 2 },
    "record.order_version": ({ version }: OrderVersionRequest) => ({ version, json: JSON.stringify(versions[version - 1]) }),
  });
  await userEvent.click(await screen.findByTestId(ids.drawerTab("order")));
  expect(await screen.findByTestId(ids.orderDiff)).toHaveTextContent(`couponVARA${t("editor.diff.notThere")}`);
  await userEvent.click(screen.getByTestId(ids.orderVersion));
  await userEvent.click(await screen.findByText(/Version 2.*made of it/));
  await waitFor(() => expect(screen.getByTestId(ids.orderDiff)).toHaveTextContent("total90.00101.95"));
  expect(screen.getByTestId(ids.orderJson)).toHaveTextContent("VARA");
  await userEvent.click(screen.getByTestId(ids.orderVersion));
  await userEvent.click(await screen.findByText(/Version 1/));
  await waitFor(() => expect(screen.queryByTestId(ids.orderDiff)).toBeNull());
});

test("an order without an invoice says why", async () => {
  const plain = { ...order, decision: "not_invoiced", reason: "refunded" };
  const answer = { ...record, order: plain, document: null, safeBecause: null };
  const { t } = await show(<RecordDrawer order="ord_1" document={undefined} />, { "record.get": answer });
  expect(await screen.findByText(t("reason.refunded"))).toBeVisible();
});

test("an error can be tried again and closed", async () => {
  const { t } = await show(drawer, { "record.get": new Error("no ledger") });
  expect(await screen.findByText("no ledger")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});

test("while another order is being read, the one before is not shown in its place", async () => {
  const first = { ...record, document: null, safeBecause: null };
  function Two() {
    const [id, setId] = useState("ord_1");
    return (
      <>
        <button type="button" onClick={() => setId("ord_2")} data-testid="other" />
        <RecordDrawer order={id} document={undefined} />
      </>
    );
  }
  await show(<Two />, {
    "record.get": ({ orderId }: { orderId: string }) => (orderId === "ord_1" ? first : new Promise(() => {})),
  });
  await screen.findByTestId(ids.drawerState);
  screen.getByTestId("other").click();
  await waitFor(() => expect(screen.queryByTestId(ids.drawerState)).toBeNull());
});

test("Escape closes the dialog, and the record stays open", async () => {
  const { place } = await show(drawer, { "record.get": record }, "/invoices?document=doc_1");
  await userEvent.click(await screen.findByTestId(ids.drawerDismiss));
  await screen.findByTestId(ids.confirm);
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId(ids.confirm)).toBeNull());
  expect(place()).toContain("document=doc_1");
});
