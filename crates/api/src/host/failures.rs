//! Failures by cause: their groups, the records of one, and what people do about a group.

use super::{Host, convert};
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::ApiError;
use punte_domain::{Failure, FailureKind, Phase};
use punte_engine::store::ledger::Cause;
use punte_engine::{Workspace, safe_because};

/// The longest that something is left for later.
const SNOOZE_MS: i64 = 92 * 24 * 60 * 60 * 1000;
const NAME: usize = 100;

impl Host {
    pub(super) async fn failures_list(&self, session: &Session, _: Nothing) -> Result<Failures, ApiError> {
        let workspace = self.workspace().await?;
        Ok(Failures { groups: self.failure_groups(&workspace).await?, people: people(&workspace, session).await? })
    }

    /// Causes with something to tell: open ones first.
    pub(super) async fn failure_groups(&self, workspace: &Workspace) -> Result<Vec<FailureGroup>, ApiError> {
        let now_ms = workspace.clock_now_ms();
        let causes = workspace.ledger().list_causes(now_ms, convert::day_start(now_ms)).await?;
        let mut groups: Vec<FailureGroup> = causes.into_iter().map(|cause| group(cause, now_ms)).collect();
        groups.sort_by_key(|group| group.state != "open");
        Ok(groups)
    }

    pub(super) async fn failures_records(
        &self,
        _: &Session,
        request: CauseRecordsRequest,
    ) -> Result<CauseRecords, ApiError> {
        let workspace = self.workspace().await?;
        let limit = request.limit.clamp(1, 500);
        let now_ms = workspace.clock_now_ms();
        let rows = workspace.ledger().page_cause(&request.key, request.after, limit, now_ms).await?;
        let next = (rows.len() == limit as usize).then(|| rows.last().map(|one| one.document.row)).flatten();
        let shown = rows.into_iter().map(|one| CauseRecord {
            document: convert::document(&one.document),
            owner: one.owner,
            snoozed_until_ms: one.snoozed_until_ms,
            failed_ms: one.failed_ms,
        });
        Ok(CauseRecords { rows: shown.collect(), next })
    }

    pub(super) async fn failures_assign(&self, _: &Session, request: AssignCause) -> Result<Nothing, ApiError> {
        let owner = name(&request.owner)?;
        self.workspace().await?.ledger().assign_cause(&request.key, owner).await?;
        self.emit(&[Tag::Desk]);
        Ok(Nothing {})
    }

    pub(super) async fn failures_snooze(&self, _: &Session, request: SnoozeCause) -> Result<Nothing, ApiError> {
        let workspace = self.workspace().await?;
        until(request.until_ms, workspace.clock_now_ms())?;
        workspace.ledger().snooze_cause(&request.key, request.until_ms).await?;
        self.emit(&[Tag::Desk]);
        Ok(Nothing {})
    }
}

/// Names to choose from: those that the ledger knows, and the caller's own.
pub(super) async fn people(workspace: &Workspace, session: &Session) -> Result<Vec<String>, ApiError> {
    let mut people = workspace.ledger().list_people().await?;
    if !people.contains(&session.operator) {
        people.push(session.operator.clone());
    }
    people.sort();
    Ok(people)
}

pub(super) fn name(text: &str) -> Result<&str, ApiError> {
    let text = text.trim();
    if text.chars().count() > NAME {
        return Err(ApiError::invalid("owner", format!("at most {NAME} characters")));
    }
    Ok(text)
}

pub(super) fn until(until_ms: Option<i64>, now_ms: i64) -> Result<(), ApiError> {
    match until_ms {
        Some(until_ms) if until_ms <= now_ms || until_ms > now_ms + SNOOZE_MS => {
            Err(ApiError::invalid("untilMs", "an instant within the next 92 days"))
        }
        _ => Ok(()),
    }
}

fn group(cause: Cause, now_ms: i64) -> FailureGroup {
    let state = match (cause.held, cause.under_way, cause.snoozed_until_ms) {
        (0, 0, _) => "resolved",
        (0, _, _) => "retrying",
        (_, _, Some(_)) => "snoozed",
        (held, _, None) if held == cause.snoozed => "snoozed",
        (_, _, None) => "open",
    };
    let newest = cause.newest.as_ref();
    let unexplained = || Failure::new(FailureKind::MappingError, Phase::Prepare, "map", "");
    let failure = match newest {
        Some(document) => {
            let failure = document.failure.clone().unwrap_or_else(unexplained);
            convert::failure(&failure, convert::source_of(&failure, document), document.created_ms)
        }
        None => convert::failure(&cause.failure, source_of(&cause.failure), now_ms),
    };
    FailureGroup {
        key: cause.fingerprint,
        state: state.to_owned(),
        failure,
        count: cause.held,
        snoozed: cause.snoozed,
        under_way: cause.under_way,
        went_through: cause.went,
        totals: cause.totals.into_iter().map(|(currency, minor)| Amount { minor, currency }).collect(),
        since_ms: cause.first_ms,
        last_ms: cause.last_ms,
        owner: cause.owner,
        snoozed_until_ms: cause.snoozed_until_ms,
        documents: newest.map(convert::document).into_iter().collect(),
        safe_because: newest.and_then(safe_because).map(str::to_owned),
    }
}

/// Who a failure's words are from, where no record tells: its code names the system.
fn source_of(failure: &Failure) -> &str {
    failure.code.as_deref().and_then(|code| code.split('.').next()).unwrap_or_default()
}
