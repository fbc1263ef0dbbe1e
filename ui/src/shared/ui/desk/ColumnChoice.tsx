import { ActionIcon, Button, Checkbox, Group, Popover, ScrollArea, Stack } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconColumns3 } from "@tabler/icons-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ColumnState } from "../../../api/generated/api";
import { ids } from "../../lib/testids";
import { withColumn, withPlaced } from "./useLayout";

interface Props {
  /** Every column, in its order on screen. */
  columns: ColumnState[];
  headingOf: (id: string) => string;
  onChange: (columns: ColumnState[]) => void;
  /** As the list was at first. */
  first: ColumnState[];
}

/** Which columns a list shows, and in which order. */
export const ColumnChoice = memo(function ColumnChoice({ columns, headingOf, onChange, first }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const isLast = columns.filter((one) => !one.hidden).length === 1;
  const move = (at: number, by: number) => {
    const [one, beside] = [columns[at], columns[at + by]];
    if (one && beside) onChange(withPlaced(columns, one.id, beside.id));
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={270} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <ActionIcon
          variant="default"
          size={30}
          onClick={() => setOpened(!opened)}
          aria-label={t("desk.columns")}
          title={t("desk.columns")}
          data-testid={ids.deskColumns}
        >
          <IconColumns3 size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={t("desk.columns")}>
        <ScrollArea.Autosize mah={380} type="auto">
          <Stack gap={4}>
            {columns.map((column, at) => (
              <Group key={column.id} gap={2} wrap="nowrap" justify="space-between">
                <Checkbox
                  size="xs"
                  label={headingOf(column.id)}
                  checked={!column.hidden}
                  disabled={isLast && !column.hidden}
                  title={isLast && !column.hidden ? t("desk.lastColumn") : undefined}
                  onChange={() => onChange(withColumn(columns, column.id, { hidden: !column.hidden }))}
                  data-testid={ids.deskColumn(column.id)}
                />
                <Group gap={0} wrap="nowrap">
                  {[-1, 1].map((by) => {
                    const label = t(by < 0 ? "desk.moveUp" : "desk.moveDown", { column: headingOf(column.id) });
                    return (
                      <ActionIcon
                        key={by}
                        variant="subtle"
                        color="gray"
                        size={24}
                        onClick={() => move(at, by)}
                        disabled={!columns[at + by]}
                        aria-label={label}
                        title={label}
                      >
                        {by < 0 ? <IconArrowUp size={13} /> : <IconArrowDown size={13} />}
                      </ActionIcon>
                    );
                  })}
                </Group>
              </Group>
            ))}
          </Stack>
        </ScrollArea.Autosize>
        <Button variant="default" size="compact-sm" mt="sm" fullWidth onClick={() => onChange(first)}>
          {t("desk.firstColumns")}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
});
