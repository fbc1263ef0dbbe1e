import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { OrderRow } from "../../api/generated/api";
import { useCells } from "../../shared/ui/desk/cells";
import type { DeskColumn } from "../../shared/ui/desk/columns";
import { useFormat } from "../../shared/ui/useFormat";

/** The columns of orders, in their first order. */
export function useOrderColumns(): DeskColumn<OrderRow>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const cells = useCells();
  return useMemo(() => {
    const decisionOf = (row: OrderRow) =>
      row.decision === "document" ? t(`state.${row.documentState ?? "ready"}`) : t(`decision.${row.decision}`);
    // of an invoice only a delay that still runs is worth a word
    const isDelayed = (row: OrderRow) => row.reason === "delay" && row.documentState === "ready";
    const reasonOf = (row: OrderRow) => (row.decision === "document" && !isDelayed(row) ? "" : t(`reason.${row.reason}`));
    const columns: DeskColumn<OrderRow>[] = [
      { id: "order", heading: t("orders.number"), track: "82px", cell: (row) => <b>{`#${row.number}`}</b>, text: (row) => row.number },
      {
        id: "customer",
        heading: t("orders.customer"),
        track: "minmax(140px, 1.3fr)",
        cell: (row) => cells.text(row.customer),
        hint: true,
        text: (row) => row.customer,
      },
      { id: "taxId", heading: t("orders.taxId"), track: "104px", cell: (row) => cells.text(row.taxId), hint: true, mono: true, text: (row) => row.taxId },
      {
        id: "email",
        heading: t("desk.field.email"),
        track: "160px",
        hidden: true,
        cell: (row) => cells.text(row.email),
        hint: true,
        text: (row) => row.email,
      },
      {
        id: "total",
        heading: t("orders.total"),
        track: "116px",
        right: true,
        cell: (row) => format.amount(row.total),
        text: (row) => format.plain(row.total),
      },
      {
        id: "status",
        heading: t("orders.status"),
        track: "100px",
        cell: (row) => cells.text(row.statusText),
        hint: true,
        text: (row) => row.statusText,
      },
      {
        id: "created",
        heading: t("orders.created"),
        track: "96px",
        cell: (row) => cells.time(row.createdMs),
        hint: true,
        text: (row) => format.instant(row.createdMs),
      },
      {
        id: "decision",
        heading: t("orders.decision"),
        track: "124px",
        cell: (row) =>
          cells.state(row.decision === "document" ? { state: row.documentState ?? "ready" } : { state: row.decision, decision: true }),
        text: decisionOf,
      },
      {
        id: "reason",
        heading: t("desk.heading.reason"),
        track: "minmax(140px, 2fr)",
        cell: (row) => cells.text(reasonOf(row)),
        hint: true,
        text: reasonOf,
      },
      {
        id: "document",
        heading: t("orders.invoice"),
        track: "96px",
        cell: (row) => row.documentNumber ?? t("common.none"),
        text: (row) => row.documentNumber ?? "",
      },
      {
        id: "modified",
        heading: t("record.modified"),
        track: "96px",
        hidden: true,
        cell: (row) => cells.time(row.modifiedMs),
        hint: true,
        text: (row) => format.instant(row.modifiedMs),
      },
    ];
    return columns;
  }, [t, format, cells]);
}
