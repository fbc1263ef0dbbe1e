//! Rows of a list by their keys: what a screen shows, without drafts.

use super::ListName;
use crate::error::Result;
use crate::ledger::Ledger;
use crate::ledger::documents::{DOCUMENT, Document, document_from};
use crate::ledger::orders::{ORDER, OrderRow, order_from};
use rusqlite::OptionalExtension;
use std::collections::HashSet;

impl Ledger {
    /// Documents by their rows, in this order, without drafts, problems and edits; what is not there is left out.
    pub async fn documents_by_row(&self, rows: Vec<i64>) -> Result<Vec<Document>> {
        self.read(move |c| {
            let bare = DOCUMENT.replace("draft, problems,", "NULL, '[]',").replace(", edits,", ", NULL,");
            let mut query = c.prepare_cached(&format!("SELECT {bare} FROM documents WHERE row = ?1"))?;
            let mut found = Vec::with_capacity(rows.len());
            for row in rows {
                found.extend(query.query_row([row], document_from).optional()?);
            }
            Ok(found)
        })
        .await
    }

    /// Orders by their rows, in this order.
    pub async fn orders_by_row(&self, rows: Vec<i64>) -> Result<Vec<OrderRow>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!("SELECT {ORDER} FROM orders WHERE row = ?1"))?;
            let mut found = Vec::with_capacity(rows.len());
            for row in rows {
                found.extend(query.query_row([row], order_from).optional()?);
            }
            Ok(found)
        })
        .await
    }

    /// Rows of a list by the ids of its records; unknown ids are left out, and each row comes once.
    pub async fn rows_by_id(&self, list: ListName, ids: Vec<String>) -> Result<Vec<i64>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!("SELECT row FROM {} WHERE id = ?1", list.as_str()))?;
            let (mut rows, mut seen) = (Vec::with_capacity(ids.len()), HashSet::new());
            for id in ids {
                let row: Option<i64> = query.query_row([id], |row| row.get(0)).optional()?;
                rows.extend(row.filter(|row| seen.insert(*row)));
            }
            Ok(rows)
        })
        .await
    }

    /// The values that a column of a list has, read by jumps along its index; at most `limit`.
    pub async fn distinct_values(&self, list: ListName, column: &str, limit: u32) -> Result<Vec<String>> {
        let Some((key, index)) = list.sortable(column).and_then(|column| column.key) else { return Ok(Vec::new()) };
        self.read(move |c| {
            let table = list.as_str();
            let mut next =
                c.prepare_cached(&format!("SELECT min({key}) FROM {table} INDEXED BY {index} WHERE {key} > ?1"))?;
            let (mut found, mut last) = (Vec::new(), String::new());
            while found.len() < limit as usize {
                let Some(value) = next.query_row([&last], |row| row.get::<_, Option<String>>(0))? else { break };
                found.push(value.clone());
                last = value;
            }
            Ok(found)
        })
        .await
    }
}
