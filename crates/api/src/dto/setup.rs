//! A workspace's set-up as one file, and what taking one in would add.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The set-up as a file's text. It holds no secret, and nothing of an order or of a person.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupText {
    /// `punte-atelier-cana.setup.toml`
    pub file_name: String,
    pub content: String,
}

/// A file's text, and what of it is this company's own.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupInput {
    /// At most 1 MiB.
    pub content: String,
    /// Tax ids of the file that are another here: in billing connections and in flows.
    #[serde(default)]
    pub companies: Vec<SetupRename>,
    /// Series of the file that are another here, wherever one is named: in connections, flows and their rules.
    #[serde(default)]
    pub series: Vec<SetupRename>,
    /// Stripe's accounts of the file that are another here: whose orders come, and a part of what an invoice is known by.
    #[serde(default)]
    pub accounts: Vec<SetupRename>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetupRename {
    pub from: String,
    pub to: String,
}

/// What a file would add here, or has added. Nothing is added while it has problems.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupPlan {
    /// Name of the workspace that the file is of.
    pub workspace: String,
    /// `null` where the file does not say it.
    #[ts(type = "number | null")]
    pub made_at_ms: Option<i64>,
    /// Of the Punte that wrote it; empty where the file does not say it.
    pub version: String,
    /// Tax ids as they stand in the file, to be put another in their place.
    pub companies: Vec<String>,
    /// Series as they stand in the file.
    pub series: Vec<String>,
    /// Stripe's accounts as they stand in the file.
    pub accounts: Vec<String>,
    pub connections: Vec<SetupItem>,
    pub mappings: Vec<SetupItem>,
    pub flows: Vec<SetupFlow>,
    /// Everything that keeps the file from being taken in, not only the first.
    pub problems: Vec<SetupProblem>,
}

/// A connection or a mapping of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetupItem {
    /// As it is named here: a new mapping whose name is taken has another one than in the file.
    pub name: String,
    /// Of a connection `woocommerce`, `smartbill`…; `mapping`.
    pub kind: String,
    /// Of a shop its address (of Stripe its account), of a billing provider its company; of a mapping the count of its rules.
    pub detail: String,
    /// `new`; `kept`: the same one is here already, and is used.
    pub fate: String,
}

/// A flow of the file. A new one comes in switched off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetupFlow {
    pub name: String,
    /// Names of its connections and its mapping, as they are named here.
    pub shop: String,
    pub billing: String,
    pub mapping: String,
    pub company: String,
    pub series: String,
    /// `new`, `kept`.
    pub fate: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetupProblem {
    /// What is wrong, as a code.
    pub code: String,
    /// Where: `flows[2].mapping`, counted from 1, or `line 12`.
    pub at: String,
    /// The name of the connection, mapping or flow that it is in, where it has one.
    pub name: String,
    /// What stands there, cut; never a secret's value.
    pub given: String,
}
