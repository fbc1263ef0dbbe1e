//! What every provider needs before a draft can be sent: the printed text with our reference, a VAT rate's name, numbers
//! that JSON can carry. Failures here are of the prepare phase: nothing has left the machine.

use super::{DocumentKind, IssueRequest, VatRate};
use crate::call::{Operation, fold};
use crate::scalar::json_number;
use bytes::Bytes;
use punte_domain::{Draft, Failure, FailureKind, Phase, Reference};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Number;

/// Why a draft cannot be put into a provider's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsendable {
    pub kind: FailureKind,
    pub detail: String,
}

impl Unsendable {
    pub(crate) fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Unsendable { kind, detail: detail.into() }
    }

    pub(crate) fn failure(self, operation: &Operation) -> Failure {
        operation.failure(self.kind, Phase::Prepare).with_detail(self.detail)
    }
}

/// The create as an operation, named by the order.
pub(crate) fn create_operation(request: &IssueRequest, kind: DocumentKind) -> Operation {
    let name = match kind {
        DocumentKind::Invoice => "create invoice",
        DocumentKind::Proforma => "create proforma",
    };
    Operation::new(name, format!("order {}", request.order_number))
}

/// `<draft's own text> Comanda #<number> <reference>`: the one place by which a document is found again.
pub(crate) fn mentions(request: &IssueRequest) -> String {
    mentions_of(request.draft.mentions.trim(), &request.order_number, &request.reference)
}

/// The same for a document that has no draft: a storno, an invoice made from a proforma.
pub(crate) fn mentions_of(own: &str, order_number: &str, reference: &Reference) -> String {
    format!("{own} Comanda #{} {reference}", order_number.trim()).trim_start().to_owned()
}

/// A body's bytes.
pub(crate) fn json_body<T: Serialize>(body: &T) -> Result<Bytes, Unsendable> {
    let bytes = serde_json::to_vec(body).map(Bytes::from);
    bytes.map_err(|error| Unsendable::new(FailureKind::FieldInvalid, error.to_string()))
}

/// The rates that a body is shown with where nobody read the account's: every line's by its percentage, under the name that
/// was chosen for it, if one was.
pub(crate) fn assumed_rates(draft: &Draft) -> Vec<VatRate> {
    let mut rates: Vec<VatRate> = Vec::new();
    for line in &draft.lines {
        let rate = VatRate { name: line.vat_name.clone(), percent: line.vat_rate };
        if !rates.contains(&rate) {
            rates.push(rate);
        }
    }
    rates
}

/// A body as text to read.
pub(crate) fn shown_body<T: Serialize>(body: &T) -> Result<String, Unsendable> {
    serde_json::to_string_pretty(body).map_err(|error| Unsendable::new(FailureKind::FieldInvalid, error.to_string()))
}

/// What has problems is not sent, whoever asks for it: the first one, by its field.
pub(crate) fn check_draft(request: &IssueRequest) -> Result<(), Unsendable> {
    match request.draft.problems().into_iter().next() {
        None => Ok(()),
        Some(problem) if problem.detail.is_empty() => Err(Unsendable::new(problem.kind, problem.field)),
        Some(problem) => Err(Unsendable::new(problem.kind, format!("{}: {}", problem.field, problem.detail))),
    }
}

pub(crate) fn number(value: Decimal, field: &str) -> Result<Number, Unsendable> {
    json_number(value).ok_or_else(|| Unsendable::new(FailureKind::FieldInvalid, format!("{field}: {value}")))
}

/// A payment records money that came in: nothing and less than nothing are no payments.
pub(crate) fn check_amount(value: Decimal) -> Result<(), Unsendable> {
    if value > Decimal::ZERO {
        return Ok(());
    }
    Err(Unsendable::new(FailureKind::FieldInvalid, format!("payment.value: {value}")))
}

/// Names that are not a sale's plain rate although they may carry its percentage.
const SPECIAL: &[&str] = &["tva inclus", "taxare inversa", "veche"];

/// The account's name for a line's rate.
///
/// A name set on the line must exist with that percentage. Without one, the only name with the percentage is taken, or of
/// several the plain ones' first; several kinds of 0 % mean different things in law, so there a person must choose.
/// `Ok(None)`: the account has no rates at all (not a VAT payer) and the line has no VAT.
pub(crate) fn rate_name(rates: &[VatRate], percent: Decimal, wanted: &str) -> Result<Option<String>, Unsendable> {
    let unknown = |why: String| Err(Unsendable::new(FailureKind::VatRateUnknown, why));
    let shown = percent.normalize();
    if rates.is_empty() {
        return if percent.is_zero() { Ok(None) } else { unknown(format!("{shown} %: the company has no VAT rates")) };
    }
    let fitting: Vec<&VatRate> = rates.iter().filter(|rate| rate.percent == percent).collect();
    if !wanted.trim().is_empty() {
        return match fitting.iter().find(|rate| fold(&rate.name) == fold(wanted)) {
            Some(rate) => Ok(Some(rate.name.clone())),
            None => unknown(format!("{} {shown} %; {}", wanted.trim(), offered(rates))),
        };
    }
    let plain: Vec<&&VatRate> = fitting.iter().filter(|rate| !SPECIAL.contains(&fold(&rate.name).as_str())).collect();
    match (fitting.as_slice(), plain.as_slice()) {
        ([], _) => unknown(format!("{shown} %; {}", offered(rates))),
        ([only], _) => Ok(Some(only.name.clone())),
        (_, [first, others @ ..]) if others.is_empty() || !percent.is_zero() => Ok(Some(first.name.clone())),
        _ => unknown(format!("{shown} %: which of {}", names(&fitting))),
    }
}

fn offered(rates: &[VatRate]) -> String {
    rates.iter().map(|rate| format!("{} {} %", rate.name, rate.percent.normalize())).collect::<Vec<_>>().join(", ")
}

fn names(rates: &[&VatRate]) -> String {
    rates.iter().map(|rate| rate.name.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::fixtures::{request, vat};
    use rust_decimal::dec;

    fn rates() -> Vec<VatRate> {
        vec![vat("TVA Inclus", 21), vat("Normala", 21), vat("Redusa", 11), vat("SDD", 0), vat("SFDD", 0)]
    }

    fn detail(percent: Decimal, wanted: &str) -> String {
        let error = rate_name(&rates(), percent, wanted).unwrap_err();
        assert_eq!(error.kind, FailureKind::VatRateUnknown);
        error.detail
    }

    #[test]
    fn the_plain_rate_is_taken_for_its_percentage() {
        assert_eq!(rate_name(&rates(), dec!(21), ""), Ok(Some("Normala".into())));
        assert_eq!(rate_name(&rates(), dec!(11.00), ""), Ok(Some("Redusa".into())));
    }

    #[test]
    fn a_chosen_name_must_exist_with_that_percentage() {
        assert_eq!(rate_name(&rates(), dec!(0), "sfdd"), Ok(Some("SFDD".into())), "as the account writes it");
        assert!(detail(dec!(21), "Redusa").starts_with("Redusa 21 %; TVA Inclus 21 %"));
    }

    #[test]
    fn an_absent_rate_and_an_ambiguous_zero_are_held_with_what_there_is() {
        assert!(detail(dec!(19), "").contains("19 %; TVA Inclus 21 %, Normala 21 %"));
        assert_eq!(detail(dec!(0), ""), "0 %: which of SDD, SFDD");
    }

    #[test]
    fn a_company_without_vat_sends_none() {
        assert_eq!(rate_name(&[], dec!(0), ""), Ok(None));
        assert_eq!(rate_name(&[], dec!(21), "").unwrap_err().kind, FailureKind::VatRateUnknown);
    }

    #[test]
    fn the_reference_stands_last_in_the_mentions() {
        let mut request = request();
        let reference = request.reference.to_string();
        assert_eq!(mentions(&request), format!("Comanda #1001 {reference}"));
        request.draft.mentions = "Multumim! ".into();
        assert_eq!(mentions(&request), format!("Multumim! Comanda #1001 {reference}"));
    }
}
