import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ImportInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { useFormat } from "../../shared/ui/useFormat";

const COUNTED = ["new", "changed", "unchanged", "rejected"] as const;

/** What became of the orders so far. */
export function Counts({ info }: { info: ImportInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group gap="lg" data-testid={ids.importCounts}>
      {COUNTED.map((name) => (
        <Text key={name} size="sm">
          {t(`imports.count.${name}`)} <b>{format.count(info[name])}</b>
        </Text>
      ))}
    </Group>
  );
}
