//! The mapping page: rules with their values for an order, a live preview, saving as a new version.

use super::{Host, convert};
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::mapping::{Evaluation, MappingRules};
use punte_engine::store::ledger::{ListQuery, OrderRow as StoredOrder};
use punte_engine::{EngineError, Workspace};

const SAMPLES: u32 = 50;

impl Host {
    pub(super) async fn mapping_get(&self, _: &Session, request: MappingRequest) -> Result<MappingInfo, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let flows = ledger.list_flows().await?;
        let known = ledger.list_mappings().await?;
        let id = request
            .mapping_id
            .or_else(|| flows.first().map(|flow| flow.mapping_id.clone()))
            .or_else(|| known.first().map(|(id, _)| id.clone()))
            .ok_or_else(|| ApiError::not_found("mapping"))?;
        let samples = ledger.page_orders(ListQuery { limit: SAMPLES, ..ListQuery::default() }).await?;
        let sample = sample_order(&workspace, request.order_id.as_deref(), samples.first()).await?;
        let trial = workspace.try_mapping(&id, None, sample.as_ref()).await?;
        let name_of = |order: &StoredOrder| SampleOrder {
            id: order.id.clone(),
            number: order.head.number.clone(),
            customer: order.head.customer.clone(),
        };
        Ok(MappingInfo {
            mappings: known
                .into_iter()
                .map(|(mapping_id, name)| MappingName {
                    flows: flows.iter().filter(|f| f.mapping_id == mapping_id).map(|f| f.name.clone()).collect(),
                    id: mapping_id,
                    name,
                })
                .collect(),
            id: trial.mapping.mapping_id,
            name: trial.mapping.name,
            version: trial.mapping.version,
            rules: rules_of(&trial.rules, trial.evaluation.as_ref()),
            samples: samples.iter().map(name_of).collect(),
            sample: sample.as_ref().map(name_of),
            draft: trial.evaluation.as_ref().and_then(|evaluation| evaluation.draft.as_ref()).map(convert::draft),
            problems: trial.evaluation.map(|evaluation| convert::problems(&evaluation.problems)).unwrap_or_default(),
        })
    }

    pub(super) async fn mapping_preview(&self, _: &Session, change: RuleChange) -> Result<RulePreview, ApiError> {
        let workspace = self.workspace().await?;
        let rules = changed_rules(&workspace, &change).await?;
        if let Err(errors) = punte_engine::mapping::compile(&rules) {
            let first = errors.into_iter().next();
            return Ok(RulePreview {
                line: first.as_ref().and_then(|error| error.position).map(|(line, _)| line as u32),
                column: first.as_ref().and_then(|error| error.position).map(|(_, column)| column as u32),
                error: Some(first.map_or_else(String::new, |error| error.message)),
                values: Vec::new(),
                draft: None,
                problems: Vec::new(),
            });
        }
        let newest = workspace.ledger().page_orders(ListQuery { limit: 1, ..ListQuery::default() }).await?;
        let order = sample_order(&workspace, change.order_id.as_deref(), newest.first()).await?;
        let trial = workspace.try_mapping(&change.mapping_id, Some(rules), order.as_ref()).await?;
        Ok(RulePreview {
            error: None,
            line: None,
            column: None,
            values: trial
                .evaluation
                .as_ref()
                .map(|evaluation| values_of(evaluation, &change.target, change.block.as_deref()))
                .unwrap_or_default(),
            draft: trial.evaluation.as_ref().and_then(|evaluation| evaluation.draft.as_ref()).map(convert::draft),
            problems: trial.evaluation.map(|evaluation| convert::problems(&evaluation.problems)).unwrap_or_default(),
        })
    }

    pub(super) async fn mapping_save_rule(&self, session: &Session, change: RuleChange) -> Result<RuleSaved, ApiError> {
        let workspace = self.workspace().await?;
        let rules = changed_rules(&workspace, &change).await?;
        let name = rules.name.clone();
        let saved = workspace.save_mapping(&change.mapping_id, &name, &rules, &session.operator).await?;
        self.emit(&[Tag::Mappings, Tag::Documents]);
        Ok(RuleSaved { version: saved.version, remapped: saved.tried, ready: saved.passing })
    }
}

async fn sample_order(
    workspace: &Workspace,
    wanted: Option<&str>,
    newest: Option<&StoredOrder>,
) -> Result<Option<StoredOrder>, ApiError> {
    match wanted {
        Some(id) => Ok(Some(workspace.ledger().find_order(id).await?.ok_or_else(|| ApiError::not_found(id))?)),
        None => Ok(newest.cloned()),
    }
}

/// The mapping's rules with one expression replaced.
async fn changed_rules(workspace: &Workspace, change: &RuleChange) -> Result<MappingRules, ApiError> {
    if change.expression.len() > 4000 {
        return Err(ApiError::invalid("expression", "more than 4000 characters"));
    }
    let trial = workspace.try_mapping(&change.mapping_id, None, None).await?;
    let mut rules = trial.rules;
    let list = match &change.block {
        None => Some(&mut rules.rules),
        Some(block) => rules.lines.iter_mut().find(|lines| lines.source == *block).map(|lines| &mut lines.fields),
    };
    let rule = list.and_then(|list| list.iter_mut().find(|rule| rule.target == change.target));
    let rule = rule.ok_or(EngineError::Invalid { field: "target", detail: change.target.clone() })?;
    rule.expression = change.expression.trim().to_owned();
    Ok(rules)
}

fn rules_of(rules: &MappingRules, evaluation: Option<&Evaluation>) -> Vec<RuleInfo> {
    let info = |target: &str, block: Option<&str>, expression: &str| RuleInfo {
        target: target.to_owned(),
        block: block.map(str::to_owned),
        expression: expression.to_owned(),
        values: evaluation.map(|evaluation| values_of(evaluation, target, block)).unwrap_or_default(),
    };
    let top = rules.rules.iter().map(|rule| info(&rule.target, None, &rule.expression));
    let lines = rules.lines.iter().flat_map(|block| block.fields.iter().map(move |rule| (block.source.as_str(), rule)));
    top.chain(lines.map(|(source, rule)| info(&rule.target, Some(source), &rule.expression))).collect()
}

fn values_of(evaluation: &Evaluation, target: &str, block: Option<&str>) -> Vec<RuleValueInfo> {
    let of_rule = |target: &str, item: Option<usize>| {
        evaluation
            .values
            .iter()
            .find(|value| value.target == target && value.block.as_deref() == block && value.item == item)
            .and_then(|value| value.value.clone())
    };
    evaluation
        .values
        .iter()
        .filter(|value| value.target == target && value.block.as_deref() == block)
        .map(|value| RuleValueInfo {
            item: value.item.and_then(|_| of_rule("name", value.item)).unwrap_or_default(),
            value: value.value.clone(),
            error: value.error.clone(),
        })
        .collect()
}
