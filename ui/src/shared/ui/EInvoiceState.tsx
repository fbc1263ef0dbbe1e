import { Tooltip } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconClock, IconSettingsOff, type TablerIcon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { EInvoiceInfo } from "../../api/generated/api";
import { Badge } from "./Badge";

/** How each state looks. */
export const LOOKS: Record<string, { icon: TablerIcon; color: string }> = {
  not_sent: { icon: IconCircleDashed, color: "var(--mantine-color-dimmed)" },
  processing: { icon: IconClock, color: "var(--state-waiting)" },
  accepted: { icon: IconCircleCheck, color: "var(--state-issued)" },
  rejected: { icon: IconCircleX, color: "var(--state-mismatched)" },
  not_configured: { icon: IconSettingsOff, color: "var(--mantine-color-dimmed)" },
};

/** What e-Factura holds of a document, as icon and word; the provider's own words on hover. */
export function EInvoiceState({ einvoice, named = false }: { einvoice: EInvoiceInfo; named?: boolean }) {
  const { t } = useTranslation();
  const look = LOOKS[einvoice.state] ?? { icon: IconCircleDashed, color: "inherit" };
  const state = t(`einvoice.state.${einvoice.state}`);
  return (
    <Tooltip label={einvoice.words} disabled={einvoice.words === ""}>
      <span>
        <Badge icon={look.icon} color={look.color}>
          {named ? t("einvoice.is", { state }) : state}
        </Badge>
      </span>
    </Tooltip>
  );
}
