//! The shop's webhooks: whom it tells of what, and the resource by which a client reads and re-enables them.
//! Source: protocols/shops-and-fiscal.md, 3.1, Webhooks.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error;
use super::orders::{body_of, wrong_parameter};
use crate::call::{Call, json as answer_json};
use crate::clock::{gmt_text, shop_text};
use crate::hooks::Hook;
use crate::shared::Shared;

/// So many deliveries in a row may fail; then the shop gives up. The documentation's number: the code's would be seven.
const MOST_FAILURES: u32 = 5;
const STATUSES: [&str; 3] = ["active", "paused", "disabled"];

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub id: u64,
    pub name: String,
    pub status: String,
    pub topic: String,
    pub delivery_url: String,
    pub secret: String,
    /// A test's wish: WooCommerce itself tries nothing again.
    pub retries: u32,
    failures: u32,
    created_ms: i64,
    modified_ms: i64,
}

impl Webhook {
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }

    /// As REST tells it: the secret goes in and never comes out.
    fn json(&self, base: &str) -> Value {
        let (resource, event) = self.topic.split_once('.').unwrap_or((&self.topic, ""));
        let action = match event {
            "created" => "woocommerce_new_order",
            "updated" => "woocommerce_update_order",
            _ => "wp_trash_post",
        };
        let root = format!("{base}/wp-json/wc/v3/webhooks");
        json!({
            "id": self.id, "name": self.name, "status": self.status, "topic": self.topic, "resource": resource,
            "event": event, "hooks": [action], "delivery_url": self.delivery_url,
            "date_created": shop_text(self.created_ms), "date_created_gmt": gmt_text(self.created_ms),
            "date_modified": shop_text(self.modified_ms), "date_modified_gmt": gmt_text(self.modified_ms),
            "_links": { "self": [{ "href": format!("{root}/{}", self.id) }], "collection": [{ "href": root }] },
        })
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Webhooks {
    list: Vec<Webhook>,
    next_id: u64,
}

impl Webhooks {
    pub fn find(&self, id: u64) -> Option<&Webhook> {
        self.list.iter().find(|webhook| webhook.id == id)
    }

    /// The active ones that want to hear of a topic.
    pub fn asking(&self, topic: &str) -> Vec<u64> {
        let asks = |webhook: &&Webhook| webhook.is_active() && webhook.topic == topic;
        self.list.iter().filter(asks).map(|webhook| webhook.id).collect()
    }

    /// The one of a topic, or else any.
    pub fn for_topic(&self, topic: &str) -> Option<&Webhook> {
        self.list.iter().find(|webhook| webhook.topic == topic).or_else(|| self.list.first())
    }

    /// The control endpoint's wish: one for new and one for changed orders, active. Without an address both go. Returns
    /// those that must ping.
    pub fn set(&mut self, hook: &Hook, now_ms: i64) -> Vec<u64> {
        const TOPICS: [&str; 2] = ["order.created", "order.updated"];
        let Some(url) = &hook.url else {
            self.list.retain(|webhook| !TOPICS.contains(&webhook.topic.as_str()));
            return Vec::new();
        };
        let mut ids = Vec::new();
        for topic in TOPICS {
            let id = match self.list.iter().find(|webhook| webhook.topic == topic) {
                Some(known) => known.id,
                None => self.add(topic, topic, url, now_ms),
            };
            for webhook in self.list.iter_mut().filter(|webhook| webhook.id == id) {
                webhook.status = "active".into();
                webhook.delivery_url.clone_from(url);
                webhook.secret.clone_from(&hook.secret);
                webhook.retries = hook.retries.unwrap_or_default();
                webhook.failures = 0;
                webhook.modified_ms = now_ms;
            }
            ids.push(id);
        }
        ids
    }

    fn add(&mut self, name: &str, topic: &str, url: &str, now_ms: i64) -> u64 {
        self.next_id += 1;
        self.list.push(Webhook {
            id: self.next_id,
            name: name.into(),
            status: "active".into(),
            topic: topic.into(),
            delivery_url: url.into(),
            secret: String::new(),
            retries: 0,
            failures: 0,
            created_ms: now_ms,
            modified_ms: now_ms,
        });
        self.next_id
    }

    /// Whether a delivery was taken: failures in a row are counted, and the last one disables.
    pub fn note(&mut self, id: u64, taken: bool, now_ms: i64) {
        let Some(webhook) = self.list.iter_mut().find(|webhook| webhook.id == id) else { return };
        webhook.failures = if taken { 0 } else { webhook.failures + 1 };
        if webhook.failures >= MOST_FAILURES && webhook.is_active() {
            webhook.status = "disabled".into();
            webhook.modified_ms = now_ms;
        }
    }

    /// `None` when there is no such webhook. Making it active forgets its failures.
    fn change(&mut self, id: u64, changes: &Map<String, Value>, now_ms: i64) -> Option<&Webhook> {
        let webhook = self.list.iter_mut().find(|webhook| webhook.id == id)?;
        let text = |key: &str| changes.get(key).and_then(Value::as_str);
        if let Some(status) = text("status") {
            webhook.status = status.into();
            webhook.failures = 0;
        }
        for (key, field) in [
            ("name", &mut webhook.name),
            ("topic", &mut webhook.topic),
            ("delivery_url", &mut webhook.delivery_url),
            ("secret", &mut webhook.secret),
        ] {
            if let Some(value) = text(key) {
                *field = value.into();
            }
        }
        webhook.modified_ms = now_ms;
        Some(webhook)
    }

    /// For the control endpoint, failures and all.
    pub fn summary(&self) -> Value {
        let one = |webhook: &Webhook| {
            json!({ "id": webhook.id, "topic": webhook.topic, "status": webhook.status, "failures": webhook.failures,
                "delivery_url": webhook.delivery_url })
        };
        self.list.iter().map(one).collect()
    }
}

fn base(call: &Call) -> String {
    call.base_url("http://atelier-cana.example")
}

fn no_such() -> Response {
    error(StatusCode::NOT_FOUND, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.", None)
}

/// Newest first, in pages, of one status if asked.
pub(super) fn list(shared: &Shared, call: &Call) -> Response {
    let query = call.query_pairs();
    let number = |name: &str, otherwise: usize| query.get(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (per_page, page) = (number("per_page", 10).clamp(1, 100), number("page", 1).max(1));
    let status = query.get("status").filter(|status| *status != "all");
    let base = base(call);
    let all: Vec<Value> = shared.read(|state| {
        let wanted = |webhook: &&Webhook| status.is_none_or(|status| webhook.status == *status);
        state.webhooks.list.iter().rev().filter(wanted).map(|webhook| webhook.json(&base)).collect()
    });
    let shown: Vec<&Value> = all.iter().skip((page - 1).saturating_mul(per_page)).take(per_page).collect();
    let mut response = answer_json(StatusCode::OK, &shown);
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-wp-total"), HeaderValue::from(all.len()));
    headers.insert(HeaderName::from_static("x-wp-totalpages"), HeaderValue::from(all.len().div_ceil(per_page)));
    response
}

pub(super) fn get(shared: &Shared, id: u64, call: &Call) -> Response {
    match shared.read(|state| state.webhooks.find(id).map(|webhook| webhook.json(&base(call)))) {
        Some(webhook) => answer_json(StatusCode::OK, &webhook),
        None => no_such(),
    }
}

fn read(call: &Call) -> Result<Map<String, Value>, Box<Response>> {
    let changes = body_of(call)?;
    if let Some(status) = changes.get("status")
        && !status.as_str().is_some_and(|status| STATUSES.contains(&status))
    {
        return Err(Box::new(wrong_parameter("status", format!("status is not one of {}.", STATUSES.join(", ")))));
    }
    let url = changes.get("delivery_url").and_then(Value::as_str);
    if url.is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
        let words = "Webhook delivery URL must be a valid URL starting with http:// or https://.";
        return Err(Box::new(error(
            StatusCode::BAD_REQUEST,
            "woocommerce_rest_webhook_invalid_delivery_url",
            words,
            None,
        )));
    }
    let topic = changes.get("topic").and_then(Value::as_str);
    if topic.is_some_and(|topic| !matches!(topic.split_once('.'), Some(("order", _)))) {
        let words = "Webhook topic is required and must be valid.";
        return Err(Box::new(error(StatusCode::BAD_REQUEST, "woocommerce_rest_webhook_invalid_topic", words, None)));
    }
    Ok(changes)
}

pub(super) fn update(shared: &Shared, id: u64, call: &Call) -> Response {
    let changes = match read(call) {
        Ok(changes) => changes,
        Err(refusal) => return *refusal,
    };
    shared.change_and_answer(|state| match state.webhooks.change(id, &changes, call.at_ms) {
        Some(webhook) => Ok(answer_json(StatusCode::OK, &webhook.json(&base(call)))),
        None => Err(Box::new(no_such())),
    })
}

/// A new webhook pings its address at once.
pub(super) fn create(shared: &Shared, call: &Call) -> Response {
    let changes = match read(call) {
        Ok(changes) => changes,
        Err(refusal) => return *refusal,
    };
    let text = |key: &str| changes.get(key).and_then(Value::as_str).unwrap_or_default();
    let (topic, url) = (text("topic"), text("delivery_url"));
    if topic.is_empty() || url.is_empty() {
        let missing = if topic.is_empty() { "topic" } else { "delivery_url" };
        return error(
            StatusCode::BAD_REQUEST,
            "rest_missing_callback_param",
            &format!("Missing parameter(s): {missing}"),
            None,
        );
    }
    shared.change_and_answer(|state| {
        let id = state.webhooks.add(text("name"), topic, url, call.at_ms);
        state.hooks.post_by(id, "", "", call.at_ms);
        match state.webhooks.change(id, &changes, call.at_ms) {
            Some(webhook) => Ok(answer_json(StatusCode::CREATED, &webhook.json(&base(call)))),
            None => Err(Box::new(no_such())),
        }
    })
}
