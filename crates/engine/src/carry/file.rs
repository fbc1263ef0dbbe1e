//! What stands in the file.
//!
//! Things are named by their names, never by ids: a flow says which shop, billing account and mapping it uses as they are named
//! in the same file. What stands at its usual value is left out.

use punte_domain::rules::SeriesRule;
use punte_domain::{FlowRules, RefundMode};
use punte_mapping::Mapping;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use toml::Value;
use toml::value::Datetime;

/// The file's format. A file of a later one is not read.
pub const FORMAT: u32 = 1;

/// `[punte]`: what this file is, and where it is from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedHead {
    /// The format: 1.
    pub setup: u32,
    /// Of the Punte that wrote it.
    #[serde(default)]
    pub version: String,
    /// Name of the workspace that it is of.
    #[serde(default)]
    pub workspace: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Datetime>,
}

/// `[[connections]]`: a shop or a billing account, without its credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedConnection {
    /// Flows name it so.
    pub name: String,
    /// `woocommerce`, `shopify`, `stripe`, `webhook`, `file`, `smartbill`, `oblio`.
    pub kind: String,
    /// Where the shop is. A provider's is known and is left out, and so is that of a simulator on the machine that wrote the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Of Stripe alone: `acct_…`, which says whose orders they are. Every other login is a part of the credential, and is typed
    /// with it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// Tax id of the company that is invoiced for; of billing accounts, as all that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// SmartBill's older routes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub legacy_routes: bool,
    /// Calls of every window that are left to other programs.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reserve: u32,
    /// The provider's warehouse that goods leave.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub warehouse: String,
    /// Percentage to the rate's name at the provider.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vat_names: BTreeMap<String, String>,
}

impl CarriedConnection {
    /// The first field that only billing accounts have.
    pub(super) fn of_billing(&self) -> Option<&'static str> {
        let set = [
            ("company", self.company.is_some()),
            ("series", self.series.is_some()),
            ("legacy_routes", self.legacy_routes),
            ("reserve", self.reserve > 0),
            ("warehouse", !self.warehouse.is_empty()),
            ("vat_names", !self.vat_names.is_empty()),
        ];
        set.into_iter().find(|(_, is_set)| *is_set).map(|(name, _)| name)
    }
}

/// `[[flows]]`: orders of a shop become invoices at a billing account. One that comes in is switched off, whatever it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedFlow {
    pub name: String,
    /// Names of two connections and of a mapping of this file.
    pub shop: String,
    pub billing: String,
    pub mapping: String,
    /// Tax id of the company that issues.
    pub company: String,
    pub series: String,
    /// On the order; left out, it is every completed or paid one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// Series, number and link are written back to the shop's order.
    #[serde(default)]
    pub write_back: bool,
    #[serde(default)]
    pub full_refund: RefundMode,
    #[serde(default)]
    pub partial_refund: RefundMode,
    /// Which orders, when and how: what differs from rules that nobody touched.
    #[serde(default, skip_serializing_if = "is_untouched", serialize_with = "what_differs")]
    pub rules: FlowRules,
}

/// The whole file, `[[mappings]]` with the rules that are published.
#[derive(Debug, Clone)]
pub struct Carried {
    pub punte: CarriedHead,
    pub connections: Vec<CarriedConnection>,
    pub mappings: Vec<Mapping>,
    pub flows: Vec<CarriedFlow>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn is_untouched(rules: &FlowRules) -> bool {
    *rules == FlowRules::default()
}

fn what_differs<S: Serializer>(rules: &FlowRules, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::Error;
    let mut own = Value::try_from(rules).map_err(S::Error::custom)?;
    without(&mut own, &Value::try_from(FlowRules::default()).map_err(S::Error::custom)?);
    let usual = Value::try_from(SeriesRule::default()).map_err(S::Error::custom)?;
    if let Some(Value::Array(entries)) = own.get_mut("series_rules") {
        entries.iter_mut().for_each(|entry| without(entry, &usual));
    }
    own.serialize(serializer)
}

/// Takes away what stands in `usual`, too.
fn without(own: &mut Value, usual: &Value) {
    let (Value::Table(own), Value::Table(usual)) = (own, usual) else { return };
    for (name, usual) in usual {
        if let Some(inner) = own.get_mut(name) {
            without(inner, usual);
            if inner == usual || inner.as_table().is_some_and(toml::Table::is_empty) {
                own.remove(name);
            }
        }
    }
}
