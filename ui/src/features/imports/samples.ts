import type { ConnectionInfo, Connections, FlowInfo, ImportColumns, ImportInfo, ImportPreview, ImportRejected } from "../../api/generated/api";
import { shop } from "../../test/inbox";

export const files: ConnectionInfo = { ...shop, id: "con_7", kind: "file", name: "Files" };

export const others: ConnectionInfo = { ...files, id: "con_8", name: "Marketplace" };

export const connections: Connections = { shops: [shop, files], billing: [], flows: [] };

/** What an import looks at of a flow. */
export const flowOf = (more: Partial<FlowInfo>) => ({ id: "flow_1", name: "Orders to invoices", shopId: "con_7", enabled: true, ...more }) as FlowInfo;

export const received: ImportInfo = {
  id: "imp_1",
  fileName: "orders.csv",
  connectionId: "con_7",
  connection: "Files",
  who: "Ana",
  state: "received",
  bytes: 2_100_000,
  received: 2_100_000,
  progress: 0,
  read: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  rejected: 0,
  older: 0,
  failure: null,
  reason: null,
  hasFile: true,
  columns: null,
  createdMs: 1_764_000_000_000,
  endedMs: null,
};

export const receiving: ImportInfo = { ...received, state: "receiving", received: 0 };

export const running: ImportInfo = { ...received, state: "running", progress: 437, read: 412, new: 400, changed: 8, unchanged: 4, rejected: 3 };

export const done: ImportInfo = { ...running, state: "done", progress: 1000, read: 940, new: 900, changed: 30, unchanged: 10, hasFile: false, endedMs: 1_764_000_060_000 };

export const suggested: ImportColumns = {
  columns: { number: "Nr", "line.name": "Produs" },
  currency: "RON",
  country: "RO",
  pricesIncludeVat: true,
  vatRate: null,
  status: "paid",
  dates: "auto",
  numbers: "auto",
};

export const rejected = (row: number, more: Partial<ImportRejected> = {}): ImportRejected => ({
  row,
  line: row + 1,
  order: String(1000 + row),
  field: "customer.city",
  reason: { code: "blank", facts: {} },
  ...more,
});

export const preview: ImportPreview = {
  format: "csv",
  reason: null,
  layout: null,
  encoding: "windows-1250",
  delimiter: ";",
  headings: ["Nr", "Produs", "Oraș", "Valoare"],
  rows: [
    ["1042", "Cană", "Cluj-Napoca", "101,95"],
    ["1043", "Farfurie", "", "59,00"],
  ],
  fields: [
    { field: "number", required: true },
    { field: "total", required: true },
    { field: "customer.city", required: true },
    { field: "customer.county", required: false },
    { field: "line.name", required: true },
    { field: "discount", required: false },
  ],
  columns: suggested,
  orders: [
    { line: 2, number: "1042", customer: "EXEMPLU SRL", status: "paid", createdMs: 1_764_000_000_000, total: { minor: 10195, currency: "RON" }, lines: 2 },
  ],
  rejected: [rejected(2, { line: 3, order: "1043" })],
  looked: 2,
  isWhole: true,
  doubled: 0,
  missing: [],
};
