//! What may go after a time: the wording of requests and answers, evidence of looks, closed findings and old passes, what the audit
//! log keeps aside, and webhooks. Orders, documents, operations, decisions and events stay; of an attempt only its record goes.
//!
//! What is taken away and what is counted before it is are found by the same conditions.

use super::Ledger;
use crate::error::Result;
use rusqlite::{Connection as Sqlite, params};

/// What of one kind would go, or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// `records`, `looks`, `findings`, `approvals`, `audit`, `deliveries`.
    pub kind: &'static str,
    /// At most as many as were asked to be counted.
    pub count: u32,
    pub oldest_ms: Option<i64>,
}

/// Rows of a table that may go.
struct Old {
    kind: &'static str,
    table: &'static str,
    key: &'static str,
    /// When a row ended.
    ended: &'static str,
    /// Under which it may go, beside its age. What is in doubt or under way keeps everything.
    condition: &'static str,
    /// The row stays, and only its record goes.
    stays: bool,
}

const fn old(kind: &'static str, table: &'static str, ended: &'static str, condition: &'static str) -> Old {
    Old { kind, table, key: "row", ended, condition, stays: false }
}

const OLD: [Old; 8] = [
    Old {
        stays: true,
        ..old(
            "records",
            "attempts",
            "finished_ms",
            "record <> '{}' AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.row = document_row AND d.state IN ('sending', 'in_doubt'))",
        )
    },
    Old {
        stays: true,
        ..old(
            "records",
            "operations",
            "finished_ms",
            "record <> '{}' AND state NOT IN ('waiting', 'sending', 'in_doubt')",
        )
    },
    old(
        "looks",
        "looks",
        "at_ms",
        "NOT EXISTS (SELECT 1 FROM documents d WHERE d.row = document_row AND d.state IN ('sending', 'in_doubt'))",
    ),
    old("findings", "reconcile_findings", "closed_ms", "state = 'resolved'"),
    old(
        "findings",
        "reconcile_runs",
        "finished_ms",
        "NOT EXISTS (SELECT 1 FROM reconcile_findings f WHERE f.run_row = reconcile_runs.row)",
    ),
    old("approvals", "approvals", "decided_ms", "state <> 'waiting'"),
    // of the acts, of which most have nothing aside any more, only those are gone through that have
    Old {
        key: "audit_row",
        ..old("audit", "audit_personal", "(SELECT a.at_ms FROM audit a WHERE a.row = audit_row)", "1")
    },
    old(DELIVERIES, "deliveries", "received_ms", "state <> 'waiting' AND NOT (state = 'failed' AND payload = 1)"),
];
/// Webhooks go sooner.
const DELIVERIES: &str = "deliveries";

impl Old {
    /// The rows themselves, oldest first; `?1` is the instant, `?2` how many at most.
    fn query(&self, shown: &str) -> String {
        let Old { table, ended, condition, .. } = self;
        format!("SELECT {shown} FROM {table} WHERE {ended} < ?1 AND {condition} ORDER BY {ended} LIMIT ?2")
    }

    fn list(&self, c: &Sqlite, before_ms: i64, limit: u32) -> Result<Vec<i64>> {
        let mut query = c.prepare_cached(&self.query(self.key))?;
        let rows = query.query_map(params![before_ms, limit], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many there are, at most so many, and when the oldest ended.
    fn count(&self, c: &Sqlite, before_ms: i64, most: u32) -> Result<Share> {
        let query = self.query(&format!("{} AS ended", self.ended));
        Ok(c.prepare_cached(&format!("SELECT count(*), min(ended) FROM ({query})"))?
            .query_row(params![before_ms, most], |row| {
                Ok(Share { kind: self.kind, count: row.get(0)?, oldest_ms: row.get(1)? })
            })?)
    }

    /// Takes rows away that may go still: since they were listed one may have come to be in doubt.
    fn take(&self, c: &Sqlite, rows: &[i64], before_ms: i64) -> Result<u32> {
        let Old { table, key, ended, condition, .. } = self;
        let what =
            if self.stays { format!("UPDATE {table} SET record = '{{}}'") } else { format!("DELETE FROM {table}") };
        Ok(c.prepare_cached(&format!(
            "{what} WHERE {key} IN (SELECT value FROM json_each(?2)) AND {ended} < ?1 AND {condition}"
        ))?
        .execute(params![before_ms, serde_json::to_string(rows)?])? as u32)
    }
}

/// Of each table before when it goes; `None`: not at all.
fn all_before(before_ms: Option<i64>, deliveries_ms: Option<i64>) -> impl Iterator<Item = (&'static Old, Option<i64>)> {
    OLD.iter().map(move |old| (old, if old.kind == DELIVERIES { deliveries_ms } else { before_ms }))
}

fn add(shares: &mut Vec<Share>, new: Share) {
    match shares.iter_mut().find(|share| share.kind == new.kind) {
        Some(share) => {
            share.count = share.count.saturating_add(new.count);
            share.oldest_ms = share.oldest_ms.into_iter().chain(new.oldest_ms).min();
        }
        None => shares.push(new),
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
            let mut shares: Vec<Share> = Vec::new();
            for (old, before_ms) in all_before(before_ms, deliveries_ms) {
                let nothing = Share { kind: old.kind, count: 0, oldest_ms: None };
                add(&mut shares, before_ms.map_or(Ok(nothing), |before_ms| old.count(c, before_ms, most))?);
            }
            shares.iter_mut().for_each(|share| share.count = share.count.min(most));
            Ok(shares)
        })
        .await
    }

    /// Takes away, oldest first and at most `limit` of each table, what [`Ledger::count_purgeable`] counts. Answers how much went,
    /// kind by kind.
    pub async fn purge(&self, before_ms: Option<i64>, deliveries_ms: Option<i64>, limit: u32) -> Result<Vec<Share>> {
        // looked for beside the writer, which only takes the rows away
        let found = self.read(move |c| {
            all_before(before_ms, deliveries_ms)
                .map(|(old, before_ms)| before_ms.map_or(Ok(Vec::new()), |before_ms| old.list(c, before_ms, limit)))
                .collect::<Result<Vec<_>>>()
        });
        let found = found.await?;
        self.write(move |c| {
            let mut shares: Vec<Share> = Vec::new();
            for ((old, before_ms), rows) in all_before(before_ms, deliveries_ms).zip(found) {
                let count = match before_ms {
                    Some(before_ms) if !rows.is_empty() => old.take(c, &rows, before_ms)?,
                    _ => 0,
                };
                add(&mut shares, Share { kind: old.kind, count, oldest_ms: None });
            }
            Ok(shares)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewWorkspace;
    use punte_domain::WorkspaceSeed;

    #[tokio::test]
    async fn what_may_go_is_found_by_an_index_and_nothing_is_walked_that_went() {
        let folder = tempfile::tempdir().unwrap();
        let new = NewWorkspace {
            id: "ws_1".into(),
            name: "Atelier Cană".into(),
            is_sandbox: false,
            seed: WorkspaceSeed([3; 32]),
            now_ms: 1,
        };
        let ledger = Ledger::create(folder.path(), &new).unwrap();
        let queries: Vec<(&str, String)> = OLD.iter().map(|old| (old.table, old.query(old.key))).collect();
        let plans: Vec<(&str, String)> = ledger
            .read(move |c| {
                let plan = |sql: &str| -> Result<String> {
                    let mut query = c.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                    let steps = query.query_map(params![9, 9], |row| row.get::<_, String>(3))?;
                    Ok(steps.collect::<rusqlite::Result<Vec<_>>>()?.join("; "))
                };
                queries.iter().map(|(table, sql)| Ok((*table, plan(sql)?))).collect()
            })
            .await
            .unwrap();
        for (table, index) in [
            ("attempts", "attempts_kept (finished_ms<?)"),
            ("operations", "operations_kept (finished_ms<?)"),
            ("looks", "looks_by_time (at_ms<?)"),
            ("reconcile_findings", "findings_closed (state=? AND closed_ms<?)"),
            ("reconcile_runs", "runs_ended (finished_ms<?)"),
            ("deliveries", "deliveries_received (received_ms<?)"),
            // its rows are all that is kept aside
            ("audit_personal", "SCAN audit_personal"),
        ] {
            let (_, plan) = plans.iter().find(|(of, _)| *of == table).unwrap();
            assert!(plan.contains(index) && !plan.contains("SCAN audit;"), "{table}: {plan}");
        }
    }
}
