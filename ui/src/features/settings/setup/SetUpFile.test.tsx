import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { SetupInput, SetupPlan } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { wrongs } from "../../../test/axe";
import { asOperator, refusing } from "../../../test/people";
import { show } from "../../../test/show";
import { MOST_BYTES } from "./Import";
import { SetUpFile } from "./SetUpFile";

const text = { fileName: "punte-atelier-cana.setup.toml", content: '[punte]\nsetup = 1\nworkspace = "Atelier Cană"\n' };
const plan: SetupPlan = {
  workspace: "Atelier Cană",
  madeAtMs: 1_764_000_000_000,
  version: "0.1.0",
  companies: ["RO12345674"],
  series: ["FCT", "PRF"],
  accounts: ["acct_1First"],
  connections: [
    { name: "Magazin", kind: "woocommerce", detail: "https://atelier-cana.ro", fate: "new" },
    { name: "SmartBill", kind: "smartbill", detail: "RO12345674", fate: "new" },
    { name: "Oblio", kind: "oblio", detail: "RO12345674", fate: "kept" },
    { name: "Card", kind: "stripe", detail: "acct_1First", fate: "kept" },
  ],
  mappings: [{ name: "WooCommerce", kind: "mapping", detail: "23", fate: "kept" }],
  flows: [{ name: "Comenzi", shop: "Magazin", billing: "SmartBill", mapping: "WooCommerce", company: "RO12345674", series: "FCT", fate: "new" }],
  problems: [],
};
const wrong: SetupPlan = {
  ...plan,
  problems: [
    { code: "names_nothing", at: "flows[2].mapping", name: "Comenzi", given: "Shopify" },
    { code: "tax_id_wrong", at: "flows[1].company", name: "", given: "RO12345674" },
  ],
};
const at = (part: string) => screen.findByTestId(ids.setup(part));
const previews = (calls: { command: string; request: unknown }[]) => calls.filter((one) => one.command === "setup.preview").map((one) => one.request as SetupInput);

afterEach(() => vi.restoreAllMocks());

async function pasted(answers: object) {
  const shown = await show(<SetUpFile />, { "setup.export": text, ...answers });
  fireEvent.change(await at("typed"), { target: { value: text.content } });
  await userEvent.click(await at("look"));
  return shown;
}

test("the file is asked for when somebody wants to see it, shown whole, and saved as it was shown", async () => {
  const { calls, t } = await show(<SetUpFile />, { "setup.export": text });
  expect(calls).toEqual([]);
  expect(screen.getByText(t("setup.export.never"))).toBeVisible();
  await userEvent.click(await at("show"));
  expect(await at("text")).toHaveTextContent('workspace = "Atelier Cană"');
  expect(await wrongs()).toEqual([]);
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
  let saved: Blob | undefined;
  URL.createObjectURL = (blob) => {
    saved = blob as Blob;
    return "blob:x";
  };
  await userEvent.click(await at("save"));
  expect((click.mock.contexts[0] as HTMLAnchorElement).download).toBe(text.fileName);
  expect(await saved?.text()).toBe(text.content);
});

test("a file is looked at before anything is written, and says of each thing whether it comes or is here", async () => {
  const { calls, t } = await show(<SetUpFile />, { "setup.preview": plan });
  await userEvent.upload(await at("file"), new File([text.content], text.fileName, { type: "application/toml" }));
  expect(await at("plan")).toHaveTextContent(/Of “Atelier Cană”, written .*2025.*, by Punte 0\.1\.0\./);
  expect(previews(calls)).toEqual([{ content: text.content, companies: [], series: [], accounts: [] }]);
  const rows = within(await screen.findByTestId("setup-connections")).getAllByRole("row");
  expect(rows.map((row) => row.dataset.fate)).toEqual([undefined, "new", "new", "kept", "kept"]);
  expect(rows[4]).toHaveTextContent("acct_1First");
  expect(rows[3]).toHaveTextContent(t("setup.plan.kept"));
  expect(await screen.findByTestId("setup-mappings")).toHaveTextContent("23 rules");
  expect(await at("will")).toHaveTextContent("Importing adds: 2 connections, 1 flow.");
  expect(calls.some(({ command }) => command === "setup.import")).toBe(false);
  expect(await wrongs()).toEqual([]);
});

test("another company's tax id and series are put in their place, and the file is looked at anew", async () => {
  const { calls, t } = await pasted({ "setup.preview": plan, "setup.import": plan });
  await userEvent.type(await screen.findByTestId(ids.setupCompany("RO12345674")), "RO14399840");
  await userEvent.type(screen.getByTestId(ids.setupSeries("FCT")), "NOU");
  expect(await at("act")).toBeDisabled();
  const account = screen.getByTestId(ids.setupAccount("acct_1First"));
  expect(account).toHaveAccessibleDescription(t("setup.rename.accountText"));
  await userEvent.type(account, "acct_1Second");
  const wanted = {
    content: text.content,
    companies: [{ from: "RO12345674", to: "RO14399840" }],
    series: [{ from: "FCT", to: "NOU" }],
    accounts: [{ from: "acct_1First", to: "acct_1Second" }],
  };
  await waitFor(() => expect(previews(calls)).toContainEqual(wanted));
  await waitFor(() => expect(screen.getByTestId(ids.setup("act"))).toBeEnabled());
  await userEvent.click(await at("act"));
  await waitFor(() => expect(calls).toContainEqual({ command: "setup.import", request: wanted }));
});

test("problems are told with place, words and what to do, and nothing can be imported", async () => {
  const { t } = await pasted({ "setup.preview": wrong });
  const problems = await at("problems");
  expect(problems).toHaveTextContent("2 things are wrong");
  expect(problems).toHaveTextContent("Flow 2 “Comenzi” · mapping");
  expect(problems).toHaveTextContent("Flow 1 · company");
  expect(problems).toHaveTextContent(t("setup.problem.names_nothing"));
  expect(problems).toHaveTextContent(t("setup.fix.names_nothing"));
  expect(problems).toHaveTextContent("Shopify");
  // a tax id can be put right where it is asked for
  expect(screen.getByTestId(ids.setupCompany("RO12345674"))).toBeInvalid();
  expect(await at("act")).toBeDisabled();
  expect(await at("act")).toHaveAttribute("title", t("setup.act.problems"));
  expect(screen.queryByTestId(ids.setup("will"))).toBeNull();
  expect(await wrongs()).toEqual([]);
});

test("what a file does not say of itself is left out", async () => {
  await pasted({ "setup.preview": { ...plan, madeAtMs: null, version: "" } });
  expect(await screen.findByText("Of “Atelier Cană”.")).toBeVisible();
});

test("of a file with problems what is missing from the lists is not called empty", async () => {
  const { t } = await pasted({ "setup.preview": { ...wrong, flows: [] } });
  await at("problems");
  expect(screen.getByTestId("setup-connections")).toBeVisible();
  expect(screen.queryByText(t("setup.plan.none"))).toBeNull();
});

test("what cannot be read at all says on which line, and shows no empty lists", async () => {
  const none = { ...wrong, workspace: "", companies: [], series: [], connections: [], mappings: [], flows: [] };
  await pasted({ "setup.preview": { ...none, problems: [{ code: "not_toml", at: "line 3", name: "", given: "expected `=`" }] } });
  expect(await at("problems")).toHaveTextContent("Line 3");
  expect(screen.queryByTestId("setup-flows")).toBeNull();
  // it is put right in place
  await userEvent.click(await at("change"));
  expect(await at("typed")).toHaveValue(text.content);
});

test("after an import it is said what to connect first, and the way there", async () => {
  const { t, place } = await pasted({ "setup.preview": plan, "setup.import": plan });
  await userEvent.click(await at("act"));
  const done = await at("done");
  expect(done).toHaveTextContent("The set-up is here: 2 connections, 1 flow.");
  expect(within(done).getAllByRole("listitem").map((one) => one.textContent)).toEqual(["SmartBill · SmartBill", "Magazin · WooCommerce"]);
  expect(done).toHaveTextContent(t("setup.done.then"));
  await userEvent.click(await at("connections-open"));
  await waitFor(() => expect(place()).toBe("/connections"));
});

test("a file of which all is here has nothing to import", async () => {
  const kept = <One extends { fate: string }>(list: One[]) => list.map((one) => ({ ...one, fate: "kept" }));
  const { t } = await pasted({ "setup.preview": { ...plan, connections: kept(plan.connections), flows: kept(plan.flows) } });
  expect(await at("will")).toHaveTextContent(t("setup.act.nothing"));
  expect(await at("act")).toBeDisabled();
});

test("a set-up that somebody changed meanwhile is refused in words", async () => {
  const { t } = await pasted({ "setup.preview": plan, "setup.import": refusing("not_now", "setup_changed") });
  await userEvent.click(await at("act"));
  expect(await screen.findByText(t("setup.refused.setup_changed"))).toBeVisible();
});

test("a file of more than a mebibyte is not sent", async () => {
  const { calls, t } = await show(<SetUpFile />, { "setup.preview": plan });
  await userEvent.upload(await at("file"), new File(["#".repeat(MOST_BYTES + 1)], "large.toml"));
  expect(await at("refused")).toHaveTextContent(t("setup.import.tooLarge"));
  fireEvent.change(await at("typed"), { target: { value: "ă".repeat(MOST_BYTES / 2 + 1) } });
  await userEvent.click(await at("look"));
  expect(await at("refused")).toHaveTextContent(t("setup.import.tooLarge"));
  expect(calls).toEqual([]);
});

test("whoever is no administrator finds it off with the reason", async () => {
  const { t } = await show(<SetUpFile />, { "session.get": asOperator });
  await waitFor(() => expect(screen.getByTestId(ids.setup("show"))).toHaveAttribute("aria-disabled", "true"));
  expect(await at("show")).toHaveAccessibleDescription(t("needsRole.admin"));
  expect(await at("look")).toHaveAccessibleDescription(t("needsRole.admin"));
});
