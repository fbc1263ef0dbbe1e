//! Paid invoices as orders: those of subscriptions and those sent by hand, but not one that a Checkout Session's payment made,
//! for that session is the order already.
//!
//! An invoice names client, lines and taxes otherwise than a session does, so the connector sets beside its fields the
//! session's own: `line_items`, `customer_details`, `amount_total`, `total_details`, `payment_intent`, `payment_status`. One
//! mapping reads both. Source: docs.stripe.com/api, invoice and invoice line item, version 2025-03-31.

use super::{Stripe, read};
use crate::call::Operation;
use crate::scalar::text_of;
use crate::shops::ShopOrder;
use crate::shops::fields::{FieldProblem, text};
use punte_domain::{Failure, FailureKind, OrderStatus, Phase};
use serde_json::{Value, json};

/// Whether a record is an invoice.
pub(super) fn is_invoice(record: &Value) -> bool {
    record.get("object").and_then(Value::as_str) == Some("invoice")
}

/// Where an invoice stands: it is paid, or nothing is due for it yet, or ever.
pub(super) fn status_of(record: &Value, is_refunded: bool) -> (OrderStatus, String) {
    let word = text(record, "status").unwrap_or_default();
    match word.as_str() {
        "paid" if is_refunded => (OrderStatus::Refunded, "refunded".to_owned()),
        "paid" => (OrderStatus::Paid, word),
        "draft" | "open" => (OrderStatus::Open, word),
        "void" | "uncollectible" => (OrderStatus::Cancelled, word),
        _ => (OrderStatus::Other, word),
    }
}

/// When an invoice was paid, in unix seconds.
pub(super) fn paid_at(record: &Value) -> &Value {
    record.pointer("/status_transitions/paid_at").unwrap_or(&Value::Null)
}

pub(super) fn read_invoice(record: &Value) -> Result<ShopOrder, FieldProblem> {
    if record.get("line_items").is_none() {
        // as Stripe itself writes it, in a file, say: nothing of its payment is known
        let mut whole = record.clone();
        set_beside(&mut whole, None);
        return read::read_sale(&whole);
    }
    read::read_sale(record)
}

/// Sets beside an invoice's fields what a session has. `payment`: the payment that it was paid with.
fn set_beside(invoice: &mut Value, payment: Option<&str>) {
    let field = |key: &str| invoice.get(key).cloned().unwrap_or(Value::Null);
    let tax_ids = invoice.get("customer_tax_ids").cloned().unwrap_or_else(|| json!([]));
    let lines: Vec<Value> = lines_of(invoice).iter().map(line_item).collect();
    let tax: i64 = lines.iter().filter_map(|line| line["amount_tax"].as_i64()).sum();
    let is_paid = text(invoice, "status").as_deref() == Some("paid");
    let payment_status = match (is_paid, payment) {
        (true, Some(_)) => "paid",
        // a person marked it so: how it was paid is not said
        (true, None) => "paid_out_of_band",
        (false, _) => "unpaid",
    };
    let beside = json!({
        "amount_total": field("total"),
        "total_details": { "amount_tax": tax },
        "customer_details": {
            "name": field("customer_name"), "email": field("customer_email"), "phone": field("customer_phone"),
            "address": field("customer_address"), "tax_ids": tax_ids,
        },
        "line_items": { "object": "list", "has_more": false, "data": lines },
        "payment_intent": payment,
        "payment_status": payment_status,
    });
    if let (Some(fields), Value::Object(beside)) = (invoice.as_object_mut(), beside) {
        fields.extend(beside);
    }
}

fn lines_of(invoice: &Value) -> &[Value] {
    invoice.pointer("/lines/data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A line's amount stands before discounts, and without the taxes that are not in the price.
fn line_item(line: &Value) -> Value {
    let sum = |key: &str, is_counted: fn(&Value) -> bool| -> i64 {
        let parts = line.get(key).and_then(Value::as_array).into_iter().flatten();
        parts.filter(|part| is_counted(part)).filter_map(|part| part.get("amount").and_then(Value::as_i64)).sum()
    };
    let is_beside = |tax: &Value| tax.get("tax_behavior").and_then(Value::as_str) == Some("exclusive");
    let amount = line.get("amount").and_then(Value::as_i64);
    let total = amount.map(|amount| amount - sum("discount_amounts", |_| true) + sum("taxes", is_beside));
    let quantity = line.get("quantity").filter(|quantity| quantity.as_i64().is_some_and(|many| many > 0));
    json!({
        "id": line.get("id"), "description": line.get("description"), "amount_total": total,
        "amount_tax": sum("taxes", |_| true), "quantity": quantity.cloned().unwrap_or_else(|| json!(1)),
        "price": { "product": line.pointer("/pricing/price_details/product") }, "period": line.get("period"),
    })
}

/// The payment that an invoice was paid with.
fn payment_of(invoice: &Value) -> Option<String> {
    let payments = invoice.pointer("/payments/data")?.as_array()?;
    let paid = payments.iter().filter(|one| one.get("status").and_then(Value::as_str) == Some("paid"));
    paid.filter_map(|one| one.pointer("/payment/payment_intent").and_then(text_of)).next_back()
}

impl Stripe {
    pub(super) async fn invoice(&self, operation: &Operation, id: &str) -> Result<Value, Failure> {
        self.get(operation, &format!("v1/invoices/{id}"), &[("expand[]", "payments".to_owned())]).await
    }

    /// The invoice that a payment was for; none where it was for something else.
    pub(super) async fn invoice_of_payment(
        &self,
        operation: &Operation,
        payment: &str,
    ) -> Result<Option<Value>, Failure> {
        let query = [
            ("limit", "1".to_owned()),
            ("payment[type]", "payment_intent".to_owned()),
            ("payment[payment_intent]", payment.to_owned()),
        ];
        let (found, _) = self.list(operation, "v1/invoice_payments", &query).await?;
        match found.first().and_then(|one| one.get("invoice")).and_then(text_of).filter(|id| read::is_id(id)) {
            Some(id) => self.invoice(operation, &id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether an invoice is of a sale that is an order already: a Checkout Session took its payment. What a subscription made
    /// was never sold by a session's payment, whatever began it.
    pub(super) async fn is_sessions_own(&self, operation: &Operation, invoice: &Value) -> Result<bool, Failure> {
        let reason = text(invoice, "billing_reason").unwrap_or_default();
        let Some(payment) = payment_of(invoice).filter(|_| !reason.starts_with("subscription")) else {
            return Ok(false);
        };
        let session = self.session_of_payment(operation, &payment).await?;
        Ok(session.is_some_and(|session| text(&session, "mode").as_deref() != Some("subscription")))
    }

    /// The invoice as it is kept: all its lines, when it was paid, what was given back, and what a session would say.
    pub(super) async fn whole_invoice(&self, operation: &Operation, mut invoice: Value) -> Result<Value, Failure> {
        let id = text(&invoice, "id").unwrap_or_default();
        if invoice.pointer("/lines/has_more").and_then(Value::as_bool).unwrap_or_default() {
            let lines = self.all(operation, &format!("v1/invoices/{id}/lines"), ("limit", "100".to_owned())).await?;
            invoice["lines"]["data"] = lines.into();
            invoice["lines"]["has_more"] = false.into();
        }
        let payment = payment_of(&invoice);
        set_beside(&mut invoice, payment.as_deref());
        if let Some(fields) = invoice.as_object_mut() {
            // its number of tries and its links change without the sale changing
            for key in ["payments", "attempt_count", "next_payment_attempt", "hosted_invoice_url", "invoice_pdf"] {
                fields.remove(key);
            }
        }
        let Some(payment) = payment else { return Ok(invoice) };
        let expanded = [("expand[]", "latest_charge".to_owned())];
        let intent = self.get(operation, &format!("v1/payment_intents/{payment}"), &expanded).await?;
        self.set_payment(operation, &mut invoice, &payment, &intent).await?;
        Ok(invoice)
    }

    /// A paid invoice by itself, unless it is of a sale that is an order already.
    pub(super) async fn invoice_order(&self, operation: &Operation, id: &str) -> Result<Value, Failure> {
        let invoice = self.invoice(operation, id).await?;
        self.whole_invoice(operation, invoice).await
    }
}

/// Whether an account's key may not read invoices: then its sessions are its orders, as before.
pub(super) fn is_not_allowed(failure: &Failure) -> bool {
    failure.kind == FailureKind::RightMissing && failure.phase == Phase::Refused
}

#[cfg(test)]
mod tests;
