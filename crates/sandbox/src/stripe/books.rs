//! The Stripe account as it is kept: sessions with everything that can be expanded, refunds, and the events of both.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::API_VERSION;
use super::invoices::StoredInvoice;
use crate::dice::Dice;
use crate::error::SandboxError;

const MOST: usize = 200_000;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredSession {
    pub id: String,
    pub created_ms: i64,
    pub payment_intent: String,
    pub status: String,
    pub paid: bool,
    /// With `line_items`, `taxes` and all else that an answer shows only when asked to expand it.
    whole: Box<RawValue>,
}

impl StoredSession {
    pub fn value(&self) -> Value {
        serde_json::from_str(self.whole.get()).unwrap_or_default()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub id: String,
    pub kind: String,
    pub created_ms: i64,
    /// The session's id: refunds belong to one too.
    about: String,
    body: Box<RawValue>,
}

impl Event {
    pub fn value(&self) -> Value {
        serde_json::from_str(self.body.get()).unwrap_or_default()
    }

    /// As it is delivered: Stripe's bodies are indented.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(&self.value()).unwrap_or_default()
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct StripeAccount {
    sessions: Vec<StoredSession>,
    #[serde(default)]
    pub(super) invoices: Vec<StoredInvoice>,
    refunds: Vec<Box<RawValue>>,
    events: Vec<Event>,
    /// How many ids have been made.
    made: u64,
    /// How many orders of the endless drip have been made.
    pub drip: u64,
}

/// Makes ids that look like Stripe's, the same for the same number.
pub(super) fn id(prefix: &str, n: u64, digits: usize) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut dice = Dice::new(prefix.bytes().fold(0, |seed, byte| seed * 31 + u64::from(byte)), n);
    let text: String = (0..digits).map(|_| char::from(*dice.pick(LETTERS))).collect();
    format!("{prefix}_{text}")
}

fn raw(value: &Value) -> Result<Box<RawValue>, SandboxError> {
    to_raw_value(value).map_err(|why| SandboxError::Invalid(why.to_string()))
}

fn seconds(value: Option<&Value>) -> Option<i64> {
    value.and_then(Value::as_i64).and_then(|seconds| seconds.checked_mul(1_000))
}

fn text<'a>(fields: &'a Map<String, Value>, key: &str) -> &'a str {
    fields.get(key).and_then(Value::as_str).unwrap_or_default()
}

impl StripeAccount {
    pub fn sessions(&self) -> &[StoredSession] {
        &self.sessions
    }

    pub fn find(&self, id: &str) -> Option<&StoredSession> {
        self.sessions.iter().find(|session| session.id == id)
    }

    pub fn events(&self) -> &[Event] {
        &self.events
    }

    pub fn refunds(&self) -> impl DoubleEndedIterator<Item = Value> {
        self.refunds.iter().map(|refund| serde_json::from_str(refund.get()).unwrap_or_default())
    }

    pub fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// Adds a checkout session, or puts a new version in the place of the one with its id. Beside the session's own fields
    /// it may hold `refunds`, a list that becomes refunds of its payment. What is missing is filled in. Returns its id
    /// and the events of it.
    pub fn put(&mut self, session: Value, now_ms: i64) -> Result<(String, Vec<Event>), SandboxError> {
        let Value::Object(mut session) = session else {
            return Err(SandboxError::Invalid("a checkout session must be a JSON object".into()));
        };
        if self.sessions.len() >= MOST {
            return Err(SandboxError::Invalid(format!("the sandbox's Stripe account is full: {MOST} sessions")));
        }
        let id = match session.get("id") {
            None | Some(Value::Null) => id("cs_test", self.next(), 58),
            Some(Value::String(id)) if id.starts_with("cs_") => id.clone(),
            Some(other) => return Err(SandboxError::Invalid(format!("a session's id begins with cs_, not {other}"))),
        };
        let refunds = session.remove("refunds").and_then(|refunds| refunds.as_array().cloned()).unwrap_or_default();
        self.complete(&mut session, &id, now_ms);
        let at = self.sessions.iter().position(|known| known.id == id);
        let before = at.map(|at| (self.sessions[at].status.clone(), self.sessions[at].paid));
        let stored = StoredSession {
            id: id.clone(),
            created_ms: seconds(session.get("created")).unwrap_or(now_ms),
            payment_intent: text(&session, "payment_intent").to_owned(),
            status: text(&session, "status").to_owned(),
            paid: text(&session, "payment_status") == "paid",
            whole: raw(&Value::Object(session))?,
        };
        let kind = match (before.as_ref().map(|(status, paid)| (status.as_str(), *paid)), &*stored.status, stored.paid)
        {
            (Some(("complete", false)), "complete", true) => Some("checkout.session.async_payment_succeeded"),
            (Some(("complete", _)), ..) => None,
            (_, "complete", _) => Some("checkout.session.completed"),
            (Some(("expired", _)), ..) => None,
            (_, "expired", _) => Some("checkout.session.expired"),
            _ => None,
        };
        match at {
            Some(at) => self.sessions[at] = stored,
            None => self.sessions.push(stored),
        }
        let mut events = Vec::new();
        if let Some(kind) = kind {
            events.extend(self.event_of_session(&id, kind, now_ms));
        }
        for refund in refunds {
            events.extend(self.refund(&id, &refund, now_ms)?);
        }
        Ok((id, events))
    }

    fn complete(&mut self, session: &mut Map<String, Value>, id: &str, now_ms: i64) {
        let total: i64 = session.get("amount_total").and_then(Value::as_i64).unwrap_or_default();
        let n = self.next();
        let defaults = json!({
            "object": "checkout.session", "amount_subtotal": total, "amount_total": total,
            "automatic_tax": { "enabled": true, "liability": { "type": "self" }, "status": "complete" },
            "billing_address_collection": "required", "cancel_url": "https://atelier-cana.example/cos",
            "client_reference_id": null, "created": now_ms.div_euclid(1_000), "currency": "ron",
            "customer": self::id("cus", n, 14), "customer_creation": "always", "customer_details": null,
            "customer_email": null, "expires_at": now_ms.div_euclid(1_000) + 86_400, "invoice": null, "livemode": false,
            "locale": "ro", "metadata": {}, "mode": "payment", "payment_intent": self::id("pi", n, 24),
            "payment_method_types": ["card"], "payment_status": "paid", "shipping_cost": null, "status": "complete",
            "success_url": "https://atelier-cana.example/multumim", "url": null,
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        });
        session.insert("id".into(), id.into());
        if let Value::Object(defaults) = defaults {
            for (key, value) in defaults {
                session.entry(key).or_insert(value);
            }
        }
        let lines = session.remove("line_items").unwrap_or_else(|| json!([]));
        let lines = if lines.is_array() { lines } else { lines["data"].clone() };
        let url = format!("/v1/checkout/sessions/{id}/line_items");
        session.insert("line_items".into(), json!({ "object": "list", "data": lines, "has_more": false, "url": url }));
    }

    /// A refund that is known by its id is left as it is.
    pub(super) fn refund(&mut self, sale: &str, refund: &Value, now_ms: i64) -> Result<Vec<Event>, SandboxError> {
        let known = refund["id"].as_str().unwrap_or_default().to_owned();
        if !known.is_empty() && self.refunds().any(|one| one["id"] == known.as_str()) {
            return Ok(Vec::new());
        }
        let Some((intent, whole)) = self.sale(sale) else { return Ok(Vec::new()) };
        let n = self.next();
        let charge = intent.replacen("pi_", "ch_", 1);
        let mut body = json!({
            "id": id("re", n, 24), "object": "refund", "amount": whole["amount_total"], "charge": charge,
            "created": now_ms.div_euclid(1_000), "currency": whole["currency"], "metadata": {},
            "payment_intent": intent, "reason": "requested_by_customer", "receipt_number": null, "status": "succeeded",
        });
        if let (Some(body), Some(given)) = (body.as_object_mut(), refund.as_object()) {
            body.extend(given.clone());
        }
        self.refunds.push(raw(&body)?);
        let charge = self.charge(&whole, &intent);
        let at_ms = seconds(body.get("created")).unwrap_or(now_ms);
        let created = self.event(sale, "refund.created", body, at_ms);
        let charged = self.event(sale, "charge.refunded", charge, at_ms);
        Ok(created.into_iter().chain(charged).collect())
    }

    /// Payment and fields of a session, or of an invoice with the total that a session would have.
    fn sale(&self, id: &str) -> Option<(String, Value)> {
        if let Some(invoice) = self.find_invoice(id) {
            let mut whole = invoice.value();
            whole["amount_total"] = whole["total"].clone();
            return Some((invoice.payment_intent.clone(), whole));
        }
        self.find(id).map(|session| (session.payment_intent.clone(), session.value()))
    }

    /// A payment by its id, with its charge or the charge's id.
    pub(super) fn payment(&self, intent: &str, with_charge: bool) -> Option<Value> {
        let invoice = self.invoices.iter().find(|invoice| invoice.payment_intent == intent).map(|one| one.id.clone());
        let session = || self.sessions.iter().find(|one| one.payment_intent == intent && one.paid);
        let (_, sale) = self.sale(&invoice.or_else(|| session().map(|one| one.id.clone()))?)?;
        let charge = self.charge(&sale, intent);
        Some(json!({
            "id": intent, "object": "payment_intent", "amount": sale["amount_total"], "created": sale["created"],
            "currency": sale["currency"], "livemode": false, "status": "succeeded",
            "latest_charge": if with_charge { charge } else { charge["id"].clone() },
        }))
    }

    /// The charge of a session's payment, as far as it is given back.
    fn charge(&self, session: &Value, intent: &str) -> Value {
        let back: i64 =
            self.refunds().filter(|one| one["payment_intent"] == intent).filter_map(|one| one["amount"].as_i64()).sum();
        json!({
            "id": intent.replacen("pi_", "ch_", 1), "object": "charge", "amount": session["amount_total"],
            "amount_refunded": back, "created": session["created"], "currency": session["currency"],
            "payment_intent": intent, "paid": true, "status": "succeeded", "livemode": false, "metadata": {},
            "refunded": session["amount_total"].as_i64() == Some(back),
        })
    }

    /// Puts the payment in the place of its id, and the charge in the place of the payment's, where that was asked for.
    pub fn expand_payment(&self, session: &mut Value, asked: &[String]) {
        let is_asked = |path: &str| asked.iter().any(|asked| asked == path);
        let Some(intent) = session["payment_intent"].as_str().map(str::to_owned) else { return };
        let with_charge = is_asked(super::expand::CHARGE);
        if !with_charge && !is_asked("payment_intent") {
            return;
        }
        let is_paid = session["payment_status"] == "paid";
        let charge = is_paid.then(|| self.charge(session, &intent));
        let latest = charge.map_or(Value::Null, |charge| if with_charge { charge } else { charge["id"].clone() });
        session["payment_intent"] = json!({
            "id": intent, "object": "payment_intent", "amount": session["amount_total"], "created": session["created"],
            "currency": session["currency"], "latest_charge": latest, "livemode": false,
            "status": if is_paid { "succeeded" } else { "requires_payment_method" },
        });
    }

    fn event_of_session(&mut self, session: &str, kind: &str, at_ms: i64) -> Option<Event> {
        let mut object = self.find(session)?.value();
        super::expand::hide(&mut object, &[]);
        self.event(session, kind, object, at_ms)
    }

    pub(super) fn event(&mut self, session: &str, kind: &str, object: Value, at_ms: i64) -> Option<Event> {
        let id = id("evt", self.next(), 24);
        let body = json!({
            "id": id, "object": "event", "api_version": API_VERSION, "created": at_ms.div_euclid(1_000),
            "data": { "object": object }, "livemode": false, "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null }, "type": kind,
        });
        let event =
            Event { id, kind: kind.into(), created_ms: at_ms, about: session.into(), body: to_raw_value(&body).ok()? };
        self.events.push(event.clone());
        Some(event)
    }

    /// The event of that id, or the session's newest of that kind. A kind that it does not have yet is made of the session
    /// as it is.
    pub fn event_about(&mut self, key: &str, kind: Option<&str>, now_ms: i64) -> Option<Event> {
        let fits =
            |event: &&Event| event.id == key || (event.about == key && kind.is_none_or(|kind| event.kind == kind));
        if let Some(event) = self.events.iter().rev().find(fits) {
            return Some(event.clone());
        }
        self.event_of_session(key, kind.unwrap_or("checkout.session.completed"), now_ms)
    }

    /// Merges `metadata`: an empty text takes a key away. `None` when there is no such session.
    pub fn set_metadata(&mut self, id: &str, metadata: &Map<String, Value>) -> Option<Result<Value, SandboxError>> {
        let at = self.sessions.iter().position(|session| session.id == id)?;
        let mut whole = self.sessions[at].value();
        if let Some(known) = whole["metadata"].as_object_mut() {
            for (key, value) in metadata {
                if value.as_str() == Some("") {
                    known.remove(key);
                } else {
                    known.insert(key.clone(), value.clone());
                }
            }
        }
        match raw(&whole) {
            Ok(raw) => self.sessions[at].whole = raw,
            Err(why) => return Some(Err(why)),
        }
        Some(Ok(whole))
    }
}
