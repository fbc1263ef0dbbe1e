//! What alerts look at and no screen does: each a few rows out of an index, however large the ledger is.

use super::Ledger;
use crate::error::Result;
use rusqlite::params;

/// Of what is in doubt so many are looked at.
const DOUBTS: u32 = 2_000;

/// What is in doubt at a billing connection since before an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubtSum {
    pub billing_id: String,
    pub count: u32,
    /// When the oldest was sent.
    pub since_ms: i64,
}

/// When orders of a shop were placed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderHours {
    /// Hours since 1970, UTC, with how many orders each had, in their order; hours without one are not in it.
    pub hours: Vec<(i64, u32)>,
    pub newest_ms: Option<i64>,
}

impl Ledger {
    /// Documents and operations in doubt whose last request left before an instant, by connection.
    pub async fn sum_doubts_before(&self, before_ms: i64) -> Result<Vec<DoubtSum>> {
        self.read_at_once(move |c| {
            let mut query = c.prepare_cached(
                "SELECT billing_id, count(*), min(since_ms) FROM (
                   SELECT * FROM (SELECT d.billing_id, coalesce(
                       (SELECT a.started_ms FROM attempts a WHERE a.document_row = d.row ORDER BY a.row DESC LIMIT 1),
                       d.changed_ms) AS since_ms
                     FROM documents d WHERE d.state = 'in_doubt' LIMIT ?2)
                   UNION ALL
                   SELECT * FROM (SELECT d.billing_id, coalesce(o.started_ms, o.created_ms) AS since_ms
                     FROM operations o JOIN documents d ON d.row = o.document_row WHERE o.state = 'in_doubt' LIMIT ?2))
                 WHERE since_ms <= ?1 GROUP BY billing_id ORDER BY billing_id",
            )?;
            let rows = query.query_map(params![before_ms, DOUBTS], |row| {
                Ok(DoubtSum { billing_id: row.get(0)?, count: row.get(1)?, since_ms: row.get(2)? })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Hours in which a shop's orders were placed, from one instant to another.
    pub async fn count_orders_by_hour(&self, connection_id: &str, from_ms: i64, to_ms: i64) -> Result<OrderHours> {
        let id = connection_id.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT created_ms / 3600000, count(*) FROM orders INDEXED BY orders_by_shop
                 WHERE connection_id = ?1 AND created_ms >= ?2 AND created_ms < ?3 GROUP BY 1 ORDER BY 1",
            )?;
            let rows = query.query_map(params![id, from_ms, to_ms], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let hours = rows.collect::<rusqlite::Result<_>>()?;
            let newest_ms = c
                .prepare_cached(
                    "SELECT max(created_ms) FROM orders INDEXED BY orders_by_shop WHERE connection_id = ?1 AND created_ms < ?2",
                )?
                .query_row(params![id, to_ms], |row| row.get(0))?;
            Ok(OrderHours { hours, newest_ms })
        })
        .await
    }

    /// When a shop's newest order up to an instant was placed.
    pub async fn find_newest_order_ms(&self, connection_id: &str, to_ms: i64) -> Result<Option<i64>> {
        let id = connection_id.to_owned();
        self.read_at_once(move |c| {
            let sql = "SELECT max(created_ms) FROM orders INDEXED BY orders_by_shop WHERE connection_id = ?1 AND created_ms < ?2";
            Ok(c.prepare_cached(sql)?.query_row(params![id, to_ms], |row| row.get(0))?)
        })
        .await
    }

    /// Days of issue (`YYYY-MM-DD`) since one of them, with how many documents of a provider are still to be sent to e-Factura or
    /// were turned away there, and the number of the first.
    pub async fn count_unsent_einvoices(&self, provider: &str, from_day: &str) -> Result<Vec<(String, u32, String)>> {
        let values = (provider.to_owned(), from_day.to_owned());
        self.read_at_once(move |c| {
            let mut query = c.prepare_cached(
                "SELECT issue_date, count(*), min(row), series || ' ' || number
                 FROM documents INDEXED BY documents_einvoice_open
                 WHERE number IS NOT NULL AND role <> 'proforma' AND state IN ('issued', 'reversed')
                   AND ifnull(einvoice, '') <> 'accepted' AND ifnull(einvoice, 'not_sent') NOT IN ('processing', 'not_configured')
                   AND provider = ?1 AND issue_date >= ?2
                 GROUP BY issue_date ORDER BY issue_date",
            )?;
            let rows = query.query_map(values, |row| Ok((row.get(0)?, row.get(1)?, row.get(3)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Series with numbers that nothing explains, as far as passes found them: connection, company, series, how many findings,
    /// the first number.
    pub async fn list_series_gaps(&self) -> Result<Vec<(String, String, String, u32, String)>> {
        self.read_at_once(|c| {
            let mut query = c.prepare_cached(
                "SELECT billing_id, company, series, count(*), min(number_value), ifnull(number, '')
                 FROM reconcile_findings INDEXED BY reconcile_findings_by_state
                 WHERE state = 'open' AND kind = 'gap' GROUP BY billing_id, company, series LIMIT 500",
            )?;
            let rows =
                query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(5)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Documents issued over a connection since an instant, up to `most`.
    pub async fn count_issued_since(&self, billing_id: &str, since_ms: i64, most: u32) -> Result<u32> {
        let id = billing_id.to_owned();
        self.read_at_once(move |c| {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM documents INDEXED BY documents_issued_at
                         WHERE issued_ms >= ?2 AND role <> 'proforma' AND billing_id = ?1 LIMIT ?3)";
            Ok(c.prepare_cached(sql)?.query_row(params![id, since_ms, most], |row| row.get(0))?)
        })
        .await
    }
}
