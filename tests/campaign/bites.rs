//! The campaign must bite: every planted bug has to break a promise within so many seeds. `BUG` names one of them to hunt alone.

use crate::{clock, run};
use punte_domain::planted::{Bug, plant};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Seeds in which a bug must be found.
const SEEDS: u64 = 500;
/// Bugs that may stay unfound.
const MISSED: usize = 1;

/// The first seed that a bug breaks, with the promise.
fn hunt(bug: Bug) -> Option<(u64, String)> {
    (1..=SEEDS).find_map(|seed| {
        plant(Some(bug));
        let outcome = catch_unwind(AssertUnwindSafe(|| run::run(seed)));
        plant(None);
        let promise = match outcome {
            Ok(outcome) => outcome.verdict.broken.into_iter().next()?,
            Err(_) => "the program came to a stop".to_owned(),
        };
        // a seed that breaks without the bug says nothing of it
        run::run(seed).verdict.broken.is_empty().then_some((seed, promise))
    })
}

#[test]
fn planted_bugs_are_found() {
    // a run that a bug stops says so in the table
    std::panic::set_hook(Box::new(|_| {}));
    let only = std::env::var("BUG").ok();
    let bugs: Vec<Bug> =
        Bug::ALL.into_iter().filter(|bug| only.as_ref().is_none_or(|name| *name == format!("{bug:?}"))).collect();
    assert!(!bugs.is_empty(), "no bug has the name {only:?}");
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(bug) = bugs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let caught = hunt(*bug);
                    let line = match &caught {
                        Some((seed, promise)) => format!("{:<26} seed {seed:>4}  {promise}", format!("{bug:?}")),
                        None => format!("{:<26} NOT FOUND in {SEEDS} seeds", format!("{bug:?}")),
                    };
                    eprintln!("{line}");
                    clock::lock(&found).push(caught.is_some());
                }
            });
        }
    });
    let _ = std::panic::take_hook();
    let found = clock::lock(&found);
    let missed = found.iter().filter(|caught| !**caught).count();
    eprintln!("{} of {} planted bugs found", found.len() - missed, found.len());
    assert!(missed <= MISSED, "{missed} planted bugs were not found");
}
