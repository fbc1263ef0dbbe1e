//! Proformas beside the invoices that follow from them: which gives way to which, and when either may be sent.

use super::documents::{self, Document};
use super::events::NewEvent;
use super::{DecisionRow, Ledger};
use crate::error::{Result, StoreError};
use punte_domain::rules::is_settled;
use punte_domain::{DocumentEvent, DocumentState, Failure, FailureKind, OrderHead, Phase};
use rusqlite::{Connection as Sqlite, params};
use serde_json::json;

pub(super) const PROFORMA: &str = "proforma";

/// Where an order's proforma stands when its invoice is to be sent.
#[derive(Debug, Clone)]
pub enum ProformaStanding {
    /// There is none, or none that was issued and stands: the invoice follows from nothing.
    None,
    /// It may have been issued, and nobody knows yet: the invoice would not name it.
    Unsettled,
    Issued(Box<Document>),
}

fn of_order(c: &Sqlite, order_row: i64) -> Result<Vec<Document>> {
    documents::list(c, "WHERE order_row = ?1 AND role = 'proforma' ORDER BY row", [order_row])
}

/// Whether nobody knows if a proforma was issued.
fn is_unsettled(document: &Document) -> bool {
    match document.state {
        DocumentState::Sending | DocumentState::InDoubt => true,
        DocumentState::Held => !is_unsent(document),
        DocumentState::Ready
        | DocumentState::Issued
        | DocumentState::Cancelled
        | DocumentState::Reversed
        | DocumentState::Deleted
        | DocumentState::Dismissed => false,
    }
}

/// Whether an open document was certainly never issued.
fn is_unsent(document: &Document) -> bool {
    let phase = document.failure.as_ref().map_or(Phase::Prepare, |failure| failure.phase);
    document.state.draft_is_open() && !matches!(phase, Phase::Unknown | Phase::Mismatch)
}

fn standing(c: &Sqlite, invoice: &Document) -> Result<ProformaStanding> {
    let all = of_order(c, invoice.order_row)?;
    if all.iter().any(is_unsettled) {
        return Ok(ProformaStanding::Unsettled);
    }
    // what follows from a proforma is the first invoice; a later one has been invoiced before
    let is_its = |one: &&Document| {
        one.state == DocumentState::Issued
            && invoice.generation == 1
            && (&one.provider, &one.company, &one.billing_id)
                == (&invoice.provider, &invoice.company, &invoice.billing_id)
    };
    let issued = all.iter().rfind(is_its);
    Ok(issued.map_or(ProformaStanding::None, |one| ProformaStanding::Issued(Box::new(one.clone()))))
}

/// Whether an order has an invoice that was sent, whatever became of it.
pub(super) fn is_invoiced(c: &Sqlite, order_row: i64) -> Result<bool> {
    Ok(c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM documents WHERE order_row = ?1 AND role = 'invoice'
           AND state NOT IN ('held', 'ready', 'dismissed'))",
    )?
    .query_row([order_row], |row| row.get(0))?)
}

/// Refuses to claim what must not be sent now: a proforma of an order that is invoiced, an invoice while its proforma is not
/// settled, or with another proforma than stands.
///
/// # Errors
/// [`StoreError::Stale`] then.
pub(super) fn check_claim(c: &Sqlite, document: &Document, named: Option<i64>) -> Result<()> {
    let stale = |why: &str| Err(StoreError::Stale(format!("{}: {why}", document.id)));
    if document.role == PROFORMA {
        return if is_invoiced(c, document.order_row)? { stale("its order is invoiced") } else { Ok(()) };
    }
    if document.takes_back().is_some() {
        return Ok(());
    }
    match (standing(c, document)?, named) {
        (ProformaStanding::Unsettled, _) => stale("its proforma is not settled"),
        (ProformaStanding::Issued(one), Some(row)) if one.row == row => Ok(()),
        (_, Some(_)) => stale("its proforma moved on"),
        (_, None) => Ok(()),
    }
}

/// What one flow's decision leaves of the other sort of document: an invoice that is due does away with a proforma that was
/// never sent, and an order that is not paid any more pulls its invoice back.
pub(super) fn give_way(c: &Sqlite, order_row: i64, decision: &DecisionRow, now_ms: i64) -> Result<()> {
    let others = documents::list_by_order(c, order_row)?;
    let others = others.iter().filter(|one| one.flow_id == decision.flow_id && one.state.draft_is_open());
    let planned = decision.plan.as_ref().map(|plan| plan.document.role.as_str());
    for document in others {
        match (planned, document.role.as_str()) {
            (Some("invoice"), PROFORMA) => supersede(c, document, now_ms)?,
            (None, PROFORMA) if is_settled(&head_of(c, order_row)?) => supersede(c, document, now_ms)?,
            (Some(PROFORMA), "invoice") => {
                let object = format!("order {}", document.order_number);
                let failure = Failure::new(FailureKind::OrderWithdrawn, Phase::Prepare, "decide", object);
                let failure = failure.with_detail("not_paid");
                let note = NewEvent::new("held", json!({})).with_failure(&failure);
                documents::apply(c, document, DocumentEvent::Held, Some(&failure), now_ms, &note)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn head_of(c: &Sqlite, order_row: i64) -> Result<OrderHead> {
    let head: String =
        c.prepare_cached("SELECT head FROM orders WHERE row = ?1")?.query_row([order_row], |row| row.get(0))?;
    Ok(serde_json::from_str(&head)?)
}

/// A proforma that was certainly never issued is needed no more. One that may have been is left to be settled.
fn supersede(c: &Sqlite, document: &Document, now_ms: i64) -> Result<()> {
    if !is_unsent(document) {
        return Ok(());
    }
    let note = NewEvent::new("superseded", json!({}));
    documents::apply(c, document, DocumentEvent::Superseded, document.failure.as_ref(), now_ms, &note)
}

/// An invoice was issued: what there was to say of the order's proforma is looked at again.
pub(super) fn look_again(c: &Sqlite, invoice: &Document, now_ms: i64) -> Result<()> {
    c.prepare_cached(
        "UPDATE documents SET change_due_ms = ?2 WHERE order_row = ?1 AND role = 'proforma' AND state = 'issued'",
    )?
    .execute(params![invoice.order_row, now_ms])?;
    Ok(())
}

impl Ledger {
    /// Where the proforma of an invoice's order stands.
    pub async fn find_proforma(&self, invoice: &Document) -> Result<ProformaStanding> {
        let invoice = invoice.clone();
        self.read_at_once(move |c| standing(c, &invoice)).await
    }

    /// Whether an order has an invoice that was sent, whatever became of it.
    pub async fn is_invoiced(&self, order_row: i64) -> Result<bool> {
        self.read_at_once(move |c| is_invoiced(c, order_row)).await
    }

    /// Does away with a proforma that was not sent and whose order is invoiced already.
    pub async fn supersede_proforma(&self, row: i64, now_ms: i64) -> Result<()> {
        self.write(move |c| supersede(c, &documents::get(c, row)?, now_ms)).await
    }

    /// Whether an issued proforma was invoiced, or is being invoiced.
    pub async fn has_invoice_of(&self, proforma_row: i64) -> Result<bool> {
        self.read_at_once(move |c| {
            Ok(c.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM documents WHERE proforma_row = ?1 AND proforma_row IS NOT NULL
                   AND state IN ('sending', 'in_doubt', 'issued'))",
            )?
            .query_row([proforma_row], |row| row.get(0))?)
        })
        .await
    }
}
