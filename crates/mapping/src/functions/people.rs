//! Who the customer is and where: fiscal codes, counties, sectors, phones, and how the money came in.

use crate::node::text_of;
use crate::romania;
use punte_domain::tax_id::{cnp_is_consistent, parse_cui};
use rhai::{Dynamic, Engine};

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn("cui", |text: Dynamic| cui(&text_of(&text)))
        .register_fn("is_cui", |text: Dynamic| parse_cui(&text_of(&text)).is_ok())
        .register_fn("is_cnp", |text: Dynamic| cnp_is_consistent(&text_of(&text)))
        .register_fn("sector", |city: Dynamic| romania::sector(&text_of(&city)))
        .register_fn("sector", |city: Dynamic, postcode: Dynamic| {
            Some(romania::sector(&text_of(&city)))
                .filter(|stated| !stated.is_empty())
                .unwrap_or_else(|| romania::sector_of_postcode(&text_of(&postcode)))
        })
        .register_fn("is_bucharest", |state: Dynamic, city: Dynamic| {
            romania::is_bucharest(&text_of(&state), &text_of(&city))
        })
        .register_fn("county", |text: Dynamic| romania::county(&text_of(&text)))
        .register_fn("county", |state: Dynamic, city: Dynamic| {
            let (state, city) = (text_of(&state), text_of(&city));
            if romania::is_bucharest(&state, &city) { "Bucuresti" } else { romania::county(&state) }
        })
        .register_fn("country", |code: Dynamic| match text_of(&code).as_str() {
            "" => String::new(),
            code => romania::country(code),
        })
        .register_fn("collect_kind", |method: Dynamic, paid: Dynamic| collect_kind(&text_of(&method), &text_of(&paid)))
        .register_fn("phone_ro", |text: Dynamic| phone_ro(&text_of(&text)));
}

fn cui(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

/// What is collected with the invoice. Cash on delivery is collected when the courier settles, not now.
fn collect_kind(method: &str, date_paid: &str) -> &'static str {
    const CARDS: &[&str] = &[
        "stripe",
        "netopia",
        "mobilpay",
        "payu",
        "euplatesc",
        "paypal",
        "btipay",
        "ing",
        "librapay",
        "revolut",
        "card",
        "twispay",
        "viva",
        "woocommerce_payments",
        "wc_booking",
        "shopify_payments",
    ];
    let method = method.to_ascii_lowercase();
    if date_paid.is_empty() || method.contains("cash on delivery") || method.contains("ramburs") {
        ""
    } else if CARDS.iter().any(|known| names(&method, known)) {
        "card"
    } else if method == "bacs" || method.contains("bank") || method.contains("transfer bancar") {
        "bank_transfer"
    } else {
        ""
    }
}

/// Whether a gateway's name holds a known one; a short one only as a word: `ing` is a bank, `leasing` is none.
fn names(method: &str, known: &str) -> bool {
    if known.len() > 4 {
        return method.contains(known);
    }
    method
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest == "pay"))
}

/// A Romanian number in international form; any other text as it is.
fn phone_ro(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national =
        digits.strip_prefix("0040").or_else(|| digits.strip_prefix("40")).or_else(|| digits.strip_prefix('0'));
    match national {
        // mobile and fixed numbers have nine digits, the first of which is 2, 3 or 7
        Some(national) if national.len() == 9 && national.starts_with(['2', '3', '7']) => format!("+40{national}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_romanian_phone_is_put_in_international_form_and_no_other() {
        for (text, wanted) in [
            ("0722 123 456", "+40722123456"),
            ("+40 722.123.456", "+40722123456"),
            ("0040213334455", "+40213334455"),
            ("+49 30 123456", "+49 30 123456"),
            ("112", "112"),
            ("", ""),
        ] {
            assert_eq!(phone_ro(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn cash_on_delivery_is_not_collected_with_the_invoice() {
        assert_eq!(collect_kind("cod", "2026-11-21"), "");
        assert_eq!(collect_kind("Cash on Delivery (COD)", "2026-11-21"), "");
        assert_eq!(collect_kind("netopiapayments", ""), "", "not paid yet");
        assert_eq!(collect_kind("bacs", "2026-11-21"), "bank_transfer");
    }
}
