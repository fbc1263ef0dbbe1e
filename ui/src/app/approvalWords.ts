import type { TFunction } from "i18next";
import type { ApprovalInfo } from "../api/generated/api";

/** What was asked for, as a verb with its object. */
export function approvalName(t: TFunction, { command, facts }: ApprovalInfo): string {
  if (command === "bulk.confirm") return t(`bulk.title.${facts.job}`, { count: Number(facts.count) });
  const limits = (facts.limits ?? "")
    .split(", ")
    .filter((one) => one !== "")
    .map((one) => t(`approvals.limit.${one}`, { defaultValue: one }))
    .join(", ");
  return t([`approvals.what.${command}`, "approvals.what.other"], { command, ...facts, limits });
}
