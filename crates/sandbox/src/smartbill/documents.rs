//! What is done to an invoice that exists. Parameters are matched by the letter: `seriesname` in queries, `seriesName`
//! in bodies; tolerant mode takes either. Cancel and restore answer 200 again and again; a missing PDF is nginx's 502.

use std::collections::HashMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::Document;
use super::create::addresses;
use super::shape::Misfit;
use super::{Refusal, check_company, mapping_error, refuse, refuse_with, success};
use crate::call::{Call, html, nginx, with_type};
use crate::clock::{bucharest_date, read_fiscal_date};
use crate::money::{Line, json_number};
use crate::pdf;
use crate::shared::Shared;

const NO_CIF: &str = "Ciful firmei trebuie specificat!";

pub(super) struct Named {
    series: Option<String>,
    number: Option<String>,
}

/// The query's `cif`, checked, and what it names.
pub(super) fn company_of(query: &HashMap<String, String>) -> Result<(), Refusal> {
    match query.get("cif").filter(|cif| !cif.is_empty()) {
        Some(cif) => check_company(cif),
        None => Err(refuse(NO_CIF)),
    }
}

fn named(shared: &Shared, call: &Call) -> Result<Named, Refusal> {
    let query = call.query_pairs();
    company_of(&query)?;
    let series = query.get("seriesname").or_else(|| query.get("seriesName").filter(|_| shared.config.tolerant));
    let given = |value: Option<&String>| value.filter(|text| !text.is_empty()).cloned();
    Ok(Named { series: given(series), number: given(query.get("number")) })
}

fn not_found(series: &str, number: &str) -> String {
    format!("Factura cu seria si numarul {series}{number} nu a fost gasita!")
}

/// Series and number of a query, or the words that say which one is missing.
fn both(named: Named) -> Result<(String, String), Refusal> {
    let Some(number) = named.number else {
        return Err(refuse("Numarul facturii trebuie specificat in url in parametrul 'number'!"));
    };
    let Some(series) = named.series else {
        return Err(refuse("Seria facturii trebuie specificata in url in parametrul 'seriesname'!"));
    };
    Ok((series, number))
}

pub(super) fn set_cancelled(shared: &Shared, call: &Call, cancel: bool) -> Result<Response, Refusal> {
    let (series, number) = both(named(shared, call)?)?;
    Ok(shared.change_and_answer(|state| {
        let Some(document) = state.smartbill.find_mut(&series, &number) else {
            return Err(refuse(not_found(&series, &number)));
        };
        let words = match (cancel, document.cancelled) {
            (true, false) => format!("Factura cu seria si numarul {series}{number} a fost anulata cu succes."),
            (true, true) => format!("Factura {series}{number} este deja anulata."),
            (false, true) => format!("Factura cu seria si numarul {series}{number} a fost restaurata cu succes."),
            (false, false) => format!("Factura {series}{number} nu necesita restaurare."),
        };
        document.change(|document| document.cancelled = cancel);
        Ok(success(&words, Value::Null))
    }))
}

pub(super) fn delete(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let (series, number) = both(named(shared, call)?)?;
    let number_returns = shared.config.deleted_number_returns;
    Ok(shared.change_and_answer(|state| {
        if state.smartbill.find(&series, &number).is_none() {
            return Err(refuse(not_found(&series, &number)));
        }
        if !state.smartbill.is_last(&series, &number) {
            let words = format!(
                "Nu poti sterge documentul cu seria si numarul {series} {number}, deoarece nu este ultimul din serie!"
            );
            return Err(refuse_with(StatusCode::FORBIDDEN, words, Value::Null));
        }
        state.smartbill.remove(&series, &number, number_returns);
        let words = format!("Factura cu seria si numarul {series}{number} a fost stearsa cu succes.");
        Ok(success(&words, Value::Null))
    }))
}

pub(super) fn payment_status(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let unpaid = |words: &str| refuse_with(StatusCode::BAD_REQUEST, words, json!({ "paid": false }));
    let named = named(shared, call)?;
    let Some(number) = named.number else { return Err(unpaid("Numarul facturii trebuie specificat")) };
    let series = named.series.unwrap_or_default();
    shared.read(|state| {
        let document = state.smartbill.find(&series, &number).filter(|d| shows(d, call));
        let Some(document) = document else { return Err(unpaid("Factura nu a fost gasita")) };
        let left = document.total - document.paid;
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

fn shows(document: &Document, call: &Call) -> bool {
    call.lag_ms == 0 || document.created_ms <= call.at_ms - call.lag_ms
}

pub(super) fn pdf(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let named = match named(shared, call) {
        Ok(named) => named,
        // A wrong company stays JSON 401; a missing parameter is nginx's business.
        Err(refusal) if refusal.status() == StatusCode::UNAUTHORIZED => return Err(refusal),
        Err(_) => return Err(Box::new(nginx(StatusCode::BAD_GATEWAY))),
    };
    let found = named.series.zip(named.number).and_then(|(series, number)| {
        shared.read(|state| state.smartbill.find(&series, &number).filter(|d| shows(d, call)).map(|d| (**d).clone()))
    });
    let Some(document) = found else { return Err(Box::new(nginx(StatusCode::BAD_GATEWAY))) };
    let accept = call.header(header::ACCEPT).unwrap_or("*/*");
    let kind = if accept.contains("application/json") { "application/json" } else { "application/octet-stream" };
    let mut response = with_type(StatusCode::OK, kind, pdf::of_smartbill(&document));
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

/// A storno: the whole invoice taken back, under the next number of the same series.
pub(super) fn reverse(shared: &Shared, call: &Call, body: &Value) -> Result<Response, Refusal> {
    let given = |key: &str| body[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    check_company(&given("companyVatCode").unwrap_or_default())?;
    let date = match given("issueDate") {
        None => bucharest_date(call.at_ms),
        Some(text) => read_fiscal_date(&text).ok_or_else(|| {
            let message = "Could not map property: issueDate.".into();
            mapping_error(&Misfit { message, param: "issueDate".into() }, call)
        })?,
    };
    let Some(number) = given("number") else {
        return Err(refuse("Numarul facturii trebuie specificat in parametrul 'number'!"));
    };
    let Some(series) = given("seriesName") else {
        return Err(refuse("Seria facturii trebuie specificata in parametrul 'seriesname'!"));
    };
    let base = call.base_url("https://cloud.smartbill.ro");
    Ok(shared.change_and_answer(|state| {
        let books = &mut state.smartbill;
        let Some(original) = books.find(&series, &number).map(|found| (**found).clone()) else {
            return Err(refuse(not_found(&series, &number)));
        };
        let reversed = books.documents().iter().any(|d| d.series == series && d.reverses.as_ref() == Some(&number));
        let words = match () {
            () if reversed => Some("Factura este deja stornata.".to_owned()),
            () if original.cancelled => Some(format!("Factura {series}{number} este anulata.")),
            () if original.reverses.is_some() => {
                Some(format!("Factura {series}{number} este de tip storno. Nu se poate storna."))
            }
            () if date < original.issue_date => Some(
                "Data emiterii facturii storno nu poate fi anterioara datei emiterii facturii stornate.".to_owned(),
            ),
            () => None,
        };
        if let Some(words) = words {
            return Err(refuse(words));
        }
        let lines: Vec<Line> = original.lines.iter().map(Line::reversed).collect();
        let storno = Document {
            issue_date: date,
            due_date: None,
            total: -original.total,
            paid: Decimal::ZERO,
            lines,
            reverses: Some(number.clone()),
            // Whether the mentions are copied is UNVERIFIED; the PDF names the original.
            mentions: String::new(),
            observations: String::new(),
            created_ms: call.at_ms,
            ..original
        };
        let storno = books.file(storno, false);
        let mut extra = addresses(&storno, &base);
        extra["number"] = storno.number.clone().into();
        extra["series"] = storno.series.clone().into();
        // The schema of the storno's answer shows the id as text.
        extra["documentId"] = storno.id.to_string().into();
        Ok(success("", Value::Object(extra.as_object().cloned().unwrap_or_else(Map::new))))
    }))
}
