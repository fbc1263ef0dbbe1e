//! From a Stripe Checkout Session, or an invoice made to look like one, to a head.
//!
//! A session does not say when it was paid or what was given back of it, so the connector sets beside its fields what it
//! read of the payment: `payment: {charge, created, amount_refunded}` and `refunds: [{id, amount, currency, status,
//! created}]`. Amounts are in the currency's minor unit, instants in unix seconds.

use super::invoice::{self, is_invoice};
use crate::shops::fields::{
    self, FieldProblem, Read, clip, invoiced_elsewhere_in, list, problem, required_money, tax_id_in, text,
};
use crate::shops::{ReasonCode, ShopOrder};
use punte_domain::order::Refund;
use punte_domain::{OrderHead, OrderStatus};
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

/// Whether a record looks like a Checkout Session or an invoice.
pub(in crate::shops) fn is_ours(record: &Value) -> bool {
    is_session(record) || is_invoice(record)
}

pub(super) fn is_session(record: &Value) -> bool {
    record.get("object").and_then(Value::as_str) == Some("checkout.session")
}

/// Reads one Checkout Session with its `line_items` expanded, or one invoice. The record itself is kept as received.
///
/// # Errors
/// The first field that an invoice hangs on and that cannot be read.
pub fn read_order(record: &Value) -> Result<ShopOrder, FieldProblem> {
    if !record.is_object() {
        return problem("", ReasonCode::NotAnObject);
    }
    if is_invoice(record) { invoice::read_invoice(record) } else { read_sale(record) }
}

pub(super) fn read_sale(record: &Value) -> Read<ShopOrder> {
    let order_id = match text(record, "id") {
        None => return problem("id", ReasonCode::Missing),
        Some(id) if is_id(&id) => id,
        Some(id) => return problem("id", ReasonCode::NotAnId.with("text", clip(&id))),
    };
    if text(record, "mode").as_deref() == Some("subscription") {
        return problem("mode", ReasonCode::Subscription);
    }
    let currency = fields::currency(record)?;
    let total_minor = minor(record, "amount_total", "amount_total")?;
    let refunds = read_refunds(record)?;
    let refunded_minor = refunds.iter().map(|refund| refund.amount_minor).fold(0, i64::saturating_add);
    check_lines(record)?;
    let Some(created_ms) = seconds(record, "created", "created")? else {
        return problem("created", ReasonCode::Missing);
    };
    let payment = record.get("payment").unwrap_or(&Value::Null);
    let charged_ms = seconds(payment, "created", "payment.created")?;
    let is_refunded = refunded_minor > 0 && refunded_minor >= total_minor;
    let (status, status_text) =
        if is_invoice(record) { invoice::status_of(record, is_refunded) } else { status_of(record, is_refunded) };
    let marked = invoice::paid_at(record);
    let charged_ms = charged_ms.or(marked.as_i64().and_then(|seconds| seconds.checked_mul(1000)));
    let is_paid = matches!(status, OrderStatus::Paid | OrderStatus::Refunded);
    let known = [Some(created_ms), charged_ms, last_refund_ms(record)?];
    let metadata = record.get("metadata").unwrap_or(&Value::Null);
    let note = |key: &str| text(metadata, key);
    let details = record.get("customer_details").unwrap_or(&Value::Null);
    let tax_ids = details.get("tax_ids").and_then(Value::as_array);
    let head = OrderHead {
        number: note("order_number")
            .or_else(|| note("order_id"))
            .or_else(|| text(record, "client_reference_id"))
            .or_else(|| text(record, "number"))
            .or_else(|| text(record, "payment_intent"))
            .unwrap_or_else(|| order_id.clone()),
        order_id,
        status,
        status_text,
        currency,
        total: currency.from_minor(total_minor),
        total_minor,
        refunded_minor,
        refunds,
        created_ms,
        modified_ms: known.into_iter().flatten().max().unwrap_or(created_ms),
        paid_ms: is_paid.then(|| charged_ms.unwrap_or(created_ms)),
        completed_ms: None,
        customer: note("company")
            .or_else(|| note("company_name"))
            .or_else(|| text(details, "business_name"))
            .or_else(|| text(details, "name"))
            .or_else(|| text(details, "email"))
            .unwrap_or_default(),
        email: text(details, "email").or_else(|| text(record, "customer_email")).unwrap_or_default(),
        tax_id: tax_id_in(note)
            .or_else(|| tax_ids.and_then(|ids| ids.iter().find_map(|id| text(id, "value"))))
            .unwrap_or_default(),
        invoiced_elsewhere: invoiced_elsewhere_in(fields_of(metadata)),
        seen_as: Default::default(),
        place: Default::default(),
    };
    Ok(ShopOrder { head, raw: record.clone() })
}

fn fields_of(record: &Value) -> impl Iterator<Item = (&str, &Value)> {
    record.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// Ids are letters, digits and `_`: anything else could lead to another route.
pub(super) fn is_id(text: &str) -> bool {
    (text.starts_with("cs_") || text.starts_with("in_"))
        && text.len() <= 256
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn status_of(record: &Value, is_refunded: bool) -> (OrderStatus, String) {
    let (session, payment) =
        (text(record, "status").unwrap_or_default(), text(record, "payment_status").unwrap_or_default());
    let status = match (session.as_str(), payment.as_str()) {
        (_, "paid") if is_refunded => OrderStatus::Refunded,
        (_, "paid") | ("complete", "no_payment_required") => OrderStatus::Paid,
        ("expired", _) => OrderStatus::Cancelled,
        ("open", _) | ("complete", "unpaid") => OrderStatus::Open,
        _ => OrderStatus::Other,
    };
    let text = if is_refunded { "refunded".to_owned() } else { format!("{session} {payment}") };
    (status, clip(text.trim()))
}

fn minor(record: &Value, key: &str, path: &str) -> Read<i64> {
    let amount = required_money(record, key, path)?;
    match amount.to_i64().filter(|_| amount.fract().is_zero()) {
        Some(minor) => Ok(minor),
        None => problem(path, ReasonCode::NotWholeMinor.with("amount", amount)),
    }
}

fn seconds(record: &Value, key: &str, path: &str) -> Read<Option<i64>> {
    match record.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_i64().and_then(|seconds| seconds.checked_mul(1000)) {
            Some(at_ms) => Ok(Some(at_ms)),
            None => problem(path, ReasonCode::NotUnixTime),
        },
    }
}

/// Refunds that were paid back or are on their way; one that failed gave nothing back.
fn read_refunds(record: &Value) -> Read<Vec<Refund>> {
    let mut refunds = Vec::new();
    for (at, refund) in list(record, "refunds", true)?.iter().enumerate() {
        let path = |key: &str| format!("refunds[{at}].{key}");
        if matches!(text(refund, "status").as_deref(), Some("failed" | "canceled")) {
            continue;
        }
        let Some(id) = text(refund, "id") else { return problem(path("id"), ReasonCode::Missing) };
        refunds.push(Refund { id, amount_minor: minor(refund, "amount", &path("amount"))? });
    }
    Ok(refunds)
}

fn last_refund_ms(record: &Value) -> Read<Option<i64>> {
    let mut last = None;
    for (at, refund) in list(record, "refunds", true)?.iter().enumerate() {
        last = last.max(seconds(refund, "created", &format!("refunds[{at}].created"))?);
    }
    Ok(last)
}

/// What a mapping computes the invoice from must be readable before it sees it.
fn check_lines(record: &Value) -> Read<()> {
    let Some(items) = record.get("line_items").filter(|items| items.is_object()) else {
        return problem("line_items", ReasonCode::Missing);
    };
    let in_items = |problem: FieldProblem| FieldProblem { field: format!("line_items.{}", problem.field), ..problem };
    for (at, line) in list(items, "data", false).map_err(in_items)?.iter().enumerate() {
        let path = |key: &str| format!("line_items.data[{at}].{key}");
        minor(line, "amount_total", &path("amount_total"))?;
        required_money(line, "quantity", &path("quantity"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;
    use serde_json::json;

    fn session() -> Value {
        json!({
            "id": "cs_test_a1", "object": "checkout.session", "created": 1_795_210_867, "mode": "payment",
            "status": "complete", "payment_status": "paid", "currency": "ron", "amount_total": 10195,
            "payment_intent": "pi_1", "client_reference_id": null, "metadata": {"cui": "RO12345674"},
            "customer_details": {"name": "Ana Ionescu", "email": "ana@example.com", "tax_ids": []},
            "line_items": {"has_more": false, "data": [{"description": "Cană", "quantity": 1, "amount_total": 10195}]},
            "payment": {"charge": "ch_1", "created": 1_795_210_900, "amount_refunded": 0}
        })
    }

    fn with(path: &str, value: Value) -> Value {
        let mut session = session();
        *session.pointer_mut(path).unwrap() = value;
        session
    }

    #[test]
    fn a_paid_session_is_an_order_paid_when_its_card_was_charged() {
        let read = read_order(&session()).unwrap();
        let head = read.head;
        assert_eq!((head.order_id.as_str(), head.number.as_str()), ("cs_test_a1", "pi_1"));
        assert_eq!((head.total, head.total_minor, head.refunded_minor), (dec!(101.95), 10195, 0));
        assert_eq!((head.status, head.status_text.as_str()), (OrderStatus::Paid, "complete paid"));
        assert_eq!((head.paid_ms, head.modified_ms), (Some(1_795_210_900_000), 1_795_210_900_000));
        assert_eq!((head.customer.as_str(), head.tax_id.as_str()), ("Ana Ionescu", "RO12345674"));
        assert_eq!(read.raw, session());
    }

    #[test]
    fn a_currency_without_minor_units_is_whole() {
        let mut yen = with("/currency", json!("jpy"));
        yen["amount_total"] = json!(500);
        let head = read_order(&yen).unwrap().head;
        assert_eq!((head.total, head.total_minor), (dec!(500), 500));
    }

    #[test]
    fn refunds_that_failed_gave_nothing_back_and_all_of_them_make_it_refunded() {
        let mut refunded = session();
        refunded["refunds"] = json!([
            {"id": "re_1", "amount": 195, "status": "succeeded", "created": 1_795_300_000},
            {"id": "re_2", "amount": 10000, "status": "failed", "created": 1_795_300_100},
        ]);
        let head = read_order(&refunded).unwrap().head;
        assert_eq!(head.refunds, [Refund { id: "re_1".into(), amount_minor: 195 }]);
        assert_eq!((head.status, head.modified_ms), (OrderStatus::Paid, 1_795_300_100_000));
        refunded["refunds"][1]["status"] = json!("pending");
        let head = read_order(&refunded).unwrap().head;
        assert_eq!((head.status, head.refunded_minor, head.paid_ms.is_some()), (OrderStatus::Refunded, 10195, true));
    }

    #[test]
    fn what_is_not_paid_is_not_due() {
        for (session, payment, expected) in [
            ("open", "unpaid", OrderStatus::Open),
            ("complete", "unpaid", OrderStatus::Open),
            ("expired", "unpaid", OrderStatus::Cancelled),
            ("complete", "no_payment_required", OrderStatus::Paid),
            ("complete", "new_word", OrderStatus::Other),
        ] {
            let mut record = with("/status", json!(session));
            record["payment_status"] = json!(payment);
            let head = read_order(&record).unwrap().head;
            assert_eq!(
                (head.status, head.paid_ms.is_some()),
                (expected, expected == OrderStatus::Paid),
                "{session} {payment}"
            );
        }
    }

    #[test]
    fn what_an_invoice_hangs_on_is_named_where_it_cannot_be_read() {
        for (path, value, field) in [
            ("/id", json!("../x"), "id"),
            ("/currency", json!(null), "currency"),
            ("/amount_total", json!(null), "amount_total"),
            ("/amount_total", json!(1.5), "amount_total"),
            ("/created", json!("ieri"), "created"),
            ("/line_items", json!(null), "line_items"),
            ("/line_items/data/0/amount_total", json!("x"), "line_items.data[0].amount_total"),
        ] {
            assert_eq!(read_order(&with(path, value)).unwrap_err().field, field);
        }
    }
}
