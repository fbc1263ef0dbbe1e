import { Text } from "@mantine/core";
import { CopyText } from "./CopyText";

/** Where more is written: a page among Punte's own, by its place there. */
export function DocsPage({ lead, page }: { lead: string; page: string }) {
  return (
    <Text size="sm" c="dimmed" component="div">
      {lead} <CopyText text={page} />
    </Text>
  );
}
