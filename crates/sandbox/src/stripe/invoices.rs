//! Invoices of the account: of subscriptions, sent by hand, or made by a session. Kept whole; an answer shows how they were
//! paid only where `expand[]` asks for `payments`.
//! Source: the invoice, invoice payment and payment intent objects of Stripe's API reference, version 2025-03-31.

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::books::{Event, StripeAccount, id};
use super::{lists, missing};
use crate::call::{Call, json as answer_json, nested};
use crate::error::SandboxError;
use crate::shared::Shared;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredInvoice {
    pub id: String,
    pub created_ms: i64,
    pub status: String,
    /// Empty where it was paid otherwise, or not yet.
    pub payment_intent: String,
    whole: Box<RawValue>,
}

impl StoredInvoice {
    pub fn value(&self) -> Value {
        serde_json::from_str(self.whole.get()).unwrap_or_default()
    }

    /// As it is answered.
    fn shown(&self, with_payments: bool) -> Value {
        let mut invoice = self.value();
        if with_payments {
            let paid = (!self.payment_intent.is_empty()).then(|| self.payment());
            let data: Vec<Value> = paid.into_iter().collect();
            invoice["payments"] = json!({ "object": "list", "data": data, "has_more": false });
        }
        invoice
    }

    fn payment(&self) -> Value {
        json!({
            "id": self.payment_intent.replacen("pi_", "inpay_", 1), "object": "invoice_payment", "invoice": self.id,
            "amount_paid": self.value()["amount_paid"], "status": "paid", "is_default": true,
            "payment": { "type": "payment_intent", "payment_intent": self.payment_intent },
        })
    }
}

impl StripeAccount {
    /// Adds an invoice, or puts a new version in the place of the one with its id. Beside its own fields it may hold
    /// `payment_intent` (null: paid out of band) and `refunds`. Returns its id and the events of it.
    pub fn put_invoice(&mut self, invoice: Value, now_ms: i64) -> Result<(String, Vec<Event>), SandboxError> {
        let Value::Object(mut invoice) = invoice else {
            return Err(SandboxError::Invalid("an invoice must be a JSON object".into()));
        };
        let n = self.next();
        let known = match invoice.get("id") {
            None | Some(Value::Null) => id("in", n, 24),
            Some(Value::String(id)) if id.starts_with("in_") => id.clone(),
            Some(other) => return Err(SandboxError::Invalid(format!("an invoice's id begins with in_, not {other}"))),
        };
        let refunds = invoice.remove("refunds").and_then(|refunds| refunds.as_array().cloned()).unwrap_or_default();
        let intent = match invoice.remove("payment_intent") {
            None => id("pi", n, 24),
            Some(intent) => intent.as_str().unwrap_or_default().to_owned(),
        };
        complete(&mut invoice, &known, n, now_ms);
        let status = invoice.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
        let is_paid = status == "paid";
        let created = invoice.get("created").and_then(Value::as_i64).and_then(|seconds| seconds.checked_mul(1_000));
        let whole = Value::Object(invoice);
        let stored = StoredInvoice {
            id: known.clone(),
            created_ms: created.unwrap_or(now_ms),
            payment_intent: if is_paid { intent } else { String::new() },
            status,
            whole: to_raw_value(&whole).map_err(|why| SandboxError::Invalid(why.to_string()))?,
        };
        let at = self.invoices.iter().position(|one| one.id == known);
        let was_paid = at.is_some_and(|at| self.invoices[at].status == "paid");
        match at {
            Some(at) => self.invoices[at] = stored,
            None => self.invoices.push(stored),
        }
        let mut events = Vec::new();
        if is_paid && !was_paid {
            events.extend(self.event(&known, "invoice.paid", whole, now_ms));
        }
        for refund in refunds {
            events.extend(self.refund(&known, &refund, now_ms)?);
        }
        Ok((known, events))
    }

    pub fn find_invoice(&self, id: &str) -> Option<&StoredInvoice> {
        self.invoices.iter().find(|invoice| invoice.id == id)
    }

    /// Merges `metadata`, as for a session. `None` when there is no such invoice.
    fn set_invoice_metadata(&mut self, id: &str, metadata: &Map<String, Value>) -> Option<Value> {
        let invoice = self.invoices.iter_mut().find(|invoice| invoice.id == id)?;
        let mut whole = invoice.value();
        let known = whole["metadata"].as_object_mut()?;
        for (key, value) in metadata {
            match value.as_str() {
                Some("") => drop(known.remove(key)),
                _ => drop(known.insert(key.clone(), value.clone())),
            }
        }
        invoice.whole = to_raw_value(&whole).ok()?;
        Some(whole)
    }
}

fn complete(invoice: &mut Map<String, Value>, id: &str, n: u64, now_ms: i64) {
    let seconds = now_ms.div_euclid(1_000);
    let total = invoice.get("total").cloned().unwrap_or_else(|| json!(0));
    let is_paid = invoice.get("status").is_none_or(|status| status == "paid");
    let defaults = json!({
        "object": "invoice", "number": format!("ATC-{n:04}"), "status": "paid", "currency": "ron", "total": total,
        "amount_paid": if is_paid { total.clone() } else { json!(0) }, "billing_reason": "subscription_cycle",
        "collection_method": "charge_automatically", "created": seconds, "customer": self::id("cus", n, 14),
        "customer_name": null, "customer_email": null, "customer_phone": null, "customer_address": null,
        "customer_tax_ids": [], "livemode": false, "metadata": {}, "parent": null,
        "status_transitions": { "finalized_at": seconds, "paid_at": is_paid.then_some(seconds), "voided_at": null },
    });
    invoice.insert("id".into(), id.into());
    if let Value::Object(defaults) = defaults {
        for (key, value) in defaults {
            invoice.entry(key).or_insert(value);
        }
    }
    let lines = invoice.remove("lines").unwrap_or_else(|| json!([]));
    let lines = if lines.is_array() { lines } else { lines["data"].clone() };
    let url = format!("/v1/invoices/{id}/lines");
    invoice.insert("lines".into(), json!({ "object": "list", "data": lines, "has_more": false, "url": url }));
}

fn asks_for_payments(query: &Map<String, Value>, path: &str) -> bool {
    lists::texts(query, "expand").contains(&path)
}

pub(super) fn list(shared: &Shared, call: &Call) -> Response {
    let list = || {
        let query = nested(&call.query);
        lists::known(&query, &["created", "customer", "collection_method", "status", "subscription"])?;
        let created = lists::Created::read(&query)?;
        let (status, with_payments) = (lists::text(&query, "status"), asks_for_payments(&query, "data.payments"));
        let newest_ms = lists::newest_ms(call);
        let found = shared.read(|state| {
            let takes = |invoice: &&StoredInvoice| {
                created.takes(invoice.created_ms)
                    && invoice.created_ms <= newest_ms
                    && status.is_none_or(|status| invoice.status == status)
            };
            let mut found: Vec<&StoredInvoice> = state.stripe.invoices.iter().filter(takes).collect();
            found.reverse();
            found.sort_by_key(|invoice| std::cmp::Reverse(invoice.created_ms.div_euclid(1_000)));
            found.into_iter().map(|invoice| invoice.shown(with_payments)).collect::<Vec<Value>>()
        });
        lists::page(&query, found, "invoice", "/v1/invoices")
    };
    lists::finish(list())
}

pub(super) fn get(shared: &Shared, id: &str, call: &Call) -> Response {
    let with_payments = asks_for_payments(&nested(&call.query), "payments");
    match shared.read(|state| state.stripe.find_invoice(id).map(|invoice| invoice.shown(with_payments))) {
        None => missing("invoice", id, "id"),
        Some(invoice) => answer_json(StatusCode::OK, &invoice),
    }
}

/// Only `metadata[…]` can be written to a finished invoice.
pub(super) fn update(shared: &Shared, id: &str, call: &Call) -> Response {
    let form = nested(&String::from_utf8_lossy(&call.body));
    let metadata = form.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    shared.change_and_answer(|state| match state.stripe.set_invoice_metadata(id, &metadata) {
        None => Err(Box::new(missing("invoice", id, "id"))),
        Some(invoice) => Ok(answer_json(StatusCode::OK, &invoice)),
    })
}

/// The payments of invoices, of which one is asked for by what paid it.
pub(super) fn payments(shared: &Shared, call: &Call) -> Response {
    let list = || {
        let query = nested(&call.query);
        lists::known(&query, &["created", "invoice", "payment", "status"])?;
        let intent = query.get("payment").and_then(|payment| payment["payment_intent"].as_str());
        let of = lists::text(&query, "invoice");
        let found = shared.read(|state| {
            let takes = |invoice: &&StoredInvoice| {
                !invoice.payment_intent.is_empty()
                    && intent.is_none_or(|intent| invoice.payment_intent == intent)
                    && of.is_none_or(|of| invoice.id == of)
            };
            state.stripe.invoices.iter().rev().filter(takes).map(StoredInvoice::payment).collect::<Vec<Value>>()
        });
        lists::page(&query, found, "invoice_payment", "/v1/invoice_payments")
    };
    lists::finish(list())
}

/// A payment by its id, with its charge where that is asked for.
pub(super) fn payment_intent(shared: &Shared, id: &str, call: &Call) -> Response {
    let with_charge = lists::texts(&nested(&call.query), "expand").contains(&"latest_charge");
    match shared.read(|state| state.stripe.payment(id, with_charge)) {
        None => missing("payment_intent", id, "intent"),
        Some(payment) => answer_json(StatusCode::OK, &payment),
    }
}
