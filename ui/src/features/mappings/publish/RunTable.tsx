import { Button, Group, Text, Tooltip } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DryRunInfo, DryRunRow } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { useFormat } from "../../../shared/ui/useFormat";
import { useFieldName } from "../editor/useWords";

const ROW_HEIGHT = 30;

interface Line {
  row: DryRunRow;
  /** The order's first line bears its number. */
  first: boolean;
  field: string;
  before: string | null;
  after: string | null;
  /** Key of what would hold the order, in the catalogues. */
  problem: string | null;
}

/** Every difference a line, by order; the counts of the fields are its filter. Only lines in sight exist. */
export function RunTable({ run }: { run: DryRunInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useFieldName();
  const [field, setField] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => linesOf(run.rows, field), [run.rows, field]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    initialRect: { width: 1000, height: 420 },
  });
  if (run.rows.length === 0) return null;
  return (
    <>
      <Group gap={6} role="group" aria-label={t("editor.dryRun.fields")}>
        {run.fields.map(({ field: name, count }) => (
          <Button
            key={name}
            size="compact-xs"
            variant={field === name ? "filled" : "default"}
            aria-pressed={field === name}
            onClick={() => setField(field === name ? null : name)}
            data-testid={ids.dryRunField(name)}
          >
            {t("editor.dryRun.fieldCount", { field: nameOf(name), count: format.count(count) })}
          </Button>
        ))}
      </Group>
      <div className="run-table" ref={scroller} role="grid" aria-label={t("editor.dryRun.differences")} aria-rowcount={lines.length} tabIndex={0}>
        <div className="run-line head" role="row">
          {["order", "outcome", "field", "change"].map((column) => (
            <span role="columnheader" key={column}>
              {t(`editor.dryRun.column.${column}`)}
            </span>
          ))}
        </div>
        <div style={{ position: "relative", height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return line && <LineRow key={item.key} line={line} top={item.start} />;
          })}
        </div>
      </div>
      {run.truncated && (
        <Text size="xs" c="dimmed">
          {t("editor.dryRun.truncated", { count: run.rows.length })}
        </Text>
      )}
    </>
  );
}

function LineRow({ line, top }: { line: Line; top: number }) {
  const { t } = useTranslation();
  const nameOf = useFieldName();
  const { row, first } = line;
  const outcome = row.before === row.after ? t(`editor.dryRun.does.${row.after}`) : t(`editor.dryRun.turns.${row.after}`);
  const told = row.isIssued ? t("editor.dryRun.staysIssued") : outcome;
  const change = line.problem ? t(line.problem) : t("editor.dryRun.fromTo", { before: line.before ?? t("editor.nothing"), after: line.after ?? t("editor.nothing") });
  return (
    <div
      className="run-line"
      role="row"
      data-first={first}
      data-testid={first ? ids.dryRunRow(row.number) : undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="gridcell" title={`#${row.number} ${row.customer}`}>
        {first && (
          <>
            <b>#{row.number}</b> {row.customer}
          </>
        )}
      </span>
      <span role="gridcell" title={told}>
        {first && told}
      </span>
      <span role="gridcell" title={line.field}>
        {line.field && nameOf(line.field)}
      </span>
      <Tooltip label={change}>
        <span role="gridcell" className={line.problem ? undefined : "mono"}>
          {change}
        </span>
      </Tooltip>
    </div>
  );
}

/** A line for every difference and everything that would hold the order; an order without either has one of its own. */
function linesOf(rows: DryRunRow[], field: string | null): Line[] {
  return rows.flatMap((row) => {
    const changes = row.changes
      .filter((change) => field === null || change.field === field)
      .map((change) => ({ ...change, problem: null }));
    const problems =
      field === null ? row.problems.map((one) => ({ field: one.field, before: null, after: null, problem: `failure.${one.kind}.title` })) : [];
    const all = [...changes, ...problems];
    return all.map((line, at): Line => ({ row, first: at === 0, ...line }));
  });
}
