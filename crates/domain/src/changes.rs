//! What became of an order after its invoice was issued, and the life of such a change: pure functions over what was
//! invoiced and what the order says now.
//!
//! Nothing here leads to a second invoice. What follows from a change takes the invoice back, whole or in part, or nothing.

use crate::draft::{Client, Draft};
use crate::order::{GROWING_REFUND, OrderHead, OrderStatus};
use serde::{Deserialize, Serialize};

/// How an order differs from what was invoiced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Cancelled,
    RefundedFully,
    /// One refund; its id is the change's subject.
    RefundedPartly,
    Total,
    /// The client's name, fiscal code or address.
    Billing,
}

impl ChangeKind {
    pub const ALL: [ChangeKind; 5] = [
        ChangeKind::Cancelled,
        ChangeKind::RefundedFully,
        ChangeKind::RefundedPartly,
        ChangeKind::Total,
        ChangeKind::Billing,
    ];

    /// The word stored in the ledger and sent over the api.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Cancelled => "cancelled",
            ChangeKind::RefundedFully => "refunded_fully",
            ChangeKind::RefundedPartly => "refunded_partly",
            ChangeKind::Total => "total",
            ChangeKind::Billing => "billing",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What is proposed about a change; a person may always ignore it instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    /// The provider's own storno of the whole invoice.
    Storno,
    /// A document with negative lines over a part, or over what earlier ones left.
    PartialStorno,
    /// More was refunded than the invoice still holds: a person decides.
    Nothing,
}

impl Proposal {
    pub const ALL: [Proposal; 3] = [Proposal::Storno, Proposal::PartialStorno, Proposal::Nothing];

    pub fn as_str(self) -> &'static str {
        match self {
            Proposal::Storno => "storno",
            Proposal::PartialStorno => "partial_storno",
            Proposal::Nothing => "nothing",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|proposal| proposal.as_str() == text)
    }
}

/// What a flow does about refunds of one sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundMode {
    /// Proposes nothing; the timeline tells of it.
    Off,
    #[default]
    Propose,
    /// Writes the document down by itself.
    Automatic,
}

impl RefundMode {
    pub const ALL: [RefundMode; 3] = [RefundMode::Off, RefundMode::Propose, RefundMode::Automatic];

    pub fn as_str(self) -> &'static str {
        match self {
            RefundMode::Off => "off",
            RefundMode::Propose => "propose",
            RefundMode::Automatic => "automatic",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// One value before and after. Fields: `status`, `total`, `currency`, `refunded`, `client.name`, `client.tax_id`, …;
/// amounts are decimal text in the invoice's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub field: String,
    pub before: String,
    pub after: String,
}

impl Difference {
    fn new(field: &str, before: impl Into<String>, after: impl Into<String>) -> Self {
        Difference { field: field.to_owned(), before: before.into(), after: after.into() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderChange {
    pub kind: ChangeKind,
    /// The refund's id; empty for every other kind.
    pub subject: String,
    pub facts: Vec<Difference>,
    pub proposal: Proposal,
    /// What the proposal takes back, positive.
    pub amount_minor: i64,
}

/// What was invoiced.
#[derive(Debug, Clone, Copy)]
pub struct Invoiced<'a> {
    pub total_minor: i64,
    /// The order version that the invoice was made from.
    pub order: &'a OrderHead,
    /// What the mapping makes of that version; `None` where it makes nothing.
    pub draft: Option<&'a Draft>,
    /// By corrections that were not given up, positive.
    pub taken_back_minor: i64,
    /// Refunds that such a correction stands for.
    pub corrected: &'a [String],
    /// Of a refund that only grows ([`GROWING_REFUND`]): what was answered of it, or left as it is, positive.
    pub settled_minor: i64,
}

/// The subject of a change that says that less stands refunded than was answered.
const FELL: &str = "refunded:less";

/// Whether a change or a correction is about a part of a refund that only grows.
pub fn is_of_growing(subject: &str) -> bool {
    subject.strip_prefix(GROWING_REFUND).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// Whether a change only says that less stands refunded than was answered.
pub fn is_fallen_refund(subject: &str) -> bool {
    subject == FELL
}

/// The subject of a change about what a growing refund has over what was settled of it. It is named by where it begins: while
/// it waits it grows, and once it is answered the next one begins elsewhere.
pub fn growing_subject(settled_minor: i64) -> String {
    format!("{GROWING_REFUND}:{settled_minor}")
}

/// Every change of an order since its invoice. An order that was taken back whole has that one change only: it leaves
/// nothing to say of its parts.
pub fn changes_since(invoiced: &Invoiced<'_>, now: &OrderHead, draft: Option<&Draft>) -> Vec<OrderChange> {
    let left_minor = invoiced.total_minor - invoiced.taken_back_minor;
    if left_minor <= 0 {
        return Vec::new();
    }
    let whole = if invoiced.taken_back_minor > 0 { Proposal::PartialStorno } else { Proposal::Storno };
    let all =
        |kind, facts| OrderChange { kind, subject: String::new(), facts, proposal: whole, amount_minor: left_minor };
    if let Some(kind) = taken_back_whole(now) {
        let mut facts = Vec::new();
        if now.status != invoiced.order.status {
            facts.push(Difference::new("status", invoiced.order.status.as_str(), now.status.as_str()));
        }
        if now.refunded_minor != 0 {
            let before = amount(invoiced.order, invoiced.order.refunded_minor);
            facts.push(Difference::new("refunded", before, amount(now, now.refunded_minor)));
        }
        return vec![all(kind, facts)];
    }
    let mut changes = refunds_since(invoiced, now, left_minor);
    let totals = totals_since(invoiced.order, now);
    if !totals.is_empty() {
        changes.push(all(ChangeKind::Total, totals));
    }
    let billing = match (invoiced.draft, draft) {
        (Some(before), Some(after)) => clients_differ(&before.client, &after.client),
        _ => heads_differ(invoiced.order, now),
    };
    if !billing.is_empty() {
        changes.push(all(ChangeKind::Billing, billing));
    }
    changes
}

fn taken_back_whole(now: &OrderHead) -> Option<ChangeKind> {
    match now.status {
        OrderStatus::Cancelled | OrderStatus::Failed => Some(ChangeKind::Cancelled),
        OrderStatus::Refunded => Some(ChangeKind::RefundedFully),
        OrderStatus::Open | OrderStatus::Paid | OrderStatus::Completed | OrderStatus::Other => {
            (now.total_minor > 0 && now.refunded_minor >= now.total_minor).then_some(ChangeKind::RefundedFully)
        }
    }
}

/// Refunds that the invoice does not know of. Those that stood on the order before count too, unless the invoice was over
/// less than the order: then its mapping has taken them off.
fn refunds_since(invoiced: &Invoiced<'_>, now: &OrderHead, left_minor: i64) -> Vec<OrderChange> {
    let taken_off = invoiced.total_minor != invoiced.order.total_minor;
    let is_new = |id: &str| {
        let was_there = invoiced.order.refunds.iter().any(|known| known.id == id);
        let is_known = was_there && taken_off || invoiced.corrected.iter().any(|done| done == id);
        !is_known
    };
    let single = now.refunds.iter().filter(|refund| refund.id != GROWING_REFUND);
    let new = single.filter(|refund| refund.amount_minor > 0 && is_new(&refund.id));
    let refund = |subject: String, (before, after): (i64, i64)| OrderChange {
        kind: ChangeKind::RefundedPartly,
        subject,
        facts: vec![Difference::new("refunded", amount(now, before), amount(now, after))],
        proposal: if after - before <= left_minor { Proposal::PartialStorno } else { Proposal::Nothing },
        amount_minor: after - before,
    };
    let mut changes: Vec<OrderChange> = new.map(|one| refund(one.id.clone(), (0, one.amount_minor))).collect();
    let taken_off = if taken_off { growing_sum(invoiced.order) } else { 0 };
    let (before, after) = (taken_off + invoiced.settled_minor, growing_sum(now));
    if after > before {
        changes.push(refund(growing_subject(before), (before, after)));
    } else if after < before {
        // what was taken back stays so: a person is told
        changes.push(OrderChange {
            proposal: Proposal::Nothing,
            amount_minor: 0,
            ..refund(FELL.to_owned(), (before, after))
        });
    }
    changes
}

/// What an order says in one sum of all that was given back.
fn growing_sum(order: &OrderHead) -> i64 {
    order.refunds.iter().filter(|refund| refund.id == GROWING_REFUND).map(|refund| refund.amount_minor).sum()
}

fn totals_since(before: &OrderHead, now: &OrderHead) -> Vec<Difference> {
    let mut facts = Vec::new();
    if before.total_minor != now.total_minor {
        facts.push(Difference::new("total", amount(before, before.total_minor), amount(now, now.total_minor)));
    }
    if before.currency != now.currency {
        facts.push(Difference::new("currency", before.currency.code(), now.currency.code()));
    }
    facts
}

fn amount(order: &OrderHead, minor: i64) -> String {
    order.currency.from_minor(minor).to_string()
}

/// What of a client stands on an invoice and matters in law. How to reach them does not.
fn clients_differ(before: &Client, after: &Client) -> Vec<Difference> {
    let fields: [(&str, &String, &String); 7] = [
        ("client.name", &before.name, &after.name),
        ("client.tax_id", &before.tax_id, &after.tax_id),
        ("client.reg_com", &before.reg_com, &after.reg_com),
        ("client.address", &before.address, &after.address),
        ("client.city", &before.city, &after.city),
        ("client.county", &before.county, &after.county),
        ("client.country", &before.country, &after.country),
    ];
    differing(fields.into_iter().map(|(field, before, after)| (field, before.as_str(), after.as_str())))
}

/// Where the mapping makes no draft there is what the shop says of its customer.
fn heads_differ(before: &OrderHead, after: &OrderHead) -> Vec<Difference> {
    let name = ("client.name", before.customer.as_str(), after.customer.as_str());
    differing([name, ("client.tax_id", &before.tax_id, &after.tax_id)].into_iter())
}

fn differing<'a>(values: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> Vec<Difference> {
    values
        .filter(|(_, before, after)| before.trim() != after.trim())
        .map(|(field, before, after)| Difference::new(field, before.trim(), after.trim()))
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// Proposed; waits for a person, or for Punte where the flow says so.
    Open,
    /// A document was written down for it.
    Resolved,
    /// A person left it as it is, with a reason.
    Ignored,
    /// The order says again what was invoiced, or the invoice is no more.
    Closed,
    /// The flow proposes nothing of its kind: kept for the timeline.
    Noted,
}

/// What happens to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeEvent {
    /// A later version says the same of it.
    Seen,
    /// A later version says something else of it.
    Moved,
    Accepted,
    Ignored,
    /// The order or the invoice does not have it any more.
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a change that is {from:?} cannot take {event:?}")]
pub struct IllegalChange {
    pub from: ChangeState,
    pub event: ChangeEvent,
}

impl ChangeState {
    pub const ALL: [ChangeState; 5] =
        [ChangeState::Open, ChangeState::Resolved, ChangeState::Ignored, ChangeState::Closed, ChangeState::Noted];

    pub fn as_str(self) -> &'static str {
        match self {
            ChangeState::Open => "open",
            ChangeState::Resolved => "resolved",
            ChangeState::Ignored => "ignored",
            ChangeState::Closed => "closed",
            ChangeState::Noted => "noted",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state after an event, or why there is none.
    pub fn after(self, event: ChangeEvent) -> Result<ChangeState, IllegalChange> {
        use ChangeEvent as E;
        use ChangeState as S;
        let illegal = Err(IllegalChange { from: self, event });
        match (self, event) {
            (S::Open, E::Seen | E::Moved) => Ok(S::Open),
            (S::Open, E::Accepted) => Ok(S::Resolved),
            (S::Open, E::Ignored) => Ok(S::Ignored),
            (S::Open, E::Gone) => Ok(S::Closed),
            // its document is what goes on
            (S::Resolved, E::Seen | E::Moved | E::Gone) => Ok(S::Resolved),
            (S::Resolved, E::Accepted | E::Ignored) => illegal,
            (S::Ignored, E::Seen | E::Gone) => Ok(S::Ignored),
            (S::Ignored, E::Moved) => Ok(S::Open),
            (S::Ignored, E::Accepted | E::Ignored) => illegal,
            (S::Closed, E::Seen | E::Moved) => Ok(S::Open),
            (S::Closed, E::Gone) => Ok(S::Closed),
            (S::Closed, E::Accepted | E::Ignored) => illegal,
            (S::Noted, E::Seen | E::Gone) => Ok(S::Noted),
            (S::Noted, E::Moved) => Ok(S::Open),
            (S::Noted, E::Accepted | E::Ignored) => illegal,
        }
    }
}

#[cfg(test)]
mod tests;
