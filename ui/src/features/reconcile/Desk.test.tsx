import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { ids } from "../../shared/lib/testids";
import { openPdf } from "../../shared/ui/pdf/engine";
import { doubt, issued, order } from "../../test/samples";
import { show } from "../../test/show";
import { ReconcileScreen } from "./ReconcileScreen";

// jsdom has no canvas to draw on
vi.mock(import("../../shared/ui/pdf/engine"), async (original) => ({ ...(await original()), openPdf: vi.fn() }));
beforeEach(() => {
  vi.mocked(openPdf).mockResolvedValue({ pages: [], close: () => {} });
});

const candidate = {
  series: "FCT",
  number: "0008",
  total: "101.95",
  client: "EXEMPLU SRL",
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
  candidates: [candidate],
  failure: null,
};
const doubts = (more: object) => ({ doubts: [{ ...doubt, looks: [look], ...more }], mismatched: [], operations: [] });

test("a candidate shows its client, and its paper on demand", async () => {
  const file = { name: "FCT 0008.pdf", mediaType: "application/pdf", base64: "JVBERi0=" };
  const { calls } = await show(<ReconcileScreen />, { "doubts.list": doubts({}), "doubts.candidate_pdf": file });
  const card = await screen.findByTestId(ids.doubt("1042"));
  expect(within(card).getAllByText("EXEMPLU SRL").length).toBeGreaterThan(0);
  expect(calls.some((call) => call.command === "doubts.candidate_pdf")).toBe(false);
  await userEvent.click(screen.getByTestId(ids.candidatePdf("0008")));
  expect(await screen.findByTestId(ids.pdf)).toBeVisible();
  const request = { id: "doc_1", series: "FCT", number: "0008" };
  expect(calls).toContainEqual({ command: "doubts.candidate_pdf", request });
  await userEvent.click(screen.getByTestId(ids.candidatePdf("0008")));
  expect(screen.queryByTestId(ids.pdf)).toBeNull();
});

test("a paper that is shown stays when its candidate is read anew", async () => {
  const file = { name: "FCT 0008.pdf", mediaType: "application/pdf", base64: "JVBERi0=" };
  let taken = false;
  const { host } = await show(<ReconcileScreen />, {
    "doubts.list": () => doubts({ looks: [{ ...look, candidates: [{ ...candidate, taken }] }] }),
    "doubts.candidate_pdf": file,
  });
  await userEvent.click(await screen.findByTestId(ids.candidatePdf("0008")));
  expect(await screen.findByTestId(ids.pdf)).toBeVisible();
  taken = true;
  host.tell(["documents"]);
  await waitFor(() => expect(screen.queryByTestId(ids.link("0008"))).toBeNull());
  expect(screen.getByTestId(ids.candidatePdf("0008"))).toHaveAttribute("aria-expanded", "true");
  expect(screen.getByTestId(ids.pdf)).toBeVisible();
});

test("sending again says what comes to be at the provider, and needs a reason", async () => {
  const proven = doubts({ looks: [{ ...look, candidates: [] }], absentBlocked: "" });
  const { t, calls } = await show(<ReconcileScreen />, { "doubts.list": proven, "doubts.issue": { queued: ["doc_1"], skipped: [] } });
  await userEvent.click(await screen.findByTestId(ids.issueAbsent));
  const { reference } = doubt.document;
  expect(await screen.findByText(t("candidate.issueText", { provider: "SmartBill", reference }))).toBeVisible();
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "not in the list");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "doc_1", reason: "not in the list" };
  await waitFor(() => expect(calls).toContainEqual({ command: "doubts.issue", request }));
});

test("what was found cannot be sent again", async () => {
  const { t } = await show(<ReconcileScreen />, { "doubts.list": doubts({ absentBlocked: "found" }) });
  expect(await screen.findByTestId(ids.issueAbsent)).toBeDisabled();
  expect(screen.getByTestId(ids.doubt("1042"))).toHaveTextContent(t("absent.found"));
});

test("what follows by itself stands under expected, and leads to the record", async () => {
  const { place, t } = await show(
    <ReconcileScreen />,
    {
      "doubts.list": { doubts: [], mismatched: [], operations: [] },
      "reconcile.runs": { runs: [], lanes: [], open: {} },
      "reconcile.findings": { rows: [], next: null },
      "reconcile.expected": {
        unverified: { count: 1200, rows: [issued] },
        einvoice: { count: 0, rows: [] },
        undecided: { count: 1, rows: [order] },
      },
    },
    "/?filter=expected",
  );
  const unverified = await screen.findByTestId(ids.expected("unverified"));
  expect(unverified).toHaveTextContent("1,200");
  expect(unverified).toHaveTextContent("FCT 0007 · #1041");
  expect(screen.getByText(t("expected.text"))).toBeVisible();
  await userEvent.click(within(screen.getByTestId(ids.expected("undecided"))).getByText(/#1042/));
  expect(place()).toContain("order=ord_1");
});

test("a tab stands in the address, so that a link leads to it", async () => {
  const { place, t } = await show(<ReconcileScreen />, {
    "doubts.list": { doubts: [], mismatched: [], operations: [] },
    "month.books": { books: [] },
  });
  await userEvent.click(await screen.findByTestId(ids.reconcileTab("month")));
  expect(place()).toContain("filter=month");
  expect(await screen.findByText(t("closing.noBooks"))).toBeVisible();
});

test("a mismatched invoice is taken back from here, after it is said what that makes", async () => {
  const differs = { ...issued, verification: "mismatched", mismatch: '{"field":"total","ours":"59","provider":"58.99"}' };
  const { calls } = await show(<ReconcileScreen />, {
    "doubts.list": { doubts: [], mismatched: [differs], operations: [] },
    "documents.storno": issued,
  });
  await userEvent.click(await screen.findByTestId(ids.stornoAsk));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent("Issue storno for FCT 0007");
  expect(dialog).toHaveTextContent("SmartBill");
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "wrong total");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "doc_2", reason: "wrong total" };
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.storno", request }));
});

test("how a stranger's duplicate is taken back is said, and nothing is sent", async () => {
  const finding = {
    id: "fnd_1",
    kind: "duplicate",
    connectionName: "SmartBill",
    provider: "smartbill",
    series: "FCT",
    number: "0009",
    until: "",
    day: null,
    why: "linked_elsewhere",
    proposal: "storno",
    reference: "",
    linked: "FCT 0007",
    differs: [],
    theirs: [],
    documentId: "doc_2",
    orderId: "ord_1",
    orderNumber: "1042",
    firstSeenMs: 0,
    lastSeenMs: 0,
    state: "open",
    reason: "",
    who: "",
    closedMs: null,
  };
  const { t, calls } = await show(
    <ReconcileScreen />,
    {
      "doubts.list": { doubts: [], mismatched: [], operations: [] },
      "reconcile.runs": { runs: [], lanes: [], open: { duplicate: 1 } },
      "reconcile.findings": { rows: [finding], next: null },
    },
    "/?filter=unknown",
  );
  await userEvent.click(await screen.findByTestId(ids.stornoHow));
  expect(await screen.findByText(t("candidate.stornoSteps.smartbill", { number: "FCT 0009" }))).toBeVisible();
  expect(screen.getByText(t("candidate.openLinked", { linked: "FCT 0007" }))).toBeVisible();
  expect(calls.every((call) => call.command !== "documents.storno")).toBe(true);
});
