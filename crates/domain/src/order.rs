//! What Punte knows of an order without a mapping: enough to decide, to list and to search. The order itself is kept as
//! received.

use crate::money::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where an order stands at the shop, in words that every shop shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Not yet paid or confirmed: pending, on hold, draft.
    Open,
    /// Paid, being prepared.
    Paid,
    Completed,
    Cancelled,
    Refunded,
    Failed,
    /// A status that the shop invented; shown as received, and not invoiced by itself.
    Other,
}

impl OrderStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            OrderStatus::Open => "open",
            OrderStatus::Paid => "paid",
            OrderStatus::Completed => "completed",
            OrderStatus::Cancelled => "cancelled",
            OrderStatus::Refunded => "refunded",
            OrderStatus::Failed => "failed",
            OrderStatus::Other => "other",
        }
    }
}

/// One refund on an order, as the order names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The shop's stable id of it.
    pub id: String,
    /// Positive.
    pub amount_minor: i64,
}

/// The head of an order version, read by the shop's connector. Instants are UTC milliseconds on the shop's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderHead {
    /// The shop's stable id.
    pub order_id: String,
    /// What people call it; may differ from the id.
    pub number: String,
    pub status: OrderStatus,
    /// The shop's own word for it.
    pub status_text: String,
    pub currency: Currency,
    /// Gross, as the shop states it.
    pub total: Decimal,
    pub total_minor: i64,
    /// Sum already refunded, positive.
    pub refunded_minor: i64,
    /// The refunds that make it up, as far as they bear an id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
    pub created_ms: i64,
    pub modified_ms: i64,
    pub paid_ms: Option<i64>,
    pub completed_ms: Option<i64>,
    /// Company, or the person's name.
    pub customer: String,
    pub email: String,
    /// Fiscal code as the shop holds it, unchecked; empty where there is none.
    pub tax_id: String,
    /// Another tool's result found on the order (series, number), so that nothing is invoiced twice.
    pub invoiced_elsewhere: Option<String>,
    /// The statuses that its versions were received in, in every shop's words and the shop's own, each with the instant of the
    /// first such version. Kept by the ledger: a shop tells where an order is, not where it was.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seen_as: BTreeMap<String, i64>,
}

/// Words of statuses that are remembered of one order.
const MOST_SEEN: usize = 40;

impl OrderHead {
    /// Remembers the statuses of the version before, and the one that this version is the first in.
    pub fn remember(&mut self, before: Option<&OrderHead>) {
        let mut seen = before.map(|before| before.seen_as.clone()).unwrap_or_default();
        for head in before.into_iter().chain([&*self]) {
            for word in [head.status.as_str(), head.status_text.trim()] {
                if !word.is_empty() && seen.len() < MOST_SEEN {
                    seen.entry(word.to_ascii_lowercase()).or_insert(head.modified_ms);
                }
            }
        }
        self.seen_as = seen;
    }

    /// The instant that makes the order invoiceable: the earlier of paid and completed.
    pub fn became_due_ms(&self) -> Option<i64> {
        match (self.paid_ms, self.completed_ms) {
            (Some(paid), Some(completed)) => Some(paid.min(completed)),
            (one, other) => one.or(other),
        }
    }
}
