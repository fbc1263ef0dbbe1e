//! Time and chance of a simulated world: true time is the paused runtime's, the machine's wall clock is that plus what
//! somebody set it to.

use punte_engine::Clock;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What all lives of the machine share.
pub struct Wall {
    began: Instant,
    origin_ms: i64,
    /// How far the machine's wall clock is from the truth.
    offset_ms: AtomicI64,
    ids: AtomicU64,
    dice: Mutex<StdRng>,
}

impl Wall {
    pub fn new(origin_ms: i64, seed: u64) -> Arc<Wall> {
        Arc::new(Wall {
            began: Instant::now(),
            origin_ms,
            offset_ms: AtomicI64::new(0),
            ids: AtomicU64::new(1),
            dice: Mutex::new(StdRng::seed_from_u64(seed ^ 0xC10C)),
        })
    }

    /// What the rest of the world's clocks say: UTC milliseconds.
    pub fn true_ms(&self) -> i64 {
        self.origin_ms + self.began.elapsed().as_millis() as i64
    }

    /// Sets the machine's wall clock forwards or back.
    pub fn step(&self, by_ms: i64) {
        self.offset_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    pub fn set_right(&self) {
        self.offset_ms.store(0, Ordering::Relaxed);
    }
}

/// One life's clock: its monotonic time begins with it.
pub struct LifeClock {
    wall: Arc<Wall>,
    began: Instant,
}

impl LifeClock {
    pub fn new(wall: &Arc<Wall>) -> Arc<LifeClock> {
        Arc::new(LifeClock { wall: wall.clone(), began: Instant::now() })
    }
}

impl Clock for LifeClock {
    fn now_ms(&self) -> i64 {
        self.wall.true_ms() + self.wall.offset_ms.load(Ordering::Relaxed)
    }

    fn monotonic(&self) -> Duration {
        self.began.elapsed()
    }

    fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}_{:012}", self.wall.ids.fetch_add(1, Ordering::Relaxed))
    }

    fn random(&self) -> u64 {
        lock(&self.wall.dice).random()
    }

    fn new_seed(&self) -> [u8; 32] {
        lock(&self.wall.dice).random()
    }
}
