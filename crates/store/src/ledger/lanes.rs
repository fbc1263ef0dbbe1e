//! Lanes: what waits in a company's series at a provider, and which numbers of it are known.

use super::Ledger;
use super::documents::{self, Document};
use super::operations::{self, Operation};
use crate::error::Result;
use punte_domain::rules::MOST_DELAY_MINUTES;
use rusqlite::{Connection as Sqlite, OptionalExtension, params};

/// Ready, and not an invoice or a proforma of a flow that is switched off. A storno is sent whatever became of its flow.
pub(super) const SENDABLE: &str =
    "state = 'ready' AND (role NOT IN ('invoice', 'proforma') OR flow_id IN (SELECT id FROM flows WHERE enabled = 1))";

/// Digits that a number is printed with at most.
const NUMBER_DIGITS: usize = 20;

/// Series in doubt, over whichever connection: (provider, company, series).
#[derive(Debug, Clone, Default)]
pub struct Doubts {
    pub creates: Vec<(String, String, String)>,
    pub deletes: Vec<(String, String, String)>,
}

/// What a flow's rules may delay a document by, beyond whatever else waits.
const DELAY_MS: i64 = MOST_DELAY_MINUTES as i64 * 60_000;

/// Where something waits for an instant: the table with what of it waits, the column, and by how much longer than anything
/// else it may wait.
const DUES: [(&str, &str, &str, i64); 8] = [
    ("documents", "state = 'ready' AND delayed = 0", "due_ms", 0),
    ("documents", "state = 'ready' AND delayed = 1", "due_ms", DELAY_MS),
    ("documents INDEXED BY documents_unverified", "state = 'issued' AND verification = 'pending'", "verify_due_ms", 0),
    ("documents", "einvoice_due_ms IS NOT NULL", "einvoice_due_ms", 0),
    ("documents", "note_due_ms IS NOT NULL", "note_due_ms", 0),
    ("documents INDEXED BY documents_change_due", "change_due_ms IS NOT NULL", "change_due_ms", 0),
    ("changes", "due_ms IS NOT NULL", "due_ms", 0),
    ("operations", "state = 'waiting'", "due_ms", 0),
];

impl Ledger {
    /// Whatever waits for an instant after `beyond_ms` is due now: no wait is so long, so the clock stood wrong when it was
    /// written. Answers how much that was; writes nothing where there is none.
    pub async fn pull_in(&self, beyond_ms: i64, now_ms: i64) -> Result<u32> {
        let is_any = move |c: &Sqlite| -> Result<bool> {
            for (table, condition, due, more_ms) in DUES {
                let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {condition} AND {due} > ?1)");
                if c.prepare_cached(&sql)?.query_row([beyond_ms + more_ms], |row| row.get(0))? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        if !self.read(is_any).await? {
            return Ok(0);
        }
        self.write(move |c| {
            let mut count = 0;
            for (table, condition, due, more_ms) in DUES {
                let sql = format!("UPDATE {table} SET {due} = ?2 WHERE {condition} AND {due} > ?1");
                count += c.prepare_cached(&sql)?.execute([beyond_ms + more_ms, now_ms])? as u32;
            }
            Ok(count)
        })
        .await
    }

    /// Every document in doubt, oldest first, at most `limit`. Those that are left to a person come last.
    pub async fn list_in_doubt(&self, limit: u32) -> Result<Vec<Document>> {
        self.read(move |c| {
            documents::list(c, "WHERE state = 'in_doubt' ORDER BY parked_reason IS NOT NULL, row LIMIT ?1", [limit])
        })
        .await
    }

    /// Operations that wait to be sent and are due by an instant, but for those of connections that may not be called now,
    /// oldest first.
    pub async fn list_operations_due(&self, by_ms: i64, closed: Vec<String>, limit: u32) -> Result<Vec<Operation>> {
        self.read(move |c| {
            operations::list(
                c,
                "WHERE state = 'waiting' AND coalesce(due_ms, 0) <= ?1
                   AND (SELECT billing_id FROM documents d WHERE d.row = document_row)
                     NOT IN (SELECT value FROM json_each(?2)) ORDER BY row LIMIT ?3",
                params![by_ms, serde_json::to_string(&closed)?, limit],
            )
        })
        .await
    }

    /// Operations in doubt that a read can settle, oldest first.
    pub async fn list_operations_to_settle(&self, limit: u32) -> Result<Vec<Operation>> {
        self.read(move |c| {
            operations::list(c, "WHERE state = 'in_doubt' AND kind <> 'send_email' ORDER BY row LIMIT ?1", [limit])
        })
        .await
    }

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

    /// The series in which an outcome is in doubt and not left to a person, and those in which a delete is.
    pub async fn read_doubts(&self) -> Result<Doubts> {
        self.read_at_once(|c| {
            let lanes = |sql: &str| -> Result<Vec<(String, String, String)>> {
                let mut query = c.prepare_cached(sql)?;
                let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            };
            Ok(Doubts {
                creates: lanes(
                    "SELECT DISTINCT provider, company, series FROM documents
                     WHERE state = 'in_doubt' AND parked_reason IS NULL",
                )?,
                deletes: lanes(
                    "SELECT DISTINCT d.provider, d.company, d.series FROM operations o
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
        is_proforma: bool,
        from: &str,
    ) -> Result<Vec<String>> {
        let key = (provider.to_owned(), company.to_owned(), series.to_owned(), from.to_owned());
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT number FROM documents WHERE provider = ?1 AND company = ?2 AND (role = 'proforma') = ?5 AND series = ?3
                 AND state <> 'deleted'
                 AND number IS NOT NULL AND (length(number), number) >= (length(?4), ?4) LIMIT 1000",
            )?;
            let rows = query.query_map(params![key.0, key.1, key.2, key.3, is_proforma], |row| row.get(0))?;
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
        is_proforma: bool,
        number: u64,
    ) -> Result<Option<(String, String)>> {
        // as it is printed: with any count of zeros before it
        let printed: Vec<String> = (1..=NUMBER_DIGITS).map(|digits| format!("{number:0digits$}")).collect();
        let key = (provider.to_owned(), company.to_owned(), series.to_owned(), serde_json::to_string(&printed)?);
        self.read(move |c| {
            Ok(c.prepare_cached(
                "SELECT number, reference FROM documents INDEXED BY documents_at_provider
                 WHERE provider = ?1 AND company = ?2 AND (role = 'proforma') = ?5 AND role IN ('invoice', 'proforma')
                   AND series = ?3 AND number IN (SELECT value FROM json_each(?4)) AND number IS NOT NULL
                   AND state <> 'deleted' AND state IN ('issued', 'cancelled', 'reversed')",
            )?
            .query_row(params![key.0, key.1, key.2, key.3, is_proforma], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
        })
        .await
    }
}
