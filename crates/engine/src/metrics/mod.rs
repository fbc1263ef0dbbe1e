//! Numbers for whoever watches from outside: what was counted since the process began, and how every workspace stands, as
//! OpenMetrics text.
//!
//! Counting costs an atomic addition; how things stand is read when somebody asks, from counters that the ledger keeps.

mod measured;
mod standing;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use measured::Measured;
pub use standing::scrape;
pub use table::{Kind, METRICS, Metric};

use crate::workspace::{Workspace, lock};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use punte_connectors::{HttpAnswer, TransportError};
use punte_domain::{Failure, Phase};
use punte_store::ledger::{Commit, Connection, OperationOutcome, Outcome, Taken};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

type Labels = Vec<(&'static str, String)>;

fn labelled(metric: &'static Metric, values: &[&str]) -> Labels {
    debug_assert_eq!(metric.labels.len(), values.len(), "{}", metric.stem);
    metric.labels.iter().copied().zip(values.iter().map(|value| (*value).to_owned())).collect()
}

fn register(registry: &mut Registry, metric: &'static Metric, held: impl prometheus_client::registry::Metric) {
    match metric.unit {
        "" => registry.register(metric.stem, metric.help, held),
        unit => registry.register_with_unit(metric.stem, metric.help, Unit::Other(unit.to_owned()), held),
    }
}

struct Counted {
    metric: &'static Metric,
    family: Family<Labels, Counter>,
}

impl Counted {
    fn new(metric: &'static Metric, registry: &mut Registry) -> Counted {
        let family = Family::default();
        register(registry, metric, family.clone());
        Counted { metric, family }
    }

    fn add(&self, values: &[&str], count: u64) {
        if count > 0 {
            self.family.get_or_create(&labelled(self.metric, values)).inc_by(count);
        }
    }
}

struct Spread {
    metric: &'static Metric,
    family: Family<Labels, Histogram, fn() -> Histogram>,
}

impl Spread {
    fn new(metric: &'static Metric, bounds: fn() -> Histogram, registry: &mut Registry) -> Spread {
        let family = Family::new_with_constructor(bounds);
        register(registry, metric, family.clone());
        Spread { metric, family }
    }

    fn observe(&self, values: &[&str], value: f64) {
        self.family.get_or_create(&labelled(self.metric, values)).observe(value);
    }
}

/// Up to the longest that a request may take.
fn request_bounds() -> Histogram {
    Histogram::new([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0])
}

fn commit_bounds() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5])
}

/// Up to as many as a commit takes.
fn write_bounds() -> Histogram {
    Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
}

/// What a process counts, for all its workspaces.
pub struct Meters {
    registry: Registry,
    orders_taken: Counted,
    deliveries: Counted,
    attempts: Counted,
    operations: Counted,
    requests: Counted,
    request_duration: Spread,
    commit_writes: Spread,
    commit_duration: Spread,
    commits_failed: Counted,
    /// When each shop was last polled with success, by connection.
    polled_ms: Mutex<HashMap<String, i64>>,
}

impl Default for Meters {
    fn default() -> Self {
        let mut registry = Registry::default();
        let all = &mut registry;
        Meters {
            orders_taken: Counted::new(&table::ORDERS_TAKEN, all),
            deliveries: Counted::new(&table::DELIVERIES, all),
            attempts: Counted::new(&table::ATTEMPTS, all),
            operations: Counted::new(&table::OPERATIONS, all),
            requests: Counted::new(&table::REQUESTS, all),
            request_duration: Spread::new(&table::REQUEST_DURATION, request_bounds, all),
            commit_writes: Spread::new(&table::COMMIT_WRITES, write_bounds, all),
            commit_duration: Spread::new(&table::COMMIT_DURATION, commit_bounds, all),
            commits_failed: Counted::new(&table::COMMITS_FAILED, all),
            polled_ms: Mutex::default(),
            registry,
        }
    }
}

impl Meters {
    /// `shop` is a connection's id and its kind.
    pub(crate) fn taken(&self, workspace: &str, shop: (&str, &str), taken: &Taken) {
        for (change, count) in [("new", taken.new), ("changed", taken.changed)] {
            self.orders_taken.add(&[workspace, shop.0, shop.1, change], count.into());
        }
    }

    pub(crate) fn delivered(&self, workspace: &str, connection: &Connection, verdict: &str) {
        self.deliveries.add(&[workspace, &connection.id, &connection.kind, verdict], 1);
    }

    /// Answers the word for what came of it.
    pub(crate) fn attempted(&self, workspace: &str, provider: &str, outcome: &Outcome) -> &'static str {
        let word = match outcome {
            Outcome::Issued { .. } => "issued",
            Outcome::Refused(_) => "refused",
            Outcome::Back { failure, .. } => put_back(failure),
            Outcome::Unknown(_) => "in_doubt",
        };
        self.attempts.add(&[workspace, provider, word], 1);
        word
    }

    pub(crate) fn operated(
        &self,
        workspace: &str,
        provider: &str,
        operation: &str,
        outcome: &OperationOutcome,
    ) -> &'static str {
        let word = match outcome {
            OperationOutcome::Done(_) => "done",
            OperationOutcome::Refused(_) => "refused",
            OperationOutcome::Back { failure, .. } => put_back(failure),
            OperationOutcome::Unknown(_) => "in_doubt",
        };
        self.operations.add(&[workspace, provider, operation, word], 1);
        word
    }

    fn requested(
        &self,
        workspace: &str,
        provider: &str,
        operation: &str,
        answer: &Result<HttpAnswer, TransportError>,
        took: Duration,
    ) {
        let class = match answer.as_ref().map(|answer| answer.status / 100) {
            Ok(2) => "2xx",
            Ok(3) => "3xx",
            Ok(4) => "4xx",
            Ok(5) => "5xx",
            Ok(_) => "other",
            Err(_) => "none",
        };
        self.requests.add(&[workspace, provider, operation, class], 1);
        self.request_duration.observe(&[workspace, provider, operation], took.as_secs_f64());
    }

    pub(crate) fn committed(&self, workspace: &str, commit: Commit) {
        if commit.is_durable {
            self.commit_writes.observe(&[workspace], commit.writes as f64);
            self.commit_duration.observe(&[workspace], commit.took.as_secs_f64());
        } else {
            self.commits_failed.add(&[workspace], 1);
        }
    }

    pub(crate) fn polled(&self, connection_id: &str, now_ms: i64) {
        lock(&self.polled_ms).insert(connection_id.to_owned(), now_ms);
    }

    fn last_poll_ms(&self, connection_id: &str) -> Option<i64> {
        lock(&self.polled_ms).get(connection_id).copied()
    }
}

impl Workspace {
    /// Counts orders that were taken in.
    pub(crate) fn count_taken(&self, connection: &Connection, taken: &Taken) {
        self.deps.meters.taken(&self.ledger.info().id, (&connection.id, &connection.kind), taken);
    }

    /// Counts a send by what came of it, and says so in its trace.
    pub(crate) fn tell_outcome(&self, connection: &Connection, outcome: &Outcome) {
        let word = self.deps.meters.attempted(&self.ledger.info().id, &connection.kind, outcome);
        tracing::Span::current().record("outcome", word);
    }
}

fn put_back(failure: &Failure) -> &'static str {
    match failure.phase {
        Phase::Prepare | Phase::NotSent => "not_sent",
        Phase::Unknown | Phase::Refused | Phase::Mismatch => "put_off",
    }
}
