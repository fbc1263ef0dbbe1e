//! Whom a document is for, and how it was paid when it was issued.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::books::{Document, Kind, Payment, Share, SmartBillBooks};
use super::create::{Order, series_of};
use super::lines::{flag, text};
use super::special::{At, admit};
use super::{Refusal, no_document, refuse_create};
use crate::money::read_decimal;

/// Types of payments, spelt as deleting wants them. When paying, the case does not matter, but spaces do.
pub(super) const PAYMENT_TYPES: [&str; 11] = [
    "Chitanta",
    "Bon",
    "Card",
    "Card online",
    "CEC",
    "Bilet ordin",
    "Ordin plata",
    "Mandat postal",
    "Extras de cont",
    "Ramburs",
    "Alta incasare",
];

pub(super) fn payment_type(sent: &str) -> Option<&'static str> {
    PAYMENT_TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(sent))
}

pub(super) fn client(books: &SmartBillBooks, body: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let Some(Value::Object(client)) = body.get("client") else {
        return Err(refuse_create("tara trebuie specificata"));
    };
    if text(client, "name").is_none() {
        return Err(refuse_create("Client invalid!"));
    }
    if text(client, "country").is_none() {
        return Err(refuse_create("tara trebuie specificata"));
    }
    if let Some((name, code)) = saved(body)
        && books.clients.get(&name).is_some_and(|known| *known != code)
    {
        return Err(refuse_create("Clientul exista deja pe server"));
    }
    if flag(body, "sendEmail") {
        let to = body.get("email").and_then(|email| email["to"].as_str()).filter(|to| !to.is_empty());
        let Some(to) = to.or(text(client, "email")) else {
            return Err(refuse_create("Trebuie specificata adresa de email a clientului."));
        };
        // Whether the real service issues the invoice in this case is UNVERIFIED.
        admit(At::Address, to, &[], &no_document())?;
    }
    Ok(client.clone())
}

/// Name and fiscal code of a client that is to be saved.
pub(super) fn saved(body: &Map<String, Value>) -> Option<(String, String)> {
    let client = body.get("client")?.as_object().filter(|client| flag(client, "saveToDb"))?;
    Some((text(client, "name")?.to_owned(), text(client, "vatCode").unwrap_or_default().to_owned()))
}

/// The payment block of an invoice.
pub(super) struct AtOnce {
    kind: &'static str,
    value: Decimal,
    /// The receipts' series; empty for other types.
    series: String,
}

impl AtOnce {
    pub fn read(books: &SmartBillBooks, order: &Order<'_>) -> Result<Option<Self>, Refusal> {
        if flag(order.body, "usePaymentTax") && !order.vat_payer {
            return Err(refuse_create("O firma neplatitoare de tva nu poate folosi tva la incasare!"));
        }
        let Some(Value::Object(payment)) = order.body.get("payment").filter(|_| order.kind == Kind::Invoice) else {
            return Ok(None);
        };
        let missing = |key: &str| refuse_create(format!("{key} trebuie specificat pentru incasare"));
        let kind = text(payment, "type").ok_or_else(|| missing("type"))?;
        // The specification contradicts itself: required by the table of errors, true by default in the schema.
        if !order.tolerant && payment.get("isCash").is_none_or(Value::is_null) {
            return Err(missing("isCash"));
        }
        let value = payment.get("value").and_then(read_decimal).ok_or_else(|| missing("value"))?;
        let kind = payment_type(kind).ok_or_else(|| refuse_create("Tipul documentului nu a fost gasit pe server!"))?;
        let series = match kind {
            "Chitanta" => series_of(books, text(payment, "paymentSeries"), "c", order.tolerant)?,
            _ => String::new(),
        };
        Ok(Some(Self { kind, value, series }))
    }

    pub fn of(self, invoice: &Document, now_ms: i64) -> Payment {
        let share = Share { series: invoice.series.clone(), number: invoice.number.clone(), value: self.value };
        Payment {
            id: 0,
            kind: self.kind.into(),
            series: self.series,
            number: String::new(),
            issue_date: invoice.issue_date,
            value: self.value,
            currency: invoice.currency.clone(),
            client: invoice.client.clone(),
            text: String::new(),
            draft: false,
            pays: vec![share],
            created_ms: now_ms,
        }
    }
}
