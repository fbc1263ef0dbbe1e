//! What SmartBill remembers of the company: series with their counters, and documents. Numbers are the printed text,
//! padded to four; drafts have none.

use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::config::account;
use crate::dice::Dice;
use crate::kept::Kept;
use crate::money::{Line, two_places};

/// Names and percents in the account. 19, 9 and 5 are gone since August 2025.
pub(crate) const TAXES: [(&str, Decimal); 6] = [
    ("Normala", dec!(21)),
    ("Redusa", dec!(11)),
    ("Taxare inversa", dec!(0)),
    ("TVA Inclus", dec!(0)),
    ("SDD", dec!(0)),
    ("SFDD", dec!(0)),
];

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Series {
    /// f invoices, p proformas, c receipts.
    pub kind: String,
    pub name: String,
    pub next: u64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Document {
    pub id: u64,
    pub series: String,
    /// Empty for a draft.
    pub number: String,
    pub hash: String,
    pub issue_date: NaiveDate,
    pub due_date: Option<NaiveDate>,
    pub currency: String,
    pub client: Map<String, Value>,
    pub lines: Vec<Line>,
    pub total: Decimal,
    pub paid: Decimal,
    pub mentions: String,
    pub observations: String,
    pub cancelled: bool,
    /// The number, in the same series, that this one reverses.
    pub reverses: Option<String>,
    pub created_ms: i64,
}

impl Document {
    pub fn is_draft(&self) -> bool {
        self.number.is_empty()
    }

    pub fn ordinal(&self) -> u64 {
        self.number.parse().unwrap_or_default()
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SmartBillBooks {
    pub series: Vec<Series>,
    documents: Vec<Kept<Document>>,
    next_id: u64,
    /// Everything ever issued, for the plan's quota: deleting gives nothing back.
    pub issued: u32,
}

impl SmartBillBooks {
    pub fn new() -> Self {
        let series = |kind: &str, name: &str| Series { kind: kind.into(), name: name.into(), next: 1 };
        Self {
            series: vec![
                series("f", account::SMARTBILL_SERIES),
                series("f", "MAG"),
                series("p", "ATP"),
                series("c", "CHT"),
            ],
            documents: Vec::new(),
            next_id: 20_363,
            issued: 0,
        }
    }

    pub fn documents(&self) -> &[Kept<Document>] {
        &self.documents
    }

    /// Exactly as printed: an unpadded number finds nothing.
    pub fn find(&self, series: &str, number: &str) -> Option<&Kept<Document>> {
        if number.is_empty() {
            return None;
        }
        self.documents.iter().rev().find(|d| d.number == number && d.series == series)
    }

    pub fn find_mut(&mut self, series: &str, number: &str) -> Option<&mut Kept<Document>> {
        self.documents.iter_mut().rev().find(|d| !d.is_draft() && d.number == number && d.series == series)
    }

    /// Whether the document with this number is the highest of its series that still exists.
    pub fn is_last(&self, series: &str, number: &str) -> bool {
        let highest = self.documents.iter().filter(|d| d.series == series && !d.is_draft()).map(|d| d.ordinal()).max();
        highest.is_some_and(|highest| format!("{highest:04}") == number)
    }

    /// Files a document under the series' next number (none for a draft) and returns it.
    pub fn file(&mut self, mut document: Document, draft: bool) -> Document {
        document.id = self.next_id;
        self.next_id += 1;
        document.hash = Dice::new(document.id, 41).hex(40);
        document.number = String::new();
        if !draft && let Some(series) = self.series.iter_mut().find(|s| s.kind == "f" && s.name == document.series) {
            document.number = format!("{:04}", series.next);
            series.next += 1;
        }
        self.issued = self.issued.saturating_add(1);
        self.documents.push(Kept::new(document.clone()));
        document
    }

    pub fn remove(&mut self, series: &str, number: &str, number_returns: bool) {
        self.documents.retain(|d| !(d.series == series && d.number == number));
        if number_returns
            && let Some(counter) = self.series.iter_mut().find(|s| s.kind == "f" && s.name == series)
            && let Ok(number) = number.parse()
        {
            counter.next = number;
        }
    }

    /// For `GET /state` of the control endpoint.
    pub fn summary(&self) -> Value {
        let documents: Vec<Value> = self
            .documents
            .iter()
            .map(|d| {
                let kind = match (d.is_draft(), &d.reverses) {
                    (true, _) => "draft",
                    (false, Some(_)) => "storno",
                    (false, None) => "invoice",
                };
                json!({
                    "kind": kind, "id": d.id, "series": d.series, "number": d.number, "total": two_places(d.total),
                    "currency": d.currency, "mentions": d.mentions, "cancelled": d.cancelled,
                    "client": d.client.get("name"), "client_cif": d.client.get("vatCode"), "issue_date": d.issue_date,
                    "paid": two_places(d.paid), "reverses": d.reverses, "created_ms": d.created_ms,
                })
            })
            .collect();
        let series: Vec<Value> =
            self.series.iter().map(|s| json!({ "kind": s.kind, "name": s.name, "next_number": s.next })).collect();
        json!({ "documents": documents, "series": series })
    }
}
