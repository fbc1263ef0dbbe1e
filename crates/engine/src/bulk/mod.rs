//! Something done to many records: planned first, confirmed by a person, then run in a lane that gives way to live orders.
//!
//! Every act goes the way that it goes for one record, with the same checks; a job only chooses the moment and keeps what
//! came of each. A job survives a restart: what was begun is looked at before anything is done again.

mod act;
mod plan;
mod run;

pub use plan::BulkPlan;

use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use punte_store::StoreError;
use punte_store::ledger::{BulkCounts, BulkJob, BulkReportItem};

/// Records of one job.
pub const MOST_RECORDS: usize = 100_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkKind {
    /// Held records are mapped and checked again, and sent.
    Retry,
    /// Issued invoices are taken back whole.
    Storno,
    /// Issued documents are sent to their client by the provider.
    Email,
    /// Payment, e-invoice and total are read.
    Refresh,
    /// Held records are given up; nothing is sent.
    Dismiss,
}

impl BulkKind {
    pub const ALL: [BulkKind; 5] =
        [BulkKind::Retry, BulkKind::Storno, BulkKind::Email, BulkKind::Refresh, BulkKind::Dismiss];

    /// The word stored in the ledger and sent over the api.
    pub fn as_str(self) -> &'static str {
        match self {
            BulkKind::Retry => "retry",
            BulkKind::Storno => "storno",
            BulkKind::Email => "email",
            BulkKind::Refresh => "refresh",
            BulkKind::Dismiss => "dismiss",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a person must give a reason: it changes the books, or gives an invoice up.
    pub fn needs_reason(self) -> bool {
        match self {
            BulkKind::Storno | BulkKind::Dismiss => true,
            BulkKind::Retry | BulkKind::Email | BulkKind::Refresh => false,
        }
    }
}

/// A job as it stands.
#[derive(Debug, Clone)]
pub struct BulkStanding {
    pub job: BulkJob,
    pub counts: BulkCounts,
    pub plan: BulkPlan,
    /// What it waits for, where it runs and can begin nothing now: `live`, `connection`.
    pub waits: Option<&'static str>,
}

impl Workspace {
    pub async fn bulk_job(&self, id: &str) -> Result<BulkStanding> {
        let job = self.ledger.find_bulk_job(id).await?.ok_or_else(|| StoreError::NotFound(id.to_owned()))?;
        self.standing(job).await
    }

    /// The newest jobs, newest first.
    pub async fn list_bulk_jobs(&self, limit: u32) -> Result<Vec<BulkStanding>> {
        let mut all = Vec::new();
        for job in self.ledger.list_bulk_jobs(limit).await? {
            all.push(self.standing(job).await?);
        }
        Ok(all)
    }

    async fn standing(&self, job: BulkJob) -> Result<BulkStanding> {
        let counts = self.ledger.count_bulk_items(job.row).await?;
        let plan = serde_json::from_str(&job.plan).map_err(StoreError::Json)?;
        let waits = if job.state == "running" { self.waits_for(&job).await? } else { None };
        Ok(BulkStanding { job, counts, plan, waits })
    }

    /// A person confirms a plan; it runs from now on.
    ///
    /// # Errors
    /// [`EngineError::NotNow`] `bulk_not_planned` for one that is not, `bulk_empty` where nothing would be done;
    /// [`EngineError::Invalid`] for a reason that is missing.
    pub async fn confirm_bulk(&self, id: &str, reason: &str, who: &str) -> Result<BulkStanding> {
        let standing = self.bulk_job(id).await?;
        let reason = match BulkKind::parse(&standing.job.kind) {
            Some(kind) if kind.needs_reason() => crate::operator::required(reason)?,
            _ => reason.trim(),
        };
        if standing.job.state == "planned" && standing.counts.get("planned") == 0 {
            return Err(EngineError::NotNow("bulk_empty"));
        }
        match self.ledger.confirm_bulk_job(id, reason, who, self.now_ms()).await {
            Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("bulk_not_planned")),
            done => done?,
        }
        self.changed(Change::Bulk);
        self.bulk_wake.notify_one();
        self.bulk_job(id).await
    }

    /// Stops a job before its next item.
    ///
    /// # Errors
    /// [`EngineError::NotNow`] `bulk_over` for one that is over.
    pub async fn cancel_bulk(&self, id: &str) -> Result<BulkStanding> {
        match self.ledger.cancel_bulk_job(id, self.now_ms()).await {
            Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("bulk_over")),
            done => done?,
        }
        self.changed(Change::Bulk);
        self.bulk_job(id).await
    }

    /// Items of a job, of all states or of one, after a row.
    pub async fn bulk_report(
        &self,
        id: &str,
        state: &str,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<BulkReportItem>> {
        let job = self.ledger.find_bulk_job(id).await?.ok_or_else(|| StoreError::NotFound(id.to_owned()))?;
        Ok(self.ledger.page_bulk_items(job.row, state, after, limit).await?)
    }
}
