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
  vaultState: "ready",
  vaultReason: null,
  operator: "ana",
  role: "admin",
  attachedTo: null,
  startLanguage: null,
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
  expect(screen.getByTestId("banner-vault")).toHaveTextContent("no D-Bus");
  expect(screen.getByTestId("banner-vault")).toHaveTextContent(t("vault.banner.session"));
});

const copy = {
  file: "punte-atelier-2026-11-27-120000.sqlite",
  bytes: 320_000,
  madeMs: 1_795_000_000_000,
  sealed: false,
  verifiedMs: 1_795_000_000_000,
  sequence: 12,
  epoch: 3,
  auditHead: null,
  tookMs: 40,
};

test("a damaged workspace is restored from one of its backups, after it was said what happens", async () => {
  const problem = { workspace: mine, code: "ledger_damaged", detail: "malformed" };
  const files = [copy, { ...copy, file: "punte-atelier-2026-11-26-120000.sqlite" }];
  const { calls, t } = await show(<StartScreen app={{ ...app, workspaces: [mine], problem }} />, {
    "backup.get": { files },
    "backup.restore": app,
  });
  expect(calls).toContainEqual({ command: "backup.get", request: { workspace: "ws_1" } });
  await userEvent.click(await screen.findByTestId(ids.backup("from-start")));
  expect(await screen.findByText(t("backup.step.quarantine"))).toBeVisible();
  await userEvent.selectOptions(screen.getByTestId(ids.backup("choose")), files[1]?.file ?? "");
  await userEvent.click(screen.getByTestId(ids.backup("confirm")));
  const request = { workspace: "ws_1", file: files[1]?.file, passphrase: null };
  expect(calls).toContainEqual({ command: "backup.restore", request });
});

test("without a backup it says how one from elsewhere is put back; a workspace that is only in use is not offered any", async () => {
  const problem = { workspace: mine, code: "ledger_damaged", detail: "malformed" };
  const stuck = { ...app, workspaces: [mine], problem };
  const { t } = await show(<StartScreen app={stuck} />, { "backup.get": { files: [] } });
  expect(await screen.findByText(t("backup.noneForThis"))).toBeVisible();
  const inUse = await show(<StartScreen app={{ ...stuck, problem: { ...problem, code: "owned_by_other" } }} />, {});
  expect(inUse.calls.some((call) => call.command === "backup.get")).toBe(false);
});
