import { CloseButton, Text, TextInput, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ids } from "../../../shared/lib/testids";
import { Empty } from "../../../shared/ui/Empty";
import { sourcesOf } from "../model/links";
import { openAtFirst, rowsOf, type SourceNode } from "../model/tree";
import { useDesk } from "./desk";
import { useDrag } from "./useDrag";

const STEP_PX = 14;

/** The order's fields with their values. Arrows move, Enter uses the field in the chosen target, the pointer drags it. */
export function SourceTree() {
  const { t } = useTranslation();
  const { nodes, links, chosen, use, write } = useDesk();
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Set<string>>(() => openAtFirst(nodes));
  const [at, setAt] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  useEffect(() => setOpen(openAtFirst(nodes)), [nodes]);
  const rows = useMemo(() => rowsOf(nodes, open, search), [nodes, open, search]);
  const read = useMemo(() => sourcesOf(links, chosen?.spot ?? null), [links, chosen]);
  const isOpen = (node: SourceNode) => search.trim() !== "" || open.has(node.path);
  const fold = (node: SourceNode, wanted: boolean) =>
    setOpen((before) => {
      const after = new Set(before);
      if (wanted) after.add(node.path);
      else after.delete(node.path);
      return after;
    });
  const take = (node: SourceNode) => {
    if (chosen?.spot && use(node, chosen.spot)) write(chosen.spot);
    else if (node.children.length > 0) fold(node, !isOpen(node));
  };
  const goTo = (path: string | null | undefined) => {
    if (!path) return;
    setAt(path);
    tree.current?.querySelector(`[data-source="${CSS.escape(path)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const press = (event: KeyboardEvent) => {
    const node = rows.find((row) => row.path === at);
    const move = moveOf(event.key, rows, at, node !== undefined && isOpen(node));
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (move.to !== undefined) goTo(move.to);
    if (node && move.open !== undefined) fold(node, move.open);
    if (node && move.take) take(node);
  };
  return (
    <section className="pane" aria-label={t("editor.order")}>
      <div className="pane-head">
        <Search
          value={search}
          onSearch={setSearch}
          onEnter={() => {
            tree.current?.focus();
            goTo(rows[0]?.path);
          }}
        />
      </div>
      <div
        ref={tree}
        className="pane-body"
        role="tree"
        tabIndex={0}
        aria-label={t("editor.order")}
        aria-activedescendant={at ? idOf(at) : undefined}
        onKeyDown={press}
        onFocus={() => at === null && setAt(rows[0]?.path ?? null)}
      >
        {rows.map((node) => (
          <SourceRow
            key={node.path}
            node={node}
            open={isOpen(node)}
            here={node.path === at}
            read={read.has(node.path)}
            onFold={(wanted) => fold(node, wanted)}
            onHere={() => setAt(node.path)}
            onTake={() => take(node)}
          />
        ))}
        {nodes.length === 0 && <Empty title={t("editor.noOrder")} text={t("editor.noOrderText")} />}
        {nodes.length > 0 && rows.length === 0 && (
          <Text size="sm" c="dimmed" p="sm">
            {t("editor.noField", { search })}
          </Text>
        )}
      </div>
      <Text size="xs" c="dimmed" className="pane-foot">
        {t("editor.treeKeys")}
      </Text>
    </section>
  );
}

/** Arrow down or Enter goes on into the tree. */
function Search({ value, onSearch, onEnter }: { value: string; onSearch: (text: string) => void; onEnter: () => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      flex={1}
      size="xs"
      aria-label={t("editor.searchFields")}
      placeholder={t("editor.searchFields")}
      leftSection={<IconSearch size={14} />}
      rightSection={value && <CloseButton size="xs" onClick={() => onSearch("")} aria-label={t("common.clear")} />}
      value={value}
      onChange={(event) => onSearch(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "Enter") return;
        event.preventDefault();
        onEnter();
      }}
      data-testid={ids.sourceSearch}
    />
  );
}

interface Move {
  to?: string;
  open?: boolean;
  take?: boolean;
}

/** What a key does in the tree; null where it does nothing here. */
function moveOf(key: string, rows: SourceNode[], at: string | null, isOpen: boolean): Move | null {
  const index = rows.findIndex((row) => row.path === at);
  const node = rows[index];
  const folds = node !== undefined && node.children.length > 0;
  switch (key) {
    case "ArrowDown":
      return { to: rows[Math.min(rows.length - 1, index + 1)]?.path };
    case "ArrowUp":
      return { to: rows[Math.max(0, index - 1)]?.path };
    case "Home":
      return { to: rows[0]?.path };
    case "End":
      return { to: rows.at(-1)?.path };
    case "ArrowRight":
      return folds && !isOpen ? { open: true } : { to: node?.children[0]?.path };
    case "ArrowLeft":
      return folds && isOpen ? { open: false } : { to: node?.parent ?? undefined };
    case "Enter":
      return { take: true };
    default:
      return null;
  }
}

function idOf(path: string): string {
  return `source ${path}`.replace(/\s/g, "_");
}

interface RowProps {
  node: SourceNode;
  open: boolean;
  /** The keyboard is here. */
  here: boolean;
  /** The chosen target reads it. */
  read: boolean;
  onFold: (open: boolean) => void;
  onHere: () => void;
  onTake: () => void;
}

function SourceRow({ node, open, here, read, onFold, onHere, onTake }: RowProps) {
  const { t } = useTranslation();
  const drag = useDrag();
  const folds = node.children.length > 0;
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <div
      id={idOf(node.path)}
      role="treeitem"
      className="source-row"
      aria-level={node.level}
      aria-expanded={folds ? open : undefined}
      aria-selected={here}
      data-source={node.path}
      data-read={read}
      data-testid={ids.source(node.path)}
      style={{ paddingLeft: 6 + (node.level - 1) * STEP_PX }}
      onPointerDown={(event) => {
        onHere();
        drag.begin(node, event);
      }}
      onClick={() => folds && onFold(!open)}
      onDoubleClick={() => !folds && onTake()}
    >
      <span className="source-fold">{folds && <Chevron size={14} aria-hidden />}</span>
      <span className="source-name" title={node.path}>
        {node.name}
        {node.count !== null && ` [${node.count}]`}
      </span>
      <Tooltip label={node.value} disabled={node.value === ""}>
        <span className="source-value" data-kind={node.kind}>
          {node.kind === "empty" ? t("editor.type.empty") : node.value}
          {node.count !== null && node.count > node.children.length && t("editor.listed", { count: node.children.length })}
        </span>
      </Tooltip>
      <span className="source-kind">{t(`editor.type.${node.kind}`)}</span>
    </div>
  );
}
