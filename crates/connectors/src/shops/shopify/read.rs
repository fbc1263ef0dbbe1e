//! From Shopify's order to a head: the REST Admin shape of 2025-01.
//!
//! An order does not say when it was paid. Payments that are made at the checkout were paid when it was processed; of the
//! others (cash on delivery, transfers) only its delivery, or its last change, is known.

use crate::call::fold;
use crate::scalar::text_of;
use crate::shops::fields::{
    self, FieldProblem, Read, clip, instant, invoiced_elsewhere_in, list, minor, money, problem, required_money,
    tax_id_in, text,
};
use crate::shops::{ReasonCode, ShopOrder};
use punte_domain::correction::RefundLine;
use punte_domain::order::Refund;
use punte_domain::{Currency, OrderHead, OrderStatus};
use rust_decimal::Decimal;
use serde_json::Value;

/// Whether a record looks like an order of Shopify.
pub(in crate::shops) fn is_ours(record: &Value) -> bool {
    record.get("line_items").is_some_and(Value::is_array)
        && record.get("total_price").is_some()
        && ["financial_status", "admin_graphql_api_id", "created_at"].iter().any(|key| record.get(key).is_some())
}

/// Reads one order of the REST Admin shape, with its refunds in it. The record itself is kept as received.
///
/// # Errors
/// The first field that an invoice hangs on and that cannot be read.
pub fn read_order(record: &Value) -> Result<ShopOrder, FieldProblem> {
    if !record.is_object() {
        return problem("", ReasonCode::NotAnObject);
    }
    let order_id = read_id(record)?;
    let currency = fields::currency(record)?;
    let total = required_money(record, "total_price", "total_price")?;
    let total_minor = minor(currency, total, "total_price")?;
    let refunds = read_refunds(record, currency)?;
    check_lines(record)?;
    check_edits(record, total_minor, &refunds, currency)?;
    let Some(created_ms) = instant(record, "created_at")? else { return problem("created_at", ReasonCode::Missing) };
    let modified_ms = instant(record, "updated_at")?.unwrap_or(created_ms);
    let completed_ms = delivered_ms(record)?;
    let money_status = text(record, "financial_status").unwrap_or_default();
    let is_cancelled = instant(record, "cancelled_at")?.is_some();
    let number = text(record, "name").or_else(|| text(record, "order_number"));
    let attribute = |key: &str| attribute(record, key);
    // paid with nothing, to try the shop
    let is_test = record.get("test").and_then(Value::as_bool).unwrap_or_default();
    let head = OrderHead {
        // people write #1001; what shows it adds its own sign
        number: number.map_or_else(|| order_id.clone(), |name| name.trim_start_matches('#').to_owned()),
        order_id,
        status: if is_test {
            OrderStatus::Other
        } else {
            status_of(is_cancelled, &money_status, completed_ms.is_some())
        },
        status_text: if is_test { "test".to_owned() } else { status_text(record, is_cancelled, &money_status) },
        currency,
        total,
        total_minor,
        refunded_minor: refunds.iter().map(|refund| refund.amount_minor).fold(0, i64::saturating_add),
        refunds,
        created_ms,
        modified_ms,
        paid_ms: paid_ms(record, &money_status, created_ms, modified_ms, completed_ms)?,
        completed_ms,
        customer: customer(record),
        email: text(record, "email").or_else(|| text(record, "contact_email")).unwrap_or_default(),
        tax_id: tax_id_in(attribute).unwrap_or_default(),
        invoiced_elsewhere: invoiced_elsewhere_in(attributes(record)),
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

/// An order is done once everything was delivered, paid or not: cash on delivery is paid after.
fn status_of(is_cancelled: bool, money_status: &str, is_delivered: bool) -> OrderStatus {
    match money_status {
        _ if is_cancelled => OrderStatus::Cancelled,
        "refunded" => OrderStatus::Refunded,
        "voided" => OrderStatus::Cancelled,
        "" | "pending" | "authorized" | "partially_paid" | "paid" | "partially_refunded" if is_delivered => {
            OrderStatus::Completed
        }
        "paid" | "partially_refunded" => OrderStatus::Paid,
        "" | "pending" | "authorized" | "partially_paid" => OrderStatus::Open,
        "expired" => OrderStatus::Failed,
        _ => OrderStatus::Other,
    }
}

/// `cancelled`, or the words for money and delivery: `paid fulfilled`.
fn status_text(record: &Value, is_cancelled: bool, money_status: &str) -> String {
    if is_cancelled {
        return "cancelled".to_owned();
    }
    let words = [money_status.to_owned(), text(record, "fulfillment_status").unwrap_or_default()];
    clip(words.join(" ").trim())
}

/// When the last parcel left, once everything has; `None` before.
fn delivered_ms(record: &Value) -> Read<Option<i64>> {
    if text(record, "fulfillment_status").as_deref() != Some("fulfilled") {
        return Ok(None);
    }
    let mut last = None;
    for (at, parcel) in list(record, "fulfillments", true)?.iter().enumerate() {
        if text(parcel, "status").is_some_and(|status| status != "success") {
            continue;
        }
        let left = instant(parcel, "created_at")
            .map_err(|problem| FieldProblem { field: format!("fulfillments[{at}].{}", problem.field), ..problem })?;
        last = last.max(left);
    }
    match last {
        Some(last) => Ok(Some(last)),
        // marked as delivered without a parcel
        None => Ok(instant(record, "closed_at")?.or(instant(record, "created_at")?)),
    }
}

/// Words in the names of ways to pay that are not paid at the checkout.
const PAID_LATER: &[&str] = &[
    "manual",
    "cash",
    "cod",
    "ramburs",
    "numerar",
    "bank",
    "transfer",
    "virament",
    "deposit",
    "money order",
    "plata la",
];

fn paid_ms(
    record: &Value,
    money_status: &str,
    created_ms: i64,
    modified_ms: i64,
    completed_ms: Option<i64>,
) -> Read<Option<i64>> {
    if !matches!(money_status, "paid" | "partially_refunded" | "refunded") {
        return Ok(None);
    }
    let names = record.get("payment_gateway_names").and_then(Value::as_array);
    let is_later = |name: &Value| {
        let name = fold(&text_of(name).unwrap_or_default());
        let words = format!(" {} ", name.replace(|c: char| !c.is_alphanumeric(), " "));
        PAID_LATER.iter().any(|word| words.contains(&format!(" {word} ")))
    };
    if names.is_some_and(|names| names.iter().any(is_later)) {
        return Ok(completed_ms.or(Some(modified_ms)));
    }
    Ok(instant(record, "processed_at")?.or(Some(created_ms)))
}

fn customer(record: &Value) -> String {
    let named = |part: &str| {
        let address = record.get(part)?;
        let parts = || [text(address, "first_name"), text(address, "last_name")].into_iter().flatten();
        let full = || Some(parts().collect::<Vec<_>>().join(" ")).filter(|full| !full.is_empty());
        text(address, "company").or_else(|| text(address, "name")).or_else(full)
    };
    let email = || text(record, "email");
    named("billing_address")
        .or_else(|| named("customer"))
        .or_else(|| named("shipping_address"))
        .or_else(email)
        .unwrap_or_default()
}

fn attributes(record: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let attributes = record.get("note_attributes").and_then(Value::as_array);
    attributes.into_iter().flatten().filter_map(|one| Some((one.get("name")?.as_str()?, one.get("value")?)))
}

/// The value of a note attribute: what themes and apps ask the buyer for, and where billing tools leave their results.
fn attribute(record: &Value, key: &str) -> Option<String> {
    let attributes = record.get("note_attributes")?.as_array()?;
    attributes
        .iter()
        .find(|one| one.get("name").and_then(Value::as_str) == Some(key))
        .and_then(|one| text(one, "value"))
}

/// The refunds that gave money back. Taking goods back alone is none.
fn read_refunds(record: &Value, currency: Currency) -> Read<Vec<Refund>> {
    let mut refunds = Vec::new();
    for (at, refund) in list(record, "refunds", true)?.iter().enumerate() {
        let path = format!("refunds[{at}]");
        let amount = refunded(record, refund, currency)
            .map_err(|problem| FieldProblem { field: format!("{path}.{}", problem.field), ..problem })?;
        let amount_minor = minor(currency, amount, &path)?;
        if amount_minor > 0 {
            let Some(id) = text(refund, "id") else { return problem(format!("{path}.id"), ReasonCode::Missing) };
            refunds.push(Refund { id, amount_minor });
        }
    }
    Ok(refunds)
}

/// An order that was edited keeps its first total and its first lines. What was taken off without being paid back would be
/// invoiced all the same: such an order is for a person.
fn check_edits(record: &Value, total_minor: i64, refunds: &[Refund], currency: Currency) -> Read<()> {
    let Some(current) = money(record, "current_total_price", "current_total_price")? else { return Ok(()) };
    let current_minor = minor(currency, current, "current_total_price")?;
    let back_minor: i64 = refunds.iter().map(|refund| refund.amount_minor).sum();
    if current_minor < total_minor - back_minor {
        return problem("current_total_price", ReasonCode::OrderEdited);
    }
    Ok(())
}

/// What a refund paid back, in the shop's currency: its transactions, or where those are in the buyer's, its lines.
pub(super) fn refunded(record: &Value, refund: &Value, currency: Currency) -> Read<Decimal> {
    let mut sum = Decimal::ZERO;
    let mut is_foreign = false;
    for (at, paid) in list(refund, "transactions", true)?.iter().enumerate() {
        let is = |key: &str, wanted: &str| text(paid, key).is_none_or(|text| text == wanted);
        if is("kind", "refund") && is("status", "success") {
            is_foreign |= !is("currency", currency.code());
            sum += required_money(paid, "amount", &format!("transactions[{at}].amount"))?.abs();
        }
    }
    if is_foreign {
        return Ok(refund_lines(record, refund)?.iter().map(|line| line.net + line.tax).sum());
    }
    Ok(sum)
}

/// The lines of a refund, positive. Whether an amount holds its tax goes by the order.
pub(super) fn refund_lines(record: &Value, refund: &Value) -> Read<Vec<RefundLine>> {
    let holds_tax = record.get("taxes_included").and_then(Value::as_bool).unwrap_or_default();
    let mut lines = Vec::new();
    for (at, line) in list(refund, "refund_line_items", true)?.iter().enumerate() {
        let path = |key: &str| format!("refund_line_items[{at}].{key}");
        let amount = required_money(line, "subtotal", &path("subtotal"))?.abs();
        let tax = money(line, "total_tax", &path("total_tax"))?.unwrap_or_default().abs();
        let product = line.get("line_item").unwrap_or(&Value::Null);
        lines.push(RefundLine {
            name: text(product, "name").or_else(|| text(product, "title")).unwrap_or_default(),
            code: text(product, "sku").unwrap_or_default(),
            quantity: required_money(line, "quantity", &path("quantity"))?.abs(),
            net: if holds_tax { amount - tax } else { amount },
            tax,
        });
    }
    for (at, rest) in list(refund, "order_adjustments", true)?.iter().enumerate() {
        let path = |key: &str| format!("order_adjustments[{at}].{key}");
        if text(rest, "kind").as_deref() != Some("shipping_refund") {
            continue;
        }
        let carrier = record.pointer("/shipping_lines/0").and_then(|line| text(line, "title"));
        lines.push(RefundLine {
            name: carrier.unwrap_or_else(|| "Transport".to_owned()),
            code: String::new(),
            quantity: Decimal::ZERO,
            net: required_money(rest, "amount", &path("amount"))?.abs(),
            tax: money(rest, "tax_amount", &path("tax_amount"))?.unwrap_or_default().abs(),
        });
    }
    Ok(lines)
}

/// What a mapping computes the invoice from must be readable before it sees it.
fn check_lines(record: &Value) -> Read<()> {
    for (key, is_product) in [("line_items", true), ("shipping_lines", false)] {
        for (at, line) in list(record, key, !is_product)?.iter().enumerate() {
            required_money(line, "price", &format!("{key}[{at}].price"))?;
            if is_product {
                required_money(line, "quantity", &format!("{key}[{at}].quantity"))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
