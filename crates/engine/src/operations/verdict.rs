//! What a read proves about an operation in doubt: one pure function over the evidence.

use super::OperationParams;
use punte_connectors::billing::{EInvoiceState, EInvoiceStatus, Presence};
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{Currency, OperationKind};
use punte_store::ledger::Effect;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a read for a settlement saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationEvidence {
    Presence(Presence),
    Paid { before: Decimal, now: Decimal },
    EInvoice(EInvoiceStatus),
}

/// What follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Done(Effect),
    NotDone,
    /// Not done, or the provider does not tell; it answers yes again, so the same may be asked again.
    Repeat,
    Wait,
    LookAgain,
}

/// The judgement on one look; `decisive`: the quiet time was over when it began.
pub(super) fn judge(
    kind: OperationKind,
    params: &OperationParams,
    seen: &OperationEvidence,
    decisive: bool,
    currency: Currency,
) -> Verdict {
    let once_over = |verdict| if decisive { verdict } else { Verdict::Wait };
    match (kind, seen) {
        (OperationKind::Cancel | OperationKind::Restore, OperationEvidence::Presence(presence)) => {
            let wanted = kind == OperationKind::Cancel;
            let effect = if wanted { Effect::Cancelled } else { Effect::Restored };
            match presence {
                Presence::Present { cancelled: Some(cancelled) } if *cancelled == wanted => Verdict::Done(effect),
                Presence::Present { .. } => once_over(Verdict::Repeat),
                Presence::Absent => once_over(Verdict::NotDone),
                Presence::CannotTell => once_over(Verdict::Repeat),
            }
        }
        (OperationKind::Delete, OperationEvidence::Presence(presence)) => match presence {
            Presence::Absent => once_over(Verdict::Done(Effect::Deleted)),
            Presence::Present { .. } => once_over(Verdict::NotDone),
            Presence::CannotTell => once_over(Verdict::LookAgain),
        },
        (OperationKind::RecordPayment, OperationEvidence::Paid { before, now }) => {
            let value = match params {
                OperationParams::Payment(payment) => payment.value,
                OperationParams::None | OperationParams::Email(_) => Decimal::ZERO,
            };
            match now {
                _ if is_planted(Bug::PaymentRepeated) => Verdict::Repeat,
                now if *now >= before + value => Verdict::Done(paid(*now, currency)),
                now if now == before => once_over(Verdict::NotDone),
                // somebody else paid meanwhile: only a person can tell whose it is
                _ => once_over(Verdict::LookAgain),
            }
        }
        (OperationKind::DeletePayment, OperationEvidence::Paid { before, now }) => {
            if now < before {
                Verdict::Done(paid(*now, currency))
            } else {
                once_over(Verdict::NotDone)
            }
        }
        (OperationKind::SendEinvoice, OperationEvidence::EInvoice(status)) => match status.state {
            EInvoiceState::Processing | EInvoiceState::Accepted | EInvoiceState::Rejected => {
                Verdict::Done(einvoice(status, None))
            }
            EInvoiceState::NotSent | EInvoiceState::NotConfigured => once_over(Verdict::NotDone),
        },
        // nobody can tell whether an e-mail went out; and no other pair is ever read
        (_, OperationEvidence::Presence(_) | OperationEvidence::Paid { .. } | OperationEvidence::EInvoice(_)) => {
            Verdict::LookAgain
        }
    }
}

pub(super) fn paid(amount: Decimal, currency: Currency) -> Effect {
    currency.to_minor(amount).map_or(Effect::None, |paid_minor| Effect::Paid { paid_minor })
}

pub(super) fn einvoice(status: &EInvoiceStatus, due_ms: Option<i64>) -> Effect {
    Effect::EInvoice { state: status.state.as_str().to_owned(), words: status.words.clone(), due_ms }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punte_connectors::billing::PaymentRequest;
    use punte_domain::CollectKind;
    use rust_decimal::dec;

    fn payment() -> OperationParams {
        OperationParams::Payment(PaymentRequest {
            kind: CollectKind::BankTransfer,
            value: dec!(50),
            date: chrono::NaiveDate::default(),
            document_number: "OP 1".into(),
            receipt_series: String::new(),
        })
    }

    fn seen(presence: Presence) -> OperationEvidence {
        OperationEvidence::Presence(presence)
    }

    fn verdict(kind: OperationKind, evidence: OperationEvidence, decisive: bool) -> Verdict {
        judge(kind, &payment(), &evidence, decisive, Currency::RON)
    }

    #[test]
    fn a_state_that_is_told_settles_a_cancel_and_one_that_is_not_is_asked_for_again() {
        let told = |cancelled| seen(Presence::Present { cancelled });
        assert_eq!(verdict(OperationKind::Cancel, told(Some(true)), false), Verdict::Done(Effect::Cancelled));
        assert_eq!(verdict(OperationKind::Restore, told(Some(false)), false), Verdict::Done(Effect::Restored));
        assert_eq!(verdict(OperationKind::Cancel, told(Some(false)), false), Verdict::Wait);
        for unsettled in [told(Some(false)), told(None), seen(Presence::CannotTell)] {
            assert_eq!(verdict(OperationKind::Cancel, unsettled, true), Verdict::Repeat);
        }
    }

    #[test]
    fn a_delete_is_never_repeated() {
        for presence in [Presence::Absent, Presence::Present { cancelled: None }, Presence::CannotTell] {
            assert_eq!(verdict(OperationKind::Delete, seen(presence), false), Verdict::Wait);
            assert_ne!(verdict(OperationKind::Delete, seen(presence), true), Verdict::Repeat);
        }
        assert_eq!(verdict(OperationKind::Delete, seen(Presence::Absent), true), Verdict::Done(Effect::Deleted));
        assert_eq!(verdict(OperationKind::Delete, seen(Presence::Present { cancelled: None }), true), Verdict::NotDone);
    }

    #[test]
    fn a_payment_is_settled_by_the_paid_amount_and_never_repeated() {
        let paid = |now| OperationEvidence::Paid { before: dec!(20), now };
        assert_eq!(
            verdict(OperationKind::RecordPayment, paid(dec!(70)), false),
            Verdict::Done(Effect::Paid { paid_minor: 7000 })
        );
        assert_eq!(verdict(OperationKind::RecordPayment, paid(dec!(20)), true), Verdict::NotDone);
        assert_eq!(verdict(OperationKind::RecordPayment, paid(dec!(30)), true), Verdict::LookAgain, "whose is it?");
        assert_eq!(verdict(OperationKind::DeletePayment, paid(dec!(20)), true), Verdict::NotDone);
        assert_eq!(
            verdict(OperationKind::DeletePayment, paid(dec!(0)), false),
            Verdict::Done(Effect::Paid { paid_minor: 0 })
        );
    }

    #[test]
    fn an_einvoice_is_settled_by_its_status() {
        let status = |state| OperationEvidence::EInvoice(EInvoiceStatus { state, words: String::new() });
        for state in [EInvoiceState::Processing, EInvoiceState::Accepted, EInvoiceState::Rejected] {
            assert!(matches!(verdict(OperationKind::SendEinvoice, status(state), false), Verdict::Done(_)));
        }
        assert_eq!(verdict(OperationKind::SendEinvoice, status(EInvoiceState::NotSent), false), Verdict::Wait);
        assert_eq!(verdict(OperationKind::SendEinvoice, status(EInvoiceState::NotSent), true), Verdict::NotDone);
    }
}
