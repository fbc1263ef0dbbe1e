//! Jobs over many records: planned, confirmed, followed, reported.

use super::{Host, convert, table};
use crate::commands::Session;
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use base64::Engine;
use punte_domain::Currency;
use punte_engine::Workspace;
use punte_engine::bulk::{BulkKind, BulkStanding, MOST_RECORDS};
use punte_engine::desk::export::{Cell, csv_text, csv_writer};
use punte_engine::store::ledger::BulkReportItem;
use punte_engine::store::ledger::table::ListName as StoredList;
use std::collections::{BTreeMap, HashSet};

const JOBS: u32 = 50;
const PAGE: u32 = 1000;

impl Host {
    pub(super) async fn bulk_plan(&self, session: &Session, request: BulkRequest) -> Result<BulkJob, ApiError> {
        let kind = BulkKind::parse(&request.kind).ok_or_else(|| ApiError::invalid("kind", request.kind.clone()))?;
        let workspace = self.workspace().await?;
        let rows = resolve(session, &workspace, request.selection).await?;
        Ok(shown(workspace.plan_bulk(kind, rows, &session.operator).await?))
    }

    pub(super) async fn bulk_confirm(&self, session: &Session, request: BulkConfirm) -> Result<BulkJob, ApiError> {
        let workspace = self.workspace().await?;
        Ok(shown(workspace.confirm_bulk(&request.id, &request.reason, &session.operator).await?))
    }

    pub(super) async fn bulk_cancel(&self, _: &Session, request: ById) -> Result<BulkJob, ApiError> {
        Ok(shown(self.workspace().await?.cancel_bulk(&request.id).await?))
    }

    pub(super) async fn bulk_get(&self, _: &Session, request: ById) -> Result<BulkJob, ApiError> {
        Ok(shown(self.workspace().await?.bulk_job(&request.id).await?))
    }

    pub(super) async fn bulk_list(&self, _: &Session, _: Nothing) -> Result<BulkJobs, ApiError> {
        let jobs = self.workspace().await?.list_bulk_jobs(JOBS).await?;
        Ok(BulkJobs { jobs: jobs.into_iter().map(shown).collect() })
    }

    pub(super) async fn bulk_report(&self, _: &Session, request: BulkReportRequest) -> Result<BulkItems, ApiError> {
        let workspace = self.workspace().await?;
        let limit = request.limit.clamp(1, 500);
        let rows = workspace.bulk_report(&request.id, &request.state, request.after, limit).await?;
        let next = (rows.len() == limit as usize).then(|| rows.last().map(|one| one.row)).flatten();
        let now_ms = workspace.clock_now_ms();
        Ok(BulkItems { rows: rows.into_iter().map(|one| item(one, now_ms)).collect(), next })
    }

    pub(super) async fn bulk_csv(&self, _: &Session, request: BulkCsvRequest) -> Result<FileContent, ApiError> {
        let workspace = self.workspace().await?;
        let broken = |error: String| ApiError::new(ErrorCode::Internal, error);
        let say = |of: &str, code: &str| {
            request.words.get(&format!("{of}.{code}")).cloned().unwrap_or_else(|| code.to_owned())
        };
        let columns = ["order", "client", "total", "currency", "result", "why", "document", "detail"];
        let mut writer = csv_writer(Vec::new(), &columns.map(|column| say("column", column))).map_err(broken)?;
        let mut after = None;
        loop {
            let rows = workspace.bulk_report(&request.id, "", after, PAGE).await?;
            for one in &rows {
                let failure = one.failure.as_ref();
                let detail = failure.and_then(|failure| failure.provider_words.clone().or(failure.detail.clone()));
                let digits = Currency::parse(&one.currency).map_or(2, Currency::exponent);
                let why = if one.why.is_empty() { String::new() } else { say("why", &one.why) };
                let cells = [
                    Cell::Text(one.order_number.clone()),
                    Cell::Text(one.client.clone()),
                    Cell::Amount(one.total_minor, digits),
                    Cell::Text(one.currency.clone()),
                    Cell::Text(say("state", &one.state)),
                    Cell::Text(why),
                    Cell::Text(number_of(one).unwrap_or_default()),
                    Cell::Text(detail.unwrap_or_default()),
                ];
                writer.write_record(cells.iter().map(csv_text)).map_err(|error| broken(error.to_string()))?;
            }
            after = rows.last().map(|one| one.row);
            if rows.len() < PAGE as usize {
                break;
            }
        }
        let bytes = writer.into_inner().map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        Ok(FileContent {
            name: format!("{}.csv", request.id),
            media_type: "text/csv".to_owned(),
            base64: base64::engine::general_purpose::STANDARD.encode(bytes),
        })
    }
}

/// Rows of the records that a selection names.
async fn resolve(session: &Session, workspace: &Workspace, selection: BulkSelection) -> Result<Vec<i64>, ApiError> {
    let BulkSelection { ids, cause, query, except } = selection;
    if ids.len() > MOST_RECORDS || except.len() > MOST_RECORDS {
        return Err(ApiError::invalid("selection", format!("at most {MOST_RECORDS} records")));
    }
    let ledger = workspace.ledger();
    // one more than a job takes, so that a larger selection is refused and not cut
    let most = MOST_RECORDS as u32 + 1;
    let rows = match (&cause, &query) {
        (Some(key), _) => ledger.list_rows_of_cause(key, most).await?,
        (None, Some(query)) => rows_of_query(session, workspace, query, most).await?,
        (None, None) => ledger.rows_by_id(StoredList::Documents, ids).await?,
    };
    if except.is_empty() {
        return Ok(rows);
    }
    let left_out: HashSet<i64> = ledger.rows_by_id(StoredList::Documents, except).await?.into_iter().collect();
    Ok(rows.into_iter().filter(|row| !left_out.contains(row)).collect())
}

async fn rows_of_query(
    session: &Session,
    workspace: &Workspace,
    query: &TableQuery,
    most: u32,
) -> Result<Vec<i64>, ApiError> {
    if query.list != ListName::Documents {
        return Err(ApiError::invalid("selection", "a list of documents"));
    }
    let mut cursor = workspace.open_query(&table::query(session, query)?).await?;
    let mut rows = Vec::new();
    loop {
        let next = workspace.next_rows(&mut cursor, (most - rows.len() as u32).min(PAGE)).await?;
        if next.is_empty() {
            return Ok(rows);
        }
        rows.extend(next);
        if rows.len() >= most as usize {
            return Ok(rows);
        }
    }
}

fn number_of(one: &BulkReportItem) -> Option<String> {
    one.number.as_ref().map(|number| format!("{} {number}", one.series))
}

fn counts(map: BTreeMap<String, u32>) -> Vec<BulkCount> {
    let mut counts: Vec<BulkCount> = map.into_iter().map(|(code, count)| BulkCount { code, count }).collect();
    counts.sort_by_key(|one| std::cmp::Reverse(one.count));
    counts
}

fn item(one: BulkReportItem, now_ms: i64) -> BulkItem {
    BulkItem {
        document_number: number_of(&one),
        document_id: one.document_id,
        order_number: one.order_number,
        client: one.client,
        total: Amount { minor: one.total_minor, currency: one.currency },
        document_state: one.document_state,
        state: one.state,
        why: one.why,
        failure: one.failure.map(|failure| convert::failure(&failure, &one.provider, now_ms)),
        provider: one.provider,
        finished_ms: one.finished_ms,
    }
}

fn shown(standing: BulkStanding) -> BulkJob {
    let BulkStanding { job, counts: by_state, plan, waits } = standing;
    BulkJob {
        needs_reason: BulkKind::parse(&job.kind).is_some_and(BulkKind::needs_reason),
        id: job.id,
        kind: job.kind,
        state: job.state,
        reason: job.reason,
        who: job.who,
        created_ms: job.created_ms,
        confirmed_ms: job.confirmed_ms,
        finished_ms: job.finished_ms,
        of_records: job.of_records,
        waiting: by_state.get("planned"),
        under_way: by_state.get("doing"),
        done: by_state.get("done"),
        failed: by_state.get("failed"),
        in_doubt: by_state.get("in_doubt"),
        skipped: by_state.get("skipped"),
        cancelled: by_state.get("cancelled"),
        left: by_state.get("left"),
        waits: waits.map(str::to_owned),
        totals: plan.totals.into_iter().map(|(currency, minor)| Amount { minor, currency }).collect(),
        providers: counts(plan.providers),
        safe: counts(plan.safe),
        skips: counts(plan.skips),
    }
}
