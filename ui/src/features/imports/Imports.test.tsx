import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { afterEach, expect, test, vi } from "vitest";
import { RunningImports } from "../../app/RunningImports";
import type { ApiError, ImportBegin, ImportChoice, ImportInfo, ImportPiece, ImportPreview, ImportRejectedRequest, Tag } from "../../api/generated/api";
import { bytesOf } from "../../shared/lib/files";
import { ids } from "../../shared/lib/testids";
import { wrongs } from "../../test/axe";
import { failure } from "../../test/samples";
import { type Answers, show } from "../../test/show";
import { DropArea } from "./DropArea";
import { ImportDialog } from "./ImportDialog";
import { ImportMenu } from "./ImportMenu";
import { connections, done, files, flowOf, others, preview, receiving, received, rejected, running } from "./samples";
import { UploadsProvider } from "./uploads";

afterEach(() => vi.restoreAllMocks());

const refusal = (detail: string, code: ApiError["code"] = "not_now"): ApiError => ({ code, detail, field: null, failure: null });
/** The window names the cross of every dialog; here there is no window. */
const wrongsBesideTheCross = async () => (await wrongs()).filter((one) => !one.includes("mantine-Modal-close"));

/** What the window shows of imports, over a host that keeps them. */
async function open(kept: ImportInfo[], more: Answers = {}, address = kept[0] ? `/orders?import=${kept[0].id}` : "/orders") {
  const host = { imports: kept };
  const become = (id: string, now: Partial<ImportInfo>) => {
    const before = host.imports.find((one) => one.id === id);
    if (!before) throw refusal(id, "not_found");
    const after = { ...before, ...now };
    host.imports = host.imports.map((one) => (one.id === id ? after : one));
    return after;
  };
  const parts = (
    <UploadsProvider>
      <ImportMenu />
      <RunningImports />
      <ImportDialog />
      <DropArea />
    </UploadsProvider>
  );
  const shown = await show(
    parts,
    {
      "imports.list": () => ({ imports: host.imports }),
      "imports.get": ({ id }: { id: string }) => become(id, {}),
      "imports.begin": ({ fileName, bytes, connectionId }: ImportBegin) => {
        const info = { ...receiving, id: `imp_${host.imports.length + 1}`, fileName, bytes, connectionId: connectionId ?? "con_7" };
        host.imports = [info, ...host.imports];
        return info;
      },
      "imports.append": ({ id, offset, base64 }: ImportPiece) => {
        const got = offset + bytesOf(base64).length;
        return become(id, { received: got, state: got === become(id, {}).bytes ? "received" : "receiving" });
      },
      "imports.preview": preview,
      "imports.start": ({ id }: ImportChoice) => become(id, running),
      "imports.cancel": ({ id }: { id: string }) => become(id, { state: "cancelled", hasFile: false }),
      "imports.rejected": { rows: [], hasMore: false },
      "connections.list": connections,
      ...more,
    },
    address,
  );
  const tell = (tags: Tag[]) => (shown.host as unknown as { tell: (tags: Tag[]) => void }).tell(tags);
  const become_ = (id: string, now: Partial<ImportInfo>) => {
    become(id, now);
    tell(["imports"]);
  };
  return { ...shown, become: become_, asked: (command: string) => shown.calls.filter((call) => call.command === command) };
}

const csv = (name = "orders.csv", text = "Nr;Produs\n1;Cană\n") => new File([text], name, { type: "text/csv" });
const choose = (...chosen: File[]) => userEvent.upload(screen.getAllByTestId(ids.importFile)[0] as HTMLInputElement, chosen, { applyAccept: false });
const drag = (kind: "dragEnter" | "dragOver" | "dragLeave" | "drop", dropped: File[]) =>
  fireEvent[kind](document.body, { dataTransfer: { types: ["Files"], items: dropped, files: dropped, dropEffect: "none" } });

test("a file that is chosen is sent, shown, and named in the address", async () => {
  const { asked, place } = await open([]);
  await choose(csv());
  expect(await screen.findByTestId(ids.importLook)).toBeVisible();
  expect(asked("imports.begin").map(({ request }) => request)).toEqual([{ fileName: "orders.csv", bytes: 18, connectionId: null }]);
  expect(asked("imports.append")).toHaveLength(1);
  expect(place()).toBe("/orders?import=imp_1");
  expect(asked("imports.start")).toEqual([]);
});

test("files are dropped anywhere, and over the window stands what that does", async () => {
  const { asked, t } = await open([], { "imports.preview": { ...preview, format: "json", headings: [], rows: [], columns: null } });
  const two = [csv("a.csv"), csv("b.csv")];
  drag("dragEnter", two);
  expect(screen.getByTestId(ids.importDrop)).toHaveTextContent(t("imports.drop", { count: 2 }));
  drag("dragLeave", two);
  expect(screen.queryByTestId(ids.importDrop)).toBeNull();
  drag("dragEnter", two);
  drag("drop", two);
  expect(screen.queryByTestId(ids.importDrop)).toBeNull();
  await waitFor(() => expect(asked("imports.append")).toHaveLength(2), { timeout: 5000 });
  expect(await screen.findByText(t("imports.titleOf", { name: "a.csv" }))).toBeVisible();
  await userEvent.click(await within(screen.getByTestId(ids.importDialog)).findByRole("button", { name: "b.csv" }));
  expect(await screen.findByText(t("imports.titleOf", { name: "b.csv" }))).toBeVisible();
});

test("text that is dragged is nobody's import", async () => {
  await open([]);
  fireEvent.dragEnter(document.body, { dataTransfer: { types: ["text/plain"], items: [], files: [] } });
  expect(screen.queryByTestId(ids.importDrop)).toBeNull();
});

test("files of another kind are refused with words, and the others taken", async () => {
  const { asked, t } = await open([]);
  await choose(csv("scan.pdf"), csv("old.xls"), csv("orders.csv"));
  const told = await within(await screen.findByTestId(ids.importDialog)).findByTestId(ids.importNotTaken);
  expect(told).toHaveTextContent(`scan.pdf${t("imports.unfit.other_kind")}`);
  expect(told).toHaveTextContent(`old.xls${t("imports.unfit.old_excel")}`);
  expect(asked("imports.begin")).toHaveLength(1);
  await screen.findByTestId(ids.importLook);
  const alert = told.closest<HTMLElement>("[role=alert]");
  await userEvent.click(within(alert as HTMLElement).getByRole("button", { name: t("common.close") }));
  expect(screen.queryByTestId(ids.importNotTaken)).toBeNull();
});

test("where none is taken, that is told by itself", async () => {
  const { asked, place, t } = await open([]);
  await choose(csv("scan.pdf"));
  expect(await screen.findByTestId(ids.importNotTaken)).toHaveTextContent(t("imports.unfit.other_kind"));
  expect(screen.queryByTestId(ids.importDialog)).toBeNull();
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId(ids.importNotTaken)).toBeNull());
  expect(asked("imports.begin")).toEqual([]);
  expect(place()).toBe("/orders");
});

test("a file that the host does not take is refused in its words", async () => {
  const { t } = await open([], {
    "imports.begin": () => {
      throw { ...refusal("5 files wait", "invalid_input"), field: "bytes" };
    },
  });
  await choose(csv());
  expect(await screen.findByTestId(ids.importNotTaken)).toHaveTextContent("orders.csv");
  expect(screen.getByTestId("error-note")).toHaveTextContent(t("imports.refused.bytes"));
});

test("sending that breaks off is taken up where the host is", async () => {
  const host = { fails: true };
  const taken: ImportPiece[] = [];
  const { become, t } = await open([], {
    "imports.append": (piece: ImportPiece) => {
      if (host.fails) throw refusal("no answer", "owner_silent");
      taken.push(piece);
      return { ...received, id: piece.id };
    },
  });
  await choose(csv());
  const sendOn = await screen.findByTestId(ids.importSendOn);
  expect(screen.getByTestId("error-note")).toHaveTextContent(t("error.owner_silent"));
  host.fails = false;
  become("imp_1", { received: 9 });
  await userEvent.click(sendOn);
  expect(await screen.findByTestId(ids.importLook)).toBeVisible();
  expect(taken.map(({ offset }) => offset)).toEqual([9]);
});

test("closing while it is sent leaves it going; the status bar leads back", async () => {
  let go: (info: ImportInfo) => void = () => undefined;
  const { place, t } = await open([], { "imports.append": () => new Promise((resolve) => (go = resolve)) });
  await choose(csv());
  await screen.findByTestId(ids.importSending);
  await userEvent.click(screen.getByTestId(ids.importClose));
  await waitFor(() => expect(place()).toBe("/orders"));
  const bar = await screen.findByTestId(ids.runningImport);
  expect(bar).toHaveTextContent(t("imports.sending", { received: "1 kB", all: "1 kB" }));
  await userEvent.click(bar);
  expect(await screen.findByTestId(ids.importSending)).toBeVisible();
  await act(async () => go({ ...received, fileName: "orders.csv" }));
  expect(await screen.findByTestId(ids.importLook)).toBeVisible();
});

test("after the window was opened anew, a file that was not sent whole has to be chosen again, and replaces the old", async () => {
  const { asked, t } = await open([{ ...receiving, received: 1_000_000 }]);
  const part = await screen.findByTestId(ids.importSending);
  expect(part).toHaveTextContent(t("imports.interrupted", { received: "1 MB", all: "2.1 MB" }));
  expect(part).toHaveTextContent(t("imports.interruptedText"));
  await userEvent.upload(within(part).getByTestId(ids.importFile), csv());
  await waitFor(() => expect(asked("imports.cancel").map(({ request }) => request)).toEqual([{ id: "imp_1" }]));
  expect(asked("imports.begin")).toHaveLength(1);
});

test("the look says what the file is, its first rows, and what would and would not be taken", async () => {
  const { t } = await open([received]);
  const facts = await screen.findByTestId(ids.importFacts);
  expect(facts).toHaveTextContent("CSV · WINDOWS-1250 · columns parted by ; · 2.1 MB");
  expect(facts).toHaveTextContent(t("imports.layout.none"));
  expect(facts).toHaveTextContent(`${t("imports.connection")}Files`);
  expect(screen.queryByTestId(ids.importConnection)).toBeNull();
  expect(screen.getByTestId(ids.importRows)).toHaveTextContent("Cluj-Napoca");
  expect(screen.getByTestId(ids.importTaken)).toHaveTextContent("#1042");
  expect(screen.getByTestId(ids.importTaken)).toHaveTextContent("RON 101.95");
  const refused = screen.getByTestId(ids.importRefused);
  expect(refused).toHaveTextContent("#1043");
  expect(refused).toHaveTextContent(t("imports.field.customer-city"));
  expect(refused).toHaveTextContent(t("imports.reason.blank"));
  expect(await wrongsBesideTheCross()).toEqual([]);
});

test("columns are chosen, looked at after a moment and once, and the import starts with them", async () => {
  const looked = ({ columns }: ImportChoice): ImportPreview => ({ ...preview, columns: columns ?? preview.columns, missing: columns?.columns.total ? [] : ["total"] });
  const { asked, t } = await open([received], { "imports.preview": looked });
  const total = await screen.findByTestId(ids.importColumn("total"));
  expect(screen.getByTestId(ids.importColumn("number"))).toHaveValue("Nr");
  expect(screen.getByText(t("imports.columnMissing"))).toBeVisible();
  expect(screen.getByText(t("imports.chooseFirst"))).toBeVisible();
  expect(screen.getByTestId(ids.importSummary)).toHaveTextContent(t("imports.missing", { count: 1, fields: t("imports.field.total") }));
  expect(screen.getByTestId(ids.importStart)).toBeDisabled();
  expect(screen.getByTestId(ids.importStart)).toHaveAttribute("title", t("imports.missing", { count: 1, fields: t("imports.field.total") }));
  await userEvent.click(total);
  await userEvent.click(await screen.findByRole("option", { name: "Valoare" }));
  await userEvent.clear(screen.getByTestId(ids.importDefault("currency")));
  await userEvent.type(screen.getByTestId(ids.importDefault("currency")), "eur");
  expect(screen.getByTestId(ids.importStart)).toBeDisabled();
  await waitFor(() => expect(screen.getByTestId(ids.importStart)).toBeEnabled());
  const previews = asked("imports.preview").map(({ request }) => (request as ImportChoice).columns);
  expect(previews[0]).toBeNull();
  expect(previews.length).toBeLessThanOrEqual(3);
  await userEvent.click(screen.getByTestId(ids.importStart));
  const sent = (asked("imports.start")[0]?.request as ImportChoice).columns;
  expect(sent?.columns).toEqual({ number: "Nr", "line.name": "Produs", total: "Valoare" });
  expect(sent?.currency).toBe("EUR");
  expect(await screen.findByTestId(ids.importRunning)).toBeVisible();
});

test("fields that are not needed are shown when asked for, and a column can be taken away", async () => {
  const { asked, t } = await open([received]);
  await screen.findByTestId(ids.importColumn("total"));
  expect(screen.queryByTestId(ids.importColumn("discount"))).toBeNull();
  await userEvent.click(screen.getByTestId(ids.importMoreColumns));
  expect(screen.getByTestId(ids.importColumn("discount"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.importColumn("line.name")));
  await userEvent.click(await screen.findByRole("option", { name: t("imports.noColumn") }));
  expect(screen.getByTestId(ids.importColumn("line.name"))).toHaveValue("");
  await waitFor(() => expect(asked("imports.preview")).toHaveLength(2));
  expect((asked("imports.preview")[1]?.request as ImportChoice).columns?.columns).toEqual({ number: "Nr" });
});

test("a default that cannot be is told, and the form stays to be put right", async () => {
  const { t } = await open([received], {
    "imports.preview": ({ columns }: ImportChoice) => {
      if (!columns || columns.currency === "RON") return preview;
      return { ...preview, columns, orders: [], rejected: [], reason: { code: "bad_default", facts: { default: "currency", text: columns.currency } } };
    },
  });
  const currency = await screen.findByTestId(ids.importDefault("currency"));
  await userEvent.clear(currency);
  await userEvent.type(currency, "xx");
  expect(await screen.findByTestId(ids.importUnread)).toHaveTextContent(t("imports.reason.bad_default", { default: t("imports.default.currency"), text: "XX" }));
  expect(screen.getByTestId(ids.importStart)).toBeDisabled();
  await userEvent.clear(screen.getByTestId(ids.importDefault("currency")));
  await userEvent.type(screen.getByTestId(ids.importDefault("currency")), "ron");
  await waitFor(() => expect(screen.getByTestId(ids.importStart)).toBeEnabled());
});

test("what was chosen is still there when the dialog is opened again", async () => {
  const { go } = await open([received]);
  await userEvent.click(await screen.findByTestId(ids.importColumn("total")));
  await userEvent.click(await screen.findByRole("option", { name: "Valoare" }));
  await go("/orders");
  await go("/orders?import=imp_1");
  expect(await screen.findByTestId(ids.importColumn("total"))).toHaveValue("Valoare");
});

test("a file of whole orders asks for no columns", async () => {
  const { asked, t } = await open([received], {
    "imports.preview": { ...preview, format: "json", encoding: "", delimiter: "", headings: [], rows: [], columns: null, rejected: [], looked: 1 },
  });
  await userEvent.click(await screen.findByTestId(ids.importStart));
  expect(screen.queryByTestId(ids.importColumns)).toBeNull();
  expect(asked("imports.start")[0]?.request).toEqual({ id: "imp_1", columns: null });
  expect(t("imports.startAll", { count: 1 })).toBe("Import 1 order");
});

test("a whole file of which nothing would be taken is not started", async () => {
  const { t } = await open([received], { "imports.preview": { ...preview, orders: [], isWhole: true } });
  expect(await screen.findByTestId(ids.importStart)).toBeDisabled();
  expect(screen.getByTestId(ids.importSummary)).toHaveTextContent(t("imports.nothing"));
});

test("orders that another connection has as well are told of", async () => {
  const { t } = await open([received], { "imports.preview": { ...preview, doubled: 3 } });
  expect(await screen.findByTestId(ids.importDoubled)).toHaveTextContent(t("imports.doubled", { count: 3 }));
});

test("a file that cannot be read says why, and can be discarded", async () => {
  const nothing: ImportPreview = { ...preview, format: "", encoding: "", headings: [], rows: [], columns: null, orders: [], rejected: [], looked: 0 };
  const { asked, place, t } = await open([received], { "imports.preview": { ...nothing, reason: { code: "file_empty", facts: {} } } });
  expect(await screen.findByTestId(ids.importUnread)).toHaveTextContent(t("imports.reason.file_empty"));
  expect(screen.queryByTestId(ids.importStart)).toBeNull();
  await userEvent.click(screen.getByTestId(ids.importDiscard));
  await waitFor(() => expect(place()).toBe("/orders"));
  expect(asked("imports.cancel")).toHaveLength(1);
});

test("another connection means the same file anew, with what was chosen", async () => {
  const { asked, place, t } = await open([], { "connections.list": { ...connections, shops: [...connections.shops, others] } });
  await choose(csv());
  await userEvent.click(await screen.findByTestId(ids.importColumn("total")));
  await userEvent.click(await screen.findByRole("option", { name: "Valoare" }));
  expect(asked("imports.begin")[0]?.request).toEqual({ fileName: "orders.csv", bytes: 18, connectionId: "con_7" });
  expect(screen.getByText(t("imports.connectionText"))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.importConnection));
  expect(screen.queryByRole("option", { name: "Atelier shop" })).toBeNull();
  await userEvent.click(await screen.findByRole("option", { name: "Marketplace" }));
  await waitFor(() => expect(place()).toBe("/orders?import=imp_2"));
  expect(asked("imports.begin")[1]?.request).toEqual({ fileName: "orders.csv", bytes: 18, connectionId: "con_8" });
  await waitFor(() => expect(asked("imports.cancel").map(({ request }) => request)).toEqual([{ id: "imp_1" }]));
  expect(await screen.findByTestId(ids.importColumn("total"))).toHaveValue("Valoare");
});

test("a file of another shop is named, and goes to a connection of its own", async () => {
  const { asked, place } = await open([]);
  await choose(csv());
  await userEvent.click(await screen.findByTestId(ids.importConnection));
  await userEvent.click(await screen.findByRole("option", { name: "another shop…" }));
  expect(screen.getByTestId(ids.importShopUse)).toBeDisabled();
  await userEvent.type(screen.getByTestId(ids.importShopName), " Marketplace ");
  await userEvent.click(screen.getByTestId(ids.importShopUse));
  await waitFor(() => expect(place()).toBe("/orders?import=imp_2"));
  expect(asked("imports.begin")[1]?.request).toEqual({ fileName: "orders.csv", bytes: 18, connectionId: null, connectionName: "Marketplace" });
  await waitFor(() => expect(asked("imports.cancel").map(({ request }) => request)).toEqual([{ id: "imp_1" }]));
});

test("reasons are told in Romanian, with the fields by their names", async () => {
  const reason = { code: "column_missing", facts: { fields: "number, customer.city" } };
  await open([received], { "imports.preview": { ...preview, delimiter: "\t", reason } });
  await screen.findByTestId(ids.importLook);
  await act(async () => void (await i18next.changeLanguage("ro")));
  expect(screen.getByTestId(ids.importUnread)).toHaveTextContent("Nicio coloană nu dă Număr, Localitate: alegeți câte una pentru fiecare.");
  expect(screen.getByTestId(ids.importFacts)).toHaveTextContent("coloane despărțite prin Tab");
});

test("one that failed for what its file is says so", async () => {
  const { t } = await open([{ ...done, state: "failed", failure, reason: { code: "broken_off", facts: { words: "invalid checksum" } } }]);
  expect(await screen.findByText(t("imports.reason.broken_off", { words: "invalid checksum" }))).toBeVisible();
});

test("whole orders may be a shop's own", async () => {
  const json = { ...preview, format: "json", headings: [], rows: [], columns: null };
  await open([], { "imports.preview": json });
  await choose(csv("orders.json"));
  await userEvent.click(await screen.findByTestId(ids.importConnection));
  expect(await screen.findByRole("option", { name: "Atelier shop" })).toBeVisible();
});

test("a file that the window does not have cannot go to another connection, and the field says why", async () => {
  const { t } = await open([received], { "connections.list": { ...connections, shops: [files, others] } });
  expect(await screen.findByTestId(ids.importConnection)).toBeDisabled();
  expect(await screen.findByText(t("imports.connectionGone"))).toBeVisible();
});

test("while it runs it shows how far it is and what became of the orders, and stopping says what stays", async () => {
  const { asked, become, t } = await open([running]);
  const part = await screen.findByTestId(ids.importRunning);
  expect(part.querySelector("[aria-live=polite]")).toHaveTextContent("412 orders read · 43 % of the file");
  expect(within(part).getByRole("progressbar", { name: t("imports.progressLabel") })).toHaveAttribute("aria-valuenow", "43.7");
  expect(screen.getByTestId(ids.importCounts)).toHaveTextContent("New 400Changed 8Unchanged 4Not taken 3");
  expect(part).toHaveTextContent(t("imports.stopText"));
  expect(await wrongsBesideTheCross()).toEqual([]);
  become("imp_1", { progress: 500, read: 500 });
  await waitFor(() => expect(part.querySelector("[aria-live=polite]")).toHaveTextContent("500 orders read · 50 % of the file"));
  await userEvent.click(screen.getByTestId(ids.importStop));
  expect(asked("imports.cancel").map(({ request }) => request)).toEqual([{ id: "imp_1" }]);
  expect(await screen.findByText(t("imports.over.cancelled"))).toBeVisible();
});

test("one that waits while it runs says what for", async () => {
  const { t } = await open([{ ...running, failure }]);
  expect(await screen.findByText(t(`failure.${failure.kind}.title`))).toBeVisible();
});

test("Escape leaves it running; the status bar and the menu lead back", async () => {
  const { asked, place, t } = await open([running]);
  await screen.findByTestId(ids.importRunning);
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(place()).toBe("/orders"));
  expect(asked("imports.cancel")).toEqual([]);
  expect(screen.getByTestId(ids.runningImport)).toHaveTextContent(t("imports.running", { part: "43" }));
  await userEvent.click(screen.getByTestId(ids.runningImport));
  expect(await screen.findByTestId(ids.importRunning)).toBeVisible();
  await userEvent.keyboard("{Escape}");
  await userEvent.click(await screen.findByTestId(ids.importLatest));
  const entry = await screen.findByTestId(ids.importOpen("orders.csv"));
  expect(entry).toHaveTextContent(t("imports.state.running"));
  expect(entry).toHaveTextContent("412 orders · 3 not taken");
  await userEvent.click(entry);
  expect(await screen.findByTestId(ids.importRunning)).toBeVisible();
});

test("without imports there is no list of the latest", async () => {
  await open([]);
  expect(screen.queryByTestId(ids.importLatest)).toBeNull();
});

test("one that is done tells what its flows do, and what only older orders do", async () => {
  const flows = [flowOf({}), flowOf({ id: "flow_2", name: "Other shop", shopId: "con_1" })];
  const { place, t } = await open([{ ...done, older: 120 }], { "connections.list": { ...connections, flows } });
  const next = await screen.findByTestId(ids.importNext);
  expect(next).toHaveTextContent(t("imports.next.decided", { flows: "Orders to invoices" }));
  expect(next).toHaveTextContent(t("imports.next.older", { count: 120 }));
  await userEvent.click(within(next).getByText(t("imports.next.toConnections")));
  await waitFor(() => expect(place()).toBe("/connections"));
});

test("where all orders are older, nothing is said to be decided now", async () => {
  const { t } = await open([{ ...done, new: 120, changed: 0, older: 120 }], { "connections.list": { ...connections, flows: [flowOf({})] } });
  const next = await screen.findByTestId(ids.importNext);
  expect(next).toHaveTextContent(t("imports.next.older", { count: 120 }));
  expect(next).not.toHaveTextContent(t("imports.next.decided", { flows: "Orders to invoices" }));
});

test("where no flow takes orders of the connection, it says so, and where to make one", async () => {
  const { t } = await open([done]);
  const next = await screen.findByTestId(ids.importNext);
  expect(next).toHaveTextContent(t("imports.next.noFlow", { connection: files.name }));
  expect(within(next).getByText(t("imports.next.toConnections"))).toBeVisible();
});

test("flows that are off are told of", async () => {
  const { t } = await open([done], { "connections.list": { ...connections, flows: [flowOf({ enabled: false })] } });
  expect(await screen.findByTestId(ids.importNext)).toHaveTextContent(t("imports.next.off", { flows: "Orders to invoices" }));
});

test("every row that was not taken is told by pages, and saved whole, with no formula in it", async () => {
  const pages = ({ after }: ImportRejectedRequest) =>
    after === 0
      ? { rows: [rejected(1, { field: "lines[1].quantity", reason: { code: "not_a_number", facts: { text: "a\"b" } } }), rejected(2)], hasMore: true }
      : { rows: [rejected(3, { order: null, field: "Oraș", reason: { code: "=new", facts: { text: "a; b" } } })], hasMore: false };
  const saved: Blob[] = [];
  URL.createObjectURL = (blob) => {
    saved.push(blob as Blob);
    return "blob:1";
  };
  URL.revokeObjectURL = () => undefined;
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const { t } = await open([done], { "imports.rejected": pages });
  const report = await screen.findByTestId(ids.importReport);
  expect(await within(report).findByText("#1002")).toBeVisible();
  expect(report).toHaveTextContent("2 of 3 shown");
  await userEvent.click(within(report).getByText(t("imports.more")));
  expect(await within(report).findByText("=new, a; b")).toBeVisible();
  expect(await wrongsBesideTheCross()).toEqual([]);
  await userEvent.click(screen.getByTestId(ids.importCsv));
  await waitFor(() => expect(saved).toHaveLength(1));
  const text = await saved[0]?.text();
  expect(text?.replace("\uFEFF", "").split("\r\n")).toEqual([
    "Line;Order;Field;Why",
    `2;1001;Quantity, line 2 of the order;"“a""b” is not a number"`,
    "3;1002;City;is blank",
    `4;;Oraș;"'=new, a; b"`,
    "",
  ]);
  expect(await screen.findByText(t("saving.handed", { name: "orders - not taken.csv" }))).toBeVisible();
});

test("a page that leads no further ends the file", async () => {
  URL.createObjectURL = () => "blob:1";
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const { asked } = await open([done], { "imports.rejected": { rows: [rejected(1)], hasMore: true } });
  await userEvent.click(await screen.findByTestId(ids.importCsv));
  await screen.findByText(/handed to the window/);
  expect(asked("imports.rejected").length).toBeLessThanOrEqual(3);
});

test("one that failed says why, and its columns can be looked at again", async () => {
  const { t } = await open([{ ...done, state: "failed", failure, hasFile: true, columns: { ...preview.columns!, currency: "EUR" } }]);
  expect(await screen.findByText(t("imports.over.failed"))).toBeVisible();
  expect(screen.getByText(t(`failure.${failure.kind}.title`))).toBeVisible();
  await userEvent.click(screen.getByTestId(ids.importAgain));
  expect(await screen.findByTestId(ids.importLook)).toBeVisible();
  expect(screen.getByTestId(ids.importDefault("currency"))).toHaveValue("EUR");
});

test("one that failed and whose file is gone offers no other columns", async () => {
  await open([{ ...done, state: "failed", failure, hasFile: false }]);
  expect(await screen.findByTestId(ids.importOver)).toBeVisible();
  expect(screen.queryByTestId(ids.importAgain)).toBeNull();
});

test("an import that is not there says so", async () => {
  await open([], {}, "/orders?import=imp_99");
  expect(await screen.findByTestId("error-note")).toBeVisible();
});

test("Romanian counts its orders rightly", async () => {
  const { become } = await open([{ ...running, read: 1 }]);
  const told = () => screen.getByTestId(ids.importRunning).querySelector("[aria-live=polite]");
  await screen.findByTestId(ids.importRunning);
  await act(async () => void (await i18next.changeLanguage("ro")));
  expect(told()).toHaveTextContent("1 comandă citită · 43 % din fișier");
  for (const [read, words] of [[2, "2 comenzi citite"], [20, "20 de comenzi citite"]] as const) {
    become("imp_1", { read });
    await waitFor(() => expect(told()).toHaveTextContent(words));
  }
});
