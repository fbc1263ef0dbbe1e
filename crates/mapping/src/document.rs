//! A mapping as a document: sections of rules, line blocks, lookup tables and the settings of its checks. Its JSON has a
//! stable order, so that two versions differ only where somebody changed something.

use punte_domain::LineKind;
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rules of one section or block, by target.
pub type Fields = BTreeMap<String, Rule>;

/// A whole mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Of the document's shape: 2.
    pub format: u32,
    pub name: String,
    #[serde(default)]
    pub checks: Checks,
    #[serde(default)]
    pub client: Fields,
    #[serde(default)]
    pub document: Fields,
    #[serde(default)]
    pub lines: Vec<LineBlock>,
    #[serde(default)]
    pub payment: Fields,
    /// Lookup tables by name: key to value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
}

/// How exactly a draft must add up to its order. Amounts are in the order's currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// A difference to the order's total up to this is let through as it is; 0 is to the cent.
    #[serde(default)]
    pub tolerance: Decimal,
    /// A visible line that takes up a small difference; none: a difference holds the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<RoundingLine>,
}

/// The largest tolerance and rounding line that a mapping may ask for.
pub const MAX_DIFFERENCE: Decimal = dec!(1);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundingLine {
    /// The largest difference that it takes up.
    pub cap: Decimal,
    /// As printed.
    pub name: String,
}

/// How a target is filled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Empty: only the default.
    #[serde(default)]
    pub expression: String,
    /// A constant as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    #[serde(default, skip_serializing_if = "WhenEmpty::is_leave_out")]
    pub when_empty: WhenEmpty,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What happens where an expression gives nothing or a blank text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenEmpty {
    #[default]
    LeaveOut,
    /// The rule's default is taken.
    Default,
    /// The record is held until somebody looks.
    Hold,
}

impl WhenEmpty {
    fn is_leave_out(&self) -> bool {
        *self == WhenEmpty::LeaveOut
    }

    pub fn as_str(self) -> &'static str {
        match self {
            WhenEmpty::LeaveOut => "leave_out",
            WhenEmpty::Default => "default",
            WhenEmpty::Hold => "hold",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [WhenEmpty::LeaveOut, WhenEmpty::Default, WhenEmpty::Hold].into_iter().find(|one| one.as_str() == text)
    }
}

/// Lines made from one list of the order; in its expressions `item` is the list's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineBlock {
    /// Unique in the mapping (`line_items`).
    pub name: String,
    pub kind: LineKind,
    /// Gives the list.
    pub items: String,
    /// Skips entries for which it is false; empty takes all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: String,
    pub fields: Fields,
}

/// What a target takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    Text,
    Amount,
    Flag,
}

impl TargetKind {
    pub fn as_str(self) -> &'static str {
        match self {
            TargetKind::Text => "text",
            TargetKind::Amount => "amount",
            TargetKind::Flag => "flag",
        }
    }
}

/// A field that a mapping can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// `client`, `document`, `line`, `payment`.
    pub section: &'static str,
    pub name: &'static str,
    pub kind: TargetKind,
    /// Without a rule for it the mapping is refused.
    pub required: bool,
}

const fn target(section: &'static str, name: &'static str, kind: TargetKind, required: bool) -> Target {
    Target { section, name, kind, required }
}

/// Every target, in the order in which they are shown and evaluated.
pub const TARGETS: &[Target] = &[
    target("client", "is_company", TargetKind::Flag, true),
    target("client", "name", TargetKind::Text, true),
    target("client", "tax_id", TargetKind::Text, false),
    target("client", "vat_payer", TargetKind::Flag, false),
    target("client", "reg_com", TargetKind::Text, false),
    target("client", "address", TargetKind::Text, true),
    target("client", "city", TargetKind::Text, true),
    target("client", "county", TargetKind::Text, false),
    target("client", "country", TargetKind::Text, true),
    target("client", "email", TargetKind::Text, false),
    target("client", "phone", TargetKind::Text, false),
    target("document", "currency", TargetKind::Text, true),
    target("document", "total", TargetKind::Amount, true),
    target("document", "vat_total", TargetKind::Amount, false),
    target("document", "language", TargetKind::Text, false),
    target("document", "due_days", TargetKind::Amount, false),
    target("document", "mentions", TargetKind::Text, false),
    target("line", "name", TargetKind::Text, true),
    target("line", "code", TargetKind::Text, false),
    target("line", "description", TargetKind::Text, false),
    target("line", "unit", TargetKind::Text, true),
    target("line", "quantity", TargetKind::Amount, true),
    target("line", "unit_price", TargetKind::Amount, true),
    target("line", "vat_rate", TargetKind::Amount, true),
    target("line", "is_service", TargetKind::Flag, false),
    target("payment", "kind", TargetKind::Text, false),
    target("payment", "value", TargetKind::Amount, false),
    target("payment", "document_number", TargetKind::Text, false),
];

/// The targets of one section.
pub fn targets_of(section: &str) -> impl Iterator<Item = &'static Target> {
    TARGETS.iter().filter(move |target| target.section == section)
}
