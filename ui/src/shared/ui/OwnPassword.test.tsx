import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { wrongs } from "../../test/axe";
import { refusing } from "../../test/people";
import { type Answers, show } from "../../test/show";
import { ids } from "../lib/testids";
import { OwnPassword } from "./OwnPassword";

const field = (name: string) => screen.findByTestId(ids.password(name));

async function typed(answers: Answers, again = "toamna verde") {
  const close = vi.fn();
  const shown = await show(<OwnPassword close={close} />, answers);
  await userEvent.type(await field("old"), "vara trecuta");
  await userEvent.type(await field("new"), "toamna verde");
  await userEvent.type(await field("again"), again);
  return { ...shown, close };
}

test("the own password is changed with the one that counts now, by Enter", async () => {
  const { calls, close } = await typed({ "session.change_password": {} });
  // the frame names the cross of every dialog
  expect((await wrongs()).filter((one) => !/mantine-(Modal|Drawer)-close/.test(one))).toEqual([]);
  await userEvent.keyboard("{Enter}");
  const request = { old: "vara trecuta", new: "toamna verde" };
  await waitFor(() => expect(calls).toContainEqual({ command: "session.change_password", request }));
  await waitFor(() => expect(close).toHaveBeenCalled());
});

test("two that differ are not sent, and neither is a short one", async () => {
  const { t } = await typed({}, "toamna ver!");
  expect(await field("save")).toBeDisabled();
  expect(screen.getAllByText(t("people.password.different")).length).toBeGreaterThan(0);
  for (const name of ["new", "again"]) {
    await userEvent.clear(await field(name));
    await userEvent.type(await field(name), "scurta");
  }
  expect(await field("save")).toHaveAttribute("title", t("people.password.short", { count: 10 }));
});

test("a wrong old one is said at its field", async () => {
  const { t } = await typed({ "session.change_password": refusing("wrong_password") });
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByText(t("signIn.wrong"))).toBeVisible();
  expect(screen.queryByTestId("error-note")).toBeNull();
});

test("after too many wrong ones the wait is counted down", async () => {
  const until = String(Date.now() + 30_000);
  await typed({ "session.change_password": refusing("try_later", until) });
  await userEvent.keyboard("{Enter}");
  expect((await screen.findAllByText(/looked at in (30|29) seconds/)).length).toBeGreaterThan(0);
  expect(await field("save")).toBeDisabled();
});
