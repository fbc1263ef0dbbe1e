//! Lanes: what waits in a company's series at a provider, and which numbers of it are known.

use super::Ledger;
use super::documents::{self, Document};
use crate::error::Result;
use rusqlite::{OptionalExtension, params};

/// Ready, and not an invoice of a flow that is switched off. A storno is sent whatever became of its flow.
const SENDABLE: &str = "state = 'ready' AND (role <> 'invoice' OR flow_id IN (SELECT id FROM flows WHERE enabled = 1))";

impl Ledger {
    /// Ready and due documents of one lane, longest due first.
    pub async fn list_due(
        &self,
        billing_id: &str,
        company: &str,
        series: &str,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<Document>> {
        let lane = (billing_id.to_owned(), company.to_owned(), series.to_owned());
        self.read(move |c| {
            documents::list(
                c,
                &format!(
                    "WHERE {SENDABLE} AND billing_id = ?1 AND company = ?2 AND series = ?3 AND due_ms <= ?4
                     ORDER BY due_ms, row LIMIT ?5"
                ),
                params![lane.0, lane.1, lane.2, now_ms, limit],
            )
        })
        .await
    }

    /// Every lane in which a document waits, with the earliest instant at which one becomes due: (billing connection,
    /// company, series, due).
    pub async fn list_lanes(&self) -> Result<Vec<(String, String, String, i64)>> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT billing_id, company, series, min(due_ms) FROM documents WHERE {SENDABLE}
                 GROUP BY billing_id, company, series"
            ))?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Numbers of a series that are known to be documents of ours.
    pub async fn list_known_numbers(
        &self,
        provider: &str,
        company: &str,
        series: &str,
        from: &str,
    ) -> Result<Vec<String>> {
        let key = (provider.to_owned(), company.to_owned(), series.to_owned(), from.to_owned());
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT number FROM documents WHERE provider = ?1 AND company = ?2 AND role <> 'proforma' AND series = ?3
                 AND state <> 'deleted'
                 AND number IS NOT NULL AND (length(number), number) >= (length(?4), ?4) LIMIT 1000",
            )?;
            let rows = query.query_map(params![key.0, key.1, key.2, key.3], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Number and reference of the document of ours that stands under a number of a series; none for a storno, which may
    /// bear no reference.
    pub async fn find_at_number(
        &self,
        provider: &str,
        company: &str,
        series: &str,
        number: u64,
    ) -> Result<Option<(String, String)>> {
        let key = (provider.to_owned(), company.to_owned(), series.to_owned(), number as i64);
        self.read(move |c| {
            Ok(c.prepare_cached(
                "SELECT number, reference FROM documents WHERE provider = ?1 AND company = ?2 AND role = 'invoice'
                 AND series = ?3 AND CAST(number AS INTEGER) = ?4 AND state IN ('issued', 'cancelled', 'reversed')",
            )?
            .query_row(params![key.0, key.1, key.2, key.3], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
        })
        .await
    }
}
