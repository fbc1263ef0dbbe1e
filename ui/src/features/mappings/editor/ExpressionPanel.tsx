import { Button, Group, SegmentedControl, Text, TextInput, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconBulb, IconTrash } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ids } from "../../../shared/lib/testids";
import { blockOf, constantOf, isOfBlock, keyOf, type Spot, withoutRule } from "../model/document";
import type { TargetRow } from "../model/targets";
import { listOf, valueAt } from "../model/tree";
import { rowAt, useDesk } from "./desk";
import { ExpressionField } from "./ExpressionField";
import { useValueText } from "./states";
import { TablePanel } from "./TablePanel";
import { useWords } from "./useWords";

/** Below the panes: the expression of the chosen target with its value as one types, or the chosen lookup table. */
export function ExpressionPanel({ proposal }: { proposal: { spot: Spot; value: string } | null }) {
  const { t } = useTranslation();
  const { chosen, groups, editing } = useDesk();
  const row = rowAt(groups, chosen?.spot ?? null);
  if (chosen?.table !== undefined && chosen?.table !== null) {
    const table = editing.document.tables.find((one) => one.name === chosen.table);
    if (table) return <TablePanel key={table.name} table={table} />;
  }
  if (!row) {
    return (
      <section className="expression-panel" aria-label={t("editor.expression")}>
        <Text size="sm" c="dimmed">
          {t("editor.chooseTarget")}
        </Text>
      </section>
    );
  }
  const proposed = proposal && keyOf(proposal.spot) === keyOf(row.spot) ? constantOf(proposal.value, row.kind) : null;
  return <RulePanel row={row} proposed={proposed} />;
}

function RulePanel({ row, proposed }: { row: TargetRow; proposed: string | null }) {
  const { t } = useTranslation();
  const words = useWords();
  const { editing, setRule, known, order, focus, choose, trial } = useDesk();
  const { document, undo, redo } = editing;
  const { spot } = row;
  const block = blockOf(document, spot.block);
  const list = listOf(block?.items ?? "");
  const knows = useMemo(() => {
    const entries = list && spot.target !== "items" ? valueAt(order, list) : null;
    const items = block && spot.target !== "items" ? (Array.isArray(entries) ? entries : []) : null;
    return { order, items, functions: known.functions, tables: document.tables.map((table) => table.name) };
  }, [order, list?.join("."), block === null, spot.target, known.functions, document.tables]);
  const fieldWords = useMemo(
    () => ({
      label: t("editor.expressionOf", { target: words.spot(spot) }),
      placeholder: t("editor.expressionEmpty"),
      help: (name: string) => words.help(known.functions, name),
      problem: words.what,
    }),
    [t, words, keyOf(spot), known.functions],
  );
  const expression = row.rule?.expression ?? "";
  const remove = () => {
    editing.change(withoutRule(document, spot));
    if (!row.required) choose(null);
  };
  const leave = () => window.document.querySelector<HTMLElement>('[data-row][data-chosen="true"]')?.focus();
  return (
    <section className="expression-panel" aria-label={t("editor.expression")}>
      <Group gap="sm" wrap="nowrap" align="center">
        <Text size="sm" fw={600} style={{ whiteSpace: "nowrap" }}>
          {words.spot(spot)}
        </Text>
        {proposed !== null && proposed !== expression && (
          <Button
            size="compact-xs"
            variant="light"
            leftSection={<IconBulb size={13} />}
            onClick={() => setRule(spot, { expression: proposed })}
            data-testid={ids.proposal}
          >
            {t("editor.useProposal", { value: proposed })}
          </Button>
        )}
        {row.rule && !isOfBlock(spot) && (
          <Tooltip label={row.required ? t("editor.clearField") : t("editor.removeField")}>
            <Button ml="auto" size="compact-xs" variant="subtle" color="gray" leftSection={<IconTrash size={13} />} onClick={remove} data-testid={ids.targetRemove}>
              {row.required ? t("common.clear") : t("editor.remove")}
            </Button>
          </Tooltip>
        )}
      </Group>
      <div className="expression-line">
        <ExpressionField
          spot={keyOf(spot)}
          value={expression}
          onChange={(text) => setRule(spot, { expression: text }, true)}
          known={knows}
          problem={row.problem}
          words={fieldWords}
          undo={undo}
          redo={redo}
          onLeave={leave}
          focus={focus}
        />
        <LiveValue row={row} stale={trial.stale} />
      </div>
      {!isOfBlock(spot) && <WhenEmpty row={row} />}
    </section>
  );
}

function LiveValue({ row, stale }: { row: TargetRow; stale: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const textOf = useValueText();
  const value = textOf(row);
  const { problem } = row;
  return (
    <div className="expression-value" data-stale={stale} data-testid={ids.expressionValue} aria-live="polite">
      {problem ? (
        <>
          <IconAlertTriangle size={15} color="var(--state-mismatched)" aria-hidden />
          <span>
            {words.place(problem) && `${words.place(problem)}: `}
            {words.what(problem)} {words.fix(problem)}
            {problem.near && ` ${t("editor.near", { near: problem.near })}`}
          </span>
        </>
      ) : (
        <>
          <span aria-hidden>=</span>
          <span className="mono">{value === "" ? t(`editor.valueless.${row.state}`, { defaultValue: t("editor.nothing") }) : value}</span>
        </>
      )}
    </div>
  );
}

/** What to do where the expression gives nothing, the default, and a note for whoever reads the mapping next. */
function WhenEmpty({ row }: { row: TargetRow }) {
  const { t } = useTranslation();
  const { setRule } = useDesk();
  const { rule, spot } = row;
  const when = rule?.whenEmpty ?? "leave_out";
  return (
    <Group gap="sm" wrap="nowrap" align="center">
      <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
        {t("editor.whenEmptyLabel")}
      </Text>
      <SegmentedControl
        size="xs"
        aria-label={t("editor.whenEmptyLabel")}
        value={when}
        data={["leave_out", "default", "hold"].map((value) => ({
          value,
          label: <span data-testid={`${ids.whenEmpty}-${value}`}>{t(`editor.whenEmpty.${value}`)}</span>,
        }))}
        onChange={(whenEmpty) =>
          setRule(spot, { whenEmpty, ...(whenEmpty === "default" && rule?.default == null ? { default: "" } : {}) })
        }
        data-testid={ids.whenEmpty}
      />
      <TextInput
        size="xs"
        w={200}
        aria-label={t("editor.default")}
        placeholder={t("editor.default")}
        value={rule?.default ?? ""}
        onChange={(event) => {
          const text = event.currentTarget.value;
          const whenEmpty = text === "" || when !== "leave_out" ? when : "default";
          setRule(spot, { default: text === "" && whenEmpty !== "default" ? null : text, whenEmpty }, true);
        }}
        data-testid={ids.defaultValue}
      />
      <TextInput
        size="xs"
        flex={1}
        aria-label={t("editor.note")}
        placeholder={t("editor.note")}
        value={rule?.note ?? ""}
        onChange={(event) => setRule(spot, { note: event.currentTarget.value }, true)}
        data-testid={ids.note}
      />
    </Group>
  );
}
