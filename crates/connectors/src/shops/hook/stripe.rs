//! Stripe: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=…]` over `t.body`, with the endpoint's secret as it is written. The
//! session is read again, for the order of events is not promised.
//!
//! Source: protocol note on shops, 3.3.

use super::signature::{decode_hex, is_hmac, text_of};
use super::{Checked, MAX_NAME, MAX_SIGNATURES, Subject, Verdict, is_stale};
use http::HeaderMap;
use secrecy::SecretString;
use serde_json::Value;

pub(super) fn check(secrets: &[SecretString], headers: &HeaderMap, body: &[u8], now_ms: i64) -> Checked {
    let checked = Checked::new(Verdict::Accepted);
    let Some(header) = headers.get("stripe-signature").and_then(|value| value.to_str().ok()) else {
        return checked.judged(Verdict::NoSignature);
    };
    let (time, signatures) = parts_of(header);
    let sent_s = time.and_then(|time| time.parse::<i64>().ok());
    let checked = Checked { sent_ms: sent_s.and_then(|seconds| seconds.checked_mul(1000)), ..checked };
    let keys: Vec<&str> = secrets.iter().filter_map(text_of).collect();
    if keys.is_empty() {
        return checked.judged(Verdict::NoSecret);
    }
    let (Some(time), Some(sent_ms)) = (time, checked.sent_ms) else { return checked.judged(Verdict::BadSignature) };
    let parts: [&[u8]; 3] = [time.as_bytes(), b".", body];
    let is_signed =
        signatures.iter().any(|signature| keys.iter().any(|key| is_hmac(key.as_bytes(), &parts, signature)));
    if !is_signed {
        return checked.judged(Verdict::BadSignature);
    }
    // known only now: what an unsigned body says of itself is not kept
    let event: Option<Value> = serde_json::from_slice(body).ok();
    let named = |key: &str| Some(event.as_ref()?.get(key)?.as_str()?.trim().to_owned());
    let (id, topic) = (named("id"), named("type").unwrap_or_default());
    let id = id.filter(|id| id.starts_with("evt_") && id.len() <= MAX_NAME);
    let topic = topic.chars().take(MAX_NAME).collect();
    let checked = Checked { delivery_id: id.clone(), event_id: id, topic, ..checked };
    if is_stale(sent_ms, now_ms) {
        return checked.judged(Verdict::Stale);
    }
    match event {
        Some(event) if checked.delivery_id.is_some() && !checked.topic.is_empty() => {
            Checked { subject: subject_of(&checked.topic, &event), ..checked }
        }
        _ => checked.judged(Verdict::Unreadable),
    }
}

/// The time as it was signed, and the signatures of the scheme in use; other schemes are passed over.
fn parts_of(header: &str) -> (Option<&str>, Vec<Vec<u8>>) {
    let mut time = None;
    let mut signatures = Vec::new();
    for (name, value) in header.split(',').filter_map(|part| part.trim().split_once('=')) {
        match name {
            "t" if time.is_none() => time = Some(value),
            "v1" if signatures.len() < MAX_SIGNATURES => signatures.extend(decode_hex(value)),
            _ => {}
        }
    }
    (time, signatures)
}

fn subject_of(topic: &str, event: &Value) -> Subject {
    if topic.starts_with("checkout.session.") {
        // a card that is kept, nothing that is bought; or a subscription, which its invoices are the orders of
        if matches!(event.pointer("/data/object/mode").and_then(Value::as_str), Some("setup" | "subscription")) {
            return Subject::Nothing;
        }
        let id = event.pointer("/data/object/id").and_then(Value::as_str);
        return id.filter(|id| is_session_id(id)).map_or(Subject::Poll, |id| Subject::Order(id.to_owned()));
    }
    // these name a payment, and the session only through it; an invoice may be of a session that is the order already
    if topic == "invoice.paid"
        || topic == "charge.refunded"
        || topic.starts_with("charge.refund.")
        || topic.starts_with("refund.")
    {
        return Subject::Poll;
    }
    Subject::Nothing
}

fn is_session_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.starts_with("cs_") && text.len() <= MAX_NAME && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_scheme_in_use_is_read_of_the_header() {
        let (time, signatures) = parts_of("t=12, v1=00ff,v0=aaaa,v1=01,v1=zz,t=13");
        assert_eq!((time, signatures), (Some("12"), vec![vec![0, 255], vec![1]]));
        assert_eq!(parts_of("nonsense"), (None, vec![]));
    }
}
