//! Trigger rules of a flow: between their wire form and the domain's, each wrong value named by its field.

use super::Host;
use crate::commands::{AccessRole, Session};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_domain::money::parse_decimal;
use punte_domain::rules::{
    Choice, CollectRule, CollectWhen, DocumentChoice, IssueDate, Paid, ProformaRule, SeriesRule, When,
};
use punte_domain::{CollectKind, FlowRules};
use punte_engine::RulesSample;
use rust_decimal::Decimal;

impl Host {
    pub(super) async fn flows_preview_rules(
        &self,
        session: &Session,
        request: RulesPreviewRequest,
    ) -> Result<RulesPreview, ApiError> {
        let rules = rules_of(request.rules)?;
        let workspace = self.workspace().await?;
        let condition = request.condition.trim();
        // which orders a condition of one's own takes tells what is in them, which a viewer is not shown
        if session.role == AccessRole::Viewer && !condition.is_empty() {
            let flows = workspace.ledger().list_flows().await?;
            if !flows.iter().any(|flow| flow.condition.trim() == condition) {
                return Err(ApiError::new(ErrorCode::Forbidden, "a viewer's own condition"));
            }
        }
        let preview = workspace.preview_rules(&request.shop_id, &rules, &request.condition).await?;
        Ok(RulesPreview {
            looked: preview.looked,
            matching: preview.matching,
            proformas: preview.proformas,
            to_approve: preview.to_approve,
            not_taken: preview.not_taken.into_iter().map(not_taken).collect(),
        })
    }
}

pub(super) fn not_taken(sample: RulesSample) -> RulesNotTaken {
    RulesNotTaken { reason: sample.reason.to_owned(), count: sample.count, orders: sample.orders }
}

/// # Errors
/// The field whose value is no amount or none of the words; bounds are the engine's.
pub(super) fn rules_of(info: RulesInfo) -> Result<FlowRules, ApiError> {
    let series = info
        .series_rules
        .into_iter()
        .map(|rule| Ok(SeriesRule { when: when_of(rule.when)?, series: rule.series.trim().to_owned() }));
    let collect = info.collect.into_iter().map(|rule| {
        Ok(CollectRule {
            method: rule.method.trim().to_owned(),
            when: word("rules.collect", &rule.when, CollectWhen::parse)?,
            kind: CollectKind::parse(&rule.kind).ok_or_else(|| ApiError::invalid("rules.collect", &rule.kind))?,
        })
    });
    Ok(FlowRules {
        series_rules: series.collect::<Result<_, ApiError>>()?,
        collect: collect.collect::<Result<_, ApiError>>()?,
        when: when_of(info.when)?,
        document: word("rules.document", &info.document, DocumentChoice::parse)?,
        proforma: ProformaRule {
            series: info.proforma.series.trim().to_owned(),
            statuses: trimmed(info.proforma.statuses),
            payment_methods: trimmed(info.proforma.payment_methods),
        },
        receipt_series: info.receipt_series.trim().to_owned(),
        delay_minutes: info.delay_minutes,
        approve_above: amount("rules.approveAbove", info.approve_above)?,
        issue_date: word("rules.issueDate", &info.issue_date, IssueDate::parse)?,
        due_days: info.due_days,
        language: info.language.trim().to_ascii_uppercase(),
        email_client: info.email_client,
        send_einvoice: info.send_einvoice,
    })
}

pub(super) fn info_of(rules: &FlowRules) -> RulesInfo {
    RulesInfo {
        when: when_info(&rules.when),
        document: rules.document.as_str().to_owned(),
        proforma: RuleProforma {
            series: rules.proforma.series.clone(),
            statuses: rules.proforma.statuses.clone(),
            payment_methods: rules.proforma.payment_methods.clone(),
        },
        receipt_series: rules.receipt_series.clone(),
        delay_minutes: rules.delay_minutes,
        approve_above: text(rules.approve_above),
        series_rules: rules
            .series_rules
            .iter()
            .map(|rule| RuleSeries { when: when_info(&rule.when), series: rule.series.clone() })
            .collect(),
        issue_date: rules.issue_date.as_str().to_owned(),
        due_days: rules.due_days,
        collect: rules
            .collect
            .iter()
            .map(|rule| RuleCollect {
                method: rule.method.clone(),
                when: rule.when.as_str().to_owned(),
                kind: rule.kind.as_str().to_owned(),
            })
            .collect(),
        language: rules.language.clone(),
        email_client: rules.email_client,
        send_einvoice: rules.send_einvoice,
    }
}

fn when_of(info: RuleWhen) -> Result<When, ApiError> {
    Ok(When {
        statuses: trimmed(info.statuses),
        paid: word("rules.paid", &info.paid, Paid::parse)?,
        payment_methods: choice_of(info.payment_methods),
        countries: upper(choice_of(info.countries)),
        min_total: amount("rules.minTotal", info.min_total)?,
        max_total: amount("rules.maxTotal", info.max_total)?,
    })
}

fn when_info(when: &When) -> RuleWhen {
    let choice = |one: &Choice| RuleChoice { include: one.include.clone(), exclude: one.exclude.clone() };
    RuleWhen {
        statuses: when.statuses.clone(),
        paid: when.paid.as_str().to_owned(),
        payment_methods: choice(&when.payment_methods),
        countries: choice(&when.countries),
        min_total: text(when.min_total),
        max_total: text(when.max_total),
    }
}

fn trimmed(words: Vec<String>) -> Vec<String> {
    words.into_iter().map(|word| word.trim().to_owned()).collect()
}

fn choice_of(info: RuleChoice) -> Choice {
    Choice { include: trimmed(info.include), exclude: trimmed(info.exclude) }
}

fn upper(choice: Choice) -> Choice {
    let all = |words: Vec<String>| words.into_iter().map(|word| word.to_ascii_uppercase()).collect();
    Choice { include: all(choice.include), exclude: all(choice.exclude) }
}

/// One of a field's words; what was left out is the usual one.
fn word<T: Default>(field: &'static str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, ApiError> {
    if text.is_empty() {
        return Ok(T::default());
    }
    parse(text).ok_or_else(|| ApiError::invalid(field, text))
}

/// An amount as typed; a blank one is none.
fn amount(field: &'static str, typed: Option<String>) -> Result<Option<Decimal>, ApiError> {
    let typed = typed.unwrap_or_default();
    if typed.trim().is_empty() {
        return Ok(None);
    }
    parse_decimal(typed.trim()).map(Some).map_err(|_| ApiError::invalid(field, typed))
}

fn text(amount: Option<Decimal>) -> Option<String> {
    amount.map(|amount| amount.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn field_of(rules: Value) -> Option<String> {
        let info: RulesInfo = serde_json::from_value(rules).unwrap();
        rules_of(info).unwrap_err().field
    }

    #[test]
    fn rules_go_out_as_they_came_in() {
        let when = |statuses: Value| {
            json!({ "statuses": statuses, "paid": "yes", "paymentMethods": { "include": ["cod"], "exclude": [] },
                "countries": { "include": [], "exclude": ["RO"] }, "minTotal": "10.50", "maxTotal": null })
        };
        let sent = json!({
            "when": when(json!(["completed"])), "delayMinutes": 60, "approveAbove": "5000",
            "seriesRules": [{ "when": when(json!([])), "series": "EXT" }], "issueDate": "completion_day", "dueDays": 15,
            "collect": [{ "method": "cod", "when": "later", "as": "cash_on_delivery" }], "language": "EN",
            "emailClient": true, "sendEinvoice": true, "receiptSeries": "CHT", "document": "proforma_then_invoice",
            "proforma": { "series": "PRO", "statuses": ["on-hold"], "paymentMethods": ["bacs"] } });
        let rules = rules_of(serde_json::from_value(sent.clone()).unwrap()).unwrap();
        assert_eq!(serde_json::to_value(info_of(&rules)).unwrap(), sent);
    }

    #[test]
    fn rules_left_out_are_those_that_nobody_touched() {
        assert_eq!(rules_of(serde_json::from_value(json!({})).unwrap()).unwrap(), FlowRules::default());
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_field() {
        for (rules, field) in [
            (json!({ "approveAbove": "much" }), "rules.approveAbove"),
            (json!({ "when": { "minTotal": "1,x" } }), "rules.minTotal"),
            (json!({ "when": { "paid": "perhaps" } }), "rules.paid"),
            (json!({ "issueDate": "yesterday" }), "rules.issueDate"),
            (json!({ "document": "quote" }), "rules.document"),
            (json!({ "collect": [{ "method": "cod", "when": "now", "as": "gold" }] }), "rules.collect"),
        ] {
            assert_eq!(field_of(rules).as_deref(), Some(field));
        }
    }
}
