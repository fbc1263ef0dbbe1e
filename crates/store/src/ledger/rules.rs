//! What a flow's rules leave in the ledger: delays that run, what a person released, and what follows an invoice by itself.

use super::Ledger;
use super::documents::{self, Document, NewDocument};
use super::events::{self, NewEvent};
use super::orders::{ORDER, OrderRow, order_from};
use crate::error::{Result, StoreError};
use punte_domain::{DocumentEvent, DocumentState, FailureKind, FollowUps};
use rusqlite::{Connection as Sqlite, params};
use serde_json::json;

pub(super) fn follow_ups_text(d: &NewDocument) -> Result<Option<String>> {
    Ok(d.follow_ups.as_ref().map(serde_json::to_string).transpose()?)
}

/// What is ready and planned anew waits for the delay that its flow's rules set now, and for none that they set before.
pub(super) fn keep_delay(c: &Sqlite, row: i64, d: &NewDocument) -> Result<()> {
    c.prepare_cached(
        "UPDATE documents SET due_ms = ?2, delayed = ?3 WHERE row = ?1 AND state = 'ready' AND (delayed = 1 OR ?3)",
    )?
    .execute(params![row, d.due_ms, d.delayed])?;
    Ok(())
}

/// Gives an unsent document to another flow, which its order fits now. What was released was released from the first one's
/// rules.
pub(super) fn move_to_flow(c: &Sqlite, document: &Document, flow_id: &str, now_ms: i64) -> Result<()> {
    c.prepare_cached("UPDATE documents SET flow_id = ?2, released = '{}' WHERE row = ?1")?
        .execute(params![document.row, flow_id])?;
    for (flow, by) in [(document.flow_id.as_str(), -1), (flow_id, 1)] {
        c.prepare_cached(
            "INSERT INTO counters (name, value) VALUES ('flow:' || ?1 || ':' || ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET value = value + ?3",
        )?
        .execute(params![flow, document.state.as_str(), by])?;
    }
    let note = NewEvent::new("moved_flow", json!({ "from": document.flow_id, "flow": flow_id }));
    events::insert(c, document.order_row, Some(document.row), now_ms, &note)
}

/// A document was issued: what follows from it is due. Of one that was issued in a part of the ledger that was lost, or that
/// a person linked, nobody can tell what was done already: nothing follows.
pub(super) fn want_follow_ups(c: &Sqlite, before: &Document, is_linked: bool, now_ms: i64) -> Result<()> {
    let is_ours = !is_linked && !before.state.draft_is_open();
    c.prepare_cached(
        "UPDATE documents SET follow_ups = iif(?2, follow_ups, NULL), follow_up_due_ms = iif(?2, ?3, NULL)
         WHERE row = ?1 AND follow_ups IS NOT NULL",
    )?
    .execute(params![before.row, is_ours, now_ms])?;
    Ok(())
}

/// An order changed: a payment that waits for it may be due.
pub(super) fn look_again(c: &Sqlite, order_row: i64, now_ms: i64) -> Result<()> {
    c.prepare_cached(
        "UPDATE documents SET follow_up_due_ms = ?2
         WHERE order_row = ?1 AND state = 'issued' AND follow_ups IS NOT NULL",
    )?
    .execute(params![order_row, now_ms])?;
    Ok(())
}

/// A ledger that may be behind does not know what it asked for: nothing follows from what it believes issued or under way.
pub(super) fn forget_follow_ups(c: &Sqlite) -> Result<()> {
    c.execute(
        "UPDATE documents SET follow_ups = NULL, follow_up_due_ms = NULL
         WHERE follow_ups IS NOT NULL AND state NOT IN ('held', 'ready')",
        [],
    )?;
    Ok(())
}

impl Ledger {
    /// A person retries: the new draft passed its checks, the document is due now, or when its delay is over. The schedule is
    /// not restarted. `released`: what they let pass for this version of the order, and why.
    pub async fn requeue(
        &self,
        document: &Document,
        plan: NewDocument,
        released: Option<(FailureKind, String)>,
        who: &str,
        now_ms: i64,
    ) -> Result<()> {
        let (row, state, who) = (document.row, document.state, who.to_owned());
        self.write(move |c| {
            let document = documents::get(c, row)?;
            if document.state != state {
                return Err(StoreError::Stale(document.id));
            }
            documents::update_draft(c, row, &plan, now_ms)?;
            let note = match &released {
                None => NewEvent::new("retried", json!({})),
                Some((kind, reason)) => {
                    c.prepare_cached(
                        "UPDATE documents SET released = json_set(released, '$.' || ?2, ?3) WHERE row = ?1",
                    )?
                    .execute(params![row, kind.as_str(), plan.order_version])?;
                    NewEvent::new("released", json!({ "reason": reason }))
                }
            };
            documents::apply(c, &document, DocumentEvent::Queued, None, now_ms, &note.by(&who))?;
            keep_delay(c, row, &plan)
        })
        .await
    }

    /// Issued documents of which something is to be done by itself now, longest due first.
    pub async fn list_follow_ups_due(&self, now_ms: i64, limit: u32) -> Result<Vec<Document>> {
        self.read(move |c| {
            documents::list(
                c,
                // by their state nearly all documents would be looked at
                "INDEXED BY documents_follow_up_due WHERE follow_up_due_ms IS NOT NULL AND follow_up_due_ms <= ?1
                   AND state = 'issued' ORDER BY follow_up_due_ms, row LIMIT ?2",
                params![now_ms, limit],
            )
        })
        .await
    }

    /// What is left to be done of a document's follow-ups, and when it is looked at again; `None`: when its order changes.
    pub async fn keep_follow_ups(&self, row: i64, left: Option<FollowUps>, due_ms: Option<i64>) -> Result<()> {
        self.write(move |c| {
            let text = left.as_ref().map(serde_json::to_string).transpose()?;
            c.prepare_cached(
                "UPDATE documents SET follow_ups = ?2, follow_up_due_ms = iif(?2 IS NULL, NULL, ?3) WHERE row = ?1",
            )?
            .execute(params![row, text, due_ms])?;
            Ok(())
        })
        .await
    }

    /// Notes that something was not asked for by itself, and why.
    pub async fn record_not_followed(&self, row: i64, kind: &'static str, why: String, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let document = documents::get_bare(c, row)?;
            let note = NewEvent::new("not_followed", json!({ "operation": kind, "why": why }));
            events::insert(c, document.order_row, Some(row), now_ms, &note)
        })
        .await
    }

    /// The newest issue day (`YYYY-MM-DD`) in a company's series, of what was issued or may have been.
    pub async fn find_last_issue_day(&self, document: &Document) -> Result<Option<String>> {
        let place = (document.provider.clone(), document.company.clone(), document.series.clone());
        let row = document.row;
        self.read_at_once(move |c| last_issue_day(c, &place, row)).await
    }

    /// The newest orders of a shop with what was received, newest first.
    pub async fn list_newest_orders(&self, connection_id: &str, limit: u32) -> Result<Vec<(OrderRow, String)>> {
        let id = connection_id.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {ORDER}, (SELECT raw FROM order_versions v WHERE v.order_row = orders.row
                   ORDER BY v.version DESC LIMIT 1)
                 FROM orders WHERE connection_id = ?1 ORDER BY row DESC LIMIT ?2"
            ))?;
            let rows = query.query_map(params![id, limit], |row| Ok((order_from(row)?, row.get(11)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }
}

fn last_issue_day(
    c: &Sqlite,
    (provider, company, series): &(String, String, String),
    but_row: i64,
) -> Result<Option<String>> {
    // each half by an index of its own
    let sql = "SELECT max(day) FROM (
       SELECT max(issue_date) AS day FROM documents WHERE provider = ?1 AND company = ?2 AND series = ?3
         AND number IS NOT NULL AND role <> 'proforma' AND row <> ?4 AND state <> 'deleted'
       UNION ALL SELECT max(issue_date) FROM documents WHERE state IN ('sending', 'in_doubt')
         AND provider = ?1 AND company = ?2 AND series = ?3 AND role <> 'proforma' AND row <> ?4)";
    Ok(c.prepare_cached(sql)?.query_row(params![provider, company, series, but_row], |row| row.get(0))?)
}

/// Refuses to claim a document for a day before one that the series has already: another was claimed since that was looked at.
///
/// # Errors
/// [`StoreError::Stale`] then.
pub(super) fn check_day(c: &Sqlite, document: &Document, issue_date: &str, now_ms: i64) -> Result<()> {
    let is_released = document.is_released(FailureKind::IssueDateTooEarly, document.order_version);
    if document.state != DocumentState::Ready
        || is_released
        || issue_date >= punte_domain::fiscal_date(now_ms).to_string().as_str()
    {
        return Ok(());
    }
    let place = (document.provider.clone(), document.company.clone(), document.series.clone());
    match last_issue_day(c, &place, document.row)? {
        Some(last) if last.as_str() > issue_date => {
            Err(StoreError::Stale(format!("{}: the series has {last} already", document.id)))
        }
        _ => Ok(()),
    }
}
