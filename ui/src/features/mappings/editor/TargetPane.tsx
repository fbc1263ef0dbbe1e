import { ActionIcon, Button, Group, Menu, Text, Title, Tooltip } from "@mantine/core";
import { IconPlus, IconTable } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { TargetInfo } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { freeName, isSame, keyOf, type Section, type Spot, withTable } from "../model/document";
import type { TargetGroup, TargetRow } from "../model/targets";
import { kindOfList, listsOf, pathOf } from "../model/tree";
import { BlockHead } from "./BlockHead";
import { Checks } from "./Checks";
import { useDesk } from "./desk";
import { StateOf, useValueText } from "./states";
import { useDrag } from "./useDrag";
import { useWords } from "./useWords";

/** Every target with its state, value and expression, in groups; lookup tables and checks after them. */
export function TargetPane() {
  const { t } = useTranslation();
  const { groups, editing, chosen, choose } = useDesk();
  const blocks = groups.filter((group) => group.block);
  const of = (id: Section) => groups.find((group) => group.block === null && group.id === id);
  const addTable = () => {
    const name = freeName(editing.document.tables.map((table) => table.name), t("editor.table.newName"));
    editing.change(withTable(editing.document, name, [{ key: "", value: "" }]));
    choose({ spot: null, table: name });
  };
  return (
    <section className="pane" aria-label={t("editor.invoice")} onKeyDown={moveFocus}>
      <div className="pane-body">
        {(["client", "document"] as const).map((id) => <Targets key={id} group={of(id)} />)}
        {blocks.map((group) => (
          <Targets key={group.id} group={group} />
        ))}
        <AddLines />
        <Targets group={of("payment")} />
        <section className="target-group">
          <Group justify="space-between" className="target-head">
            <Title order={3}>{t("editor.group.tables")}</Title>
            <Tooltip label={t("editor.table.add")}>
              <ActionIcon variant="subtle" color="gray" size="sm" onClick={addTable} aria-label={t("editor.table.add")} data-testid={ids.tableAdd}>
                <IconPlus size={15} />
              </ActionIcon>
            </Tooltip>
          </Group>
          {editing.document.tables.length === 0 && (
            <Text size="xs" c="dimmed" px={8} pb={4}>
              {t("editor.table.none")}
            </Text>
          )}
          {editing.document.tables.map((table) => (
            <button
              key={table.name}
              type="button"
              className="target-row table"
              data-row
              data-chosen={chosen?.table === table.name}
              aria-pressed={chosen?.table === table.name}
              onClick={() => choose({ spot: null, table: table.name })}
              data-testid={ids.table(table.name)}
            >
              <span className="target-name">{table.name}</span>
              <span className="target-value">
                <IconTable size={14} aria-hidden /> {t("editor.table.rows", { count: table.rows.length })}
              </span>
            </button>
          ))}
        </section>
        <Checks />
      </div>
      <Text size="xs" c="dimmed" className="pane-foot">
        {t("editor.targetKeys")}
      </Text>
    </section>
  );
}

/** Arrows go from row to row over all groups. */
function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const from = event.target as HTMLElement;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !from.matches("[data-row]")) return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(from) + step))]?.focus();
}

function Targets({ group }: { group: TargetGroup | undefined }) {
  const { t } = useTranslation();
  const words = useWords();
  const { trial } = useDesk();
  if (!group) return null;
  const title = group.block ? t("editor.linesOf", { name: words.group(group.id) }) : words.group(group.id);
  return (
    <section className="target-group" data-testid={ids.targetGroup(group.id)}>
      <Group justify="space-between" wrap="nowrap" className="target-head">
        {group.block ? <BlockHead block={group.block} title={title} /> : <Title order={3}>{title}</Title>}
        <AddTarget group={group} />
      </Group>
      <div role="listbox" aria-label={title} data-stale={trial.stale}>
        {group.rows.map((row) => (
          <Row key={keyOf(row.spot)} row={row} />
        ))}
      </div>
    </section>
  );
}

function AddTarget({ group }: { group: TargetGroup }) {
  const { t } = useTranslation();
  const words = useWords();
  const { setRule, write } = useDesk();
  if (group.more.length === 0) return null;
  const add = (target: TargetInfo) => {
    const spot: Spot = group.block
      ? { block: group.block.name, target: target.name }
      : { block: null, target: `${group.id}.${target.name}` };
    setRule(spot, {});
    write(spot);
  };
  return (
    <Menu position="bottom-end" shadow="md" transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <Tooltip label={t("editor.addField")}>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("editor.addField")} data-testid={ids.addTarget(group.id)}>
            <IconPlus size={15} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {group.more.map((target) => (
          <Menu.Item key={target.name} onClick={() => add(target)} data-testid={ids.addTarget(group.id, target.name)}>
            {words.field(target.name)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Row({ row }: { row: TargetRow }) {
  const { t } = useTranslation();
  const words = useWords();
  const textOf = useValueText();
  const { chosen, choose, write } = useDesk();
  const drag = useDrag();
  const isChosen = isSame(chosen?.spot ?? null, row.spot);
  const value = textOf(row);
  const expression = row.rule?.expression.trim() || (row.rule?.default !== null ? row.rule?.default : "") || "";
  const told = row.problem ? words.what(row.problem) : row.failures[0] ? t(`failure.${row.failures[0].kind}.title`) : "";
  return (
    <div
      role="option"
      aria-selected={isChosen}
      tabIndex={isChosen || (chosen === null && row.name === "is_company") ? 0 : -1}
      className="target-row"
      data-row
      data-chosen={isChosen}
      data-over={drag.over === keyOf(row.spot)}
      data-drop={keyOf(row.spot)}
      data-testid={ids.target(row.spot.block, row.spot.target)}
      onClick={(event) => {
        event.currentTarget.focus();
        choose({ spot: row.spot, table: null });
      }}
      onFocus={() => !isChosen && choose({ spot: row.spot, table: null })}
      onDoubleClick={() => write(row.spot)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== "F2") return;
        event.preventDefault();
        write(row.spot);
      }}
    >
      <span className="target-name">
        {words.field(row.name)}
        {row.required && <span title={t("editor.required")} aria-label={t("editor.required")}>{"\u00a0*"}</span>}
      </span>
      <Tooltip label={told || value} disabled={told === "" && value === ""}>
        <span className="target-value">{told || value}</span>
      </Tooltip>
      <StateOf state={row.state} />
      <Tooltip label={expression} disabled={expression === ""} maw={560}>
        <span className="target-expression mono">{expression}</span>
      </Tooltip>
    </div>
  );
}

/** Lines are made from a list of the order: one of those that the sample has, one that is dropped here, or none yet. */
function AddLines() {
  const { t } = useTranslation();
  const { nodes, addBlock } = useDesk();
  const drag = useDrag();
  const lists = listsOf(nodes);
  return (
    <Group className="add-lines" data-drop="+lines" data-over={drag.over === "+lines"} data-testid={ids.addLines} justify="space-between" wrap="nowrap">
      <Text size="xs" c="dimmed">
        {t("editor.dropList")}
      </Text>
      <Menu position="bottom-end" shadow="md" transitionProps={{ duration: 80 }}>
        <Menu.Target>
          <Button variant="default" size="compact-xs" flex="none" leftSection={<IconPlus size={13} />} data-testid={ids.addBlock()}>
            {t("editor.addLines")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {lists.map((list) => (
            <Menu.Item
              key={list.path}
              onClick={() => addBlock(list.name, kindOfList(list.name), pathOf(list.steps))}
              data-testid={ids.addBlock(list.name)}
            >
              {t("editor.fromList", { name: list.name, count: list.count ?? 0 })}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => addBlock(t("editor.newLines"), "product", "")} data-testid={ids.addBlock("empty")}>
            {t("editor.fromNothing")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
