//! Pacing to the providers' published limits: one budget per address and account, shared by every connector that a host
//! makes, and no call at all while a ban is known.
//!
//! Calls are spread evenly instead of in bursts, a little slower than the limit, so that no window of the provider's,
//! wherever it begins, ever sees more than it allows. Callers of one urgency are served in the order they came; live ones
//! go before bulk ones, and bulk ones take every other turn at most. What the provider itself tells of its window (calls
//! left, when the next one begins) is kept to besides: somebody else may be spending from the same account.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

mod budgets;
mod standing;
mod told;

pub use budgets::{Budgets, StoredBudget};
pub use standing::BudgetStanding;
pub(crate) use told::Told;

/// Who is waiting: a person or the flow of new orders, or a job over many records that can wait for both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Urgency {
    #[default]
    Live,
    Bulk,
}

/// So many calls in so long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub calls: u32,
    pub window: Duration,
}

impl Rate {
    /// Half a call less than allowed: no closed window of the provider's length then holds more than `calls`. At least
    /// one call a window stays ours, whatever is reserved for others.
    fn period(self, reserve: u32) -> Duration {
        let ours = self.calls.saturating_sub(reserve).max(1);
        self.window * 2 / (ours * 2 - 1)
    }

    /// How late a turn may be taken without moving the ones after it: less than what the half call leaves over.
    fn slack(self) -> Duration {
        self.window / (self.calls.max(1) * 4)
    }
}

/// What is being asked for: providers may count the making of documents apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    Documents,
    Rest,
}

/// A provider's limits. `documents: None` counts everything together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub documents: Option<Rate>,
    pub rest: Rate,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When the next calls may leave.
struct Turns {
    next: Instant,
    next_bulk: Instant,
    /// What the provider told of its own window.
    seen: told::Seen,
}

/// One evenly spaced sequence of calls.
struct Pacer {
    rate: Rate,
    turns: Mutex<Turns>,
    /// Fair queues: one waiter of each urgency looks at the clock, the others stand behind it.
    live: tokio::sync::Mutex<()>,
    bulk: tokio::sync::Mutex<()>,
    live_waiting: AtomicUsize,
    live_served: Notify,
    bulk_waiting: AtomicUsize,
}

/// A bulk caller that waits; dropped also where the caller gives up.
struct BulkWaiter<'p>(&'p Pacer);

impl Drop for BulkWaiter<'_> {
    fn drop(&mut self) {
        self.0.bulk_waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A live caller that waits; dropped also where the caller gives up.
struct LiveWaiter<'p>(&'p Pacer);

impl Drop for LiveWaiter<'_> {
    fn drop(&mut self) {
        if self.0.live_waiting.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.live_served.notify_one();
        }
    }
}

impl Pacer {
    fn new(rate: Rate, first: Instant) -> Self {
        Pacer {
            rate,
            turns: Mutex::new(Turns { next: first, next_bulk: first, seen: told::Seen::default() }),
            live: tokio::sync::Mutex::default(),
            bulk: tokio::sync::Mutex::default(),
            live_waiting: AtomicUsize::new(0),
            live_served: Notify::new(),
            bulk_waiting: AtomicUsize::new(0),
        }
    }

    async fn turn(&self, urgency: Urgency, reserve: u32) {
        match urgency {
            Urgency::Live => {
                self.live_waiting.fetch_add(1, Ordering::AcqRel);
                let waiter = LiveWaiter(self);
                let _first = self.live.lock().await;
                while let Some(at) = self.take(urgency, reserve) {
                    sleep_until(at).await;
                }
                drop(waiter);
            }
            Urgency::Bulk => {
                self.bulk_waiting.fetch_add(1, Ordering::AcqRel);
                let _waiter = BulkWaiter(self);
                let _first = self.bulk.lock().await;
                loop {
                    if self.live_waiting.load(Ordering::Acquire) > 0 {
                        self.live_served.notified().await;
                        continue;
                    }
                    match self.take(urgency, reserve) {
                        Some(at) => sleep_until(at).await,
                        None => return,
                    }
                }
            }
        }
    }

    /// Takes a turn now, or says when to come again.
    fn take(&self, urgency: Urgency, reserve: u32) -> Option<Instant> {
        let now = Instant::now();
        let mut turns = lock(&self.turns);
        let open = match urgency {
            Urgency::Live => turns.next,
            Urgency::Bulk => turns.next.max(turns.next_bulk),
        };
        let at = turns.seen.held_until().map_or(open, |held| open.max(held));
        if at > now {
            return Some(at);
        }
        let period = self.rate.period(reserve);
        // a turn taken a little late (timers are coarse) does not put off the ones after it
        let ideal = open.max(now.checked_sub(self.rate.slack()).unwrap_or(now));
        turns.next = ideal + period;
        if urgency == Urgency::Bulk {
            turns.next_bulk = ideal + 2 * period;
        }
        None
    }

    fn note(&self, told: Told, reserve: u32) {
        lock(&self.turns).seen.note(told, reserve, self.rate, Instant::now());
    }

    /// When the next live call may leave, as far as is known.
    fn free_at(&self) -> Instant {
        let turns = lock(&self.turns);
        turns.seen.held_until().map_or(turns.next, |held| held.max(turns.next))
    }

    fn not_before(&self, at: Instant) {
        let mut turns = lock(&self.turns);
        turns.next = turns.next.max(at);
    }
}

/// What one account may spend.
pub(crate) struct Budget {
    documents: Option<Pacer>,
    rest: Pacer,
    banned_until: Mutex<Option<Instant>>,
}

impl Budget {
    /// A budget whose calls may begin at once.
    #[cfg(test)]
    pub(crate) fn new(limit: Limit) -> Self {
        Budget::starting(limit, Some(Instant::now()), Instant::now())
    }

    /// `documents` and `rest` say when the first call of each may leave.
    fn starting(limit: Limit, documents: Option<Instant>, rest: Instant) -> Self {
        Budget {
            documents: limit.documents.zip(documents).map(|(rate, first)| Pacer::new(rate, first)),
            rest: Pacer::new(limit.rest, rest),
            banned_until: Mutex::new(None),
        }
    }

    fn pacer(&self, lane: Lane) -> &Pacer {
        match (lane, &self.documents) {
            (Lane::Documents, Some(documents)) => documents,
            (Lane::Documents, None) | (Lane::Rest, _) => &self.rest,
        }
    }

    /// Waits for a turn. `Err` is how much longer a known ban lasts: calling meanwhile would only prolong it.
    pub(crate) async fn turn(&self, lane: Lane, urgency: Urgency, reserve: u32) -> Result<(), Duration> {
        self.free()?;
        self.pacer(lane).turn(urgency, reserve).await;
        // a ban may have come while waiting
        self.free()
    }

    /// What an answer's headers tell of the provider's window.
    pub(crate) fn note(&self, lane: Lane, told: Told, reserve: u32) {
        self.pacer(lane).note(told, reserve);
    }

    fn free(&self) -> Result<(), Duration> {
        let mut banned = lock(&self.banned_until);
        match *banned {
            Some(until) if until > Instant::now() => Err(until - Instant::now()),
            _ => {
                *banned = None;
                Ok(())
            }
        }
    }

    pub(crate) fn ban(&self, lasts: Duration) {
        let until = Instant::now() + lasts.min(Duration::from_secs(60 * 60));
        let mut banned = lock(&self.banned_until);
        *banned = Some(banned.map_or(until, |known| known.max(until)));
    }
}

#[cfg(test)]
mod tests;
