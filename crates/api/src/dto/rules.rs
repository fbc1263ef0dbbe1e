//! Trigger rules of a flow, and what they would say of the newest orders.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A list to take from, and one to leave alone.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleChoice {
    pub include: Vec<String>,
    pub exclude: Vec<String>,
}

/// Conditions on an order, all of which must hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleWhen {
    /// `open`, `paid`, `completed`, or the shop's own words; empty: completed or paid, inside a series rule any.
    pub statuses: Vec<String>,
    /// `any`, `yes`, `no`.
    pub paid: String,
    /// As the shop codes them (`cod`, `stripe`).
    pub payment_methods: RuleChoice,
    /// ISO 3166 codes of two letters.
    pub countries: RuleChoice,
    /// Decimal text in the order's currency, both included.
    pub min_total: Option<String>,
    pub max_total: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleSeries {
    pub when: RuleWhen,
    pub series: String,
}

/// Of which unpaid orders a proforma is made, where the flow makes any.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleProforma {
    /// The provider's series of proformas.
    pub series: String,
    /// `open` or the shop's own words; empty: `open`.
    pub statuses: Vec<String>,
    /// As the shop codes them (`bacs`); empty: however it is to be paid.
    pub payment_methods: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleCollect {
    /// As the shop codes it; empty: every method that no rule before it names.
    pub method: String,
    /// `now`, `later`, `never`.
    pub when: String,
    /// `card`, `bank_transfer`, `cash_on_delivery`, `cash`, `other`.
    #[serde(rename = "as")]
    pub kind: String,
}

/// A flow's rules. Those that nobody touched take every completed or paid order at once, as it is mapped.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RulesInfo {
    pub when: RuleWhen,
    /// `invoice`, `proforma_then_invoice`.
    pub document: String,
    pub proforma: RuleProforma,
    /// From completion or payment to the issue; at most 43,200.
    pub delay_minutes: u32,
    /// Orders above it, in their own currency, are held until a person releases them.
    pub approve_above: Option<String>,
    /// The first that fits names the series.
    pub series_rules: Vec<RuleSeries>,
    /// `issue_day`, `completion_day`.
    pub issue_date: String,
    /// Days after the issue date; null: as mapped.
    pub due_days: Option<u32>,
    pub collect: Vec<RuleCollect>,
    /// The provider's series of receipts, for what is collected in cash.
    pub receipt_series: String,
    /// `RO`, `EN`…; empty: as mapped.
    pub language: String,
    /// The provider mails the invoice to the client, once.
    pub email_client: bool,
    /// The invoice is handed to e-Factura, once.
    pub send_einvoice: bool,
}

/// Rules that are not kept yet, of a flow or of one that is to be made.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RulesPreviewRequest {
    pub shop_id: String,
    pub rules: RulesInfo,
    pub condition: String,
}

/// Orders that are not taken for one reason.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RulesNotTaken {
    /// A decision's reason.
    pub reason: String,
    pub count: u32,
    /// Numbers of the newest few.
    pub orders: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RulesPreview {
    /// The shop's newest orders, at most 200.
    pub looked: u32,
    /// To be invoiced.
    pub matching: u32,
    /// Not paid yet: they would get a proforma.
    pub proformas: u32,
    /// Of the matching, the ones that would be held for a release.
    pub to_approve: u32,
    pub not_taken: Vec<RulesNotTaken>,
}
