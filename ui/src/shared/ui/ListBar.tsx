import { CloseButton, Group, SegmentedControl, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ids } from "../lib/testids";

interface Props {
  /** Told 200 ms after the last key. */
  onSearch: (search: string) => void;
  placeholder: string;
  filter: string;
  filters: { value: string; label: string }[];
  onFilter: (filter: string) => void;
  /** `40 orders` */
  summary: string;
  children?: ReactNode;
}

/** What stands over a list: search, state, how many. */
export function ListBar({ onSearch, placeholder, filter, filters, onFilter, summary, children }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const tell = useDebouncedCallback(onSearch, 200);
  const change = (text: string) => {
    setTyped(text);
    tell(text.trim());
  };
  return (
    <Group gap="sm" mb={12} wrap="nowrap">
      <TextInput
        w={280}
        size="xs"
        aria-label={placeholder}
        placeholder={placeholder}
        leftSection={<IconSearch size={15} />}
        rightSection={typed && <CloseButton size="xs" onClick={() => change("")} aria-label={t("common.clear")} />}
        value={typed}
        onChange={(event) => change(event.currentTarget.value)}
        data-testid={ids.search}
      />
      <SegmentedControl size="xs" value={filter} onChange={onFilter} data={filters} data-testid={ids.filter} />
      <Text size="sm" c="dimmed" ml="auto" style={{ whiteSpace: "nowrap" }}>
        {summary}
      </Text>
      {children}
    </Group>
  );
}
