//! What an answer of SmartBill means. `errorText` decides, not the status; then the shape; only then the status.
//!
//! Source: protocol note on SmartBill, section 3. Literals are compared without case and diacritics; parts of one entry
//! must appear in order, and the first entry that fits wins.

use crate::call::{Operation, fold, plain_words};
use crate::scalar::{flag_of, text_of};
use crate::transport::HttpAnswer;
use FailureKind as K;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::Value;

/// A ban by rate lasts ten minutes.
const BAN_MS: i64 = 10 * 60 * 1000;

pub(super) const LITERALS: &[(&[&str], FailureKind)] = &[
    // authentication and rights
    (&["autentificare esuata"], K::CredentialRefused),
    (&["firma la care incercati sa va conectati nu mai este disponibila"], K::CompanyUnavailable),
    (&["firma la care incercati sa va conectati nu este disponibila pentru acest utilizator"], K::RightMissing),
    (&["ciful firmei trebuie specificat"], K::FlowIncomplete),
    (&["nu aveti dreptul de a"], K::RightMissing),
    (&["s-a emis numarul maxim de documente permis"], K::PlanQuota),
    (&["firma este neplatitoare de tva"], K::VatRateUnknown),
    // document
    (&["seria nu a fost gasita"], K::SeriesUnknown),
    (&["tipul documentului nu poate fi"], K::RequestInvalid),
    (&["data documentului trebuie sa fie de forma"], K::RequestInvalid),
    (&["moneda nu a fost gasita pe server"], K::CurrencyUnknown),
    (&["intr-o perioada inchisa"], K::PeriodClosed),
    (&["limba nu a fost gasita pe server"], K::FieldInvalid),
    (&["numarul maxim acceptat de 400 intrari"], K::TooManyLines),
    // client
    (&["tara trebuie specificata"], K::ClientInvalid),
    (&["client invalid"], K::ClientInvalid),
    (&["clientul exista deja pe server"], K::ClientInvalid),
    // products; rates before the rest, for their texts name products too
    (&["cota tva a produsului", "nu a fost gasita pe server"], K::VatRateUnknown),
    (&["cota default nu a fost gasita pe server"], K::VatRateUnknown),
    (&["trebuie sa setezi o cota tva pentru produsul"], K::VatRateUnknown),
    (&["produsul", "nu are cota tva setata in cloud"], K::VatRateUnknown),
    (&["la aplicarea unui discount pentru produse cu cote tva diferite"], K::VatRateUnknown),
    (&["cota", "nu a fost gasita pe server"], K::VatRateUnknown),
    (&["invoiceproducts trebuie specificat"], K::ProductInvalid),
    (&["estimateproducts trebuie specificat"], K::ProductInvalid),
    (&["trebuie specificat pentru fiecare produs"], K::ProductInvalid),
    (&["produsul", "nu are codul specificat"], K::ProductInvalid),
    (&["un document care contine doar un discount"], K::ProductInvalid),
    (&["trebuie sa introduceti valoarea procentului"], K::ProductInvalid),
    (&["aveti produse care au pretul in alta moneda"], K::CurrencyUnknown),
    (&["nu puteti emite documente in", "cu moneda de referinta a produselor"], K::CurrencyUnknown),
    // payments, within an invoice and apart
    (&["trebuie specificat pentru incasare"], K::PaymentInvalid),
    (&["tipul documentului nu a fost gasit pe server"], K::PaymentInvalid),
    (&["o firma neplatitoare de tva nu poate folosi tva la incasare"], K::PaymentInvalid),
    (&["datele clientului trebuie specificate"], K::PaymentInvalid),
    (&["valoarea incasarii trebuie specificata"], K::PaymentInvalid),
    (&["tipul incasarii"], K::PaymentInvalid),
    (&["ciful clientului de pe factura", "difera de ciful clientului incasarii"], K::PaymentInvalid),
    (&["moneda facturii", "nu corespunde cu moneda incasarii"], K::PaymentInvalid),
    (&["limba facturii", "nu corespunde cu limba incasarii"], K::PaymentInvalid),
    (&["seria nu poate fi folosita la chitante"], K::PaymentInvalid),
    (&["bonurile fiscale pot fi emise doar in lei"], K::PaymentInvalid),
    (&["casa de marcat"], K::PaymentInvalid),
    (&["casei de marcat"], K::PaymentInvalid),
    (&["factura este incasata sau stornata in totalitate"], K::AlreadyPaid),
    (&["nu au fost gasite incasari"], K::DocumentNotFound),
    (&["chitanta", "nu a fost gasita"], K::DocumentNotFound),
    // one document: storno, cancel, restore, delete
    (&["factura este deja stornata"], K::AlreadyReversed),
    (&["exista deja stornari care incarca stocul"], K::AlreadyReversed),
    (&["este de tip storno"], K::RefusedOther),
    (&["data emiterii facturii storno nu poate fi anterioara"], K::RequestInvalid),
    (&["nu este ultimul din serie"], K::NotLastInSeries),
    (&["documentul a fost emis ca", "tva. nu se poate"], K::RefusedOther),
    (&["este anulata"], K::DocumentCancelled),
    // from estimate
    (&["factura proforma", "nu a fost gasita"], K::DocumentNotFound),
    (&["proforma nu contine produse"], K::RequestInvalid),
    // mail
    (&["trebuie specificata adresa de email a clientului"], K::EmailRefused),
    (&["server-ul de email nu a fost configurat"], K::EmailRefused),
    (&["subiectul emailului"], K::EmailRefused),
    (&["continutul emailului"], K::EmailRefused),
    (&["invalid addresses"], K::EmailRefused),
    (&["missing local name"], K::EmailRefused),
    (&["missing domain"], K::EmailRefused),
    (&["domain contains illegal character"], K::EmailRefused),
    (&["valoarea campului", "nu este suportata"], K::RequestInvalid),
    (&["type trebuie specificat. valorile acceptate"], K::RequestInvalid),
    (&["documentul nu a fost gasit"], K::DocumentNotFound),
    // stock
    (&["gestiunea predatoare"], K::ProductInvalid),
    (&["modulul stoc nu este activ"], K::ProductInvalid),
    (&["nu ai facut nicio achizitie pentru produsul"], K::ProductInvalid),
    (&["cantitate stoc insuficienta"], K::ProductInvalid),
    (&["exista deja pe stoc un produs cu numele"], K::ProductInvalid),
    (&["unitatea de masura", "nu are factor de conversie"], K::ProductInvalid),
    (&["nu poti adauga documente cu tranzactii pe stoc"], K::PeriodClosed),
    (&["gestiunea", "nu a fost gasita pe server"], K::ProductInvalid),
    (&["data la care vreti sa aflati valoarea stocului"], K::RequestInvalid),
    (&["data trebuie sa fie de forma"], K::RequestInvalid),
    // how a document is named
    (&["factura", "nu a fost gasita"], K::DocumentNotFound),
    (&["proforma", "nu a fost gasita"], K::DocumentNotFound),
    (&["numarul", "trebuie specificat"], K::RequestInvalid),
    (&["seria", "trebuie specificata"], K::RequestInvalid),
];

/// Refusals of the mail that went with an invoice: whether the invoice itself was issued, no source says.
const PERHAPS_ISSUED: &[&str] = &["adresa de email a clientului", "server-ul de email nu a fost configurat"];

fn kind_of_words(folded: &str) -> Option<FailureKind> {
    let matches = |parts: &&[&str]| {
        let mut rest = folded;
        parts.iter().all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    };
    LITERALS.iter().find(|(parts, _)| matches(parts)).map(|(_, kind)| *kind)
}

/// The JSON of a good answer, or why it is none.
pub(super) fn read_answer(operation: &Operation, answer: &HttpAnswer) -> Result<Value, Failure> {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok().filter(Value::is_object);
    let Some(body) = body else {
        return Err(match answer.status {
            // a business 403 is JSON; without it, it is the ban of the older wording
            403 | 429 => operation.limited(answer, BAN_MS),
            _ => operation.unreadable(answer, "not JSON"),
        });
    };
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let words = text("errorText");
    if !words.trim().is_empty() {
        return Err(business(operation, answer, words));
    }
    match answer.status {
        // a business 403 has an errorText; without one it is the ban, whatever else stands in it
        403 | 429 => Err(operation.limited(answer, BAN_MS)),
        500.. => Err(operation.unreadable(answer, "a server's own trouble")),
        400..=499 if body.get("errors").is_some_and(Value::is_array) => Err(shape(operation, answer, &body)),
        200..=299 => Ok(body),
        _ => Err(operation.unreadable(answer, "neither a yes nor an errorText")),
    }
}

/// A refusal in words. What stands before the first tag is the cause; the rest is decoration.
fn business(operation: &Operation, answer: &HttpAnswer, words: &str) -> Failure {
    let cause = words.split('<').next().unwrap_or_default().trim();
    let shown = if cause.is_empty() { plain_words(words) } else { cause.to_owned() };
    let folded = fold(&plain_words(words));
    let known = kind_of_words(&folded);
    if answer.status >= 500 && known.is_none() {
        return operation.unreadable(answer, "a server's own trouble").with_words(shown);
    }
    if answer.status == 429 && known.is_none() {
        return operation.limited(answer, BAN_MS).with_words(shown);
    }
    let kind = known.unwrap_or(match answer.status {
        401 => K::CredentialRefused,
        403 => K::RightMissing,
        _ => K::RefusedOther,
    });
    let phase = if PERHAPS_ISSUED.iter().any(|part| folded.contains(part)) { Phase::Unknown } else { Phase::Refused };
    operation.failure(kind, phase).with_words(shown).with_detail(format!("HTTP {}", answer.status))
}

/// The answer of `/document/send`, which has a shape of its own: `status.code` decides, 0 for sent. 2 is the server's own
/// trouble by the older specification, and then nobody knows.
pub(super) fn read_sent(operation: &Operation, answer: &HttpAnswer) -> Result<(), Failure> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let code = body.pointer("/status/code").and_then(text_of);
    let words = body.pointer("/status/message").and_then(Value::as_str).unwrap_or_default();
    match code.as_deref() {
        Some("0") if answer.status < 400 => Ok(()),
        Some("1") => {
            let kind = kind_of_words(&fold(&plain_words(words))).unwrap_or(K::EmailRefused);
            let failure = operation.failure(kind, Phase::Refused).with_words(plain_words(words));
            Err(failure.with_detail(format!("HTTP {}", answer.status)))
        }
        Some(code) => {
            Err(operation.unreadable(answer, &format!("its status code is {code}")).with_words(plain_words(words)))
        }
        None => match read_answer(operation, answer) {
            Err(failure) => Err(failure),
            Ok(_) => Err(operation.unreadable(answer, "no status code")),
        },
    }
}

/// `GET /estimate/invoices` of a proforma that was not invoiced: the one errorText that is no refusal.
pub(super) fn says_not_invoiced(answer: &HttpAnswer) -> bool {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    answer.status == 200 && body.get("areInvoicesCreated").and_then(flag_of) == Some(false)
}

/// A request that was not understood: no errorText, but a list of codes.
fn shape(operation: &Operation, answer: &HttpAnswer, body: &Value) -> Failure {
    let first = body.pointer("/errors/0").cloned().unwrap_or_default();
    let text = |key: &str| first.get(key).and_then(Value::as_str).unwrap_or_default();
    operation
        .failure(K::RequestInvalid, Phase::Refused)
        .with_words(plain_words(text("message")))
        .with_detail(format!("HTTP {} {} {}", answer.status, text("code"), text("param")).trim_end())
}

/// `GET /tax` of a company that is no VAT payer: a refusal in form, a fact in substance.
pub(super) fn says_no_vat_payer(failure: &Failure) -> bool {
    failure.provider_words.as_deref().is_some_and(|words| fold(words).contains("firma este neplatitoare de tva"))
}

#[cfg(test)]
mod tests;
