//! What screens read: pages by key, searches newest first, counters, sums.

use super::Ledger;
use super::documents::{DOCUMENT, Document, document_from};
use super::orders::{ORDER, OrderRow, order_from};
use crate::error::Result;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection as Sqlite, params_from_iter};
use std::collections::HashMap;

/// A page by key, newest first: rows below `after`.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub search: String,
    /// Document state, `mismatched`, `changed`, or an order's decision; empty for all.
    pub filter: String,
    pub after: Option<i64>,
    pub limit: u32,
    /// Asked by who is not shown addresses of e-mail and personal codes, and does not find by them either.
    pub is_veiled: bool,
}

/// Where an order stands among all by when it was placed at the shop; of the same instant by when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed {
    pub created_ms: i64,
    pub row: i64,
}

impl Placed {
    pub fn of(order: &OrderRow) -> Self {
        Placed { created_ms: order.head.created_ms, row: order.row }
    }
}

/// Kept by trigger.
#[derive(Debug, Clone, Default)]
pub struct Counts(pub HashMap<String, i64>);

impl Counts {
    pub fn get(&self, name: &str) -> u32 {
        self.0.get(name).copied().unwrap_or(0).max(0) as u32
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodSum {
    pub currency: String,
    pub count: u32,
    pub total_minor: i64,
}

/// Characters of a text that are searched for.
pub const SEARCHED_CHARS: usize = 200;

/// Turns what a person typed into an FTS query: every word a prefix, all of them wanted. `None`: nothing to search.
pub(super) fn fts_query(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .chars()
        .take(SEARCHED_CHARS)
        .collect::<String>()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A list's search columns without `email`, and without `tax_id`, which may be a personal code: who is shown neither could spell
/// them out, prefix by prefix.
fn open_columns(table: &str) -> &'static str {
    match table {
        "orders" => "number customer total_text",
        _ => "order_number series number client total_text reference",
    }
}

/// The search of a list for what a person typed; in fewer columns where they are shown less.
pub(super) fn search_of(table: &str, text: &str, is_veiled: bool) -> Option<String> {
    let words = fts_query(text)?;
    Some(if is_veiled { format!("{{{}}} : ({words})", open_columns(table)) } else { words })
}

/// SQL and parameters of one page: filter, search, key, limit. A search goes through the matches newest first and ends with
/// the page, however many there are.
fn page_sql(columns: &str, table: &str, state: &str, query: &ListQuery) -> (String, Vec<Sql>) {
    let mut wheres: Vec<String> = Vec::new();
    let mut values: Vec<Sql> = Vec::new();
    match query.filter.as_str() {
        "" => {}
        // as its index says it
        "mismatched" => wheres.push("t.verification = 'mismatched'".to_owned()),
        "changed" if table == "documents" => wheres.push("t.open_changes > 0".to_owned()),
        filter => {
            values.push(Sql::Text(filter.to_owned()));
            wheres.push(format!("t.{state} = ?{}", values.len()));
        }
    }
    let (from, key) = match search_of(table, &query.search, query.is_veiled) {
        Some(words) => {
            values.push(Sql::Text(words));
            wheres.push(format!("{table}_search MATCH ?{}", values.len()));
            (format!("{table}_search s CROSS JOIN {table} t ON t.row = s.rowid"), "s.rowid")
        }
        None => (format!("{table} t"), "t.row"),
    };
    if let Some(after) = query.after {
        values.push(Sql::Integer(after));
        wheres.push(format!("{key} < ?{}", values.len()));
    }
    values.push(Sql::Integer(i64::from(query.limit.clamp(1, 500))));
    let condition = if wheres.is_empty() { String::new() } else { format!("WHERE {}", wheres.join(" AND ")) };
    let columns: Vec<String> = columns.split(", ").map(|column| format!("t.{}", column.trim())).collect();
    let columns = columns.join(", ");
    (format!("SELECT {columns} FROM {from} {condition} ORDER BY {key} DESC LIMIT ?{}", values.len()), values)
}

impl Ledger {
    pub async fn page_orders(&self, query: ListQuery) -> Result<Vec<OrderRow>> {
        self.read(move |c| {
            let (sql, values) = page_sql(ORDER, "orders", "decision", &query);
            let mut statement = c.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(values), order_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Orders by when they were placed at the shop, whenever they came: those before another one, the newest first; of all for
    /// none. A shop may send its newest first, its oldest first, or a past year today.
    pub async fn list_orders_placed_before(&self, order: Option<Placed>, limit: u32) -> Result<Vec<OrderRow>> {
        let from = order.unwrap_or(Placed { created_ms: i64::MAX, row: i64::MAX });
        self.placed("<", "DESC", from, limit).await
    }

    /// The same the other way: those placed after another one, the nearest first.
    pub async fn list_orders_placed_after(&self, order: Placed, limit: u32) -> Result<Vec<OrderRow>> {
        self.placed(">", "ASC", order, limit).await
    }

    async fn placed(&self, side: &'static str, way: &'static str, from: Placed, limit: u32) -> Result<Vec<OrderRow>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {ORDER} FROM orders INDEXED BY orders_list_created
                 WHERE (created_ms, row) {side} (?1, ?2) ORDER BY created_ms {way}, row {way} LIMIT ?3"
            ))?;
            let rows = query.query_map([from.created_ms, from.row, i64::from(limit)], order_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    pub async fn page_documents(&self, query: ListQuery) -> Result<Vec<Document>> {
        self.read(move |c| {
            let (sql, values) = page_sql(DOCUMENT, "documents", "state", &query);
            let mut statement = c.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(values), document_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// The newest invoice of each of these orders, and never what takes it back: (order row → document).
    pub async fn documents_of(&self, order_rows: Vec<i64>) -> Result<HashMap<i64, Document>> {
        self.read(move |c| {
            let mut found = HashMap::new();
            let mut query = c.prepare_cached(&format!(
                "SELECT {DOCUMENT} FROM documents
                 WHERE order_row = ?1 AND corrects_row IS NULL AND reverses_row IS NULL ORDER BY row DESC LIMIT 1"
            ))?;
            for row in order_rows {
                let mut rows = query.query_map([row], document_from)?;
                if let Some(document) = rows.next() {
                    found.insert(row, document?);
                }
            }
            Ok(found)
        })
        .await
    }

    pub async fn read_counts(&self) -> Result<Counts> {
        self.read(|c| Ok(Counts(read_counters(c)?))).await
    }

    /// Issued since an instant, by currency, net of what was taken back: a reversed invoice counts beside its storno, and what
    /// was cancelled or deleted does not count.
    pub async fn sum_issued(&self, from_ms: i64) -> Result<Vec<PeriodSum>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT currency, count(*), sum(total_minor) FROM documents INDEXED BY documents_issued_at
                 WHERE issued_ms >= ?1 AND role <> 'proforma' AND state IN ('issued', 'reversed') GROUP BY currency ORDER BY count(*) DESC",
            )?;
            let rows = query.query_map([from_ms], |row| {
                Ok(PeriodSum { currency: row.get(0)?, count: row.get(1)?, total_minor: row.get(2)? })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Orders taken in over a shop connection since an instant, or documents issued over a billing connection.
    pub async fn count_today(&self, connection_id: &str, from_ms: i64) -> Result<u32> {
        let id = connection_id.to_owned();
        self.read(move |c| {
            let issued: u32 = c
                .prepare_cached(
                    "SELECT count(*) FROM documents WHERE issued_ms >= ?2 AND role <> 'proforma' AND billing_id = ?1",
                )?
                .query_row((&id, from_ms), |row| row.get(0))?;
            let taken: u32 = c
                .prepare_cached("SELECT count(*) FROM orders WHERE connection_id = ?1 AND created_ms >= ?2")?
                .query_row((&id, from_ms), |row| row.get(0))?;
            Ok(issued + taken)
        })
        .await
    }
}

pub(super) fn read_counters(c: &Sqlite) -> Result<HashMap<String, i64>> {
    let mut query = c.prepare_cached("SELECT name, value FROM counters")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_is_never_fts_syntax() {
        assert_eq!(fts_query("ionescu OR \"x"), Some("\"ionescu\"* \"OR\"* \"x\"*".into()));
        assert_eq!(fts_query(" #1042 "), Some("\"1042\"*".into()));
        assert_eq!(fts_query(" ** "), None);
    }
}
