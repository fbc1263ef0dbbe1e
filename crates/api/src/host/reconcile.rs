//! Reconcile passes and their findings.

use super::{Host, convert};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use chrono::NaiveDate;
use punte_engine::reconcile::{Counts, Facts, FindingKind};
use punte_engine::store::ledger::{Connection, FindingQuery, FindingRow, ReconcileRun};
use std::collections::BTreeMap;

/// Passes in a list.
const RUNS: u32 = 100;

impl Host {
    pub(super) async fn reconcile_run(
        &self,
        session: &Session,
        request: ReconcileRequest,
    ) -> Result<ReconcileStarted, ApiError> {
        let day = |field: &'static str, text: &str| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .map_err(|_| ApiError::invalid(field, format!("{text}: a day is written as 2026-11-30")))
        };
        let period = (day("from", &request.from)?, day("to", &request.to)?);
        let workspace = self.workspace().await?;
        let run_id = workspace
            .start_reconcile(&request.connection_id, &request.company, &request.series, period, &session.operator)
            .await?;
        Ok(ReconcileStarted { run_id })
    }

    pub(super) async fn reconcile_runs(&self, _: &Session, _: Nothing) -> Result<ReconcileRuns, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let connections = ledger.list_connections().await?;
        let runs = ledger.list_reconcile_runs(None, RUNS).await?;
        let counters = ledger.read_counts().await?;
        let lanes = ledger.list_series_keys().await?;
        let choice = |lane: punte_engine::store::ledger::SeriesKey| {
            let connection = connections.iter().find(|one| one.id == lane.billing_id)?;
            Some(LaneChoice {
                connection_id: lane.billing_id,
                connection_name: connection.name.clone(),
                provider: connection.kind.clone(),
                company: lane.company,
                series: lane.series,
            })
        };
        Ok(ReconcileRuns {
            runs: runs.into_iter().map(|run| run_info(run, &connections)).collect(),
            lanes: lanes.into_iter().filter_map(choice).collect(),
            open: FindingKind::ALL
                .into_iter()
                .map(|kind| (kind.as_str().to_owned(), counters.get(&format!("finding:{}:open", kind.as_str()))))
                .collect(),
        })
    }

    pub(super) async fn reconcile_findings(
        &self,
        _: &Session,
        request: FindingsRequest,
    ) -> Result<FindingPage, ApiError> {
        if let Some(unknown) = request.kinds.iter().find(|kind| FindingKind::parse(kind).is_none()) {
            return Err(ApiError::invalid("kinds", unknown.clone()));
        }
        if !["", "open", "resolved", "ignored"].contains(&request.state.as_str()) {
            return Err(ApiError::invalid("state", request.state));
        }
        let limit = request.limit.clamp(1, 500);
        let workspace = self.workspace().await?;
        let connections = workspace.ledger().list_connections().await?;
        let query = FindingQuery {
            kinds: request.kinds,
            state: request.state,
            run_id: request.run_id,
            after: request.after,
            limit,
        };
        let rows = workspace.ledger().page_findings(query).await?;
        let next = rows.last().filter(|_| rows.len() == limit as usize).map(|last| last.row);
        Ok(FindingPage { rows: rows.into_iter().map(|row| finding_info(row, &connections)).collect(), next })
    }

    pub(super) async fn reconcile_ignore(
        &self,
        session: &Session,
        request: IgnoreRequest,
    ) -> Result<Nothing, ApiError> {
        let workspace = self.workspace().await?;
        workspace.ignore_finding(&request.id, request.ignored, &request.reason, &session.operator).await?;
        Ok(Nothing {})
    }
}

/// Name and provider of a connection.
fn named(connections: &[Connection], id: &str) -> (String, String) {
    let known = connections.iter().find(|one| one.id == id);
    known.map(|one| (one.name.clone(), one.kind.clone())).unwrap_or_default()
}

fn run_info(run: ReconcileRun, connections: &[Connection]) -> ReconcileRunInfo {
    let (connection_name, provider) = named(connections, &run.lane.billing_id);
    let counts: Counts = serde_json::from_value(run.counts).unwrap_or_default();
    ReconcileRunInfo {
        id: run.id,
        connection_id: run.lane.billing_id,
        connection_name,
        failure: run.failure.map(|failure| convert::failure(&failure, &provider, 0)),
        provider,
        company: run.lane.company,
        series: run.lane.series,
        from: run.from_day,
        to: run.to_day,
        who: run.who,
        started_ms: run.started_ms,
        finished_ms: run.finished_ms,
        result: run.result,
        complete: run.complete,
        why: run.why,
        looked: counts.looked,
        matched: counts.matched,
        not_told: counts.not_told,
        found: counts
            .found
            .into_iter()
            .map(|(kind, count)| (kind.as_str().to_owned(), count))
            .collect::<BTreeMap<_, _>>(),
        resume_at: run.resume_at,
    }
}

fn finding_info(row: FindingRow, connections: &[Connection]) -> FindingInfo {
    let (connection_name, provider) = named(connections, &row.lane.billing_id);
    let facts: Facts = serde_json::from_str(&row.facts).unwrap_or_default();
    FindingInfo {
        id: row.id,
        kind: row.kind,
        connection_name,
        provider,
        series: row.lane.series,
        number: row.number,
        until: facts.until,
        day: row.day,
        why: facts.why,
        proposal: facts.proposal,
        reference: facts.reference,
        linked: facts.linked,
        differs: facts
            .differs
            .into_iter()
            .map(|one| DifferenceInfo { field: one.field, ours: one.ours, theirs: one.theirs })
            .collect(),
        theirs: facts
            .theirs
            .into_iter()
            .map(|one| SeenInfo {
                series: one.series,
                number: one.number,
                date: one.date,
                total: one.total,
                currency: one.currency,
                client: one.client,
                state: one.state,
                references: one.references,
            })
            .collect(),
        document_id: row.document_id,
        order_id: row.order_id,
        order_number: row.order_number,
        first_seen_ms: row.first_seen_ms,
        last_seen_ms: row.last_seen_ms,
        state: row.state,
        reason: row.reason,
        who: row.who,
        closed_ms: row.closed_ms,
    }
}
