import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { RecordInfo } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { connections, page, sending } from "../../test/log";
import { show } from "../../test/show";
import { LogPart } from "./LogPart";

const record = { order: { id: "ord_1", number: "1042" }, document: { id: "doc_1" } } as RecordInfo;
const answers = { "log.record": page([sending]), "connections.list": connections };

function Asking() {
  return useAsk("session.get", {}).data ? <LogPart record={record} /> : null;
}

test("a record's lines stand beside it, and lead to all lines about its order", async () => {
  const { calls, t, place } = await show(<LogPart record={record} />, answers, "/orders?order=ord_1");
  await userEvent.click(await screen.findByTestId(ids.logLine(sending.at)));
  expect(screen.getByTestId(ids.logPart("facts"))).toHaveTextContent("automatic");
  expect(calls).toContainEqual({ command: "log.record", request: { orderId: "ord_1", documentId: "doc_1", before: null } });
  // the record is open already
  expect(screen.queryByTestId(ids.logPart("record"))).toBeNull();
  expect(await wrongs()).toEqual([]);
  await userEvent.click(screen.getByText(t("log.inActivity")));
  expect(place()).toMatch(/^\/activity\?tab=log&about=.*1042/);
});

test("a record that the log says nothing of is told so", async () => {
  const { t } = await show(<LogPart record={record} />, { ...answers, "log.record": page([]) });
  expect(await screen.findByTestId("empty")).toHaveTextContent(t("log.recordEmpty"));
});

test("a viewer is told which role reads it, and nothing is asked", async () => {
  const session = { needed: true, signedIn: true, operator: "Dan", role: "viewer", lockAfterMin: 0, people: ["Dan"] };
  const { calls, t } = await show(<Asking />, { ...answers, "session.get": session });
  expect(await screen.findByText(t("needsRole.operator"))).toBeVisible();
  expect(calls.map(({ command }) => command)).not.toContain("log.record");
});
