//! What runs by itself.

use super::{Host, convert};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::schedule::JobStanding;

impl Host {
    pub(super) async fn schedule_list(&self, _: &Session, _: Nothing) -> Result<ScheduleInfo, ApiError> {
        let workspace = self.workspace().await?;
        let jobs = workspace.list_schedule().await?.into_iter().map(info).collect();
        Ok(ScheduleInfo { jobs, retention_months: workspace.ledger().read_retention_months().await? })
    }

    pub(super) async fn schedule_run_now(&self, _: &Session, request: ById) -> Result<Nothing, ApiError> {
        self.workspace().await?.run_job_now(&request.id).await?;
        Ok(Nothing {})
    }

    pub(super) async fn schedule_set_retention(
        &self,
        _: &Session,
        request: RetentionRequest,
    ) -> Result<Nothing, ApiError> {
        self.workspace().await?.set_retention(request.months).await?;
        Ok(Nothing {})
    }
}

pub(super) fn info(standing: JobStanding) -> JobInfo {
    let source = standing.job.provider().to_owned();
    let (last_ms, result) = match standing.last {
        Some(last) => (Some(last.finished_ms), last.result),
        None => (None, Default::default()),
    };
    JobInfo {
        id: standing.job.id,
        kind: standing.job.kind.as_str().to_owned(),
        about: standing.job.about,
        every_ms: standing.job.every.as_millis() as u64,
        last_ms,
        next_ms: standing.next_ms,
        running: standing.running,
        outcome: result.outcome,
        counts: result.counts,
        failure: result.failure.map(|failure| convert::failure(&failure, &source, 0)),
    }
}
