import { useTranslation } from "react-i18next";
import type { ApiError } from "../../../api/generated/api";
import { useSecondsLeft } from "../../lib/useSecondsLeft";

/** Why a passphrase was not accepted, in words at its field, and whether the next one has to wait. */
export function usePassphraseRefusal(error: ApiError | null): { words: string | null; waits: boolean } {
  const { t } = useTranslation();
  const until = error?.code === "try_later" ? Number(error.detail) : Number.NaN;
  const left = useSecondsLeft(Number.isFinite(until) ? until : null);
  if (error?.code === "wrong_passphrase") return { words: t("error.wrong_passphrase"), waits: false };
  if (left > 0) return { words: t("vault.later", { count: left }), waits: true };
  return { words: null, waits: false };
}
