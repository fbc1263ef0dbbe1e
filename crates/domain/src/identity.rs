//! What makes a document unique, and the codes that are derived from it.
//!
//! The issue key decides that an order is invoiced once; the reference, printed in the document's mentions, is the one
//! thing by which it is found again at the provider. Both are derived, so that a restored backup derives the same.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a document is for the order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Proforma,
    Invoice,
    /// A storno or partial correction, named by the shop's refund id.
    Correction(String),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Role::Proforma => f.write_str("proforma"),
            Role::Invoice => f.write_str("invoice"),
            Role::Correction(refund) => write!(f, "correction:{refund}"),
        }
    }
}

/// Shop identity + order id + role + generation. The flow is not in it: a second flow that matches the same order
/// collides here and is held.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IssueKey {
    /// The shop's own identity (site address or account), not the id of our connection to it.
    pub shop_identity: String,
    pub order_id: String,
    pub role: Role,
    /// From 1.
    pub generation: u32,
}

impl fmt::Display for IssueKey {
    /// The parts are length-prefixed, so that no two keys share a text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = self.role.to_string();
        write!(
            f,
            "{}:{}|{}:{}|{}:{}|{}",
            self.shop_identity.len(),
            self.shop_identity,
            self.order_id.len(),
            self.order_id,
            role.len(),
            role,
            self.generation
        )
    }
}

/// 32 random bytes made with the workspace; survives backup, restore and export.
#[derive(Clone, PartialEq, Eq)]
pub struct WorkspaceSeed(pub [u8; 32]);

impl fmt::Debug for WorkspaceSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorkspaceSeed(…)")
    }
}

impl WorkspaceSeed {
    fn derive(&self, purpose: &str, text: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The `PNT-` code for an issue key.
    pub fn reference(&self, key: &IssueKey) -> Reference {
        let digest = self.derive("reference", &key.to_string());
        let mut body = base32_symbols(&digest, 10);
        body.push(check_symbol(&body));
        Reference(format!("PNT-{}", symbols_to_text(&body)))
    }

    /// The secret part of the address to which a connection's webhooks are sent: 32 characters of `[a-z0-9]`, others for
    /// every revision. Derived, so that a restored workspace answers to the same.
    pub fn hook_token(&self, connection_id: &str, revision: u32) -> String {
        let digest = self.derive("hook", &format!("{connection_id}#{revision}"));
        symbols_to_text(&base32_symbols(&digest, 32)).to_ascii_lowercase()
    }

    /// The provider's idempotency key: 27 characters of `[a-z0-9-]`, another for every revision.
    pub fn idempotency_key(&self, key: &IssueKey, revision: u32) -> String {
        let digest = self.derive("idempotency", &format!("{key}#{revision}"));
        format!("pnt-{}", symbols_to_text(&base32_symbols(&digest, 23)).to_ascii_lowercase())
    }
}

/// A `PNT-` code: ten Crockford base32 symbols and a check symbol (Luhn mod 32).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Reference(String);

impl Reference {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Accepts only a whole code whose check symbol is right.
    pub fn parse(text: &str) -> Option<Reference> {
        let body = text.strip_prefix("PNT-")?;
        if body.len() != 11 {
            return None;
        }
        let symbols: Vec<u8> = body.bytes().map(symbol_value).collect::<Option<_>>()?;
        let (data, check) = symbols.split_at(10);
        (check_symbol(data) == check[0]).then(|| Reference(text.to_owned()))
    }

    /// Every valid code in a text, in order of appearance. Tolerates white space inside a code, as PDF text has it.
    pub fn find_all(text: &str) -> Vec<Reference> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut found = Vec::new();
        for (at, _) in compact.match_indices("PNT-") {
            if let Some(reference) = compact.get(at..at + 15).and_then(Reference::parse)
                && !found.contains(&reference)
            {
                found.push(reference);
            }
        }
        found
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Reference::parse(&text).ok_or_else(|| serde::de::Error::custom("not a reference of ours"))
    }
}

fn base32_symbols(bytes: &[u8], count: usize) -> Vec<u8> {
    (0..count)
        .map(|i| {
            let bit = i * 5;
            let pair = u16::from(bytes[bit / 8]) << 8 | u16::from(*bytes.get(bit / 8 + 1).unwrap_or(&0));
            ((pair >> (11 - bit % 8)) & 31) as u8
        })
        .collect()
}

fn symbols_to_text(symbols: &[u8]) -> String {
    symbols.iter().map(|s| char::from(CROCKFORD[usize::from(*s)])).collect()
}

fn symbol_value(byte: u8) -> Option<u8> {
    CROCKFORD.iter().position(|c| *c == byte).map(|i| i as u8)
}

/// Luhn mod 32: catches every wrong symbol and nearly every swap of neighbours.
fn check_symbol(symbols: &[u8]) -> u8 {
    let sum: u32 = symbols
        .iter()
        .rev()
        .enumerate()
        .map(|(i, symbol)| {
            let addend = u32::from(*symbol) * if i % 2 == 0 { 2 } else { 1 };
            addend / 32 + addend % 32
        })
        .sum();
    ((32 - sum % 32) % 32) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(order: &str, generation: u32) -> IssueKey {
        IssueKey { shop_identity: "https://cana.ro".into(), order_id: order.into(), role: Role::Invoice, generation }
    }

    #[test]
    fn a_reference_is_derived_and_checks_itself() {
        let seed = WorkspaceSeed([7; 32]);
        let reference = seed.reference(&key("1042", 1));
        assert_eq!(reference, seed.reference(&key("1042", 1)), "same key, same code, also after a restore");
        assert_ne!(reference, seed.reference(&key("1042", 2)));
        assert_ne!(reference, WorkspaceSeed([8; 32]).reference(&key("1042", 1)));
        assert_eq!(Reference::parse(reference.as_str()), Some(reference.clone()));
        assert_eq!(reference.as_str().len(), 15);
    }

    #[test]
    fn every_single_wrong_symbol_is_caught() {
        let reference = WorkspaceSeed([7; 32]).reference(&key("1042", 1));
        for at in 4..15 {
            for symbol in CROCKFORD {
                let mut bytes = reference.as_str().as_bytes().to_vec();
                if bytes[at] == *symbol {
                    continue;
                }
                bytes[at] = *symbol;
                let text = String::from_utf8(bytes).unwrap();
                assert_eq!(Reference::parse(&text), None, "{text} differs in one symbol");
            }
        }
    }

    #[test]
    fn references_are_found_in_text_broken_by_a_pdf() {
        let reference = WorkspaceSeed([7; 32]).reference(&key("1042", 1));
        let (a, b) = reference.as_str().split_at(9);
        let text = format!("Mentiuni: Comanda #1042 {a}\n{b} PNT-0000 total 59,00");
        assert_eq!(Reference::find_all(&text), vec![reference]);
    }

    #[test]
    fn idempotency_keys_fit_the_provider_and_differ_by_revision() {
        let seed = WorkspaceSeed([7; 32]);
        let first = seed.idempotency_key(&key("1042", 1), 1);
        assert_eq!(first.len(), 27);
        assert!(first.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        assert_ne!(first, seed.idempotency_key(&key("1042", 1), 2));
    }

    #[test]
    fn no_two_issue_keys_share_a_text() {
        let a = IssueKey { shop_identity: "a|1:b".into(), order_id: "c".into(), role: Role::Invoice, generation: 1 };
        let b = IssueKey { shop_identity: "a".into(), order_id: "b|1:c".into(), role: Role::Invoice, generation: 1 };
        assert_ne!(a.to_string(), b.to_string());
    }
}
