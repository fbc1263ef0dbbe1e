//! Attempts: the intent before a request, its outcome after, and the looks that settle what is in doubt.

use super::documents::{self, Document};
use super::events::{self, NewEvent, failure_text, optional_json};
use super::{Ledger, following, proformas, rules};
use crate::error::{Result, StoreError};
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{DocumentEvent, DocumentState, Draft, Failure, FailureKind, Phase};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::{Value, json};

/// What is committed before a request leaves.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Where the request goes: a document that was planned for another place meanwhile is not sent.
    pub billing_id: String,
    pub company: String,
    pub series: String,
    pub attempt_id: String,
    /// `automatic`, `retry` or `repeat` (the same payload again, after a proven absence).
    pub trigger: &'static str,
    pub idempotency_key: String,
    /// JSON of what was known of the series.
    pub baseline: String,
    /// `YYYY-MM-DD`; a repeat keeps the first one.
    pub issue_date: String,
    /// The proforma that it names; a repeat keeps the first one.
    pub proforma_row: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct Attempt {
    pub row: i64,
    pub id: String,
    pub document_row: i64,
    pub trigger: String,
    pub reference: String,
    pub idempotency_key: String,
    pub baseline: String,
    /// What was sent: frozen.
    pub draft: Draft,
    pub issue_date: String,
    pub started_ms: i64,
    pub finished_ms: Option<i64>,
    /// `sending`, `issued`, `refused`, `not_sent`, `unknown`.
    pub outcome: String,
    pub failure: Option<Failure>,
    /// JSON of the redacted request and answer.
    pub record: String,
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    Issued {
        series: String,
        number: String,
        provider_id: Option<String>,
        link: Option<String>,
        verify_due_ms: i64,
    },
    /// A well-formed no: nothing was issued; needs a fix.
    Refused(Failure),
    /// Nothing was issued, and the record is not at fault: due again then.
    Back {
        failure: Failure,
        due_ms: i64,
    },
    Unknown(Failure),
}

/// One look at the provider.
#[derive(Debug, Clone)]
pub struct NewLook {
    pub decisive: bool,
    /// JSON of the evidence; `None` where nothing could be read.
    pub evidence: Option<String>,
    pub failure: Option<Failure>,
}

#[derive(Debug, Clone)]
pub struct Look {
    pub attempt_row: i64,
    pub at_ms: i64,
    pub decisive: bool,
    pub evidence: Option<String>,
    pub failure: Option<Failure>,
}

const ATTEMPT: &str = "row, id, document_row, trigger, reference, idempotency_key, baseline, draft, issue_date, \
     started_ms, finished_ms, outcome, failure, record";

fn attempt_from(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    let draft: String = row.get(7)?;
    Ok(Attempt {
        row: row.get(0)?,
        id: row.get(1)?,
        document_row: row.get(2)?,
        trigger: row.get(3)?,
        reference: row.get(4)?,
        idempotency_key: row.get(5)?,
        baseline: row.get(6)?,
        draft: serde_json::from_str(&draft).map_err(|error| events::json_error(7, error))?,
        issue_date: row.get(8)?,
        started_ms: row.get(9)?,
        finished_ms: row.get(10)?,
        outcome: row.get(11)?,
        failure: optional_json(row, 12)?,
        record: row.get(13)?,
    })
}

fn last_attempt(c: &Sqlite, document_row: i64) -> Result<Option<Attempt>> {
    Ok(c.prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE document_row = ?1 ORDER BY row DESC LIMIT 1"))?
        .query_row([document_row], attempt_from)
        .optional()?)
}

impl Ledger {
    /// Commits the intent: from here on the draft is frozen and the document is `sending`.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the document moved on, or its draft is not of the order's newest version;
    /// [`StoreError::Quarantined`] while nothing may be sent.
    pub async fn record_intent(&self, document_row: i64, intent: Intent, now_ms: i64) -> Result<Attempt> {
        self.write_intent(move |c| {
            if is_planted(Bug::IntentNotCommitted) {
                c.execute_batch("SAVEPOINT planted")?;
                let attempt = intend(c, document_row, intent, now_ms);
                c.execute_batch("ROLLBACK TO planted; RELEASE planted")?;
                return attempt;
            }
            intend(c, document_row, intent, now_ms)
        })
        .await
    }

    /// Commits what came of an attempt.
    pub async fn record_outcome(
        &self,
        attempt_row: i64,
        document_row: i64,
        outcome: Outcome,
        record: String,
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |c| {
            let document = documents::get_bare(c, document_row)?;
            let (word, failure) = match &outcome {
                Outcome::Issued { .. } => ("issued", None),
                Outcome::Refused(failure) => ("refused", Some(failure)),
                Outcome::Back { failure, .. } => {
                    (if failure.phase == Phase::Refused { "refused" } else { "not_sent" }, Some(failure))
                }
                Outcome::Unknown(failure) => ("unknown", Some(failure)),
            };
            c.prepare_cached(
                "UPDATE attempts SET finished_ms = ?2, outcome = ?3, failure = ?4, record = ?5
                 WHERE row = ?1 AND outcome = 'sending'",
            )?
            .execute(params![attempt_row, now_ms, word, failure_text(failure)?, record])?;
            let mut note = NewEvent::new(event_word(&outcome), Value::Object(Default::default()));
            note.failure = failure.cloned();
            match &outcome {
                Outcome::Issued { series, number, provider_id, link, verify_due_ms } => {
                    note.facts = json!({ "series": series, "number": number });
                    documents::apply(c, &document, DocumentEvent::Accepted, None, now_ms, &note)?;
                    attach(c, &document, series, number, provider_id, link, *verify_due_ms, now_ms)?;
                    rules::want_follow_ups(c, &document, false, now_ms)
                }
                Outcome::Refused(failure) => {
                    documents::apply(c, &document, DocumentEvent::Refused, Some(failure), now_ms, &note)?;
                    raise_revision(c, document_row)
                }
                Outcome::Back { failure, due_ms } => {
                    documents::apply(c, &document, DocumentEvent::NotSent, Some(failure), now_ms, &note)?;
                    c.prepare_cached("UPDATE documents SET due_ms = ?2, tries = tries + 1 WHERE row = ?1")?
                        .execute(params![document_row, due_ms])?;
                    if failure.phase == Phase::Refused { raise_revision(c, document_row) } else { Ok(()) }
                }
                Outcome::Unknown(failure) => {
                    documents::apply(c, &document, DocumentEvent::OutcomeUnknown, Some(failure), now_ms, &note)
                }
            }
        })
        .await
    }

    /// Only the owner, at launch: what was `sending` when the last owner went is in doubt.
    pub async fn sweep_sending(&self, now_ms: i64) -> Result<u32> {
        self.write(move |c| {
            let rows: Vec<i64> = c
                .prepare("SELECT row FROM documents WHERE state = 'sending'")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            if is_planted(Bug::SweepForgotten) {
                return Ok(0);
            }
            for row in &rows {
                let document = documents::get(c, *row)?;
                if is_planted(Bug::SweptToReady) {
                    let sql = "UPDATE documents SET state = 'ready', due_ms = ?2 WHERE row = ?1";
                    c.execute(sql, params![row, now_ms])?;
                    continue;
                }
                let failure = Failure::new(
                    FailureKind::Interrupted,
                    Phase::Unknown,
                    "create invoice",
                    format!("order {}", document.order_number),
                );
                c.execute(
                    "UPDATE attempts SET finished_ms = ?2, outcome = 'unknown', failure = ?3
                     WHERE document_row = ?1 AND outcome = 'sending'",
                    params![row, now_ms, serde_json::to_string(&failure)?],
                )?;
                let note = NewEvent::new("in_doubt", json!({})).with_failure(&failure);
                documents::apply(c, &document, DocumentEvent::OutcomeUnknown, Some(&failure), now_ms, &note)?;
            }
            Ok(rows.len() as u32)
        })
        .await
    }

    pub async fn list_attempts(&self, document_row: i64) -> Result<Vec<Attempt>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {ATTEMPT} FROM attempts WHERE document_row = ?1 ORDER BY row LIMIT 200"
            ))?;
            let rows = query.query_map([document_row], attempt_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// The earliest issue date (`YYYY-MM-DD`) of the sends of a document with this idempotency key whose answer was not
    /// readable; `None` where every answer was.
    pub async fn first_doubted_date(&self, document_row: i64, idempotency_key: &str) -> Result<Option<String>> {
        self.read_at_once(|c| {
            let sql = "SELECT min(issue_date) FROM attempts
               WHERE document_row = ?1 AND idempotency_key = ?2 AND outcome = 'unknown'";
            Ok(c.prepare_cached(sql)?.query_row(params![document_row, idempotency_key], |row| row.get(0))?)
        })
        .await
    }

    pub async fn find_last_attempt(&self, document_row: i64) -> Result<Option<Attempt>> {
        self.read_at_once(move |c| last_attempt(c, document_row)).await
    }

    /// Keeps what a look saw. A decisive, complete look that found nothing counts as a proof of absence.
    pub async fn record_look(&self, document_row: i64, look: NewLook, proves_absence: bool, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let attempt = last_attempt(c, document_row)?
                .ok_or_else(|| StoreError::NotFound(format!("attempt of document row {document_row}")))?;
            c.prepare_cached(
                "INSERT INTO looks (document_row, attempt_row, at_ms, decisive, evidence, failure)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                document_row,
                attempt.row,
                now_ms,
                look.decisive,
                look.evidence,
                failure_text(look.failure.as_ref())?
            ])?;
            if proves_absence {
                c.execute("UPDATE documents SET absent_proofs = absent_proofs + 1 WHERE row = ?1", [document_row])?;
            }
            let document = documents::get(c, document_row)?;
            let mut note = NewEvent::new("looked", json!({ "decisive": look.decisive.to_string() }));
            note.failure = look.failure;
            events::insert(c, document.order_row, Some(document_row), now_ms, &note)
        })
        .await
    }

    pub async fn list_looks(&self, document_row: i64) -> Result<Vec<Look>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT at_ms, decisive, evidence, failure, attempt_row FROM looks WHERE document_row = ?1 ORDER BY row DESC LIMIT 50",
            )?;
            let rows = query.query_map([document_row], |row| {
                Ok(Look {
                    at_ms: row.get(0)?,
                    decisive: row.get(1)?,
                    evidence: row.get(2)?,
                    failure: optional_json(row, 3)?,
                    attempt_row: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// The document in doubt exists at the provider: its identifiers are attached. `who` is empty when Punte found it by its
    /// reference; then whatever else is recorded under that number is gone there.
    #[allow(clippy::too_many_arguments)]
    pub async fn settle_found(
        &self,
        document_row: i64,
        series: String,
        number: String,
        provider_id: Option<String>,
        link: Option<String>,
        who: &str,
        reason: &str,
        now_ms: i64,
    ) -> Result<()> {
        let (who, reason) = (who.to_owned(), reason.to_owned());
        self.write(move |c| {
            let document = documents::get(c, document_row)?;
            let what = if who.is_empty() { "found" } else { "linked" };
            let facts = json!({ "series": series, "number": number, "reason": reason });
            let note = NewEvent::new(what, facts).by(&who);
            if who.is_empty() {
                documents::displace(c, &document, &series, &number, now_ms)?;
            }
            documents::apply(c, &document, DocumentEvent::Found, None, now_ms, &note)?;
            attach(c, &document, &series, &number, &provider_id, &link, now_ms, now_ms)?;
            rules::want_follow_ups(c, &document, !who.is_empty(), now_ms)
        })
        .await
    }

    /// Nothing was issued: proven by looks, or declared by a named person. Held, for a person to go on.
    pub async fn settle_absent(
        &self,
        document_row: i64,
        failure: Failure,
        who: &str,
        reason: &str,
        now_ms: i64,
    ) -> Result<()> {
        let (who, reason) = (who.to_owned(), reason.to_owned());
        self.write(move |c| {
            let document = documents::get(c, document_row)?;
            let what = if who.is_empty() { "proven_absent" } else { "declared_absent" };
            let note = NewEvent::new(what, json!({ "reason": reason })).by(&who).with_failure(&failure);
            // the key stays: a request that takes effect later than anybody looks meets it again
            documents::apply(c, &document, DocumentEvent::ProvenAbsent, Some(&failure), now_ms, &note)
        })
        .await
    }

    /// Punte cannot settle it any further: a person decides; the lane goes on.
    pub async fn park(&self, document_row: i64, reason: &str, now_ms: i64) -> Result<()> {
        let reason = reason.to_owned();
        self.write(move |c| {
            let document = documents::get(c, document_row)?;
            if document.state != DocumentState::InDoubt || document.parked_reason.as_deref() == Some(&reason) {
                return Ok(());
            }
            c.execute(
                "UPDATE documents SET parked_reason = ?2, changed_ms = ?3 WHERE row = ?1",
                params![document_row, reason, now_ms],
            )?;
            let note = NewEvent::new("parked", json!({ "reason": reason }));
            events::insert(c, document.order_row, Some(document_row), now_ms, &note)
        })
        .await
    }
}

/// The intent's transition.
fn intend(c: &Sqlite, document_row: i64, intent: Intent, now_ms: i64) -> Result<Attempt> {
    let document = documents::get(c, document_row)?;
    let place = (&document.billing_id, &document.company, &document.series);
    if place != (&intent.billing_id, &intent.company, &intent.series) {
        return Err(StoreError::Stale(format!("{}: planned for another series", document.id)));
    }
    let repeat = intent.trigger == "repeat";
    let (draft, issue_date) = if repeat {
        let sent = last_attempt(c, document_row)?
            .ok_or_else(|| StoreError::NotFound(format!("attempt of {}", document.id)))?;
        let moved = is_planted(Bug::DateMoves).then(|| punte_domain::fiscal_date(now_ms).to_string());
        (sent.draft, moved.unwrap_or(sent.issue_date))
    } else {
        // what takes an original back follows from it, whatever became of the order since
        if document.takes_back().is_none() && !is_planted(Bug::VersionUnchecked) {
            check_newest(c, &document)?;
            proformas::check_claim(c, &document, intent.proforma_row)?;
            rules::check_day(c, &document, &intent.issue_date, now_ms)?;
        }
        let draft = document.draft.clone().ok_or_else(|| StoreError::Stale(document.id.clone()))?;
        c.prepare_cached("UPDATE documents SET proforma_row = ?2 WHERE row = ?1")?
            .execute(params![document_row, intent.proforma_row])?;
        (draft, intent.issue_date.clone())
    };
    let event = if repeat { DocumentEvent::Repeated } else { DocumentEvent::Claimed };
    let note = NewEvent::new(if repeat { "repeated" } else { "claimed" }, json!({ "attempt": intent.attempt_id }));
    documents::apply(c, &document, event, None, now_ms, &note)?;
    // an order that bears a refund already is compared with its invoice once that is issued
    c.prepare_cached(
        "UPDATE documents SET issue_date = ?2, change_due_ms = iif(role = 'invoice' AND
           (SELECT json_extract(head, '$.refunded_minor') > 0 FROM orders WHERE orders.row = order_row),
           ?3, change_due_ms) WHERE row = ?1",
    )?
    .execute(params![document_row, issue_date, now_ms])?;
    c.prepare_cached(
        "INSERT INTO attempts (id, document_row, trigger, reference, idempotency_key, baseline, draft, issue_date,
           started_ms, outcome, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'sending', '{}')",
    )?
    .execute(params![
        intent.attempt_id,
        document_row,
        intent.trigger,
        document.reference,
        intent.idempotency_key,
        intent.baseline,
        serde_json::to_string(&draft)?,
        issue_date,
        now_ms
    ])?;
    Ok(Attempt {
        row: c.last_insert_rowid(),
        id: intent.attempt_id,
        document_row,
        trigger: intent.trigger.to_owned(),
        reference: document.reference,
        idempotency_key: intent.idempotency_key,
        baseline: intent.baseline,
        draft,
        issue_date,
        started_ms: now_ms,
        finished_ms: None,
        outcome: "sending".to_owned(),
        failure: None,
        record: "{}".to_owned(),
    })
}

fn event_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Issued { .. } => "issued",
        Outcome::Refused(_) => "refused",
        Outcome::Back { .. } => "not_sent",
        Outcome::Unknown(_) => "in_doubt",
    }
}

fn check_newest(c: &Sqlite, document: &Document) -> Result<()> {
    let (version, undecided): (u32, bool) = c
        .prepare_cached("SELECT version, wanted > 0 FROM orders WHERE row = ?1")?
        .query_row([document.order_row], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if version != document.order_version || undecided {
        return Err(StoreError::Stale(format!("{}: the order has a newer version", document.id)));
    }
    Ok(())
}

/// A corrected send after a proven refusal carries another idempotency key.
fn raise_revision(c: &Sqlite, document_row: i64) -> Result<()> {
    c.execute("UPDATE documents SET key_revision = key_revision + 1 WHERE row = ?1", [document_row])?;
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn attach(
    c: &Sqlite,
    document: &Document,
    series: &str,
    number: &str,
    provider_id: &Option<String>,
    link: &Option<String>,
    verify_due_ms: i64,
    now_ms: i64,
) -> Result<()> {
    let set = c
        .prepare_cached(
            "UPDATE documents SET series = ?2, number = ?3, provider_id = ?4, link = ?5, issued_ms = ?6,
               verify_due_ms = ?7, verification = 'pending', verify_tries = 0 WHERE row = ?1",
        )?
        .execute(params![document.row, series, number, provider_id, link, now_ms, verify_due_ms]);
    match set {
        Ok(_) => {
            documents::want_note(c, document, now_ms)?;
            if document.role == "invoice" {
                proformas::look_again(c, document, now_ms)?;
            }
            following::reverse(c, document, number, now_ms)
        }
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
            Err(StoreError::AlreadyLinked(format!("{series} {number}")))
        }
        Err(error) => Err(error.into()),
    }
}
