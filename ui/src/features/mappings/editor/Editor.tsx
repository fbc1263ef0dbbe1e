import { Stack } from "@mantine/core";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { MappingInfo, Mappings, RuleEntry } from "../../../api/generated/api";
import { usePlace } from "../../../shared/lib/navigation";
import { blockOf, keyOf, type Spot, withNewBlock, withRule } from "../model/document";
import { linksOf } from "../model/links";
import { groupsOf, linesOf, spotOf } from "../model/targets";
import { expressionOf, kindOfList, listOf, parseOrder, pathOf, type SourceNode, treeOf } from "../model/tree";
import { type Chosen, type Desk, DeskContext, rowAt } from "./desk";
import { EditorBar } from "./EditorBar";
import { ExpressionPanel } from "./ExpressionPanel";
import { Links } from "./Links";
import "./editor.css";
import { ResultPane } from "./ResultPane";
import { SourceTree } from "./SourceTree";
import { TargetPane } from "./TargetPane";
import { DragArea } from "./useDrag";
import { useEditing } from "./useEditing";
import { useSample } from "./useSample";
import { useTrial } from "./useTrial";

interface Props {
  info: MappingInfo;
  known: Mappings;
  /** The order that the address asks for. */
  orderId: string | undefined;
}

/** One mapping under edit: the order, its targets, the result, and the expression of the chosen target below them. */
export default function Editor({ info, known, orderId }: Props) {
  const area = useRef<HTMLDivElement>(null);
  const desk = useDeskOf(info, known, orderId);
  const proposal = useNamed(desk);
  const { editing, groups, chosen } = desk;
  const keys = (event: KeyboardEvent) => {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    const isRedo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y";
    // dialogs are inside this in React's tree: there the keys are the field's own
    const inDialog = event.target instanceof Element && event.target.closest('[role="dialog"]') !== null;
    if (inDialog || event.defaultPrevented || (!isUndo && !isRedo)) return;
    event.preventDefault();
    if (isRedo || event.shiftKey) editing.redo();
    else editing.undo();
  };
  const drop = (node: SourceNode, place: string) => {
    if (place === "+lines") {
      if (node.kind === "list") desk.addBlock(node.name, kindOfList(node.name), pathOf(node.steps));
      return;
    }
    const row = groups.flatMap((group) => group.rows).find((one) => keyOf(one.spot) === place);
    if (row && desk.use(node, row.spot)) desk.write(row.spot);
  };
  return (
    <DeskContext value={desk}>
      <div className="screen full mapping-editor" onKeyDown={keys}>
        <EditorBar />
        <DragArea onDrop={drop}>
          <div className="panes" ref={area}>
            <SourceTree />
            <TargetPane />
            <ResultPane />
            <Links area={area} />
          </div>
          <Stack gap={0} key={chosen?.table ?? "rule"}>
            <ExpressionPanel proposal={proposal} />
          </Stack>
        </DragArea>
      </div>
    </DeskContext>
  );
}

function useDeskOf(info: MappingInfo, known: Mappings, orderId: string | undefined): Desk {
  const editing = useEditing(info);
  const { document, change } = editing;
  const sampling = useSample(info.id, document, orderId);
  const [flowId, setFlowId] = useState<string | null>(null);
  const trial = useTrial(info.id, document, sampling.sample, flowId);
  const [chosen, choose] = useState<Chosen>(null);
  const [focus, setFocus] = useState(0);
  const [tried, setTried] = useState<Desk["tried"]>(null);
  const order = useMemo(() => (sampling.sample ? parseOrder(sampling.sample.json) : null), [sampling.sample]);
  const nodes = useMemo(() => treeOf(order) ?? [], [order]);
  const spot = chosen?.spot ?? null;
  const groups = useMemo(
    // values of the last good state beside errors of the newest
    () => {
      const { now, shown } = trial;
      const mixed = now && shown && now !== shown ? { ...shown, errors: now.errors } : now;
      return groupsOf(document, known.targets, mixed, spot);
    },
    [document, known.targets, trial, spot],
  );
  const links = useMemo(() => linksOf(document, trial.shown), [document, trial.shown]);
  const write = useCallback((wanted: Spot) => {
    choose({ spot: wanted, table: null });
    setFocus((before) => before + 1);
  }, []);
  const setRule = useCallback(
    (wanted: Spot, part: Partial<RuleEntry>, typing = false) =>
      change(withRule(document, wanted, part), typing ? `${keyOf(wanted)} ${Object.keys(part)[0]}` : ""),
    [change, document],
  );
  const use = useCallback(
    (node: SourceNode, wanted: Spot) => {
      const list = wanted.target === "items" ? null : listOf(blockOf(document, wanted.block)?.items ?? "");
      const text = expressionOf(node, list, order);
      const isMeta = text.includes(".meta(");
      const fits = wanted.target === "items" ? node.kind === "list" : isMeta || node.children.length === 0;
      if (!fits) return false;
      const isMoney = rowAt(groups, wanted)?.kind === "amount" && node.kind === "text";
      const canRead = known.functions.some((one) => one.name === "money");
      setRule(wanted, { expression: isMoney && canRead ? `money(${text})` : text });
      return true;
    },
    [document, order, groups, known.functions, setRule],
  );
  const addBlock = useCallback(
    (name: string, kind: string, items: string) => {
      const [after, made] = withNewBlock(document, name, kind, items);
      change(after);
      write({ block: made, target: items === "" ? "items" : "name" });
    },
    [document, change, write],
  );
  const panes = { order, nodes, groups, links, chosen, choose, write, focus };
  return { info, known, editing, sampling, trial, ...panes, setRule, use, addBlock, tried, setTried, flowId, setFlowId };
}

/** Goes to the rule that the address names, once it can be told; answers the value that is proposed for it. */
function useNamed(desk: Desk): { spot: Spot; value: string } | null {
  const place = usePlace();
  const { trial, editing, write } = desk;
  const { document } = editing;
  const went = useRef<string | null>(null);
  const isLine = place.target?.startsWith("lines[") ?? false;
  const spot = useMemo<Spot | null>(() => {
    if (!place.target) return null;
    if (isLine) return spotOf(place.target, linesOf(document, trial.shown));
    const block = place.block === undefined ? null : (blockOf(document, place.block) ?? document.lines[0])?.name;
    return block === undefined ? null : { block, target: place.target };
  }, [place.target, place.block, isLine, document, trial.shown]);
  const named = place.target === undefined ? null : `${place.block ?? ""}/${place.target}`;
  useEffect(() => {
    if (!spot || went.current === named) return;
    went.current = named;
    write(spot);
    // after the row is there
    const timer = setTimeout(
      () => window.document.querySelector('[data-row][data-chosen="true"]')?.scrollIntoView({ block: "nearest" }),
      0,
    );
    return () => clearTimeout(timer);
  }, [spot, named, write]);
  return spot && place.value !== undefined ? { spot, value: place.value } : null;
}
