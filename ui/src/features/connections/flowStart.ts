import type { ConnectionInfo, Connections, FlowInfo, FlowInput } from "../../api/generated/api";
import { untouchedRules } from "./rulesSentence";

/** Of each connection's name in a flow's name. */
const MOST_OF_NAME = 60;

/** A flow as it is, or what a new one starts with. */
export function startOf(flow: FlowInfo | null, connections: Connections): FlowInput {
  if (flow) {
    const { id, shopId, billingId, company, series, condition, seriesIsOurs, writeBack, enabled } = flow;
    const { name, mappingId, fullRefund, partialRefund, rules } = flow;
    const refunds = { fullRefund, partialRefund, rules };
    return { id, name, shopId, billingId, company, series, condition, mappingId, seriesIsOurs, writeBack, ...refunds, enabled };
  }
  const billing = connections.billing[0];
  return {
    id: null,
    name: "",
    shopId: connections.shops[0]?.id ?? "",
    billingId: billing?.id ?? "",
    ...placeOf(billing),
    condition: "",
    mappingId: null,
    seriesIsOurs: false,
    writeBack: false,
    fullRefund: "propose",
    partialRefund: "propose",
    rules: untouchedRules,
    enabled: true,
  };
}

/** Company and series as they were chosen in the billing connection. */
export const placeOf = (billing: ConnectionInfo | undefined) => ({ company: billing?.company ?? "", series: billing?.series ?? "" });

/** A name that tells from where to where, and is no other flow's. */
export function nameOf(draft: FlowInput, { shops, billing, flows }: Connections): string {
  const short = (one: ConnectionInfo | undefined) => {
    const letters = [...(one?.name.trim() ?? "")];
    return letters.length > MOST_OF_NAME ? `${letters.slice(0, MOST_OF_NAME - 1).join("")}…` : letters.join("");
  };
  const named = (list: ConnectionInfo[], id: string) => short(list.find((one) => one.id === id));
  const name = `${named(shops, draft.shopId)} → ${named(billing, draft.billingId)} ${draft.series.trim()}`.trim();
  let free = name;
  for (let count = 2; isTaken(free, draft.id, flows); count += 1) free = `${name} (${count})`;
  return free;
}

/** Whether another flow has this name. Equal names of before may stay. */
export function isTaken(name: string, id: string | null, flows: FlowInfo[]): boolean {
  const plain = (text: string) => text.trim().toLowerCase();
  const isKept = flows.some((flow) => flow.id === id && plain(flow.name) === plain(name));
  return !isKept && flows.some((flow) => flow.id !== id && plain(flow.name) === plain(name));
}
