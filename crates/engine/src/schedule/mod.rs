//! What runs by itself: when each job ran last, what came of it, and when it is due.
//!
//! Monotonic time decides when a job is due; the wall clock only says, at a start, how much of an interval has passed already,
//! and can neither lengthen an interval nor send anything: every job here reads.

mod jobs;
#[cfg(test)]
mod tests;

pub use jobs::MOST_COUNTED;

use crate::backup::BackupSettings;
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::shops::ShopKind;
use punte_domain::Failure;
use punte_store::ledger::{Connection, SeriesKey};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Longer than whatever waits: what is due still later was written while the clock stood wrong.
const BEYOND: Duration = Duration::from_secs(8 * 60 * 60);
/// Where the cache keeps what ran last.
const LAST: &str = "schedule";
/// A job that never ran waits at most so long.
const FIRST: Duration = Duration::from_secs(10 * 60);
/// Shorter intervals are not kept over a start: such a job runs at once anyway.
const KEPT_FROM: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Orders of a shop.
    Poll,
    /// Whether a billing connection works.
    Health,
    Payments,
    EInvoices,
    Reconcile,
    Retention,
    /// A copy of the ledger, sealed by choice.
    Backup,
}

impl JobKind {
    pub fn as_str(self) -> &'static str {
        match self {
            JobKind::Poll => "poll",
            JobKind::Health => "health",
            JobKind::Payments => "payments",
            JobKind::EInvoices => "einvoices",
            JobKind::Reconcile => "reconcile",
            JobKind::Retention => "retention",
            JobKind::Backup => "backup",
        }
    }

    /// May take minutes: such jobs have a loop of their own.
    fn is_long(self) -> bool {
        matches!(self, JobKind::Payments | JobKind::Reconcile | JobKind::Backup)
    }
}

/// A job as configured now.
#[derive(Debug, Clone)]
pub struct Job {
    /// `poll:con_1`, `reconcile:con_2:RO1:FCT`, `retention`.
    pub id: String,
    pub kind: JobKind,
    /// What it is about, for people: the connection's name, a series.
    pub about: String,
    pub every: Duration,
    connection: Option<Connection>,
    lane: Option<SeriesKey>,
}

impl Job {
    /// Kind of the connection that it is about; empty where it is of the whole workspace.
    pub fn provider(&self) -> &str {
        self.connection.as_ref().map_or("", |connection| connection.kind.as_str())
    }
}

/// A job of the whole workspace.
fn plain(kind: JobKind, every: Duration) -> Job {
    Job { id: kind.as_str().to_owned(), kind, about: String::new(), every, connection: None, lane: None }
}

/// How a run ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobResult {
    /// `ok`, `failed`, `skipped` (the connection rests).
    pub outcome: String,
    /// What was done, by what it is: `read`, `found`, `purged`.
    pub counts: BTreeMap<String, u32>,
    pub failure: Option<Failure>,
}

impl JobResult {
    pub(crate) fn ok(counts: &[(&str, u32)]) -> JobResult {
        let counts = counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        JobResult { outcome: "ok".into(), counts, failure: None }
    }

    pub(crate) fn failed(failure: Failure) -> JobResult {
        JobResult { outcome: "failed".into(), counts: BTreeMap::new(), failure: Some(failure) }
    }

    pub(crate) fn skipped(failure: Option<Failure>) -> JobResult {
        JobResult { outcome: "skipped".into(), counts: BTreeMap::new(), failure }
    }

    /// An error of the ledger or of an input: it is in the log, and is shown without a cause.
    pub(crate) fn broken() -> JobResult {
        JobResult { outcome: "failed".into(), ..JobResult::default() }
    }
}

/// What is kept of a job over a start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Wall clock: only shown, and at a start taken as far as it is plausible.
    pub finished_ms: i64,
    pub result: JobResult,
    /// Where the next run goes on, where a job works by key.
    pub cursor: i64,
}

#[derive(Debug, Clone, Default)]
struct Standing {
    last: Option<Last>,
    /// Monotonic.
    due: Option<Duration>,
    running: bool,
}

/// Every job's standing. Rebuildable: what is lost is only shown as never run.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    jobs: BTreeMap<String, Standing>,
}

/// How long a job waits at a start. A clock that went back or far ahead makes it run early, never late.
fn first_wait(every: Duration, finished_ms: Option<i64>, now_ms: i64) -> Duration {
    let Some(finished_ms) = finished_ms else { return every.min(FIRST) };
    match u64::try_from(now_ms.saturating_sub(finished_ms)) {
        Ok(passed) => every.saturating_sub(Duration::from_millis(passed)),
        // it ended in the future: nothing is known
        Err(_) => Duration::ZERO,
    }
}

impl Schedule {
    /// The monotonic instant at which a job is due; set on first sight.
    fn due(&mut self, id: &str, every: Duration, now: Duration, now_ms: i64) -> Duration {
        let standing = self.jobs.entry(id.to_owned()).or_default();
        // one that failed is not waited for anew after a start
        let done = standing.last.as_ref().filter(|last| last.result.outcome != "failed");
        let finished_ms = done.map(|last| last.finished_ms);
        let due = *standing.due.get_or_insert_with(|| now + first_wait(every, finished_ms, now_ms));
        // an interval that became shorter counts at once
        let due = due.min(now + every.max(FIRST));
        standing.due = Some(due);
        due
    }

    fn begin(&mut self, id: &str) -> bool {
        let standing = self.jobs.entry(id.to_owned()).or_default();
        !std::mem::replace(&mut standing.running, true)
    }

    fn end(&mut self, id: &str, last: Last, due: Duration) {
        let standing = self.jobs.entry(id.to_owned()).or_default();
        *standing = Standing { last: Some(last), due: Some(due), running: false };
    }

    fn want_now(&mut self, id: &str, now: Duration) {
        self.jobs.entry(id.to_owned()).or_default().due = Some(now);
    }

    pub(crate) fn last(&self, id: &str) -> Option<&Last> {
        self.jobs.get(id)?.last.as_ref()
    }

    fn cursor(&self, id: &str) -> i64 {
        self.jobs.get(id).and_then(|standing| standing.last.as_ref()).map_or(0, |last| last.cursor)
    }
}

/// A job with its standing, for screens.
#[derive(Debug, Clone)]
pub struct JobStanding {
    pub job: Job,
    pub last: Option<Last>,
    /// Wall clock, from what is left of the interval; `None` while it runs.
    pub next_ms: Option<i64>,
    pub running: bool,
}

impl Workspace {
    pub(crate) fn take_schedule_up(&self) {
        let kept = self.cache.find_listing("", LAST);
        let kept: BTreeMap<String, Last> =
            kept.and_then(|(json, _)| serde_json::from_str(&json).ok()).unwrap_or_default();
        let mut schedule = lock(&self.schedule);
        for (id, last) in kept {
            schedule.jobs.entry(id).or_default().last = Some(last);
        }
    }

    fn put_schedule_down(&self, jobs: &[Job]) -> Result<()> {
        let ids: BTreeSet<&str> = jobs.iter().filter(|job| job.every >= KEPT_FROM).map(|job| job.id.as_str()).collect();
        let kept: BTreeMap<String, Last> = {
            let schedule = lock(&self.schedule);
            let last = |(id, standing): (&String, &Standing)| Some((id.clone(), standing.last.clone()?));
            schedule.jobs.iter().filter(|(id, _)| ids.contains(id.as_str())).filter_map(last).collect()
        };
        let json = serde_json::to_string(&kept).map_err(punte_store::StoreError::Json)?;
        self.cache.record_listing("", LAST, &json, self.now_ms());
        Ok(())
    }

    /// Every job there is now, in a fixed order: by kind, then as connections and flows were made.
    pub async fn list_jobs(&self) -> Result<Vec<Job>> {
        let connections = self.ledger.list_connections().await?;
        let flows = self.ledger.list_flows().await?;
        let timing = self.deps.timing;
        let mut jobs = Vec::new();
        let pick = |is_sandbox: bool, live: Duration, sandbox: Duration| if is_sandbox { sandbox } else { live };
        let about = |kind: JobKind, connection: &Connection, every: Duration| Job {
            id: format!("{}:{}", kind.as_str(), connection.id),
            kind,
            about: connection.name.clone(),
            every,
            connection: Some(connection.clone()),
            lane: None,
        };
        let polled = |one: &&Connection| ShopKind::parse(&one.kind).is_some_and(ShopKind::polls);
        for connection in connections.iter().filter(polled) {
            let every = pick(connection.is_sandbox, timing.poll, timing.poll_sandbox);
            jobs.push(about(JobKind::Poll, connection, every));
        }
        let is_used = |one: &&Connection| flows.iter().any(|flow| flow.enabled && flow.billing_id == one.id);
        let billing: Vec<&Connection> = connections.iter().filter(is_used).collect();
        for connection in &billing {
            let every = pick(connection.is_sandbox, timing.health, timing.health_sandbox);
            jobs.push(about(JobKind::Health, connection, every));
        }
        for connection in &billing {
            let every = pick(connection.is_sandbox, timing.payments, timing.payments_sandbox);
            jobs.push(about(JobKind::Payments, connection, every));
        }
        jobs.push(plain(JobKind::EInvoices, timing.idle));
        let lanes: BTreeSet<SeriesKey> = flows
            .iter()
            .filter(|flow| flow.enabled && !flow.series.is_empty())
            .flat_map(|flow| {
                let by_rule = flow.rules.series_rules.iter().map(|rule| &rule.series);
                std::iter::once(&flow.series).chain(by_rule).map(|series| SeriesKey {
                    billing_id: flow.billing_id.clone(),
                    company: flow.company.clone(),
                    series: series.clone(),
                })
            })
            .collect();
        for lane in lanes {
            let Some(connection) = billing.iter().find(|one| one.id == lane.billing_id) else { continue };
            jobs.push(Job {
                id: format!("reconcile:{}:{}:{}", lane.billing_id, lane.company, lane.series),
                kind: JobKind::Reconcile,
                about: format!("{} · {}", connection.name, lane.series),
                every: pick(connection.is_sandbox, timing.reconcile, timing.reconcile_sandbox),
                connection: Some((*connection).clone()),
                lane: Some(lane),
            });
        }
        jobs.push(plain(JobKind::Retention, timing.retention));
        // a simulation's ledger is not worth a copy
        if !self.ledger.is_stepped() {
            let hours = self.backup_hours().await;
            jobs.extend((hours > 0).then(|| self.backup_job(hours)));
        }
        Ok(jobs)
    }

    /// Where what is set cannot be read, as often as is usual: the run fails and says so.
    pub(crate) async fn backup_hours(&self) -> u32 {
        self.backup_settings().await.unwrap_or_default().every_hours
    }

    /// The backup as set now, whether the schedule has it or not.
    pub(crate) fn backup_job(&self, hours: u32) -> Job {
        plain(JobKind::Backup, Duration::from_secs(u64::from(if hours == 0 { 24 } else { hours }) * 60 * 60))
    }

    /// Every job with when it ran last, what came of it, and when it runs next.
    pub async fn list_schedule(&self) -> Result<Vec<JobStanding>> {
        let jobs = self.list_jobs().await?;
        let (now, now_ms) = (self.deps.clock.monotonic(), self.now_ms());
        let mut schedule = lock(&self.schedule);
        let standing = |job: Job| {
            let due = schedule.due(&job.id, job.every, now, now_ms);
            let standing = schedule.jobs.get(&job.id).cloned().unwrap_or_default();
            let next_ms = (!standing.running).then(|| now_ms + due.saturating_sub(now).as_millis() as i64);
            JobStanding { job, last: standing.last, next_ms, running: standing.running }
        };
        Ok(jobs.into_iter().map(standing).collect())
    }

    /// How the backup stands, whether the schedule has it or not.
    pub fn backup_standing(&self, settings: &BackupSettings) -> JobStanding {
        let (job, is_off) = (self.backup_job(settings.every_hours), settings.every_hours == 0);
        let (now, now_ms) = (self.deps.clock.monotonic(), self.now_ms());
        let mut schedule = lock(&self.schedule);
        let due = schedule.due(&job.id, job.every, now, now_ms);
        let standing = schedule.jobs.get(&job.id).cloned().unwrap_or_default();
        let is_due = !standing.running && !is_off;
        let next_ms = is_due.then(|| now_ms + due.saturating_sub(now).as_millis() as i64);
        JobStanding { job, last: standing.last, next_ms, running: standing.running }
    }

    /// Has a job run now instead of when it is due. A connection that rests is tried again.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] where there is no such job, [`EngineError::NotNow`] while it runs.
    pub async fn run_job_now(&self, id: &str) -> Result<()> {
        let jobs = self.list_jobs().await?;
        let Some(job) = jobs.into_iter().find(|job| job.id == id) else {
            return Err(EngineError::Invalid { field: "id", detail: format!("no job {id}") });
        };
        {
            let mut schedule = lock(&self.schedule);
            if schedule.jobs.get(id).is_some_and(|standing| standing.running) {
                return Err(EngineError::NotNow("job_running"));
            }
            schedule.want_now(id, self.deps.clock.monotonic());
        }
        if let (JobKind::Poll | JobKind::Health, Some(connection)) = (job.kind, &job.connection) {
            self.wake(&connection.id).await?;
        }
        match job.kind {
            JobKind::Poll => self.poll_wake.notify_one(),
            JobKind::EInvoices => self.einvoice_wake.notify_one(),
            JobKind::Health | JobKind::Retention => self.schedule_wake.notify_one(),
            JobKind::Payments | JobKind::Reconcile | JobKind::Backup => self.long_wake.notify_one(),
        }
        self.changed(Change::Schedule);
        Ok(())
    }

    pub(crate) async fn run_schedule(self: &Arc<Self>) {
        loop {
            if let Err(error) = self.pull_in().await {
                self.note_engine_error(&error, "pull in");
            }
            let next = self.run_due_jobs(|kind| matches!(kind, JobKind::Health | JobKind::Retention)).await;
            if !self.rest(&self.schedule_wake, next).await {
                return;
            }
        }
    }

    /// What is due further ahead than anything waits is due now: the clock went back since.
    pub(crate) async fn pull_in(&self) -> Result<()> {
        let now_ms = self.now_ms();
        let count = self.ledger.pull_in(now_ms + BEYOND.as_millis() as i64, now_ms).await?;
        if count == 0 {
            return Ok(());
        }
        tracing::warn!(count, "the clock went back: what waited for it is due now");
        for wake in [
            &self.outbox_wake,
            &self.operate_wake,
            &self.verify_wake,
            &self.einvoice_wake,
            &self.note_wake,
            &self.change_wake,
        ] {
            wake.notify_one();
        }
        Ok(())
    }

    /// Jobs that may take minutes, so that the others do not wait for them.
    pub(crate) async fn run_long_jobs(self: &Arc<Self>) {
        loop {
            let next = self.run_due_jobs(JobKind::is_long).await;
            if !self.rest(&self.long_wake, next).await {
                return;
            }
        }
    }

    /// Runs what is due of some kinds, one after another; answers how long nothing more is.
    async fn run_due_jobs(self: &Arc<Self>, is_ours: impl Fn(JobKind) -> bool) -> Duration {
        let jobs = match self.list_jobs().await {
            Ok(jobs) => jobs,
            Err(error) => {
                self.note_engine_error(&error, "schedule");
                return self.deps.timing.idle;
            }
        };
        let mut next = self.deps.timing.idle;
        for job in jobs.iter().filter(|job| is_ours(job.kind)) {
            let (now, now_ms) = (self.deps.clock.monotonic(), self.now_ms());
            let due = lock(&self.schedule).due(&job.id, job.every, now, now_ms);
            if due > now {
                next = next.min(due - now);
                continue;
            }
            if self.stopping.is_cancelled() {
                return next;
            }
            self.run_job(job).await;
            if let Err(error) = self.put_schedule_down(&jobs) {
                self.note_engine_error(&error, "keep schedule");
            }
        }
        next
    }

    async fn run_job(self: &Arc<Self>, job: &Job) {
        if !self.begin_job(job) {
            return;
        }
        let cursor = lock(&self.schedule).cursor(&job.id);
        let done = match job.kind {
            JobKind::Health => self.probe(job).await,
            JobKind::Payments => self.read_payments(job, cursor).await,
            JobKind::Reconcile => self.reconcile_job(job).await,
            JobKind::Retention => self.purge_old().await,
            JobKind::Backup => self.back_up(None).await,
            // these have loops of their own
            JobKind::Poll | JobKind::EInvoices => return,
        };
        self.end_job(job, done);
    }

    /// Whether it was not running: from here on it is.
    pub(crate) fn begin_job(&self, job: &Job) -> bool {
        let begun = lock(&self.schedule).begin(&job.id);
        if begun {
            self.changed(Change::Schedule);
        }
        begun
    }

    /// Notes what came of a job that was begun, and when it is due again.
    pub(crate) fn end_job(&self, job: &Job, done: Result<(JobResult, More)>) {
        let (result, more) = match done {
            Ok((result, more)) => (result, more),
            Err(EngineError::Outside(failure)) => (JobResult::failed(*failure), More::No),
            Err(error) => {
                self.note_engine_error(&error, job.kind.as_str());
                (JobResult::broken(), More::No)
            }
        };
        let (cursor, wait) = match more {
            More::No => (0, job.every),
            More::From(cursor) => (cursor, job.every.min(FIRST)),
        };
        let last = Last { finished_ms: self.now_ms(), result, cursor };
        lock(&self.schedule).end(&job.id, last, self.deps.clock.monotonic() + wait);
        self.changed(Change::Schedule);
    }

    /// Notes a run of a job that has a loop of its own.
    pub(crate) fn note_run(&self, id: &str, result: JobResult, next: Duration) {
        let last = Last { finished_ms: self.now_ms(), result, cursor: 0 };
        let mut schedule = lock(&self.schedule);
        let is_news = schedule
            .jobs
            .get(id)
            .and_then(|standing| standing.last.as_ref())
            .is_none_or(|before| before.result != last.result);
        schedule.end(id, last, self.deps.clock.monotonic() + next);
        drop(schedule);
        if is_news {
            self.changed(Change::Schedule);
        }
    }
}

/// Whether a job did all there was, or goes on soon.
pub(crate) enum More {
    No,
    From(i64),
}
