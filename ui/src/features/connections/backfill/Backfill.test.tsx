import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { ApiError, BackfillInfo, BackfillRequest, FlowInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { wrongs } from "../../../test/axe";
import { failure } from "../../../test/samples";
import { type Answers, show } from "../../../test/show";
import { OlderOrders } from "./OlderOrders";
import { usualRange } from "./range";
import { asked, done, file, flow, group, planned, reading, running, stopped } from "./samples";

const refusal = (detail: string): ApiError => ({ code: "not_now", detail, field: null, failure: null });
const refused = (error: ApiError) => () => {
  throw error;
};

/** The window names the cross of every dialog; here there is no window. */
const wrongsBesideTheCross = async () => (await wrongs()).filter((one) => !one.includes("mantine-Modal-close"));

/** Opens the dialog over a host that keeps one backfill and answers every act with what becomes of it. */
async function opened(kept: BackfillInfo | null, more: { flow?: Partial<FlowInfo>; shop?: typeof asked; answers?: Answers } = {}) {
  const host = { backfill: kept };
  const becomes = (state: Partial<BackfillInfo>) => () => (host.backfill = { ...(host.backfill ?? planned), ...state });
  const shown = await show(<OlderOrders flow={{ ...flow, ...more.flow }} shop={more.shop ?? asked} />, {
    "backfill.list": () => ({ backfills: host.backfill ? [host.backfill, { ...running, id: "bkf_9", flowId: "flow_9" }] : [] }),
    "backfill.plan": ({ from, until }: BackfillRequest) => (host.backfill = { ...reading, id: "bkf_2", from, until }),
    "backfill.confirm": becomes({ state: "running", confirmedBy: "Mihai" }),
    "backfill.cancel": becomes({ state: "cancelled" }),
    ...more.answers,
  });
  await userEvent.click(screen.getByTestId(ids.olderOrders("FCT")));
  await screen.findByTestId(ids.backfill);
  return { ...shown, keep: (backfill: BackfillInfo) => (host.backfill = backfill) };
}

test("without one before it says what it does, and plans the present month up to yesterday", async () => {
  const { calls, t } = await opened(null);
  expect(screen.getByText(t("backfill.about"))).toBeVisible();
  const usual = usualRange(Date.now());
  expect(await screen.findByLabelText(t("backfill.from"))).toHaveValue(usual.from);
  expect(screen.getByLabelText(t("backfill.until"))).toHaveValue(usual.until);
  expect(await wrongsBesideTheCross()).toEqual([]);
  await userEvent.click(screen.getByTestId(ids.backfillMake));
  await waitFor(() => expect(calls).toContainEqual({ command: "backfill.plan", request: { flow: "flow_1", ...usual } }));
  expect(await screen.findByTestId(ids.backfillReading)).toBeVisible();
});

test("a time that cannot be planned says why, and is not sent", async () => {
  const { t } = await opened(null);
  const make = await screen.findByTestId(ids.backfillMake);
  const day = (end: string, value: string) => fireEvent.change(screen.getByTestId(ids.backfillDay(end)), { target: { value } });
  day("from", "2024-01-01");
  day("until", "2026-01-01");
  expect(make).toBeDisabled();
  expect(screen.getByText(t("backfill.wrong.long", { days: 731 }))).toBeVisible();
  expect(make).toHaveAttribute("title", t("backfill.wrong.long", { days: 731 }));
  day("until", "2023-12-31");
  expect(screen.getByText(t("backfill.wrong.backwards"))).toBeVisible();
  day("until", "2025-12-31");
  expect(make).toBeEnabled();
});

test("a flow that is off plans nothing and confirms nothing, and says so", async () => {
  const { t } = await opened(null, { flow: { enabled: false } });
  expect(await screen.findByTestId(ids.backfillMake)).toBeDisabled();
  expect(screen.getByText(t("backfill.refused.flow_off"))).toBeVisible();
});

test("a plan that waits for a flow that is off cannot be confirmed", async () => {
  const { t } = await opened(planned, { flow: { enabled: false } });
  expect(await screen.findByTestId(ids.backfillInvoice)).toHaveAttribute("title", t("backfill.refused.flow_off"));
  expect(screen.getByTestId(ids.backfillInvoice)).toBeDisabled();
});

test("of a shop that cannot be asked it says where older orders come from", async () => {
  const { t } = await opened(null, { shop: file });
  expect(screen.getByText(t("backfill.aboutHere"))).toBeVisible();
  expect(await screen.findByText(t("backfill.bringFirst"))).toBeVisible();
});

test.each(["flow_off", "under_way"])("a plan that is refused now (%s) is refused in words", async (why) => {
  const { t } = await opened(null, { answers: { "backfill.plan": refused(refusal(why)) } });
  await userEvent.click(await screen.findByTestId(ids.backfillMake));
  expect(await screen.findByTestId("error-note")).toHaveTextContent(t(`backfill.refused.${why}`));
});

test("while it is read the progress is told in words, as it comes, and reading can be stopped", async () => {
  const { calls, keep, host, t } = await opened(reading);
  const part = await screen.findByTestId(ids.backfillReading);
  const live = part.querySelector("[aria-live=polite]");
  expect(live).toHaveTextContent("1,200 orders read at the shop so far");
  expect(await wrongsBesideTheCross()).toEqual([]);
  keep({ ...reading, read: 1300, groups: [group("issue", "", 100)] });
  (host as unknown as { tell: (tags: string[]) => void }).tell(["backfill"]);
  await waitFor(() => expect(live).toHaveTextContent("1,300 orders read at the shop so far · 100 planned"));
  await userEvent.click(screen.getByTestId(ids.backfillStop));
  await waitFor(() => expect(calls).toContainEqual({ command: "backfill.cancel", request: { id: "bkf_1" } }));
  expect(await screen.findByTestId(ids.backfillOver)).toHaveTextContent(t("backfill.over.discarded"));
});

test("of a shop that cannot be asked nothing is said to be read", async () => {
  await opened({ ...reading, read: 0, groups: [group("issue", "", 100)] }, { shop: file });
  const part = await screen.findByTestId(ids.backfillReading);
  expect(part.querySelector("[aria-live=polite]")?.textContent).toBe("100 planned");
});

test("a plan tells what would be issued, held and left alone, why, how much, and of which orders", async () => {
  const { t } = await opened(planned);
  await screen.findByTestId(ids.backfillPlanned);
  const row = (verdict: string, reason = "") => screen.getByTestId(ids.backfillGroup(verdict, reason));
  expect(row("issue")).toHaveTextContent("38");
  expect(row("issue")).toHaveTextContent("RON 3,800.00");
  expect(row("issue")).toHaveTextContent("#1001, #1002, #1003, #1004, #1005 …");
  expect(row("hold", "address_incomplete")).toHaveTextContent(t("failure.address_incomplete.title"));
  expect(row("hold", "address_incomplete")).toHaveTextContent(/#1001, #1002, #1003$/);
  expect(row("invoiced")).toHaveTextContent(t("backfill.verdict.invoiced"));
  expect(row("left_out", "not_completed")).toHaveTextContent(t("reason.not_completed"));
  expect(screen.getByText(t("backfill.heldToo", { count: 3 }))).toBeVisible();
  expect(screen.getByTestId(ids.backfillDated)).toHaveTextContent(t("backfill.dated.issue_day"));
  expect(await wrongsBesideTheCross()).toEqual([]);
});

test("a flow that dates invoices by the order says what becomes of days that are over", async () => {
  const { t } = await opened(planned, { flow: { rules: { ...flow.rules, issueDate: "completion_day" } } });
  expect(await screen.findByTestId(ids.backfillDated)).toHaveTextContent(t("backfill.dated.completion_day"));
});

test("nothing is invoiced before a confirmation that repeats count and value", async () => {
  const { calls } = await opened(planned);
  const act = await screen.findByTestId(ids.backfillInvoice);
  expect(act).toHaveTextContent("Invoice 38 orders");
  await userEvent.click(act);
  const confirm = await screen.findByTestId(ids.confirm);
  expect(calls.some(({ command }) => command === "backfill.confirm")).toBe(false);
  expect(screen.getByText("38 orders worth RON 3,800.00 are invoiced.")).toBeVisible();
  await userEvent.click(confirm);
  await waitFor(() => expect(calls).toContainEqual({ command: "backfill.confirm", request: { id: "bkf_1" } }));
  expect(await screen.findByTestId(ids.backfillRunning)).toBeVisible();
});

test("a plan that does not wait any more is refused in words", async () => {
  const { t } = await opened(planned, { answers: { "backfill.confirm": refused(refusal("not_planned")) } });
  await userEvent.click(await screen.findByTestId(ids.backfillInvoice));
  await userEvent.click(await screen.findByTestId(ids.confirm));
  expect(await screen.findByText(t("backfill.refused.not_planned"))).toBeVisible();
});

test("a confirmation that was open is not carried over to another plan", async () => {
  const { keep, host } = await opened(planned);
  const tell = (host as unknown as { tell: (tags: string[]) => void }).tell;
  await userEvent.click(await screen.findByTestId(ids.backfillInvoice));
  await screen.findByTestId(ids.confirm);
  keep({ ...planned, id: "bkf_2" });
  tell(["backfill"]);
  await waitFor(() => expect(screen.queryByTestId(ids.confirm)).toBeNull());
});

test("where all would be held, it is no invoice that is promised", async () => {
  const held = { ...planned, groups: [group("hold", "needs_approval", 2)] };
  const { t } = await opened(held);
  expect(await screen.findByTestId(ids.backfillInvoice)).toHaveTextContent(t("backfill.handOver", { count: 2 }));
  expect(screen.queryByTestId(ids.backfillDated)).toBeNull();
});

test("where nothing would be invoiced there is nothing to confirm", async () => {
  const { t } = await opened({ ...planned, groups: [group("invoiced", "", 4), group("left_out", "cancelled", 2)] });
  expect(await screen.findByText(t("backfill.nothing"))).toBeVisible();
  expect(screen.queryByTestId(ids.backfillInvoice)).toBeNull();
});

test("a time without orders says so", async () => {
  const { t } = await opened({ ...planned, groups: [] });
  expect(await screen.findByTestId("empty")).toHaveTextContent(t("backfill.empty", { from: "1 Oct 2026", until: "31 Oct 2026" }));
  expect(screen.queryByTestId(ids.backfillInvoice)).toBeNull();
});

test("another plan gives the one that waits up only when it is made; one can go back to it", async () => {
  const { calls, t } = await opened(planned);
  await userEvent.click(await screen.findByTestId(ids.backfillAnother));
  expect(screen.getByText(t("backfill.replaces"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.backfillBack));
  expect(await screen.findByTestId(ids.backfillPlanned)).toBeVisible();
  expect(calls.some(({ command }) => command === "backfill.plan" || command === "backfill.cancel")).toBe(false);
  await userEvent.click(screen.getByTestId(ids.backfillAnother));
  await userEvent.click(screen.getByTestId(ids.backfillMake));
  expect(await screen.findByTestId(ids.backfillReading)).toBeVisible();
});

test("closing a plan leaves it standing, its flow says that it waits, and it is there again", async () => {
  const { calls, t } = await opened(planned);
  await userEvent.click(await screen.findByTestId(ids.backfillClose));
  expect(screen.queryByTestId(ids.backfill)).toBeNull();
  expect(calls.some(({ command }) => command === "backfill.cancel")).toBe(false);
  expect(screen.getByTestId(ids.olderOrdersState("FCT"))).toHaveTextContent(t("backfill.now.planned"));
  await userEvent.click(screen.getByTestId(ids.olderOrders("FCT")));
  expect(await screen.findByTestId(ids.backfillPlanned)).toBeVisible();
});

test("a plan can be given up by its own button", async () => {
  const { calls, t } = await opened(planned);
  await userEvent.click(await screen.findByTestId(ids.backfillDiscard));
  await waitFor(() => expect(calls).toContainEqual({ command: "backfill.cancel", request: { id: "bkf_1" } }));
  expect(await screen.findByText(t("backfill.over.discarded"))).toBeVisible();
});

test("while it runs it shows how many were handed over, and stopping leaves those alone", async () => {
  const { calls, t } = await opened(running);
  const part = await screen.findByTestId(ids.backfillRunning);
  expect(part.querySelector("[aria-live=polite]")).toHaveTextContent("25 of 41 orders handed to the flow");
  expect(within(part).getByRole("progressbar", { name: t("backfill.progressLabel") })).toHaveAttribute("aria-valuenow", String((25 / 41) * 100));
  expect(screen.getByText(t("backfill.stopText"))).toBeVisible();
  expect(screen.getByTestId(ids.olderOrdersState("FCT"))).toHaveTextContent("25 of 41 handed over");
  expect(await wrongsBesideTheCross()).toEqual([]);
  await userEvent.click(screen.getByTestId(ids.backfillStop));
  await waitFor(() => expect(calls).toContainEqual({ command: "backfill.cancel", request: { id: "bkf_1" } }));
  expect(await screen.findByTestId(ids.backfillOver)).toHaveTextContent("25 of 41 orders were handed to the flow");
});

test("one that runs into a flow that was switched off says that it waits", async () => {
  const { t } = await opened(running, { flow: { enabled: false } });
  expect(await screen.findByText(t("backfill.offMeanwhile"))).toBeVisible();
});

test("one that is done tells how many, leads to the invoices, and to another plan", async () => {
  const { place, t } = await opened(done);
  const over = await screen.findByTestId(ids.backfillOver);
  expect(over).toHaveTextContent("All 41 orders were handed to the flow");
  expect(over).toHaveTextContent(t("backfill.confirmedBy", { who: "Mihai" }));
  expect(screen.queryByTestId(ids.olderOrdersState("FCT"))).toBeNull();
  expect(await wrongsBesideTheCross()).toEqual([]);
  await userEvent.click(screen.getByTestId(ids.backfillAnother));
  expect(await screen.findByTestId(ids.backfillNew)).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.backfillBack));
  await userEvent.click(await screen.findByTestId(ids.backfillInvoices));
  await waitFor(() => expect(place()).toBe("/invoices"));
});

test("one that was stopped says how far it came", async () => {
  await opened(stopped);
  expect(await screen.findByTestId(ids.backfillOver)).toHaveTextContent("Stopped: 25 of 41 orders");
});

test("one that failed says why, that nothing was invoiced, and leads to another", async () => {
  const { t } = await opened({ ...planned, state: "failed", failure, groups: [] });
  const over = await screen.findByTestId(ids.backfillOver);
  expect(over).toHaveTextContent(t("backfill.over.failed"));
  expect(over).toHaveTextContent(t(`failure.${failure.kind}.title`));
  await userEvent.click(screen.getByTestId(ids.backfillAnother));
  expect(await screen.findByTestId(ids.backfillMake)).toBeEnabled();
});

test("a list that cannot be read says so", async () => {
  const { t } = await opened(null, { answers: { "backfill.list": new Error("boom") } });
  expect(await screen.findByTestId("error-note")).toHaveTextContent(t("error.internal"));
});

test("Romanian counts its orders rightly", async () => {
  const of = (count: number) => ({ ...planned, groups: [group("issue", "", count)] });
  const { keep, host } = await opened(of(1));
  const act_ = await screen.findByTestId(ids.backfillInvoice);
  await act(async () => void (await i18next.changeLanguage("ro")));
  expect(act_).toHaveTextContent("Facturează 1 comandă");
  for (const [count, words] of [[2, "Facturează 2 comenzi"], [20, "Facturează 20 de comenzi"]] as const) {
    keep(of(count));
    (host as unknown as { tell: (tags: string[]) => void }).tell(["backfill"]);
    await waitFor(() => expect(screen.getByTestId(ids.backfillInvoice)).toHaveTextContent(words));
  }
});
