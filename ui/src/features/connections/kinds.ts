import type { ConnectionInfo } from "../../api/generated/api";
import { isShop } from "../../shared/lib/systems";

export { BILLING_KINDS, isShop, SHOP_KINDS } from "../../shared/lib/systems";

/** Whether Punte can look at it by itself; of the others orders come, and nothing is asked. */
export const isAsked = (kind: string) => kind !== "file" && kind !== "webhook";

/** Whether it can tell by webhooks: a shop of its orders, a billing provider of what Punte only keeps. */
export const receives = (kind: string) => kind !== "file";

/** Whether the address has to be typed: a provider's own, and Stripe's, are known. */
export const needsAddress = (kind: string) => isShop(kind) && kind !== "stripe" && kind !== "file";

/** By which field orders are known as this shop's: with another one they would be another shop's, and invoiced again. */
export const identityField = (kind: string) => (!isShop(kind) ? null : kind === "stripe" ? "account" : "address");

/** Whether text is an account's id as Stripe gives it. */
export const isStripeAccount = (text: string) => /^acct_[A-Za-z0-9]+$/.test(text.trim());

/** Whether nobody entered a credential yet, as after a set-up file came in: then there is none to keep, to enter again or to renew. */
export const neverHadSecret = ({ health, secretChangedMs, secretWorkedMs, lastContactMs }: ConnectionInfo) =>
  health === "credential_missing" && secretChangedMs === null && secretWorkedMs === null && lastContactMs === null;
