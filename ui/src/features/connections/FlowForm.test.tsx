import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Connections, FlowInput, Mappings } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { show } from "../../test/show";
import { ConnectionsScreen } from "./ConnectionsScreen";
import { nameOf, startOf } from "./flowStart";
import { billing, flow, mapping, mappings, passed, stripe, wired } from "./samples";

const woo = mapping("map_woo", "woocommerce");
const field = (name: string) => screen.findByTestId(ids.flowForm(name));

/** Opens the form of a new flow, or of the one that there is. */
async function form(connections: Connections, known: Mappings, open?: string) {
  const answers = { "connections.list": connections, "connections.test": passed, "mappings.list": known, "flows.save": flow };
  const shown = await show(<ConnectionsScreen />, answers);
  await userEvent.click(open ? await screen.findByText(open) : await screen.findByTestId(ids.flowAdd));
  const save = async () => {
    await userEvent.click(await field("save"));
    const asked = () => shown.calls.find((call) => call.command === "flows.save")?.request as FlowInput | undefined;
    await waitFor(() => expect(asked()).toBeDefined());
    return asked() as FlowInput;
  };
  return { ...shown, save };
}

test("a new flow shows the mapping that it gets: where none reads the shop's orders, the preset that is added with it", async () => {
  const { t, save } = await form(wired(), mappings(woo));
  expect(await field("mapping")).toHaveValue(t("flow.mappingAdded", { name: t("editor.preset.stripe.name") }));
  expect(screen.queryByTestId(ids.flowForm("mapping-other"))).toBeNull();
  expect(await save()).toMatchObject({ id: null, shopId: stripe.id, mappingId: "" });
});

test("the mapping that the host would give is chosen before the first of the list", async () => {
  const known = mappings(woo, mapping("map_stripe", "stripe"));
  const { save } = await form(wired(), { ...known, shops: { [stripe.id]: { orders: "stripe", mapping: "map_stripe", preset: null } } });
  expect(await field("mapping")).toHaveValue("map_stripe");
  expect(await save()).toMatchObject({ mappingId: "map_stripe" });
});

test("a mapping of another kind's orders is told as such, and the preset can take its place", async () => {
  const { t, save } = await form(wired([flow]), mappings(woo), flow.name);
  const told = t("flow.mappingOther", { mapping: "map_woo", its: t("flow.ordersOf.woocommerce"), shops: t("flow.ordersOf.stripe") });
  expect(await field("mapping-other")).toHaveTextContent(told);
  await userEvent.click(await field("mapping"));
  await userEvent.click(await screen.findByRole("option", { name: t("flow.mappingAdded", { name: t("editor.preset.stripe.name") }) }));
  expect(screen.queryByTestId(ids.flowForm("mapping-other"))).toBeNull();
  expect(await save()).toMatchObject({ id: "flow_1", mappingId: "" });
});

test("a new flow starts with the series of its billing connection, and is named by from where to where", async () => {
  const { save } = await form(wired(), mappings(woo));
  expect(await field("name")).toHaveValue("Plăți → Facturi FCT");
  expect(await save()).toMatchObject({ name: "Plăți → Facturi FCT", company: "RO41236549", series: "FCT" });
});

test("its name follows what is chosen until somebody types one", async () => {
  const { t } = await form(wired(), mappings(woo));
  await userEvent.click(await screen.findByRole("combobox", { name: t("wizard.series") }));
  await userEvent.click(await screen.findByText(t("wizard.seriesNext", { name: "AVZ", number: "0003" })));
  expect(await field("name")).toHaveValue("Plăți → Facturi AVZ");
  await userEvent.clear(await field("name"));
  await userEvent.type(await field("name"), "A mea");
  await userEvent.click(await screen.findByRole("combobox", { name: t("wizard.series") }));
  await userEvent.click(await screen.findByText(t("wizard.seriesNext", { name: "FCT", number: "0008" })));
  expect(await field("name")).toHaveValue("A mea");
});

test("another flow's name is refused at its field, and a default is never one", async () => {
  const other = { ...flow, name: "Plăți → Facturi FCT" };
  const { t } = await form(wired([other]), mappings(woo));
  expect(await field("name")).toHaveValue("Plăți → Facturi FCT (2)");
  await userEvent.clear(await field("name"));
  await userEvent.type(await field("name"), "plăți → facturi fct");
  expect(await field("name")).toHaveAccessibleDescription(t("flow.nameTaken"));
  expect(await field("save")).toBeDisabled();
});

test("flows of one name from before can still be saved", async () => {
  const twins = [flow, { ...flow, id: "flow_2", series: "AVZ" }];
  const shown = await show(<ConnectionsScreen />, {
    "connections.list": wired(twins),
    "connections.test": passed,
    "mappings.list": mappings(woo),
    "flows.save": flow,
  });
  await userEvent.click(await screen.findByTestId(ids.flow("AVZ")));
  await userEvent.click(await field("save"));
  await waitFor(() => expect(shown.calls.map((call) => call.command)).toContain("flows.save"));
});

test("long names of connections are cut in a flow's", () => {
  const long = { ...wired([], { ...stripe, name: "x".repeat(200) }), billing: [{ ...billing, name: "y".repeat(200) }] };
  expect(nameOf(startOf(null, long), long).length).toBeLessThan(140);
});

test("a series that the provider does not list is told", async () => {
  const { t } = await form(wired([{ ...flow, series: "VECHI" }]), mappings(woo), flow.name);
  const told = t("wizard.seriesUnknown", { series: "VECHI" });
  await waitFor(() => expect(screen.getByRole("combobox", { name: t("wizard.series") })).toHaveAccessibleDescription(told));
});
