//! Reconcile passes and what they found.

use super::Ledger;
use super::events::{failure_text, optional_json};
use super::series::{SeriesKey, lane_from, number_sql};
use crate::error::{Result, StoreError};
use punte_domain::Failure;
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::Value;

/// A pass that begins.
#[derive(Debug, Clone)]
pub struct NewRun {
    pub id: String,
    pub lane: SeriesKey,
    /// `YYYY-MM-DD`, both included.
    pub from_day: String,
    pub to_day: String,
    /// The operator; empty for Punte itself.
    pub who: String,
}

#[derive(Debug, Clone)]
pub struct ReconcileRun {
    pub row: i64,
    pub id: String,
    pub lane: SeriesKey,
    pub from_day: String,
    pub to_day: String,
    pub who: String,
    pub started_ms: i64,
    pub finished_ms: Option<i64>,
    /// `running`, `clean`, `findings`, `failed`, `interrupted`.
    pub result: String,
    pub complete: bool,
    pub why: String,
    /// An object of numbers by what was counted.
    pub counts: Value,
    pub failure: Option<Failure>,
    pub resume_at: Option<u64>,
}

/// How a pass ended.
#[derive(Debug, Clone)]
pub struct RunEnd {
    pub result: &'static str,
    pub complete: bool,
    pub why: String,
    pub counts: Value,
    pub failure: Option<Failure>,
    pub resume_at: Option<u64>,
    /// What was looked at: an open finding in it that this pass did not see again is resolved.
    pub scope: Scope,
}

/// What a pass certainly looked at.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Everything of these days, both included; otherwise only what the ledger alone knows.
    pub days: Option<(String, String)>,
    /// These numbers, both included, but for those that were not told.
    pub numbers: Option<(u64, u64)>,
    pub not_told: Vec<u64>,
    /// Days of the ledger's own side, which is always whole.
    pub own_days: Option<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct NewFinding {
    pub id: String,
    pub kind: &'static str,
    pub subject: String,
    pub document_row: Option<i64>,
    pub order_row: Option<i64>,
    pub number: Option<String>,
    pub number_value: Option<u64>,
    pub provider_id: Option<String>,
    pub day: Option<String>,
    /// JSON.
    pub facts: String,
}

#[derive(Debug, Clone)]
pub struct FindingRow {
    pub row: i64,
    pub id: String,
    pub lane: SeriesKey,
    pub kind: String,
    pub document_row: Option<i64>,
    pub document_id: Option<String>,
    pub order_row: Option<i64>,
    pub order_id: Option<String>,
    /// What people call the order.
    pub order_number: Option<String>,
    pub number: Option<String>,
    pub provider_id: Option<String>,
    pub day: Option<String>,
    /// JSON.
    pub facts: String,
    pub first_seen_ms: i64,
    pub last_seen_ms: i64,
    /// `open`, `resolved`, `ignored`.
    pub state: String,
    pub reason: String,
    pub who: String,
    pub closed_ms: Option<i64>,
}

/// Findings wanted: a page by key, newest first.
#[derive(Debug, Clone, Default)]
pub struct FindingQuery {
    /// Empty for all.
    pub kinds: Vec<String>,
    pub state: String,
    /// Of one pass, where it is given.
    pub run_id: Option<String>,
    pub after: Option<i64>,
    pub limit: u32,
}

const RUN: &str = "row, id, billing_id, company, series, from_day, to_day, who, started_ms, finished_ms, result, \
     complete, why, counts, failure, resume_at";
const FINDING: &str = "row, id, billing_id, company, series, kind, document_row, order_row, number, provider_id, day, \
     facts, first_seen_ms, last_seen_ms, state, reason, who, closed_ms, \
     (SELECT d.id FROM documents d WHERE d.row = document_row), \
     (SELECT o.id FROM orders o WHERE o.row = order_row), \
     (SELECT o.number FROM orders o WHERE o.row = order_row)";

fn run_from(row: &Row<'_>) -> rusqlite::Result<ReconcileRun> {
    let resume_at: Option<i64> = row.get(15)?;
    Ok(ReconcileRun {
        row: row.get(0)?,
        id: row.get(1)?,
        lane: lane_from(row, 2)?,
        from_day: row.get(5)?,
        to_day: row.get(6)?,
        who: row.get(7)?,
        started_ms: row.get(8)?,
        finished_ms: row.get(9)?,
        result: row.get(10)?,
        complete: row.get(11)?,
        why: row.get(12)?,
        counts: optional_json(row, 13)?.unwrap_or_default(),
        failure: optional_json(row, 14)?,
        resume_at: resume_at.map(i64::unsigned_abs),
    })
}

fn finding_from(row: &Row<'_>) -> rusqlite::Result<FindingRow> {
    Ok(FindingRow {
        row: row.get(0)?,
        id: row.get(1)?,
        lane: lane_from(row, 2)?,
        kind: row.get(5)?,
        document_row: row.get(6)?,
        order_row: row.get(7)?,
        number: row.get(8)?,
        provider_id: row.get(9)?,
        day: row.get(10)?,
        facts: row.get(11)?,
        first_seen_ms: row.get(12)?,
        last_seen_ms: row.get(13)?,
        state: row.get(14)?,
        reason: row.get(15)?,
        who: row.get(16)?,
        closed_ms: row.get(17)?,
        document_id: row.get(18)?,
        order_id: row.get(19)?,
        order_number: row.get(20)?,
    })
}

impl Ledger {
    /// A pass begins. What an earlier process left running in the series was interrupted.
    pub async fn begin_reconcile(&self, run: NewRun, now_ms: i64) -> Result<i64> {
        self.write(move |c| {
            c.prepare_cached(
                "UPDATE reconcile_runs SET result = 'interrupted', finished_ms = ?4
                 WHERE billing_id = ?1 AND company = ?2 AND series = ?3 AND result = 'running'",
            )?
            .execute(params![run.lane.billing_id, run.lane.company, run.lane.series, now_ms])?;
            c.prepare_cached(
                "INSERT INTO reconcile_runs (id, billing_id, company, series, from_day, to_day, who, started_ms, result)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'running')",
            )?
            .execute(params![
                run.id,
                run.lane.billing_id,
                run.lane.company,
                run.lane.series,
                run.from_day,
                run.to_day,
                run.who,
                now_ms
            ])?;
            Ok(c.last_insert_rowid())
        })
        .await
    }

    /// A pass ends: what it found is kept, what it looked for and did not find again is resolved. Answers the rows of the
    /// documents whose mismatch was resolved.
    pub async fn finish_reconcile(
        &self,
        run_row: i64,
        end: RunEnd,
        findings: Vec<NewFinding>,
        now_ms: i64,
    ) -> Result<Vec<i64>> {
        self.write(move |c| {
            let lane = c
                .prepare_cached("SELECT billing_id, company, series FROM reconcile_runs WHERE row = ?1")?
                .query_row([run_row], |row| lane_from(row, 0))?;
            for finding in &findings {
                keep(c, &lane, run_row, finding, now_ms)?;
            }
            let resolved = resolve(c, &lane, run_row, &end.scope, now_ms)?;
            c.prepare_cached(
                "UPDATE reconcile_runs SET finished_ms = ?2, result = ?3, complete = ?4, why = ?5, counts = ?6,
                   failure = ?7, resume_at = ?8 WHERE row = ?1",
            )?
            .execute(params![
                run_row,
                now_ms,
                end.result,
                end.complete,
                end.why,
                end.counts.to_string(),
                failure_text(end.failure.as_ref())?,
                end.resume_at.map(number_sql)
            ])?;
            Ok(resolved)
        })
        .await
    }

    /// Passes, newest first; of one series where it is given.
    pub async fn list_reconcile_runs(&self, lane: Option<SeriesKey>, limit: u32) -> Result<Vec<ReconcileRun>> {
        self.read(move |c| {
            let (condition, lane) = match lane {
                Some(lane) => ("billing_id = ?1 AND company = ?2 AND series = ?3", lane),
                None => {
                    let all = SeriesKey { billing_id: String::new(), company: String::new(), series: String::new() };
                    ("?1 = '' AND ?2 = '' AND ?3 = ''", all)
                }
            };
            let mut query = c.prepare_cached(&format!(
                "SELECT {RUN} FROM reconcile_runs WHERE {condition} ORDER BY row DESC LIMIT ?4"
            ))?;
            let rows = query.query_map(params![lane.billing_id, lane.company, lane.series, limit], run_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    pub async fn page_findings(&self, query: FindingQuery) -> Result<Vec<FindingRow>> {
        self.read(move |c| {
            let kinds = serde_json::to_string(&query.kinds)?;
            let mut statement = c.prepare_cached(&format!(
                "SELECT {FINDING} FROM reconcile_findings
                 WHERE (?1 = '[]' OR kind IN (SELECT value FROM json_each(?1))) AND (?2 = '' OR state = ?2)
                   AND row < ?3
                   AND (?5 IS NULL OR run_row = (SELECT r.row FROM reconcile_runs r WHERE r.id = ?5))
                 ORDER BY row DESC LIMIT ?4"
            ))?;
            let after = query.after.unwrap_or(i64::MAX);
            let rows = statement
                .query_map(params![kinds, query.state, after, query.limit.clamp(1, 500), query.run_id], finding_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// A person leaves a finding be, or takes that back, with a reason.
    pub async fn ignore_finding(&self, id: &str, ignored: bool, reason: &str, who: &str, now_ms: i64) -> Result<()> {
        let (id, reason, who) = (id.to_owned(), reason.to_owned(), who.to_owned());
        self.write(move |c| {
            let (from, to) = if ignored { ("open", "ignored") } else { ("ignored", "open") };
            let changed = c
                .prepare_cached(
                    "UPDATE reconcile_findings SET state = ?3, reason = ?4, who = ?5, closed_ms = ?6
                     WHERE id = ?1 AND state = ?2",
                )?
                .execute(params![id, from, to, reason, who, ignored.then_some(now_ms)])?;
            if changed == 1 {
                return Ok(());
            }
            let state: Option<String> = c
                .prepare_cached("SELECT state FROM reconcile_findings WHERE id = ?1")?
                .query_row([&id], |row| row.get(0))
                .optional()?;
            Err(match state {
                None => StoreError::NotFound(id),
                Some(state) => StoreError::Stale(format!("{id} is {state}")),
            })
        })
        .await
    }
}

/// Whose findings, and of which days.
pub(super) struct MonthFindings {
    pub billing_id: String,
    pub company: String,
    pub days: (String, String),
}

/// What is open or was left be, of the days and without a day; at most 5000.
pub(super) fn of_month(c: &Sqlite, query: &MonthFindings) -> Result<Vec<FindingRow>> {
    let mut statement = c.prepare_cached(&format!(
        "SELECT {FINDING} FROM reconcile_findings
         WHERE billing_id = ?1 AND company = ?2 AND state IN ('open', 'ignored')
           AND (day IS NULL OR day BETWEEN ?3 AND ?4)
         ORDER BY row LIMIT 5000"
    ))?;
    let rows =
        statement.query_map(params![query.billing_id, query.company, query.days.0, query.days.1], finding_from)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Writes a finding down, or that it was seen again. One that was ignored stays so while it says the same.
fn keep(c: &Sqlite, lane: &SeriesKey, run_row: i64, finding: &NewFinding, now_ms: i64) -> Result<()> {
    c.prepare_cached(
        "INSERT INTO reconcile_findings (id, billing_id, company, series, kind, subject, document_row, order_row, number,
           number_value, provider_id, day, facts, first_seen_ms, last_seen_ms, run_row, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15, 'open')
         ON CONFLICT (billing_id, company, series, kind, subject) DO UPDATE SET
           first_seen_ms = iif(state = 'resolved', ?14, first_seen_ms),
           reason = iif(state = 'ignored' AND facts = ?13, reason, ''),
           who = iif(state = 'ignored' AND facts = ?13, who, ''),
           closed_ms = iif(state = 'ignored' AND facts = ?13, closed_ms, NULL),
           state = iif(state = 'ignored' AND facts = ?13, 'ignored', 'open'),
           document_row = ?7, order_row = ?8, number = ?9, number_value = ?10, provider_id = ?11, day = ?12,
           facts = ?13, last_seen_ms = ?14, run_row = ?15",
    )?
    .execute(params![
        finding.id,
        lane.billing_id,
        lane.company,
        lane.series,
        finding.kind,
        finding.subject,
        finding.document_row,
        finding.order_row,
        finding.number,
        finding.number_value.map(number_sql),
        finding.provider_id,
        finding.day,
        finding.facts,
        now_ms,
        run_row
    ])?;
    Ok(())
}

fn resolve(c: &Sqlite, lane: &SeriesKey, run_row: i64, scope: &Scope, now_ms: i64) -> Result<Vec<i64>> {
    let days = scope.days.clone().unwrap_or_default();
    let own = scope.own_days.clone().unwrap_or_default();
    // an empty range holds nothing
    let (from, to) = scope.numbers.map_or((1, 0), |(from, to)| (number_sql(from), number_sql(to)));
    let not_told = serde_json::to_string(&scope.not_told)?;
    let mut query = c.prepare_cached(
        "UPDATE reconcile_findings SET state = 'resolved', closed_ms = ?5
         WHERE billing_id = ?1 AND company = ?2 AND series = ?3 AND state = 'open' AND run_row <> ?4
           AND ((kind = 'expected' AND day BETWEEN ?6 AND ?7)
             OR (kind <> 'expected' AND ?8 <> '' AND day BETWEEN ?8 AND ?9)
             OR (kind <> 'expected' AND number_value BETWEEN ?10 AND ?11
               AND number_value NOT IN (SELECT value FROM json_each(?12))))
         RETURNING kind, document_row",
    )?;
    let rows = query.query_map(
        params![
            lane.billing_id,
            lane.company,
            lane.series,
            run_row,
            now_ms,
            own.0,
            own.1,
            days.0,
            days.1,
            from,
            to,
            not_told
        ],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?)),
    )?;
    let mut resolved = Vec::new();
    for row in rows {
        if let (kind, Some(document_row)) = row?
            && matches!(kind.as_str(), "mismatched" | "missing_there")
        {
            resolved.push(document_row);
        }
    }
    Ok(resolved)
}
