import { createContext, useContext } from "react";
import type { MappingDocument, MappingInfo, Mappings, RuleEntry } from "../../../api/generated/api";
import type { Spot } from "../model/document";
import type { Link } from "../model/links";
import type { TargetGroup, TargetRow } from "../model/targets";
import type { SourceNode } from "../model/tree";
import type { Editing } from "./useEditing";
import type { Sampling } from "./useSample";
import type { Trial } from "./useTrial";

/** What is chosen in the middle pane: a rule, or a lookup table. */
export type Chosen = { spot: Spot; table: null } | { spot: null; table: string } | null;

/** What the panes of the editor share. */
export interface Desk {
  info: MappingInfo;
  known: Mappings;
  editing: Editing;
  sampling: Sampling;
  trial: Trial;
  /** The sample order, parsed; null while there is none. */
  order: unknown;
  nodes: SourceNode[];
  groups: TargetGroup[];
  links: Link[];
  chosen: Chosen;
  choose: (chosen: Chosen) => void;
  /** Chooses a rule and puts the cursor into its expression. */
  write: (spot: Spot) => void;
  /** Counts up whenever the expression should take the focus. */
  focus: number;
  /** Changes the rule at a place; typing in one field is one step. */
  setRule: (spot: Spot, change: Partial<RuleEntry>, typing?: boolean) => void;
  /** Writes the expression that reads a source into a place; false where it cannot be used there. */
  use: (node: SourceNode, spot: Spot) => boolean;
  /** Makes lines from a list of the order. */
  addBlock: (name: string, kind: string, items: string) => void;
  /** The dry run that was started here, and the document that it tries. */
  tried: { runId: string; document: MappingDocument } | null;
  setTried: (tried: Desk["tried"]) => void;
  flowId: string | null;
  setFlowId: (id: string | null) => void;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("no mapping editor above this component");
  return desk;
}

/** The row of a place, if it is in sight. */
export function rowAt(groups: TargetGroup[], spot: Spot | null): TargetRow | null {
  if (!spot) return null;
  const rows = groups.flatMap((group) => group.rows);
  return rows.find((row) => row.spot.block === spot.block && row.spot.target === spot.target) ?? null;
}
