//! What an answer of SmartBill means. `errorText` decides, not the status; then the shape; only then the status.
//!
//! Source: protocol note on SmartBill, section 3. Literals are compared without case and diacritics; parts of one entry
//! must appear in order, and the first entry that fits wins. Each entry's code is
//! what its explanation on screen is kept under.

use crate::call::{Operation, fold, plain_words};
use crate::scalar::{flag_of, text_of};
use crate::transport::HttpAnswer;
use FailureKind as K;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::Value;

/// A ban by rate lasts ten minutes.
const BAN_MS: i64 = 10 * 60 * 1000;

pub(super) const LITERALS: &[(&str, &[&str], FailureKind)] = &[
    // authentication and rights
    ("login_refused", &["autentificare esuata"], K::CredentialRefused),
    ("company_gone", &["firma la care incercati sa va conectati nu mai este disponibila"], K::CompanyUnavailable),
    (
        "company_no_right",
        &["firma la care incercati sa va conectati nu este disponibila pentru acest utilizator"],
        K::RightMissing,
    ),
    ("company_missing", &["ciful firmei trebuie specificat"], K::FlowIncomplete),
    ("right_missing", &["nu aveti dreptul de a"], K::RightMissing),
    ("plan_full", &["s-a emis numarul maxim de documente permis"], K::PlanQuota),
    ("not_vat_payer", &["firma este neplatitoare de tva"], K::VatRateUnknown),
    // document
    ("series_unknown", &["seria nu a fost gasita"], K::SeriesUnknown),
    ("series_type", &["tipul documentului nu poate fi"], K::RequestInvalid),
    ("date_format", &["data documentului trebuie sa fie de forma"], K::RequestInvalid),
    ("currency_unknown", &["moneda nu a fost gasita pe server"], K::CurrencyUnknown),
    ("period_closed", &["intr-o perioada inchisa"], K::PeriodClosed),
    ("language_unknown", &["limba nu a fost gasita pe server"], K::FieldInvalid),
    ("too_many_lines", &["numarul maxim acceptat de 400 intrari"], K::TooManyLines),
    // client
    ("country_missing", &["tara trebuie specificata"], K::ClientInvalid),
    ("client_name", &["client invalid"], K::ClientInvalid),
    ("client_exists", &["clientul exista deja pe server"], K::ClientInvalid),
    // products; rates before the rest, for their texts name products too
    ("vat_of_product", &["cota tva a produsului", "nu a fost gasita pe server"], K::VatRateUnknown),
    ("vat_default", &["cota default nu a fost gasita pe server"], K::VatRateUnknown),
    ("vat_missing", &["trebuie sa setezi o cota tva pentru produsul"], K::VatRateUnknown),
    ("vat_nomenclature", &["produsul", "nu are cota tva setata in cloud"], K::VatRateUnknown),
    ("vat_discount", &["la aplicarea unui discount pentru produse cu cote tva diferite"], K::VatRateUnknown),
    ("vat_unknown", &["cota", "nu a fost gasita pe server"], K::VatRateUnknown),
    ("no_products", &["invoiceproducts trebuie specificat"], K::ProductInvalid),
    ("no_products", &["estimateproducts trebuie specificat"], K::ProductInvalid),
    ("product_field", &["trebuie specificat pentru fiecare produs"], K::ProductInvalid),
    ("product_code", &["produsul", "nu are codul specificat"], K::ProductInvalid),
    ("discount_only", &["un document care contine doar un discount"], K::ProductInvalid),
    ("discount_percent", &["trebuie sa introduceti valoarea procentului"], K::ProductInvalid),
    ("product_currency", &["aveti produse care au pretul in alta moneda"], K::CurrencyUnknown),
    (
        "reference_currency",
        &["nu puteti emite documente in", "cu moneda de referinta a produselor"],
        K::CurrencyUnknown,
    ),
    // payments, within an invoice and apart
    ("payment_field", &["trebuie specificat pentru incasare"], K::PaymentInvalid),
    ("payment_document", &["tipul documentului nu a fost gasit pe server"], K::PaymentInvalid),
    ("payment_vat", &["o firma neplatitoare de tva nu poate folosi tva la incasare"], K::PaymentInvalid),
    ("payment_client", &["datele clientului trebuie specificate"], K::PaymentInvalid),
    ("payment_value", &["valoarea incasarii trebuie specificata"], K::PaymentInvalid),
    ("payment_type", &["tipul incasarii"], K::PaymentInvalid),
    ("payment_cif", &["ciful clientului de pe factura", "difera de ciful clientului incasarii"], K::PaymentInvalid),
    ("payment_currency", &["moneda facturii", "nu corespunde cu moneda incasarii"], K::PaymentInvalid),
    ("payment_language", &["limba facturii", "nu corespunde cu limba incasarii"], K::PaymentInvalid),
    ("receipt_series", &["seria nu poate fi folosita la chitante"], K::PaymentInvalid),
    ("receipt_lei", &["bonurile fiscale pot fi emise doar in lei"], K::PaymentInvalid),
    ("cash_register", &["casa de marcat"], K::PaymentInvalid),
    ("cash_register", &["casei de marcat"], K::PaymentInvalid),
    ("already_paid", &["factura este incasata sau stornata in totalitate"], K::AlreadyPaid),
    ("no_payments", &["nu au fost gasite incasari"], K::DocumentNotFound),
    ("receipt_missing", &["chitanta", "nu a fost gasita"], K::DocumentNotFound),
    // one document: storno, cancel, restore, delete
    ("already_reversed", &["factura este deja stornata"], K::AlreadyReversed),
    ("stock_reversed", &["exista deja stornari care incarca stocul"], K::AlreadyReversed),
    ("is_storno", &["este de tip storno"], K::RefusedOther),
    ("storno_date", &["data emiterii facturii storno nu poate fi anterioara"], K::RequestInvalid),
    ("not_last", &["nu este ultimul din serie"], K::NotLastInSeries),
    ("vat_status_changed", &["documentul a fost emis ca", "tva. nu se poate"], K::RefusedOther),
    ("document_cancelled", &["este anulata"], K::DocumentCancelled),
    // from estimate
    ("proforma_missing", &["factura proforma", "nu a fost gasita"], K::DocumentNotFound),
    ("proforma_empty", &["proforma nu contine produse"], K::RequestInvalid),
    // mail
    ("email_missing", &["trebuie specificata adresa de email a clientului"], K::EmailRefused),
    ("email_server", &["server-ul de email nu a fost configurat"], K::EmailRefused),
    ("email_subject", &["subiectul emailului"], K::EmailRefused),
    ("email_content", &["continutul emailului"], K::EmailRefused),
    ("email_address", &["invalid addresses"], K::EmailRefused),
    ("email_address", &["missing local name"], K::EmailRefused),
    ("email_address", &["missing domain"], K::EmailRefused),
    ("email_address", &["domain contains illegal character"], K::EmailRefused),
    ("field_value", &["valoarea campului", "nu este suportata"], K::RequestInvalid),
    ("type_value", &["type trebuie specificat. valorile acceptate"], K::RequestInvalid),
    ("document_missing", &["documentul nu a fost gasit"], K::DocumentNotFound),
    // stock
    ("warehouse", &["gestiunea predatoare"], K::ProductInvalid),
    ("stock_off", &["modulul stoc nu este activ"], K::ProductInvalid),
    ("stock_never_bought", &["nu ai facut nicio achizitie pentru produsul"], K::ProductInvalid),
    ("stock_short", &["cantitate stoc insuficienta"], K::ProductInvalid),
    ("stock_exists", &["exista deja pe stoc un produs cu numele"], K::ProductInvalid),
    ("unit_factor", &["unitatea de masura", "nu are factor de conversie"], K::ProductInvalid),
    ("stock_before_import", &["nu poti adauga documente cu tranzactii pe stoc"], K::PeriodClosed),
    ("warehouse_unknown", &["gestiunea", "nu a fost gasita pe server"], K::ProductInvalid),
    ("stock_date", &["data la care vreti sa aflati valoarea stocului"], K::RequestInvalid),
    ("date_format", &["data trebuie sa fie de forma"], K::RequestInvalid),
    // how a document is named
    ("invoice_missing", &["factura", "nu a fost gasita"], K::DocumentNotFound),
    ("proforma_missing", &["proforma", "nu a fost gasita"], K::DocumentNotFound),
    ("number_missing", &["numarul", "trebuie specificat"], K::RequestInvalid),
    ("series_missing", &["seria", "trebuie specificata"], K::RequestInvalid),
];

/// Codes of requests that were not understood.
pub(super) const SHAPES: &[&str] = &[
    "json_mapping_error",
    "json_parse_error",
    "resource_not_found",
    "method_not_allowed",
    "invalid_accept_header",
    "invalid_content_type",
];

/// Refusals of the mail that went with an invoice: whether the invoice itself was issued, no source says.
const PERHAPS_ISSUED: &[&str] = &["adresa de email a clientului", "server-ul de email nu a fost configurat"];

/// Every code that a failure of SmartBill can bear.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    LITERALS.iter().map(|(code, _, _)| *code).chain(SHAPES.iter().copied())
}

fn kind_of_words(folded: &str) -> Option<(&'static str, FailureKind)> {
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
    LITERALS.iter().find(|(_, parts, _)| matches(parts)).map(|(code, _, kind)| (*code, *kind))
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
    let kind = known.map(|(_, kind)| kind).unwrap_or(match answer.status {
        401 => K::CredentialRefused,
        403 => K::RightMissing,
        _ => K::RefusedOther,
    });
    let phase = if PERHAPS_ISSUED.iter().any(|part| folded.contains(part)) { Phase::Unknown } else { Phase::Refused };
    let failure = operation.failure(kind, phase).with_words(shown).with_detail(format!("HTTP {}", answer.status));
    coded(failure, known.map(|(code, _)| code))
}

fn coded(failure: Failure, code: Option<&str>) -> Failure {
    match code {
        Some(code) => failure.with_code("smartbill", code),
        None => failure,
    }
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
            let known = kind_of_words(&fold(&plain_words(words)));
            let kind = known.map_or(K::EmailRefused, |(_, kind)| kind);
            let failure = operation.failure(kind, Phase::Refused).with_words(plain_words(words));
            Err(coded(failure.with_detail(format!("HTTP {}", answer.status)), known.map(|(code, _)| code)))
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
    let failure = operation
        .failure(K::RequestInvalid, Phase::Refused)
        .with_words(plain_words(text("message")))
        .with_detail(format!("HTTP {} {} {}", answer.status, text("code"), text("param")).trim_end());
    coded(failure, SHAPES.iter().copied().find(|code| *code == text("code")))
}

/// `GET /tax` of a company that is no VAT payer: a refusal in form, a fact in substance.
pub(super) fn says_no_vat_payer(failure: &Failure) -> bool {
    failure.provider_words.as_deref().is_some_and(|words| fold(words).contains("firma este neplatitoare de tva"))
}

#[cfg(test)]
mod tests;
