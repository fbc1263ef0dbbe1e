//! Taking orders in: polls with overlap, and a daily sweep.

use crate::connect::{Gate, is_connections_fault};
use crate::error::Result;
use crate::schedule::{JobKind, JobResult};
use crate::told;
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::shops::{self, OrderQuery, RejectedOrder, Shop, ShopKind, ShopOrder};
use punte_domain::erasure::Known;
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::StoreError;
use punte_store::ledger::{Connection, FILE_IDENTITY, IncomingOrder, Taken};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;
use tracing::Instrument;

/// Polls reach back this far before the newest change seen: a shop's clock and its commits are not one.
const OVERLAP_MS: i64 = 10 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The sweep's reach.
const SWEEP_DAYS: i64 = 35;
/// Pages of one pass, and passes begun anew because the listing changed under them.
pub(crate) const MAX_PAGES: u32 = 10_000;
pub(crate) const MAX_PASSES: u32 = 3;
/// Unreadable orders that are kept in sight for one shop.
const MAX_UNREADABLE: usize = 200;
/// Where the cache keeps them.
const UNREADABLE: &str = "rejected_orders";

/// What one pass over a shop brought.
#[derive(Default)]
struct Pass {
    newest_ms: Option<i64>,
    /// When it began, on the shop's clock. What is changed later may be missed by it, whatever it saw of later.
    began_ms: i64,
    taken: Taken,
    rejected: Vec<RejectedOrder>,
    /// Ids and numbers of the orders that were read well, as far as they stood among the unreadable ones.
    healed: HashSet<String>,
    /// Read to its end while it held still.
    is_whole: bool,
}

impl Pass {
    /// Up to when everything was seen.
    fn reached_ms(&self) -> Option<i64> {
        self.newest_ms.map(|newest_ms| newest_ms.min(self.began_ms))
    }
}

impl Workspace {
    pub(crate) async fn run_polls(self: &Arc<Self>) {
        loop {
            let mut next = self.deps.timing.poll;
            match self.ledger.list_connections().await {
                Ok(connections) => {
                    for connection in
                        connections.iter().filter(|c| ShopKind::parse(&c.kind).is_some_and(ShopKind::polls))
                    {
                        if connection.is_sandbox {
                            next = next.min(self.deps.timing.poll_sandbox);
                        }
                        self.poll_job(connection).instrument(told::of_connection(connection)).await;
                    }
                }
                Err(error) => self.note_engine_error(&error.into(), "poll"),
            }
            if !self.rest(&self.poll_wake, next).await {
                return;
            }
        }
    }

    /// One poll of one shop in its turn, and what came of it.
    async fn poll_job(&self, connection: &Connection) {
        let timing = self.deps.timing;
        let result = match self.may_call(connection, self.now_ms()) {
            Gate::Closed => JobResult::skipped(self.why_closed(connection)),
            Gate::Open | Gate::Probe => match self.poll(connection).await {
                Ok(result) => result,
                Err(error) => {
                    self.note_engine_error(&error, "poll");
                    JobResult::broken()
                }
            },
        };
        if result.outcome == "ok" {
            self.deps.meters.polled(&connection.id, self.now_ms());
        }
        let next = if connection.is_sandbox { timing.poll_sandbox } else { timing.poll };
        self.note_run(&format!("{}:{}", JobKind::Poll.as_str(), connection.id), result, next);
    }

    /// One poll of one shop, and the daily sweep when it is due.
    #[tracing::instrument(target = "punte_trace", level = "trace", skip_all,
        fields(connection = connection.id, kind = connection.kind, new, changed))]
    async fn poll(&self, connection: &Connection) -> Result<JobResult> {
        match self.shop(connection).await {
            Ok(shop) => self.poll_shop(connection, shop.as_ref()).await?,
            Err(failure) => self.note_trouble(connection, &failure).await?,
        }
        // a failure of the shop is noted on its connection
        let now = self.ledger.get_connection(&connection.id).await?;
        Ok(now.stop.map_or_else(|| JobResult::ok(&[]), |stop| JobResult::failed(stop.failure)))
    }

    /// What changed since the cursor, and once a day also everything of the last weeks. The sweep never stands in for the
    /// poll: an order made before its reach and changed since the cursor shows in the poll only.
    async fn poll_shop(&self, connection: &Connection, shop: &dyn Shop) -> Result<()> {
        let now_ms = self.now_ms();
        let reach_ms = now_ms - SWEEP_DAYS * DAY_MS;
        let Some((modified_ms, swept_ms)) = self.ledger.find_cursor(&connection.id).await? else {
            // nothing is known of the shop yet: its first sweep is its first poll
            if let Some(pass) = self.whole_pass(connection, shop, OrderQuery::CreatedSince(reach_ms)).await? {
                self.move_cursor(connection, pass.reached_ms().unwrap_or(reach_ms), now_ms).await?;
            }
            return Ok(());
        };
        // one that an order dated in the future carried off would see nothing until then
        let modified_ms = modified_ms.min(now_ms);
        let poll = OrderQuery::ModifiedSince(modified_ms - OVERLAP_MS);
        let Some(pass) = self.whole_pass(connection, shop, poll).await? else { return Ok(()) };
        let newest_ms = pass.reached_ms().unwrap_or(modified_ms).max(modified_ms);
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
        match self.pass(connection, shop, query, &self.list_unreadable(connection)).await? {
            Ok(pass) => {
                let step = tracing::Span::current();
                step.record("new", pass.taken.new).record("changed", pass.taken.changed);
                self.note_rejected(connection, &pass, query)?;
                self.note_contact(connection).await?;
                if pass.taken.new + pass.taken.changed > 0 {
                    tracing::info!(
                        connection = connection.id,
                        new = pass.taken.new,
                        changed = pass.taken.changed,
                        "orders taken in"
                    );
                    self.changed(Change::Orders);
                    self.decide_wake.notify_one();
                }
                Ok(Some(pass).filter(|pass| pass.is_whole))
            }
            Err(failure) => {
                if !is_connections_fault(&failure) {
                    tracing::error!(
                        connection = connection.id,
                        kind = failure.kind.as_str(),
                        "the shop's listing was refused"
                    );
                }
                self.note_trouble(connection, &failure).await?;
                if is_planted(Bug::CursorMovesOnFailure) {
                    let now_ms = self.now_ms();
                    return Ok(Some(Pass { newest_ms: Some(now_ms), began_ms: now_ms, ..Pass::default() }));
                }
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
        unreadable: &[RejectedOrder],
    ) -> Result<std::result::Result<Pass, Failure>> {
        let unreadable: HashSet<&String> = unreadable.iter().filter_map(|one| one.order.as_ref()).collect();
        let mut pass = Pass::default();
        for _ in 0..MAX_PASSES {
            pass.rejected.clear();
            let mut total = None;
            let mut steady = true;
            let asked_ms = self.now_ms();
            for page in 1..=MAX_PAGES {
                let listed = match shop.list_orders(query, page).await {
                    Ok(listed) => listed,
                    Err(failure) => return Ok(Err(failure)),
                };
                if page == 1 {
                    // a clock that is days off tells nothing
                    let told = listed.answered_ms.filter(|told| told.abs_diff(asked_ms) < DAY_MS.unsigned_abs());
                    pass.began_ms = told.unwrap_or(asked_ms);
                }
                steady &= total.is_none_or(|before| before == listed.total);
                total = Some(listed.total);
                pass.newest_ms = listed.orders.iter().map(|order| order.head.modified_ms).max().max(pass.newest_ms);
                let names = listed.orders.iter().flat_map(|order| [&order.head.order_id, &order.head.number]);
                pass.healed.extend(names.filter(|name| unreadable.contains(name)).cloned());
                let incoming = listed.orders.into_iter().map(|order| self.incoming(connection, shop.identity(), order));
                let taken = self.ledger.take_in(incoming.collect::<Result<_>>()?, None, self.now_ms()).await?;
                self.count_taken(connection, &taken);
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

    /// Takes orders in as those of a shop, in one commit, and lets them be decided. The same ones again are no new versions, and
    /// older ones replace none.
    pub async fn take_orders(&self, connection: &Connection, orders: Vec<ShopOrder>) -> Result<Taken> {
        let identity = self.identity_for(connection).await?;
        let incoming = orders.into_iter().map(|order| self.incoming(connection, identity.clone(), order));
        let taken = self.ledger.take_in(incoming.collect::<Result<_>>()?, None, self.now_ms()).await?;
        self.count_taken(connection, &taken);
        self.changed(Change::Orders);
        self.decide_wake.notify_one();
        Ok(taken)
    }

    /// Of which shop a connection's orders are.
    pub(crate) async fn identity_for(&self, connection: &Connection) -> std::result::Result<String, Failure> {
        match ShopKind::parse(&connection.kind) {
            Some(ShopKind::File) => Ok(format!("{FILE_IDENTITY}{}", connection.id)),
            _ => Ok(self.shop(connection).await?.identity()),
        }
    }

    pub(crate) fn incoming(
        &self,
        connection: &Connection,
        shop_identity: String,
        order: ShopOrder,
    ) -> Result<IncomingOrder> {
        let raw = serde_json::to_string(&order.raw).map_err(StoreError::Json)?;
        let digest = Sha256::digest(shops::content_of(&order.raw).to_string().as_bytes());
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

    /// Orders that could not be read are kept in sight until they can be, and the connection is shown as degraded.
    fn note_rejected(&self, connection: &Connection, pass: &Pass, query: OrderQuery) -> Result<()> {
        // as they stand now: meanwhile another listing may have added some, and an erasure masked what they say
        let _alone = lock(&self.unreadable_turn);
        let earlier = self.list_unreadable(connection);
        let is_known = |new: &&RejectedOrder| earlier.iter().any(|old| is_same_trouble(old, new));
        for one in pass.rejected.iter().filter(|one| !is_known(one)).take(20) {
            // the code alone: its facts are what the shop wrote, and a name may stand in a field for a date
            let reason = one.reason.code.as_str();
            tracing::warn!(connection = connection.id, order = one.order, field = %one.field, reason, "an order of the shop cannot be read");
        }
        let is_sweep = matches!(query, OrderQuery::CreatedSince(_));
        let now = still_unreadable(&earlier, pass, is_sweep);
        if now == earlier {
            return Ok(());
        }
        self.changed(Change::Connections);
        let json = serde_json::to_string(&now).map_err(StoreError::Json)?;
        self.cache.record_listing(&connection.id, UNREADABLE, &json, self.now_ms());
        Ok(())
    }

    /// Keeps orders in sight that could not be read in another listing than a poll's.
    pub(crate) fn note_unreadable(&self, connection: &Connection, rejected: Vec<RejectedOrder>) -> Result<()> {
        let pass = Pass { rejected, ..Pass::default() };
        self.note_rejected(connection, &pass, OrderQuery::ModifiedSince(0))
    }

    /// Takes a client out of what is said of orders that are kept in sight because they could not be read. They stay in sight: what
    /// is not invoiced yet is not lost. The shop may name the client again as long as they cannot be read.
    pub(crate) async fn forget_unreadable(&self, known: &Known) -> Result<()> {
        for connection in self.ledger.list_connections().await? {
            let _alone = lock(&self.unreadable_turn);
            let mut kept = self.list_unreadable(&connection);
            let mut is_named = false;
            for one in &mut kept {
                is_named |= one.reason.facts.values_mut().fold(false, |found, fact| match known.scrubbed(fact) {
                    Some(masked) => {
                        *fact = masked;
                        true
                    }
                    None => found,
                });
            }
            if is_named {
                let json = serde_json::to_string(&kept).map_err(StoreError::Json)?;
                self.cache.record_listing(&connection.id, UNREADABLE, &json, self.now_ms());
            }
        }
        Ok(())
    }

    /// A cache that cannot be read knows of none: the next sweep finds them again.
    fn list_unreadable(&self, connection: &Connection) -> Vec<RejectedOrder> {
        let listing = self.cache.find_listing(&connection.id, UNREADABLE);
        listing.and_then(|(json, _)| serde_json::from_str(&json).ok()).unwrap_or_default()
    }

    /// Orders of a shop that cannot be read, as a failure for the connection's card. The newest is named.
    pub fn unreadable_orders(&self, connection: &Connection) -> Option<Failure> {
        let rejected = self.list_unreadable(connection);
        let newest = rejected.last()?;
        let order = newest.order.clone().unwrap_or_default();
        Some(Failure::new(FailureKind::OrderUnreadable, Phase::Prepare, "read order", order).with_detail(format!(
            "{} ({}): {} — {}",
            rejected.len(),
            newest.order.as_deref().unwrap_or("?"),
            newest.field,
            newest.reason
        )))
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
        self.inbox_wake.notify_one();
        self.outbox_wake.notify_one();
        self.settle_wake.notify_one();
        self.verify_wake.notify_one();
        Ok(())
    }
}

/// The same record with the same problem, wherever in a page it stood.
fn is_same_trouble(one: &RejectedOrder, other: &RejectedOrder) -> bool {
    (&one.order, &one.field, &one.reason) == (&other.order, &other.field, &other.reason)
}

/// What was unreadable before and was not read well since, then what this pass could not read. A poll shows an order only
/// while its change is recent, so its absence from one says nothing.
fn still_unreadable(earlier: &[RejectedOrder], pass: &Pass, is_sweep: bool) -> Vec<RejectedOrder> {
    let named_again: HashSet<&String> = pass.rejected.iter().filter_map(|one| one.order.as_ref()).collect();
    let is_kept = |old: &&RejectedOrder| match &old.order {
        Some(order) => !pass.healed.contains(order) && !named_again.contains(order),
        // nothing can tell that a record without a name was read well: a whole sweep shows it again, or it is gone
        None if is_sweep && pass.is_whole => false,
        None => !pass.rejected.iter().any(|new| is_same_trouble(old, new)),
    };
    let mut all: Vec<RejectedOrder> = earlier.iter().filter(is_kept).chain(&pass.rejected).cloned().collect();
    all.drain(..all.len().saturating_sub(MAX_UNREADABLE));
    all
}

#[cfg(test)]
pub(crate) mod tests;
