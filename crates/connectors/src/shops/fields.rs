//! Fields of an order as every shop writes them: text, money, lists, and which field it was that could not be read.

use super::{Reason, ReasonCode, RejectedOrder};
use crate::scalar::text_of;
use chrono::DateTime;
use punte_domain::Currency;
use punte_domain::money::parse_decimal;
use rust_decimal::Decimal;
use serde_json::Value;

/// What keeps a record from being read as an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldProblem {
    /// Path from the record's root, lists counted from 0: `line_items[2].total`.
    pub field: String,
    pub reason: Reason,
}

impl FieldProblem {
    /// The problem as a rejected record, with whatever name the record still gives itself.
    pub fn rejected(self, line: usize, record: &Value) -> RejectedOrder {
        let order = text(record, "number").or_else(|| text(record, "id"));
        RejectedOrder { line, order, field: self.field, reason: self.reason }
    }
}

pub(super) type Read<T> = Result<T, FieldProblem>;

pub(super) fn problem<T>(field: impl Into<String>, reason: impl Into<Reason>) -> Read<T> {
    Err(FieldProblem { field: field.into(), reason: reason.into() })
}

/// Text of a field; `None` where it is absent, null, blank or no scalar.
pub(super) fn text(record: &Value, key: &str) -> Option<String> {
    record.get(key).and_then(text_of).filter(|text| !text.is_empty())
}

/// The beginning of a value, as a reason quotes it.
pub(super) fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

/// An amount that may be blank; `None` where it is.
pub(super) fn money(record: &Value, key: &str, path: &str) -> Read<Option<Decimal>> {
    match record.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match text_of(value) {
            None => problem(path, ReasonCode::NotAnAmount),
            Some(text) if text.is_empty() => Ok(None),
            Some(text) => match parse_decimal(&text) {
                Ok(amount) => Ok(Some(amount)),
                Err(error) => problem(path, error),
            },
        },
    }
}

pub(super) fn required_money(record: &Value, key: &str, path: &str) -> Read<Decimal> {
    match money(record, key, path)? {
        Some(amount) => Ok(amount),
        None if record.get(key).is_some_and(Value::is_string) => problem(path, ReasonCode::Blank),
        None => problem(path, ReasonCode::Missing),
    }
}

pub(super) fn currency(record: &Value) -> Read<Currency> {
    match text(record, "currency") {
        None => problem("currency", ReasonCode::Missing),
        Some(code) => Currency::parse(&code).or_else(|error| problem("currency", error)),
    }
}

pub(super) fn minor(currency: Currency, amount: Decimal, path: &str) -> Read<i64> {
    currency.to_minor(amount).or_else(|error| problem(path, error))
}

/// A list of objects; absent and null are empty where `may_miss`.
pub(super) fn list<'v>(record: &'v Value, key: &str, may_miss: bool) -> Read<&'v [Value]> {
    match record.get(key) {
        Some(Value::Array(items)) => match items.iter().position(|item| !item.is_object()) {
            None => Ok(items),
            Some(at) => problem(format!("{key}[{at}]"), ReasonCode::NotAnObject),
        },
        None | Some(Value::Null) if may_miss => Ok(&[]),
        None | Some(Value::Null) => problem(key, ReasonCode::Missing),
        // PHP writes an empty list as an empty object or text when its keys were lost
        Some(Value::Object(fields)) if fields.is_empty() && may_miss => Ok(&[]),
        Some(_) => problem(key, ReasonCode::NotAList),
    }
}

/// An instant of ISO 8601 with its offset or `Z`, as UTC milliseconds; `None` where it is absent, null or blank.
pub(super) fn instant(record: &Value, key: &str) -> Read<Option<i64>> {
    match text(record, key) {
        None => Ok(None),
        Some(text) => match DateTime::parse_from_rfc3339(&text) {
            Ok(at) => Ok(Some(at.timestamp_millis())),
            Err(_) => problem(key, ReasonCode::NotAnInstant.with("text", clip(&text))),
        },
    }
}

/// Keys under which plugins, themes and checkouts keep a company's fiscal code, the explicit ones first.
const TAX_ID_KEYS: &[&str] = &[
    "smartbill_billing_cif",
    "smartbill_cif",
    "_billing_cui",
    "billing_cui",
    "_billing_cif",
    "billing_cif",
    "cui",
    "cif",
    "CUI",
    "CIF",
    "_billing_vat_number",
    "billing_vat_number",
    "_vat_number",
    "vat_number",
    "tax_id",
];

/// The fiscal code among an order's additional data, where `find` gives the text of a key.
pub(super) fn tax_id_in(find: impl Fn(&str) -> Option<String>) -> Option<String> {
    TAX_ID_KEYS.iter().find_map(|key| find(key))
}

/// Another tool's results on the order: tool, series, number, and what stands alone where number is missing.
const OTHER_TOOLS: &[(&str, &str, &str, &str)] = &[
    ("SmartBill", "smartbill_series_name", "smartbill_document_number", "smartbill_private_link"),
    ("Oblio", "oblio_invoice_series_name", "oblio_invoice_number", "oblio_invoice_link"),
];

/// What the same tools' plugins keep of the buyer: no result.
const BUYERS: &[&str] = &[
    "billing",
    "cif",
    "cui",
    "cnp",
    "nif",
    "regcom",
    "reg_com",
    "iban",
    "bank",
    "banca",
    "cont_banca",
    "company_details",
];

/// Another tool's document among an order's additional data: `SmartBill FCT 0042`. Whatever else such a tool left there is a
/// sign of one, and named by its key: `Oblio oblio_invoice_date`.
pub(super) fn invoiced_elsewhere_in<'a>(data: impl Iterator<Item = (&'a str, &'a Value)>) -> Option<String> {
    let left: Vec<(&str, &Value)> = data.filter(|(_, value)| !is_blank(value)).collect();
    let find = |key: &str| left.iter().filter(|(name, _)| *name == key).find_map(|(_, value)| text_of(value));
    OTHER_TOOLS.iter().find_map(|(tool, series, number, link)| {
        let found = find(number).or_else(|| find(link)).or_else(|| {
            let start = format!("{}_", tool.to_ascii_lowercase());
            let is_result = |name: &str| {
                let rest = name.trim_start_matches('_').strip_prefix(start.as_str());
                rest.is_some_and(|rest| rest != "series_name" && !BUYERS.iter().any(|buyer| is_part(rest, buyer)))
            };
            let other = left.iter().find(|(name, _)| is_result(name)).map(|(name, _)| (*name).to_owned());
            other.or_else(|| find(series).map(|_| String::new()))
        })?;
        let series = find(series).unwrap_or_default();
        Some(format!("{tool} {series} {found}").split_whitespace().collect::<Vec<_>>().join(" "))
    })
}

/// Whether a key begins or ends with a word, as parts between `_` have it.
fn is_part(key: &str, word: &str) -> bool {
    let rest = key.strip_prefix(word).map(|rest| rest.is_empty() || rest.starts_with('_'));
    rest.or_else(|| key.strip_suffix(word).map(|rest| rest.ends_with('_'))).unwrap_or_default()
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        other => text_of(other).is_none_or(|text| text.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_instant_needs_its_offset_and_nothing_is_none() {
        let at = Ok(Some(1_795_210_867_000));
        assert_eq!(instant(&json!({ "at": "2026-11-20T23:41:07+02:00" }), "at"), at);
        assert_eq!(instant(&json!({ "at": "2026-11-20T21:41:07Z" }), "at"), at);
        for nothing in [json!({}), json!({ "at": null }), json!({ "at": " " })] {
            assert_eq!(instant(&nothing, "at"), Ok(None), "{nothing}");
        }
        for wrong in ["2026-11-20T23:41:07", "2026-11-20", "ieri"] {
            assert_eq!(instant(&json!({ "at": wrong }), "at").unwrap_err().field, "at", "{wrong}");
        }
    }

    #[test]
    fn another_tools_number_is_found_and_its_client_data_is_not() {
        let found = |key: &str, value: &str| {
            let (key, value) = (key.to_owned(), value.to_owned());
            invoiced_elsewhere_in(std::iter::once((key.as_str(), &json!(value))))
        };
        assert_eq!(found("smartbill_document_number", "0042").as_deref(), Some("SmartBill 0042"));
        assert_eq!(found("oblio_invoice_link", "https://o").as_deref(), Some("Oblio https://o"));
        assert_eq!(found("smartbill_series_name", "WEB").as_deref(), Some("SmartBill WEB"));
        assert_eq!(found("oblio_invoice_date", "2026-11-20").as_deref(), Some("Oblio oblio_invoice_date"));
        assert_eq!(found("_oblio_proforma_number", "3").as_deref(), Some("Oblio _oblio_proforma_number"));
        for key in ["billing_cif", "billing_type", "billing_nr_reg_com", "cif", "regcom", "banca", "cont_banca"] {
            assert_eq!(found(&format!("smartbill_{key}"), "RO1"), None, "{key} is what the buyer said");
        }
        assert_eq!(found("smartbill_document_number", " "), None);
        assert_eq!(found("nosmartbill_x", "1"), None);
        let log = json!([{ "series": "WEB" }]);
        let logged = invoiced_elsewhere_in([("smartbill_invoice_log", &log)].into_iter());
        assert_eq!(logged.as_deref(), Some("SmartBill smartbill_invoice_log"), "a list, as its plugin keeps it");
    }
}
