//! What is done at a provider to a document that was issued, and the life of such an operation: one pure function over
//! state and event, as for documents.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    Cancel,
    Restore,
    /// Only the last document of its series.
    Delete,
    RecordPayment,
    DeletePayment,
    SendEmail,
    SendEinvoice,
}

/// How an operation whose outcome is unknown is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationSettling {
    /// Read whether the document is cancelled; where the provider does not tell, ask for the same again: it answers yes.
    State,
    /// Look whether the document is still there. Never repeated: the number may be another's by now.
    Presence,
    /// Compare the paid amount with the one before.
    PaidAmount,
    /// Read the status of the e-invoice.
    EinvoiceStatus,
    /// Nobody can tell: shown as "maybe", for a person.
    Nobody,
}

impl OperationKind {
    pub const ALL: [OperationKind; 7] = [
        OperationKind::Cancel,
        OperationKind::Restore,
        OperationKind::Delete,
        OperationKind::RecordPayment,
        OperationKind::DeletePayment,
        OperationKind::SendEmail,
        OperationKind::SendEinvoice,
    ];

    /// The word stored in the ledger and sent over the api.
    pub fn as_str(self) -> &'static str {
        match self {
            OperationKind::Cancel => "cancel",
            OperationKind::Restore => "restore",
            OperationKind::Delete => "delete",
            OperationKind::RecordPayment => "record_payment",
            OperationKind::DeletePayment => "delete_payment",
            OperationKind::SendEmail => "send_email",
            OperationKind::SendEinvoice => "send_einvoice",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    pub fn settling(self) -> OperationSettling {
        match self {
            OperationKind::Cancel | OperationKind::Restore => OperationSettling::State,
            OperationKind::Delete => OperationSettling::Presence,
            OperationKind::RecordPayment | OperationKind::DeletePayment => OperationSettling::PaidAmount,
            OperationKind::SendEinvoice => OperationSettling::EinvoiceStatus,
            OperationKind::SendEmail => OperationSettling::Nobody,
        }
    }

    /// Whether a person must give a reason: what was done cannot be undone, or changes what the books say.
    pub fn needs_reason(self) -> bool {
        match self {
            OperationKind::Cancel
            | OperationKind::Restore
            | OperationKind::Delete
            | OperationKind::DeletePayment
            | OperationKind::SendEinvoice => true,
            OperationKind::RecordPayment | OperationKind::SendEmail => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Asked for; nothing was sent.
    Waiting,
    /// The intent is durable; a request may be under way.
    Sending,
    Done,
    /// Not done, and proven so.
    Refused,
    InDoubt,
    /// A person took note: withdrawn before it was sent, or left as "maybe".
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationEvent {
    Claimed,
    Accepted,
    Refused,
    /// Nothing reached the provider.
    NotSent,
    OutcomeUnknown,
    /// A read shows that it was done.
    FoundDone,
    /// A read shows that it was not done.
    FoundNotDone,
    /// The intent of a repeat is durable: only for what answers yes again.
    Repeated,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an operation that is {from:?} cannot take {event:?}")]
pub struct IllegalOperation {
    pub from: OperationState,
    pub event: OperationEvent,
}

impl OperationState {
    pub const ALL: [OperationState; 6] = [
        OperationState::Waiting,
        OperationState::Sending,
        OperationState::Done,
        OperationState::Refused,
        OperationState::InDoubt,
        OperationState::Closed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            OperationState::Waiting => "waiting",
            OperationState::Sending => "sending",
            OperationState::Done => "done",
            OperationState::Refused => "refused",
            OperationState::InDoubt => "in_doubt",
            OperationState::Closed => "closed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether another operation on the same document must wait for this one.
    pub fn is_open(self) -> bool {
        match self {
            OperationState::Waiting | OperationState::Sending | OperationState::InDoubt => true,
            OperationState::Done | OperationState::Refused | OperationState::Closed => false,
        }
    }

    /// The state after an event, or why there is none.
    pub fn after(self, event: OperationEvent) -> Result<OperationState, IllegalOperation> {
        use OperationEvent as E;
        use OperationState as S;
        let illegal = Err(IllegalOperation { from: self, event });
        match (self, event) {
            (S::Waiting, E::Claimed) => Ok(S::Sending),
            (S::Waiting, E::Refused) => Ok(S::Refused),
            (S::Waiting, E::Closed) => Ok(S::Closed),
            (
                S::Waiting,
                E::Accepted | E::NotSent | E::OutcomeUnknown | E::FoundDone | E::FoundNotDone | E::Repeated,
            ) => illegal,

            (S::Sending, E::Accepted) => Ok(S::Done),
            (S::Sending, E::Refused) => Ok(S::Refused),
            (S::Sending, E::NotSent) => Ok(S::Waiting),
            (S::Sending, E::OutcomeUnknown) => Ok(S::InDoubt),
            (S::Sending, E::Claimed | E::FoundDone | E::FoundNotDone | E::Repeated | E::Closed) => illegal,

            (S::InDoubt, E::OutcomeUnknown) => Ok(S::InDoubt),
            (S::InDoubt, E::FoundDone) => Ok(S::Done),
            (S::InDoubt, E::FoundNotDone) => Ok(S::Refused),
            (S::InDoubt, E::Repeated) => Ok(S::Sending),
            (S::InDoubt, E::Closed) => Ok(S::Closed),
            (S::InDoubt, E::Claimed | E::Accepted | E::Refused | E::NotSent) => illegal,

            (
                S::Done | S::Refused | S::Closed,
                E::Claimed
                | E::Accepted
                | E::Refused
                | E::NotSent
                | E::OutcomeUnknown
                | E::FoundDone
                | E::FoundNotDone
                | E::Repeated
                | E::Closed,
            ) => illegal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [OperationEvent; 9] = [
        OperationEvent::Claimed,
        OperationEvent::Accepted,
        OperationEvent::Refused,
        OperationEvent::NotSent,
        OperationEvent::OutcomeUnknown,
        OperationEvent::FoundDone,
        OperationEvent::FoundNotDone,
        OperationEvent::Repeated,
        OperationEvent::Closed,
    ];

    #[test]
    fn only_these_transitions_exist() {
        let mut legal = Vec::new();
        for state in OperationState::ALL {
            for event in EVENTS {
                if let Ok(next) = state.after(event) {
                    legal.push(format!("{} {event:?} {}", state.as_str(), next.as_str()));
                }
            }
        }
        assert_eq!(
            legal,
            [
                "waiting Claimed sending",
                "waiting Refused refused",
                "waiting Closed closed",
                "sending Accepted done",
                "sending Refused refused",
                "sending NotSent waiting",
                "sending OutcomeUnknown in_doubt",
                "in_doubt OutcomeUnknown in_doubt",
                "in_doubt FoundDone done",
                "in_doubt FoundNotDone refused",
                "in_doubt Repeated sending",
                "in_doubt Closed closed",
            ]
        );
    }

    #[test]
    fn words_read_back_as_written() {
        for state in OperationState::ALL {
            assert_eq!(OperationState::parse(state.as_str()), Some(state));
        }
        for kind in OperationKind::ALL {
            assert_eq!(OperationKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn a_delete_and_an_email_are_never_sent_again_by_themselves() {
        for kind in [OperationKind::Delete, OperationKind::SendEmail, OperationKind::RecordPayment] {
            assert_ne!(kind.settling(), OperationSettling::State, "{kind:?}: only a state may be asked for again");
        }
    }
}
