//! Orders from before a flow.

use super::{Host, convert};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use chrono::{Days, NaiveDate};
use punte_domain::{fiscal_date, fiscal_day_start};
use punte_engine::backfill::BackfillStanding;

impl Host {
    pub(super) async fn backfill_plan(
        &self,
        session: &Session,
        request: BackfillRequest,
    ) -> Result<BackfillInfo, ApiError> {
        let workspace = self.workspace().await?;
        let (from, until) = (day("from", &request.from)?, day("until", &request.until)?);
        let after = until.checked_add_days(Days::new(1)).unwrap_or(until);
        let span = (fiscal_day_start(from), fiscal_day_start(after));
        Ok(info(workspace.plan_backfill(&request.flow, span, &session.operator).await?))
    }

    pub(super) async fn backfill_confirm(&self, session: &Session, request: ById) -> Result<BackfillInfo, ApiError> {
        Ok(info(self.workspace().await?.confirm_backfill(&request.id, &session.operator).await?))
    }

    pub(super) async fn backfill_cancel(&self, _: &Session, request: ById) -> Result<BackfillInfo, ApiError> {
        Ok(info(self.workspace().await?.cancel_backfill(&request.id).await?))
    }

    pub(super) async fn backfill_list(&self, _: &Session, _: Nothing) -> Result<Backfills, ApiError> {
        let all = self.workspace().await?.list_backfills().await?;
        Ok(Backfills { backfills: all.into_iter().map(info).collect() })
    }
}

fn day(field: &'static str, text: &str) -> Result<NaiveDate, ApiError> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
        .map_err(|_| ApiError::invalid(field, format!("\"{text}\" is no day as 2026-01-31")))
}

fn info(standing: BackfillStanding) -> BackfillInfo {
    let BackfillStanding { backfill, groups } = standing;
    BackfillInfo {
        from: fiscal_date(backfill.from_ms).to_string(),
        until: fiscal_date(backfill.until_ms - 1).to_string(),
        id: backfill.id,
        flow_id: backfill.flow_id,
        who: backfill.who,
        confirmed_by: backfill.confirmed_by,
        state: backfill.state,
        read: backfill.read,
        failure: backfill.failure.map(|failure| convert::failure(&failure, "", 0)),
        created_ms: backfill.created_ms,
        ended_ms: backfill.ended_ms,
        groups: groups
            .into_iter()
            .map(|group| BackfillGroupInfo {
                verdict: group.verdict,
                reason: group.reason,
                count: group.count,
                total: Amount { minor: group.total_minor, currency: group.currency },
                released: group.released,
                samples: group.samples,
            })
            .collect(),
    }
}
