//! What the owner's machine remembers of the ledger, and the quarantine of one that it remembers otherwise.

use super::{Ledger, rules};
use crate::error::{Result, StoreError};
use rusqlite::{Connection as Sqlite, OptionalExtension, params};

/// Why nothing is sent, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    pub row: i64,
    /// `behind`, `other_machine` or `not_remembered`.
    pub reason: String,
    pub since_ms: i64,
}

/// Raises the sequence for an intent that is about to be written.
///
/// # Errors
/// [`StoreError::Quarantined`] while nothing may be sent.
pub(super) fn raise_sequence(c: &Sqlite) -> Result<i64> {
    c.prepare_cached("UPDATE workspace SET sequence = sequence + 1 WHERE quarantine IS NULL RETURNING sequence")?
        .query_row([], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::Quarantined)
}

fn open_quarantine(c: &Sqlite) -> Result<Option<Quarantine>> {
    Ok(c.prepare_cached(
        "SELECT row, reason, since_ms FROM quarantines WHERE lifted_ms IS NULL ORDER BY row DESC LIMIT 1",
    )?
    .query_row([], |row| Ok(Quarantine { row: row.get(0)?, reason: row.get(1)?, since_ms: row.get(2)? }))
    .optional()?)
}

fn lift(c: &Sqlite, who: &str, words: &str, now_ms: i64) -> Result<()> {
    c.execute(
        "UPDATE quarantines SET lifted_ms = ?1, who = ?2, words = ?3 WHERE lifted_ms IS NULL",
        params![now_ms, who, words],
    )?;
    c.execute("UPDATE workspace SET quarantine = NULL", [])?;
    Ok(())
}

impl Ledger {
    /// The owner takes the ledger up on its machine, once per start and before anything else: from here on the mark of this
    /// epoch counts. With a reason the ledger is quarantined in the same commit, and what its shops hold is read again from
    /// `polled_from_ms` on. One that is quarantined already stays so.
    pub async fn take_up(
        &self,
        machine: &str,
        reason: Option<&'static str>,
        polled_from_ms: i64,
        now_ms: i64,
    ) -> Result<Option<Quarantine>> {
        let (machine, epoch) = (machine.to_owned(), self.info().epoch);
        self.write(move |c| {
            c.execute("UPDATE workspace SET machine = ?1, marked_epoch = ?2", params![machine, epoch])?;
            if let Some(reason) = reason {
                // one that was not over is begun anew: what was read for it may be of before
                lift(c, "", "", now_ms)?;
                c.execute("INSERT INTO quarantines (reason, since_ms) VALUES (?1, ?2)", params![reason, now_ms])?;
                c.execute("UPDATE workspace SET quarantine = ?1", [reason])?;
                rules::forget_follow_ups(c)?;
                c.execute("UPDATE cursors SET swept_ms = 0, modified_ms = min(modified_ms, ?1)", [polled_from_ms])?;
            }
            open_quarantine(c)
        })
        .await
    }

    /// Everything may be sent again. `who` and `words` are a person's; empty where everything was read.
    pub async fn lift_quarantine(&self, who: &str, words: &str, now_ms: i64) -> Result<()> {
        let (who, words) = (who.to_owned(), words.to_owned());
        self.write(move |c| lift(c, &who, &words, now_ms)).await
    }

    /// When this ledger was last quarantined, over or not.
    pub async fn find_last_quarantine(&self) -> Result<Option<i64>> {
        self.read(|c| Ok(c.query_row("SELECT max(since_ms) FROM quarantines", [], |row| row.get(0))?)).await
    }

    /// The number of the last intent.
    pub async fn read_sequence(&self) -> Result<i64> {
        self.read(|c| Ok(c.query_row("SELECT sequence FROM workspace", [], |row| row.get(0))?)).await
    }
}
