import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test } from "vitest";
import type { BackupFile, BackupInfo, JobInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { failure } from "../../test/samples";
import { show } from "../../test/show";
import { Backup } from "./Backup";

const job: JobInfo = {
  id: "backup",
  kind: "backup",
  about: "",
  everyMs: 86_400_000,
  lastMs: Date.now() - 60_000,
  nextMs: Date.now() + 3_600_000,
  running: false,
  outcome: "ok",
  counts: { kib: 312, verified: 1, pruned: 0 },
  failure: null,
};
const whole: BackupFile = {
  file: "punte-atelier-2026-11-27-120000.sqlite",
  bytes: 320_000,
  madeMs: Date.now() - 60_000,
  sealed: false,
  verifiedMs: Date.now() - 50_000,
  sequence: 12,
  epoch: 3,
  auditHead: null,
  tookMs: 40,
};
const carried: BackupFile = { ...whole, file: "old.sqlite.sealed", sealed: true, verifiedMs: null, sequence: null, epoch: null };
const info: BackupInfo = {
  workspace: "ws_1",
  folder: "/home/ana/punte/backups/ws_1",
  defaultFolder: "/home/ana/punte/backups/ws_1",
  everyHours: 24,
  keep: 14,
  encrypt: false,
  passphraseMs: null,
  shortestPassphrase: 12,
  copied: 0,
  pages: 0,
  running: false,
  job,
  files: [whole, carried],
};
const part = (name: string) => screen.findByTestId(ids.backup(name));

test("it says how backups are made, what came of the last, and which are whole", async () => {
  const { t } = await show(<Backup />, { "backup.get": info });
  expect(await screen.findByText(/is whole\./)).toBeVisible();
  expect(await part("folder")).toHaveValue("");
  expect(screen.getByText(new RegExp(info.defaultFolder))).toBeVisible();
  expect(await part("every")).toHaveValue("24");
  const [first, second] = [screen.getByTestId(ids.backupFile(whole.file)), screen.getByTestId(ids.backupFile(carried.file))];
  expect(first).toHaveTextContent(t("backup.verified"));
  expect(first).not.toHaveTextContent(t("backup.sealed"));
  expect(second).toHaveTextContent(t("backup.notVerified"));
  expect(second).toHaveTextContent(t("backup.sealed"));
  expect(await part("save")).toBeDisabled();
  expect(await wrongs()).toEqual([]);
  await i18next.changeLanguage("ro");
  expect(await screen.findByText("Copie de siguranță")).toBeVisible();
});

test("one is made now, and how far it is is said", async () => {
  const { calls } = await show(<Backup />, { "backup.get": info, "backup.run": {} });
  await userEvent.click(await part("now"));
  await waitFor(() => expect(calls).toContainEqual({ command: "backup.run", request: { passphrase: null } }));
});

test("while one is made no other is begun", async () => {
  await show(<Backup />, { "backup.get": { ...info, running: true, copied: 30, pages: 120 } });
  expect(await screen.findByText("Copying: 25 %")).toBeVisible();
  expect(await part("now")).toBeDisabled();
  expect(await wrongs()).toEqual([]);
});

test("a failure is said with its fix, and nothing is claimed to be whole", async () => {
  const failed = { ...job, outcome: "failed", failure: { ...failure, kind: "backup_passphrase", providerWords: null } };
  const { t } = await show(<Backup />, { "backup.get": { ...info, job: failed } });
  expect(await screen.findByText(t("failure.backup_passphrase.fix"))).toBeVisible();
  expect(screen.getByText(t("backup.lastFailed"))).toBeVisible();
  expect(screen.queryByText(/The last backup was made/)).toBeNull();
});

test("what is set is kept together, and the passphrase is asked for twice", async () => {
  const { calls, t } = await show(<Backup />, { "backup.get": info, "backup.set": info });
  await userEvent.type(await part("folder"), " /mnt/disk ");
  await userEvent.selectOptions(await part("every"), "168");
  await userEvent.click(await part("encrypt"));
  const save = await part("save");
  expect(save).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.vault("new")), "correct horse battery");
  expect(save).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.vault("again")), "correct horse battery");
  expect(screen.getByText(new RegExp(t("backup.passphraseText").slice(0, 30)))).toBeVisible();
  expect(await wrongs()).toEqual([]);
  await userEvent.click(save);
  const request = { folder: "/mnt/disk", everyHours: 168, keep: 14, encrypt: true, passphrase: "correct horse battery" };
  await waitFor(() => expect(calls).toContainEqual({ command: "backup.set", request }));
});

test("a passphrase that is set stays unless a new one is typed", async () => {
  const set = { ...info, encrypt: true, passphraseMs: Date.now() - 1000 };
  const { calls } = await show(<Backup />, { "backup.get": set, "backup.set": set });
  await userEvent.selectOptions(await part("every"), "6");
  await userEvent.click(await part("save"));
  const request = { folder: null, everyHours: 6, keep: 14, encrypt: true, passphrase: null };
  await waitFor(() => expect(calls).toContainEqual({ command: "backup.set", request }));
});

test("a folder that cannot be used stands at its field", async () => {
  const refuse = () => {
    throw { code: "invalid_input", detail: "Permission denied", field: "folder", failure: null };
  };
  const { t } = await show(<Backup />, { "backup.get": info, "backup.set": refuse });
  await userEvent.type(await part("folder"), "/root");
  await userEvent.click(await part("save"));
  expect(await screen.findByText(new RegExp(t("backup.wrong.folder")))).toHaveTextContent("Permission denied");
});

test("before one is restored it says what happens, and asks for its passphrase where it has one", async () => {
  const { calls, t } = await show(<Backup />, { "backup.get": info, "backup.restore": {} });
  await userEvent.click(await screen.findByTestId(ids.backupRestore(carried.file)));
  const dialog = await screen.findByRole("dialog");
  for (const step of ["stop", "aside", "quarantine", "lost"]) {
    expect(within(dialog).getByText(t(`backup.step.${step}`))).toBeVisible();
  }
  expect(await wrongs()).toEqual([]);
  await userEvent.type(within(dialog).getByTestId(ids.backup("restore-passphrase")), "the old one, still");
  await userEvent.click(within(dialog).getByTestId(ids.backup("confirm")));
  const request = { workspace: "ws_1", file: carried.file, passphrase: "the old one, still" };
  await waitFor(() => expect(calls).toContainEqual({ command: "backup.restore", request }));
});

test.each(["damaged", "passphrase_wrong", "other_workspace", "newer", "foreign"])(
  "a backup that cannot be restored (%s) is refused in words, and the dialog stays",
  async (code) => {
    const refuse = () => {
      throw { code: "invalid_input", detail: `${code}: facts`, field: "file", failure: null };
    };
    const { t } = await show(<Backup />, { "backup.get": info, "backup.restore": refuse });
    await userEvent.click(await screen.findByTestId(ids.backupRestore(whole.file)));
    await userEvent.click(await screen.findByTestId(ids.backup("confirm")));
    expect(await screen.findByTestId(ids.backup("refused"))).toHaveTextContent(t(`backup.refused.${code}`));
    expect(screen.getByRole("dialog")).toBeVisible();
  },
);

test("one is looked at again, and found damaged", async () => {
  const refuse = () => {
    throw { code: "invalid_input", detail: "damaged: page 7", field: "file", failure: null };
  };
  const { calls, t } = await show(<Backup />, { "backup.get": info, "backup.verify": refuse });
  await userEvent.click(await screen.findByTestId(ids.backupVerify(whole.file)));
  expect(await screen.findByText(t("backup.refused.damaged"))).toBeVisible();
  expect(calls).toContainEqual({ command: "backup.verify", request: { file: whole.file, passphrase: null } });
});

test("where there is none it says when the first comes", async () => {
  const none = { ...info, files: [], job: { ...job, outcome: "", lastMs: null } };
  const { t } = await show(<Backup />, { "backup.get": none });
  expect(await part("none")).toHaveTextContent(t("backup.noneText"));
});
