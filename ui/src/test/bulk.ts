import type { BulkItem, BulkJob } from "../api/generated/api";

/** A plan of 40 retries, of which two are skipped. */
export const plan: BulkJob = {
  id: "bulk_1",
  kind: "retry",
  state: "planned",
  needsReason: false,
  reason: "",
  who: "Ana",
  createdMs: 1_764_000_000_000,
  confirmedMs: null,
  finishedMs: null,
  ofRecords: 40,
  waiting: 38,
  underWay: 0,
  done: 0,
  failed: 0,
  inDoubt: 0,
  skipped: 2,
  cancelled: 0,
  left: 0,
  totals: [{ minor: 459_800, currency: "RON" }],
  providers: [{ code: "smartbill", count: 38 }],
  safe: [{ code: "refused", count: 38 }],
  skips: [{ code: "still_failing", count: 2 }],
};

export const running: BulkJob = {
  ...plan,
  state: "running",
  confirmedMs: 1_764_000_000_000,
  waiting: 25,
  underWay: 1,
  done: 11,
  failed: 1,
};

export const over: BulkJob = { ...running, state: "done", waiting: 0, underWay: 0, done: 37, finishedMs: 1_764_000_100_000 };

export const item: BulkItem = {
  documentId: "doc_1",
  orderNumber: "1042",
  client: "EXEMPLU SRL",
  total: { minor: 10195, currency: "RON" },
  provider: "smartbill",
  documentState: "held",
  documentNumber: null,
  state: "failed",
  why: "held_again",
  failure: null,
  finishedMs: 1_764_000_100_000,
};
