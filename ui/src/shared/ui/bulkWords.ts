import type { TFunction } from "i18next";

/** Why a record is skipped or failed, in words: an act's own refusals stand beside the job's. */
export function whyText(t: TFunction, code: string): string {
  const refused = t(`blocked.${code}`, { provider: t("blocked.theProvider"), defaultValue: code });
  return t(`bulk.why.${code}`, { defaultValue: refused });
}
