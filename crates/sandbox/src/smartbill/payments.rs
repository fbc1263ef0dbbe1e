//! Payments: taking one (for invoices or without any), taking it back, and the text of a fiscal receipt. An amount beyond
//! what the invoices owe stays on the payment and pays nothing; whether the real service refuses it is UNVERIFIED.

use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::books::{Document, Kind, Payment, Share, SmartBillBooks};
use super::create::{UNKNOWN_SERIES, date, series_of};
use super::documents::{company_of, missing_parameter, named, not_last};
use super::lines::{flag, text};
use super::parties::{PAYMENT_TYPES, payment_type};
use super::shape::CURRENCIES;
use super::special::{At, admit};
use super::{Refusal, check_company, digits, machine, refuse, refuse_with, success, tomcat, unauthorised};
use crate::call::Call;
use crate::clock::bucharest_date;
use crate::money::{parse_decimal, read_decimal};
use crate::shared::Shared;

pub(super) fn create(shared: &Shared, call: &Call, body: &Value) -> Result<Response, Refusal> {
    let empty = Map::new();
    let body = body.as_object().unwrap_or(&empty);
    match text(body, "companyVatCode") {
        Some(cif) => check_company(cif)?,
        None => return Err(unauthorised(super::UNKNOWN_COMPANY)),
    }
    let tolerant = shared.config.tolerant;
    Ok(shared.change_and_answer(|state| {
        let books = &mut state.smartbill;
        let payment = draw_up(books, body, call.at_ms, tolerant)?;
        let payment = books.file_payment(payment);
        if payment.kind == "Bon" {
            return Ok(machine::answer(&payment, flag(body, "returnFiscalPrinterText")));
        }
        let mut extra = Map::new();
        if payment.kind == "Chitanta" {
            extra.insert("number".into(), payment.number.clone().into());
            extra.insert("series".into(), payment.series.clone().into());
        }
        Ok(success("", extra.into()))
    }))
}

fn draw_up(books: &SmartBillBooks, body: &Map<String, Value>, now_ms: i64, tolerant: bool) -> Result<Payment, Refusal> {
    let sent = text(body, "type").ok_or_else(|| refuse("Tipul incasarii trebuie specificat."))?;
    let kind = payment_type(sent).ok_or_else(|| {
        refuse_with(StatusCode::NOT_FOUND, "Tipul documentului nu a fost gasit pe server!", Value::Null)
    })?;
    let invoices = invoices(books, body)?;
    let client = client(body, &invoices)?;
    let (currency, language) = (text(body, "currency"), text(body, "language"));
    for (key, sent) in [(At::Currency, currency), (At::Language, language)] {
        admit(key, sent.unwrap_or_default(), &[], &Value::Null)?;
    }
    for invoice in &invoices {
        let name = format!("{}{}", invoice.series, invoice.number);
        if currency.is_some_and(|currency| currency != invoice.currency) {
            return Err(refuse(format!("Moneda facturii {name} nu corespunde cu moneda incasarii!")));
        }
        if language.is_some_and(|language| !invoice.language.is_empty() && language != invoice.language) {
            return Err(refuse(format!("Limba facturii {name} nu corespunde cu limba incasarii!")));
        }
    }
    let currency = currency.or(invoices.first().map(|i| i.currency.as_str())).unwrap_or("RON").to_owned();
    if !CURRENCIES.contains(&currency.as_str()) {
        return Err(refuse("Moneda nu a fost gasita pe server!"));
    }
    if kind == "Bon" {
        machine::check(body, &client, &currency)?;
    }
    let left: Vec<Decimal> = invoices.iter().map(|invoice| books.left_to_pay(invoice)).collect();
    let owed = (flag(body, "useInvoiceDetails") && !invoices.is_empty()).then(|| left.iter().sum());
    let value: Decimal = body
        .get("value")
        .and_then(read_decimal)
        .or(owed)
        .ok_or_else(|| refuse("Valoarea incasarii trebuie specificata."))?;
    let series = if kind == "Chitanta" { receipt_series(books, body, tolerant)? } else { String::new() };
    Ok(Payment {
        id: 0,
        kind: kind.into(),
        series,
        number: String::new(),
        issue_date: date(body, "issueDate")?.unwrap_or_else(|| bucharest_date(now_ms)),
        value,
        currency,
        client,
        text: text(body, "text").or(text(body, "observation")).unwrap_or_default().to_owned(),
        draft: kind == "Chitanta" && flag(body, "isDraft"),
        pays: shares(&invoices, &left, value),
        created_ms: now_ms,
    })
}

/// The money goes to the invoices in the order in which they were named.
fn shares(invoices: &[&Document], left: &[Decimal], value: Decimal) -> Vec<Share> {
    let mut rest = value;
    let mut shares = Vec::new();
    for (invoice, left) in invoices.iter().zip(left) {
        let part = rest.min(*left).max(Decimal::ZERO);
        rest -= part;
        shares.push(Share { series: invoice.series.clone(), number: invoice.number.clone(), value: part });
    }
    shares
}

fn receipt_series(books: &SmartBillBooks, body: &Map<String, Value>, tolerant: bool) -> Result<String, Refusal> {
    let named = text(body, "seriesName");
    if books.series.iter().any(|series| series.kind != "c" && Some(series.name.as_str()) == named) {
        return Err(refuse("Seria nu poate fi folosita la chitante."));
    }
    series_of(books, named, "c", tolerant).map_err(|_| refuse(UNKNOWN_SERIES))
}

fn invoices<'a>(books: &'a SmartBillBooks, body: &Map<String, Value>) -> Result<Vec<&'a Document>, Refusal> {
    let named = match body.get("invoicesList") {
        Some(Value::Array(list)) => list.clone(),
        Some(one @ Value::Object(_)) => vec![one.clone()],
        _ => Vec::new(),
    };
    named
        .iter()
        .map(|one| {
            let field = |key: &str| one[key].as_str().unwrap_or_default();
            let (series, number) = (field("seriesName"), field("number"));
            let Some(invoice) = books.find(Kind::Invoice, series, number) else {
                return Err(refuse("Factura nu a fost gasita!"));
            };
            if invoice.cancelled {
                return Err(refuse(format!(
                    "Factura {series}{number} este anulata, nu o puteti incasa. Restaurati intai factura sau emiteti \
                     incasarea independent de factura."
                )));
            }
            if books.left_to_pay(invoice) <= Decimal::ZERO {
                return Err(refuse("Factura este incasata sau stornata in totalitate."));
            }
            Ok(&**invoice)
        })
        .collect()
}

fn client(body: &Map<String, Value>, invoices: &[&Document]) -> Result<Map<String, Value>, Refusal> {
    let sent = body.get("client").and_then(Value::as_object).filter(|client| text(client, "name").is_some());
    let Some(sent) = sent else {
        return match invoices.first() {
            Some(invoice) if flag(body, "useInvoiceDetails") => Ok(invoice.client.clone()),
            _ => Err(refuse(
                "Datele clientului trebuie specificate. Ele se preiau din factura doar in cazul in care usePaymentDetails \
                 = true.",
            )),
        };
    };
    let code = text(sent, "vatCode").unwrap_or_default();
    if let Some(other) = invoices.iter().find(|invoice| digits(invoice.client_text("vatCode")) != digits(code)) {
        return Err(refuse(format!(
            "Ciful clientului de pe factura {}{} difera de ciful clientului incasarii!",
            other.series, other.number
        )));
    }
    Ok(sent.clone())
}

/// `DELETE /payment/v2`: by invoice, or by date, value, client's name and client's code together. The type is matched by
/// the letter, and the code with its `RO`.
pub(super) fn delete(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let query = call.query_pairs();
    company_of(&query, false)?;
    let given = |key: &str| query.get(key).map(String::as_str).filter(|text| !text.is_empty());
    // The words name six types, the schema takes nine.
    let deletable = |kind: &&str| PAYMENT_TYPES.contains(kind) && !matches!(*kind, "Chitanta" | "Bon");
    let kind = given("paymentType").filter(deletable).ok_or_else(|| {
        refuse(
            "Tipul incasarii (paymentType) poate fi 'Card', 'CEC', 'Bilet ordin', 'Ordin plata', 'Mandat postal', \
             'Alta incasare'.",
        )
    })?;
    let by_invoice = given("invoiceSeries").zip(given("invoiceNumber"));
    let by_facts = given("paymentDate").zip(given("paymentValue")).zip(given("clientName").zip(given("clientCif")));
    let fits = |payment: &Payment| match (by_invoice, by_facts) {
        (Some((series, number)), _) => {
            payment.pays.iter().any(|share| share.series == series && share.number == number)
        }
        (None, Some(((date, value), (name, code)))) => {
            let client = |key: &str| text(&payment.client, key).unwrap_or_default();
            payment.issue_date.to_string() == date
                && parse_decimal(value) == Some(payment.value)
                && client("name") == name
                && client("vatCode") == code
        }
        (None, None) => false,
    };
    Ok(shared.change_and_answer(|state| {
        let found = state.smartbill.payments().iter().rev().find(|payment| payment.kind == kind && fits(payment));
        let Some(payment) = found.map(|payment| (**payment).clone()) else {
            return Err(refuse("Nu au fost gasite incasari conform datelor specificate."));
        };
        state.smartbill.remove_payment(payment.id, false);
        let client = |key: &str| text(&payment.client, key).unwrap_or_default();
        let words = format!(
            "Incasarea emisa catre clientul {} {} in data de {} cu valoare de {} de tip {} a fost stearsa cu succes.",
            client("name"),
            client("vatCode"),
            payment.issue_date.format("%d/%m/%Y"),
            payment.value.normalize(),
            payment.kind
        );
        Ok(success(&words, Value::Null))
    }))
}

/// `DELETE /payment/chitanta`: the last of its series only.
pub(super) fn delete_receipt(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let named = named(shared, call)?;
    let number = named.number.ok_or_else(|| refuse(missing_parameter("chitantei", true)))?;
    let series = named.series.ok_or_else(|| refuse(missing_parameter("chitantei", false)))?;
    let number_returns = shared.config.deleted_number_returns;
    Ok(shared.change_and_answer(|state| {
        let books = &mut state.smartbill;
        let of = |p: &&Payment| p.series == series && p.number == number;
        let Some(receipt) = books.payments().iter().map(|p| &**p).find(of) else {
            return Err(refuse("Chitanta nu a fost gasita."));
        };
        if !books.is_last_receipt(receipt) {
            return Err(not_last(&series, &number));
        }
        let id = receipt.id;
        books.remove_payment(id, number_returns);
        let words = format!("Chitanta cu seria si numarul {series}{number} a fost stearsa cu succes.");
        Ok(success(&words, Value::Null))
    }))
}

/// `GET /payment/text`. An id that is no receipt's brings Tomcat's page.
pub(super) fn text_of(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let query = call.query_pairs();
    company_of(&query, false)?;
    let id: Option<u64> = query.get("id").and_then(|id| id.parse().ok());
    let found = shared.read(|state| {
        let receipt = |p: &&Payment| Some(p.id) == id && p.kind == "Bon";
        state.smartbill.payments().iter().map(|p| &**p).find(receipt).map(machine::printed)
    });
    match found {
        Some(words) => Ok(success(&STANDARD.encode(words), Value::Null)),
        None => Err(Box::new(tomcat(StatusCode::INTERNAL_SERVER_ERROR))),
    }
}
