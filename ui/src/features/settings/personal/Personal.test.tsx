import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { expect, test, vi } from "vitest";
import type { BackupInfo, ClientErased, ClientInfo, ClientsFound, RetentionPreview } from "../../../api/generated/api";
import { saveFile } from "../../../shared/lib/files";
import { ids } from "../../../shared/lib/testids";
import { wrongs } from "../../../test/axe";
import { asViewer } from "../../../test/people";
import { show } from "../../../test/show";
import { Personal } from "./Personal";

vi.mock("../../../shared/lib/files", () => ({ saveFile: vi.fn(() => true) }));

const schedule = { jobs: [], retentionMonths: 24 };
const backup: Partial<BackupInfo> = {
  folder: "/mnt/backups",
  keep: 14,
  files: [
    { file: "a", bytes: 1, madeMs: Date.UTC(2026, 9, 1), sealed: false, verifiedMs: null, sequence: null, epoch: null, auditHead: null } as never,
    { file: "b", bytes: 1, madeMs: Date.UTC(2026, 10, 1), sealed: false, verifiedMs: null, sequence: null, epoch: null, auditHead: null } as never,
  ],
};
const ana: ClientInfo = {
  key: "k1",
  name: "Ana Popescu",
  email: "ana@example.com",
  taxId: "",
  phone: "0740 123 456",
  orders: 3,
  erased: 0,
  deliveries: 2,
  firstMs: Date.UTC(2026, 0, 2),
  lastMs: Date.UTC(2026, 5, 2),
  documents: [
    { id: "doc_1", provider: "oblio", series: "FCT", number: "0007", role: "invoice", state: "issued", issueDate: "2026-01-02", total: "59", currency: "RON", keptUntil: "2032-06-30" },
  ],
  documentCount: 1,
  open: [{ orderId: "ord_2", number: "10402", why: "document", documentId: "doc_2" }],
};
const nothing = { deliveries: 0, rejects: 0, audit: 0, texts: 0 };
const found: ClientsFound = { clients: [ana], loose: { ...nothing, audit: 4 }, waitingFiles: 1, isCut: false };
const done: ClientErased = { orders: 2, documents: 1, loose: { ...nothing, audit: 4 }, left: ana.open, compacted: true };
const preview: RetentionPreview = {
  months: 12,
  current: 24,
  shares: [
    { kind: "records", count: 321, isLeast: false, oldestMs: Date.UTC(2025, 0, 1) },
    { kind: "looks", count: 0, isLeast: false, oldestMs: null },
    { kind: "audit", count: 100_000, isLeast: true, oldestMs: Date.UTC(2025, 0, 1) },
  ],
};
const quiet = { "schedule.list": schedule, "backup.get": backup };

async function look(query = "ana@example.com") {
  await userEvent.type(await screen.findByTestId(ids.personal("query")), query);
  await userEvent.click(screen.getByTestId(ids.personal("search")));
}

test("what a shorter period takes away is shown before it is set", async () => {
  const { calls, t } = await show(<Personal />, { ...quiet, "retention.preview": preview, "schedule.set_retention": {} });
  await userEvent.selectOptions(await screen.findByTestId(ids.retention), t("personal.months", { count: 12 }));
  const shares = await screen.findByTestId(ids.personal("shares"));
  expect(shares).toHaveTextContent(`${t("personal.preview.kind.records")}: 321`);
  expect(shares).toHaveTextContent(t("personal.preview.least", { count: 100_000 }));
  expect(shares).not.toHaveTextContent(t("personal.preview.kind.looks"));
  expect(calls.some((call) => call.command === "schedule.set_retention")).toBe(false);
  await userEvent.click(screen.getByTestId(ids.confirm));
  await waitFor(() => expect(calls).toContainEqual({ command: "schedule.set_retention", request: { months: 12 } }));
});

test("a period that takes nothing away is set at once", async () => {
  const { calls, t } = await show(<Personal />, {
    ...quiet,
    "retention.preview": { months: 0, current: 24, shares: [] },
    "schedule.set_retention": {},
  });
  await userEvent.selectOptions(await screen.findByTestId(ids.retention), t("personal.keepAll"));
  await waitFor(() => expect(calls).toContainEqual({ command: "schedule.set_retention", request: { months: 0 } }));
});

test("what would go, what stays and until when, and what is to be done first", async () => {
  const { t } = await show(<Personal />, { ...quiet, "clients.find": found });
  await look();
  expect(await screen.findByTestId(ids.personalClient("k1"))).toBeChecked();
  expect(screen.getByText(/Ana Popescu · ana@example.com/)).toBeVisible();
  const documents = within(screen.getByTestId(ids.personal("documents")));
  expect(documents.getByText(/FCT 0007/)).toBeVisible();
  expect(documents.getByText(/30.*2032/)).toBeVisible();
  expect(screen.getByTestId(ids.personal("open"))).toHaveTextContent(t("personal.why.document"));
  expect(await screen.findByTestId(ids.personal("backups"))).toHaveTextContent("/mnt/backups");
  expect(screen.getByText(t("personal.staysFiles", { count: 1 }))).toBeVisible();
  expect(await wrongs()).toEqual([]);
  await i18next.changeLanguage("ro");
  expect(await screen.findByText("Ce rămâne și de ce")).toBeVisible();
});

test("erasing wants a reason and the word, and tells what came of it", async () => {
  const { calls, t } = await show(<Personal />, { ...quiet, "clients.find": found, "clients.erase": done });
  await look();
  await userEvent.click(await screen.findByTestId(ids.personal("erase")));
  const confirm = await screen.findByTestId(ids.confirm);
  expect(confirm).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.reason), "asked in writing");
  expect(confirm).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.personal("typed")), t("personal.word").toLowerCase());
  await userEvent.click(confirm);
  await waitFor(() =>
    expect(calls).toContainEqual({
      command: "clients.erase",
      request: { query: "ana@example.com", only: ["k1"], reason: "asked in writing" },
    }),
  );
  const told = await screen.findByTestId(ids.personal("done"));
  expect(told).toHaveTextContent(t("personal.done", { orders: 2, documents: 1, ...done.loose }));
  expect(told).toHaveTextContent(t("personal.order", { number: "10402" }));
  expect(screen.queryByTestId(ids.personal("found"))).toBeNull();
});

test("nobody leaves while it is erased, and the word may lack its marks", async () => {
  let end: (told: unknown) => void = () => undefined;
  const answer = () => new Promise((resolve) => (end = resolve));
  await show(<Personal />, { ...quiet, "clients.find": found, "clients.erase": answer });
  await look();
  await i18next.changeLanguage("ro");
  await userEvent.click(await screen.findByTestId(ids.personal("erase")));
  await userEvent.type(await screen.findByTestId(ids.reason), "a cerut-o");
  await userEvent.type(screen.getByTestId(ids.personal("typed")), "sterge");
  await userEvent.click(screen.getByTestId(ids.confirm));
  await userEvent.keyboard("{Escape}");
  expect(screen.getByTestId(ids.confirm)).toBeInTheDocument();
  end(done);
  expect(await screen.findByTestId(ids.personal("done"))).toBeVisible();
});

test("of several clients somebody is chosen first, and only they are taken away as a file", async () => {
  const ion = { ...ana, key: "k2", name: "Ion Popescu", email: "ion@example.com", open: [], documents: [] };
  const file = { name: "client.json", mediaType: "application/json", base64: "e30=" };
  const { calls } = await show(<Personal />, { ...quiet, "clients.find": { ...found, clients: [ana, ion] }, "clients.export": file });
  await look("0740 123 456");
  expect(await screen.findByTestId(ids.personal("export"))).toBeDisabled();
  await userEvent.click(screen.getByTestId(ids.personalClient("k2")));
  await userEvent.click(screen.getByTestId(ids.personal("export")));
  await waitFor(() => expect(calls).toContainEqual({ command: "clients.export", request: { query: "0740 123 456", only: ["k2"] } }));
  expect(saveFile).toHaveBeenCalledWith(file);
});

test("nobody is said so, and what is too short is told at its field", async () => {
  const { t } = await show(<Personal />, { ...quiet, "clients.find": { clients: [], loose: nothing, waitingFiles: 0, isCut: false } });
  await look();
  expect(await screen.findByText(t("personal.nobody"))).toBeVisible();
});

test("what is too short is told at its field", async () => {
  const refuse = () => {
    throw { code: "invalid_input", detail: "…", field: "query", failure: null };
  };
  const { t } = await show(<Personal />, { ...quiet, "clients.find": refuse });
  await look("a");
  expect(await screen.findByText(t("personal.queryWrong"))).toBeVisible();
});

test("whose role does not reach it is told so", async () => {
  const { t } = await show(<Personal />, { ...quiet, "session.get": asViewer });
  await waitFor(() => expect(screen.getByTestId(ids.retention)).toBeDisabled());
  await userEvent.type(await screen.findByTestId(ids.personal("query")), "ana@example.com");
  expect(screen.getByTestId(ids.personal("search"))).toHaveAccessibleDescription(t("needsRole.admin"));
});
