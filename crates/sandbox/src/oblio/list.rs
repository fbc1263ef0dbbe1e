//! `GET /api/docs/{type}/list`: the only way to find a document again. Defaults for the -1/0/1 filters and the order are
//! not published; here cancelled ones are hidden unless asked for and the newest comes first, so that a client which
//! leaves them out is noticed. There is no total count, and `page` is ignored.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::books::{DocType, Document};
use super::{Refusal, check_company, einvoice, flag, refuse, success, text};
use crate::call::Call;
use crate::clock::read_fiscal_date;
use crate::money::{four_places, json_number};
use crate::shared::Shared;

const MOST_IN_PAGE: usize = 100;

/// -1 both, 0 no, 1 yes.
fn tri(input: &Map<String, Value>, key: &str, otherwise: i8) -> i8 {
    text(input, key).and_then(|value| value.parse().ok()).filter(|v| (-1..=1).contains(v)).unwrap_or(otherwise)
}

fn admits(wanted: i8, actual: bool) -> bool {
    wanted == -1 || (wanted == 1) == actual
}

pub(super) fn answer(shared: &Shared, kind: DocType, call: &Call) -> Response {
    let input = call.input();
    let base = call.base_url("https://www.oblio.eu");
    shared.read(|state| match find(state.oblio.documents(), kind, &input, call) {
        Ok(page) => {
            let rows: Vec<Value> = page.iter().map(|document| row(document, &input, &base, call.at_ms)).collect();
            success("Success", &rows.into())
        }
        Err(refusal) => *refusal,
    })
}

fn find<'a>(
    documents: &'a [crate::kept::Kept<Document>],
    kind: DocType,
    input: &Map<String, Value>,
    call: &Call,
) -> Result<Vec<&'a Document>, Refusal> {
    check_company(input)?;
    let date = |key: &str| match text(input, key) {
        None => Ok(None),
        Some(text) => match read_fiscal_date(&text) {
            Some(date) => Ok(Some(date)),
            None => Err(refuse(format!("Parametrul {key} nu este o data valida"))),
        },
    };
    let (after, before) = (date("issuedAfter")?, date("issuedBefore")?);
    let (cancelled, draft, collected) =
        (tri(input, "canceled", 0), tri(input, "draft", 0), tri(input, "collected", -1));
    let number: Option<u64> = text(input, "number").and_then(|number| number.parse().ok());
    let id: Option<u64> = text(input, "id").and_then(|id| id.parse().ok());
    let series = text(input, "seriesName");
    let client = input.get("client").and_then(Value::as_object);
    let mut found: Vec<&Document> = documents
        .iter()
        .map(|document| &**document)
        .filter(|d| d.kind == kind && admits(draft, false) && admits(cancelled, d.cancelled))
        .filter(|d| call.lag_ms == 0 || d.created_ms <= call.at_ms - call.lag_ms)
        .filter(|d| admits(collected, d.is_collected()))
        .filter(|d| series.as_ref().is_none_or(|series| *series == d.series))
        .filter(|d| number.is_none_or(|number| number == d.number) && id.is_none_or(|id| id == d.id))
        .filter(|d| after.is_none_or(|date| d.issue_date >= date) && before.is_none_or(|date| d.issue_date <= date))
        .filter(|d| client.is_none_or(|wanted| same_client(wanted, &d.client)))
        .collect();
    match text(input, "orderBy").as_deref() {
        Some("issueDate") => found.sort_by_key(|d| (d.issue_date, d.id)),
        Some("number") => found.sort_by_key(|d| (d.number, d.id)),
        _ => found.sort_by_key(|d| d.id),
    }
    if text(input, "orderDir").is_none_or(|direction| !direction.eq_ignore_ascii_case("ASC")) {
        found.reverse();
    }
    let count = |key: &str, otherwise| text(input, key).and_then(|n| n.parse().ok()).unwrap_or(otherwise);
    let limit: usize = count("limitPerPage", MOST_IN_PAGE).clamp(1, MOST_IN_PAGE);
    Ok(found.into_iter().skip(count("offset", 0)).take(limit).collect())
}

/// `client` filters by cif, email, phone or code; anything else in it is ignored.
fn same_client(wanted: &Map<String, Value>, client: &Map<String, Value>) -> bool {
    let plain = |value: Option<String>| value.unwrap_or_default().to_uppercase().trim_start_matches("RO").to_owned();
    ["cif", "email", "phone", "code"]
        .iter()
        .all(|key| text(wanted, key).is_none() || plain(text(wanted, key)) == plain(text(client, key)))
}

fn bit(flag: bool) -> &'static str {
    if flag { "1" } else { "0" }
}

fn row(d: &Document, input: &Map<String, Value>, base: &str, now_ms: i64) -> Value {
    let (upload, download) = einvoice::indexes(d, now_ms);
    let einvoice_link =
        if upload.is_empty() { String::new() } else { format!("{base}/docs/einvoice?id={}&it={}", d.id, d.hash) };
    let note = |key: &str| d.notes.get(key).cloned().unwrap_or_else(|| json!(""));
    let of_client = |key: &str| d.client.get(key).cloned().unwrap_or_else(|| json!(""));
    let mut row = json!({
        "id": d.id.to_string(), "draft": "0", "canceled": bit(d.cancelled), "storno": bit(d.reverses.is_some()),
        "collected": bit(d.is_collected()),
        "seriesName": d.series, "number": d.padded_number(), "issueDate": d.issue_date,
        "dueDate": d.due_date.map(|date| date.to_string()).unwrap_or_default(),
        "precision": d.precision.to_string(), "currency": d.currency, "exchangeRate": "0.000000",
        "total": four_places(d.total), "issuerName": note("issuerName"), "issuerId": note("issuerId"),
        "noticeNumber": note("noticeNumber"), "deputyName": note("deputyName"),
        "deputyIdentityCard": note("deputyIdentityCard"), "deputyAuto": note("deputyAuto"),
        "mentions": d.mentions, "useStock": "0", "indexUpload": upload, "idDownload": download, "type": d.kind.romanian(),
        "link": d.link(base), "einvoice": einvoice_link,
    });
    row["client"] = json!({
        "clientId": d.id.to_string(), "cif": of_client("cif"), "name": of_client("name"), "rc": of_client("rc"),
        "code": of_client("code"), "address": of_client("address"), "state": of_client("state"),
        "city": of_client("city"), "country": of_client("country"), "iban": of_client("iban"),
        "bank": of_client("bank"), "contact": of_client("contact"), "phone": of_client("phone"),
        "email": of_client("email"), "vatPayer": bit(flag(&d.client, "vatPayer", false)),
    });
    if flag(input, "withEinvoiceStatus", false) {
        row["einvoiceStatus"] = einvoice::status(d, now_ms);
    }
    if flag(input, "withProducts", false) {
        let lines = d.lines.iter().map(|line| {
            json!({
                "name": line.name, "code": line.code, "measuringUnit": line.unit, "price": line.price.to_string(),
                "quantity": line.quantity.to_string(), "vatName": line.vat_name,
                "vatPercentage": json_number(line.rate_percent), "vatIncluded": bit(line.vat_included),
            })
        });
        row["products"] = lines.collect();
    }
    if flag(input, "withCollects", false) {
        let collects = d.collects.iter().map(
            |c| json!({ "issueDate": c.issue_date, "type": c.kind, "number": c.number, "value": json_number(c.value) }),
        );
        row["collects"] = collects.collect();
    }
    row
}
