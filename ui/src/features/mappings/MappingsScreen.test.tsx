import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import { catalogues } from "../../shared/i18n/catalogues";
import { ids } from "../../shared/lib/testids";
import { editorAnswers, known, mappingDocument, two } from "../../test/mapping";
import { record } from "../../test/samples";
import { show } from "../../test/show";
import { MappingsScreen } from "./MappingsScreen";

test("several mappings are listed with version, flows and draft, and one opens by its button", async () => {
  const { t, place } = await show(<MappingsScreen />, editorAnswers({ "mappings.list": two }), "/mappings");
  const list = await screen.findByTestId(ids.mappingList);
  expect(list).toHaveTextContent("Companii → Oblio");
  expect(list).toHaveTextContent(t("editor.list.hasDraft"));
  expect(list).toHaveTextContent(t("editor.list.unused"));
  await userEvent.click(screen.getByTestId(ids.mappingOpen("map_1")));
  expect(place()).toContain("mapping=map_1");
  expect(await screen.findByTestId(ids.mappingName)).toHaveValue("WooCommerce România");
});

test("no mapping is said, with what to begin with", async () => {
  const { t } = await show(<MappingsScreen />, { "mappings.list": { ...known, mappings: [] } }, "/mappings");
  expect(await screen.findByTestId("empty")).toHaveTextContent(t("editor.list.noneText"));
});

test("one mapping opens directly, and the list is still to be reached", async () => {
  const { place } = await show(<MappingsScreen />, editorAnswers(), "/mappings");
  await userEvent.click(await screen.findByTestId(ids.mappingAll));
  expect(place()).toContain("mapping=all");
  expect(await screen.findByTestId(ids.mappingList)).toBeInTheDocument();
});

test("a record's link opens the mapping of its flow", async () => {
  const flows = [{ id: "flow_1", mappingId: "map_2" }];
  const { calls } = await show(
    <MappingsScreen />,
    editorAnswers({
      "mappings.list": two,
      "record.get": record,
      "connections.list": { shops: [], billing: [], flows },
      "mappings.get": ({ id }: { id: string }) => ({ id, name: "Shopify", version: 1, published: mappingDocument, draft: null, flows: [] }),
    }),
    "/mappings?document=doc_1&target=client.city",
  );
  await waitFor(() => expect(calls).toContainEqual({ command: "mappings.get", request: { id: "map_2" } }));
  expect(await screen.findByTestId(ids.target(null, "client.city"))).toHaveAttribute("aria-selected", "true");
});

test("a new mapping is made from a preset, from a copy, or from nothing, and opened", async () => {
  const made = { id: "map_1", name: "Mine", version: 0, flows: [], hasDraft: false, orders: "" };
  const { calls, place } = await show(<MappingsScreen />, editorAnswers({ "mappings.list": two, "mappings.create": made }), "/mappings");
  await userEvent.click(await screen.findByTestId(ids.mappingNew));
  expect(await screen.findByTestId(ids.newCreate)).toBeDisabled();
  expect(screen.getByTestId(ids.newPreset)).toHaveValue("WooCommerce Romania");
  fireEvent.change(screen.getByTestId(ids.newName), { target: { value: "Mine" } });
  await userEvent.click(screen.getByTestId(ids.newFrom("nothing")));
  await userEvent.click(screen.getByTestId(ids.newCreate));
  await waitFor(() => expect(place()).toContain("mapping=map_1"));
  expect(calls).toContainEqual({ command: "mappings.create", request: { name: "Mine", preset: null, copyOf: null, document: null } });
});

test("a new mapping is read from a file", async () => {
  const { calls } = await show(
    <MappingsScreen />,
    editorAnswers({
      "mappings.list": two,
      "mappings.read_text": mappingDocument,
      "mappings.create": { id: "map_1", name: "x", version: 0, flows: [], hasDraft: false, orders: "" },
    }),
    "/mappings",
  );
  await userEvent.click(await screen.findByTestId(ids.mappingNew));
  await userEvent.click(await screen.findByTestId(ids.newFrom("file")));
  const file = new File(["{}"], "a.punte-mapping.json", { type: "application/json" });
  fireEvent.change(screen.getByTestId(ids.newFile), { target: { files: [file] } });
  await waitFor(() => expect(screen.getByTestId(ids.newName)).toHaveValue("WooCommerce România"));
  await userEvent.click(screen.getByTestId(ids.newCreate));
  await waitFor(() =>
    expect(calls).toContainEqual({
      command: "mappings.create",
      request: { name: "WooCommerce România", preset: null, copyOf: null, document: mappingDocument },
    }),
  );
});

const FUNCTIONS =
  "money round round2 gross net gross_unit_price vat_rate meta is_company company_meta cui is_cui is_cnp sector is_bucharest county country collect_kind discount_note lookup first_of join_words starts_with upper title ascii digits phone_ro date_bucharest plain_text minor";
const PROBLEMS =
  "syntax empty_expression not_there not_a_field_of unknown_name unknown_function wrong_type not_an_amount not_a_flag not_a_list too_many_operations too_large too_deep too_many_items no_rate totals no_table not_a_date bad_default unknown_target target_missing target_twice block_name no_lines settings other";
const REFUSALS = "published_meanwhile dry_run_running not_open takes_back moved_on no_draft";

test("every function, problem with its fix, refusal and preset has words in both languages", async () => {
  await show(<div />, {});
  const keys = [
    ...FUNCTIONS.split(" ").map((name) => `editor.function.${name}`),
    ...PROBLEMS.split(" ").flatMap((code) => [`editor.problem.${code}.what`, `editor.problem.${code}.fix`]),
    ...REFUSALS.split(" ").map((code) => `editor.refused.${code}`),
    ...["woocommerce_ro", "woocommerce_eu", "shopify", "stripe", "generic"].flatMap((id) => [`editor.preset.${id}.name`, `editor.preset.${id}.text`]),
    "timeline.draft_edited",
    "timeline.draft_edit_undone",
  ];
  expect(Object.keys(catalogues)).toEqual(["ro", "en"]);
  for (const lng of ["ro", "en"]) expect(keys.filter((key) => !i18next.exists(key, { lng }))).toEqual([]);
});
