//! Who may call the shop: a key and its secret by Basic, in the query, or as one-legged OAuth 1.0a in the query, which is
//! what a client does where there is no certificate. Source: protocols/shops-and-fiscal.md, 3.1; the order in which
//! WordPress looks is its own.

use std::collections::{BTreeMap, HashMap};

use axum::http::{StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

use super::{canned, error};
use crate::call::{Call, pairs};
use crate::config::account;
use crate::faults::FaultKind;
use crate::shared::{Shared, lock};

/// How far a signature's time may be from ours.
const WINDOW_MS: i64 = 15 * 60_000;

/// Those of the window, with the time they came with.
pub(crate) type Nonces = HashMap<String, i64>;

type Refusal = Box<Response>;

fn refuse(code: &str, message: &str) -> Refusal {
    Box::new(error(StatusCode::UNAUTHORIZED, code, message, None))
}

fn wrong(message: &str) -> Refusal {
    refuse("woocommerce_rest_authentication_error", message)
}

pub(super) fn authenticate(shared: &Shared, call: &Call) -> Result<(), Refusal> {
    let dropped = shared.config.drop_authorization || shared.read(|state| state.switches.drop_authorization);
    let query = call.query_pairs();
    let in_query = || query.get("consumer_key").cloned().zip(query.get("consumer_secret").cloned());
    let pair = if dropped { in_query() } else { call.basic().flatten().or_else(in_query) };
    let Some((key, secret)) = pair else { return one_legged(shared, call, dropped) };
    if key != account::WOOCOMMERCE_KEY {
        return Err(wrong("Consumer key is invalid."));
    }
    if secret != account::WOOCOMMERCE_SECRET {
        return Err(wrong("Consumer secret is invalid."));
    }
    Ok(())
}

/// The parameters of OAuth in the header are told from the query's by their prefix.
fn header_parameters(call: &Call) -> Vec<(String, String)> {
    let Some(text) = call.header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("OAuth ")) else {
        return Vec::new();
    };
    let parts = text.split(',').filter_map(|part| part.trim().split_once('='));
    let parts: Vec<String> = parts.map(|(name, value)| format!("{name}={}", value.trim_matches('"'))).collect();
    pairs(&parts.join("&"))
}

fn one_legged(shared: &Shared, call: &Call, header_dropped: bool) -> Result<(), Refusal> {
    let mut parameters = pairs(&call.query);
    if !header_dropped {
        parameters.extend(header_parameters(call).into_iter().filter(|(name, _)| name.starts_with("oauth_")));
    }
    if !parameters.iter().any(|(name, _)| name.starts_with("oauth_")) {
        return Err(Box::new(canned(FaultKind::WrongCredential)));
    }
    let get = |name: &str| {
        let found = parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        found.ok_or_else(|| {
            let words = format!("Missing OAuth parameter {name}");
            refuse("woocommerce_rest_authentication_missing_parameter", &words)
        })
    };
    let (key, signature, method) =
        (get("oauth_consumer_key")?, get("oauth_signature")?, get("oauth_signature_method")?);
    let (timestamp, nonce) = (get("oauth_timestamp")?, get("oauth_nonce")?);
    if key != account::WOOCOMMERCE_KEY {
        return Err(wrong("Consumer key is invalid."));
    }
    let text = base_string(call, &parameters);
    let right = match method {
        "HMAC-SHA1" => sign::<Hmac<Sha1>>(&text),
        "HMAC-SHA256" => sign::<Hmac<Sha256>>(&text),
        _ => return Err(wrong("Invalid signature - signature method is invalid.")),
    };
    // Of a client that did not escape it, a plus sign has become a blank.
    if right != signature.replace(' ', "+") {
        return Err(wrong("Invalid signature - provided signature does not match."));
    }
    let at_ms = timestamp.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1_000));
    let at_ms = at_ms.filter(|at| (call.at_ms - at).abs() <= WINDOW_MS).ok_or_else(|| wrong("Invalid timestamp."))?;
    let mut nonces = lock(&shared.nonces);
    nonces.retain(|_, at| (call.at_ms - *at).abs() <= WINDOW_MS);
    if nonces.insert(nonce.to_owned(), at_ms).is_some() {
        return Err(wrong("Invalid nonce - nonce has already been used."));
    }
    Ok(())
}

/// RFC 5849, 3.4.1: method, address and sorted parameters, each encoded once more.
fn base_string(call: &Call, parameters: &[(String, String)]) -> String {
    let signed = parameters.iter().filter(|(name, _)| name != "oauth_signature");
    let sorted: BTreeMap<String, String> = signed.map(|(name, value)| (encode(name), encode(value))).collect();
    let joined: Vec<String> = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let url = format!("{}{}", call.base_url("http://atelier-cana.example"), call.path);
    format!("{}&{}&{}", call.method, encode(&url), encode(&joined.join("&")))
}

fn sign<M: Mac + KeyInit>(text: &str) -> String {
    let key = format!("{}&", account::WOOCOMMERCE_SECRET);
    let Ok(mut mac) = M::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// RFC 3986: only letters, digits and `-._~` stay.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_unreserved_is_escaped() {
        assert_eq!(encode("status[0]=a b~ă"), "status%5B0%5D%3Da%20b~%C4%83");
    }
}
