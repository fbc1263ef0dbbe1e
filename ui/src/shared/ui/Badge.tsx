import { Group, Text } from "@mantine/core";
import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** A word beside its icon, in the type of what surrounds it, so that it stands on the line of its neighbours. */
export function Badge({ icon: Icon, color, children }: { icon: TablerIcon; color: string; children: ReactNode }) {
  return (
    <Group gap={6} wrap="nowrap" component="span" style={{ display: "inline-flex", minWidth: 0, verticalAlign: "top" }}>
      <Icon size={15} stroke={2} color={color} style={{ flex: "none" }} aria-hidden />
      <Text span inherit truncate>
        {children}
      </Text>
    </Group>
  );
}
