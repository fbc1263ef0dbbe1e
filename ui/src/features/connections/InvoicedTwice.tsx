import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ConnectionInfo } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";

/** Said of a shop that another workspace invoices too: issue keys are a workspace's own, and keep nothing from the other one. */
export function InvoicedTwice({ shop }: { shop: ConnectionInfo | undefined }) {
  const { t } = useTranslation();
  if (!shop || shop.invoicedIn.length === 0) return null;
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={t("connections.twice", { count: shop.invoicedIn.length, names: shop.invoicedIn.join(", ") })}
      role="alert"
      data-testid={ids.invoicedTwice}
    >
      {t("connections.twiceText")}
    </Alert>
  );
}
