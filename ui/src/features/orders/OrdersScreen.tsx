import { Text, Title } from "@mantine/core";
import type { ColumnDef } from "@tanstack/react-table";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OrderRow } from "../../api/generated/api";
import { useList } from "../../api/queries";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { Empty } from "../../shared/ui/Empty";
import { ErrorNote } from "../../shared/ui/ErrorNote";
import { ListBar } from "../../shared/ui/ListBar";
import { Loading } from "../../shared/ui/Loading";
import { RecordTable } from "../../shared/ui/RecordTable";
import { StateBadge } from "../../shared/ui/StateBadge";
import { Time } from "../../shared/ui/Time";
import { useFormat } from "../../shared/ui/useFormat";
import { ImportButton } from "./ImportButton";

const FILTERS = ["", "document", "waiting", "not_invoiced"];

/** Every order with its decision: why this one was not invoiced has its answer here. */
export function OrdersScreen() {
  const { t } = useTranslation();
  const format = useFormat();
  const go = useGo();
  const place = usePlace();
  const [search, setSearch] = useState("");
  const filter = place.filter ?? "";
  const list = useList("orders.list", search, filter);
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.rows) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total;
  const more = useCallback(() => {
    if (list.hasNextPage && !list.isFetchingNextPage && !list.isFetchNextPageError) void list.fetchNextPage();
  }, [list]);
  const columns = useMemo<ColumnDef<OrderRow>[]>(
    () => [
      { id: "number", header: t("orders.number"), cell: ({ row }) => <b>#{row.original.number}</b> },
      { id: "customer", header: t("orders.customer"), cell: ({ row }) => <span title={row.original.customer}>{row.original.customer}</span> },
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
      {
        id: "status",
        header: t("orders.status"),
        cell: ({ row }) => <span title={row.original.statusText}>{row.original.statusText}</span>,
      },
      { id: "created", header: t("orders.created"), cell: ({ row }) => <Time ms={row.original.createdMs} /> },
      { id: "decision", header: t("orders.decision"), cell: ({ row }) => <Decision order={row.original} /> },
      { id: "invoice", header: t("orders.invoice"), cell: ({ row }) => row.original.documentNumber ?? t("common.none") },
    ],
    [t, format],
  );
  const empty = search || filter ? "nothing" : "empty";
  return (
    <div className="screen full">
      <Title order={1} mb={12}>
        {t("nav.orders")}
      </Title>
      <ListBar
        onSearch={setSearch}
        placeholder={t("orders.search")}
        filter={filter}
        filters={FILTERS.map((value) => ({ value, label: value ? t(`orders.filter.${value}`) : t("common.all") }))}
        onFilter={(value) => go.stay({ filter: value || undefined })}
        summary={total == null ? t("orders.shown", { count: rows.length }) : t("orders.count", { count: total })}
      >
        <ImportButton />
      </ListBar>
      {list.isPending && <Loading />}
      {list.error && <ErrorNote error={list.error} again={() => void list.refetch()} />}
      {list.data && rows.length === 0 && <Empty title={t(`orders.${empty}`)} text={t(`orders.${empty}Text`)} />}
      {rows.length > 0 && (
        <RecordTable
          rows={rows}
          columns={columns}
          template="76px minmax(140px, 1.3fr) 104px 116px 96px 92px minmax(180px, 2fr) 92px"
          label={t("nav.orders")}
          chosen={place.order}
          nameOf={(row) => row.number}
          onOpen={(row) => go.stay({ order: row.id, document: undefined })}
          onEnd={more}
        />
      )}
    </div>
  );
}

function Decision({ order }: { order: OrderRow }) {
  const { t } = useTranslation();
  const reason = t(`reason.${order.reason}`);
  if (order.decision === "document") {
    return <StateBadge state={order.documentState ?? "ready"} />;
  }
  return (
    <span title={reason} className="with-reason">
      <StateBadge state={order.decision} decision />
      <Text span size="sm" c="dimmed" truncate>
        {reason}
      </Text>
    </span>
  );
}
