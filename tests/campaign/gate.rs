//! The points at which a life can end: before and after every commit, before and after every exchange with the outside.
//!
//! A life that has ended answers nothing any more: whoever passes a point waits for ever, and is thrown away with it.

use crate::clock::lock;
use async_trait::async_trait;
use punte_engine::store::ledger::Steps;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

/// A life that passes more points than this runs in a circle.
const MOST_POINTS: u64 = 200_000;

struct State {
    /// More points than this is a circle.
    most: u64,
    passed: u64,
    reads: u64,
    ends_at: Option<u64>,
    has_ended: bool,
    /// Commits that fail from now on.
    failing: u32,
    /// Commits that fail once the next request that changes something has been answered.
    failing_behind: u32,
    is_full: bool,
    dice: StdRng,
}

pub struct Gate {
    state: Mutex<State>,
    ended: CancellationToken,
}

impl Gate {
    pub fn new(seed: u64) -> Arc<Gate> {
        let state = State {
            most: MOST_POINTS,
            passed: 0,
            reads: 0,
            ends_at: None,
            has_ended: false,
            failing: 0,
            failing_behind: 0,
            is_full: false,
            dice: StdRng::seed_from_u64(seed ^ 0x6A7E),
        };
        Arc::new(Gate { state: Mutex::new(state), ended: CancellationToken::new() })
    }

    /// A long life passes more points.
    pub fn allow(&self, points: u64) {
        lock(&self.state).most = points;
    }

    /// The life ends at the n-th point from now.
    pub fn end_after(&self, points: u64) {
        let mut state = lock(&self.state);
        state.ends_at = Some(state.passed + points.max(1));
    }

    pub fn fail_commits(&self, count: u32) {
        lock(&self.state).failing += count;
    }

    /// The outcome of the next request that changes something cannot be written at first.
    pub fn fail_commits_behind(&self, count: u32) {
        lock(&self.state).failing_behind += count;
    }

    /// A request that changes something was answered.
    pub fn note_answer(&self) {
        let mut state = lock(&self.state);
        state.failing += std::mem::take(&mut state.failing_behind);
    }

    pub fn fill_disk(&self, is_full: bool) {
        lock(&self.state).is_full = is_full;
    }

    pub fn stop_failing(&self) {
        let mut state = lock(&self.state);
        (state.failing, state.failing_behind) = (0, 0);
        state.is_full = false;
    }

    /// An end that was ordered and not reached does not come.
    pub fn never_end(&self) {
        lock(&self.state).ends_at = None;
    }

    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }

    pub fn passed(&self) -> u64 {
        lock(&self.state).passed
    }

    /// Whether the life ran in a circle without time going on.
    pub fn ran_in_circles(&self) -> bool {
        let state = lock(&self.state);
        state.passed > state.most || state.reads > 10 * state.most
    }

    pub async fn point(&self) {
        let (has_ended, gives_way) = {
            let mut state = lock(&self.state);
            state.passed += 1;
            state.has_ended |= state.passed > state.most;
            if state.ends_at.is_some_and(|at| state.passed >= at) && !state.has_ended {
                state.has_ended = true;
                self.ended.cancel();
            }
            (state.has_ended, state.dice.random_ratio(1, 4))
        };
        if has_ended {
            std::future::pending::<()>().await;
        }
        // now and then another task goes first
        if gives_way {
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait]
impl Steps for Gate {
    async fn before_read(&self) {
        let has_ended = {
            let mut state = lock(&self.state);
            state.reads += 1;
            state.has_ended |= state.reads > 10 * state.most;
            state.has_ended
        };
        if has_ended {
            std::future::pending::<()>().await;
        }
    }

    fn most_pages(&self) -> Option<u32> {
        Some(if lock(&self.state).is_full { 1 } else { u32::MAX - 1 })
    }

    async fn before_commit(&self) -> std::io::Result<()> {
        self.point().await;
        let mut state = lock(&self.state);
        if state.failing > 0 {
            state.failing -= 1;
            return Err(std::io::Error::other("the disk refused a write, by the campaign's order"));
        }
        Ok(())
    }

    async fn after_commit(&self) {
        self.point().await;
    }
}
