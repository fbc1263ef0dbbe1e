//! The mapping editor: a mapping as a document, what it makes of an order, and versions.

use super::{DraftInfo, ProblemInfo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// One target's rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleEntry {
    /// The field's name inside its section: `name`, `unit_price`.
    pub target: String,
    /// Empty: only the default.
    pub expression: String,
    /// A constant, taken when the expression gives nothing and `whenEmpty` is `default`.
    pub default: Option<String>,
    /// `leave_out`, `default`, `hold`.
    pub when_empty: String,
    pub note: String,
}

/// Lines made from one list of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BlockEntry {
    /// Unique in the mapping: `line_items`.
    pub name: String,
    /// `product`, `shipping`, `fee`, `discount`.
    pub kind: String,
    /// Gives the list; in the fields' expressions `item` is its entry.
    pub items: String,
    /// Skips entries for which it is false; empty takes all.
    pub when: String,
    pub fields: Vec<RuleEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TableRow {
    pub key: String,
    pub value: String,
}

/// A lookup table, read by `lookup(table, key)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TableEntry {
    pub name: String,
    pub rows: Vec<TableRow>,
}

/// A visible line that takes up a small difference to the order's total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoundingEntry {
    /// The largest difference that it may take up, in the order's currency: `0.05`.
    pub cap: String,
    /// Printed name.
    pub name: String,
}

/// A mapping as it is edited. Amounts are decimal text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingDocument {
    pub name: String,
    /// The difference to the order's total that is let through as it is: `0`.
    pub tolerance: String,
    pub rounding: Option<RoundingEntry>,
    pub client: Vec<RuleEntry>,
    pub document: Vec<RuleEntry>,
    pub lines: Vec<BlockEntry>,
    pub payment: Vec<RuleEntry>,
    pub tables: Vec<TableEntry>,
}

/// A field that a mapping can fill.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TargetInfo {
    /// `client`, `document`, `line`, `payment`.
    pub section: String,
    pub name: String,
    /// `text`, `amount`, `flag`.
    pub kind: String,
    /// Without a rule for it the mapping is refused.
    pub required: bool,
}

/// A function of the expression language; its words are in the catalogues under its name.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FunctionInfo {
    pub name: String,
    pub signature: String,
    pub example: String,
    /// What the example gives.
    pub result: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingSummary {
    pub id: String,
    pub name: String,
    pub version: u32,
    /// Names of the flows that use it.
    pub flows: Vec<String>,
    pub has_draft: bool,
    /// Whose orders it reads as it is published: `woocommerce`, `shopify`, `stripe`, `generic` (an application's, or a file's);
    /// empty where that cannot be told.
    pub orders: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShopMapping {
    /// Whose orders the shop has, in the words of a mapping's `orders`.
    pub orders: String,
    /// The id of the mapping that fits; null: the preset is made with the flow.
    pub mapping: Option<String>,
    /// The id of the preset of these orders, where no mapping reads them yet; null where one does.
    pub preset: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Mappings {
    pub mappings: Vec<MappingSummary>,
    /// What a flow from each shop gets for which none is named, by the shop's connection's id.
    #[ts(type = "Record<string, ShopMapping>")]
    pub shops: BTreeMap<String, ShopMapping>,
    /// Ids of the presets that a new mapping can start from; their words are in the catalogues.
    pub presets: Vec<String>,
    pub targets: Vec<TargetInfo>,
    pub functions: Vec<FunctionInfo>,
}

/// Starts from a preset, a copy of another mapping, or a document; from nothing where all are null. What can be used as it is
/// is version 1 at once; anything else is version 0 with a draft. A blank name takes that of what it starts from.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingCreate {
    pub name: String,
    pub preset: Option<String>,
    pub copy_of: Option<String>,
    pub document: Option<MappingDocument>,
}

/// Changes that are not published yet, kept over a restart.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeptDraft {
    pub document: MappingDocument,
    /// The version that it was begun from.
    pub base_version: u32,
    #[ts(type = "number")]
    pub saved_ms: i64,
    pub author: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingInfo {
    pub id: String,
    pub name: String,
    /// The published version; 0 where none is yet.
    pub version: u32,
    pub published: MappingDocument,
    pub draft: Option<KeptDraft>,
    /// The flows that use it, whose provider the result can be shown for.
    pub flows: Vec<MappingFlow>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingFlow {
    pub id: String,
    pub name: String,
    /// `smartbill`, `oblio`.
    pub provider: String,
}

/// Which order to show. `which`: `last`, `failed` (the newest held one), `order` (`value` an id), `number` (`value` as printed),
/// `sandbox` (a built-in one), `pasted` (`value` its JSON), `next` (the next older one than `from`), `previous` (the next newer
/// one), `next_failing` (the next older one that `document` would hold, of 2,000 at most).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SampleRequest {
    pub mapping_id: String,
    pub which: String,
    pub value: Option<String>,
    /// Id of the order that is shown now.
    pub from: Option<String>,
    pub document: Option<MappingDocument>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SampleInfo {
    /// Null for one that was pasted or is built in.
    pub id: Option<String>,
    pub number: String,
    pub customer: String,
    /// The order as received.
    pub json: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SampleAnswer {
    /// Null where there is none (any more).
    pub sample: Option<SampleInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SamplesRequest {
    /// Part of a number or name; empty for the newest.
    pub search: String,
    pub only_held: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SampleOrder {
    pub id: String,
    pub number: String,
    pub customer: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Samples {
    pub orders: Vec<SampleOrder>,
}

/// A mapping tried on an order; nothing is kept or sent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TryRequest {
    pub mapping_id: String,
    pub document: MappingDocument,
    /// A known order, or null and `json`.
    pub order_id: Option<String>,
    pub json: Option<String>,
    /// The flow for whose provider the request is made; null takes the first.
    pub flow_id: Option<String>,
}

/// What is wrong with an expression, or with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleProblem {
    /// Code of what is wrong, with its words and its fix in the catalogues: `syntax`, `not_there`, `unknown_name`, …
    pub code: String,
    /// Facts: the name, the path, the amounts.
    pub detail: String,
    /// From 1; null where the whole expression is meant.
    pub line: Option<u32>,
    pub column: Option<u32>,
    /// What may have been meant: a field or function of a like name.
    pub near: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleErrorInfo {
    /// `client.name`; in a block the field alone, or `items`, `when`.
    pub target: String,
    pub block: Option<String>,
    pub problem: RuleProblem,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InputInfo {
    /// `order.billing.city`, `item.total`.
    pub path: String,
    pub value: String,
}

/// One rule's value for the order, or for one line of its block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleValueInfo {
    /// `client.name`; in a block the field alone.
    pub target: String,
    pub block: Option<String>,
    /// Position in the block's list, from 0.
    pub item: Option<u32>,
    /// Name of the line (`Cană ceramică`), empty outside blocks.
    pub item_name: String,
    /// Null where nothing came of it.
    pub value: Option<String>,
    /// Where the value is from: `expression`, `default`, `left_out`, `held`, `error`.
    pub origin: String,
    pub problem: Option<RuleProblem>,
    /// What the expression read of the order.
    pub inputs: Vec<InputInfo>,
}

/// The request as the provider would get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PayloadInfo {
    pub provider: String,
    /// Pretty-printed JSON.
    pub json: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingTrial {
    /// What keeps the mapping from being used at all; then there are no values.
    pub errors: Vec<RuleErrorInfo>,
    pub values: Vec<RuleValueInfo>,
    /// There when every required value could be read; it may still have problems.
    pub draft: Option<DraftInfo>,
    pub problems: Vec<ProblemInfo>,
    /// What the flow's rules put in place of what the mapping says; the draft bears it.
    pub by_rules: Vec<super::FieldChangeInfo>,
    /// VAT as the order states it; null where the mapping does not read it.
    pub order_vat: Option<super::Amount>,
    /// There when the draft has no problems.
    pub payload: Option<PayloadInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftSave {
    pub mapping_id: String,
    pub document: MappingDocument,
    pub base_version: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftSaved {
    #[ts(type = "number")]
    pub saved_ms: i64,
}

/// Refused with `published_meanwhile` where the published version is no longer `baseVersion`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublishRequest {
    pub mapping_id: String,
    pub document: MappingDocument,
    pub base_version: u32,
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Published {
    pub version: u32,
    /// Held documents tried again with the new version.
    pub held: u32,
    /// Of these, the ones that would now pass.
    pub passing: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingVersionInfo {
    pub version: u32,
    pub author: String,
    pub reason: String,
    #[ts(type = "number")]
    pub created_ms: i64,
    /// Documents whose draft this version made.
    pub documents: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MappingHistory {
    /// Newest first.
    pub versions: Vec<MappingVersionInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VersionRequest {
    pub mapping_id: String,
    pub version: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DiffRequest {
    pub before: MappingDocument,
    pub after: MappingDocument,
}

/// One difference between two mappings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingChangeInfo {
    /// `client`, `document`, `payment`, `lines`, `tables`, `settings`.
    pub section: String,
    /// Name of the block or table.
    pub part: Option<String>,
    /// The field, the table's key, or the setting.
    pub target: String,
    /// `expression`, `default`, `when_empty`, `note`, `items`, `when`, `kind`, `value`.
    pub aspect: String,
    /// Null where it was not there.
    pub before: Option<String>,
    pub after: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MappingDiff {
    pub changes: Vec<MappingChangeInfo>,
}

/// A mapping as a file, to be kept or carried to another workspace.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingText {
    pub file_name: String,
    pub content: String,
}
