//! Taking what tells its buyer out of one order: all of it in one transaction, or nothing.

use super::{Erased, OpenWork, known_of};
use crate::error::{Result, StoreError};
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
/// Orders that came again whole, after a row.
pub(super) const CAME_AGAIN: &str =
    "SELECT row FROM orders WHERE erased_version <> version AND wanted = 0 AND row > ?1 ORDER BY row LIMIT ?2";
/// Findings about it or about one of them.
pub(super) const FINDINGS: &str = "row IN (SELECT row FROM reconcile_findings WHERE order_row = ?1
  UNION SELECT f.row FROM documents d JOIN reconcile_findings f ON f.document_row = d.row WHERE d.order_row = ?1)";
/// Rows of the audit log about an order and all that hangs on it, with what each led to.
pub(super) const AUDITED: &str = "WITH subjects (id) AS (SELECT id FROM orders WHERE row = ?1
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
    UNION SELECT e.row FROM audit e WHERE e.asked_row IN (SELECT row FROM named)";

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

impl Ledger {
    /// Orders that came again whole after their buyer was erased and that nothing asks to be decided: what kept each from losing
    /// them again may be over. Looks at so many after a row; answers how many lost them, and after which row to go on.
    pub async fn settle_came_again(&self, after: i64, limit: u32, now_ms: i64) -> Result<(u32, Option<i64>)> {
        let rows: Vec<i64> = self
            .read(move |c| {
                let mut query = c.prepare_cached(CAME_AGAIN)?;
                let rows = query.query_map([after, i64::from(limit)], |row| row.get(0))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .await?;
        let mut settled = 0;
        for row in &rows {
            let row = *row;
            let done = self.write(move |c| {
                let is_decided: bool = c
                    .prepare_cached("SELECT wanted = 0 FROM orders WHERE row = ?1")?
                    .query_row([row], |row| row.get(0))?;
                if is_decided {
                    settle_again(c, row, now_ms)?;
                }
                Ok(c.prepare_cached("SELECT coalesce(erased_version = version, 0) FROM orders WHERE row = ?1")?
                    .query_row([row], |row| row.get::<_, bool>(0))?)
            });
            settled += u32::from(done.await?);
        }
        Ok((settled, rows.last().copied().filter(|_| rows.len() == limit as usize)))
    }
}

/// What is still to be done about an order.
pub(super) fn open_work(c: &Sqlite, order_row: i64) -> Result<Option<OpenWork>> {
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
    // each flow says for itself: the order's own word is that of one of them. What a flow that is off said long ago is nothing that
    // will be done: it leaves alone what is from before it is on again
    let (is_wanted, is_mapped_later): (bool, bool) = c
        .prepare_cached(
            "SELECT wanted > 0, EXISTS (SELECT 1 FROM decisions x JOIN flows f ON f.id = x.flow_id
               WHERE x.order_row = orders.row AND x.decision = 'waiting' AND x.reason IN ('mapping_error', 'condition_error')
                 AND f.enabled AND f.shop_id = orders.connection_id)
             FROM orders WHERE row = ?1",
        )?
        .query_row([order_row], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let open = |why| Some(OpenWork { why, document_id: None });
    Ok(if is_wanted {
        open("undecided")
    } else if is_mapped_later {
        open("mapping")
    } else {
        None
    })
}

fn has_issued(c: &Sqlite, order_row: i64) -> Result<bool> {
    Ok(c.prepare_cached(&format!("SELECT EXISTS ({ISSUED})"))?.query_row([order_row], |row| row.get(0))?)
}

/// What becomes of what tells the buyer of a new version of an order.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::ledger) enum Buyer {
    Kept,
    /// They were erased.
    LeftOut,
    /// They were, and came again whole before this version: they go from there, too.
    GoesAgain,
}

/// Of an order whose buyer was erased: where no invoice was made out and one may have to be, and where something of a version that
/// came again whole is under way, they are kept until that is decided and done.
pub(in crate::ledger) fn buyer_of_next(c: &Sqlite, order_row: i64, status: OrderStatus) -> Result<Buyer> {
    let (is_erased, came_again, is_invoiced): (bool, bool, bool) = c
        .prepare_cached(
            "SELECT erased_version IS NOT NULL, coalesce(erased_version <> version, 0), EXISTS (SELECT 1 FROM documents d
               WHERE d.order_row = orders.row AND d.role = 'invoice' AND d.number IS NOT NULL)
             FROM orders WHERE row = ?1",
        )?
        .query_row([order_row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let is_over = matches!(status, OrderStatus::Cancelled | OrderStatus::Refunded | OrderStatus::Failed);
    if !is_erased || !is_invoiced && !is_over {
        return Ok(Buyer::Kept);
    }
    if !came_again {
        return Ok(Buyer::LeftOut);
    }
    // what is not decided or mapped yet is asked anew of the new version
    let is_under_way = open_work(c, order_row)?.is_some_and(|open| !matches!(open.why, "undecided" | "mapping"));
    Ok(if is_under_way { Buyer::Kept } else { Buyer::GoesAgain })
}

/// Takes the buyer out of versions that came again whole before one that came without them.
pub(in crate::ledger) fn erase_again(c: &Sqlite, order_row: i64, now_ms: i64) -> Result<()> {
    let known = known_of(c, order_row)?;
    erase(c, order_row, &known, now_ms)
}

/// Before a record is opened again: there is nobody to make it out to where its order's buyer was erased. Where the order came
/// again whole it is one as any other from now on.
pub(in crate::ledger) fn check_buyer(c: &Sqlite, order_row: i64, now_ms: i64) -> Result<()> {
    let (is_erased, came_again): (bool, bool) = c
        .prepare_cached("SELECT coalesce(erased_version = version, 0), coalesce(erased_version <> version, 0) FROM orders WHERE row = ?1")?
        .query_row([order_row], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if is_erased {
        return Err(StoreError::NotAllowed("erased"));
    }
    if came_again { keep_again(c, order_row, now_ms) } else { Ok(()) }
}

fn keep_again(c: &Sqlite, order_row: i64, now_ms: i64) -> Result<()> {
    c.prepare_cached("UPDATE orders SET erased_ms = NULL, erased_version = NULL WHERE row = ?1")?
        .execute([order_row])?;
    events::insert(c, order_row, None, now_ms, &NewEvent::new("buyer_kept_again", json!({})))
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
        Some(OpenWork { why: "document", .. }) => keep_again(c, order_row, now_ms),
        // looked at again by [`Ledger::settle_came_again`]
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
    scrub.columns("reconcile_findings", FINDINGS, &["facts", "reason"])?;
    for table in ["attempts", "operations"] {
        c.prepare_cached(&format!("UPDATE {table} SET record = '{{}}' WHERE document_row IN ({DOCUMENTS})"))?
            .execute([order_row])?;
    }
    c.prepare_cached(&format!("DELETE FROM looks WHERE document_row IN ({DOCUMENTS})"))?.execute([order_row])?;
    c.prepare_cached("UPDATE notes SET text = ?2 WHERE order_row = ?1")?.execute(params![order_row, MASK])?;
    c.prepare_cached("UPDATE deliveries SET body = x'', failure = NULL WHERE order_row = ?1 AND state <> 'waiting'")?
        .execute([order_row])?;
    c.prepare_cached(&format!("DELETE FROM audit_personal WHERE audit_row IN ({AUDITED})"))?.execute([order_row])?;
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
            // what is left of them is made to the draft again, and a mask in place of a name is no name
            edits.edits.retain(|edit| {
                let is_clients = edit.field.starts_with("client.") || edit.field == "document.mentions";
                let line = edit.line.as_deref().unwrap_or_default();
                !is_clients && !known.is_in(&edit.value) && !known.is_in(line)
            });
            edits.reason = known.scrubbed(&edits.reason).unwrap_or(edits.reason);
            let left = Some(edits).filter(|edits| !edits.edits.is_empty());
            let left = left.as_ref().map(serde_json::to_string).transpose()?;
            c.prepare_cached("UPDATE documents SET edits = ?2 WHERE row = ?1")?.execute(params![row, left])?;
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
    known.scrub_typed(&mut draft);
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

/// A text, or every text in a JSON value that is read again by its fields, without the client; `None` where they are not in it.
/// `is_theirs`: what is in it by these names is always theirs.
pub(super) fn scrubbed(text: &str, known: &Known, is_theirs: bool) -> Option<String> {
    match serde_json::from_str::<Value>(text) {
        Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
            let named = is_theirs && blank_named(&mut value);
            (known.scrub_typed(&mut value) | named).then(|| value.to_string())
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
