//! How every workspace stands, read when it is asked for.

use super::table::{self, Metric};
use super::{Labels, Meters, labelled, register};
use crate::error::Result;
use crate::schedule::JobKind;
use crate::workspace::{Workspace, lock};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use punte_connectors::shops::ShopKind;
use punte_store::ledger::Connection;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Everything that is counted and how the workspaces stand, as OpenMetrics text. What cannot be read of a workspace is left
/// out, and is in the log.
pub async fn scrape(meters: &Meters, workspaces: &[Arc<Workspace>]) -> String {
    let mut now = Now::default();
    for workspace in workspaces {
        if let Err(error) = workspace.tell_standing(meters, &mut now).await {
            tracing::warn!(%error, workspace = workspace.ledger.info().id, "a workspace could not be measured");
        }
    }
    now.tell_process();
    let mut text = String::new();
    let written = encode_registry(&mut text, &meters.registry)
        .and_then(|()| encode_registry(&mut text, &now.registry))
        .and_then(|()| encode_eof(&mut text));
    if let Err(error) = written {
        tracing::error!(%error, "metrics could not be written");
    }
    text
}

/// The gauges of one moment.
#[derive(Default)]
struct Now {
    registry: Registry,
    families: HashMap<&'static str, Family<Labels, Gauge<f64, AtomicU64>>>,
}

impl Now {
    fn set(&mut self, metric: &'static Metric, values: &[&str], value: impl Into<f64>) {
        let family = self.families.entry(metric.stem).or_insert_with(|| {
            let family = Family::default();
            register(&mut self.registry, metric, family.clone());
            family
        });
        family.get_or_create(&labelled(metric, values)).set(value.into());
    }

    /// What is counted by names with a beginning and an end, by what stands between.
    fn set_counts(
        &mut self,
        metric: &'static Metric,
        workspace: &str,
        counts: &HashMap<String, i64>,
        (begins, ends): (&str, &str),
    ) {
        for (name, count) in counts {
            if let Some(label) = name.strip_prefix(begins).and_then(|rest| rest.strip_suffix(ends)) {
                self.set(metric, &[workspace, label], *count as f64);
            }
        }
    }

    fn tell_process(&mut self) {
        let version = Info::new(labelled(&table::BUILD, &[env!("CARGO_PKG_VERSION")]));
        register(&mut self.registry, &table::BUILD, version);
        let process = metrics_process::collector::collect();
        let told = [
            (&table::RESIDENT, process.resident_memory_bytes),
            (&table::OPEN_FILES, process.open_fds),
            (&table::MOST_FILES, process.max_fds.filter(|most| *most > 0)),
            (&table::STARTED, process.start_time_seconds),
        ];
        for (metric, value) in told {
            if let Some(value) = value {
                self.set(metric, &[], value as f64);
            }
        }
        if let Some(seconds) = process.cpu_seconds_total {
            register(&mut self.registry, &table::PROCESSOR, ConstCounter::new(seconds));
        }
    }
}

fn age_s(now_ms: i64, at_ms: i64) -> f64 {
    now_ms.saturating_sub(at_ms).max(0) as f64 / 1000.0
}

impl Workspace {
    async fn tell_standing(&self, meters: &Meters, now: &mut Now) -> Result<()> {
        let (id, now_ms) = (self.ledger.info().id.as_str(), self.now_ms());
        now.set(&table::WRITABLE, &[id], u32::from(self.trouble().is_none()));
        now.set(&table::QUARANTINED, &[id], u32::from(self.is_quarantined()));
        let sizes = self.ledger.file_sizes();
        for (file, bytes) in [("ledger", sizes.ledger), ("wal", sizes.wal), ("cache", sizes.cache)] {
            now.set(&table::LEDGER_SIZE, &[id, file], bytes as f64);
        }
        let standing = self.ledger.read_standing(now_ms).await?;
        for (metric, counts, around) in [
            (&table::DOCUMENTS, &standing.counts, ("document:", "")),
            (&table::ORDERS, &standing.counts, ("order:", "")),
            (&table::FINDINGS, &standing.counts, ("finding:", ":open")),
            (&table::OPERATIONS_OPEN, &standing.operations, ("", "")),
            (&table::FAILURES, &standing.failures, ("", "")),
            (&table::ALERTS, &standing.alerts, ("", "")),
        ] {
            now.set_counts(metric, id, counts, around);
        }
        for (metric, name) in [(&table::MISMATCHED, "mismatched"), (&table::CHANGED, "changed")] {
            now.set(metric, &[id], standing.counts.get(name).copied().unwrap_or_default() as f64);
        }
        now.set(&table::QUEUE_DUE, &[id], standing.due as f64);
        now.set(&table::QUEUE_AGE, &[id], standing.oldest_due_ms.map_or(0.0, |due_ms| age_s(now_ms, due_ms)));
        for connection in self.ledger.list_connections().await? {
            self.tell_connection(&connection, meters, now);
        }
        // a place that cannot be read has no newest backup to tell of; alerts say that it cannot
        if let Ok((_, Some(made_ms))) = self.backup_place().newest_made() {
            now.set(&table::BACKUP_AGE, &[id], age_s(now_ms, made_ms));
        }
        Ok(())
    }

    fn tell_connection(&self, connection: &Connection, meters: &Meters, now: &mut Now) {
        let (id, now_ms) = (self.ledger.info().id.as_str(), self.now_ms());
        let about = [id, connection.id.as_str(), connection.kind.as_str()];
        now.set(&table::STOPPED, &about, u32::from(connection.stop.is_some()));
        if ShopKind::parse(&connection.kind).is_some_and(ShopKind::polls) {
            let polled_ms = meters.last_poll_ms(&connection.id).or_else(|| self.kept_poll_ms(&connection.id));
            if let Some(polled_ms) = polled_ms {
                now.set(&table::POLL_AGE, &about, age_s(now_ms, polled_ms));
            }
        }
        let Ok(address) = self.resolve_address(&connection.kind, &connection.address) else { return };
        for lane in self.deps.budgets.standing(&address.url, &connection.account) {
            let about = [about[0], about[1], about[2], lane.lane];
            now.set(&table::LIMITER_WAITING, &about, lane.waiting as f64);
            now.set(&table::LIMITER_FREE, &about, lane.free_in.as_secs_f64());
            now.set(&table::LIMITER_LIMITED, &about, lane.limited_for.as_secs_f64());
            if let Some(left) = lane.left {
                now.set(&table::LIMITER_LEFT, &about, left);
            }
        }
    }

    /// The last poll before this process began, where it is kept and went well.
    fn kept_poll_ms(&self, connection_id: &str) -> Option<i64> {
        let schedule = lock(&self.schedule);
        let last = schedule.last(&format!("{}:{connection_id}", JobKind::Poll.as_str()))?;
        (last.result.outcome == "ok").then_some(last.finished_ms)
    }
}
