//! A delivery's body without personal data, for whoever need not see it.

use punte_domain::personal::names::{Told, told_by};
use punte_domain::personal::{self, MASK};
use serde_json::Value;

/// Parts of the names of fields that hold what tells a person, beside those that [`told_by`] knows.
const PERSONAL: &[&str] = &[
    "name",
    "nume",
    "oras",
    "judet",
    "localitate",
    "address",
    "adresa",
    "street",
    "strada",
    "city",
    "postcode",
    "postal",
    "zip",
    "iban",
    "birth",
    "ip_address",
    "browser_ip",
    "user_agent",
    "latitude",
    "longitude",
    "note",
    "county",
    "province",
    "contact",
    "comment",
    "message",
    "passport",
    "pasaport",
    "last4",
    "card_number",
    // who has these sees the order at the shop, or acts as its buyer
    "token",
    "secret",
    "order_key",
    "_url",
    "landing_site",
    "referring_site",
];
/// What the buyer typed into fields that the merchant made up: nothing of it is known to be harmless.
const TYPED: &[&str] = &["custom_fields", "properties"];
/// Of these the words above say something of the shop or its goods, not of a person.
const OF_THE_SHOP: [&str; 9] = [
    "product_name",
    "rate_name",
    "series_name",
    "shop_name",
    "event_name",
    "topic_name",
    "parent_name",
    "variant_name",
    "source_name",
];
/// Under these a `name` is of goods, taxes or ways to pay.
const LISTS_OF_GOODS: [&str; 8] = [
    "line_items",
    "lines",
    "shipping_lines",
    "fee_lines",
    "tax_lines",
    "coupon_lines",
    "items",
    "discount_applications",
];
/// A romanian personal code has so many digits.
const CNP: usize = 13;

/// The text of a body: JSON indented, personal data masked unless asked for. Other text is shown only if asked for.
pub fn shown(body: &[u8], personal: bool) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            if !personal {
                mask(&mut value, "", false);
            }
            serde_json::to_string_pretty(&value).unwrap_or_default()
        }
        Err(_) if personal => String::from_utf8_lossy(body).into_owned(),
        Err(_) => format!("{MASK} ({} bytes)", body.len()),
    }
}

fn mask(value: &mut Value, key: &str, in_goods: bool) {
    match value {
        Value::Object(_) | Value::Array(_) if TYPED.contains(&key) => mask_typed(value),
        Value::Object(fields) => {
            // WooCommerce's meta data, Shopify's note attributes: the name of a field stands beside its value
            let named = ["key", "name"].iter().find_map(|part| fields.get(*part)?.as_str().map(str::to_lowercase));
            let named = named.filter(|_| fields.contains_key("value"));
            for (name, inner) in fields.iter_mut() {
                let name = name.to_lowercase();
                match &named {
                    Some(named) if matches!(name.as_str(), "value" | "display_value") => mask(inner, named, false),
                    Some(_) if matches!(name.as_str(), "key" | "name") => {}
                    _ => mask(inner, &name, in_goods || LISTS_OF_GOODS.contains(&name.as_str())),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, key, in_goods)),
        Value::String(text) => {
            let is_of_goods = in_goods && matches!(key, "name" | "title");
            if !text.is_empty() && (is_personal(key) && !is_of_goods || is_code(text) || is_way_to_reach(text)) {
                *value = MASK.into();
            }
        }
        Value::Number(number)
            if is_personal(key) || is_code(&number.to_string()) && key != "id" && !key.ends_with("_id") =>
        {
            *value = MASK.into();
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

/// What was typed, whatever its field is called: everything that stands under a `value`, or right under a field's name.
fn mask_typed(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields.iter_mut() {
                match inner {
                    Value::Object(_) | Value::Array(_) => mask_typed(inner),
                    Value::Null => {}
                    // of Stripe's and Shopify's lists these say which field it is
                    _ if matches!(name.as_str(), "key" | "name" | "type" | "optional" | "custom") => {}
                    _ => *inner = MASK.into(),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_typed),
        Value::String(_) | Value::Number(_) => *value = MASK.into(),
        Value::Bool(_) | Value::Null => {}
    }
}

/// An e-mail address or a telephone number somewhere in a text; or a number with its country that is all of it, however it is
/// grouped.
fn is_way_to_reach(text: &str) -> bool {
    let number: String = text.chars().filter(|sign| !matches!(sign, ' ' | '.' | '-' | '(' | ')' | '/')).collect();
    let digits = number.strip_prefix('+').unwrap_or_default();
    let is_phone = digits.len() >= 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_phone || !personal::find(text).is_empty()
}

fn is_personal(key: &str) -> bool {
    // a tax id is a company's, unless it is a code, which is known by its digits
    let is_told = matches!(told_by(key), Some(Told::Mail | Told::Phone | Told::Code));
    is_told || PERSONAL.iter().any(|part| key.contains(part)) && !OF_THE_SHOP.contains(&key)
}

fn is_code(text: &str) -> bool {
    text.len() == CNP && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn masked(value: Value) -> Value {
        serde_json::from_str(&shown(value.to_string().as_bytes(), false)).unwrap()
    }

    #[test]
    fn what_tells_a_person_is_masked_and_what_tells_the_order_is_not() {
        let order = json!({
            "id": 10452, "number": "10452", "total": "101.95",
            "billing": { "first_name": "Ana", "email": "ana@example.com", "country": "RO", "city": "Cluj" },
            "line_items": [{ "name": "Cană ceramică", "sku": "CANA-01" }],
            "meta_data": [{ "key": "_billing_cnp", "value": "1980101123452" }, { "key": "source", "value": "web" }],
            "note_attributes": [{ "name": "cui", "value": "RO12345674" }],
        });
        let shown = masked(order);
        assert_eq!(shown["billing"], json!({ "first_name": MASK, "email": MASK, "country": "RO", "city": MASK }));
        assert_eq!(shown["line_items"][0]["name"], "Cană ceramică");
        assert_eq!(shown["meta_data"][0], json!({ "key": "_billing_cnp", "value": MASK }));
        assert_eq!(shown["meta_data"][1]["value"], "web");
        assert_eq!(shown["note_attributes"][0]["name"], "cui");
        assert_eq!((shown["number"].as_str(), shown["total"].as_str()), (Some("10452"), Some("101.95")));
    }

    #[test]
    fn what_a_buyer_typed_into_fields_of_the_merchants_own_is_masked() {
        let session = json!({
            "id": "cs_1", "amount_total": 12100, "url": "https://checkout.stripe.com/c/pay/cs_1",
            "custom_fields": [
                { "key": "engraving", "label": { "custom": "Text gravat", "type": "custom" }, "optional": true,
                  "text": { "value": "Pentru Ana Pop", "maximum_length": null }, "type": "text" },
                { "key": "size", "type": "dropdown", "dropdown": { "value": "m", "options": [{ "label": "M", "value": "m" }] } },
                { "key": "code", "type": "numeric", "numeric": { "value": 77 } }],
            "client_secret": "cs_secret_1", "metadata": { "reach": "ana@example.com", "until": "sunați la 0740 000 000", "po": "12" },
            "payment_method_details": { "card": { "brand": "visa", "last4": "4242" } },
            "receipt_url": "https://pay.stripe.com/receipts/1",
        });
        let shown = masked(session);
        for typed in ["Pentru Ana", "\"m\"", "77", "ana@example.com", "0740", "4242", "cs_secret", "receipts"] {
            assert!(!shown.to_string().contains(typed), "{typed}: {shown}");
        }
        assert_eq!(shown["custom_fields"][0]["key"], "engraving");
        assert_eq!(shown["custom_fields"][0]["label"]["custom"], "Text gravat");
        assert_eq!((shown["amount_total"].as_i64(), shown["metadata"]["po"].as_str()), (Some(12100), Some("12")));
        assert_eq!(shown["payment_method_details"]["card"]["brand"], "visa");
    }

    #[test]
    fn what_stands_on_a_line_is_of_the_goods_but_not_what_the_buyer_wrote_on_it() {
        let order = json!({
            "order_status_url": "https://cana.ro/1/authenticate?key=2", "checkout_token": "t1", "order_key": "wc_order_1",
            "line_items": [{ "title": "Cană", "properties": [{ "name": "Name", "value": "Ana" }],
                "meta_data": [{ "key": "Nume gravat", "value": "Ana", "display_key": "Nume gravat", "display_value": "Ana" },
                    { "key": "pa_culoare", "value": "rosu", "display_value": "Roșu" }] }],
        });
        let shown = masked(order);
        let line = &shown["line_items"][0];
        assert!(!shown.to_string().contains("Ana") && line["title"] == "Cană", "{shown}");
        assert_eq!(
            (&line["properties"][0]["name"], &line["meta_data"][1]["display_value"]),
            (&json!("Name"), &json!("Roșu"))
        );
        for secret in ["order_status_url", "checkout_token", "order_key"] {
            assert_eq!(shown[secret], MASK, "{secret}");
        }
    }

    #[test]
    fn a_personal_code_is_masked_wherever_it_stands() {
        assert_eq!(masked(json!({ "comment": "1980101123452" }))["comment"], MASK);
        assert_eq!(masked(json!({ "id": 5_123_456_789_012_i64 }))["id"], 5_123_456_789_012_i64);
    }

    #[test]
    fn telephones_and_codes_are_known_by_every_name_that_they_have() {
        let order = json!({ "billing_mobile": "264 1234", "tel": "264 1234", "nationalId": "CJ 98", "client_cui": "RO12345674" });
        let shown = masked(order);
        assert_eq!(
            shown,
            json!({ "billing_mobile": MASK, "tel": MASK, "nationalId": MASK, "client_cui": "RO12345674" }),
            "a company's tax id stays"
        );
    }

    #[test]
    fn what_is_no_json_is_not_shown_unasked() {
        assert!(!shown(b"nume=Ana", false).contains("Ana"));
        assert_eq!(shown(b"nume=Ana", true), "nume=Ana");
    }
}
