//! What is done to an invoice or a proforma that exists. Parameters are matched by the letter: `seriesname` in queries,
//! `seriesName` in bodies; tolerant mode takes either. Cancel and restore answer 200 again and again; a missing PDF of an
//! invoice is nginx's 502, of a proforma JSON.

use std::collections::HashMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{Document, Kind, SmartBillBooks};
use super::special::{At, admit};
use super::{Refusal, check_company, pays_vat, refuse, refuse_with, success};
use crate::call::{Call, html, nginx, with_type};
use crate::money::json_number;
use crate::pdf;
use crate::shared::Shared;

const NO_CIF: &str = "Ciful firmei trebuie specificat!";

pub(super) struct Named {
    pub series: Option<String>,
    pub number: Option<String>,
    vat_payer: bool,
}

/// The query's `cif`, checked. The specification of 2021 has a longer text for an unknown one on /tax, /series and
/// /stocks.
pub(super) fn company_of(query: &HashMap<String, String>, as_in_2021: bool) -> Result<(), Refusal> {
    let Some(cif) = query.get("cif").filter(|cif| !cif.is_empty()) else { return Err(refuse(NO_CIF)) };
    match check_company(cif) {
        Err(_) if as_in_2021 && super::is_unknown(cif) => {
            Err(super::unauthorised(&format!("{} Verificati ciful companiei.", super::UNKNOWN_COMPANY)))
        }
        checked => checked,
    }
}

pub(super) fn named(shared: &Shared, call: &Call) -> Result<Named, Refusal> {
    let query = call.query_pairs();
    company_of(&query, false)?;
    let series = query.get("seriesname").or_else(|| query.get("seriesName").filter(|_| shared.config.tolerant));
    let given = |value: Option<&String>| value.filter(|text| !text.is_empty()).cloned();
    let vat_payer = query.get("cif").is_none_or(|cif| pays_vat(cif));
    Ok(Named { series: given(series), number: given(query.get("number")), vat_payer })
}

pub(super) fn not_found(kind: Kind, series: &str, number: &str) -> String {
    format!("{} cu seria si numarul {series}{number} nu a fost gasita!", kind.noun())
}

/// `of` is facturii, proformei or chitantei.
pub(super) fn missing_parameter(of: &str, number: bool) -> String {
    match number {
        true => format!("Numarul {of} trebuie specificat in url in parametrul 'number'!"),
        false => format!("Seria {of} trebuie specificata in url in parametrul 'seriesname'!"),
    }
}

/// Series and number of a query, or the words that say which one is missing.
fn both(kind: Kind, named: Named) -> Result<(String, String, bool), Refusal> {
    let of = if kind == Kind::Invoice { "facturii" } else { "proformei" };
    let number = named.number.ok_or_else(|| refuse(missing_parameter(of, true)))?;
    let series = named.series.ok_or_else(|| refuse(missing_parameter(of, false)))?;
    Ok((series, number, named.vat_payer))
}

/// What keeps a document from being cancelled, restored or deleted: `verb` is anula, restaura or sterge.
fn check_change(books: &SmartBillBooks, document: &Document, vat_payer: bool, verb: &str) -> Result<(), Refusal> {
    admit(At::ChangedClient, document.client_text("name"), &[], &Value::Null)?;
    if document.vat_payer != vat_payer {
        let was = if document.vat_payer { "platitor" } else { "neplatitor" };
        return Err(refuse(format!("Documentul a fost emis ca {was} tva. Nu se poate {verb}.")));
    }
    if document.uses_stock && document.kind == Kind::Invoice && books.reversal_of(document).is_some() {
        // The notes give the beginning of these words only.
        let name = format!("{}{}", document.series, document.number);
        return Err(refuse(format!("Pentru factura {name} exista deja stornari care incarca stocul.")));
    }
    Ok(())
}

pub(super) fn set_cancelled(shared: &Shared, call: &Call, kind: Kind, cancel: bool) -> Result<Response, Refusal> {
    let (series, number, vat_payer) = both(kind, named(shared, call)?)?;
    Ok(shared.change_and_answer(|state| {
        let Some(document) = state.smartbill.find(kind, &series, &number) else {
            return Err(refuse(not_found(kind, &series, &number)));
        };
        check_change(&state.smartbill, document, vat_payer, if cancel { "anula" } else { "restaura" })?;
        let (noun, name) = (kind.noun(), format!("{series}{number}"));
        let words = match (cancel, document.cancelled) {
            (true, false) => format!("{noun} cu seria si numarul {name} a fost anulata cu succes."),
            (true, true) => format!("{noun} {name} este deja anulata."),
            (false, true) => format!("{noun} cu seria si numarul {name} a fost restaurata cu succes."),
            (false, false) => format!("{noun} {name} nu necesita restaurare."),
        };
        if let Some(document) = state.smartbill.find_mut(kind, &series, &number) {
            document.change(|document| document.cancelled = cancel);
        }
        Ok(success(&words, Value::Null))
    }))
}

/// An invoice must be the last of its series; a proforma need not be.
pub(super) fn delete(shared: &Shared, call: &Call, kind: Kind) -> Result<Response, Refusal> {
    let (series, number, vat_payer) = both(kind, named(shared, call)?)?;
    let number_returns = shared.config.deleted_number_returns;
    Ok(shared.change_and_answer(|state| {
        let books = &mut state.smartbill;
        let Some(document) = books.find(kind, &series, &number) else {
            return Err(refuse(not_found(kind, &series, &number)));
        };
        check_change(books, document, vat_payer, "sterge")?;
        if kind == Kind::Invoice && !books.is_last(kind, &series, &number) {
            return Err(not_last(&series, &number));
        }
        books.remove(kind, &series, &number, number_returns);
        let words = format!("{} cu seria si numarul {series}{number} a fost stearsa cu succes.", kind.noun());
        Ok(success(&words, Value::Null))
    }))
}

pub(super) fn not_last(series: &str, number: &str) -> Refusal {
    let words =
        format!("Nu poti sterge documentul cu seria si numarul {series} {number}, deoarece nu este ultimul din serie!");
    refuse_with(StatusCode::FORBIDDEN, words, Value::Null)
}

pub(super) fn payment_status(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let unpaid = |words: &str| refuse_with(StatusCode::BAD_REQUEST, words, json!({ "paid": false }));
    let named = named(shared, call)?;
    let Some(number) = named.number else { return Err(unpaid("Numarul facturii trebuie specificat")) };
    let series = named.series.unwrap_or_default();
    shared.read(|state| {
        let books = &state.smartbill;
        let document = books.find(Kind::Invoice, &series, &number).filter(|d| shows(d, call));
        let Some(document) = document else { return Err(unpaid("Factura nu a fost gasita")) };
        let left = books.left_to_pay(document);
        Ok(success(
            "",
            json!({
                "number": document.number, "series": document.series,
                "invoiceTotalAmount": json_number(document.total), "paidAmount": json_number(document.paid),
                "unpaidAmount": json_number(left), "paid": left <= Decimal::ZERO,
            }),
        ))
    })
}

/// Which invoices were made from a proforma, drafts among them. 200 with an errorText here only means: none yet.
pub(super) fn invoices_of_estimate(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let none = json!({ "areInvoicesCreated": false });
    let named = named(shared, call)?;
    let (Some(series), Some(number)) = (&named.series, &named.number) else {
        let (status, words) = (StatusCode::BAD_REQUEST, missing_parameter("proformei", named.number.is_none()));
        return Err(refuse_with(status, words, none));
    };
    let said = |end: &str| format!("Proforma cu seria {series} si numarul {number} {end}");
    shared.read(|state| {
        let books = &state.smartbill;
        if books.find(Kind::Estimate, series, number).is_none_or(|d| !shows(d, call)) {
            return Err(refuse_with(StatusCode::GONE, said("nu a fost gasita."), Value::Null));
        }
        let invoices: Vec<Value> = books
            .invoices_of(series, number)
            .into_iter()
            .filter(|invoice| shows(invoice, call))
            .map(|invoice| json!({ "series": invoice.series, "number": invoice.number }))
            .collect();
        if invoices.is_empty() {
            return Err(refuse_with(StatusCode::OK, said("nu a fost facturata."), none));
        }
        Ok(success("", json!({ "areInvoicesCreated": true, "invoices": invoices })))
    })
}

fn shows(document: &Document, call: &Call) -> bool {
    call.lag_ms == 0 || document.created_ms <= call.at_ms - call.lag_ms
}

pub(super) fn pdf(shared: &Shared, call: &Call, kind: Kind) -> Result<Response, Refusal> {
    let find = |series: &str, number: &str| {
        shared
            .read(|state| state.smartbill.find(kind, series, number).filter(|d| shows(d, call)).map(|d| (**d).clone()))
    };
    let document = match (kind, named(shared, call)) {
        // A wrong company stays JSON 401; a missing parameter is nginx's business.
        (_, Err(refusal)) if kind == Kind::Estimate || refusal.status() == StatusCode::UNAUTHORIZED => {
            return Err(refusal);
        }
        (Kind::Estimate, Ok(named)) => {
            let (series, number, _) = both(kind, named)?;
            find(&series, &number).ok_or_else(|| refuse(not_found(kind, &series, &number)))?
        }
        (_, named) => named
            .ok()
            .and_then(|named| named.series.zip(named.number))
            .and_then(|(series, number)| find(&series, &number))
            .ok_or_else(|| Box::new(nginx(StatusCode::BAD_GATEWAY)))?,
    };
    let accept = call.header(header::ACCEPT).unwrap_or("*/*");
    let shown_as = if accept.contains("application/json") { "application/json" } else { "application/octet-stream" };
    let mut response = with_type(StatusCode::OK, shown_as, pdf::of_smartbill(&document));
    // The same name for proformas.
    let name = format!("attachment; filename=\"factura{}{}.pdf\"", document.series, document.number);
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// `documentViewUrl`: public for who knows the hash.
pub(super) fn public_view(shared: &Shared, call: &Call) -> Response {
    let hash = call.path.rsplit('/').next().unwrap_or_default();
    let found = shared.read(|state| {
        state.smartbill.documents().iter().find(|d| !hash.is_empty() && d.hash == hash).map(|d| (**d).clone())
    });
    match found {
        Some(document) => with_type(StatusCode::OK, "application/pdf", pdf::of_smartbill(&document)),
        None => html(StatusCode::OK, "<!DOCTYPE html><html><body>Documentul nu a fost gasit.</body></html>"),
    }
}
