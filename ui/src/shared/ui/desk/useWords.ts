import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { FieldInfo } from "../../../api/generated/api";

/** Where the words of a field's values stand in the catalogues. */
const VALUES: Record<string, (value: string) => string> = {
  status: (value) => `state.${value}`,
  decision: (value) => `decision.${value}`,
  reason: (value) => `reason.${value}`,
  kind: (value) => `role.${value}`,
  provider: (value) => `system.${value}`,
  einvoice: (value) => `einvoice.state.${value}`,
  shopstatus: (value) => `desk.shopStatus.${value}`,
  failure: (value) => `failure.${value}.title`,
};

/** A field's name, or a value's, in the screen's language. */
export function useWords(): (field: FieldInfo, value: string | null, label?: string | null) => string {
  const { t } = useTranslation();
  return useCallback(
    (field, value, label = null) => {
      if (value === null) return t(`desk.field.${field.name}`, { defaultValue: field.name });
      if (label !== null) return label;
      if (field.kind === "date") return t(`desk.date.${value}`, { defaultValue: value });
      const key = VALUES[field.name]?.(value);
      return key ? t(key, { defaultValue: value }) : value;
    },
    [t],
  );
}
