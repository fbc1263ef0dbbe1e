import { Button } from "@mantine/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentRow } from "../../api/generated/api";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { BulkDialog } from "../../shared/ui/BulkDialog";
import { DeskList } from "../../shared/ui/desk/DeskList";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { useBulk } from "../../shared/ui/useBulk";
import { useOpenRecord } from "../../shared/ui/useOpenRecord";
import { useDocumentColumns } from "./columns";

const QUICK = ["status", "issued"];

const nameOf = (row: DocumentRow) => (row.role === "invoice" ? row.orderNumber : `${row.orderNumber}-${row.role}`);

/** Every document, and acts on many of them, each planned first. */
export function InvoicesScreen() {
  const { t } = useTranslation();
  const { screen } = useGo();
  const place = usePlace();
  const bulk = useBulk();
  const record = useOpenRecord();
  const open = useCallback((row: DocumentRow) => record({ orderId: null, documentId: row.id }), [record]);
  return (
    <>
      <DeskList<DocumentRow>
        list="documents"
        words="invoices"
        columns={useDocumentColumns()}
        quick={QUICK}
        filterField="status"
        nameOf={nameOf}
        opened={place.document}
        onOpen={open}
        onBulk={bulk.plan}
        busy={bulk.busy}
        acted={bulk.acted}
        notice={bulk.error && <ErrorNote error={bulk.error} refusals="bulk.refused" />}
        firstStep={
          <Button variant="default" mt={6} onClick={() => screen("/orders")}>
            {t("desk.toOrders")}
          </Button>
        }
      />
      <BulkDialog jobId={bulk.jobId} onClose={bulk.close} />
    </>
  );
}
