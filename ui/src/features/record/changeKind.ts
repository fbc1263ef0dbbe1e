/** The words of a change's kind: a refund that is told as one growing sum has no name of its own. */
export function kindKey(kind: string, refund: string): string {
  if (kind !== "refunded_partly" || !/^refunded(:|$)/.test(refund)) return `change.kind.${kind}`;
  return refund === "refunded:less" ? "change.kind.refunded_less" : "change.kind.refunded_more";
}
