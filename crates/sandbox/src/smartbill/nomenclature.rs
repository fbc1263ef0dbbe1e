//! `GET /series` and `GET /tax`.

use axum::response::Response;
use serde_json::{Value, json};

use super::books::{Kind, TAXES};
use super::documents::company_of;
use super::{Refusal, pays_vat, refuse, success};
use crate::call::Call;
use crate::money::json_number;
use crate::shared::Shared;

/// `nextNumber` is a number here, as the newer specification says. While a listing lag is on, young documents do not
/// count yet.
pub(super) fn series(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let query = call.query_pairs();
    company_of(&query, shared.config.tolerant)?;
    let wanted = query.get("type").filter(|kind| !kind.is_empty());
    if let Some(kind) = wanted
        && !matches!(kind.as_str(), "f" | "p" | "c")
    {
        return Err(refuse(format!(
            "Tipul documentului nu poate fi {kind}! Parametrul type poate lua valorile: 'f' pentru factura, 'p' pentru \
             proforma si 'c' pentru chitanta."
        )));
    }
    let list: Vec<Value> = shared.read(|state| {
        let books = &state.smartbill;
        let unseen = |name: &str, kind: Kind| {
            let young = books.documents().iter().filter(|d| {
                d.kind == kind
                    && d.series == name
                    && !d.is_draft()
                    && call.lag_ms > 0
                    && d.created_ms > call.at_ms - call.lag_ms
            });
            young.count() as u64
        };
        books
            .series
            .iter()
            .filter(|series| wanted.is_none_or(|kind| *kind == series.kind))
            .map(|s| {
                let next = match s.kind.as_str() {
                    "f" => s.next.saturating_sub(unseen(&s.name, Kind::Invoice)),
                    "p" => s.next.saturating_sub(unseen(&s.name, Kind::Estimate)),
                    _ => s.next,
                };
                json!({ "name": s.name, "nextNumber": next, "type": s.kind })
            })
            .collect()
    });
    Ok(success("", json!({ "list": list })))
}

pub(super) fn tax(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let query = call.query_pairs();
    company_of(&query, shared.config.tolerant)?;
    if query.get("cif").is_some_and(|cif| !pays_vat(cif)) {
        return Err(refuse("Firma este neplatitoare de tva."));
    }
    let taxes: Vec<Value> =
        TAXES.iter().map(|(name, percent)| json!({ "name": name, "percentage": json_number(*percent) })).collect();
    Ok(success("", json!({ "taxes": taxes })))
}
