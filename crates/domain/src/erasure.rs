//! Taking what tells a person out of what was kept of their order, so that the order itself stays: number, sums, currency, dates
//! and lines.
//!
//! Of an order as received only what is known to tell nobody is left: a field that nobody knows goes. Elsewhere, where people
//! wrote, what is known of the client is looked for and masked.

mod known;

pub use known::{Known, phone_end};

use crate::personal::names::{Told, told_by};
use crate::personal::{self, MASK};
use serde_json::Value;

/// Parts of the names of fields that tell a person, whatever their value looks like, beside those that [`told_by`] knows.
const PERSONAL: &[&str] = &[
    "name",
    "nume",
    "address",
    "adres",
    "street",
    "strada",
    "city",
    "oras",
    "judet",
    "county",
    "province",
    "localitate",
    "post",
    "zip",
    "cui",
    "cif",
    "iban",
    "birth",
    "_ip",
    "agent",
    "latitude",
    "longitude",
    "note",
    "contact",
    "comment",
    "message",
    "passport",
    "pasaport",
    "last4",
    "card",
    "token",
    "secret",
    "key",
    "url",
    "site",
    "company",
    "firma",
    "reg_com",
    "bank",
    "buyer",
    "recipient",
    "customer",
];
/// Names of fields whose text says where an order stands and how it was paid, never who placed it.
const OPEN: &[&str] = &[
    "id",
    "number",
    "order_number",
    "parent_id",
    "status",
    "state",
    "financial_status",
    "fulfillment_status",
    "payment_status",
    "payment_method",
    "payment_method_title",
    "payment_gateway_names",
    "payment_method_types",
    "gateway",
    "method",
    "methods",
    "method_id",
    "method_title",
    "currency",
    "currency_symbol",
    "presentment_currency",
    "created_via",
    "object",
    "kind",
    "mode",
    "version",
    "created_at",
    "updated_at",
    "date",
    "updated",
    "paid_at",
    "completed_at",
    "processed_at",
    "cancelled_at",
    "closed_at",
    "cancel_reason",
    "billing_reason",
    "collection_method",
    "type",
    "source_name",
    "payment_intent",
    "charge",
    "invoice",
    "price",
    "subscription",
    "unit",
    "country",
    "country_code",
    "invoiced_elsewhere",
];
/// Lists whose entries are goods, taxes or ways to send: what they are called is no person's.
const GOODS: &[&str] = &[
    "line_items",
    "lines",
    "shipping_lines",
    "fee_lines",
    "tax_lines",
    "items",
    "coupon_lines",
    "refund_line_items",
    "discount_applications",
    "discount_codes",
    "taxes",
];
/// Of goods these say what they are.
const OF_GOODS: &[&str] = &[
    "name",
    "title",
    "sku",
    "code",
    "unit",
    "description",
    "variant_title",
    "product_title",
    "vendor",
    "kind",
    "tax_class",
    "rate_code",
    "label",
    "product_name",
    "rate_name",
    "vat_name",
];
/// What the buyer typed, or a shop made up: nothing in it is known to tell nobody.
const TYPED: &[&str] =
    &["meta_data", "note_attributes", "metadata", "custom_fields", "properties", "custom_attributes"];

/// The telephone numbers of an order as received.
pub fn phones_in(raw: &Value) -> Vec<String> {
    fn walk(value: &Value, field: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                // of a field that a shop made up the name stands beside the value
                let named = ["key", "name"].iter().find_map(|part| fields.get(*part)?.as_str());
                for (name, inner) in fields {
                    let name = if name == "value" { named.unwrap_or(name) } else { name };
                    walk(inner, name, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, field, found)),
            Value::String(text) if is_phone_field(field) && phone_end(text).is_some() => found.push(text.clone()),
            Value::Number(number) if is_phone_field(field) => found.push(number.to_string()),
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }
    let mut found = Vec::new();
    walk(raw, "", &mut found);
    found
}

fn is_phone_field(field: &str) -> bool {
    told_by(field) == Some(Told::Phone)
}

/// Takes what tells a person out of an order as received. `keep`: its number and its id.
pub fn erase_order(raw: &mut Value, known: &Known, keep: &[&str]) {
    walk(raw, "", Place::Top, keep);
    known.scrub_but(raw, &|text| is_kept(text, keep));
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Top,
    Goods,
    Typed,
}

fn walk(value: &mut Value, field: &str, place: Place, keep: &[&str]) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields.iter_mut() {
                let name = name.to_lowercase();
                let place = match place {
                    _ if TYPED.contains(&name.as_str()) => Place::Typed,
                    Place::Typed => Place::Typed,
                    Place::Top if GOODS.contains(&name.as_str()) => Place::Goods,
                    place => place,
                };
                walk(inner, &name, place, keep);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, field, place, keep)),
        Value::String(text) => {
            if !text.is_empty() && !is_kept(text, keep) && !stays(text, field, place) {
                *value = MASK.into();
            }
        }
        Value::Number(number) => {
            let is_id = field == "id" || field.ends_with("_id");
            let text = number.to_string();
            let tells = personal::is_code(&text) || is_phone_field(field) || place == Place::Typed && !is_id;
            if !is_id && !is_kept(&text, keep) && (tells || is_personal(field)) {
                *value = MASK.into();
            }
        }
        Value::Bool(_) | Value::Null => {}
    }
}

/// Whether a text is the order's number or id, with or without the sign before it.
fn is_kept(text: &str, keep: &[&str]) -> bool {
    keep.contains(&text.trim_start_matches('#'))
}

/// Whether a text is known to tell nobody.
fn stays(text: &str, field: &str, place: Place) -> bool {
    if place == Place::Typed {
        // the field that a shop made up: its value goes, its name stays
        return matches!(field, "key" | "name" | "type") && personal::find(text).is_empty();
    }
    if place == Place::Goods && OF_GOODS.contains(&field) {
        return personal::find(text).is_empty();
    }
    if OPEN.contains(&field) {
        return true;
    }
    !is_personal(field) && (is_amount(text) || is_instant(text)) && personal::find(text).is_empty()
}

fn is_personal(field: &str) -> bool {
    told_by(field).is_some() || PERSONAL.iter().any(|part| field.contains(part))
}

fn is_amount(text: &str) -> bool {
    text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// `2026-11-20`, with or without a time.
fn is_instant(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && text.len() <= 35
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && bytes.iter().skip(10).all(|byte| byte.is_ascii_digit() || b"T:.+-Z ".contains(byte))
}

/// A name as lists sort it: small letters without diacritics. As `orders.customer_key` has it.
pub fn folded(name: &str) -> String {
    let plain = |sign: char| match sign {
        'ă' | 'Ă' | 'â' | 'Â' => 'a',
        'î' | 'Î' => 'i',
        'ș' | 'Ș' | 'ş' | 'Ş' => 's',
        'ț' | 'Ț' | 'ţ' | 'Ţ' => 't',
        sign => sign.to_ascii_lowercase(),
    };
    name.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::known::tests::ana;
    use super::*;
    use serde_json::json;

    #[test]
    fn an_order_keeps_its_number_sums_dates_and_lines_and_loses_its_buyer() {
        let mut order = json!({
            "id": 10452, "number": "10452", "name": "#10452", "status": "completed", "currency": "RON", "total": "101.95",
            "date_created_gmt": "2026-11-20T08:00:00", "customer_id": 77, "customer_note": "la vecina Ioana",
            "billing": { "first_name": "Ana", "last_name": "Popescu", "email": "ana@example.com", "phone": "+40740123456",
                "country": "RO", "postcode": "400001", "state": "CJ" },
            "line_items": [{ "id": 1, "name": "Cană ceramică", "sku": "CANA-01", "total": "83.00",
                "meta_data": [{ "id": 9, "key": "gravura", "value": "Pentru Ana", "display_value": "Pentru Ana" }] }],
            "meta_data": [{ "id": 3, "key": "_billing_cnp", "value": "1980101123452" }, { "id": 4, "key": "cadou", "value": "Ion" }],
            "refunds": [{ "id": 5, "reason": "a cerut Ana Popescu", "total": "-10.00" }],
            "something_new": "Strada Morii 1", "payment_method": "cod", "transaction_id": "",
        });
        erase_order(&mut order, &ana(), &["10452"]);
        let text = order.to_string();
        for told in ["Ana", "Popescu", "ana@", "0740123456", "1980101123452", "Ion", "Ioana", "Morii", "400001"] {
            assert!(!text.contains(told), "{told}: {text}");
        }
        assert_eq!(
            (&order["number"], &order["name"], &order["total"]),
            (&json!("10452"), &json!("#10452"), &json!("101.95"))
        );
        assert_eq!(
            (&order["id"], &order["status"], &order["currency"]),
            (&json!(10452), &json!("completed"), &json!("RON"))
        );
        assert_eq!(order["date_created_gmt"], "2026-11-20T08:00:00");
        let line = &order["line_items"][0];
        assert_eq!(
            (&line["name"], &line["sku"], &line["total"]),
            (&json!("Cană ceramică"), &json!("CANA-01"), &json!("83.00"))
        );
        assert_eq!((&order["refunds"][0]["total"], &order["billing"]["country"]), (&json!("-10.00"), &json!("RO")));
    }

    #[test]
    fn telephone_numbers_are_read_from_an_order_and_compared_by_their_end() {
        let order = json!({ "billing": { "phone": "0740 123 456" }, "shipping": { "phone": "" },
            "meta_data": [{ "key": "telefon_2", "value": "+40 21 123 45 67" }, { "key": "_tel", "value": "0264 123 456" },
                { "key": "mobilpay_id", "value": "740123456" }], "total": "740123456" });
        assert_eq!(phones_in(&order), ["0740 123 456", "+40 21 123 45 67", "0264 123 456"]);
        assert_eq!(phone_end("+40740123456"), phone_end("0740-123-456"));
        assert_eq!((phone_end("12345"), phone_end("tel 0740123456")), (None, None));
    }

    #[test]
    fn a_name_is_folded_as_the_ledger_folds_it() {
        assert_eq!(folded("ȘTEFAN Țuțu"), "stefan tutu");
    }
}
