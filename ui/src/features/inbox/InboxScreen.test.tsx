import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { DeliveryRequest, DeliveryRow, InboxRequest } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { catalogues } from "../../shared/i18n/catalogues";
import { wrongs } from "../../test/axe";
import { delivered, delivery, forged, listening, page, quiet, shop } from "../../test/inbox";
import { failure } from "../../test/samples";
import { type Answers, show } from "../../test/show";
import { InboxScreen } from "./InboxScreen";
import { verdictOf } from "./Verdict";

const billing = { ...shop, id: "con_2", kind: "oblio", name: "Atelier bills" };
const answers: Answers = {
  "inbox.list": page,
  "inbox.get": ({ personal }: DeliveryRequest) =>
    personal ? { ...delivery, body: '{\n  "email": "ana@example.com"\n}', isMasked: false } : delivery,
  "listener.get": listening,
  "connections.list": { shops: [shop], billing: [billing], flows: [] },
};
const nothing = { rows: [], before: null, counts: { waiting: 0, done: 0, failed: 0, refused: 0 } };
const everything: InboxRequest = { connection: null, show: null, text: "", before: null };
const asked = (calls: { command: string; request: unknown }[]) =>
  calls.filter((call) => call.command === "inbox.list").map((call) => call.request as InboxRequest);

/** Opens one delivery, whose row is as given. */
async function opened(row: Partial<DeliveryRow>, more: Answers = {}) {
  const shown = await show(<InboxScreen />, { ...answers, "inbox.get": { ...delivery, row: { ...delivered, ...row } }, ...more }, "/inbox?delivery=dlv_1");
  return { ...shown, panel: within(await screen.findByTestId(ids.deliveryPanel)) };
}

test("what came is listed with its check and what followed, each in words, and its order opens the record", async () => {
  const { t, place, calls } = await show(<InboxScreen />, answers, "/inbox");
  const row = await screen.findByTestId(ids.delivery("dlv_1"));
  expect(row).toHaveTextContent("order.updated");
  expect(row).toHaveTextContent("Atelier shop");
  expect(row).toHaveTextContent(t("inbox.verdict.accepted.title"));
  expect(row).toHaveTextContent(t("inbox.state.done"));
  const refused = screen.getByTestId(ids.delivery("dlv_2"));
  expect(refused).toHaveTextContent(t("inbox.verdict.bad_signature.title"));
  expect(refused).toHaveTextContent(t("inbox.state.none"));
  expect(asked(calls)[0]).toEqual(everything);
  expect(screen.queryByTestId(ids.inboxOff)).toBeNull();
  await userEvent.click(within(row).getByTestId(ids.deliveryOrder));
  await waitFor(() => expect(place()).toContain("order=ord_1"));
  expect(place()).not.toContain("delivery=");
  expect(await wrongs()).toEqual([]);
});

test("each filter has its count of seven days, and asks for its own", async () => {
  const { calls, place } = await show(<InboxScreen />, answers, "/inbox");
  await screen.findByTestId(ids.delivery("dlv_1"));
  expect(screen.getByTestId(ids.inboxShow("refused"))).toHaveTextContent("Refused 7");
  expect(screen.getByTestId(ids.inboxShow("failed"))).toHaveTextContent("Failed 2");
  for (const wanted of ["refused", "failed", "waiting", "done"]) {
    await userEvent.click(screen.getByTestId(ids.inboxShow(wanted)));
    await waitFor(() => expect(asked(calls)).toContainEqual({ ...everything, show: wanted }));
    expect(place()).toContain(`filter=${wanted}`);
  }
  await userEvent.click(screen.getByTestId(ids.inboxShow("all")));
  await waitFor(() => expect(place()).not.toContain("filter="));
});

test("it is narrowed to a connection, and to what is typed", async () => {
  const { calls, t, place } = await show(<InboxScreen />, answers, "/inbox");
  await userEvent.click(await screen.findByTestId(ids.inboxConnection));
  await userEvent.click(await screen.findByRole("option", { name: "Atelier bills" }));
  await waitFor(() => expect(asked(calls)).toContainEqual({ ...everything, connection: "con_2" }));
  await userEvent.type(screen.getByTestId(ids.search), " 1042 {Enter}");
  await waitFor(() => expect(asked(calls)).toContainEqual({ ...everything, connection: "con_2", text: "1042" }));
  await userEvent.click(screen.getByRole("button", { name: t("common.clear") }));
  await waitFor(() => expect(place()).toBe("/inbox?connection=con_2"));
});

test("older ones follow where the page before ended", async () => {
  const { calls } = await show(
    <InboxScreen />,
    { ...answers, "inbox.list": ({ before }: InboxRequest) => (before === null ? { ...page, rows: [delivered], before: 17 } : { ...page, rows: [forged] }) },
    "/inbox",
  );
  await userEvent.click(await screen.findByTestId(ids.inboxMore));
  expect(await screen.findByTestId(ids.delivery("dlv_2"))).toBeVisible();
  expect(screen.getByTestId(ids.delivery("dlv_1"))).toBeVisible();
  expect(asked(calls)).toContainEqual({ ...everything, before: 17 });
  expect(screen.queryByTestId(ids.inboxMore)).toBeNull();
});

test("an empty inbox says that orders come all the same, and how to receive webhooks", async () => {
  const { t, place } = await show(<InboxScreen />, { ...answers, "inbox.list": nothing, "listener.get": quiet }, "/inbox");
  expect(await screen.findByTestId("empty")).toHaveTextContent(t("inbox.emptyText"));
  expect(await screen.findByTestId(ids.inboxOff)).toHaveTextContent(t("inbox.off"));
  expect(await wrongs()).toEqual([]);
  await userEvent.click(screen.getByText(t("inbox.toSettings")));
  await waitFor(() => expect(place()).toContain("/settings"));
});

test("a listener that cannot listen is told with where to see why", async () => {
  const { t } = await show(<InboxScreen />, { ...answers, "listener.get": { ...listening, address: null, error: "address in use" } }, "/inbox");
  expect(await screen.findByTestId(ids.inboxOff)).toHaveTextContent(t("inbox.broken"));
});

test("a search that finds nothing leads back to everything", async () => {
  const { t, place } = await show(<InboxScreen />, { ...answers, "inbox.list": nothing }, "/inbox?q=nosuch&filter=failed");
  expect(await screen.findByTestId("empty")).toHaveTextContent(t("inbox.none"));
  expect(screen.getByTestId(ids.search)).toHaveValue("nosuch");
  await userEvent.click(screen.getByText(t("inbox.showAll")));
  await waitFor(() => expect(place()).toBe("/inbox"));
  expect(screen.getByTestId(ids.search)).toHaveValue("");
});

test("a row opens its delivery, with ids, headers and content, and closes again", async () => {
  const { t, place } = await show(<InboxScreen />, answers, "/inbox");
  fireEvent.click(await screen.findByTestId(ids.delivery("dlv_1")));
  const panel = within(await screen.findByTestId(ids.deliveryPanel));
  expect(await panel.findByTestId(ids.deliveryVerdict)).toHaveTextContent(t("inbox.verdict.accepted.title"));
  expect(panel.getByText("7c1e")).toBeVisible();
  expect(panel.getByText("evt_9")).toBeVisible();
  expect(panel.getByText("x-wc-webhook-topic")).toBeVisible();
  expect(panel.getByText(t("inbox.status.good", { status: 200 }))).toBeVisible();
  expect(panel.getByText(/Ana: the shop was down/)).toBeVisible();
  expect(panel.getByTestId(ids.deliveryOrder)).toHaveTextContent("#1042");
  expect(await wrongs()).toEqual([]);
  await userEvent.click(panel.getByRole("button", { name: t("inbox.close") }));
  await waitFor(() => expect(place()).not.toContain("delivery="));
});

test("what is personal is hidden until it is asked for, and hidden again in the next one", async () => {
  const { calls, t, go } = await show(<InboxScreen />, answers, "/inbox?delivery=dlv_1");
  expect(await screen.findByTestId(ids.deliveryBody)).toHaveTextContent("•••");
  expect(screen.getByText(t("inbox.masked"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.deliveryPersonal));
  await waitFor(() => expect(screen.getByTestId(ids.deliveryBody)).toHaveTextContent("ana@example.com"));
  expect(calls).toContainEqual({ command: "inbox.get", request: { id: "dlv_1", personal: true } });
  expect(screen.getByTestId(ids.deliveryPersonal)).toHaveTextContent(t("inbox.notPersonal"));
  await go("/inbox?delivery=dlv_2");
  await waitFor(() => expect(calls).toContainEqual({ command: "inbox.get", request: { id: "dlv_2", personal: false } }));
  expect(await screen.findByTestId(ids.deliveryBody)).toHaveTextContent("•••");
});

test("a wrong signature says which secret is meant, and leads to where it is set", async () => {
  const { t, panel, place } = await opened({ ...forged, id: "dlv_1" });
  expect(await panel.findByText(t("inbox.verdict.bad_signature.what"))).toBeVisible();
  expect(panel.getByText(t("inbox.verdict.bad_signature.fix"))).toBeVisible();
  expect(panel.getByText(t("inbox.status.bad", { status: 401 }))).toBeVisible();
  expect(panel.queryByTestId(ids.deliveryReplay)).toBeNull();
  await userEvent.click(panel.getByTestId(ids.deliveryHooks));
  await waitFor(() => expect(place()).toContain("/connections?connection=con_1"));
});

test("a duplicate is harmless, an altered one is not, and what is not signed is only kept", () => {
  const copy = { ...delivered, verdict: "replayed" };
  expect(verdictOf(copy)).toBe("replayed");
  expect(verdictOf({ ...copy, status: 409 })).toBe("forged");
  expect(verdictOf({ ...delivered, kind: "oblio" })).toBe("unsigned");
  const known = ["accepted", "ping", "no_secret", "no_signature", "bad_signature", "stale", "unreadable", "replayed", "too_large", "wrong_type"];
  for (const { inbox } of [catalogues.en, catalogues.ro]) {
    expect(Object.keys(inbox.verdict).sort()).toEqual([...known, "forged", "unsigned"].sort());
  }
});

test("a failed one says what failed, and is processed again with a reason, safely", async () => {
  const failed = { state: "failed", failure: { ...failure, kind: "timed_out", source: "woocommerce", providerWords: "gateway timeout" }, tries: 6 };
  const { t, panel, calls } = await opened(failed, { "inbox.replay": delivery });
  expect(await panel.findByText("gateway timeout")).toBeVisible();
  expect(panel.getByText(t("inbox.stateText.failed"))).toBeVisible();
  await userEvent.click(panel.getByTestId(ids.deliveryReplay));
  expect(await screen.findByText(t("inbox.replaySafe"))).toBeVisible();
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "the shop answers again");
  await userEvent.click(screen.getByTestId(ids.confirm));
  await waitFor(() => expect(calls).toContainEqual({ command: "inbox.replay", request: { id: "dlv_1", reason: "the shop answers again" } }));
  expect(await screen.findByText(t("inbox.replayed"))).toBeVisible();
  await waitFor(() => expect(screen.queryByTestId(ids.confirm)).toBeNull());
});

test("Escape closes the question, and the delivery stays open", async () => {
  const { panel, place } = await opened({});
  await userEvent.click(await panel.findByTestId(ids.deliveryReplay));
  await screen.findByTestId(ids.reason);
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId(ids.reason)).toBeNull());
  expect(place()).toContain("delivery=dlv_1");
});

test("what waits, or has nothing to follow, says why it cannot be processed again", async () => {
  const { t, panel } = await opened({ state: "waiting" });
  expect(await panel.findByTestId(ids.deliveryReplay)).toBeDisabled();
  expect(panel.getByText(t("inbox.notReplayable.under_way"))).toBeVisible();
});

test("it is read again when something came, and speaks Romanian", async () => {
  const { host, calls } = await show(<InboxScreen />, answers, "/inbox");
  await screen.findByTestId(ids.delivery("dlv_1"));
  const before = asked(calls).length;
  (host as unknown as { tell: (tags: string[]) => void }).tell(["inbox"]);
  await waitFor(() => expect(asked(calls).length).toBe(before + 1));
  await i18next.changeLanguage("ro");
  expect(await screen.findByText("semnătură greșită")).toBeVisible();
});

test("an inbox that cannot be read says so", async () => {
  const { t } = await show(<InboxScreen />, { ...answers, "inbox.list": new Error("busy") }, "/inbox");
  expect(await screen.findByTestId("error-note")).toHaveTextContent("busy");
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});
