//! Romanian tax identifiers and the checks that they carry in themselves.
//!
//! Source: the control-digit rules for CUI (weights 753217532) and CNP (weights 279146358279), as published and checked
//! against known companies. Whether a company is registered for VAT is not derivable from the number: never guessed here.

use serde::{Deserialize, Serialize};

/// A company's fiscal code: digits apart from the `RO` that marks VAT registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cui {
    pub digits: String,
    /// The text carried `RO`, the mark of a VAT-registered company.
    pub vat_registered: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxIdError {
    #[error("\"{0}\" is not a CUI: two to ten digits, with or without RO in front")]
    NotACui(String),
    #[error("CUI {text} fails its control digit: {expected} was expected at the end")]
    CuiControlDigit { text: String, expected: u8 },
}

/// Reads a CUI such as `RO12345674`, `ro 12345674` or `12345674`.
pub fn parse_cui(text: &str) -> Result<Cui, TaxIdError> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.' && *c != '-').collect();
    let upper = compact.to_ascii_uppercase();
    let (digits, vat_registered) = match upper.strip_prefix("RO") {
        Some(rest) => (rest, true),
        None => (upper.as_str(), false),
    };
    if digits.len() < 2 || digits.len() > 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(TaxIdError::NotACui(text.chars().take(24).collect()));
    }
    let (body, control) = digits.split_at(digits.len() - 1);
    let expected = cui_control_digit(body);
    if control.as_bytes()[0] - b'0' != expected {
        return Err(TaxIdError::CuiControlDigit { text: upper.clone(), expected });
    }
    Ok(Cui { digits: digits.to_owned(), vat_registered })
}

/// Control digit of a CUI's body (all digits but the last; at most nine).
fn cui_control_digit(body: &str) -> u8 {
    const WEIGHTS: [u32; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let pad = WEIGHTS.len() - body.len();
    let sum: u32 = body.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * WEIGHTS[pad + i]).sum();
    let rest = sum * 10 % 11;
    if rest == 10 { 0 } else { rest as u8 }
}

/// Checks the code of somebody who issues invoices: a CUI, or the CNP of a person who practises a profession and has no code of
/// its own.
///
/// # Errors
/// Why it is no CUI.
pub fn check_issuer(text: &str) -> Result<(), TaxIdError> {
    match parse_cui(text) {
        Err(_) if cnp_is_consistent(text.trim()) => Ok(()),
        read => read.map(drop),
    }
}

/// Whether a 13-digit CNP carries the right control digit. County and day are not judged: unusual ones exist.
pub fn cnp_is_consistent(text: &str) -> bool {
    const WEIGHTS: [u32; 12] = [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9];
    let bytes = text.as_bytes();
    if bytes.len() != 13 || !bytes.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = WEIGHTS.iter().zip(bytes).map(|(weight, byte)| weight * u32::from(byte - b'0')).sum();
    let rest = sum % 11;
    let expected = if rest == 10 { 1 } else { rest };
    u32::from(bytes[12] - b'0') == expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_issues_has_a_cui_or_is_a_person() {
        assert_eq!(check_issuer("RO14399840"), Ok(()));
        assert_eq!(check_issuer(" 1800101221144 "), Ok(()));
        assert!(check_issuer("RO14399841").is_err() && check_issuer("1800101221145").is_err());
    }

    #[test]
    fn known_companies_pass() {
        for text in ["14399840", "RO18547290", "14837428", "37311090", "13548146", "361757", "ro 12345674"] {
            assert!(parse_cui(text).is_ok(), "{text} is a real or generated valid CUI");
        }
    }

    #[test]
    fn a_wrong_control_digit_says_which_was_expected() {
        assert_eq!(parse_cui("14399841"), Err(TaxIdError::CuiControlDigit { text: "14399841".into(), expected: 0 }));
    }

    #[test]
    fn ro_is_kept_apart_from_the_digits() {
        assert_eq!(parse_cui("RO12345674"), Ok(Cui { digits: "12345674".into(), vat_registered: true }));
        assert!(!parse_cui("12345674").unwrap().vat_registered, "no RO, no VAT registration claimed");
    }

    #[test]
    fn text_that_is_no_cui_is_refused() {
        for text in ["", "RO", "1", "12345678901", "RO12A4", "Ionescu"] {
            assert!(matches!(parse_cui(text), Err(TaxIdError::NotACui(_))), "{text:?}");
        }
    }

    #[test]
    fn cnp_control_digit() {
        assert!(cnp_is_consistent("1980101123452"));
        assert!(!cnp_is_consistent("1980101123453"));
        assert!(!cnp_is_consistent("198010112345"));
    }
}
