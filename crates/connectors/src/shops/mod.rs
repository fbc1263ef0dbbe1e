//! The shops' trait, and what passes through it.

use crate::billing::CheckStep;
use crate::transport::Transport;
use async_trait::async_trait;
use punte_domain::correction::RefundLine;
use punte_domain::{Failure, FailureKind, OrderHead, OrderStatus, Phase};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

mod address;
mod fields;
pub mod file;
pub mod hook;
mod kind;
mod passes;
mod reason;
mod rest;
mod shopify;
mod stripe;
mod webhook;
pub mod woocommerce;

pub use fields::FieldProblem;
pub use kind::ShopKind;
pub use reason::{Reason, ReasonCode};

/// Where and as whom. WooCommerce: the site's root and its REST key pair. Shopify: the store's address and the access token
/// as `secret`. Stripe: nothing or an address of its own, the account (`acct_…`) as `key`, the secret key. A webhook: a name
/// for its sender as address or `key`.
#[derive(Clone)]
pub struct ShopConfig {
    pub base_url: String,
    pub key: String,
    pub secret: SecretString,
}

/// One order as received, and its head.
#[derive(Debug, Clone, PartialEq)]
pub struct ShopOrder {
    pub head: OrderHead,
    pub raw: Value,
}

/// A record that could not be read as an order: reported, never dropped in silence.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RejectedOrder {
    /// Line in the file (from 1), or position in the page.
    pub line: usize,
    /// The order's id or number, where one could be read.
    pub order: Option<String>,
    /// `line_items[2].total`
    pub field: String,
    pub reason: Reason,
}

/// One page of a listing.
#[derive(Debug, Clone, Default)]
pub struct OrderPage {
    pub orders: Vec<ShopOrder>,
    pub rejected: Vec<RejectedOrder>,
    /// Orders in the whole listing as the shop counted them for this page: a pass whose total changes is repeated. 0 from a
    /// shop that does not count.
    pub total: u64,
    pub pages: u32,
    /// When the shop answered, on its own clock; `None` where it does not say.
    pub answered_ms: Option<i64>,
}

/// A webhook as the shop itself keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopWebhook {
    pub id: String,
    pub name: String,
    pub topic: String,
    /// `active`, `paused`, `disabled`, or another word of the shop's.
    pub status: String,
    pub delivery_url: String,
}

/// What to list. Instants are UTC milliseconds on the shop's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderQuery {
    /// Changed at or after this instant.
    ModifiedSince(i64),
    /// Created at or after this instant, whatever its modified date (the daily sweep).
    CreatedSince(i64),
    /// Created at or after the first and before the second instant: what is bought meanwhile does not count.
    CreatedWithin(i64, i64),
}

#[async_trait]
pub trait Shop: Send + Sync {
    /// The shop's own identity for issue keys: its normalised site address, never our connection's id.
    fn identity(&self) -> String;

    async fn check(&self) -> Vec<CheckStep>;

    /// How many days back the shop shows orders to this credential; `None`: all that there are.
    async fn reach_days(&self) -> Result<Option<u32>, Failure> {
        Ok(None)
    }

    /// One page, from 1. The pages of a pass are asked one after the other: some shops lead to a page only through the one
    /// before it. Nothing is lost from a list that changes meanwhile, or the total tells.
    async fn list_orders(&self, query: OrderQuery, page: u32) -> Result<OrderPage, Failure>;

    /// One order as it stands now. [`FailureKind::OrderGone`] of a refusal means that the shop says it has none of this id, and
    /// nothing else means that.
    async fn get_order(&self, order_id: &str) -> Result<ShopOrder, Failure>;

    /// The lines of one refund of an order; none where only an amount was given back, or where the shop lists no lines.
    async fn list_refund_lines(&self, _order_id: &str, _refund_id: &str) -> Result<Vec<RefundLine>, Failure> {
        Ok(Vec::new())
    }

    /// The webhooks that the shop has; `None` where it does not tell.
    async fn list_webhooks(&self) -> Result<Option<Vec<ShopWebhook>>, Failure> {
        Ok(None)
    }

    /// Switches a webhook on again that the shop gave up.
    async fn enable_webhook(&self, webhook_id: &str) -> Result<(), Failure> {
        Err(Failure::new(FailureKind::NotOffered, Phase::Prepare, "enable webhook", webhook_id))
    }

    /// Our own notes on an order (keys that begin with `punte_`), read before a send and before a write.
    async fn read_notes(&self, order_id: &str) -> Result<BTreeMap<String, String>, Failure>;

    /// Writes our notes on an order, and only those that differ from what stands there. Answers whether anything had to be
    /// written. Repeating it changes nothing.
    async fn write_notes(&self, order_id: &str, notes: &BTreeMap<String, String>) -> Result<bool, Failure>;
}

/// Reads an order as a shop of this kind writes it. Orders in files may be of any kind's shape.
///
/// # Errors
/// The first field that an invoice hangs on and that cannot be read.
pub fn read_order(kind: ShopKind, record: &Value) -> Result<ShopOrder, FieldProblem> {
    match kind {
        ShopKind::WooCommerce => woocommerce::read_order(record),
        ShopKind::Shopify => shopify::read_order(record),
        ShopKind::Stripe => stripe::read_order(record),
        ShopKind::Webhook => webhook::read_order(record),
        ShopKind::File => read_order(shape_of(record), record),
    }
}

/// The kind of shop that an order as received is of. Everything that is not plainly another's is WooCommerce's.
pub fn shape_of(record: &Value) -> ShopKind {
    match record {
        _ if stripe::is_ours(record) => ShopKind::Stripe,
        _ if webhook::is_ours(record) => ShopKind::Webhook,
        _ if shopify::is_ours(record) => ShopKind::Shopify,
        _ => ShopKind::WooCommerce,
    }
}

/// The head of an order as it is kept, whatever shop it came from. `None` where it cannot be read any more.
pub fn head_of(raw: &Value) -> Option<OrderHead> {
    read_order(ShopKind::File, raw).ok().map(|order| order.head)
}

/// An order as it stands once its shop has it no more: as it was last, and cancelled. `None` for shops that take no order away.
pub fn as_gone(raw: &Value, at_ms: i64) -> Option<ShopOrder> {
    let kind = shape_of(raw);
    let (field, value) = match kind {
        ShopKind::WooCommerce => ("status", "trash".to_owned()),
        ShopKind::Shopify => ("cancelled_at", chrono::DateTime::from_timestamp_millis(at_ms)?.to_rfc3339()),
        ShopKind::Stripe | ShopKind::Webhook | ShopKind::File => return None,
    };
    let mut gone = raw.clone();
    // told twice, it is one version
    if read_order(kind, raw).ok()?.head.status != OrderStatus::Cancelled {
        gone.as_object_mut()?.insert(field.to_owned(), value.into());
    }
    read_order(kind, &gone).ok()
}

/// An order without our own notes, and without when it was last changed: two versions that differ in nothing else are one.
pub fn content_of(raw: &Value) -> Value {
    const OURS: &str = "punte_";
    let kind = shape_of(raw);
    let mut content = raw.clone();
    let Some(fields) = content.as_object_mut() else { return content };
    fields.retain(|name, _| match kind {
        ShopKind::Shopify => name != "updated_at",
        ShopKind::Webhook => name != "updated" && name != "sequence",
        _ => !name.starts_with("date_modified"),
    });
    if let Some(Value::Array(meta)) = fields.get_mut("meta_data") {
        meta.retain(|one| !one["key"].as_str().is_some_and(|key| key.starts_with(OURS)));
    }
    if let Some(Value::Object(metadata)) = fields.get_mut("metadata") {
        metadata.retain(|key, _| !key.starts_with(OURS));
    }
    content
}

/// A shop behind the shops' trait; `None` for a kind that cannot be connected. Nothing is sent until it is asked something.
pub fn connect(kind: ShopKind, config: ShopConfig, transport: Arc<dyn Transport>) -> Option<Arc<dyn Shop>> {
    match kind {
        ShopKind::WooCommerce => Some(Arc::new(woocommerce::WooCommerce::new(config, transport))),
        ShopKind::Shopify => Some(Arc::new(shopify::Shopify::new(&config, transport))),
        ShopKind::Stripe => Some(Arc::new(stripe::Stripe::new(&config, transport))),
        ShopKind::Webhook | ShopKind::File => Some(Arc::new(webhook::Listened::new(kind, &config))),
    }
}

#[cfg(test)]
mod tests;
