//! Words of other systems, and ours for them.

use crate::call::fold;

/// Where an order stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status {
    /// One of docs/order.schema.json's, or the file's own, which is shown as it came.
    pub(super) word: String,
    /// The file says that it was paid.
    pub(super) is_paid: bool,
}

const OPEN: &[&str] = &[
    "open",
    "pending",
    "pending payment",
    "authorized",
    "partially paid",
    "unpaid",
    "on hold",
    "draft",
    "checkout draft",
    "in asteptare",
    "in asteptarea platii",
    "plata in asteptare",
    "deschisa",
    "neplatita",
    "noua",
];
const PAID: &[&str] = &[
    "paid",
    "processing",
    "partially refunded",
    "platita",
    "platit",
    "achitata",
    "in procesare",
    "in curs de procesare",
    "rambursata partial",
];
const COMPLETED: &[&str] =
    &["completed", "complete", "fulfilled", "delivered", "finalizata", "finalizat", "livrata", "incheiata"];
const CANCELLED: &[&str] = &["cancelled", "canceled", "voided", "trash", "anulata", "anulat"];
const REFUNDED: &[&str] = &["refunded", "rambursata", "rambursat"];
const FAILED: &[&str] = &["failed", "expired", "esuata", "esuat"];

/// The status of an order by its word, by whether it was delivered, and by whether it was cancelled.
pub(super) fn status_of(text: &str, fulfillment: Option<&str>, is_cancelled: bool) -> Status {
    let folded = fold(text).replace(['_', '-'], " ");
    let folded = folded.strip_prefix("wc ").unwrap_or(&folded);
    let is = |words: &[&str]| words.contains(&folded);
    let is_delivered = fulfillment.is_some_and(|word| COMPLETED.contains(&fold(word).as_str()));
    let word = match () {
        () if is_cancelled || is(CANCELLED) => "cancelled",
        () if is(REFUNDED) => "refunded",
        () if is(FAILED) => "failed",
        () if is(COMPLETED) => "completed",
        // cash on delivery is paid after
        () if is_delivered && (is(OPEN) || is(PAID)) => "completed",
        () if is(PAID) => "paid",
        () if is(OPEN) => "open",
        () => text,
    };
    Status { word: word.to_owned(), is_paid: is(PAID) }
}

/// A way to pay as docs/order.schema.json names it.
pub(super) fn payment_method(text: &str) -> &'static str {
    const ON_DELIVERY: &[&str] =
        &["cod", "ramburs", "cash on delivery", "numerar la livrare", "plata la livrare", "cash"];
    const TRANSFER: &[&str] = &[
        "bacs",
        "bank",
        "bank transfer",
        "bank deposit",
        "transfer bancar",
        "virament",
        "ordin de plata",
        "op",
        "transfer",
    ];
    const CARD: &[&str] = &[
        "card",
        "stripe",
        "netopia",
        "netopiapayments",
        "mobilpay",
        "payu",
        "euplatesc",
        "paypal",
        "btipay",
        "librapay",
        "revolut",
        "twispay",
        "viva",
        "shopify payments",
        "woocommerce payments",
    ];
    let folded = fold(text);
    let words: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = format!(" {} ", words.split_whitespace().collect::<Vec<_>>().join(" "));
    let has = |known: &[&str]| known.iter().any(|known| words.contains(&format!(" {known} ")));
    match () {
        () if has(ON_DELIVERY) => "cash_on_delivery",
        () if has(TRANSFER) => "bank_transfer",
        () if has(CARD) => "card",
        () => "other",
    }
}

/// `yes`, `da`, `1` and their like; none where it is neither yes nor no.
pub(super) fn is_yes(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "yes" | "true" | "1" | "da" | "x" | "paid" | "platit" | "platita" => Some(true),
        "no" | "false" | "0" | "nu" | "unpaid" | "neplatit" | "neplatita" => Some(false),
        _ => None,
    }
}

/// A currency's code; `lei` and signs that are only one currency's are known.
pub(super) fn currency_of(text: &str) -> String {
    match fold(text).as_str() {
        "lei" | "leu" => "RON".to_owned(),
        "€" | "euro" => "EUR".to_owned(),
        _ => text.trim().to_uppercase(),
    }
}

/// A country's code; Romania's name is known, any other text is as it came.
pub(super) fn country_of(text: &str) -> String {
    match fold(text).as_str() {
        "romania" => "RO".to_owned(),
        _ if text.trim().len() == 2 => text.trim().to_uppercase(),
        _ => text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_in_our_words_and_an_unknown_one_in_its_own() {
        for (text, fulfillment, is_cancelled, expected) in [
            ("paid", None, false, "paid"),
            ("paid", Some("fulfilled"), false, "completed"),
            ("paid", Some("partial"), false, "paid"),
            ("pending", Some("unfulfilled"), false, "open"),
            ("pending", Some("fulfilled"), false, "completed"),
            ("partially_refunded", None, false, "paid"),
            ("refunded", Some("fulfilled"), false, "refunded"),
            ("voided", None, false, "cancelled"),
            ("paid", Some("fulfilled"), true, "cancelled"),
            ("wc-completed", None, false, "completed"),
            ("On hold", None, false, "open"),
            ("Finalizată", None, false, "completed"),
            ("În procesare", None, false, "paid"),
            ("Anulată", None, false, "cancelled"),
            ("La curier", Some("fulfilled"), false, "La curier"),
        ] {
            assert_eq!(status_of(text, fulfillment, is_cancelled).word, expected, "{text} {fulfillment:?}");
        }
    }

    #[test]
    fn a_way_to_pay_is_known_by_whole_words() {
        for (text, expected) in [
            ("Cash on Delivery (COD)", "cash_on_delivery"),
            ("Plată ramburs la curier", "cash_on_delivery"),
            ("Bank Deposit", "bank_transfer"),
            ("bacs", "bank_transfer"),
            ("Shopify Payments", "card"),
            ("Card online (Netopia)", "card"),
            ("Voucher", "other"),
            ("Codobatura", "other"),
        ] {
            assert_eq!(payment_method(text), expected, "{text}");
        }
    }
}
