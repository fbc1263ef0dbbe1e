//! Everything the simulators remember, as one JSON file. The file is replaced whole (written beside, then renamed) before
//! the answer to the request that changed it leaves, so a process that is killed has lost nothing that it answered. It is
//! not synced to the disk: it stands for other people's servers during a test, not for somebody's books.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::SandboxError;
use crate::faults::FaultBook;
use crate::hooks::{Hooks, Source};
use crate::oblio::books::OblioBooks;
use crate::shopify::books::ShopifyShop;
use crate::smartbill::books::SmartBillBooks;
use crate::stripe::books::StripeAccount;
use crate::switches::Switches;
use crate::woocommerce::shop::Shop;
use crate::woocommerce::webhooks::Webhooks;

const VERSION: u64 = 1;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct State {
    version: u64,
    pub seed: u64,
    /// Where it listened last: SmartBill, Oblio, WooCommerce, control, Shopify, Stripe. Tried again first, so that the links
    /// in documents live on.
    #[serde(default)]
    pub ports: Vec<u16>,
    pub woocommerce: Shop,
    #[serde(default)]
    pub webhooks: Webhooks,
    #[serde(default)]
    pub shopify: ShopifyShop,
    #[serde(default)]
    pub stripe: StripeAccount,
    #[serde(default)]
    pub hooks: Hooks,
    #[serde(default)]
    pub switches: Switches,
    pub smartbill: SmartBillBooks,
    pub oblio: OblioBooks,
    pub faults: FaultBook,
}

#[derive(Deserialize)]
struct Envelope {
    version: u64,
}

impl State {
    pub fn new(seed: u64, woocommerce: Shop) -> Self {
        Self {
            version: VERSION,
            seed,
            ports: Vec::new(),
            woocommerce,
            webhooks: Webhooks::default(),
            shopify: ShopifyShop::default(),
            stripe: StripeAccount::default(),
            hooks: Hooks::default(),
            switches: Switches::default(),
            smartbill: SmartBillBooks::new(),
            oblio: OblioBooks::new(),
            faults: FaultBook::default(),
        }
    }

    /// Puts orders or new versions of them into a shop, all or none, and has word of them sent. Returns their ids.
    pub fn put_orders(&mut self, source: Source, orders: Vec<Value>, now_ms: i64) -> Result<Vec<Value>, SandboxError> {
        let hooks = self.hooks.clone();
        let woocommerce = (source == Source::WooCommerce).then(|| self.woocommerce.clone());
        let shopify = (source == Source::Shopify).then(|| self.shopify.clone());
        let stripe = (source == Source::Stripe).then(|| self.stripe.clone());
        let put: Result<Vec<Value>, SandboxError> =
            orders.into_iter().map(|order| self.put_order(source, order, now_ms)).collect();
        if put.is_err() {
            self.hooks = hooks;
            if let Some(before) = woocommerce {
                self.woocommerce = before;
            }
            if let Some(before) = shopify {
                self.shopify = before;
            }
            if let Some(before) = stripe {
                self.stripe = before;
            }
        }
        put
    }

    /// One of them. Where several belong together, [`Self::put_orders`] takes back what went before a refusal.
    pub fn put_order(&mut self, source: Source, order: Value, now_ms: i64) -> Result<Value, SandboxError> {
        match source {
            Source::WooCommerce => {
                let known = order["id"].as_u64().is_some_and(|id| self.woocommerce.find(id).is_some());
                let id = self.woocommerce.put(order, now_ms)?;
                self.changed_at_woocommerce(id, !known, now_ms);
                Ok(id.into())
            }
            Source::Shopify => {
                let (id, new) = self.shopify.put(order, now_ms)?;
                self.changed_at_shopify(id, new, now_ms);
                Ok(id.into())
            }
            Source::Stripe => {
                let is_invoice = order["object"] == "invoice";
                let put = if is_invoice { StripeAccount::put_invoice } else { StripeAccount::put };
                let (id, events) = put(&mut self.stripe, order, now_ms)?;
                for event in events {
                    self.hooks.post(Source::Stripe, &event.id, &event.kind, event.text(), now_ms);
                }
                Ok(id.into())
            }
            Source::Webhook => {
                let (number, new) = self.hooks.keep_order(order, now_ms)?;
                let topic = if new { "order.created" } else { "order.updated" };
                if let Some(body) = self.hooks.order_message(&number, topic, now_ms) {
                    self.hooks.post(Source::Webhook, &number, topic, body, now_ms);
                }
                Ok(number.into())
            }
        }
    }

    /// Each webhook of the shop that asks for it will tell, with the order as it is when it leaves.
    pub fn changed_at_woocommerce(&mut self, id: u64, new: bool, now_ms: i64) {
        let topic = if new { "order.created" } else { "order.updated" };
        for webhook in self.webhooks.asking(topic) {
            self.hooks.post_by(webhook, &id.to_string(), topic, now_ms);
        }
    }

    /// Only those are told that ask for it: an order in the trash is no changed one.
    pub fn deleted_at_woocommerce(&mut self, id: u64, now_ms: i64) {
        for webhook in self.webhooks.asking("order.deleted") {
            self.hooks.post_by(webhook, &id.to_string(), "order.deleted", now_ms);
        }
    }

    /// Shopify sends the order as it was when it happened, also at the eighth try.
    pub fn changed_at_shopify(&mut self, id: u64, new: bool, now_ms: i64) {
        let topic = if new { "orders/create" } else { "orders/updated" };
        if let Some(order) = self.shopify.find(id) {
            let body = order.order.get().to_owned();
            self.hooks.post(Source::Shopify, &id.to_string(), topic, body, now_ms);
        }
    }

    /// `None` when there is no file yet.
    pub fn load(path: &Path) -> Result<Option<Self>, SandboxError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(SandboxError::Unreadable { path: path.into(), why }),
        };
        let damaged = |why: serde_json::Error| SandboxError::Damaged { path: path.into(), why: why.to_string() };
        let envelope: Envelope = serde_json::from_slice(&bytes).map_err(damaged)?;
        if envelope.version > VERSION {
            return Err(SandboxError::Newer { path: path.into(), found: envelope.version, known: VERSION });
        }
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    pub fn save(&self, path: &Path) -> Result<(), SandboxError> {
        replace_file(path, |out| serde_json::to_writer(out, self).map_err(std::io::Error::from))
            .map_err(|why| SandboxError::Unwritable { path: path.into(), why })
    }
}

/// Writes a file whole, for this user alone: beside it first, then in its place, so that a reader sees the old one or the new one.
pub(crate) fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<std::fs::File>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::with_capacity(1 << 16, options.open(&beside)?);
    write(&mut out)?;
    out.flush()?;
    drop(out);
    std::fs::rename(&beside, path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_simulators_state_is_its_users_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox.json");
        replace_file(&path, |out| out.write_all(b"{}")).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
