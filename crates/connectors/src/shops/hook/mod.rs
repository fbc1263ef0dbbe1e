//! What a received webhook is: whose it is, whether it is to be believed, and which order it speaks of.
//!
//! Pure: bytes and headers in, a verdict out. Nothing of a body is believed before its signature was found right over the
//! bytes as they came. What follows (an order read again, a version taken in) is the engine's.
//!
//! Source: protocol note on shops, 3.1 to 3.4.

use super::ShopKind;
use http::HeaderMap;
use secrecy::SecretString;

mod shopify;
mod signature;
mod standard;
mod stripe;
mod woocommerce;

/// How far a signed instant may lie from ours, either way.
const TOLERANCE_MS: i64 = 300_000;
/// Signatures of one delivery that are looked at.
const MAX_SIGNATURES: usize = 16;
/// Bytes of a name or id of a delivery.
const MAX_NAME: usize = 256;

/// What a delivery turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Signed with one of the secrets, in time, and readable.
    Accepted,
    /// The unsigned greeting of a new WooCommerce webhook: answered with 200, and nothing else.
    Ping,
    NoSignature,
    BadSignature,
    /// Rightly signed, but too long ago or ahead of our clock.
    Stale,
    /// Nothing to check a signature with: no secret is set, or none that this kind can use.
    NoSecret,
    /// Rightly signed, but not what this kind sends.
    Unreadable,
}

impl Verdict {
    pub const ALL: [Verdict; 7] = [
        Verdict::Accepted,
        Verdict::Ping,
        Verdict::NoSignature,
        Verdict::BadSignature,
        Verdict::Stale,
        Verdict::NoSecret,
        Verdict::Unreadable,
    ];

    /// The word stored in the ledger and sent over the api.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Ping => "ping",
            Verdict::NoSignature => "no_signature",
            Verdict::BadSignature => "bad_signature",
            Verdict::Stale => "stale",
            Verdict::NoSecret => "no_secret",
            Verdict::Unreadable => "unreadable",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }
}

/// What an accepted delivery asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Read this order again: the delivery names it, the shop says how it stands.
    Order(String),
    /// The signed body itself is the order's version.
    Payload,
    /// Something changed that the delivery does not name: look for changes.
    Poll,
    /// Not about orders, or not to be believed.
    Nothing,
}

/// A delivery, judged. `delivery_id`, `event_id`, `topic` and `sent_ms` of one that was not accepted are what it claims:
/// to be shown, not to be acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub verdict: Verdict,
    /// The same over repeats of one delivery. WooCommerce's is not unique: two deliveries within a second share it.
    pub delivery_id: Option<String>,
    /// The same over all deliveries of one happening, where the shop tells it.
    pub event_id: Option<String>,
    /// `order.updated`, `orders/paid`, `checkout.session.completed`; empty where none is told.
    pub topic: String,
    /// When it was sent (Stripe, Standard Webhooks) or triggered (Shopify), in UTC milliseconds on the sender's clock.
    pub sent_ms: Option<i64>,
    pub subject: Subject,
}

impl Checked {
    fn new(verdict: Verdict) -> Self {
        let subject = Subject::Nothing;
        Checked { verdict, delivery_id: None, event_id: None, topic: String::new(), sent_ms: None, subject }
    }

    fn judged(mut self, verdict: Verdict) -> Self {
        self.verdict = verdict;
        self
    }
}

/// Judges one delivery. `body` is the request's body exactly as it came; `secrets` are the secrets in force, of which any
/// may have signed it; `now_ms` is our clock.
pub fn check(kind: ShopKind, secrets: &[SecretString], headers: &HeaderMap, body: &[u8], now_ms: i64) -> Checked {
    match kind {
        ShopKind::WooCommerce => woocommerce::check(secrets, headers, body),
        ShopKind::Shopify => shopify::check(secrets, headers, body),
        ShopKind::Stripe => stripe::check(secrets, headers, body, now_ms),
        ShopKind::Webhook => standard::check(secrets, headers, body, now_ms),
        ShopKind::File => Checked::new(Verdict::NoSecret),
    }
}

/// Whether a secret is one that deliveries of this kind can be checked with. One that is not counts as none.
pub fn is_usable(kind: ShopKind, secret: &SecretString) -> bool {
    match kind {
        ShopKind::WooCommerce | ShopKind::Shopify | ShopKind::Stripe => signature::text_of(secret).is_some(),
        ShopKind::Webhook => standard::key_of(secret).is_some(),
        ShopKind::File => false,
    }
}

/// A header's text, trimmed and bounded; `None` where it is absent, blank or not text.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (!text.is_empty() && text.len() <= MAX_NAME).then(|| text.to_owned())
}

fn is_stale(sent_ms: i64, now_ms: i64) -> bool {
    sent_ms.abs_diff(now_ms) > TOLERANCE_MS.unsigned_abs()
}

#[cfg(test)]
mod tests;
