//! What must never stand in a log: credentials in headers, addresses and bodies, e-mail addresses, telephone numbers, and personal
//! numbers (CNP).

use punte_domain::personal::{MASK, mask};
use regex::{Captures, Regex};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::LazyLock;

static SECRETS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        // `Authorization: Basic …`, `Bearer …`
        r"(?i)(?P<scheme>\b(?:basic|bearer)\s+)[A-Za-z0-9+/=._~-]{6,}",
        // `client_secret=…`, `"token":"…"`, `consumer_secret\":\"…`
        r#"|(?P<key>\b(?:client_secret|consumer_secret|access_token|api_key|passphrase|password|secret|token)\\?"?\s*[=:]\s*\\?"?)"#,
        r#"[^\s"&\\,}]{4,}"#,
        // the secret half of a WooCommerce key pair
        r"|(?P<woo>\bcs_)[0-9A-Za-z]{8,}",
    ))
    .expect("checked by its test")
});

/// The text with every credential masked, every telephone number and valid CNP; of an e-mail address its first letter and its host stay.
pub fn redact(text: &str) -> Cow<'_, str> {
    let masked = SECRETS.replace_all(text, |found: &Captures<'_>| {
        let kept = ["scheme", "key", "woo"].iter().find_map(|name| found.name(name)).map_or("", |part| part.as_str());
        format!("{kept}•••")
    });
    match masked {
        Cow::Borrowed(text) => mask(text),
        Cow::Owned(text) => Cow::Owned(mask(&text).into_owned()),
    }
}

/// The same for a line of JSON, which stays one: what is masked of a bare number would leave none.
pub(crate) fn redact_line(line: &str) -> Cow<'_, str> {
    let masked = redact(line);
    if matches!(masked, Cow::Borrowed(_)) || serde_json::from_str::<serde::de::IgnoredAny>(&masked).is_ok() {
        return masked;
    }
    let Ok(mut event) = serde_json::from_str::<Value>(line) else { return masked };
    mask_values(&mut event, "");
    let end = if line.ends_with('\n') { "\n" } else { "" };
    Cow::Owned(format!("{event}{end}"))
}

/// What a value is called decides with it: `token=12345`.
fn mask_values(value: &mut Value, name: &str) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, inner)| mask_values(inner, name)),
        Value::Array(items) => items.iter_mut().for_each(|item| mask_values(item, name)),
        Value::String(text) => {
            let named = format!("{name}={text}");
            *text = match redact(&named) {
                Cow::Borrowed(_) => return,
                Cow::Owned(masked) => masked.strip_prefix(&format!("{name}=")).unwrap_or(MASK).to_owned(),
            };
        }
        // an instant has as many digits as a personal number, and may agree with its control digit
        Value::Number(number) if !name.ends_with("_ms") => {
            if matches!(redact(&format!("{name}={number}")), Cow::Owned(_)) {
                *value = MASK.into();
            }
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_masked_wherever_they_stand() {
        for (text, secret) in [
            ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
            (r#"{"authorization":"Bearer 3f2504e04f89"}"#, "3f2504e04f89"),
            ("client_id=a%40b.ro&client_secret=5f2a9c7e&x=1", "5f2a9c7e"),
            (r#"{"access_token":"9a8b7c6d","expires_in":3600}"#, "9a8b7c6d"),
            (r#""body":"{\"token\":\"tok-12345\"}""#, "tok-12345"),
            ("?consumer_key=ck_1234567890&consumer_secret=cs_0987654321abc", "0987654321abc"),
            ("key cs_0987654321abcdef refused", "0987654321abcdef"),
            ("password: parola1234", "parola1234"),
        ] {
            let masked = redact(text);
            assert!(!masked.contains(secret), "{masked}");
            assert!(masked.contains("•••"), "{masked}");
        }
        assert!(redact(r#"{"access_token":"9a8b7c6d","expires_in":3600}"#).contains("\"expires_in\":3600"));
    }

    #[test]
    fn a_personal_number_is_masked_and_an_instant_is_not() {
        assert_eq!(redact("cif 1980101123452!"), "cif •••!", "a well-formed CNP");
        assert_eq!(redact("at 1795527395000 ms"), "at 1795527395000 ms");
        assert_eq!(redact("ean 5941234567890"), "ean 5941234567890");
    }

    #[test]
    fn an_address_is_masked_wherever_it_stands_and_the_line_stays_readable() {
        for (text, masked) in [
            (r#"{"message":"no such client ana.pop@shop.ro"}"#, r#"{"message":"no such client a•••@shop.ro"}"#),
            (
                r#""url":"https://x.ro/find?email=ana%40shop.ro&page=2""#,
                r#""url":"https://x.ro/find?email=a•••%40shop.ro&page=2""#,
            ),
            (r#""body":"{\"email\":\"ana@shop.ro\"}""#, r#""body":"{\"email\":\"a•••@shop.ro\"}""#),
        ] {
            assert_eq!(redact(text), masked);
        }
    }

    #[test]
    fn a_telephone_number_is_masked_and_what_only_looks_like_one_is_not() {
        assert_eq!(redact("sunați la 0740 123 456, seara"), "sunați la •••, seara");
        assert_eq!(
            redact("ord_0740123456 of 2026-11-27T10:00:00.074012Z"),
            "ord_0740123456 of 2026-11-27T10:00:00.074012Z"
        );
    }

    #[test]
    fn a_line_stays_json_whatever_is_masked_in_it() {
        let line = concat!(
            r#"{"cnp":1980101123452,"at_ms":1980101123452,"token":12345,"count":7,"client":{"tel":["+40740123456"]},"#,
            r#""secret":"abcdef","message":"0740123456"}"#,
            "\n"
        );
        let masked = redact_line(line);
        let event: Value = serde_json::from_str(&masked).unwrap();
        assert!(masked.ends_with('\n'));
        assert_eq!((&event["cnp"], &event["token"]), (&Value::from(MASK), &Value::from(MASK)));
        assert_eq!((&event["at_ms"], &event["count"]), (&Value::from(1_980_101_123_452_i64), &Value::from(7)));
        assert_eq!((&event["client"]["tel"][0], &event["message"]), (&Value::from(MASK), &Value::from(MASK)));
        assert!(!masked.contains("abc"), "{masked}");
        assert_eq!(redact_line("not json ana@shop.ro"), "not json a•••@shop.ro");
    }

    #[test]
    fn plain_words_stay() {
        let text = "issued FCT 0007 for order #10401, PNT-7K3QM4X2ZPV, basic data";
        assert_eq!(redact(text), text);
    }
}
