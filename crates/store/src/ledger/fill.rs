//! A new ledger filled at once with many records that nobody issued: for measuring and for trying screens out.
//!
//! Rows go in without the indexes, counters and search that follow each write otherwise; those are made at the end, as the
//! ledger's own schema says. Nothing is synced meanwhile: a ledger whose filling broke off is to be thrown away.

use super::{Ledger, ledger_path, take_lock};
use crate::error::{Result, StoreError};
use punte_domain::{DocumentState, Draft, DraftProblem, Failure, OrderHead, Verification};
use rusqlite::{Connection as Sqlite, params};
use serde_json::Value;
use std::path::Path;

/// Orders in one transaction.
const BATCH: usize = 10_000;
/// Kept in memory while rows go in, in KiB.
const CACHE_KIB: i64 = 192 * 1024;

/// An order with everything that followed from it.
#[derive(Debug, Clone)]
pub struct FilledOrder {
    pub id: String,
    pub shop_identity: String,
    pub connection_id: String,
    pub head: OrderHead,
    /// JSON as received.
    pub raw: String,
    pub decision: &'static str,
    pub reason: &'static str,
    pub received_ms: i64,
    /// Oldest first; what takes another one back names it by its place here.
    pub documents: Vec<FilledDocument>,
}

#[derive(Debug, Clone)]
pub struct FilledDocument {
    pub id: String,
    pub issue_key: String,
    pub reference: String,
    pub flow_id: String,
    pub billing_id: String,
    pub provider: &'static str,
    pub company: String,
    pub series: String,
    pub role: String,
    pub state: DocumentState,
    pub verification: Verification,
    /// JSON of what differs, where mismatched.
    pub mismatch: Option<String>,
    pub mapping_id: String,
    pub mapping_version: u32,
    pub draft: Option<Draft>,
    pub problems: Vec<DraftProblem>,
    pub failure: Option<Failure>,
    pub client: String,
    pub tax_id: String,
    pub currency: String,
    pub total_minor: i64,
    pub total_text: String,
    pub due_ms: Option<i64>,
    /// `YYYY-MM-DD`.
    pub issue_date: Option<String>,
    pub number: Option<String>,
    pub created_ms: i64,
    pub issued_ms: Option<i64>,
    pub paid_minor: Option<i64>,
    pub einvoice: Option<&'static str>,
    pub einvoice_words: Option<String>,
    /// The document of the same order that this one reverses, or corrects a part of.
    pub reverses: Option<usize>,
    pub corrects: Option<usize>,
    /// The send that its state follows from, where one is to be shown.
    pub attempt: Option<FilledAttempt>,
    /// Code, facts and instant of each entry of the timeline.
    pub events: Vec<(&'static str, Value, i64)>,
}

#[derive(Debug, Clone)]
pub struct FilledAttempt {
    pub id: String,
    pub idempotency_key: String,
    /// JSON of what was known before.
    pub baseline: String,
    /// `unknown`, `refused`.
    pub outcome: &'static str,
    /// JSON of request and answer.
    pub record: String,
    pub started_ms: i64,
    pub finished_ms: i64,
}

impl Ledger {
    /// Fills the ledger in a folder, which nobody owns meanwhile. Tells how many orders went in, now and then.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it holds orders or documents already.
    pub fn fill_folder(
        folder: &Path,
        orders: impl Iterator<Item = FilledOrder>,
        mut told: impl FnMut(usize),
    ) -> Result<()> {
        let _lock = take_lock(folder)?;
        let raw = Sqlite::open(ledger_path(folder))?;
        let holds: bool =
            raw.query_row("SELECT EXISTS (SELECT 1 FROM documents) OR EXISTS (SELECT 1 FROM orders)", [], |row| {
                row.get(0)
            })?;
        if holds {
            return Err(StoreError::Stale(format!("{} holds orders already", folder.display())));
        }
        raw.set_prepared_statement_cache_capacity(32);
        raw.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;")?;
        raw.pragma_update(None, "cache_size", -CACHE_KIB)?;
        let kept = take_away(&raw)?;
        let mut orders = orders.peekable();
        let (mut order_row, mut document_row) = (0, 0);
        while orders.peek().is_some() {
            raw.execute_batch("BEGIN")?;
            for order in orders.by_ref().take(BATCH) {
                order_row += 1;
                document_row = insert(&raw, order_row, document_row, &order)?;
            }
            raw.execute_batch("COMMIT")?;
            told(order_row as usize);
        }
        for sql in kept {
            raw.execute_batch(&sql)?;
        }
        count(&raw)?;
        raw.execute_batch(
            "INSERT INTO orders_search (orders_search) VALUES ('rebuild');
             INSERT INTO documents_search (documents_search) VALUES ('rebuild');
             PRAGMA journal_mode = WAL;",
        )?;
        Ok(())
    }
}

/// Drops the indexes and triggers of the tables that are filled. Answers the statements that make them again.
fn take_away(c: &Sqlite) -> Result<Vec<String>> {
    let mut query = c.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL
           AND tbl_name IN ('orders', 'order_versions', 'documents', 'decisions', 'events', 'attempts')",
    )?;
    let found = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let found: Vec<(String, String, String)> = found.collect::<rusqlite::Result<_>>()?;
    for (kind, name, _) in &found {
        c.execute_batch(&format!("DROP {kind} {name}"))?;
    }
    Ok(found.into_iter().map(|(_, _, sql)| sql).collect())
}

/// What the triggers would have counted.
fn count(c: &Sqlite) -> Result<()> {
    c.execute_batch(
        "INSERT INTO counters (name, value) SELECT 'document:' || state, count(*) FROM documents GROUP BY state;
         INSERT INTO counters (name, value)
           SELECT 'flow:' || flow_id || ':' || state, count(*) FROM documents GROUP BY flow_id, state;
         INSERT INTO counters (name, value)
           SELECT 'mismatched', count(*) FROM documents WHERE verification = 'mismatched';
         INSERT INTO counters (name, value) SELECT 'order:' || decision, count(*) FROM orders GROUP BY decision;
         INSERT INTO counters (name, value) SELECT 'orders', count(*) FROM orders;",
    )?;
    Ok(())
}

/// Puts an order in. Answers the last document's row.
fn insert(c: &Sqlite, order_row: i64, mut document_row: i64, order: &FilledOrder) -> Result<i64> {
    let h = &order.head;
    c.prepare_cached(
        "INSERT INTO orders (row, id, shop_identity, connection_id, order_id, number, status, status_text, currency,
           total_minor, total_text, customer, email, tax_id, created_ms, modified_ms, head, content_hash, version,
           received_ms, wanted, decision, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?2, 1, ?18, 0, ?19, ?20)",
    )?
    .execute(params![
        order_row,
        order.id,
        order.shop_identity,
        order.connection_id,
        h.order_id,
        h.number,
        h.status.as_str(),
        h.status_text,
        h.currency.code(),
        h.total_minor,
        h.total.to_string(),
        h.customer,
        h.email,
        h.tax_id,
        h.created_ms,
        h.modified_ms,
        serde_json::to_string(h)?,
        order.received_ms,
        order.decision,
        order.reason
    ])?;
    c.prepare_cached(
        "INSERT INTO order_versions (order_row, version, received_ms, content_hash, raw) VALUES (?1, 1, ?2, ?3, ?4)",
    )?
    .execute(params![order_row, order.received_ms, order.id, order.raw])?;
    let facts = serde_json::json!({ "version": "1", "status": h.status_text, "number": h.number });
    insert_event(c, order_row, None, &("order_received", facts, order.received_ms), None)?;
    let first = document_row + 1;
    for document in &order.documents {
        document_row += 1;
        insert_document(c, (order_row, document_row, first), &h.number, document)?;
    }
    if let Some(invoice) = order.documents.first() {
        c.prepare_cached(
            "INSERT INTO decisions (order_row, flow_id, order_version, decision, reason, document_row, decided_ms)
             VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            order_row,
            invoice.flow_id,
            order.decision,
            order.reason,
            first,
            invoice.created_ms
        ])?;
    }
    Ok(document_row)
}

fn insert_document(c: &Sqlite, rows: (i64, i64, i64), order_number: &str, d: &FilledDocument) -> Result<()> {
    let (order_row, row, first) = rows;
    let other = |place: Option<usize>| place.map(|place| first + place as i64);
    let failure = d.failure.as_ref().map(serde_json::to_string).transpose()?;
    let draft = d.draft.as_ref().map(serde_json::to_string).transpose()?;
    c.prepare_cached(
        "INSERT INTO documents (row, id, issue_key, reference, order_row, flow_id, billing_id, provider, company, series,
           role, generation, state, verification, verification_detail, order_number, order_version, mapping_id,
           mapping_version, draft, problems, failure, client, tax_id, currency, total_minor, total_text, key_revision,
           due_ms, tries, issue_date, number, provider_id, created_ms, changed_ms, issued_ms, paid_minor, einvoice,
           einvoice_words, reverses_row, corrects_row)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1, ?12, ?13, ?14, ?15, 1, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
           ?23, ?24, ?25, 1, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38)",
    )?
    .execute(params![
        row,
        d.id,
        d.issue_key,
        d.reference,
        order_row,
        d.flow_id,
        d.billing_id,
        d.provider,
        d.company,
        d.series,
        d.role,
        d.state.as_str(),
        d.verification.as_str(),
        d.mismatch,
        order_number,
        d.mapping_id,
        d.mapping_version,
        draft,
        serde_json::to_string(&d.problems)?,
        failure,
        d.client,
        d.tax_id,
        d.currency,
        d.total_minor,
        d.total_text,
        d.due_ms,
        u32::from(d.attempt.is_some()),
        d.issue_date,
        d.number,
        d.number.as_ref().map(|_| row.to_string()),
        d.created_ms,
        d.issued_ms.unwrap_or(d.created_ms),
        d.issued_ms,
        d.paid_minor,
        d.einvoice,
        d.einvoice_words,
        other(d.reverses),
        other(d.corrects)
    ])?;
    if let Some(attempt) = &d.attempt {
        c.prepare_cached(
            "INSERT INTO attempts (id, document_row, trigger, reference, idempotency_key, baseline, draft, issue_date,
               started_ms, finished_ms, outcome, failure, record)
             VALUES (?1, ?2, 'automatic', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            attempt.id,
            row,
            d.reference,
            attempt.idempotency_key,
            attempt.baseline,
            draft.as_deref().unwrap_or("null"),
            d.issue_date.as_deref().unwrap_or_default(),
            attempt.started_ms,
            attempt.finished_ms,
            attempt.outcome,
            failure,
            attempt.record
        ])?;
    }
    let last = d.events.len().saturating_sub(1);
    for (at, event) in d.events.iter().enumerate() {
        insert_event(c, order_row, Some(row), event, failure.as_deref().filter(|_| at == last))?;
    }
    Ok(())
}

fn insert_event(
    c: &Sqlite,
    order_row: i64,
    document_row: Option<i64>,
    (what, facts, at_ms): &(&'static str, Value, i64),
    failure: Option<&str>,
) -> Result<()> {
    c.prepare_cached(
        "INSERT INTO events (order_row, document_row, at_ms, what, facts, who, failure)
         VALUES (?1, ?2, ?3, ?4, ?5, '', ?6)",
    )?
    .execute(params![order_row, document_row, at_ms, what, facts.to_string(), failure])?;
    Ok(())
}
