//! Records as rows of cells: amounts as numbers, instants as Romanian dates, codes in the words given.

use crate::error::{EngineError, Result};
use chrono::{DateTime, NaiveDateTime};
use chrono_tz::Europe::Bucharest;
use punte_domain::{Currency, DocumentState, Verification, personal};
use punte_store::ledger::table::ListName;
use punte_store::ledger::{Connection, Document, OrderRow};
use punte_store::{Ledger, StoreError};
use std::collections::HashMap;

#[derive(Debug, Clone)]
pub struct ExportColumn {
    /// As lists name it.
    pub id: String,
    pub heading: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(i64),
    /// Minor units, and how many of its digits stand behind the point.
    Amount(i64, u32),
    /// Romanian time.
    At(NaiveDateTime),
}

/// Makes rows of a list's records.
pub(super) struct Cells {
    list: ListName,
    columns: Vec<ExportColumn>,
    words: HashMap<String, String>,
    connections: HashMap<String, String>,
    is_veiled: bool,
}

pub(super) fn local(at_ms: i64) -> NaiveDateTime {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default().with_timezone(&Bucharest).naive_local()
}

fn text(text: impl AsRef<str>) -> Cell {
    let text = text.as_ref();
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

fn amount(minor: i64, currency: &str) -> Cell {
    Cell::Amount(minor, Currency::parse(currency).map_or(2, Currency::exponent))
}

impl Cells {
    pub(super) fn new(
        list: ListName,
        columns: &[ExportColumn],
        words: HashMap<String, String>,
        connections: &[Connection],
    ) -> Result<Cells> {
        let unknown = columns.iter().find(|column| !list.columns().iter().any(|known| known.id == column.id));
        if let Some(column) = unknown {
            return Err(EngineError::Invalid { field: "columns", detail: column.id.chars().take(60).collect() });
        }
        if columns.is_empty() {
            return Err(EngineError::Invalid { field: "columns", detail: "none".to_owned() });
        }
        let connections = connections.iter().map(|one| (one.id.clone(), one.name.clone())).collect();
        Ok(Cells { list, columns: columns.to_vec(), words, connections, is_veiled: false })
    }

    pub(super) fn veiled(self, is_veiled: bool) -> Cells {
        Cells { is_veiled, ..self }
    }

    pub(super) fn headings(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.heading.clone()).collect()
    }

    pub(super) async fn read(
        &self,
        ledger: &Ledger,
        rows: Vec<i64>,
    ) -> std::result::Result<Vec<Vec<Cell>>, StoreError> {
        match self.list {
            ListName::Documents => {
                let documents = ledger.documents_by_row(rows).await?;
                Ok(documents.iter().map(|document| self.row(|column| self.of_document(document, column))).collect())
            }
            ListName::Orders => {
                let orders = ledger.orders_by_row(rows).await?;
                let documents = ledger.documents_of(orders.iter().map(|order| order.row).collect()).await?;
                let row = |order: &OrderRow| self.row(|column| self.of_order(order, documents.get(&order.row), column));
                Ok(orders.iter().map(row).collect())
            }
        }
    }

    fn row(&self, cell: impl Fn(&str) -> Cell) -> Vec<Cell> {
        let shown = |column: &ExportColumn| match cell(&column.id) {
            Cell::Text(text) if self.is_veiled => Cell::Text(veil(&column.id, text)),
            cell => cell,
        };
        self.columns.iter().map(shown).collect()
    }

    fn word(&self, column: &str, code: &str) -> Cell {
        text(self.words.get(&format!("{column}.{code}")).map_or(code, String::as_str))
    }

    fn of_document(&self, document: &Document, column: &str) -> Cell {
        match column {
            "state" => self.word(column, shown_state(document)),
            "order" => text(&document.order_number),
            "number" => number_of(document),
            "client" => text(&document.client),
            "taxId" => text(&document.tax_id),
            "total" => amount(document.total_minor, &document.currency),
            "currency" => text(&document.currency),
            "provider" => self.word(column, &document.provider),
            "connection" => text(self.connections.get(&document.billing_id).unwrap_or(&document.billing_id)),
            "role" => self.word(column, kind_of(document)),
            "issued" => document.issued_ms.map_or(Cell::Empty, |ms| Cell::At(local(ms))),
            "created" => Cell::At(local(document.created_ms)),
            "einvoice" => document.einvoice.as_ref().map_or(Cell::Empty, |state| self.word(column, state)),
            "paid" => document.paid_minor.map_or(Cell::Empty, |minor| amount(minor, &document.currency)),
            "reference" => text(&document.reference),
            "mappingVersion" => Cell::Number(document.mapping_version.into()),
            _ => Cell::Empty,
        }
    }

    fn of_order(&self, order: &OrderRow, document: Option<&Document>, column: &str) -> Cell {
        let head = &order.head;
        match column {
            "order" => text(&head.number),
            "customer" => text(&head.customer),
            "taxId" => text(&head.tax_id),
            "email" => text(&head.email),
            "total" => amount(head.total_minor, head.currency.code()),
            // in the shop's own words
            "status" => text(&head.status_text),
            // what became of it, as on screen: the document's state where there is one
            "decision" => match document {
                Some(document) if order.decision == "document" => self.word("state", document.state.as_str()),
                _ => self.word(column, &order.decision),
            },
            "reason" if order.decision == "document" => Cell::Empty,
            "reason" => self.word(column, &order.reason),
            "document" => document.map_or(Cell::Empty, number_of),
            "created" => Cell::At(local(head.created_ms)),
            "modified" => Cell::At(local(head.modified_ms)),
            _ => Cell::Empty,
        }
    }
}

/// A field without what tells how to reach a person, or their code; what a row is called by stays.
fn veil(column: &str, text: String) -> String {
    match column {
        "order" | "number" | "document" | "reference" => text,
        // a code whose control digit is wrong is somebody's all the same, and no company has so many digits
        "taxId" if text.bytes().filter(u8::is_ascii_digit).count() == 13 => personal::MASK.to_owned(),
        "email" if personal::find(&text).is_empty() => personal::MASK.to_owned(),
        _ => personal::mask(&text).into_owned(),
    }
}

fn number_of(document: &Document) -> Cell {
    document.number.as_ref().map_or(Cell::Empty, |number| text(format!("{} {number}", document.series)))
}

/// What is said first of an issued document: that it differs at the provider, or that its order changed.
fn shown_state(document: &Document) -> &str {
    match document.state {
        DocumentState::Issued if document.verification == Verification::Mismatched => "mismatched",
        DocumentState::Issued if document.open_changes > 0 => "changed",
        state => state.as_str(),
    }
}

fn kind_of(document: &Document) -> &str {
    match (document.reverses_row, document.corrects_row) {
        (Some(_), _) => "storno",
        (None, Some(_)) => "correction",
        (None, None) => &document.role,
    }
}
