// The targets of a mapping as they stand for one order: filled, by default, empty, wrong.

import type {
  BlockEntry,
  MappingDocument,
  MappingTrial,
  ProblemInfo,
  RuleEntry,
  RuleProblem,
  RuleValueInfo,
  TargetInfo,
} from "../../../api/generated/api";
import { isSame, ruleAt, SECTIONS, type Spot } from "./document";

export type TargetState = "filled" | "default" | "empty" | "error" | "missing" | "untried";

export interface TargetRow {
  spot: Spot;
  /** The field alone: `name`. */
  name: string;
  kind: string;
  required: boolean;
  rule: RuleEntry | null;
  state: TargetState;
  /** One; in a block one for each of its lines. */
  values: RuleValueInfo[];
  /** Of the expression, or of one of its values. */
  problem: RuleProblem | null;
  /** What holds the draft because of this field. */
  failures: ProblemInfo[];
}

export interface TargetGroup {
  /** `client`, `document`, `payment`; of a block its name. */
  id: string;
  block: BlockEntry | null;
  rows: TargetRow[];
  /** Optional ones without a rule, which can be added. */
  more: TargetInfo[];
}

/** Client, document, every block's lines, payment. `also`: a place that is to be in sight without a rule, too. */
export function groupsOf(
  document: MappingDocument,
  targets: TargetInfo[],
  trial: MappingTrial | null,
  also: Spot | null,
): TargetGroup[] {
  const lines = linesOf(document, trial);
  const section = (name: (typeof SECTIONS)[number]): TargetGroup => {
    const own = targets.filter((target) => target.section === name);
    const has = (target: TargetInfo) =>
      document[name].some((rule) => rule.target === target.name) || isSame(also, { block: null, target: `${name}.${target.name}` });
    const known = own.filter((target) => target.required || has(target));
    const strange = document[name].filter((rule) => !own.some((target) => target.name === rule.target));
    return {
      id: name,
      block: null,
      rows: [...known, ...strange.map((rule) => strangeTarget(name, rule))].map((target) =>
        rowOf(document, { block: null, target: `${name}.${target.name}` }, target, trial, lines),
      ),
      more: own.filter((target) => !known.includes(target)),
    };
  };
  const blocks = document.lines.map((block) => blockGroup(document, block, targets, trial, lines, also));
  return [section("client"), section("document"), ...blocks, section("payment")];
}

function blockGroup(
  document: MappingDocument,
  block: BlockEntry,
  targets: TargetInfo[],
  trial: MappingTrial | null,
  lines: Spot[],
  also: Spot | null,
): TargetGroup {
  const own = targets.filter((target) => target.section === "line");
  const has = (target: TargetInfo) =>
    block.fields.some((rule) => rule.target === target.name) || isSame(also, { block: block.name, target: target.name });
  const known = own.filter((target) => target.required || has(target));
  const strange = block.fields.filter((rule) => !own.some((target) => target.name === rule.target));
  const all = [
    { section: "line", name: "items", kind: "list", required: true },
    { section: "line", name: "when", kind: "flag", required: false },
    ...known,
    ...strange.map((rule) => strangeTarget("line", rule)),
  ];
  return {
    id: block.name,
    block,
    rows: all.map((target) => rowOf(document, { block: block.name, target: target.name }, target, trial, lines)),
    more: own.filter((target) => !known.includes(target)),
  };
}

/** A rule for a field that this version does not know stays in sight, so that it can be taken out. */
function strangeTarget(section: string, rule: RuleEntry): TargetInfo {
  return { section, name: rule.target, kind: "text", required: false };
}

function rowOf(
  document: MappingDocument,
  spot: Spot,
  target: TargetInfo,
  trial: MappingTrial | null,
  lines: Spot[],
): TargetRow {
  const rule = ruleAt(document, spot);
  const values = trial?.values.filter((value) => isSame(value, spot)) ?? [];
  const error = trial?.errors.find((one) => isSame(one, spot))?.problem ?? null;
  const problem = error ?? values.find((value) => value.problem)?.problem ?? null;
  const failures = trial?.problems.filter((one) => isSame(spotOf(one.field, lines), spot)) ?? [];
  const row = { spot, name: target.name, kind: target.kind, required: target.required, rule, values, problem, failures };
  return { ...row, state: stateOf(row, trial) };
}

function stateOf(row: Omit<TargetRow, "state">, trial: MappingTrial | null): TargetState {
  const isUnset = row.rule === null || (row.rule.expression.trim() === "" && row.rule.default === null);
  if (row.required && isUnset) return "missing";
  const isWrong = row.values.some((value) => value.origin === "error" || value.origin === "held");
  if (row.problem || isWrong || row.failures.length > 0) return "error";
  if (trial === null || (trial.values.length === 0 && trial.errors.length > 0)) return isUnset ? "empty" : "untried";
  if (row.values.some((value) => value.origin === "expression" && value.value !== null)) return "filled";
  if (row.values.some((value) => value.origin === "default")) return "default";
  return "empty";
}

/** The block of every line of the draft, in the draft's order: a line is there for each entry with a name. */
export function linesOf(document: MappingDocument, trial: MappingTrial | null): Spot[] {
  if (!trial) return [];
  return document.lines.flatMap((block) =>
    trial.values
      .filter((value) => value.block === block.name && value.target === "name" && value.item !== null)
      .map(() => ({ block: block.name, target: "" })),
  );
}

/** The rule that a draft's field (`client.city`, `lines[2].vat_rate`, lines from 1) comes from. */
export function spotOf(field: string, lines: Spot[]): Spot | null {
  const line = /^lines\[(\d+)\]\.(\w+)$/.exec(field);
  if (!line) return /^(client|document|payment)\.\w+$/.test(field) ? { block: null, target: field } : null;
  const block = lines[Number(line[1]) - 1]?.block;
  return block && line[2] ? { block, target: line[2] } : null;
}
