//! What an answer of Oblio means. The envelope's status decides, then the words; an answer without an envelope is none.
//!
//! Source: protocol note on Oblio, sections 1, 2 and 8. Oblio publishes no list of errors: the literals are those that
//! integrators quote, compared without case and diacritics, and the words for unknown series and companies are guesses
//! that fall back to a plain refusal.

use super::wire::{Envelope, Token, TokenError};
use crate::call::{Operation, fold, plain_words};
use crate::transport::HttpAnswer;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::Value;

/// Over the limit without a word for how long: the documents' window.
const STAY_AWAY_MS: i64 = 100_000;

/// The code that an explanation is kept under, parts that must all appear, in order, and what they mean. First match wins.
pub(super) const LITERALS: &[(&str, &[&str], FailureKind)] = &[
    ("token_invalid", &["access token provided is invalid"], FailureKind::CredentialRefused),
    ("token_expired", &["access token provided has expired"], FailureKind::CredentialRefused),
    ("key_used", &["idempoten"], FailureKind::RepeatUnconfirmed),
    ("receipt_number", &["parametrul documentnumber lipseste"], FailureKind::PaymentInvalid),
    ("vat_not_set", &["are cota tva", "nu este setata in oblio"], FailureKind::VatRateUnknown),
    ("document_missing", &["nu exista document cu seria"], FailureKind::DocumentNotFound),
    ("duplicate_name", &["cu aceeasi denumire si tip exista deja"], FailureKind::DuplicateName),
    ("plan_full", &["ati emis deja", "documente in aceasta luna"], FailureKind::PlanQuota),
    ("client_missing", &["selecteaza clientul"], FailureKind::ClientInvalid),
    // storno, delete, collect: words of which only the sense is known
    ("already_reversed", &["deja stornat"], FailureKind::AlreadyReversed),
    ("not_last", &["nu este ultimul"], FailureKind::NotLastInSeries),
    ("already_paid", &["deja incasat"], FailureKind::AlreadyPaid),
    ("already_paid", &["incasat", "in totalitate"], FailureKind::AlreadyPaid),
    ("document_cancelled", &["este anulat"], FailureKind::DocumentCancelled),
    ("payment_type", &["tipul incasarii"], FailureKind::PaymentInvalid),
    ("period_closed", &["perioada", "inchis"], FailureKind::PeriodClosed),
    ("stock_short", &["stoc", "insuficient"], FailureKind::ProductInvalid),
    ("series_unknown", &["seria", "nu exista"], FailureKind::SeriesUnknown),
    ("series_unknown", &["seria", "nu a fost gasit"], FailureKind::SeriesUnknown),
    ("company_no_access", &["nu aveti acces la firma"], FailureKind::CompanyUnavailable),
    ("company_unknown", &["firma", "nu exista"], FailureKind::CompanyUnavailable),
    ("parameter_missing", &["parametrul", "lipseste"], FailureKind::RequestInvalid),
];

/// Every code that a failure of Oblio can bear.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    LITERALS.iter().map(|(code, _, _)| *code)
}

fn kind_of_words(words: &str) -> Option<(&'static str, FailureKind)> {
    let folded = fold(words);
    let matches = |parts: &&[&str]| {
        let mut rest = folded.as_str();
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

/// Whether an answer turns the token down, by the words or by the status: a well-formed no, before anything is done.
pub(super) fn refuses_token(operation: &Operation, answer: &HttpAnswer) -> bool {
    read_answer(operation, answer).is_err_and(|failure| failure.kind == FailureKind::CredentialRefused)
}

/// The `data` of a good answer, or why it is none.
pub(super) fn read_answer(operation: &Operation, answer: &HttpAnswer) -> Result<Value, Failure> {
    if answer.status == 429 {
        return Err(operation.limited(answer, STAY_AWAY_MS));
    }
    let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
        return Err(operation.unreadable(answer, "not JSON"));
    };
    if let Ok(error) = serde_json::from_value::<TokenError>(body.clone()) {
        return Err(oauth_refusal(operation, answer, &error));
    }
    let Ok(envelope) = serde_json::from_value::<Envelope>(body) else {
        return Err(operation.unreadable(answer, "not Oblio's envelope"));
    };
    let code = match (&envelope.status, &envelope.message) {
        (Some(status), _) => status.parse::<u16>().ok(),
        (None, Some(_)) => Some(answer.status),
        (None, None) => None,
    };
    let words = envelope.message.unwrap_or_default();
    match code {
        Some(200..=299) if answer.status < 400 => Ok(envelope.data),
        Some(429) => Err(operation.limited(answer, STAY_AWAY_MS)),
        Some(code @ 400..=499) if code != 408 => Err(refusal(operation, answer, code, &words)),
        Some(code) => {
            Err(operation.unreadable(answer, &format!("its status is {code}")).with_words(plain_words(&words)))
        }
        None => Err(operation.unreadable(answer, "no status")),
    }
}

fn refusal(operation: &Operation, answer: &HttpAnswer, code: u16, words: &str) -> Failure {
    let known = kind_of_words(words);
    if answer.status >= 500 && known.is_none() {
        return operation.unreadable(answer, &format!("its status is {code}")).with_words(plain_words(words));
    }
    let kind = known.map(|(_, kind)| kind).unwrap_or(match code {
        401 => FailureKind::CredentialRefused,
        403 => FailureKind::RightMissing,
        _ => FailureKind::RefusedOther,
    });
    // a key that was used before says that a document may exist: only the list can tell
    let phase = if kind == FailureKind::RepeatUnconfirmed { Phase::Unknown } else { Phase::Refused };
    let failure = operation.failure(kind, phase).with_words(plain_words(words)).with_detail(format!("HTTP {code}"));
    match known {
        Some((literal, _)) => failure.with_code("oblio", literal),
        None => failure,
    }
}

fn oauth_refusal(operation: &Operation, answer: &HttpAnswer, error: &TokenError) -> Failure {
    if answer.status >= 500 {
        return operation.unreadable(answer, "an OAuth error of the server's own");
    }
    let kind = match error.error.as_str() {
        "invalid_client" | "invalid_grant" | "invalid_token" | "expired_token" | "unauthorized_client" => {
            FailureKind::CredentialRefused
        }
        _ if answer.status == 401 => FailureKind::CredentialRefused,
        _ => FailureKind::RequestInvalid,
    };
    let words = error.error_description.as_deref().unwrap_or(&error.error);
    operation
        .failure(kind, Phase::Refused)
        .with_words(plain_words(words))
        .with_detail(format!("HTTP {}", answer.status))
}

/// The token of a good answer of the token's address, which has no envelope.
pub(super) fn read_token(operation: &Operation, answer: &HttpAnswer) -> Result<Token, Failure> {
    if (200..300).contains(&answer.status)
        && let Ok(token) = serde_json::from_slice::<Token>(&answer.body)
        && !token.access_token.is_empty()
    {
        return Ok(token);
    }
    match read_answer(operation, answer) {
        Err(failure) => Err(failure),
        Ok(_) => Err(operation.unreadable(answer, "no token in it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{json_answer, page_answer};
    use serde_json::json;

    fn operation() -> Operation {
        Operation::new("create invoice", "order 1001")
    }

    fn decide(status: u16, body: &Value) -> (FailureKind, Phase) {
        let failure = read_answer(&operation(), &json_answer(status, body, &[])).unwrap_err();
        (failure.kind, failure.phase)
    }

    fn refused(words: &str) -> (FailureKind, Phase) {
        decide(400, &json!({"status": 400, "statusMessage": words, "data": null}))
    }

    #[test]
    fn every_literal_has_its_meaning() {
        use FailureKind as K;
        for (words, kind) in [
            ("The access token provided is invalid", K::CredentialRefused),
            ("The access token provided has expired", K::CredentialRefused),
            ("Parametrul documentNumber lipsește", K::PaymentInvalid),
            ("Parametrul documentNumber lipseşte", K::PaymentInvalid),
            ("Factura este deja stornata.", K::AlreadyReversed),
            ("Documentul nu poate fi sters, deoarece nu este ultimul din serie.", K::NotLastInSeries),
            ("Factura este deja încasată", K::AlreadyPaid),
            ("Documentul este anulat", K::DocumentCancelled),
            ("Tipul incasarii Aur nu exista", K::PaymentInvalid),
            ("Produsul Cană are cota TVA 0%, dar aceasta nu este setata in Oblio", K::VatRateUnknown),
            ("Nu exista document cu seria FCT si numarul 55", K::DocumentNotFound),
            (
                "Un produs cu aceeasi Denumire si Tip exista deja in baza de date. Oblio nu permite Denumiri duplicate",
                K::DuplicateName,
            ),
            ("Ati emis deja 3 documente in aceasta luna", K::PlanQuota),
            ("Selecteaza Clientul", K::ClientInvalid),
            ("Seria XXX nu exista in Oblio", K::SeriesUnknown),
            ("Nu aveti acces la firma cu CIF-ul RO1", K::CompanyUnavailable),
            ("Luna aceasta este o perioadă închisă", K::PeriodClosed),
            ("Stocul este insuficient in gestiune", K::ProductInvalid),
            ("Parametrul cif lipsește", K::RequestInvalid),
            ("Ceva nou", K::RefusedOther),
        ] {
            assert_eq!(refused(words), (kind, Phase::Refused), "{words}");
        }
    }

    #[test]
    fn a_used_key_proves_nothing_but_that_someone_must_look() {
        let words = "Exista deja un document emis cu aceasta cheie de idempotență";
        assert_eq!(refused(words), (FailureKind::RepeatUnconfirmed, Phase::Unknown));
    }

    #[test]
    fn the_envelope_decides_over_the_http_status() {
        let no = json!({"status": "400", "statusMessage": "Selecteaza Clientul"});
        assert_eq!(decide(200, &no), (FailureKind::ClientInvalid, Phase::Refused));
        let yes = json!({"status": 200, "statusMessage": "Success", "data": {"id": "1"}});
        assert_eq!(read_answer(&operation(), &json_answer(201, &yes, &[])).unwrap(), json!({"id": "1"}));
        assert_eq!(decide(500, &yes).1, Phase::Unknown, "a yes under a 500 is believed by nobody");
    }

    #[test]
    fn statuses_without_known_words() {
        let body = |status: u16| json!({"status": status, "statusMessage": "Nu.", "data": []});
        assert_eq!(decide(401, &body(401)), (FailureKind::CredentialRefused, Phase::Refused));
        assert_eq!(decide(403, &body(403)), (FailureKind::RightMissing, Phase::Refused));
        assert_eq!(decide(422, &body(422)), (FailureKind::RefusedOther, Phase::Refused));
        assert_eq!(decide(408, &body(408)).1, Phase::Unknown);
        assert_eq!(decide(500, &body(500)), (FailureKind::ServerError, Phase::Unknown));
        assert_eq!(decide(429, &body(429)), (FailureKind::RateLimited, Phase::Refused));
    }

    #[test]
    fn a_page_a_broken_body_and_a_foreign_shape_are_no_answers() {
        for answer in [
            page_answer(200, "<html>Pagina nu exista</html>"),
            page_answer(200, r#"{"status":200,"da"#),
            page_answer(400, "<html>Bad request</html>"),
            json_answer(200, &json!([]), &[]),
            json_answer(200, &json!({"ok": true}), &[]),
        ] {
            let failure = read_answer(&operation(), &answer).unwrap_err();
            assert_eq!((failure.kind, failure.phase), (FailureKind::UnreadableAnswer, Phase::Unknown));
        }
        let failure = read_answer(&operation(), &page_answer(502, "<h1>502</h1>")).unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::ServerError, Phase::Unknown));
    }

    #[test]
    fn a_limit_says_how_long() {
        let body = json!({"status": 429, "statusMessage": "Prea multe"});
        let failure = read_answer(&operation(), &json_answer(429, &body, &[("retry-after", "12")])).unwrap_err();
        assert_eq!(failure.retry_after_ms, Some(12_000));
        assert_eq!(read_answer(&operation(), &json_answer(429, &body, &[])).unwrap_err().retry_after_ms, Some(100_000));
    }

    #[test]
    fn a_wrong_secret_is_a_refused_credential_and_a_page_is_not() {
        let wrong = json!({"error": "invalid_client", "error_description": "The client credentials are invalid"});
        let failure = read_token(&operation(), &json_answer(400, &wrong, &[])).unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::CredentialRefused, Phase::Refused));
        assert_eq!(failure.provider_words.as_deref(), Some("The client credentials are invalid"));
        let page = read_token(&operation(), &page_answer(200, "<html></html>")).unwrap_err();
        assert_eq!(page.kind, FailureKind::UnreadableAnswer);
        let strange = read_token(&operation(), &json_answer(200, &json!({"status": 200, "statusMessage": ""}), &[]));
        assert_eq!(strange.unwrap_err().kind, FailureKind::UnreadableAnswer);
    }

    #[test]
    fn a_token_is_read_with_text_or_number_for_its_life() {
        for life in [json!("3600"), json!(3600)] {
            let body = json!({"access_token": "ab", "expires_in": life, "token_type": "Bearer"});
            assert_eq!(
                read_token(&operation(), &json_answer(200, &body, &[])).unwrap().expires_in.as_deref(),
                Some("3600")
            );
        }
    }
}
