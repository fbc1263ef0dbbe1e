import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { afterEach, expect, test } from "vitest";
import type { AppInfo, SessionInfo } from "../api/generated/api";
import { ids } from "../shared/lib/testids";
import { wrongs } from "../test/axe";
import { alone, asOperator, locked, refusing } from "../test/people";
import { app, overview, there } from "../test/samples";
import { type Answers, type Call, errorOf, hostOf, lendWhatJsdomLacks } from "../test/show";
import { App } from "./App";
import { startI18n } from "./i18n";

afterEach(() => window.history.replaceState(null, "", "/"));

const field = (name: string) => screen.findByTestId(ids.signInField(name));

/** The whole window, over a host that answers as told. */
async function open(answers: Answers, session: SessionInfo | undefined = undefined, first: AppInfo = app) {
  lendWhatJsdomLacks();
  if (!i18next.isInitialized) await startI18n("en");
  await i18next.changeLanguage("en");
  const calls: Call[] = [];
  const host = hostOf({ "app.get": first, "overview.get": overview, "overview.trend": { days: [] }, ...answers }, calls);
  await act(async () => {
    render(<App host={host} first={first} session={session} />);
  });
  return { host, t: i18next.t, commands: () => calls.map(({ command }) => command), calls };
}

/** A host with a memory of who is signed in. */
function seats(more: Answers = {}, first: SessionInfo = locked): Answers {
  let session = first;
  return {
    "session.get": () => session,
    "session.sign_in": ({ name, password }: { name: string; password: string }) => {
      if (password !== "vara trecuta") throw errorOf("wrong_password", "");
      session = { ...asOperator, operator: name };
      return session;
    },
    "session.lock": () => {
      session = locked;
      return {};
    },
    "approvals.list": { approvals: [] },
    ...more,
  };
}

async function signIn(password = "vara trecuta") {
  await userEvent.selectOptions(await field("name"), "Ana Pop");
  await userEvent.type(await field("password"), `${password}{Enter}`);
}

test("before anybody signed in there is nothing of the workspace but its name, and nothing is asked", async () => {
  const { t, commands } = await open(seats());
  expect(await screen.findByTestId(ids.signIn)).toHaveTextContent("Atelier Cana SRL");
  expect(screen.getByText(t("signIn.works"))).toBeVisible();
  // whose password it is is not known yet: there is nothing to be copied that works
  expect(screen.getByText("punte-cli people reset NAME")).toBeVisible();
  await userEvent.selectOptions(await field("name"), "Ana Pop");
  expect(screen.getByText('punte-cli people reset "Ana Pop"')).toBeVisible();
  expect(screen.queryByTestId(ids.nav("invoices"))).toBeNull();
  // the window beside it is this machine's, whoever is there
  expect(new Set(commands())).toEqual(new Set(["app.get", "desktop.get", "session.get"]));
  expect(await wrongs()).toEqual([]);
});

test("name and password open it, by keyboard alone", async () => {
  const { calls } = await open(seats());
  const name = await field("name");
  expect(name).toHaveFocus();
  await userEvent.selectOptions(name, "Dan Ionescu");
  await userEvent.tab();
  expect(await field("password")).toHaveFocus();
  await userEvent.keyboard("vara trecuta{Enter}");
  expect(await screen.findByTestId(ids.userMenu)).toHaveTextContent("Dan Ionescu");
  expect(calls).toContainEqual({ command: "session.sign_in", request: { name: "Dan Ionescu", password: "vara trecuta" } });
});

test("a wrong password is said at its field, which is empty again and waits for the next", async () => {
  const { t } = await open(seats());
  await signIn("iarna");
  expect(await screen.findByText(t("signIn.wrong"))).toBeVisible();
  expect(await field("password")).toHaveValue("");
  expect(await field("password")).toHaveFocus();
  expect(await field("act")).toBeDisabled();
});

test("after too many the seconds are counted down, and then the next is taken", async () => {
  const until = Date.now() + 1400;
  const { t, commands } = await open(seats({ "session.sign_in": refusing("try_later", String(until)) }));
  await signIn("iarna");
  expect(await screen.findByText(t("signIn.later", { count: 1 }))).toBeVisible();
  await userEvent.type(await field("password"), "vara{Enter}");
  expect(await field("act")).toBeDisabled();
  expect(commands().filter((one) => one === "session.sign_in")).toHaveLength(1);
  await waitFor(async () => expect(await field("act")).toBeEnabled());
  expect(screen.queryByText(/Too many wrong/)).toBeNull();
});

test("Ctrl+L locks from within a field, at once, though the host does not answer", async () => {
  const { commands } = await open(seats({ "session.lock": () => new Promise(() => {}) }, asOperator), asOperator);
  await screen.findByTestId(ids.nav("failures"));
  await userEvent.click(screen.getByTestId(ids.userMenu));
  await userEvent.click(await screen.findByTestId(ids.userAct("password")));
  const old = await screen.findByTestId(ids.password("old"));
  await act(async () => {
    fireEvent.keyDown(old, { key: "l", ctrlKey: true });
  });
  expect(await screen.findByTestId(ids.signIn)).toBeVisible();
  expect(screen.queryByTestId(ids.password("old"))).toBeNull();
  expect(screen.queryByText("38")).toBeNull();
  expect(commands()).toContain("session.lock");
  // whoever sat there has only the password to type
  expect(await field("name")).toHaveValue("Ana Pop");
  expect(await field("password")).toHaveFocus();
});

test("nothing that was read before the lock is shown after it without being asked again", async () => {
  const { commands } = await open(seats({}, asOperator), asOperator);
  await screen.findByTestId(ids.nav("failures"));
  const before = commands().filter((one) => one === "overview.get").length;
  fireEvent.keyDown(window.document.body, { key: "l", ctrlKey: true });
  await screen.findByTestId(ids.signIn);
  await userEvent.type(await field("password"), "vara trecuta{Enter}");
  await screen.findByTestId(ids.userMenu);
  expect(commands().filter((one) => one === "overview.get").length).toBeGreaterThan(before);
});

test("whatever is answered with 'sign in first' locks the window", async () => {
  let isOver = false;
  const withOverview = {
    "overview.get": () => {
      if (isOver) throw errorOf("sign_in_needed", "overview.get");
      return overview;
    },
  };
  const answers = seats(withOverview, asOperator);
  const { host } = await open(answers, asOperator);
  await screen.findByTestId(ids.nav("failures"));
  isOver = true;
  host.tell(["documents"]);
  expect(await screen.findByTestId(ids.signIn)).toBeVisible();
});

test("another workspace can be opened from the locked screen, and one without people opens as ever", async () => {
  let now = app;
  const answers = seats({
    "app.get": () => now,
    "workspace.open": () => {
      now = { ...app, open: there };
      return now;
    },
    "session.get": () => (now.open?.id === there.id ? alone : locked),
  });
  const { t, calls } = await open(answers, locked);
  await userEvent.selectOptions(await field("workspace"), there.id);
  expect(calls).toContainEqual({ command: "workspace.open", request: { id: there.id } });
  expect(await screen.findByTestId(ids.nav("failures"))).toBeVisible();
  expect(screen.queryByTestId(ids.userMenu)).toBeNull();
  fireEvent.keyDown(window.document.body, { key: "?", shiftKey: true });
  await screen.findByTestId(ids.shortcuts);
  expect(screen.queryByText(t("desk.shortcut.lock"))).toBeNull();
});
