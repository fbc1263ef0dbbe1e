//! The seam for time, ids and chance. Everything that could make two runs differ comes through here.

use std::time::{Duration, Instant};

pub trait Clock: Send + Sync {
    /// UTC milliseconds. May jump; never decides how long something lasted.
    fn now_ms(&self) -> i64;

    /// Time since the process began, which never jumps back.
    fn monotonic(&self) -> Duration;

    /// A new time-ordered id with a prefix (`doc_…`).
    fn new_id(&self, prefix: &str) -> String;

    /// A number from the seeded source, for jitter.
    fn random(&self) -> u64;

    /// 32 bytes for a new workspace's seed.
    fn new_seed(&self) -> [u8; 32];
}

/// The machine's clock and randomness.
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        #[allow(clippy::disallowed_methods, reason = "this is the seam that the ban points to")]
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}_{}", uuid::Uuid::now_v7().simple())
    }

    fn random(&self) -> u64 {
        rand::random()
    }

    fn new_seed(&self) -> [u8; 32] {
        rand::random()
    }
}
