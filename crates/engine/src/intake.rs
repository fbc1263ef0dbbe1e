//! Taking orders in: polls with overlap, a daily sweep, and files.

use crate::connect::{Gate, is_connections_fault};
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use punte_connectors::shops::{OrderQuery, RejectedOrder, Shop, ShopOrder, file};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::StoreError;
use punte_store::ledger::{Connection, IncomingOrder, Taken};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Polls reach back this far before the newest change seen: a shop's clock and its commits are not one.
const OVERLAP_MS: i64 = 10 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The sweep's reach.
const SWEEP_DAYS: i64 = 35;
/// Pages of one pass, and passes begun anew because the listing changed under them.
const MAX_PAGES: u32 = 10_000;
const MAX_PASSES: u32 = 3;
/// Orders in one commit while importing.
const IMPORT_BATCH: usize = 500;

/// What an import did.
#[derive(Debug, Clone, Default)]
pub struct ImportSummary {
    pub read: u32,
    pub taken: Taken,
    pub rejected: Vec<RejectedOrder>,
}

/// What one pass over a shop brought.
struct Pass {
    newest_ms: Option<i64>,
    taken: Taken,
    rejected: Vec<RejectedOrder>,
    /// Read to its end while it held still.
    is_whole: bool,
}

impl Workspace {
    pub(crate) async fn run_polls(self: &Arc<Self>) {
        loop {
            let mut next = self.deps.timing.poll;
            match self.ledger.list_connections().await {
                Ok(connections) => {
                    for connection in connections.iter().filter(|c| c.kind == "woocommerce") {
                        if connection.is_sandbox {
                            next = next.min(self.deps.timing.poll_sandbox);
                        }
                        if self.may_call(connection, self.now_ms()) == Gate::Closed {
                            continue;
                        }
                        if let Err(error) = self.poll(connection).await {
                            self.note_engine_error(&error, "poll");
                        }
                    }
                }
                Err(error) => self.note_engine_error(&error.into(), "poll"),
            }
            if !self.rest(&self.poll_wake, next).await {
                return;
            }
        }
    }

    /// One poll of one shop, and the daily sweep when it is due.
    async fn poll(&self, connection: &Connection) -> Result<()> {
        match self.shop(connection).await {
            Ok(shop) => self.poll_shop(connection, shop.as_ref()).await,
            Err(failure) => self.note_trouble(connection, &failure).await,
        }
    }

    /// What changed since the cursor, and once a day also everything of the last weeks. The sweep never stands in for the
    /// poll: an order made before its reach and changed since the cursor shows in the poll only.
    async fn poll_shop(&self, connection: &Connection, shop: &dyn Shop) -> Result<()> {
        let now_ms = self.now_ms();
        let reach_ms = now_ms - SWEEP_DAYS * DAY_MS;
        let Some((modified_ms, swept_ms)) = self.ledger.find_cursor(&connection.id).await? else {
            // nothing is known of the shop yet: its first sweep is its first poll
            if let Some(pass) = self.whole_pass(connection, shop, OrderQuery::CreatedSince(reach_ms)).await? {
                self.move_cursor(connection, pass.newest_ms.unwrap_or(reach_ms), now_ms).await?;
            }
            return Ok(());
        };
        let poll = OrderQuery::ModifiedSince(modified_ms - OVERLAP_MS);
        let Some(pass) = self.whole_pass(connection, shop, poll).await? else { return Ok(()) };
        let newest_ms = pass.newest_ms.unwrap_or(modified_ms).max(modified_ms);
        self.move_cursor(connection, newest_ms, swept_ms).await?;
        let is_due = (now_ms - swept_ms).abs() > DAY_MS;
        if is_due && self.whole_pass(connection, shop, OrderQuery::CreatedSince(reach_ms)).await?.is_some() {
            self.move_cursor(connection, newest_ms, now_ms).await?;
        }
        Ok(())
    }

    async fn move_cursor(&self, connection: &Connection, modified_ms: i64, swept_ms: i64) -> Result<()> {
        self.ledger.take_in(Vec::new(), Some((connection.id.clone(), modified_ms, swept_ms)), self.now_ms()).await?;
        Ok(())
    }

    /// Reads a listing, and notes what came of it. `None` unless it was read to its end: then no cursor may move.
    async fn whole_pass(&self, connection: &Connection, shop: &dyn Shop, query: OrderQuery) -> Result<Option<Pass>> {
        match self.pass(connection, shop, query).await? {
            Ok(pass) => {
                self.note_rejected(connection, &pass.rejected)?;
                self.note_contact(connection).await?;
                if pass.taken.new + pass.taken.changed > 0 {
                    tracing::info!(shop = %connection.name, new = pass.taken.new, changed = pass.taken.changed, "orders taken in");
                    self.changed(Change::Orders);
                    self.decide_wake.notify_one();
                }
                Ok(Some(pass).filter(|pass| pass.is_whole))
            }
            Err(failure) => {
                if !is_connections_fault(&failure) {
                    tracing::error!(shop = %connection.name, kind = failure.kind.as_str(), "the shop's listing was refused");
                }
                self.note_trouble(connection, &failure).await?;
                Ok(None)
            }
        }
    }

    /// Reads a listing page by page. It is whole only when its last page was read and its total did not change under it.
    async fn pass(
        &self,
        connection: &Connection,
        shop: &dyn Shop,
        query: OrderQuery,
    ) -> Result<std::result::Result<Pass, Failure>> {
        let mut pass = Pass { newest_ms: None, taken: Taken::default(), rejected: Vec::new(), is_whole: false };
        for _ in 0..MAX_PASSES {
            pass.rejected.clear();
            let mut total = None;
            let mut steady = true;
            for page in 1..=MAX_PAGES {
                let listed = match shop.list_orders(query, page).await {
                    Ok(listed) => listed,
                    Err(failure) => return Ok(Err(failure)),
                };
                steady &= total.is_none_or(|before| before == listed.total);
                total = Some(listed.total);
                pass.newest_ms = listed.orders.iter().map(|order| order.head.modified_ms).max().max(pass.newest_ms);
                let incoming = listed.orders.into_iter().map(|order| self.incoming(connection, shop.identity(), order));
                let taken = self.ledger.take_in(incoming.collect::<Result<_>>()?, None, self.now_ms()).await?;
                pass.taken.new += taken.new;
                pass.taken.changed += taken.changed;
                pass.rejected.extend(listed.rejected);
                if taken.new + taken.changed > 0 {
                    self.decide_wake.notify_one();
                }
                if page >= listed.pages {
                    pass.is_whole = steady;
                    break;
                }
                if self.stopping.is_cancelled() {
                    return Ok(Ok(pass));
                }
            }
            if pass.is_whole {
                break;
            }
        }
        // a shop that changes faster than it can be read: what was read is kept, the cursor stays behind
        Ok(Ok(pass))
    }

    fn incoming(&self, connection: &Connection, shop_identity: String, order: ShopOrder) -> Result<IncomingOrder> {
        let raw = serde_json::to_string(&order.raw).map_err(StoreError::Json)?;
        let digest = Sha256::digest(content_of(&order.raw).to_string().as_bytes());
        let content_hash = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(IncomingOrder {
            id: self.deps.clock.new_id("ord"),
            shop_identity,
            connection_id: connection.id.clone(),
            head: order.head,
            raw,
            content_hash,
        })
    }

    /// Orders that could not be read are kept in sight, and the connection is shown as degraded.
    fn note_rejected(&self, connection: &Connection, rejected: &[RejectedOrder]) -> Result<()> {
        for one in rejected.iter().take(20) {
            tracing::warn!(order = ?one.order, field = %one.field, reason = %one.reason, "an order of the shop cannot be read");
        }
        let json = serde_json::to_string(rejected).map_err(StoreError::Json)?;
        Ok(self.cache.record_listing(&connection.id, "rejected_orders", &json, self.now_ms())?)
    }

    /// Orders of a shop that could not be read in the last pass, as a failure for the connection's card.
    pub fn unreadable_orders(&self, connection: &Connection) -> Option<Failure> {
        let (json, _) = self.cache.find_listing(&connection.id, "rejected_orders").ok()??;
        let rejected: Vec<RejectedOrder> = serde_json::from_str(&json).ok()?;
        let first = rejected.first()?;
        let order = first.order.clone().unwrap_or_default();
        Some(Failure::new(FailureKind::OrderUnreadable, Phase::Prepare, "read order", order).with_detail(format!(
            "{} ({}): {} — {}",
            rejected.len(),
            first.order.as_deref().unwrap_or("?"),
            first.field,
            first.reason
        )))
    }

    /// Takes an orders export in, as orders of a shop connection. Every bad record is reported; the good ones go through.
    pub async fn import_orders(&self, connection_id: &str, content: &[u8]) -> Result<ImportSummary> {
        let connection = self.ledger.get_connection(connection_id).await?;
        let identity = match connection.kind.as_str() {
            "file" => format!("file:{}", connection.id),
            _ => match self.shop(&connection).await {
                Ok(shop) => shop.identity(),
                Err(failure) => return Err(failure.into()),
            },
        };
        let bytes = content.to_vec();
        let read = tokio::task::spawn_blocking(move || file::read_export(&bytes))
            .await
            .map_err(|error| EngineError::Invalid { field: "file", detail: error.to_string() })?;
        let mut summary = ImportSummary { rejected: read.rejected, ..ImportSummary::default() };
        let mut orders = read.orders.into_iter().map(|(_, order)| order).peekable();
        while orders.peek().is_some() {
            let batch: Vec<ShopOrder> = orders.by_ref().take(IMPORT_BATCH).collect();
            summary.read += batch.len() as u32;
            let incoming: Vec<IncomingOrder> = batch
                .into_iter()
                .map(|order| self.incoming(&connection, identity.clone(), order))
                .collect::<Result<_>>()?;
            let taken = self.ledger.take_in(incoming, None, self.now_ms()).await?;
            summary.taken.new += taken.new;
            summary.taken.changed += taken.changed;
            summary.taken.unchanged += taken.unchanged;
        }
        self.changed(Change::Orders);
        self.decide_wake.notify_one();
        Ok(summary)
    }

    /// Looks at a shop now, or lets a stopped connection be tried again.
    pub async fn wake(&self, connection_id: &str) -> Result<()> {
        let connection = self.ledger.get_connection(connection_id).await?;
        if connection.stop.is_some() {
            self.forget_connector(connection_id);
            self.ledger.release_connection(connection_id).await?;
            self.changed(Change::Connections);
        }
        self.poll_wake.notify_one();
        self.outbox_wake.notify_one();
        self.settle_wake.notify_one();
        self.verify_wake.notify_one();
        Ok(())
    }
}

/// What makes a version of an order: everything but our own notes on it and the instant of its last change, which our
/// writing them moves.
fn content_of(raw: &Value) -> Value {
    let mut content = raw.clone();
    if let Some(fields) = content.as_object_mut() {
        fields.retain(|name, _| !name.starts_with("date_modified"));
        if let Some(Value::Array(meta)) = fields.get_mut("meta_data") {
            let is_ours = |one: &Value| one["key"].as_str().is_some_and(|key| key.starts_with(crate::notes::PREFIX));
            meta.retain(|one| !is_ours(one));
        }
    }
    content
}

#[cfg(test)]
mod tests;
