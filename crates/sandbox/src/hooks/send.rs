//! Delivering: what waits, in the background while the sandbox listens, and what is asked for by hand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::book::Due;
use super::sign::{Headers, Parcel, StandardKey, php_json};
use super::wire::{Reply, check_url};
use super::{Delivered, Delivery, Hook, Source, Tamper};
use crate::error::SandboxError;
use crate::sandbox::Sandbox;
use crate::shared::{Shared, lock};
use crate::state::State;

/// At most so many are on their way at once.
const AT_ONCE: usize = 16;
/// So many wait in tasks; the rest waits in the state.
const AHEAD: usize = 256;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const MOST_TIMES: u32 = 1_000;
const HOUR_MS: i64 = 3_600_000;
const LOGGED: usize = 1_000;

/// How the last deliveries went, oldest first.
pub(super) type DeliveryLog = Mutex<VecDeque<Delivered>>;

/// Where a parcel goes, and what it is signed with.
struct Address {
    url: String,
    secret: String,
    retries: u32,
}

impl Address {
    fn of(hook: &Hook) -> Option<Self> {
        let retries = hook.retries.unwrap_or_else(|| hook.shop.usual_retries());
        Some(Self { url: hook.url.clone()?, secret: hook.secret.clone(), retries })
    }
}

/// Delivers what waits, until the sandbox closes. What is on its way then still waits, and goes out at the next start.
pub(crate) async fn run(shared: Arc<Shared>) -> std::io::Result<()> {
    let gate = Arc::new(Semaphore::new(AT_ONCE));
    let mut under_way = JoinSet::new();
    let mut last = 0;
    loop {
        let room = AHEAD.saturating_sub(under_way.len());
        for due in shared.read(|state| state.hooks.after(last, room)) {
            last = due.n;
            under_way.spawn(deliver_until_taken(Arc::clone(&shared), Arc::clone(&gate), due));
        }
        tokio::select! {
            () = shared.closed() => return Ok(()),
            () = shared.to_deliver.notified() => {}
            Some(_) = under_way.join_next() => {}
        }
    }
}

async fn deliver_until_taken(shared: Arc<Shared>, gate: Arc<Semaphore>, due: Due) {
    let mut pause = FIRST_PAUSE;
    for attempt in 0.. {
        let Some((address, parcel)) = shared.read(|state| waiting_parcel(state, &due, shared.now_ms())) else { break };
        let Ok(delivered) = ({
            let _place = gate.acquire().await;
            send(&shared, due.source, &address, &parcel, due.topic.is_empty(), Tamper::None).await
        }) else {
            break;
        };
        if due.source.takes(delivered.status.unwrap_or_default()) || attempt >= address.retries {
            break;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    shared.touch(|state| state.hooks.done(due.n));
}

/// What waits, as it leaves now. `None` when nobody asks for it any more.
fn waiting_parcel(state: &State, due: &Due, at_ms: i64) -> Option<(Address, Parcel)> {
    if !state.hooks.still_waits(due.n) {
        return None;
    }
    let parcel = |body| Parcel {
        n: due.n,
        topic: due.topic.clone(),
        body,
        happened_ms: due.at_ms,
        at_ms,
        webhook: due.webhook.unwrap_or_default(),
        site: site(state),
    };
    let Some(webhook) = due.webhook else {
        return Some((Address::of(state.hooks.get(due.source)?)?, parcel(due.body.clone()?.into_bytes())));
    };
    let webhook = state.webhooks.find(webhook).filter(|webhook| webhook.is_active())?;
    let body = if due.topic.is_empty() {
        format!("webhook_id={}", webhook.id).into_bytes()
    } else if due.topic.ends_with(".deleted") {
        format!("{{\"id\":{}}}", due.key).into_bytes()
    } else {
        php_json(state.woocommerce.find(due.key.parse().ok()?)?.order.get())
    };
    let retries = if due.topic.is_empty() { 0 } else { webhook.retries };
    let address = Address { url: webhook.delivery_url.clone(), secret: webhook.secret.clone(), retries };
    Some((address, parcel(body)))
}

fn site(state: &State) -> String {
    format!("http://127.0.0.1:{}", state.ports.get(2).copied().unwrap_or_default())
}

fn headers(source: Source, secret: &str, parcel: &Parcel) -> Result<(String, Headers), SandboxError> {
    Ok(match source {
        Source::WooCommerce => (parcel.woocommerce_id(), parcel.woocommerce(secret)),
        Source::Shopify => (parcel.shopify_id(), parcel.shopify(secret)),
        Source::Stripe => {
            let event: Value = serde_json::from_slice(&parcel.body).unwrap_or_default();
            (event["id"].as_str().unwrap_or_default().to_owned(), parcel.stripe(secret))
        }
        Source::Webhook => (parcel.message_id(), parcel.standard(secret)?),
    })
}

async fn send(
    shared: &Shared,
    source: Source,
    address: &Address,
    parcel: &Parcel,
    ping: bool,
    tamper: Tamper,
) -> Result<Delivered, SandboxError> {
    let aside = [&parcel.body[..], b" "].concat();
    let (signed, sent) = match tamper {
        Tamper::Body => (parcel.body.clone(), aside),
        Tamper::Signature => (aside, parcel.body.clone()),
        Tamper::None | Tamper::Stale => (parcel.body.clone(), parcel.body.clone()),
    };
    let earlier_ms = if tamper == Tamper::Stale { HOUR_MS } else { 0 };
    let signed = Parcel {
        topic: parcel.topic.clone(),
        body: signed,
        site: parcel.site.clone(),
        at_ms: parcel.at_ms - earlier_ms,
        happened_ms: parcel.happened_ms - earlier_ms,
        ..*parcel
    };
    let (id, headers) = match ping {
        true => (String::new(), Parcel::ping()),
        false => headers(source, &address.secret, &signed)?,
    };
    let reply = shared.post.send(&address.url, headers, sent, source.patience_ms()).await;
    let topic = if ping { "ping".to_owned() } else { parcel.topic.clone() };
    let delivered = delivered(source, id, topic, reply);
    if source == Source::WooCommerce && !ping && matches!(tamper, Tamper::None) {
        let taken = source.takes(delivered.status.unwrap_or_default());
        shared.touch(|state| state.webhooks.note(parcel.webhook, taken, parcel.at_ms));
    }
    let mut log = lock(&shared.post.log);
    if log.len() == LOGGED {
        log.pop_front();
    }
    log.push_back(delivered.clone());
    Ok(delivered)
}

fn delivered(shop: Source, id: String, topic: String, reply: Reply) -> Delivered {
    let (status, body, error) = match reply.outcome {
        Ok((status, body)) => (Some(status), body, None),
        Err(why) => (None, String::new(), Some(why)),
    };
    Delivered { shop, id, topic, status, body, error, ms: reply.ms }
}

impl Sandbox {
    /// Sets where a shop's webhooks go, or ends them. At WooCommerce that makes two of its webhooks, for new and for changed
    /// orders, and both ping the address.
    ///
    /// # Errors
    /// When the address is not one of plain HTTP, the secret can't sign, or the state can't be written.
    pub fn set_hook(&self, hook: Hook) -> Result<(), SandboxError> {
        if let Some(url) = &hook.url {
            check_url(url)?;
            if hook.shop == Source::Webhook {
                StandardKey::read(&hook.secret)?;
            }
        }
        let now_ms = self.shared.now_ms();
        self.change(|state| {
            if hook.shop != Source::WooCommerce {
                return state.hooks.set(hook);
            }
            for webhook in state.webhooks.set(&hook, now_ms) {
                state.hooks.post_by(webhook, "", "", now_ms);
            }
        })
    }

    /// Where the shops' webhooks go, and how much waits to be delivered.
    pub fn hooks(&self) -> Value {
        self.shared.read(|state| {
            let hooks: Vec<&Hook> = state.hooks.all().collect();
            json!({ "hooks": hooks, "webhooks": state.webhooks.summary(), "waiting": state.hooks.waiting() })
        })
    }

    /// How the last thousand deliveries went, oldest first.
    pub fn deliveries(&self) -> Vec<Delivered> {
        lock(&self.shared.post.log).iter().cloned().collect()
    }

    /// Delivers one order by hand and tells what the receiver answered, once for each time.
    ///
    /// # Errors
    /// When the shop has no such order or no address, or what is asked for makes no sense there.
    pub async fn deliver(&self, delivery: Delivery) -> Result<Vec<Delivered>, SandboxError> {
        if delivery.times == 0 || delivery.times > MOST_TIMES {
            return Err(SandboxError::Invalid(format!("times must be 1 to {MOST_TIMES}")));
        }
        if (delivery.shop, delivery.tamper) == (Source::WooCommerce, Tamper::Stale) {
            return Err(SandboxError::Invalid("WooCommerce signs no time: nothing there can be stale".into()));
        }
        let now_ms = self.shared.now_ms();
        let (address, mut parcel) = self.shared.change(|state| parcel_by_hand(state, &delivery, now_ms))??;
        tokio::time::sleep(Duration::from_millis(delivery.delay)).await;
        let mut all = Vec::new();
        for _ in 0..delivery.times {
            parcel.at_ms = self.shared.now_ms();
            all.push(send(&self.shared, delivery.shop, &address, &parcel, false, delivery.tamper).await?);
        }
        Ok(all)
    }
}

fn parcel_by_hand(state: &mut State, delivery: &Delivery, now_ms: i64) -> Result<(Address, Parcel), SandboxError> {
    let source = delivery.shop;
    let no_address = || SandboxError::Invalid("no address is set for this shop: POST /hooks".into());
    let (topic, body) = body_by_hand(state, delivery, now_ms)?;
    let (address, webhook) = match source {
        Source::WooCommerce => {
            let webhook = state.webhooks.for_topic(&topic).ok_or_else(no_address)?;
            let (url, secret) = (webhook.delivery_url.clone(), webhook.secret.clone());
            (Address { url, secret, retries: 0 }, webhook.id)
        }
        _ => (state.hooks.get(source).and_then(Address::of).ok_or_else(no_address)?, 0),
    };
    let (n, site) = (state.hooks.next(), site(state));
    Ok((address, Parcel { n, topic, body, happened_ms: now_ms, at_ms: now_ms, webhook, site }))
}

/// Topic and body of a delivery by hand.
fn body_by_hand(state: &mut State, delivery: &Delivery, now_ms: i64) -> Result<(String, Vec<u8>), SandboxError> {
    let usual = match delivery.shop {
        Source::WooCommerce | Source::Webhook => "order.updated",
        Source::Shopify => "orders/updated",
        Source::Stripe => "checkout.session.completed",
    };
    let topic = delivery.topic.clone().unwrap_or_else(|| usual.to_owned());
    let key = match &delivery.order {
        Value::Object(_) => {
            let text = delivery.order.to_string();
            let woocommerce = delivery.shop == Source::WooCommerce;
            return Ok((topic, if woocommerce { php_json(&text) } else { text.into_bytes() }));
        }
        Value::String(key) => key.clone(),
        key => key.to_string(),
    };
    let unknown = || SandboxError::Invalid(format!("the shop has no order {key}"));
    let body = match delivery.shop {
        Source::WooCommerce if topic.ends_with(".deleted") => format!("{{\"id\":{key}}}").into_bytes(),
        Source::WooCommerce => {
            let order = key.parse().ok().and_then(|id| state.woocommerce.find(id)).ok_or_else(unknown)?;
            php_json(order.order.get())
        }
        Source::Shopify if topic == "orders/delete" => format!("{{\"id\":{key}}}").into_bytes(),
        Source::Shopify => {
            let order = key.parse().ok().and_then(|id| state.shopify.find(id)).ok_or_else(unknown)?;
            if topic.starts_with("refunds/") { order.last_refund()?.into_bytes() } else { order.order.get().into() }
        }
        Source::Stripe => {
            let kind = delivery.topic.as_deref();
            let event = state.stripe.event_about(&key, kind, now_ms).ok_or_else(unknown)?;
            return Ok((event.kind.clone(), event.text().into_bytes()));
        }
        Source::Webhook => state.hooks.order_message(&key, &topic, now_ms).ok_or_else(unknown)?.into_bytes(),
    };
    Ok((topic, body))
}
