//! Whether the ledger can be trusted: its quarantine, and a check of the whole.

use super::{Host, convert};
use crate::commands::Session;
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};

impl Host {
    /// Of the workspace on screen; none where none is open.
    pub(super) async fn quarantine(&self) -> Result<Option<QuarantineInfo>, ApiError> {
        let workspace = match self.workspace().await {
            Ok(workspace) => workspace,
            Err(error) if error.code == ErrorCode::NoWorkspace => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(standing) = workspace.quarantine_standing().await? else { return Ok(None) };
        let connections = workspace.ledger().list_connections().await?;
        let now_ms = workspace.clock_now_ms();
        let series = standing.series.into_iter().map(|one| {
            let connection = connections.iter().find(|connection| connection.id == one.billing_id);
            let source = connection.map(|connection| connection.kind.clone()).unwrap_or_default();
            SeriesReadInfo {
                connection: connection.map(|connection| connection.name.clone()).unwrap_or_default(),
                series: one.series,
                state: one.state,
                read: one.read,
                found: one.found,
                unreadable: one.unreadable.iter().take(20).map(u64::to_string).collect(),
                failure: one.failure.map(|failure| convert::failure(&failure, &source, now_ms)),
            }
        });
        Ok(Some(QuarantineInfo {
            reason: standing.reason,
            since_ms: standing.since_ms,
            reads_from_ms: standing.quiet_left_ms.map(|left| now_ms + left),
            series: series.collect(),
        }))
    }

    pub(super) async fn workspace_lift_quarantine(
        &self,
        session: &Session,
        request: LiftRequest,
    ) -> Result<AppInfo, ApiError> {
        self.workspace().await?.lift_quarantine(&request.reason, &session.operator).await?;
        self.app_get(session, Nothing {}).await
    }

    pub(super) async fn workspace_check(&self, _: &Session, _: Nothing) -> Result<CheckReport, ApiError> {
        let found = self.workspace().await?.ledger().check().await?;
        Ok(CheckReport::of(found.iter().map(|one| (one.check, one.verdict.as_str(), one.detail.as_str()))))
    }
}
