//! Before a document is sent that is not of an order just taken in: whether the order still stands at the shop as it is known
//! here. A delay, a release or a long hold lie between the two, and not every shop tells that an order went into its trash.
//!
//! A shop that does not answer makes the document wait, and not for ever: it is sent as it is known, and the record says so.

use super::DELAYS;
use crate::connect::{Gate, is_connections_fault};
use crate::error::Result;
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::shops::{self, ShopKind, ShopOrder};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Document, OrderRow};
use std::collections::HashMap;
use std::time::Duration;

/// What the shop said so lately is taken for what it says now.
const FRESH_MS: i64 = 10 * 60 * 1000;
/// How long a shop must have been silent before its orders are sent without asking it, and how much of that must have been
/// asked in vain since the start: a computer that was off or slept is no silent shop.
const SILENT_MS: i64 = 6 * 60 * 60 * 1000;
const ASKED: Duration = Duration::from_secs(60 * 60);
/// Questions further apart do not count together: a clock that goes on while the computer sleeps tells no other way.
const APART: Duration = Duration::from_secs(10 * 60);
/// Orders whose answer is remembered.
const REMEMBERED: usize = 10_000;

/// What shops were asked before sends.
#[derive(Default)]
pub(crate) struct Asked {
    /// When an order was found to stand as it is known, by its row, with the version that was known.
    stood: HashMap<i64, (u32, i64)>,
    silent: HashMap<String, Silence>,
}

/// A shop that is asked in vain: since when, and when last, by monotonic time.
#[derive(Clone, Copy)]
struct Silence {
    since: Duration,
    last: Duration,
}

impl Asked {
    /// The machine slept: no shop was asked meanwhile.
    pub(crate) fn forget_silence(&mut self) {
        self.silent.clear();
    }

    /// Notes one more question in vain. Answers for how long there were no others.
    fn note_vain(&mut self, shop: &str, now: Duration) -> Duration {
        let silence = self.silent.entry(shop.to_owned()).or_insert(Silence { since: now, last: now });
        if now.saturating_sub(silence.last) > APART {
            silence.since = now;
        }
        silence.last = now;
        now.saturating_sub(silence.since)
    }
}

impl Workspace {
    /// Whether a document may go on. If not, it waits, is held, or its order is decided anew.
    pub(super) async fn still_stands(&self, document: &Document) -> Result<bool> {
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        let shop = self.ledger.get_connection(&order.connection_id).await?;
        let is_asked = matches!(document.role.as_str(), "invoice" | "proforma")
            && ShopKind::parse(&shop.kind).is_some_and(ShopKind::polls);
        if !is_asked || self.is_fresh(&order) {
            return Ok(true);
        }
        if self.may_call(&shop, self.now_ms()) == Gate::Closed {
            return self.unasked(document, &shop).await;
        }
        let answer = self.read_again(&shop, &order.head.order_id).await?;
        if !answer.as_ref().is_err_and(is_connections_fault) {
            lock(&self.asked).silent.remove(&shop.id);
        }
        match answer {
            Ok((identity, _)) if identity != order.shop_identity => Ok(true),
            Ok((identity, found)) => self.take_answer(document, &order, &shop, identity, found).await,
            Err(failure) if is_gone(&failure) => {
                // first: taking it in wakes the decision, which may pull the document back
                self.wait_a_little(document.row).await?;
                if !self.take_as_gone(&shop, &order).await? {
                    self.hold_for(document, failure).await?;
                }
                Ok(false)
            }
            Err(failure) if is_connections_fault(&failure) => self.unasked(document, &shop).await,
            // it cannot be read any more, say: this record's matter
            Err(failure) => {
                self.hold_for(document, failure).await?;
                Ok(false)
            }
        }
    }

    fn is_fresh(&self, order: &OrderRow) -> bool {
        let now_ms = self.now_ms();
        let is_late = |at_ms: i64| at_ms.abs_diff(now_ms) <= FRESH_MS.unsigned_abs();
        let stood = lock(&self.asked).stood.get(&order.row).copied();
        is_late(order.received_ms) || stood.is_some_and(|(version, at_ms)| version == order.version && is_late(at_ms))
    }

    /// Another content is a new version, which is decided before anything is sent of it.
    async fn take_answer(
        &self,
        document: &Document,
        order: &OrderRow,
        shop: &Connection,
        identity: String,
        found: ShopOrder,
    ) -> Result<bool> {
        let incoming = self.incoming(shop, identity, found)?;
        let taken = self.ledger.take_in(vec![incoming], None, self.now_ms()).await?;
        self.count_taken(shop, &taken);
        if taken.new + taken.changed > 0 {
            self.wait_a_little(document.row).await?;
            self.changed(Change::Orders);
            self.decide_wake.notify_one();
            return Ok(false);
        }
        let mut asked = lock(&self.asked);
        if asked.stood.len() >= REMEMBERED {
            asked.stood.clear();
        }
        asked.stood.insert(order.row, (order.version, self.now_ms()));
        Ok(true)
    }

    /// Takes an order in as one that the shop has no more. Answers whether it could be: it must not be so already, and of a
    /// shop whose orders can go.
    pub(crate) async fn take_as_gone(&self, shop: &Connection, order: &OrderRow) -> Result<bool> {
        let raw = serde_json::from_str(&self.ledger.get_order_json(order.row).await?).map_err(StoreError::Json)?;
        let Some(gone) = shops::as_gone(&raw, self.now_ms()) else { return Ok(false) };
        let incoming = self.incoming(shop, order.shop_identity.clone(), gone)?;
        let taken = self.ledger.take_in(vec![incoming], None, self.now_ms()).await?;
        self.count_taken(shop, &taken);
        if taken.changed > 0 {
            self.changed(Change::Orders);
            self.decide_wake.notify_one();
        }
        Ok(taken.changed > 0)
    }

    /// Until its order is decided anew.
    async fn wait_a_little(&self, row: i64) -> Result<()> {
        Ok(self.ledger.postpone(row, self.now_ms() + 1000).await?)
    }

    async fn hold_for(&self, document: &Document, failure: Failure) -> Result<()> {
        self.ledger.hold(document.row, failure, self.now_ms()).await?;
        self.changed(Change::Documents);
        Ok(())
    }

    async fn unasked(&self, document: &Document, shop: &Connection) -> Result<bool> {
        let now_ms = self.now_ms();
        let asked = lock(&self.asked).note_vain(&shop.id, self.deps.clock.monotonic());
        let last_ms = shop.last_contact_ms.unwrap_or(shop.created_ms);
        if asked < ASKED || now_ms - last_ms < SILENT_MS {
            self.ledger.postpone(document.row, now_ms + DELAYS[2].as_millis() as i64).await?;
            return Ok(false);
        }
        let why = shop.stop.as_ref().map_or("", |stop| stop.failure.kind.as_str());
        self.ledger.record_unasked(document.row, why, now_ms).await?;
        Ok(true)
    }
}

/// Whether a shop said that it has no such order: nothing else that went wrong proves that.
pub(crate) fn is_gone(failure: &Failure) -> bool {
    failure.kind == FailureKind::OrderGone && failure.phase == Phase::Refused
}

#[cfg(test)]
mod tests;
