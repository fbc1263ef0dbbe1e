/** What orders can come from. A file is imported under Orders, and its connection made with it. */
export const SHOP_KINDS = ["woocommerce", "shopify", "stripe", "webhook", "file"];
export const BILLING_KINDS = ["smartbill", "oblio"];

export const isShop = (kind: string) => SHOP_KINDS.includes(kind);
