//! WooCommerce: the body is signed, its topic and time are not. A delivery therefore only says which order to read again.
//!
//! Source: protocol note on shops, 3.1 (webhooks).

use super::signature::{decode_base64, is_hmac, text_of};
use super::{Checked, Subject, Verdict, header};
use crate::scalar;
use http::HeaderMap;
use secrecy::SecretString;
use serde_json::Value;

pub(super) fn check(secrets: &[SecretString], headers: &HeaderMap, body: &[u8]) -> Checked {
    let signature = header(headers, "x-wc-webhook-signature");
    if signature.is_none() && is_ping(body) {
        return Checked::new(Verdict::Ping);
    }
    let checked = Checked {
        delivery_id: header(headers, "x-wc-webhook-delivery-id"),
        topic: header(headers, "x-wc-webhook-topic").unwrap_or_default(),
        ..Checked::new(Verdict::Accepted)
    };
    let Some(signature) = signature else { return checked.judged(Verdict::NoSignature) };
    let mut keys = secrets.iter().filter_map(text_of).flat_map(spellings).peekable();
    if keys.peek().is_none() {
        return checked.judged(Verdict::NoSecret);
    }
    let is_signed = decode_base64(&signature).is_some_and(|signature| {
        let mut keys = keys;
        keys.any(|key| is_hmac(key.as_bytes(), &[body], &signature))
    });
    if !is_signed {
        return checked.judged(Verdict::BadSignature);
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return checked.judged(Verdict::Unreadable) };
    let subject = subject_of(&checked.topic, &body);
    Checked { subject, ..checked }
}

/// `webhook_id=17`: a form that WooCommerce sends unsigned when a webhook is made.
fn is_ping(body: &[u8]) -> bool {
    let digits = body.trim_ascii().strip_prefix(b"webhook_id=");
    digits.is_some_and(|digits| !digits.is_empty() && digits.len() <= 20 && digits.iter().all(u8::is_ascii_digit))
}

/// A secret as entered, and as WordPress may have kept it: it stores form fields with their entities encoded, and signs
/// with what it stored or with that decoded, by its age.
fn spellings(secret: &str) -> Vec<String> {
    let decoded = html_escape::decode_html_entities(secret).into_owned();
    let encoded = ["&&amp;", "<&lt;", ">&gt;", "\"&quot;", "'&#039;"].iter().fold(secret.to_owned(), |text, rule| {
        let (plain, entity) = rule.split_at(1);
        text.replace(plain, entity)
    });
    let mut all = vec![secret.to_owned()];
    for other in [decoded, encoded] {
        if !all.contains(&other) {
            all.push(other);
        }
    }
    all
}

fn subject_of(topic: &str, body: &Value) -> Subject {
    match topic.split_once('.').map_or(topic, |(resource, _)| resource) {
        "order" => {
            body.get("id").and_then(scalar::text_of).filter(|id| is_id(id)).map_or(Subject::Poll, Subject::Order)
        }
        // hooks of plugins, which carry only an argument of theirs
        "action" => Subject::Poll,
        _ => Subject::Nothing,
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_is_its_form_and_nothing_more() {
        for (body, expected) in [
            (b"webhook_id=17".as_slice(), true),
            (b"webhook_id=", false),
            (b"webhook_id=17&x=1", false),
            (b"{\"id\":7}", false),
            (b"", false),
        ] {
            assert_eq!(is_ping(body), expected, "{body:?}");
        }
    }

    #[test]
    fn a_secret_is_tried_as_entered_decoded_and_encoded() {
        assert_eq!(spellings("plain"), ["plain"]);
        assert_eq!(spellings("a&b'c"), ["a&b'c", "a&amp;b&#039;c"]);
        assert_eq!(spellings("a&amp;b"), ["a&amp;b", "a&b", "a&amp;amp;b"]);
    }
}
