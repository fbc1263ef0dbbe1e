//! Pacing to the providers' published limits: one budget per address and account, shared by every connector of the
//! process, and no call at all while a ban is known.
//!
//! Calls are spread evenly instead of in bursts, a little slower than the limit, so that no window of the provider's,
//! wherever it begins, ever sees more than it allows. Waiting callers are served in the order they came.

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// So many calls in so long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub calls: u32,
    pub window: Duration,
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

/// Time as tokio tells it, so that tests can stop it.
#[derive(Debug, Clone)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Duration>>;

/// One evenly spaced sequence of calls.
struct Pacer {
    limiter: Limiter,
    clock: TokioClock,
    queue: tokio::sync::Mutex<()>,
}

impl Pacer {
    fn new(rate: Rate) -> Self {
        // half a call less than allowed: no closed window of the provider's length then holds more than `calls`
        let period = rate.window * 2 / (rate.calls.max(1) * 2 - 1);
        let quota = Quota::with_period(period).expect("a window is longer than nothing");
        let clock = TokioClock(Instant::now());
        Pacer {
            limiter: RateLimiter::direct_with_clock(quota, clock.clone()),
            clock,
            queue: tokio::sync::Mutex::new(()),
        }
    }

    async fn turn(&self) {
        let _first = self.queue.lock().await;
        while let Err(not_yet) = self.limiter.check() {
            tokio::time::sleep(not_yet.wait_time_from(self.clock.now())).await;
        }
    }
}

/// By address and account, for the whole process.
static BUDGETS: LazyLock<Mutex<Shared>> = LazyLock::new(Mutex::default);

type Shared = HashMap<(String, String), Arc<Budget>>;

/// What one account may spend.
pub(crate) struct Budget {
    documents: Option<Pacer>,
    rest: Pacer,
    banned_until: Mutex<Option<Instant>>,
}

impl Budget {
    pub(crate) fn new(limit: Limit) -> Self {
        Budget {
            documents: limit.documents.map(Pacer::new),
            rest: Pacer::new(limit.rest),
            banned_until: Mutex::new(None),
        }
    }

    /// The budget that every connector with this address and account shares.
    pub(crate) fn shared(address: &str, account: &str, limit: Limit) -> Arc<Budget> {
        let key = (address.trim_end_matches('/').to_ascii_lowercase(), account.trim().to_ascii_lowercase());
        let mut budgets = BUDGETS.lock().unwrap_or_else(PoisonError::into_inner);
        budgets.entry(key).or_insert_with(|| Arc::new(Budget::new(limit))).clone()
    }

    /// Waits for a turn. `Err` is how much longer a known ban lasts: calling meanwhile would only prolong it.
    pub(crate) async fn turn(&self, lane: Lane) -> Result<(), Duration> {
        self.free()?;
        match (lane, &self.documents) {
            (Lane::Documents, Some(documents)) => documents.turn().await,
            (Lane::Documents, None) | (Lane::Rest, _) => self.rest.turn().await,
        }
        // a ban may have come while waiting
        self.free()
    }

    fn free(&self) -> Result<(), Duration> {
        let mut banned = self.banned_until.lock().unwrap_or_else(PoisonError::into_inner);
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
        let mut banned = self.banned_until.lock().unwrap_or_else(PoisonError::into_inner);
        *banned = Some(banned.map_or(until, |known| known.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit {
        documents: Some(Rate { calls: 30, window: Duration::from_secs(100) }),
        rest: Rate { calls: 30, window: Duration::from_secs(10) },
    };

    async fn instants(budget: &Budget, lane: Lane, count: usize) -> Vec<Duration> {
        let start = Instant::now();
        let mut at = Vec::new();
        for _ in 0..count {
            budget.turn(lane).await.unwrap();
            at.push(start.elapsed());
        }
        at
    }

    #[tokio::test(start_paused = true)]
    async fn no_window_ever_holds_more_than_the_limit_and_hardly_less() {
        for (lane, window) in [(Lane::Rest, 10), (Lane::Documents, 100)] {
            let at = instants(&Budget::new(LIMIT), lane, 300).await;
            for first in &at {
                let held =
                    at.iter().filter(|one| *one >= first && **one <= *first + Duration::from_secs(window)).count();
                assert!(held <= 30, "{held} calls in {window} s from {first:?}");
            }
            let used = 300.0 / (at[299].as_secs_f64() / window as f64 * 30.0);
            assert!(used > 0.98, "only {used} of the allowed calls were used");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn documents_do_not_wait_for_the_rest() {
        let budget = Budget::new(LIMIT);
        instants(&budget, Lane::Rest, 10).await;
        assert!(instants(&budget, Lane::Documents, 1).await[0] < Duration::from_millis(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_known_ban_is_waited_out_without_a_call() {
        let budget = Budget::new(LIMIT);
        budget.ban(Duration::from_secs(600));
        assert_eq!(budget.turn(Lane::Rest).await, Err(Duration::from_secs(600)));
        budget.ban(Duration::from_secs(10));
        tokio::time::advance(Duration::from_secs(599)).await;
        assert_eq!(
            budget.turn(Lane::Rest).await,
            Err(Duration::from_secs(1)),
            "a shorter ban does not end a longer one"
        );
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(budget.turn(Lane::Rest).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn connectors_of_one_account_share_a_budget() {
        let one = Budget::shared("https://pace.test/", "Ana@x.ro", LIMIT);
        let same = Budget::shared("https://pace.test", "ana@x.ro", LIMIT);
        let other = Budget::shared("https://pace.test", "ion@x.ro", LIMIT);
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
    }
}
