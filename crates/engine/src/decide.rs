//! For every order and flow: a document, waiting, or not invoiced and why; and the mapping that makes the draft.

use crate::editor::{compiled, parsed, with_edits};
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use futures_util::future::join_all;
use punte_domain::planted::{Bug, is_planted};
use punte_domain::rules::{is_settled, judge};
use punte_domain::{
    DocumentState, Draft, DraftEdit, DraftProblem, Facts, Failure, FailureKind, IssueKey, Judged, OrderHead, Phase,
    Role, fiscal_date,
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
                if order.is_erased() {
                    // nothing can be mapped from it, and what was decided stays
                    self.ledger.keep_decisions(order.row, (order.version, order.wanted)).await?;
                    decided += 1;
                    continue;
                }
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

    /// What a flow's rules say of an order now.
    pub(crate) fn judged(&self, head: &OrderHead, raw: &Value, flow: &Flow) -> Judged {
        judge(head, &Facts::of(raw), &flow.rules, flow.active_from_ms, self.now_ms())
    }

    /// What every flow of its shop says of an order.
    #[tracing::instrument(target = "punte_trace", level = "trace", skip_all,
        fields(order = order.id, version = order.version))]
    async fn decide(
        &self,
        order: &OrderRow,
        flows: &[Flow],
        connections: &[Connection],
        mappings: &mut Mappings,
    ) -> Result<Vec<DecisionRow>> {
        let mut decisions = Vec::new();
        for flow in flows.iter().filter(|flow| flow.enabled && flow.shop_id == order.connection_id) {
            let flow = &self.flow_for(flow, order.row, &order.head).await?;
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
        // most that are left alone are so by their head: what was received need not be read for them
        let by_head = if flow.rules.makes_proformas() && !is_settled(&order.head) {
            Judged::Proforma
        } else {
            judge(&order.head, &Facts::default(), &flow.rules, flow.active_from_ms, self.now_ms())
        };
        match by_head {
            Judged::Waiting(reason) => return Ok(plain(order, flow, "waiting", reason)),
            Judged::No("payment_method" | "country") | Judged::Invoice { .. } | Judged::Proforma => {}
            Judged::No(reason) => return Ok(plain(order, flow, "not_invoiced", reason)),
        }
        let raw: Value =
            serde_json::from_str(&self.ledger.get_order_json(order.row).await?).map_err(StoreError::Json)?;
        let role = match self.judged(&order.head, &raw, flow) {
            Judged::Waiting(reason) => return Ok(plain(order, flow, "waiting", reason)),
            Judged::No(reason) => return Ok(plain(order, flow, "not_invoiced", reason)),
            Judged::Invoice { .. } => Role::Invoice,
            Judged::Proforma => Role::Proforma,
        };
        match meets_condition(&flow.condition, &raw) {
            Ok(true) => {}
            Ok(false) => return Ok(plain(order, flow, "not_invoiced", "condition")),
            Err(_) => return Ok(plain(order, flow, "waiting", "condition_error")),
        }
        let reason = if role == Role::Proforma { "proforma" } else { "rule" };
        let plan = self.plan(order, flow, connections, mapping, &raw, role).await?;
        Ok(DecisionRow {
            flow_id: flow.id.clone(),
            decision: "document",
            reason: if plan.document.delayed { "delay" } else { reason },
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
        role: Role,
    ) -> Result<DocumentPlan> {
        // whatever was reversed or deleted stays so: what an order calls for is its newest generation
        let documents = self.ledger.list_documents_of_order(order.row).await?;
        let word = role.to_string();
        let known = documents.iter().filter(|document| document.role == word);
        let generation = known.map(|document| document.generation).max().unwrap_or(1);
        self.plan_generation(order, flow, connections, mapping, raw, (role, generation)).await
    }

    pub(crate) async fn plan_generation(
        &self,
        order: &OrderRow,
        flow: &Flow,
        connections: &[Connection],
        mapping: &ActiveMapping,
        raw: &Value,
        (role, generation): (Role, u32),
    ) -> Result<DocumentPlan> {
        let key = self.key_for(order, flow, role, generation);
        let known = self.ledger.find_document_by_key(&key.to_string()).await?;
        let edits = known.as_ref().and_then(|known| known.edits.as_ref()).map(|edits| edits.edits.as_slice());
        let doubled = self.seems_doubled(order, connections, known.as_ref()).await?;
        let record = (key, known.as_ref(), edits.unwrap_or_default(), doubled);
        Ok(self.plan_with(order, flow, connections, mapping, raw, record))
    }

    fn key_for(&self, order: &OrderRow, flow: &Flow, role: Role, generation: u32) -> IssueKey {
        let taker = if is_planted(Bug::FlowInKey) { flow.id.as_str() } else { "" };
        IssueKey {
            shop_identity: format!("{}{taker}", order.shop_identity),
            order_id: order.head.order_id.clone(),
            role,
            generation,
        }
    }

    /// The plan of a document, with these edits of its draft, whatever the record has. `doubled`: what keeps an order that another
    /// seems to be.
    pub(crate) fn plan_with(
        &self,
        order: &OrderRow,
        flow: &Flow,
        connections: &[Connection],
        mapping: &ActiveMapping,
        raw: &Value,
        (key, known, edits, doubled): (IssueKey, Option<&Document>, &[DraftEdit], Option<Failure>),
    ) -> DocumentPlan {
        let billing = connections.iter().find(|c| c.id == flow.billing_id);
        let context = context_of(&order.head);
        let facts = Facts::of(raw);
        let is_proforma = key.role == Role::Proforma;
        let ruled = |draft: &mut Draft| flow.rules.apply(draft, &facts, &order.head.number);
        let step = tracing::trace_span!(target: "punte_trace", "map", mapping = mapping.id, version = mapping.version);
        let made = step.in_scope(|| mapping.compiled.evaluate(raw, &context));
        let mut evaluation = with_edits(made, edits, mapping, raw, &context, (ruled, is_proforma));
        if let (Some(draft), Some(billing)) = (&mut evaluation.draft, billing) {
            choose_for(draft, billing);
        }
        let mut failure = failure_of(&order.head, &evaluation.problems);
        let own_series = if is_proforma { &flow.rules.proforma.series } else { &flow.series };
        if flow.company.is_empty() || own_series.is_empty() {
            let field = if flow.company.is_empty() { "company" } else { "series" };
            failure = Some(
                Failure::new(FailureKind::FlowIncomplete, Phase::Prepare, "decide", flow.name.clone())
                    .with_detail(field),
            );
        }
        if failure.is_none() {
            // what commits nobody needs no release
            let approval = if is_proforma { None } else { wants_approval(order, flow, known) };
            let elsewhere = invoiced_elsewhere(order, known);
            // whoever lets it pass has seen all of it
            let all = [elsewhere, doubled, approval].into_iter().flatten();
            failure = all
                .reduce(|first, next| {
                    let detail = [first.detail.as_deref(), next.detail.as_deref()];
                    first.clone().with_detail(detail.map(Option::unwrap_or_default).join("; "))
                })
                .or_else(|| keeps_held(known));
        }
        let provider = billing.map_or_else(String::new, |c| c.kind.clone());
        let mut document = self.new_document(&key, order, flow, mapping, provider, evaluation);
        document.edit_revision = known.map_or(0, |known| known.edit_revision);
        if is_proforma {
            document.series.clone_from(own_series);
            document.follow_ups = flow.rules.proforma_follow_ups();
            return DocumentPlan { document, seen: known.map(|known| known.state), failure };
        }
        if let Some(series) = flow.rules.series_for(&order.head, &facts) {
            series.clone_into(&mut document.series);
        }
        if let Judged::Invoice { not_before_ms: Some(until_ms), .. } = self.judged(&order.head, raw, flow) {
            (document.due_ms, document.delayed) = (until_ms, true);
        }
        document.follow_ups = flow.rules.follow_ups(&facts);
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
            delayed: false,
            follow_ups: None,
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

/// Whether a judgement calls for a document of a role.
pub(crate) fn calls_for(judged: Judged, role: &Role) -> bool {
    match judged {
        Judged::Invoice { .. } => *role == Role::Invoice,
        Judged::Proforma => *role == Role::Proforma,
        Judged::Waiting(_) | Judged::No(_) => false,
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

/// An order above the flow's limit is a person's to release, once for each version of it.
fn wants_approval(order: &OrderRow, flow: &Flow, known: Option<&Document>) -> Option<Failure> {
    let head = &order.head;
    // released from another flow's limit is not from this one's
    let known = known.filter(|known| known.flow_id == flow.id);
    let is_released = known.is_some_and(|known| known.is_released(FailureKind::NeedsApproval, order.version));
    if !flow.rules.needs_approval(head) || is_released {
        return None;
    }
    let limit = flow.rules.approve_above.unwrap_or_default().normalize();
    let failure = Failure::new(FailureKind::NeedsApproval, Phase::Prepare, "decide", format!("order {}", head.number));
    Some(failure.with_detail(format!("{} > {limit} {}", head.total.normalize(), head.currency.code())))
}

/// An order that bears another tool's result is a person's to look at: it may be invoiced there. Let pass, once for each version
/// of it, it is invoiced here too.
fn invoiced_elsewhere(order: &OrderRow, known: Option<&Document>) -> Option<Failure> {
    let result = order.head.invoiced_elsewhere.as_deref()?;
    if known.is_some_and(|known| known.is_released(FailureKind::InvoicedElsewhere, order.version)) {
        return None;
    }
    let object = format!("order {}", order.head.number);
    Some(Failure::new(FailureKind::InvoicedElsewhere, Phase::Prepare, "decide", object).with_detail(result))
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

/// How much the reason tells for which a flow does not take an order; the first tells most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Telling {
    TheOrder,
    /// Orders are split between flows by these: another flow's word tells more.
    TheFlow,
    ItsCondition,
}

impl Telling {
    pub(crate) fn of(reason: &str) -> Telling {
        match reason {
            "payment_method" | "country" | "is_paid" | "below_minimum" | "above_maximum" => Telling::TheFlow,
            "condition" => Telling::ItsCondition,
            _ => Telling::TheOrder,
        }
    }
}

/// One decision for the order's list: a document if any flow made one, else the most telling reason.
fn summary_of(decisions: &[DecisionRow]) -> (&'static str, &'static str) {
    let rank = |decision: &DecisionRow| {
        let is_document = decision.decision == "document";
        (!is_document, Telling::of(decision.reason), decision.decision != "waiting")
    };
    decisions
        .iter()
        .min_by_key(|decision| rank(decision))
        .map_or(("waiting", "no_flow"), |decision| (decision.decision, decision.reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::tests::{desk_with, ready};

    #[tokio::test]
    async fn another_tools_result_holds_an_order_until_a_person_lets_its_version_pass() {
        let desk = desk_with(false).await;
        let mut document = ready(&desk.workspace, 1).await;
        let mut order = desk.workspace.ledger.get_order_by_row(document.order_row).await.unwrap();
        assert_eq!(invoiced_elsewhere(&order, None), None);
        order.head.invoiced_elsewhere = Some("SmartBill WEB 0012".into());
        let held = invoiced_elsewhere(&order, Some(&document)).unwrap();
        assert_eq!((held.kind, held.detail.as_deref()), (FailureKind::InvoicedElsewhere, Some("SmartBill WEB 0012")));
        assert!(held.kind.is_released(), "with a reason");
        document.released.insert(held.kind.as_str().into(), order.version);
        assert_eq!(invoiced_elsewhere(&order, Some(&document)), None);
        order.version += 1;
        assert!(invoiced_elsewhere(&order, Some(&document)).is_some(), "another version is another order");
    }
}
