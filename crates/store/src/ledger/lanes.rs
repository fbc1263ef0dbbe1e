//! Lanes: what waits in a company's series at a provider, and which numbers of it are known.

use super::Ledger;
use crate::error::Result;
use rusqlite::{OptionalExtension, params};

/// Ready, and not an invoice of a flow that is switched off. A storno is sent whatever became of its flow.
const SENDABLE: &str = "state = 'ready' AND (role <> 'invoice' OR flow_id IN (SELECT id FROM flows WHERE enabled = 1))";

/// Digits that a number is printed with at most.
const NUMBER_DIGITS: usize = 20;

/// Lanes in doubt: (billing connection, company, series).
#[derive(Debug, Clone, Default)]
pub struct Doubts {
    pub creates: Vec<(String, String, String)>,
    pub deletes: Vec<(String, String, String)>,
}

impl Ledger {
    /// Rows of the ready and due documents of one lane, longest due first.
    pub async fn list_due(
        &self,
        billing_id: &str,
        company: &str,
        series: &str,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<i64>> {
        self.read_at_once(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT row FROM documents INDEXED BY documents_due
                 WHERE {SENDABLE} AND billing_id = ?1 AND company = ?2 AND series = ?3 AND due_ms <= ?4
                 ORDER BY due_ms, row LIMIT ?5"
            ))?;
            let rows = query.query_map(params![billing_id, company, series, now_ms, limit], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Every lane in which a document waits, with the earliest instant at which one becomes due: (billing connection,
    /// company, series, due). Goes from lane to lane by the index, however many documents wait in each.
    pub async fn list_lanes(&self) -> Result<Vec<(String, String, String, i64)>> {
        self.read_at_once(|c| {
            let mut next = c.prepare_cached(
                "SELECT billing_id, company, series FROM documents INDEXED BY documents_due
                 WHERE state = 'ready' AND (billing_id, company, series) > (?1, ?2, ?3)
                 ORDER BY billing_id, company, series LIMIT 1",
            )?;
            let mut earliest = c.prepare_cached(&format!(
                "SELECT due_ms FROM documents INDEXED BY documents_due
                 WHERE {SENDABLE} AND billing_id = ?1 AND company = ?2 AND series = ?3 ORDER BY due_ms LIMIT 1"
            ))?;
            let mut lanes = Vec::new();
            let mut at = (String::new(), String::new(), String::new());
            while let Some(lane) = next
                .query_row(params![at.0, at.1, at.2], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?
            {
                at = lane;
                let due_ms = earliest.query_row(params![at.0, at.1, at.2], |row| row.get(0)).optional()?;
                if let Some(due_ms) = due_ms {
                    lanes.push((at.0.clone(), at.1.clone(), at.2.clone(), due_ms));
                }
            }
            Ok(lanes)
        })
        .await
    }

    /// The lanes in which an outcome is in doubt and not left to a person, and those in which a delete is.
    pub async fn read_doubts(&self) -> Result<Doubts> {
        self.read_at_once(|c| {
            let lanes = |sql: &str| -> Result<Vec<(String, String, String)>> {
                let mut query = c.prepare_cached(sql)?;
                let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            };
            Ok(Doubts {
                creates: lanes(
                    "SELECT DISTINCT billing_id, company, series FROM documents
                     WHERE state = 'in_doubt' AND parked_reason IS NULL",
                )?,
                deletes: lanes(
                    "SELECT DISTINCT d.billing_id, d.company, d.series FROM operations o
                     JOIN documents d ON d.row = o.document_row WHERE o.state = 'in_doubt' AND o.kind = 'delete'",
                )?,
            })
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
        // as it is printed: with any count of zeros before it
        let printed: Vec<String> = (1..=NUMBER_DIGITS).map(|digits| format!("{number:0digits$}")).collect();
        let key = (provider.to_owned(), company.to_owned(), series.to_owned(), serde_json::to_string(&printed)?);
        self.read(move |c| {
            Ok(c.prepare_cached(
                "SELECT number, reference FROM documents INDEXED BY documents_at_provider
                 WHERE provider = ?1 AND company = ?2 AND (role = 'proforma') = 0 AND role = 'invoice'
                   AND series = ?3 AND number IN (SELECT value FROM json_each(?4)) AND number IS NOT NULL
                   AND state <> 'deleted' AND state IN ('issued', 'cancelled', 'reversed')",
            )?
            .query_row(params![key.0, key.1, key.2, key.3], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
        })
        .await
    }
}
