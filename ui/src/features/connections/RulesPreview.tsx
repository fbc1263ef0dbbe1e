import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ApiError, RulesPreview as Preview } from "../../api/generated/api";
import { ids } from "../../shared/lib/testids";
import { useFormat } from "../../shared/ui/useFormat";

/** How many of the shop's newest orders the rules would take, and why not the others. */
export function RulesPreview({ preview, error }: { preview: Preview | undefined; error: ApiError | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (error) {
    // a field that is wrong says so itself
    return error.field ? null : <Text size="sm">{t("rules.preview.failed")}</Text>;
  }
  if (!preview) return null;
  if (preview.looked === 0) return <Text size="sm">{t("rules.preview.none")}</Text>;
  return (
    <Stack gap={2} data-testid={ids.flowForm("rules-preview")} aria-live="polite">
      <Text size="sm" fw={500}>
        {t("rules.preview.take", { count: preview.looked, matching: format.count(preview.matching) })}
        {preview.proformas > 0 && ` ${t("rules.preview.proformas", { count: preview.proformas })}`}
        {preview.toApprove > 0 && ` ${t("rules.preview.approve", { count: preview.toApprove })}`}
      </Text>
      {preview.notTaken.length > 0 && <Text size="sm">{t("rules.preview.notTaken")}</Text>}
      {preview.notTaken.map(({ reason, count, orders }) => (
        <Text size="sm" c="dimmed" key={reason}>
          {`${format.count(count)} · ${t(`reason.${reason}`)} (${orders.map((order) => `#${order}`).join(", ")}${count > orders.length ? ", …" : ""})`}
        </Text>
      ))}
    </Stack>
  );
}
