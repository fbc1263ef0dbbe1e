//! `POST /api/docs/{type}`: a document is issued at once. The answer says little on purpose: series, number and link.
//! And `PUT /api/docs/invoice`, which writes an invoice anew as long as nobody was told of it and nobody paid it.

use axum::response::Response;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::actions::named;
use super::books::{Collect, DocType, Document, Email, OblioBooks, Product, RECEIPTS};
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
    let quota = shared.config.document_quota;
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
        if let Some(quota) = quota.filter(|quota| books.issued >= *quota) {
            return Err(refuse(format!("Ati emis deja {quota} documente in aceasta luna")));
        }
        let draft = draw_up(books, kind, &input, call.at_ms)?;
        let next = draft.document.number + 1;
        if let Some(series) = books.series.iter_mut().find(|s| s.kind == kind && s.name == draft.document.series) {
            series.next = series.next.max(next);
        }
        let id = follow(books, draft, &input);
        if let Some(key) = key {
            books.keys.insert(key, id);
        }
        match books.by_id(id) {
            Some(document) => Ok(created(document, &base)),
            None => Err(refuse("Documentul nu a putut fi salvat")),
        }
    })
}

/// Files a document, with what comes with it: stored client and products, the receipt, the mail, and the payment of a
/// reversed invoice taken back.
fn follow(books: &mut OblioBooks, draft: Draft, input: &Map<String, Value>) -> u64 {
    let Draft { mut document, products, refunds } = draft;
    if let Some(Value::Object(client)) = input.get("client")
        && flag(client, "save", false)
    {
        books.store_client(&document.client);
    }
    for product in products {
        books.store_product(product);
    }
    for collect in document.collects.iter_mut().filter(|collect| collect.kind == "Chitanta") {
        collect.number = books.next_receipt();
    }
    if let Some(original) = refunds.and_then(|id| books.by_id_mut(id)) {
        original.change(|original| original.collects.clear());
    }
    if flag(input, "sendEmail", false) {
        books.emails.push(Email {
            document: document.kind.romanian().into(),
            series: document.series.clone(),
            number: document.padded_number(),
            to: text(&document.client, "email").unwrap_or_default(),
            sent_ms: document.created_ms,
        });
    }
    books.file(document)
}

/// An edit keeps id, number and link. Refused for what the authority has or what is paid.
pub(super) fn edit(shared: &Shared, call: &Call) -> Response {
    let mut input = call.input();
    let base = call.base_url("https://www.oblio.eu");
    shared.change_and_answer(|state| {
        let books = &mut state.oblio;
        let id = named(books, DocType::Invoice, &input)?;
        let Some(before) = books.by_id(id).map(|found| (**found).clone()) else { return Err(missing("number")) };
        // UNVERIFIED words.
        if before.einvoice.is_some() || !before.collects.is_empty() {
            return Err(refuse("Factura nu poate fi modificata: este trimisa in SPV sau incasata."));
        }
        input.remove("number");
        input.remove("disableAutoSeries");
        let Draft { document, .. } = draw_up(books, DocType::Invoice, &input, call.at_ms)?;
        let after = Document {
            id,
            number: before.number,
            hash: before.hash,
            cancelled: before.cancelled,
            created_ms: before.created_ms,
            ..document
        };
        let answer = created(&after, &base);
        if let Some(document) = books.by_id_mut(id) {
            document.change(|document| *document = after);
        }
        Ok(answer)
    })
}

fn created(document: &Document, base: &str) -> Response {
    let data = json!({
        "seriesName": document.series, "number": document.padded_number(), "link": document.link(base),
    });
    success("Success", &data)
}

/// What a create comes to before anything is filed.
struct Draft {
    document: Document,
    products: Vec<Product>,
    /// The reversed invoice whose payment is taken back.
    refunds: Option<u64>,
}

/// Everything that is checked and computed before anything is filed.
fn draw_up(books: &OblioBooks, kind: DocType, input: &Map<String, Value>, now_ms: i64) -> Result<Draft, Refusal> {
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
    let (lines, products) = document_lines(books, kind, input, source, reverses)?;
    if let Some(original) = reverses
        && books.reversal_of(original.id).is_some()
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
        from: source.filter(|source| source.kind != DocType::Invoice).map(|source| source.id),
        collects,
        einvoice: None,
        created_ms: now_ms,
    };
    let refund = input.get("referenceDocument").and_then(Value::as_object).is_some_and(|r| flag(r, "refund", false));
    Ok(Draft { document, products, refunds: reverses.filter(|_| refund).map(|original| original.id) })
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
    kind: DocType,
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
        (Some(products), _, _) => {
            // Notices move goods unless they say that they do not.
            let moves = flag(input, "useStock", kind == DocType::Notice) && kind != DocType::Proforma;
            lines::check_stock(books, &products, moves)?;
            let (lines, stored) = lines::compute(books, &products)?;
            lines::check_names(books, &stored)?;
            Ok((lines, stored))
        }
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

/// A payment: `documentNumber` for every type but the receipt, which needs its own series. The receipt's number is given
/// when it is filed.
pub(super) fn read_collect(collect: &Map<String, Value>, total: Decimal, today: NaiveDate) -> Result<Collect, Refusal> {
    let kind = text(collect, "type").ok_or_else(|| missing("type"))?;
    if !COLLECT_TYPES.contains(&kind.as_str()) {
        return Err(refuse(format!("Tipul incasarii {kind} nu exista")));
    }
    let number = if kind == "Chitanta" {
        let series = text(collect, "seriesName").ok_or_else(|| missing("seriesName"))?;
        if series != RECEIPTS {
            return Err(refuse(unknown_series(&series)));
        }
        series
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
