//! Passes: a query's list gone through once, in slices, for its count, its totals, and places from which any ordinal is near.
//!
//! What the ledger has taken in since makes a pass stale: it goes on answering, and is renewed when somebody asks, at a bounded
//! rate. A pass that nobody asks for any more ends.

use super::{Page, Summary};
use crate::error::Result;
use crate::workspace::{Workspace, lock};
use punte_store::ledger::table::{Filter, ListName, Place, RowSet, Sorting, Totals, Walk, Way};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Rows of the filter between two kept places.
const EVERY: u64 = 500;
/// Rows looked at in one slice.
const SLICE: u64 = 20_000;
/// The first rows, kept as they are found: the first pages of a filter that keeps little of much.
const HEAD: usize = 500;
/// Once the first rows are there, a pass rests after each slice as long as it took, at most this: it shares the machine with the
/// window that draws them.
const REST_AT_MOST: Duration = Duration::from_millis(100);
/// Passes that are kept, and that run at a time.
const KEPT: usize = 12;
const AT_A_TIME: usize = 2;
/// A pass that is under way and not asked for so long ends.
const ABANDONED: Duration = Duration::from_secs(20);
/// From the end of a pass to the next one over the same query, at least; and so many times what it took.
const RENEWED_AFTER: Duration = Duration::from_secs(1);
const RENEWED_AFTER_TIMES: u32 = 10;

/// A list, a filter and an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PassKey {
    pub list: ListName,
    pub filter: Arc<Filter>,
    pub sorting: Sorting,
}

/// The passes of a workspace.
pub(crate) struct Passes {
    kept: Mutex<HashMap<PassKey, Arc<Pass>>>,
    turns: Arc<Semaphore>,
    revision: AtomicU64,
}

impl Default for Passes {
    fn default() -> Self {
        Passes { kept: Mutex::default(), turns: Arc::new(Semaphore::new(AT_A_TIME)), revision: AtomicU64::new(0) }
    }
}

impl Passes {
    pub(super) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    pub(super) fn raise_revision(&self) {
        self.revision.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn find(&self, key: &PassKey, now: Duration) -> Option<Arc<Pass>> {
        let pass = lock(&self.kept).get(key).cloned()?;
        lock(&pass.state).asked = now;
        Some(pass)
    }

    /// Keeps a new pass; the one that was asked for the longest ago goes.
    pub(super) fn add(&self, key: PassKey, way: Way, now: Duration) -> Arc<Pass> {
        let mut kept = lock(&self.kept);
        if kept.len() >= KEPT
            && let Some(oldest) =
                kept.iter().min_by_key(|(_, pass)| lock(&pass.state).asked).map(|(key, _)| key.clone())
            && !kept.contains_key(&key)
        {
            kept.remove(&oldest);
        }
        kept.entry(key.clone())
            .or_insert_with(|| {
                let state = State { way, asked: now, within: None, running: None, done: None };
                Arc::new(Pass { key, state: Mutex::new(state) })
            })
            .clone()
    }
}

/// A query's pass.
pub(crate) struct Pass {
    key: PassKey,
    state: Mutex<State>,
}

struct State {
    way: Way,
    /// Monotonic instant of the last request.
    asked: Duration,
    within: Option<Arc<RowSet>>,
    running: Option<Found>,
    done: Option<Found>,
}

/// What a pass found, so far or in the end.
#[derive(Default)]
struct Found {
    /// Of the changes that were known when it began.
    revision: u64,
    count: u64,
    looked: u64,
    totals: Totals,
    places: Vec<(u64, Place)>,
    /// All rows, where there are few.
    rows: Option<Vec<i64>>,
    head: Vec<i64>,
    /// Monotonic instants.
    began: Duration,
    ended: Duration,
}

pub(super) fn walk_of(key: &PassKey, way: Way, within: Option<Arc<RowSet>>) -> Walk {
    Walk {
        list: key.list,
        filter: key.filter.clone(),
        sorting: key.sorting,
        way,
        within,
        after: None,
        skip: 0,
        want: u64::MAX,
        keep: 0,
        look: u64::MAX,
        time: None,
        every: 0,
        sums: false,
    }
}

impl Pass {
    pub(super) fn key(&self) -> &PassKey {
        &self.key
    }

    /// How its list can be walked along now, and within what; `None`: not yet.
    pub(super) fn way(&self) -> Option<(Way, Option<Arc<RowSet>>)> {
        let state = lock(&self.state);
        let is_wanting = state.within.is_none() && state.way != Way::Search && self.key.filter.searches(self.key.list);
        match &state.way {
            Way::Gather(_) => None,
            _ if is_wanting => None,
            way => Some((way.clone(), state.within.clone())),
        }
    }

    /// Takes the turn to run, unless somebody has it.
    pub(super) fn begins(&self) -> bool {
        let mut state = lock(&self.state);
        if state.running.is_some() || state.done.is_some() {
            return false;
        }
        state.running = Some(Found::default());
        true
    }

    pub(super) fn is_to_be_renewed(&self, revision: u64, now: Duration) -> bool {
        let mut state = lock(&self.state);
        let is_stale = match (&state.running, &state.done) {
            (Some(_), _) => false,
            // abandoned before its end
            (None, None) => true,
            (None, Some(done)) => {
                let pause = RENEWED_AFTER.max((done.ended - done.began) * RENEWED_AFTER_TIMES);
                done.revision != revision && now >= done.ended + pause
            }
        };
        if is_stale {
            state.running = Some(Found::default());
        }
        is_stale
    }

    /// A page that needs no look into the ledger.
    pub(super) fn page_at_hand(&self, from: u64, limit: u64) -> Option<Page> {
        let state = lock(&self.state);
        let cut = |rows: &[i64]| {
            let from = usize::try_from(from).unwrap_or(usize::MAX).min(rows.len());
            rows[from..(from + limit as usize).min(rows.len())].to_vec()
        };
        if let Some(rows) = state.done.as_ref().and_then(|done| done.rows.as_ref()) {
            return Some(Page { rows: cut(rows), ready: true });
        }
        let sorting = self.key.sorting;
        if let (Some(within), None) = (&state.within, sorting.column)
            && within.is_whole(&self.key.filter)
        {
            return Some(Page { rows: within.page(from, limit as usize, sorting.descending), ready: true });
        }
        let found = state.done.as_ref().or(state.running.as_ref())?;
        let is_enough = from + limit <= found.head.len() as u64;
        is_enough.then(|| Page { rows: cut(&found.head), ready: true })
    }

    /// The nearest known place at or before an ordinal, and whether more will be known.
    pub(super) fn place_before(&self, from: u64) -> (u64, Option<Place>, bool) {
        let state = lock(&self.state);
        let nearest = |found: &Found| {
            let at = found.places.partition_point(|(ordinal, _)| *ordinal <= from);
            at.checked_sub(1).map(|at| found.places[at].clone())
        };
        let found = state.done.as_ref().or(state.running.as_ref()).and_then(nearest);
        let is_running = state.done.is_none();
        found.map_or((0, None, is_running), |(ordinal, place)| (ordinal, Some(place), is_running))
    }

    pub(super) fn summary(&self, revision: u64) -> Summary {
        let state = lock(&self.state);
        let complete = state.done.as_ref().is_some_and(|done| done.revision == revision);
        let Some(found) = state.done.as_ref().or(state.running.as_ref()) else { return Summary::default() };
        Summary {
            count: found.count,
            complete,
            scanned: found.looked,
            totals: found.totals.clone(),
            ..Summary::default()
        }
    }

    fn note(&self, change: impl FnOnce(&mut Found)) {
        if let Some(running) = &mut lock(&self.state).running {
            change(running);
        }
    }

    fn finish(&self, now: Duration) {
        let mut state = lock(&self.state);
        if let Some(mut found) = state.running.take() {
            found.ended = now;
            state.done = Some(found);
        }
    }
}

impl Workspace {
    /// The first run: few rows at once, many in the background.
    pub(super) async fn run_first(self: &Arc<Self>, pass: &Arc<Pass>) -> Result<()> {
        if !matches!(lock(&pass.state).way, Way::Gather(_)) {
            self.begin_pass(pass);
            return Ok(());
        }
        let outcome = self.run_pass(pass).await;
        if outcome.is_err() {
            lock(&pass.state).running = None;
        }
        outcome
    }

    pub(super) fn begin_pass(self: &Arc<Self>, pass: &Arc<Pass>) {
        let (this, pass, turns) = (self.clone(), pass.clone(), self.desk.turns.clone());
        self.spawn(async move {
            let Ok(_turn) = turns.acquire_owned().await else { return };
            if let Err(error) = this.run_pass(&pass).await {
                tracing::error!(%error, "a list could not be gone through");
            }
            // abandoned or failed: begun anew when it is asked for again
            lock(&pass.state).running = None;
        });
    }

    async fn run_pass(&self, pass: &Pass) -> Result<()> {
        let (key, began) = (pass.key.clone(), self.deps.clock.monotonic());
        let revision = self.desk.revision();
        pass.note(|found| *found = Found { revision, began, ..Found::default() });
        let way = self.ledger.choose_way(key.list, key.filter.clone(), key.sorting).await?;
        let mut within = None;
        if let Way::Gather(clause) = way {
            let gathered = self.ledger.gather(key.list, key.filter.clone(), key.sorting, clause).await?;
            lock(&pass.state).way = way;
            pass.note(|found| {
                found.count = gathered.rows.len() as u64;
                found.looked = found.count;
                found.totals = gathered.totals;
                found.rows = Some(gathered.rows);
            });
            pass.finish(self.deps.clock.monotonic());
            return Ok(());
        }
        // what indexes can tell is told by them, so that no row is looked at for it
        if !key.filter.is_empty() {
            within = self.ledger.rows_within(key.list, key.filter.clone()).await?.map(Arc::new);
        }
        {
            let mut state = lock(&pass.state);
            (state.way, state.within) = (way, within.clone());
        }
        // sums stand beside the rows only in the order in which they came
        let is_told = key.filter.is_empty() || within.as_ref().is_some_and(|within| within.is_whole(&key.filter));
        let is_summed_after = is_told && key.sorting.column.is_some();
        let mut walk = walk_of(&key, Way::Walk, within.clone());
        (walk.every, walk.keep, walk.sums) = (EVERY, HEAD, !is_summed_after);
        if !self.go_along(pass, walk, true).await? {
            return Ok(());
        }
        if is_summed_after {
            let plain = PassKey { sorting: Sorting::NEWEST, ..key };
            let mut walk = walk_of(&plain, Way::Walk, within);
            walk.sums = true;
            if !self.go_along(pass, walk, false).await? {
                return Ok(());
            }
        }
        pass.finish(self.deps.clock.monotonic());
        Ok(())
    }

    /// Goes along a whole list. Answers whether it came to the end.
    async fn go_along(&self, pass: &Pass, mut walk: Walk, is_counted: bool) -> Result<bool> {
        walk.look = SLICE;
        loop {
            let began = self.deps.clock.monotonic();
            let walked = self.ledger.walk(walk.clone()).await?;
            walk.keep = walk.keep.saturating_sub(walked.rows.len());
            walk.after = walked.last.or(walk.after);
            pass.note(|found| {
                for (currency, minor) in walked.totals {
                    *found.totals.entry(currency).or_default() += minor;
                }
                if is_counted {
                    let before = found.count;
                    found.places.extend(walked.places.into_iter().map(|(ordinal, place)| (before + ordinal, place)));
                    found.count += walked.matched;
                    found.looked += walked.looked;
                    found.head.extend(walked.rows);
                }
            });
            if walked.ended {
                return Ok(true);
            }
            let asked = lock(&pass.state).asked;
            if self.stopping.is_cancelled() || self.deps.clock.monotonic() > asked + ABANDONED {
                return Ok(false);
            }
            // of the whole list the first rows need no pass
            if pass.key.filter.is_empty() || walk.keep == 0 {
                let took = self.deps.clock.monotonic().saturating_sub(began);
                tokio::time::sleep(took.min(REST_AT_MOST)).await;
            } else {
                tokio::task::yield_now().await;
            }
        }
    }
}
