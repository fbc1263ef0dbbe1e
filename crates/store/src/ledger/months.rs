//! A company's documents of a month, and the closing of it.

use super::Ledger;
use super::events::optional_json;
use super::series::number_sql;
use crate::error::{Result, StoreError};
use punte_domain::{DocumentState, Draft};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};

/// A company at a provider: its books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Books {
    pub billing_id: String,
    pub provider: String,
    pub company: String,
}

/// A document of a month, as its report counts it.
#[derive(Debug, Clone)]
pub struct MonthDocument {
    pub row: i64,
    pub series: String,
    pub number: String,
    pub state: DocumentState,
    pub is_storno: bool,
    pub is_correction: bool,
    pub is_mismatched: bool,
    pub issue_date: String,
    pub currency: String,
    pub total_minor: i64,
    pub paid_minor: Option<i64>,
    pub einvoice: Option<String>,
    pub draft: Option<Draft>,
}

/// Orders of a month that have no invoice, by decision, reason and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub decision: String,
    pub reason: String,
    pub currency: String,
    pub count: u32,
    pub total_minor: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    pub row: i64,
    pub id: String,
    pub who: String,
    pub note: String,
    pub accepted: Vec<String>,
    pub closed_ms: i64,
    pub reopened_ms: Option<i64>,
    pub reopened_by: String,
    pub reopened_reason: String,
}

#[derive(Debug, Clone)]
pub struct NewClosing {
    pub id: String,
    pub books: Books,
    /// `YYYY-MM`
    pub month: String,
    pub who: String,
    pub note: String,
    pub accepted: Vec<String>,
    /// Documents that the report counted, and their sum: if there are others now, nothing is closed.
    pub count: u32,
    pub sum_minor: i64,
}

/// A document that is otherwise than when its month was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinceClosing {
    pub document_id: String,
    pub series: String,
    pub number: Option<String>,
    pub client: String,
    pub currency: String,
    pub total_minor: i64,
    /// The state then; `None`: it was not there.
    pub before: Option<String>,
    pub state: String,
    pub changed_ms: i64,
}

/// The first and the last day of a `YYYY-MM` as they sort among days.
fn span(month: &str) -> (String, String) {
    (format!("{month}-01"), format!("{month}-31"))
}

const OF_MONTH: &str = "provider = ?1 AND company = ?2 AND series = ?3 AND number IS NOT NULL AND role <> 'proforma' \
     AND issue_date BETWEEN ?4 AND ?5";

fn document_from(row: &Row<'_>) -> rusqlite::Result<MonthDocument> {
    let state: String = row.get(3)?;
    let unknown = || rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, state.clone().into());
    Ok(MonthDocument {
        row: row.get(0)?,
        series: row.get(1)?,
        number: row.get(2)?,
        state: DocumentState::parse(&state).ok_or_else(unknown)?,
        is_storno: row.get(4)?,
        is_correction: row.get(5)?,
        is_mismatched: row.get(6)?,
        issue_date: row.get(7)?,
        currency: row.get(8)?,
        total_minor: row.get(9)?,
        paid_minor: row.get(10)?,
        einvoice: row.get(11)?,
        draft: optional_json(row, 12)?,
    })
}

/// Series of a company that documents were numbered in: found by leaps over an index, however many documents there are.
fn series_of(c: &Sqlite, books: &Books) -> Result<Vec<String>> {
    let mut next = c.prepare_cached(
        "SELECT min(series) FROM documents INDEXED BY documents_by_series
         WHERE provider = ?1 AND company = ?2 AND series > ?3 AND number IS NOT NULL",
    )?;
    let mut found: Vec<String> = Vec::new();
    loop {
        let last = found.last().map_or("", String::as_str);
        let series: Option<String> = next.query_row(params![books.provider, books.company, last], |row| row.get(0))?;
        match series {
            Some(series) => found.push(series),
            None => return Ok(found),
        }
    }
}

const CLOSING: &str = "row, id, who, note, accepted, closed_ms, reopened_ms, reopened_by, reopened_reason";

fn closing_from(row: &Row<'_>) -> rusqlite::Result<Closing> {
    Ok(Closing {
        row: row.get(0)?,
        id: row.get(1)?,
        who: row.get(2)?,
        note: row.get(3)?,
        accepted: optional_json(row, 4)?.unwrap_or_default(),
        closed_ms: row.get(5)?,
        reopened_ms: row.get(6)?,
        reopened_by: row.get(7)?,
        reopened_reason: row.get(8)?,
    })
}

impl Ledger {
    /// Every company that a billing connection or one of its flows names.
    pub async fn list_books(&self) -> Result<Vec<Books>> {
        let mut books: Vec<Books> = Vec::new();
        let all_flows = self.list_flows().await?;
        for connection in self.list_connections().await? {
            let own = connection.company.clone().into_iter().filter(|company| !company.is_empty());
            let id = connection.id.clone();
            let flows = all_flows.iter().filter(move |flow| flow.billing_id == id);
            for company in own.chain(flows.map(|flow| flow.company.clone())) {
                let one = Books { billing_id: connection.id.clone(), provider: connection.kind.clone(), company };
                if matches!(one.provider.as_str(), "smartbill" | "oblio") && !books.contains(&one) {
                    books.push(one);
                }
            }
        }
        Ok(books)
    }

    /// Series of a company that documents were numbered in.
    pub async fn list_series_of(&self, books: &Books) -> Result<Vec<String>> {
        let books = books.clone();
        self.read(move |c| series_of(c, &books)).await
    }

    /// Numbered documents of one series between two days, both included, by their row; those that were deleted at the
    /// provider, too.
    pub async fn list_month_documents(
        &self,
        books: &Books,
        series: &str,
        (from, to): (String, String),
    ) -> Result<Vec<MonthDocument>> {
        let (books, series) = (books.clone(), series.to_owned());
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT row, series, number, state, reverses_row IS NOT NULL, corrects_row IS NOT NULL,
                   verification = 'mismatched', issue_date, currency, total_minor, paid_minor, einvoice, draft
                 FROM documents INDEXED BY documents_by_series WHERE {OF_MONTH} ORDER BY row"
            ))?;
            let rows = query.query_map(params![books.provider, books.company, series, from, to], document_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Of a span of numbers of a series, those that documents between two days have, with their states.
    pub async fn find_numbers(
        &self,
        books: &Books,
        series: &str,
        (from, to): (String, String),
        numbers: (u64, u64),
    ) -> Result<Vec<(u64, DocumentState)>> {
        let (books, series) = (books.clone(), series.to_owned());
        let numbers = (number_sql(numbers.0), number_sql(numbers.1));
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT CAST(number AS INTEGER), state FROM documents INDEXED BY documents_by_series
                 WHERE {OF_MONTH} AND CAST(number AS INTEGER) BETWEEN ?6 AND ?7 ORDER BY row"
            ))?;
            let values = params![books.provider, books.company, series, from, to, numbers.0, numbers.1];
            let rows = query.query_map(values, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
            let mut found = Vec::new();
            for row in rows {
                let (number, state) = row?;
                if let Some(state) = DocumentState::parse(&state) {
                    found.push((number.unsigned_abs(), state));
                }
            }
            Ok(found)
        })
        .await
    }

    /// Orders between two instants, of shops whose flows write for a company, that have no document.
    pub async fn count_left_out(&self, books: &Books, from_ms: i64, to_ms: i64) -> Result<Vec<LeftOut>> {
        let books = books.clone();
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT decision, reason, currency, count(*), sum(total_minor) FROM orders
                 WHERE connection_id IN (SELECT shop_id FROM flows WHERE billing_id = ?1 AND company = ?2)
                   AND created_ms >= ?3 AND created_ms < ?4 AND decision <> 'document'
                 GROUP BY decision, reason, currency ORDER BY count(*) DESC, decision, reason",
            )?;
            let rows = query.query_map(params![books.billing_id, books.company, from_ms, to_ms], |row| {
                Ok(LeftOut {
                    decision: row.get(0)?,
                    reason: row.get(1)?,
                    currency: row.get(2)?,
                    count: row.get(3)?,
                    total_minor: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Documents of a company that are not issued, by state, created before an instant.
    pub async fn count_not_issued(&self, books: &Books, before_ms: i64) -> Result<Vec<(String, u32)>> {
        let books = books.clone();
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT state, count(*) FROM documents WHERE state IN ('held', 'ready', 'sending', 'in_doubt')
                   AND billing_id = ?1 AND company = ?2 AND created_ms < ?3 AND role <> 'proforma'
                 GROUP BY state ORDER BY state",
            )?;
            let rows = query
                .query_map(params![books.billing_id, books.company, before_ms], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Findings of a company that a pass still saw, open or left be: those of a month's days, and those without a day.
    pub async fn list_month_findings(&self, books: &Books, month: &str) -> Result<Vec<super::FindingRow>> {
        let query = super::reconcile::MonthFindings {
            billing_id: books.billing_id.clone(),
            company: books.company.clone(),
            days: span(month),
        };
        self.read(move |c| super::reconcile::of_month(c, &query)).await
    }

    /// The newest pass over a series that began at `after_ms` or later, covers both days and came to an end: when, whether it was
    /// complete, and why not.
    pub async fn find_covering_run(
        &self,
        books: &Books,
        series: &str,
        from_day: &str,
        to_day: &str,
        after_ms: i64,
    ) -> Result<Option<(i64, bool, String)>> {
        let values = (
            books.billing_id.clone(),
            books.company.clone(),
            series.to_owned(),
            from_day.to_owned(),
            to_day.to_owned(),
            after_ms,
        );
        self.read(move |c| {
            let found = c
                .prepare_cached(
                    "SELECT finished_ms, complete, why FROM reconcile_runs
                     WHERE billing_id = ?1 AND company = ?2 AND series = ?3 AND from_day <= ?4 AND to_day >= ?5
                       AND started_ms >= ?6 AND result IN ('clean', 'findings') AND finished_ms IS NOT NULL
                     ORDER BY row DESC LIMIT 1",
                )?
                .query_row(values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?;
            Ok(found)
        })
        .await
    }

    /// Closings of a month, newest first.
    pub async fn list_closings(&self, books: &Books, month: &str) -> Result<Vec<Closing>> {
        let (books, month) = (books.clone(), month.to_owned());
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {CLOSING} FROM closings WHERE billing_id = ?1 AND company = ?2 AND month = ?3 ORDER BY row DESC"
            ))?;
            let rows = query.query_map(params![books.billing_id, books.company, month], closing_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Closes a month: who, with what, and every document of it as it stands.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is closed already, or holds other documents than were counted.
    pub async fn close_month(&self, new: NewClosing, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let closed: bool = c
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM closings
                     WHERE billing_id = ?1 AND company = ?2 AND month = ?3 AND reopened_ms IS NULL)",
                )?
                .query_row(params![new.books.billing_id, new.books.company, new.month], |row| row.get(0))?;
            if closed {
                return Err(StoreError::Stale(format!("{} is closed", new.month)));
            }
            c.prepare_cached(
                "INSERT INTO closings (id, billing_id, company, month, who, note, accepted, closed_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                new.id,
                new.books.billing_id,
                new.books.company,
                new.month,
                new.who,
                new.note,
                serde_json::to_string(&new.accepted)?,
                now_ms
            ])?;
            let closing_row = c.last_insert_rowid();
            let (from, to) = span(&new.month);
            for series in series_of(c, &new.books)? {
                c.prepare_cached(&format!(
                    "INSERT INTO closing_documents (closing_row, document_row, state, total_minor)
                     SELECT ?6, row, state, total_minor FROM documents INDEXED BY documents_by_series WHERE {OF_MONTH}"
                ))?
                .execute(params![
                    new.books.provider,
                    new.books.company,
                    series,
                    from,
                    to,
                    closing_row
                ])?;
            }
            let kept: (u32, i64) = c
                .prepare_cached(
                    "SELECT count(*), coalesce(sum(total_minor), 0) FROM closing_documents WHERE closing_row = ?1",
                )?
                .query_row([closing_row], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if kept != (new.count, new.sum_minor) {
                return Err(StoreError::Stale(format!("{} changed meanwhile", new.month)));
            }
            Ok(())
        })
        .await
    }

    /// Opens a closed month again; the record of its closing stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a closing that is not in force.
    pub async fn reopen_month(&self, id: &str, reason: &str, who: &str, now_ms: i64) -> Result<()> {
        let (id, reason, who) = (id.to_owned(), reason.to_owned(), who.to_owned());
        self.write(move |c| {
            let changed = c
                .prepare_cached(
                    "UPDATE closings SET reopened_ms = ?4, reopened_by = ?3, reopened_reason = ?2
                     WHERE id = ?1 AND reopened_ms IS NULL",
                )?
                .execute(params![id, reason, who, now_ms])?;
            if changed == 1 { Ok(()) } else { Err(StoreError::NotFound(id)) }
        })
        .await
    }

    /// What is otherwise in a month than when it was closed, oldest first; at most `limit` of each series.
    pub async fn list_since_closing(
        &self,
        books: &Books,
        month: &str,
        closing_row: i64,
        limit: u32,
    ) -> Result<Vec<SinceClosing>> {
        let (books, (from, to)) = (books.clone(), span(month));
        self.read(move |c| {
            let mut found = Vec::new();
            let mut query = c.prepare_cached(&format!(
                "SELECT id, series, number, client, currency, documents.total_minor, kept.state, documents.state, changed_ms
                 FROM documents INDEXED BY documents_by_series
                   LEFT JOIN closing_documents kept ON kept.closing_row = ?6 AND kept.document_row = documents.row
                 WHERE {} AND (kept.row IS NULL OR kept.state <> documents.state
                   OR kept.total_minor <> documents.total_minor)
                 ORDER BY changed_ms LIMIT ?7",
                OF_MONTH
            ))?;
            for series in series_of(c, &books)? {
                let values = params![books.provider, books.company, series, from, to, closing_row, limit];
                let rows = query.query_map(values, |row| {
                    Ok(SinceClosing {
                        document_id: row.get(0)?,
                        series: row.get(1)?,
                        number: row.get(2)?,
                        client: row.get(3)?,
                        currency: row.get(4)?,
                        total_minor: row.get(5)?,
                        before: row.get(6)?,
                        state: row.get(7)?,
                        changed_ms: row.get(8)?,
                    })
                })?;
                for row in rows {
                    found.push(row?);
                }
            }
            Ok(found)
        })
        .await
    }
}
