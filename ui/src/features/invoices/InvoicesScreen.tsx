import { Text, Title } from "@mantine/core";
import type { ColumnDef } from "@tanstack/react-table";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentRow } from "../../api/generated/api";
import { useList } from "../../api/queries";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { EInvoiceState } from "../../shared/ui/EInvoiceState";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { ListBar } from "../../shared/ui/ListBar";
import { Loading } from "../../shared/ui/Loading";
import { RecordTable } from "../../shared/ui/RecordTable";
import { StateBadge } from "../../shared/ui/StateBadge";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";

const FILTERS = ["", "issued", "ready", "held", "in_doubt", "mismatched", "changed", "dismissed"];

/** Every document. */
export function InvoicesScreen() {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const place = usePlace();
  const [search, setSearch] = useState("");
  const filter = place.filter ?? "";
  const list = useList("documents.list", search, filter);
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.rows) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total;
  const more = useCallback(() => {
    if (list.hasNextPage && !list.isFetchingNextPage && !list.isFetchNextPageError) void list.fetchNextPage();
  }, [list]);
  const columns = useMemo<ColumnDef<DocumentRow>[]>(
    () => [
      {
        id: "state",
        header: t("invoices.state"),
        cell: ({ row: { original } }) => (
          <StateBadge state={original.state} verification={original.verification} changes={original.changes} />
        ),
      },
      { id: "order", header: t("invoices.order"), cell: ({ row }) => `#${row.original.orderNumber}` },
      {
        id: "number",
        header: t("invoices.number"),
        cell: ({ row }) => <NumberCell document={row.original} />,
      },
      { id: "client", header: t("invoices.client"), cell: ({ row }) => <span title={row.original.client}>{row.original.client}</span> },
      {
        id: "taxId",
        header: t("orders.taxId"),
        cell: ({ row }) => (
          <span className="mono" title={row.original.taxId}>
            {row.original.taxId}
          </span>
        ),
      },
      { id: "total", header: t("orders.total"), meta: { right: true }, cell: ({ row }) => format.amount(row.original.total) },
      { id: "provider", header: t("invoices.provider"), cell: ({ row }) => t(`system.${row.original.provider}`) },
      {
        id: "issued",
        header: t("invoices.issued"),
        cell: ({ row }) => (row.original.issuedMs === null ? t("common.none") : <Time ms={row.original.issuedMs} />),
      },
      {
        id: "einvoice",
        header: t("einvoice.title"),
        cell: ({ row: { original } }) =>
          original.einvoice && original.einvoice.state !== "not_sent" ? (
            <EInvoiceState einvoice={original.einvoice} />
          ) : (
            t("common.none")
          ),
      },
    ],
    [t, format],
  );
  const empty = search || filter ? "nothing" : "empty";
  return (
    <div className="screen full">
      <Title order={1} mb={12}>
        {t("nav.invoices")}
      </Title>
      <ListBar
        onSearch={setSearch}
        placeholder={t("invoices.search")}
        filter={filter}
        filters={FILTERS.map((value) => ({ value, label: value ? t(`invoices.filter.${value}`) : t("common.all") }))}
        onFilter={(value) => go.stay({ filter: value || undefined })}
        summary={total == null ? t("invoices.shown", { count: rows.length }) : t("invoices.count", { count: total })}
      />
      {list.isPending && <Loading />}
      {list.error && <ErrorNote error={list.error} again={() => void list.refetch()} />}
      {list.data && rows.length === 0 && <Empty title={t(`invoices.${empty}`)} text={t(`invoices.${empty}Text`)} />}
      {rows.length > 0 && (
        <RecordTable
          rows={rows}
          columns={columns}
          template="100px 64px 118px minmax(110px, 2fr) 100px 108px 78px 88px 104px"
          label={t("nav.invoices")}
          chosen={place.document}
          nameOf={(row) => (row.role === "invoice" ? row.orderNumber : `${row.orderNumber}-${row.role}`)}
          onOpen={(row) => go.stay({ document: row.id, order: undefined })}
          onEnd={more}
        />
      )}
    </div>
  );
}

/** `FCT 0008 storno`: what is no invoice is named. */
function NumberCell({ document }: { document: DocumentRow }) {
  const { t } = useTranslation();
  const { number, series, role } = document;
  return (
    <>
      {number ? <b>{`${series} ${number}`}</b> : t("common.none")}
      {role !== "invoice" && (
        <Text span inherit c="dimmed">
          {` ${t(`role.${role}`)}`}
        </Text>
      )}
    </>
  );
}
