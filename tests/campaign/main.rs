//! The fault campaign: the real engine, mapping, connectors and ledger against the simulators, in worlds whose time and
//! chance come from a seed. Everything goes wrong in them that can; afterwards no order may have two invoices and none may be
//! lost.
//!
//! `make campaign SEEDS=10000 FIRST=1` runs many; a failing seed is printed and can be run alone by
//! `make campaign SEEDS=1 FIRST=<seed>`.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests, whose report is printed")]

#[cfg(feature = "planted")]
mod bites;
mod check;
mod clock;
mod day;
mod gate;
mod hands;
mod ledger;
mod passes;
mod plan;
mod report;
mod run;
mod stories;
mod wire;
mod world;

use report::Report;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Seeds in `make test`.
const SEEDS: u64 = 300;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What a panic said.
fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Runs seeds on all cores, each in a world of its own.
fn campaign(first: u64, count: u64) -> Report {
    let next = Arc::new(AtomicU64::new(first));
    let report = Arc::new(Mutex::new(Report::default()));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (next, report) = (next.clone(), report.clone());
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    match catch_unwind(|| run::run(seed)) {
                        Ok(outcome) => clock::lock(&report).add(outcome),
                        Err(panic) => clock::lock(&report).add_stopped(seed, words_of(panic.as_ref())),
                    }
                }
            });
        }
    });
    std::mem::take(&mut *clock::lock(&report))
}

#[test]
fn nothing_is_issued_twice_and_nothing_is_lost() {
    let (first, count) = (number("FIRST", 1), number("SEEDS", SEEDS));
    let began = std::time::Instant::now();
    let report = campaign(first, count);
    eprintln!("{}", report.text(began.elapsed()));
    assert!(report.broken().is_empty(), "seeds that broke a promise: {:?}", report.broken());
    assert!(report.left_share() < 0.01, "{:.2} % was left to a person", report.left_share() * 100.0);
}

/// Seeds that once broke a promise, or that a checker once misread: an effect after every look at Oblio (56, 107); a document
/// that came back from a send to an order that was cancelled meanwhile (2679); a storno after a correction that was lost with a
/// part of the ledger (6765); a payment recorded in the lost part, and again (7417); what is counted as late, taken back or
/// shown (the others).
const KEPT: [u64; 14] = [56, 107, 2679, 3356, 5103, 6765, 6831, 7138, 7417, 8681, 8956, 8961, 9054, 9794];

#[test]
fn what_once_broke_a_promise_keeps_it() {
    for seed in KEPT {
        let outcome = run::run(seed);
        assert!(outcome.verdict.broken.is_empty(), "seed {seed}: {:?}", outcome.verdict.broken);
    }
}

#[test]
fn a_seed_gives_the_same_run_again() {
    for seed in [3, 8] {
        let (one, other) = (run::run(seed), run::run(seed));
        assert_eq!(one.trace, other.trace, "seed {seed}: its exchanges differ");
        assert_eq!(one.points, other.points, "seed {seed}: its commits differ");
    }
}
