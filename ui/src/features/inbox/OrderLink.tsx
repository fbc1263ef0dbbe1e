import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DeliveryRow } from "../../api/generated/api";
import { useGo } from "../../shared/lib/navigation";
import { ids } from "../../shared/lib/testids";

/** The order that a delivery brought; its record opens in the delivery's place. */
export function OrderLink({ row }: { row: DeliveryRow }) {
  const { t } = useTranslation();
  const go = useGo();
  const { orderId, orderNumber } = row;
  if (orderId === null) return t("common.none");
  return (
    <Anchor
      component="button"
      type="button"
      size="sm"
      onClick={() => go.stay({ order: orderId, document: undefined, delivery: undefined })}
      title={t("inbox.openOrder")}
      data-testid={ids.deliveryOrder}
    >
      {`#${orderNumber ?? orderId}`}
    </Anchor>
  );
}
