//! One record's own edits: kept beside what its mapping makes, while its draft is open.
//!
//! Keeping edits sends nothing. A document that is due is decided again before it may be claimed, so that a draft without
//! the edits is never sent after they were acknowledged.

use super::Ledger;
use super::documents::{self, Document, NewDocument};
use super::events::{NewEvent, insert};
use crate::error::{Result, StoreError};
use punte_domain::{DocumentEvent, DocumentState, DraftEdit, Failure, Phase};
use rusqlite::params;
use serde::{Deserialize, Serialize};

/// Fields of one record's draft, set by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordEdits {
    pub edits: Vec<DraftEdit>,
    pub author: String,
    pub reason: String,
    pub at_ms: i64,
}

/// What keeping or undoing a record's edits writes.
#[derive(Debug, Clone)]
pub struct EditsKept {
    /// `None`: the draft is what the mapping makes.
    pub edits: Option<RecordEdits>,
    /// The draft with them.
    pub plan: NewDocument,
    /// What keeps that draft from being sent.
    pub failure: Option<Failure>,
    /// `draft_edited` or `draft_edit_undone`, with its facts and who.
    pub note: NewEvent,
}

impl Ledger {
    /// Replaces a record's edits and its draft with them. What was held stays held, for a person to retry.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where the draft is no longer open, follows from another document, or was edited since `revision`.
    pub async fn save_edits(&self, document_row: i64, revision: u32, kept: EditsKept, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let document = documents::get_bare(c, document_row)?;
            let is_open = document.state.draft_is_open() && document.takes_back().is_none();
            if !is_open || document.edit_revision != revision {
                return Err(StoreError::Stale(document.id));
            }
            let edits = kept.edits.as_ref().map(serde_json::to_string).transpose()?;
            c.prepare_cached("UPDATE documents SET edits = ?2, edit_revision = edit_revision + 1 WHERE row = ?1")?
                .execute(params![document_row, edits])?;
            let plan = NewDocument { edit_revision: revision + 1, ..kept.plan };
            documents::update_draft(c, document_row, &plan, now_ms)?;
            insert(c, document.order_row, Some(document_row), now_ms, &kept.note)?;
            if document.state == DocumentState::Ready {
                c.prepare_cached("UPDATE orders SET wanted = wanted + 1 WHERE row = ?1")?
                    .execute([document.order_row])?;
            }
            match kept.failure {
                Some(failure) if takes_the_place(&document, &failure) => {
                    let note = NewEvent::new("held", serde_json::json!({})).with_failure(&failure);
                    documents::apply(c, &document, DocumentEvent::Held, Some(&failure), now_ms, &note)
                }
                _ => Ok(()),
            }
        })
        .await
    }
}

/// Whether a draft's failure becomes what its document is held for: what a provider said, or a look proved, stays.
fn takes_the_place(document: &Document, failure: &Failure) -> bool {
    match &document.failure {
        Some(standing) => standing.phase == Phase::Prepare && standing != failure,
        None => true,
    }
}
