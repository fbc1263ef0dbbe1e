//! Orders from before a flow: read at the shop, planned, and, when a person has seen the plan, given to the flow little by little.
//!
//! Nothing but the flow's own decision issues anything: a released order is decided like any other, only that the day on which
//! the flow was switched on does not count. What has a document keeps it.

use crate::decide::meets_condition;
use crate::error::{EngineError, Result};
use crate::intake::{MAX_PAGES, MAX_PASSES};
use crate::workspace::{Change, Workspace};
use punte_connectors::shops::{OrderQuery, Shop, ShopKind};
use punte_domain::{Failure, FailureKind, Judged, OrderHead, Phase, Role};
use punte_store::StoreError;
use punte_store::ledger::{Backfill, BackfillGroup, BackfillOrder, Connection, Flow, NewBackfill, OrderRow};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The longest time at once: two years.
const MOST_DAYS: i64 = 731;
/// A time from summer to winter is an hour longer than its days.
const CLOCK_CHANGE_MS: i64 = 60 * 60 * 1000;
/// Orders planned together.
const BATCH: u32 = 100;
/// Orders released together, and documents that may wait to be sent before more are: what is bought now goes first.
const RELEASE: u32 = 25;
const WAITING: u32 = 25;
/// Between looks at whether more may be released.
const PAUSE: Duration = Duration::from_millis(500);

/// A backfill as it stands, with its plan.
#[derive(Debug, Clone)]
pub struct BackfillStanding {
    pub backfill: Backfill,
    pub groups: Vec<BackfillGroup>,
}

impl Workspace {
    /// Begins to plan what a flow would make of orders placed in a time. Issues nothing.
    pub async fn plan_backfill(
        self: &Arc<Self>,
        flow_id: &str,
        (from_ms, until_ms): (i64, i64),
        who: &str,
    ) -> Result<BackfillStanding> {
        let flow = self.ledger.find_flow(flow_id).await?.ok_or(StoreError::NotFound(flow_id.to_owned()))?;
        if !flow.enabled {
            return Err(EngineError::NotNow("flow_off"));
        }
        if from_ms >= until_ms || until_ms - from_ms > MOST_DAYS * DAY_MS + CLOCK_CHANGE_MS {
            return Err(EngineError::Invalid { field: "from", detail: format!("1 to {MOST_DAYS} days") });
        }
        self.check_reach(&flow, from_ms).await?;
        let id = self.deps.clock.new_id("bkf");
        let new = NewBackfill { id: id.clone(), flow_id: flow_id.to_owned(), from_ms, until_ms, who: who.to_owned() };
        match self.ledger.begin_backfill(new, self.now_ms()).await {
            Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("under_way")),
            begun => begun?,
        }
        let backfill = self.ledger.find_backfill(&id).await?;
        let this = self.clone();
        self.spawn(async move { this.read_and_plan(backfill, flow).await });
        self.backfill_standing(&id).await
    }

    /// A plan of days whose orders the shop does not show would look whole, and would not be.
    ///
    /// # Errors
    /// [`EngineError::NotNow`] then. A shop that does not answer is told of by the reading.
    async fn check_reach(&self, flow: &Flow, from_ms: i64) -> Result<()> {
        let connection = self.ledger.get_connection(&flow.shop_id).await?;
        if !ShopKind::parse(&connection.kind).is_some_and(ShopKind::polls) {
            return Ok(());
        }
        let Ok(shop) = self.shop(&connection).await else { return Ok(()) };
        match shop.reach_days().await {
            Ok(Some(days)) if from_ms < self.now_ms() - i64::from(days) * DAY_MS => {
                Err(EngineError::NotNow("older_than_shown"))
            }
            _ => Ok(()),
        }
    }

    pub async fn backfill_standing(&self, id: &str) -> Result<BackfillStanding> {
        let backfill = self.ledger.find_backfill(id).await?;
        let groups = self.ledger.list_backfill_groups(backfill.row).await?;
        Ok(BackfillStanding { backfill, groups })
    }

    /// The newest of each flow.
    pub async fn list_backfills(&self) -> Result<Vec<BackfillStanding>> {
        let mut all = Vec::new();
        for backfill in self.ledger.list_backfills().await? {
            let groups = self.ledger.list_backfill_groups(backfill.row).await?;
            all.push(BackfillStanding { backfill, groups });
        }
        Ok(all)
    }

    /// Has a plan carried out, behind live orders.
    pub async fn confirm_backfill(&self, id: &str, who: &str) -> Result<BackfillStanding> {
        let backfill = self.ledger.find_backfill(id).await?;
        if !self.ledger.find_flow(&backfill.flow_id).await?.is_some_and(|flow| flow.enabled) {
            return Err(EngineError::NotNow("flow_off"));
        }
        let moved =
            self.ledger.move_backfill(backfill.row, ("planned", "running"), Some(who), None, self.now_ms()).await?;
        if !moved {
            return Err(EngineError::NotNow("not_planned"));
        }
        self.changed(Change::Backfill);
        self.backfill_wake.notify_one();
        self.backfill_standing(id).await
    }

    /// Stops before the next order. What was given to the flow stays with it.
    pub async fn cancel_backfill(&self, id: &str) -> Result<BackfillStanding> {
        let backfill = self.ledger.find_backfill(id).await?;
        for state in ["reading", "planned", "running"] {
            if self.ledger.move_backfill(backfill.row, (state, "cancelled"), None, None, self.now_ms()).await? {
                break;
            }
        }
        self.changed(Change::Backfill);
        self.backfill_standing(id).await
    }

    async fn read_and_plan(self: Arc<Self>, backfill: Backfill, flow: Flow) {
        let row = backfill.row;
        let read = self.read_for_plan(&backfill, &flow).await;
        if self.stopping.is_cancelled() {
            // cut short: the next owner gives it up, and a person asks again
            return;
        }
        let ended = match read {
            Ok(Ok(())) => self.ledger.move_backfill(row, ("reading", "planned"), None, None, self.now_ms()).await,
            Ok(Err(failure)) => {
                self.ledger.move_backfill(row, ("reading", "failed"), None, Some(failure), self.now_ms()).await
            }
            Err(error) => {
                self.note_engine_error(&error, "plan a backfill");
                let failure = Failure::new(FailureKind::LedgerUnwritable, Phase::Prepare, "plan", flow.name.clone())
                    .with_detail(error.to_string());
                self.ledger.move_backfill(row, ("reading", "failed"), None, Some(failure), self.now_ms()).await
            }
        };
        if let Err(error) = ended {
            self.note_engine_error(&error.into(), "plan a backfill");
        }
        self.changed(Change::Backfill);
    }

    async fn read_for_plan(&self, backfill: &Backfill, flow: &Flow) -> Result<std::result::Result<(), Failure>> {
        let shop = self.ledger.get_connection(&flow.shop_id).await?;
        if ShopKind::parse(&shop.kind).is_some_and(ShopKind::polls)
            && let Err(failure) = self.read_shop(backfill, &shop).await?
        {
            return Ok(Err(failure));
        }
        let connections = self.ledger.list_connections().await?;
        let mapping = match self.active_mapping(&flow.mapping_id).await {
            Ok(mapping) => mapping,
            Err(EngineError::Invalid { detail, .. }) => {
                let failure = Failure::new(FailureKind::FlowIncomplete, Phase::Prepare, "plan", flow.name.clone());
                return Ok(Err(failure.with_detail(detail)));
            }
            Err(error) => return Err(error),
        };
        let flow = taken_up(flow);
        // by age: what is dated on its completion must not come after a newer one
        let mut after = (backfill.from_ms, 0);
        while self.is_in(backfill, "reading").await? {
            let orders = self.ledger.list_orders_placed(&flow.shop_id, after, backfill.until_ms, BATCH).await?;
            let Some(last) = orders.last() else { break };
            after = (last.head.created_ms, last.row);
            let mut planned = Vec::with_capacity(orders.len());
            for order in &orders {
                let (verdict, reason) = self.foresee(order, &flow, &connections, &mapping).await?;
                planned.push(BackfillOrder {
                    order_row: order.row,
                    verdict,
                    reason,
                    total_minor: order.head.total_minor,
                    currency: order.head.currency.code().to_owned(),
                });
            }
            self.ledger.add_backfill_orders(backfill.row, planned).await?;
            self.changed(Change::Backfill);
        }
        Ok(Ok(()))
    }

    /// Takes in what the shop has of the time, however long ago: a poll reaches back some weeks only.
    async fn read_shop(
        &self,
        backfill: &Backfill,
        connection: &Connection,
    ) -> Result<std::result::Result<(), Failure>> {
        let shop = match self.shop(connection).await {
            Ok(shop) => shop,
            Err(failure) => return Ok(Err(failure)),
        };
        self.read_whole(backfill, connection, shop.as_ref()).await
    }

    async fn read_whole(
        &self,
        backfill: &Backfill,
        connection: &Connection,
        shop: &dyn Shop,
    ) -> Result<std::result::Result<(), Failure>> {
        let mut why = String::new();
        for _ in 0..MAX_PASSES {
            why = match self.read_once(backfill, connection, shop).await? {
                Ok(None) => return Ok(Ok(())),
                Ok(Some(why)) => why,
                Err(failure) => return Ok(Err(failure)),
            };
        }
        // what was read is kept; a plan of it would look whole, and would not be
        let failure =
            Failure::new(FailureKind::ListingUnsteady, Phase::Prepare, "list orders", connection.name.clone());
        Ok(Err(failure.with_detail(why)))
    }

    /// One reading from the first page to the last. Answers why it cannot be taken for whole; `None`: it is, or nobody waits
    /// for it any more.
    async fn read_once(
        &self,
        backfill: &Backfill,
        connection: &Connection,
        shop: &dyn Shop,
    ) -> Result<std::result::Result<Option<String>, Failure>> {
        let query = OrderQuery::CreatedWithin(backfill.from_ms, backfill.until_ms.min(self.now_ms()));
        let (mut read, mut rejected) = (0, Vec::new());
        let mut counted = None;
        let mut why = Some(format!("> {MAX_PAGES} pages"));
        for page in 1..=MAX_PAGES {
            let mut listed = match shop.list_orders(query, page).await {
                Ok(listed) => listed,
                Err(failure) => return Ok(Err(failure)),
            };
            read += listed.orders.len() as u32;
            rejected.append(&mut listed.rejected);
            self.take_orders(connection, listed.orders).await?;
            self.ledger.note_backfill_read(backfill.row, read).await?;
            self.changed(Change::Backfill);
            // an order that leaves the list moves those behind it to the page that was read already
            let first = *counted.get_or_insert(listed.total);
            if first != listed.total {
                why = Some(format!("{first} → {}", listed.total));
                break;
            }
            if page >= listed.pages || !self.is_in(backfill, "reading").await? {
                why = None;
                break;
            }
        }
        self.note_unreadable(connection, rejected)?;
        self.changed(Change::Orders);
        self.decide_wake.notify_one();
        Ok(Ok(why))
    }

    async fn is_in(&self, backfill: &Backfill, state: &str) -> Result<bool> {
        Ok(!self.stopping.is_cancelled() && self.ledger.find_backfill(&backfill.id).await?.state == state)
    }

    /// What the flow would make of an order: `issue`, `hold` and why, or why nothing.
    async fn foresee(
        &self,
        order: &OrderRow,
        flow: &Flow,
        connections: &[Connection],
        mapping: &crate::decide::ActiveMapping,
    ) -> Result<(&'static str, String)> {
        if order.is_erased() {
            return Ok(("left_out", "erased".to_owned()));
        }
        let documents = self.ledger.list_documents_of_order(order.row).await?;
        if documents.iter().any(|document| document.role == Role::Invoice.to_string()) {
            return Ok(("invoiced", String::new()));
        }
        let raw: Value =
            serde_json::from_str(&self.ledger.get_order_json(order.row).await?).map_err(StoreError::Json)?;
        match self.judged(&order.head, &raw, flow) {
            Judged::Waiting(reason) | Judged::No(reason) => return Ok(("left_out", reason.to_owned())),
            // who has not paid for an old order will not now
            Judged::Proforma => return Ok(("left_out", "not_paid".to_owned())),
            Judged::Invoice { .. } => {}
        }
        match meets_condition(&flow.condition, &raw) {
            Ok(true) => {}
            Ok(false) => return Ok(("left_out", "condition".to_owned())),
            Err(_) => return Ok(("left_out", "condition_error".to_owned())),
        }
        let plan = self.plan(order, flow, connections, mapping, &raw, Role::Invoice).await?;
        Ok(match plan.failure {
            Some(failure) => ("hold", failure.kind.as_str().to_owned()),
            None => ("issue", String::new()),
        })
    }

    pub(crate) async fn run_backfills(self: &Arc<Self>) {
        if let Err(error) = self.give_up_reading().await {
            self.note_engine_error(&error, "take backfills up");
        }
        loop {
            let next = match self.release_due().await {
                Ok(true) => PAUSE,
                Ok(false) => self.deps.timing.idle,
                Err(error) => {
                    self.note_engine_error(&error, "release a backfill");
                    Duration::from_secs(2)
                }
            };
            if !self.rest(&self.backfill_wake, next).await {
                return;
            }
        }
    }

    /// A plan that an earlier owner was making is not gone on with: a person asks again.
    async fn give_up_reading(&self) -> Result<()> {
        for backfill in self.ledger.list_backfills_in("reading").await? {
            self.ledger.move_backfill(backfill.row, ("reading", "cancelled"), None, None, self.now_ms()).await?;
        }
        Ok(())
    }

    /// Gives running backfills their next orders. Answers whether any is under way.
    async fn release_due(&self) -> Result<bool> {
        let running = self.ledger.list_backfills_in("running").await?;
        for backfill in &running {
            if self.ledger.count_due(self.now_ms()).await? >= WAITING {
                return Ok(true);
            }
            if self.ledger.release_backfill(backfill.row, RELEASE).await? == 0 {
                self.ledger.move_backfill(backfill.row, ("running", "done"), None, None, self.now_ms()).await?;
            } else {
                self.decide_wake.notify_one();
                self.changed(Change::Orders);
            }
            self.changed(Change::Backfill);
        }
        Ok(!running.is_empty())
    }

    /// The flow as it is for an order: for one that it was told to take up, the day on which it was switched on does not count.
    pub(crate) async fn flow_for(&self, flow: &Flow, order_row: i64, head: &OrderHead) -> Result<Flow> {
        // whichever of its instants counts, it cannot be from before the flow if it was placed after
        if head.created_ms < flow.active_from_ms && self.ledger.is_released(&flow.id, order_row).await? {
            return Ok(taken_up(flow));
        }
        Ok(flow.clone())
    }
}

fn taken_up(flow: &Flow) -> Flow {
    Flow { active_from_ms: i64::MIN, ..flow.clone() }
}

#[cfg(test)]
mod tests;
