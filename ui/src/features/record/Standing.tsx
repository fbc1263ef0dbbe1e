import { Button, Group, Text } from "@mantine/core";
import { IconCash, IconFileZip } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DocumentRow } from "../../api/generated/api";
import { useAct } from "../../api/queries";
import { ids } from "../../shared/lib/testids";
import { Badge } from "../../shared/ui/Badge";
import { EInvoiceState } from "../../shared/ui/EInvoiceState";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { useFormat } from "../../shared/ui/useFormat";
import { useSave } from "../../shared/ui/useSave";

/** How an issued document stands with the client's money and with e-Factura, as the provider said last. */
export function Standing({ document }: { document: DocumentRow }) {
  const { t } = useTranslation();
  const archive = useAct("documents.einvoice_archive");
  const save = useSave();
  const { paid, einvoice } = document;
  if (!paid && !einvoice) return null;
  return (
    <>
      <Group gap="md" mt={4} fz="sm">
        {paid && (
          <span data-testid={ids.drawerPaid}>
            <Paid document={document} paid={paid} />
          </span>
        )}
        {einvoice && (
          <span data-testid={ids.drawerEinvoice} data-state={einvoice.state}>
            <EInvoiceState einvoice={einvoice} named />
          </span>
        )}
        {einvoice?.state === "accepted" && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconFileZip size={15} />}
            loading={archive.isPending}
            onClick={() => archive.mutate({ id: document.id }, { onSuccess: save })}
            data-testid={ids.drawerArchive}
          >
            {t("einvoice.archive")}
          </Button>
        )}
      </Group>
      {einvoice?.state === "rejected" && einvoice.words && (
        <Text size="sm" className="quote" mt={4}>
          <q>{einvoice.words}</q>
        </Text>
      )}
      {archive.error && <ErrorNote error={archive.error} />}
    </>
  );
}

function Paid({ document, paid }: { document: DocumentRow; paid: { minor: number; currency: string } }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { total } = document;
  const way = paid.minor === 0 ? "none" : paid.minor === total.minor ? "whole" : "part";
  return (
    <Badge icon={IconCash} color={way === "whole" ? "var(--state-issued)" : "var(--mantine-color-dimmed)"}>
      {t(`paid.${way}`, { paid: format.plain(paid), total: format.plain(total) })}
    </Badge>
  );
}
