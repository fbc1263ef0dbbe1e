//! Signatures over raw bytes. Comparing takes the same time wherever two signatures differ.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Base64 as shops write it: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.trim()).ok()
}

pub(super) fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()).collect()
}

/// A secret as it was entered, without the blanks that pasting leaves around it; `None` where nothing is left, for an empty
/// key is one that anybody has.
pub(super) fn text_of(secret: &SecretString) -> Option<&str> {
    Some(secret.expose_secret().trim()).filter(|text| !text.is_empty())
}

/// Whether `signature` is the HMAC-SHA256 of the parts, one after the other.
pub(super) fn is_hmac(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    // HMAC takes a key of any length
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_rfc_4231_holds_and_any_other_byte_does_not() {
        let mut expected = decode_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843").unwrap();
        let parts: [&[u8]; 2] = [b"what do ya want ", b"for nothing?"];
        assert!(is_hmac(b"Jefe", &parts, &expected));
        assert!(!is_hmac(b"jefe", &parts, &expected));
        assert!(!is_hmac(b"Jefe", &parts, &expected[..16]), "a part of a signature is none");
        expected[31] ^= 1;
        assert!(!is_hmac(b"Jefe", &parts, &expected));
    }

    #[test]
    fn base64_is_read_with_padding_and_without_and_hex_in_pairs() {
        assert_eq!(decode_base64("cGxhcw==").as_deref(), Some(b"plas".as_slice()));
        assert_eq!(decode_base64("cGxhcw").as_deref(), Some(b"plas".as_slice()));
        assert_eq!(decode_base64("not base64!"), None);
        assert_eq!(decode_hex("00fF"), Some(vec![0, 255]));
        assert_eq!((decode_hex("0"), decode_hex("zz")), (None, None));
    }
}
