//! What is read at the providers after a part of the ledger was lost, and documents that are found there.

use super::Ledger;
use super::documents::{self, Document};
use super::events::{self, NewEvent, failure_text, optional_json};
use crate::error::{Result, StoreError};
use punte_domain::{DocumentEvent, Failure};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::json;

/// Series of one workspace that are read again.
const MAX_SERIES: u32 = 500;

/// A series at a provider, read from its last known document to now.
#[derive(Debug, Clone)]
pub struct SeriesRead {
    pub row: i64,
    pub billing_id: String,
    pub company: String,
    pub series: String,
    pub is_proforma: bool,
    /// `YYYY-MM-DD` of the last known document, or of the workspace's making.
    pub from_date: String,
    pub from_number: Option<u64>,
    /// Where the last page ended.
    pub next: Option<u64>,
    /// `reading`, `whole`, `incomplete` or `too_long`.
    pub state: String,
    pub read: u32,
    pub found: u32,
    /// Numbers that could not be read.
    pub unreadable: Vec<u64>,
    pub failure: Option<Failure>,
    pub tries: u32,
}

/// How a read of a series went on.
#[derive(Debug, Clone)]
pub struct SeriesProgress {
    pub next: Option<u64>,
    pub state: &'static str,
    pub read: u32,
    pub unreadable: Vec<u64>,
    pub failure: Option<Failure>,
    pub found: Vec<FoundReference>,
}

/// A document at a provider that bears a reference of Punte's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundReference {
    pub reference: String,
    pub billing_id: String,
    pub provider: String,
    pub company: String,
    pub is_proforma: bool,
    pub series: String,
    pub number: String,
    pub provider_id: Option<String>,
    pub link: Option<String>,
    /// `YYYY-MM-DD`, where the provider tells.
    pub issue_date: Option<String>,
    pub cancelled: Option<bool>,
    /// It calls itself a storno; the original's reference may stand on it.
    pub is_storno: bool,
}

/// Another identity for a document that was not sent by this ledger: a later generation of it was found.
#[derive(Debug, Clone)]
pub struct Rekeyed {
    pub generation: u32,
    pub issue_key: String,
    pub reference: String,
}

const SERIES: &str = "row, billing_id, company, series, is_proforma, from_date, from_number, next, state, read, found, \
     unreadable, failure, tries";

fn series_from(row: &Row<'_>) -> rusqlite::Result<SeriesRead> {
    Ok(SeriesRead {
        row: row.get(0)?,
        billing_id: row.get(1)?,
        company: row.get(2)?,
        series: row.get(3)?,
        is_proforma: row.get(4)?,
        from_date: row.get(5)?,
        from_number: row.get::<_, Option<i64>>(6)?.map(|number| number.max(0) as u64),
        next: row.get::<_, Option<i64>>(7)?.map(|number| number.max(0) as u64),
        state: row.get(8)?,
        read: row.get(9)?,
        found: row.get(10)?,
        unreadable: optional_json(row, 11)?.unwrap_or_default(),
        failure: optional_json(row, 12)?,
        tries: row.get(13)?,
    })
}

const FOUND: &str = "reference, billing_id, provider, company, is_proforma, series, number, provider_id, link, \
     issue_date, cancelled, is_storno";

fn found_from(row: &Row<'_>) -> rusqlite::Result<FoundReference> {
    Ok(FoundReference {
        reference: row.get(0)?,
        billing_id: row.get(1)?,
        provider: row.get(2)?,
        company: row.get(3)?,
        is_proforma: row.get(4)?,
        series: row.get(5)?,
        number: row.get(6)?,
        provider_id: row.get(7)?,
        link: row.get(8)?,
        issue_date: row.get(9)?,
        cancelled: row.get(10)?,
        is_storno: row.get(11)?,
    })
}

fn insert_found(c: &Sqlite, one: &FoundReference, now_ms: i64) -> Result<usize> {
    Ok(c.prepare_cached(&format!(
        "INSERT INTO found_references ({FOUND}, found_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT DO UPDATE SET provider_id = ?8, link = ?9, issue_date = ?10, cancelled = ?11, is_storno = ?12"
    ))?
    .execute(params![
        one.reference,
        one.billing_id,
        one.provider,
        one.company,
        one.is_proforma,
        one.series,
        one.number,
        one.provider_id,
        one.link,
        one.issue_date,
        one.cancelled,
        one.is_storno,
        now_ms
    ])?)
}

impl Ledger {
    /// Every series that must be read for a quarantine, with how far it is: those of the flows and of all documents.
    /// `made` is the day before which there is nothing of this workspace.
    pub async fn list_series_reads(&self, quarantine_row: i64, made: &str) -> Result<Vec<SeriesRead>> {
        let made = made.to_owned();
        self.write(move |c| {
            c.execute(
                "INSERT OR IGNORE INTO series_reads
                   (quarantine_row, billing_id, company, series, is_proforma, from_date, from_number)
                 SELECT ?1, lane.billing_id, lane.company, lane.series, lane.is_proforma,
                   coalesce((SELECT max(issue_date) FROM documents AS d WHERE d.billing_id = lane.billing_id
                     AND d.company = lane.company AND d.series = lane.series AND d.number IS NOT NULL
                     AND d.state <> 'deleted' AND (d.role = 'proforma') = lane.is_proforma), ?2),
                   (SELECT max(CAST(number AS INTEGER)) FROM documents AS d WHERE d.billing_id = lane.billing_id
                     AND d.company = lane.company AND d.series = lane.series AND d.number IS NOT NULL
                     AND d.state <> 'deleted' AND (d.role = 'proforma') = lane.is_proforma)
                 FROM (SELECT billing_id, company, series, 0 AS is_proforma FROM flows
                   UNION SELECT billing_id, company, r.value ->> '$.series', 0
                     FROM flows, json_each(flows.rules, '$.series_rules') r
                   UNION SELECT billing_id, company, rules ->> '$.proforma.series', 1
                     FROM flows WHERE rules ->> '$.document' = 'proforma_then_invoice'
                   UNION SELECT billing_id, company, series, role = 'proforma' FROM documents LIMIT ?3) AS lane",
                params![quarantine_row, made, MAX_SERIES],
            )?;
            let mut query =
                c.prepare_cached(&format!("SELECT {SERIES} FROM series_reads WHERE quarantine_row = ?1 ORDER BY row"))?;
            let rows = query.query_map([quarantine_row], series_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// The same without adding any, for whoever looks.
    pub async fn find_series_reads(&self, quarantine_row: i64) -> Result<Vec<SeriesRead>> {
        self.read(move |c| {
            let mut query =
                c.prepare_cached(&format!("SELECT {SERIES} FROM series_reads WHERE quarantine_row = ?1 ORDER BY row"))?;
            let rows = query.query_map([quarantine_row], series_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Keeps a page of a series with what was found on it.
    pub async fn record_series_read(&self, row: i64, progress: SeriesProgress, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            for one in &progress.found {
                insert_found(c, one, now_ms)?;
            }
            let again = matches!(progress.state, "incomplete" | "too_long") || progress.failure.is_some();
            c.execute(
                "UPDATE series_reads SET next = ?2, state = ?3, read = read + ?4, found = found + ?5, unreadable = ?6,
                   failure = ?7, tries = iif(?8, tries + 1, tries) WHERE row = ?1",
                params![
                    row,
                    progress.next.map(|next| next as i64),
                    progress.state,
                    progress.read,
                    progress.found.len() as u32,
                    serde_json::to_string(&progress.unreadable)?,
                    failure_text(progress.failure.as_ref())?,
                    again
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// Whether any document was found that no record here stands for yet.
    pub async fn has_found_references(&self) -> Result<bool> {
        self.read(|c| {
            Ok(c.query_row(
                "SELECT EXISTS (SELECT 1 FROM found_references AS f WHERE NOT EXISTS
                   (SELECT 1 FROM documents WHERE documents.reference = f.reference AND documents.number IS NOT NULL))",
                [],
                |row| row.get(0),
            )?)
        })
        .await
    }

    /// What was found under any of some references.
    pub async fn find_references(&self, references: Vec<String>) -> Result<Vec<FoundReference>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {FOUND} FROM found_references WHERE reference IN (SELECT value FROM json_each(?1))
                 ORDER BY length(number), number LIMIT 50"
            ))?;
            let rows = query.query_map([serde_json::to_string(&references)?], found_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Documents that are held, due or in doubt, by their row, from after one on.
    pub async fn list_open_after(&self, row: i64, limit: u32) -> Result<Vec<Document>> {
        self.read(move |c| {
            documents::list(
                c,
                "WHERE state IN ('held', 'ready', 'in_doubt') AND row > ?1 ORDER BY row LIMIT ?2",
                params![row, limit],
            )
        })
        .await
    }

    /// Open documents whose own reference was found.
    pub async fn list_open_and_found(&self, limit: u32) -> Result<Vec<Document>> {
        self.read(move |c| {
            documents::list(
                c,
                "WHERE reference IN (SELECT reference FROM found_references) AND state IN ('held', 'ready', 'in_doubt')
                   AND parked_reason IS NULL AND coalesce(json_extract(failure, '$.kind'), '') <> 'number_taken'
                 ORDER BY row LIMIT ?1",
                [limit],
            )
        })
        .await
    }

    /// An open document exists at the provider already, issued in the part of the ledger that was lost: it takes the
    /// identifiers that were found, and the identity of a later generation where that is what was found.
    ///
    /// # Errors
    /// [`StoreError::AlreadyLinked`] where another record stands for what was found.
    pub async fn attach_found(
        &self,
        document_row: i64,
        found: FoundReference,
        rekeyed: Option<Rekeyed>,
        today: &str,
        now_ms: i64,
    ) -> Result<()> {
        let today = today.to_owned();
        self.write(move |c| {
            let document = documents::get(c, document_row)?;
            let taken: Option<i64> = c
                .prepare_cached("SELECT row FROM documents WHERE reference = ?1 AND row <> ?2")?
                .query_row(params![found.reference, document_row], |row| row.get(0))
                .optional()?;
            if taken.is_some() {
                return Err(StoreError::AlreadyLinked(format!("{} {}", found.series, found.number)));
            }
            let there =
                Document { provider: found.provider.clone(), company: found.company.clone(), ..document.clone() };
            documents::displace(c, &there, &found.series, &found.number, now_ms)?;
            let facts = json!({ "series": found.series, "number": found.number, "reference": found.reference });
            documents::apply(
                c,
                &document,
                DocumentEvent::Found,
                None,
                now_ms,
                &NewEvent::new("found_restored", facts),
            )?;
            // no claim saw what its order had become: it is compared now
            let set = c
                .prepare_cached(
                    "UPDATE documents SET billing_id = ?2, provider = ?3, company = ?4, series = ?5, number = ?6,
                       provider_id = ?7, link = ?8, issue_date = coalesce(?9, issue_date, ?10), issued_ms = ?11,
                       verify_due_ms = ?11, verification = 'pending', verify_tries = 0,
                       generation = coalesce(?12, generation), issue_key = coalesce(?13, issue_key),
                       reference = coalesce(?14, reference),
                       change_due_ms = iif(role = 'invoice', ?11, change_due_ms) WHERE row = ?1",
                )?
                .execute(params![
                    document_row,
                    found.billing_id,
                    found.provider,
                    found.company,
                    found.series,
                    found.number,
                    found.provider_id,
                    found.link,
                    found.issue_date,
                    today,
                    now_ms,
                    rekeyed.as_ref().map(|one| one.generation),
                    rekeyed.as_ref().map(|one| one.issue_key.clone()),
                    rekeyed.as_ref().map(|one| one.reference.clone())
                ]);
            match set {
                Ok(_) => {}
                Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                    return Err(StoreError::AlreadyLinked(format!("{} {}", found.series, found.number)));
                }
                Err(error) => return Err(error.into()),
            }
            let document = documents::get(c, document_row)?;
            documents::want_note(c, &document, now_ms)?;
            super::following::reverse(c, &document, &found.number, now_ms)?;
            if found.cancelled == Some(true) {
                let note = NewEvent::new("found_cancelled", json!({}));
                documents::apply(c, &document, DocumentEvent::Cancelled, None, now_ms, &note)?;
            }
            Ok(())
        })
        .await
    }

    /// A number was read that bears the reference of an open document, and cannot be taken for it: said on the timeline of
    /// the record that is held for a person.
    pub async fn hold_found(&self, document_row: i64, failure: Failure, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let document = documents::get(c, document_row)?;
            let note = NewEvent::new("held", json!({})).with_failure(&failure);
            if document.state.draft_is_open() {
                return documents::apply(c, &document, DocumentEvent::Held, Some(&failure), now_ms, &note);
            }
            c.execute(
                "UPDATE documents SET parked_reason = 'number_taken', changed_ms = ?2
                 WHERE row = ?1 AND state = 'in_doubt'",
                params![document_row, now_ms],
            )?;
            events::insert(c, document.order_row, Some(document_row), now_ms, &note)
        })
        .await
    }
}
