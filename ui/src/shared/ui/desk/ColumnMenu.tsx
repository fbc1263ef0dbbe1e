import { ActionIcon, Button, Divider, Group, Popover, Stack, Text } from "@mantine/core";
import {
  IconArrowBarToLeft,
  IconArrowBarToRight,
  IconChevronDown,
  IconEyeOff,
  IconFilterFilled,
  IconMinus,
  IconPlus,
  IconSortAscending,
  IconSortDescending,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldInfo, SortBy } from "../../../api/generated/api";
import { ids } from "../../lib/testids";
import { FilterForm } from "./FilterForm";

export interface ColumnActs {
  sort: (sort: SortBy | null) => void;
  filter: (field: FieldInfo, value: string | null) => void;
  move: (id: string, by: number) => void;
  widen: (id: string, by: number) => void;
  hide: (id: string) => void;
}

interface Props {
  id: string;
  heading: string;
  sort: SortBy | null;
  sortable: boolean;
  field: FieldInfo | null;
  /** What the search asks of the field. */
  value: string | null;
  acts: ColumnActs;
}

const STEP = 24;

/** All that can be done with a column, for the keyboard as for the mouse. */
export function ColumnMenu({ id, heading, sort, sortable, field, value, acts }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const label = value === null ? t("desk.menu", { column: heading }) : t("desk.menuFiltered", { column: heading });
  const sorted = sort?.column === id ? sort : null;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={296} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color={value === null ? "gray" : undefined}
          size={24}
          className="desk-menu"
          data-filtered={value !== null}
          onClick={() => setOpened(!opened)}
          aria-label={label}
          title={label}
          data-testid={ids.deskMenu(id)}
        >
          {value === null ? <IconChevronDown size={13} /> : <IconFilterFilled size={12} />}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={label}>
        <Stack gap="xs">
          {sortable && (
            <Group gap={6} grow>
              {[false, true].map((descending) => (
                <Button
                  key={String(descending)}
                  size="compact-sm"
                  variant={sorted?.descending === descending ? "light" : "default"}
                  aria-pressed={sorted?.descending === descending}
                  leftSection={descending ? <IconSortDescending size={14} /> : <IconSortAscending size={14} />}
                  onClick={() => acts.sort(sorted?.descending === descending ? null : { column: id, descending })}
                >
                  {t(descending ? "desk.descending" : "desk.ascending")}
                </Button>
              ))}
            </Group>
          )}
          {field && (
            <>
              <Text size="xs" c="dimmed">
                {t("desk.filterBy", { column: heading })}
              </Text>
              <FilterForm field={field} value={value} onChange={(wanted) => acts.filter(field, wanted)} />
            </>
          )}
          <Divider />
          <Group gap={4} justify="space-between">
            <Act name="left" icon={<IconArrowBarToLeft size={15} />} act={() => acts.move(id, -1)} />
            <Act name="right" icon={<IconArrowBarToRight size={15} />} act={() => acts.move(id, 1)} />
            <Act name="narrower" icon={<IconMinus size={15} />} act={() => acts.widen(id, -STEP)} />
            <Act name="wider" icon={<IconPlus size={15} />} act={() => acts.widen(id, STEP)} />
            <Act name="hide" icon={<IconEyeOff size={15} />} act={() => acts.hide(id)} />
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Act({ name, icon, act }: { name: string; icon: ReactNode; act: () => void }) {
  const { t } = useTranslation();
  const label = t(`desk.column.${name}`);
  return (
    <ActionIcon variant="default" onClick={act} aria-label={label} title={label} data-testid={ids.deskAct(name)}>
      {icon}
    </ActionIcon>
  );
}
