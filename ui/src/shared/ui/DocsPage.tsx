import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CopyText } from "./CopyText";

/** Where more is written: a page of the operator's part, by its place among Punte's own, in the language of the screen. */
export function DocsPage({ lead, page }: { lead: string; page: `docs/${string}.md` }) {
  const { i18n } = useTranslation();
  const place = i18n.language.startsWith("ro") ? page.replace("docs/", "docs/ro/") : page;
  return (
    <Text size="sm" c="dimmed" component="div">
      {lead} <CopyText text={place} />
    </Text>
  );
}
