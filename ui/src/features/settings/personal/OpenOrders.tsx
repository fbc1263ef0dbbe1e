import { List } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ClientOpenOrder } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";

/** Orders that are left alone, each with what is to be done about it. */
export function OpenOrders({ orders }: { orders: ClientOpenOrder[] }) {
  const { t } = useTranslation();
  return (
    <List size="sm" data-testid={ids.personal("open")}>
      {orders.map((one) => (
        <List.Item key={one.orderId}>
          {t("personal.order", { number: one.number })}
          {": "}
          {t(`personal.why.${one.why}`)}
        </List.Item>
      ))}
    </List>
  );
}
