//! What may be done to a document at its provider now, and why not: one pure function, so that a button, a command and a
//! test say the same.

use punte_connectors::billing::Ability;
use punte_domain::{DocumentState, OperationKind};
use punte_store::ledger::Document;

/// What a person can ask for from a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Pdf,
    Storno,
    Operation(OperationKind),
}

impl Act {
    pub const ALL: [Act; 9] = [
        Act::Pdf,
        Act::Operation(OperationKind::SendEmail),
        Act::Operation(OperationKind::RecordPayment),
        Act::Operation(OperationKind::DeletePayment),
        Act::Operation(OperationKind::SendEinvoice),
        Act::Storno,
        Act::Operation(OperationKind::Cancel),
        Act::Operation(OperationKind::Restore),
        Act::Operation(OperationKind::Delete),
    ];

    /// The word of the api.
    pub fn as_str(self) -> &'static str {
        match self {
            Act::Pdf => "pdf",
            Act::Storno => "storno",
            Act::Operation(kind) => kind.as_str(),
        }
    }

    /// Whether a person must give a reason.
    pub fn needs_reason(self) -> bool {
        match self {
            Act::Pdf => false,
            Act::Storno => true,
            Act::Operation(kind) => kind.needs_reason(),
        }
    }

    fn ability(self) -> Ability {
        match self {
            Act::Pdf => Ability::Pdf,
            Act::Storno => Ability::Storno,
            Act::Operation(OperationKind::Cancel) => Ability::Cancel,
            Act::Operation(OperationKind::Restore) => Ability::Restore,
            Act::Operation(OperationKind::Delete) => Ability::Delete,
            Act::Operation(OperationKind::RecordPayment) => Ability::RecordPayment,
            Act::Operation(OperationKind::DeletePayment) => Ability::DeletePayment,
            Act::Operation(OperationKind::SendEmail) => Ability::Email,
            Act::Operation(OperationKind::SendEinvoice) => Ability::EInvoice,
        }
    }
}

/// An act, and why it cannot be asked for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    pub act: Act,
    pub blocked: Option<&'static str>,
}

/// Every act of a document. `abilities: None`: the provider cannot be asked at all, for its credential is missing.
pub fn offers(document: &Document, abilities: Option<&[Ability]>, has_storno: bool, is_open: bool) -> Vec<Offer> {
    Act::ALL
        .into_iter()
        .map(|act| Offer { act, blocked: blocked(act, document, abilities, has_storno, is_open) })
        .collect()
}

fn blocked(
    act: Act,
    document: &Document,
    abilities: Option<&[Ability]>,
    has_storno: bool,
    is_open: bool,
) -> Option<&'static str> {
    let Some(abilities) = abilities else { return Some("credential_missing") };
    if !abilities.contains(&act.ability()) {
        return Some("not_offered");
    }
    if let Some(state) = wrong_state(act, document) {
        return Some(state);
    }
    if is_open && act != Act::Pdf {
        return Some("operation_open");
    }
    let in_einvoice = matches!(document.einvoice.as_deref(), Some("processing" | "accepted"));
    let paid = document.paid_minor.unwrap_or_else(|| paid_at_issue(document));
    match act {
        Act::Storno if document.reverses_row.is_some() => Some("is_storno"),
        Act::Storno if has_storno => Some("has_storno"),
        Act::Operation(OperationKind::Cancel | OperationKind::Delete) if in_einvoice => Some("in_einvoice"),
        Act::Operation(OperationKind::Cancel | OperationKind::Delete) if document.reverses_row.is_some() => {
            Some("is_storno")
        }
        Act::Operation(OperationKind::Cancel | OperationKind::Delete) if has_storno => Some("has_storno"),
        Act::Operation(OperationKind::RecordPayment) if document.reverses_row.is_some() => Some("is_storno"),
        Act::Operation(OperationKind::RecordPayment) if paid >= document.total_minor => Some("paid"),
        Act::Operation(OperationKind::DeletePayment) if paid <= 0 => Some("not_paid"),
        Act::Operation(OperationKind::SendEinvoice) if in_einvoice => Some("einvoice_sent"),
        Act::Pdf | Act::Storno | Act::Operation(_) => None,
    }
}

/// What was recorded as paid together with the invoice.
pub fn paid_at_issue(document: &Document) -> i64 {
    let payment = document
        .draft
        .as_ref()
        .and_then(|draft| draft.payment.as_ref().and_then(|payment| draft.currency.to_minor(payment.value).ok()));
    payment.unwrap_or(0)
}

fn wrong_state(act: Act, document: &Document) -> Option<&'static str> {
    use DocumentState as S;
    match (act, document.state) {
        (Act::Pdf, S::Issued | S::Cancelled | S::Reversed) => None,
        (Act::Operation(OperationKind::SendEmail | OperationKind::SendEinvoice), S::Issued | S::Reversed) => None,
        (Act::Operation(OperationKind::Restore), S::Cancelled) => None,
        (Act::Operation(OperationKind::Delete), S::Issued | S::Cancelled) => None,
        (Act::Operation(OperationKind::Restore), S::Issued) => Some("not_cancelled"),
        (
            Act::Storno
            | Act::Operation(OperationKind::Cancel | OperationKind::RecordPayment | OperationKind::DeletePayment),
            S::Issued,
        ) => None,
        (_, S::Cancelled) => Some("cancelled"),
        (_, S::Reversed) => Some("reversed"),
        (_, S::Deleted) => Some("deleted"),
        (_, S::Held | S::Ready | S::Sending | S::InDoubt | S::Dismissed) => Some("not_issued"),
    }
}
