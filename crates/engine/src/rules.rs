//! A flow's rules at work beside the decision: the day that an invoice bears, and what rules would say of the newest orders
//! before they are kept.

use crate::decide::meets_condition;
use crate::error::{EngineError, Result};
use crate::workspace::Workspace;
use chrono::{Datelike, Months, NaiveDate};
use punte_domain::rules::{IssueDate, judge};
use punte_domain::{Facts, Failure, FailureKind, FlowRules, Judged, Phase, fiscal_date};
use punte_store::StoreError;
use punte_store::ledger::{Books, Document};
use serde_json::Value;

/// Orders that rules are tried on.
const LOOKED_AT: u32 = 200;
/// Orders named for each reason.
const NAMED: usize = 5;

/// Orders that rules do not take for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesSample {
    /// A key of the catalogues.
    pub reason: &'static str,
    pub count: u32,
    /// Printed numbers of the newest.
    pub orders: Vec<String>,
}

/// What rules would say of a shop's newest orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RulesPreview {
    pub looked: u32,
    /// To be invoiced.
    pub matching: u32,
    /// Not paid yet: they would get a proforma.
    pub proformas: u32,
    /// Of the matching, the ones that would be held for a person's release.
    pub to_approve: u32,
    /// Most first.
    pub not_taken: Vec<RulesSample>,
}

impl RulesSample {
    /// Counts one more order that is not taken.
    pub(crate) fn count(not_taken: &mut Vec<RulesSample>, reason: &'static str, number: &str) {
        let at = match not_taken.iter().position(|one| one.reason == reason) {
            Some(at) => at,
            None => {
                not_taken.push(RulesSample { reason, count: 0, orders: Vec::new() });
                not_taken.len() - 1
            }
        };
        let sample = &mut not_taken[at];
        sample.count += 1;
        if sample.orders.len() < NAMED {
            sample.orders.push(number.to_owned());
        }
    }
}

impl RulesPreview {
    fn leave_out(&mut self, reason: &'static str, number: &str) {
        RulesSample::count(&mut self.not_taken, reason, number);
    }
}

impl Workspace {
    /// Tries rules and a condition on a shop's newest orders, whenever these became due. Keeps nothing.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] with the field that cannot be so.
    pub async fn preview_rules(&self, shop_id: &str, rules: &FlowRules, condition: &str) -> Result<RulesPreview> {
        self.ledger.get_connection(shop_id).await?;
        rules.check().map_err(|problem| EngineError::Invalid { field: problem.field, detail: problem.detail })?;
        if !condition.trim().is_empty() {
            punte_mapping::check_condition(condition)
                .map_err(|error| EngineError::Invalid { field: "condition", detail: error.to_string() })?;
        }
        let mut preview = RulesPreview::default();
        for (order, raw) in self.ledger.list_newest_orders(shop_id, LOOKED_AT).await? {
            let raw: Value = serde_json::from_str(&raw).map_err(StoreError::Json)?;
            preview.looked += 1;
            match judge(&order.head, &Facts::of(&raw), rules, i64::MIN, self.now_ms()) {
                Judged::Waiting(reason) | Judged::No(reason) => preview.leave_out(reason, &order.head.number),
                judged @ (Judged::Invoice { .. } | Judged::Proforma) => match meets_condition(condition, &raw) {
                    Ok(true) if judged == Judged::Proforma => preview.proformas += 1,
                    Ok(true) => {
                        preview.matching += 1;
                        preview.to_approve += u32::from(rules.needs_approval(&order.head));
                    }
                    Ok(false) => preview.leave_out("condition", &order.head.number),
                    Err(_) => preview.leave_out("condition_error", &order.head.number),
                },
            }
            tokio::task::yield_now().await;
        }
        preview.not_taken.sort_by_key(|one| std::cmp::Reverse(one.count));
        Ok(preview)
    }

    /// The day that an invoice bears when it is sent now. The order's own day only while the books take it: its month is not
    /// closed here, and its series has no later day yet. Otherwise it is a person's matter, and once released it bears today's.
    pub(crate) async fn issue_day(&self, document: &Document) -> Result<std::result::Result<NaiveDate, Failure>> {
        let today = fiscal_date(self.now_ms());
        let flow = self.ledger.find_flow(&document.flow_id).await?;
        let is_own_day = flow.is_some_and(|flow| flow.rules.issue_date == IssueDate::CompletionDay);
        if !is_own_day || document.role != "invoice" {
            return Ok(Ok(today));
        }
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        let Some(at_ms) = order.head.completed_ms.or(order.head.paid_ms) else { return Ok(Ok(today)) };
        let day = fiscal_date(at_ms).min(today);
        if day == today {
            return Ok(Ok(today));
        }
        let Some(why) = self.taken_day(document, day).await? else { return Ok(Ok(day)) };
        if document.is_released(FailureKind::IssueDateTooEarly, document.order_version) {
            return Ok(Ok(today));
        }
        let object = format!("order {}", document.order_number);
        let failure = Failure::new(FailureKind::IssueDateTooEarly, Phase::Prepare, "create invoice", object);
        Ok(Err(failure.with_detail(why)))
    }

    /// Why the books take no invoice of a day any more, as facts.
    async fn taken_day(&self, document: &Document, day: NaiveDate) -> Result<Option<String>> {
        let books = Books {
            billing_id: document.billing_id.clone(),
            provider: document.provider.clone(),
            company: document.company.clone(),
        };
        let month = day.format("%Y-%m").to_string();
        let closings = self.ledger.list_closings(&books, &month).await?;
        if closings.iter().any(|closing| closing.reopened_ms.is_none()) {
            let open = day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
            return Ok(Some(format!("{day} < {}", open.unwrap_or(day))));
        }
        let last = self.ledger.find_last_issue_day(document).await?;
        let day = day.to_string();
        Ok(last.filter(|last| *last > day).map(|last| format!("{day} < {} {last}", document.series)))
    }
}

#[cfg(test)]
mod tests;
