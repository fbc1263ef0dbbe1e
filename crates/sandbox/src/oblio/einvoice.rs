//! `docs/einvoice`: an invoice is sent to the tax authority, which takes some seconds of the sandbox's clock and then has
//! it or refuses it for its address. The codes are the published ones (-1 not sent, 0 being processed, 1 sent, 2 has
//! errors); the words are UNVERIFIED.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::actions::named;
use super::books::{DocType, Document, EInvoice};
use super::{Refusal, missing, refuse, success, text};
use crate::call::{Call, with_type};
use crate::money::two_places;
use crate::shared::Shared;
use crate::zip;

const PROCESSING_MS: i64 = 5_000;

pub(super) fn code(document: &Document, now_ms: i64) -> i8 {
    match &document.einvoice {
        None => -1,
        Some(sent) if now_ms < sent.sent_ms + PROCESSING_MS => 0,
        Some(EInvoice { trouble: None, .. }) => 1,
        Some(_) => 2,
    }
}

pub(super) fn status(document: &Document, now_ms: i64) -> Value {
    let code = code(document, now_ms);
    let trouble = document.einvoice.as_ref().and_then(|sent| sent.trouble.as_deref()).unwrap_or_default();
    let words = match code {
        -1 => "Netrimisa".to_owned(),
        0 => "Factura a fost trimisa si este in curs de procesare".to_owned(),
        1 => "Factura a fost trimisa cu succes".to_owned(),
        _ => format!("Factura are erori: {trouble}"),
    };
    json!({ "text": words, "sent": matches!(code, 0 | 1), "code": code })
}

/// The authority's numbers for the upload and for the archive, once there are any.
pub(super) fn indexes(document: &Document, now_ms: i64) -> (String, String) {
    let code = code(document, now_ms);
    let number = |shown: bool, from: u64| if shown { (from + document.id).to_string() } else { String::new() };
    (number(code >= 0, 5_000_000_000), number(code == 1, 3_000_000_000))
}

/// Sent once: while it is processed and when it was taken, sending again changes nothing; after a refusal it does.
pub(super) fn send(shared: &Shared, call: &Call) -> Response {
    let input = call.input();
    shared.change_and_answer(|state| {
        let id = named(&state.oblio, DocType::Invoice, &input)?;
        let Some(document) = state.oblio.by_id_mut(id) else { return Err(missing("number")) };
        if document.cancelled {
            return Err(refuse("Documentul este anulat."));
        }
        if matches!(code(document, call.at_ms), -1 | 2) {
            let sent = EInvoice { sent_ms: call.at_ms, trouble: trouble(&document.client) };
            document.change(|document| document.einvoice = Some(sent));
        }
        Ok(success("Success", &status(document, call.at_ms)))
    })
}

/// What the authority does not take: a country by its code, and in Romania an address without county and place, or a
/// Bucharest without its sector.
fn trouble(client: &Map<String, Value>) -> Option<String> {
    let field = |key: &str| text(client, key).unwrap_or_default();
    let country = field("country");
    if country.len() == 2 {
        return Some(format!("tara {country} trebuie scrisa cu denumirea ei"));
    }
    if !matches!(country.to_lowercase().as_str(), "" | "romania" | "românia") {
        return None;
    }
    let (state, city) = (field("state"), field("city").to_lowercase());
    if state.is_empty() || city.is_empty() {
        return Some("judetul si localitatea clientului sunt obligatorii".into());
    }
    let bucharest = matches!(state.to_lowercase().as_str(), "bucuresti" | "bucurești" | "b");
    let sector = city.strip_prefix("sector ").is_some_and(|n| matches!(n, "1" | "2" | "3" | "4" | "5" | "6"));
    (bucharest && !sector).then(|| format!("localitatea {} trebuie sa fie un sector", field("city")))
}

/// The archive that the authority signed, once it has the invoice.
pub(super) fn archive_of(document: &Document, now_ms: i64) -> Option<Vec<u8>> {
    if code(document, now_ms) != 1 {
        return None;
    }
    let (upload, _) = indexes(document, now_ms);
    let invoice = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Invoice><ID>{} {}</ID><IssueDate>{}</IssueDate>\
         <DocumentCurrencyCode>{}</DocumentCurrencyCode><PayableAmount>{}</PayableAmount></Invoice>\n",
        document.series,
        document.padded_number(),
        document.issue_date,
        document.currency,
        two_places(document.total)
    );
    let files = [(format!("{upload}.xml"), invoice), (format!("semnatura_{upload}.xml"), "<Signature/>\n".to_owned())];
    Some(zip::archive(&files))
}

/// `GET /api/docs/einvoice`: bytes, not JSON.
pub(super) fn archive(shared: &Shared, call: &Call) -> Response {
    let input = call.input();
    let archived = shared.read(|state| -> Result<Vec<u8>, Refusal> {
        let id = named(&state.oblio, DocType::Invoice, &input)?;
        let document = state.oblio.by_id(id).ok_or_else(|| missing("number"))?;
        archive_of(document, call.at_ms).ok_or_else(|| refuse("Factura nu este validata in SPV."))
    });
    match archived {
        Ok(bytes) => with_type(StatusCode::OK, "application/zip", bytes),
        Err(refusal) => *refusal,
    }
}
