//! Writing back to the shop, by the flow's choice: series, number, link and reference stand as notes on the order, so that
//! whoever looks at the shop, and Punte itself before a send, sees that it was invoiced.

use crate::connect::{Gate, is_connections_fault};
use crate::error::Result;
use crate::workspace::{Change, Workspace};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::ledger::{Connection, Document};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const REFERENCE: &str = "punte_reference";
const NUMBER: &str = "punte_invoice_number";
const SERIES: &str = "punte_invoice_series";
const LINK: &str = "punte_invoice_link";
const STATE: &str = "punte_invoice_state";

fn notes_of(document: &Document) -> BTreeMap<String, String> {
    let number = document.number.clone().unwrap_or_default();
    [
        (REFERENCE, document.reference.clone()),
        (SERIES, document.series.clone()),
        (NUMBER, number),
        (LINK, document.link.clone().unwrap_or_default()),
        (STATE, document.state.as_str().to_owned()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

impl Workspace {
    pub(crate) async fn run_notes(self: &Arc<Self>) {
        loop {
            let next = match self.write_notes_due().await {
                Ok(next) => next,
                Err(error) => {
                    self.note_engine_error(&error, "write notes");
                    Duration::from_secs(2)
                }
            };
            if !self.rest(&self.note_wake, next).await {
                return;
            }
        }
    }

    async fn write_notes_due(self: &Arc<Self>) -> Result<Duration> {
        // what the ledger says of its documents may be of before
        if self.is_quarantined() {
            return Ok(self.deps.timing.idle);
        }
        let closed = self.list_closed().await?;
        for document in self.ledger.list_notes_due(self.now_ms(), closed, 50).await? {
            if self.stopping.is_cancelled() {
                return Ok(Duration::ZERO);
            }
            let order = self.ledger.get_order_by_row(document.order_row).await?;
            let connection = self.ledger.get_connection(&order.connection_id).await?;
            if connection.kind == "file" {
                self.ledger.record_note(&document, Ok(false), self.now_ms()).await?;
                continue;
            }
            if self.may_call(&connection, self.now_ms()) == Gate::Closed {
                continue;
            }
            let written = match self.shop(&connection).await {
                Ok(shop) => shop.write_notes(&order.head.order_id, &notes_of(&document)).await,
                Err(failure) => Err(failure),
            };
            let outcome = match written {
                Ok(changed) => {
                    self.note_contact(&connection).await?;
                    Ok(changed)
                }
                Err(failure) => {
                    if is_connections_fault(&failure) {
                        self.note_trouble(&connection, &failure).await?;
                    }
                    let due_ms = self.now_ms() + self.delay(document.note_tries).as_millis() as i64;
                    Err((failure, due_ms))
                }
            };
            self.ledger.record_note(&document, outcome, self.now_ms()).await?;
            self.changed(Change::Documents);
        }
        Ok(self.until(self.ledger.read_dues().await?.note_ms))
    }

    /// Before a create: whether the shop's order already bears our note of an invoice that this ledger does not know (it
    /// was restored from a backup, say), and nobody let it pass. `Err` when the shop cannot be asked now.
    pub(crate) async fn noted_elsewhere(
        &self,
        document: &Document,
        order_id: &str,
        shop_connection: &Connection,
    ) -> std::result::Result<Option<Failure>, Failure> {
        if document.is_released(FailureKind::InvoicedElsewhere, document.order_version) {
            return Ok(None);
        }
        let notes = self.shop(shop_connection).await?.read_notes(order_id).await?;
        let number = notes.get(NUMBER).filter(|number| !number.is_empty());
        let live = notes.get(STATE).is_none_or(|state| state == "issued");
        Ok(number.filter(|_| live).map(|number| {
            let series = notes.get(SERIES).cloned().unwrap_or_default();
            Failure::new(
                FailureKind::InvoicedElsewhere,
                Phase::Prepare,
                "read notes",
                format!("order {}", document.order_number),
            )
            .with_detail(format!("{series} {number}"))
        }))
    }
}
