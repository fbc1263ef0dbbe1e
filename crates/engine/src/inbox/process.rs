//! What follows from deliveries: orders read again, or versions taken from what was signed.

use crate::connect::{Gate, is_connections_fault};
use crate::error::Result;
use crate::outbox::is_gone;
use crate::workspace::{Change, Workspace};
use punte_connectors::shops::{self, ShopKind, ShopOrder};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::ledger::{Connection, Delivery, DeliveryWork};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

const BATCH: u32 = 200;
/// Tries of one delivery before a person is asked; a poll brings its order meanwhile.
const TRIES: u32 = 6;

impl Workspace {
    pub(crate) async fn run_inbox(self: &Arc<Self>) {
        loop {
            let next = match self.process_inbox().await {
                Ok(next) => next,
                Err(error) => {
                    self.note_engine_error(&error, "process webhooks");
                    Duration::from_secs(2)
                }
            };
            if !self.rest(&self.inbox_wake, next).await {
                return;
            }
        }
    }

    /// Processes what is due. Answers how long to rest.
    pub(crate) async fn process_inbox(&self) -> Result<Duration> {
        // a shop that may not be called now is left alone; what waits for it goes on when it may
        let closed = self.list_closed().await?;
        let due = self.ledger.list_deliveries_due(self.now_ms(), closed, BATCH).await?;
        if due.is_empty() {
            return Ok(self.until(self.ledger.next_delivery_due().await?));
        }
        let mut seen = HashSet::new();
        let mut moved = false;
        for delivery in &due {
            if self.stopping.is_cancelled() {
                break;
            }
            if seen.contains(&delivery.row) {
                continue;
            }
            // however often an order was named, it is read once
            let same: Vec<&Delivery> = match &delivery.work {
                DeliveryWork::Payload => vec![delivery],
                work => due.iter().filter(|o| o.connection_id == delivery.connection_id && o.work == *work).collect(),
            };
            seen.extend(same.iter().map(|one| one.row));
            let connection = self.ledger.get_connection(&delivery.connection_id).await?;
            // it may have been stopped since, by a delivery of this very batch
            if matches!(delivery.work, DeliveryWork::Order(_))
                && self.may_call(&connection, self.now_ms()) == Gate::Closed
            {
                continue;
            }
            self.process(&connection, delivery, same.iter().map(|one| one.row).collect()).await?;
            moved = true;
        }
        if moved {
            self.changed(Change::Inbox);
            if due.len() == BATCH as usize {
                return Ok(Duration::ZERO);
            }
        }
        Ok(self.until(self.ledger.next_delivery_due().await?))
    }

    #[tracing::instrument(target = "punte_trace", level = "trace", name = "process webhook", skip_all,
        fields(connection = connection.id, delivery = delivery.id))]
    async fn process(&self, connection: &Connection, delivery: &Delivery, rows: Vec<i64>) -> Result<()> {
        let read = match &delivery.work {
            DeliveryWork::Nothing => return Ok(self.ledger.finish_deliveries(rows, None).await?),
            DeliveryWork::Poll => {
                self.poll_wake.notify_one();
                return Ok(self.ledger.finish_deliveries(rows, None).await?);
            }
            DeliveryWork::Order(id) => self.read_again(connection, id).await?,
            DeliveryWork::Payload => self.read_payload(connection, delivery).await?,
        };
        match read {
            Ok((identity, order)) => {
                let order_id = order.head.order_id.clone();
                let incoming = self.incoming(connection, identity.clone(), order)?;
                let taken = self.ledger.take_in(vec![incoming], None, self.now_ms()).await?;
                self.count_taken(connection, &taken);
                self.ledger.finish_deliveries(rows, Some((identity, order_id))).await?;
                if taken.new + taken.changed > 0 {
                    self.changed(Change::Orders);
                    self.decide_wake.notify_one();
                }
            }
            Err(failure) if is_gone(&failure) && self.is_taken_away(connection, delivery).await? => {
                self.ledger.finish_deliveries(rows, None).await?;
            }
            Err(failure) => {
                let goes_on = failure.next() == punte_domain::Next::RetryByItself || is_connections_fault(&failure);
                let due_ms = (goes_on && delivery.tries + 1 < TRIES)
                    .then(|| self.now_ms() + self.delay(delivery.tries).as_millis() as i64);
                self.ledger.put_off_deliveries(rows, due_ms, failure).await?;
            }
        }
        Ok(())
    }

    /// What follows from a delivery about an order that the shop has no more: where it is known it is cancelled, and where it is
    /// not, nothing follows from its end. Answers whether that is all.
    async fn is_taken_away(&self, connection: &Connection, delivery: &Delivery) -> Result<bool> {
        let DeliveryWork::Order(order_id) = &delivery.work else { return Ok(false) };
        let Ok(shop) = self.shop(connection).await else { return Ok(false) };
        match self.ledger.find_order_of(&shop.identity(), order_id).await? {
            Some(order) => {
                self.take_as_gone(connection, &order).await?;
                Ok(true)
            }
            None => Ok(delivery.topic.ends_with(".deleted")),
        }
    }

    pub(crate) async fn read_again(
        &self,
        connection: &Connection,
        order_id: &str,
    ) -> Result<std::result::Result<(String, ShopOrder), Failure>> {
        let shop = match self.shop(connection).await {
            Ok(shop) => shop,
            Err(failure) => return Ok(Err(failure)),
        };
        match shop.get_order(order_id).await {
            Ok(order) => {
                self.note_contact(connection).await?;
                Ok(Ok((shop.identity(), order)))
            }
            Err(failure) => {
                if is_connections_fault(&failure) {
                    self.note_trouble(connection, &failure).await?;
                }
                Ok(Err(failure))
            }
        }
    }

    /// The order that a signed body holds. It was signed for this address: nobody is asked.
    async fn read_payload(
        &self,
        connection: &Connection,
        delivery: &Delivery,
    ) -> Result<std::result::Result<(String, ShopOrder), Failure>> {
        let body = self.ledger.read_delivery_body(delivery.row).await?.body;
        let unreadable = |detail: String| {
            let object = delivery.delivery_id.clone().unwrap_or_else(|| delivery.id.clone());
            Failure::new(FailureKind::OrderUnreadable, Phase::Prepare, "read order", object).with_detail(detail)
        };
        let record: serde_json::Value = match serde_json::from_slice(&body) {
            Ok(record) => record,
            Err(error) => return Ok(Err(unreadable(error.to_string()))),
        };
        let Some(kind) = ShopKind::parse(&connection.kind) else {
            return Ok(Err(unreadable(connection.kind.clone())));
        };
        let order = match shops::read_order(kind, &record) {
            Ok(order) => order,
            Err(problem) => return Ok(Err(unreadable(problem.to_string()))),
        };
        match self.shop(connection).await {
            Ok(shop) => {
                self.note_contact(connection).await?;
                Ok(Ok((shop.identity(), order)))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }
}
