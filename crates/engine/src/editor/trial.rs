//! A mapping tried on one order: every value explained, the draft, and the request as the flow's provider would get it.
//! Nothing is kept or sent, and nobody is asked.

use super::samples::read_pasted;
use crate::decide::{choose_for, context_of};
use crate::error::{EngineError, Result};
use crate::reads::ConnectionLists;
use crate::workspace::Workspace;
use punte_connectors::billing::{DocumentKind, IssueRequest, ProviderKind, VatRate};
use punte_domain::{Draft, DraftProblem, Facts, FieldChange, IssueKey, OrderHead, Role, diff_drafts, fiscal_date};
use punte_mapping::{Evaluation, Mapping, MappingContext, RuleError};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Flow};
use serde_json::Value;

/// The order that a mapping is tried on.
#[derive(Debug, Clone)]
pub enum TrialOrder {
    /// Id of an order that was taken in.
    Known(String),
    /// JSON as pasted.
    Pasted(String),
}

/// What a mapping makes of an order.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What keeps the mapping from being used at all; then there is no evaluation.
    pub errors: Vec<RuleError>,
    /// With values; its problems include what the provider's body cannot be made for.
    pub evaluation: Option<Evaluation>,
    /// What the flow's rules put in place of what the mapping says; the draft bears it.
    pub by_rules: Vec<FieldChange>,
    /// There when the draft has no problems and a flow uses the mapping.
    pub payload: Option<Payload>,
}

/// A create's body as a provider would get it.
#[derive(Debug, Clone)]
pub struct Payload {
    /// `smartbill`, `oblio`.
    pub provider: String,
    /// Pretty-printed JSON.
    pub json: String,
}

/// An order as a trial needs it.
struct Subject {
    raw: Value,
    context: MappingContext,
    key: IssueKey,
    number: String,
    /// `None` for an order of a shape that Punte does not take in.
    head: Option<OrderHead>,
}

impl Subject {
    /// The series that a flow would invoice the order in.
    fn series_of<'f>(&self, flow: &'f Flow) -> &'f str {
        let by_rule = |head| flow.rules.series_for(head, &Facts::of(&self.raw));
        self.head.as_ref().and_then(by_rule).unwrap_or(&flow.series)
    }
}

impl Workspace {
    /// # Errors
    /// [`EngineError::Invalid`] for pasted text that is no JSON object; not found for an order or flow that is not there.
    pub async fn try_mapping(
        &self,
        mapping_id: &str,
        mapping: &Mapping,
        order: TrialOrder,
        flow_id: Option<&str>,
    ) -> Result<Trial> {
        let subject = self.subject(order).await?;
        let compiled = match punte_mapping::compile(mapping) {
            Ok(compiled) => compiled,
            Err(errors) => return Ok(Trial { errors, evaluation: None, by_rules: Vec::new(), payload: None }),
        };
        let mut evaluation = compiled.explain(&subject.raw, &subject.context);
        let flows = self.ledger.list_flows().await?;
        let flow = match flow_id {
            Some(id) => {
                Some(flows.iter().find(|flow| flow.id == id).ok_or_else(|| StoreError::NotFound(id.to_owned()))?)
            }
            None => flows.iter().find(|flow| flow.mapping_id == mapping_id),
        };
        let (mut payload, mut by_rules) = (None, Vec::new());
        if let (Some(flow), Some(draft)) = (flow, &mut evaluation.draft) {
            let billing = self.ledger.get_connection(&flow.billing_id).await?;
            let facts = Facts::of(&subject.raw);
            let own = draft.problems();
            let mapped = draft.clone();
            flow.rules.apply(draft, &facts, &subject.number);
            by_rules = diff_drafts(&mapped, draft);
            let ruled = draft.problems();
            evaluation.problems.retain(|problem| !own.contains(problem) || ruled.contains(problem));
            evaluation.problems.extend(ruled.into_iter().filter(|problem| !own.contains(problem)));
            choose_for(draft, &billing);
            if evaluation.problems.is_empty() {
                match self.payload(&subject, flow, &billing, draft).await {
                    Ok(made) => payload = made,
                    Err(problem) => evaluation.problems.push(problem),
                }
            }
        }
        Ok(Trial { errors: Vec::new(), evaluation: Some(evaluation), by_rules, payload })
    }

    async fn subject(&self, order: TrialOrder) -> Result<Subject> {
        let (raw, head, shop_identity) = match order {
            TrialOrder::Known(id) => {
                let order = self.ledger.find_order(&id).await?.ok_or(StoreError::NotFound(id))?;
                (self.raw_of(&order).await?, Some(order.head), order.shop_identity)
            }
            TrialOrder::Pasted(text) => {
                let (raw, head) = read_pasted(&text)?;
                (raw, head, String::new())
            }
        };
        let today = fiscal_date(self.now_ms());
        let context = match &head {
            Some(head) => context_of(head),
            None => MappingContext {
                tax_point: super::samples::date_in(&raw).unwrap_or(today),
                settings: serde_json::Map::new(),
            },
        };
        let (order_id, number) = match &head {
            Some(head) => (head.order_id.clone(), head.number.clone()),
            None => (super::samples::number_in(&raw), super::samples::number_in(&raw)),
        };
        let key = IssueKey { shop_identity, order_id, role: Role::Invoice, generation: 1 };
        Ok(Subject { raw, context, key, number, head })
    }

    /// The body, if the provider's connector can be made; what keeps the body from being made is a problem of the draft.
    async fn payload(
        &self,
        subject: &Subject,
        flow: &Flow,
        billing: &Connection,
        draft: &Draft,
    ) -> std::result::Result<Option<Payload>, DraftProblem> {
        // without its credential a connection cannot even be prepared; that is said where connections are shown
        let Ok(provider) = self.billing(billing).await else { return Ok(None) };
        let seed = &self.ledger.info().seed;
        let request = IssueRequest {
            company: flow.company.clone(),
            series: subject.series_of(flow).to_owned(),
            issue_date: fiscal_date(self.now_ms()),
            draft: draft.clone(),
            reference: seed.reference(&subject.key),
            idempotency_key: seed.idempotency_key(&subject.key, 1),
            order_number: subject.number.clone(),
        };
        let listed = self.listed_rates(billing, &flow.company);
        match provider.preview_create(&request, DocumentKind::Invoice, listed.as_deref()) {
            Ok(json) => {
                let provider = match provider.kind() {
                    ProviderKind::SmartBill => "smartbill",
                    ProviderKind::Oblio => "oblio",
                };
                Ok(Some(Payload { provider: provider.to_owned(), json }))
            }
            Err(unsendable) => {
                let (field, detail) = match unsendable.detail.split_once(": ") {
                    Some((field, detail)) => (field.to_owned(), detail.to_owned()),
                    None => (unsendable.detail, String::new()),
                };
                Err(DraftProblem { field, kind: unsendable.kind, detail })
            }
        }
    }

    /// The account's rates as they were read last for the connection's lists.
    fn listed_rates(&self, billing: &Connection, company: &str) -> Option<Vec<VatRate>> {
        let (json, _) = self.cache.find_listing(&billing.id, "choices")?;
        let lists: ConnectionLists = serde_json::from_str(&json).ok()?;
        let is_of_company = billing.company.as_deref().is_none_or(|its| its == company);
        Some(lists.vat_rates).filter(|rates| is_of_company && !rates.is_empty())
    }
}

/// Refuses what is no order at all.
pub(super) fn object(text: &str) -> Result<Value> {
    let invalid = |detail: String| EngineError::Invalid { field: "json", detail };
    let value: Value = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
    if value.is_object() { Ok(value) } else { Err(invalid("an object is needed".to_owned())) }
}
