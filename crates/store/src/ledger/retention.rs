//! What may go after a time: the wording of requests and answers, evidence of looks, closed findings and old passes. Orders,
//! documents, operations, decisions and events stay; of an attempt only its record goes.

use super::Ledger;
use crate::error::Result;
use rusqlite::{Connection as Sqlite, params};

/// What one batch took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Requests and answers of attempts and operations.
    pub records: u32,
    /// Evidence of looks.
    pub looks: u32,
    /// Closed findings, and passes that no finding names.
    pub findings: u32,
    /// Decided acts that needed a second person.
    pub approvals: u32,
}

impl Purged {
    pub fn sum(&self) -> u32 {
        self.records + self.looks + self.findings + self.approvals
    }
}

/// A record that was taken away.
const NOTHING: &str = "{}";

impl Ledger {
    /// Months after which things may go; 0 keeps everything.
    pub async fn read_retention_months(&self) -> Result<u32> {
        self.read(|c| Ok(c.query_row("SELECT retention_months FROM workspace", [], |row| row.get(0))?)).await
    }

    pub async fn set_retention_months(&self, months: u32) -> Result<()> {
        self.write(move |c| {
            c.execute("UPDATE workspace SET retention_months = ?1", [months])?;
            Ok(())
        })
        .await
    }

    /// The start of the newest attempt: a second witness of what time it is.
    pub async fn find_newest_attempt_ms(&self) -> Result<Option<i64>> {
        self.read(|c| {
            Ok(c.query_row("SELECT started_ms FROM attempts ORDER BY row DESC LIMIT 1", [], |row| row.get(0))
                .map(Some)
                .or_else(|error| match error {
                    rusqlite::Error::QueryReturnedNoRows => Ok(None),
                    error => Err(error),
                })?)
        })
        .await
    }

    /// Takes away, at most `limit` of each, what ended before an instant. What is in doubt or under way keeps everything.
    pub async fn purge(&self, before_ms: i64, limit: u32) -> Result<Purged> {
        // looked for beside the writer, which only takes the rows away
        let rows = self.read(move |c| list_purgeable(c, before_ms, limit)).await?;
        self.write(move |c| {
            let json = |rows: &[i64]| serde_json::to_string(rows);
            let mut done = Purged::default();
            for (table, rows) in [("attempts", &rows.attempts), ("operations", &rows.operations)] {
                done.records += c
                    .prepare_cached(&format!(
                        "UPDATE {table} SET record = ?2 WHERE row IN (SELECT value FROM json_each(?1))"
                    ))?
                    .execute(params![json(rows)?, NOTHING])? as u32;
            }
            let take = |table: &str, rows: &[i64]| -> Result<u32> {
                Ok(c.prepare_cached(&format!("DELETE FROM {table} WHERE row IN (SELECT value FROM json_each(?1))"))?
                    .execute([json(rows)?])? as u32)
            };
            done.looks = take("looks", &rows.looks)?;
            done.findings = take("reconcile_findings", &rows.findings)? + take("reconcile_runs", &rows.runs)?;
            done.approvals = take("approvals", &rows.approvals)?;
            Ok(done)
        })
        .await
    }
}

struct Purgeable {
    attempts: Vec<i64>,
    operations: Vec<i64>,
    looks: Vec<i64>,
    findings: Vec<i64>,
    runs: Vec<i64>,
    approvals: Vec<i64>,
}

fn list_purgeable(c: &Sqlite, before_ms: i64, limit: u32) -> Result<Purgeable> {
    let rows = |sql: &str| -> Result<Vec<i64>> {
        let mut query = c.prepare_cached(sql)?;
        let rows = query.query_map(params![before_ms, limit], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    Ok(Purgeable {
        attempts: rows(
            "SELECT a.row FROM attempts a JOIN documents d ON d.row = a.document_row
             WHERE a.finished_ms < ?1 AND a.record <> '{}' AND d.state NOT IN ('sending', 'in_doubt')
             ORDER BY a.row LIMIT ?2",
        )?,
        operations: rows(
            "SELECT row FROM operations WHERE finished_ms < ?1 AND record <> '{}'
               AND state NOT IN ('waiting', 'sending', 'in_doubt') ORDER BY row LIMIT ?2",
        )?,
        looks: rows(
            "SELECT l.row FROM looks l JOIN documents d ON d.row = l.document_row
             WHERE l.at_ms < ?1 AND d.state NOT IN ('sending', 'in_doubt') ORDER BY l.row LIMIT ?2",
        )?,
        findings: rows(
            "SELECT row FROM reconcile_findings WHERE state = 'resolved' AND closed_ms < ?1 ORDER BY row LIMIT ?2",
        )?,
        approvals: rows(
            "SELECT row FROM approvals WHERE state <> 'waiting' AND decided_ms < ?1 ORDER BY row LIMIT ?2",
        )?,
        runs: rows(
            "SELECT row FROM reconcile_runs WHERE finished_ms < ?1
               AND row NOT IN (SELECT run_row FROM reconcile_findings) ORDER BY row LIMIT ?2",
        )?,
    })
}
