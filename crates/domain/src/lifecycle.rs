//! The life of a document, as one pure function over state and event.
//!
//! Written out without a wildcard arm: a new state or event does not compile until every pair has been decided. Operations
//! on issued documents come with their own function beside this one.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Needs a person or a fix before anything is sent.
    Held,
    /// Due: the outbox may claim it.
    Ready,
    /// The intent is durable; a request may be under way.
    Sending,
    /// The provider's identifiers are committed.
    Issued,
    /// The outcome of an attempt is not known.
    InDoubt,
    Cancelled,
    Reversed,
    /// Taken out of the provider's books; its number may be given again.
    Deleted,
    /// Given up by a person, with a reason; nothing was issued.
    Dismissed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentEvent {
    /// Checks passed, or a person retries.
    Queued,
    /// A check failed, the order was withdrawn, or a fix is needed.
    Held,
    /// The outbox took it and wrote the intent.
    Claimed,
    /// The provider answered with identifiers.
    Accepted,
    /// The provider answered with a well-formed no.
    Refused,
    /// The connection was never established: nothing reached the provider.
    NotSent,
    /// No readable answer after something may have been sent; or found `sending` at launch.
    OutcomeUnknown,
    /// A look-up found our reference, or a person linked the document.
    Found,
    /// The intent of a repeat, allowed by an empty look-up after the quiet time, is durable.
    Repeated,
    /// Proven (or declared by a named person) never issued.
    ProvenAbsent,
    Cancelled,
    Restored,
    Reversed,
    Deleted,
    Dismissed,
    Reopened,
    /// A proforma that was never sent is needed no more: its invoice is due.
    Superseded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a document that is {from:?} cannot take {event:?}")]
pub struct IllegalTransition {
    pub from: DocumentState,
    pub event: DocumentEvent,
}

impl DocumentState {
    pub const ALL: [DocumentState; 9] = [
        DocumentState::Held,
        DocumentState::Ready,
        DocumentState::Sending,
        DocumentState::Issued,
        DocumentState::InDoubt,
        DocumentState::Cancelled,
        DocumentState::Reversed,
        DocumentState::Deleted,
        DocumentState::Dismissed,
    ];

    /// The word stored in the ledger and sent over the api.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentState::Held => "held",
            DocumentState::Ready => "ready",
            DocumentState::Sending => "sending",
            DocumentState::Issued => "issued",
            DocumentState::InDoubt => "in_doubt",
            DocumentState::Cancelled => "cancelled",
            DocumentState::Reversed => "reversed",
            DocumentState::Deleted => "deleted",
            DocumentState::Dismissed => "dismissed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the draft may still change: from `sending` on it is frozen.
    pub fn draft_is_open(self) -> bool {
        match self {
            DocumentState::Held | DocumentState::Ready => true,
            DocumentState::Sending
            | DocumentState::Issued
            | DocumentState::InDoubt
            | DocumentState::Cancelled
            | DocumentState::Reversed
            | DocumentState::Deleted
            | DocumentState::Dismissed => false,
        }
    }

    /// The state after an event, or why there is none.
    pub fn after(self, event: DocumentEvent) -> Result<DocumentState, IllegalTransition> {
        use DocumentEvent as E;
        use DocumentState as S;
        let illegal = Err(IllegalTransition { from: self, event });
        match (self, event) {
            (S::Held, E::Queued) => Ok(S::Ready),
            (S::Held, E::Held) => Ok(S::Held),
            (S::Held, E::Dismissed) => Ok(S::Dismissed),
            (S::Held | S::Ready, E::Superseded) => Ok(S::Dismissed),
            // issued in a part of the ledger that was lost
            (S::Held | S::Ready, E::Found) => Ok(S::Issued),
            (
                S::Held,
                E::Claimed
                | E::Accepted
                | E::Refused
                | E::NotSent
                | E::OutcomeUnknown
                | E::Repeated
                | E::ProvenAbsent
                | E::Cancelled
                | E::Restored
                | E::Reversed
                | E::Deleted
                | E::Reopened,
            ) => illegal,

            (S::Ready, E::Queued) => Ok(S::Ready),
            (S::Ready, E::Held) => Ok(S::Held),
            (S::Ready, E::Claimed) => Ok(S::Sending),
            (
                S::Ready,
                E::Accepted
                | E::Refused
                | E::NotSent
                | E::OutcomeUnknown
                | E::Repeated
                | E::ProvenAbsent
                | E::Cancelled
                | E::Restored
                | E::Reversed
                | E::Deleted
                | E::Dismissed
                | E::Reopened,
            ) => illegal,

            (S::Sending, E::Accepted) => Ok(S::Issued),
            (S::Sending, E::Refused) => Ok(S::Held),
            (S::Sending, E::NotSent) => Ok(S::Ready),
            (S::Sending, E::OutcomeUnknown) => Ok(S::InDoubt),
            (
                S::Sending,
                E::Queued
                | E::Held
                | E::Claimed
                | E::Found
                | E::Repeated
                | E::ProvenAbsent
                | E::Cancelled
                | E::Restored
                | E::Reversed
                | E::Deleted
                | E::Dismissed
                | E::Reopened
                | E::Superseded,
            ) => illegal,

            (S::InDoubt, E::Found) => Ok(S::Issued),
            (S::InDoubt, E::Repeated) => Ok(S::Sending),
            (S::InDoubt, E::ProvenAbsent) => Ok(S::Held),
            (S::InDoubt, E::OutcomeUnknown) => Ok(S::InDoubt),
            (
                S::InDoubt,
                E::Queued
                | E::Held
                | E::Claimed
                | E::Accepted
                | E::Refused
                | E::NotSent
                | E::Cancelled
                | E::Restored
                | E::Reversed
                | E::Deleted
                | E::Dismissed
                | E::Reopened
                | E::Superseded,
            ) => illegal,

            (S::Issued, E::Cancelled) => Ok(S::Cancelled),
            (S::Issued, E::Reversed) => Ok(S::Reversed),
            (S::Issued, E::Deleted) => Ok(S::Deleted),
            (
                S::Issued,
                E::Queued
                | E::Held
                | E::Claimed
                | E::Accepted
                | E::Refused
                | E::NotSent
                | E::OutcomeUnknown
                | E::Found
                | E::Repeated
                | E::ProvenAbsent
                | E::Restored
                | E::Dismissed
                | E::Reopened
                | E::Superseded,
            ) => illegal,

            (S::Cancelled, E::Restored) => Ok(S::Issued),
            (S::Cancelled, E::Deleted) => Ok(S::Deleted),
            (
                S::Cancelled,
                E::Queued
                | E::Held
                | E::Claimed
                | E::Accepted
                | E::Refused
                | E::NotSent
                | E::OutcomeUnknown
                | E::Found
                | E::Repeated
                | E::ProvenAbsent
                | E::Cancelled
                | E::Reversed
                | E::Dismissed
                | E::Reopened
                | E::Superseded,
            ) => illegal,

            (
                S::Reversed,
                E::Queued
                | E::Held
                | E::Claimed
                | E::Accepted
                | E::Refused
                | E::NotSent
                | E::OutcomeUnknown
                | E::Found
                | E::Repeated
                | E::ProvenAbsent
                | E::Cancelled
                | E::Restored
                | E::Reversed
                | E::Deleted
                | E::Dismissed
                | E::Reopened
                | E::Superseded,
            ) => illegal,

            (
                S::Deleted,
                E::Queued
                | E::Held
                | E::Claimed
                | E::Accepted
                | E::Refused
                | E::NotSent
                | E::OutcomeUnknown
                | E::Found
                | E::Repeated
                | E::ProvenAbsent
                | E::Cancelled
                | E::Restored
                | E::Reversed
                | E::Deleted
                | E::Dismissed
                | E::Reopened
                | E::Superseded,
            ) => illegal,

            (S::Dismissed, E::Reopened) => Ok(S::Held),
            (
                S::Dismissed,
                E::Queued
                | E::Held
                | E::Claimed
                | E::Accepted
                | E::Refused
                | E::NotSent
                | E::OutcomeUnknown
                | E::Found
                | E::Repeated
                | E::ProvenAbsent
                | E::Cancelled
                | E::Restored
                | E::Reversed
                | E::Deleted
                | E::Dismissed
                | E::Superseded,
            ) => illegal,
        }
    }
}

/// What a later read said about an issued document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    Pending,
    Verified,
    /// The provider holds something else than was sent; the fields are named beside it.
    Mismatched,
    /// The provider does not tell.
    CannotBeVerified,
}

impl Verification {
    pub fn as_str(self) -> &'static str {
        match self {
            Verification::Pending => "pending",
            Verification::Verified => "verified",
            Verification::Mismatched => "mismatched",
            Verification::CannotBeVerified => "cannot_be_verified",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Verified, Self::Mismatched, Self::CannotBeVerified]
            .into_iter()
            .find(|v| v.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [DocumentEvent; 17] = [
        DocumentEvent::Queued,
        DocumentEvent::Held,
        DocumentEvent::Claimed,
        DocumentEvent::Accepted,
        DocumentEvent::Refused,
        DocumentEvent::NotSent,
        DocumentEvent::OutcomeUnknown,
        DocumentEvent::Found,
        DocumentEvent::Repeated,
        DocumentEvent::ProvenAbsent,
        DocumentEvent::Cancelled,
        DocumentEvent::Restored,
        DocumentEvent::Reversed,
        DocumentEvent::Deleted,
        DocumentEvent::Dismissed,
        DocumentEvent::Reopened,
        DocumentEvent::Superseded,
    ];

    #[test]
    fn only_these_transitions_exist() {
        let mut legal = Vec::new();
        for state in DocumentState::ALL {
            for event in EVENTS {
                if let Ok(next) = state.after(event) {
                    legal.push(format!("{} {event:?} {}", state.as_str(), next.as_str()));
                }
            }
        }
        assert_eq!(
            legal,
            [
                "held Queued ready",
                "held Held held",
                "held Found issued",
                "held Dismissed dismissed",
                "held Superseded dismissed",
                "ready Queued ready",
                "ready Held held",
                "ready Claimed sending",
                "ready Found issued",
                "ready Superseded dismissed",
                "sending Accepted issued",
                "sending Refused held",
                "sending NotSent ready",
                "sending OutcomeUnknown in_doubt",
                "issued Cancelled cancelled",
                "issued Reversed reversed",
                "issued Deleted deleted",
                "in_doubt OutcomeUnknown in_doubt",
                "in_doubt Found issued",
                "in_doubt Repeated sending",
                "in_doubt ProvenAbsent held",
                "cancelled Restored issued",
                "cancelled Deleted deleted",
                "dismissed Reopened held",
            ]
        );
    }

    #[test]
    fn a_document_in_doubt_is_never_queued_claimed_edited_or_dismissed() {
        for event in [DocumentEvent::Queued, DocumentEvent::Claimed, DocumentEvent::Held, DocumentEvent::Dismissed] {
            assert!(DocumentState::InDoubt.after(event).is_err(), "{event:?} would lose or double a document");
        }
        assert!(!DocumentState::InDoubt.draft_is_open(), "settling compares with what was sent");
    }

    #[test]
    fn states_read_back_as_written() {
        for state in DocumentState::ALL {
            assert_eq!(DocumentState::parse(state.as_str()), Some(state));
        }
    }
}
