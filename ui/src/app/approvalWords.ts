import type { TFunction } from "i18next";
import type { ApprovalInfo } from "../api/generated/api";

/** What was asked for, as a verb with its object. */
export function approvalName(t: TFunction, { command, facts }: ApprovalInfo): string {
  if (command === "bulk.confirm") return t(`bulk.title.${facts.job}`, { count: Number(facts.count) });
  // each with from what to what, where it has amounts
  const named = (of: string | undefined, words: string) =>
    (of ?? "")
      .split(", ")
      .filter((one) => one !== "")
      .map((one) => t(`approvals.${words}.${one}`, { defaultValue: one }) + (facts[one] ? ` (${facts[one]})` : ""))
      .join(", ");
  const [limits, guards] = [named(facts.limits, "limit"), named(facts.guards, "guard")];
  const document = facts.document || facts.id || t("common.none");
  const amount = facts.amount || t("common.none");
  return t([`approvals.what.${command}`, "approvals.what.other"], { command, ...facts, document, amount, limits, guards });
}
