//! What a mapping's flows say of an order: whether it is mapped at all, and for whom.

use crate::decide::{Rule, meets_condition, rule_for};
use crate::error::Result;
use crate::workspace::Workspace;
use punte_store::ledger::{Flow, OrderRow};
use serde_json::Value;

/// The flows that use a mapping. Of a mapping that no flow uses yet, every order of every shop is spoken of.
pub(super) struct MappingFlows(Vec<Flow>);

impl MappingFlows {
    /// Whether orders of a shop are this mapping's matter.
    pub(super) fn takes_from(&self, connection_id: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|flow| flow.shop_id == connection_id)
    }

    pub(super) fn has(&self, flow_id: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|flow| flow.id == flow_id)
    }

    /// Whether an order is to be invoiced by this mapping, by its state at the shop and the flow's condition.
    pub(super) fn invoices(&self, order: &OrderRow, raw: &Value) -> bool {
        let takes = |active_from_ms| matches!(rule_for(&order.head, active_from_ms), Rule::Invoice { .. });
        if self.0.is_empty() {
            return takes(i64::MIN);
        }
        self.0.iter().any(|flow| {
            flow.shop_id == order.connection_id
                && takes(flow.active_from_ms)
                && meets_condition(&flow.condition, raw).unwrap_or(false)
        })
    }
}

impl Workspace {
    pub(super) async fn flows_of_mapping(&self, mapping_id: &str) -> Result<MappingFlows> {
        let mut flows = self.ledger.list_flows().await?;
        flows.retain(|flow| flow.mapping_id == mapping_id);
        Ok(MappingFlows(flows))
    }

    /// An order's newest version, as received.
    pub(super) async fn raw_of(&self, order: &OrderRow) -> Result<Value> {
        let text = self.ledger.get_order_json(order.row).await?;
        Ok(serde_json::from_str(&text).map_err(punte_store::StoreError::Json)?)
    }
}
