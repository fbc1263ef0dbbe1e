//! Shopify: the body is signed with the app's client secret, or with the key that the store's settings show. Repeats carry
//! the first payload, so the order is read again.
//!
//! Source: protocol note on shops, 3.2.

use super::signature::{decode_base64, is_hmac, text_of};
use super::{Checked, Subject, Verdict, header};
use crate::scalar;
use chrono::DateTime;
use http::HeaderMap;
use secrecy::SecretString;
use serde_json::Value;

pub(super) fn check(secrets: &[SecretString], headers: &HeaderMap, body: &[u8]) -> Checked {
    let triggered = header(headers, "x-shopify-triggered-at");
    let checked = Checked {
        delivery_id: header(headers, "x-shopify-webhook-id"),
        event_id: header(headers, "x-shopify-event-id"),
        topic: header(headers, "x-shopify-topic").unwrap_or_default(),
        sent_ms: triggered.and_then(|text| Some(DateTime::parse_from_rfc3339(&text).ok()?.timestamp_millis())),
        ..Checked::new(Verdict::Accepted)
    };
    let Some(signature) = header(headers, "x-shopify-hmac-sha256") else {
        return checked.judged(Verdict::NoSignature);
    };
    let keys: Vec<&str> = secrets.iter().filter_map(text_of).collect();
    if keys.is_empty() {
        return checked.judged(Verdict::NoSecret);
    }
    let is_signed = decode_base64(&signature)
        .is_some_and(|signature| keys.iter().any(|key| is_hmac(key.as_bytes(), &[body], &signature)));
    if !is_signed {
        return checked.judged(Verdict::BadSignature);
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return checked.judged(Verdict::Unreadable) };
    let subject = subject_of(&checked.topic, &body);
    Checked { subject, ..checked }
}

/// The order that a topic's body names; a body about orders that names none is a reason to look.
fn subject_of(topic: &str, body: &Value) -> Subject {
    let (resource, event) = topic.split_once('/').unwrap_or((topic, ""));
    let path = match (resource, event) {
        ("orders", "edited") => "/order_edit/order_id",
        // the body of these is a part of the order, which they name
        ("orders", "risk_assessment_changed") | ("refunds" | "fulfillments" | "order_transactions", _) => "/order_id",
        ("orders", _) => "/id",
        _ => return Subject::Nothing,
    };
    let id = body.pointer(path).and_then(scalar::text_of);
    id.filter(|id| is_id(id)).map_or(Subject::Poll, Subject::Order)
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_topic_names_its_order_where_its_body_has_it() {
        let order = |id: &str| Subject::Order(id.to_owned());
        for (topic, body, expected) in [
            ("orders/updated", json!({ "id": 7 }), order("7")),
            ("orders/delete", json!({ "id": 7 }), order("7")),
            ("orders/edited", json!({ "order_edit": { "id": 1, "order_id": 7 } }), order("7")),
            ("refunds/create", json!({ "id": 1, "order_id": 7 }), order("7")),
            ("fulfillments/update", json!({ "id": 1, "order_id": 7 }), order("7")),
            ("orders/paid", json!({ "name": "#7" }), Subject::Poll),
            ("orders/paid", json!({ "id": "../7" }), Subject::Poll),
            ("products/update", json!({ "id": 7 }), Subject::Nothing),
            ("", json!({ "id": 7 }), Subject::Nothing),
        ] {
            assert_eq!(subject_of(topic, &body), expected, "{topic} {body}");
        }
    }
}
