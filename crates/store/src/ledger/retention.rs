//! What may go after a time: the wording of requests and answers, evidence of looks, closed findings and old passes, what the audit
//! log keeps aside, and webhooks. Orders, documents, operations, decisions and events stay; of an attempt only its record goes.
//!
//! What is taken away and what is counted before it is are found by the same conditions.

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

/// What of one kind would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// `records`, `looks`, `findings`, `approvals`, `audit`, `deliveries`.
    pub kind: &'static str,
    /// At most as many as were asked to be counted.
    pub count: u32,
    pub oldest_ms: Option<i64>,
}

/// Rows of a table that may go: which they are, and when each ended.
struct Old {
    kind: &'static str,
    /// The table whose rows they are, by its key.
    row: &'static str,
    ended: &'static str,
    /// From which tables and under which condition; `?1` is the instant.
    which: &'static str,
}

/// A record that was taken away.
const NOTHING: &str = "{}";

const ATTEMPTS: Old = Old {
    kind: "records",
    row: "a.row",
    ended: "a.finished_ms",
    which: "attempts a JOIN documents d ON d.row = a.document_row
            WHERE a.finished_ms < ?1 AND a.record <> '{}' AND d.state NOT IN ('sending', 'in_doubt')",
};
const OPERATIONS: Old = Old {
    kind: "records",
    row: "row",
    ended: "finished_ms",
    which: "operations WHERE finished_ms < ?1 AND record <> '{}' AND state NOT IN ('waiting', 'sending', 'in_doubt')",
};
const LOOKS: Old = Old {
    kind: "looks",
    row: "l.row",
    ended: "l.at_ms",
    which: "looks l JOIN documents d ON d.row = l.document_row
            WHERE l.at_ms < ?1 AND d.state NOT IN ('sending', 'in_doubt')",
};
const FINDINGS: Old = Old {
    kind: "findings",
    row: "row",
    ended: "closed_ms",
    which: "reconcile_findings WHERE state = 'resolved' AND closed_ms < ?1",
};
const RUNS: Old = Old {
    kind: "findings",
    row: "row",
    ended: "finished_ms",
    which: "reconcile_runs r WHERE finished_ms < ?1 AND NOT EXISTS (SELECT 1 FROM reconcile_findings f WHERE f.run_row = r.row)",
};
const APPROVALS: Old = Old {
    kind: "approvals",
    row: "row",
    ended: "decided_ms",
    which: "approvals WHERE state <> 'waiting' AND decided_ms < ?1",
};
const AUDIT: Old = Old {
    kind: "audit",
    row: "p.audit_row",
    ended: "a.at_ms",
    which: "audit a JOIN audit_personal p ON p.audit_row = a.row WHERE a.personal_hash IS NOT NULL AND a.at_ms < ?1",
};
const DELIVERIES: Old = Old {
    kind: "deliveries",
    row: "row",
    ended: "received_ms",
    which: "deliveries WHERE received_ms < ?1 AND state <> 'waiting' AND NOT (state = 'failed' AND payload = 1)",
};

impl Old {
    fn list(&self, c: &Sqlite, before_ms: i64, limit: u32) -> Result<Vec<i64>> {
        let mut query =
            c.prepare_cached(&format!("SELECT {} FROM {} ORDER BY {} LIMIT ?2", self.row, self.which, self.ended))?;
        let rows = query.query_map(params![before_ms, limit], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many there are, at most so many, and when the oldest ended.
    fn count(&self, c: &Sqlite, before_ms: i64, most: u32) -> Result<(u32, Option<i64>)> {
        Ok(c.prepare_cached(&format!(
            "SELECT count(*), min(ended) FROM (SELECT {ended} AS ended FROM {} ORDER BY {ended} LIMIT ?2)",
            self.which,
            ended = self.ended
        ))?
        .query_row(params![before_ms, most], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }
}

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

    /// What would go, kind by kind, of what ended before an instant, and of webhooks that came before another; each counted up to
    /// `most`. Takes nothing away.
    pub async fn count_purgeable(
        &self,
        before_ms: Option<i64>,
        deliveries_ms: Option<i64>,
        most: u32,
    ) -> Result<Vec<Share>> {
        self.read(move |c| {
            let evidence = [&ATTEMPTS, &OPERATIONS, &LOOKS, &FINDINGS, &RUNS, &APPROVALS, &AUDIT];
            let all = evidence.into_iter().map(|old| (old, before_ms)).chain([(&DELIVERIES, deliveries_ms)]);
            let mut shares: Vec<Share> = Vec::new();
            for (old, before_ms) in all {
                let (count, oldest_ms) = match before_ms {
                    Some(before_ms) => old.count(c, before_ms, most)?,
                    None => (0, None),
                };
                match shares.iter_mut().find(|share| share.kind == old.kind) {
                    Some(share) => {
                        share.count = share.count.saturating_add(count).min(most);
                        share.oldest_ms = share.oldest_ms.into_iter().chain(oldest_ms).min();
                    }
                    None => shares.push(Share { kind: old.kind, count, oldest_ms }),
                }
            }
            Ok(shares)
        })
        .await
    }

    /// Takes away, at most `limit` of each, what ended before an instant. What is in doubt or under way keeps everything.
    pub async fn purge(&self, before_ms: i64, limit: u32) -> Result<Purged> {
        // looked for beside the writer, which only takes the rows away
        let all = [&ATTEMPTS, &OPERATIONS, &LOOKS, &FINDINGS, &RUNS, &APPROVALS];
        let [attempts, operations, looks, findings, runs, approvals] = self
            .read(move |c| {
                let mut rows: [Vec<i64>; 6] = Default::default();
                for (rows, old) in rows.iter_mut().zip(all) {
                    *rows = old.list(c, before_ms, limit)?;
                }
                Ok(rows)
            })
            .await?;
        self.write(move |c| {
            let json = |rows: &[i64]| serde_json::to_string(rows);
            let mut done = Purged::default();
            for (table, rows) in [("attempts", &attempts), ("operations", &operations)] {
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
            done.looks = take("looks", &looks)?;
            done.findings = take("reconcile_findings", &findings)? + take("reconcile_runs", &runs)?;
            done.approvals = take("approvals", &approvals)?;
            Ok(done)
        })
        .await
    }

    /// Erases, oldest first, what the audit log keeps aside of acts before an instant.
    pub async fn purge_audit_personal(&self, before_ms: i64, limit: u32) -> Result<u32> {
        self.write(move |c| {
            let rows = serde_json::to_string(&AUDIT.list(c, before_ms, limit)?)?;
            Ok(c.prepare_cached("DELETE FROM audit_personal WHERE audit_row IN (SELECT value FROM json_each(?1))")?
                .execute([rows])? as u32)
        })
        .await
    }

    /// Takes away, oldest first, webhooks that came before an instant. One that an order waits for stays.
    pub async fn purge_deliveries(&self, before_ms: i64, limit: u32) -> Result<u32> {
        self.write(move |c| {
            let rows = serde_json::to_string(&DELIVERIES.list(c, before_ms, limit)?)?;
            Ok(c.prepare_cached("DELETE FROM deliveries WHERE row IN (SELECT value FROM json_each(?1))")?
                .execute([rows])? as u32)
        })
        .await
    }
}
