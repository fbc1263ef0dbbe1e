//! Taking what tells its buyer out of one order: all of it in one transaction, or nothing.

use super::{Erased, OpenWork, known_of};
use crate::error::Result;
use crate::ledger::events::{self, NewEvent};
use crate::ledger::{Ledger, documents};
use punte_domain::erasure::{Known, erase_order};
use punte_domain::personal::MASK;
use punte_domain::{OrderHead, OrderStatus};
use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use serde_json::{Value, json};

/// Documents of an order that are at a provider.
const ISSUED: &str = "SELECT row FROM documents WHERE order_row = ?1 AND number IS NOT NULL";
/// All of its documents.
const DOCUMENTS: &str = "SELECT row FROM documents WHERE order_row = ?1";

impl Ledger {
    /// Takes what tells its buyer out of an order and of what hangs on it. Documents that were issued stay with their drafts.
    pub async fn erase_order(&self, order_row: i64, who: &str, now_ms: i64) -> Result<Erased> {
        let who = who.to_owned();
        self.write(move |c| {
            if let Some(open) = open_work(c, order_row)? {
                return Ok(Erased::Open(open));
            }
            let is_done: bool = c
                .prepare_cached("SELECT coalesce(erased_version = version, 0) FROM orders WHERE row = ?1")?
                .query_row([order_row], |row| row.get(0))?;
            let known = known_of(c, order_row)?;
            erase(c, order_row, &known, now_ms)?;
            if is_done {
                return Ok(Erased::Already);
            }
            let is_invoiced = has_issued(c, order_row)?;
            if !is_invoiced {
                c.prepare_cached("UPDATE orders SET decision = 'not_invoiced', reason = 'erased' WHERE row = ?1")?
                    .execute([order_row])?;
            }
            events::insert(c, order_row, None, now_ms, &NewEvent::new("buyer_erased", json!({})).by(&who))?;
            Ok(Erased::Done)
        })
        .await
    }
}

/// What is still to be done about an order.
pub(super) fn open_work(c: &Sqlite, order_row: i64) -> Result<Option<OpenWork>> {
    let (wanted, decision, reason, status): (i64, String, String, String) = c
        .prepare_cached("SELECT wanted, decision, reason, status FROM orders WHERE row = ?1")?
        .query_row([order_row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let about = |why, condition: &str| -> Result<Option<OpenWork>> {
        let found: Option<String> = c
            .prepare_cached(&format!("SELECT d.id FROM documents d WHERE d.order_row = ?1 AND {condition} LIMIT 1"))?
            .query_row([order_row], |row| row.get(0))
            .optional()?;
        Ok(found.map(|id| OpenWork { why, document_id: Some(id) }))
    };
    for (why, condition) in [
        ("document", "d.state IN ('held', 'ready', 'sending', 'in_doubt')"),
        (
            "operation",
            "(d.follow_up_due_ms IS NOT NULL OR EXISTS (SELECT 1 FROM operations o WHERE o.document_row = d.row
               AND o.state IN ('waiting', 'sending', 'in_doubt')))",
        ),
        ("change", "d.open_changes > 0"),
        (
            "bulk",
            "EXISTS (SELECT 1 FROM bulk_items i JOIN bulk_jobs j ON j.row = i.job_row
               WHERE i.document_row = d.row AND i.state IN ('planned', 'doing') AND j.state IN ('planning', 'planned', 'running'))",
        ),
    ] {
        if let Some(open) = about(why, condition)? {
            return Ok(Some(open));
        }
    }
    let open = |why| Some(OpenWork { why, document_id: None });
    Ok(match (decision.as_str(), reason.as_str()) {
        _ if wanted > 0 => open("undecided"),
        // paid, and an invoice follows once its mapping or condition is mended
        ("waiting", "mapping_error" | "condition_error") if matches!(status.as_str(), "paid" | "completed") => {
            open("mapping")
        }
        _ => None,
    })
}

fn has_issued(c: &Sqlite, order_row: i64) -> Result<bool> {
    Ok(c.prepare_cached(&format!("SELECT EXISTS ({ISSUED})"))?.query_row([order_row], |row| row.get(0))?)
}

/// Whether what tells the buyer is left out of a new version of an order. Where no invoice was made out and one may have to be, it
/// is kept until that is decided.
pub(in crate::ledger) fn stays_erased(c: &Sqlite, order_row: i64, status: OrderStatus) -> Result<bool> {
    let (is_erased, is_invoiced): (bool, bool) = c
        .prepare_cached(
            "SELECT erased_version IS NOT NULL, EXISTS (SELECT 1 FROM documents d
               WHERE d.order_row = orders.row AND d.role = 'invoice' AND d.number IS NOT NULL)
             FROM orders WHERE row = ?1",
        )?
        .query_row([order_row], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let is_over = matches!(status, OrderStatus::Cancelled | OrderStatus::Refunded | OrderStatus::Failed);
    Ok(is_erased && (is_invoiced || is_over))
}

/// The head and the text of a version without its buyer.
pub(in crate::ledger) fn without_buyer(head: &mut OrderHead, raw: &str) -> Result<String> {
    let mut known = Known::default();
    known.add_name(&head.customer);
    known.add(&head.email);
    known.add(&head.tax_id);
    blank(head);
    erased_text(raw, &known, head)
}

fn blank(head: &mut OrderHead) {
    MASK.clone_into(&mut head.customer);
    head.email.clear();
    head.tax_id.clear();
}

fn erased_text(raw: &str, known: &Known, head: &OrderHead) -> Result<String> {
    let mut raw: Value = serde_json::from_str(raw)?;
    erase_order(&mut raw, known, &[&head.number, &head.order_id]);
    Ok(raw.to_string())
}

/// After a decision about an order whose buyer was erased and that came again whole: where a document follows, it is an order as
/// any other from now on; where none does, what tells the buyer goes again.
pub(in crate::ledger) fn settle_again(c: &Sqlite, order_row: i64, now_ms: i64) -> Result<()> {
    let came_again: bool = c
        .prepare_cached("SELECT coalesce(erased_version <> version, 0) FROM orders WHERE row = ?1")?
        .query_row([order_row], |row| row.get(0))?;
    if !came_again {
        return Ok(());
    }
    match open_work(c, order_row)? {
        Some(OpenWork { why: "document", .. }) => {
            c.prepare_cached("UPDATE orders SET erased_ms = NULL, erased_version = NULL WHERE row = ?1")?
                .execute([order_row])?;
            events::insert(c, order_row, None, now_ms, &NewEvent::new("buyer_kept_again", json!({})))
        }
        Some(_) => Ok(()),
        None => {
            let known = known_of(c, order_row)?;
            erase(c, order_row, &known, now_ms)
        }
    }
}

fn erase(c: &Sqlite, order_row: i64, known: &Known, now_ms: i64) -> Result<()> {
    erase_received(c, order_row, known, now_ms)?;
    erase_documents(c, order_row, known)?;
    let scrub = Scrub { c, order_row, known };
    scrub.columns("events", "order_row = ?1", &["facts", "failure"])?;
    scrub.columns("changes", &format!("document_row IN ({DOCUMENTS})"), &["facts", "reason"])?;
    scrub.columns(
        "operations",
        &format!("document_row IN ({DOCUMENTS})"),
        &["params", "reason", "failure", "evidence"],
    )?;
    scrub.columns("bulk_items", &format!("document_row IN ({DOCUMENTS})"), &["failure"])?;
    scrub.columns("attempts", &format!("document_row IN ({DOCUMENTS})"), &["failure"])?;
    scrub.columns(
        "reconcile_findings",
        &format!("order_row = ?1 OR document_row IN ({DOCUMENTS})"),
        &["facts", "reason"],
    )?;
    for table in ["attempts", "operations"] {
        c.prepare_cached(&format!("UPDATE {table} SET record = '{{}}' WHERE document_row IN ({DOCUMENTS})"))?
            .execute([order_row])?;
    }
    c.prepare_cached(&format!("DELETE FROM looks WHERE document_row IN ({DOCUMENTS})"))?.execute([order_row])?;
    c.prepare_cached("UPDATE notes SET text = ?2 WHERE order_row = ?1")?.execute(params![order_row, MASK])?;
    c.prepare_cached("UPDATE deliveries SET body = x'', failure = NULL WHERE order_row = ?1 AND state <> 'waiting'")?
        .execute([order_row])?;
    c.prepare_cached(
        "DELETE FROM audit_personal WHERE audit_row IN (
           WITH subjects (id) AS (SELECT id FROM orders WHERE row = ?1
             UNION ALL SELECT id FROM documents WHERE order_row = ?1
             UNION ALL SELECT id FROM notes WHERE order_row = ?1
             UNION ALL SELECT id FROM deliveries WHERE order_row = ?1
             UNION ALL SELECT o.id FROM operations o JOIN documents d ON d.row = o.document_row WHERE d.order_row = ?1
             UNION ALL SELECT x.id FROM changes x JOIN documents d ON d.row = x.document_row WHERE d.order_row = ?1),
           kinds (kind) AS (VALUES ('order'), ('document'), ('note'), ('delivery'), ('operation'), ('change')),
           named (row) AS (SELECT a.row FROM subjects s CROSS JOIN kinds k
             JOIN audit a ON a.subject_kind = k.kind AND a.subject_id = s.id)
           SELECT row FROM named
             UNION SELECT asked_row FROM audit WHERE row IN (SELECT row FROM named) AND asked_row IS NOT NULL
             UNION SELECT e.row FROM audit e WHERE e.asked_row IN (SELECT row FROM named))",
    )?
    .execute([order_row])?;
    Ok(())
}

/// The order's own columns, its head, and every version as received. Hashes stay: the same version again is none.
fn erase_received(c: &Sqlite, order_row: i64, known: &Known, now_ms: i64) -> Result<()> {
    let head: String =
        c.prepare_cached("SELECT head FROM orders WHERE row = ?1")?.query_row([order_row], |row| row.get(0))?;
    let mut head: OrderHead = serde_json::from_str(&head)?;
    blank(&mut head);
    c.prepare_cached(
        "UPDATE orders SET customer = ?2, email = '', tax_id = '', head = ?3, erased_ms = ?4, erased_version = version
         WHERE row = ?1",
    )?
    .execute(params![order_row, MASK, serde_json::to_string(&head)?, now_ms])?;
    let versions: Vec<(i64, String)> = c
        .prepare_cached("SELECT row, raw FROM order_versions WHERE order_row = ?1")?
        .query_map([order_row], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut update = c.prepare_cached("UPDATE order_versions SET raw = ?2 WHERE row = ?1")?;
    for (row, raw) in versions {
        update.execute(params![row, erased_text(&raw, known, &head)?])?;
    }
    Ok(())
}

/// Drafts that nothing was issued from lose their client. Of those that were issued only what people wrote beside them goes.
fn erase_documents(c: &Sqlite, order_row: i64, known: &Known) -> Result<()> {
    for document in documents::list_by_order(c, order_row)? {
        let row = document.row;
        if document.number.is_none() {
            let draft = document.draft.map(|draft| erased_draft(serde_json::to_value(draft)?, known)).transpose()?;
            c.prepare_cached(
                "UPDATE documents SET client = ?2, tax_id = '', draft = ?3, problems = '[]', follow_ups = NULL,
                   failure = json_remove(failure, '$.detail') WHERE row = ?1",
            )?
            .execute(params![row, MASK, draft])?;
            let sent: Vec<(i64, String)> = c
                .prepare_cached("SELECT row, draft FROM attempts WHERE document_row = ?1")?
                .query_map([row], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            for (attempt_row, sent) in sent {
                let draft = erased_draft(serde_json::from_str(&sent)?, known)?;
                c.prepare_cached("UPDATE attempts SET draft = ?2 WHERE row = ?1")?
                    .execute(params![attempt_row, draft])?;
            }
        }
        if let Some(mut edits) = document.edits {
            for edit in &mut edits.edits {
                if edit.field.starts_with("client.") || edit.field == "document.mentions" {
                    MASK.clone_into(&mut edit.value);
                }
            }
            let mut edits = serde_json::to_value(edits)?;
            known.scrub(&mut edits);
            c.prepare_cached("UPDATE documents SET edits = ?2 WHERE row = ?1")?
                .execute(params![row, edits.to_string()])?;
        }
    }
    let scrub = Scrub { c, order_row, known };
    scrub.columns("documents", "order_row = ?1", &["verification_detail", "einvoice_words", "parked_reason", "failure"])
}

fn erased_draft(mut draft: Value, known: &Known) -> Result<String> {
    if let Some(client) = draft["client"].as_object_mut() {
        for (field, value) in client.iter_mut().filter(|(_, value)| value.is_string()) {
            *value = if field == "name" { MASK } else { "" }.into();
        }
    }
    if draft["mentions"].as_str().is_some_and(|mentions| !mentions.is_empty()) {
        draft["mentions"] = MASK.into();
    }
    known.scrub(&mut draft);
    Ok(serde_json::to_string(&draft)?)
}

/// Takes a client out of columns in which people, shops and providers may have named them.
struct Scrub<'c> {
    c: &'c Sqlite,
    order_row: i64,
    known: &'c Known,
}

impl Scrub<'_> {
    fn columns(&self, table: &str, condition: &str, columns: &[&str]) -> Result<()> {
        for column in columns {
            let found: Vec<(i64, String)> = self
                .c
                .prepare_cached(&format!(
                    "SELECT row, {column} FROM {table} WHERE ({condition}) AND {column} IS NOT NULL"
                ))?
                .query_map([self.order_row], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            for (row, text) in found {
                if let Some(scrubbed) = scrubbed(&text, self.known, *column == "params" || *column == "facts") {
                    self.c
                        .prepare_cached(&format!("UPDATE {table} SET {column} = ?2 WHERE row = ?1"))?
                        .execute(params![row, scrubbed])?;
                }
            }
        }
        Ok(())
    }
}

/// A text, or every text in a JSON value, without the client; `None` where they are not in it. `is_theirs`: what is in it by these
/// names is always theirs.
pub(super) fn scrubbed(text: &str, known: &Known, is_theirs: bool) -> Option<String> {
    match serde_json::from_str::<Value>(text) {
        Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
            let named = is_theirs && blank_named(&mut value);
            (known.scrub(&mut value) | named).then(|| value.to_string())
        }
        _ => known.scrubbed(text),
    }
}

/// What an e-mail was sent to and said, and what a change says of the client before and after. Answers whether there was any.
fn blank_named(value: &mut Value) -> bool {
    match value {
        Value::Array(items) => items.iter_mut().fold(false, |found, item| blank_named(item) | found),
        Value::Object(fields) => {
            let is_clients =
                fields.get("field").and_then(Value::as_str).is_some_and(|field| field.starts_with("client"));
            fields.iter_mut().fold(false, |found, (name, inner)| {
                let is_named = matches!(name.as_str(), "to" | "cc" | "bcc" | "subject" | "body" | "client")
                    || is_clients && matches!(name.as_str(), "before" | "after");
                let goes = is_named && inner.as_str().is_some_and(|text| !text.is_empty() && text != MASK);
                if goes {
                    *inner = MASK.into();
                }
                goes | blank_named(inner) | found
            })
        }
        _ => false,
    }
}
