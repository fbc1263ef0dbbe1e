//! From WooCommerce's order to a head: pure, exact, and precise about what it cannot read.
//!
//! Only what an invoice hangs on must be readable: id, status, currency, total, the amounts of lines and refunds, one date.
//! Exports written by others leave fields out; what is missing elsewhere is empty, not wrong.

use super::dates::{Instant, read_instant};
use crate::scalar::text_of;
use crate::shops::fields::{
    self, FieldProblem, Read, clip, invoiced_elsewhere_in, list, minor, money, problem, required_money, tax_id_in, text,
};
use crate::shops::{ReasonCode, ShopOrder};
use punte_domain::order::Refund;
use punte_domain::{Currency, OrderHead, OrderStatus};
use rust_decimal::Decimal;
use serde_json::Value;

/// Objects in which plugins keep billing data, and the key inside.
const TAX_ID_OBJECTS: &[(&str, &str)] = &[("av_facturare", "cui"), ("curiero_pf_pj_option", "cui")];

/// Reads one order of the REST v3 shape. The record itself is kept beside the head, as received.
///
/// # Errors
/// The first field that an invoice hangs on and that cannot be read.
pub fn read_order(record: &Value) -> Result<ShopOrder, FieldProblem> {
    if !record.is_object() {
        return problem("", ReasonCode::NotAnObject);
    }
    let order_id = read_id(record)?;
    let status_text = text(record, "status");
    let Some(status_text) = status_text.map(|status| status.strip_prefix("wc-").unwrap_or(&status).to_owned()) else {
        return problem("status", ReasonCode::Missing);
    };
    let currency = fields::currency(record)?;
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
        seen_as: Default::default(),
        place: Default::default(),
    };
    Ok(ShopOrder { head, raw: record.clone() })
}

fn read_id(record: &Value) -> Read<String> {
    match text(record, "id") {
        None => problem("id", ReasonCode::Missing),
        Some(id) if id.bytes().all(|byte| byte.is_ascii_digit()) && id != "0" => Ok(id),
        Some(id) => problem("id", ReasonCode::NotAnId.with("text", clip(&id))),
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
            Instant::Unreadable(text) => problem(name, ReasonCode::NotADate.with("text", text)),
        };
        let (created, modified) = (at("date_created")?, at("date_modified")?);
        let (paid_ms, completed_ms) = (at("date_paid")?, at("date_completed")?);
        let known = [created, paid_ms, completed_ms, modified];
        let Some(created_ms) = created.or_else(|| known.into_iter().flatten().min()) else {
            return problem("date_created", ReasonCode::Missing);
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
    let explicit = tax_id_in(|key| meta_text(&meta, key));
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
    invoiced_elsewhere_in(meta.into_iter())
}

#[cfg(test)]
mod tests;
