import { EditorView } from "@codemirror/view";
import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { DraftSave, MappingDocument, TryRequest } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { editorAnswers, mappingInfo, sample, tryMapping } from "../../../test/mapping";
import { asOperator } from "../../../test/people";
import { type Call, show } from "../../../test/show";
import { MappingsScreen } from "../MappingsScreen";

const city = ids.target(null, "client.city");

async function opened(more = {}, address = "/mappings") {
  const shown = await show(<MappingsScreen />, editorAnswers(more), address);
  await screen.findByTestId(ids.source("order.billing.city"), {}, { timeout: 8000 });
  await waitFor(() => expect(screen.getByTestId(city)).toHaveTextContent("Bucuresti"));
  return shown;
}

/** The expression as CodeMirror holds it. */
function view(): EditorView {
  const found = EditorView.findFromDOM(screen.getByTestId(ids.expression));
  if (!found) throw new Error("no expression field");
  return found;
}

function write(text: string) {
  act(() => view().dispatch({ changes: { from: 0, to: view().state.doc.length, insert: text }, userEvent: "input.type" }));
}

function drag(from: HTMLElement, to: HTMLElement) {
  fireEvent.pointerDown(from, { clientX: 10, clientY: 10, button: 0 });
  fireEvent.pointerMove(to, { clientX: 200, clientY: 60 });
  fireEvent.pointerUp(to, { clientX: 200, clientY: 60 });
}

const saved = (calls: Call[]) => calls.filter((call) => call.command === "mappings.save_draft").map((call) => call.request as DraftSave);
const ruleOf = (document: MappingDocument | undefined, name: string) => document?.client.find((rule) => rule.target === name);

test("the order stands as a tree with values, lists as lists, beside the targets with state, value and expression", async () => {
  const { t } = await opened();
  expect(screen.getByTestId(ids.source("order.line_items"))).toHaveTextContent("line_items [2]");
  expect(screen.getByTestId(ids.source("order.line_items[0].name"))).toHaveTextContent("Cană ceramică");
  expect(screen.getByTestId(ids.source("order.billing.city"))).toHaveAttribute("aria-level", "2");
  const row = screen.getByTestId(city);
  expect(row).toHaveTextContent("order.billing.city");
  expect(row).toHaveTextContent(t("editor.state.filled"));
  expect(screen.getByTestId(ids.target(null, "client.country"))).toHaveTextContent(t("editor.state.default"));
  expect(screen.getByTestId(ids.target("line_items", "unit_price"))).toHaveTextContent(t("editor.state.missing"));
  expect(screen.getByTestId(ids.target("line_items", "name"))).toHaveTextContent("Cană ceramică and 1 other value");
  expect(screen.getByTestId(ids.resultTotal)).toHaveTextContent(t("editor.agrees"));
});

test("an expression shows its value while typing, with completion's field in CodeMirror, and is kept as a draft", async () => {
  const { calls } = await opened();
  fireEvent.click(screen.getByTestId(city));
  expect(view().state.doc.toString()).toBe("order.billing.city");
  write("order.billing.state");
  await waitFor(() => expect(screen.getByTestId(ids.expressionValue)).toHaveTextContent(/^=\s*B$/));
  expect(screen.getByTestId(city)).toHaveTextContent("order.billing.state");
  await waitFor(() => expect(saved(calls)).toHaveLength(1), { timeout: 3000 });
  expect(saved(calls)[0]).toMatchObject({ mappingId: "map_1", baseVersion: 7 });
  expect(ruleOf(saved(calls)[0]?.document, "city")?.expression).toBe("order.billing.state");
  await waitFor(() => expect(screen.getByTestId(ids.draftState)).toHaveTextContent("draft of v7, saved"));
});

test("a mistake is told with its place and fix, underlined, and the result before it stays in sight", async () => {
  const { t } = await opened();
  fireEvent.click(screen.getByTestId(city));
  write("sector(broken");
  const value = screen.getByTestId(ids.expressionValue);
  await waitFor(() => expect(value).toHaveTextContent(t("editor.at", { line: 1, column: 8 })));
  expect(value).toHaveTextContent(t("editor.problem.syntax.what"));
  expect(value).toHaveTextContent(t("editor.problem.syntax.fix"));
  expect(screen.getByTestId(city)).toHaveTextContent(t("editor.state.error"));
  // it is underlined once the words are on screen
  await waitFor(() => expect(document.querySelector(".cm-lintRange-error")).toHaveTextContent("broken"));
  expect(screen.getByTestId(ids.mistakes)).toHaveTextContent(t("editor.before"));
  expect(screen.getByTestId(ids.resultTotal)).toBeInTheDocument();
});

test("undo and redo go over the whole document, by keys and by buttons", async () => {
  await opened();
  fireEvent.click(screen.getByTestId(city));
  write("order.billing.state");
  fireEvent.keyDown(screen.getByTestId(ids.expression), { key: "z", code: "KeyZ", ctrlKey: true });
  await waitFor(() => expect(view().state.doc.toString()).toBe("order.billing.city"));
  expect(screen.getByTestId(ids.undo)).toBeDisabled();
  await userEvent.click(screen.getByTestId(ids.redo));
  expect(view().state.doc.toString()).toBe("order.billing.state");
  fireEvent.keyDown(screen.getByTestId(city), { key: "z", ctrlKey: true });
  expect(view().state.doc.toString()).toBe("order.billing.city");
  fireEvent.keyDown(screen.getByTestId(city), { key: "Z", ctrlKey: true, shiftKey: true });
  expect(view().state.doc.toString()).toBe("order.billing.state");
});

test("dragging a field onto a target writes its expression, inside a block by item, and amounts through money", async () => {
  await opened();
  drag(screen.getByTestId(ids.source("order.billing.state")), screen.getByTestId(city));
  expect(view().state.doc.toString()).toBe("order.billing.state");
  drag(screen.getByTestId(ids.source("order.line_items[0].total")), screen.getByTestId(ids.target("line_items", "unit_price")));
  expect(view().state.doc.toString()).toBe("money(item.total)");
  drag(screen.getByTestId(ids.source("order.customer_note")), screen.getByTestId(city));
  expect(view().state.doc.toString()).toBe("order?.customer_note");
});

test("a press without a move drags nothing, and a group cannot be a value", async () => {
  await opened();
  const source = screen.getByTestId(ids.source("order.billing.state"));
  fireEvent.pointerDown(source, { clientX: 10, clientY: 10, button: 0 });
  fireEvent.pointerUp(screen.getByTestId(city), { clientX: 11, clientY: 10 });
  drag(screen.getByTestId(ids.source("order.billing")), screen.getByTestId(city));
  expect(screen.getByTestId(ids.undo)).toBeDisabled();
});

test("by keyboard: arrows in the tree, Enter uses the field in the chosen target", async () => {
  await opened();
  fireEvent.click(screen.getByTestId(city));
  const tree = screen.getByRole("tree");
  const search = screen.getByTestId(ids.sourceSearch);
  await userEvent.type(search, "postcode{Enter}");
  fireEvent.keyDown(tree, { key: "ArrowDown" });
  expect(screen.getByTestId(ids.source("order.billing.postcode"))).toHaveAttribute("aria-selected", "true");
  fireEvent.keyDown(tree, { key: "Enter" });
  expect(view().state.doc.toString()).toBe("order.billing.postcode");
});

test("lines are made from a list that is dropped, renamed, and taken out", async () => {
  await opened();
  drag(screen.getByTestId(ids.source("order.shipping_lines")), screen.getByTestId(ids.addLines));
  expect(await screen.findByTestId(ids.target("shipping_lines", "items"))).toHaveTextContent("order.shipping_lines");
  expect(screen.getByTestId(ids.blockKind("shipping_lines"))).toHaveValue("shipping");
  const name = screen.getByTestId(ids.blockName("shipping_lines"));
  fireEvent.change(name, { target: { value: "transport" } });
  fireEvent.blur(name);
  expect(await screen.findByTestId(ids.target("transport", "items"))).toBeInTheDocument();
  await userEvent.click(screen.getByTestId(ids.blockRemove("transport")));
  expect(screen.queryByTestId(ids.target("transport", "items"))).toBeNull();
});

test("an optional target is added from its group's menu, and removed again", async () => {
  await opened();
  await userEvent.click(screen.getByTestId(ids.addTarget("client")));
  await userEvent.click(await screen.findByTestId(ids.addTarget("client", "email")));
  expect(screen.getByTestId(ids.target(null, "client.email"))).toHaveAttribute("aria-selected", "true");
  await userEvent.click(screen.getByTestId(ids.targetRemove));
  expect(screen.queryByTestId(ids.target(null, "client.email"))).toBeNull();
});

test("what to do when empty, with a default, changes the value", async () => {
  const { t } = await opened();
  fireEvent.click(screen.getByTestId(city));
  write("order?.customer_note");
  fireEvent.change(screen.getByTestId(ids.defaultValue), { target: { value: "Cluj" } });
  await waitFor(() => expect(screen.getByTestId(city)).toHaveTextContent(t("editor.state.default")));
  expect(screen.getByTestId(ids.expressionValue)).toHaveTextContent("Cluj");
  await userEvent.click(screen.getByTestId(`${ids.whenEmpty}-hold`));
  await waitFor(() => expect(screen.getByTestId(city)).toHaveTextContent(t("editor.state.error")));
});

test("the result has the exact request of the flow's provider, and why a value is what it is", async () => {
  const { t } = await opened();
  fireEvent.click(screen.getByTestId(city));
  await userEvent.click(screen.getByTestId(ids.resultTab("json")));
  expect(screen.getByTestId(ids.resultJson)).toHaveTextContent('"city": "Bucuresti"');
  await userEvent.click(screen.getByTestId(ids.resultTab("why")));
  const why = within(screen.getByTestId(ids.resultWhy));
  expect(why.getAllByText("order.billing.city").length).toBeGreaterThan(0);
  expect(why.getByText(t("editor.origin.expression"))).toBeInTheDocument();
});

test("the sample steps to the next that fails with the document as it is, and says when there is none", async () => {
  const { calls, t } = await opened();
  await userEvent.click(screen.getByTestId(ids.sampleNextFailing));
  await waitFor(() => expect(screen.getByTestId(city)).toHaveTextContent("Cluj-Napoca"));
  expect(calls).toContainEqual({
    command: "mappings.sample",
    request: { mappingId: "map_1", which: "next_failing", value: null, from: "ord_1", document: mappingInfo.published },
  });
  await userEvent.click(screen.getByTestId(ids.sampleNextFailing));
  expect(await screen.findByTestId(ids.sampleMissed)).toHaveTextContent(t("editor.missed.next_failing"));
});

test("any order is chosen by search, and one can be pasted", async () => {
  await opened();
  await userEvent.click(screen.getByTestId(ids.sample));
  await userEvent.click(await screen.findByTestId(ids.sampleOrder("1043")));
  await waitFor(() => expect(screen.getByTestId(city)).toHaveTextContent("Cluj-Napoca"));
  await userEvent.click(screen.getByTestId(ids.sample));
  await userEvent.click(await screen.findByTestId(ids.sampleOf("pasted")));
  const json = JSON.stringify({ ...JSON.parse(sample.json), billing: { city: "Iași" } });
  fireEvent.change(await screen.findByTestId(ids.samplePaste), { target: { value: json } });
  await userEvent.click(screen.getByTestId(ids.samplePasteUse));
  await waitFor(() => expect(screen.getByTestId(city)).toHaveTextContent("Iași"));
});

test("an answer that was overtaken is dropped", async () => {
  let slow: ((trial: unknown) => void) | null = null;
  const { tryMapping } = await import("../../../test/mapping");
  const trial = (request: Parameters<typeof tryMapping>[0]) => {
    const answer = tryMapping(request);
    const isSlow = ruleOf(request.document, "city")?.expression === "order.billing.state";
    return isSlow ? new Promise((resolve) => (slow = () => resolve(answer))) : answer;
  };
  await opened({ "mappings.try": trial });
  fireEvent.click(screen.getByTestId(city));
  write("order.billing.state");
  await waitFor(() => expect(slow).not.toBeNull());
  write("order.billing.postcode");
  await waitFor(() => expect(screen.getByTestId(ids.expressionValue)).toHaveTextContent("011057"));
  await act(async () => slow?.(null));
  expect(screen.getByTestId(ids.expressionValue)).toHaveTextContent("011057");
});

test("what was not saved yet is saved on leaving", async () => {
  const { calls } = await opened();
  fireEvent.click(screen.getByTestId(city));
  write("order.billing.state");
  fireEvent(window, new Event("pagehide"));
  await waitFor(() => expect(saved(calls)).toHaveLength(1));
});

test("a kept draft is taken up again, and discarding it asks first", async () => {
  const kept = { ...mappingInfo.published, client: mappingInfo.published.client.map((rule) => (rule.target === "city" ? { ...rule, note: "kept" } : rule)) };
  const draft = { document: kept, baseVersion: 7, savedMs: Date.now() - 2000, author: "Ana" };
  const { calls } = await opened({ "mappings.get": { ...mappingInfo, draft } });
  expect(screen.getByTestId(ids.draftState)).toHaveTextContent("draft of v7, saved");
  await userEvent.click(screen.getByTestId(ids.mappingMore));
  await userEvent.click(await screen.findByTestId(ids.discard));
  await userEvent.click(await screen.findByTestId(ids.confirm));
  await waitFor(() => expect(screen.getByTestId(ids.draftState)).toHaveTextContent("v7 is published"));
  expect(calls).toContainEqual({ command: "mappings.discard_draft", request: { id: "map_1" } });
  expect(saved(calls)).toHaveLength(0);
});

test("a lookup table is a grid that takes two columns of a spreadsheet, and its name is followed by the rules", async () => {
  const { calls } = await opened();
  fireEvent.click(screen.getByTestId(city));
  write('lookup("units", order.billing.state)');
  await userEvent.click(screen.getByTestId(ids.table("units")));
  fireEvent.paste(screen.getByTestId(ids.tableCell(0, "key")), { clipboardData: { getData: () => "kg\tkilogram\nl\tlitru\n" } });
  expect(screen.getByTestId(ids.tableCell(2, "value"))).toHaveValue("litru");
  const name = screen.getByTestId(ids.tableName);
  fireEvent.change(name, { target: { value: "unități" } });
  fireEvent.blur(name);
  expect(await screen.findByTestId(ids.table("unități"))).toBeInTheDocument();
  const last = () => saved(calls).at(-1)?.document;
  const renamed = 'lookup("unități", order.billing.state)';
  // on a slow machine what was done before the new name is saved by itself first
  await waitFor(() => expect(ruleOf(last(), "city")?.expression).toBe(renamed), { timeout: 3000 });
  expect(last()?.tables[0]?.rows).toHaveLength(3);
});

test("checks: a tolerance in the locale's writing, and a rounding line with cap and name", async () => {
  const { calls, t } = await opened();
  fireEvent.change(screen.getByTestId(ids.tolerance), { target: { value: "0,02" } });
  await userEvent.click(screen.getByTestId(ids.rounding));
  fireEvent.change(screen.getByTestId(ids.roundingCap), { target: { value: "7" } });
  expect(screen.getByText(t("editor.wrongAmount"))).toBeInTheDocument();
  await waitFor(() => expect(saved(calls).length).toBeGreaterThan(0), { timeout: 3000 });
  expect(saved(calls).at(-1)?.document).toMatchObject({ tolerance: "0.02", rounding: { cap: "0.05", name: t("editor.roundingLine") } });
  await act(() => i18next.changeLanguage("ro"));
  fireEvent.blur(screen.getByTestId(ids.tolerance));
  expect(screen.getByTestId(ids.tolerance)).toHaveValue("0,02");
  await act(() => i18next.changeLanguage("en"));
});

test("the rule that the address names is chosen, on the order it names, with a value proposed", async () => {
  const { calls } = await opened(
    { "record.get": { order: { id: "ord_2" }, flowId: "flow_1" }, "connections.list": { shops: [], billing: [], flows: [] } },
    "/mappings?order=ord_1&block=line_items&target=name&value=Cana",
  );
  expect(screen.getByTestId(ids.target("line_items", "name"))).toHaveAttribute("aria-selected", "true");
  expect(calls).toContainEqual({
    command: "mappings.sample",
    request: { mappingId: "map_1", which: "order", value: "ord_1", from: null, document: null },
  });
  await userEvent.click(screen.getByTestId(ids.proposal));
  expect(view().state.doc.toString()).toBe('"Cana"');
});

test("a record's line leads to the rule of the block that made it, with the value proposed", async () => {
  const record = { order: { id: "ord_1" }, flowId: "flow_1" };
  await opened(
    { "record.get": record, "connections.list": { shops: [], billing: [], flows: [] } },
    "/mappings?document=doc_1&target=lines%5B1%5D.quantity&value=%225%22",
  );
  await waitFor(() => expect(screen.getByTestId(ids.target("line_items", "quantity"))).toHaveAttribute("aria-selected", "true"));
  await userEvent.click(screen.getByTestId(ids.proposal));
  expect(view().state.doc.toString()).toBe("5");
});

test("what the chosen flow's rules put in place of the mapping's values is said beside the invoice", async () => {
  const byRules = [{ field: "document.due_days", before: "15", after: "30" }];
  const { t } = await opened({ "mappings.try": (request: TryRequest) => ({ ...tryMapping(request), byRules }) });
  const note = await screen.findByTestId(ids.byRules);
  expect(note).toHaveTextContent(t("editor.byRules", { flow: mappingInfo.flows[0]?.name }));
  expect(within(note).getByRole("row", { name: /15 30$/ })).toBeVisible();
});

test("of a flow without rules of its own nothing is said", async () => {
  await opened();
  expect(screen.queryByTestId(ids.byRules)).toBeNull();
});

test("whoever may not change a mapping may try, and is told that nothing of it is kept", async () => {
  const { calls, t } = await opened({ "session.get": asOperator });
  expect(await screen.findByText(t("needsRole.notKept"))).toBeVisible();
  fireEvent.click(screen.getByTestId(city));
  write("order.billing.state");
  await waitFor(() => expect(screen.getByTestId(ids.expressionValue)).toHaveTextContent(/^=\s*B$/));
  expect(screen.getByTestId(ids.publish)).toHaveAccessibleDescription(t("needsRole.admin"));
  // what waits to be kept is kept before the screen is left
  cleanup();
  expect(saved(calls)).toEqual([]);
});
