//! What is done to a document that exists: view, cancel, restore, delete (the last of its series; a proforma
//! anywhere in it, as integrators report), collect.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::books::{DocType, Document, OblioBooks};
use super::create::{no_document, read_collect};
use super::{Refusal, check_company, flag, missing, refuse, success, text};
use crate::call::Call;
use crate::clock::bucharest_date;
use crate::money::json_number;
use crate::shared::Shared;

/// The document that `cif`, `seriesName` and `number` name; the number padded or not.
pub(super) fn named(books: &OblioBooks, kind: DocType, input: &Map<String, Value>) -> Result<u64, Refusal> {
    check_company(input)?;
    let series = text(input, "seriesName").ok_or_else(|| missing("seriesName"))?;
    let number = text(input, "number").ok_or_else(|| missing("number"))?;
    let number: u64 = number.parse().map_err(|_| refuse(format!("Numarul {number} nu este valid")))?;
    books.find(kind, &series, number).map(|found| found.id).ok_or_else(|| no_document(&series, number))
}

fn shape(document: &Document, base: &str) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("documentType".into(), document.kind.romanian().into());
    data.insert("seriesName".into(), document.series.clone().into());
    data.insert("number".into(), document.padded_number().into());
    data.insert("link".into(), document.link(base).into());
    data
}

fn with_collects(document: &Document, base: &str) -> Value {
    let mut data = shape(document, base);
    let collects: Vec<Value> = document
        .collects
        .iter()
        .map(
            |c| json!({ "issueDate": c.issue_date, "type": c.kind, "number": c.number, "value": json_number(c.value) }),
        )
        .collect();
    data.insert("collects".into(), collects.into());
    data.into()
}

pub(super) fn view(shared: &Shared, kind: DocType, call: &Call) -> Response {
    let input = call.input();
    shared.read(|state| {
        let found = named(&state.oblio, kind, &input).map(|id| state.oblio.by_id(id));
        match found {
            Ok(Some(document)) => success("Success", &with_collects(document, &call.base_url("https://www.oblio.eu"))),
            Ok(None) => *missing("number"),
            Err(refusal) => *refusal,
        }
    })
}

pub(super) fn cancel(shared: &Shared, kind: DocType, call: &Call) -> Response {
    set_cancelled(shared, kind, call, true, "Documentul a fost anulat.")
}

pub(super) fn restore(shared: &Shared, kind: DocType, call: &Call) -> Response {
    set_cancelled(shared, kind, call, false, "Documentul a fost restaurat.")
}

fn set_cancelled(shared: &Shared, kind: DocType, call: &Call, cancelled: bool, words: &str) -> Response {
    let input = call.input();
    shared.change_and_answer(|state| {
        let id = named(&state.oblio, kind, &input)?;
        let Some(document) = state.oblio.by_id_mut(id) else { return Err(missing("number")) };
        document.change(|document| document.cancelled = cancelled);
        Ok(success(words, &shape(document, &call.base_url("https://www.oblio.eu")).into()))
    })
}

pub(super) fn delete(shared: &Shared, kind: DocType, call: &Call) -> Response {
    let input = call.input();
    shared.change_and_answer(|state| {
        let id = named(&state.oblio, kind, &input)?;
        let Some(document) = state.oblio.by_id(id).map(|found| (**found).clone()) else {
            return Err(missing("number"));
        };
        let of_series = |d: &&crate::kept::Kept<Document>| d.kind == kind && d.series == document.series;
        let last = state.oblio.documents().iter().filter(of_series).map(|d| d.number).max() == Some(document.number);
        if !last && kind != DocType::Proforma {
            // UNVERIFIED words.
            return Err(refuse("Documentul nu poate fi sters, deoarece nu este ultimul din serie."));
        }
        state.oblio.remove(id);
        if !flag(&input, "deleteCollect", false) {
            // Whether the real service refuses here instead is UNVERIFIED.
            state.oblio.loose_collects.extend(document.collects.clone());
        }
        let counter = state.oblio.series.iter_mut().find(|s| last && s.kind == kind && s.name == document.series);
        if let Some(series) = counter {
            series.next = document.number;
        }
        let mut data = shape(&document, "");
        data.remove("link");
        Ok(success("Documentul a fost sters.", &data.into()))
    })
}

pub(super) fn collect(shared: &Shared, call: &Call) -> Response {
    let input = call.input();
    shared.change_and_answer(|state| {
        let id = named(&state.oblio, DocType::Invoice, &input)?;
        let Some(Value::Object(collect)) = input.get("collect") else { return Err(missing("collect")) };
        let Some(left) = state.oblio.by_id(id).map(|d| d.total - d.collected()) else { return Err(missing("number")) };
        let mut payment = read_collect(collect, left, bucharest_date(call.at_ms))?;
        if payment.kind == "Chitanta" {
            payment.number = state.oblio.next_receipt();
        }
        let Some(document) = state.oblio.by_id_mut(id) else { return Err(missing("number")) };
        document.change(|document| document.collects.push(payment));
        Ok(success("", &with_collects(document, &call.base_url("https://www.oblio.eu"))))
    })
}
