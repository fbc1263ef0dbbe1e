//! The reconcile pass: the ledger against the provider for a series and a period. It reads, keeps what it finds, and sends
//! nothing.
//!
//! Where documents can be listed, the list is read; where they cannot, every number of the series is looked at, a bounded
//! count in one pass. The provider is read before the ledger, so that what is issued meanwhile is never taken for a stranger.

mod classify;
mod findings;
mod numbers;
mod rows;
#[cfg(test)]
mod tests;

pub use classify::{classify, number_of};
pub use findings::{Classified, Coverage, Difference, Facts, Finding, FindingKind, Ours, Seen, Theirs, WaitingOrder};

use crate::connect::{Gate, is_connections_fault};
use crate::error::{EngineError, Result};
use crate::operator::required;
use crate::reads::stops_reads;
use crate::settle::to_json;
use crate::workspace::{Change, Workspace, lock};
use chrono::{Days, NaiveDate};
use punte_connectors::Urgency;
use punte_connectors::billing::{Ability, BillingProvider, DocumentKind, DocumentQuery};
use punte_domain::{Failure, fiscal_date};
use punte_store::ledger::{Connection, NewFinding, NewRun, RunEnd, Scope, SeriesKey};
use rows::{instant_of, mismatches, ours_of, theirs_of};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// The longest period of one pass.
const MAX_DAYS: i64 = 366;
/// A list is read this much wider on both sides: what stands there explains a number, a day, a second copy.
const MARGIN: Days = Days::new(7);
/// Pages of a list, a hundred documents each.
const MAX_PAGES: u32 = 500;
/// Documents of the ledger in one pass.
const MAX_ROWS: u32 = 60_000;
/// Orders that wait, in one pass.
const MAX_WAITING: u32 = 1000;
/// Findings that one pass keeps.
const MAX_FINDINGS: usize = 5000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How many there were of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Documents or numbers that the provider was asked about.
    pub looked: u32,
    pub matched: u32,
    pub not_told: u32,
    /// By kind of finding.
    pub found: BTreeMap<FindingKind, u32>,
}

/// What one pass brought.
#[derive(Debug, Clone)]
pub struct ReconcileReport {
    pub run_id: String,
    pub lane: SeriesKey,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Everything that the period asks for was looked at and told.
    pub complete: bool,
    /// Why it was not: `too_many_documents`, `too_many_numbers`, `part`, `not_told`, `no_numbers_known`, `cut_off`,
    /// `stopped`, `too_many_findings`.
    pub why: &'static str,
    pub counts: Counts,
    pub findings: Vec<Finding>,
    /// Where numbers are looked at one by one: what the next pass begins with.
    pub resume_at: Option<u64>,
}

impl ReconcileReport {
    /// Nothing but what is expected was found.
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|finding| finding.kind == FindingKind::Expected)
    }
}

/// A pass that began: its row is written.
struct Begun {
    connection: Connection,
    period: (NaiveDate, NaiveDate),
    run_row: i64,
    run_id: String,
    started_ms: i64,
    running: Running,
}

/// A series whose pass is under way, until it ends or is cut off.
struct Running {
    all: Arc<Mutex<BTreeSet<SeriesKey>>>,
    lane: SeriesKey,
}

impl Drop for Running {
    fn drop(&mut self) {
        lock(&self.all).remove(&self.lane);
    }
}

/// The provider's side, read.
struct Read {
    theirs: Vec<Theirs>,
    coverage: Coverage,
    looked: u32,
    /// Empty: everything was looked at.
    why: &'static str,
    resume_at: Option<u64>,
    /// Numbers of which nobody could say whose they are.
    not_told: Vec<u64>,
    /// What cut it off, where that is the connection's.
    failure: Option<Failure>,
}

impl Workspace {
    /// One pass over a series and a period, both days included. It may be called at any time, by a person (`who`) or by
    /// itself (empty).
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for a period that is none or too long; [`EngineError::NotNow`] while a pass over the series is
    /// under way; [`EngineError::Outside`] when the provider could not be read at all, which the run's row says, too.
    pub async fn reconcile(
        &self,
        billing_id: &str,
        company: &str,
        series: &str,
        period: (NaiveDate, NaiveDate),
        who: &str,
    ) -> Result<ReconcileReport> {
        let begun = self.begin_reconcile(billing_id, company, series, period, who).await?;
        self.carry_on(begun).await
    }

    /// The same without waiting for its end: answers the run's id, by which its result is found.
    ///
    /// # Errors
    /// As [`Workspace::reconcile`], but for what the provider says.
    pub async fn start_reconcile(
        self: &Arc<Self>,
        billing_id: &str,
        company: &str,
        series: &str,
        period: (NaiveDate, NaiveDate),
        who: &str,
    ) -> Result<String> {
        let begun = self.begin_reconcile(billing_id, company, series, period, who).await?;
        let run_id = begun.run_id.clone();
        let this = self.clone();
        self.spawn(async move {
            match this.carry_on(begun).await {
                // its row says so
                Ok(_) | Err(EngineError::Outside(_)) => {}
                Err(error) => this.note_engine_error(&error, "reconcile"),
            }
        });
        Ok(run_id)
    }

    async fn begin_reconcile(
        &self,
        billing_id: &str,
        company: &str,
        series: &str,
        (from, to): (NaiveDate, NaiveDate),
        who: &str,
    ) -> Result<Begun> {
        if to < from || (to - from).num_days() > MAX_DAYS {
            let detail = format!("{from} to {to}: a period goes forward and has {MAX_DAYS} days at most");
            return Err(EngineError::Invalid { field: "period", detail });
        }
        let lane = SeriesKey {
            billing_id: billing_id.to_owned(),
            company: filled("company", company)?,
            series: filled("series", series)?,
        };
        let connection = self.ledger.get_connection(billing_id).await?;
        if self.may_call(&connection, self.now_ms()) == Gate::Closed
            && let Some(stop) = connection.stop
        {
            return Err(stop.failure.into());
        }
        if !lock(&self.reconciling).insert(lane.clone()) {
            return Err(EngineError::NotNow("reconcile_running"));
        }
        let running = Running { all: self.reconciling.clone(), lane: lane.clone() };
        let run = NewRun {
            id: self.deps.clock.new_id("rec"),
            lane,
            from_day: from.to_string(),
            to_day: to.to_string(),
            who: who.to_owned(),
        };
        let run_id = run.id.clone();
        let started_ms = self.now_ms();
        let run_row = self.ledger.begin_reconcile(run, started_ms).await?;
        self.changed(Change::Reconcile);
        Ok(Begun { connection, period: (from, to), run_row, run_id, started_ms, running })
    }

    async fn carry_on(&self, begun: Begun) -> Result<ReconcileReport> {
        let done = self.reconcile_lane(&begun).await;
        drop(begun);
        self.changed(Change::Reconcile);
        done
    }

    async fn reconcile_lane(&self, begun: &Begun) -> Result<ReconcileReport> {
        let Begun { connection, period, run_row, started_ms, .. } = begun;
        let lane = &begun.running.lane;
        let read = match self.read_theirs(connection, lane, *period).await {
            Ok(read) => read,
            Err(EngineError::Outside(failure)) => {
                self.fail_run(*run_row, connection, &failure).await?;
                return Err(EngineError::Outside(failure));
            }
            Err(error) => return Err(error),
        };
        let ours = self.read_ours(connection, lane, *period, &read.theirs, *started_ms).await?;
        let waiting = self.read_waiting(lane).await?;
        let told = classify(&ours, &waiting, &read.theirs, &read.coverage, *period);
        self.keep_findings(begun, read, told).await
    }

    async fn fail_run(&self, run_row: i64, connection: &Connection, failure: &Failure) -> Result<()> {
        if is_connections_fault(failure) && stops_reads(failure.kind) {
            self.note_trouble(connection, failure).await?;
        }
        let end = RunEnd {
            result: "failed",
            complete: false,
            why: "cut_off".to_owned(),
            counts: json!({}),
            failure: Some(failure.clone()),
            resume_at: None,
            scope: Scope::default(),
        };
        self.ledger.finish_reconcile(run_row, end, Vec::new(), self.now_ms()).await?;
        Ok(())
    }

    async fn read_theirs(
        &self,
        connection: &Connection,
        lane: &SeriesKey,
        period: (NaiveDate, NaiveDate),
    ) -> Result<Read> {
        let provider = self.billing_with(connection, Urgency::Bulk).await?;
        let read = match provider.capabilities().can(Ability::ListDocuments) {
            true => self.read_list(provider.as_ref(), lane, period).await?,
            false => self.read_numbers(provider.as_ref(), connection, lane, period).await?,
        };
        match &read.failure {
            Some(failure) if stops_reads(failure.kind) => self.note_trouble(connection, failure).await?,
            Some(_) => {}
            None => self.note_contact(connection).await?,
        }
        Ok(read)
    }

    /// The provider's list, newest first: what is issued meanwhile pushes rows on to later pages, so one may come twice, but
    /// none is passed over.
    async fn read_list(
        &self,
        provider: &dyn BillingProvider,
        lane: &SeriesKey,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Read> {
        let (from, to) = (from.checked_sub_days(MARGIN).unwrap_or(from), to.checked_add_days(MARGIN).unwrap_or(to));
        let mut query = DocumentQuery {
            company: lane.company.clone(),
            kind: DocumentKind::Invoice,
            series: Some(lane.series.clone()),
            from,
            to,
            page: 0,
        };
        let mut seen = BTreeSet::new();
        let mut theirs = Vec::new();
        let mut why = "too_many_documents";
        for page in 0..MAX_PAGES {
            if self.stopping.is_cancelled() {
                why = "stopped";
                break;
            }
            query.page = page;
            let listed = provider.list_documents(&query).await?;
            for row in listed.rows {
                // a draft has no number and is no document yet
                let is_draft = row.document.number.is_empty() && row.references.is_empty();
                if !is_draft && seen.insert((row.document.provider_id.clone(), row.document.number.clone())) {
                    theirs.push(theirs_of(row));
                }
            }
            if !listed.more {
                why = "";
                break;
            }
        }
        let coverage = if why.is_empty() { Coverage::Listed { from, to } } else { Coverage::Nothing };
        let looked = theirs.len() as u32;
        Ok(Read { theirs, coverage, looked, why, resume_at: None, not_told: Vec::new(), failure: None })
    }

    /// The ledger's side: the period's documents, those that the provider's list names, and those that stand under a number
    /// that was looked at.
    async fn read_ours(
        &self,
        connection: &Connection,
        lane: &SeriesKey,
        (from, to): (NaiveDate, NaiveDate),
        theirs: &[Theirs],
        started_ms: i64,
    ) -> Result<Vec<Ours>> {
        let days = (
            from.checked_sub_days(MARGIN).unwrap_or(from).to_string(),
            to.checked_add_days(MARGIN).unwrap_or(to).to_string(),
        );
        // a day wider than the period: the fiscal day decides, not the instant
        let planned = (instant_of(from) - DAY_MS, instant_of(to) + 2 * DAY_MS);
        let ledger = &self.ledger;
        let mut rows = ledger.list_series_documents(&connection.kind, lane, days, planned, MAX_ROWS).await?;
        let numbers = theirs.iter().filter_map(|one| number_of(&one.number));
        if let (Some(first), Some(last)) = (numbers.clone().min(), numbers.max()) {
            rows.extend(ledger.list_by_numbers(&connection.kind, lane, (first, last), MAX_ROWS).await?);
        }
        let known: BTreeSet<String> = rows.iter().map(|row| row.reference.clone()).collect();
        let strange: BTreeSet<String> =
            theirs.iter().flat_map(|one| &one.references).filter(|one| !known.contains(*one)).cloned().collect();
        if !strange.is_empty() {
            rows.extend(ledger.list_by_references(strange.into_iter().collect()).await?);
        }
        let quiet = if connection.is_sandbox { self.deps.timing.quiet_sandbox } else { self.deps.timing.quiet };
        let recent_ms = started_ms - quiet.as_millis() as i64;
        Ok(rows.into_iter().map(|row| ours_of(row, recent_ms)).collect())
    }

    async fn read_waiting(&self, lane: &SeriesKey) -> Result<Vec<WaitingOrder>> {
        let orders = self.ledger.list_paid_waiting(lane, MAX_WAITING).await?;
        let waiting = |order: punte_store::ledger::PaidOrder| WaitingOrder {
            order_row: order.row,
            order_id: order.id,
            day: fiscal_date(order.paid_ms),
            reason: order.reason,
        };
        Ok(orders.into_iter().map(waiting).collect())
    }

    async fn keep_findings(&self, begun: &Begun, read: Read, told: Classified) -> Result<ReconcileReport> {
        let (from, to) = begun.period;
        let lane = &begun.running.lane;
        let mut counts =
            Counts { looked: read.looked, matched: told.matched, not_told: told.not_told, ..Counts::default() };
        for finding in &told.findings {
            *counts.found.entry(finding.kind).or_default() += 1;
        }
        let mut findings = told.findings;
        let too_many = findings.len() > MAX_FINDINGS;
        findings.truncate(MAX_FINDINGS);
        let why = match read.why {
            "" if too_many => "too_many_findings",
            "" if told.not_told > 0 => "not_told",
            why => why,
        };
        let days = (from.to_string(), to.to_string());
        let scope = Scope {
            days: (matches!(read.coverage, Coverage::Listed { .. }) && !too_many).then(|| days.clone()),
            numbers: match &read.coverage {
                Coverage::Numbers { looked, .. } if !too_many => Some(*looked),
                _ => None,
            },
            not_told: read.not_told,
            own_days: (!too_many).then_some(days),
        };
        let report = ReconcileReport {
            run_id: begun.run_id.clone(),
            lane: lane.clone(),
            from,
            to,
            complete: why.is_empty(),
            why,
            counts,
            findings,
            resume_at: read.resume_at,
        };
        let result = match (&read.failure, report.is_clean()) {
            (Some(_), _) => "failed",
            (None, true) => "clean",
            (None, false) => "findings",
        };
        let end = RunEnd {
            result,
            complete: report.complete,
            why: why.to_owned(),
            counts: serde_json::to_value(&report.counts).map_err(punte_store::StoreError::Json)?,
            failure: read.failure,
            resume_at: read.resume_at,
            scope,
        };
        let rows = report.findings.iter().map(|one| self.row_of(one)).collect::<Result<Vec<_>>>()?;
        let now_ms = self.now_ms();
        let healed = self.ledger.finish_reconcile(begun.run_row, end, rows, now_ms).await?;
        self.ledger.record_mismatches(mismatches(&report.findings), now_ms).await?;
        for row in healed {
            self.ledger.want_verification(row, now_ms).await?;
        }
        tracing::info!(connection = begun.connection.id, series = %lane.series, result, why, "reconciled");
        self.verify_wake.notify_one();
        self.changed(Change::Documents);
        Ok(report)
    }

    fn row_of(&self, finding: &Finding) -> Result<NewFinding> {
        Ok(NewFinding {
            id: self.deps.clock.new_id("fnd"),
            kind: finding.kind.as_str(),
            subject: finding.subject.clone(),
            document_row: finding.document_row,
            order_row: finding.order_row,
            number_value: finding.number.as_deref().and_then(number_of),
            number: finding.number.clone(),
            provider_id: finding.provider_id.clone(),
            day: finding.day.map(|day| day.to_string()),
            facts: to_json(&finding.facts)?,
        })
    }

    /// A person leaves a finding be, or (`ignored` false) takes that back, with a reason.
    pub async fn ignore_finding(&self, id: &str, ignored: bool, reason: &str, who: &str) -> Result<()> {
        let reason = required(reason)?;
        self.ledger.ignore_finding(id, ignored, reason, who, self.now_ms()).await?;
        self.changed(Change::Reconcile);
        Ok(())
    }
}

fn filled(field: &'static str, text: &str) -> Result<String> {
    match text.trim() {
        "" => Err(EngineError::Invalid { field, detail: "empty".into() }),
        text => Ok(text.to_owned()),
    }
}
