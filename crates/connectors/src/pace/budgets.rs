//! All budgets of a host, and how they outlive it: taken down when it stops in order, given back when it starts.
//!
//! Of calls that were made before the host began nothing is known unless it is told. So an account without a stored budget
//! waits until a full window has passed since the beginning; the wall clock is given by the caller and never read here.

use super::{Budget, Limit, lock};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// One account's budget, as it was when it was taken down. Instants are UTC milliseconds by the caller's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredBudget {
    pub address: String,
    pub account: String,
    pub taken_ms: i64,
    /// When the next document may be made, where the provider counts these apart.
    pub documents_free_ms: Option<i64>,
    /// When the next of all other calls may be made.
    pub rest_free_ms: i64,
    pub banned_until_ms: Option<i64>,
}

/// What was stored of an account, as instants of this process. No turns: nothing is known of its last calls.
#[derive(Debug, Clone, Copy, Default)]
struct Restored {
    documents: Option<Instant>,
    rest: Option<Instant>,
    banned_until: Option<Instant>,
}

type Key = (String, String);

#[derive(Default)]
struct Known {
    budgets: HashMap<Key, Arc<Budget>>,
    restored: HashMap<Key, Restored>,
}

/// The budgets of every account that a host's connectors use. One for a host; connectors of one account share through it.
pub struct Budgets {
    began: Instant,
    known: Mutex<Known>,
}

impl Default for Budgets {
    fn default() -> Self {
        Budgets::new()
    }
}

fn key(address: &str, account: &str) -> Key {
    (address.trim_end_matches('/').to_ascii_lowercase(), account.trim().to_ascii_lowercase())
}

impl Budgets {
    pub fn new() -> Self {
        Budgets { began: Instant::now(), known: Mutex::default() }
    }

    /// Gives back what an orderly stop took down. A wall clock that stands before that moment tells nothing of how long it
    /// is ago: such an account waits its full window, and its ban begins anew.
    pub fn restore(&self, stored: Vec<StoredBudget>, now_ms: i64) {
        let now = Instant::now();
        let mut known = lock(&self.known);
        for one in stored {
            let went_back = now_ms < one.taken_ms;
            let since_ms = if went_back { one.taken_ms } else { now_ms };
            let at = |at_ms: i64| now + Duration::from_millis(at_ms.saturating_sub(since_ms).max(0).unsigned_abs());
            let restored = Restored {
                documents: one.documents_free_ms.filter(|_| !went_back).map(at),
                rest: (!went_back).then(|| at(one.rest_free_ms)),
                banned_until: one.banned_until_ms.map(at),
            };
            let key = key(&one.address, &one.account);
            match known.budgets.get(&key) {
                Some(budget) => budget.take_back(restored, now),
                None => {
                    known.restored.insert(key, restored);
                }
            }
        }
    }

    /// Takes down every account's budget, also those given back and not used since.
    pub fn snapshot(&self, now_ms: i64) -> Vec<StoredBudget> {
        let now = Instant::now();
        let known = lock(&self.known);
        let at = |instant: Instant| {
            let ahead = instant.saturating_duration_since(now).as_millis();
            now_ms.saturating_add(i64::try_from(ahead).unwrap_or(i64::MAX))
        };
        let stored = |key: &Key, one: Restored| {
            Some(StoredBudget {
                address: key.0.clone(),
                account: key.1.clone(),
                taken_ms: now_ms,
                documents_free_ms: one.documents.map(at),
                rest_free_ms: at(one.rest?),
                banned_until_ms: one.banned_until.filter(|until| *until > now).map(at),
            })
        };
        let in_use = known.budgets.iter().filter_map(|(key, budget)| stored(key, budget.put_down()));
        let idle = known.restored.iter().filter_map(|(key, restored)| stored(key, *restored));
        let mut all: Vec<StoredBudget> = in_use.chain(idle).collect();
        all.sort_by(|one, other| (&one.address, &one.account).cmp(&(&other.address, &other.account)));
        all
    }

    pub(super) fn find(&self, address: &str, account: &str) -> Option<Arc<Budget>> {
        lock(&self.known).budgets.get(&key(address, account)).cloned()
    }

    /// The budget that every connector with this address and account shares.
    pub(crate) fn of(&self, address: &str, account: &str, limit: Limit) -> Arc<Budget> {
        let key = key(address, account);
        let mut known = lock(&self.known);
        if let Some(budget) = known.budgets.get(&key) {
            return budget.clone();
        }
        let restored = known.restored.remove(&key).unwrap_or_default();
        let unknown_until = |window: Duration| self.began + window;
        let documents = limit.documents.map(|rate| restored.documents.unwrap_or_else(|| unknown_until(rate.window)));
        let rest = restored.rest.unwrap_or_else(|| unknown_until(limit.rest.window));
        let budget = Arc::new(Budget::starting(limit, documents, rest));
        budget.take_back(Restored { banned_until: restored.banned_until, ..Restored::default() }, Instant::now());
        known.budgets.insert(key, budget.clone());
        budget
    }
}

impl Budget {
    fn take_back(&self, restored: Restored, now: Instant) {
        if let (Some(documents), Some(at)) = (&self.documents, restored.documents) {
            documents.not_before(at);
        }
        if let Some(at) = restored.rest {
            self.rest.not_before(at);
        }
        if let Some(until) = restored.banned_until {
            self.ban(until.saturating_duration_since(now));
        }
    }

    fn put_down(&self) -> Restored {
        Restored {
            documents: self.documents.as_ref().map(super::Pacer::free_at),
            rest: Some(self.rest.free_at()),
            banned_until: *lock(&self.banned_until),
        }
    }
}
