//! Notices as calls, signed as Standard Webhooks 1.0.0 has it: what a receiver needs to know that they are ours, and new.
//!
//! Source: the specification of standard-webhooks/standard-webhooks.

use super::error::{AlertCode, AlertError};
use super::{Notice, NoticeKind, Webhook, clip, wire_id};
use crate::transport::{Header, HttpAnswer, HttpRequest, Limits, Transport, TransportError, is_loopback};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;
use url::Url;

/// Characters of an address.
const MAX_URL: usize = 2048;
/// Bytes of a shared secret: the specification's bounds.
const KEY: std::ops::RangeInclusive<usize> = 24..=64;
/// Causes that one call tells; the rest is counted.
const MAX_ITEMS: usize = 100;
/// Bytes of a text in a call.
const MAX_TEXT: usize = 16 * 1024;

/// Receivers are to answer at once and to work afterwards.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(10),
    total: Duration::from_secs(20),
    body: 64 * 1024,
    fresh_connection: true,
};

/// Settings that were checked.
struct Route {
    url: Url,
    key: Vec<u8>,
}

impl Route {
    fn of(hook: &Webhook) -> Result<Route, AlertError> {
        Ok(Route { url: url_of(&hook.url)?, key: key_of(&hook.secret)? })
    }
}

fn url_of(text: &str) -> Result<Url, AlertError> {
    let text = text.trim();
    let refused = |said: &str| AlertError::new(AlertCode::UrlInvalid, said);
    if text.len() > MAX_URL {
        return Err(refused("…"));
    }
    let url = Url::parse(text).map_err(|_| refused(text))?;
    let is_open = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    let has_login = !url.username().is_empty() || url.password().is_some();
    // a login in an address would be shown with it
    if !is_open || has_login || url.host_str().is_none_or(str::is_empty) {
        return Err(refused(url.host_str().unwrap_or(url.scheme())));
    }
    Ok(url)
}

fn key_of(secret: &SecretString) -> Result<Vec<u8>, AlertError> {
    let key = secret.expose_secret().trim().strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
    key.filter(|key| KEY.contains(&key.len())).ok_or_else(|| AlertError::new(AlertCode::SecretInvalid, ""))
}

/// Whether a webhook's settings can be used at all: before they are kept, and before anything is sent.
///
/// # Errors
/// The first that cannot.
pub fn check_webhook(hook: &Webhook) -> Result<(), AlertError> {
    Route::of(hook).map(|_| ())
}

/// Calls an address with a notice. Repeated, it has the same `webhook-id`; `now_ms` is our clock at this try, for receivers
/// refuse an old one. Taken is what is answered with 2xx; nothing that an answer says is followed.
///
/// # Errors
/// What kept the other side from taking it.
pub async fn send_webhook(
    transport: &dyn Transport,
    hook: &Webhook,
    notice: &Notice,
    now_ms: i64,
) -> Result<(), AlertError> {
    let route = Route::of(hook)?;
    let host = route.url.host_str().unwrap_or_default().to_owned();
    let answer = transport.send(request(route, notice, now_ms), LIMITS).await.map_err(|error| broken(error, &host))?;
    judge(&answer)
}

fn request(route: Route, notice: &Notice, now_ms: i64) -> HttpRequest {
    let body = body(notice).to_string();
    let (id, seconds) = (wire_id(&notice.id), now_ms.div_euclid(1000));
    let signature = sign(&route.key, &format!("{id}.{seconds}.{body}"));
    let header = |name, value| Header { name, value, secret: false };
    HttpRequest {
        method: http::Method::POST,
        url: route.url.into(),
        headers: vec![
            header("content-type", "application/json".to_owned()),
            header("webhook-id", id),
            header("webhook-timestamp", seconds.to_string()),
            header("webhook-signature", signature),
        ],
        body: Some(Bytes::from(body)),
    }
}

fn sign(key: &[u8], content: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(content.as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn body(notice: &Notice) -> Value {
    let items: Vec<Value> = notice
        .items
        .iter()
        .take(MAX_ITEMS)
        .map(|item| {
            json!({
                "rule": item.rule,
                "cause": item.cause,
                "state": item.state,
                "title": clip(&item.title, MAX_TEXT),
                "path": item.path,
                "since": instant(item.since_ms),
            })
        })
        .collect();
    json!({
        "type": type_of(notice.kind),
        "timestamp": instant(notice.at_ms),
        "data": {
            "workspace": notice.workspace,
            "subject": clip(&notice.subject, MAX_TEXT),
            "text": clip(&notice.text, MAX_TEXT),
            "more": notice.items.len() - items.len(),
            "items": items,
        },
    })
}

fn type_of(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Raised => "alert.raised",
        NoticeKind::Recovered => "alert.recovered",
        NoticeKind::Digest => "alert.digest",
        NoticeKind::Test => "alert.test",
    }
}

/// UTC in ISO 8601; `null` where it is outside of what that can say.
fn instant(ms: i64) -> Option<String> {
    Some(DateTime::from_timestamp_millis(ms)?.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn broken(error: TransportError, host: &str) -> AlertError {
    let (code, said) = match error {
        TransportError::Unreachable(said) => (AlertCode::Unreachable, said),
        TransportError::HostNotFound(host) => (AlertCode::HostNotFound, host),
        TransportError::Refused(_) => (AlertCode::Refused, host.to_owned()),
        TransportError::Private(host) => (AlertCode::PrivateHost, host),
        TransportError::Tls(said) => (AlertCode::Tls, said),
        TransportError::TimedOut => (AlertCode::TimedOut, host.to_owned()),
        TransportError::Lost(said) => (AlertCode::CutOff, said),
        TransportError::TooLarge(most) => (AlertCode::Unreadable, format!("{host}: > {most} B")),
    };
    AlertError::new(code, said)
}

fn judge(answer: &HttpAnswer) -> Result<(), AlertError> {
    let code = match answer.status {
        200..=299 => return Ok(()),
        300..=399 => AlertCode::Redirected,
        410 => AlertCode::Gone,
        _ => AlertCode::Answered,
    };
    // what may be otherwise the next time
    let again = matches!(answer.status, 408 | 425 | 429 | 500..);
    Err(AlertError { again, ..AlertError::new(code, format!("{} {}", answer.status, words(answer))) })
}

/// What an answer says in plain words; a page of HTML says nothing that could be shown.
fn words(answer: &HttpAnswer) -> String {
    let kind = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.contains("html") { String::new() } else { String::from_utf8_lossy(&answer.body).into_owned() }
}

#[cfg(test)]
mod tests;
