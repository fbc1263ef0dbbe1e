//! A record's timeline: what happened, when, with which facts, by whom.

use super::Ledger;
use crate::error::Result;
use punte_domain::Failure;
use rusqlite::{Connection as Sqlite, params};
use serde_json::Value;

/// What a transition adds to the timeline.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub what: &'static str,
    /// A flat object of texts.
    pub facts: Value,
    /// The operator; empty for Punte itself.
    pub who: String,
    pub failure: Option<Failure>,
}

impl NewEvent {
    pub fn new(what: &'static str, facts: Value) -> Self {
        NewEvent { what, facts, who: String::new(), failure: None }
    }

    pub fn by(mut self, who: &str) -> Self {
        self.who = who.to_owned();
        self
    }

    pub fn with_failure(mut self, failure: &Failure) -> Self {
        self.failure = Some(failure.clone());
        self
    }
}

#[derive(Debug, Clone)]
pub struct Event {
    pub at_ms: i64,
    pub what: String,
    pub facts: Value,
    pub who: String,
    pub failure: Option<Failure>,
}

pub(super) fn json_error(column: usize, error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

/// Reads a nullable JSON column.
pub(super) fn optional_json<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(|error| json_error(column, error))
}

pub(super) fn failure_text(failure: Option<&Failure>) -> Result<Option<String>> {
    Ok(failure.map(serde_json::to_string).transpose()?)
}

pub(super) fn insert(
    c: &Sqlite,
    order_row: i64,
    document_row: Option<i64>,
    now_ms: i64,
    event: &NewEvent,
) -> Result<()> {
    c.prepare_cached(
        "INSERT INTO events (order_row, document_row, at_ms, what, facts, who, failure)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        order_row,
        document_row,
        now_ms,
        event.what,
        event.facts.to_string(),
        event.who,
        failure_text(event.failure.as_ref())?
    ])?;
    Ok(())
}

/// What makes a document is written after what becomes of the document, in the same transaction: told the other way round.
fn causes_first(events: &mut [Event]) {
    for at in 1..events.len() {
        let (one, next) = (&events[at - 1], &events[at]);
        let is_caused = matches!(one.what.as_str(), "queued" | "held");
        if is_caused && one.at_ms == next.at_ms && matches!(next.what.as_str(), "decided" | "operation_requested") {
            events.swap(at - 1, at);
        }
    }
}

impl Ledger {
    /// The timeline of an order and its documents, oldest first; the newest 1000 entries.
    pub async fn list_events(&self, order_row: i64) -> Result<Vec<Event>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT at_ms, what, facts, who, failure FROM events WHERE order_row = ?1 ORDER BY row DESC LIMIT 1000",
            )?;
            let rows = query.query_map([order_row], |row| {
                let facts: String = row.get(2)?;
                Ok(Event {
                    at_ms: row.get(0)?,
                    what: row.get(1)?,
                    facts: serde_json::from_str(&facts).map_err(|error| json_error(2, error))?,
                    who: row.get(3)?,
                    failure: optional_json(row, 4)?,
                })
            })?;
            let mut events: Vec<Event> = rows.collect::<rusqlite::Result<_>>()?;
            events.reverse();
            causes_first(&mut events);
            Ok(events)
        })
        .await
    }
}
