//! For every order and flow: a document, waiting, or not invoiced and why; and the mapping that makes the draft.

use crate::editor::{compiled, parsed, with_edits};
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use futures_util::future::join_all;
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{
    DocumentState, Draft, DraftEdit, DraftProblem, Failure, FailureKind, IssueKey, OrderHead, OrderStatus, Phase, Role,
    fiscal_date,
};
use punte_mapping::{CompiledMapping, Evaluation, Mapping, MappingContext};
use punte_store::StoreError;
use punte_store::ledger::{Connection, DecisionRow, Document, DocumentPlan, Flow, NewDocument, OrderRow};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

const BATCH: u32 = 128;
/// Decisions that are written together.
const TOGETHER: usize = 32;

/// A mapping compiled at one version.
pub(crate) struct ActiveMapping {
    pub id: String,
    pub version: u32,
    pub document: Mapping,
    pub compiled: CompiledMapping,
}

/// Mappings of a batch by id.
type Mappings = HashMap<String, Option<Arc<ActiveMapping>>>;

/// What a rule says about an order before any mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Invoice { due_ms: i64 },
    Waiting(&'static str),
    No(&'static str),
}

/// The rule of every flow: completed or paid, after the flow was switched on, not invoiced by another tool.
pub(crate) fn rule_for(head: &OrderHead, active_from_ms: i64) -> Rule {
    match head.status {
        OrderStatus::Cancelled => return Rule::No("cancelled"),
        OrderStatus::Refunded => return Rule::No("refunded"),
        OrderStatus::Failed => return Rule::No("failed_at_shop"),
        OrderStatus::Open | OrderStatus::Other => return Rule::Waiting("not_completed"),
        // cash on delivery is in preparation without being paid: it waits for completion
        OrderStatus::Paid if head.paid_ms.is_none() => return Rule::Waiting("not_completed"),
        OrderStatus::Paid | OrderStatus::Completed => {}
    }
    let due_ms = head.became_due_ms().unwrap_or(head.modified_ms);
    if due_ms < active_from_ms {
        Rule::No("before_flow")
    } else if head.invoiced_elsewhere.is_some() {
        Rule::No("invoiced_elsewhere")
    } else if head.total_minor == 0 {
        Rule::No("total_zero")
    } else {
        Rule::Invoice { due_ms }
    }
}

impl Workspace {
    pub(crate) async fn run_decide(self: &Arc<Self>) {
        loop {
            match self.decide_due().await {
                Ok(0) => {}
                Ok(_) => {
                    self.changed(Change::Orders);
                    self.changed(Change::Documents);
                    self.outbox_wake.notify_one();
                    self.change_wake.notify_one();
                    continue;
                }
                Err(error) => self.note_engine_error(&error, "decide"),
            }
            if !self.rest(&self.decide_wake, self.deps.timing.idle).await {
                return;
            }
        }
    }

    /// Decides a batch of orders. Answers how many.
    pub(crate) async fn decide_due(&self) -> Result<usize> {
        let orders = self.ledger.list_undecided(BATCH).await?;
        if orders.is_empty() {
            return Ok(0);
        }
        let flows = self.ledger.list_flows().await?;
        let connections = self.ledger.list_connections().await?;
        let mut mappings = Mappings::new();
        let mut decided = 0;
        for together in orders.chunks(TOGETHER) {
            if self.stopping.is_cancelled() {
                break;
            }
            let mut writes = Vec::with_capacity(together.len());
            for order in together {
                let decisions = self.decide(order, &flows, &connections, &mut mappings).await?;
                let summary = summary_of(&decisions);
                let seen = (order.version, order.wanted);
                writes.push(self.ledger.record_decisions(order.row, seen, decisions, summary, self.now_ms()));
                // mapping takes the processor: others get their turn
                tokio::task::yield_now().await;
            }
            // each is a transition of its own that may be stale alone; asked for together, they share a commit
            for written in join_all(writes).await {
                match written {
                    Ok(()) => decided += 1,
                    Err(StoreError::Stale(what)) => tracing::debug!(what, "decided again later"),
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(decided)
    }

    /// What every flow of its shop says of an order.
    async fn decide(
        &self,
        order: &OrderRow,
        flows: &[Flow],
        connections: &[Connection],
        mappings: &mut Mappings,
    ) -> Result<Vec<DecisionRow>> {
        let mut decisions = Vec::new();
        for flow in flows.iter().filter(|flow| flow.enabled && flow.shop_id == order.connection_id) {
            let mapping = match mappings.get(&flow.mapping_id) {
                Some(known) => known.clone(),
                None => {
                    let usable = self.usable_mapping(&flow.mapping_id).await?;
                    mappings.insert(flow.mapping_id.clone(), usable.clone());
                    usable
                }
            };
            decisions.push(match mapping {
                Some(mapping) => self.decide_for(order, flow, connections, &mapping).await?,
                None => plain(order, flow, "waiting", "mapping_error"),
            });
        }
        Ok(decisions)
    }

    async fn decide_for(
        &self,
        order: &OrderRow,
        flow: &Flow,
        connections: &[Connection],
        mapping: &ActiveMapping,
    ) -> Result<DecisionRow> {
        match rule_for(&order.head, flow.active_from_ms) {
            Rule::Waiting(reason) => return Ok(plain(order, flow, "waiting", reason)),
            Rule::No(reason) => return Ok(plain(order, flow, "not_invoiced", reason)),
            Rule::Invoice { .. } => {}
        }
        let raw: Value =
            serde_json::from_str(&self.ledger.get_order_json(order.row).await?).map_err(StoreError::Json)?;
        match meets_condition(&flow.condition, &raw) {
            Ok(true) => {}
            Ok(false) => return Ok(plain(order, flow, "not_invoiced", "condition")),
            Err(_) => return Ok(plain(order, flow, "waiting", "condition_error")),
        }
        let plan = self.plan(order, flow, connections, mapping, &raw).await?;
        Ok(DecisionRow {
            flow_id: flow.id.clone(),
            decision: "document",
            reason: "rule",
            plan: Some(plan),
            withdraw: None,
        })
    }

    /// The document that an invoiceable order calls for, with its draft or what keeps it from one.
    pub(crate) async fn plan(
        &self,
        order: &OrderRow,
        flow: &Flow,
        connections: &[Connection],
        mapping: &ActiveMapping,
        raw: &Value,
    ) -> Result<DocumentPlan> {
        // whatever was reversed or deleted stays so: what an order calls for is its newest generation
        let documents = self.ledger.list_documents_of_order(order.row).await?;
        let invoices = documents.iter().filter(|document| document.role == Role::Invoice.to_string());
        let generation = invoices.map(|document| document.generation).max().unwrap_or(1);
        self.plan_generation(order, flow, connections, mapping, raw, generation).await
    }

    pub(crate) async fn plan_generation(
        &self,
        order: &OrderRow,
        flow: &Flow,
        connections: &[Connection],
        mapping: &ActiveMapping,
        raw: &Value,
        generation: u32,
    ) -> Result<DocumentPlan> {
        let key = self.invoice_key(order, flow, generation);
        let known = self.ledger.find_document_by_key(&key.to_string()).await?;
        let edits = known.as_ref().and_then(|known| known.edits.as_ref()).map(|edits| edits.edits.as_slice());
        Ok(self.plan_with(order, flow, connections, mapping, raw, (key, known.as_ref(), edits.unwrap_or_default())))
    }

    fn invoice_key(&self, order: &OrderRow, flow: &Flow, generation: u32) -> IssueKey {
        let taker = if is_planted(Bug::FlowInKey) { flow.id.as_str() } else { "" };
        IssueKey {
            shop_identity: format!("{}{taker}", order.shop_identity),
            order_id: order.head.order_id.clone(),
            role: Role::Invoice,
            generation,
        }
    }

    /// The plan of a document, with these edits of its draft, whatever the record has.
    pub(crate) fn plan_with(
        &self,
        order: &OrderRow,
        flow: &Flow,
        connections: &[Connection],
        mapping: &ActiveMapping,
        raw: &Value,
        (key, known, edits): (IssueKey, Option<&Document>, &[DraftEdit]),
    ) -> DocumentPlan {
        let billing = connections.iter().find(|c| c.id == flow.billing_id);
        let context = context_of(&order.head);
        let made = mapping.compiled.evaluate(raw, &context);
        let mut evaluation = with_edits(made, edits, mapping, raw, &context);
        if let (Some(draft), Some(billing)) = (&mut evaluation.draft, billing) {
            choose_for(draft, billing);
        }
        let mut failure = failure_of(&order.head, &evaluation.problems);
        if flow.company.is_empty() || flow.series.is_empty() {
            let field = if flow.company.is_empty() { "company" } else { "series" };
            failure = Some(
                Failure::new(FailureKind::FlowIncomplete, Phase::Prepare, "decide", flow.name.clone())
                    .with_detail(field),
            );
        }
        if failure.is_none() {
            failure = keeps_held(known);
        }
        let provider = billing.map_or_else(String::new, |c| c.kind.clone());
        let mut document = self.new_document(&key, order, flow, mapping, provider, evaluation);
        document.edit_revision = known.map_or(0, |known| known.edit_revision);
        DocumentPlan { document, seen: known.map(|known| known.state), failure }
    }

    fn new_document(
        &self,
        key: &IssueKey,
        order: &OrderRow,
        flow: &Flow,
        mapping: &ActiveMapping,
        provider: String,
        evaluation: Evaluation,
    ) -> NewDocument {
        let head = &order.head;
        // a mapping may invoice in another currency than the order's
        let (client, tax_id, total, currency) = match &evaluation.draft {
            Some(draft) => (draft.client.name.clone(), draft.client.tax_id.clone(), draft.total(), draft.currency),
            None => (head.customer.clone(), head.tax_id.clone(), head.total, head.currency),
        };
        NewDocument {
            id: self.deps.clock.new_id("doc"),
            issue_key: key.to_string(),
            reference: self.ledger.info().seed.reference(key).to_string(),
            flow_id: flow.id.clone(),
            billing_id: flow.billing_id.clone(),
            provider,
            company: flow.company.clone(),
            series: flow.series.clone(),
            role: key.role.to_string(),
            generation: key.generation,
            order_number: head.number.clone(),
            order_version: order.version,
            mapping_id: mapping.id.clone(),
            mapping_version: mapping.version,
            edit_revision: 0,
            draft: evaluation.draft,
            problems: evaluation.problems,
            client,
            tax_id,
            currency: currency.code().to_owned(),
            total_minor: currency.to_minor(total).unwrap_or(head.total_minor),
            total_text: total.normalize().to_string(),
            due_ms: self.now_ms(),
        }
    }

    /// A mapping for decisions; none where what is published cannot be used by this version of Punte: its orders wait, and
    /// those of others go on.
    async fn usable_mapping(&self, mapping_id: &str) -> Result<Option<Arc<ActiveMapping>>> {
        match self.active_mapping(mapping_id).await {
            Ok(mapping) => Ok(Some(Arc::new(mapping))),
            Err(EngineError::Invalid { detail, .. }) => {
                tracing::error!(mapping_id, detail, "the mapping cannot be used: its orders wait");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn active_mapping(&self, mapping_id: &str) -> Result<ActiveMapping> {
        let stored = self.ledger.get_mapping(mapping_id).await?;
        let document = parsed(&stored.rules)?;
        let compiled = compiled(&document)?;
        Ok(ActiveMapping { id: stored.mapping_id, version: stored.version, document, compiled })
    }
}

/// A decision without a document; an open one of the flow is pulled back.
fn plain(order: &OrderRow, flow: &Flow, decision: &'static str, reason: &'static str) -> DecisionRow {
    let object = format!("order {}", order.head.number);
    let withdrawn = Failure::new(FailureKind::OrderWithdrawn, Phase::Prepare, "decide", object).with_detail(reason);
    DecisionRow { flow_id: flow.id.clone(), decision, reason, plan: None, withdraw: Some(withdrawn) }
}

/// What a person chose from the provider's lists goes into the draft, so that it is frozen with it.
pub(crate) fn choose_for(draft: &mut Draft, billing: &Connection) {
    draft.warehouse = billing.warehouse.clone();
    for line in draft.lines.iter_mut().filter(|line| line.vat_name.is_empty()) {
        if let Some(name) = billing.vat_names.get(&line.vat_rate.normalize().to_string()) {
            line.vat_name = name.clone();
        }
    }
}

/// A document held for another reason than its draft stays held when the draft becomes right: a person retries it.
fn keeps_held(known: Option<&Document>) -> Option<Failure> {
    known
        .filter(|known| known.state == DocumentState::Held)
        .and_then(|known| known.failure.clone())
        .filter(|failure| failure.phase != Phase::Prepare)
}

pub(crate) fn meets_condition(condition: &str, raw: &Value) -> std::result::Result<bool, punte_mapping::Problem> {
    if condition.trim().is_empty() {
        return Ok(true);
    }
    punte_mapping::evaluate_condition(condition, raw, &serde_json::Map::new())
}

/// What an order brings to its mapping beside itself.
pub(crate) fn context_of(head: &OrderHead) -> MappingContext {
    MappingContext {
        tax_point: fiscal_date(head.became_due_ms().unwrap_or(head.modified_ms)),
        settings: serde_json::Map::new(),
    }
}

/// The failure that holds a draft: its first problem, in the order of the checks.
pub(crate) fn failure_of(head: &OrderHead, problems: &[DraftProblem]) -> Option<Failure> {
    let first = problems.first()?;
    let failure = Failure::new(first.kind, Phase::Prepare, "map", format!("order {}", head.number));
    let detail =
        if first.detail.is_empty() { first.field.clone() } else { format!("{}: {}", first.field, first.detail) };
    Some(failure.with_detail(detail))
}

/// One decision for the order's list: a document if any flow made one, else the most telling reason.
fn summary_of(decisions: &[DecisionRow]) -> (&'static str, &'static str) {
    let rank = |decision: &DecisionRow| match (decision.decision, decision.reason) {
        ("document", _) => 0,
        (_, "condition") => 3,
        ("waiting", _) => 1,
        _ => 2,
    };
    decisions
        .iter()
        .min_by_key(|decision| rank(decision))
        .map_or(("waiting", "no_flow"), |decision| (decision.decision, decision.reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use punte_domain::Currency;
    use rust_decimal::dec;

    fn head(status: OrderStatus) -> OrderHead {
        OrderHead {
            order_id: "1".into(),
            number: "1".into(),
            status,
            status_text: String::new(),
            currency: Currency::RON,
            total: dec!(59),
            total_minor: 5900,
            refunded_minor: 0,
            refunds: Vec::new(),
            created_ms: 1000,
            modified_ms: 5000,
            paid_ms: Some(2000),
            completed_ms: None,
            customer: String::new(),
            email: String::new(),
            tax_id: String::new(),
            invoiced_elsewhere: None,
        }
    }

    #[test]
    fn a_flow_acts_only_on_what_became_due_after_it_was_switched_on() {
        assert_eq!(rule_for(&head(OrderStatus::Paid), 2000), Rule::Invoice { due_ms: 2000 });
        assert_eq!(
            rule_for(&head(OrderStatus::Paid), 2001),
            Rule::No("before_flow"),
            "an old order that someone edited later stays old"
        );
    }

    #[test]
    fn cash_on_delivery_waits_for_completion() {
        let mut cod = head(OrderStatus::Paid);
        cod.paid_ms = None;
        assert_eq!(rule_for(&cod, 0), Rule::Waiting("not_completed"));
        cod.status = OrderStatus::Completed;
        cod.completed_ms = Some(4000);
        assert_eq!(rule_for(&cod, 0), Rule::Invoice { due_ms: 4000 });
    }

    #[test]
    fn what_another_tool_invoiced_is_left_alone() {
        let mut done = head(OrderStatus::Completed);
        done.invoiced_elsewhere = Some("FCT 0001".into());
        assert_eq!(rule_for(&done, 0), Rule::No("invoiced_elsewhere"));
    }

    #[test]
    fn withdrawn_orders_are_named() {
        for (status, reason) in [
            (OrderStatus::Cancelled, "cancelled"),
            (OrderStatus::Refunded, "refunded"),
            (OrderStatus::Failed, "failed_at_shop"),
        ] {
            assert_eq!(rule_for(&head(status), 0), Rule::No(reason));
        }
        assert_eq!(rule_for(&head(OrderStatus::Other), 0), Rule::Waiting("not_completed"));
    }
}
