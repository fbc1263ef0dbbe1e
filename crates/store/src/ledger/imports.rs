//! Files of orders: announced, received piece by piece, taken in batch by batch.
//!
//! A batch's orders, its rejected rows and how far the file was gone through are one commit, so that whoever goes on after a
//! crash counts nothing twice.

use super::Ledger;
use super::doubled::{self, OtherOrder};
use super::events::{failure_text, json_error, optional_json};
use super::orders::{IncomingOrder, Taken, take_one};
use crate::error::{Result, StoreError};
use punte_domain::Failure;
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rejected rows of one import that are kept. It stops there: such a file's columns are not what they were taken for.
pub const MOST_REJECTED: u32 = 100_000;
/// Files that wait to be looked at or started.
pub const MOST_WAITING: u32 = 5;
/// Imports that are kept and listed.
const KEPT: u32 = 20;

/// A file that a person announced.
#[derive(Debug, Clone)]
pub struct NewImport {
    pub id: String,
    pub connection_id: String,
    pub file_name: String,
    pub bytes: u64,
    pub who: String,
}

#[derive(Debug, Clone)]
pub struct Import {
    pub row: i64,
    pub id: String,
    pub connection_id: String,
    pub file_name: String,
    pub bytes: u64,
    pub received: u64,
    /// Of the whole file, in hex, once it is received.
    pub sha256: Option<String>,
    pub who: String,
    /// `receiving`, `received`, `running`, `done`, `cancelled`, `failed`.
    pub state: String,
    pub has_file: bool,
    /// JSON as given; none: as the file looks by itself.
    pub columns: Option<String>,
    /// 0 to 1000.
    pub progress: u32,
    /// Orders and rejected rows that were gone past.
    pub position: u64,
    pub taken: Taken,
    pub rejected: u32,
    /// Of the new ones, from before every flow.
    pub older: u32,
    pub failure: Option<Failure>,
    /// What kept the file from being read.
    pub reason: Option<ImportReason>,
    pub created_ms: i64,
    pub touched_ms: i64,
    pub ended_ms: Option<i64>,
}

/// Why something was not taken: a code that the catalogues have words for, and the facts that they name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReason {
    pub code: String,
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
}

/// A row that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReject {
    /// Key to page on; any before it is kept.
    pub row: i64,
    pub line: u32,
    pub order: Option<String>,
    pub field: String,
    pub reason: ImportReason,
}

impl ImportReject {
    /// A row whose order's id is known of another order.
    pub fn of_other(line: u32, number: String, other: OtherOrder) -> ImportReject {
        let field = match other.differs {
            "day" => "date",
            "client" => "customer.name",
            differs => differs,
        };
        let facts = [("known", other.known), ("comes", other.comes)];
        let facts = facts.into_iter().map(|(fact, value)| (fact.to_owned(), value)).collect();
        let reason = ImportReason { code: format!("other_{}", other.differs), facts };
        ImportReject { row: 0, line, order: Some(number), field: field.to_owned(), reason }
    }
}

/// What was read of a file next.
#[derive(Debug)]
pub struct ImportBatch {
    /// Where the one before ended.
    pub after: u64,
    /// Where this one ends.
    pub position: u64,
    pub progress: u32,
    /// Each with the line on which it starts.
    pub orders: Vec<(u32, IncomingOrder)>,
    pub rejected: Vec<ImportReject>,
    /// When the first flow of the connection was switched on.
    pub first_flow_ms: Option<i64>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchEnd {
    Taken,
    /// Taken as far as rejected rows are kept: no more of this file.
    TooManyRejected,
    /// The import runs no more: nothing was taken.
    Stopped,
}

const IMPORT: &str = "row, id, connection_id, file_name, bytes, received, sha256, who, state, has_file, columns, progress, \
     position, new, changed, unchanged, rejected, older, failure, reason, created_ms, touched_ms, ended_ms";

fn import_from(row: &Row<'_>) -> rusqlite::Result<Import> {
    Ok(Import {
        row: row.get(0)?,
        id: row.get(1)?,
        connection_id: row.get(2)?,
        file_name: row.get(3)?,
        bytes: row.get::<_, i64>(4)? as u64,
        received: row.get::<_, i64>(5)? as u64,
        sha256: row.get(6)?,
        who: row.get(7)?,
        state: row.get(8)?,
        has_file: row.get(9)?,
        columns: row.get(10)?,
        progress: row.get(11)?,
        position: row.get::<_, i64>(12)? as u64,
        taken: Taken { new: row.get(13)?, changed: row.get(14)?, unchanged: row.get(15)? },
        rejected: row.get(16)?,
        older: row.get(17)?,
        failure: optional_json(row, 18)?,
        reason: optional_json(row, 19)?,
        created_ms: row.get(20)?,
        touched_ms: row.get(21)?,
        ended_ms: row.get(22)?,
    })
}

impl Ledger {
    /// Announces a file. What ended long ago makes room.
    ///
    /// # Errors
    /// [`StoreError::Stale`] while as many wait as may.
    pub async fn begin_import(&self, new: NewImport, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let waiting: u32 = c.query_row(
                "SELECT count(*) FROM imports WHERE has_file = 1 AND state IN ('receiving', 'received')",
                [],
                |row| row.get(0),
            )?;
            if waiting >= MOST_WAITING {
                return Err(StoreError::Stale(format!("{waiting} files wait")));
            }
            const OLD: &str = "SELECT row FROM imports WHERE has_file = 0 AND ended_ms IS NOT NULL
                AND row NOT IN (SELECT row FROM imports ORDER BY row DESC LIMIT ?1)";
            c.execute(&format!("DELETE FROM import_rejects WHERE import_row IN ({OLD})"), [KEPT - 1])?;
            c.execute(&format!("DELETE FROM imports WHERE row IN ({OLD})"), [KEPT - 1])?;
            c.execute(
                "INSERT INTO imports (id, connection_id, file_name, bytes, who, created_ms, touched_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
                params![new.id, new.connection_id, new.file_name, new.bytes as i64, new.who, now_ms],
            )?;
            Ok(())
        })
        .await
    }

    pub async fn find_import(&self, id: &str) -> Result<Import> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            c.prepare_cached(&format!("SELECT {IMPORT} FROM imports WHERE id = ?1"))?
                .query_row([&id], import_from)
                .optional()?
                .ok_or(StoreError::NotFound(id))
        })
        .await
    }

    /// The newest first.
    pub async fn list_imports(&self) -> Result<Vec<Import>> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!("SELECT {IMPORT} FROM imports ORDER BY row DESC LIMIT ?1"))?;
            let rows = query.query_map([KEPT], import_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Those whose file is kept, oldest first.
    pub async fn list_imports_with_file(&self) -> Result<Vec<Import>> {
        self.read_at_once(|c| {
            let mut query =
                c.prepare_cached(&format!("SELECT {IMPORT} FROM imports WHERE has_file = 1 ORDER BY row"))?;
            let rows = query.query_map([], import_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Notes that a piece is in the file; with the hash of the whole, that it was the last.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when another piece was noted meanwhile, or none is expected any more.
    pub async fn note_piece(
        &self,
        row: i64,
        (before, received): (u64, u64),
        sha256: Option<String>,
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |c| {
            let noted = c
                .prepare_cached(
                    "UPDATE imports SET received = ?3, sha256 = ?4, touched_ms = ?5,
                       state = iif(?4 IS NULL, 'receiving', 'received')
                     WHERE row = ?1 AND received = ?2 AND state = 'receiving'",
                )?
                .execute(params![row, before as i64, received as i64, sha256, now_ms])?;
            if noted == 0 { Err(StoreError::Stale(format!("import row {row}"))) } else { Ok(()) }
        })
        .await
    }

    /// Has a received file taken in, or one that failed once more, from its beginning. Answers whether it runs.
    pub async fn start_import(&self, row: i64, columns: Option<String>, now_ms: i64) -> Result<bool> {
        self.write(move |c| {
            let started = c.execute(
                "UPDATE imports SET state = 'running', columns = ?2, progress = 0, position = 0, new = 0, changed = 0,
                   unchanged = 0, rejected = 0, older = 0, failure = NULL, reason = NULL, ended_ms = NULL, touched_ms = ?3
                 WHERE row = ?1 AND has_file = 1 AND state IN ('received', 'failed')
                   AND NOT EXISTS (SELECT 1 FROM imports WHERE has_file = 1 AND state = 'running')",
                params![row, columns, now_ms],
            )?;
            if started > 0 {
                c.execute("DELETE FROM import_rejects WHERE import_row = ?1", [row])?;
            }
            Ok(started > 0)
        })
        .await
    }

    /// Moves an import from one state to its end. Answers whether it was in the first.
    pub async fn end_import(
        &self,
        row: i64,
        (from, to): (&'static str, &'static str),
        (failure, reason): (Option<Failure>, Option<ImportReason>),
        now_ms: i64,
    ) -> Result<bool> {
        self.write(move |c| {
            let reason = reason.map(|reason| serde_json::to_string(&reason)).transpose()?;
            let moved = c.execute(
                "UPDATE imports SET state = ?3, failure = ?4, ended_ms = ?5, touched_ms = ?5, reason = ?6,
                   progress = iif(?3 = 'done', 1000, progress) WHERE row = ?1 AND state = ?2",
                params![row, from, to, failure_text(failure.as_ref())?, now_ms, reason],
            )?;
            Ok(moved > 0)
        })
        .await
    }

    /// Gives an ended import's file up. Answers whether it was kept until now.
    pub async fn let_import_file_go(&self, row: i64) -> Result<bool> {
        self.write(move |c| {
            let gone = c.execute(
                "UPDATE imports SET has_file = 0 WHERE row = ?1 AND has_file = 1 AND state IN ('done', 'cancelled', 'failed')",
                [row],
            )?;
            Ok(gone > 0)
        })
        .await
    }

    /// Takes the next orders of a running import in, and keeps the rows that were not taken.
    pub async fn take_import_batch(&self, row: i64, batch: ImportBatch, now_ms: i64) -> Result<(BatchEnd, Taken)> {
        self.write(move |c| {
            let known: Option<u32> = c
                .prepare_cached("SELECT rejected FROM imports WHERE row = ?1 AND state = 'running' AND position = ?2")?
                .query_row(params![row, batch.after as i64], |row| row.get(0))
                .optional()?;
            let Some(rejected) = known else { return Ok((BatchEnd::Stopped, Taken::default())) };
            let (mut taken, mut older) = (Taken::default(), 0);
            let mut refused = batch.rejected;
            for (line, order) in &batch.orders {
                if let Some(other) = doubled::known_other(c, order)? {
                    refused.push(ImportReject::of_other(*line, order.head.number.clone(), other));
                    continue;
                }
                let before = taken.new;
                take_one(c, order, now_ms, &mut taken)?;
                let due_ms = order.head.became_due_ms().unwrap_or(order.head.modified_ms);
                if taken.new > before && batch.first_flow_ms.is_some_and(|first_ms| due_ms < first_ms) {
                    older += 1;
                }
            }
            let room = MOST_REJECTED.saturating_sub(rejected) as usize;
            refused.sort_by_key(|one| one.line);
            let kept = &refused[..refused.len().min(room)];
            keep_rejected(c, row, kept)?;
            c.prepare_cached(
                "UPDATE imports SET position = ?2, progress = ?3, new = new + ?4, changed = changed + ?5,
                   unchanged = unchanged + ?6, rejected = rejected + ?7, older = older + ?8 WHERE row = ?1",
            )?
            .execute(params![
                row,
                batch.position as i64,
                batch.progress,
                taken.new,
                taken.changed,
                taken.unchanged,
                kept.len() as u32,
                older
            ])?;
            let end = if kept.len() < refused.len() { BatchEnd::TooManyRejected } else { BatchEnd::Taken };
            Ok((end, taken))
        })
        .await
    }

    /// Rows of an import that were not taken, in the file's order, after a row.
    pub async fn list_import_rejects(&self, import_row: i64, after: i64, limit: u32) -> Result<Vec<ImportReject>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT row, line, order_number, field, reason FROM import_rejects WHERE import_row = ?1 AND row > ?2
                 ORDER BY row LIMIT ?3",
            )?;
            let rows = query.query_map(params![import_row, after, limit], |row| {
                Ok(ImportReject {
                    row: row.get(0)?,
                    line: row.get(1)?,
                    order: row.get(2)?,
                    field: row.get(3)?,
                    reason: json_at(row, 4)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }
}

fn json_at<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| json_error(column, error))
}

fn keep_rejected(c: &Sqlite, import_row: i64, rejected: &[ImportReject]) -> Result<()> {
    let mut insert = c.prepare_cached(
        "INSERT INTO import_rejects (import_row, line, order_number, field, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for one in rejected {
        let reason = serde_json::to_string(&one.reason)?;
        insert.execute(params![import_row, one.line, one.order, one.field, reason])?;
    }
    Ok(())
}
