//! What a field's name says of its value, however it is written: `billing_phone`, `billingPhone`, `Billing phone`.
//!
//! One list for a viewer's answers, the audit log, erasure and the webhook inbox. What each of them masks beside these stands with
//! it, and differs on purpose.

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Mail,
    Phone,
    Code,
    /// A company's tax id, or a person's code.
    TaxId,
}

/// Parts of names, without what stands between their words.
const CODES: &[&str] =
    &["cnp", "personalcode", "personalid", "personalnumber", "codpersonal", "codnumeric", "nationalid", "nationalcode"];
const PHONES: &[&str] = &["phone", "telefon", "mobil", "whatsapp"];
const MAILS: &[&str] = &["mail"];
const TAX_IDS: &[&str] = &["taxid", "vatcode", "vatnumber", "vatid", "fiscalcode", "codfiscal"];
/// Too short for a part: these are words of a name.
const PHONE_WORDS: &[&str] = &["tel", "fax", "gsm"];
const TAX_ID_WORDS: &[&str] = &["cif", "cui"];
/// A way to pay, and no telephone.
const NO_PHONE: &str = "mobilpay";

/// A name in small letters, without what stands between its words.
pub fn bare(name: &str) -> String {
    name.chars().filter(|sign| !matches!(sign, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// What a field holds by its name; `None` where the name says nothing of it.
pub fn told_by(name: &str) -> Option<Told> {
    let bare = bare(name).replace(NO_PHONE, "");
    let has = |parts: &[&str]| parts.iter().any(|part| bare.contains(part));
    let is_word = |wanted: &[&str]| words(name).iter().any(|word| wanted.contains(&word.as_str()));
    if has(CODES) {
        Some(Told::Code)
    } else if has(PHONES) || is_word(PHONE_WORDS) {
        Some(Told::Phone)
    } else if has(MAILS) {
        Some(Told::Mail)
    } else if has(TAX_IDS) || is_word(TAX_ID_WORDS) {
        Some(Told::TaxId)
    } else {
        None
    }
}

/// The words of a name in small letters, without a number behind them (`tel2`).
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for sign in name.chars() {
        if !sign.is_alphanumeric() || sign.is_uppercase() && was_small {
            words.push(String::new());
        }
        if sign.is_alphabetic() {
            words.last_mut().into_iter().for_each(|word| word.extend(sign.to_lowercase()));
        }
        was_small = sign.is_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_its_field_holds_however_it_is_written() {
        for (told, names) in [
            (Told::Mail, ["email", "billing_email", "ElectronicMail", "e-mail"]),
            (Told::Phone, ["billing_mobile", "shippingMobil", "Telefon 2", "tel2"]),
            (Told::Phone, ["billing_tel", "clientTel", "fax", "nr. GSM"]),
            (Told::Code, ["_billing_cnp", "national_id", "personalId", "Cod numeric personal"]),
            (Told::TaxId, ["client_cui", "CIF", "taxId", "vat_number"]),
        ] {
            for name in names {
                assert_eq!(told_by(name), Some(told), "{name}");
            }
        }
    }

    #[test]
    fn a_name_that_only_looks_alike_says_nothing() {
        for name in ["mobilpay_transaction", "hotel", "intelligence", "specific", "circuit_until", "person", "id", ""] {
            assert_eq!(told_by(name), None, "{name}");
        }
    }
}
