//! The closing of a month, on screen and as a file.

use super::Host;
use super::veil::veil_dto;
use crate::commands::{AccessRole, Session};
use crate::dto::*;
use crate::error::ApiError;
use crate::files::{Words, month_paper};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use punte_engine::Workspace;
use punte_engine::month::{self, MoneySums, Sum};
use punte_engine::store::ledger::{Books, Closing, Connection};

impl Host {
    pub(super) async fn month_books(&self, _: &Session, _: Nothing) -> Result<BooksList, ApiError> {
        let workspace = self.workspace().await?;
        let connections = workspace.ledger().list_connections().await?;
        let books = workspace.ledger().list_books().await?;
        Ok(BooksList { books: books.into_iter().map(|books| books_info(books, &connections)).collect() })
    }

    pub(super) async fn month_report(&self, _: &Session, request: MonthRequest) -> Result<MonthReport, ApiError> {
        report(&*self.workspace().await?, &request.connection_id, &request.company, &request.month).await
    }

    pub(super) async fn month_close(&self, session: &Session, request: MonthClose) -> Result<MonthReport, ApiError> {
        let workspace = self.workspace().await?;
        let MonthClose { connection_id, company, month, accepted, note } = request;
        workspace.close_month((&connection_id, &company, &month), &accepted, &note, &session.operator).await?;
        report(&workspace, &connection_id, &company, &month).await
    }

    pub(super) async fn month_reopen(&self, session: &Session, request: WithReason) -> Result<Nothing, ApiError> {
        self.workspace().await?.reopen_month(&request.id, &request.reason, &session.operator).await?;
        Ok(Nothing {})
    }

    pub(super) async fn month_file(
        &self,
        session: &Session,
        request: MonthFileRequest,
    ) -> Result<FileContent, ApiError> {
        let workspace = self.workspace().await?;
        let mut report = report(&workspace, &request.connection_id, &request.company, &request.month).await?;
        if session.role == AccessRole::Viewer {
            report = veil_dto(report)?;
        }
        let words = Words(&request.words);
        let (bytes, media_type) = month_paper(&report, &words).write(&request.format)?;
        Ok(FileContent {
            name: format!("{} {} {}.{}", words.get("title"), report.month, report.books.company, request.format),
            media_type: media_type.to_owned(),
            base64: STANDARD.encode(&bytes),
        })
    }
}

fn books_info(books: Books, connections: &[Connection]) -> BooksInfo {
    let named = connections.iter().find(|connection| connection.id == books.billing_id);
    BooksInfo {
        connection_name: named.map(|connection| connection.name.clone()).unwrap_or_default(),
        connection_id: books.billing_id,
        provider: books.provider,
        company: books.company,
    }
}

async fn report(workspace: &Workspace, id: &str, company: &str, month: &str) -> Result<MonthReport, ApiError> {
    let report = workspace.month_report(id, company, month).await?;
    let connections = workspace.ledger().list_connections().await?;
    Ok(report_info(report, &connections))
}

fn report_info(report: month::MonthReport, connections: &[Connection]) -> MonthReport {
    let amount = |minor, currency: &str| Amount { minor, currency: currency.to_owned() };
    let (closing, earlier): (Vec<_>, Vec<_>) =
        report.closings.into_iter().map(closing_info).partition(|closing| closing.reopened_ms.is_none());
    let obstacle = |one: month::Obstacle| ObstacleInfo { code: one.code.to_owned(), count: one.count };
    MonthReport {
        month: report.month,
        from: report.from.to_string(),
        to: report.to.to_string(),
        over: report.is_over,
        money: report.figures.money.iter().map(|(currency, sums)| money_info(currency, sums)).collect(),
        vat: report
            .figures
            .vat
            .iter()
            .rev()
            .map(|((currency, rate), sum)| MonthVat {
                rate: rate.to_string(),
                documents: sum.documents,
                base: amount(sum.base_minor, currency),
                vat: amount(sum.vat_minor, currency),
                total: amount(sum.base_minor + sum.vat_minor, currency),
            })
            .collect(),
        without_draft: report.figures.without_draft,
        series: report.series.into_iter().map(series_info).collect(),
        left_out: report
            .left_out
            .into_iter()
            .map(|one| LeftOutInfo {
                total: amount(one.total_minor, &one.currency),
                decision: one.decision,
                reason: one.reason,
                count: one.count,
            })
            .collect(),
        not_issued: report.not_issued.into_iter().collect(),
        mismatched: report.mismatched,
        missing_there: report.missing_there,
        unknown_here: report.unknown_here,
        duplicates: report.duplicates,
        einvoices: einvoices_info(report.tells_einvoice, &report.figures.einvoice),
        closing: closing.into_iter().next(),
        earlier,
        since: report
            .since
            .into_iter()
            .map(|one| SinceClosingInfo {
                number: format!("{} {}", one.series, one.number.unwrap_or_default()),
                total: amount(one.total_minor, &one.currency),
                document_id: one.document_id,
                client: one.client,
                before: one.before,
                state: one.state,
                changed_ms: one.changed_ms,
            })
            .collect(),
        blocked: report.blocked.into_iter().map(obstacle).collect(),
        warnings: report.warnings.into_iter().map(obstacle).collect(),
        books: books_info(report.books, connections),
    }
}

fn money_info(currency: &str, sums: &MoneySums) -> MonthMoney {
    let counted = |sum: &Sum| CountedAmount {
        count: sum.count,
        total: Amount { minor: sum.minor, currency: currency.to_owned() },
    };
    MonthMoney {
        currency: currency.to_owned(),
        invoices: counted(&sums.invoices),
        stornos: counted(&sums.stornos),
        corrections: counted(&sums.corrections),
        net: counted(&sums.net),
        cancelled: counted(&sums.cancelled),
        paid: counted(&sums.paid),
        partly_paid: counted(&sums.partly_paid),
        unpaid: counted(&sums.unpaid),
        not_told: counted(&sums.not_told),
    }
}

fn series_info(one: month::SeriesReport) -> MonthSeries {
    MonthSeries {
        series: one.series,
        count: one.count,
        first: one.numbers.first,
        last: one.numbers.last,
        gaps: one
            .numbers
            .gaps
            .into_iter()
            .map(|gap| GapInfo {
                from: gap.from,
                until: gap.until,
                count: gap.count,
                why: gap.why,
                explained: gap.is_explained,
                finding_id: gap.finding_id,
                reason: gap.reason,
                who: gap.who,
                at_ms: gap.at_ms,
            })
            .collect(),
        repeats: one.repeats,
        compared_ms: one.compared_ms,
        compared_why: one.compared_why,
    }
}

fn einvoices_info(told: bool, sum: &month::EInvoiceSum) -> MonthEInvoices {
    let count = |count: u32| if told { count } else { 0 };
    MonthEInvoices {
        told,
        accepted: count(sum.accepted),
        processing: count(sum.processing),
        rejected: count(sum.rejected),
        not_sent: count(sum.not_sent),
        late: count(sum.late),
        next_deadline: sum.next_deadline.filter(|_| told).map(|day| day.to_string()),
    }
}

fn closing_info(closing: Closing) -> ClosingInfo {
    ClosingInfo {
        id: closing.id,
        who: closing.who,
        note: closing.note,
        accepted: closing.accepted,
        closed_ms: closing.closed_ms,
        reopened_ms: closing.reopened_ms,
        reopened_by: closing.reopened_by,
        reopened_reason: closing.reopened_reason,
    }
}
