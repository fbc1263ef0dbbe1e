import type { AuditEntry, AuditPage, AuditReport } from "../api/generated/api";

export const storno: AuditEntry = {
  row: 11,
  atMs: 1_764_000_000_000,
  who: "Ana",
  role: "operator",
  host: "window",
  act: "documents.storno",
  subject: { kind: "document", id: "doc_1", label: "FCT 0042" },
  outcome: "done",
  code: "",
  reason: "returned goods",
  endRow: 12,
  endedMs: 1_764_000_001_000,
  request: { id: "doc_1" },
  approvedBy: "Bogdan",
  changes: [{ field: "state", before: "issued", after: "reversed" }],
  facts: null,
  hasPersonal: false,
};

export const refused: AuditEntry = {
  ...storno,
  row: 9,
  who: "Dan",
  role: "viewer",
  host: "browser",
  act: "flows.save",
  subject: { kind: "flow", id: "flow_1", label: "Companies" },
  outcome: "refused",
  code: "forbidden",
  reason: "",
  endRow: null,
  endedMs: null,
  request: null,
  approvedBy: null,
  changes: [],
};

export const cutOff: AuditEntry = { ...storno, row: 7, outcome: "asked", endRow: null, endedMs: null, approvedBy: null, changes: [], hasPersonal: true };

/** A look at clients: how much it showed, and not whom. */
export const look: AuditEntry = {
  ...storno,
  row: 5,
  act: "clients.find",
  subject: { kind: "client", id: "", label: null },
  reason: "",
  request: { query: "•••", only: [] },
  approvedBy: null,
  changes: [],
  facts: { clients: 2, orders: 3, documents: 1 },
};

export const log: AuditPage = { rows: [storno, refused, cutOff], before: null };

export const whole: AuditReport = { rows: 12, head: `12:${"a7".repeat(32)}`, broken: null, erased: 0, losses: [], witnessedTo: 12, witnesses: 2 };
