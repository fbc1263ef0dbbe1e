//! `POST /document/send`: mails a document. The answer has a shape of its own; what was sent is kept, so that a test can
//! count the mails that a shop's customers would have got.

use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::books::{Email, Kind, SmartBillBooks};
use super::create::UNKNOWN_SERIES;
use super::lines::text;
use super::special::{At, words};
use super::{Refusal, check_company, send_status, unauthorised};
use crate::call::Call;
use crate::shared::Shared;

pub(super) fn answer(shared: &Shared, call: &Call, body: &Value) -> Result<Response, Refusal> {
    let empty = Map::new();
    let body = body.as_object().unwrap_or(&empty);
    match text(body, "companyVatCode") {
        Some(cif) => check_company(cif)?,
        None => return Err(unauthorised(super::UNKNOWN_COMPANY)),
    }
    Ok(shared.change_and_answer(|state| {
        let email = draw_up(&state.smartbill, body, call.at_ms)?;
        state.smartbill.mail(email);
        Ok(send_status(StatusCode::OK, 0, "Documentul a fost trimis cu succes."))
    }))
}

fn refuse(message: &str) -> Refusal {
    Box::new(send_status(StatusCode::BAD_REQUEST, 1, message))
}

/// How an address is broken. One that is rejects the whole call.
fn broken(address: &str) -> Option<&'static str> {
    match address.split_once('@') {
        None => Some("Invalid Addresses"),
        Some(("", _)) => Some("Missing local name"),
        Some((_, "")) => Some("Missing domain"),
        Some((_, domain)) if domain.chars().any(|c| !(c.is_alphanumeric() || matches!(c, '.' | '-'))) => {
            Some("Domain contains illegal character")
        }
        Some(_) => None,
    }
}

fn draw_up(books: &SmartBillBooks, body: &Map<String, Value>, now_ms: i64) -> Result<Email, Refusal> {
    let given = |key: &str| text(body, key).unwrap_or_default();
    let accepted = "Valorile acceptate sunt: factura, proforma.";
    let kind = match given("type").to_lowercase().as_str() {
        "factura" => Kind::Invoice,
        "proforma" => Kind::Estimate,
        // With two spaces, as in the specification.
        "" => return Err(refuse(&format!("type  trebuie specificat. {accepted}"))),
        _ => {
            let words = format!("Valoarea campului 'type' nu este suportata ({}). {accepted}", given("type"));
            return Err(refuse(&words));
        }
    };
    if given("seriesName").is_empty() {
        return Err(refuse(UNKNOWN_SERIES));
    }
    if given("number").is_empty() {
        return Err(refuse("Numarul documentului  trebuie specificat"));
    }
    let Some(document) = books.find(kind, given("seriesName"), given("number")) else {
        return Err(refuse("Documentul nu a fost gasit"));
    };
    let plain = |key: &str, what: &str| match text(body, key) {
        None => Ok(String::new()),
        Some(coded) => STANDARD
            .decode(coded)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| refuse(&format!("{what} emailului trebuie sa fie codat folosind Base64."))),
    };
    let (subject, text_body) = (plain("subject", "Subiectul")?, plain("bodyText", "Continutul")?);
    let to = text(body, "to").unwrap_or_else(|| document.client_text("email"));
    if to.is_empty() {
        return Err(refuse("Trebuie specificata adresa de email a clientului."));
    }
    let lists = [to, given("cc"), given("bcc")];
    for address in lists.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|one| !one.is_empty()) {
        if let Some((_, words)) = words(At::Address, address) {
            return Err(refuse(words));
        }
        if let Some(words) = broken(address) {
            return Err(refuse(words));
        }
    }
    Ok(Email {
        document: document.kind.word().into(),
        series: document.series.clone(),
        number: document.number.clone(),
        to: to.to_owned(),
        cc: given("cc").to_owned(),
        bcc: given("bcc").to_owned(),
        subject,
        body: text_body,
        sent_ms: now_ms,
    })
}
