import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentRow } from "../../api/generated/api";
import { useAsk } from "../../api/queries";
import { useCells } from "../../shared/ui/desk/cells";
import type { DeskColumn } from "../../shared/ui/desk/columns";
import { shownState } from "../../shared/ui/StateBadge";
import { useFormat } from "../../shared/ui/useFormat";

/** The columns of documents, in their first order. */
export function useDocumentColumns(): DeskColumn<DocumentRow>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const cells = useCells();
  const vocabulary = useAsk("table.vocabulary", { list: "documents" });
  const connections = vocabulary.data?.fields.find((field) => field.name === "connection")?.values;
  return useMemo(() => {
    const nameOf = (id: string) => connections?.find((one) => one.value === id)?.label ?? id;
    const none = t("common.none");
    const numberOf = ({ series, number }: DocumentRow) => (number ? `${series} ${number}`.trim() : "");
    // `FCT 0008 storno`: what is no invoice is named
    const number = (row: DocumentRow) => {
      const role = row.role === "invoice" ? null : t(`role.${row.role}`);
      return (
        <span title={[numberOf(row), role].filter(Boolean).join(" ") || undefined}>
          {row.number ? <b>{numberOf(row)}</b> : none}
          {role && <span className="desk-dim">{` ${role}`}</span>}
        </span>
      );
    };
    const at = (ms: number | null) => (ms === null ? "" : format.instant(ms));
    const columns: DeskColumn<DocumentRow>[] = [
      {
        id: "state",
        heading: t("invoices.state"),
        track: "minmax(98px, 0.5fr)",
        cell: (row) => cells.state(row),
        text: (row) => t(`state.${shownState(row)}`),
      },
      { id: "order", heading: t("invoices.order"), track: "72px", cell: (row) => `#${row.orderNumber}`, text: (row) => row.orderNumber },
      {
        id: "number",
        heading: t("invoices.number"),
        track: "minmax(112px, 0.6fr)",
        cell: (row) => number(row),
        text: (row) => numberOf(row),
      },
      {
        id: "client",
        heading: t("invoices.client"),
        track: "minmax(120px, 2fr)",
        cell: (row) => cells.text(row.client),
        hint: true,
        text: (row) => row.client,
      },
      { id: "taxId", heading: t("orders.taxId"), track: "92px", cell: (row) => cells.text(row.taxId), hint: true, mono: true, text: (row) => row.taxId },
      {
        id: "total",
        heading: t("orders.total"),
        track: "112px",
        right: true,
        cell: (row) => format.amount(row.total),
        text: (row) => format.plain(row.total),
      },
      {
        id: "provider",
        heading: t("invoices.provider"),
        track: "84px",
        hidden: true,
        cell: (row) => t(`system.${row.provider}`),
        text: (row) => t(`system.${row.provider}`),
      },
      { id: "issued", heading: t("invoices.issued"), track: "minmax(92px, 0.6fr)", cell: (row) => cells.time(row.issuedMs), hint: true, text: (row) => at(row.issuedMs) },
      {
        id: "einvoice",
        heading: t("einvoice.title"),
        track: "minmax(104px, 0.8fr)",
        cell: (row) => cells.eInvoice(row.einvoice),
        text: (row) => (row.einvoice ? t(`einvoice.state.${row.einvoice.state}`) : ""),
      },
      {
        id: "currency",
        heading: t("desk.heading.currency"),
        track: "72px",
        hidden: true,
        cell: (row) => row.total.currency,
        text: (row) => row.total.currency,
      },
      {
        id: "connection",
        heading: t("desk.field.connection"),
        track: "120px",
        hidden: true,
        cell: (row) => cells.text(nameOf(row.connectionId)),
        hint: true,
        text: (row) => nameOf(row.connectionId),
      },
      { id: "role", heading: t("desk.heading.role"), track: "92px", hidden: true, cell: (row) => t(`role.${row.role}`), text: (row) => t(`role.${row.role}`) },
      { id: "created", heading: t("orders.created"), track: "92px", hidden: true, cell: (row) => cells.time(row.createdMs), hint: true, text: (row) => at(row.createdMs) },
      {
        id: "paid",
        heading: t("desk.heading.paid"),
        track: "112px",
        right: true,
        hidden: true,
        cell: (row) => (row.paid ? format.amount(row.paid) : none),
        text: (row) => (row.paid ? format.plain(row.paid) : ""),
      },
      {
        id: "reference",
        heading: t("record.reference"),
        track: "132px",
        hidden: true,
        cell: (row) => cells.text(row.reference),
        hint: true,
        mono: true,
        text: (row) => row.reference,
      },
      {
        id: "mappingVersion",
        heading: t("desk.heading.mappingVersion"),
        track: "84px",
        right: true,
        hidden: true,
        cell: (row) => format.count(row.mappingVersion),
        text: (row) => String(row.mappingVersion),
      },
    ];
    return columns;
  }, [t, format, cells, connections]);
}
