//! The closing of a month: what was issued, what is missing and why, what keeps the month from being closed, and what
//! changed since it was.

mod figures;
#[cfg(test)]
mod tests;

pub use figures::{EInvoiceSum, Figures, Gap, MoneySums, Numbers, Sum, VatSum};

use crate::error::{EngineError, Result};
use crate::operator::required;
use crate::reconcile::{FindingKind, number_of};
use crate::workspace::{Change, Workspace};
use chrono::{Datelike, Days, NaiveDate};
use punte_connectors::billing::Ability;
use punte_domain::{DocumentState, fiscal_date, fiscal_day_start};
use punte_store::StoreError;
use punte_store::ledger::{Books, Closing, FindingRow, LeftOut, MonthDocument, NewClosing, SeriesKey, SinceClosing};
use std::collections::{BTreeMap, BTreeSet};

/// Days around a month whose documents may explain a missing number.
const AROUND: Days = Days::new(45);
/// Changes since a closing that are listed, of each series.
const MAX_SINCE: u32 = 200;

/// A series in a month.
#[derive(Debug, Clone)]
pub struct SeriesReport {
    pub series: String,
    /// Documents that stand, of every kind.
    pub count: u32,
    pub numbers: Numbers,
    /// Numbers that two documents bear, as printed.
    pub repeats: Vec<String>,
    /// When the series was compared with the provider over the whole month; `None`: not yet.
    pub compared_ms: Option<i64>,
    /// Why that was not complete; empty where it was.
    pub compared_why: String,
}

/// Something that keeps a month from being closed, or that has to be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    pub code: &'static str,
    pub count: u32,
}

#[derive(Debug, Clone)]
pub struct MonthReport {
    pub books: Books,
    /// `YYYY-MM`
    pub month: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub is_over: bool,
    pub figures: Figures,
    pub series: Vec<SeriesReport>,
    pub left_out: Vec<LeftOut>,
    /// Documents that are not issued, by state.
    pub not_issued: Vec<(String, u32)>,
    pub mismatched: u32,
    pub missing_there: u32,
    pub unknown_here: u32,
    pub duplicates: u32,
    /// The provider tells how e-invoices fare.
    pub tells_einvoice: bool,
    /// The one in force first.
    pub closings: Vec<Closing>,
    pub since: Vec<SinceClosing>,
    /// `in_doubt`, `gaps`, `not_compared`, `repeats`, `mismatched`, `missing_there`, `unknown_here`, `duplicates`.
    pub blocked: Vec<Obstacle>,
    /// `running`, `partly_compared`, `not_sent_yet`, `orders_waiting`, `einvoice_late`, `einvoice_rejected`, `without_draft`.
    pub warnings: Vec<Obstacle>,
    /// Numbered documents of the month and their sum: what a closing is checked with.
    documents: u32,
    sum_minor: i64,
}

impl MonthReport {
    /// The closing in force.
    pub fn closed(&self) -> Option<&Closing> {
        self.closings.iter().find(|closing| closing.reopened_ms.is_none())
    }
}

/// A series' documents of a month, without their drafts, and the numbers known nearest to it.
struct SeriesRead {
    series: String,
    rows: Vec<MonthDocument>,
    before: Option<u64>,
    after: Option<u64>,
}

/// What passes found, as a month's report looks at it.
struct Found {
    rows: Vec<FindingRow>,
}

impl Found {
    /// What has no day, for its provider tells none, is of the month if its number stands between those known before and
    /// after it.
    fn keep_of_month(&mut self, read: &[SeriesRead]) {
        self.rows.retain(|row| {
            let number = row.number.as_deref().and_then(number_of);
            let (None, Some(number)) = (&row.day, number) else { return true };
            read.iter().filter(|one| one.series == row.lane.series && !one.rows.is_empty()).any(|one| {
                one.before.is_none_or(|before| number > before) && one.after.is_none_or(|after| number < after)
            })
        });
    }

    fn open(&self, kind: FindingKind) -> u32 {
        self.rows.iter().filter(|row| row.kind == kind.as_str() && row.state == "open").count() as u32
    }

    fn of<'f>(&'f self, series: &'f str, kind: FindingKind) -> impl Iterator<Item = &'f FindingRow> {
        self.rows.iter().filter(move |row| row.lane.series == series && row.kind == kind.as_str())
    }

    /// Numbers of a series under which the provider has something that no record is linked to.
    fn seen(&self, series: &str) -> BTreeSet<u64> {
        let strangers = self.of(series, FindingKind::UnknownHere).chain(self.of(series, FindingKind::Duplicate));
        strangers.filter_map(|row| number_of(row.number.as_deref()?)).collect()
    }

    /// Documents whose mismatch or absence a person left be.
    fn left_be(&self) -> BTreeSet<i64> {
        let about = [FindingKind::Mismatched.as_str(), FindingKind::MissingThere.as_str()];
        let ignored = self.rows.iter().filter(|row| row.state == "ignored" && about.contains(&row.kind.as_str()));
        ignored.filter_map(|row| row.document_row).collect()
    }
}

impl Workspace {
    /// A company's month as it stands now.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for a month that is none; [`StoreError::NotFound`] for books that no flow writes.
    pub async fn month_report(&self, billing_id: &str, company: &str, month: &str) -> Result<MonthReport> {
        let (from, to) = days_of(month)?;
        let books = self.ledger.list_books().await?;
        let books = books.into_iter().find(|one| one.billing_id == billing_id && one.company == company);
        let books = books.ok_or_else(|| StoreError::NotFound(format!("{billing_id} {company}")))?;
        let now_ms = self.now_ms();
        let today = fiscal_date(now_ms);
        let mut figures = Figures::default();
        let mut read = Vec::new();
        for series in self.ledger.list_series_of(&books).await? {
            let rows = self.read_series(&books, &series, (from, to), &mut figures).await?;
            let days = (from.to_string(), to.min(today).to_string());
            let lane = SeriesKey { billing_id: billing_id.to_owned(), company: company.to_owned(), series };
            let (before, _, after) = self.ledger.find_number_bounds(&books.provider, &lane, days).await?;
            read.push(SeriesRead { series: lane.series, rows, before, after });
        }
        let mut found = Found { rows: self.ledger.list_month_findings(&books, month).await? };
        found.keep_of_month(&read);
        let left_be = found.left_be();
        let all = || read.iter().flat_map(|one| &one.rows);
        let (documents, sum_minor) = (all().count() as u32, all().map(|row| row.total_minor).sum());
        let mismatched = all().filter(|row| row.is_mismatched && !left_be.contains(&row.row)).count() as u32;
        let mut series_reports = Vec::new();
        for one in read.iter().filter(|one| !one.rows.is_empty()) {
            series_reports.push(self.series_report(&books, one, (from, to.min(today)), &found).await?);
        }
        let first_ms = fiscal_day_start(from);
        let after_ms = fiscal_day_start(to + Days::new(1));
        let closings = self.ledger.list_closings(&books, month).await?;
        let since = match closings.iter().find(|closing| closing.reopened_ms.is_none()) {
            Some(closing) => self.ledger.list_since_closing(&books, month, closing.row, MAX_SINCE).await?,
            None => Vec::new(),
        };
        let connection = self.ledger.get_connection(billing_id).await?;
        // without its credential nothing can be asked of the provider either
        let provider = self.billing(&connection).await.ok();
        let mut report = MonthReport {
            is_over: to < today,
            month: month.to_owned(),
            from,
            to,
            figures,
            series: series_reports,
            left_out: self.ledger.count_left_out(&books, first_ms, after_ms).await?,
            not_issued: self.ledger.count_not_issued(&books, after_ms).await?,
            mismatched,
            missing_there: found.open(FindingKind::MissingThere),
            unknown_here: found.open(FindingKind::UnknownHere),
            duplicates: found.open(FindingKind::Duplicate),
            tells_einvoice: provider.is_some_and(|provider| provider.capabilities().can(Ability::EInvoice)),
            closings,
            since,
            blocked: Vec::new(),
            warnings: Vec::new(),
            books,
            documents,
            sum_minor,
        };
        report.blocked = blocked(&report);
        report.warnings = warnings(&report);
        Ok(report)
    }

    /// A series' documents of the month, day by day, so that the drafts of one day are in memory at a time.
    async fn read_series(
        &self,
        books: &Books,
        series: &str,
        (from, to): (NaiveDate, NaiveDate),
        figures: &mut Figures,
    ) -> Result<Vec<MonthDocument>> {
        let today = fiscal_date(self.now_ms());
        let mut all = Vec::new();
        for day in from.iter_days().take_while(|day| *day <= to) {
            let day = day.to_string();
            let rows = self.ledger.list_month_documents(books, series, (day.clone(), day)).await?;
            for row in rows {
                figures.add(&row, today);
                all.push(MonthDocument { draft: None, ..row });
            }
        }
        Ok(all)
    }

    async fn series_report(
        &self,
        books: &Books,
        SeriesRead { series, rows, before, .. }: &SeriesRead,
        (from, to): (NaiveDate, NaiveDate),
        found: &Found,
    ) -> Result<SeriesReport> {
        let stands = |row: &&MonthDocument| row.state != DocumentState::Deleted;
        let own: BTreeSet<u64> = rows.iter().filter(stands).filter_map(|row| number_of(&row.number)).collect();
        let runs = figures::missing(&own, *before);
        let others: BTreeMap<u64, DocumentState> = match (runs.first(), runs.last()) {
            (Some((first, _)), Some((_, last))) => {
                let days = ((from - AROUND).to_string(), (to + AROUND).to_string());
                self.ledger.find_numbers(books, series, days, (*first, *last)).await?.into_iter().collect()
            }
            _ => BTreeMap::new(),
        };
        let width = rows.iter().map(|row| row.number.len()).max().unwrap_or(1);
        let gap_findings: Vec<&FindingRow> = found.of(series, FindingKind::Gap).collect();
        let gaps = figures::explain(&runs, &others, &found.seen(series), &gap_findings, width);
        let printed = |number: Option<&u64>| number.map(|number| format!("{number:0width$}")).unwrap_or_default();
        let numbers = Numbers { first: printed(own.first()), last: printed(own.last()), gaps };
        // a pass looked at what there was when it began: of a month that is over, one that began after it
        let after_ms = fiscal_day_start(to + Days::new(1));
        let after_ms = if after_ms <= self.now_ms() { after_ms } else { 0 };
        let compared =
            self.ledger.find_covering_run(books, series, &from.to_string(), &to.to_string(), after_ms).await?;
        let counts = |row: &&MonthDocument| matches!(row.state, DocumentState::Issued | DocumentState::Reversed);
        let repeats = found.of(series, FindingKind::Repeat).filter(|row| row.state == "open");
        Ok(SeriesReport {
            series: series.to_owned(),
            count: rows.iter().filter(counts).count() as u32,
            numbers,
            repeats: repeats.filter_map(|row| row.number.clone()).collect(),
            compared_ms: compared.as_ref().map(|(at_ms, _, _)| *at_ms),
            compared_why: compared.filter(|(_, complete, _)| !complete).map(|(_, _, why)| why).unwrap_or_default(),
        })
    }

    /// Closes a month: a named person, with a note, accepting by its code whatever is not as it should be.
    ///
    /// # Errors
    /// [`EngineError::NotNow`]: `month_closed`; `month_blocked` while something keeps it open; `month_warnings` where something
    /// was not accepted; `changed_meanwhile`.
    pub async fn close_month(
        &self,
        (billing_id, company, month): (&str, &str, &str),
        accepted: &[String],
        note: &str,
        who: &str,
    ) -> Result<()> {
        let note = required(note)?;
        let report = self.month_report(billing_id, company, month).await?;
        if report.closed().is_some() {
            return Err(EngineError::NotNow("month_closed"));
        }
        if !report.blocked.is_empty() {
            return Err(EngineError::NotNow("month_blocked"));
        }
        if report.warnings.iter().any(|warning| accepted.iter().all(|code| code != warning.code)) {
            return Err(EngineError::NotNow("month_warnings"));
        }
        let new = NewClosing {
            id: self.deps.clock.new_id("cls"),
            books: report.books,
            month: report.month,
            who: who.to_owned(),
            note: note.to_owned(),
            accepted: report.warnings.iter().map(|warning| warning.code.to_owned()).collect(),
            count: report.documents,
            sum_minor: report.sum_minor,
        };
        match self.ledger.close_month(new, self.now_ms()).await {
            Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("changed_meanwhile")),
            done => done?,
        }
        self.changed(Change::Reconcile);
        Ok(())
    }

    /// Opens a closed month again, with a reason.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a closing that is not in force.
    pub async fn reopen_month(&self, id: &str, reason: &str, who: &str) -> Result<()> {
        self.ledger.reopen_month(id, required(reason)?, who, self.now_ms()).await?;
        self.changed(Change::Reconcile);
        Ok(())
    }
}

/// The days of a `YYYY-MM`.
fn days_of(month: &str) -> Result<(NaiveDate, NaiveDate)> {
    let invalid = || EngineError::Invalid { field: "month", detail: format!("{month}: a month is written as 2026-11") };
    let from: NaiveDate = format!("{month}-01").parse().map_err(|_| invalid())?;
    if from.format("%Y-%m").to_string() != month {
        return Err(invalid());
    }
    let next = if from.month() == 12 {
        NaiveDate::from_ymd_opt(from.year() + 1, 1, 1)
    } else {
        NaiveDate::from_ymd_opt(from.year(), from.month() + 1, 1)
    };
    Ok((from, next.and_then(|next| next.pred_opt()).ok_or_else(invalid)?))
}

fn obstacles(all: impl IntoIterator<Item = (&'static str, u32)>) -> Vec<Obstacle> {
    all.into_iter().filter(|(_, count)| *count > 0).map(|(code, count)| Obstacle { code, count }).collect()
}

fn blocked(report: &MonthReport) -> Vec<Obstacle> {
    let gaps = report.series.iter().flat_map(|series| &series.numbers.gaps);
    let open_gaps = gaps.filter(|gap| !gap.is_explained && gap.why != "not_compared").count() as u32;
    // what a comparison has not told yet is in one of these
    let unknown = |series: &&SeriesReport| {
        series.compared_ms.is_none() || series.numbers.gaps.iter().any(|gap| gap.why == "not_compared")
    };
    obstacles([
        ("in_doubt", in_state(report, &["sending", "in_doubt"])),
        ("not_compared", report.series.iter().filter(unknown).count() as u32),
        ("gaps", open_gaps),
        ("repeats", report.series.iter().map(|series| series.repeats.len() as u32).sum()),
        ("mismatched", report.mismatched),
        ("missing_there", report.missing_there),
        ("unknown_here", report.unknown_here),
        ("duplicates", report.duplicates),
    ])
}

fn warnings(report: &MonthReport) -> Vec<Obstacle> {
    let einvoice = &report.figures.einvoice;
    let told = |count: u32| if report.tells_einvoice { count } else { 0 };
    let waiting = report.left_out.iter().filter(|one| one.decision != "not_invoiced");
    let partly = report.series.iter().filter(|series| !series.compared_why.is_empty());
    obstacles([
        ("running", u32::from(!report.is_over)),
        ("partly_compared", partly.count() as u32),
        ("not_sent_yet", in_state(report, &["held", "ready"])),
        ("orders_waiting", waiting.map(|one| one.count).sum()),
        ("einvoice_late", told(einvoice.late)),
        ("einvoice_rejected", told(einvoice.rejected)),
        ("without_draft", report.figures.without_draft),
    ])
}

fn in_state(report: &MonthReport, states: &[&str]) -> u32 {
    report.not_issued.iter().filter(|(state, _)| states.contains(&state.as_str())).map(|(_, count)| *count).sum()
}
