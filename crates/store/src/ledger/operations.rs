//! What is done to issued documents: each operation from its intent to its outcome. What an operation changes of its
//! document is committed with its outcome.

use super::Ledger;
use super::documents::{self, Document};
use super::events::{self, NewEvent, failure_text, optional_json};
use super::following;
use crate::error::{Result, StoreError};
use punte_domain::{DocumentEvent, Failure, FailureKind, OperationEvent, OperationKind, OperationState, Phase};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::{Value, json};

/// Asked for by a person; nothing sent yet.
#[derive(Debug, Clone)]
pub struct NewOperation {
    pub id: String,
    pub document_row: i64,
    pub kind: OperationKind,
    /// JSON of the payment or the e-mail; `{}` for the others.
    pub params: String,
    pub reason: String,
    pub who: String,
    /// One line of what is asked for (`59.00 RON`, the address): a fact for the timeline.
    pub about: String,
}

#[derive(Debug, Clone)]
pub struct Operation {
    pub row: i64,
    pub id: String,
    pub document_row: i64,
    pub kind: OperationKind,
    pub state: OperationState,
    pub params: String,
    pub reason: String,
    pub who: String,
    pub baseline: String,
    pub idempotency_key: String,
    /// JSON of the exchange, redacted.
    pub record: String,
    pub failure: Option<Failure>,
    pub evidence: Option<String>,
    pub tries: u32,
    pub due_ms: Option<i64>,
    pub created_ms: i64,
    pub started_ms: Option<i64>,
    pub finished_ms: Option<i64>,
}

/// What came of an operation that was sent.
#[derive(Debug, Clone)]
pub enum OperationOutcome {
    Done(Effect),
    Refused(Failure),
    /// Nothing was done, and the record is not at fault: due again then.
    Back {
        failure: Failure,
        due_ms: i64,
    },
    Unknown(Failure),
}

/// What a done operation changes of its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    None,
    Cancelled,
    Restored,
    Deleted,
    Paid { paid_minor: i64 },
    EInvoice { state: String, words: String, due_ms: Option<i64> },
}

const OPERATION: &str = "row, id, document_row, kind, state, params, reason, who, baseline, idempotency_key, record, \
     failure, evidence, tries, due_ms, created_ms, started_ms, finished_ms";

fn operation_from(row: &Row<'_>) -> rusqlite::Result<Operation> {
    let (kind, state): (String, String) = (row.get(3)?, row.get(4)?);
    let unknown = |column: usize, text: &str| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, text.to_owned().into())
    };
    Ok(Operation {
        row: row.get(0)?,
        id: row.get(1)?,
        document_row: row.get(2)?,
        kind: OperationKind::parse(&kind).ok_or_else(|| unknown(3, &kind))?,
        state: OperationState::parse(&state).ok_or_else(|| unknown(4, &state))?,
        params: row.get(5)?,
        reason: row.get(6)?,
        who: row.get(7)?,
        baseline: row.get(8)?,
        idempotency_key: row.get(9)?,
        record: row.get(10)?,
        failure: optional_json(row, 11)?,
        evidence: row.get(12)?,
        tries: row.get(13)?,
        due_ms: row.get(14)?,
        created_ms: row.get(15)?,
        started_ms: row.get(16)?,
        finished_ms: row.get(17)?,
    })
}

fn get(c: &Sqlite, row: i64) -> Result<Operation> {
    c.prepare_cached(&format!("SELECT {OPERATION} FROM operations WHERE row = ?1"))?
        .query_row([row], operation_from)
        .optional()?
        .ok_or_else(|| StoreError::NotFound(format!("operation row {row}")))
}

/// Operations by a condition of ours, ordered and bounded by it.
pub(super) fn list(c: &Sqlite, tail: &str, parameters: impl rusqlite::Params) -> Result<Vec<Operation>> {
    let mut query = c.prepare_cached(&format!("SELECT {OPERATION} FROM operations {tail}"))?;
    let rows = query.query_map(parameters, operation_from)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The one place where an operation's state changes.
fn apply(
    c: &Sqlite,
    operation: &Operation,
    event: OperationEvent,
    failure: Option<&Failure>,
    due_ms: Option<i64>,
    now_ms: i64,
) -> Result<OperationState> {
    let next = operation.state.after(event).map_err(|error| StoreError::Stale(error.to_string()))?;
    let finished_ms = (!next.is_open()).then_some(now_ms);
    let changed = c
        .prepare_cached(
            "UPDATE operations SET state = ?3, failure = ?4, due_ms = ?5, finished_ms = ?6
             WHERE row = ?1 AND state = ?2",
        )?
        .execute(params![
            operation.row,
            operation.state.as_str(),
            next.as_str(),
            failure_text(failure)?,
            due_ms,
            finished_ms
        ])?;
    if changed == 0 { Err(StoreError::Stale(operation.id.clone())) } else { Ok(next) }
}

fn note(
    c: &Sqlite,
    operation: &Operation,
    what: &'static str,
    who: &str,
    failure: Option<&Failure>,
    now_ms: i64,
) -> Result<()> {
    let document = documents::get(c, operation.document_row)?;
    let mut event = NewEvent::new(what, json!({ "operation": operation.kind.as_str() })).by(who);
    event.failure = failure.cloned();
    events::insert(c, document.order_row, Some(document.row), now_ms, &event)
}

/// What a done operation means for its document.
fn take_effect(c: &Sqlite, document: &Document, effect: &Effect, now_ms: i64) -> Result<()> {
    let (event, what) = match effect {
        Effect::None => return Ok(()),
        Effect::Cancelled => (DocumentEvent::Cancelled, "cancelled"),
        Effect::Restored => (DocumentEvent::Restored, "restored"),
        Effect::Deleted => (DocumentEvent::Deleted, "deleted"),
        Effect::Paid { paid_minor } => return record_paid(c, document.row, *paid_minor, now_ms),
        Effect::EInvoice { state, words, due_ms } => {
            return record_einvoice(c, document, state, words, *due_ms, now_ms);
        }
    };
    // what is so already (a repeat, a read after the fact) is no new transition
    if document.state.after(event).is_err() {
        return Ok(());
    }
    documents::apply(c, document, event, None, now_ms, &NewEvent::new(what, Value::Object(Default::default())))?;
    documents::want_note(c, document, now_ms)
}

fn record_paid(c: &Sqlite, document_row: i64, paid_minor: i64, now_ms: i64) -> Result<()> {
    c.prepare_cached("UPDATE documents SET paid_minor = ?2, changed_ms = ?3 WHERE row = ?1")?.execute(params![
        document_row,
        paid_minor,
        now_ms
    ])?;
    Ok(())
}

fn record_einvoice(
    c: &Sqlite,
    document: &Document,
    state: &str,
    words: &str,
    due_ms: Option<i64>,
    now_ms: i64,
) -> Result<()> {
    c.prepare_cached(
        "UPDATE documents SET einvoice = ?2, einvoice_words = ?3, einvoice_due_ms = ?4, changed_ms = ?5 WHERE row = ?1",
    )?
    .execute(params![document.row, state, words, due_ms, now_ms])?;
    if document.einvoice.as_deref() == Some(state) {
        return Ok(());
    }
    let event = NewEvent::new("einvoice", json!({ "state": state, "words": words }));
    events::insert(c, document.order_row, Some(document.row), now_ms, &event)
}

impl Ledger {
    /// Writes an operation down, due now.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when another one on the same document is still open.
    pub async fn request_operation(&self, new: NewOperation, now_ms: i64) -> Result<Operation> {
        self.write(move |c| {
            let document = documents::get(c, new.document_row)?;
            let changes_state =
                matches!(new.kind, OperationKind::Cancel | OperationKind::Restore | OperationKind::Delete);
            if changes_state && following::is_taken_back(c, document.row)? {
                return Err(StoreError::Stale(format!("{} is being taken back", document.id)));
            }
            if new.kind == OperationKind::Restore && following::has_successor(c, &document)? {
                return Err(StoreError::Stale(format!("{} was invoiced again", document.id)));
            }
            let inserted = c
                .prepare_cached(
                    "INSERT INTO operations (id, document_row, kind, state, params, reason, who, baseline,
                       idempotency_key, record, tries, due_ms, created_ms)
                     VALUES (?1, ?2, ?3, 'waiting', ?4, ?5, ?6, '{}', '', '{}', 0, ?7, ?7)",
                )?
                .execute(params![new.id, new.document_row, new.kind.as_str(), new.params, new.reason, new.who, now_ms]);
            match inserted {
                Ok(_) => {}
                Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                    return Err(StoreError::Stale(format!("{}: another operation is open", document.id)));
                }
                Err(error) => return Err(error.into()),
            }
            let operation = get(c, c.last_insert_rowid())?;
            let facts = json!({ "operation": new.kind.as_str(), "about": new.about, "reason": new.reason });
            let event = NewEvent::new("operation_requested", facts).by(&new.who);
            events::insert(c, document.order_row, Some(document.row), now_ms, &event)?;
            Ok(operation)
        })
        .await
    }

    pub async fn find_operation(&self, id: &str) -> Result<Option<Operation>> {
        let id = id.to_owned();
        self.read(move |c| {
            Ok(c.prepare_cached(&format!("SELECT {OPERATION} FROM operations WHERE id = ?1"))?
                .query_row([id], operation_from)
                .optional()?)
        })
        .await
    }

    pub async fn list_operations(&self, document_row: i64) -> Result<Vec<Operation>> {
        self.read(move |c| list(c, "WHERE document_row = ?1 ORDER BY row DESC LIMIT 200", [document_row])).await
    }

    /// Operations in a state, oldest first.
    pub async fn list_operations_in(&self, state: OperationState, limit: u32) -> Result<Vec<Operation>> {
        self.read(move |c| list(c, "WHERE state = ?1 ORDER BY row LIMIT ?2", params![state.as_str(), limit])).await
    }

    /// Commits the intent: from here on a request may be under way. `repeat` is for what answers yes again.
    pub async fn record_operation_intent(
        &self,
        row: i64,
        repeat: bool,
        baseline: String,
        idempotency_key: String,
        now_ms: i64,
    ) -> Result<Operation> {
        self.write_intent(move |c| {
            let operation = get(c, row)?;
            let event = if repeat { OperationEvent::Repeated } else { OperationEvent::Claimed };
            apply(c, &operation, event, None, None, now_ms)?;
            c.prepare_cached(
                "UPDATE operations SET started_ms = ?2, tries = tries + 1, idempotency_key = ?3,
                   baseline = iif(?4, baseline, ?5) WHERE row = ?1",
            )?
            .execute(params![row, now_ms, idempotency_key, repeat, baseline])?;
            let what = if repeat { "operation_repeated" } else { "operation_sent" };
            note(c, &operation, what, "", None, now_ms)?;
            get(c, row)
        })
        .await
    }

    /// Commits what came of a sent operation, together with what it means for its document.
    pub async fn record_operation_outcome(
        &self,
        row: i64,
        outcome: OperationOutcome,
        record: String,
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |c| {
            let operation = get(c, row)?;
            c.prepare_cached("UPDATE operations SET record = ?2 WHERE row = ?1")?.execute(params![row, record])?;
            match &outcome {
                OperationOutcome::Done(effect) => {
                    apply(c, &operation, OperationEvent::Accepted, None, None, now_ms)?;
                    note(c, &operation, "operation_done", "", None, now_ms)?;
                    take_effect(c, &documents::get(c, operation.document_row)?, effect, now_ms)
                }
                OperationOutcome::Refused(failure) => {
                    apply(c, &operation, OperationEvent::Refused, Some(failure), None, now_ms)?;
                    note(c, &operation, "operation_refused", "", Some(failure), now_ms)
                }
                OperationOutcome::Back { failure, due_ms } => {
                    apply(c, &operation, OperationEvent::NotSent, Some(failure), Some(*due_ms), now_ms)?;
                    note(c, &operation, "operation_not_sent", "", Some(failure), now_ms)
                }
                OperationOutcome::Unknown(failure) => {
                    apply(c, &operation, OperationEvent::OutcomeUnknown, Some(failure), None, now_ms)?;
                    note(c, &operation, "operation_in_doubt", "", Some(failure), now_ms)
                }
            }
        })
        .await
    }

    /// An operation that can't be sent at all: what keeps it from being sent is a person's matter.
    pub async fn refuse_operation(&self, row: i64, failure: Failure, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let operation = get(c, row)?;
            apply(c, &operation, OperationEvent::Refused, Some(&failure), None, now_ms)?;
            note(c, &operation, "operation_refused", "", Some(&failure), now_ms)
        })
        .await
    }

    /// Keeps what a look at an operation in doubt saw.
    pub async fn record_operation_look(&self, row: i64, evidence: String, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let operation = get(c, row)?;
            c.prepare_cached("UPDATE operations SET evidence = ?2 WHERE row = ?1")?.execute(params![row, evidence])?;
            note(c, &operation, "operation_looked", "", None, now_ms)
        })
        .await
    }

    /// A read settles an operation in doubt: `Ok` it was done, `Err` it was not.
    pub async fn settle_operation(
        &self,
        row: i64,
        settled: std::result::Result<Effect, Failure>,
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |c| {
            let operation = get(c, row)?;
            match &settled {
                Ok(effect) => {
                    apply(c, &operation, OperationEvent::FoundDone, None, None, now_ms)?;
                    note(c, &operation, "operation_found_done", "", None, now_ms)?;
                    take_effect(c, &documents::get(c, operation.document_row)?, effect, now_ms)
                }
                Err(failure) => {
                    apply(c, &operation, OperationEvent::FoundNotDone, Some(failure), None, now_ms)?;
                    note(c, &operation, "operation_not_done", "", Some(failure), now_ms)
                }
            }
        })
        .await
    }

    /// A person takes note: withdraws what waits, or leaves what nobody can tell as "maybe".
    pub async fn close_operation(&self, id: &str, reason: &str, who: &str, now_ms: i64) -> Result<()> {
        let (id, reason, who) = (id.to_owned(), reason.to_owned(), who.to_owned());
        self.write(move |c| {
            let operation = c
                .prepare_cached(&format!("SELECT {OPERATION} FROM operations WHERE id = ?1"))?
                .query_row([&id], operation_from)
                .optional()?
                .ok_or(StoreError::NotFound(id))?;
            apply(c, &operation, OperationEvent::Closed, operation.failure.as_ref(), None, now_ms)?;
            let document = documents::get(c, operation.document_row)?;
            let facts = json!({ "operation": operation.kind.as_str(), "reason": reason });
            let event = NewEvent::new("operation_closed", facts).by(&who);
            events::insert(c, document.order_row, Some(document.row), now_ms, &event)
        })
        .await
    }

    /// Only the owner, at launch: what was `sending` when the last owner went is in doubt.
    pub async fn sweep_operations(&self, now_ms: i64) -> Result<u32> {
        self.write(move |c| {
            let rows: Vec<i64> = c
                .prepare("SELECT row FROM operations WHERE state = 'sending'")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for row in &rows {
                let operation = get(c, *row)?;
                let document = documents::get(c, operation.document_row)?;
                let failure = Failure::new(
                    FailureKind::Interrupted,
                    Phase::Unknown,
                    operation.kind.as_str(),
                    format!("order {}", document.order_number),
                );
                apply(c, &operation, OperationEvent::OutcomeUnknown, Some(&failure), None, now_ms)?;
                note(c, &operation, "operation_in_doubt", "", Some(&failure), now_ms)?;
            }
            Ok(rows.len() as u32)
        })
        .await
    }

    /// What a read said of an issued document's payment, after the fact.
    pub async fn record_payment_read(&self, document_row: i64, paid_minor: i64, now_ms: i64) -> Result<()> {
        self.write(move |c| record_paid(c, document_row, paid_minor, now_ms)).await
    }

    /// What a read said of an issued document's e-invoice, and when to read again.
    pub async fn record_einvoice_read(
        &self,
        document_row: i64,
        state: &str,
        words: &str,
        due_ms: Option<i64>,
        now_ms: i64,
    ) -> Result<()> {
        let (state, words) = (state.to_owned(), words.to_owned());
        self.write(move |c| record_einvoice(c, &documents::get(c, document_row)?, &state, &words, due_ms, now_ms)).await
    }

    /// Documents whose e-invoice is on its way and due to be read, but for those of connections that may not be called now.
    pub async fn list_einvoices_due(&self, now_ms: i64, closed: Vec<String>, limit: u32) -> Result<Vec<Document>> {
        self.read(move |c| {
            documents::list(
                c,
                "WHERE einvoice_due_ms IS NOT NULL AND einvoice_due_ms <= ?1
                   AND billing_id NOT IN (SELECT value FROM json_each(?2)) ORDER BY einvoice_due_ms LIMIT ?3",
                params![now_ms, serde_json::to_string(&closed)?, limit],
            )
        })
        .await
    }

    /// Documents whose notes on the shop's order are due, but for those of shops that may not be called now.
    pub async fn list_notes_due(&self, now_ms: i64, closed: Vec<String>, limit: u32) -> Result<Vec<Document>> {
        self.read(move |c| {
            documents::list(
                c,
                "WHERE note_due_ms IS NOT NULL AND note_due_ms <= ?1
                   AND (SELECT connection_id FROM orders WHERE orders.row = order_row)
                     NOT IN (SELECT value FROM json_each(?2)) ORDER BY note_due_ms LIMIT ?3",
                params![now_ms, serde_json::to_string(&closed)?, limit],
            )
        })
        .await
    }

    /// The shop's order bears our notes now (`Ok(true)`: something had to be written), or they are due again. `written` is
    /// the document as it was written down: where it moved on meanwhile, its newer notes stay due.
    pub async fn record_note(
        &self,
        written: &Document,
        outcome: std::result::Result<bool, (Failure, i64)>,
        now_ms: i64,
    ) -> Result<()> {
        let (document_row, seen_due_ms, state) = (written.row, written.note_due_ms, written.state);
        self.write(move |c| {
            let document = documents::get(c, document_row)?;
            let due_ms = outcome.as_ref().err().map(|(_, due_ms)| *due_ms);
            c.prepare_cached(
                "UPDATE documents SET note_due_ms = ?2, note_tries = iif(?2 IS NULL, 0, note_tries + 1)
                 WHERE row = ?1 AND note_due_ms IS ?3 AND state = ?4",
            )?
            .execute(params![document_row, due_ms, seen_due_ms, state.as_str()])?;
            let event = match &outcome {
                Ok(false) => return Ok(()),
                Ok(true) => NewEvent::new("noted_at_shop", Value::Object(Default::default())),
                Err((failure, _)) if document.note_tries == 0 => {
                    NewEvent::new("note_failed", Value::Object(Default::default())).with_failure(failure)
                }
                Err(_) => return Ok(()),
            };
            events::insert(c, document.order_row, Some(document_row), now_ms, &event)
        })
        .await
    }
}
