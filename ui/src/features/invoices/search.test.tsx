import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { SavedView, TableQuery } from "../../api/generated/api";
import { BLOCK } from "../../shared/lib/blocks";
import { ids } from "../../shared/lib/testids";
import { deskAnswers, SUMMARY } from "../../test/desk";
import { show } from "../../test/show";
import { InvoicesScreen } from "./InvoicesScreen";

const view: SavedView = { id: "view_1", list: "documents", name: "Big ones", text: "total:>500", sort: { column: "total", descending: true }, columns: [] };
const textOf = (place: () => string) => new URLSearchParams(place().split("?")[1]).get("q");

test("fields and values are completed by the keyboard alone", async () => {
  const { place, t } = await show(<InvoicesScreen />, deskAnswers(3));
  const search = await screen.findByTestId(ids.search);
  await userEvent.type(search, "ana st");
  expect(await screen.findByTestId(ids.proposalAt("status:"))).toHaveTextContent(t("desk.field.status"));
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(search).toHaveValue("ana status:");
  expect(await screen.findByTestId(ids.proposalAt("in_doubt"))).toHaveTextContent(t("state.in_doubt"));
  await userEvent.type(search, "he");
  await userEvent.keyboard("{ArrowDown}{Tab}");
  expect(search).toHaveValue("ana status:held ");
  expect(search).toHaveFocus();
  await waitFor(() => expect(textOf(place)).toBe("ana status:held"));
});

test("Enter without a proposal chosen searches for what is typed, at once", async () => {
  const { calls, place } = await show(<InvoicesScreen />, deskAnswers(3));
  await userEvent.type(await screen.findByTestId(ids.search), "st{Enter}");
  const asked = { from: 0, limit: BLOCK, query: { list: "documents", text: "st", sort: null } };
  expect(calls).toContainEqual({ command: "table.documents", request: asked });
  await waitFor(() => expect(textOf(place)).toBe("st"));
});

test("the address goes before what was typed under another one", async () => {
  const { go, place } = await show(<InvoicesScreen />, deskAnswers(3), "/invoices?q=ana");
  const search = await screen.findByTestId(ids.search);
  await userEvent.type(search, " maria{Enter}");
  await waitFor(() => expect(textOf(place)).toBe("ana maria"));
  await go("/invoices?q=ana");
  await waitFor(() => expect(search).toHaveValue("ana"));
  await go("/invoices");
  await waitFor(() => expect(search).toHaveValue(""));
  expect(textOf(place)).toBeNull();
});

test("the text comes from the address, and what it reads as is told by colour over the same letters", async () => {
  await show(<InvoicesScreen />, deskAnswers(3), `/invoices?q=${encodeURIComponent("ana status:held nosuch:1")}`);
  expect(await screen.findByTestId(ids.search)).toHaveValue("ana status:held nosuch:1");
  await screen.findByTestId(ids.row("0"));
  const mirror = window.document.querySelector(".desk-mirror");
  expect(mirror).toHaveTextContent("ana status:held nosuch:1");
  const parts = [...(mirror?.querySelectorAll("[data-part]") ?? [])].map((part) => [part.getAttribute("data-part"), part.textContent]);
  expect(parts).toEqual([
    ["word", "ana"],
    ["name", "status:"],
    ["value", "held"],
    ["unknown", "nosuch:1"],
  ]);
});

test("what could not be read is told under the field, and not of a text that is typed meanwhile", async () => {
  const summary = ({ text }: TableQuery) => ({
    ...SUMMARY,
    count: 3,
    problems: text.includes("total:abc") ? [{ from: 4, to: 13, code: "bad_amount", text: "abc" }] : [],
  });
  const { t } = await show(<InvoicesScreen />, { ...deskAnswers(3), "table.summary": summary });
  const search = await screen.findByTestId(ids.search);
  await userEvent.type(search, "ana total:abc");
  expect(await screen.findByTestId(ids.searchProblem)).toHaveTextContent(`${t("desk.problem.bad_amount")} abc`);
  expect(search).toHaveAttribute("aria-invalid", "true");
  await userEvent.type(search, "x");
  expect(screen.queryByTestId(ids.searchProblem)).toBeNull();
});

test("a view that comes with the list is one press, and names itself", async () => {
  const { place, t } = await show(<InvoicesScreen />, deskAnswers(3));
  await userEvent.click(await screen.findByTestId(ids.views));
  await userEvent.click(await screen.findByTestId(ids.view(t("desk.builtin.inDoubt"))));
  await waitFor(() => expect(textOf(place)).toBe("status:in_doubt"));
  expect(screen.getByTestId(ids.views)).toHaveTextContent(t("desk.builtin.inDoubt"));
  expect(screen.getByTestId(ids.search)).toHaveValue("status:in_doubt");
});

test("an own view brings back its search and sort", async () => {
  const { place } = await show(<InvoicesScreen />, { ...deskAnswers(3), "views.list": { views: [view] } });
  await userEvent.click(await screen.findByTestId(ids.views));
  await userEvent.click(await screen.findByTestId(ids.view("Big ones")));
  await waitFor(() => expect(textOf(place)).toBe("total:>500"));
  expect(place()).toContain("sort=-total");
});

test("a search is kept by a name that is not taken", async () => {
  const { calls, t } = await show(<InvoicesScreen />, { ...deskAnswers(3), "views.list": { views: [view] }, "views.save": view }, "/invoices?q=ana");
  await userEvent.click(await screen.findByTestId(ids.views));
  expect(await screen.findByTestId(ids.viewSave)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.viewName), "Big ones");
  expect(screen.getByText(t("desk.viewTaken"))).toBeVisible();
  await userEvent.type(screen.getByTestId(ids.viewName), " of Ana{Enter}");
  await waitFor(() => expect(calls.find((call) => call.command === "views.save")?.request).toMatchObject({ id: "", name: "Big ones of Ana", text: "ana" }));
});

test("an own view is renamed, deleted, and brought back as it was", async () => {
  const answers = { ...deskAnswers(3), "views.list": { views: [view] }, "views.save": view, "views.delete": {} };
  const { calls } = await show(<InvoicesScreen />, answers);
  const saved = () => calls.filter((call) => call.command === "views.save").map((call) => call.request as SavedView);
  await userEvent.click(await screen.findByTestId(ids.views));
  await userEvent.click(await screen.findByTestId(ids.viewRename("Big ones")));
  const name = screen.getAllByTestId(ids.viewName)[0] as HTMLInputElement;
  await userEvent.clear(name);
  await userEvent.type(name, "Bigger{Enter}");
  await waitFor(() => expect(saved().at(-1)).toMatchObject({ id: "view_1", name: "Bigger" }));
  await userEvent.click(await screen.findByTestId(ids.viewDelete("Big ones")));
  await waitFor(() => expect(calls).toContainEqual({ command: "views.delete", request: { id: "view_1" } }));
  await userEvent.click(await screen.findByTestId(ids.undoNote));
  await waitFor(() => expect(saved().at(-1)).toEqual({ ...view, id: "" }));
});
