//! What must never stand in a log: credentials in headers, addresses and bodies, and personal numbers (CNP).

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

static PERSONAL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[1-9]\d{12}\b").expect("checked by its test"));

/// Weights of a CNP's check digit.
const CNP_WEIGHTS: [u32; 12] = [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9];

/// The text with every credential and every valid CNP masked.
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
    PERSONAL.replace_all(text, |found: &Captures<'_>| {
        let number = &found[0];
        if is_cnp(number) { format!("{}••••••••••••", &number[..1]) } else { number.to_owned() }
    })
}

/// Thirteen digits with a month and a right check digit: instants in milliseconds must stay readable.
fn is_cnp(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let month = digits[3] * 10 + digits[4];
    let sum: u32 = digits.iter().zip(CNP_WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let check = if sum % 11 == 10 { 1 } else { sum % 11 };
    (1..=12).contains(&month) && check == digits[12]
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
        assert_eq!(redact("cif 1960101123456!"), "cif 1••••••••••••!", "a well-formed CNP");
        assert_eq!(redact("at 1795527395000 ms"), "at 1795527395000 ms");
        assert_eq!(redact("ean 5941234567890"), "ean 5941234567890");
    }

    #[test]
    fn plain_words_stay() {
        let text = "issued FCT 0007 for order #10401, PNT-7K3QM4X2ZPV, basic data";
        assert_eq!(redact(text), text);
    }
}
