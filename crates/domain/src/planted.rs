//! Bugs planted on purpose, to see whether the fault campaign finds them. Without the feature `planted` none of them exists:
//! the question is answered by a constant.

/// Each breaks one promise in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The intent is rolled back, and the request sent all the same.
    IntentNotCommitted,
    /// A write is acknowledged before its commit.
    AcknowledgedEarly,
    /// A second flow makes an issue key of its own.
    FlowInKey,
    /// What was `sending` at a launch stays so.
    SweepForgotten,
    /// What was `sending` at a launch is due again.
    SweptToReady,
    /// An older version of the order is sent than the ledger holds.
    VersionUnchecked,
    /// A new version replaces everything but the draft.
    DraftNotReplaced,
    /// A look decides at once.
    LooksAtOnce,
    /// A document of the same total is taken for ours.
    TotalIdentifies,
    /// The wall clock counts the quiet time.
    WallClockQuiet,
    /// A server's error counts as not sent.
    ServerErrorMeansNotSent,
    /// An answer that did not come counts as not sent.
    TimeoutMeansNotSent,
    /// A broken connection counts as a refusal.
    LostMeansRefused,
    /// An answer that cannot be read counts as a refusal.
    UnreadableMeansRefused,
    /// A repeat carries another idempotency key.
    NewKeyEveryTime,
    /// A repeat carries another date.
    DateMoves,
    /// A look that did not see everything proves absence.
    IncompleteLookProves,
    /// A look that failed proves absence.
    FailedLookProves,
    /// A series whose counter moved counts as one that did not.
    CounterIgnored,
    /// A series that others write in counts as ours alone.
    SharedSeriesIsOurs,
    /// A lane goes on while one of its documents is in doubt.
    LaneGoesOn,
    /// A series that takes one writer is given several.
    ManyWriters,
    /// The cursor moves although the listing failed.
    CursorMovesOnFailure,
    /// An older version of an order replaces a newer one.
    OlderReplacesNewer,
    /// An outcome that cannot be written is dropped.
    OutcomeDropped,
    /// An owner that was replaced goes on writing.
    EpochUnchecked,
    /// An order is invoiced again although its invoice stands.
    GenerationUnchecked,
    /// A payment whose answer was lost is recorded again at once.
    PaymentRepeated,
    /// What was sent is recorded with its headers.
    SecretRecorded,
}

impl Bug {
    pub const ALL: [Bug; 29] = [
        Bug::IntentNotCommitted,
        Bug::AcknowledgedEarly,
        Bug::FlowInKey,
        Bug::SweepForgotten,
        Bug::SweptToReady,
        Bug::VersionUnchecked,
        Bug::DraftNotReplaced,
        Bug::LooksAtOnce,
        Bug::TotalIdentifies,
        Bug::WallClockQuiet,
        Bug::ServerErrorMeansNotSent,
        Bug::TimeoutMeansNotSent,
        Bug::LostMeansRefused,
        Bug::UnreadableMeansRefused,
        Bug::NewKeyEveryTime,
        Bug::DateMoves,
        Bug::IncompleteLookProves,
        Bug::FailedLookProves,
        Bug::CounterIgnored,
        Bug::SharedSeriesIsOurs,
        Bug::LaneGoesOn,
        Bug::ManyWriters,
        Bug::CursorMovesOnFailure,
        Bug::OlderReplacesNewer,
        Bug::OutcomeDropped,
        Bug::EpochUnchecked,
        Bug::GenerationUnchecked,
        Bug::PaymentRepeated,
        Bug::SecretRecorded,
    ];
}

#[cfg(feature = "planted")]
std::thread_local! {
    static PLANTED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Plants a bug in everything that runs on this thread.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.with(|planted| planted.set(bug));
}

#[cfg(feature = "planted")]
pub fn is_planted(bug: Bug) -> bool {
    PLANTED.with(|planted| planted.get() == Some(bug))
}

#[cfg(not(feature = "planted"))]
pub const fn is_planted(_: Bug) -> bool {
    false
}
