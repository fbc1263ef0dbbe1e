//! `POST /invoice/v2` and `POST /estimate/v2` (and both without `/v2` in tolerant mode). Each refusal with its own words;
//! a repeated create is a second document, and a proforma may be made into an invoice more than once.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::{Document, Email, Kind, SmartBillBooks};
use super::lines::{Setting, flag, text};
use super::parties::{self, AtOnce};
use super::special::{At, admit};
use super::{
    Refusal, check_company, lines, no_document, pays_vat, refuse_create, refuse_with, stock, success, unauthorised,
};
use crate::call::{Call, json as answer_json};
use crate::clock::{bucharest_date, read_fiscal_date};
use crate::money::{Line, total_of};
use crate::shared::Shared;

pub(super) const UNKNOWN_SERIES: &str = "Seria nu a fost gasita! Folositi o serie creata in contul de cloud.";
pub(super) const BAD_DATE: &str = "Data documentului trebuie sa fie de forma yyyy-MM-dd.";
const CLOSED: &str = "Nu puteti adauga documentul intr-o perioada inchisa";
const QUOTA: &str = "Pentru acest pachet s-a emis numarul maxim de documente permis";
const MOST_LINES: usize = 400;

/// A create's body and what it is to be read under.
pub(super) struct Order<'a> {
    pub body: &'a Map<String, Value>,
    pub kind: Kind,
    pub now_ms: i64,
    pub vat_payer: bool,
    pub tolerant: bool,
}

pub(super) fn answer(shared: &Shared, call: &Call, body: Value, kind: Kind, v2: bool) -> Result<Response, Refusal> {
    let Value::Object(body) = body else { return Err(refuse_create(BAD_DATE)) };
    let vat_payer = match body.get("companyVatCode") {
        Some(Value::Null) => {
            let body = json!({ "errorText": "Internal Server Error!", "message": "", "number": "", "series": "",
                "url": "", "documentId": null });
            return Err(Box::new(answer_json(StatusCode::INTERNAL_SERVER_ERROR, &body)));
        }
        None => return Err(unauthorised("Firma la care incercati sa va conectati nu mai este disponibila in Cloud.")),
        Some(cif) => {
            let cif = cif.as_str().unwrap_or_default();
            check_company(cif)?;
            pays_vat(cif)
        }
    };
    let base = call.base_url("https://cloud.smartbill.ro");
    let quota = shared.config.document_quota;
    let order = Order { body: &body, kind, now_ms: call.at_ms, vat_payer, tolerant: shared.config.tolerant };
    Ok(shared.change_and_answer(|state| {
        let books = &mut state.smartbill;
        if quota.is_some_and(|quota| books.issued >= quota) {
            return Err(refuse_create(QUOTA));
        }
        let (document, payment) = draw_up(books, &order)?;
        let document = books.file(document, flag(&body, "isDraft"));
        follow(books, &order, &document, payment);
        Ok(created(&document, &body, &base, v2))
    }))
}

/// What comes with a document that was issued: the payment that stands in it, the mail, the saved client.
fn follow(books: &mut SmartBillBooks, order: &Order<'_>, document: &Document, payment: Option<AtOnce>) {
    if let Some(payment) = payment.filter(|_| !document.is_draft()) {
        books.file_payment(payment.of(document, order.now_ms));
    }
    let client = parties::saved(order.body);
    if let Some((name, code)) = client {
        books.clients.insert(name, code);
    }
    if flag(order.body, "sendEmail") {
        let email = order.body.get("email").and_then(Value::as_object).cloned().unwrap_or_default();
        let line = |key: &str| text(&email, key).unwrap_or_default().to_owned();
        let to = text(&email, "to").unwrap_or_else(|| document.client_text("email")).to_owned();
        books.mail(Email {
            document: document.kind.word().into(),
            series: document.series.clone(),
            number: document.number.clone(),
            to,
            cc: line("cc"),
            bcc: line("bcc"),
            subject: String::new(),
            body: String::new(),
            sent_ms: order.now_ms,
        });
    }
}

pub(super) fn addresses(document: &Document, base: &str) -> Value {
    let word = document.kind.word();
    json!({
        "documentUrl": format!("{base}/documente/editare/{word}/{}/", document.id), "documentId": document.id,
        "documentViewUrl": format!("{base}/documente/extern/pf/{word}/{}?srvid=2", document.hash),
    })
}

fn created(document: &Document, body: &Map<String, Value>, base: &str, v2: bool) -> Response {
    let wants_link = text(body, "paymentUrl") == Some("Generate URL");
    let url = if wants_link { format!("{base}/plata/{}", document.hash) } else { String::new() };
    let mut extra = json!({ "number": document.number, "series": document.series, "url": url });
    if v2 && let (Value::Object(extra), Value::Object(addresses)) = (&mut extra, addresses(document, base)) {
        extra.extend(addresses);
    }
    success("", extra)
}

pub(super) fn date(body: &Map<String, Value>, key: &str) -> Result<Option<NaiveDate>, Refusal> {
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

/// The series that the body names; in tolerant mode, as in 2021, the account's first one when it names none.
pub(super) fn series_of(
    books: &SmartBillBooks,
    named: Option<&str>,
    letter: &str,
    tolerant: bool,
) -> Result<String, Refusal> {
    admit(At::Series, named.unwrap_or_default(), &[], &no_document())?;
    let mut known = books.series.iter().filter(|series| series.kind == letter);
    let found = match named {
        Some(name) => known.find(|series| series.name == name),
        None if tolerant => known.next(),
        None => None,
    };
    found.map(|series| series.name.clone()).ok_or_else(|| refuse_create(UNKNOWN_SERIES))
}

/// The proforma that an invoice is made from, or that it names while it has client and lines of its own. That the second
/// makes it an invoiced one, too, is UNVERIFIED.
fn estimate_of<'a>(books: &'a SmartBillBooks, order: &Order<'_>) -> Result<Option<&'a Document>, Refusal> {
    let named = order.body.get("estimate").and_then(Value::as_object);
    if order.kind != Kind::Invoice || !flag(order.body, "useEstimateDetails") && named.is_none() {
        return Ok(None);
    }
    let empty = Map::new();
    let estimate = named.unwrap_or(&empty);
    let (series, number) =
        (text(estimate, "seriesName").unwrap_or_default(), text(estimate, "number").unwrap_or_default());
    match books.find(Kind::Estimate, series, number) {
        Some(found) => {
            if flag(order.body, "useEstimateDetails") {
                admit(At::ConvertedClient, found.client_text("name"), &[], &no_document())?;
            }
            Ok(Some(&**found))
        }
        None => Err(refuse_create(format!("Factura proforma {series}{number} nu a fost gasita!"))),
    }
}

fn draw_up(books: &SmartBillBooks, order: &Order<'_>) -> Result<(Document, Option<AtOnce>), Refusal> {
    let body = order.body;
    let series = series_of(books, text(body, "seriesName"), order.kind.letter(), order.tolerant)?;
    let today = bucharest_date(order.now_ms);
    let issue_date = date(body, "issueDate")?.unwrap_or(today);
    if is_closed(issue_date, today) {
        return Err(refuse_create(CLOSED));
    }
    let language = text(body, "language").unwrap_or("RO");
    admit(At::Language, language, &[], &no_document())?;
    let named = estimate_of(books, order)?;
    let estimate = named.filter(|_| flag(body, "useEstimateDetails"));
    let currency = text(body, "currency").or(estimate.map(|e| e.currency.as_str())).unwrap_or("RON");
    admit(At::Currency, currency, &[], &no_document())?;
    let lines = match estimate {
        Some(estimate) => estimate.lines.clone(),
        None => own_lines(order, &series, issue_date, currency)?,
    };
    let client = match (estimate, body.get("client")) {
        (Some(estimate), None | Some(Value::Null)) => estimate.client.clone(),
        _ => parties::client(books, body)?,
    };
    let mentions = text(body, "mentions").or(estimate.map(|e| e.mentions.as_str())).unwrap_or_default();
    let document = Document {
        id: 0,
        kind: order.kind,
        series,
        number: String::new(),
        hash: String::new(),
        issue_date,
        due_date: date(body, "dueDate")?,
        currency: currency.to_owned(),
        language: language.to_owned(),
        client,
        total: total_of(&lines),
        lines,
        paid: Decimal::ZERO,
        mentions: mentions.to_owned(),
        observations: text(body, "observations").unwrap_or_default().to_owned(),
        cancelled: false,
        reverses: None,
        from_estimate: named.map(|e| (e.series.clone(), e.number.clone())),
        vat_payer: order.vat_payer,
        uses_stock: flag(body, "useStock"),
        created_ms: order.now_ms,
    };
    let payment = AtOnce::read(books, order)?;
    Ok((document, payment))
}

fn own_lines(order: &Order<'_>, series: &str, issue_date: NaiveDate, currency: &str) -> Result<Vec<Line>, Refusal> {
    let products = order.body.get("products").and_then(Value::as_array).filter(|products| !products.is_empty());
    let Some(products) = products else {
        let of = if order.kind == Kind::Estimate { "estimateProducts" } else { "invoiceProducts" };
        return Err(refuse_create(format!("{of} trebuie specificat si trebuie sa contina cel putin un element")));
    };
    if products.len() > MOST_LINES {
        let words = "Numarul maxim acceptat de 400 intrari pe document a fost depasit.";
        return Err(refuse_with(StatusCode::GONE, words, no_document()));
    }
    let setting = Setting { kind: order.kind, currency, vat_payer: order.vat_payer };
    let lines = lines::compute(products, &setting)?;
    if order.kind == Kind::Invoice && flag(order.body, "useStock") {
        stock::check(products, series, issue_date)?;
    }
    Ok(lines)
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
