//! What the test suites share: programs as processes, the simulators' control, and a desk to call commands at.
//!
//! Everything here speaks from outside: HTTP, files, exit codes. It knows none of the app's types.
//! Programs that use the keyring want a session that has one: `scripts/headless.sh`.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, reason = "tests wait and fail loudly")]

mod by_hand;
mod control;
mod desk;
mod imports;
mod orders;
mod programs;
mod scrape;
pub mod window;

pub use control::Control;
pub use desk::{Desk, create_workspace};
pub use orders::{Buyer, order};
pub use programs::{Ended, Running, SandboxProgram, program, run, run_given};
pub use scrape::{Scraped, free_port};

use std::time::{Duration, Instant};

/// Asks again until the answer is there, or fails with what was seen last.
pub async fn until<T, S: std::fmt::Debug>(
    what: &str,
    limit: Duration,
    mut ask: impl AsyncFnMut() -> Result<T, S>,
) -> T {
    let started = Instant::now();
    loop {
        match ask().await {
            Ok(found) => return found,
            Err(seen) if started.elapsed() > limit => panic!("{what}: not within {limit:?}; seen last: {seen:?}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
