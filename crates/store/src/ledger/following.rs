//! Documents that follow from another one: a storno, which takes it back, a correction, which takes a part of it back, and a
//! new generation, which invoices its order anew. Their whole life is a document's; only how they begin is here.

use super::documents::{self, Document};
use super::events::{self, NewEvent};
use super::{DocumentPlan, Ledger, changes};
use crate::error::{Result, StoreError};
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{DocumentEvent, DocumentState};
use rusqlite::{Connection as Sqlite, params};
use serde_json::json;

/// A document that takes an issued one back, whole or in part.
#[derive(Debug, Clone)]
pub struct NewTakingBack {
    pub original_row: i64,
    pub document: documents::NewDocument,
    /// `None` for the provider's storno of the whole. For a part: what its planner knew to be taken back already, positive;
    /// another sum now makes the plan stale.
    pub part_after_minor: Option<i64>,
    /// The change of the order that it answers.
    pub change_row: Option<i64>,
    /// Why, in a person's words; empty where Punte does it by the flow's choice.
    pub reason: String,
    /// Empty for Punte itself.
    pub who: String,
}

/// Whether anything that takes a document back was asked for and not given up.
pub(super) fn is_taken_back(c: &Sqlite, document_row: i64) -> Result<bool> {
    Ok(has_storno(c, document_row)? || taken_back_minor(c, document_row)? > 0)
}

fn has_storno(c: &Sqlite, document_row: i64) -> Result<bool> {
    Ok(c.prepare_cached("SELECT EXISTS (SELECT 1 FROM documents WHERE reverses_row = ?1 AND state <> 'dismissed')")?
        .query_row([document_row], |row| row.get(0))?)
}

/// What corrections that were not given up take back of a document, positive.
fn taken_back_minor(c: &Sqlite, document_row: i64) -> Result<i64> {
    Ok(c.prepare_cached(
        "SELECT coalesce(-sum(total_minor), 0) FROM documents
         WHERE corrects_row = ?1 AND state NOT IN ('dismissed', 'cancelled', 'deleted')",
    )?
    .query_row([document_row], |row| row.get(0))?)
}

/// Whether issued corrections have taken a document back to the last.
pub(super) fn is_used_up(c: &Sqlite, document: &Document) -> Result<bool> {
    let issued: i64 = c
        .prepare_cached(
            "SELECT coalesce(-sum(total_minor), 0) FROM documents WHERE corrects_row = ?1 AND state = 'issued'",
        )?
        .query_row([document.row], |row| row.get(0))?;
    Ok(issued >= document.total_minor)
}

/// A document that takes another one back may go on only while there is so much to take back.
pub(super) fn check_room(c: &Sqlite, document: &Document) -> Result<()> {
    let stale = |why: &str| Err(StoreError::Stale(format!("{}: {why}", document.id)));
    if let Some(row) = document.reverses_row
        && taken_back_minor(c, row)? > 0
    {
        return stale("a part of its original was corrected meanwhile");
    }
    if let Some(row) = document.corrects_row {
        let original = documents::get(c, row)?;
        let own = if document.state == DocumentState::Dismissed { -document.total_minor } else { 0 };
        if original.state != DocumentState::Issued || has_storno(c, row)? {
            return stale("its original was taken back meanwhile");
        }
        if taken_back_minor(c, row)? + own > original.total_minor {
            return stale("more than its original holds");
        }
    }
    Ok(())
}

/// Whether something done to a document is not over: a restore may make it stand again.
fn has_open_operation(c: &Sqlite, document_row: i64) -> Result<bool> {
    Ok(c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM operations
           WHERE document_row = ?1 AND state IN ('waiting', 'sending', 'in_doubt'))",
    )?
    .query_row([document_row], |row| row.get(0))?)
}

/// Whether a later generation of a document's issue key was asked for.
pub(super) fn has_successor(c: &Sqlite, document: &Document) -> Result<bool> {
    Ok(c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM documents WHERE order_row = ?1 AND role = ?2 AND generation > ?3)",
    )?
    .query_row(params![document.order_row, document.role, document.generation], |row| row.get(0))?)
}

/// The storno of a document was issued, or the correction that takes the last of it back.
pub(super) fn reverse(c: &Sqlite, storno: &Document, number: &str, now_ms: i64) -> Result<()> {
    let Some(row) = storno.takes_back() else { return Ok(()) };
    let original = documents::get(c, row)?;
    if storno.corrects_row.is_some() && !is_used_up(c, &original)? {
        return Ok(());
    }
    // cancelled or deleted meanwhile by hand: the storno stands all the same
    if original.state.after(DocumentEvent::Reversed).is_err() {
        return Ok(());
    }
    let note = NewEvent::new("reversed", json!({ "series": storno.series, "number": number }));
    documents::apply(c, &original, DocumentEvent::Reversed, None, now_ms, &note)?;
    documents::want_note(c, &original, now_ms)
}

impl Ledger {
    /// Writes a storno or a correction down as a document of its own, due now. The original must be issued with nothing open
    /// on it; a storno wants it untouched, a correction takes no more than is left.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when that is not so, or when the issue key has a document already.
    pub async fn request_taking_back(&self, new: NewTakingBack, now_ms: i64) -> Result<Document> {
        self.write(move |c| {
            let original = documents::get(c, new.original_row)?;
            let stale = |why: &str| Err(StoreError::Stale(format!("{}: {why}", original.id)));
            if original.state != DocumentState::Issued {
                return stale(original.state.as_str());
            }
            if has_open_operation(c, original.row)? {
                return stale("an operation is open");
            }
            let taken = taken_back_minor(c, original.row)?;
            match new.part_after_minor {
                None if taken > 0 => return stale("a part of it was corrected"),
                None => {}
                Some(known) => {
                    let part = -new.document.total_minor;
                    if known != taken || part <= 0 || taken + part > original.total_minor {
                        return stale("not so much is left of it");
                    }
                    if has_storno(c, original.row)? {
                        return stale("it has a storno");
                    }
                }
            }
            if documents::find_by_key(c, &new.document.issue_key)?.is_some() {
                return stale("it has such a document");
            }
            let is_part = new.part_after_minor.is_some();
            let amount = new.document.total_text.clone();
            let plan = DocumentPlan { document: new.document, seen: None, failure: None };
            let row = documents::insert(c, original.order_row, &plan, now_ms)?;
            let column = if is_part { "corrects_row" } else { "reverses_row" };
            c.prepare_cached(&format!("UPDATE documents SET {column} = ?2 WHERE row = ?1"))?
                .execute(params![row, original.row])?;
            if let Some(change_row) = new.change_row {
                changes::resolve(c, change_row, row, &new.reason, &new.who, now_ms)?;
            }
            let number = original.number.clone().unwrap_or_default();
            let facts = json!({ "series": original.series, "number": number, "reason": new.reason, "amount": amount });
            let what = match (is_part, new.who.is_empty()) {
                (false, false) => "storno_requested",
                (false, true) => "storno_automatic",
                (true, false) => "correction_requested",
                (true, true) => "correction_automatic",
            };
            let event = NewEvent::new(what, facts).by(&new.who);
            events::insert(c, original.order_row, Some(original.row), now_ms, &event)?;
            documents::get(c, row)
        })
        .await
    }

    /// Writes a new generation of an order's invoice down. The one before must be cancelled, reversed or deleted, with nothing open
    /// on it, and have no successor yet.
    pub async fn request_generation(
        &self,
        before_row: i64,
        plan: DocumentPlan,
        reason: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<Document> {
        let (reason, who) = (reason.to_owned(), who.to_owned());
        self.write(move |c| {
            let before = documents::get(c, before_row)?;
            let is_over =
                matches!(before.state, DocumentState::Cancelled | DocumentState::Reversed | DocumentState::Deleted);
            let is_over = is_over || is_planted(Bug::GenerationUnchecked);
            if !is_over || documents::find_by_key(c, &plan.document.issue_key)?.is_some() {
                return Err(StoreError::Stale(format!("{} is {}", before.id, before.state.as_str())));
            }
            if has_open_operation(c, before.row)? && !is_planted(Bug::GenerationUnchecked) {
                return Err(StoreError::Stale(format!("{}: an operation is open", before.id)));
            }
            let row = documents::insert(c, before.order_row, &plan, now_ms)?;
            let facts = json!({ "generation": plan.document.generation.to_string(), "reason": reason });
            let event = NewEvent::new("invoiced_again", facts).by(&who);
            events::insert(c, before.order_row, Some(row), now_ms, &event)?;
            documents::get(c, row)
        })
        .await
    }
}
