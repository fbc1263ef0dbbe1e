//! What rules may hold: bounds and shapes, each problem named by its field.

use super::{Choice, CollectWhen, FlowRules, MOST_DELAY_MINUTES, Paid, When};
use crate::draft::CollectKind;
use crate::order::OrderStatus;
use rust_decimal::{Decimal, dec};

/// Rules and words of one list.
const MOST: usize = 50;
/// Characters of a word.
const LONGEST: usize = 80;
const MOST_DUE_DAYS: u32 = 365;
const MOST_AMOUNT: Decimal = dec!(1_000_000_000_000);

/// A field of the rules that cannot be so, by the api's name of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleProblem {
    pub field: &'static str,
    /// A fact, not a sentence.
    pub detail: String,
}

fn problem(field: &'static str, detail: impl Into<String>) -> Result<(), RuleProblem> {
    Err(RuleProblem { field, detail: detail.into() })
}

impl FlowRules {
    /// # Errors
    /// The first field that cannot be so.
    pub fn check(&self) -> Result<(), RuleProblem> {
        check_when(&self.when)?;
        self.check_proforma()?;
        if self.delay_minutes > MOST_DELAY_MINUTES {
            return problem("rules.delayMinutes", format!("0 to {MOST_DELAY_MINUTES}"));
        }
        check_amount("rules.approveAbove", self.approve_above)?;
        if self.series_rules.len() > MOST {
            return problem("rules.seriesRules", format!("at most {MOST}"));
        }
        for rule in &self.series_rules {
            check_when(&rule.when)?;
            check_series("rules.seriesRules", &rule.series)?;
            if rule.when == When::default() {
                return problem("rules.seriesRules", rule.series.clone());
            }
        }
        if self.due_days.is_some_and(|days| days > MOST_DUE_DAYS) {
            return problem("rules.dueDays", format!("0 to {MOST_DUE_DAYS}"));
        }
        if self.collect.len() > MOST {
            return problem("rules.collect", format!("at most {MOST}"));
        }
        let mut methods: Vec<String> = Vec::new();
        for rule in &self.collect {
            let method = rule.method.trim().to_lowercase();
            if method.chars().count() > LONGEST || methods.contains(&method) {
                return problem("rules.collect", rule.method.clone());
            }
            methods.push(method);
        }
        let takes_cash = |rule: &super::CollectRule| rule.when != CollectWhen::Never && rule.kind == CollectKind::Cash;
        if !self.receipt_series.is_empty() || self.collect.iter().any(takes_cash) {
            check_series("rules.receiptSeries", &self.receipt_series)?;
        }
        if !self.language.is_empty() && !is_code(&self.language) {
            return problem("rules.language", self.language.clone());
        }
        Ok(())
    }
}

impl FlowRules {
    fn check_proforma(&self) -> Result<(), RuleProblem> {
        check_statuses("rules.proformaStatuses", &self.proforma.statuses)?;
        check_words("rules.proformaMethods", &self.proforma.payment_methods)?;
        if !self.makes_proformas() {
            return Ok(());
        }
        check_series("rules.proformaSeries", &self.proforma.series)?;
        // no invoice would ever follow
        if self.when.paid == Paid::No {
            return problem("rules.paid", self.when.paid.as_str());
        }
        Ok(())
    }
}

fn check_series(field: &'static str, series: &str) -> Result<(), RuleProblem> {
    let length = series.chars().count();
    if series.trim() != series || length == 0 || length > LONGEST {
        return problem(field, format!("1 to {LONGEST} characters"));
    }
    Ok(())
}

fn check_statuses(field: &'static str, statuses: &[String]) -> Result<(), RuleProblem> {
    check_words(field, statuses)?;
    // of these nothing follows, whatever a flow says
    let over = [OrderStatus::Cancelled, OrderStatus::Refunded, OrderStatus::Failed];
    let is_over = |word: &&String| over.iter().any(|status| super::is_same(word, status.as_str()));
    match statuses.iter().find(is_over) {
        Some(word) => problem(field, word.clone()),
        None => Ok(()),
    }
}

fn check_when(when: &When) -> Result<(), RuleProblem> {
    check_statuses("rules.statuses", &when.statuses)?;
    check_choice("rules.paymentMethods", &when.payment_methods)?;
    check_choice("rules.countries", &when.countries)?;
    let countries = when.countries.include.iter().chain(&when.countries.exclude);
    if let Some(wrong) = countries.into_iter().find(|code| !is_code(code)) {
        return problem("rules.countries", wrong.clone());
    }
    check_amount("rules.minTotal", when.min_total)?;
    check_amount("rules.maxTotal", when.max_total)?;
    match (when.min_total, when.max_total) {
        (Some(least), Some(most)) if least > most => problem("rules.maxTotal", format!("{most} < {least}")),
        _ => Ok(()),
    }
}

fn check_choice(field: &'static str, choice: &Choice) -> Result<(), RuleProblem> {
    check_words(field, &choice.include)?;
    check_words(field, &choice.exclude)
}

fn check_words(field: &'static str, words: &[String]) -> Result<(), RuleProblem> {
    if words.len() > MOST {
        return problem(field, format!("at most {MOST}"));
    }
    match words.iter().find(|word| word.trim().is_empty() || word.chars().count() > LONGEST) {
        Some(word) => problem(field, word.clone()),
        None => Ok(()),
    }
}

fn check_amount(field: &'static str, amount: Option<Decimal>) -> Result<(), RuleProblem> {
    match amount {
        Some(amount) if amount < Decimal::ZERO || amount > MOST_AMOUNT => problem(field, amount.to_string()),
        _ => Ok(()),
    }
}

fn is_code(text: &str) -> bool {
    text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase())
}
