//! Stornos: documents that take another one back. Their whole life is a document's; only how they begin is here.

use super::Ledger;
use super::documents::{self, Document};
use super::events::{self, NewEvent};
use crate::error::{Result, StoreError};
use punte_domain::DocumentState;
use rusqlite::{Connection as Sqlite, params};
use serde_json::json;

/// Whether a storno of a document was asked for and not given up.
pub(super) fn has_storno(c: &Sqlite, document_row: i64) -> Result<bool> {
    Ok(c.prepare_cached("SELECT EXISTS (SELECT 1 FROM documents WHERE reverses_row = ?1 AND state <> 'dismissed')")?
        .query_row([document_row], |row| row.get(0))?)
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
            let plan = super::DocumentPlan { document: storno, seen: None, failure: None };
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
}
