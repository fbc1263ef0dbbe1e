//! The proforma that comes before an invoice: whether a flow makes one, in which series, and of which orders.

use super::{Facts, FlowRules, is_same};
use crate::order::{OrderHead, OrderStatus};
use serde::{Deserialize, Serialize};

/// What an order that a flow takes becomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentChoice {
    #[default]
    Invoice,
    /// A proforma while it is not paid, and the invoice once the other rules take it.
    ProformaThenInvoice,
}

impl DocumentChoice {
    pub const ALL: [DocumentChoice; 2] = [DocumentChoice::Invoice, DocumentChoice::ProformaThenInvoice];

    /// The word of the api.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentChoice::Invoice => "invoice",
            DocumentChoice::ProformaThenInvoice => "proforma_then_invoice",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Of which unpaid orders a proforma is made, and in which series.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProformaRule {
    /// A series of proformas at the provider.
    pub series: String,
    /// Statuses in every shop's words or in the shop's own; empty: `open`.
    pub statuses: Vec<String>,
    /// As the shop codes them (`bacs`); empty: however it is to be paid.
    pub payment_methods: Vec<String>,
}

impl ProformaRule {
    fn takes(&self, head: &OrderHead, facts: &Facts) -> bool {
        let named = |word: &String| is_same(word, head.status.as_str()) || is_same(word, &head.status_text);
        let by_status =
            if self.statuses.is_empty() { head.status == OrderStatus::Open } else { self.statuses.iter().any(named) };
        let by = |word: &String| facts.payment_methods.iter().any(|method| is_same(word, method));
        by_status && (self.payment_methods.is_empty() || self.payment_methods.iter().any(by))
    }
}

/// Whether nothing is to be announced to the buyer any more: the money came, or the order is over.
pub fn is_settled(head: &OrderHead) -> bool {
    head.paid_ms.is_some() || head.status == OrderStatus::Completed
}

impl FlowRules {
    /// Whether unpaid orders may get a proforma. What is settled never does.
    pub fn makes_proformas(&self) -> bool {
        self.document == DocumentChoice::ProformaThenInvoice
    }

    /// Whether an order is one to make a proforma of, by its state alone.
    pub(super) fn wants_proforma(&self, head: &OrderHead, facts: &Facts) -> bool {
        self.makes_proformas() && !is_settled(head) && self.proforma.takes(head, facts)
    }
}
