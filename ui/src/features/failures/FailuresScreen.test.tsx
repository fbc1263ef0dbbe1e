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

test("an error names itself and offers another try", async () => {
  const { t } = await show(<FailuresScreen />, { "failures.list": new Error("busy") });
  expect(await screen.findByText("busy")).toBeVisible();
  expect(screen.getByText(t("common.tryAgain"))).toBeVisible();
});

test("a retry says the value of what it retries, when the group holds more than are listed", async () => {
  const large = { ...group, count: 250, totals: [{ minor: 2_548_750, currency: "RON" }] };
  await show(<FailuresScreen />, { "failures.list": { groups: [large] } });
  await userEvent.click(await screen.findByTestId(ids.retryGroup("vat_rate_unknown")));
  expect(await screen.findByText(/1 order \(RON 101\.95\)/)).toBeVisible();
});

test("the report stays when its group is gone, and names the order", async () => {
  let groups = [group];
  const { host, t } = await show(<FailuresScreen />, {
    "failures.list": () => ({ groups }),
    "documents.retry": () => {
      groups = [];
      return { queued: [], skipped: [{ id: "doc_1", reason: "in_doubt", failure: null }] };
    },
  });
  await userEvent.click(await screen.findByTestId(ids.retryGroup("vat_rate_unknown")));
  await userEvent.click(await screen.findByTestId(ids.confirm));
  await screen.findByTestId("retry-report");
  host.tell(["documents"]);
  expect(await screen.findByText(t("failures.empty"))).toBeInTheDocument();
  expect(screen.getByTestId("retry-report")).toHaveTextContent(t("skipped.in_doubt"));
  expect(screen.getByTestId("retry-report")).toHaveTextContent("#1042");
});

test("what one record needs is edited in its own draft, where a retry is safe", async () => {
  const { place } = await show(<FailuresScreen />, { "failures.list": { groups: [group] } }, "/failures");
  await userEvent.click(await screen.findByTestId(ids.editRetry("vat_rate_unknown")));
  expect(place()).toContain("document=doc_1");
  expect(place()).toContain("edit=draft");
});
