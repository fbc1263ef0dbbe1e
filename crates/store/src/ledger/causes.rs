//! Failures by cause: how many records, since when, of which value, who looks after them, and until when they may wait.
//!
//! A record keeps its cause while it is on its way again. Triggers keep the causes' rows; here they are read, and written
//! by people.

use super::Ledger;
use super::documents::{self, Document};
use super::events::{NewEvent, insert, json_error};
use crate::error::{Result, StoreError};
use punte_domain::{Failure, fingerprint};
use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use serde_json::json;
use std::collections::BTreeMap;

/// Causes that are told at a time, the largest first.
const CAUSES: usize = 300;

/// Records that share a cause.
#[derive(Debug, Clone)]
pub struct Cause {
    pub fingerprint: String,
    /// Held now.
    pub held: u32,
    /// Of these, left for later one by one.
    pub snoozed: u32,
    /// Retried, and not through yet.
    pub under_way: u32,
    /// Went through since the cause came up.
    pub went: u32,
    pub went_ms: Option<i64>,
    /// Value of the held ones: (currency, minor units).
    pub totals: Vec<(String, i64)>,
    pub first_ms: i64,
    pub last_ms: i64,
    pub owner: String,
    /// `None` where that is over.
    pub snoozed_until_ms: Option<i64>,
    pub failure: Failure,
    /// The newest held one.
    pub newest: Option<Document>,
}

/// A held record of a cause.
#[derive(Debug, Clone)]
pub struct CauseRecord {
    pub document: Document,
    pub owner: String,
    /// `None` where that is over.
    pub snoozed_until_ms: Option<i64>,
    pub failed_ms: i64,
}

/// Gives what was held before there were causes its own, once.
pub(super) fn fill(c: &Sqlite) -> Result<()> {
    let wanted: bool =
        c.query_row("SELECT EXISTS (SELECT 1 FROM counters WHERE name = 'fingerprints_wanted')", [], |row| row.get(0))?;
    if !wanted {
        return Ok(());
    }
    let transaction = c.unchecked_transaction()?;
    {
        let mut held = transaction
            .prepare("SELECT row, failure FROM documents WHERE state = 'held' AND failure IS NOT NULL ORDER BY row")?;
        let mut set = transaction.prepare(
            "UPDATE documents SET fingerprint = ?2, failed_ms = changed_ms WHERE row = ?1 AND fingerprint IS NULL",
        )?;
        let rows = held.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        for row in rows {
            let (row, text) = row?;
            let failure: Failure = serde_json::from_str(&text)?;
            set.execute(params![row, fingerprint(&failure)])?;
        }
    }
    transaction.execute("DELETE FROM counters WHERE name = 'fingerprints_wanted'", [])?;
    Ok(transaction.commit()?)
}

#[derive(Default)]
struct Sums {
    held: u32,
    snoozed: u32,
    under_way: u32,
    totals: BTreeMap<String, i64>,
    last_ms: i64,
}

/// What a cause's row keeps beside its records.
struct Kept {
    fingerprint: String,
    first_ms: i64,
    last_ms: i64,
    went: u32,
    went_ms: Option<i64>,
    owner: String,
    snoozed_until_ms: Option<i64>,
    failure: Failure,
}

const KEPT: &str = "fingerprint, first_ms, last_ms, went, went_ms, owner, snoozed_until_ms, failure";

fn kept_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Kept> {
    let failure: String = row.get(7)?;
    Ok(Kept {
        fingerprint: row.get(0)?,
        first_ms: row.get(1)?,
        last_ms: row.get(2)?,
        went: row.get(3)?,
        went_ms: row.get(4)?,
        owner: row.get(5)?,
        snoozed_until_ms: row.get(6)?,
        failure: serde_json::from_str(&failure).map_err(|error| json_error(7, error))?,
    })
}

fn cause(c: &Sqlite, kept: Kept, sums: Sums, now_ms: i64) -> Result<Cause> {
    let newest =
        documents::list(c, "WHERE fingerprint = ?1 AND state = 'held' ORDER BY row DESC LIMIT 1", [&kept.fingerprint])?;
    let newest = newest.into_iter().next();
    Ok(Cause {
        held: sums.held,
        snoozed: sums.snoozed,
        under_way: sums.under_way,
        went: kept.went,
        went_ms: kept.went_ms,
        totals: sums.totals.into_iter().collect(),
        first_ms: kept.first_ms,
        last_ms: kept.last_ms.max(sums.last_ms),
        owner: kept.owner,
        snoozed_until_ms: kept.snoozed_until_ms.filter(|until| *until > now_ms),
        failure: newest.as_ref().and_then(|one| one.failure.clone()).unwrap_or(kept.failure),
        newest,
        fingerprint: kept.fingerprint,
    })
}

impl Ledger {
    /// Every cause with records that are held or on their way again, the largest first; after them those whose last record
    /// went through since an instant.
    pub async fn list_causes(&self, now_ms: i64, resolved_since_ms: i64) -> Result<Vec<Cause>> {
        self.read(move |c| {
            let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
            let mut query = c.prepare_cached(
                "SELECT fingerprint, state, currency, count(*), sum(total_minor), max(failed_ms),
                   sum(coalesce(snoozed_until_ms, 0) > ?1)
                 FROM documents INDEXED BY documents_by_cause WHERE fingerprint IS NOT NULL
                 GROUP BY fingerprint, state, currency",
            )?;
            let mut rows = query.query([now_ms])?;
            while let Some(row) = rows.next()? {
                let (state, count): (String, u32) = (row.get(1)?, row.get(3)?);
                let one = sums.entry(row.get(0)?).or_default();
                if state == "held" {
                    one.held += count;
                    one.snoozed += row.get::<_, u32>(6)?;
                    *one.totals.entry(row.get(2)?).or_default() += row.get::<_, i64>(4)?;
                    one.last_ms = one.last_ms.max(row.get::<_, Option<i64>>(5)?.unwrap_or_default());
                } else {
                    one.under_way += count;
                }
            }
            let mut sums: Vec<(String, Sums)> = sums.into_iter().collect();
            sums.sort_by_key(|(_, one)| std::cmp::Reverse((one.held, one.under_way)));
            sums.truncate(CAUSES);
            let mut causes = Vec::with_capacity(sums.len());
            let mut find = c.prepare_cached(&format!("SELECT {KEPT} FROM causes WHERE fingerprint = ?1"))?;
            for (fingerprint, one) in sums {
                if let Some(kept) = find.query_row([&fingerprint], kept_from).optional()? {
                    causes.push(cause(c, kept, one, now_ms)?);
                }
            }
            let mut gone = c.prepare_cached(&format!(
                "SELECT {KEPT} FROM causes WHERE went_ms >= ?1
                   AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.fingerprint = causes.fingerprint)
                 ORDER BY went_ms DESC LIMIT 100"
            ))?;
            for kept in gone.query_map([resolved_since_ms], kept_from)? {
                causes.push(cause(c, kept?, Sums::default(), now_ms)?);
            }
            Ok(causes)
        })
        .await
    }

    /// Held records of a cause, newest first, before a row.
    pub async fn page_cause(
        &self,
        fingerprint: &str,
        before: Option<i64>,
        limit: u32,
        now_ms: i64,
    ) -> Result<Vec<CauseRecord>> {
        let key = fingerprint.to_owned();
        self.read(move |c| {
            let listed = documents::list(
                c,
                "WHERE fingerprint = ?1 AND state = 'held' AND row < ?2 ORDER BY row DESC LIMIT ?3",
                params![key, before.unwrap_or(i64::MAX), limit.clamp(1, 500)],
            )?;
            let mut about = c.prepare_cached(
                "SELECT d.snoozed_until_ms, coalesce(d.failed_ms, d.created_ms), coalesce(o.owner, '')
                 FROM documents d LEFT JOIN record_owners o ON o.order_row = d.order_row WHERE d.row = ?1",
            )?;
            listed
                .into_iter()
                .map(|document| {
                    let (until, failed_ms, owner): (Option<i64>, i64, String) =
                        about.query_row([document.row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                    let snoozed_until_ms = until.filter(|until| *until > now_ms);
                    Ok(CauseRecord { document, owner, snoozed_until_ms, failed_ms })
                })
                .collect()
        })
        .await
    }

    /// Rows of the held records of a cause, oldest first, at most `limit`.
    pub async fn list_rows_of_cause(&self, fingerprint: &str, limit: u32) -> Result<Vec<i64>> {
        let key = fingerprint.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT row FROM documents WHERE fingerprint = ?1 AND state = 'held' ORDER BY row LIMIT ?2",
            )?;
            let rows = query.query_map(params![key, limit], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Names who looks after a cause; empty for nobody.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a cause that was never seen.
    pub async fn assign_cause(&self, fingerprint: &str, owner: &str) -> Result<()> {
        let (key, owner) = (fingerprint.to_owned(), owner.to_owned());
        self.write(move |c| {
            let changed = c.execute("UPDATE causes SET owner = ?2 WHERE fingerprint = ?1", params![key, owner])?;
            if changed == 0 { Err(StoreError::NotFound(key)) } else { Ok(()) }
        })
        .await
    }

    /// Leaves a cause for later, until an instant or until another record joins it; `None`: it is back.
    pub async fn snooze_cause(&self, fingerprint: &str, until_ms: Option<i64>) -> Result<()> {
        let key = fingerprint.to_owned();
        self.write(move |c| {
            let changed =
                c.execute("UPDATE causes SET snoozed_until_ms = ?2 WHERE fingerprint = ?1", params![key, until_ms])?;
            if changed == 0 { Err(StoreError::NotFound(key)) } else { Ok(()) }
        })
        .await
    }

    /// The same of one record.
    pub async fn snooze_document(&self, id: &str, until_ms: Option<i64>, who: &str, now_ms: i64) -> Result<()> {
        let (id, who) = (id.to_owned(), who.to_owned());
        self.write(move |c| {
            let found: Option<(i64, i64)> = c
                .query_row("SELECT row, order_row FROM documents WHERE id = ?1", [&id], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let (row, order_row) = found.ok_or(StoreError::NotFound(id))?;
            c.execute("UPDATE documents SET snoozed_until_ms = ?2 WHERE row = ?1", params![row, until_ms])?;
            let note = match until_ms {
                Some(until_ms) => NewEvent::new("snoozed", json!({ "until_ms": until_ms.to_string() })),
                None => NewEvent::new("woken", json!({})),
            };
            insert(c, order_row, Some(row), now_ms, &note.by(&who))
        })
        .await
    }
}
