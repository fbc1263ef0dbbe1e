//! The webhook inbox, the listener that fills it, and what a shop needs to be told to deliver here.

use super::FailureInfo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Whether webhooks are listened for, and how that goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListenerInfo {
    pub enabled: bool,
    /// Asked for; 0 takes a free one at each start.
    pub port: u16,
    /// `http://127.0.0.1:8766`, while it listens.
    pub address: Option<String>,
    /// Where the world reaches it, as a person typed it (`https://punte.atelier.ro`); empty: nowhere but here.
    pub public_address: String,
    /// Why it does not listen although it should.
    pub error: Option<String>,
    /// Deliveries since it listens: answered in order, refused, and sent away for want of room.
    #[ts(type = "number")]
    pub accepted: u64,
    #[ts(type = "number")]
    pub refused: u64,
    #[ts(type = "number")]
    pub overloaded: u64,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListenerInput {
    pub enabled: bool,
    pub port: u16,
    pub public_address: String,
}

/// Where a connection's webhooks are to be sent, and by what they are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HookInfo {
    pub connection_id: String,
    pub kind: String,
    /// `/hooks/…`: behind the listener's own or its public address. Whoever knows it can knock.
    pub path: String,
    /// The whole address to paste at the shop.
    pub url: Option<String>,
    /// A signing secret is kept.
    pub has_secret: bool,
    /// The one before it is still accepted, until this instant.
    #[ts(type = "number | null")]
    pub old_secret_until_ms: Option<i64>,
    /// Topics to subscribe to at the shop.
    pub topics: Vec<String>,
    #[ts(type = "number | null")]
    pub last_accepted_ms: Option<i64>,
    #[ts(type = "number | null")]
    pub last_refused_ms: Option<i64>,
}

/// A shop's own word on one of its webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShopHookInfo {
    pub id: String,
    pub name: String,
    pub topic: String,
    /// `active`, `paused`, `disabled`, or another word of the shop's.
    pub status: String,
    pub delivery_url: String,
    /// It delivers to this connection's address.
    pub is_ours: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ShopHooks {
    /// Null where the shop does not tell.
    pub hooks: Option<Vec<ShopHookInfo>>,
}

/// Names a webhook at a connection's shop.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ShopHookRef {
    pub connection: String,
    pub hook: String,
}

/// A page of the inbox, newest first.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct InboxRequest {
    pub connection: Option<String>,
    /// A state or a verdict; `refused` stands for every verdict that is not `accepted` or `ping`.
    pub show: Option<String>,
    /// A delivery id, event id, topic or order number, whole.
    pub text: String,
    /// Of the answer before: what comes after it.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryRow {
    pub id: String,
    pub connection_id: String,
    pub connection_name: String,
    pub kind: String,
    #[ts(type = "number")]
    pub received_ms: i64,
    pub topic: String,
    /// The shop's id of the delivery; the same over its retries.
    pub delivery_id: Option<String>,
    /// `accepted`, `ping`, `no_secret`, `no_signature`, `bad_signature`, `stale`, `unreadable`, `replayed`, `too_large`,
    /// `wrong_type`.
    pub verdict: String,
    /// What it was answered with.
    pub status: u16,
    /// `waiting`, `done`, `failed`, `none` (nothing follows from it).
    pub state: String,
    pub tries: u32,
    pub order_id: Option<String>,
    pub order_number: Option<String>,
    pub failure: Option<FailureInfo>,
    /// Of the body, in bytes.
    #[ts(type = "number")]
    pub size: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct InboxPage {
    pub rows: Vec<DeliveryRow>,
    /// Ask with it for what comes after; null at the end.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
    pub counts: InboxCounts,
}

/// Of the last seven days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InboxCounts {
    pub waiting: u32,
    pub done: u32,
    pub failed: u32,
    pub refused: u32,
}

#[derive(Debug, Clone, Deserialize, TS)]
pub struct DeliveryRequest {
    pub id: String,
    /// Names, addresses, e-mails, phones and personal codes as they came; otherwise masked.
    #[serde(default)]
    pub personal: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryInfo {
    pub row: DeliveryRow,
    pub event_id: Option<String>,
    /// When the shop says that it sent it.
    #[ts(type = "number | null")]
    pub sent_ms: Option<i64>,
    #[ts(type = "Record<string, string>")]
    pub headers: BTreeMap<String, String>,
    /// The body as text, indented where it is JSON. Of a refused one only its beginning is kept.
    pub body: String,
    pub is_masked: bool,
    pub is_cut: bool,
    /// Who had it processed again, newest first.
    pub replays: Vec<ReplayInfo>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReplayInfo {
    pub who: String,
    #[ts(type = "number")]
    pub at_ms: i64,
    pub reason: String,
}
