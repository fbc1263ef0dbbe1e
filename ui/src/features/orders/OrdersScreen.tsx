import { type ReactNode, useCallback } from "react";
import type { OrderRow } from "../../api/generated/api";
import { usePlace } from "../../shared/lib/navigation";
import { DeskList } from "../../shared/ui/desk/DeskList";
import { useOpenRecord } from "../../shared/ui/useOpenRecord";
import { useOrderColumns } from "./columns";

const QUICK = ["decision", "created"];

const nameOf = (row: OrderRow) => row.number;

interface Props {
  /** The way in for orders from files, in the screen's bar. */
  importing?: ReactNode;
  /** The next step where there are no orders. */
  firstStep?: ReactNode;
}

/** Every order with its decision: why this one was not invoiced has its answer here. */
export function OrdersScreen({ importing, firstStep }: Props) {
  const place = usePlace();
  const record = useOpenRecord();
  const open = useCallback((row: OrderRow) => record({ orderId: row.id, documentId: null }), [record]);
  return (
    <DeskList<OrderRow>
      list="orders"
      words="orders"
      columns={useOrderColumns()}
      quick={QUICK}
      filterField="decision"
      nameOf={nameOf}
      opened={place.order}
      onOpen={open}
      firstStep={firstStep}
    >
      {importing}
    </DeskList>
  );
}
