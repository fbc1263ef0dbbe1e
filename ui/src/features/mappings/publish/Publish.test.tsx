import { EditorView } from "@codemirror/view";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ApiError, DryRunInfo, MappingInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { editorAnswers, mappingDocument, mappingInfo } from "../../../test/mapping";
import { show } from "../../../test/show";
import { MappingsScreen } from "../MappingsScreen";

const city = ids.target(null, "client.city");
const run: DryRunInfo = {
  id: "run_1",
  mappingId: "map_1",
  state: "running",
  detail: "",
  total: 200,
  done: 50,
  issue: 0,
  hold: 0,
  issueIssued: 0,
  holdIssued: 0,
  changed: 0,
  mended: 0,
  broken: 0,
  leftOut: 0,
  notTaken: [],
  startedMs: Date.now() - 5000,
  finishedMs: null,
  fields: [],
  rows: [],
  truncated: false,
};
const over: DryRunInfo = {
  ...run,
  state: "done",
  done: 200,
  issue: 180,
  hold: 12,
  changed: 2,
  mended: 1,
  broken: 1,
  leftOut: 8,
  notTaken: [
    { reason: "cancelled", count: 7, orders: ["1050", "1049", "1048", "1047", "1046"] },
    { reason: "condition", count: 1, orders: ["1020"] },
  ],
  finishedMs: Date.now(),
  fields: [{ field: "client.city", count: 2 }, { field: "lines[1].vat_rate", count: 1 }],
  rows: [
    {
      orderId: "ord_1",
      number: "1042",
      customer: "EXEMPLU SRL",
      before: "hold",
      after: "issue",
      changes: [
        { field: "client.city", before: "Bucuresti", after: "Sector 1" },
        { field: "lines[1].vat_rate", before: "19", after: "21" },
      ],
      problems: [],
      isIssued: false,
    },
    {
      orderId: "ord_2",
      number: "1043",
      customer: "Ana Ionescu",
      before: "issue",
      after: "hold",
      changes: [],
      problems: [{ field: "client.city", kind: "field_missing", detail: "" }],
      isIssued: false,
    },
  ],
};

async function changed(more = {}) {
  const shown = await show(<MappingsScreen />, editorAnswers(more), "/mappings");
  fireEvent.click(await screen.findByTestId(city, {}, { timeout: 8000 }));
  const view = EditorView.findFromDOM(await screen.findByTestId(ids.expression));
  act(() => view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: "order.billing.state" } }));
  return shown;
}

const refusal = (detail: string): ApiError => ({ code: "not_now", detail, field: null, failure: null });

test("a dry run goes over the last orders with progress, and tells its numbers and differences in words", async () => {
  let answer: DryRunInfo | null = null;
  const start = () => {
    answer = run;
    return run;
  };
  const { calls, host, t } = await changed({ "dry_run.get": () => ({ run: answer }), "dry_run.start": start });
  await userEvent.click(screen.getByTestId(ids.dryRun));
  await userEvent.click(await screen.findByTestId(ids.dryRunStart));
  expect(await screen.findByTestId(ids.dryRunCancel)).toBeVisible();
  expect(screen.getByText(/50 of 200 orders/)).toBeInTheDocument();
  const request = calls.find((call) => call.command === "dry_run.start")?.request;
  expect(request).toMatchObject({ mappingId: "map_1", last: 200, only: "all", search: "" });
  expect((request as { document: { client: { expression: string }[] } }).document.client[1]?.expression).toBe("order.billing.state");
  answer = over;
  host.tell(["dry_run"]);
  const summary = await screen.findByTestId(ids.dryRunSummary);
  expect(summary).toHaveTextContent(t("editor.dryRun.issue", { count: 180 }));
  expect(summary).toHaveTextContent(t("editor.dryRun.broken", { count: 1 }));
  expect(summary).toHaveTextContent(t("editor.dryRun.over", { count: 192 }));
  expect(summary).toHaveTextContent(`${t("editor.dryRun.leftOut", { count: 8 })}`);
  expect(summary).toHaveTextContent(`7 · ${t("reason.cancelled")} (#1050, #1049, #1048, #1047, #1046, …)`);
  expect(summary).toHaveTextContent(`1 · ${t("reason.condition")} (#1020)`);
  expect(summary).toHaveTextContent(t("editor.dryRun.nothingSent"));
  const grid = within(screen.getByRole("grid"));
  expect(grid.getByText("Bucuresti → Sector 1")).toBeInTheDocument();
  expect(grid.getByTestId(ids.dryRunRow("1042"))).toHaveTextContent(t("editor.dryRun.turns.issue"));
  expect(grid.getByText(t("failure.field_missing.title"))).toBeInTheDocument();
  await userEvent.click(screen.getByTestId(ids.dryRunField("lines[1].vat_rate")));
  expect(grid.queryByText("Bucuresti → Sector 1")).toBeNull();
  expect(grid.getByText("19 → 21")).toBeInTheDocument();
});

test("a dry run counts what is issued already apart, for it stays as it is", async () => {
  const some = { ...over, issue: 180, issueIssued: 150, hold: 2, holdIssued: 1 };
  const { t } = await changed({ "dry_run.get": { run: some } });
  await userEvent.click(screen.getByTestId(ids.dryRun));
  const summary = await screen.findByTestId(ids.dryRunSummary);
  expect(summary).toHaveTextContent(t("editor.dryRun.issue", { count: 30 }));
  expect(summary).toHaveTextContent(t("editor.dryRun.hold", { count: 1 }));
  expect(summary).toHaveTextContent("151 are issued already and stay as they are.");
});

test("a dry run that no order is for says that none was tried, and not that nothing differs", async () => {
  const none = { ...over, total: 8, done: 8, issue: 0, hold: 0, changed: 0, mended: 0, broken: 0, fields: [], rows: [] };
  const { t } = await changed({ "dry_run.get": { run: none } });
  await userEvent.click(screen.getByTestId(ids.dryRun));
  const summary = await screen.findByTestId(ids.dryRunSummary);
  expect(summary).toHaveTextContent(t("editor.dryRun.over", { count: 0 }));
  expect(summary).not.toHaveTextContent(t("editor.dryRun.same"));
});

test("a dry run is cancelled, and one that runs already is told in words", async () => {
  const { calls, t } = await changed({
    "dry_run.get": { run },
    "dry_run.cancel": {},
  });
  await userEvent.click(screen.getByTestId(ids.dryRun));
  expect(await screen.findByTestId(ids.dryRunStart)).toBeDisabled();
  await userEvent.click(screen.getByTestId(ids.dryRunCancel));
  expect(calls).toContainEqual({ command: "dry_run.cancel", request: { id: "map_1" } });
  expect(t("editor.refused.dry_run_running")).not.toBe("");
});

test("publishing shows what changes, asks for a reason, and offers the held ones that would now pass", async () => {
  let info: MappingInfo = mappingInfo;
  const { calls, t } = await changed({
    "mappings.get": () => info,
    "mappings.publish": () => {
      info = { ...mappingInfo, version: 8 };
      return { version: 8, held: 3, passing: 2 };
    },
    "mappings.retry_held": { queued: ["doc_1", "doc_2"], skipped: [] },
  });
  await userEvent.click(screen.getByTestId(ids.publish));
  expect(await screen.findByTestId(ids.diff)).toHaveTextContent("order.billing.state");
  expect(screen.getByTestId(ids.publishConfirm)).toBeDisabled();
  // Ctrl+Z in a dialog is the field's own, not the document's
  fireEvent.keyDown(screen.getByTestId(ids.publishReason), { key: "z", ctrlKey: true });
  expect(screen.getByTestId(city)).toHaveTextContent("order.billing.state");
  fireEvent.change(screen.getByTestId(ids.publishReason), { target: { value: " city from the state " } });
  await userEvent.click(screen.getByTestId(ids.publishConfirm));
  expect(await screen.findByTestId(ids.publishDone)).toHaveTextContent(t("editor.publish.passing", { count: 2 }));
  const request = calls.find((call) => call.command === "mappings.publish")?.request;
  expect(request).toMatchObject({ mappingId: "map_1", baseVersion: 7, reason: "city from the state" });
  await userEvent.click(screen.getByTestId(ids.publishRetry));
  expect(await screen.findByTestId(ids.publishRetried)).toHaveTextContent(t("retry.queued", { count: 2 }));
  expect(calls).toContainEqual({ command: "mappings.retry_held", request: { id: "map_1" } });
  // the draft was saved before it was published, and not again after
  const kinds = calls.map((call) => call.command).filter((one) => one === "mappings.save_draft" || one === "mappings.publish");
  expect(kinds).toEqual(["mappings.save_draft", "mappings.publish"]);
});

test("a mapping with a mistake is not published", async () => {
  const { t } = await changed();
  const view = EditorView.findFromDOM(screen.getByTestId(ids.expression));
  act(() => view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: "broken(" } }));
  await screen.findByTestId(ids.mistakes);
  await userEvent.click(screen.getByTestId(ids.publish));
  fireEvent.change(await screen.findByTestId(ids.publishReason), { target: { value: "x" } });
  expect(screen.getByTestId(ids.publishConfirm)).toBeDisabled();
  expect(screen.getByText(t("editor.publish.broken", { count: 1 }))).toBeInTheDocument();
});

test("what was published meanwhile is said, nothing is lost, and the draft is kept on top of it", async () => {
  const theirs = { ...mappingDocument, name: "Renamed elsewhere" };
  let info: MappingInfo = mappingInfo;
  const publish = ({ baseVersion }: { baseVersion: number }) => {
    info = { ...mappingInfo, version: 8, published: theirs };
    if (baseVersion < 8) throw refusal("published_meanwhile");
    return { version: 9, held: 0, passing: 0 };
  };
  const { calls, t } = await changed({ "mappings.get": () => info, "mappings.publish": publish });
  await userEvent.click(screen.getByTestId(ids.publish));
  fireEvent.change(await screen.findByTestId(ids.publishReason), { target: { value: "mine" } });
  await userEvent.click(screen.getByTestId(ids.publishConfirm));
  expect(await screen.findByText(t("editor.refused.published_meanwhile"))).toBeInTheDocument();
  await userEvent.click(screen.getByTestId(ids.publishCompare));
  const notice = await screen.findByTestId(ids.meanwhile);
  expect(notice).toHaveTextContent(t("editor.meanwhile.title", { version: 8, base: 7 }));
  expect(screen.getByTestId(city)).toHaveTextContent("order.billing.state");
  await userEvent.click(within(notice).getByTestId(ids.meanwhileCompare));
  await waitFor(() => expect(calls.filter((call) => call.command === "mappings.diff").at(-1)?.request).toMatchObject({ before: theirs }));
  await userEvent.click(within(notice).getByTestId(ids.meanwhileKeep));
  await waitFor(() => expect(screen.queryByTestId(ids.meanwhile)).toBeNull());
  await userEvent.click(screen.getByTestId(ids.publish));
  fireEvent.change(await screen.findByTestId(ids.publishReason), { target: { value: "mine" } });
  await userEvent.click(screen.getByTestId(ids.publishConfirm));
  expect(await screen.findByTestId(ids.publishDone)).toHaveTextContent(t("editor.publish.done", { version: 9 }));
});

test("a version that was published elsewhere simply stands where nothing was changed here", async () => {
  let info: MappingInfo = mappingInfo;
  const { host } = await show(<MappingsScreen />, editorAnswers({ "mappings.get": () => info }), "/mappings");
  await screen.findByTestId(city, {}, { timeout: 8000 });
  info = { ...mappingInfo, version: 8, published: { ...mappingDocument, name: "Renamed elsewhere" } };
  host.tell(["mappings"]);
  await waitFor(() => expect(screen.getByTestId(ids.mappingName)).toHaveValue("Renamed elsewhere"));
  expect(screen.queryByTestId(ids.meanwhile)).toBeNull();
});

test("the history tells who published what and why, compares, and rolls back with a reason", async () => {
  const old = { ...mappingDocument, tolerance: "0.01" };
  const versions = [
    { version: 7, author: "Ana", reason: "sector", createdMs: 1_764_000_000_000, documents: 41 },
    { version: 6, author: "Mihai", reason: "first", createdMs: 1_763_000_000_000, documents: 1203 },
  ];
  const { calls, t } = await changed({
    "mappings.history": { versions },
    "mappings.version": old,
    "mappings.publish": { version: 8, held: 0, passing: 0 },
  });
  await userEvent.click(screen.getByTestId(ids.history));
  const row = await screen.findByTestId(ids.historyVersion(6));
  expect(row).toHaveTextContent("Mihai");
  expect(row).toHaveTextContent("1,203");
  await userEvent.click(screen.getByTestId(ids.historyOpen(6)));
  await waitFor(() => expect(calls.find((call) => call.command === "mappings.diff")?.request).toMatchObject({ before: old, after: mappingDocument }));
  await userEvent.click(await screen.findByTestId(ids.rollback));
  expect(screen.getByText(t("editor.history.rollbackDraft"))).toBeInTheDocument();
  fireEvent.change(await screen.findByTestId(ids.reason), { target: { value: "sector was wrong" } });
  await userEvent.click(screen.getByTestId(ids.confirm));
  expect(await screen.findByTestId(ids.publishDone)).toHaveTextContent(t("editor.publish.done", { version: 8 }));
  expect(calls.find((call) => call.command === "mappings.publish")?.request).toEqual({
    mappingId: "map_1",
    document: old,
    baseVersion: 7,
    reason: "sector was wrong",
  });
  expect(screen.getByTestId(ids.tolerance)).toHaveValue("0.01");
});

test("a mapping is written to a file, and one that is read replaces the draft in one step back", async () => {
  let written: Blob | null = null;
  URL.createObjectURL = (blob) => {
    written = blob as Blob;
    return "blob:x";
  };
  URL.revokeObjectURL = () => {};
  const read = { ...mappingDocument, tolerance: "0.03" };
  await changed({ "mappings.write_text": { fileName: "m.punte-mapping.json", content: "{ \"name\": \"România\" }" }, "mappings.read_text": read });
  await userEvent.click(screen.getByTestId(ids.mappingMore));
  await userEvent.click(await screen.findByTestId(ids.mappingExport));
  await waitFor(() => expect(written).not.toBeNull());
  const file = new File(["{}"], "m.punte-mapping.json");
  fireEvent.change(screen.getByTestId(ids.mappingFile), { target: { files: [file] } });
  await waitFor(() => expect(screen.getByTestId(ids.tolerance)).toHaveValue("0.03"));
  await userEvent.click(screen.getByTestId(ids.undo));
  expect(screen.getByTestId(ids.tolerance)).toHaveValue("0");
  expect(screen.getByTestId(city)).toHaveTextContent("order.billing.state");
});
