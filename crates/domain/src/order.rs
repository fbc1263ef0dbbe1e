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

/// The id of a refund that is no single one but all that was given back so far: what a table of orders says in one cell.
pub const GROWING_REFUND: &str = "refunded";

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
    #[serde(default, skip_serializing_if = "Place::is_none")]
    pub place: Place,
}

/// Where a version stands among the others of its order, as far as its sender says more than when the order was last changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The sender's own count of versions: it decides before any clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    /// When the message was made that told it: it decides between two of one instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_ms: Option<i64>,
}

impl Place {
    /// What this leaves out is taken from another.
    pub fn or(self, other: Place) -> Place {
        Place { sequence: self.sequence.or(other.sequence), told_ms: self.told_ms.or(other.told_ms) }
    }

    fn is_none(&self) -> bool {
        *self == Place::default()
    }
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

    /// Whether this version came about before another, by the first of these that both tell and that differs: sequence, when it
    /// was last changed, when that was told.
    pub fn is_before(&self, other: &OrderHead) -> bool {
        let both = |ours: Option<i64>, theirs: Option<i64>| ours.zip(theirs).filter(|(ours, theirs)| ours != theirs);
        let (ours, theirs) = (self.place, other.place);
        let differs = both(ours.sequence, theirs.sequence)
            .or_else(|| both(Some(self.modified_ms), Some(other.modified_ms)))
            .or_else(|| both(ours.told_ms, theirs.told_ms));
        differs.is_some_and(|(ours, theirs)| ours < theirs)
    }

    /// The instant that makes the order invoiceable: the earlier of paid and completed.
    pub fn became_due_ms(&self) -> Option<i64> {
        match (self.paid_ms, self.completed_ms) {
            (Some(paid), Some(completed)) => Some(paid.min(completed)),
            (one, other) => one.or(other),
        }
    }
}
