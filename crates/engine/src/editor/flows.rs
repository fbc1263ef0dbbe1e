//! What a mapping's flows say of an order: whether it is mapped at all, and for whom.

use crate::decide::meets_condition;
use crate::error::Result;
use crate::workspace::Workspace;
use punte_domain::rules::judge;
use punte_domain::{Facts, FlowRules, Judged};
use punte_store::ledger::{Flow, OrderRow};
use serde_json::Value;

/// The flows that use a mapping. Of a mapping that no flow uses yet, every order of every shop is spoken of.
pub(super) struct MappingFlows {
    flows: Vec<Flow>,
    /// What is said where no flow has rules.
    untouched: FlowRules,
}

impl MappingFlows {
    /// Whether orders of a shop are this mapping's matter.
    pub(super) fn takes_from(&self, connection_id: &str) -> bool {
        self.flows.is_empty() || self.flows.iter().any(|flow| flow.shop_id == connection_id)
    }

    pub(super) fn has(&self, flow_id: &str) -> bool {
        self.flows.is_empty() || self.flows.iter().any(|flow| flow.id == flow_id)
    }

    /// Whether an order is to be invoiced by this mapping, by its state at the shop and the flow's condition.
    pub(super) fn invoices(&self, order: &OrderRow, raw: &Value) -> bool {
        self.rules_for(order, raw).is_some()
    }

    /// The rules of the flow that invoices an order by this mapping; `None` where none does.
    pub(super) fn rules_for(&self, order: &OrderRow, raw: &Value) -> Option<&FlowRules> {
        let facts = Facts::of(raw);
        // whether a delay is over does not matter here
        let takes = |rules: &FlowRules, active_from_ms| {
            matches!(judge(&order.head, &facts, rules, active_from_ms, 0), Judged::Invoice { .. })
        };
        if self.flows.is_empty() {
            return takes(&self.untouched, i64::MIN).then_some(&self.untouched);
        }
        let taker = self.flows.iter().find(|flow| {
            flow.shop_id == order.connection_id
                && takes(&flow.rules, flow.active_from_ms)
                && meets_condition(&flow.condition, raw).unwrap_or(false)
        });
        taker.map(|flow| &flow.rules)
    }
}

impl Workspace {
    pub(super) async fn flows_of_mapping(&self, mapping_id: &str) -> Result<MappingFlows> {
        let mut flows = self.ledger.list_flows().await?;
        flows.retain(|flow| flow.mapping_id == mapping_id);
        Ok(MappingFlows { flows, untouched: FlowRules::default() })
    }

    /// An order's newest version, as received.
    pub(super) async fn raw_of(&self, order: &OrderRow) -> Result<Value> {
        let text = self.ledger.get_order_json(order.row).await?;
        Ok(serde_json::from_str(&text).map_err(punte_store::StoreError::Json)?)
    }
}
