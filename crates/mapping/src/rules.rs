//! Rules as data, the closed lists of targets, and the presets.

use crate::RuleError;
use punte_domain::LineKind;
use serde::{Deserialize, Serialize};

/// A mapping as it is stored: JSON in the ledger, versioned there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingRules {
    pub name: String,
    pub rules: Vec<Rule>,
    pub lines: Vec<LineBlock>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub target: String,
    pub expression: String,
}

/// Lines made from one list of the order; in its expressions `item` is the list's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineBlock {
    /// Name of the block (`line_items`).
    pub source: String,
    /// `product`, `shipping` or `fee`.
    pub kind: String,
    /// Gives the list.
    pub items: String,
    /// Skips entries for which it is false; empty takes all.
    #[serde(default)]
    pub when: String,
    pub fields: Vec<Rule>,
}

/// Targets outside line blocks: name, and whether a mapping must have it.
pub const TOP_TARGETS: &[(&str, bool)] = &[
    ("client.name", true),
    ("client.is_company", true),
    ("client.tax_id", false),
    ("client.vat_payer", false),
    ("client.reg_com", false),
    ("client.address", true),
    ("client.city", true),
    ("client.county", false),
    ("client.country", true),
    ("client.email", false),
    ("client.phone", false),
    ("document.currency", true),
    ("document.language", false),
    ("document.due_days", false),
    ("document.mentions", false),
    ("document.total", true),
    ("payment.kind", false),
    ("payment.value", false),
    ("payment.document_number", false),
];

/// Targets of a line.
pub const LINE_TARGETS: &[(&str, bool)] = &[
    ("name", true),
    ("code", false),
    ("description", false),
    ("unit", true),
    ("quantity", true),
    ("unit_price", true),
    ("vat_rate", true),
    ("is_service", false),
];

pub(crate) fn line_kind(text: &str) -> Option<LineKind> {
    match text {
        "product" => Some(LineKind::Product),
        "shipping" => Some(LineKind::Shipping),
        "fee" => Some(LineKind::Fee),
        _ => None,
    }
}

impl MappingRules {
    /// What is wrong with the list itself: unknown, repeated and missing targets.
    pub(crate) fn check(&self) -> Vec<RuleError> {
        let mut errors = check_targets(&self.rules, TOP_TARGETS, "");
        if self.lines.is_empty() {
            errors.push(error("lines", "", "at least one line block is needed"));
        }
        for block in &self.lines {
            if line_kind(&block.kind).is_none() {
                errors.push(error(&block.source, &block.kind, "a block's kind is product, shipping or fee"));
            }
            errors.extend(check_targets(&block.fields, LINE_TARGETS, &format!("{}.", block.source)));
        }
        errors
    }
}

fn error(target: &str, expression: &str, message: &str) -> RuleError {
    RuleError { target: target.into(), expression: expression.into(), position: None, message: message.into() }
}

fn check_targets(rules: &[Rule], known: &[(&str, bool)], prefix: &str) -> Vec<RuleError> {
    let mut errors = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let target = format!("{prefix}{}", rule.target);
        if !known.iter().any(|(name, _)| *name == rule.target) {
            errors.push(error(&target, &rule.expression, "there is no such target"));
        }
        if rules[..index].iter().any(|earlier| earlier.target == rule.target) {
            errors.push(error(&target, &rule.expression, "the target has two rules"));
        }
    }
    for (name, required) in known {
        if *required && !rules.iter().any(|rule| rule.target == *name) {
            errors.push(error(&format!("{prefix}{name}"), "", "the target needs a rule"));
        }
    }
    errors
}

/// The preset for Romanian WooCommerce shops: companies by the billing plugins' fields, Bucharest by sector, discounts
/// inside the unit prices, cash on delivery not collected.
///
/// # Panics
/// Never: the file is part of the program, and a test reads it.
pub fn preset_romanian_woocommerce() -> MappingRules {
    serde_json::from_str(include_str!("../presets/romanian-woocommerce.json")).expect("the preset is checked by a test")
}
