//! Webhooks as the shops send them: who is told where, what waits to be delivered, and what is sent by hand. Signed in
//! each sender's own way over the bytes that go out.
//!
//! With an address set, every new or changed order of that shop is delivered in the background while the sandbox listens,
//! at least once: what a stop of the sandbox interrupts goes out again. What waits is part of the state.
//! Source: protocols/shops-and-fiscal.md, 3.1 to 3.4.

mod book;
mod send;
mod sign;
mod wire;

pub(crate) use book::Hooks;
pub(crate) use send::run;
pub(crate) use wire::Post;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who sends webhooks. `Webhook` is a sender of no system, by Standard Webhooks: its orders are those of
/// docs/order.schema.json.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    WooCommerce,
    Shopify,
    Stripe,
    Webhook,
}

impl Source {
    pub(crate) fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    /// How often a delivery that was not taken is tried again, unless the hook says. WooCommerce never does.
    fn usual_retries(self) -> u32 {
        match self {
            Self::WooCommerce => 0,
            Self::Shopify | Self::Stripe | Self::Webhook => 4,
        }
    }

    /// How long the receiver may take.
    fn patience_ms(self) -> u64 {
        match self {
            Self::WooCommerce => 60_000,
            Self::Shopify => 5_000,
            Self::Stripe => 20_000,
            Self::Webhook => 15_000,
        }
    }

    /// WordPress takes a found page and a redirect for success; the others want 2xx.
    fn takes(self, status: u16) -> bool {
        match self {
            Self::WooCommerce => (200..=302).contains(&status),
            _ => (200..300).contains(&status),
        }
    }
}

/// Where a shop's webhooks go: `POST /hooks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    pub shop: Source,
    /// `http://…`; `None` ends the deliveries.
    pub url: Option<String>,
    /// WooCommerce, Shopify and Stripe use the text itself. Standard Webhooks: `whsec_` and Base64, or `whsk_` and the
    /// Base64 of an ed25519 key (its seed, or seed and public half).
    #[serde(default)]
    pub secret: String,
    /// How often a delivery that was not taken is tried again: 4 unless said, and never by WooCommerce.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
}

/// What is spoilt about a delivery on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tamper {
    None,
    /// One blank more than was signed.
    Body,
    /// Signed with another secret.
    Signature,
    /// Rightly signed an hour ago. WooCommerce signs no time, so there it is refused.
    Stale,
}

fn once() -> u32 {
    1
}

fn untouched() -> Tamper {
    Tamper::None
}

/// One order told by hand: `POST /deliver`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    pub shop: Source,
    /// The id of an order that the shop holds, or the body to send as a JSON object.
    pub order: Value,
    /// What happened, in the shop's words; the change of an order unless said.
    #[serde(default)]
    pub topic: Option<String>,
    /// So many times, one after another, as one delivery that is repeated.
    #[serde(default = "once")]
    pub times: u32,
    #[serde(default = "untouched")]
    pub tamper: Tamper,
    /// Milliseconds to wait before the first.
    #[serde(default, alias = "delay_ms")]
    pub delay: u64,
}

impl Delivery {
    /// The change of an order that the shop holds, told once.
    pub fn of(shop: Source, order: impl Into<Value>) -> Self {
        Self { shop, order: order.into(), topic: None, times: 1, tamper: Tamper::None, delay: 0 }
    }
}

/// How one delivery went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivered {
    pub shop: Source,
    /// What the receiver can know it by: the delivery's id, or Stripe's event.
    pub id: String,
    pub topic: String,
    /// What the receiver answered. `None` when nothing came; then `error` says why.
    pub status: Option<u16>,
    pub body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    pub ms: u64,
}
