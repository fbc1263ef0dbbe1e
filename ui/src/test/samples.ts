import type {
  AppInfo,
  DocumentRow,
  Doubt,
  FailureInfo,
  OfferInfo,
  OperationInfo,
  OrderRow,
  Overview,
  RecordInfo,
} from "../api/generated/api";

export const failure: FailureInfo = {
  kind: "vat_rate_unknown",
  phase: "refused",
  next: "fix_then_retry",
  source: "smartbill",
  operation: "create invoice",
  object: "order 1042",
  providerWords: "Cota tva a produsului Cană nu a fost gasita pe server!",
  detail: "line_items[1].vat_rate: 19",
  retryAtMs: null,
};

export const document: DocumentRow = {
  id: "doc_1",
  orderId: "ord_1",
  orderNumber: "1042",
  role: "invoice",
  state: "held",
  verification: "pending",
  series: "FCT",
  number: null,
  link: null,
  client: "EXEMPLU SRL",
  taxId: "RO12345674",
  total: { minor: 10195, currency: "RON" },
  provider: "smartbill",
  connectionId: "con_1",
  mappingVersion: 1,
  reference: "PNT-7K3QM4X2ZPV",
  createdMs: 1_764_000_000_000,
  issuedMs: null,
  failure,
  dueMs: null,
  mismatch: null,
  changes: 0,
  paid: null,
  einvoice: null,
};

export const issued: DocumentRow = {
  ...document,
  id: "doc_2",
  orderNumber: "1041",
  state: "issued",
  verification: "verified",
  number: "0007",
  issuedMs: 1_764_000_000_000,
  failure: null,
};

export const order: OrderRow = {
  id: "ord_1",
  number: "1042",
  customer: "EXEMPLU SRL",
  email: "ana@example.com",
  taxId: "RO12345674",
  total: { minor: 10195, currency: "RON" },
  status: "completed",
  statusText: "completed",
  createdMs: 1_764_000_000_000,
  modifiedMs: 1_764_000_000_000,
  decision: "document",
  reason: "rule",
  documentId: "doc_1",
  documentState: "held",
  documentRole: "invoice",
  documentNumber: null,
};

export const doubt: Doubt = {
  document: { ...document, state: "in_doubt" },
  sentMs: 1_764_000_000_000,
  failure: { ...failure, kind: "timed_out", phase: "unknown", providerWords: null, detail: null },
  quietUntilMs: 1_764_000_600_000,
  parked: false,
  parkedReason: "",
  looks: [],
  absentBlocked: "not_looked",
};

export const record: RecordInfo = {
  order,
  versions: [
    { version: 2, receivedMs: 1_764_000_000_000 },
    { version: 1, receivedMs: 1_763_900_000_000 },
  ],
  madeOfVersion: 1,
  flowId: "flow_1",
  document,
  draft: null,
  madeBy: null,
  problems: [],
  documents: [],
  followsFrom: null,
  waitsForProforma: false,
  changes: [],
  offers: [],
  operations: [],
  attempts: [],
  timeline: [{ atMs: 1_764_000_000_000, what: "order_received", facts: {}, who: "", failure: null }],
  safeBecause: "refused",
  doubt: null,
};

const offer = (act: string, needsReason: boolean, blocked: string | null = null): OfferInfo => ({ act, blocked, needsReason });

/** An issued invoice with what SmartBill lets be done to it. */
export const issuedRecord: RecordInfo = {
  ...record,
  document: issued,
  documents: [issued],
  changes: [],
  safeBecause: null,
  offers: [
    offer("pdf", false),
    offer("send_email", false),
    offer("record_payment", false),
    offer("delete_payment", true, "not_paid"),
    offer("send_einvoice", true, "not_offered"),
    offer("storno", true),
    offer("cancel", true),
    offer("restore", true, "not_cancelled"),
    offer("delete", true),
  ],
};

export const operation: OperationInfo = {
  id: "op_1",
  kind: "cancel",
  state: "waiting",
  reason: "ordered twice",
  who: "Ana",
  about: "",
  documentId: "doc_2",
  documentNumber: "FCT 0007",
  orderId: "ord_1",
  orderNumber: "1041",
  provider: "smartbill",
  createdMs: 1_764_000_000_000,
  startedMs: null,
  finishedMs: null,
  failure: null,
  lookAtMs: null,
  seen: "",
  method: "",
  url: "",
  requestBody: "",
  status: null,
  answerBody: "",
};

export const overview: Overview = {
  counts: {
    held: 1,
    ready: 2,
    sending: 1,
    issued: 38,
    inDoubt: 1,
    mismatched: 0,
    changed: 0,
    findings: 0,
    cancelled: 0,
    reversed: 0,
    dismissed: 0,
    orders: 41,
    ordersNotInvoiced: 0,
    ordersWaiting: 0,
  },
  issuedToday: { count: 3, totals: [{ minor: 123456, currency: "RON" }] },
  issuedThisMonth: { count: 38, totals: [{ minor: 1234567, currency: "RON" }] },
  openFailures: [{ kind: "vat_rate_unknown", count: 1 }],
  needsYou: [{ what: "failures", count: 1, subject: "vat_rate_unknown" }],
  connections: [],
  ledgerTrouble: null,
};

export const here = { id: "ws_1", name: "Atelier Cana SRL", isSandbox: true, folder: "/tmp/cana", enabled: true };
export const there = { id: "ws_2", name: "Other SRL", isSandbox: false, folder: "/tmp/other", enabled: true };

export const app: AppInfo = {
  version: "0.1.0",
  language: "en",
  theme: "light",
  workspaces: [here, there],
  open: here,
  problem: null,
  vault: "os_keyring",
  vaultState: "ready",
  vaultReason: null,
  operator: "Ana",
  role: "admin",
  attachedTo: null,
  startLanguage: null,
  quarantine: null,
};
