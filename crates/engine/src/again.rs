//! Invoicing an order anew: only after its invoice was proven cancelled, reversed or deleted, as a new generation of the same
//! issue key, with a reason. There is no other way to a second document for an order.

use crate::error::{EngineError, Result};
use crate::offers::Act;
use crate::workspace::{Change, Workspace};
use punte_domain::{Judged, Role};
use punte_store::StoreError;
use punte_store::ledger::Document;
use serde_json::Value;

impl Workspace {
    /// Maps the order as it is now into a new generation of its invoice, due now, or held with what keeps it from being sent.
    pub async fn invoice_again(&self, document_id: &str, reason: &str, who: &str) -> Result<Document> {
        let before = self.get_document(document_id).await?;
        self.check_offer(&before, Act::InvoiceAgain).await?;
        let reason = crate::operator::required(reason)?;
        let order = self.ledger.get_order_by_row(before.order_row).await?;
        if order.is_erased() {
            return Err(EngineError::NotNow("erased"));
        }
        let flows = self.ledger.list_flows().await?;
        let flow = flows.iter().find(|flow| flow.id == before.flow_id).ok_or(EngineError::NotNow("flow_gone"))?;
        let connections = self.ledger.list_connections().await?;
        let mapping = self.active_mapping(&flow.mapping_id).await?;
        let raw: Value =
            serde_json::from_str(&self.ledger.get_order_json(order.row).await?).map_err(StoreError::Json)?;
        let flow = &self.flow_for(flow, order.row, &order.head).await?;
        if let Judged::No(_) | Judged::Waiting(_) | Judged::Proforma = self.judged(&order.head, &raw, flow) {
            return Err(EngineError::NotNow("order_withdrawn"));
        }
        let next = (Role::Invoice, before.generation + 1);
        let plan = self.plan_generation(&order, flow, &connections, &mapping, &raw, next).await?;
        let again = match self.ledger.request_generation(before.row, plan, reason, who, self.now_ms()).await {
            Ok(again) => again,
            Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("has_successor")),
            Err(error) => return Err(error.into()),
        };
        self.changed(Change::Documents);
        self.outbox_wake.notify_one();
        Ok(again)
    }
}
