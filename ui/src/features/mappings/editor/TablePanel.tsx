import { ActionIcon, Button, Group, Text, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { type ClipboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TableEntry, TableRow } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { pastedRows, renamedTable, withoutTable, withTable } from "../model/document";
import { useDesk } from "./desk";

/** A lookup table as a grid. Two columns copied in a spreadsheet are pasted as rows. */
export function TablePanel({ table }: { table: TableEntry }) {
  const { t } = useTranslation();
  const { editing, choose } = useDesk();
  const { document, change } = editing;
  const set = (rows: TableRow[], what = "") => change(withTable(document, table.name, rows), what);
  const keys = table.rows.map((row) => row.key);
  const paste = (event: ClipboardEvent, at: number) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const isBlank = table.rows[at]?.key === "" && table.rows[at]?.value === "";
    set([...table.rows.slice(0, isBlank ? at : at + 1), ...pastedRows(text), ...table.rows.slice(at + 1)]);
  };
  return (
    <section className="expression-panel" aria-label={t("editor.group.tables")} data-testid={ids.tableGrid}>
      <Group gap="sm" wrap="nowrap">
        <TableName table={table} />
        <Text size="xs" c="dimmed" className="mono">
          {t("editor.table.use", { name: table.name })}
        </Text>
        <Button
          ml="auto"
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconTrash size={13} />}
          onClick={() => {
            change(withoutTable(document, table.name));
            choose(null);
          }}
          data-testid={ids.tableRemove}
        >
          {t("editor.table.remove")}
        </Button>
      </Group>
      <div className="table-rows">
        <table className="plain">
          <thead>
            <tr>
              <th>{t("editor.table.key")}</th>
              <th>{t("editor.table.value")}</th>
              <th aria-label={t("editor.remove")} />
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, at) => (
              <tr key={at}>
                {(["key", "value"] as const).map((column) => (
                  <td key={column}>
                    <TextInput
                      size="xs"
                      variant="unstyled"
                      aria-label={t("editor.table.cell", { column: t(`editor.table.${column}`), row: at + 1 })}
                      value={row[column]}
                      error={column === "key" && keys.indexOf(row.key) !== at ? t("editor.table.twice") : undefined}
                      onPaste={(event) => paste(event, at)}
                      onChange={(event) => {
                        const text = event.currentTarget.value;
                        set(table.rows.map((one, index) => (index === at ? { ...one, [column]: text } : one)), `${table.name} ${at} ${column}`);
                      }}
                      data-testid={ids.tableCell(at, column)}
                    />
                  </td>
                ))}
                <td>
                  <Tooltip label={t("editor.table.removeRow")}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size="sm"
                      aria-label={t("editor.table.removeRow")}
                      onClick={() => set(table.rows.filter((_, index) => index !== at))}
                    >
                      <IconX size={13} />
                    </ActionIcon>
                  </Tooltip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <Group gap="sm" mt={4}>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconPlus size={13} />}
            onClick={() => set([...table.rows, { key: "", value: "" }])}
            data-testid={ids.tableAddRow}
          >
            {t("editor.table.addRow")}
          </Button>
          <Text size="xs" c="dimmed">
            {t("editor.table.paste")}
          </Text>
        </Group>
      </div>
    </section>
  );
}

/** The name, taken over when the typing is over; the expressions that read the table follow. */
function TableName({ table }: { table: TableEntry }) {
  const { t } = useTranslation();
  const { editing, choose } = useDesk();
  const [name, setName] = useState(table.name);
  const wanted = name.trim();
  const isTaken = wanted !== table.name && editing.document.tables.some((one) => one.name === wanted);
  const rename = () => {
    if (wanted === "" || isTaken) return setName(table.name);
    if (wanted === table.name) return;
    editing.change(renamedTable(editing.document, table.name, wanted));
    choose({ spot: null, table: wanted });
  };
  return (
    <TextInput
      size="xs"
      w={200}
      aria-label={t("editor.table.name")}
      value={name}
      error={isTaken ? t("editor.table.taken") : undefined}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={rename}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      data-testid={ids.tableName}
    />
  );
}
