import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { ImportReason } from "../../api/generated/api";
import { useFieldName } from "./fields";

/** Why something is not taken, in words; one that this window does not know yet by its code and facts. */
export function useReason(): (reason: ImportReason) => string {
  const { t, i18n } = useTranslation();
  const nameOf = useFieldName();
  return useCallback(
    ({ code, facts }) => {
      const key = `imports.reason.${code}`;
      if (!i18n.exists(key)) return [code, ...Object.values(facts)].join(", ");
      const named: Record<string, string> = { ...facts };
      if (facts.field !== undefined) named.field = nameOf(facts.field);
      if (facts.fields !== undefined) named.fields = facts.fields.split(", ").map(nameOf).join(", ");
      if (facts.default !== undefined) named.default = t(`imports.default.${facts.default === "vatRate" ? "rate" : facts.default}`);
      return t(key, named);
    },
    [t, i18n, nameOf],
  );
}
