//! `POST /invoice/v2` (and `/invoice` in tolerant mode). Each refusal with its own words; a repeated create is a second
//! invoice.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::{Document, SmartBillBooks};
use super::{Refusal, check_company, lines, refuse_create, refuse_with, success, unauthorised};
use crate::call::{Call, json as answer_json};
use crate::clock::{bucharest_date, read_fiscal_date};
use crate::money::{read_decimal, total_of};
use crate::shared::Shared;

pub(super) const UNKNOWN_SERIES: &str = "Seria nu a fost gasita! Folositi o serie creata in contul de cloud.";
const BAD_DATE: &str = "Data documentului trebuie sa fie de forma yyyy-MM-dd.";
const CLOSED: &str = "Nu puteti adauga documentul intr-o perioada inchisa";
const QUOTA: &str = "Pentru acest pachet s-a emis numarul maxim de documente permis";
const MOST_LINES: usize = 400;

const PAYMENT_TYPES: [&str; 11] = [
    "chitanta",
    "bon",
    "card",
    "card online",
    "cec",
    "bilet ordin",
    "ordin plata",
    "mandat postal",
    "extras de cont",
    "ramburs",
    "alta incasare",
];

pub(super) fn answer(shared: &Shared, call: &Call, body: Value, v2: bool) -> Result<Response, Refusal> {
    let Value::Object(body) = body else { return Err(refuse_create(BAD_DATE)) };
    match body.get("companyVatCode") {
        Some(Value::Null) => {
            let body = json!({ "errorText": "Internal Server Error!", "message": "", "number": "", "series": "",
                "url": "", "documentId": null });
            return Err(Box::new(answer_json(StatusCode::INTERNAL_SERVER_ERROR, &body)));
        }
        None => return Err(unauthorised("Firma la care incercati sa va conectati nu mai este disponibila in Cloud.")),
        Some(cif) => check_company(cif.as_str().unwrap_or_default())?,
    }
    let base = call.base_url("https://cloud.smartbill.ro");
    let quota = shared.config.document_quota;
    Ok(shared.change_and_answer(|state| {
        let books = &mut state.smartbill;
        if quota.is_some_and(|quota| books.issued >= quota) {
            return Err(refuse_create(QUOTA));
        }
        let document = draw_up(books, &body, call.at_ms)?;
        let document = books.file(document, lines::flag(&body, "isDraft"));
        Ok(created(&document, &body, &base, v2))
    }))
}

pub(super) fn addresses(document: &Document, base: &str) -> Value {
    json!({
        "documentUrl": format!("{base}/documente/editare/factura/{}/", document.id), "documentId": document.id,
        "documentViewUrl": format!("{base}/documente/extern/pf/factura/{}?srvid=2", document.hash),
    })
}

fn created(document: &Document, body: &Map<String, Value>, base: &str, v2: bool) -> Response {
    let wants_link = body.get("paymentUrl").and_then(Value::as_str) == Some("Generate URL");
    let url = if wants_link { format!("{base}/plata/{}", document.hash) } else { String::new() };
    let mut extra = json!({ "number": document.number, "series": document.series, "url": url });
    if v2 && let (Value::Object(extra), Value::Object(addresses)) = (&mut extra, addresses(document, base)) {
        extra.extend(addresses);
    }
    success("", extra)
}

fn text<'a>(fields: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    fields.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn date(body: &Map<String, Value>, key: &str) -> Result<Option<NaiveDate>, Refusal> {
    match text(body, key) {
        None => Ok(None),
        Some(text) => read_fiscal_date(text).map(Some).ok_or_else(|| refuse_create(BAD_DATE)),
    }
}

/// The books are closed up to the end of the month before last.
pub(super) fn is_closed(date: NaiveDate, today: NaiveDate) -> bool {
    today
        .with_day(1)
        .and_then(|first| first.checked_sub_months(Months::new(1)))
        .is_some_and(|first_open| date < first_open)
}

fn draw_up(books: &SmartBillBooks, body: &Map<String, Value>, now_ms: i64) -> Result<Document, Refusal> {
    let series = text(body, "seriesName")
        .filter(|name| books.series.iter().any(|s| s.kind == "f" && s.name == *name))
        .ok_or_else(|| refuse_create(UNKNOWN_SERIES))?;
    let today = bucharest_date(now_ms);
    let issue_date = date(body, "issueDate")?.unwrap_or(today);
    if is_closed(issue_date, today) {
        return Err(refuse_create(CLOSED));
    }
    if lines::flag(body, "useEstimateDetails") {
        let estimate = body.get("estimate").cloned().unwrap_or_default();
        let name = |key: &str| estimate[key].as_str().unwrap_or_default().to_owned();
        let words = format!("Factura proforma {}{} nu a fost gasita!", name("seriesName"), name("number"));
        return Err(refuse_create(words));
    }
    let products = body.get("products").and_then(Value::as_array).filter(|products| !products.is_empty());
    let Some(products) = products else {
        let words = "invoiceProducts trebuie specificat si trebuie sa contina cel putin un element";
        return Err(refuse_create(words));
    };
    if products.len() > MOST_LINES {
        let words = "Numarul maxim acceptat de 400 intrari pe document a fost depasit.";
        let extra = json!({ "documentUrl": "", "documentId": -1, "documentViewUrl": "" });
        return Err(refuse_with(StatusCode::GONE, words, extra));
    }
    let client = client(body)?;
    let currency = text(body, "currency").unwrap_or("RON");
    let lines = lines::compute(products, currency)?;
    let total = total_of(&lines);
    Ok(Document {
        id: 0,
        series: series.to_owned(),
        number: String::new(),
        hash: String::new(),
        issue_date,
        due_date: date(body, "dueDate")?,
        currency: currency.to_owned(),
        client,
        paid: payment(books, body)?,
        lines,
        total,
        mentions: text(body, "mentions").unwrap_or_default().to_owned(),
        observations: text(body, "observations").unwrap_or_default().to_owned(),
        cancelled: false,
        reverses: None,
        created_ms: now_ms,
    })
}

fn client(body: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let Some(Value::Object(client)) = body.get("client") else {
        return Err(refuse_create("tara trebuie specificata"));
    };
    if text(client, "name").is_none() {
        return Err(refuse_create("Client invalid!"));
    }
    if text(client, "country").is_none() {
        return Err(refuse_create("tara trebuie specificata"));
    }
    if lines::flag(body, "sendEmail") {
        let to = body.get("email").and_then(|email| email["to"].as_str()).unwrap_or_default();
        if to.is_empty() && text(client, "email").is_none() {
            return Err(refuse_create("Trebuie specificata adresa de email a clientului."));
        }
    }
    Ok(client.clone())
}

/// What the payment block of the invoice pays.
fn payment(books: &SmartBillBooks, body: &Map<String, Value>) -> Result<Decimal, Refusal> {
    let Some(Value::Object(payment)) = body.get("payment") else { return Ok(Decimal::ZERO) };
    let missing = |key: &str| refuse_create(format!("{key} trebuie specificat pentru incasare"));
    let kind = text(payment, "type").ok_or_else(|| missing("type"))?.to_lowercase();
    if payment.get("isCash").is_none_or(Value::is_null) {
        return Err(missing("isCash"));
    }
    let value = payment.get("value").and_then(read_decimal).ok_or_else(|| missing("value"))?;
    if !PAYMENT_TYPES.contains(&kind.as_str()) {
        return Err(refuse_create("Tipul documentului nu a fost gasit pe server!"));
    }
    if kind == "chitanta" {
        let series = text(payment, "paymentSeries").unwrap_or_default();
        if !books.series.iter().any(|s| s.kind == "c" && s.name == series) {
            return Err(refuse_create(UNKNOWN_SERIES));
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_books_are_closed_before_the_last_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert!(is_closed(day("2026-09-30"), day("2026-11-23")));
        assert!(!is_closed(day("2026-10-01"), day("2026-11-23")));
        assert!(!is_closed(day("2026-12-31"), day("2027-01-01")));
    }
}
