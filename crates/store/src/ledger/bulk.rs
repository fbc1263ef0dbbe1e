//! Jobs over many records: what was planned, what was done to each, and what came of it.
//!
//! An item is marked `doing` before its act and `done` after it, so that what a crash cut off is looked at before anything
//! is done again. What an act does to a document is the act's own matter.

use super::Ledger;
use super::events::{failure_text, optional_json};
use super::lanes::SENDABLE;
use crate::error::{Result, StoreError};
use punte_domain::Failure;
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use std::collections::HashMap;

#[derive(Debug, Clone)]
pub struct NewBulkJob {
    pub id: String,
    /// `retry`, `storno`, `email`, `refresh`, `dismiss`.
    pub kind: &'static str,
    pub who: String,
    pub of_records: u32,
}

#[derive(Debug, Clone)]
pub struct BulkJob {
    pub row: i64,
    pub id: String,
    pub kind: String,
    /// `planning`, `planned`, `running`, `done`, `cancelled`.
    pub state: String,
    pub reason: String,
    pub who: String,
    pub created_ms: i64,
    pub confirmed_ms: Option<i64>,
    pub finished_ms: Option<i64>,
    /// Records of the selection.
    pub of_records: u32,
    /// JSON of what the plan found.
    pub plan: String,
}

/// What stands in one queue at a provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneKey {
    pub billing_id: String,
    pub company: String,
    pub series: String,
}

impl LaneKey {
    fn text(&self) -> Result<String> {
        Ok(serde_json::to_string(&(&self.billing_id, &self.company, &self.series))?)
    }

    fn parse(text: &str) -> Result<LaneKey> {
        let (billing_id, company, series) = serde_json::from_str(text)?;
        Ok(LaneKey { billing_id, company, series })
    }
}

#[derive(Debug, Clone)]
pub struct NewBulkItem {
    pub document_row: i64,
    pub is_planned: bool,
    /// Why it is safe where planned, why not where skipped.
    pub why: &'static str,
    pub failure: Option<Failure>,
    pub lane: LaneKey,
}

/// An item that is to be done, or that is under way.
#[derive(Debug, Clone)]
pub struct BulkItem {
    pub row: i64,
    pub document_row: i64,
    pub lane: LaneKey,
    /// What must be over for the item to be done; `None` until that is known.
    pub target_row: Option<i64>,
    /// The record's last attempt when the item began; 0 for none.
    pub attempt_row: i64,
}

/// What came of an item: `done`, `failed`, `in_doubt`.
#[derive(Debug, Clone)]
pub struct ItemEnd {
    pub state: &'static str,
    pub why: &'static str,
    pub failure: Option<Failure>,
}

/// Items of a job by state.
#[derive(Debug, Clone, Default)]
pub struct BulkCounts(pub HashMap<String, u32>);

impl BulkCounts {
    pub fn get(&self, state: &str) -> u32 {
        self.0.get(state).copied().unwrap_or(0)
    }
}

/// A line of a job's report, with its record as it is now.
#[derive(Debug, Clone)]
pub struct BulkReportItem {
    pub row: i64,
    pub document_id: String,
    pub order_number: String,
    pub client: String,
    pub currency: String,
    pub total_minor: i64,
    pub provider: String,
    /// Of the record now.
    pub document_state: String,
    pub series: String,
    pub number: Option<String>,
    pub state: String,
    pub why: String,
    pub failure: Option<Failure>,
    pub finished_ms: Option<i64>,
}

const JOB: &str = "row, id, kind, state, reason, who, created_ms, confirmed_ms, finished_ms, of_records, plan";

fn job_from(row: &Row<'_>) -> rusqlite::Result<BulkJob> {
    Ok(BulkJob {
        row: row.get(0)?,
        id: row.get(1)?,
        kind: row.get(2)?,
        state: row.get(3)?,
        reason: row.get(4)?,
        who: row.get(5)?,
        created_ms: row.get(6)?,
        confirmed_ms: row.get(7)?,
        finished_ms: row.get(8)?,
        of_records: row.get(9)?,
        plan: row.get(10)?,
    })
}

fn find(c: &Sqlite, id: &str) -> Result<Option<BulkJob>> {
    Ok(c.prepare_cached(&format!("SELECT {JOB} FROM bulk_jobs WHERE id = ?1"))?.query_row([id], job_from).optional()?)
}

const ITEM: &str = "row, document_row, lane, target_row, attempt_row";

fn items(c: &Sqlite, tail: &str, parameters: impl rusqlite::Params) -> Result<Vec<BulkItem>> {
    let mut query = c.prepare_cached(&format!("SELECT {ITEM} FROM bulk_items {tail}"))?;
    let mut rows = query.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(BulkItem {
            row: row.get(0)?,
            document_row: row.get(1)?,
            lane: LaneKey::parse(&row.get::<_, String>(2)?)?,
            target_row: row.get(3)?,
            attempt_row: row.get(4)?,
        });
    }
    Ok(found)
}

impl Ledger {
    pub async fn insert_bulk_job(&self, new: NewBulkJob, now_ms: i64) -> Result<BulkJob> {
        self.write(move |c| {
            c.execute(
                "INSERT INTO bulk_jobs (id, kind, state, who, created_ms, of_records) VALUES (?1, ?2, 'planning', ?3, ?4, ?5)",
                params![new.id, new.kind, new.who, now_ms, new.of_records],
            )?;
            find(c, &new.id)?.ok_or(StoreError::NotFound(new.id))
        })
        .await
    }

    /// Adds what was found about some records of a selection. A record that is named twice counts once.
    ///
    /// # Errors
    /// [`StoreError::Stale`] once the job is no longer being planned.
    pub async fn add_bulk_items(&self, job_row: i64, new: Vec<NewBulkItem>) -> Result<()> {
        self.write(move |c| {
            expect(c, job_row, "planning")?;
            let mut add = c.prepare_cached(
                "INSERT OR IGNORE INTO bulk_items (job_row, document_row, state, why, failure, lane)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for item in &new {
                let state = if item.is_planned { "planned" } else { "skipped" };
                let failure = failure_text(item.failure.as_ref())?;
                add.execute(params![job_row, item.document_row, state, item.why, failure, item.lane.text()?])?;
            }
            Ok(())
        })
        .await
    }

    /// The plan is whole: a person may confirm it.
    pub async fn finish_bulk_plan(&self, job_row: i64, plan: String) -> Result<()> {
        self.write(move |c| {
            expect(c, job_row, "planning")?;
            c.execute("UPDATE bulk_jobs SET state = 'planned', plan = ?2 WHERE row = ?1", params![job_row, plan])?;
            Ok(())
        })
        .await
    }

    /// A person confirms a plan: it runs from now on.
    ///
    /// # Errors
    /// [`StoreError::Stale`] for one that is not planned.
    pub async fn confirm_bulk_job(&self, id: &str, reason: &str, who: &str, now_ms: i64) -> Result<()> {
        let (id, reason, who) = (id.to_owned(), reason.to_owned(), who.to_owned());
        self.write(move |c| {
            let changed = c.execute(
                "UPDATE bulk_jobs SET state = 'running', reason = ?2, who = ?3, confirmed_ms = ?4
                 WHERE id = ?1 AND state = 'planned'",
                params![id, reason, who, now_ms],
            )?;
            if changed == 0 { Err(StoreError::Stale(id)) } else { Ok(()) }
        })
        .await
    }

    /// Nothing more of a job begins. What was begun goes on by itself and is no longer followed.
    ///
    /// # Errors
    /// [`StoreError::Stale`] for one that is over.
    pub async fn cancel_bulk_job(&self, id: &str, now_ms: i64) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| {
            let job = find(c, &id)?.ok_or_else(|| StoreError::NotFound(id.clone()))?;
            if matches!(job.state.as_str(), "done" | "cancelled") {
                return Err(StoreError::Stale(id));
            }
            cancel(c, job.row, now_ms)
        })
        .await
    }

    /// At launch: what the last owner did not finish planning has to be planned anew.
    pub async fn sweep_bulk_plans(&self, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let rows: Vec<i64> = c
                .prepare("SELECT row FROM bulk_jobs WHERE state = 'planning'")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            rows.into_iter().try_for_each(|row| cancel(c, row, now_ms))
        })
        .await
    }

    pub async fn find_bulk_job(&self, id: &str) -> Result<Option<BulkJob>> {
        let id = id.to_owned();
        self.read(move |c| find(c, &id)).await
    }

    /// Newest first.
    pub async fn list_bulk_jobs(&self, limit: u32) -> Result<Vec<BulkJob>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!("SELECT {JOB} FROM bulk_jobs ORDER BY row DESC LIMIT ?1"))?;
            let rows = query.query_map([limit], job_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Jobs that were confirmed and are not over, oldest first.
    pub async fn list_running_bulk_jobs(&self) -> Result<Vec<BulkJob>> {
        self.read(|c| {
            let mut query =
                c.prepare_cached(&format!("SELECT {JOB} FROM bulk_jobs WHERE state = 'running' ORDER BY row"))?;
            let rows = query.query_map([], job_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    pub async fn count_bulk_items(&self, job_row: i64) -> Result<BulkCounts> {
        self.read(move |c| {
            let mut query =
                c.prepare_cached("SELECT state, count(*) FROM bulk_items WHERE job_row = ?1 GROUP BY state")?;
            let rows = query.query_map([job_row], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(BulkCounts(rows.collect::<rusqlite::Result<_>>()?))
        })
        .await
    }

    /// The next item of every lane of a job.
    pub async fn list_next_bulk_items(&self, job_row: i64) -> Result<Vec<BulkItem>> {
        self.read(move |c| {
            let mut next = Vec::new();
            let mut at = String::new();
            // from lane to lane by the index, however many items wait in each
            while let Some(lane) = c
                .prepare_cached(
                    "SELECT lane FROM bulk_items WHERE job_row = ?1 AND state = 'planned' AND lane > ?2 ORDER BY lane LIMIT 1",
                )?
                .query_row(params![job_row, at], |row| row.get::<_, String>(0))
                .optional()?
            {
                next.extend(items(
                    c,
                    "WHERE job_row = ?1 AND state = 'planned' AND lane = ?2 ORDER BY row LIMIT 1",
                    params![job_row, lane],
                )?);
                at = lane;
            }
            Ok(next)
        })
        .await
    }

    /// Items of a job that were begun and are not over.
    pub async fn list_bulk_doing(&self, job_row: i64) -> Result<Vec<BulkItem>> {
        self.read(move |c| items(c, "WHERE job_row = ?1 AND state = 'doing' ORDER BY row", [job_row])).await
    }

    /// How many items of running jobs are under way in a lane.
    pub async fn count_bulk_doing(&self, lane: LaneKey) -> Result<u32> {
        self.read(move |c| {
            Ok(c.prepare_cached(
                "SELECT count(*) FROM bulk_items WHERE state = 'doing' AND target_row IS NOT NULL AND lane = ?1",
            )?
            .query_row([lane.text()?], |row| row.get(0))?)
        })
        .await
    }

    /// Whether a document that no job queued is due at a connection; with a lane's company and series, in that lane.
    pub async fn is_live_due(&self, lane: LaneKey, whole_connection: bool, now_ms: i64) -> Result<bool> {
        self.read(move |c| {
            let place = if whole_connection { "" } else { "AND company = ?3 AND series = ?4" };
            let sql = format!(
                "SELECT EXISTS (SELECT 1 FROM documents INDEXED BY documents_due
                   WHERE {SENDABLE} AND billing_id = ?1 {place} AND due_ms <= ?2
                     AND row NOT IN (SELECT target_row FROM bulk_items WHERE state = 'doing' AND target_row IS NOT NULL))"
            );
            let mut query = c.prepare_cached(&sql)?;
            Ok(if whole_connection {
                query.query_row(params![lane.billing_id, now_ms], |row| row.get(0))?
            } else {
                query.query_row(params![lane.billing_id, now_ms, lane.company, lane.series], |row| row.get(0))?
            })
        })
        .await
    }

    /// Marks an item before its act.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where its job was cancelled meanwhile: nothing may be done.
    pub async fn begin_bulk_item(
        &self,
        row: i64,
        target_row: Option<i64>,
        attempt_row: i64,
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |c| {
            let changed = c
                .prepare_cached(
                    "UPDATE bulk_items SET state = 'doing', target_row = ?2, attempt_row = ?3, started_ms = ?4
                     WHERE row = ?1 AND state = 'planned'
                       AND (SELECT state FROM bulk_jobs j WHERE j.row = job_row) = 'running'",
                )?
                .execute(params![row, target_row, attempt_row, now_ms])?;
            if changed == 0 { Err(StoreError::Stale(format!("bulk item {row}"))) } else { Ok(()) }
        })
        .await
    }

    pub async fn set_bulk_target(&self, row: i64, target_row: i64) -> Result<()> {
        self.write(move |c| {
            c.execute("UPDATE bulk_items SET target_row = ?2 WHERE row = ?1", params![row, target_row])?;
            Ok(())
        })
        .await
    }

    /// What came of an item; nothing where its job was cancelled meanwhile.
    pub async fn end_bulk_item(&self, row: i64, end: ItemEnd, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached(
                "UPDATE bulk_items SET state = ?2, why = ?3, failure = ?4, finished_ms = ?5 WHERE row = ?1 AND state = 'doing'",
            )?
            .execute(params![row, end.state, end.why, failure_text(end.failure.as_ref())?, now_ms])?;
            Ok(())
        })
        .await
    }

    /// Ends a running job of which nothing is left to do. Answers whether it did.
    pub async fn end_bulk_job_if_over(&self, job_row: i64, now_ms: i64) -> Result<bool> {
        self.write(move |c| {
            let changed = c.execute(
                "UPDATE bulk_jobs SET state = 'done', finished_ms = ?2 WHERE row = ?1 AND state = 'running'
                   AND NOT EXISTS (SELECT 1 FROM bulk_items WHERE job_row = ?1 AND state IN ('planned', 'doing'))",
                params![job_row, now_ms],
            )?;
            Ok(changed > 0)
        })
        .await
    }

    /// A job's items by the order in which they were planned, after a row; of all states, or of one.
    pub async fn page_bulk_items(
        &self,
        job_row: i64,
        state: &str,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<BulkReportItem>> {
        let state = state.to_owned();
        self.read(move |c| {
            let of_state = if state.is_empty() { "?3 = ''" } else { "i.state = ?3" };
            let mut query = c.prepare_cached(&format!(
                "SELECT i.row, d.id, d.order_number, d.client, d.currency, d.total_minor, d.provider, d.state, d.series, d.number,
                   i.state, i.why, i.failure, i.finished_ms
                 FROM bulk_items i CROSS JOIN documents d ON d.row = i.document_row
                 WHERE i.job_row = ?1 AND i.row > ?2 AND {of_state} ORDER BY i.row LIMIT ?4"
            ))?;
            let rows = query.query_map(params![job_row, after.unwrap_or(0), state, limit.clamp(1, 1000)], |row| {
                Ok(BulkReportItem {
                    row: row.get(0)?,
                    document_id: row.get(1)?,
                    order_number: row.get(2)?,
                    client: row.get(3)?,
                    currency: row.get(4)?,
                    total_minor: row.get(5)?,
                    provider: row.get(6)?,
                    document_state: row.get(7)?,
                    series: row.get(8)?,
                    number: row.get(9)?,
                    state: row.get(10)?,
                    why: row.get(11)?,
                    failure: optional_json(row, 12)?,
                    finished_ms: row.get(13)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }
}

fn expect(c: &Sqlite, job_row: i64, state: &str) -> Result<()> {
    let found: String = c.query_row("SELECT state FROM bulk_jobs WHERE row = ?1", [job_row], |row| row.get(0))?;
    if found == state { Ok(()) } else { Err(StoreError::Stale(format!("bulk job {job_row} is {found}"))) }
}

fn cancel(c: &Sqlite, job_row: i64, now_ms: i64) -> Result<()> {
    c.execute("UPDATE bulk_jobs SET state = 'cancelled', finished_ms = ?2 WHERE row = ?1", params![job_row, now_ms])?;
    c.execute(
        "UPDATE bulk_items SET state = iif(state = 'doing', 'left', 'cancelled'), finished_ms = ?2
         WHERE job_row = ?1 AND state IN ('planned', 'doing')",
        params![job_row, now_ms],
    )?;
    Ok(())
}
