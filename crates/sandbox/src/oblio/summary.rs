//! Oblio's part of `GET /state`: what a checker outside needs to count documents, money and mails.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::books::{Collect, Document, OblioBooks};
use crate::money::two_places;

impl OblioBooks {
    pub fn summary(&self) -> Value {
        let mut reversals: HashMap<u64, &Document> = HashMap::new();
        let mut made_from: HashMap<u64, Vec<Value>> = HashMap::new();
        for document in self.documents() {
            if let (Some(original), false) = (document.reverses, document.cancelled) {
                reversals.insert(original, document);
            }
            if let Some(source) = document.from {
                let made = json!({ "series": document.series, "number": document.padded_number() });
                made_from.entry(source).or_default().push(made);
            }
        }
        let documents: Vec<Value> = self
            .documents()
            .iter()
            .map(|d| {
                json!({
                    "kind": if d.reverses.is_some() { "storno" } else { d.kind.path_name() },
                    "type": d.kind.romanian(), "id": d.id, "series": d.series, "number": d.padded_number(),
                    "total": two_places(d.total), "currency": d.currency, "mentions": d.mentions,
                    "cancelled": d.cancelled, "client": d.client.get("name"), "client_cif": d.client.get("cif"),
                    "issue_date": d.issue_date, "collected": two_places(d.collected()),
                    "payments": d.collects.iter().map(told).collect::<Vec<_>>(),
                    "reversed_by": reversals.get(&d.id).map(|storno| storno.padded_number()),
                    "invoiced_by": made_from.get(&d.id),
                    "einvoice_sent_ms": d.einvoice.as_ref().map(|sent| sent.sent_ms), "created_ms": d.created_ms,
                })
            })
            .collect();
        let series: Vec<Value> = self
            .series
            .iter()
            .map(|s| json!({ "kind": s.kind.path_name(), "name": s.name, "next_number": s.next }))
            .collect();
        json!({
            "documents": documents, "series": series,
            "loose_payments": self.loose_collects.iter().map(told).collect::<Vec<_>>(),
            "emails": self.emails, "deleted": self.deleted, "issued": self.issued,
        })
    }
}

fn told(collect: &Collect) -> Value {
    json!({
        "type": collect.kind, "number": collect.number, "date": collect.issue_date, "value": two_places(collect.value),
    })
}
