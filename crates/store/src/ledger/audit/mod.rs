//! The audit log: who did what, when, from where. Rows are only added, each carrying the hash of the one before it, so that
//! one that was changed, removed, moved or put in later is found and named.
//!
//! An act is two rows: one before it is done, so that an act cut off by a crash is on record, and one that says how it ended.
//! What tells a person stands in a side row that may be erased: the chain holds only its salted hash.

mod chain;
mod list;
mod verify;

pub use chain::AuditHead;
pub(super) use chain::head;
pub use list::{AuditEntry, AuditPersonal, AuditQuery};
pub use verify::{AuditBreak, AuditFault, AuditLoss, AuditReport, Witness};

use super::{Ledger, check_version, damaged, ledger_path, open_reader};
use crate::error::{Result, StoreError};
use rusqlite::{Connection as Sqlite, OptionalExtension};
use serde_json::Value;
use std::path::Path;

/// The act by which a ledger says that a part of its log was lost before it was opened.
pub const LOST: &str = "ledger.behind";

/// Who acts, from where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditActor {
    /// The operator; empty for Punte itself.
    pub who: String,
    pub role: String,
    pub host: String,
}

/// A row to be added.
#[derive(Debug, Clone, Default)]
pub struct NewAuditRow {
    pub actor: AuditActor,
    /// A command's name, or a code.
    pub act: String,
    /// The row that said it was asked for, of one that says how it ended.
    pub asked_row: Option<i64>,
    pub subject: Option<(String, String)>,
    /// `asked`, `done`, `refused`, or `noted` for what happened by itself.
    pub outcome: &'static str,
    pub code: String,
    /// Holds no secret and nothing of a person.
    pub facts: Value,
    pub reason: String,
    /// What tells a person, kept aside.
    pub personal: Option<Value>,
}

impl Ledger {
    /// Adds a row and answers the log's new head after its commit.
    pub async fn add_audit(&self, new: NewAuditRow, now_ms: i64) -> Result<AuditHead> {
        let head = self.write(move |c| chain::add(c, &new, now_ms)).await?;
        if let Some(keeper) = self.inner.audit_keeper.get() {
            keeper(&head);
        }
        Ok(head)
    }

    /// Names who remembers the log's head: told after every commit of a row. The first one named stays.
    pub fn keep_audit_head(&self, keeper: impl Fn(&AuditHead) + Send + Sync + 'static) {
        let _ = self.inner.audit_keeper.set(Box::new(keeper));
    }

    pub async fn read_audit_head(&self) -> Result<AuditHead> {
        self.read(chain::head).await
    }

    /// Entries of the log, newest first.
    pub async fn list_audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>> {
        self.read(move |c| list::list(c, &query)).await
    }

    /// The entry that a row belongs to, with what is kept aside of it and was not erased.
    pub async fn find_audit(&self, row: i64) -> Result<Option<(AuditEntry, Vec<AuditPersonal>)>> {
        self.read(move |c| list::find(c, row)).await
    }

    /// Reads the whole log and says whether it is whole, and holds what the witnesses saw of it.
    pub async fn verify_audit(&self, witnesses: Vec<Witness>) -> Result<AuditReport> {
        let path = ledger_path(self.folder());
        tokio::task::spawn_blocking(move || verify::verify(&open_reader(&path)?, witnesses))
            .await
            .map_err(|_| StoreError::Closed)?
    }

    /// The same for a ledger that this process does not own, whether anybody works on it or not. Nothing of it changes.
    pub fn verify_audit_in(folder: &Path, witnesses: Vec<Witness>) -> Result<AuditReport> {
        let reader = open_closed(folder)?;
        verify::verify(&reader, witnesses).map_err(|error| match error {
            StoreError::Sqlite(error) => damaged(&error),
            other => other,
        })
    }

    /// The head of a log that this process does not own, with the workspace's id.
    pub fn read_audit_head_in(folder: &Path) -> Result<(String, AuditHead)> {
        let reader = open_closed(folder)?;
        let id = reader.query_row("SELECT id FROM workspace", [], |row| row.get(0)).map_err(|error| damaged(&error))?;
        Ok((id, chain::head(&reader)?))
    }

    /// Entries of a log that this process does not own, newest first.
    pub fn list_audit_in(folder: &Path, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        list::list(&open_closed(folder)?, query)
    }

    /// Erases what is kept aside of acts on one subject. The chain stays whole. Answers how many payloads went.
    pub async fn erase_audit_personal(&self, subject_kind: &str, subject_id: &str) -> Result<u32> {
        let (kind, id) = (subject_kind.to_owned(), subject_id.to_owned());
        self.write(move |c| {
            Ok(c.prepare_cached(
                "DELETE FROM audit_personal WHERE audit_row IN (
                   SELECT row FROM audit WHERE subject_kind = ?1 AND subject_id = ?2
                   UNION SELECT asked_row FROM audit WHERE subject_kind = ?1 AND subject_id = ?2
                   UNION SELECT e.row FROM audit e JOIN audit a ON a.row = e.asked_row
                     WHERE a.subject_kind = ?1 AND a.subject_id = ?2)",
            )?
            .execute([kind, id])? as u32)
        })
        .await
    }
}

/// Reads beside an owner, if there is one; a ledger without an audit log is refused as one of an earlier version.
fn open_closed(folder: &Path) -> Result<Sqlite> {
    let path = ledger_path(folder);
    if !path.exists() {
        return Err(StoreError::Missing(folder.display().to_string()));
    }
    check_version(&path)?;
    let reader = open_reader(&path)?;
    let has_log = reader
        .query_row("SELECT 1 FROM sqlite_schema WHERE name = 'audit'", [], |_| Ok(()))
        .optional()
        .map_err(|error| damaged(&error))?;
    has_log.ok_or_else(|| StoreError::NotFound("audit log: the ledger is of an earlier version".into()))?;
    Ok(reader)
}
