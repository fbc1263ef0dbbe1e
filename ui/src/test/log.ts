import type { LogLine, LogPage } from "../api/generated/api";

export const rests: LogLine = {
  at: "2026-11-27:900",
  atMs: 1_795_773_600_250,
  level: "warn",
  target: "punte_engine::connect",
  message: "the connection rests",
  connection: "con_smartbill",
  order: null,
  document: null,
  ofMachine: false,
  fields: { kind: "rate_limited", count: 3 },
};

export const sending: LogLine = {
  ...rests,
  at: "2026-11-27:600",
  level: "info",
  message: "sending",
  order: "1042",
  document: "doc_1",
  fields: { trigger: "automatic", trace: "0: one\n1: two" },
};

/** Cut off by a crash: no event. */
export const broken: LogLine = {
  at: "2026-11-27:300",
  atMs: null,
  level: null,
  target: "",
  message: "{\"timest",
  connection: null,
  order: null,
  document: null,
  ofMachine: true,
  fields: {},
};

export const page = (lines: LogLine[], more: Partial<LogPage> = {}): LogPage => ({ lines, older: null, newer: "2026-11-27:1200", isCut: false, ...more });

export const connections = {
  shops: [{ id: "con_shop", name: "Woo", kind: "woocommerce" }],
  billing: [{ id: "con_smartbill", name: "SmartBill RO1", kind: "smartbill" }],
  flows: [],
};
