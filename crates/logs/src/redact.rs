//! What must never stand in a log: credentials in headers, addresses and bodies, e-mail addresses, and personal numbers (CNP).

use punte_domain::personal::{Tells, mask_only};
use regex::{Captures, Regex};
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

/// The text with every credential masked, and every valid CNP; of an e-mail address its first letter and its host stay.
pub fn redact(text: &str) -> Cow<'_, str> {
    let masked = SECRETS.replace_all(text, |found: &Captures<'_>| {
        let kept = ["scheme", "key", "woo"].iter().find_map(|name| found.name(name)).map_or("", |part| part.as_str());
        format!("{kept}•••")
    });
    match masked {
        Cow::Borrowed(text) => mask_personal(text),
        Cow::Owned(text) => Cow::Owned(mask_personal(&text).into_owned()),
    }
}

fn mask_personal(text: &str) -> Cow<'_, str> {
    mask_only(text, &[Tells::Mail, Tells::Code])
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
    fn plain_words_stay() {
        let text = "issued FCT 0007 for order #10401, PNT-7K3QM4X2ZPV, basic data";
        assert_eq!(redact(text), text);
    }
}
