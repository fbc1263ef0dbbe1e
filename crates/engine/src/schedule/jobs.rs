//! The jobs themselves. Each reads, in bounded batches, and gives way to new orders and people.

use super::{Job, JobResult, More};
use crate::connect::{Gate, is_connections_fault};
use crate::error::{EngineError, Result};
use crate::operations::{document_currency, target_of};
use crate::reads::stops_reads;
use crate::workspace::{Change, Workspace};
use chrono::Days;
use punte_connectors::Urgency;
use punte_connectors::billing::Ability;
use punte_domain::{Failure, fiscal_date};
use punte_store::ledger::{Connection, Share};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Invoices issued longer ago are not asked about any more.
const PAYMENT_DAYS: i64 = 90;
/// Invoices of one run.
const PAYMENTS: u32 = 100;
/// What a reconcile pass looks back.
const RECONCILE_DAYS: u64 = 35;
/// What was made of a webhook is in the order; the webhook itself holds personal data, and goes sooner.
const DELIVERY_DAYS: i64 = 90;
const DELIVERY_DAYS_AT_MOST: i64 = 365;
/// Rows of each table in one commit, and commits of one run.
const PURGE: u32 = 500;
const PURGES: u32 = 20;
/// Orders that are looked at together.
const SETTLED: u32 = 100;
/// The newest attempt says what time it is, too: a clock that stands further ahead of it is not believed beyond this.
const BELIEVED_MS: i64 = 31 * DAY_MS;
/// Of each kind a preview counts no more.
pub const MOST_COUNTED: u32 = 100_000;

impl Workspace {
    /// The connection as it stands now, or why it is left alone.
    async fn open_connection(&self, job: &Job) -> Result<std::result::Result<Connection, Option<Failure>>> {
        let Some(known) = &job.connection else { return Ok(Err(None)) };
        let connection = self.ledger.get_connection(&known.id).await?;
        Ok(match self.may_call(&connection, self.now_ms()) {
            Gate::Closed => Err(self.why_closed(&connection)),
            Gate::Open | Gate::Probe => Ok(connection),
        })
    }

    /// One cheap read that needs the credential.
    pub(super) async fn probe(&self, job: &Job) -> Result<(JobResult, More)> {
        let connection = match self.open_connection(job).await? {
            Ok(connection) => connection,
            Err(failure) => return Ok((JobResult::skipped(failure), More::No)),
        };
        let flows = self.ledger.list_flows().await?;
        let of_flow = flows.iter().find(|flow| flow.billing_id == connection.id).map(|flow| flow.company.clone());
        let company = connection.company.clone().or(of_flow).unwrap_or_default();
        let read = match self.billing_with(&connection, Urgency::Bulk).await {
            Ok(provider) => provider.list_series(&company).await,
            Err(failure) => Err(failure),
        };
        match read {
            Ok(series) => {
                self.note_contact(&connection).await?;
                Ok((JobResult::ok(&[("series", series.len() as u32)]), More::No))
            }
            Err(failure) => {
                if is_connections_fault(&failure) && stops_reads(failure.kind) {
                    self.note_trouble(&connection, &failure).await?;
                }
                Ok((JobResult::failed(failure), More::No))
            }
        }
    }

    /// What is paid of the invoices of the last months, a batch by key.
    pub(super) async fn read_payments(&self, job: &Job, cursor: i64) -> Result<(JobResult, More)> {
        let connection = match self.open_connection(job).await? {
            Ok(connection) => connection,
            Err(failure) => return Ok((JobResult::skipped(failure), More::No)),
        };
        let provider = self.billing_with(&connection, Urgency::Bulk).await?;
        if !provider.capabilities().can(Ability::PaymentStatus) {
            return Ok((JobResult::skipped(None), More::No));
        }
        let since_ms = self.now_ms() - PAYMENT_DAYS * DAY_MS;
        let unpaid = self.ledger.list_unpaid(&connection.id, since_ms, cursor, PAYMENTS).await?;
        let (mut read, mut unread) = (0, 0);
        for document in &unpaid {
            if self.stopping.is_cancelled() {
                break;
            }
            let status = match provider.read_payment(&target_of(document)?).await {
                Ok(status) => status,
                Err(failure) if is_connections_fault(&failure) && stops_reads(failure.kind) => {
                    self.note_trouble(&connection, &failure).await?;
                    return Ok((JobResult::failed(failure), More::No));
                }
                // one document that cannot be read says nothing of the others
                Err(_) => {
                    unread += 1;
                    continue;
                }
            };
            read += 1;
            let paid = document_currency(document).and_then(|currency| currency.to_minor(status.paid).ok());
            if let Some(paid_minor) = paid
                && document.paid_minor != Some(paid_minor)
            {
                self.ledger.record_payment_read(document.row, paid_minor, self.now_ms()).await?;
                self.changed(Change::Documents);
            }
        }
        if read > 0 {
            self.note_contact(&connection).await?;
        }
        let is_full = unpaid.len() == PAYMENTS as usize;
        let more = unpaid.last().filter(|_| is_full).map_or(More::No, |last| More::From(last.row));
        Ok((JobResult::ok(&[("read", read), ("unread", unread)]), more))
    }

    /// The last weeks of a series against its provider.
    pub(super) async fn reconcile_job(&self, job: &Job) -> Result<(JobResult, More)> {
        let Some(lane) = &job.lane else { return Ok((JobResult::skipped(None), More::No)) };
        if let Err(failure) = self.open_connection(job).await? {
            return Ok((JobResult::skipped(failure), More::No));
        }
        let to = fiscal_date(self.now_ms());
        let from = to.checked_sub_days(Days::new(RECONCILE_DAYS)).unwrap_or(to);
        let report = match self.reconcile(&lane.billing_id, &lane.company, &lane.series, (from, to), "").await {
            Ok(report) => report,
            // a person's pass is under way, and does the same
            Err(EngineError::NotNow(_)) => return Ok((JobResult::skipped(None), More::No)),
            Err(error) => return Err(error),
        };
        let found = report.findings.len() as u32;
        let counts = [("looked", report.counts.looked), ("matched", report.counts.matched), ("found", found)];
        let more = report.resume_at.map_or(More::No, |number| More::From(i64::try_from(number).unwrap_or(i64::MAX)));
        Ok((JobResult::ok(&counts), more))
    }

    /// Takes away what may go, in small commits.
    pub(super) async fn purge_old(&self) -> Result<(JobResult, More)> {
        let months = self.ledger.read_retention_months().await?;
        let newest_ms = self.ledger.find_newest_attempt_ms().await?;
        let before_ms = purge_before(months, self.now_ms(), newest_ms);
        let deliveries_ms = deliveries_before(months, self.now_ms(), newest_ms);
        let mut purged = 0;
        for _ in 0..PURGES {
            let gone = self.ledger.purge(before_ms, deliveries_ms, PURGE).await?;
            let done: u32 = gone.iter().map(|share| share.count).sum();
            purged += done;
            if done == 0 || self.stopping.is_cancelled() {
                purged += self.erase_what_came_again().await?;
                return Ok((JobResult::ok(&[("purged", purged)]), More::No));
            }
        }
        Ok((JobResult::ok(&[("purged", purged)]), More::From(0)))
    }

    /// Orders that came again whole after an erasure, and that something open kept so, lose their buyer once nothing does.
    async fn erase_what_came_again(&self) -> Result<u32> {
        let (mut erased, mut after) = (0, 0);
        while !self.stopping.is_cancelled() {
            let (settled, next) = self.ledger.settle_came_again(after, SETTLED, self.now_ms()).await?;
            erased += settled;
            match next {
                Some(next) => after = next,
                None => break,
            }
        }
        Ok(erased)
    }

    /// What the next runs would take away under a period, kind by kind, each counted up to [`MOST_COUNTED`]. Takes nothing away.
    pub async fn preview_retention(&self, months: u32) -> Result<Vec<Share>> {
        check_months(months)?;
        let newest_ms = self.ledger.find_newest_attempt_ms().await?;
        let before_ms = purge_before(months, self.now_ms(), newest_ms);
        let deliveries_ms = deliveries_before(months, self.now_ms(), newest_ms);
        Ok(self.ledger.count_purgeable(before_ms, deliveries_ms, MOST_COUNTED).await?)
    }

    /// Months after which requests, answers and evidence may go: 0 keeps everything, otherwise 12 to 240.
    pub async fn set_retention(&self, months: u32) -> Result<()> {
        check_months(months)?;
        self.ledger.set_retention_months(months).await?;
        self.changed(Change::Schedule);
        Ok(())
    }
}

fn check_months(months: u32) -> Result<()> {
    if months != 0 && !(12..=240).contains(&months) {
        let detail = format!("{months}: 0 keeps everything, otherwise 12 to 240 months");
        return Err(EngineError::Invalid { field: "months", detail });
    }
    Ok(())
}

/// What ended before this instant may go; `None`: nothing. A clock that jumped ahead takes nothing away early.
pub(super) fn purge_before(months: u32, now_ms: i64, newest_ms: Option<i64>) -> Option<i64> {
    (months > 0).then(|| believed(now_ms, newest_ms))?.map(|now_ms| now_ms - i64::from(months) * 31 * DAY_MS)
}

/// The same of webhooks, which say what the order says: they go sooner, and at last even where everything is kept.
pub(super) fn deliveries_before(months: u32, now_ms: i64, newest_ms: Option<i64>) -> Option<i64> {
    let days = if months == 0 { DELIVERY_DAYS_AT_MOST } else { DELIVERY_DAYS };
    believed(now_ms, newest_ms).map(|now_ms| now_ms - days * DAY_MS)
}

fn believed(now_ms: i64, newest_ms: Option<i64>) -> Option<i64> {
    newest_ms.map(|newest_ms| now_ms.min(newest_ms.saturating_add(BELIEVED_MS)))
}
