//! The e-Factura board, what is expected, candidates' papers, and the overview's days.

use super::operations::content;
use super::records::retry_result;
use super::{Host, convert};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;

/// Rows of each sort of thing that is expected.
const EXPECTED: u32 = 50;

impl Host {
    pub(super) async fn einvoices_list(&self, _: &Session, request: EInvoicesRequest) -> Result<EInvoices, ApiError> {
        if !["", "not_sent", "processing", "rejected", "not_configured"].contains(&request.state.as_str()) {
            return Err(ApiError::invalid("state", request.state));
        }
        let after = request.after.map(|key| (key.day, key.row));
        let board = self.workspace().await?.einvoice_board(&request.state, after, request.limit.clamp(1, 500)).await?;
        let entry = |row: punte_engine::einvoices::EInvoiceRow| EInvoiceEntry {
            issued: row.document.issue_date.clone().unwrap_or_default(),
            document: convert::document(&row.document),
            deadline: row.deadline.to_string(),
            days_left: row.days_left,
        };
        Ok(EInvoices {
            from: board.from.to_string(),
            late: board.sums.late,
            in_time: board.sums.in_time,
            processing: board.sums.processing,
            rejected: board.sums.rejected,
            not_configured: board.sums.not_configured,
            rows: board.rows.into_iter().map(entry).collect(),
            next: board.next.map(|(day, row)| EInvoiceKey { day, row }),
            silent: board.silent.into_iter().map(|connection| connection.name).collect(),
        })
    }

    pub(super) async fn reconcile_expected(&self, _: &Session, _: Nothing) -> Result<Expected, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let (count, rows) = ledger.first_unverified(EXPECTED).await?;
        let unverified = ExpectedDocuments { count, rows: rows.iter().map(convert::document).collect() };
        let (count, rows) = ledger.first_in_einvoice(EXPECTED).await?;
        let einvoice = ExpectedDocuments { count, rows: rows.iter().map(convert::document).collect() };
        let (count, rows) = ledger.first_undecided(EXPECTED).await?;
        let undecided = ExpectedOrders { count, rows: rows.iter().map(|row| convert::order(row, None)).collect() };
        Ok(Expected { unverified, einvoice, undecided })
    }

    pub(super) async fn doubts_candidate_pdf(
        &self,
        _: &Session,
        request: CandidateRequest,
    ) -> Result<FileContent, ApiError> {
        let workspace = self.workspace().await?;
        let file = workspace.fetch_candidate_pdf(&request.id, &request.series, &request.number).await?;
        Ok(content(file, "application/pdf"))
    }

    pub(super) async fn doubts_issue(&self, session: &Session, request: WithReason) -> Result<RetryResult, ApiError> {
        let workspace = self.workspace().await?;
        let report = workspace.issue_absent(&request.id, &request.reason, &session.operator).await?;
        Ok(retry_result(report, workspace.clock_now_ms()))
    }

    pub(super) async fn overview_trend(&self, _: &Session, request: TrendRequest) -> Result<Trend, ApiError> {
        if !(1..=92).contains(&request.days) {
            return Err(ApiError::invalid("days", "1 to 92"));
        }
        let workspace = self.workspace().await?;
        let starts = convert::day_starts(workspace.clock_now_ms(), request.days.into());
        let days = workspace.ledger().sum_by_day(starts).await?;
        let day = |day: punte_engine::store::ledger::DayTotals| TrendDay {
            day: convert::day_text(day.from_ms),
            issued: day.issued,
            failed: day.failed,
            totals: day.totals.into_iter().map(|(currency, minor)| Amount { minor, currency }).collect(),
        };
        Ok(Trend { days: days.into_iter().map(day).collect() })
    }
}
