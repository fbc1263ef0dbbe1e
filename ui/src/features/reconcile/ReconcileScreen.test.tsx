import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import { formatClock } from "../../shared/lib/format";
import { ids } from "../../shared/lib/testids";
import { doubt, issued, operation } from "../../test/samples";
import { show } from "../../test/show";
import { ReconcileScreen } from "./ReconcileScreen";

const candidate = {
  series: "FCT",
  number: "0008",
  total: "101.95",
  client: null,
  cancelled: null,
  reference: "ours",
  link: null,
  taken: false,
};
const look = {
  atMs: 1_764_000_000_000,
  decisive: true,
  complete: true,
  baselineNumber: "0008",
  nextNumber: "0010",
  candidates: [candidate, { ...candidate, number: "0009", reference: "another", taken: true }],
  failure: null,
};

test("before anything was asked, nothing can be declared, and the reason stands there", async () => {
  const { t } = await show(<ReconcileScreen />, { "doubts.list": { doubts: [doubt], mismatched: [], operations: [] } });
  expect(await screen.findByTestId(ids.declareAbsent)).toBeDisabled();
  expect(screen.getByTestId(ids.doubt("1042"))).toHaveTextContent(t("absent.not_looked"));
  expect(screen.getByTestId(ids.doubt("1042"))).toHaveTextContent(doubt.document.reference);
});

test("a found document is linked with a reason; another record's cannot be", async () => {
  const parked = { ...doubt, parked: true, parkedReason: "two_found", looks: [look], absentBlocked: "found" };
  const { t, calls } = await show(<ReconcileScreen />, {
    "doubts.list": { doubts: [parked], mismatched: [], operations: [] },
    "doubts.link": {},
  });
  const card = await screen.findByTestId(ids.doubt("1042"));
  expect(card).toHaveTextContent(t("parked.two_found"));
  expect(card).toHaveTextContent(t("reconcile.reference.ours"));
  expect(screen.queryByTestId(ids.link("0009"))).toBeNull();
  await userEvent.click(screen.getByTestId(ids.link("0008")));
  expect(await screen.findByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "compared");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "doc_1", series: "FCT", number: "0008", reason: "compared" };
  await waitFor(() => expect(calls).toContainEqual({ command: "doubts.link", request }));
});

test("a proven absence can be declared, by its name and with a reason", async () => {
  const proven = { ...doubt, quietUntilMs: null, looks: [{ ...look, candidates: [] }], absentBlocked: "" };
  const { t } = await show(<ReconcileScreen />, { "doubts.list": { doubts: [proven], mismatched: [], operations: [] } });
  const button = await screen.findByTestId(ids.declareAbsent);
  expect(button).toBeEnabled();
  await userEvent.click(button);
  expect(await screen.findByText(t("reconcile.absentText", { provider: "SmartBill" }))).toBeVisible();
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
});

test("a mismatch names the field with both values", async () => {
  const differs = { ...issued, verification: "mismatched", mismatch: '{"field":"total","ours":"59","provider":"58.99"}' };
  await show(<ReconcileScreen />, { "doubts.list": { doubts: [], mismatched: [differs], operations: [] } });
  expect(await screen.findByText("Total: sent 59.00, SmartBill holds 58.99.")).toBeVisible();
});

test("nothing open is said", async () => {
  const { t } = await show(<ReconcileScreen />, { "doubts.list": { doubts: [], mismatched: [], operations: [] } });
  expect(await screen.findByText(t("reconcile.noDoubts"))).toBeVisible();
});

test("an error names itself and offers another try", async () => {
  const { t } = await show(<ReconcileScreen />, { "doubts.list": new Error("busy") });
  expect(await screen.findByText("busy")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});

test("what differs is in words, and a reference that is not there is named", async () => {
  const lost = { ...issued, id: "doc_3", mismatch: '{"field":"mentions","ours":"reference","provider":""}' };
  const cancelled = { ...issued, mismatch: '{"field":"state","ours":"issued","provider":"cancelled"}' };
  const { t } = await show(<ReconcileScreen />, { "doubts.list": { doubts: [], mismatched: [lost, cancelled], operations: [] } });
  expect(await screen.findByText(`Reference: sent ${issued.reference}, SmartBill holds —.`)).toBeVisible();
  await i18next.changeLanguage("ro");
  expect(await screen.findByText(/^Stare: trimis emisă, SmartBill are anulată/)).toBeVisible();
  expect(t("state.cancelled")).toBe("anulată");
});

test("a cancelled candidate is marked", async () => {
  const looks = [{ ...look, candidates: [{ ...candidate, cancelled: true }] }];
  const { t } = await show(<ReconcileScreen />, { "doubts.list": { doubts: [{ ...doubt, looks }], mismatched: [], operations: [] } });
  expect(await screen.findByTestId(ids.doubt("1042"))).toHaveTextContent(t("state.cancelled"));
});

test("an operation in doubt says what was asked of which document, what was seen, and when Punte looks again", async () => {
  const lookAtMs = 1_764_000_600_000;
  const lost = { ...doubt.failure, kind: "connection_lost" };
  const doubted = { ...operation, state: "in_doubt", startedMs: operation.createdMs, failure: lost, lookAtMs, seen: "present" };
  const { t, place } = await show(<ReconcileScreen />, {
    "doubts.list": { doubts: [], mismatched: [], operations: [doubted] },
  });
  const card = await screen.findByTestId(ids.doubtedOperation("1041"));
  expect(card).toHaveTextContent("cancel: FCT 0007 · #1041");
  expect(card).toHaveTextContent(t("failure.connection_lost.title"));
  expect(card).toHaveTextContent(t("operation.seen.present"));
  const time = formatClock(lookAtMs, "en", true);
  expect(card).toHaveTextContent(t("operation.settling.state", { provider: "SmartBill", time }));
  expect(screen.queryByText(t("reconcile.noDoubts"))).toBeNull();
  expect(screen.getByRole("tab", { name: `${t("reconcile.doubts")} 1` })).toBeVisible();
  expect(within(card).queryByTestId(ids.operationClose)).toBeNull();
  await userEvent.click(within(card).getByText(t("reconcile.openRecord")));
  expect(place()).toContain("document=doc_2");
});

test("what nobody can tell is closed by a person, with a reason", async () => {
  const mail = { ...operation, kind: "send_email", about: "ana@exemplu.ro", state: "in_doubt" };
  const { calls } = await show(<ReconcileScreen />, {
    "doubts.list": { doubts: [], mismatched: [], operations: [mail] },
    "operations.close": {},
  });
  await userEvent.click(await screen.findByTestId(ids.operationClose));
  await userEvent.type(await screen.findByTestId(ids.reason), "she has it");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "op_1", reason: "she has it" };
  await waitFor(() => expect(calls).toContainEqual({ command: "operations.close", request }));
});

test("a look that could not read the provider says so and why, and that only a look that can is missing", async () => {
  const refused = { ...doubt.failure, kind: "credential_refused" };
  const unread = { ...doubt, quietUntilMs: null, absentBlocked: "quiet_time", looks: [{ ...look, candidates: [], complete: false, failure: refused }] };
  const { t } = await show(<ReconcileScreen />, { "doubts.list": { doubts: [unread], mismatched: [], operations: [] } });
  const card = await screen.findByTestId(ids.doubt("1042"));
  expect(card).toHaveTextContent(t("reconcile.unread", { provider: t("system.smartbill") }));
  expect(card).toHaveTextContent(t("absent.failed", { why: t("failure.credential_refused.title") }));
  expect(card).not.toHaveTextContent(t("absent.quiet_time"));
  expect(card).not.toHaveTextContent(t("reconcile.looking"));
});
