import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { VaultInfo } from "../../../api/generated/api";
import { wrongs } from "../../../test/axe";
import { app } from "../../../test/samples";
import { show } from "../../../test/show";
import { ids } from "../../lib/testids";
import { VaultBanner } from "./VaultBanner";

const unchosen: VaultInfo = {
  kind: null,
  state: "not_chosen",
  reason: "no bus",
  file: "/home/ana/.local/share/punte/credentials.vault",
  hasFile: false,
  waitUntilMs: null,
  shortestPassphrase: 12,
};
const locked: VaultInfo = { ...unchosen, kind: "file", state: "locked", reason: null, hasFile: true };
const as = ({ kind, state, reason }: VaultInfo) => ({ ...app, vault: kind, vaultState: state, vaultReason: reason });
const part = (name: string) => screen.findByTestId(ids.vault(name));
const WORDS = "four words put together";

const refuse = (code: string, detail: string) => () => {
  throw { code, detail, field: null, failure: null };
};

test("a keyring that works says nothing", async () => {
  await show(<VaultBanner app={app} />, {});
  expect(screen.queryByTestId("banner-vault")).toBeNull();
});

test("a locked file is opened where it is told", async () => {
  const { calls, t } = await show(<VaultBanner app={as(locked)} />, { "vault.unlock": { ...locked, state: "ready" } });
  expect(await screen.findByTestId("banner-vault")).toHaveTextContent(t("vault.banner.lockedText"));
  expect(await part("unlock")).toBeDisabled();
  await userEvent.type(await part("passphrase"), `${WORDS}{Enter}`);
  await waitFor(() => expect(calls).toContainEqual({ command: "vault.unlock", request: { passphrase: WORDS } }));
  expect(await part("passphrase")).toHaveValue("");
  expect(await wrongs()).toEqual([]);
});

test("a wrong passphrase is told at its field", async () => {
  const { t } = await show(<VaultBanner app={as(locked)} />, { "vault.unlock": refuse("wrong_passphrase", "") });
  await userEvent.type(await part("passphrase"), "a guess{Enter}");
  expect(await screen.findByText(t("error.wrong_passphrase"))).toBeVisible();
  expect(screen.queryByTestId("error-note")).toBeNull();
});

test("after too many the next one waits, and how long is counted down", async () => {
  const until = String(Date.now() + 30_000);
  await show(<VaultBanner app={as(locked)} />, { "vault.unlock": refuse("try_later", until) });
  await userEvent.type(await part("passphrase"), "a guess{Enter}");
  expect(await screen.findByText(/wait (29|30) seconds/)).toBeVisible();
  await userEvent.type(await part("passphrase"), "another");
  expect(await part("unlock")).toBeDisabled();
});

test("a keyring that waits says what to do, goes on by itself, and may be asked once more", async () => {
  const waiting: VaultInfo = { ...unchosen, kind: "os_keyring", state: "waiting", reason: "the keyring is locked" };
  const { calls, t } = await show(<VaultBanner app={as(waiting)} />, { "vault.unlock": refuse("vault_waiting", "") });
  const banner = await screen.findByTestId("banner-vault");
  expect(banner).toHaveTextContent(t("vault.banner.waitingText"));
  expect(banner).toHaveTextContent("the keyring is locked");
  await userEvent.click(await part("ask"));
  expect(await screen.findByText(t("vault.stillWaiting"))).toBeVisible();
  expect(calls).toContainEqual({ command: "vault.unlock", request: { passphrase: "" } });
});

test("a keyring that refuses says why, may be asked once more, and is not called absent", async () => {
  const refusing: VaultInfo = { ...unchosen, state: "refused", reason: "AccessDenied: switched off by the administrator" };
  const { calls, t } = await show(<VaultBanner app={as(refusing)} />, { "vault.unlock": refuse("vault_not_chosen", ""), "vault.get": refusing });
  const banner = await screen.findByTestId("banner-vault");
  expect(banner).toHaveTextContent(t("vault.banner.refusedText"));
  expect(banner).toHaveTextContent("switched off by the administrator");
  expect(banner).not.toHaveTextContent(t("vault.banner.not_chosenText"));
  await userEvent.click(await part("ask"));
  expect(await screen.findByText(t("vault.stillRefuses"))).toBeVisible();
  expect(calls).toContainEqual({ command: "vault.unlock", request: { passphrase: "" } });
  await userEvent.click(await part("open-choice"));
  expect(await screen.findByText(t("vault.choose.fileText"))).toBeVisible();
  expect(await wrongs()).toEqual([]);
});

test("without a keyring a person chooses, and reads what each choice means", async () => {
  const answers = { "vault.get": unchosen, "vault.choose": { ...unchosen, kind: "file", state: "ready" } };
  const { calls, t } = await show(<VaultBanner app={as(unchosen)} />, answers);
  await userEvent.click(await part("open-choice"));
  expect(await screen.findByText(t("vault.choose.fileText"))).toBeVisible();
  expect(screen.getByText(t("vault.choose.session_memoryText"))).toBeVisible();
  const field = await part("new");
  await userEvent.type(field, "too short");
  expect(await part("choose")).toBeDisabled();
  await userEvent.clear(field);
  await userEvent.type(field, WORDS);
  await userEvent.type(await part("again"), "five words");
  expect(screen.getAllByText(t("vault.missing.different"))[0]).toBeVisible();
  expect(await part("choose")).toBeDisabled();
  await userEvent.clear(await part("again"));
  await userEvent.type(await part("again"), WORDS);
  expect(await wrongs()).toEqual([]);
  await userEvent.click(await part("choose"));
  const request = { kind: "file", passphrase: WORDS, replace: false };
  await waitFor(() => expect(calls).toContainEqual({ command: "vault.choose", request }));
  await waitFor(() => expect(screen.queryByTestId(ids.vault("choose"))).toBeNull());
});

test("for this session only is a choice too, and stays said", async () => {
  const { calls, t } = await show(<VaultBanner app={as(unchosen)} />, { "vault.get": unchosen, "vault.choose": unchosen });
  await userEvent.click(await part("open-choice"));
  await userEvent.click(await part("kind-session_memory"));
  await userEvent.click(await part("choose"));
  const request = { kind: "session_memory", passphrase: null, replace: false };
  await waitFor(() => expect(calls).toContainEqual({ command: "vault.choose", request }));
  await show(<VaultBanner app={as({ ...unchosen, kind: "session_memory", state: "ready" })} />, {});
  expect(screen.getAllByText(t("vault.banner.session"))[0]).toBeVisible();
});

test("a forgotten passphrase gives the file up only when that is said", async () => {
  const { calls, t } = await show(<VaultBanner app={as(locked)} />, { "vault.get": locked, "vault.choose": locked });
  await userEvent.click(await part("open-choice"));
  await userEvent.click(await part("kind-session_memory"));
  expect(await part("choose")).toBeDisabled();
  await userEvent.click(await part("kind-file"));
  expect(await part("known")).toBeVisible();
  await userEvent.click(await part("give-up"));
  expect(screen.getByText(t("vault.choose.givenUp"))).toBeVisible();
  await userEvent.type(await part("new"), WORDS);
  await userEvent.type(await part("again"), WORDS);
  await userEvent.click(await part("choose"));
  const request = { kind: "file", passphrase: WORDS, replace: true };
  await waitFor(() => expect(calls).toContainEqual({ command: "vault.choose", request }));
});
