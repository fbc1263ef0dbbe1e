import type { BackfillGroupInfo, BackfillInfo, ConnectionInfo, FlowInfo } from "../../../api/generated/api";
import { shop } from "../../../test/inbox";
import { flow as wiredFlow } from "../samples";

export const flow: FlowInfo = { ...wiredFlow, shopId: "con_1", company: "RO12345674", mappingId: "map_1", enabled: true };

export const asked: ConnectionInfo = shop;
export const file: ConnectionInfo = { ...shop, kind: "file" };

export const group = (verdict: string, reason: string, count: number, released = 0): BackfillGroupInfo => ({
  verdict,
  reason,
  count,
  total: { minor: count * 10_000, currency: "RON" },
  released,
  samples: ["1001", "1002", "1003", "1004", "1005"].slice(0, count),
});

/** A plan of 38 invoices, of which none is confirmed yet. */
export const planned: BackfillInfo = {
  id: "bkf_1",
  flowId: "flow_1",
  from: "2026-10-01",
  until: "2026-10-31",
  who: "Ana",
  confirmedBy: null,
  state: "planned",
  read: 60,
  failure: null,
  createdMs: 1_764_000_000_000,
  endedMs: null,
  groups: [
    group("issue", "", 38),
    group("left_out", "not_completed", 9),
    group("invoiced", "", 7),
    group("hold", "address_incomplete", 3),
  ],
};

export const reading: BackfillInfo = { ...planned, state: "reading", read: 1200, groups: [] };
export const running: BackfillInfo = {
  ...planned,
  state: "running",
  confirmedBy: "Mihai",
  groups: [group("issue", "", 38, 24), group("hold", "address_incomplete", 3, 1)],
};
export const stopped: BackfillInfo = { ...running, state: "cancelled", endedMs: 1_764_000_100_000 };
export const done: BackfillInfo = {
  ...running,
  state: "done",
  endedMs: 1_764_000_100_000,
  groups: [group("issue", "", 38, 38), group("hold", "address_incomplete", 3, 3)],
};
