//! What is kept of an order and of all that hangs on it, as one JSON value.

use super::erase::{AUDITED, FINDINGS};
use crate::error::Result;
use crate::ledger::Ledger;
use rusqlite::types::ValueRef;
use rusqlite::{Connection as Sqlite, Row, params};
use serde_json::{Map, Value};

/// What is kept beside an order, by the name under which it is exported; `?1` is the order's row. [`FINDINGS`] and [`AUDITED`] are
/// what an erasure goes by, too.
const PARTS: &[(&str, &str)] = &[
    ("versions", "SELECT version, received_ms, content_hash, raw FROM order_versions WHERE order_row = ?1 ORDER BY version"),
    ("decisions", "SELECT flow_id, order_version, decision, reason, decided_ms FROM decisions WHERE order_row = ?1 ORDER BY row"),
    (
        "documents",
        "SELECT id, role, state, provider, company, series, number, issue_date, client, tax_id, currency, total_text, paid_minor,
           reference, link, draft, edits, einvoice, einvoice_words, failure, verification, verification_detail, created_ms, issued_ms
         FROM documents WHERE order_row = ?1 ORDER BY row",
    ),
    (
        "attempts",
        "SELECT a.id, a.trigger, a.outcome, a.started_ms, a.finished_ms, a.draft, a.record, a.failure FROM attempts a
         JOIN documents d ON d.row = a.document_row WHERE d.order_row = ?1 ORDER BY a.row",
    ),
    (
        "payments_and_other_operations",
        "SELECT o.id, o.kind, o.state, o.params, o.reason, o.who, o.record, o.evidence, o.failure, o.created_ms, o.finished_ms
         FROM operations o JOIN documents d ON d.row = o.document_row WHERE d.order_row = ?1 ORDER BY o.row",
    ),
    (
        "looks",
        "SELECT l.at_ms, l.evidence, l.failure FROM looks l JOIN documents d ON d.row = l.document_row
         WHERE d.order_row = ?1 ORDER BY l.row",
    ),
    (
        "changes",
        "SELECT x.kind, x.state, x.facts, x.proposal, x.reason, x.who, x.created_ms FROM changes x
         JOIN documents d ON d.row = x.document_row WHERE d.order_row = ?1 ORDER BY x.row",
    ),
    ("timeline", "SELECT at_ms, what, facts, who, failure FROM events WHERE order_row = ?1 ORDER BY row"),
    ("notes", "SELECT author, text, created_ms, edited_ms, deleted_ms FROM notes WHERE order_row = ?1 ORDER BY row"),
    ("tags", "SELECT tag FROM tags WHERE order_row = ?1 ORDER BY row"),
    (
        "findings",
        "SELECT kind, state, facts, reason, first_seen_ms, last_seen_ms FROM reconcile_findings WHERE {FINDINGS} ORDER BY row",
    ),
    ("webhooks", "SELECT id, received_ms, topic, verdict, headers, body FROM deliveries WHERE order_row = ?1 ORDER BY row"),
    (
        "audit",
        "SELECT a.row, a.at_ms, a.who, a.act, a.outcome, a.reason, a.facts, p.payload AS aside FROM audit a
         LEFT JOIN audit_personal p ON p.audit_row = a.row
         WHERE a.row IN ({AUDITED})
         ORDER BY a.row",
    ),
];

impl Ledger {
    /// Everything that is kept of an order.
    pub async fn export_client_order(&self, order_row: i64) -> Result<Value> {
        self.read(move |c| {
            let mut all = c
                .prepare_cached(
                    "SELECT id, shop_identity, order_id, number, status_text, currency, total_text, customer, email, tax_id,
                       created_ms, modified_ms, version, decision, reason, erased_ms FROM orders WHERE row = ?1",
                )?
                .query_row([order_row], |row| Ok(object(row)))??;
            for (name, sql) in PARTS {
                let sql = sql.replace("{FINDINGS}", FINDINGS).replace("{AUDITED}", AUDITED);
                all.insert((*name).to_owned(), rows(c, &sql, params![order_row])?);
            }
            Ok(Value::Object(all))
        })
        .await
    }
}

pub(super) fn rows(c: &Sqlite, sql: &str, given: impl rusqlite::Params) -> Result<Value> {
    let mut query = c.prepare_cached(sql)?;
    let mut rows = query.query(given)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(Value::Object(object(row)?));
    }
    Ok(Value::Array(all))
}

/// A row by the names of its columns. What is JSON in a column is JSON in the object.
fn object(row: &Row<'_>) -> Result<Map<String, Value>> {
    let names: Vec<String> = row.as_ref().column_names().into_iter().map(str::to_owned).collect();
    let mut fields = Map::new();
    for (at, name) in names.into_iter().enumerate() {
        let value = match row.get_ref(at)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => readable(&String::from_utf8_lossy(bytes)),
        };
        fields.insert(name, value);
    }
    Ok(fields)
}

fn readable(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
        _ => text.into(),
    }
}
