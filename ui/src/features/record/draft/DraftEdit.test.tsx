import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { DraftEditRequest, DraftFields } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { draft } from "../../../test/mapping";
import { document, issuedRecord, record } from "../../../test/samples";
import { show } from "../../../test/show";
import { RecordDrawer } from "../RecordDrawer";
import { editsOf, fieldGroups, valuesOfMapping } from "./fields";

const fields: DraftFields = {
  fields: [
    { field: "client.name", value: "EXEMPLU SRL" },
    { field: "client.city", value: "Bucuresti" },
    { field: "lines[1].vat_rate", value: "19" },
  ],
  revision: 4,
  edits: null,
};
const edited: DraftFields = {
  ...fields,
  fields: fields.fields.map((one) => (one.field === "client.city" ? { ...one, value: "Sector 1" } : one)),
  edits: {
    edits: [{ field: "client.city", value: "Sector 1" }],
    changes: [{ field: "client.city", before: "Bucuresti", after: "Sector 1" }],
    author: "Ana",
    reason: "the customer wrote",
    atMs: 1_764_000_000_000,
  },
};
const preview = ({ edits }: DraftEditRequest) => ({ draft, problems: edits.length > 0 ? [] : [{ field: "client.city", kind: "address_incomplete", detail: "" }], changes: [] });
const answers = { "record.get": { ...record, draft }, "drafts.fields": fields, "drafts.preview": preview, "drafts.save": edited };

async function opened(more = {}) {
  const shown = await show(<RecordDrawer order={undefined} document="doc_1" />, { ...answers, ...more }, "/failures?document=doc_1&edit=draft");
  await screen.findByTestId(ids.editField("client.city"));
  return shown;
}

test("a held record's draft is edited with a live preview, a reason, and against its revision", async () => {
  const { calls, t } = await opened();
  expect(screen.getByTestId(ids.editSave)).toBeDisabled();
  await waitFor(() => expect(screen.getByTestId(ids.editPreview)).toHaveTextContent(t("failure.address_incomplete.title")));
  fireEvent.change(screen.getByTestId(ids.editField("client.city")), { target: { value: "Sector 1" } });
  expect(screen.getByText(t("editor.edit.changed"))).toBeInTheDocument();
  expect(screen.getByText(t("editor.edit.was", { value: "Bucuresti" }))).toBeInTheDocument();
  await waitFor(() => expect(screen.getByTestId(ids.editPreview)).toHaveTextContent(t("editor.edit.passes")));
  expect(screen.getByTestId(ids.editSave)).toBeDisabled();
  fireEvent.change(screen.getByTestId(ids.editReason), { target: { value: "the customer wrote" } });
  await userEvent.click(screen.getByTestId(ids.editSave));
  await waitFor(() => expect(screen.queryByTestId(ids.editSave)).toBeNull());
  expect(calls).toContainEqual({
    command: "drafts.save",
    request: { documentId: "doc_1", edits: [{ field: "client.city", value: "Sector 1" }], reason: "the customer wrote", revision: 4 },
  });
});

test("a price is typed as Romanian writes it, and goes out with a point", async () => {
  const priced = { ...fields, fields: [...fields.fields, { field: "lines[1].unit_price", value: "1050.5" }] };
  const { calls, t } = await opened({ "drafts.fields": priced });
  await act(() => i18next.changeLanguage("ro"));
  const price = screen.getByTestId(ids.editField("lines[1].unit_price"));
  expect(price).toHaveValue("1050,5");
  fireEvent.change(price, { target: { value: "1.050,50" } });
  expect(screen.queryByText(t("editor.edit.changed")), "the same number, written otherwise").toBeNull();
  fireEvent.change(price, { target: { value: "45,50x" } });
  expect(screen.getByText("Scrieți un număr, de exemplu 500,50.")).toBeInTheDocument();
  fireEvent.change(screen.getByTestId(ids.editReason), { target: { value: "prețul convenit" } });
  expect(screen.getByTestId(ids.editSave)).toBeDisabled();
  expect(screen.getByTestId(`${ids.editSave}-note`)).toHaveTextContent("Rescrieți mai întâi numărul marcat");
  fireEvent.change(price, { target: { value: "45,50" } });
  expect(price).toHaveValue("45,50");
  expect(screen.getByText(t("editor.edit.was", { value: "1050,5" }))).toBeInTheDocument();
  await userEvent.click(screen.getByTestId(ids.editSave));
  await waitFor(() =>
    expect(calls).toContainEqual({
      command: "drafts.save",
      request: { documentId: "doc_1", edits: [{ field: "lines[1].unit_price", value: "45.50" }], reason: "prețul convenit", revision: 4 },
    }),
  );
  const asked = calls.filter((call) => call.command === "drafts.preview").map((call) => call.request as DraftEditRequest);
  expect(asked.flatMap((request) => request.edits).filter((edit) => edit.value.includes("x")), "no word is tried as a number").toEqual([]);
  await act(() => i18next.changeLanguage("en"));
});

test("a record that moved on is refused in words of its own, and nothing that was typed is lost", async () => {
  const refuse = () => {
    throw { code: "not_now", detail: "moved_on", field: null, failure: null };
  };
  const { t } = await opened({ "drafts.save": refuse });
  fireEvent.change(screen.getByTestId(ids.editField("client.city")), { target: { value: "Sector 1" } });
  fireEvent.change(screen.getByTestId(ids.editReason), { target: { value: "x" } });
  await userEvent.click(screen.getByTestId(ids.editSave));
  expect(await screen.findByText(t("editor.refused.moved_on"))).toBeInTheDocument();
  expect(screen.getByTestId(ids.editField("client.city"))).toHaveValue("Sector 1");
});

test("a value becomes a rule: the mapping opens at its target with the value as a proposal", async () => {
  const { place } = await opened();
  fireEvent.change(screen.getByTestId(ids.editField("lines[1].vat_rate")), { target: { value: "21" } });
  await userEvent.click(screen.getByTestId(ids.editRule("lines[1].vat_rate")));
  const [path, search] = place().split("?");
  expect(path).toBe("/mappings");
  expect(Object.fromEntries(new URLSearchParams(search))).toEqual({ document: "doc_1", target: "lines[1].vat_rate", value: '"21"' });
});

test("what was edited stands with author and reason, and is taken back with a reason", async () => {
  const { calls, t } = await show(
    <RecordDrawer order={undefined} document="doc_1" />,
    { ...answers, "drafts.fields": edited, "drafts.undo": fields },
    "/failures?document=doc_1",
  );
  await userEvent.click(await screen.findByTestId(ids.drawerTab("draft")));
  const note = await screen.findByTestId(ids.edited);
  expect(note).toHaveTextContent(t("editor.edit.by", { author: "Ana" }));
  expect(note).toHaveTextContent("the customer wrote");
  expect(note).toHaveTextContent("Sector 1");
  await userEvent.click(screen.getByTestId(ids.editUndo));
  fireEvent.change(await screen.findByTestId(ids.reason), { target: { value: "mistaken" } });
  await userEvent.click(screen.getByTestId(ids.confirm));
  await waitFor(() => expect(calls).toContainEqual({ command: "drafts.undo", request: { id: "doc_1", reason: "mistaken" } }));
});

test("an edited draft that passes says that only the retry is left, and one that does not pass says no such thing", async () => {
  const at = async (problems: object[]) => {
    const answer = { ...record, draft, problems };
    const shown = await show(<RecordDrawer order={undefined} document="doc_1" />, { ...answers, "record.get": answer, "drafts.fields": edited }, "/failures?document=doc_1");
    await userEvent.click(await screen.findByTestId(ids.drawerTab("draft")));
    await screen.findByTestId(ids.edited);
    return shown;
  };
  const { t } = await at([]);
  expect(screen.getByTestId(ids.retryLeft)).toHaveTextContent(t("editor.edit.retryLeft", { act: t("retry.act", { count: 1 }) }));
  cleanup();
  await at([{ field: "client.city", kind: "address_incomplete", detail: "" }]);
  expect(screen.queryByTestId(ids.retryLeft)).toBeNull();
});

test("what was issued, and what takes back, is not offered to be edited, and says which version of its mapping made it", async () => {
  const madeBy = { mappingId: "map_1", name: "WooCommerce", version: 3 };
  const { t } = await show(<RecordDrawer order={undefined} document="doc_2" />, { "record.get": { ...issuedRecord, draft, madeBy } }, "/invoices");
  await userEvent.click(await screen.findByTestId(ids.drawerTab("draft")));
  await screen.findByTestId("draft");
  expect(screen.getByTestId(ids.madeBy)).toHaveTextContent(t("editor.edit.madeBy", { name: "WooCommerce", version: 3 }));
  expect(screen.queryByTestId(ids.editDraft)).toBeNull();
});

test("a storno that is held is not offered to be edited", async () => {
  const storno = { ...record, draft, document: { ...document, role: "storno" } };
  await show(<RecordDrawer order={undefined} document="doc_1" />, { "record.get": storno }, "/invoices");
  await userEvent.click(await screen.findByTestId(ids.drawerTab("draft")));
  await screen.findByTestId("draft");
  expect(screen.queryByTestId(ids.editDraft)).toBeNull();
});

test("edits are told against what the mapping makes, also over earlier edits", () => {
  const mapping = valuesOfMapping(edited);
  expect(mapping.get("client.city")).toBe("Bucuresti");
  const values = new Map(edited.fields.map((one) => [one.field, one.value]));
  expect(editsOf(values, mapping)).toEqual([{ field: "client.city", value: "Sector 1" }]);
  expect(editsOf(new Map(values).set("client.city", "Bucuresti"), mapping)).toEqual([]);
  expect(fieldGroups(edited.fields).map((group) => group.id)).toEqual(["client", "lines[1]"]);
});
