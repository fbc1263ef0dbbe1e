import { memo } from "react";
import { ids } from "../../lib/testids";
import type { DeskColumn } from "./columns";
import type { DeskRow } from "./useBlocks";
import { type Band, ROW_HEIGHT } from "./useScaledRows";

interface Props<R extends DeskRow> {
  bands: Band[];
  height: number;
  columns: DeskColumn<R>[];
  rowAt: (ordinal: number) => R | undefined;
  nameOf: (row: R) => string;
  idOf: (ordinal: number) => string;
  isChosen: (id: string) => boolean;
  focus: number;
  opened: string | undefined;
}

/** The rows in sight; those that are not there yet as skeletons. A press on them is heard by the table. */
export function DeskGrid<R extends DeskRow>(props: Props<R>) {
  const { bands, height, columns, rowAt, nameOf, idOf, isChosen, focus, opened } = props;
  return (
    <div role="rowgroup" className="desk-rows" style={{ height }}>
      {bands.map((band) => (
        <div
          key={band.first}
          role="presentation"
          className="desk-band"
          style={{ height: band.rows * ROW_HEIGHT, transform: `translateY(${band.y}px)` }}
        >
          {Array.from({ length: band.rows }, (_, n) => {
            const ordinal = band.first + n;
            const row = rowAt(ordinal);
            return (
              <Row
                key={ordinal}
                row={row}
                ordinal={ordinal}
                columns={columns as DeskColumn<DeskRow>[]}
                id={idOf(ordinal)}
                name={row ? nameOf(row) : ""}
                chosen={row !== undefined && isChosen(row.id)}
                focused={ordinal === focus}
                opened={row !== undefined && row.id === opened}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}

interface RowProps {
  row: DeskRow | undefined;
  ordinal: number;
  columns: DeskColumn<DeskRow>[];
  id: string;
  name: string;
  chosen: boolean;
  focused: boolean;
  opened: boolean;
}

const Row = memo(function Row({ row, ordinal, columns, id, name, chosen, focused, opened }: RowProps) {
  return (
    <div
      role="row"
      id={id}
      className="desk-row"
      aria-rowindex={ordinal + 2}
      aria-selected={chosen}
      aria-current={opened || undefined}
      aria-busy={row === undefined || undefined}
      data-focused={focused || undefined}
      data-ordinal={ordinal}
      data-testid={row ? ids.row(name) : undefined}
    >
      <span role="gridcell" aria-colindex={1} className="desk-check">
        <i aria-hidden data-check />
      </span>
      {row ? (
        columns.map((column, at) => (
          <span
            role="gridcell"
            aria-colindex={at + 2}
            key={column.id}
            className={column.mono && column.text(row) ? "desk-mono" : column.right ? "right" : undefined}
            title={column.hint ? column.text(row) || undefined : undefined}
          >
            {column.cell(row)}
          </span>
        ))
      ) : (
        // one for the row: a cell each costs as much as the row itself
        <span role="gridcell" aria-colindex={2} className="desk-skeleton" style={{ width: `${55 + ((ordinal * 7) % 40)}%` }} />
      )}
    </div>
  );
});
