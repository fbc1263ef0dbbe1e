import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { AppInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { show } from "../../test/show";
import { StartScreen } from "./StartScreen";

const app: AppInfo = {
  version: "0.1.0",
  language: "en",
  theme: "light",
  workspaces: [],
  open: null,
  problem: null,
  vault: "os_keyring",
  vaultReason: null,
  operator: "ana",
  role: "owner",
  quarantine: null,
};
const mine = { id: "ws_1", name: "Atelier", isSandbox: false, folder: "/home/ana/atelier", enabled: true };

test("the sandbox is one click away", async () => {
  const { calls } = await show(<StartScreen app={app} />, { "workspace.open_sandbox": app });
  expect(screen.getByTestId(ids.startSandbox)).toHaveTextContent(/fiscal/);
  await userEvent.click(screen.getByTestId(ids.startSandbox));
  expect(calls.map((call) => call.command)).toContain("workspace.open_sandbox");
});

test("a new workspace asks for a name, and says why it cannot be made without one", async () => {
  const { calls } = await show(<StartScreen app={app} />, { "workspace.create": app });
  expect(screen.queryByTestId(ids.startName)).toBeNull();
  await userEvent.click(screen.getByTestId(ids.startNew));
  const create = screen.getByTestId(ids.startCreate);
  expect(create).toBeDisabled();
  expect(create).toHaveAttribute("title");
  await userEvent.type(screen.getByTestId(ids.startName), "Atelier SRL");
  await userEvent.click(create);
  expect(calls).toContainEqual({ command: "workspace.create", request: { name: "Atelier SRL" } });
});

test("a known workspace opens again", async () => {
  const { calls } = await show(<StartScreen app={{ ...app, workspaces: [mine] }} />, { "workspace.open": app });
  await userEvent.click(screen.getByText("Atelier"));
  expect(calls).toContainEqual({ command: "workspace.open", request: { id: "ws_1" } });
});

test.each([
  "owned_by_other",
  "ledger_newer",
  "ledger_damaged",
  "ledger_read_only",
  "folder_missing",
  "other",
])("a workspace that does not open (%s) says so, where it is, and can be tried again", async (code) => {
  const problem = { workspace: mine, code, detail: "process 4711" };
  const stuck = { ...app, workspaces: [mine], problem };
  const { calls, t } = await show(<StartScreen app={stuck} />, { "workspace.open": app });
  const note = screen.getByTestId("open-problem");
  expect(note).toHaveTextContent(t(`start.problem.${code}`));
  expect(note).toHaveTextContent("process 4711");
  expect(note).toHaveTextContent("/home/ana/atelier");
  await userEvent.click(screen.getByText(t("common.tryAgain")));
  expect(calls).toContainEqual({ command: "workspace.open", request: { id: "ws_1" } });
});

test("language and theme are kept", async () => {
  const { calls } = await show(<StartScreen app={app} />, { "app.set_preferences": app });
  await userEvent.click(screen.getByTestId(ids.language("ro")));
  expect(calls).toContainEqual({ command: "app.set_preferences", request: { language: "ro", theme: null } });
  await userEvent.click(screen.getByTestId(ids.theme("dark")));
  expect(calls).toContainEqual({ command: "app.set_preferences", request: { language: null, theme: "dark" } });
});

test("without a keyring it says that credentials do not last", async () => {
  const { t } = await show(<StartScreen app={{ ...app, vault: "session_memory", vaultReason: "no D-Bus" }} />, {});
  expect(screen.getByText(new RegExp("no D-Bus"))).toHaveTextContent(t("vault.session_memory"));
});
