//! How a shop is let know who asks: the key pair in a header; where a host drops the header, in the query, over https only;
//! and on plain http of this machine, where WooCommerce takes no plain pair, by an OAuth 1.0a signature.
//!
//! Source: protocol note on shops, 3.1; RFC 5849. What was found to work is kept while the connector lives.

use crate::scalar::text_of;
use crate::transport::{HttpAnswer, is_loopback};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use url::{Url, form_urlencoded};

/// What WordPress says to someone whose header it never saw. A wrong pair is told otherwise.
const NOT_SEEN: &[&str] = &[
    "woocommerce_rest_cannot_view",
    "woocommerce_rest_cannot_edit",
    "woocommerce_rest_cannot_create",
    "rest_forbidden",
    "rest_not_logged_in",
];

/// How the pair goes with a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    Header,
    Query,
    /// Signed by the shop's own clock: its time in unix seconds at an instant of ours.
    Signed(i64, Instant),
}

struct Found {
    way: Way,
    /// Whether the shop has let us in, or another way was tried in vain: then none is looked for any more.
    is_settled: bool,
}

pub(super) struct Access(Mutex<Found>);

impl Access {
    pub(super) fn new() -> Self {
        Access(Mutex::new(Found { way: Way::Header, is_settled: false }))
    }

    pub(super) fn way(&self) -> Way {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).way
    }

    /// Another way to ask what was just answered; `None` unless the answer means that the header was not seen, on a
    /// connection that has not been let in yet.
    pub(super) fn other(&self, root: &Url, answer: &HttpAnswer) -> Option<Way> {
        let is_settled = self.0.lock().unwrap_or_else(PoisonError::into_inner).is_settled;
        if is_settled || answer.status != 401 || !is_unseen(answer) {
            return None;
        }
        match root.scheme() {
            "https" => Some(Way::Query),
            "http" if is_loopback(root) => Some(Way::Signed(answer.date_ms()? / 1000, Instant::now())),
            _ => None,
        }
    }

    pub(super) fn settle(&self, way: Way) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Found { way, is_settled: true };
    }
}

fn is_unseen(answer: &HttpAnswer) -> bool {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let code = body.as_ref().and_then(|body| body.get("code")).and_then(text_of);
    code.is_some_and(|code| NOT_SEEN.contains(&code.as_str()))
}

/// The pair as the query's own fields.
pub(super) fn add_pair(url: &mut Url, key: &str, secret: &SecretString) {
    url.query_pairs_mut().append_pair("consumer_key", key).append_pair("consumer_secret", secret.expose_secret());
}

/// Signs a request: one-legged OAuth 1.0a with HMAC-SHA256, in the query. The body is not signed.
pub(super) fn sign(url: &mut Url, method: &str, key: &str, secret: &SecretString, at: (i64, Instant)) {
    let seconds = at.0.saturating_add_unsigned(at.1.elapsed().as_secs());
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    sign_with(url, method, key, secret, seconds, &nonce);
}

fn sign_with(url: &mut Url, method: &str, key: &str, secret: &SecretString, seconds: i64, nonce: &str) {
    let ours = [
        ("oauth_consumer_key", key.to_owned()),
        ("oauth_nonce", nonce.to_owned()),
        ("oauth_signature_method", "HMAC-SHA256".to_owned()),
        ("oauth_timestamp", seconds.to_string()),
    ];
    url.query_pairs_mut().extend_pairs(&ours);
    let mut pairs: Vec<(String, String)> =
        url.query_pairs().map(|(name, value)| (encoded(&name), encoded(&value))).collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut address = url.clone();
    address.set_query(None);
    let base = format!("{method}&{}&{}", encoded(address.as_str()), encoded(&pairs.join("&")));
    // HMAC takes a key of any length
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(format!("{}&", secret.expose_secret()).as_bytes()) else { return };
    mac.update(base.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    url.query_pairs_mut().append_pair("oauth_signature", &signature);
}

/// Percent-encoded as RFC 3986 has it: everything but letters, digits and `-._~`.
fn encoded(text: &str) -> String {
    let form: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    form.replace('+', "%20").replace('*', "%2A").replace("%7E", "~")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::json_answer;
    use serde_json::json;

    #[test]
    fn a_signature_is_the_one_computed_apart() {
        let mut url = Url::parse("http://localhost:8080/wp-json/wc/v3/orders?status=any&search=a+b*~").unwrap();
        sign_with(&mut url, "GET", "ck_1", &SecretString::from("cs_secret"), 1_795_210_867, "abc");
        let signature = url.query_pairs().find(|(name, _)| name == "oauth_signature").unwrap().1.into_owned();
        assert_eq!(signature, "zc0UMOoaOIXTsbMWO2aqjTw32rWOWFONJ4SoD3vwGu8=");
    }

    #[test]
    fn another_way_is_looked_for_only_where_the_header_was_not_seen() {
        let root = |text: &str| Url::parse(text).unwrap();
        let unseen = json!({ "code": "woocommerce_rest_cannot_view", "message": "Nu." });
        let dated = [("date", "Mon, 23 Nov 2026 10:00:00 GMT")];
        let other = |address: &str, status: u16, body: &Value, headers: &[(&'static str, &str)]| {
            Access::new().other(&root(address), &json_answer(status, body, headers))
        };
        assert!(matches!(other("https://cana.ro", 401, &unseen, &[]), Some(Way::Query)));
        assert!(matches!(other("http://127.0.0.1:1", 401, &unseen, &dated), Some(Way::Signed(1_795_428_000, _))));
        assert!(other("http://127.0.0.1:1", 401, &unseen, &[]).is_none(), "no clock to sign by");
        assert!(other("http://cana.ro", 401, &unseen, &dated).is_none(), "never in the open");
        assert!(other("https://cana.ro", 403, &unseen, &[]).is_none(), "seen, and without the right");
        let wrong = json!({ "code": "woocommerce_rest_authentication_error", "message": "Nu." });
        assert!(other("https://cana.ro", 401, &wrong, &[]).is_none(), "seen, and wrong");
        let access = Access::new();
        access.settle(Way::Header);
        assert!(access.other(&root("https://cana.ro"), &json_answer(401, &unseen, &[])).is_none());
    }
}
