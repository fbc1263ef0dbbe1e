//! Issued documents that are not known to be in e-Factura, and what is expected of the ledger's other work.

use super::documents::{DOCUMENT, Document, document_from};
use super::orders::{ORDER, OrderRow, order_from};
use super::{Ledger, documents};
use crate::error::Result;
use rusqlite::params;

/// As the index of what is open says it.
const OPEN: &str = "number IS NOT NULL AND role <> 'proforma' AND state IN ('issued', 'reversed') \
     AND ifnull(einvoice, '') <> 'accepted'";

/// Documents of one provider by their day of issue, oldest first: a page by key.
#[derive(Debug, Clone)]
pub struct EInvoiceQuery {
    pub provider: String,
    /// `not_sent` (or never asked), `processing`, `rejected`, `not_configured`; `late` and `in_time` as they are summed; empty
    /// for all.
    pub state: String,
    /// `YYYY-MM-DD`; what was issued before it is late.
    pub in_time_from: String,
    /// `YYYY-MM-DD`; from this day on.
    pub from_day: String,
    /// Day and row of the last one of the page before.
    pub after: Option<(String, i64)>,
    pub limit: u32,
}

/// How many are open at a provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EInvoiceSums {
    /// Of those that are neither sent nor refused: issued before the first day that is in time, and since.
    pub late: u32,
    pub in_time: u32,
    pub processing: u32,
    pub rejected: u32,
    pub not_configured: u32,
}

impl Ledger {
    pub async fn page_einvoices(&self, query: EInvoiceQuery) -> Result<Vec<Document>> {
        self.read(move |c| {
            let bare = DOCUMENT.replace("draft, problems,", "NULL, '[]',");
            let mut statement = c.prepare_cached(&format!(
                "SELECT {bare} FROM documents INDEXED BY documents_einvoice_open
                 WHERE {OPEN} AND provider = ?1 AND (?2 = '' OR ifnull(einvoice, 'not_sent') = ?2
                     OR (?2 IN ('late', 'in_time') AND (issue_date < ?7) = (?2 = 'late')
                         AND ifnull(einvoice, 'not_sent') NOT IN ('processing', 'rejected', 'not_configured')))
                   AND issue_date >= ?3 AND (issue_date, row) > (?4, ?5)
                 ORDER BY issue_date, row LIMIT ?6"
            ))?;
            let (day, row) = query.after.unwrap_or_default();
            let limit = query.limit.clamp(1, 500);
            let values = params![query.provider, query.state, query.from_day, day, row, limit, query.in_time_from];
            let rows = statement.query_map(values, document_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// What is open at a provider, of documents issued from a day on; late is what was issued before `in_time_from`.
    pub async fn sum_einvoices(&self, provider: &str, from_day: &str, in_time_from: &str) -> Result<EInvoiceSums> {
        let values = (provider.to_owned(), from_day.to_owned(), in_time_from.to_owned());
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT ifnull(einvoice, 'not_sent'), issue_date < ?3, count(*)
                 FROM documents INDEXED BY documents_einvoice_open
                 WHERE {OPEN} AND provider = ?1 AND issue_date >= ?2 GROUP BY 1, 2"
            ))?;
            let rows = query.query_map(values, |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?, row.get::<_, u32>(2)?))
            })?;
            let mut sums = EInvoiceSums::default();
            for row in rows {
                let (state, is_late, count) = row?;
                let sum = match state.as_str() {
                    "processing" => &mut sums.processing,
                    "rejected" => &mut sums.rejected,
                    "not_configured" => &mut sums.not_configured,
                    _ if is_late => &mut sums.late,
                    _ => &mut sums.in_time,
                };
                *sum += count;
            }
            Ok(sums)
        })
        .await
    }

    /// Issued documents whose verification is to come, the nearest first: how many, and the first ones.
    pub async fn first_unverified(&self, limit: u32) -> Result<(u32, Vec<Document>)> {
        self.read(move |c| {
            let count = c
                .prepare_cached(
                    "SELECT count(*) FROM documents INDEXED BY documents_unverified
                     WHERE state = 'issued' AND verification = 'pending' AND verify_due_ms IS NOT NULL",
                )?
                .query_row([], |row| row.get(0))?;
            let rows = documents::list(
                c,
                "WHERE state = 'issued' AND verification = 'pending' AND verify_due_ms IS NOT NULL
                 ORDER BY verify_due_ms LIMIT ?1",
                [limit],
            )?;
            Ok((count, rows))
        })
        .await
    }

    /// Documents whose e-invoice is on its way.
    pub async fn first_in_einvoice(&self, limit: u32) -> Result<(u32, Vec<Document>)> {
        self.read(move |c| {
            let count = c
                .prepare_cached("SELECT count(*) FROM documents WHERE einvoice_due_ms IS NOT NULL")?
                .query_row([], |row| row.get(0))?;
            let rows =
                documents::list(c, "WHERE einvoice_due_ms IS NOT NULL ORDER BY einvoice_due_ms LIMIT ?1", [limit])?;
            Ok((count, rows))
        })
        .await
    }

    /// Orders that came and are not decided on yet.
    pub async fn first_undecided(&self, limit: u32) -> Result<(u32, Vec<OrderRow>)> {
        self.read(move |c| {
            let count = c
                .prepare_cached("SELECT count(*) FROM orders INDEXED BY orders_undecided WHERE wanted > 0")?
                .query_row([], |row| row.get(0))?;
            let mut query =
                c.prepare_cached(&format!("SELECT {ORDER} FROM orders WHERE wanted > 0 ORDER BY row LIMIT ?1"))?;
            let rows = query.query_map([limit], order_from)?;
            Ok((count, rows.collect::<rusqlite::Result<_>>()?))
        })
        .await
    }
}
