//! Webhooks: judged, written down before they are answered, then processed from the ledger. A webhook only makes sooner what a
//! poll would bring: it is a hint to read the order again, or, where the shop cannot be read, a signed version of it.

mod personal;
mod process;
mod secrets;
mod shop;
#[cfg(test)]
mod tests;

pub use personal::shown;
pub use secrets::Hook;
pub(crate) use secrets::HookSecrets;

use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use http::HeaderMap;
use punte_connectors::shops::ShopKind;
use punte_connectors::shops::hook::{self, Checked, Subject, Verdict};
use punte_domain::WorkspaceSeed;
use punte_store::ledger::{Connection, DeliveryWork, IdMeans, NewDelivery, Recorded};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;

/// Of a refused delivery this much is kept, in bytes.
const REFUSED_BODY: usize = 4 * 1024;
/// Headers that are kept, by how their names begin; none of them holds a credential.
const KEPT_HEADERS: [&str; 8] =
    ["content-type", "user-agent", "x-wc-", "x-shopify-", "stripe-signature", "webhook-", "x-oblio-", "date"];
/// Of a header's value this much is kept, in characters.
const HEADER_CHARS: usize = 1000;

/// One request at the listener.
pub struct Knock {
    /// From its path, where the sender has an address for each topic.
    pub topic: Option<String>,
    pub headers: HeaderMap,
    /// As it came; its beginning where it was too large.
    pub body: Vec<u8>,
    pub is_too_large: bool,
}

/// What a knock is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookAnswer {
    pub status: u16,
    /// Plain text: what the sender wants to hear, or why it was refused.
    pub body: String,
}

/// What is written down of a delivery, and answered.
struct Judged {
    verdict: &'static str,
    status: u16,
    checked: Option<Checked>,
    work: DeliveryWork,
}

/// The secret part of a connection's address.
pub(crate) fn token_of(seed: &WorkspaceSeed, connection_id: &str, revision: u32) -> String {
    seed.hook_token(connection_id, revision)
}

/// Whether a connection may be knocked at.
pub fn receives(kind: &str) -> bool {
    ShopKind::parse(kind).is_some_and(ShopKind::receives) || is_billing(kind)
}

/// What to subscribe to at a shop, or at a provider that takes an address for each.
pub fn topics(kind: &str) -> &'static [&'static str] {
    match ShopKind::parse(kind) {
        Some(ShopKind::WooCommerce) => &["order.created", "order.updated", "order.deleted", "order.restored"],
        Some(ShopKind::Shopify) => {
            &["orders/create", "orders/updated", "orders/paid", "orders/cancelled", "refunds/create"]
        }
        Some(ShopKind::Stripe) => &[
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "charge.refunded",
            "invoice.paid",
        ],
        Some(ShopKind::Webhook) => &["order.created", "order.updated"],
        None if kind == "oblio" => &["Invoice/Update", "Invoice/Cancel", "Collect/Inserted", "stock"],
        Some(ShopKind::File) | None => &[],
    }
}

/// Providers call a secret address, unsigned: such a call is kept, and nothing is believed of it.
fn is_billing(kind: &str) -> bool {
    matches!(kind, "oblio" | "smartbill")
}

impl Workspace {
    /// Judges a delivery to a connection and writes it down. Answered only after the commit.
    ///
    /// # Errors
    /// The ledger cannot be written: the sender is to come again.
    #[tracing::instrument(target = "punte_trace", level = "trace", name = "webhook", skip_all,
        fields(connection = connection.id, verdict))]
    pub async fn receive(&self, connection: &Connection, knock: Knock) -> Result<HookAnswer> {
        let judged = self.judge_delivery(connection, &knock).await;
        let (size, digest) = (knock.body.len(), Sha256::digest(&knock.body).into());
        let is_accepted = judged.verdict == "accepted";
        let mut body = knock.body;
        if !is_accepted {
            body.truncate(REFUSED_BODY);
        }
        let checked = judged.checked;
        let new = NewDelivery {
            id: self.deps.clock.new_id("dlv"),
            connection_id: connection.id.clone(),
            sent_ms: checked.as_ref().and_then(|one| one.sent_ms),
            delivery_id: checked.as_ref().and_then(|one| one.delivery_id.clone()),
            event_id: checked.as_ref().and_then(|one| one.event_id.clone()),
            topic: checked.map(|one| one.topic).filter(|topic| !topic.is_empty()).or(knock.topic).unwrap_or_default(),
            verdict: judged.verdict,
            status: judged.status,
            headers: kept(&knock.headers),
            body,
            size,
            digest,
            work: judged.work,
            id_means: match ShopKind::parse(&connection.kind) {
                Some(ShopKind::Webhook) => IdMeans::OneBody,
                // told again, an event says of itself how many still wait for it
                Some(ShopKind::Stripe) => IdMeans::OneEvent,
                _ => IdMeans::Nothing,
            },
        };
        let recorded = self.ledger.record_delivery(new, self.now_ms()).await?;
        let verdict = if recorded == Recorded::New { judged.verdict } else { "replayed" };
        tracing::Span::current().record("verdict", verdict);
        self.deps.meters.delivered(&self.ledger.info().id, connection, verdict);
        self.changed(Change::Inbox);
        if is_accepted && recorded == Recorded::New {
            self.inbox_wake.notify_one();
        }
        Ok(match recorded {
            Recorded::Forged => HookAnswer { status: 409, body: "replayed".to_owned() },
            Recorded::Again => HookAnswer { status: 200, body: acknowledgement(connection, &knock.headers) },
            Recorded::New if judged.status < 300 => {
                HookAnswer { status: judged.status, body: acknowledgement(connection, &knock.headers) }
            }
            Recorded::New => HookAnswer { status: judged.status, body: judged.verdict.to_owned() },
        })
    }

    /// The connection that a token in an address stands for.
    pub async fn find_by_token(&self, token: &str) -> Result<Option<Connection>> {
        let mut found = None;
        for connection in self.ledger.list_connections().await? {
            if !receives(&connection.kind) {
                continue;
            }
            let revision = self.ledger.find_hook_state(&connection.id).await?.revision;
            let own = token_of(&self.ledger.info().seed, &connection.id, revision);
            // every one is compared whole, so that nothing is told by how long it takes
            if bool::from(own.as_bytes().ct_eq(token.as_bytes())) {
                found = Some(connection);
            }
        }
        Ok(found)
    }

    async fn judge_delivery(&self, connection: &Connection, knock: &Knock) -> Judged {
        let refused = |verdict, status| Judged { verdict, status, checked: None, work: DeliveryWork::Nothing };
        if knock.is_too_large {
            return refused("too_large", 413);
        }
        let Some(kind) = ShopKind::parse(&connection.kind) else {
            // a provider's: kept for a person to see
            return Judged { verdict: "accepted", status: 200, checked: None, work: DeliveryWork::Nothing };
        };
        let secrets = self.hook_secrets(connection).await;
        let checked = hook::check(kind, &secrets, &knock.headers, &knock.body, self.now_ms());
        if checked.verdict != Verdict::Ping && !is_json(&knock.headers) {
            return refused("wrong_type", 415);
        }
        let status = match checked.verdict {
            Verdict::Accepted | Verdict::Ping => 200,
            Verdict::NoSignature | Verdict::BadSignature | Verdict::NoSecret => 401,
            Verdict::Stale | Verdict::Unreadable => 400,
        };
        let work = match (&checked.verdict, &checked.subject) {
            (Verdict::Accepted, Subject::Order(id)) => DeliveryWork::Order(id.clone()),
            (Verdict::Accepted, Subject::Payload) => DeliveryWork::Payload,
            (Verdict::Accepted, Subject::Poll) => DeliveryWork::Poll,
            _ => DeliveryWork::Nothing,
        };
        Judged { verdict: checked.verdict.as_str(), status, checked: Some(checked), work }
    }

    /// Has an accepted delivery processed once more.
    pub async fn replay_delivery(&self, id: &str, who: &str, reason: &str) -> Result<()> {
        let reason = crate::operator::required(reason)?;
        let known = self.ledger.find_delivery(id).await?;
        if known.verdict != "accepted" {
            return Err(EngineError::NotNow("not_accepted"));
        }
        if !matches!(known.state.as_str(), "done" | "failed") {
            return Err(EngineError::NotNow(if known.state == "none" { "nothing_follows" } else { "under_way" }));
        }
        if known.work == DeliveryWork::Payload && self.ledger.read_delivery_body(known.row).await?.body.is_empty() {
            return Err(EngineError::NotNow("erased"));
        }
        self.ledger.replay_delivery(id, (who, reason), self.now_ms()).await?;
        self.changed(Change::Inbox);
        self.inbox_wake.notify_one();
        Ok(())
    }
}

/// What a sender takes as "received".
fn acknowledgement(connection: &Connection, headers: &HeaderMap) -> String {
    use base64::Engine as _;
    match headers.get("x-oblio-request-id") {
        // Oblio wants its request's id back, in base64 (protocol note, 7)
        Some(id) if connection.kind == "oblio" => base64::engine::general_purpose::STANDARD.encode(id.as_bytes()),
        _ => "ok".to_owned(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    name == "application/json" || name.ends_with("+json")
}

fn kept(headers: &HeaderMap) -> BTreeMap<String, String> {
    let is_kept = |name: &str| KEPT_HEADERS.iter().any(|start| name.starts_with(start));
    let named = headers.iter().filter(|(name, _)| is_kept(name.as_str()));
    named
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes()).chars().take(HEADER_CHARS).collect();
            (name.as_str().to_owned(), text)
        })
        .take(40)
        .collect()
}
