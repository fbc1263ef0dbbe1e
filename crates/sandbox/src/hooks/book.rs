//! What of the hooks is kept: addresses and secrets, what waits to be delivered, and the orders of the sender that is no
//! system.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::{Hook, Source};
use crate::clock::{offset_text, zulu_text};
use crate::error::SandboxError;

/// One thing to tell, until it was taken or given up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Due {
    pub n: u64,
    pub source: Source,
    /// The order's id, or the event's.
    pub key: String,
    pub topic: String,
    /// As it was when it happened. `None` at WooCommerce, which reads the order when it sends.
    pub body: Option<String>,
    /// WooCommerce's webhook that tells it; with an empty topic it is the ping.
    pub webhook: Option<u64>,
    pub at_ms: i64,
}

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Hooks {
    set: BTreeMap<Source, Hook>,
    outbox: BTreeMap<u64, Due>,
    next: u64,
    /// By number: the orders of [`Source::Webhook`].
    orders: BTreeMap<String, Box<RawValue>>,
    /// How many of the drip's orders this sender has made.
    pub drip: u64,
}

const MOST_WAITING: usize = 100_000;
const MOST_ORDERS: usize = 100_000;

impl Hooks {
    /// Sets or, without an address, ends the deliveries of a shop that has no webhooks resource of its own.
    pub fn set(&mut self, hook: Hook) {
        if hook.url.is_some() {
            self.set.insert(hook.shop, hook);
        } else {
            self.set.remove(&hook.shop);
            self.outbox.retain(|_, due| due.source != hook.shop);
        }
    }

    pub fn get(&self, source: Source) -> Option<&Hook> {
        self.set.get(&source)
    }

    pub fn all(&self) -> impl Iterator<Item = &Hook> {
        self.set.values()
    }

    /// After a reset the numbers go on, so that no delivery is taken for one of before.
    pub fn go_on_after(&mut self, before: &Self) {
        self.next = self.next.max(before.next);
    }

    /// A number that no other delivery had.
    pub fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub fn post(&mut self, source: Source, key: &str, topic: &str, body: String, at_ms: i64) {
        if self.set.contains_key(&source) {
            self.push(source, key, topic, Some(body), None, at_ms);
        }
    }

    /// By one of WooCommerce's webhooks.
    pub fn post_by(&mut self, webhook: u64, order: &str, topic: &str, at_ms: i64) {
        self.push(Source::WooCommerce, order, topic, None, Some(webhook), at_ms);
    }

    fn push(&mut self, source: Source, key: &str, topic: &str, body: Option<String>, webhook: Option<u64>, at_ms: i64) {
        if self.outbox.len() >= MOST_WAITING {
            tracing::warn!(?source, key, "the sandbox's outbox is full: this is not delivered");
            return;
        }
        let n = self.next();
        let (key, topic) = (key.to_owned(), topic.to_owned());
        self.outbox.insert(n, Due { n, source, key, topic, body, webhook, at_ms });
    }

    pub fn waits(&self) -> bool {
        !self.outbox.is_empty()
    }

    pub fn waiting(&self) -> usize {
        self.outbox.len()
    }

    /// What came to wait after the given one, at most so many.
    pub fn after(&self, n: u64, most: usize) -> Vec<Due> {
        self.outbox.range((Bound::Excluded(n), Bound::Unbounded)).take(most).map(|(_, due)| due.clone()).collect()
    }

    pub fn still_waits(&self, n: u64) -> bool {
        self.outbox.contains_key(&n)
    }

    pub fn done(&mut self, n: u64) {
        self.outbox.remove(&n);
    }

    /// An order by docs/order.schema.json. A known number is a new version of it. Returns the number and whether it is new.
    pub fn keep_order(&mut self, order: Value, now_ms: i64) -> Result<(String, bool), SandboxError> {
        let Value::Object(mut order) = order else {
            return Err(SandboxError::Invalid("an order must be a JSON object".into()));
        };
        if self.orders.len() >= MOST_ORDERS {
            return Err(SandboxError::Invalid(format!("the sender is full: {MOST_ORDERS} orders")));
        }
        let number = match order.get("number") {
            None => format!("W-{}", self.orders.len() + 1),
            Some(Value::String(number)) if !number.is_empty() => number.clone(),
            Some(other) => return Err(SandboxError::Invalid(format!("a number is a text, not {other}"))),
        };
        order.insert("number".into(), number.clone().into());
        for key in ["date", "updated"] {
            order.entry(key).or_insert_with(|| offset_text(now_ms).into());
        }
        let order = to_raw_value(&order).map_err(|why| SandboxError::Invalid(why.to_string()))?;
        let new = self.orders.insert(number.clone(), order).is_none();
        Ok((number, new))
    }

    /// `type`, `timestamp` and `data`, as Standard Webhooks advises.
    pub fn order_message(&self, number: &str, topic: &str, at_ms: i64) -> Option<String> {
        let order = self.orders.get(number)?;
        serde_json::to_string(&json!({ "type": topic, "timestamp": zulu_text(at_ms), "data": order })).ok()
    }

    pub fn order_count(&self) -> usize {
        self.orders.len()
    }
}
