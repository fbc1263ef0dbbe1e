import type { ConnectionInfo, DeliveryInfo, DeliveryRow, HookInfo, InboxPage, ListenerInfo } from "../api/generated/api";

export const shop: ConnectionInfo = {
  id: "con_1",
  kind: "woocommerce",
  name: "Atelier shop",
  address: "https://atelier.ro",
  account: "ck_1",
  company: null,
  series: null,
  isSandbox: false,
  legacyRoutes: false,
  reserve: 0,
  warehouse: "",
  vatNames: {},
  health: "healthy",
  failure: null,
  limitedUntilMs: null,
  lastContactMs: 1_764_000_000_000,
  secretChangedMs: null,
  secretWorkedMs: 1_764_000_000_000,
  hasOrders: false,
  invoicedIn: [],
  today: 41,
};

export const listening: ListenerInfo = {
  enabled: true,
  port: 8766,
  address: "http://127.0.0.1:8766",
  publicAddress: "https://punte.atelier.ro",
  error: null,
  accepted: 12,
  refused: 3,
  overloaded: 1,
};

export const quiet: ListenerInfo = { ...listening, enabled: false, address: null, publicAddress: "", accepted: 0, refused: 0, overloaded: 0 };

export const hook: HookInfo = {
  connectionId: "con_1",
  kind: "woocommerce",
  path: "/hooks/3f9a",
  url: "https://punte.atelier.ro/hooks/3f9a",
  hasSecret: true,
  oldSecretUntilMs: null,
  topics: ["order.created", "order.updated"],
  lastAcceptedMs: 1_764_000_000_000,
  lastRefusedMs: null,
};

export const delivered: DeliveryRow = {
  id: "dlv_1",
  connectionId: "con_1",
  connectionName: "Atelier shop",
  kind: "woocommerce",
  receivedMs: 1_764_000_000_000,
  topic: "order.updated",
  deliveryId: "7c1e",
  verdict: "accepted",
  status: 200,
  state: "done",
  tries: 1,
  orderId: "ord_1",
  orderNumber: "1042",
  failure: null,
  size: 2048,
};

export const forged: DeliveryRow = {
  ...delivered,
  id: "dlv_2",
  verdict: "bad_signature",
  status: 401,
  state: "none",
  tries: 0,
  orderId: null,
  orderNumber: null,
};

export const page: InboxPage = {
  rows: [delivered, forged],
  before: null,
  counts: { waiting: 0, done: 41, failed: 2, refused: 7 },
};

export const delivery: DeliveryInfo = {
  row: delivered,
  eventId: "evt_9",
  sentMs: 1_763_999_999_000,
  headers: { "content-type": "application/json", "x-wc-webhook-topic": "order.updated" },
  body: '{\n  "email": "•••"\n}',
  isMasked: true,
  isCut: false,
  replays: [{ who: "Ana", atMs: 1_764_000_000_000, reason: "the shop was down" }],
};
