//! Connections, their live tests and lists, and flows.

use super::{FailureInfo, RulesInfo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionInfo {
    pub id: String,
    /// `woocommerce`, `smartbill`, `oblio`, `file`.
    pub kind: String,
    pub name: String,
    pub address: String,
    /// Login e-mail or consumer key (public half of the credential).
    pub account: String,
    pub company: Option<String>,
    pub series: Option<String>,
    pub is_sandbox: bool,
    /// SmartBill's older routes, for an account where the newer ones do not answer.
    pub legacy_routes: bool,
    /// Calls of every window that are left to other programs with the same credential.
    pub reserve: u32,
    /// The provider's warehouse that goods leave; empty: its stock is not touched.
    pub warehouse: String,
    /// Percentage (`0`, `21`) to the rate's name at the provider, where it has several of that percentage.
    #[ts(type = "Record<string, string>")]
    pub vat_names: BTreeMap<String, String>,
    /// `healthy`, `degraded`, `needs_reconnect`, `limited`, `credential_missing`, `unknown`; while the vault cannot be asked
    /// `waiting_keyring`, `waiting_passphrase` or `waiting_choice`.
    pub health: String,
    pub failure: Option<FailureInfo>,
    #[ts(type = "number | null")]
    pub limited_until_ms: Option<i64>,
    #[ts(type = "number | null")]
    pub last_contact_ms: Option<i64>,
    /// When the secret was last replaced; null for one of before that was noted.
    #[ts(type = "number | null")]
    pub secret_changed_ms: Option<i64>,
    /// The last good answer with this secret.
    #[ts(type = "number | null")]
    pub secret_worked_ms: Option<i64>,
    /// Orders of it are known: where it is, or whose account it is, cannot be changed any more.
    pub has_orders: bool,
    /// Of a shop: names of the other workspaces that run here and invoice its orders too. Nobody keeps those from a second invoice.
    pub invoiced_in: Vec<String>,
    /// Orders taken in (shops) or documents issued (billing) today.
    pub today: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FlowInfo {
    pub id: String,
    pub name: String,
    pub shop_id: String,
    pub billing_id: String,
    pub company: String,
    pub series: String,
    /// A condition on the order; empty takes every completed or paid order.
    pub condition: String,
    pub mapping_id: String,
    pub enabled: bool,
    /// Orders that became due before this are left alone.
    #[ts(type = "number")]
    pub active_from_ms: i64,
    /// Nobody but Punte writes in this series: an empty look-up may be followed by a repeat without a person.
    pub series_is_ours: bool,
    /// Series, number, link and reference are written back to the shop's order.
    pub write_back: bool,
    /// After a refund of the whole order, or of a part, since its invoice: `off`, `propose`, `automatic`.
    pub full_refund: String,
    pub partial_refund: String,
    pub rules: RulesInfo,
    /// Without proformas.
    pub issued: u32,
    /// Proformas that stand.
    pub proformas: u32,
    pub held: u32,
    pub in_doubt: u32,
    pub waiting: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Connections {
    pub shops: Vec<ConnectionInfo>,
    pub billing: Vec<ConnectionInfo>,
    pub flows: Vec<FlowInfo>,
}

/// A credential typed into the wizard. The secret goes to the vault and nowhere else.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionInput {
    /// Null for a new connection; an existing one keeps its secret when `secret` is empty.
    pub id: Option<String>,
    pub kind: String,
    pub name: String,
    /// Site root or provider's address; empty takes the provider's public one.
    pub address: String,
    pub account: String,
    pub secret: String,
    pub company: Option<String>,
    pub series: Option<String>,
    #[serde(default)]
    pub legacy_routes: bool,
    /// At most 25.
    #[serde(default)]
    pub reserve: u32,
    #[serde(default)]
    pub warehouse: String,
    #[serde(default)]
    #[ts(type = "Record<string, string>")]
    pub vat_names: BTreeMap<String, String>,
}

impl std::fmt::Debug for ConnectionInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionInput").field("kind", &self.kind).field("name", &self.name).finish_non_exhaustive()
    }
}

#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SecretInput {
    pub id: String,
    pub secret: String,
}

/// One thing checked by a live test: `address`, `credential`, `company`, `series`, `vat_rates`, `orders`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TestStep {
    pub step: String,
    pub failure: Option<FailureInfo>,
    pub found: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompanyChoice {
    pub cif: String,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeriesChoice {
    pub name: String,
    pub document_type: String,
    pub next_number: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VatChoice {
    pub name: String,
    pub percent: String,
}

/// What a live test found: steps in order, and the provider's own lists to choose from.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    pub ok: bool,
    pub steps: Vec<TestStep>,
    /// Null where the provider does not list companies: the person types the CIF.
    pub companies: Option<Vec<CompanyChoice>>,
    pub series: Vec<SeriesChoice>,
    pub vat_rates: Vec<VatChoice>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FlowInput {
    pub id: Option<String>,
    pub name: String,
    pub shop_id: String,
    pub billing_id: String,
    pub company: String,
    pub series: String,
    pub condition: String,
    /// Null keeps what the flow has; with a new shop it is one that reads orders of the shop's kind, made from the preset where there
    /// is none.
    #[serde(default)]
    pub mapping_id: Option<String>,
    pub series_is_ours: bool,
    #[serde(default)]
    pub write_back: bool,
    /// `off`, `propose`, `automatic`; null keeps what the flow has, and a new one proposes.
    #[serde(default)]
    pub full_refund: Option<String>,
    #[serde(default)]
    pub partial_refund: Option<String>,
    /// Null keeps what the flow has; a new one takes every completed or paid order.
    #[serde(default)]
    pub rules: Option<RulesInfo>,
    pub enabled: bool,
}
