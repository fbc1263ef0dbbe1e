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
    /// The same order invoiced anew, after its invoice was proven cancelled, reversed or deleted.
    InvoiceAgain,
    Operation(OperationKind),
}

impl Act {
    pub const ALL: [Act; 10] = [
        Act::Pdf,
        Act::Operation(OperationKind::SendEmail),
        Act::Operation(OperationKind::RecordPayment),
        Act::Operation(OperationKind::DeletePayment),
        Act::Operation(OperationKind::SendEinvoice),
        Act::Storno,
        Act::Operation(OperationKind::Cancel),
        Act::Operation(OperationKind::Restore),
        Act::Operation(OperationKind::Delete),
        Act::InvoiceAgain,
    ];

    /// The word of the api.
    pub fn as_str(self) -> &'static str {
        match self {
            Act::Pdf => "pdf",
            Act::Storno => "storno",
            Act::InvoiceAgain => "invoice_again",
            Act::Operation(kind) => kind.as_str(),
        }
    }

    /// Whether a person must give a reason.
    pub fn needs_reason(self) -> bool {
        match self {
            Act::Pdf => false,
            Act::Storno | Act::InvoiceAgain => true,
            Act::Operation(kind) => kind.needs_reason(),
        }
    }

    /// What the provider must be able to do; every one can issue an invoice.
    fn ability(self) -> Option<Ability> {
        Some(match self {
            Act::InvoiceAgain => return None,
            Act::Pdf => Ability::Pdf,
            Act::Storno => Ability::Storno,
            Act::Operation(OperationKind::Cancel) => Ability::Cancel,
            Act::Operation(OperationKind::Restore) => Ability::Restore,
            Act::Operation(OperationKind::Delete) => Ability::Delete,
            Act::Operation(OperationKind::RecordPayment) => Ability::RecordPayment,
            Act::Operation(OperationKind::DeletePayment) => Ability::DeletePayment,
            Act::Operation(OperationKind::SendEmail) => Ability::Email,
            Act::Operation(OperationKind::SendEinvoice) => Ability::EInvoice,
        })
    }
}

/// An act, and why it cannot be asked for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    pub act: Act,
    pub blocked: Option<&'static str>,
}

/// What else there is of a document's order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kin {
    pub has_storno: bool,
    /// A part of it was taken back by negative lines.
    pub has_correction: bool,
    /// A later invoice of the same order.
    pub has_successor: bool,
    /// An operation on the document that is not over.
    pub is_open: bool,
    /// Of a proforma: its invoice was issued, or is under way.
    pub is_invoiced: bool,
}

/// Every act of a document. `abilities: None`: the provider cannot be asked at all, for its credential is missing.
pub fn offers(document: &Document, abilities: Option<&[Ability]>, kin: Kin) -> Vec<Offer> {
    Act::ALL.into_iter().map(|act| Offer { act, blocked: blocked(act, document, abilities, kin) }).collect()
}

fn blocked(act: Act, document: &Document, abilities: Option<&[Ability]>, kin: Kin) -> Option<&'static str> {
    let Kin { has_storno, has_correction, has_successor, is_open, is_invoiced } = kin;
    let is_proforma = document.role == "proforma";
    let takes_back = document.takes_back().is_some();
    if let Some(ability) = act.ability() {
        match abilities {
            None => return Some("credential_missing"),
            Some(abilities) if !abilities.contains(&ability) => return Some("not_offered"),
            Some(_) => {}
        }
    }
    // no fiscal document: nothing to take back, to pay or to hand in
    match act {
        Act::Pdf
        | Act::Operation(
            OperationKind::SendEmail | OperationKind::Cancel | OperationKind::Restore | OperationKind::Delete,
        ) => {}
        Act::Storno | Act::InvoiceAgain | Act::Operation(_) if is_proforma => return Some("proforma"),
        Act::Storno | Act::InvoiceAgain | Act::Operation(_) => {}
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
        Act::Operation(OperationKind::Cancel | OperationKind::Delete) if is_invoiced => Some("is_invoiced"),
        Act::InvoiceAgain if takes_back => Some("is_storno"),
        // two live invoices of one order
        Act::InvoiceAgain | Act::Operation(OperationKind::Restore) if has_successor => Some("has_successor"),
        Act::Storno if takes_back => Some("is_storno"),
        Act::Storno if has_storno => Some("has_storno"),
        Act::Operation(OperationKind::Cancel | OperationKind::Delete) if in_einvoice => Some("in_einvoice"),
        Act::Operation(OperationKind::Cancel | OperationKind::Delete) if takes_back => Some("is_storno"),
        Act::Operation(OperationKind::Cancel | OperationKind::Delete) if has_storno => Some("has_storno"),
        Act::Operation(OperationKind::Cancel | OperationKind::Delete) if has_correction => Some("has_correction"),
        Act::Operation(OperationKind::RecordPayment) if takes_back => Some("is_storno"),
        Act::Operation(OperationKind::RecordPayment) if paid >= document.total_minor => Some("paid"),
        Act::Operation(OperationKind::DeletePayment) if paid <= 0 => Some("not_paid"),
        Act::Operation(OperationKind::SendEinvoice) if in_einvoice => Some("einvoice_sent"),
        Act::Pdf | Act::Storno | Act::InvoiceAgain | Act::Operation(_) => None,
    }
}

/// Why a part of a document cannot be taken back now by negative lines; every provider takes these.
pub(crate) fn correction_blocked(document: &Document, kin: Kin) -> Option<&'static str> {
    match wrong_state(Act::Storno, document) {
        Some(state) => Some(state),
        None if kin.is_open => Some("operation_open"),
        None if document.takes_back().is_some() => Some("is_storno"),
        None if kin.has_storno => Some("has_storno"),
        None => None,
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
        (Act::InvoiceAgain, S::Cancelled | S::Reversed | S::Deleted) => None,
        (Act::InvoiceAgain, S::Issued) => Some("still_issued"),
        (_, S::Cancelled) => Some("cancelled"),
        (_, S::Reversed) => Some("reversed"),
        (_, S::Deleted) => Some("deleted"),
        (_, S::Held | S::Ready | S::Sending | S::InDoubt | S::Dismissed) => Some("not_issued"),
    }
}
