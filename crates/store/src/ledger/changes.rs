//! What became of an order after its invoice was issued: seen, accepted, ignored, or gone again. Each state change goes
//! through the lifecycle's function and leaves an event.

use super::Ledger;
use super::documents::{self, Document};
use super::events::{self, NewEvent, optional_json};
use crate::error::{Result, StoreError};
use punte_domain::correction::RefundLine;
use punte_domain::{
    ChangeEvent, ChangeKind, ChangeState, Difference, DocumentState, OrderChange, Proposal, RefundMode,
};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::json;

/// A change as a comparison found it, with the flow's choice about its kind.
#[derive(Debug, Clone)]
pub struct SeenChange {
    /// Our id, used if it is new.
    pub id: String,
    pub change: OrderChange,
    pub mode: RefundMode,
}

#[derive(Debug, Clone)]
pub struct ChangeRow {
    pub row: i64,
    pub id: String,
    pub document_row: i64,
    pub kind: ChangeKind,
    /// The refund's id; empty for the other kinds.
    pub subject: String,
    pub state: ChangeState,
    pub mode: RefundMode,
    pub order_version: u32,
    pub facts: Vec<Difference>,
    pub proposal: Proposal,
    pub amount_minor: i64,
    /// `None` until the shop was asked.
    pub lines: Option<Vec<RefundLine>>,
    /// Why Punte does not do it by itself.
    pub blocked: Option<String>,
    pub tries: u32,
    pub made_row: Option<i64>,
    pub who: String,
    pub reason: String,
    pub created_ms: i64,
    pub changed_ms: i64,
}

impl ChangeRow {
    /// Whether the shop is still to be asked for the refund's lines.
    pub fn wants_lines(&self) -> bool {
        wants_lines(self.kind, self.proposal) && self.lines.is_none()
    }
}

fn wants_lines(kind: ChangeKind, proposal: Proposal) -> bool {
    kind == ChangeKind::RefundedPartly && proposal == Proposal::PartialStorno
}

const CHANGE: &str = "row, id, document_row, kind, subject, state, mode, order_version, facts, proposal, amount_minor, \
     lines, blocked, tries, made_row, who, reason, created_ms, changed_ms";

fn change_from(row: &Row<'_>) -> rusqlite::Result<ChangeRow> {
    let word = |column: usize| row.get::<_, String>(column);
    let unknown = |column: usize, text: &str| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, text.to_owned().into())
    };
    let (kind, state, mode, proposal) = (word(3)?, word(5)?, word(6)?, word(9)?);
    Ok(ChangeRow {
        row: row.get(0)?,
        id: row.get(1)?,
        document_row: row.get(2)?,
        kind: ChangeKind::parse(&kind).ok_or_else(|| unknown(3, &kind))?,
        subject: row.get(4)?,
        state: ChangeState::parse(&state).ok_or_else(|| unknown(5, &state))?,
        mode: RefundMode::parse(&mode).ok_or_else(|| unknown(6, &mode))?,
        order_version: row.get(7)?,
        facts: optional_json(row, 8)?.unwrap_or_default(),
        proposal: Proposal::parse(&proposal).ok_or_else(|| unknown(9, &proposal))?,
        amount_minor: row.get(10)?,
        lines: optional_json(row, 11)?,
        blocked: row.get(12)?,
        tries: row.get(13)?,
        made_row: row.get(14)?,
        who: row.get(15)?,
        reason: row.get(16)?,
        created_ms: row.get(17)?,
        changed_ms: row.get(18)?,
    })
}

fn list(c: &Sqlite, tail: &str, parameters: impl rusqlite::Params) -> Result<Vec<ChangeRow>> {
    let mut query = c.prepare_cached(&format!("SELECT {CHANGE} FROM changes {tail}"))?;
    let rows = query.query_map(parameters, change_from)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn of_document(c: &Sqlite, document_row: i64) -> Result<Vec<ChangeRow>> {
    list(c, "WHERE document_row = ?1 ORDER BY row LIMIT 500", [document_row])
}

/// The order got a newer version: whatever of it was sent is compared once it is issued.
pub(super) fn want_judgement(c: &Sqlite, order_row: i64, now_ms: i64) -> Result<()> {
    c.prepare_cached(
        "UPDATE documents SET change_due_ms = ?2 WHERE order_row = ?1 AND role IN ('invoice', 'proforma')
           AND state IN ('sending', 'in_doubt', 'issued', 'cancelled')",
    )?
    .execute(params![order_row, now_ms])?;
    Ok(())
}

/// The one place where a change's state changes.
fn apply(c: &Sqlite, change: &ChangeRow, event: ChangeEvent, now_ms: i64) -> Result<ChangeState> {
    let next = change.state.after(event).map_err(|error| StoreError::Stale(error.to_string()))?;
    let changed = c
        .prepare_cached(
            "UPDATE changes SET state = ?3, changed_ms = ?4, due_ms = iif(?3 = 'open', due_ms, NULL)
             WHERE row = ?1 AND state = ?2",
        )?
        .execute(params![change.row, change.state.as_str(), next.as_str(), now_ms])?;
    if changed == 0 { Err(StoreError::Stale(change.id.clone())) } else { Ok(next) }
}

fn note(c: &Sqlite, document: &Document, what: &'static str, change: &OrderChange, now_ms: i64) -> Result<()> {
    let first = change.facts.first();
    let value = |of: fn(&Difference) -> &String| first.map(of).cloned().unwrap_or_default();
    let facts = json!({
        "change": change.kind.as_str(), "refund": change.subject, "before": value(|fact| &fact.before),
        "after": value(|fact| &fact.after),
    });
    events::insert(c, document.order_row, Some(document.row), now_ms, &NewEvent::new(what, facts))
}

/// When the change is to be looked at by Punte itself: to ask the shop for lines, or to act.
fn due(seen: &SeenChange, now_ms: i64) -> Option<i64> {
    let acts = seen.mode == RefundMode::Automatic && seen.change.proposal != Proposal::Nothing;
    (acts || wants_lines(seen.change.kind, seen.change.proposal)).then_some(now_ms)
}

fn insert(c: &Sqlite, document: &Document, order_version: u32, seen: &SeenChange, now_ms: i64) -> Result<()> {
    let one = &seen.change;
    let is_off = seen.mode == RefundMode::Off;
    let state = if is_off { ChangeState::Noted } else { ChangeState::Open };
    c.prepare_cached(
        "INSERT INTO changes (id, document_row, kind, subject, state, mode, order_version, facts, proposal, amount_minor,
           due_ms, created_ms, changed_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)",
    )?
    .execute(params![
        seen.id,
        document.row,
        one.kind.as_str(),
        one.subject,
        state.as_str(),
        seen.mode.as_str(),
        order_version,
        serde_json::to_string(&one.facts)?,
        one.proposal.as_str(),
        one.amount_minor,
        if is_off { None } else { due(seen, now_ms) },
        now_ms
    ])?;
    note(c, document, if is_off { "change_noted" } else { "changed_since_invoicing" }, one, now_ms)
}

/// A change that is known already: what a later version says of it, and what follows for its state.
fn update(
    c: &Sqlite,
    document: &Document,
    order_version: u32,
    known: &ChangeRow,
    seen: &SeenChange,
    now_ms: i64,
) -> Result<()> {
    let one = &seen.change;
    let is_moved = known.facts != one.facts;
    let event = if is_moved && seen.mode != RefundMode::Off { ChangeEvent::Moved } else { ChangeEvent::Seen };
    let next = apply(c, known, event, now_ms)?;
    c.prepare_cached(
        "UPDATE changes SET order_version = ?2, facts = ?3, proposal = ?4, amount_minor = ?5,
           lines = iif(amount_minor = ?5, lines, NULL) WHERE row = ?1",
    )?
    .execute(params![
        known.row,
        order_version,
        serde_json::to_string(&one.facts)?,
        one.proposal.as_str(),
        one.amount_minor
    ])?;
    let is_opened = next == ChangeState::Open && known.state != ChangeState::Open;
    if is_opened || next == ChangeState::Open && is_moved {
        c.prepare_cached(
            "UPDATE changes SET mode = ?2, due_ms = ?3, blocked = NULL, tries = 0, who = '', reason = '' WHERE row = ?1",
        )?
        .execute(params![known.row, seen.mode.as_str(), due(seen, now_ms)])?;
        note(c, document, "changed_since_invoicing", one, now_ms)?;
    }
    Ok(())
}

fn close(c: &Sqlite, document: &Document, change: &ChangeRow, why: &str, now_ms: i64) -> Result<()> {
    apply(c, change, ChangeEvent::Gone, now_ms)?;
    let facts = json!({ "change": change.kind.as_str(), "refund": change.subject, "why": why });
    events::insert(c, document.order_row, Some(document.row), now_ms, &NewEvent::new("change_closed", facts))
}

/// The invoice is no more: nothing is left to be proposed about it.
pub(super) fn close_all(c: &Sqlite, document: &Document, state: DocumentState, now_ms: i64) -> Result<()> {
    for change in of_document(c, document.row)?.iter().filter(|change| change.state == ChangeState::Open) {
        close(c, document, change, state.as_str(), now_ms)?;
    }
    Ok(())
}

/// A document was written down for a change. Answers nothing to propose any more.
pub(super) fn resolve(c: &Sqlite, change_row: i64, made_row: i64, reason: &str, who: &str, now_ms: i64) -> Result<()> {
    let change = get(c, change_row)?;
    apply(c, &change, ChangeEvent::Accepted, now_ms)?;
    c.prepare_cached("UPDATE changes SET made_row = ?2, reason = ?3, who = ?4, blocked = NULL WHERE row = ?1")?
        .execute(params![change_row, made_row, reason, who])?;
    Ok(())
}

fn get(c: &Sqlite, row: i64) -> Result<ChangeRow> {
    let found = list(c, "WHERE row = ?1", [row])?.pop();
    found.ok_or_else(|| StoreError::NotFound(format!("change row {row}")))
}

impl Ledger {
    /// Issued invoices whose orders got newer versions since they were compared, oldest first.
    pub async fn list_unjudged(&self, now_ms: i64, limit: u32) -> Result<Vec<Document>> {
        self.read(move |c| {
            documents::list(
                c,
                // by their state nearly all documents would be looked at
                "INDEXED BY documents_change_due
                 WHERE change_due_ms IS NOT NULL AND state = 'issued' AND change_due_ms <= ?1
                 ORDER BY change_due_ms, row LIMIT ?2",
                params![now_ms, limit],
            )
        })
        .await
    }

    /// An order cannot be compared with its invoice now: again then.
    pub async fn put_off_judgement(&self, document_row: i64, due_ms: i64) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached("UPDATE documents SET change_due_ms = ?2 WHERE row = ?1 AND change_due_ms IS NOT NULL")?
                .execute(params![document_row, due_ms])?;
            Ok(())
        })
        .await
    }

    /// Writes down how an order's version differs from its issued invoice. What was open and is not seen any more is closed.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the order or the invoice moved on since it was compared.
    pub async fn record_changes(
        &self,
        document_row: i64,
        order_version: u32,
        seen: Vec<SeenChange>,
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |c| {
            let document = documents::get(c, document_row)?;
            let version: u32 =
                c.query_row("SELECT version FROM orders WHERE row = ?1", [document.order_row], |row| row.get(0))?;
            if version != order_version || document.state != DocumentState::Issued {
                return Err(StoreError::Stale(format!("{}: compared with what is no more", document.id)));
            }
            let known = of_document(c, document_row)?;
            let is_same = |known: &ChangeRow, seen: &SeenChange| {
                (known.kind, &known.subject) == (seen.change.kind, &seen.change.subject)
            };
            for one in known.iter().filter(|one| one.state == ChangeState::Open) {
                if !seen.iter().any(|seen| is_same(one, seen)) {
                    close(c, &document, one, "as_invoiced", now_ms)?;
                }
            }
            for one in &seen {
                match known.iter().find(|known| is_same(known, one)) {
                    Some(known) => update(c, &document, order_version, known, one, now_ms)?,
                    None => insert(c, &document, order_version, one, now_ms)?,
                }
            }
            c.execute("UPDATE documents SET change_due_ms = NULL WHERE row = ?1", [document_row])?;
            Ok(())
        })
        .await
    }

    /// Every change of a document, oldest first.
    pub async fn list_changes(&self, document_row: i64) -> Result<Vec<ChangeRow>> {
        self.read(move |c| of_document(c, document_row)).await
    }

    pub async fn find_change(&self, id: &str) -> Result<Option<ChangeRow>> {
        let id = id.to_owned();
        self.read(move |c| Ok(list(c, "WHERE id = ?1", [&id])?.pop())).await
    }

    /// Open changes that Punte itself is to look at.
    pub async fn list_changes_due(&self, now_ms: i64, limit: u32) -> Result<Vec<ChangeRow>> {
        self.read(move |c| {
            list(
                c,
                "WHERE due_ms IS NOT NULL AND due_ms <= ?1 AND state = 'open' ORDER BY due_ms, row LIMIT ?2",
                params![now_ms, limit],
            )
        })
        .await
    }

    /// When the earliest comparison or open change is due; `None` where none waits. What is not issued yet may be at any
    /// moment.
    pub async fn next_change_due(&self) -> Result<Option<i64>> {
        self.read(|c| {
            Ok(c.prepare_cached(
                "SELECT min(due) FROM (
                   SELECT min(change_due_ms) AS due FROM documents INDEXED BY documents_change_due
                     WHERE change_due_ms IS NOT NULL AND state IN ('sending', 'in_doubt', 'issued')
                   UNION ALL SELECT min(due_ms) FROM changes WHERE due_ms IS NOT NULL)",
            )?
            .query_row([], |row| row.get(0))?)
        })
        .await
    }

    /// Keeps a refund's lines as the shop lists them.
    pub async fn record_refund_lines(&self, change_row: i64, lines: Vec<RefundLine>, now_ms: i64) -> Result<ChangeRow> {
        self.write(move |c| {
            c.prepare_cached("UPDATE changes SET lines = ?2, changed_ms = ?3, tries = 0 WHERE row = ?1")?
                .execute(params![change_row, serde_json::to_string(&lines)?, now_ms])?;
            get(c, change_row)
        })
        .await
    }

    /// When Punte looks at an open change again (`None`: it is a person's), and why it does not act now.
    pub async fn put_off_change(
        &self,
        change_row: i64,
        due_ms: Option<i64>,
        blocked: Option<&'static str>,
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached(
                "UPDATE changes SET due_ms = ?2, blocked = ?3, tries = tries + 1, changed_ms = ?4
                 WHERE row = ?1 AND state = 'open'",
            )?
            .execute(params![change_row, due_ms, blocked, now_ms])?;
            Ok(())
        })
        .await
    }

    /// A person leaves a change as it is.
    pub async fn ignore_change(&self, id: &str, reason: &str, who: &str, now_ms: i64) -> Result<()> {
        let (id, reason, who) = (id.to_owned(), reason.to_owned(), who.to_owned());
        self.write(move |c| {
            let change: Option<ChangeRow> = c
                .prepare_cached(&format!("SELECT {CHANGE} FROM changes WHERE id = ?1"))?
                .query_row([&id], change_from)
                .optional()?;
            let change = change.ok_or(StoreError::NotFound(id))?;
            apply(c, &change, ChangeEvent::Ignored, now_ms)?;
            c.prepare_cached("UPDATE changes SET reason = ?2, who = ?3 WHERE row = ?1")?
                .execute(params![change.row, reason, who])?;
            let document = documents::get(c, change.document_row)?;
            let facts = json!({ "change": change.kind.as_str(), "refund": change.subject, "reason": reason });
            let event = NewEvent::new("change_ignored", facts).by(&who);
            events::insert(c, document.order_row, Some(document.row), now_ms, &event)
        })
        .await
    }
}
