import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** What would be here, and the next step. */
export function Empty({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap={6} py={56} px="md" data-testid="empty">
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" ta="center" maw={460}>
        {text}
      </Text>
      {children}
    </Stack>
  );
}
