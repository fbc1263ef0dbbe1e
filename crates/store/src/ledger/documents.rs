//! Documents and their transitions. Each state change goes through the lifecycle's function and leaves an event.

use super::edits::RecordEdits;
use super::events::{self, NewEvent, failure_text, optional_json};
use super::orders::DocumentPlan;
use super::{Ledger, changes, clients, following, rules};
use crate::error::{Result, StoreError};
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{
    DocumentEvent, DocumentState, Draft, DraftProblem, Failure, FailureKind, FollowUps, Verification, fingerprint,
};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::json;
use std::collections::BTreeMap;

/// A document as planned from an order: identity, destination and draft.
#[derive(Debug, Clone)]
pub struct NewDocument {
    pub id: String,
    pub issue_key: String,
    pub reference: String,
    pub flow_id: String,
    pub billing_id: String,
    pub provider: String,
    pub company: String,
    pub series: String,
    pub role: String,
    pub generation: u32,
    pub order_number: String,
    pub order_version: u32,
    pub mapping_id: String,
    pub mapping_version: u32,
    /// Of the record's own edits that the draft was made with; 0: of none.
    pub edit_revision: u32,
    /// `None` where the mapping could not make one.
    pub draft: Option<Draft>,
    pub problems: Vec<DraftProblem>,
    pub client: String,
    pub tax_id: String,
    pub currency: String,
    pub total_minor: i64,
    pub total_text: String,
    pub due_ms: i64,
    /// `due_ms` is the end of a delay that the flow's rules set.
    pub delayed: bool,
    /// What is to be done by itself once it is issued.
    pub follow_ups: Option<FollowUps>,
}

#[derive(Debug, Clone)]
pub struct Document {
    pub row: i64,
    pub id: String,
    pub issue_key: String,
    pub reference: String,
    pub order_row: i64,
    pub flow_id: String,
    pub billing_id: String,
    pub provider: String,
    pub company: String,
    pub series: String,
    pub role: String,
    pub generation: u32,
    pub state: DocumentState,
    pub verification: Verification,
    /// Named fields with both values, where mismatched.
    pub verification_detail: Option<String>,
    pub verify_tries: u32,
    pub order_number: String,
    pub order_version: u32,
    pub mapping_version: u32,
    pub draft: Option<Draft>,
    pub problems: Vec<DraftProblem>,
    pub failure: Option<Failure>,
    pub client: String,
    pub tax_id: String,
    pub currency: String,
    pub total_minor: i64,
    pub key_revision: u32,
    pub due_ms: Option<i64>,
    pub tries: u32,
    /// `YYYY-MM-DD`, stamped at the claim.
    pub issue_date: Option<String>,
    pub number: Option<String>,
    pub provider_id: Option<String>,
    pub link: Option<String>,
    pub created_ms: i64,
    pub issued_ms: Option<i64>,
    /// How often a decisive look proved that nothing was there.
    pub absent_proofs: u32,
    pub parked_reason: Option<String>,
    /// The document that this one reverses, where it is a storno.
    pub reverses_row: Option<i64>,
    /// The invoice that this one takes back a part of.
    pub corrects_row: Option<i64>,
    /// Changes of the order since, that wait for a decision.
    pub open_changes: u32,
    /// As the provider said last.
    pub paid_minor: Option<i64>,
    pub einvoice: Option<String>,
    pub einvoice_words: Option<String>,
    pub note_due_ms: Option<i64>,
    pub note_tries: u32,
    /// The mapping whose version made the draft.
    pub mapping_id: String,
    /// What a person set by hand in the draft.
    pub edits: Option<RecordEdits>,
    /// Raised by every change of the edits.
    pub edit_revision: u32,
    /// The order's version, by the code of the failure that a person let pass for it.
    pub released: BTreeMap<String, u32>,
    /// Its due time is the end of a delay.
    pub delayed: bool,
    /// What is still to be done by itself once it is issued.
    pub follow_ups: Option<FollowUps>,
    /// The proforma that it follows from, as it was named to the provider.
    pub proforma_row: Option<i64>,
}

impl Document {
    /// The document that this one takes back, whole or in part: it follows from that one, whatever became of the order.
    pub fn takes_back(&self) -> Option<i64> {
        self.reverses_row.or(self.corrects_row)
    }

    /// Whether a person let this pass for a version of the order.
    pub fn is_released(&self, kind: FailureKind, order_version: u32) -> bool {
        self.released.get(kind.as_str()) == Some(&order_version)
    }
}

pub(super) const DOCUMENT: &str = "row, id, issue_key, reference, order_row, flow_id, billing_id, provider, company, \
     series, role, generation, state, verification, verification_detail, verify_tries, order_number, order_version, \
     mapping_version, draft, problems, failure, client, tax_id, currency, total_minor, key_revision, due_ms, tries, \
     issue_date, number, provider_id, link, created_ms, issued_ms, absent_proofs, parked_reason, \
     reverses_row, paid_minor, einvoice, einvoice_words, note_due_ms, note_tries, \
     corrects_row, open_changes, mapping_id, edits, edit_revision, released, delayed, follow_ups, proforma_row";

pub(super) fn document_from(row: &Row<'_>) -> rusqlite::Result<Document> {
    let state: String = row.get(12)?;
    let verification: String = row.get(13)?;
    let unknown = |column: usize, text: &str| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, text.to_owned().into())
    };
    Ok(Document {
        row: row.get(0)?,
        id: row.get(1)?,
        issue_key: row.get(2)?,
        reference: row.get(3)?,
        order_row: row.get(4)?,
        flow_id: row.get(5)?,
        billing_id: row.get(6)?,
        provider: row.get(7)?,
        company: row.get(8)?,
        series: row.get(9)?,
        role: row.get(10)?,
        generation: row.get(11)?,
        state: DocumentState::parse(&state).ok_or_else(|| unknown(12, &state))?,
        verification: Verification::parse(&verification).ok_or_else(|| unknown(13, &verification))?,
        verification_detail: row.get(14)?,
        verify_tries: row.get(15)?,
        order_number: row.get(16)?,
        order_version: row.get(17)?,
        mapping_version: row.get(18)?,
        draft: optional_json(row, 19)?,
        problems: optional_json(row, 20)?.unwrap_or_default(),
        failure: optional_json(row, 21)?,
        client: row.get(22)?,
        tax_id: row.get(23)?,
        currency: row.get(24)?,
        total_minor: row.get(25)?,
        key_revision: row.get(26)?,
        due_ms: row.get(27)?,
        tries: row.get(28)?,
        issue_date: row.get(29)?,
        number: row.get(30)?,
        provider_id: row.get(31)?,
        link: row.get(32)?,
        created_ms: row.get(33)?,
        issued_ms: row.get(34)?,
        absent_proofs: row.get(35)?,
        parked_reason: row.get(36)?,
        reverses_row: row.get(37)?,
        paid_minor: row.get(38)?,
        einvoice: row.get(39)?,
        einvoice_words: row.get(40)?,
        note_due_ms: row.get(41)?,
        note_tries: row.get(42)?,
        corrects_row: row.get(43)?,
        open_changes: row.get(44)?,
        mapping_id: row.get(45)?,
        edits: optional_json(row, 46)?,
        edit_revision: row.get(47)?,
        released: optional_json(row, 48)?.unwrap_or_default(),
        delayed: row.get(49)?,
        follow_ups: optional_json(row, 50)?,
        proforma_row: row.get(51)?,
    })
}

fn select(tail: &str) -> String {
    format!("SELECT {DOCUMENT} FROM documents {tail}")
}

pub(super) fn find_by_key(c: &Sqlite, issue_key: &str) -> Result<Option<Document>> {
    Ok(c.prepare_cached(&select("WHERE issue_key = ?1"))?.query_row([issue_key], document_from).optional()?)
}

pub(super) fn get(c: &Sqlite, row: i64) -> Result<Document> {
    c.prepare_cached(&select("WHERE row = ?1"))?
        .query_row([row], document_from)
        .optional()?
        .ok_or_else(|| StoreError::NotFound(format!("document row {row}")))
}

/// A document without its draft and problems, which are the longest to read and which most transitions do not look at.
pub(super) fn get_bare(c: &Sqlite, row: i64) -> Result<Document> {
    let bare = DOCUMENT.replace("draft, problems,", "NULL, '[]',");
    c.prepare_cached(&format!("SELECT {bare} FROM documents WHERE row = ?1"))?
        .query_row([row], document_from)
        .optional()?
        .ok_or_else(|| StoreError::NotFound(format!("document row {row}")))
}

/// Documents by a condition of ours, ordered and bounded by it.
pub(super) fn list(c: &Sqlite, tail: &str, parameters: impl rusqlite::Params) -> Result<Vec<Document>> {
    let mut query = c.prepare_cached(&select(tail))?;
    let rows = query.query_map(parameters, document_from)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn list_by_order(c: &Sqlite, order_row: i64) -> Result<Vec<Document>> {
    list(c, "WHERE order_row = ?1 ORDER BY row", [order_row])
}

/// Our notes on the shop's order are due, where the flow writes them.
pub(super) fn want_note(c: &Sqlite, document: &Document, now_ms: i64) -> Result<()> {
    c.prepare_cached(
        "UPDATE documents SET note_due_ms = ?2, note_tries = 0
         WHERE row = ?1 AND role = 'invoice' AND EXISTS (SELECT 1 FROM flows WHERE id = ?3 AND write_back = 1)",
    )?
    .execute(params![document.row, now_ms, document.flow_id])?;
    Ok(())
}

/// A number was read with another document's reference on it: whoever is recorded under it was deleted at the provider, by
/// hand, and the number was given again.
pub(super) fn displace(c: &Sqlite, by: &Document, series: &str, number: &str, now_ms: i64) -> Result<()> {
    let holders = list(
        c,
        "WHERE provider = ?1 AND company = ?2 AND (role = 'proforma') = (?3 = 'proforma') AND series = ?4 AND number = ?5
           AND state <> 'deleted' AND row <> ?6",
        params![by.provider, by.company, by.role, series, number, by.row],
    )?;
    for holder in holders.iter().filter(|holder| holder.state.after(DocumentEvent::Deleted).is_ok()) {
        let note = NewEvent::new("found_gone", json!({ "series": series, "number": number }));
        apply(c, holder, DocumentEvent::Deleted, None, now_ms, &note)?;
        want_note(c, holder, now_ms)?;
    }
    Ok(())
}

pub(super) fn insert(c: &Sqlite, order_row: i64, plan: &DocumentPlan, now_ms: i64) -> Result<i64> {
    let d = &plan.document;
    let state = if plan.failure.is_some() { DocumentState::Held } else { DocumentState::Ready };
    c.prepare_cached(
        "INSERT INTO documents (id, issue_key, reference, order_row, flow_id, billing_id, provider, company, series, role,
           generation, state, verification, order_number, order_version, mapping_version, draft, problems, failure,
           client, tax_id, currency, total_minor, total_text, key_revision, due_ms, tries, created_ms, changed_ms,
           mapping_id, fingerprint, failed_ms, delayed, follow_ups)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'pending', ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
           ?21, ?22, ?23, 1, ?24, 0, ?25, ?25, ?26, ?27, iif(?27 IS NULL, NULL, ?25),
           ?28, ?29)",
    )?
    .execute(params![
        d.id,
        d.issue_key,
        d.reference,
        order_row,
        d.flow_id,
        d.billing_id,
        d.provider,
        d.company,
        d.series,
        d.role,
        d.generation,
        state.as_str(),
        d.order_number,
        d.order_version,
        d.mapping_version,
        d.draft.as_ref().map(serde_json::to_string).transpose()?,
        serde_json::to_string(&d.problems)?,
        failure_text(plan.failure.as_ref())?,
        d.client,
        d.tax_id,
        d.currency,
        d.total_minor,
        d.total_text,
        (state == DocumentState::Ready).then_some(d.due_ms),
        now_ms,
        d.mapping_id,
        plan.failure.as_ref().map(fingerprint),
        d.delayed,
        rules::follow_ups_text(d)?
    ])?;
    let row = c.last_insert_rowid();
    let mut event = NewEvent::new(
        if plan.failure.is_some() { "held" } else { "queued" },
        json!({ "mapping_version": d.mapping_version.to_string(), "total": d.total_text }),
    );
    event.failure = plan.failure.clone();
    events::insert(c, order_row, Some(row), now_ms, &event)?;
    Ok(row)
}

/// Replaces what was mapped; only while the draft is open.
///
/// # Errors
/// [`StoreError::Stale`] where it is not, or the draft was made with other edits than the record has.
pub(super) fn update_draft(c: &Sqlite, row: i64, d: &NewDocument, now_ms: i64) -> Result<()> {
    let draft = if is_planted(Bug::DraftNotReplaced) { get(c, row)?.draft } else { d.draft.clone() };
    let draft = draft.as_ref().map(serde_json::to_string).transpose()?;
    let changed = c
        .prepare_cached(
            "UPDATE documents SET order_version = ?2, mapping_version = ?3, draft = ?4, problems = ?5, client = ?6,
           tax_id = ?7, currency = ?8, total_minor = ?9, total_text = ?10, company = ?11, series = ?12,
           order_number = ?13, changed_ms = ?14, billing_id = ?15, provider = ?16, mapping_id = ?17,
           follow_ups = ?19
         WHERE row = ?1 AND state IN ('held', 'ready') AND edit_revision = ?18",
        )?
        .execute(params![
            row,
            d.order_version,
            d.mapping_version,
            draft,
            serde_json::to_string(&d.problems)?,
            d.client,
            d.tax_id,
            d.currency,
            d.total_minor,
            d.total_text,
            d.company,
            d.series,
            d.order_number,
            now_ms,
            d.billing_id,
            d.provider,
            d.mapping_id,
            d.edit_revision,
            rules::follow_ups_text(d)?
        ])?;
    if changed == 0 { Err(StoreError::Stale(d.issue_key.clone())) } else { Ok(()) }
}

/// The one place where a document's state changes: lifecycle, failure, due time and event together.
pub(super) fn apply(
    c: &Sqlite,
    document: &Document,
    event: DocumentEvent,
    failure: Option<&Failure>,
    now_ms: i64,
    note: &NewEvent,
) -> Result<()> {
    let next = document.state.after(event)?;
    let due_ms = (next == DocumentState::Ready).then_some(now_ms);
    let changed = c
        .prepare_cached(
            "UPDATE documents SET state = ?3, failure = ?4, due_ms = ?5, changed_ms = ?6, parked_reason = NULL,
               snoozed_until_ms = iif(?7 IS NOT NULL AND ?7 IS NOT fingerprint, NULL, snoozed_until_ms),
               fingerprint = iif(?3 IN ('ready', 'sending', 'in_doubt'), fingerprint, ?7),
               failed_ms = iif(?7 IS NULL, failed_ms, ?6)
             WHERE row = ?1 AND state = ?2",
        )?
        .execute(params![
            document.row,
            document.state.as_str(),
            next.as_str(),
            failure_text(failure)?,
            due_ms,
            now_ms,
            failure.filter(|_| next == DocumentState::Held).map(fingerprint)
        ])?;
    if changed == 0 {
        return Err(StoreError::Stale(document.id.clone()));
    }
    events::insert(c, document.order_row, Some(document.row), now_ms, note)?;
    match event {
        DocumentEvent::Cancelled | DocumentEvent::Reversed | DocumentEvent::Deleted => {
            changes::close_all(c, document, next, now_ms)
        }
        DocumentEvent::Restored => changes::want_judgement(c, document.order_row, now_ms),
        _ => Ok(()),
    }
}

impl Ledger {
    pub async fn find_document(&self, id: &str) -> Result<Option<Document>> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            Ok(c.prepare_cached(&select("WHERE id = ?1"))?.query_row([id], document_from).optional()?)
        })
        .await
    }

    pub async fn get_document_by_row(&self, row: i64) -> Result<Document> {
        self.read_at_once(move |c| get(c, row)).await
    }

    /// Puts a document that is due back into a person's hands.
    pub async fn hold(&self, row: i64, failure: Failure, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let note = NewEvent::new("held", json!({})).with_failure(&failure);
            apply(c, &get(c, row)?, DocumentEvent::Held, Some(&failure), now_ms, &note)
        })
        .await
    }

    /// A document that is due cannot be sent now: due again then.
    pub async fn postpone(&self, row: i64, due_ms: i64) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached("UPDATE documents SET due_ms = ?2 WHERE row = ?1 AND state = 'ready'")?
                .execute(params![row, due_ms])?;
            Ok(())
        })
        .await
    }

    pub async fn find_document_by_key(&self, issue_key: &str) -> Result<Option<Document>> {
        let key = issue_key.to_owned();
        self.read_at_once(move |c| find_by_key(c, &key)).await
    }

    pub async fn list_documents_of_order(&self, order_row: i64) -> Result<Vec<Document>> {
        self.read_at_once(move |c| list_by_order(c, order_row)).await
    }

    /// Every document in a state, oldest first, at most `limit`.
    pub async fn list_in_state(&self, state: DocumentState, limit: u32) -> Result<Vec<Document>> {
        self.read(move |c| list(c, "WHERE state = ?1 ORDER BY row LIMIT ?2", params![state.as_str(), limit])).await
    }

    /// A person retries what follows from another document and is not mapped anew: a storno, a correction.
    pub async fn requeue_as_it_is(&self, row: i64, who: &str, now_ms: i64) -> Result<()> {
        let who = who.to_owned();
        self.write(move |c| {
            let note = NewEvent::new("retried", json!({})).by(&who);
            let document = get(c, row)?;
            following::check_room(c, &document)?;
            apply(c, &document, DocumentEvent::Queued, None, now_ms, &note)
        })
        .await
    }

    /// Keeps a held document held, with a newer draft and reason.
    pub async fn hold_again(
        &self,
        document: &Document,
        plan: NewDocument,
        failure: Failure,
        now_ms: i64,
    ) -> Result<()> {
        let row = document.row;
        self.write(move |c| {
            let document = get(c, row)?;
            update_draft(c, row, &plan, now_ms)?;
            if document.failure.as_ref() == Some(&failure) {
                return Ok(());
            }
            let note = NewEvent::new("held", json!({})).with_failure(&failure);
            apply(c, &document, DocumentEvent::Held, Some(&failure), now_ms, &note)
        })
        .await
    }

    /// A person gives a held document up, or takes that back, with a reason.
    pub async fn dismiss(&self, id: &str, reason: &str, who: &str, now_ms: i64) -> Result<()> {
        self.by_person(id, DocumentEvent::Dismissed, "dismissed", reason, who, now_ms).await
    }

    /// # Errors
    /// [`StoreError::NotAllowed`] with `erased` where its order's buyer was erased.
    pub async fn reopen(&self, id: &str, reason: &str, who: &str, now_ms: i64) -> Result<()> {
        self.by_person(id, DocumentEvent::Reopened, "reopened", reason, who, now_ms).await
    }

    async fn by_person(
        &self,
        id: &str,
        event: DocumentEvent,
        what: &'static str,
        reason: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<()> {
        let (id, reason, who) = (id.to_owned(), reason.to_owned(), who.to_owned());
        self.write(move |c| {
            let document = c
                .prepare_cached(&select("WHERE id = ?1"))?
                .query_row([&id], document_from)
                .optional()?
                .ok_or(StoreError::NotFound(id))?;
            let note = NewEvent::new(what, json!({ "reason": reason })).by(&who);
            if event == DocumentEvent::Reopened {
                following::check_room(c, &document)?;
                clients::check_buyer(c, document.order_row, now_ms)?;
            }
            apply(c, &document, event, document.failure.as_ref(), now_ms, &note)
        })
        .await
    }
}
