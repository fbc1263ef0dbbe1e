//! What puts failures into one group: the kind, which known answer of the provider it was, and the field that it names.
//!
//! Two records share a fingerprint when one fix mends both: another product or order number makes no other cause.

use crate::failure::{Failure, FailureKind};

/// Words that are not known are told apart by so many characters at most.
const WORDS: usize = 120;

/// The cause of a failure, as one text: the same for every record that fails for it.
pub fn fingerprint(failure: &Failure) -> String {
    let what = match &failure.code {
        Some(code) => code.to_string(),
        None => match failure.kind {
            FailureKind::RefusedOther | FailureKind::RequestInvalid => {
                failure.provider_words.as_deref().map(gist).unwrap_or_default()
            }
            _ => String::new(),
        },
    };
    let detail = failure.detail.as_deref().unwrap_or_default();
    let named = match failure.kind {
        // the value is the cause: another rate or series wants another fix
        FailureKind::VatRateNotLegal
        | FailureKind::VatRateUnknown
        | FailureKind::FlowIncomplete
        | FailureKind::SeriesUnknown
            if failure.code.is_none() =>
        {
            detail.rsplit(": ").next().unwrap_or_default().to_owned()
        }
        _ => field_of(detail).unwrap_or_default(),
    };
    format!("{}|{what}|{named}", failure.kind.as_str())
}

/// The field that a detail begins with (`lines[1].vat_rate: 19` → `lines[].vat_rate`).
fn field_of(detail: &str) -> Option<String> {
    let field = detail.split(": ").next()?.trim();
    let is_field = !field.is_empty()
        && field.contains('.')
        && field.starts_with(|c: char| c.is_ascii_alphabetic())
        && field.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '[' | ']'));
    is_field.then(|| field.chars().filter(|c| !c.is_ascii_digit()).collect())
}

/// Words without what differs from record to record: numbers, and what stands between quotes. A quote that nothing closes
/// (`1/2"`) hides nothing.
fn gist(words: &str) -> String {
    let is_quote = |c: char| matches!(c, '"' | '\u{201e}' | '\u{201c}' | '\u{201d}');
    let mut gist = String::new();
    let mut rest = words.chars();
    while let Some(c) = rest.next() {
        let left = rest.as_str();
        match c {
            _ if is_quote(c) && left.contains(is_quote) => rest.by_ref().take_while(|c| !is_quote(*c)).for_each(drop),
            _ if c.is_alphabetic() => gist.extend(c.to_lowercase()),
            _ if c.is_ascii_digit() => {
                if !gist.ends_with('#') {
                    gist.push('#');
                }
            }
            _ => {
                if !gist.ends_with(' ') {
                    gist.push(' ');
                }
            }
        }
    }
    gist.trim().chars().take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Phase;

    fn failure(kind: FailureKind) -> Failure {
        Failure::new(kind, Phase::Refused, "create invoice", "order 1042")
    }

    #[test]
    fn one_answer_of_the_provider_is_one_cause_whatever_the_product() {
        let said = |words: &str| {
            failure(FailureKind::VatRateUnknown).with_code("smartbill", "vat_of_product").with_words(words)
        };
        let (one, other) =
            (said("Cota tva a produsului Cană nu a fost gasita"), said("Cota tva a produsului Farfurie nu"));
        assert_eq!(fingerprint(&one), "vat_rate_unknown|smartbill.vat_of_product|");
        assert_eq!(fingerprint(&one), fingerprint(&other));
        assert_ne!(
            fingerprint(&one),
            fingerprint(&failure(FailureKind::VatRateUnknown).with_code("smartbill", "vat_default"))
        );
    }

    #[test]
    fn the_field_counts_and_the_line_does_not() {
        let missing = |detail: &str| fingerprint(&failure(FailureKind::FieldMissing).with_detail(detail));
        assert_eq!(missing("lines[0].name"), missing("lines[12].name"));
        assert_ne!(missing("client.city"), missing("client.county"));
        assert_eq!(missing("a person wrote this"), "field_missing||");
    }

    #[test]
    fn the_value_is_the_cause_where_another_value_wants_another_fix() {
        let rate = |detail: &str| fingerprint(&failure(FailureKind::VatRateNotLegal).with_detail(detail));
        assert_eq!(rate("lines[0].vat_rate: 19"), rate("lines[3].vat_rate: 19"));
        assert_ne!(rate("lines[0].vat_rate: 19"), rate("lines[0].vat_rate: 24"));
    }

    #[test]
    fn unknown_words_are_told_apart_without_their_numbers_and_quotes() {
        let said = |words: &str| fingerprint(&failure(FailureKind::RefusedOther).with_words(words));
        assert_eq!(said("Comanda 1042 „Cană” e greșită."), said("Comanda 77 „Ceainic” e greșită."));
        assert_ne!(said("Comanda e greșită"), said("Clientul e greșit"));
        assert!(said(&"x".repeat(900)).len() < 200, "bounded");
    }

    #[test]
    fn a_quote_that_nothing_closes_hides_nothing() {
        assert_eq!(gist("Produsul \"Cană\" nu are cota"), gist("Produsul \"Farfurie 2\" nu are cota"));
        assert_eq!(gist("teava 1/2\" fara cota"), "teava # # fara cota");
        assert_ne!(gist("teava 1/2\" fara cota"), gist("teava 1/2\" fara pret"));
    }
}
