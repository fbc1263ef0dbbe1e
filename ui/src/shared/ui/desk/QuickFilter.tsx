import { Button, Popover } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldInfo } from "../../../api/generated/api";
import { choicesOf } from "../../lib/search";
import { FilterForm } from "./FilterForm";
import { useWords } from "./useWords";

interface Props {
  field: FieldInfo;
  /** What the search asks of the field. */
  value: string | null;
  onFilter: (field: FieldInfo, value: string | null) => void;
  testId?: string;
}

/** A field that is filtered by often, beside the search: `State ▾`, or what it is filtered by. */
export const QuickFilter = memo(function QuickFilter({ field, value, onFilter, testId }: Props) {
  const { t } = useTranslation();
  const wordOf = useWords();
  const [opened, setOpened] = useState(false);
  const name = wordOf(field, null);
  const chosen = choicesOf(value).map((one) => wordOf(field, one, field.values.find((known) => known.value === one)?.label));
  const shown = chosen.length > 2 ? t("desk.several", { field: name, count: chosen.length }) : chosen.join(", ");
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" width={264} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          variant={value === null ? "default" : "light"}
          rightSection={<IconChevronDown size={14} />}
          onClick={() => setOpened(!opened)}
          title={t("desk.filterBy", { column: name })}
          data-testid={testId}
        >
          {value === null ? name : shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={t("desk.filterBy", { column: name })}>
        <FilterForm field={field} value={value} onChange={(to) => onFilter(field, to)} />
      </Popover.Dropdown>
    </Popover>
  );
});
