import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { AuditGet, AuditReport, AuditRequest } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { catalogues } from "../../shared/i18n/catalogues";
import { ids } from "../../shared/lib/testids";
import { cutOff, log, look, refused, storno, whole } from "../../test/audit";
import { wrongs } from "../../test/axe";
import { type Answers, type Call, show } from "../../test/show";
import { ActivityScreen } from "./ActivityScreen";
import { dayMs } from "./words";

const line = `2026-11-27 ws_1 ${whole.head}`;
const answers: Answers = {
  "audit.list": log,
  "audit.get": ({ row, personal }: AuditGet) => ({
    entry: log.rows.find((one) => one.row === row) ?? storno,
    personal: personal ? [{ path: "/request/email/to", value: "ion@example.com" }] : null,
  }),
  "audit.verify": whole,
  "audit.anchor": { line, daily: [`2026-11-26 ws_1 3:${"b1".repeat(32)}`] },
};
const everything: AuditRequest = {
  who: null, act: null, subjectKind: null, subjectId: null, outcome: null, fromMs: null, toMs: null, text: "", before: null,
};
const asked = (calls: Call[]) => calls.filter(({ command }) => command === "audit.list").map(({ request }) => request as AuditRequest);

/** As the frame does: it asks who is there first. */
function Asking() {
  return useAsk("session.get", {}).data ? <ActivityScreen /> : null;
}

async function verdict(report: Partial<AuditReport>) {
  const shown = await show(<ActivityScreen />, { ...answers, "audit.verify": { ...whole, ...report } }, "/activity");
  await userEvent.click(await screen.findByTestId(ids.auditVerify));
  return { ...shown, told: await screen.findByTestId(ids.auditVerdict) };
}

test("what was done is listed in words, with who, from where, about what, how it ended and why", async () => {
  const { t, calls } = await show(<ActivityScreen />, answers, "/activity");
  const row = await screen.findByTestId(ids.auditEntry(11));
  for (const told of ["Ana", t("activity.host.window"), "issued a storno", "FCT 0042", t("activity.outcome.done"), "returned goods"]) {
    expect(row).toHaveTextContent(told);
  }
  expect(screen.getByTestId(ids.auditEntry(9))).toHaveTextContent(t("activity.outcome.refused"));
  expect(screen.getByTestId(ids.auditEntry(7))).toHaveTextContent(t("activity.outcome.asked"));
  expect(asked(calls)[0]).toEqual(everything);
  expect(await wrongs()).toEqual([]);
});

test("what an act was about opens its record", async () => {
  const { place } = await show(<ActivityScreen />, answers, "/activity");
  await userEvent.click(within(await screen.findByTestId(ids.auditEntry(11))).getByTestId(ids.auditSubject));
  await waitFor(() => expect(place()).toContain("document=doc_1"));
  expect(place()).not.toContain("entry=");
});

test("it is narrowed by outcome, person, act, days and text, and shown whole again", async () => {
  const { calls, t, place } = await show(<ActivityScreen />, answers, "/activity");
  await userEvent.click(await screen.findByTestId(ids.auditOutcome("refused")));
  await waitFor(() => expect(asked(calls)).toContainEqual({ ...everything, outcome: "refused" }));
  await userEvent.click(screen.getByTestId(ids.auditWho));
  await userEvent.click(await screen.findByRole("option", { name: "Dan" }));
  await waitFor(() => expect(asked(calls)).toContainEqual({ ...everything, outcome: "refused", who: "Dan" }));
  await userEvent.click(screen.getByTestId(ids.auditAct));
  await userEvent.click(await screen.findByRole("option", { name: "saved a flow" }));
  await waitFor(() => expect(asked(calls).at(-1)?.act).toBe("flows.save"));
  fireEvent.change(screen.getByTestId(ids.auditFrom), { target: { value: "2026-11-26" } });
  fireEvent.change(screen.getByTestId(ids.auditTo), { target: { value: "2026-11-27" } });
  await waitFor(() => expect(asked(calls).at(-1)).toMatchObject({ fromMs: dayMs("2026-11-26"), toMs: dayMs("2026-11-28") }));
  await userEvent.type(screen.getByTestId(ids.search), "1042{Enter}");
  await waitFor(() => expect(asked(calls).at(-1)?.text).toBe("1042"));
  await userEvent.click(screen.getByRole("button", { name: t("common.clear") }));
  await waitFor(() => expect(place()).not.toContain("q="));
});

test("nothing that matches leads back to everything, and an empty log says what will stand there", async () => {
  const nothing = { ...answers, "audit.list": { rows: [], before: null } };
  const { t, place } = await show(<ActivityScreen />, nothing, "/activity?who=Eva&filter=done");
  await userEvent.click(await screen.findByText(t("activity.showAll")));
  await waitFor(() => expect(place()).toBe("/activity"));
  expect(await screen.findByTestId("empty")).toHaveTextContent(t("activity.emptyText"));
  expect(await wrongs()).toEqual([]);
});

test("older entries follow where the page before ended", async () => {
  const pages = ({ before }: AuditRequest) => (before === null ? { rows: [storno], before: 11 } : { rows: [refused], before: null });
  const { calls } = await show(<ActivityScreen />, { ...answers, "audit.list": pages }, "/activity");
  await userEvent.click(await screen.findByTestId(ids.auditMore));
  expect(await screen.findByTestId(ids.auditEntry(9))).toBeVisible();
  expect(asked(calls)).toContainEqual({ ...everything, before: 11 });
  expect(screen.queryByTestId(ids.auditMore)).toBeNull();
});

test("an entry says what it changed, who approved it, and leads to all about the same", async () => {
  const { t, calls } = await show(<ActivityScreen />, answers, "/activity?entry=11");
  const panel = within(await screen.findByTestId(ids.auditPanel));
  expect(await panel.findByText("reversed")).toBeVisible();
  expect(panel.getByText("issued")).toBeVisible();
  expect(panel.getByText("Bogdan")).toBeVisible();
  expect(panel.getByText("11, 12")).toBeVisible();
  expect(panel.queryByTestId(ids.auditShowAside)).toBeNull();
  expect(await wrongs()).toEqual([]);
  await userEvent.click(panel.getByText(t("activity.onlySubject")));
  await waitFor(() => expect(asked(calls)).toContainEqual({ ...everything, subjectKind: "document", subjectId: "doc_1" }));
});

test("a look at clients says how much it held", async () => {
  const found = { ...answers, "audit.get": { entry: look, personal: null } };
  const { t } = await show(<ActivityScreen />, found, "/activity?entry=5");
  const held = within(await screen.findByTestId(ids.auditPanel)).findByTestId(ids.auditHeld);
  const told = [`${t("activity.held.clients")}: 2`, `${t("activity.held.orders")}: 3`, `${t("activity.held.documents")}: 1`];
  expect(await held).toHaveTextContent(told.join(" · "));
  expect(screen.getByTestId(ids.auditRequest)).toHaveTextContent("query");
  expect(await wrongs()).toEqual([]);
});

test("a refusal says why, and what was cut off says that nobody knows its end", async () => {
  const { t, go } = await show(<ActivityScreen />, answers, `/activity?entry=${refused.row}`);
  expect(await screen.findByText(t("error.forbidden"))).toBeVisible();
  expect(screen.getByText(t("activity.outcomeText.refused"))).toBeVisible();
  await go(`/activity?entry=${cutOff.row}`);
  expect(await screen.findByText(t("activity.outcomeText.asked"))).toBeVisible();
});

test("without a name it was Punte itself, or nobody who had signed in", async () => {
  const nameless = [{ ...storno, row: 3, who: "", act: "ledger.behind", host: "engine" }, { ...refused, row: 1, who: "", act: "session.sign_in" }];
  const { t } = await show(<ActivityScreen />, { ...answers, "audit.list": { rows: nameless, before: null } }, "/activity");
  expect(await screen.findByTestId(ids.auditEntry(3))).toHaveTextContent(t("activity.punte"));
  expect(screen.getByTestId(ids.auditEntry(1))).toHaveTextContent(t("activity.nobody"));
});

test("whoever signed in stands for it, and whoever tried in vain does not", async () => {
  const signIn = { ...storno, who: "", role: "", act: "session.sign_in", subject: { kind: "person", id: "Elena", label: null } };
  const rows = [{ ...signIn, row: 9 }, { ...signIn, row: 8, outcome: "refused" }];
  const { t } = await show(<ActivityScreen />, { ...answers, "audit.list": { rows, before: null } }, "/activity");
  const who = async (row: number) => within(await screen.findByTestId(ids.auditEntry(row))).getAllByRole("cell")[1];
  expect(await who(9)).toHaveTextContent("Elena");
  expect(await who(8)).toHaveTextContent(t("activity.nobody"));
});

test("whose role does not reach it is told which one does", async () => {
  const session = { needed: true, signedIn: true, operator: "Dan", role: "viewer", lockAfterMin: 0, people: ["Dan"] };
  const { calls, t } = await show(<Asking />, { ...answers, "session.get": session }, "/activity");
  expect(await screen.findByText(t("needsRole.operator"))).toBeVisible();
  expect(calls.map(({ command }) => command)).toEqual(["session.get"]);
});

test("what tells a person is hidden until it is asked for", async () => {
  const { calls } = await show(<ActivityScreen />, answers, `/activity?entry=${cutOff.row}`);
  const button = await screen.findByTestId(ids.auditShowAside);
  expect(screen.queryByTestId(ids.auditAside)).toBeNull();
  await userEvent.click(button);
  expect(await screen.findByTestId(ids.auditAside)).toHaveTextContent("ion@example.com");
  expect(calls).toContainEqual({ command: "audit.get", request: { row: 7, personal: true } });
});

test("a whole log is said to be whole, and up to where it is vouched for", async () => {
  const { told, t } = await verdict({ erased: 2, losses: [{ row: 3, atMs: 1_764_000_000_000, from: 3, to: 5 }] });
  expect(told).toHaveTextContent(t("activity.whole", { rows: 12 }));
  expect(told).toHaveTextContent(t("activity.vouched", { row: 12 }));
  expect(told).toHaveTextContent(t("activity.erasedCount", { count: 2 }));
  expect(told).toHaveTextContent("Rows 3 to 5 were lost");
  expect(await wrongs()).toEqual([]);
});

test("a log that is not whole names the row and what was done to it", async () => {
  const broken = { row: 7, other: null, witness: null, atMs: 1_764_000_000_000, who: "Ana", act: "flows.save" };
  const faults: [Partial<NonNullable<AuditReport["broken"]>>, string][] = [
    [{ fault: "changed" }, "Row 7 was changed."],
    [{ fault: "removed", other: 7, atMs: null }, "Row 7 is missing."],
    [{ fault: "removed", other: 9, atMs: null }, "Rows 7 to 9 are missing."],
    [{ fault: "moved", other: 9 }, "it was row 9"],
    [{ fault: "inserted" }, "Row 7 was put in later."],
    [{ fault: "personal_changed" }, "kept aside of row 7 was changed"],
    [{ fault: "rewritten", other: 4, witness: "anchor" }, "in a daily anchor"],
  ];
  const { t, told } = await verdict({ broken: { ...broken, fault: "changed", ...faults[0]?.[0] }, witnessedTo: 0 });
  expect(told).toHaveTextContent(t("activity.broken"));
  expect(told).toHaveTextContent("Ana");
  expect(told).toHaveTextContent("saved a flow");
  expect(told).toHaveTextContent(t("activity.vouchedNone"));
  const { breakWords } = await import("./Verify");
  for (const [fault, words] of faults) {
    expect(breakWords({ ...broken, fault: "changed", ...fault }, t)).toContain(words);
  }
});

test("anchors are shown to be kept elsewhere, and the log is verified against one that was", async () => {
  const { calls, t } = await show(<ActivityScreen />, answers, "/activity");
  await userEvent.click(await screen.findByTestId(ids.auditAnchors));
  expect(await screen.findByText(line)).toBeVisible();
  expect(screen.getByText(/2026-11-26 ws_1 3:/)).toBeVisible();
  expect(screen.getByTestId(ids.auditGivenVerify)).toBeDisabled();
  fireEvent.change(screen.getByTestId(ids.auditGiven), { target: { value: line } });
  await userEvent.click(screen.getByTestId(ids.auditGivenVerify));
  await waitFor(() => expect(calls).toContainEqual({ command: "audit.verify", request: { head: line } }));
  expect(await screen.findByTestId(ids.auditVerdict)).toHaveTextContent(t("activity.whole", { rows: 12 }));
  expect(await wrongs()).toEqual([]);
});

test("what is shown is exported as it is narrowed", async () => {
  const file = { name: "audit.csv", mediaType: "text/csv", base64: "cm93" };
  URL.createObjectURL = () => "blob:file";
  URL.revokeObjectURL = () => {};
  const { calls, t } = await show(<ActivityScreen />, { ...answers, "audit.export": file }, "/activity?filter=refused");
  await userEvent.click(await screen.findByTestId(ids.auditExport));
  await userEvent.click(await screen.findByTestId(ids.auditExportAs("csv")));
  await waitFor(() =>
    expect(calls).toContainEqual({ command: "audit.export", request: { ...everything, outcome: "refused", format: "csv" } }),
  );
  expect(await screen.findByText(t("activity.exported"))).toBeVisible();
});

test("it is read again when something was put on record, and speaks Romanian", async () => {
  const { host, calls } = await show(<ActivityScreen />, answers, "/activity");
  await screen.findByTestId(ids.auditEntry(11));
  const before = asked(calls).length;
  (host as unknown as { tell: (tags: string[]) => void }).tell(["audit"]);
  await waitFor(() => expect(asked(calls).length).toBe(before + 1));
  await i18next.changeLanguage("ro");
  expect(await screen.findAllByText("a emis un storno")).not.toHaveLength(0);
});

test("both languages have the same words for acts and subjects", () => {
  const shape = (words: Record<string, unknown>): unknown[] =>
    Object.entries(words).map(([name, inner]) => (typeof inner === "string" ? name : [name, shape(inner as Record<string, unknown>)]));
  expect(shape(catalogues.ro.activity.did)).toEqual(shape(catalogues.en.activity.did));
  expect(shape(catalogues.ro.activity.subjectKind)).toEqual(shape(catalogues.en.activity.subjectKind));
});
