//! `POST /api/docs/{type}`: a document is issued at once. The answer says little on purpose: series, number and link.

use axum::response::Response;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::{Collect, DocType, Document, OblioBooks, Product};
use super::{Refusal, check_company, flag, lines, missing, refuse, success, text};
use crate::call::Call;
use crate::clock::{bucharest_date, read_fiscal_date};
use crate::config::RepeatedKey;
use crate::money::{Line, read_decimal, total_of};
use crate::shared::Shared;

const NOTES: [&str; 16] = [
    "internalNote",
    "noticeNumber",
    "orderNumber",
    "contractNumber",
    "contractNumberDate",
    "receptionNotice",
    "projectNumber",
    "buyerIdentifier",
    "clientAccountReference",
    "issuerName",
    "issuerId",
    "deputyName",
    "deputyIdentityCard",
    "deputyAuto",
    "selesAgent",
    "deliveryDate",
];

const COLLECT_TYPES: [&str; 11] = [
    "Chitanta",
    "Bon fiscal",
    "Bon fiscal card",
    "Alta incasare numerar",
    "Ordin de plata",
    "Mandat postal",
    "Card",
    "CEC",
    "Bilet ordin",
    "Alta incasare banca",
    "Ramburs",
];

/// UNVERIFIED words.
pub(super) fn unknown_series(series: &str) -> String {
    format!("Seria {series} nu exista in Oblio")
}

pub(super) fn no_document(series: &str, number: u64) -> Refusal {
    refuse(format!("Nu exista document cu seria {series} si numarul {number}"))
}

pub(super) fn answer(shared: &Shared, kind: DocType, call: &Call) -> Response {
    let input = call.input();
    let base = call.base_url("https://www.oblio.eu");
    let repeated = shared.config.repeated_key;
    shared.change_and_answer(|state| {
        check_company(&input)?;
        let books = &mut state.oblio;
        let key = text(&input, "idempotencyKey");
        if let Some(known) = key.as_ref().and_then(|key| books.keys.get(key)).and_then(|id| books.by_id(*id)) {
            return match repeated {
                // An Err, for nothing changed: it need not be written.
                RepeatedKey::Replay => Err(Box::new(created(known, &base))),
                RepeatedKey::Refuse => Err(refuse("Exista deja un document emis cu aceasta cheie de idempotenta")),
            };
        }
        let (document, products) = draw_up(books, kind, &input, call.at_ms)?;
        let next = document.number + 1;
        if let Some(series) = books.series.iter_mut().find(|s| s.kind == kind && s.name == document.series) {
            series.next = series.next.max(next);
        }
        if let Some(Value::Object(client)) = input.get("client")
            && flag(client, "save", false)
        {
            books.store_client(&document.client);
        }
        for product in products {
            books.store_product(product);
        }
        let id = books.file(document);
        if let Some(key) = key {
            books.keys.insert(key, id);
        }
        match books.by_id(id) {
            Some(document) => Ok(created(document, &base)),
            None => Err(refuse("Documentul nu a putut fi salvat")),
        }
    })
}

fn created(document: &Document, base: &str) -> Response {
    let data = json!({
        "seriesName": document.series, "number": document.padded_number(), "link": document.link(base),
    });
    success("Success", &data)
}

/// Everything that is checked and computed before anything is filed.
fn draw_up(
    books: &OblioBooks,
    kind: DocType,
    input: &Map<String, Value>,
    now_ms: i64,
) -> Result<(Document, Vec<Product>), Refusal> {
    let series = text(input, "seriesName").ok_or_else(|| missing("seriesName"))?;
    let Some(counter) = books.series.iter().find(|s| s.kind == kind && s.name == series) else {
        return Err(refuse(unknown_series(&series)));
    };
    let number = if flag(input, "disableAutoSeries", false) {
        let wanted: u64 = text(input, "number").and_then(|n| n.parse().ok()).ok_or_else(|| missing("number"))?;
        if books.find(kind, &series, wanted).is_some() {
            return Err(refuse(format!("Exista deja un document cu seria {series} si numarul {wanted}")));
        }
        wanted
    } else {
        counter.next
    };
    let issue_date = date(input, "issueDate")?.unwrap_or_else(|| bucharest_date(now_ms));
    let source = referenced(books, input)?;
    let reverses = source.filter(|d| d.kind == DocType::Invoice && !input.contains_key("products"));
    let (lines, products) = document_lines(books, input, source, reverses)?;
    if let Some(original) = reverses
        && books.documents().iter().any(|d| d.reverses == Some(original.id) && !d.cancelled)
    {
        // UNVERIFIED words.
        return Err(refuse("Factura este deja stornata."));
    }
    let total = total_of(&lines);
    let collects = match input.get("collect") {
        Some(Value::Object(collect)) if kind == DocType::Invoice => vec![read_collect(collect, total, issue_date)?],
        _ => Vec::new(),
    };
    let document = Document {
        id: 0,
        kind,
        series,
        number,
        hash: String::new(),
        issue_date,
        due_date: date(input, "dueDate")?,
        currency: text(input, "currency").unwrap_or_else(|| "RON".into()),
        precision: text(input, "precision").and_then(|p| p.parse().ok()).filter(|p| (2..=4).contains(p)).unwrap_or(2),
        client: client(books, input, source)?,
        total,
        lines,
        mentions: text(input, "mentions").unwrap_or_else(|| reversal_words(reverses)),
        notes: input.iter().filter(|(k, _)| NOTES.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect(),
        cancelled: false,
        reverses: reverses.map(|document| document.id),
        collects,
        created_ms: now_ms,
    };
    Ok((document, products))
}

fn reversal_words(original: Option<&Document>) -> String {
    original.map(|d| format!("Storno factura {} {}", d.series, d.padded_number())).unwrap_or_default()
}

fn date(input: &Map<String, Value>, key: &str) -> Result<Option<NaiveDate>, Refusal> {
    match text(input, key) {
        None => Ok(None),
        Some(text) => match read_fiscal_date(&text) {
            Some(date) => Ok(Some(date)),
            None => Err(refuse(format!("Parametrul {key} nu este o data valida"))),
        },
    }
}

fn referenced<'a>(books: &'a OblioBooks, input: &Map<String, Value>) -> Result<Option<&'a Document>, Refusal> {
    let Some(Value::Object(reference)) = input.get("referenceDocument") else { return Ok(None) };
    let Some(kind) = text(reference, "type") else {
        // Samples of the official clients send every field empty: that is no reference.
        return if text(reference, "number").is_none() { Ok(None) } else { Err(missing("type")) };
    };
    let kind = DocType::from_romanian(&kind).ok_or_else(|| refuse(format!("Tipul documentului {kind} nu exista")))?;
    let series = text(reference, "seriesName").ok_or_else(|| missing("seriesName"))?;
    let number = text(reference, "number").and_then(|n| n.parse().ok()).ok_or_else(|| missing("number"))?;
    books.find(kind, &series, number).map(|found| Some(&**found)).ok_or_else(|| no_document(&series, number))
}

fn document_lines(
    books: &OblioBooks,
    input: &Map<String, Value>,
    source: Option<&Document>,
    reverses: Option<&Document>,
) -> Result<(Vec<Line>, Vec<Product>), Refusal> {
    let products: Option<Vec<Value>> = match input.get("products") {
        Some(Value::Array(products)) => Some(products.clone()),
        // `products[0][name]=…` of a form.
        Some(Value::Object(products)) => Some(products.values().cloned().collect()),
        _ => None,
    };
    match (products, reverses, source) {
        (Some(products), _, _) => lines::compute(books, &products),
        (None, Some(original), _) => Ok((original.lines.iter().map(Line::reversed).collect(), Vec::new())),
        (None, None, Some(source)) => Ok((source.lines.clone(), Vec::new())),
        (None, None, None) => Err(missing("products")),
    }
}

fn client(
    books: &OblioBooks,
    input: &Map<String, Value>,
    source: Option<&Document>,
) -> Result<Map<String, Value>, Refusal> {
    let sent = match (input.get("client"), source) {
        (Some(Value::Object(client)), _) => client,
        (_, Some(source)) => return Ok(source.client.clone()),
        _ => return Err(missing("client")),
    };
    let mut client: Map<String, Value> = sent
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "save" | "autocomplete" | "value"))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if text(&client, "name").is_none() {
        let cif = text(&client, "cif").unwrap_or_default();
        let stored = books.clients.iter().find(|known| !cif.is_empty() && text(known, "cif").as_ref() == Some(&cif));
        match stored {
            Some(stored) => client = stored.clone(),
            None => return Err(refuse("Selecteaza Clientul")),
        }
    }
    Ok(client)
}

/// A payment: `documentNumber` for every type but the receipt, which needs its own series.
pub(super) fn read_collect(collect: &Map<String, Value>, total: Decimal, today: NaiveDate) -> Result<Collect, Refusal> {
    let kind = text(collect, "type").ok_or_else(|| missing("type"))?;
    if !COLLECT_TYPES.contains(&kind.as_str()) {
        return Err(refuse(format!("Tipul incasarii {kind} nu exista")));
    }
    let number = if kind == "Chitanta" {
        text(collect, "seriesName").ok_or_else(|| missing("seriesName"))?
    } else {
        text(collect, "documentNumber").ok_or_else(|| missing("documentNumber"))?
    };
    Ok(Collect {
        kind,
        number,
        issue_date: text(collect, "issueDate").as_deref().and_then(read_fiscal_date).unwrap_or(today),
        value: collect.get("value").and_then(read_decimal).unwrap_or(total),
    })
}
