import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { VaultInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { show } from "../../test/show";
import { Vault } from "./Vault";

const keyring: VaultInfo = {
  kind: "os_keyring",
  state: "ready",
  reason: null,
  file: "/home/ana/punte/credentials.vault",
  hasFile: false,
  waitUntilMs: null,
  shortestPassphrase: 12,
};
const file: VaultInfo = { ...keyring, kind: "file", hasFile: true };
const part = (name: string) => screen.findByTestId(ids.vault(name));

test("says where credentials are kept and that they can be read", async () => {
  const { t } = await show(<Vault />, { "vault.get": keyring });
  expect(await part("card")).toHaveTextContent(t("vault.os_keyring"));
  expect(await part("card")).toHaveTextContent(t("vault.state.ready"));
  expect(screen.queryByTestId(ids.vault("open-choice"))).toBeNull();
  expect(screen.queryByTestId(ids.vault("change"))).toBeNull();
  expect(await wrongs()).toEqual([]);
});

test("names the file, and changes its passphrase with the one of now", async () => {
  const { calls } = await show(<Vault />, { "vault.get": file, "vault.change_passphrase": file });
  expect(await part("card")).toHaveTextContent("/home/ana/punte/credentials.vault");
  await userEvent.click(await part("change"));
  await userEvent.type(await part("old"), "the old passphrase");
  await userEvent.type(await part("new"), "a new passphrase");
  expect(await part("change-act")).toBeDisabled();
  await userEvent.type(await part("again"), "a new passphrase");
  expect(await wrongs()).toEqual([]);
  await userEvent.click(await part("change-act"));
  const request = { old: "the old passphrase", new: "a new passphrase" };
  await waitFor(() => expect(calls).toContainEqual({ command: "vault.change_passphrase", request }));
  await waitFor(() => expect(screen.queryByTestId(ids.vault("old"))).toBeNull());
});

test("a wrong passphrase of now is told at its field", async () => {
  const refuse = () => {
    throw { code: "wrong_passphrase", detail: "", field: null, failure: null };
  };
  const { t } = await show(<Vault />, { "vault.get": file, "vault.change_passphrase": refuse });
  await userEvent.click(await part("change"));
  await userEvent.type(await part("old"), "a guess");
  for (const field of ["new", "again"]) await userEvent.type(await part(field), "a new passphrase");
  await userEvent.click(await part("change-act"));
  expect(await screen.findByText(t("error.wrong_passphrase"))).toBeVisible();
});

test("a locked file is unlocked here too", async () => {
  const { calls } = await show(<Vault />, { "vault.get": { ...file, state: "locked" }, "vault.unlock": file });
  await userEvent.type(await part("passphrase"), "four words put together{Enter}");
  const request = { passphrase: "four words put together" };
  await waitFor(() => expect(calls).toContainEqual({ command: "vault.unlock", request }));
});

test("what is kept elsewhere moves to the keyring, and a refusal is told", async () => {
  const refuse = () => {
    throw { code: "vault_waiting", detail: "", field: null, failure: null };
  };
  const { calls, t } = await show(<Vault />, { "vault.get": file, "vault.choose": refuse });
  await userEvent.click(await part("to-keyring"));
  const request = { kind: "os_keyring", passphrase: null, replace: false };
  await waitFor(() => expect(calls).toContainEqual({ command: "vault.choose", request }));
  expect(await screen.findByText(t("error.vault_waiting"))).toBeVisible();
});
