//! Standard Webhooks 1.0.0: `{id}.{timestamp}.{body}`, signed with a shared secret (`v1`) or the sender's own key (`v1a`).
//! The signed body itself is the order's version, for nothing can be asked of the sender.
//!
//! Source: protocol note on shops, 3.4; the specification of standard-webhooks/standard-webhooks.

use super::signature::{decode_base64, is_hmac, text_of};
use super::{Checked, MAX_NAME, MAX_SIGNATURES, Subject, Verdict, header, is_stale};
use ed25519_dalek::{Signature, VerifyingKey};
use http::HeaderMap;
use secrecy::SecretString;
use serde_json::Value;

/// Bytes of a shared secret: the specification's lower bound. Fewer could be guessed.
const SHORTEST_KEY: usize = 24;

/// What a signature is checked with.
pub(super) enum Key {
    /// `whsec_` and 24 bytes or more in base64; senders write it without its prefix too.
    Shared(Vec<u8>),
    /// `whpk_` and an Ed25519 public key in base64.
    Public(VerifyingKey),
}

pub(super) fn key_of(secret: &SecretString) -> Option<Key> {
    let text = text_of(secret)?;
    if let Some(public) = text.strip_prefix("whpk_") {
        let bytes: [u8; 32] = decode_base64(public)?.try_into().ok()?;
        let key = VerifyingKey::from_bytes(&bytes).ok()?;
        return (!key.is_weak()).then_some(Key::Public(key));
    }
    let bytes = decode_base64(text.strip_prefix("whsec_").unwrap_or(text))?;
    (bytes.len() >= SHORTEST_KEY).then_some(Key::Shared(bytes))
}

impl Key {
    /// Whether an entry of the signature header (`v1,…` or `v1a,…`) is this key's over the content.
    fn signed(&self, entry: &str, content: &[&[u8]]) -> bool {
        let Some((version, signature)) = entry.split_once(',') else { return false };
        let Some(signature) = decode_base64(signature) else { return false };
        match (self, version) {
            (Key::Shared(key), "v1") => is_hmac(key, content, &signature),
            (Key::Public(key), "v1a") => Signature::from_slice(&signature)
                .is_ok_and(|signature| key.verify_strict(&content.concat(), &signature).is_ok()),
            _ => false,
        }
    }
}

pub(super) fn check(secrets: &[SecretString], headers: &HeaderMap, body: &[u8], now_ms: i64) -> Checked {
    let id = header(headers, "webhook-id");
    let time = header(headers, "webhook-timestamp");
    let sent_s = time.as_deref().and_then(|time| time.parse::<i64>().ok());
    let checked = Checked {
        delivery_id: id.clone(),
        sent_ms: sent_s.and_then(|seconds| seconds.checked_mul(1000)),
        ..Checked::new(Verdict::Accepted)
    };
    let Some(signatures) = headers.get("webhook-signature").and_then(|value| value.to_str().ok()) else {
        return checked.judged(Verdict::NoSignature);
    };
    let keys: Vec<Key> = secrets.iter().filter_map(key_of).collect();
    if keys.is_empty() {
        return checked.judged(Verdict::NoSecret);
    }
    // a dot in the id would let one signed content be read as another
    let (Some(id), Some(time), Some(sent_ms)) = (id.filter(|id| !id.contains('.')), time, checked.sent_ms) else {
        return checked.judged(Verdict::BadSignature);
    };
    let content: [&[u8]; 5] = [id.as_bytes(), b".", time.as_bytes(), b".", body];
    let is_signed = signatures
        .split_ascii_whitespace()
        .take(MAX_SIGNATURES)
        .any(|entry| keys.iter().any(|key| key.signed(entry, &content)));
    if !is_signed {
        return checked.judged(Verdict::BadSignature);
    }
    let message = read_message(body);
    let topic = message.as_ref().map(|topic| topic.chars().take(MAX_NAME).collect()).unwrap_or_default();
    let checked = Checked { topic, ..checked };
    if is_stale(sent_ms, now_ms) {
        return checked.judged(Verdict::Stale);
    }
    match message {
        None => checked.judged(Verdict::Unreadable),
        Some(topic) if topic.starts_with("order.") => Checked { subject: Subject::Payload, ..checked },
        Some(_) => checked,
    }
}

/// The type of a message of the specification's shape: `{"type", "timestamp", "data"}`.
fn read_message(body: &[u8]) -> Option<String> {
    let message: Value = serde_json::from_slice(body).ok()?;
    let topic = message.get("type")?.as_str()?.trim();
    let is_whole = message.get("timestamp")?.is_string() && message.get("data")?.is_object();
    (is_whole && !topic.is_empty()).then(|| topic.to_owned())
}
