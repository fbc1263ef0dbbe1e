import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { FindingInfo, ReconcileRunInfo, ReconcileRuns } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { failure, issued } from "../../test/samples";
import { show } from "../../test/show";
import { lastDay } from "./Passes";
import { ReconcileScreen } from "./ReconcileScreen";

const lane = { connectionId: "con_1", connectionName: "Oblio", provider: "oblio", company: "RO1", series: "FCT" };
const run: ReconcileRunInfo = {
  ...lane,
  id: "rec_1",
  from: "2026-11-01",
  to: "2026-11-30",
  who: "",
  startedMs: 1_764_000_000_000,
  finishedMs: 1_764_000_001_000,
  result: "findings",
  complete: false,
  why: "not_told",
  looked: 12,
  matched: 9,
  notTold: 1,
  found: { mismatched: 1, gap: 2 },
  failure: null,
  resumeAt: null,
};
const passes: ReconcileRuns = {
  runs: [run],
  lanes: [lane, { ...lane, connectionId: "con_2", connectionName: "SmartBill", series: "ATC" }],
  open: { mismatched: 0, expected: 3, missing_there: 0, unknown_here: 1, duplicate: 1, gap: 2, repeat: 1 },
};
const finding: FindingInfo = {
  id: "fnd_1",
  kind: "duplicate",
  connectionName: "Oblio",
  provider: "oblio",
  series: "FCT",
  number: "0009",
  until: "",
  day: "2026-11-10",
  why: "linked_elsewhere",
  proposal: "storno",
  reference: "PNT-7K3QM4X2ZPV",
  linked: "FCT 0007",
  differs: [],
  theirs: [
    {
      series: "FCT",
      number: "0009",
      date: "2026-11-10",
      total: "121",
      currency: "RON",
      client: "Ana",
      state: "",
      references: ["PNT-7K3QM4X2ZPV"],
    },
  ],
  documentId: "doc_2",
  orderId: "ord_1",
  orderNumber: "1042",
  firstSeenMs: 1_764_000_000_000,
  lastSeenMs: 1_764_000_000_000,
  state: "open",
  reason: "",
  who: "",
  closedMs: null,
};
const nothing = { doubts: [], mismatched: [], operations: [] };
const page = (rows: FindingInfo[], next: number | null = null) => ({ rows, next });

/** The screen with a tab of findings open. */
async function showTab(tab: string, rows: FindingInfo[], more: object = {}) {
  const shown = await show(<ReconcileScreen />, {
    "doubts.list": nothing,
    "reconcile.runs": passes,
    "reconcile.findings": page(rows),
    ...more,
  });
  await userEvent.click(await screen.findByRole("tab", { name: new RegExp(`^${shown.t(`reconcile.tab.${tab}`)}`) }));
  return shown;
}

test("every section has its count, and the last pass says what it brought and why it is not complete", async () => {
  const { t } = await show(<ReconcileScreen />, { "doubts.list": nothing, "reconcile.runs": passes });
  for (const [tab, count] of [["expected", 3], ["unknown", 2], ["missing", 0], ["series", 3]] as const) {
    expect(await screen.findByRole("tab", { name: `${t(`reconcile.tab.${tab}`)} ${count}` })).toBeVisible();
  }
  const last = screen.getByTestId(ids.reconcileLast);
  expect(last).toHaveTextContent("12 documents looked at · 9 match · Mismatched 1 · Missing number 2 · 1 with incomplete data from the provider");
  expect(last).toHaveTextContent(t("reconcile.notComplete", { why: t("passWhy.not_told") }));
  await i18next.changeLanguage("ro");
  expect(await screen.findByText(/s-au găsit diferențe/)).toBeVisible();
});

test("a series is compared for a whole month", async () => {
  const { calls } = await show(<ReconcileScreen />, {
    "doubts.list": nothing,
    "reconcile.runs": passes,
    "reconcile.run": { runId: "rec_2" },
  });
  await userEvent.selectOptions(await screen.findByTestId(ids.reconcileLane), "con_2 RO1 ATC");
  const month = screen.getByTestId(ids.reconcileMonth);
  await userEvent.clear(month);
  expect(screen.getByTestId(ids.reconcileRun)).toBeDisabled();
  await userEvent.type(month, "2028-02");
  await userEvent.click(screen.getByTestId(ids.reconcileRun));
  const request = { connectionId: "con_2", company: "RO1", series: "ATC", from: "2028-02-01", to: "2028-02-29" };
  await waitFor(() => expect(calls).toContainEqual({ command: "reconcile.run", request }));
});

test("a month ends on its last day", () => {
  expect(["2026-02", "2028-02", "2026-11", "2026-12"].map(lastDay)).toEqual([
    "2026-02-28",
    "2028-02-29",
    "2026-11-30",
    "2026-12-31",
  ]);
  expect(["", "2026-13", "2026"].map(lastDay)).toEqual([null, null, null]);
});

test("a pass that failed quotes the provider", async () => {
  const failed = { ...run, result: "failed", failure: { ...failure, kind: "server_error", providerWords: "oprit" } };
  await show(<ReconcileScreen />, { "doubts.list": nothing, "reconcile.runs": { ...passes, runs: [failed] } });
  expect(await screen.findByText("oprit")).toBeVisible();
});

test("a duplicate names the invoice that stands and proposes the storno, and leads to the record", async () => {
  const { t, place, calls } = await showTab("unknown", [finding]);
  const card = await screen.findByTestId(ids.finding("fnd_1"));
  expect(card).toHaveTextContent("FCT 0009 · #1042");
  expect(card).toHaveTextContent(t("findingWhy.linked_elsewhere", { linked: "FCT 0007" }));
  expect(card).toHaveTextContent(t("findingProposal.storno"));
  expect(card).toHaveTextContent("RON 121.00 · Ana · PNT-7K3QM4X2ZPV");
  await userEvent.click(within(card).getByText(t("reconcile.openRecord")));
  expect(place()).toContain("document=doc_2");
  const request = { kinds: ["unknown_here", "duplicate"], state: "open", runId: null, after: null, limit: 50 };
  expect(calls).toContainEqual({ command: "reconcile.findings", request });
});

test("a finding is ignored with a reason, and what is ignored says by whom", async () => {
  const { calls, t } = await showTab("series", [{ ...finding, kind: "gap", until: "0011", why: "unexplained" }], {
    "reconcile.ignore": {},
    "reconcile.findings": (request: { state: string }) =>
      page([request.state === "open" ? finding : { ...finding, state: "ignored", who: "Ana", reason: "torn form" }]),
  });
  await userEvent.click(await screen.findByTestId(ids.findingIgnore));
  expect(await screen.findByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "torn form");
  await userEvent.click(screen.getByTestId(ids.confirm));
  const request = { id: "fnd_1", ignored: true, reason: "torn form" };
  await waitFor(() => expect(calls).toContainEqual({ command: "reconcile.ignore", request }));
  await userEvent.click(screen.getByText(t("reconcile.findingState.ignored")));
  expect(await screen.findByText(new RegExp(t("reconcile.ignoredBy", { who: "Ana", reason: "torn form" })))).toBeVisible();
  expect(screen.getByText(t("reconcile.takeBack"))).toBeVisible();
});

test("a gap in a row says from where to where", async () => {
  await showTab("series", [{ ...finding, kind: "gap", until: "0011", why: "unexplained", proposal: "", theirs: [], orderNumber: null }]);
  expect(await screen.findByText("FCT 0009–0011")).toBeVisible();
});

test("a mismatch shows each field with both sides", async () => {
  const differs = [
    { field: "total", ours: "121", theirs: "121.01" },
    { field: "state", ours: "issued", theirs: "cancelled" },
  ];
  const shown = await show(<ReconcileScreen />, {
    "doubts.list": nothing,
    "reconcile.runs": { ...passes, open: { ...passes.open, mismatched: 1 } },
    "reconcile.findings": page([{ ...finding, kind: "mismatched", why: "", proposal: "", differs }]),
  });
  await userEvent.click(await screen.findByRole("tab", { name: `${shown.t("reconcile.mismatched")} 1` }));
  const card = await screen.findByTestId(ids.finding("fnd_1"));
  expect(within(card).getByText("121.01")).toBeVisible();
  expect(within(card).getByText(shown.t("state.cancelled"))).toBeVisible();
  expect(within(card).getByText(shown.t("findingAdvice.mismatched"))).toBeVisible();
});

test("what a finding tells of a document is not told a second time", async () => {
  const differs = [{ field: "total", ours: "121", theirs: "121.01" }];
  const mismatch = '{"field":"total","ours":"121","provider":"121.01"}';
  const documents = ["doc_2", "doc_3"].map((id, at) => ({ ...issued, id, verification: "mismatched", mismatch, orderNumber: `200${at}` }));
  const { t } = await show(<ReconcileScreen />, {
    "doubts.list": { ...nothing, mismatched: documents },
    "reconcile.runs": { ...passes, open: { ...passes.open, mismatched: 1 } },
    "reconcile.findings": page([{ ...finding, kind: "mismatched", why: "", proposal: "", differs }]),
  });
  await userEvent.click(await screen.findByRole("tab", { name: `${t("reconcile.mismatched")} 2` }));
  expect(await screen.findByTestId(ids.finding("fnd_1"))).toBeVisible();
  expect(screen.getByText(/#2001/)).toBeVisible();
  expect(screen.queryByText(/#2000/)).toBeNull();
});

test("an order that waits says why, and an empty section says what would be there", async () => {
  const waiting = { ...finding, kind: "expected", number: null, documentId: null, why: "condition_error", proposal: "", theirs: [] };
  const { t, place } = await showTab("expected", [waiting]);
  expect(await screen.findByText(t("reason.condition_error"))).toBeVisible();
  await userEvent.click(screen.getByText(t("reconcile.openRecord")));
  expect(place()).toContain("order=ord_1");
});

test("nothing missing is said in words", async () => {
  const { t } = await showTab("missing", []);
  expect(await screen.findByText(t("reconcile.tabText.missing"))).toBeVisible();
});

test("more findings come by the key of the last", async () => {
  const { calls, t } = await showTab("missing", [], {
    "reconcile.findings": (request: { after: number | null }) =>
      request.after === null ? page([finding], 41) : page([{ ...finding, id: "fnd_0" }]),
  });
  await userEvent.click(await screen.findByText(t("reconcile.more")));
  expect(await screen.findByTestId(ids.finding("fnd_0"))).toBeVisible();
  expect(calls.some((call) => (call.request as { after?: number }).after === 41)).toBe(true);
});
