//! Orders as received, in versions, and what was decided about each.

use super::clients::Buyer;
use super::documents::{self, NewDocument};
use super::events::{self, NewEvent};
use super::{Ledger, changes, clients, connections, proformas, rules};
use crate::error::{Result, StoreError};
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{DocumentEvent, DocumentState, Failure, OrderHead};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::{Value, json};
use std::borrow::Cow;

/// An order as a shop or a file gave it.
#[derive(Debug, Clone)]
pub struct IncomingOrder {
    /// Our id, used if the order is new.
    pub id: String,
    pub shop_identity: String,
    pub connection_id: String,
    pub head: OrderHead,
    /// JSON as received.
    pub raw: String,
    /// Hash of `raw`, in hex.
    pub content_hash: String,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    pub new: u32,
    pub changed: u32,
    pub unchanged: u32,
}

#[derive(Debug, Clone)]
pub struct OrderRow {
    pub row: i64,
    pub id: String,
    pub shop_identity: String,
    pub connection_id: String,
    pub version: u32,
    pub received_ms: i64,
    /// How often a decision was asked for since the last one: a decision made from what was known at `n` does not answer
    /// a request that came later.
    pub wanted: i64,
    pub decision: String,
    pub reason: String,
    pub head: OrderHead,
    /// The newest version that what tells the buyer was taken out of.
    pub erased_version: Option<u32>,
}

impl OrderRow {
    /// Whether what tells the buyer was taken out of its newest version: nothing is mapped from it.
    pub fn is_erased(&self) -> bool {
        self.erased_version == Some(self.version)
    }
}

/// What one flow decided about one version of an order.
#[derive(Debug, Clone)]
pub struct DecisionRow {
    pub flow_id: String,
    /// `document`, `waiting`, `not_invoiced`.
    pub decision: &'static str,
    pub reason: &'static str,
    pub plan: Option<DocumentPlan>,
    /// With no plan: why an open document of this flow is pulled back.
    pub withdraw: Option<Failure>,
}

impl DecisionRow {
    /// Whether a document that the flow has open stays its own: it still calls for one, or could not tell.
    fn keeps(&self) -> bool {
        self.plan.is_some() || matches!(self.reason, "mapping_error" | "condition_error")
    }
}

/// The document that a decision calls for.
#[derive(Debug, Clone)]
pub struct DocumentPlan {
    pub document: NewDocument,
    /// The state that the planner saw; another one now makes the decision stale.
    pub seen: Option<DocumentState>,
    /// `None`: may be sent. Otherwise held for this.
    pub failure: Option<Failure>,
}

pub(super) const ORDER: &str =
    "row, id, shop_identity, connection_id, version, received_ms, wanted, decision, reason, head, erased_version";

pub(super) fn order_from(row: &Row<'_>) -> rusqlite::Result<OrderRow> {
    let head: String = row.get(9)?;
    Ok(OrderRow {
        row: row.get(0)?,
        id: row.get(1)?,
        shop_identity: row.get(2)?,
        connection_id: row.get(3)?,
        version: row.get(4)?,
        received_ms: row.get(5)?,
        wanted: row.get(6)?,
        decision: row.get(7)?,
        reason: row.get(8)?,
        head: serde_json::from_str(&head).map_err(|error| events::json_error(9, error))?,
        erased_version: row.get(10)?,
    })
}

impl Ledger {
    /// Takes a batch in. With a cursor (connection, newest modified instant, sweep instant) the cursor moves in the same
    /// commit. An older version never replaces a newer one; the same content is not a version.
    pub async fn take_in(
        &self,
        orders: Vec<IncomingOrder>,
        cursor: Option<(String, i64, i64)>,
        now_ms: i64,
    ) -> Result<Taken> {
        self.write(move |c| {
            let mut taken = Taken::default();
            for order in &orders {
                take_one(c, order, now_ms, &mut taken)?;
            }
            if let Some((connection_id, modified_ms, swept_ms)) = cursor {
                connections::record_cursor(c, &connection_id, (modified_ms, swept_ms), now_ms)?;
            }
            Ok(taken)
        })
        .await
    }

    /// Orders whose newest version has no decision yet, oldest first.
    pub async fn list_undecided(&self, limit: u32) -> Result<Vec<OrderRow>> {
        self.read(move |c| {
            let mut query =
                c.prepare_cached(&format!("SELECT {ORDER} FROM orders WHERE wanted > 0 ORDER BY row LIMIT ?1"))?;
            let rows = query.query_map([limit], order_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    pub async fn find_order(&self, id: &str) -> Result<Option<OrderRow>> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            Ok(c.prepare_cached(&format!("SELECT {ORDER} FROM orders WHERE id = ?1"))?
                .query_row([id], order_from)
                .optional()?)
        })
        .await
    }

    /// An order by its shop's id.
    pub async fn find_order_of(&self, shop_identity: &str, order_id: &str) -> Result<Option<OrderRow>> {
        let (identity, order_id) = (shop_identity.to_owned(), order_id.to_owned());
        self.read_at_once(move |c| {
            Ok(c.prepare_cached(&format!("SELECT {ORDER} FROM orders WHERE shop_identity = ?1 AND order_id = ?2"))?
                .query_row([identity, order_id], order_from)
                .optional()?)
        })
        .await
    }

    pub async fn get_order_by_row(&self, row: i64) -> Result<OrderRow> {
        self.read_at_once(move |c| {
            c.prepare_cached(&format!("SELECT {ORDER} FROM orders WHERE row = ?1"))?
                .query_row([row], order_from)
                .optional()?
                .ok_or_else(|| StoreError::NotFound(format!("order row {row}")))
        })
        .await
    }

    /// The order's newest version, as received.
    pub async fn get_order_json(&self, order_row: i64) -> Result<String> {
        self.read_at_once(move |c| {
            Ok(c.prepare_cached("SELECT raw FROM order_versions WHERE order_row = ?1 ORDER BY version DESC LIMIT 1")?
                .query_row([order_row], |row| row.get(0))?)
        })
        .await
    }

    /// A version of an order, as received.
    pub async fn get_order_version(&self, order_row: i64, version: u32) -> Result<String> {
        self.read(move |c| {
            c.prepare_cached("SELECT raw FROM order_versions WHERE order_row = ?1 AND version = ?2")?
                .query_row(params![order_row, version], |row| row.get(0))
                .optional()?
                .ok_or_else(|| StoreError::NotFound(format!("version {version} of order row {order_row}")))
        })
        .await
    }

    /// The versions that an order was received in, newest first: number and when, at most so many.
    pub async fn list_order_versions(&self, order_row: i64, limit: u32) -> Result<Vec<(u32, i64)>> {
        self.read_at_once(move |c| {
            let mut query = c.prepare_cached(
                "SELECT version, received_ms FROM order_versions WHERE order_row = ?1 ORDER BY version DESC LIMIT ?2",
            )?;
            let rows = query.query_map(params![order_row, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Asks for a new decision about an order (its flow, mapping or circumstances changed).
    pub async fn reconsider(&self, order_row: i64) -> Result<()> {
        self.write(move |c| {
            c.execute("UPDATE orders SET wanted = wanted + 1 WHERE row = ?1", [order_row])?;
            Ok(())
        })
        .await
    }

    /// Asks for a new decision where a document that waits is of an older version than its order and nothing was decided about
    /// it: the newer version was decided while the document was being sent, and it came back. Answers whether it asked.
    pub async fn reconsider_if_newer(&self, document_row: i64) -> Result<bool> {
        self.write(move |c| {
            let asked = c
                .prepare_cached(
                    "UPDATE orders SET wanted = wanted + 1 WHERE wanted = 0 AND EXISTS (SELECT 1 FROM documents d
                       WHERE d.row = ?1 AND d.order_row = orders.row AND d.role IN ('invoice', 'proforma') AND d.state = 'ready'
                         AND d.order_version < orders.version)",
                )?
                .execute([document_row])?;
            Ok(asked > 0)
        })
        .await
    }

    /// Notes that a document is sent without asking the shop whether its order still stands, and what the shop's silence is.
    pub async fn record_unasked(&self, document_row: i64, why: &'static str, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let document = documents::get_bare(c, document_row)?;
            let note = NewEvent::new("shop_not_asked", json!({ "why": why }));
            events::insert(c, document.order_row, Some(document_row), now_ms, &note)
        })
        .await
    }

    /// Writes every flow's decision about a version, with the documents that follow, in one commit. `wanted` is the
    /// order's as it was read before its flows and mappings.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the order, a flow, a mapping or a document moved on since then: decide again.
    pub async fn record_decisions(
        &self,
        order_row: i64,
        (order_version, wanted): (u32, i64),
        decisions: Vec<DecisionRow>,
        summary: (&'static str, &'static str),
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |c| {
            let now: (u32, i64) = c
                .prepare_cached("SELECT version, wanted FROM orders WHERE row = ?1")?
                .query_row([order_row], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if now != (order_version, wanted) {
                return Err(StoreError::Stale(format!("order row {order_row}")));
            }
            let mut summary = summary;
            let keepers: Vec<&str> =
                decisions.iter().filter(|one| one.keeps()).map(|one| one.flow_id.as_str()).collect();
            // what one flow lets go another may take: that comes before anything is pulled back
            let (plans, others): (Vec<_>, Vec<_>) = decisions.iter().partition(|one| one.plan.is_some());
            for decision in plans.into_iter().chain(others) {
                let taken = record_one(c, order_row, order_version, decision, &keepers, now_ms)?;
                if let Some(real) = taken {
                    summary = real;
                }
            }
            c.prepare_cached("UPDATE orders SET wanted = 0, decision = ?2, reason = ?3 WHERE row = ?1")?
                .execute(params![order_row, summary.0, summary.1])?;
            clients::settle_again(c, order_row, now_ms)
        })
        .await
    }

    /// Leaves an order whose buyer was erased as it was decided: nothing can be mapped from it.
    pub async fn keep_decisions(&self, order_row: i64, (order_version, wanted): (u32, i64)) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached("UPDATE orders SET wanted = 0 WHERE row = ?1 AND version = ?2 AND wanted = ?3")?
                .execute(params![order_row, order_version, wanted])?;
            Ok(())
        })
        .await
    }
}

fn is_older(head: &OrderHead, known: Option<&OrderHead>) -> bool {
    known.is_some_and(|known| head.is_before(known)) && !is_planted(Bug::OlderReplacesNewer)
}

pub(super) fn take_one(c: &Sqlite, order: &IncomingOrder, now_ms: i64, taken: &mut Taken) -> Result<()> {
    let known: Option<(i64, u32, i64, String, String)> = c
        .prepare_cached(
            "SELECT row, version, modified_ms, content_hash, head FROM orders WHERE shop_identity = ?1 AND order_id = ?2",
        )?
        .query_row(params![order.shop_identity, order.head.order_id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    let before: Option<OrderHead> = known.as_ref().map(|(.., head)| serde_json::from_str(head)).transpose()?;
    let mut remembered = order.head.clone();
    remembered.remember(before.as_ref());
    let mut raw = Cow::Borrowed(order.raw.as_str());
    // of a buyer who was erased nothing is kept again, unless an invoice may have to be made out to them
    let buyer = match &known {
        Some((row, ..)) => clients::buyer_of_next(c, *row, remembered.status)?,
        None => Buyer::Kept,
    };
    let is_erased = buyer != Buyer::Kept;
    if is_erased {
        raw = Cow::Owned(clients::without_buyer(&mut remembered, &order.raw)?);
    }
    let h = &remembered;
    let head = serde_json::to_string(h)?;
    let (row, version, what) = match known {
        Some((row, _, modified_ms, hash, _)) if hash == order.content_hash || is_older(h, before.as_ref()) => {
            taken.unchanged += 1;
            // the same again, later: what is older than that replaces it no more
            if let Some(before) = before.filter(|before| !h.is_before(before))
                && (h.modified_ms > modified_ms || h.place.or(before.place) != before.place)
            {
                c.prepare_cached(
                    "UPDATE orders SET modified_ms = ?2,
                       head = json_set(head, '$.modified_ms', ?2, '$.place', json(?3)) WHERE row = ?1",
                )?
                .execute(params![
                    row,
                    h.modified_ms.max(modified_ms),
                    serde_json::to_string(&h.place.or(before.place))?
                ])?;
            }
            return Ok(());
        }
        Some((row, version, ..)) => {
            taken.changed += 1;
            c.prepare_cached(
                "UPDATE orders SET number = ?2, status = ?3, status_text = ?4, currency = ?5, total_minor = ?6,
                   total_text = ?7, customer = ?8, email = ?9, tax_id = ?10, modified_ms = ?11, head = ?12,
                   content_hash = ?13, version = ?14, received_ms = ?15, wanted = wanted + 1,
                   erased_version = iif(?16, ?14, erased_version) WHERE row = ?1",
            )?
            .execute(params![
                row,
                h.number,
                h.status.as_str(),
                h.status_text,
                h.currency.code(),
                h.total_minor,
                h.total.to_string(),
                h.customer,
                h.email,
                h.tax_id,
                h.modified_ms,
                head,
                order.content_hash,
                version + 1,
                now_ms,
                is_erased
            ])?;
            changes::want_judgement(c, row, now_ms)?;
            rules::look_again(c, row, now_ms)?;
            (row, version + 1, "order_changed")
        }
        None => {
            taken.new += 1;
            c.prepare_cached(
                "INSERT INTO orders (id, shop_identity, connection_id, order_id, number, status, status_text, currency,
                   total_minor, total_text, customer, email, tax_id, created_ms, modified_ms, head, content_hash,
                   version, received_ms, wanted, decision, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, 1, ?18, 1,
                   'waiting', 'waiting_mapping')",
            )?
            .execute(params![
                order.id,
                order.shop_identity,
                order.connection_id,
                h.order_id,
                h.number,
                h.status.as_str(),
                h.status_text,
                h.currency.code(),
                h.total_minor,
                h.total.to_string(),
                h.customer,
                h.email,
                h.tax_id,
                h.created_ms,
                h.modified_ms,
                head,
                order.content_hash,
                now_ms
            ])?;
            (c.last_insert_rowid(), 1, "order_received")
        }
    };
    c.prepare_cached(
        "INSERT INTO order_versions (order_row, version, received_ms, content_hash, raw) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![row, version, now_ms, order.content_hash, raw])?;
    if buyer == Buyer::GoesAgain {
        clients::erase_again(c, row, now_ms)?;
    }
    let facts = json!({ "version": version.to_string(), "status": h.status_text, "number": h.number });
    events::insert(c, row, None, now_ms, &NewEvent::new(what, facts))
}

/// Writes one flow's decision. Answers the order's summary where it turned out other than planned. `keepers`: the flows whose
/// open documents stay theirs.
fn record_one(
    c: &Sqlite,
    order_row: i64,
    order_version: u32,
    decision: &DecisionRow,
    keepers: &[&str],
    now_ms: i64,
) -> Result<Option<(&'static str, &'static str)>> {
    let (mut word, mut reason) = (decision.decision, decision.reason);
    let mut document_row = None;
    let mut overruled = None;
    if decision.plan.as_ref().is_some_and(|plan| plan.document.role == proformas::PROFORMA)
        && proformas::is_invoiced(c, order_row)?
    {
        (word, reason) = ("waiting", "not_paid");
        overruled = Some((word, reason));
    } else if let Some(plan) = &decision.plan {
        match documents::find_by_key(c, &plan.document.issue_key)? {
            Some(known)
                if known.flow_id != decision.flow_id
                    && (!known.state.draft_is_open() || keepers.contains(&known.flow_id.as_str())) =>
            {
                (word, reason) = ("not_invoiced", "taken_by_flow");
                overruled = Some(("document", "taken"));
            }
            Some(known) => {
                document_row = Some(known.row);
                if known.state.draft_is_open() {
                    if known.flow_id != decision.flow_id {
                        rules::move_to_flow(c, &known, &decision.flow_id, now_ms)?;
                    }
                    replan(c, &known, plan, now_ms)?;
                }
            }
            None if plan.seen.is_some() => return Err(StoreError::Stale(plan.document.issue_key.clone())),
            None => document_row = Some(documents::insert(c, order_row, plan, now_ms)?),
        }
        proformas::give_way(c, order_row, decision, now_ms)?;
    } else if let Some(failure) = &decision.withdraw {
        proformas::give_way(c, order_row, decision, now_ms)?;
        withdraw(c, order_row, &decision.flow_id, failure, now_ms)?;
    }
    let before: Option<(String, String)> = c
        .prepare_cached("SELECT decision, reason FROM decisions WHERE order_row = ?1 AND flow_id = ?2")?
        .query_row(params![order_row, decision.flow_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    c.prepare_cached(
        "INSERT INTO decisions (order_row, flow_id, order_version, decision, reason, document_row, decided_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (order_row, flow_id) DO UPDATE SET order_version = ?3, decision = ?4, reason = ?5,
           document_row = coalesce(?6, document_row), decided_ms = ?7",
    )?
    .execute(params![order_row, decision.flow_id, order_version, word, reason, document_row, now_ms])?;
    if before.as_ref().is_none_or(|(w, r)| w != word || r != reason) && reason != "condition" {
        let facts = json!({ "decision": word, "reason": reason, "flow": decision.flow_id });
        events::insert(c, order_row, document_row, now_ms, &NewEvent::new("decided", facts))?;
    }
    Ok(overruled)
}

/// A new version or mapping on an open document: its draft is replaced, and it is released or held.
fn replan(c: &Sqlite, known: &documents::Document, plan: &DocumentPlan, now_ms: i64) -> Result<()> {
    if plan.seen != Some(known.state) {
        return Err(StoreError::Stale(known.id.clone()));
    }
    documents::update_draft(c, known.row, &plan.document, now_ms)?;
    match (&plan.failure, known.state) {
        (None, DocumentState::Ready) => rules::keep_delay(c, known.row, &plan.document),
        (None, _) => {
            let note = NewEvent::new("queued", Value::Object(Default::default()));
            documents::apply(c, known, DocumentEvent::Queued, None, now_ms, &note)?;
            rules::keep_delay(c, known.row, &plan.document)
        }
        (Some(failure), _) => documents::apply(
            c,
            known,
            DocumentEvent::Held,
            Some(failure),
            now_ms,
            &NewEvent::new("held", Value::Object(Default::default())).with_failure(failure),
        ),
    }
}

/// Pulls a document that is not yet sent back: its order was cancelled, refunded or no longer matches.
fn withdraw(c: &Sqlite, order_row: i64, flow_id: &str, failure: &Failure, now_ms: i64) -> Result<()> {
    for document in documents::list_by_order(c, order_row)? {
        if document.flow_id == flow_id && document.takes_back().is_none() && document.state.draft_is_open() {
            let event = NewEvent::new("held", Value::Object(Default::default())).with_failure(failure);
            documents::apply(c, &document, DocumentEvent::Held, Some(failure), now_ms, &event)?;
        }
    }
    Ok(())
}
