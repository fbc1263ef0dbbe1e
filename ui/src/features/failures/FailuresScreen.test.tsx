import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { ids } from "../../shared/lib/testids";
import { document, failure } from "../../test/samples";
import { show } from "../../test/show";
import { FailuresScreen } from "./FailuresScreen";

const group = {
  key: "vat",
  failure,
  count: 1,
  totals: [{ minor: 10195, currency: "RON" }],
  sinceMs: 1_764_000_000_000,
  documents: [document],
  safeBecause: "refused",
};

test("a cause has its words, the provider's words quoted and labelled, and the fix", async () => {
  const { t } = await show(<FailuresScreen />, { "failures.list": { groups: [group] } });
  const card = await screen.findByTestId(ids.failureGroup("vat_rate_unknown"));
  expect(card).toHaveTextContent(t("failure.vat_rate_unknown.cause"));
  expect(card).toHaveTextContent(t("failure.vat_rate_unknown.fix"));
  expect(card).toHaveTextContent(`SmartBill says: ${failure.providerWords}`);
  expect(card).toHaveTextContent("RON 101.95");
});

test("nothing failed is said, with what would be here", async () => {
  const { t } = await show(<FailuresScreen />, { "failures.list": { groups: [] } });
  expect(await screen.findByText(t("failures.empty"))).toBeVisible();
});

test("a retry says why it is safe, and is done only after it is confirmed", async () => {
  const { t, calls } = await show(<FailuresScreen />, {
    "failures.list": { groups: [group] },
    "documents.retry": { queued: ["doc_1"], skipped: [] },
  });
  await userEvent.click(await screen.findByTestId(ids.retryGroup("vat_rate_unknown")));
  expect(await screen.findByTestId("safe-because")).toHaveTextContent(t("safe.refused"));
  expect(calls.some((call) => call.command === "documents.retry")).toBe(false);
  await userEvent.click(screen.getByTestId(ids.confirm));
  await waitFor(() => expect(calls).toContainEqual({ command: "documents.retry", request: { ids: ["doc_1"] } }));
});

test("what was skipped is reported with its reason", async () => {
  const skipped = [{ id: "doc_1", reason: "still_failing", failure }];
  const { t } = await show(<FailuresScreen />, {
    "failures.list": { groups: [group] },
    "documents.retry": { queued: [], skipped },
  });
  await userEvent.click(await screen.findByTestId(ids.retryGroup("vat_rate_unknown")));
  await userEvent.click(await screen.findByTestId(ids.confirm));
  expect(await screen.findByTestId("retry-report")).toHaveTextContent(t("skipped.still_failing"));
});

test("no retry is offered where none is safe", async () => {
  await show(<FailuresScreen />, { "failures.list": { groups: [{ ...group, safeBecause: null }] } });
  await screen.findByTestId(ids.failureGroup("vat_rate_unknown"));
  expect(screen.queryByTestId(ids.retryGroup("vat_rate_unknown"))).toBeNull();
});
