//! The second axis of an issued document: what later reads of the provider said of it.

use super::Ledger;
use super::documents::{self, Document};
use super::events::{self, NewEvent};
use crate::error::Result;
use punte_domain::Verification;
use rusqlite::params;
use serde_json::{Value, json};

/// What a later read said.
#[derive(Debug, Clone)]
pub struct Verified {
    pub verification: Verification,
    pub detail: Option<String>,
    /// While pending: when to read again.
    pub due_ms: Option<i64>,
}

/// When the earliest read or note of each kind is due; `None` where none waits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dues {
    pub verify_ms: Option<i64>,
    pub einvoice_ms: Option<i64>,
    pub note_ms: Option<i64>,
}

impl Ledger {
    /// What waits to be read back or noted, whether or not its connection may be called now.
    pub async fn read_dues(&self) -> Result<Dues> {
        self.read_at_once(|c| {
            let earliest = |sql: &str| c.prepare_cached(sql)?.query_row([], |row| row.get(0));
            Ok(Dues {
                verify_ms: earliest(
                    "SELECT min(verify_due_ms) FROM documents INDEXED BY documents_unverified
                     WHERE state = 'issued' AND verification = 'pending'",
                )?,
                einvoice_ms: earliest("SELECT min(einvoice_due_ms) FROM documents WHERE einvoice_due_ms IS NOT NULL")?,
                note_ms: earliest("SELECT min(note_due_ms) FROM documents WHERE note_due_ms IS NOT NULL")?,
            })
        })
        .await
    }

    /// Issued documents whose verification is due, but for those of connections that may not be called now.
    pub async fn list_unverified(&self, now_ms: i64, closed: Vec<String>, limit: u32) -> Result<Vec<Document>> {
        self.read(move |c| {
            documents::list(
                c,
                // nearly all documents are issued: by their state all of them would be looked at
                "INDEXED BY documents_unverified
                 WHERE state = 'issued' AND verification = 'pending' AND verify_due_ms <= ?1
                   AND billing_id NOT IN (SELECT value FROM json_each(?2))
                 ORDER BY verify_due_ms LIMIT ?3",
                params![now_ms, serde_json::to_string(&closed)?, limit],
            )
        })
        .await
    }

    /// Has an issued document read again: something was done to it, or a person asks.
    pub async fn want_verification(&self, row: i64, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached(
                "UPDATE documents SET verification = 'pending', verify_due_ms = ?2, verify_tries = 0
                 WHERE row = ?1 AND state = 'issued'",
            )?
            .execute(params![row, now_ms])?;
            Ok(())
        })
        .await
    }

    /// A read of an e-invoice told nothing: it is due again then, unless meanwhile it is not due at all.
    pub async fn put_off_einvoice_read(&self, document_row: i64, due_ms: i64) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached(
                "UPDATE documents SET einvoice_due_ms = ?2 WHERE row = ?1 AND einvoice_due_ms IS NOT NULL",
            )?
            .execute(params![document_row, due_ms])?;
            Ok(())
        })
        .await
    }

    /// A comparison of a whole series found these issued documents other than the ledger has them: (row, JSON of the field and
    /// both values). What is noted already is left as it is.
    pub async fn record_mismatches(&self, found: Vec<(i64, String)>, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            for (row, detail) in &found {
                let changed = c
                    .prepare_cached(
                        "UPDATE documents SET verification = 'mismatched', verification_detail = ?2, verify_due_ms = NULL,
                           changed_ms = ?3
                         WHERE row = ?1 AND state = 'issued'
                           AND (verification <> 'mismatched' OR verification_detail IS NOT ?2)",
                    )?
                    .execute(params![row, detail, now_ms])?;
                if changed == 1 {
                    let facts = serde_json::from_str(detail)?;
                    let order_row = documents::get(c, *row)?.order_row;
                    events::insert(c, order_row, Some(*row), now_ms, &NewEvent::new("mismatched", facts))?;
                }
            }
            Ok(())
        })
        .await
    }

    /// What a later read of an issued document said. It changes nothing where the document moved on meanwhile, or where a
    /// comparison of its series has said what is wrong with it.
    pub async fn record_verification(&self, document_row: i64, verified: Verified, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let changed = c
                .prepare_cached(
                    "UPDATE documents SET verification = ?2, verification_detail = ?3, verify_due_ms = ?4,
                       verify_tries = verify_tries + 1, changed_ms = ?5
                     WHERE row = ?1 AND state = 'issued' AND verification = 'pending'",
                )?
                .execute(params![
                    document_row,
                    verified.verification.as_str(),
                    verified.detail,
                    verified.due_ms,
                    now_ms
                ])?;
            if changed == 0 {
                return Ok(());
            }
            let what = match verified.verification {
                Verification::Pending => return Ok(()),
                Verification::Verified => "verified",
                Verification::Mismatched => "mismatched",
                Verification::CannotBeVerified => "cannot_be_verified",
            };
            let document = documents::get_bare(c, document_row)?;
            let facts = match &verified.detail {
                Some(detail) => serde_json::from_str(detail).unwrap_or_else(|_| json!({ "detail": detail })),
                None => Value::Object(Default::default()),
            };
            events::insert(c, document.order_row, Some(document_row), now_ms, &NewEvent::new(what, facts))
        })
        .await
    }
}
