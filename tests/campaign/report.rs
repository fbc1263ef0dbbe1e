//! What many seeds came to.

use crate::run::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

#[derive(Default)]
pub struct Report {
    seeds: u64,
    events: BTreeMap<String, u32>,
    exchanges: u64,
    points: u64,
    orders: u32,
    issued: u32,
    doubted: u32,
    left: u32,
    left_reasons: BTreeMap<String, u32>,
    unpreventable: u32,
    /// Seeds and what they broke.
    broken: BTreeMap<u64, Vec<String>>,
}

impl Report {
    pub fn add(&mut self, outcome: Outcome) {
        self.seeds += 1;
        for (kind, count) in outcome.events {
            *self.events.entry(kind).or_default() += count;
        }
        self.exchanges += outcome.trace.0;
        self.points += outcome.points;
        let verdict = outcome.verdict;
        self.orders += verdict.orders;
        self.issued += verdict.issued;
        self.doubted += verdict.doubted;
        self.left += verdict.left;
        for (reason, count) in verdict.left_reasons {
            *self.left_reasons.entry(reason).or_default() += count;
        }
        self.unpreventable += verdict.unpreventable;
        if !verdict.broken.is_empty() {
            self.broken.insert(outcome.seed, verdict.broken);
        }
    }

    /// A seed whose program came to a stop.
    pub fn add_stopped(&mut self, seed: u64, words: String) {
        self.seeds += 1;
        self.broken.insert(seed, vec![words]);
    }

    /// Seeds that broke a promise.
    pub fn broken(&self) -> Vec<u64> {
        self.broken.keys().copied().collect()
    }

    /// Of what was ever in doubt: what was left to a person without another person's doing.
    pub fn left_share(&self) -> f64 {
        f64::from(self.left) / f64::from(self.doubted.max(1))
    }

    pub fn text(&self, took: Duration) -> String {
        let mut text = String::new();
        let mut line = |what: String| {
            let _ = writeln!(text, "{what}");
        };
        line(format!("{} seeds in {:.0} s", self.seeds, took.as_secs_f64()));
        line(format!(
            "{} orders, {} documents issued, {} exchanges, {} points at which a machine could die",
            self.orders, self.issued, self.exchanges, self.points
        ));
        line(format!(
            "{} documents were in doubt; {} left to a person where no other person had a hand in it ({:.2} %)",
            self.doubted,
            self.left,
            self.left_share() * 100.0
        ));
        line(format!("all that is left to a person, by reason: {:?}", self.left_reasons));
        line(format!("{} twice at SmartBill by an effect after the last look", self.unpreventable));
        line("what went wrong, by kind:".to_owned());
        for (kind, count) in &self.events {
            line(format!("  {count:>7}  {kind}"));
        }
        for (seed, broken) in &self.broken {
            line(format!("seed {seed}:"));
            for promise in broken {
                line(format!("    {promise}"));
            }
        }
        text
    }
}
