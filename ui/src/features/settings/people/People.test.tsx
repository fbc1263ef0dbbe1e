import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { ids } from "../../../shared/lib/testids";
import { wrongs } from "../../../test/axe";
import { alone, asAdmin, asOperator, guards, people, refusing } from "../../../test/people";
import { show } from "../../../test/show";
import { People } from "./People";

const at = (id: string) => screen.findByTestId(id);
const listed = { "session.get": asAdmin, "people.list": people };

async function passwords(text: string) {
  await userEvent.type(await at(ids.password("new")), text);
  await userEvent.type(await at(ids.password("again")), text);
}

test("without people it says what they are for, and the first one is an administrator who is warned", async () => {
  const { t, calls } = await show(<People />, { "session.get": alone, "people.add": people });
  await userEvent.click(await at(ids.peopleSetUp));
  expect(await at(ids.personField("name"))).toHaveValue("ana");
  expect(screen.getByText(t("people.first.warning"))).toBeVisible();
  // what is copied works as it is, and follows the name that is typed
  expect(screen.getByText("punte-cli people reset ana")).toBeVisible();
  await userEvent.type(await at(ids.personField("name")), " Pop");
  expect(screen.getByText('punte-cli people reset "ana Pop"')).toBeVisible();
  await userEvent.clear(await at(ids.personField("name")));
  expect(screen.getByText("punte-cli people reset NAME")).toBeVisible();
  expect(screen.queryByRole("button", { name: t("common.copy") })).toBeNull();
  await userEvent.type(await at(ids.personField("name")), "ana");
  expect(await at(ids.personField("save"))).toBeDisabled();
  // the frame names the cross of every dialog
  expect((await wrongs()).filter((one) => !/mantine-(Modal|Drawer)-close/.test(one))).toEqual([]);
  await passwords("vara trecuta");
  await userEvent.keyboard("{Enter}");
  const request = { name: "ana", role: "admin", password: "vara trecuta" };
  await waitFor(() => expect(calls).toContainEqual({ command: "people.add", request }));
});

test("an administrator sees everybody with role, state and last sign-in", async () => {
  const { t } = await show(<People />, listed);
  const ana = await at(ids.person("Ana Pop"));
  expect(ana).toHaveTextContent("administrator");
  expect(ana).toHaveTextContent(t("people.you"));
  expect(within(ana).queryByTestId(ids.personPassword("Ana Pop"))).toBeNull();
  const dan = await at(ids.person("Dan Ionescu"));
  expect(dan).toHaveTextContent(t("people.inactive"));
  expect(dan).toHaveTextContent(t("people.never"));
  expect(await wrongs()).toEqual([]);
});

test("whoever is signed in is not said to never have been", async () => {
  const never = { ...people, people: people.people.map((one) => ({ ...one, signedInMs: null })) };
  const { t } = await show(<People />, { ...listed, "people.list": never });
  const ana = await at(ids.person("Ana Pop"));
  expect(ana).toHaveTextContent(t("people.now"));
  expect(ana).not.toHaveTextContent(t("people.never"));
});

test("the buttons of a dialog keep their labels whole, however long what is missing is", async () => {
  await show(<People />, { "session.get": alone, "people.add": people });
  await userEvent.click(await at(ids.peopleSetUp));
  const save = await at(ids.personField("save"));
  expect(save).toHaveStyle({ flex: "none" });
  expect(save.previousElementSibling).toHaveStyle({ flex: "none" });
});

test("a person is added with a role; a name that is taken is said at its field", async () => {
  const { t, calls } = await show(<People />, { ...listed, "people.add": refusing("invalid_input", "Dan is taken", "name") });
  await userEvent.click(await at(ids.peopleAdd));
  await userEvent.type(await at(ids.personField("name")), "Dan");
  await userEvent.click(await at(ids.personField("viewer")));
  await passwords("toamna verde");
  await userEvent.click(await at(ids.personField("save")));
  const request = { name: "Dan", role: "viewer", password: "toamna verde" };
  await waitFor(() => expect(calls).toContainEqual({ command: "people.add", request }));
  expect(await screen.findByText(t("people.wrong.taken"))).toBeVisible();
  expect(screen.queryByTestId("error-note")).toBeNull();
});

test("the last administrator is not let go, and is told why", async () => {
  const { t, calls } = await show(<People />, { ...listed, "people.change": refusing("invalid_input", "no_admin_left", "role") });
  await userEvent.click(await at(ids.personChange("Ana Pop")));
  await userEvent.click(await at(ids.personField("active")));
  await userEvent.click(await at(ids.personField("save")));
  const request = { id: "op_1", name: "Ana Pop", role: "admin", active: false };
  await waitFor(() => expect(calls).toContainEqual({ command: "people.change", request }));
  expect(await screen.findByText(t("people.wrong.no_admin_left"))).toBeVisible();
});

test("somebody's password is set anew, and what that does is said", async () => {
  const { t, calls } = await show(<People />, { ...listed, "people.set_password": {} });
  await userEvent.click(await at(ids.personPassword("Dan Ionescu")));
  expect(await screen.findByText(t("people.password.text", { name: "Dan Ionescu" }))).toBeVisible();
  await passwords("toamna verde");
  await userEvent.click(await at(ids.password("save")));
  const request = { id: "op_2", password: "toamna verde" };
  await waitFor(() => expect(calls).toContainEqual({ command: "people.set_password", request }));
  expect(await screen.findByText(t("people.password.done", { name: "Dan Ionescu" }))).toBeVisible();
});

test("guards are kept together, each with what it does", async () => {
  const { t, calls } = await show(<People />, { ...listed, "people.set_guards": people });
  expect(await at(ids.guard("save"))).toBeDisabled();
  for (const name of ["storno", "delete", "bulk", "limits"]) expect(screen.getByText(t(`people.guards.${name}Text`))).toBeVisible();
  await userEvent.selectOptions(await at(ids.guard("lock")), "30");
  await userEvent.click(await at(ids.guard("storno")));
  await userEvent.click(await at(ids.guard("bulk")));
  const over = await at(ids.guard("bulk-over"));
  await userEvent.clear(over);
  await userEvent.type(over, "50");
  await userEvent.click(await at(ids.guard("save")));
  const request = { ...guards, lockAfterMin: 30, storno: true, bulkOver: 50 };
  await waitFor(() => expect(calls).toContainEqual({ command: "people.set_guards", request }));
});

test.each([
  ["guards", "second_person"],
  ["limits", "second_admin"],
])("a guard that nobody could lift is refused in words: %s", async (field, code) => {
  const { t } = await show(<People />, { ...listed, "people.set_guards": refusing("invalid_input", code, field) });
  await userEvent.click(await at(ids.guard(field === "limits" ? "limits" : "storno")));
  await userEvent.click(await at(ids.guard("save")));
  expect(await screen.findByText(t(`people.wrong.${code}`))).toBeVisible();
  expect(screen.queryByTestId("error-note")).toBeNull();
});

test("guards that wait for another administrator stand as they were", async () => {
  const on = { ...people, guards: { ...guards, storno: true } };
  await show(<People />, { ...listed, "people.list": on, "people.set_guards": refusing("needs_approval", "apr_1") });
  const storno = await at(ids.guard("storno"));
  await userEvent.click(storno);
  expect(storno).not.toBeChecked();
  await userEvent.click(await at(ids.guard("save")));
  await waitFor(() => expect(storno).toBeChecked());
  expect(screen.queryByTestId("error-note")).toBeNull();
});

test("whoever is no administrator changes the own password alone, and asks for nobody", async () => {
  const { t, calls } = await show(<People />, { "session.get": asOperator });
  expect(await screen.findByText(t("people.adminOnly"))).toBeVisible();
  expect(screen.queryByTestId(ids.peopleAdd)).toBeNull();
  expect(calls.some(({ command }) => command === "people.list")).toBe(false);
  await userEvent.click(await at(ids.password("own")));
  expect(await at(ids.password("old"))).toBeVisible();
});
