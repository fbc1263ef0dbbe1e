//! What people set, one by one, as it stands now: for the record of what an act changed.

use super::Ledger;
use crate::error::Result;
use rusqlite::OptionalExtension;

/// A note, also one that was taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteStanding {
    pub text: String,
    pub is_deleted: bool,
}

/// Who looks after something, and until when it may wait.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeskStanding {
    pub owner: String,
    pub snoozed_until_ms: Option<i64>,
}

impl Ledger {
    pub async fn find_note(&self, id: &str) -> Result<Option<NoteStanding>> {
        let id = id.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached("SELECT text, deleted_ms IS NOT NULL FROM notes WHERE id = ?1")?;
            let found = query.query_row([id], |row| Ok(NoteStanding { text: row.get(0)?, is_deleted: row.get(1)? }));
            Ok(found.optional()?)
        })
        .await
    }

    /// Of a cause, by its fingerprint.
    pub async fn find_cause_desk(&self, fingerprint: &str) -> Result<Option<DeskStanding>> {
        let key = fingerprint.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached("SELECT owner, snoozed_until_ms FROM causes WHERE fingerprint = ?1")?;
            let found =
                query.query_row([key], |row| Ok(DeskStanding { owner: row.get(0)?, snoozed_until_ms: row.get(1)? }));
            Ok(found.optional()?)
        })
        .await
    }

    /// Until when a document is left for later, and its own edits as JSON.
    pub async fn find_set_on_document(&self, id: &str) -> Result<Option<(Option<i64>, Option<String>)>> {
        let id = id.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached("SELECT snoozed_until_ms, edits FROM documents WHERE id = ?1")?;
            Ok(query.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
        })
        .await
    }

    /// The state of a finding.
    pub async fn find_finding_state(&self, id: &str) -> Result<Option<String>> {
        let id = id.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached("SELECT state FROM reconcile_findings WHERE id = ?1")?;
            Ok(query.query_row([id], |row| row.get(0)).optional()?)
        })
        .await
    }

    /// When the closing of a month was taken back; inside `None` while it is in force.
    pub async fn find_reopening(&self, id: &str) -> Result<Option<Option<i64>>> {
        let id = id.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached("SELECT reopened_ms FROM closings WHERE id = ?1")?;
            Ok(query.query_row([id], |row| row.get(0)).optional()?)
        })
        .await
    }
}
