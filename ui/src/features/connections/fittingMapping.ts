import type { FlowInput, MappingSummary, Mappings } from "../../api/generated/api";

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

/** A flow for which none was named is offered what the host would give it. */
export function mappingChoices(draft: FlowInput, { mappings, shops }: Mappings): MappingChoices {
  const { orders = "", mapping = null, preset = null } = shops[draft.shopId] ?? {};
  const published = mappings.filter((one) => one.version > 0 || one.id === draft.mappingId);
  const chosen = draft.mappingId ?? mapping ?? "";
  const other = published.find((one) => one.id === chosen && one.orders !== "" && orders !== "" && one.orders !== orders);
  return { published, chosen, orders, preset, other: other ?? null };
}
