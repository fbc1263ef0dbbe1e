import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DocumentRow } from "../../api/generated/api";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";

/** The documents of an order that has more than one: the invoice, its storno. */
export function DocumentSwitch({ documents, shown }: { documents: DocumentRow[]; shown: string | undefined }) {
  const { t } = useTranslation();
  const go = useGo();
  if (documents.length < 2) return null;
  const wordsOf = (document: DocumentRow) => {
    const number = document.number ? `${document.series} ${document.number}` : document.series;
    return `${t(`role.${document.role}`)} ${number} · ${t(`state.${document.state}`)}`;
  };
  return (
    <Group gap={6} mt="sm" role="group" aria-label={t("role.all")}>
      {documents.map((document) => (
        <Button
          key={document.id}
          size="compact-sm"
          variant={document.id === shown ? "light" : "default"}
          aria-pressed={document.id === shown}
          onClick={() => go.stay({ document: document.id, order: undefined })}
          data-testid={ids.drawerDocument(document.role)}
        >
          {wordsOf(document)}
        </Button>
      ))}
    </Group>
  );
}
