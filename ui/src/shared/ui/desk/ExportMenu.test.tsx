import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ExportInfo, ExportRequest } from "../../../api/generated/api";
import { nothing } from "../../lib/selection";
import { ids } from "../../lib/testids";
import { show } from "../../../test/show";
import { ExportMenu } from "./ExportMenu";
import { ExportStatus } from "./ExportStatus";

const query = { list: "documents" as const, text: "status:held", sort: null };
const one = new Map([["doc_1", { id: "doc_1" }]]);
const columns = [{ id: "state", heading: "State" }];
const run: ExportInfo = { id: "x_1", state: "running", written: 250, ofRows: 1000, path: "/tmp/facturi.xlsx", bytes: 0, error: null };

test("the whole filter is written, with the words of the screen's language", async () => {
  const { calls, t } = await show(<ExportMenu query={query} count={1000} chosen={nothing} columns={columns} />, { "export.start": run });
  await userEvent.click(screen.getByTestId(ids.export));
  await userEvent.click(await screen.findByTestId(ids.exportAs("xlsx", "all")));
  const request = calls.find((call) => call.command === "export.start")?.request as ExportRequest;
  expect(request).toMatchObject({ query, ids: null, format: "xlsx", columns });
  expect(request.words["state.in_doubt"]).toBe(t("state.in_doubt"));
  expect(request.words["einvoice.accepted"]).toBe(t("einvoice.state.accepted"));
});

test("what is chosen one by one can be written instead", async () => {
  const { calls } = await show(<ExportMenu query={query} count={1000} chosen={{ all: false, rows: one }} columns={columns} />, { "export.start": run });
  await userEvent.click(screen.getByTestId(ids.export));
  await userEvent.click(await screen.findByTestId(ids.exportAs("csv", "selected")));
  await waitFor(() => expect(calls.at(-1)?.request).toMatchObject({ ids: ["doc_1"], format: "csv" }));
});

test("all but some can be written", async () => {
  const { calls, t } = await show(<ExportMenu query={query} count={1000} chosen={{ all: true, rows: one }} columns={columns} />, { "export.start": run });
  await userEvent.click(screen.getByTestId(ids.export));
  expect(await screen.findByText(t("desk.selected", { count: 999 }))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.exportAs("csv", "selected")));
  await waitFor(() => expect(calls.at(-1)?.request).toMatchObject({ query, ids: null, except: ["doc_1"] }));
});

test("nothing is not written, and the button says so", async () => {
  const { t } = await show(<ExportMenu query={query} count={0} chosen={nothing} columns={columns} />, {});
  expect(screen.getByTestId(ids.export)).toBeDisabled();
  expect(screen.getByTestId(ids.export)).toHaveAttribute("title", t("desk.nothingToExport"));
});

test("the status bar tells how far it is, lets it be stopped, and then where the file is", async () => {
  let now: ExportInfo | null = run;
  const { calls, host, t } = await show(<ExportStatus />, { "export.get": () => ({ run: now }), "export.cancel": {} });
  expect(await screen.findByTestId(ids.exportStatus)).toHaveTextContent("250 of 1,000 rows written");
  await userEvent.click(screen.getByTestId(ids.exportCancel));
  expect(calls).toContainEqual({ command: "export.cancel", request: { id: "x_1" } });
  now = { ...run, state: "done", written: 1000 };
  host.tell(["exports"]);
  await waitFor(() => expect(screen.getByTestId(ids.exportStatus)).toHaveTextContent("/tmp/facturi.xlsx"));
  await userEvent.click(screen.getByLabelText(t("common.close")));
  expect(screen.queryByTestId(ids.exportStatus)).toBeNull();
});

test("an export that broke off says why; a cancelled one is gone", async () => {
  let now: ExportInfo = { ...run, state: "failed", error: "disk full" };
  const { host } = await show(<ExportStatus />, { "export.get": () => ({ run: now }) });
  expect(await screen.findByTestId(ids.exportStatus)).toHaveTextContent("disk full");
  now = { ...run, state: "cancelled" };
  host.tell(["exports"]);
  await waitFor(() => expect(screen.queryByTestId(ids.exportStatus)).toBeNull());
});
