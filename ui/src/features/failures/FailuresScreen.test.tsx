import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { FailureGroup } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { item, over, plan, running } from "../../test/bulk";
import { document, failure } from "../../test/samples";
import { show } from "../../test/show";
import { FailuresScreen } from "./FailuresScreen";

const KIND = "vat_rate_unknown";

const group: FailureGroup = {
  key: "vat_rate_unknown||19",
  state: "open",
  failure,
  count: 40,
  snoozed: 0,
  underWay: 0,
  wentThrough: 0,
  totals: [{ minor: 459_800, currency: "RON" }],
  sinceMs: 1_764_000_000_000,
  lastMs: 1_764_000_500_000,
  owner: "",
  snoozedUntilMs: null,
  documents: [document],
  safeBecause: "refused",
};

const answers = (groups: FailureGroup[], more: object = {}) => ({
  "failures.list": { groups, people: ["Ana", "Mara"] },
  "bulk.list": { jobs: [] },
  ...more,
});

test("a cause has its words, the provider's words quoted and labelled, the fix, and its whole value", async () => {
  const { t } = await show(<FailuresScreen />, answers([group]));
  const card = await screen.findByTestId(ids.failureGroup(KIND));
  expect(card).toHaveTextContent(t(`failure.${KIND}.cause`));
  expect(card).toHaveTextContent(t(`failure.${KIND}.fix`));
  expect(card).toHaveTextContent(`SmartBill says: ${failure.providerWords}`);
  expect(card).toHaveTextContent("RON 4,598.00");
  expect(card).toHaveTextContent(t("safe.refused"));
});

test("a known answer of the provider is explained by its own words", async () => {
  const known = { ...group, failure: { ...failure, code: "smartbill.vat_default" } };
  const { t } = await show(<FailuresScreen />, answers([known]));
  const card = await screen.findByTestId(ids.failureGroup(KIND));
  expect(card).toHaveTextContent(t("literal.smartbill.vat_default.fix"));
  expect(card).not.toHaveTextContent(t(`failure.${KIND}.fix`));
});

test("a notice leads to its own group, and to no other", async () => {
  const scroll = vi.fn();
  Element.prototype.scrollIntoView = scroll;
  const other = { ...group, key: "field_missing||city", failure: { ...failure, kind: "field_missing" } };
  await show(<FailuresScreen />, answers([other, group]), `/failures?target=${encodeURIComponent(group.key)}`);
  const card = await screen.findByTestId(ids.failureGroup(KIND));
  expect(card).toHaveAttribute("aria-current", "true");
  expect(scroll.mock.contexts).toEqual([card]);
  expect(screen.getByTestId(ids.failureGroup("field_missing"))).not.toHaveAttribute("aria-current");
});

test("a notice of a group that was left for later leads to where it is now, and another tab is a click away", async () => {
  const later = { ...group, state: "snoozed", snoozed: 40 };
  const { t } = await show(<FailuresScreen />, answers([later]), `/failures?target=${encodeURIComponent(group.key)}`);
  expect(await screen.findByTestId(ids.failureGroup(KIND))).toHaveAttribute("aria-current", "true");
  await userEvent.click(screen.getByTestId(ids.failuresTab("open")));
  expect(await screen.findByText(t("failures.empty"))).toBeVisible();
});

test("tabs count records, as the number beside the screen's name does, and the head says in how many causes", async () => {
  const other = { ...group, key: "field_missing||city", count: 2, failure: { ...failure, kind: "field_missing" } };
  const later = { ...group, key: "later", state: "snoozed", count: 3, failure: { ...failure, kind: "client_invalid" } };
  const gone = { ...group, key: "gone", state: "resolved", count: 0, underWay: 0, wentThrough: 5, failure: { ...failure, kind: "tax_id_invalid" } };
  const { t } = await show(<FailuresScreen />, answers([group, other, later, gone]));
  const told = { open: 42, snoozed: 3, resolved: 5 };
  for (const [name, count] of Object.entries(told)) {
    expect(await screen.findByTestId(ids.failuresTab(name))).toHaveTextContent(`${t(`cause.tab.${name}`)} ${count}`);
  }
  expect(screen.getByText("42 records, 2 causes")).toBeVisible();
});

test("nothing failed is said, with what would be here", async () => {
  const { t } = await show(<FailuresScreen />, answers([]));
  expect(await screen.findByText(t("failures.empty"))).toBeVisible();
});

test("a group is retried by a plan that says why it is safe and what is skipped, and only once it is confirmed", async () => {
  const { t, calls } = await show(
    <FailuresScreen />,
    answers([group], { "bulk.plan": plan, "bulk.get": plan, "bulk.confirm": running }),
  );
  await userEvent.click(await screen.findByTestId(ids.retryGroup(KIND)));
  const selection = { ids: [], cause: group.key, except: [] };
  expect(calls).toContainEqual({ command: "bulk.plan", request: { kind: "retry", selection } });
  const dialog = await screen.findByTestId(ids.bulkPlan);
  expect(within(dialog).getByTestId(ids.safeBecause)).toHaveTextContent(t("safe.refused"));
  expect(dialog).toHaveTextContent("38 orders (RON 4,598.00)");
  expect(within(dialog).getByTestId(ids.bulkSkip("still_failing"))).toHaveTextContent("2");
  expect(calls.some((call) => call.command === "bulk.confirm")).toBe(false);
  await userEvent.click(screen.getByTestId(ids.confirm));
  await waitFor(() => expect(calls).toContainEqual({ command: "bulk.confirm", request: { id: "bulk_1", reason: "" } }));
});

test("the report stays when its group is gone", async () => {
  let groups = [group];
  let job = plan;
  const { host, t } = await show(<FailuresScreen />, {
    ...answers([]),
    "failures.list": () => ({ groups, people: [] }),
    "bulk.plan": plan,
    "bulk.get": () => job,
    "bulk.confirm": () => {
      groups = [];
      job = over;
      return running;
    },
    "bulk.report": { rows: [item], next: null },
  });
  await userEvent.click(await screen.findByTestId(ids.retryGroup(KIND)));
  await userEvent.click(await screen.findByTestId(ids.confirm));
  host.tell(["documents", "bulk"]);
  const report = await screen.findByTestId(ids.bulkReport);
  await waitFor(() => expect(report).toHaveTextContent(t("bulk.why.held_again")));
  expect(screen.getByText(t("failures.empty"))).toBeInTheDocument();
});

test("no retry is offered where none is safe", async () => {
  await show(<FailuresScreen />, answers([{ ...group, safeBecause: null }]));
  await screen.findByTestId(ids.failureGroup(KIND));
  expect(screen.queryByTestId(ids.retryGroup(KIND))).toBeNull();
});

test("a group is assigned to a person by name", async () => {
  const { calls } = await show(<FailuresScreen />, answers([group], { "failures.assign": {} }));
  await userEvent.click(await screen.findByTestId(ids.owner));
  await userEvent.type(await screen.findByTestId(ids.ownerName), "Radu");
  await userEvent.click(screen.getByTestId(ids.ownerSave));
  await waitFor(() =>
    expect(calls).toContainEqual({ command: "failures.assign", request: { key: group.key, owner: "Radu" } }),
  );
});

test("what is snoozed stands under its own tab with its time, and can be woken", async () => {
  const snoozed = { ...group, state: "snoozed", snoozedUntilMs: Date.parse("2026-11-27T06:00:00Z") };
  const { calls, t } = await show(<FailuresScreen />, answers([snoozed], { "failures.snooze": {} }), "/failures?filter=snoozed");
  const card = await screen.findByTestId(ids.failureGroup(KIND));
  expect(card).toHaveTextContent("27 Nov 2026, 08:00:00");
  expect(card).toHaveTextContent(t("cause.state.snoozed"));
  await userEvent.click(screen.getByTestId(ids.wake));
  await waitFor(() =>
    expect(calls).toContainEqual({ command: "failures.snooze", request: { key: group.key, untilMs: null } }),
  );
});

test("what was snoozed is back on the screen once its time has come", async () => {
  const snoozed = { ...group, state: "snoozed", snoozedUntilMs: Date.now() + 5000 };
  let groups: FailureGroup[] = [snoozed];
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await show(<FailuresScreen />, { ...answers([]), "failures.list": () => ({ groups, people: [] }) });
  await waitFor(() => expect(screen.getByTestId(ids.failuresTab("snoozed"))).toHaveTextContent("40"));
  expect(screen.queryByTestId(ids.failureGroup(KIND))).toBeNull();
  groups = [group];
  await act(() => vi.advanceTimersByTimeAsync(30_000));
  vi.useRealTimers();
  expect(await screen.findByTestId(ids.failureGroup(KIND))).toBeVisible();
});

test("a choice of how long sends an instant", async () => {
  const { calls } = await show(<FailuresScreen />, answers([group], { "failures.snooze": {} }));
  await userEvent.click(await screen.findByTestId(ids.snooze));
  await userEvent.click(await screen.findByTestId(ids.snoozeFor("hour")));
  await waitFor(() => expect(calls.some((call) => call.command === "failures.snooze")).toBe(true));
  const { untilMs } = calls.find((call) => call.command === "failures.snooze")?.request as { untilMs: number };
  expect(untilMs - Date.now()).toBeGreaterThan(3_500_000);
});

test("what went through today is shown with its count, and offers nothing to do", async () => {
  const gone = { ...group, state: "resolved", count: 0, wentThrough: 40, documents: [], totals: [], safeBecause: null };
  const { t } = await show(<FailuresScreen />, answers([gone]), "/failures?filter=resolved");
  const card = await screen.findByTestId(ids.failureGroup(KIND));
  expect(card).toHaveTextContent(t("cause.went", { count: 40 }));
  expect(within(card).queryByRole("button")).toBeNull();
});

test("the records of a group come by pages", async () => {
  const page = (after: number | null) => ({
    rows: [{ document: { ...document, id: `doc_${after}`, orderNumber: after ? "1041" : "1042" }, owner: "Mara", snoozedUntilMs: null, failedMs: 1 }],
    next: after ? null : 7,
  });
  await show(<FailuresScreen />, answers([group], { "failures.records": (request: { after: number | null }) => page(request.after) }));
  await userEvent.click(await screen.findByTestId(ids.showGroup(KIND)));
  expect(await screen.findByTestId(ids.row("1042"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.moreRecords));
  expect(await screen.findByTestId(ids.row("1041"))).toBeVisible();
});

test("jobs are listed, and each opens its report", async () => {
  await show(
    <FailuresScreen />,
    answers([group], { "bulk.list": { jobs: [over] }, "bulk.get": over, "bulk.report": { rows: [item], next: null } }),
    "/failures?filter=jobs",
  );
  await userEvent.click(await screen.findByTestId(ids.bulkJob("retry")));
  expect(await screen.findByTestId(ids.bulkOver)).toHaveTextContent("37");
});

test("an error names itself and offers another try", async () => {
  const { t } = await show(<FailuresScreen />, { ...answers([]), "failures.list": new Error("busy") });
  expect(await screen.findByText("busy")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});

test("what one record needs is edited in its own draft, where a retry is safe", async () => {
  const { place } = await show(<FailuresScreen />, answers([group]), "/failures");
  await userEvent.click(await screen.findByTestId(ids.editRetry(KIND)));
  expect(place()).toContain("document=doc_1");
  expect(place()).toContain("edit=draft");
});
