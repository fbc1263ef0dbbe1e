//! What a mapping's flows say of an order: whether it is mapped at all, and for whom.

use crate::decide::{Telling, meets_condition};
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
        self.rules_for(order, raw).is_ok()
    }

    /// The rules of the flow that invoices an order by this mapping, whether it is switched on or not and since when: a mapping
    /// is tried before its flow acts, on orders that are all older.
    ///
    /// # Errors
    /// Why none does: the most telling reason, a key of the catalogues.
    pub(super) fn rules_for(&self, order: &OrderRow, raw: &Value) -> std::result::Result<&FlowRules, &'static str> {
        let facts = Facts::of(raw);
        // neither does it matter here whether a delay is over
        let misses = |rules: &FlowRules| match judge(&order.head, &facts, rules, i64::MIN, 0) {
            Judged::Invoice { .. } => None,
            Judged::Proforma => Some("proforma"),
            Judged::Waiting(reason) | Judged::No(reason) => Some(reason),
        };
        if self.flows.is_empty() {
            return misses(&self.untouched).map_or(Ok(&self.untouched), Err);
        }
        let mut why: Option<&'static str> = None;
        for flow in self.flows.iter().filter(|flow| flow.shop_id == order.connection_id) {
            let missed = misses(&flow.rules).or_else(|| match meets_condition(&flow.condition, raw) {
                Ok(true) => None,
                Ok(false) => Some("condition"),
                Err(_) => Some("condition_error"),
            });
            let Some(reason) = missed else { return Ok(&flow.rules) };
            why = why.into_iter().chain([reason]).min_by_key(|one| Telling::of(one));
        }
        Err(why.unwrap_or("no_flow"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::tests::NOW_MS;
    use crate::reads::tests::{desk_with, flow, ready};
    use punte_domain::{OrderHead, OrderStatus};
    use serde_json::json;

    #[tokio::test]
    async fn a_mapping_is_tried_on_orders_older_than_its_flow_and_only_rules_leave_one_out_by_reason() {
        let desk = desk_with(false).await;
        let workspace = &desk.workspace;
        let document = ready(workspace, 1).await;
        let mut order = workspace.ledger.get_order_by_row(document.order_row).await.unwrap();
        order.head = OrderHead { status: OrderStatus::Completed, completed_ms: Some(NOW_MS), ..order.head };
        // made, and switched off: it would act on what becomes due from then on
        let off = Flow { enabled: false, active_from_ms: i64::MAX, condition: "order.vip".into(), ..flow() };
        workspace.ledger.save_flow(off.clone()).await.unwrap();
        let flows = workspace.flows_of_mapping("map_1").await.unwrap();
        assert!(flows.rules_for(&order, &json!({ "vip": true })).is_ok());
        assert_eq!(flows.rules_for(&order, &json!({ "vip": false })), Err("condition"));
        assert_eq!(flows.rules_for(&order, &json!({})), Err("condition_error"));
        let cancelled =
            OrderRow { head: OrderHead { status: OrderStatus::Cancelled, ..order.head.clone() }, ..order.clone() };
        assert_eq!(flows.rules_for(&cancelled, &json!({ "vip": true })), Err("cancelled"));
        let mut of_two = MappingFlows { flows: vec![off.clone(), off], untouched: FlowRules::default() };
        of_two.flows[0].condition = "order.shop == 2".into();
        of_two.flows[1].rules.when.statuses = vec!["on-hold".into()];
        assert_eq!(
            of_two.rules_for(&order, &json!({ "shop": 1 })),
            Err("wrong_status"),
            "what tells more of the order"
        );
        let elsewhere = OrderRow { connection_id: "con_other".into(), ..order };
        assert_eq!(flows.rules_for(&elsewhere, &json!({ "vip": true })), Err("no_flow"));
    }
}
