//! How a ledger stands, in numbers alone: for whoever watches it from outside. Every number is kept by trigger, or is read from an
//! index of what is open; none grows with what is done.

use super::lanes::SENDABLE;
use super::writer::Commit;
use super::{Ledger, ledger_path};
use crate::error::Result;
use rusqlite::params;
use std::collections::HashMap;
use std::path::Path;

/// Going through the index of what is open, never through what is over.
const OPERATIONS: &str = "SELECT state, count(*) FROM operations INDEXED BY operations_by_state
   WHERE state IN ('waiting', 'sending', 'in_doubt') GROUP BY state";
const FAILURES: &str = "SELECT json_extract(c.failure, '$.kind'), sum(held.n) FROM
     (SELECT fingerprint, count(*) AS n FROM documents INDEXED BY documents_by_cause
        WHERE fingerprint IS NOT NULL AND state = 'held' GROUP BY fingerprint) held
     JOIN causes c ON c.fingerprint = held.fingerprint GROUP BY 1";
const ALERTS: &str = "SELECT rule, count(*) FROM alerts INDEXED BY alerts_standing
   WHERE recovered_ms IS NULL AND raised_ms IS NOT NULL GROUP BY rule";

/// Numbers of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// As [`super::Counts`] has them.
    pub counts: HashMap<String, i64>,
    /// Documents that may be sent and whose time has come.
    pub due: i64,
    /// Since when the first of them is due.
    pub oldest_due_ms: Option<i64>,
    /// Operations by state, those that are not over: `waiting`, `sending`, `in_doubt`.
    pub operations: HashMap<String, i64>,
    /// Held records by the kind of their failure.
    pub failures: HashMap<String, i64>,
    /// Alerts that stand and were raised, by rule.
    pub alerts: HashMap<String, i64>,
}

/// Bytes on disk; 0 where a file is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileSizes {
    pub ledger: u64,
    pub wal: u64,
    pub cache: u64,
}

impl Ledger {
    /// Names who is told of every commit. The first one named stays.
    pub fn watch_commits(&self, told: impl Fn(Commit) + Send + Sync + 'static) {
        let _ = self.inner.commits.set(Box::new(told));
    }

    pub async fn read_standing(&self, now_ms: i64) -> Result<Standing> {
        self.read(move |c| {
            let (due, oldest_due_ms) = c
                .prepare_cached(&format!(
                    "SELECT count(*), min(due_ms) FROM documents INDEXED BY documents_due WHERE {SENDABLE} AND due_ms <= ?1"
                ))?
                .query_row(params![now_ms], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let by_name = |sql: &str| -> Result<HashMap<String, i64>> {
                let mut query = c.prepare_cached(sql)?;
                let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            };
            Ok(Standing {
                counts: super::lists::read_counters(c)?,
                due,
                oldest_due_ms,
                operations: by_name(OPERATIONS)?,
                failures: by_name(FAILURES)?,
                alerts: by_name(ALERTS)?,
            })
        })
        .await
    }

    pub fn file_sizes(&self) -> FileSizes {
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
        let ledger = ledger_path(self.folder());
        FileSizes {
            ledger: size(&ledger),
            wal: size(&ledger.with_extension("sqlite-wal")),
            cache: size(&self.folder().join("cache.sqlite")),
        }
    }
}
