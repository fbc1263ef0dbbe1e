import { Alert, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ImportPreview } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { useFormat } from "../../shared/ui/useFormat";
import { RejectedTable } from "./RejectedTable";

/** The first orders as they would be taken, and those that would not be. */
export function Taken({ preview }: { preview: ImportPreview }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const statusOf = (status: string) => (i18n.exists(`desk.shopStatus.${status}`) ? t(`desk.shopStatus.${status}`) : status);
  if (preview.reason) return null;
  if (preview.missing.length > 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("imports.chooseFirst")}
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t(preview.isWhole ? "imports.lookedAll" : "imports.looked", { count: preview.looked })}
      </Text>
      {preview.doubled > 0 && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} data-testid={ids.importDoubled}>
          <Text size="sm">{t("imports.doubled", { count: preview.doubled })}</Text>
        </Alert>
      )}
      {preview.orders.length === 0 && (
        <Text size="sm" fw={500}>
          {t("imports.noOrders")}
        </Text>
      )}
      {preview.orders.length > 0 && (
        <div className="scroll-box" style={{ maxHeight: 340 }} tabIndex={0} role="region" aria-label={t("imports.taken")}>
          <table className="plain" data-testid={ids.importTaken}>
            <thead>
              <tr>
                <th scope="col" className="num">
                  {t("imports.rejected.line")}
                </th>
                <th scope="col">{t("orders.number")}</th>
                <th scope="col">{t("orders.customer")}</th>
                <th scope="col">{t("orders.created")}</th>
                <th scope="col">{t("imports.status")}</th>
                <th scope="col" className="num">
                  {t("imports.lines")}
                </th>
                <th scope="col" className="num">
                  {t("orders.total")}
                </th>
              </tr>
            </thead>
            <tbody>
              {preview.orders.map((order) => (
                <tr key={`${order.line} ${order.number}`}>
                  <td className="num">{format.count(order.line)}</td>
                  <td className="import-number">
                    <b>{`#${order.number}`}</b>
                  </td>
                  <td>{order.customer}</td>
                  <td>{format.instant(order.createdMs)}</td>
                  <td>{statusOf(order.status)}</td>
                  <td className="num">{order.lines}</td>
                  <td className="num">{format.amount(order.total)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {preview.rejected.length > 0 && (
        <Stack gap={6} data-testid={ids.importRefused}>
          <Text size="sm" fw={500}>
            {t("imports.wouldNot", { count: preview.rejected.length })}
          </Text>
          <RejectedTable rows={preview.rejected} maxHeight={260} />
        </Stack>
      )}
    </Stack>
  );
}
