import { useCallback } from "react";
import type { OrderRow } from "../../api/generated/api";
import { useGo, usePlace } from "../../shared/lib/navigation";
import { begin } from "../../shared/lib/timings";
import { DeskList } from "../../shared/ui/desk/DeskList";
import { useOrderColumns } from "./columns";
import { ImportButton } from "./ImportButton";

const QUICK = ["decision", "created"];

const nameOf = (row: OrderRow) => row.number;

/** Every order with its decision: why this one was not invoiced has its answer here. */
export function OrdersScreen() {
  const { stay } = useGo();
  const place = usePlace();
  const open = useCallback(
    (row: OrderRow) => {
      begin("drawer");
      stay({ order: row.id, document: undefined });
    },
    [stay],
  );
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
    >
      <ImportButton />
    </DeskList>
  );
}
