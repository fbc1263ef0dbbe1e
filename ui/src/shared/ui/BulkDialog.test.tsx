import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { item, over, plan, running } from "../../test/bulk";
import { asOperator, refusing } from "../../test/people";
import { show } from "../../test/show";
import { ids } from "../lib/testids";
import { BulkDialog } from "./BulkDialog";

test("a storno is not done without a reason, and says that it cannot be undone", async () => {
  const storno = { ...plan, kind: "storno", needsReason: true, safe: [{ code: "checked_again", count: 38 }] };
  const { calls, t } = await show(<BulkDialog jobId="bulk_1" onClose={() => {}} />, { "bulk.get": storno, "bulk.confirm": running });
  const act = await screen.findByTestId(ids.confirm);
  expect(act).toBeDisabled();
  expect(act).toHaveAttribute("title", t("common.reasonMissing"));
  expect(screen.getByTestId(ids.bulkPlan)).toHaveTextContent("cannot be undone");
  await userEvent.type(screen.getByTestId(ids.reason), "wrong price list");
  await userEvent.click(act);
  await waitFor(() =>
    expect(calls).toContainEqual({ command: "bulk.confirm", request: { id: "bulk_1", reason: "wrong price list" } }),
  );
});

test("a plan under which nothing would be done cannot be confirmed, and says why", async () => {
  const none = { ...plan, waiting: 0, skipped: 40, safe: [], totals: [] };
  const { t } = await show(<BulkDialog jobId="bulk_1" onClose={() => {}} />, { "bulk.get": none });
  expect(await screen.findByTestId(ids.confirm)).toHaveAttribute("title", t("bulk.nothing"));
  expect(screen.getByTestId(ids.confirm)).toBeDisabled();
});

test("a plan that is closed is discarded; a job that runs is not", async () => {
  const onClose = vi.fn();
  const { calls, t } = await show(<BulkDialog jobId="bulk_1" onClose={onClose} />, { "bulk.get": plan, "bulk.cancel": plan });
  await screen.findByTestId(ids.bulkPlan);
  await userEvent.click(screen.getByRole("button", { name: t("common.cancel") }));
  expect(onClose).toHaveBeenCalled();
  await waitFor(() => expect(calls).toContainEqual({ command: "bulk.cancel", request: { id: "bulk_1" } }));
});

test("a job that runs shows how far it is, is stopped by its own button, and closing it leaves it alone", async () => {
  const onClose = vi.fn();
  const { calls } = await show(<BulkDialog jobId="bulk_1" onClose={onClose} />, { "bulk.get": running, "bulk.cancel": over });
  expect(await screen.findByTestId(ids.bulkRunning)).toHaveTextContent("12 of 38 records");
  await userEvent.click(screen.getByTestId(ids.bulkClose));
  expect(onClose).toHaveBeenCalled();
  expect(calls.some((call) => call.command === "bulk.cancel")).toBe(false);
  await userEvent.click(screen.getByTestId(ids.bulkCancel));
  await waitFor(() => expect(calls).toContainEqual({ command: "bulk.cancel", request: { id: "bulk_1" } }));
});

test("the report begins with what failed, and is saved as a file with the screen's words", async () => {
  const { calls, t } = await show(<BulkDialog jobId="bulk_1" onClose={() => {}} />, {
    "bulk.get": over,
    "bulk.report": { rows: [item], next: null },
    "bulk.csv": { name: "bulk_1.csv", mediaType: "text/csv", base64: "" },
  });
  expect(await screen.findByText("#1042")).toBeVisible();
  expect(calls).toContainEqual({ command: "bulk.report", request: { id: "bulk_1", state: "failed", after: null, limit: 100 } });
  await userEvent.click(screen.getByTestId(ids.bulkCsv));
  await waitFor(() => expect(calls.some((call) => call.command === "bulk.csv")).toBe(true));
  const { words } = calls.find((call) => call.command === "bulk.csv")?.request as { words: Record<string, string> };
  expect(words).toMatchObject({
    "column.order": t("bulk.column.order"),
    "state.failed": t("bulk.state.failed"),
    "state.in_doubt": t("bulk.state.in_doubt"),
    "why.held_again": t("bulk.why.held_again"),
  });
});

test("a job that waits says for what", async () => {
  const { t } = await show(<BulkDialog jobId="bulk_1" onClose={() => {}} />, { "bulk.get": { ...running, waits: "connection" } });
  expect(await screen.findByTestId(ids.bulkRunning)).toHaveTextContent(t("bulk.waits.connection"));
});

test("a plan that waits for a second person closes, and is not given up by it", async () => {
  const close = vi.fn();
  const answers = { "session.get": asOperator, "approvals.list": { approvals: [] } };
  const { calls } = await show(<BulkDialog jobId="bulk_1" onClose={close} />, {
    ...answers,
    "bulk.get": plan,
    "bulk.cancel": plan,
    "bulk.confirm": refusing("needs_approval", "apr_1"),
  });
  await userEvent.click(await screen.findByTestId(ids.confirm));
  await waitFor(() => expect(close).toHaveBeenCalledWith(true));
  expect(calls.some(({ command }) => command === "bulk.cancel")).toBe(false);
});
