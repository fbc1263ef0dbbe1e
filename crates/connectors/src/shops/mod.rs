//! The shops' trait, and what passes through it.

use crate::billing::CheckStep;
use crate::transport::Transport;
use async_trait::async_trait;
use punte_domain::correction::RefundLine;
use punte_domain::{Failure, OrderHead};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;

pub mod file;
pub mod woocommerce;

/// Where and as whom. `base_url` is the site's root; `key` and `secret` are the REST key pair.
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
    pub raw: serde_json::Value,
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
    pub reason: String,
}

/// One page of a listing.
#[derive(Debug, Clone, Default)]
pub struct OrderPage {
    pub orders: Vec<ShopOrder>,
    pub rejected: Vec<RejectedOrder>,
    /// Orders in the whole listing as the shop counted them for this page: a pass whose total changes is repeated.
    pub total: u64,
    pub pages: u32,
}

/// What to list. Instants are UTC milliseconds on the shop's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderQuery {
    /// Changed at or after this instant.
    ModifiedSince(i64),
    /// Created at or after this instant, whatever its modified date (the daily sweep).
    CreatedSince(i64),
}

#[async_trait]
pub trait Shop: Send + Sync {
    /// The shop's own identity for issue keys: its normalised site address, never our connection's id.
    fn identity(&self) -> String;

    async fn check(&self) -> Vec<CheckStep>;

    /// One page, from 1, ascending by id so that a changing list loses nothing.
    async fn list_orders(&self, query: OrderQuery, page: u32) -> Result<OrderPage, Failure>;

    async fn get_order(&self, order_id: &str) -> Result<ShopOrder, Failure>;

    /// The lines of one refund of an order; none where only an amount was given back, or where the shop lists no lines.
    async fn list_refund_lines(&self, _order_id: &str, _refund_id: &str) -> Result<Vec<RefundLine>, Failure> {
        Ok(Vec::new())
    }

    /// Our own notes on an order (keys that begin with `punte_`), read before a send and before a write.
    async fn read_notes(&self, order_id: &str) -> Result<BTreeMap<String, String>, Failure>;

    /// Writes our notes on an order, and only those that differ from what stands there. Answers whether anything had to be
    /// written. Repeating it changes nothing.
    async fn write_notes(&self, order_id: &str, notes: &BTreeMap<String, String>) -> Result<bool, Failure>;
}

/// The head of an order as it is kept, whatever shop it came from. `None` where it cannot be read any more.
pub fn head_of(raw: &serde_json::Value) -> Option<OrderHead> {
    woocommerce::read_order(raw).ok().map(|order| order.head)
}

/// A WooCommerce shop behind the shops' trait. Nothing is sent until it is asked something.
pub fn connect_woocommerce(config: ShopConfig, transport: Arc<dyn Transport>) -> Arc<dyn Shop> {
    Arc::new(woocommerce::WooCommerce::new(config, transport))
}
