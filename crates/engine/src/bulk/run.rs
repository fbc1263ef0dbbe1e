//! The loop that runs confirmed jobs: few items at a time, and none while a live document is due in the same lane.

use super::BulkKind;
use crate::connect::Gate;
use crate::error::Result;
use crate::outbox::one_writer;
use crate::workspace::{Change, Workspace, lock};
use punte_store::ledger::{BulkItem, BulkJob, ItemEnd, LaneKey};
use std::sync::Arc;
use std::time::Duration;

/// Between looks at what is under way; after looks that found nothing to do twice as long each time, up to the second.
const STEP: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// Items under way at a time in a lane that takes several; elsewhere it is one.
const ROOM: u32 = 2;
/// Items of a job that are begun before others get their turn.
const TURN: usize = 50;

/// What a look at the running jobs came to.
enum Step {
    Moved,
    Waits,
    /// No job runs.
    Idle,
}

impl Workspace {
    pub(crate) async fn run_bulk(self: &Arc<Self>) {
        let mut quiet = STEP.0;
        loop {
            let next = match self.step_bulk().await {
                Ok(Step::Moved) => {
                    quiet = STEP.0;
                    quiet
                }
                Ok(Step::Waits) => {
                    quiet = (quiet * 2).min(STEP.1);
                    quiet
                }
                Ok(Step::Idle) => self.deps.timing.idle,
                Err(error) => {
                    self.note_engine_error(&error, "bulk");
                    STEP.1
                }
            };
            if !self.rest(&self.bulk_wake, next).await {
                return;
            }
        }
    }

    /// One look at every running job.
    async fn step_bulk(&self) -> Result<Step> {
        if self.trouble().is_some() || self.is_quarantined() {
            return Ok(Step::Waits);
        }
        let jobs = self.ledger.list_running_bulk_jobs().await?;
        if jobs.is_empty() {
            lock(&self.bulk_acted).clear();
            return Ok(Step::Idle);
        }
        let mut step = Step::Waits;
        for job in &jobs {
            match self.step_job(job).await {
                Ok(true) => step = Step::Moved,
                Ok(false) => {}
                // one job's trouble keeps no other from its turn
                Err(error) => self.note_engine_error(&error, "bulk"),
            }
        }
        Ok(step)
    }

    /// Answers whether anything moved.
    async fn step_job(&self, job: &BulkJob) -> Result<bool> {
        let Some(kind) = BulkKind::parse(&job.kind) else { return Ok(false) };
        let mut moved = false;
        let doing = self.ledger.list_bulk_doing(job.row).await?;
        let is_any_doing = !doing.is_empty();
        for item in doing {
            if let Some(end) = self.follow_item(kind, job, &item).await? {
                self.end_item(&item, end).await?;
                moved = true;
            }
        }
        let (mut begun, mut is_any_left) = (0, false);
        while begun < TURN {
            let before = begun;
            for item in self.ledger.list_next_bulk_items(job.row).await? {
                if self.stopping.is_cancelled() {
                    return Ok(moved);
                }
                is_any_left = true;
                if !self.may_begin(kind, &item.lane).await? {
                    continue;
                }
                match self.begin_item(kind, job, &item).await {
                    Err(error) if error.is_stale() => return Ok(true),
                    done => done?,
                }
                begun += 1;
                self.changed(Change::Bulk);
            }
            if begun == before {
                break;
            }
        }
        // a look that found work left and moved none of it writes nothing
        let may_be_over = moved || begun > 0 || !(is_any_doing || is_any_left);
        let is_over = may_be_over && self.ledger.end_bulk_job_if_over(job.row, self.now_ms()).await?;
        if is_over || moved {
            self.changed(Change::Bulk);
            self.changed(Change::Documents);
        }
        Ok(is_over || moved || begun > 0)
    }

    /// Marks an item, then does its act.
    async fn begin_item(&self, kind: BulkKind, job: &BulkJob, item: &BulkItem) -> Result<()> {
        let attempt = self.ledger.find_last_attempt(item.document_row).await?.map_or(0, |attempt| attempt.row);
        // a storno's target is the document that is to come
        let target = (kind != BulkKind::Storno).then_some(item.document_row);
        self.ledger.begin_bulk_item(item.row, target, attempt, self.now_ms()).await?;
        if let Some(end) = self.act(kind, job, item).await? {
            self.end_item(item, end).await?;
        }
        Ok(())
    }

    pub(super) async fn end_item(&self, item: &BulkItem, end: ItemEnd) -> Result<()> {
        self.ledger.end_bulk_item(item.row, end, self.now_ms()).await?;
        lock(&self.bulk_acted).remove(&item.row);
        Ok(())
    }

    /// Whether an item may begin in its lane now: live orders go first, whenever they come.
    async fn may_begin(&self, kind: BulkKind, lane: &LaneKey) -> Result<bool> {
        if kind == BulkKind::Dismiss {
            return Ok(true);
        }
        if !self.is_open(lane).await? {
            return Ok(false);
        }
        let connection = self.ledger.get_connection(&lane.billing_id).await?;
        let room = if one_writer(&connection.kind) { 1 } else { ROOM };
        if self.ledger.count_bulk_doing(lane.clone()).await? >= room {
            return Ok(false);
        }
        Ok(!self.is_live_due(kind, lane).await?)
    }

    /// What keeps every lane of a running job from its next item, if something does.
    pub(super) async fn waits_for(&self, job: &BulkJob) -> Result<Option<&'static str>> {
        let Some(kind) = BulkKind::parse(&job.kind) else { return Ok(None) };
        let mut waits = None;
        for item in self.ledger.list_next_bulk_items(job.row).await? {
            if self.may_begin(kind, &item.lane).await? {
                return Ok(None);
            }
            waits = match self.is_open(&item.lane).await? {
                false => Some("connection"),
                true if self.is_live_due(kind, &item.lane).await? => Some("live"),
                true => waits,
            };
        }
        Ok(waits)
    }

    async fn is_live_due(&self, kind: BulkKind, lane: &LaneKey) -> Result<bool> {
        let whole = matches!(kind, BulkKind::Email | BulkKind::Refresh);
        Ok(self.ledger.is_live_due(lane.clone(), whole, self.now_ms()).await?)
    }

    /// Whether the lane's connection may be called now.
    pub(super) async fn is_open(&self, lane: &LaneKey) -> Result<bool> {
        let connection = self.ledger.get_connection(&lane.billing_id).await?;
        Ok(self.may_call(&connection, self.now_ms()) != Gate::Closed)
    }
}
