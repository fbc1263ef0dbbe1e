//! From WooCommerce's order to a head: pure, exact, and precise about what it cannot read.
//!
//! Only what an invoice hangs on must be readable: id, status, currency, total, the amounts of lines and refunds, one date.
//! Exports written by others leave fields out; what is missing elsewhere is empty, not wrong.

use super::dates::{Instant, read_instant};
use crate::scalar::text_of;
use crate::shops::ShopOrder;
use punte_domain::money::parse_decimal;
use punte_domain::order::Refund;
use punte_domain::{Currency, OrderHead, OrderStatus};
use rust_decimal::Decimal;
use serde_json::Value;

/// What keeps a record from being read as an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldProblem {
    /// Path from the record's root, lists counted from 0: `line_items[2].total`.
    pub field: String,
    pub reason: String,
}

type Read<T> = Result<T, FieldProblem>;

fn problem<T>(field: impl Into<String>, reason: impl Into<String>) -> Read<T> {
    Err(FieldProblem { field: field.into(), reason: reason.into() })
}

/// Keys under which plugins keep a company's fiscal code, the explicit ones first.
const TAX_ID_KEYS: &[&str] = &[
    "smartbill_billing_cif",
    "smartbill_cif",
    "_billing_cui",
    "billing_cui",
    "_billing_cif",
    "billing_cif",
    "cui",
    "cif",
    "_billing_vat_number",
    "billing_vat_number",
    "_vat_number",
    "vat_number",
];

/// Objects in which plugins keep billing data, and the key inside.
const TAX_ID_OBJECTS: &[(&str, &str)] = &[("av_facturare", "cui"), ("curiero_pf_pj_option", "cui")];

/// Another tool's results on the order: tool, series, number, and what stands alone where number is missing.
const OTHER_TOOLS: &[(&str, &str, &str, &str)] = &[
    ("SmartBill", "smartbill_series_name", "smartbill_document_number", "smartbill_private_link"),
    ("Oblio", "oblio_invoice_series_name", "oblio_invoice_number", "oblio_invoice_link"),
];

/// Reads one order of the REST v3 shape. The record itself is kept beside the head, as received.
///
/// # Errors
/// The first field that an invoice hangs on and that cannot be read.
pub fn read_order(record: &Value) -> Result<ShopOrder, FieldProblem> {
    if !record.is_object() {
        return problem("", "not an object");
    }
    let order_id = read_id(record)?;
    let status_text = text(record, "status");
    let Some(status_text) = status_text.map(|status| status.strip_prefix("wc-").unwrap_or(&status).to_owned()) else {
        return problem("status", "missing");
    };
    let currency = match text(record, "currency") {
        None => return problem("currency", "missing"),
        Some(code) => Currency::parse(&code).or_else(|error| problem("currency", error.to_string()))?,
    };
    let total = required_money(record, "total", "total")?;
    let total_minor = minor(currency, total, "total")?;
    let (refunded, refunds) = read_refunds(record, currency)?;
    let refunded_minor = minor(currency, refunded, "refunds")?;
    check_lines(record)?;
    let instants = Instants::read(record)?;
    let head = OrderHead {
        number: text(record, "number").or_else(|| text(record, "order_number")).unwrap_or_else(|| order_id.clone()),
        order_id,
        status: status_of(&status_text),
        status_text,
        currency,
        total,
        total_minor,
        refunded_minor,
        refunds,
        created_ms: instants.created_ms,
        modified_ms: instants.modified_ms,
        paid_ms: instants.paid_ms,
        completed_ms: instants.completed_ms,
        customer: customer(record),
        email: record.get("billing").and_then(|billing| text(billing, "email")).unwrap_or_default(),
        tax_id: tax_id(record),
        invoiced_elsewhere: invoiced_elsewhere(record),
    };
    Ok(ShopOrder { head, raw: record.clone() })
}

/// Text of a field; `None` where it is absent, null, blank or no scalar.
fn text(record: &Value, key: &str) -> Option<String> {
    record.get(key).and_then(text_of).filter(|text| !text.is_empty())
}

fn read_id(record: &Value) -> Read<String> {
    match text(record, "id") {
        None => problem("id", "missing"),
        Some(id) if id.bytes().all(|byte| byte.is_ascii_digit()) && id != "0" => Ok(id),
        Some(id) => problem("id", format!("\"{}\" is not an order id", clip(&id))),
    }
}

pub(super) fn status_of(text: &str) -> OrderStatus {
    match text {
        "pending" | "on-hold" | "checkout-draft" | "auto-draft" | "draft" => OrderStatus::Open,
        "processing" => OrderStatus::Paid,
        "completed" => OrderStatus::Completed,
        "cancelled" | "trash" => OrderStatus::Cancelled,
        "refunded" => OrderStatus::Refunded,
        "failed" => OrderStatus::Failed,
        _ => OrderStatus::Other,
    }
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

/// An amount that may be blank; `None` where it is.
fn money(record: &Value, key: &str, path: &str) -> Read<Option<Decimal>> {
    match record.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match text_of(value) {
            None => problem(path, "not an amount"),
            Some(text) if text.is_empty() => Ok(None),
            Some(text) => match parse_decimal(&text) {
                Ok(amount) => Ok(Some(amount)),
                Err(error) => problem(path, error.to_string()),
            },
        },
    }
}

fn required_money(record: &Value, key: &str, path: &str) -> Read<Decimal> {
    match money(record, key, path)? {
        Some(amount) => Ok(amount),
        None if record.get(key).is_some_and(Value::is_string) => problem(path, "blank"),
        None => problem(path, "missing"),
    }
}

fn minor(currency: Currency, amount: Decimal, path: &str) -> Read<i64> {
    currency.to_minor(amount).or_else(|error| problem(path, error.to_string()))
}

/// A list of objects; absent and null are empty where `may_miss`.
fn list<'v>(record: &'v Value, key: &str, may_miss: bool) -> Read<&'v [Value]> {
    match record.get(key) {
        Some(Value::Array(items)) => match items.iter().position(|item| !item.is_object()) {
            None => Ok(items),
            Some(at) => problem(format!("{key}[{at}]"), "not an object"),
        },
        None | Some(Value::Null) if may_miss => Ok(&[]),
        None | Some(Value::Null) => problem(key, "missing"),
        // PHP writes an empty list as an empty object or text when its keys were lost
        Some(Value::Object(fields)) if fields.is_empty() && may_miss => Ok(&[]),
        Some(_) => problem(key, "not a list"),
    }
}

/// Sum of the refunds, and each that bears an id, positive: the order object lists them negative, an export perhaps not.
fn read_refunds(record: &Value, currency: Currency) -> Read<(Decimal, Vec<Refund>)> {
    let mut sum = Decimal::ZERO;
    let mut refunds = Vec::new();
    for (at, refund) in list(record, "refunds", true)?.iter().enumerate() {
        let key = if refund.get("total").is_some() { "total" } else { "amount" };
        let path = format!("refunds[{at}].{key}");
        let amount = required_money(refund, key, &path)?.abs();
        sum += amount;
        if let Some(id) = text(refund, "id") {
            refunds.push(Refund { id, amount_minor: minor(currency, amount, &path)? });
        }
    }
    Ok((sum, refunds))
}

/// The amounts of lines must be readable before a mapping sees them. Lists other than the products may be missing.
fn check_lines(record: &Value) -> Read<()> {
    for (key, is_product) in [("line_items", true), ("shipping_lines", false), ("fee_lines", false)] {
        for (at, line) in list(record, key, !is_product)?.iter().enumerate() {
            let path = |field: &str| format!("{key}[{at}].{field}");
            money(line, "total_tax", &path("total_tax"))?;
            if is_product {
                required_money(line, "total", &path("total"))?;
                required_money(line, "quantity", &path("quantity"))?;
            } else {
                money(line, "total", &path("total"))?;
            }
        }
    }
    Ok(())
}

struct Instants {
    created_ms: i64,
    modified_ms: i64,
    paid_ms: Option<i64>,
    completed_ms: Option<i64>,
}

impl Instants {
    fn read(record: &Value) -> Read<Self> {
        let at = |name: &str| match read_instant(record, name) {
            Instant::None => Ok(None),
            Instant::At(at_ms) => Ok(Some(at_ms)),
            Instant::Unreadable(text) => problem(name, format!("\"{text}\" is not a date")),
        };
        let (created, modified) = (at("date_created")?, at("date_modified")?);
        let (paid_ms, completed_ms) = (at("date_paid")?, at("date_completed")?);
        let known = [created, paid_ms, completed_ms, modified];
        let Some(created_ms) = created.or_else(|| known.into_iter().flatten().min()) else {
            return problem("date_created", "missing");
        };
        let modified_ms = modified.or_else(|| known.into_iter().flatten().max()).unwrap_or(created_ms);
        Ok(Instants { created_ms, modified_ms, paid_ms, completed_ms })
    }
}

fn customer(record: &Value) -> String {
    let named = |part: &str| {
        let address = record.get(part)?;
        text(address, "company").or_else(|| {
            let names = [text(address, "first_name"), text(address, "last_name")];
            let full = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
            (!full.is_empty()).then_some(full)
        })
    };
    let email = || record.get("billing").and_then(|billing| text(billing, "email"));
    named("billing").or_else(|| named("shipping")).or_else(email).unwrap_or_default()
}

/// Meta data as pairs: the REST list of `{key, value}`, or the plain object that some exports make of it.
fn meta(record: &Value) -> Vec<(&str, &Value)> {
    match record.get("meta_data") {
        Some(Value::Array(items)) => {
            items.iter().filter_map(|item| Some((item.get("key")?.as_str()?, item.get("value")?))).collect()
        }
        Some(Value::Object(fields)) => fields.iter().map(|(key, value)| (key.as_str(), value)).collect(),
        _ => Vec::new(),
    }
}

fn meta_text(meta: &[(&str, &Value)], key: &str) -> Option<String> {
    meta.iter().filter(|(name, _)| *name == key).find_map(|(_, value)| text_of(value).filter(|text| !text.is_empty()))
}

fn tax_id(record: &Value) -> String {
    let meta = meta(record);
    let explicit = TAX_ID_KEYS.iter().find_map(|key| meta_text(&meta, key));
    let nested = || {
        TAX_ID_OBJECTS.iter().find_map(|(object, key)| {
            meta.iter().filter(|(name, _)| name == object).find_map(|(_, value)| text(value, key))
        })
    };
    // block checkout stores fields as `_wc_billing/<plugin>/<field>`; others end their keys in cui or cif
    let ending = || {
        meta.iter().find_map(|(name, value)| {
            let last = name.to_ascii_lowercase();
            let last = last.rsplit(['/', '_', '-']).next().unwrap_or_default().to_owned();
            matches!(last.as_str(), "cui" | "cif").then(|| text_of(value).filter(|text| !text.is_empty())).flatten()
        })
    };
    let billing =
        || record.get("billing").and_then(|billing| text(billing, "vat_number").or_else(|| text(billing, "cui")));
    explicit.or_else(nested).or_else(ending).or_else(billing).unwrap_or_default()
}

fn invoiced_elsewhere(record: &Value) -> Option<String> {
    let meta = meta(record);
    OTHER_TOOLS.iter().find_map(|(tool, series, number, link)| {
        let found = meta_text(&meta, number).or_else(|| meta_text(&meta, link))?;
        let series = meta_text(&meta, series).unwrap_or_default();
        Some(format!("{tool} {series} {found}").split_whitespace().collect::<Vec<_>>().join(" "))
    })
}

#[cfg(test)]
mod tests;
