/** What orders can come from. A file is imported under Orders, and its connection made with it. */
export const SHOP_KINDS = ["woocommerce", "shopify", "stripe", "webhook", "file"];
export const BILLING_KINDS = ["smartbill", "oblio"];

export const isShop = (kind: string) => SHOP_KINDS.includes(kind);

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
