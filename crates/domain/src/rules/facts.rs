//! What rules look at beside an order's head: how it was paid and where its buyer is.

use serde_json::Value;

/// Read from an order as received, whichever shop it is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The shop's codes of the methods that the order was paid by; several where a shop names several.
    pub payment_methods: Vec<String>,
    /// ISO 3166 code of two letters in capitals; empty where the order has none.
    pub country: String,
}

/// WooCommerce, Shopify, Stripe's checkout sessions, and the generic order; the first place that holds something counts.
const METHODS: [&str; 4] = ["/payment_method", "/payment_gateway_names", "/payment_method_types", "/payment/method"];
const COUNTRIES: [&str; 4] =
    ["/billing/country", "/billing_address/country_code", "/customer_details/address/country", "/customer/country"];

impl Facts {
    pub fn of(raw: &Value) -> Facts {
        let methods = METHODS.iter().map(|place| words_at(raw, place)).find(|words| !words.is_empty());
        let country = COUNTRIES.iter().flat_map(|place| words_at(raw, place)).next();
        Facts {
            payment_methods: methods.unwrap_or_default(),
            country: country.unwrap_or_default().to_ascii_uppercase(),
        }
    }
}

/// The text at a place, or the texts of a list there; none where it is something else, or blank.
fn words_at(raw: &Value, place: &str) -> Vec<String> {
    let all = match raw.pointer(place) {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let words = all.iter().filter_map(Value::as_str).map(|text| text.trim().to_owned());
    words.filter(|text| !text.is_empty()).collect()
}
