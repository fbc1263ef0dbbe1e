import type { Connections, FlowInput, MappingSummary, Mappings } from "../../api/generated/api";

/** The preset of each kind of orders. */
const PRESETS: Record<string, string> = { woocommerce: "woocommerce_ro", shopify: "shopify", stripe: "stripe", generic: "generic" };

/** What can be chosen for a flow's mapping, and what it is now. */
export interface MappingChoices {
  published: MappingSummary[];
  /** Empty: the preset is added when the flow is saved. */
  chosen: string;
  /** The preset that would be added: where no mapping reads this shop's orders yet. */
  preset: string | null;
  /** Whose orders the shop has. */
  orders: string;
  /** The chosen mapping, where it reads another kind's orders. */
  other: MappingSummary | null;
}

/** As the host chooses where none is named: the mapping of the shop's other flows, else the first that reads its orders. */
export function mappingChoices(draft: FlowInput, { flows }: Connections, { mappings, shopOrders }: Mappings): MappingChoices {
  const orders = shopOrders[draft.shopId] ?? "";
  const published = mappings.filter((one) => one.version > 0 || one.id === draft.mappingId);
  const isUsed = (id: string) => flows.some((flow) => flow.shopId === draft.shopId && flow.mappingId === id && flow.id !== draft.id);
  const ofKind = published.find((one) => one.orders === orders);
  const fitting = published.find((one) => isUsed(one.id) && (one.orders === "" || one.orders === orders)) ?? ofKind;
  const chosen = draft.mappingId ?? fitting?.id ?? "";
  const other = published.find((one) => one.id === chosen && one.orders !== "" && orders !== "" && one.orders !== orders);
  return { published, chosen, orders, preset: ofKind ? null : (PRESETS[orders] ?? null), other: other ?? null };
}
