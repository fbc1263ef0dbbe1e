//! A mapping tried on one order, and which order that is.

use super::super::{Host, convert, veil};
use super::document;
use crate::commands::{AccessRole, Session};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_engine::Workspace;
use punte_engine::editor::{Sample, Trial, TrialOrder, Which};
use punte_engine::mapping::{Mapping, RuleValue};
use std::collections::HashMap;

const LISTED: u32 = 50;

impl Host {
    pub(in super::super) async fn mappings_samples(
        &self,
        session: &Session,
        request: SamplesRequest,
    ) -> Result<Samples, ApiError> {
        let SamplesRequest { search, only_held } = request;
        let is_veiled = veil::is_veiled(session);
        let orders = self.workspace().await?.list_samples(&search, only_held, LISTED, is_veiled).await?;
        Ok(Samples {
            orders: orders
                .into_iter()
                .map(|order| SampleOrder { id: order.id, number: order.head.number, customer: order.head.customer })
                .collect(),
        })
    }

    pub(in super::super) async fn mappings_sample(
        &self,
        session: &Session,
        request: SampleRequest,
    ) -> Result<SampleAnswer, ApiError> {
        let workspace = self.workspace().await?;
        let SampleRequest { mapping_id, which, value, from, document } = request;
        let missing = |field: &str| ApiError::invalid(field, "needed");
        let which = match which.as_str() {
            "last" => Which::Last,
            "failed" => Which::Failed,
            "order" => Which::Order(value.ok_or_else(|| missing("value"))?),
            "number" => Which::Number(value.ok_or_else(|| missing("value"))?),
            "sandbox" => Which::BuiltIn,
            "pasted" => Which::Pasted(value.ok_or_else(|| missing("value"))?),
            "next" => Which::Next(from.ok_or_else(|| missing("from"))?),
            "previous" => Which::Previous(from.ok_or_else(|| missing("from"))?),
            "next_failing" => {
                let mapping = document::read(document.ok_or_else(|| missing("document"))?)?;
                // which order a rule of one's own would hold tells what is in it
                if session.role == AccessRole::Viewer && !is_kept(&workspace, &mapping_id, &mapping).await? {
                    return Err(ApiError::new(ErrorCode::Forbidden, "a viewer's own rules"));
                }
                Which::NextFailing(from, Box::new(mapping))
            }
            unknown => return Err(ApiError::invalid("which", unknown)),
        };
        let sample = workspace.find_sample(&mapping_id, which, veil::is_veiled(session)).await?;
        let shown = |Sample { id, number, customer, json }| SampleInfo { id, number, customer, json };
        Ok(SampleAnswer { sample: sample.map(shown) })
    }

    pub(in super::super) async fn mappings_try(
        &self,
        session: &Session,
        request: TryRequest,
    ) -> Result<MappingTrial, ApiError> {
        let workspace = self.workspace().await?;
        let mapping = document::read(request.document)?;
        let order = match (request.order_id, request.json) {
            // a rule of one's own can spell out what is veiled in any way that it likes: it is not given it
            (Some(id), None)
                if session.role == AccessRole::Viewer
                    && !is_kept(&workspace, &request.mapping_id, &mapping).await? =>
            {
                TrialOrder::Pasted(veiled_order(&workspace, &id).await?)
            }
            (Some(id), None) => TrialOrder::Known(id),
            (None, Some(json)) => TrialOrder::Pasted(json),
            _ => return Err(ApiError::invalid("orderId", "an order or its JSON")),
        };
        let flow_id = request.flow_id.as_deref();
        Ok(shown(workspace.try_mapping(&request.mapping_id, &mapping, order, flow_id).await?))
    }
}

/// Whether a mapping is as it was published, or as its draft is kept.
async fn is_kept(workspace: &Workspace, id: &str, mapping: &Mapping) -> Result<bool, ApiError> {
    let state = workspace.get_mapping(id).await?;
    Ok(state.published == *mapping || state.draft.is_some_and(|(draft, _)| draft == *mapping))
}

async fn veiled_order(workspace: &Workspace, id: &str) -> Result<String, ApiError> {
    let ledger = workspace.ledger();
    let order = ledger.find_order(id).await?.ok_or_else(|| ApiError::not_found(id))?;
    Ok(veil::veil_json(&ledger.get_order_json(order.row).await?))
}

fn shown(trial: Trial) -> MappingTrial {
    let errors = trial.errors.iter().map(document::error).collect();
    let Some(evaluation) = trial.evaluation else {
        return MappingTrial {
            errors,
            values: Vec::new(),
            draft: None,
            problems: Vec::new(),
            by_rules: Vec::new(),
            order_vat: None,
            payload: None,
        };
    };
    let order_vat = match (evaluation.order_vat, &evaluation.draft) {
        (Some(vat), Some(draft)) => {
            draft.currency.to_minor(vat).ok().map(|minor| Amount { minor, currency: draft.currency.code().to_owned() })
        }
        _ => None,
    };
    MappingTrial {
        errors,
        values: values(evaluation.values),
        draft: evaluation.draft.as_ref().map(convert::draft),
        problems: convert::problems(&evaluation.problems),
        by_rules: trial.by_rules.into_iter().map(super::record::change).collect(),
        order_vat,
        payload: trial.payload.map(|payload| PayloadInfo { provider: payload.provider, json: payload.json }),
    }
}

/// Values with the name of their line beside them.
fn values(values: Vec<RuleValue>) -> Vec<RuleValueInfo> {
    let names: HashMap<(String, usize), String> = values
        .iter()
        .filter(|value| value.target == "name")
        .filter_map(|value| Some(((value.block.clone()?, value.item?), value.value.clone()?)))
        .collect();
    let name_of = |value: &RuleValue| {
        let key = (value.block.clone()?, value.item?);
        names.get(&key).cloned()
    };
    values
        .into_iter()
        .map(|value| RuleValueInfo {
            item_name: name_of(&value).unwrap_or_default(),
            item: value.item.map(|item| item as u32),
            problem: value.problem.as_ref().map(document::problem),
            origin: value.origin.as_str().to_owned(),
            inputs: value.inputs.into_iter().map(|input| InputInfo { path: input.path, value: input.value }).collect(),
            target: value.target,
            block: value.block,
            value: value.value,
        })
        .collect()
}
