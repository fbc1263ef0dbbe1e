//! Documents that follow from another one: a storno, which takes it back, and a new generation, which invoices its order
//! anew. Their whole life is a document's; only how they begin is here.

use super::documents::{self, Document};
use super::events::{self, NewEvent};
use super::{DocumentPlan, Ledger};
use crate::error::{Result, StoreError};
use punte_domain::DocumentState;
use punte_domain::planted::{Bug, is_planted};
use rusqlite::{Connection as Sqlite, params};
use serde_json::json;

/// Whether a storno of a document was asked for and not given up.
pub(super) fn has_storno(c: &Sqlite, document_row: i64) -> Result<bool> {
    Ok(c.prepare_cached("SELECT EXISTS (SELECT 1 FROM documents WHERE reverses_row = ?1 AND state <> 'dismissed')")?
        .query_row([document_row], |row| row.get(0))?)
}

/// Whether a later generation of a document's issue key was asked for.
pub(super) fn has_successor(c: &Sqlite, document: &Document) -> Result<bool> {
    Ok(c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM documents WHERE order_row = ?1 AND role = ?2 AND generation > ?3)",
    )?
    .query_row(params![document.order_row, document.role, document.generation], |row| row.get(0))?)
}

impl Ledger {
    /// Writes a storno down as a document of its own, due now. The original must be issued, and have no storno yet.
    pub async fn request_storno(
        &self,
        original_row: i64,
        storno: documents::NewDocument,
        reason: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<Document> {
        let (reason, who) = (reason.to_owned(), who.to_owned());
        self.write(move |c| {
            let original = documents::get(c, original_row)?;
            if original.state != DocumentState::Issued {
                return Err(StoreError::Stale(format!("{} is {}", original.id, original.state.as_str())));
            }
            let open: bool = c
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM operations
                       WHERE document_row = ?1 AND state IN ('waiting', 'sending', 'in_doubt'))",
                )?
                .query_row([original_row], |row| row.get(0))?;
            if open {
                return Err(StoreError::Stale(format!("{}: an operation is open", original.id)));
            }
            if documents::find_by_key(c, &storno.issue_key)?.is_some() {
                return Err(StoreError::Stale(format!("{} has a storno", original.id)));
            }
            let plan = DocumentPlan { document: storno, seen: None, failure: None };
            let row = documents::insert(c, original.order_row, &plan, now_ms)?;
            c.prepare_cached("UPDATE documents SET reverses_row = ?2 WHERE row = ?1")?
                .execute(params![row, original_row])?;
            let number = original.number.clone().unwrap_or_default();
            let facts = json!({ "series": original.series, "number": number, "reason": reason });
            let event = NewEvent::new("storno_requested", facts).by(&who);
            events::insert(c, original.order_row, Some(original_row), now_ms, &event)?;
            documents::get(c, row)
        })
        .await
    }

    /// Writes a new generation of an order's invoice down. The one before must be cancelled, reversed or deleted, and have no
    /// successor yet.
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
            let row = documents::insert(c, before.order_row, &plan, now_ms)?;
            let facts = json!({ "generation": plan.document.generation.to_string(), "reason": reason });
            let event = NewEvent::new("invoiced_again", facts).by(&who);
            events::insert(c, before.order_row, Some(row), now_ms, &event)?;
            documents::get(c, row)
        })
        .await
    }
}
