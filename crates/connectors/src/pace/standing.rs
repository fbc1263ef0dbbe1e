//! How an account's budget stands, for whoever watches it. Nothing is decided by it.

use super::{Budget, Budgets, Pacer, lock};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// One sequence of calls of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetStanding {
    /// `documents` where the provider counts these apart, `rest` for everything else.
    pub lane: &'static str,
    /// Callers that wait for their turn.
    pub waiting: usize,
    /// Calls left in the provider's window, where it told.
    pub left: Option<u32>,
    /// How long until a live call may leave.
    pub free_in: Duration,
    /// How long nothing leaves: a ban that is known, or a window that is used up.
    pub limited_for: Duration,
}

impl Budgets {
    /// How the calls of an account stand; nothing where none was made yet.
    pub fn standing(&self, address: &str, account: &str) -> Vec<BudgetStanding> {
        self.find(address, account).map(|budget| budget.standing(Instant::now())).unwrap_or_default()
    }
}

impl Budget {
    fn standing(&self, now: Instant) -> Vec<BudgetStanding> {
        let banned_for = lock(&self.banned_until).map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let documents = self.documents.as_ref().map(|pacer| pacer.standing("documents", now, banned_for));
        documents.into_iter().chain([self.rest.standing("rest", now, banned_for)]).collect()
    }
}

impl Pacer {
    fn standing(&self, lane: &'static str, now: Instant, banned_for: Duration) -> BudgetStanding {
        let waiting = self.live_waiting.load(Ordering::Acquire) + self.bulk_waiting.load(Ordering::Acquire);
        let free_in = self.free_at().saturating_duration_since(now).max(banned_for);
        let turns = lock(&self.turns);
        let held_for = turns.seen.held_until().map_or(Duration::ZERO, |held| held.saturating_duration_since(now));
        BudgetStanding { lane, waiting, left: turns.seen.left(now), free_in, limited_for: banned_for.max(held_for) }
    }
}
