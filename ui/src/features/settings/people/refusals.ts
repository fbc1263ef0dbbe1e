import type { TFunction } from "i18next";
import type { ApiError } from "../../../api/generated/api";

const CODES = ["no_admin_left", "second_person", "second_admin"];

/** Why something about people is refused, in words, and at which field; null for what is no such refusal. */
export function refusalOf(t: TFunction, error: ApiError | null): { field: string; words: string } | null {
  if (error?.code !== "invalid_input" || !error.field) return null;
  const { field, detail } = error;
  if (CODES.includes(detail)) return { field, words: t(`people.wrong.${detail}`) };
  if (field === "name") return { field, words: t(detail.endsWith("is taken") ? "people.wrong.taken" : "people.wrong.name") };
  return ["role", "password", "lockAfterMin"].includes(field) ? { field, words: t(`people.wrong.${field}`) } : null;
}
