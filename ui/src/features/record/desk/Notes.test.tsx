import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { RecordDesk } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { show } from "../../../test/show";
import { Notes } from "./Notes";

const desk: RecordDesk = {
  notes: [
    { id: "note_2", author: "Mara", text: "no answer yet", own: false, createdMs: 1_764_000_100_000, editedMs: null },
    { id: "note_1", author: "Ana", text: "asked the client", own: true, createdMs: 1_764_000_000_000, editedMs: 1_764_000_000_001 },
  ],
  owner: "Mara",
  tags: ["retur"],
  knownTags: ["retur", "client vechi"],
  people: ["Ana", "Mara"],
};

test("only one's own note can be changed or deleted", async () => {
  await show(<Notes orderId="ord_1" />, { "record.desk": desk });
  const [theirs, own] = await screen.findAllByTestId(ids.noteCard);
  if (!theirs || !own) throw new Error("two notes");
  expect(within(theirs).queryByTestId(ids.noteEdit)).toBeNull();
  expect(within(own).getByTestId(ids.noteEdit)).toBeVisible();
});

test("a note is written and kept", async () => {
  const { calls, t } = await show(<Notes orderId="ord_1" />, { "record.desk": desk, "notes.save": {} });
  const save = await screen.findByTestId(ids.noteSave);
  expect(save).toHaveAttribute("title", t("desk.missing"));
  await userEvent.type(screen.getByTestId(ids.noteText), " called back ");
  await userEvent.click(save);
  await waitFor(() =>
    expect(calls).toContainEqual({ command: "notes.save", request: { orderId: "ord_1", id: null, text: "called back" } }),
  );
  await waitFor(() => expect(screen.getByTestId(ids.noteText)).toHaveValue(""));
});

test("a note is changed in its place", async () => {
  const { calls } = await show(<Notes orderId="ord_1" />, { "record.desk": desk, "notes.save": {} });
  await userEvent.click(await screen.findByTestId(ids.noteEdit));
  await userEvent.clear(screen.getByTestId(ids.noteEditText));
  await userEvent.type(screen.getByTestId(ids.noteEditText), "asked twice");
  await userEvent.click(screen.getByTestId(ids.noteEditSave));
  await waitFor(() =>
    expect(calls).toContainEqual({ command: "notes.save", request: { orderId: "ord_1", id: "note_1", text: "asked twice" } }),
  );
});

test("a deleted note can be taken back", async () => {
  const { calls } = await show(<Notes orderId="ord_1" />, { "record.desk": desk, "notes.delete": {}, "notes.restore": {} });
  await userEvent.click(await screen.findByTestId(ids.noteDelete));
  await userEvent.click(await screen.findByTestId(ids.undoNote));
  await waitFor(() => expect(calls).toContainEqual({ command: "notes.restore", request: { id: "note_1" } }));
});

test("a tag is added to those that are there", async () => {
  const { calls } = await show(<Notes orderId="ord_1" />, { "record.desk": desk, "record.tag": {} });
  await userEvent.type(await screen.findByTestId(ids.tags), "urgent{Enter}");
  await waitFor(() =>
    expect(calls).toContainEqual({ command: "record.tag", request: { orderId: "ord_1", tags: ["retur", "urgent"] } }),
  );
});

test("a record without notes says what would be here", async () => {
  const { t } = await show(<Notes orderId="ord_1" />, { "record.desk": { ...desk, notes: [] } });
  expect(await screen.findByText(t("desk.none"))).toBeVisible();
});
