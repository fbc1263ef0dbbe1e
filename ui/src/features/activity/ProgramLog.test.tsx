import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { LogRequest } from "../../api/generated/api";
import { LOOK_MS, withFresh } from "../../api/log";
import { useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { broken, connections, page, rests, sending } from "../../test/log";
import { type Answers, type Call, show } from "../../test/show";
import { ActivityScreen } from "./ActivityScreen";

/** The last lines; nothing came since. */
const last = ({ after }: LogRequest) => (after === null ? page([rests, sending, broken]) : page([], { newer: after }));
const answers: Answers = { "log.tail": last, "connections.list": connections };
const everyLine: LogRequest = { level: "", connection: "", order: "", text: "", before: null, after: null };
const asked = (calls: Call[]) => calls.filter(({ command }) => command === "log.tail").map(({ request }) => request as LogRequest);

afterEach(() => vi.useRealTimers());

/** As the frame does: it asks who is there first. */
function Asking() {
  return useAsk("session.get", {}).data ? <ActivityScreen /> : null;
}

test("lines are listed newest first, each with its time, level in words, message and what it is about", async () => {
  const { t, calls } = await show(<ActivityScreen />, answers, "/activity?tab=log");
  const line = await screen.findByTestId(ids.logLine(rests.at));
  for (const told of [t("log.level.warn"), "the connection rests", "SmartBill RO1"]) await waitFor(() => expect(line).toHaveTextContent(told));
  expect(screen.getByTestId(ids.logLine(sending.at))).toHaveTextContent("#1042");
  const half = screen.getByTestId(ids.logLine(broken.at));
  for (const told of [t("log.noTime"), t("log.level.none"), t("log.ofMachine")]) expect(half).toHaveTextContent(told);
  expect(asked(calls)[0]).toEqual(everyLine);
  expect(screen.getByText(/3 lines/)).toBeVisible();
  expect(await wrongs()).toEqual([]);
});

test("a line opens to all that it says, and leads to its record and connection", async () => {
  const { t, place } = await show(<ActivityScreen />, answers, "/activity?tab=log");
  const line = await screen.findByTestId(ids.logLine(sending.at));
  expect(line).toHaveAttribute("aria-expanded", "false");
  await userEvent.click(line);
  expect(line).toHaveAttribute("aria-expanded", "true");
  const facts = within(await screen.findByTestId(ids.logPart("facts")));
  for (const told of ["punte_engine::connect", "automatic", "doc_1"]) expect(facts.getByText(told)).toBeVisible();
  expect(facts.getByText(/0: one/)).toBeVisible();
  expect(await wrongs()).toEqual([]);
  await userEvent.click(facts.getByText(t("log.openRecord")));
  await waitFor(() => expect(place()).toContain("document=doc_1"));
  await userEvent.click(facts.getByText(t("log.onlyOrder")));
  await waitFor(() => expect(place()).toMatch(/about=.*1042/));
  await userEvent.click(line);
  expect(screen.queryByTestId(ids.logPart("facts"))).toBeNull();
});

test("it is narrowed by level, connection, order and words, in the address, and shown whole again", async () => {
  const { calls, t, place } = await show(<ActivityScreen />, answers, "/activity?tab=log");
  await userEvent.click(await screen.findByTestId(ids.logLevel));
  await userEvent.click(await screen.findByRole("option", { name: t("log.least.warn") }));
  await waitFor(() => expect(asked(calls)).toContainEqual({ ...everyLine, level: "warn" }));
  await userEvent.click(screen.getByTestId(ids.logConnection));
  await userEvent.click(await screen.findByRole("option", { name: "SmartBill RO1" }));
  await waitFor(() => expect(asked(calls)).toContainEqual({ ...everyLine, level: "warn", connection: "con_smartbill" }));
  await userEvent.type(screen.getByTestId(ids.logOrder), "1042{Enter}");
  await waitFor(() => expect(asked(calls).at(-1)?.order).toBe("1042"));
  await userEvent.type(screen.getByTestId(ids.search), "rests{Enter}");
  await waitFor(() => expect(asked(calls).at(-1)).toEqual({ ...everyLine, level: "warn", connection: "con_smartbill", order: "1042", text: "rests" }));
  expect(place()).toMatch(/level=warn/);
});

test("nothing that matches leads back to every line, and an empty log says what will stand there", async () => {
  const { t, place } = await show(<ActivityScreen />, { ...answers, "log.tail": page([], { newer: null }) }, "/activity?tab=log&q=nothing");
  await userEvent.click(await screen.findByText(t("log.showAll")));
  await waitFor(() => expect(place()).not.toContain("q="));
  expect(await screen.findByTestId("empty")).toHaveTextContent(t("log.emptyText"));
});

test("older lines follow, and a search that was not over says so", async () => {
  const pages = ({ before }: LogRequest) => (before === null ? page([rests], { older: "2026-11-26:40", newer: null, isCut: true }) : page([sending], { newer: null }));
  const { calls, t } = await show(<ActivityScreen />, { ...answers, "log.tail": pages }, "/activity?tab=log");
  expect(await screen.findByText(t("log.cut"))).toBeVisible();
  await userEvent.click(screen.getByText(t("log.lookOn")));
  expect(await screen.findByTestId(ids.logLine(sending.at))).toBeVisible();
  expect(asked(calls)).toContainEqual({ ...everyLine, before: "2026-11-26:40" });
  expect(screen.queryByTestId(ids.logMore)).toBeNull();
});

test("what comes since appears above until it is paused, and a host that is silent is told", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  let after: (request: LogRequest) => unknown = () => page([{ ...rests, at: "2026-11-27:1300", message: "came since" }], { newer: "2026-11-27:1400" });
  const tail = (request: LogRequest) => (request.after === null ? page([sending]) : after(request));
  const { calls, t } = await show(<ActivityScreen />, { ...answers, "log.tail": tail }, "/activity?tab=log");
  await screen.findByTestId(ids.logLine(sending.at));
  await act(() => vi.advanceTimersByTimeAsync(LOOK_MS + 50));
  expect(await screen.findByTestId(ids.logLine("2026-11-27:1300"))).toHaveTextContent("came since");
  expect(asked(calls)).toContainEqual({ ...everyLine, after: "2026-11-27:1200" });
  after = () => {
    throw new Error("silent");
  };
  await act(() => vi.advanceTimersByTimeAsync(LOOK_MS + 50));
  expect(asked(calls).at(-1)).toEqual({ ...everyLine, after: "2026-11-27:1400" });
  expect(screen.getByRole("status")).toHaveTextContent(t("log.notFollowed"));
  await userEvent.setup({ advanceTimers: vi.advanceTimersByTime }).click(screen.getByTestId(ids.logFollow));
  expect(screen.getByRole("status")).toHaveTextContent(t("log.paused"));
  const before = asked(calls).length;
  await act(() => vi.advanceTimersByTimeAsync(3 * LOOK_MS));
  expect(asked(calls)).toHaveLength(before);
});

test("of a long log that is followed the oldest lines go, and can be asked for again", () => {
  const many = Array.from({ length: 5000 }, (_, index) => ({ ...rests, at: `2026-11-27:${9999 - index}` }));
  const before = { pages: [page(many), page([sending])], pageParams: [null, "2026-11-27:5000"] };
  const now = withFresh(before, page([{ ...rests, at: "2026-11-28:0" }], { newer: "2026-11-28:90" }));
  expect(now.pages).toHaveLength(1);
  expect(now.pages[0]?.lines).toHaveLength(5000);
  expect(now.pages[0]?.lines[0]?.at).toBe("2026-11-28:0");
  expect(now.pages[0]?.older).toBe(now.pages[0]?.lines.at(-1)?.at);
  expect(now.pages[0]?.newer).toBe("2026-11-28:90");
});

test("one log leads to the other, without what narrowed it", async () => {
  const both = { ...answers, "audit.list": { rows: [], before: null }, "session.get": { needed: false, signedIn: false, operator: "Ana", role: "admin", lockAfterMin: 0, people: [] } };
  const { place } = await show(<ActivityScreen />, both, "/activity?who=Ana");
  await userEvent.click(await screen.findByTestId(ids.logTab("log")));
  await waitFor(() => expect(place()).toBe("/activity?tab=log"));
  await userEvent.click(screen.getByTestId(ids.logTab("audit")));
  await waitFor(() => expect(place()).toBe("/activity"));
});

test("an error is told with a way to try again, and whose role does not reach it which one does", async () => {
  const { calls } = await show(<ActivityScreen />, { ...answers, "log.tail": new Error("the folder cannot be read") }, "/activity?tab=log");
  const again = await screen.findByRole("button", { name: /again/i });
  await userEvent.click(again);
  await waitFor(() => expect(asked(calls).length).toBeGreaterThan(1));
});

test("a viewer is told which role reads it", async () => {
  const session = { needed: true, signedIn: true, operator: "Dan", role: "viewer", lockAfterMin: 0, people: ["Dan"] };
  const { calls, t } = await show(<Asking />, { ...answers, "session.get": session }, "/activity?tab=log");
  expect(await screen.findByText(t("needsRole.operator"))).toBeVisible();
  expect(asked(calls)).toEqual([]);
});
