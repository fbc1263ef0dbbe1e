import { Anchor, Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentRow } from "../../api/generated/api";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";
import { useFormat } from "../../shared/ui/useFormat";
import { StornoDialog } from "./StornoDialog";

/** An issued document of which the provider holds something else than was sent. */
export function Mismatch({ document }: { document: DocumentRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const [asking, setAsking] = useState(false);
  const found = readMismatch(document.mismatch);
  const inWords = (field: string, value: string) => {
    if (field === "total") return format.decimal(value);
    if (field === "state") return t(`state.${value}`, { defaultValue: value });
    return field === "mentions" && value === "reference" ? document.reference : value;
  };
  return (
    <section className="card">
      <Group justify="space-between">
        <Text fw={600}>
          {`${document.series} ${document.number ?? ""} · #${document.orderNumber} · ${document.client}`}
        </Text>
        <Text fw={600}>{format.amount(document.total)}</Text>
      </Group>
      <Text size="sm" mt={4}>
        {found
          ? t("reconcile.differs", {
              field: t(`reconcile.field.${found.field}`),
              ours: inWords(found.field, found.ours),
              theirs: inWords(found.field, found.provider),
              provider: t(`system.${document.provider}`),
            })
          : t("verification.mismatched")}
      </Text>
      <Group gap="xs" mt="sm">
        <Button variant="default" onClick={() => go.stay({ document: document.id })}>
          {t("reconcile.openRecord")}
        </Button>
        {document.number !== null && (
          <Button variant="default" onClick={() => setAsking(true)} data-testid={ids.stornoAsk}>
            {t("candidate.storno")}
          </Button>
        )}
        {document.link && (
          <Anchor href={document.link} target="_blank" rel="noreferrer" size="sm">
            {t("record.atProvider", { provider: t(`system.${document.provider}`) })}
          </Anchor>
        )}
      </Group>
      {asking && (
        <StornoDialog
          document={document.id}
          series={document.series}
          number={document.number ?? ""}
          provider={document.provider}
          close={() => setAsking(false)}
        />
      )}
    </section>
  );
}

/** `{"field":"total","ours":"59","provider":"58.99"}` */
function readMismatch(text: string | null): { field: string; ours: string; provider: string } | null {
  if (!text) return null;
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null || !("field" in read)) return null;
    const part = (name: string) => {
      const value = (read as Record<string, unknown>)[name];
      return value === null || value === undefined || value === "" ? "—" : String(value);
    };
    return { field: part("field"), ours: part("ours"), provider: part("provider") };
  } catch {
    return null;
  }
}
