//! What the ledger knows of a series in a period: its side of a reconcile pass.

use super::Ledger;
use crate::error::Result;
use punte_domain::DocumentState;
use rusqlite::{Row, params};

/// A company's series at a billing connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey {
    pub billing_id: String,
    pub company: String,
    pub series: String,
}

/// A document as a pass compares it.
#[derive(Debug, Clone)]
pub struct SeriesDocument {
    pub row: i64,
    pub id: String,
    pub order_row: i64,
    pub reference: String,
    pub role: String,
    pub state: DocumentState,
    pub series: String,
    pub number: Option<String>,
    pub provider_id: Option<String>,
    pub issue_date: Option<String>,
    pub created_ms: i64,
    pub issued_ms: Option<i64>,
    pub total_minor: i64,
    pub currency: String,
    pub client: String,
    pub reverses: Option<String>,
}

/// An order that is paid and waits.
#[derive(Debug, Clone)]
pub struct PaidOrder {
    pub row: i64,
    pub id: String,
    pub reason: String,
    pub paid_ms: i64,
}

const SERIES_DOCUMENT: &str = "d.row, d.id, d.order_row, d.reference, d.role, d.state, d.series, d.number, \
     d.provider_id, d.issue_date, d.created_ms, d.total_minor, d.currency, d.client, o.reference, d.issued_ms";
fn document_from(row: &Row<'_>) -> rusqlite::Result<SeriesDocument> {
    let state: String = row.get(5)?;
    let unknown = || rusqlite::Error::FromSqlConversionFailure(5, rusqlite::types::Type::Text, state.clone().into());
    Ok(SeriesDocument {
        row: row.get(0)?,
        id: row.get(1)?,
        order_row: row.get(2)?,
        reference: row.get(3)?,
        role: row.get(4)?,
        state: DocumentState::parse(&state).ok_or_else(unknown)?,
        series: row.get(6)?,
        number: row.get(7)?,
        provider_id: row.get(8)?,
        issue_date: row.get(9)?,
        created_ms: row.get(10)?,
        total_minor: row.get(11)?,
        currency: row.get(12)?,
        client: row.get(13)?,
        reverses: row.get(14)?,
        issued_ms: row.get(15)?,
    })
}

pub(super) fn lane_from(row: &Row<'_>, at: usize) -> rusqlite::Result<SeriesKey> {
    Ok(SeriesKey { billing_id: row.get(at)?, company: row.get(at + 1)?, series: row.get(at + 2)? })
}

/// SQLite has no unsigned integers; a number beyond its largest stands at it.
pub(super) fn number_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Ledger {
    /// Documents of a series with an issue day in a span (both included), and those that are not issued and were planned
    /// between two instants. At most `limit`.
    pub async fn list_series_documents(
        &self,
        provider: &str,
        lane: &SeriesKey,
        days: (String, String),
        planned_ms: (i64, i64),
        limit: u32,
    ) -> Result<Vec<SeriesDocument>> {
        let (provider, lane) = (provider.to_owned(), lane.clone());
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {SERIES_DOCUMENT} FROM documents d LEFT JOIN documents o ON o.row = d.reverses_row
                 WHERE d.provider = ?1 AND d.company = ?2 AND d.series = ?3 AND d.role <> 'proforma'
                   AND ((d.number IS NOT NULL AND d.issue_date BETWEEN ?4 AND ?5)
                     OR (d.state IN ('held', 'ready', 'sending', 'in_doubt')
                       AND d.created_ms >= ?6 AND d.created_ms < ?7))
                 ORDER BY d.row LIMIT ?8"
            ))?;
            let rows = query.query_map(
                params![provider, lane.company, lane.series, days.0, days.1, planned_ms.0, planned_ms.1, limit],
                document_from,
            )?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Documents that bear these references, wherever they stand.
    pub async fn list_by_references(&self, references: Vec<String>) -> Result<Vec<SeriesDocument>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {SERIES_DOCUMENT} FROM documents d LEFT JOIN documents o ON o.row = d.reverses_row
                 WHERE d.reference IN (SELECT value FROM json_each(?1)) ORDER BY d.row"
            ))?;
            let rows = query.query_map([serde_json::to_string(&references)?], document_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Documents of a series by their numbers, both included. At most `limit`.
    pub async fn list_by_numbers(
        &self,
        provider: &str,
        lane: &SeriesKey,
        (from, to): (u64, u64),
        limit: u32,
    ) -> Result<Vec<SeriesDocument>> {
        let (provider, lane) = (provider.to_owned(), lane.clone());
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {SERIES_DOCUMENT} FROM documents d LEFT JOIN documents o ON o.row = d.reverses_row
                 WHERE d.provider = ?1 AND d.company = ?2 AND d.series = ?3 AND d.number IS NOT NULL
                   AND (d.role = 'proforma') = 0 AND CAST(d.number AS INTEGER) BETWEEN ?4 AND ?5
                 ORDER BY d.row LIMIT ?6"
            ))?;
            let rows = query.query_map(
                params![provider, lane.company, lane.series, number_sql(from), number_sql(to), limit],
                document_from,
            )?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// The numbers that bound a period in a series: the last one known before it, the first known in it (also as the next
    /// number before a send), and the first known after it.
    pub async fn find_number_bounds(
        &self,
        provider: &str,
        lane: &SeriesKey,
        (from_day, to_day): (String, String),
    ) -> Result<(Option<u64>, Option<u64>, Option<u64>)> {
        let (provider, lane) = (provider.to_owned(), lane.clone());
        self.read(move |c| {
            // numbers follow days but for a few: the nearest of a side are looked at
            let known = |pick: &str, condition: &str| -> Result<Option<u64>> {
                let found: Option<i64> = c
                    .prepare_cached(&format!(
                        "SELECT {pick}(number) FROM (
                           SELECT CAST(number AS INTEGER) AS number FROM documents
                           WHERE provider = ?1 AND company = ?2 AND series = ?3 AND number IS NOT NULL
                             AND role <> 'proforma' AND state <> 'deleted' AND {condition})"
                    ))?
                    .query_row(params![provider, lane.company, lane.series, from_day, to_day], |row| row.get(0))?;
                Ok(found.map(i64::unsigned_abs))
            };
            let before = known("max", "issue_date < ?4 AND ?5 = ?5 ORDER BY issue_date DESC LIMIT 500")?;
            let inside = known("min", "issue_date BETWEEN ?4 AND ?5")?;
            let after = known("min", "issue_date > ?5 AND ?4 = ?4 ORDER BY issue_date LIMIT 500")?;
            let planned: Option<i64> = c
                .prepare_cached(
                    "SELECT min(CAST(json_extract(a.baseline, '$.next_number') AS INTEGER))
                     FROM documents d JOIN attempts a ON a.document_row = d.row
                     WHERE d.provider = ?1 AND d.company = ?2 AND d.series = ?3 AND d.role <> 'proforma'
                       AND a.issue_date BETWEEN ?4 AND ?5 AND json_valid(a.baseline)
                       AND CAST(json_extract(a.baseline, '$.next_number') AS INTEGER) > 0",
                )?
                .query_row(params![provider, lane.company, lane.series, from_day, to_day], |row| row.get(0))?;
            let first = [inside, planned.map(i64::unsigned_abs)].into_iter().flatten().min();
            Ok((before, first, after))
        })
        .await
    }

    /// Paid orders that wait, of flows that write in a series. At most `limit`.
    pub async fn list_paid_waiting(&self, lane: &SeriesKey, limit: u32) -> Result<Vec<PaidOrder>> {
        let lane = lane.clone();
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT o.row, o.id, o.reason, coalesce(json_extract(o.head, '$.paid_ms'), json_extract(o.head, '$.completed_ms'))
                 FROM orders o
                 WHERE o.decision = 'waiting' AND o.status IN ('paid', 'completed')
                   AND coalesce(json_extract(o.head, '$.paid_ms'), json_extract(o.head, '$.completed_ms')) IS NOT NULL
                   AND EXISTS (
                   SELECT 1 FROM flows f WHERE f.shop_id = o.connection_id AND f.enabled = 1
                     AND f.billing_id = ?1 AND f.company = ?2
                     AND (f.series = ?3 OR EXISTS (SELECT 1 FROM json_each(f.rules, '$.series_rules') r
                       WHERE r.value ->> '$.series' = ?3))
                     AND NOT EXISTS (SELECT 1 FROM decisions n WHERE n.order_row = o.row AND n.flow_id = f.id
                       AND n.decision = 'not_invoiced'))
                 ORDER BY o.row LIMIT ?4",
            )?;
            let rows = query.query_map(params![lane.billing_id, lane.company, lane.series, limit], |row| {
                Ok(PaidOrder { row: row.get(0)?, id: row.get(1)?, reason: row.get(2)?, paid_ms: row.get(3)? })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Every series that a flow writes in or a document was issued in, by connection.
    pub async fn list_series_keys(&self) -> Result<Vec<SeriesKey>> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT billing_id, company, series FROM flows WHERE series <> ''
                 UNION SELECT billing_id, company, r.value ->> '$.series'
                   FROM flows, json_each(flows.rules, '$.series_rules') r
                 UNION SELECT DISTINCT billing_id, company, series FROM documents
                   WHERE number IS NOT NULL AND role <> 'proforma'
                 ORDER BY 1, 2, 3",
            )?;
            let rows = query.query_map([], |row| lane_from(row, 0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Issued invoices of a connection that are not known to be wholly paid, issued since an instant, by key: rows above
    /// `after`.
    pub async fn list_unpaid(
        &self,
        billing_id: &str,
        since_ms: i64,
        after: i64,
        limit: u32,
    ) -> Result<Vec<super::Document>> {
        let billing_id = billing_id.to_owned();
        self.read(move |c| {
            super::documents::list(
                c,
                "WHERE billing_id = ?1 AND issued_ms >= ?2 AND row > ?3 AND state = 'issued' AND role = 'invoice'
                   AND role <> 'proforma'
                   AND total_minor > 0 AND (paid_minor IS NULL OR paid_minor < total_minor)
                 ORDER BY row LIMIT ?4",
                params![billing_id, since_ms, after, limit],
            )
        })
        .await
    }
}
