import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { deskAnswers } from "../../test/desk";
import { show } from "../../test/show";
import { InvoicesScreen } from "./InvoicesScreen";

test("the list, with rows chosen and a search that is wrong in part, is whole for whoever does not see it", async () => {
  await show(<InvoicesScreen />, deskAnswers(30), "/invoices?q=status%3Aheld+nosuch%3A1");
  fireEvent.click(await screen.findByTestId(ids.row("1")), { ctrlKey: true });
  expect(await wrongs()).toEqual([]);
});

test("so are its menus: a column's, the columns, the views, the proposals", async () => {
  await show(<InvoicesScreen />, deskAnswers(3));
  for (const id of [ids.deskMenu("issued"), ids.filter, ids.deskColumns, ids.views]) {
    await userEvent.click(await screen.findByTestId(id));
    await screen.findByRole("dialog");
    expect(await wrongs(), id).toEqual([]);
    await userEvent.keyboard("{Escape}");
  }
  await userEvent.type(screen.getByTestId(ids.search), "st");
  await screen.findByTestId(ids.proposalAt("status:"));
  expect(await wrongs()).toEqual([]);
});

test("and the empty list", async () => {
  await show(<InvoicesScreen />, deskAnswers(0));
  await screen.findByTestId("empty");
  expect(await wrongs()).toEqual([]);
});

test("the check finds what is wrong", async () => {
  await show(<input />, {});
  expect((await wrongs()).join()).toContain("label");
});
