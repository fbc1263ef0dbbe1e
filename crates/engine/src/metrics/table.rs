//! Every metric, with its meaning: what is registered, what docs/metrics.md says and what a dashboard may ask for are one list.
//!
//! A label is an id or one of a fixed set of words, never a name, an address or anything of a client.

use Kind::{Counter, Gauge, Histogram, Info};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Since the process began.
    Counter,
    /// As it stands when it is asked for.
    Gauge,
    Histogram,
    Info,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Counter => "counter",
            Gauge => "gauge",
            Histogram => "histogram",
            Info => "info",
        }
    }
}

/// One metric.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Without its unit, and without what its kind adds.
    pub(super) stem: &'static str,
    pub kind: Kind,
    /// `seconds`, `bytes`, or nothing where it is a number.
    pub unit: &'static str,
    pub labels: &'static [&'static str],
    /// One sentence without its full stop.
    pub help: &'static str,
}

impl Metric {
    /// As it is scraped; of a histogram without `_bucket`, `_sum` and `_count`.
    pub fn name(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!("_{}", self.unit) };
        let end = match self.kind {
            Counter => "_total",
            Info => "_info",
            Gauge | Histogram => "",
        };
        format!("{}{unit}{end}", self.stem)
    }
}

const fn metric(
    kind: Kind,
    (stem, unit): (&'static str, &'static str),
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { stem, kind, unit, labels, help }
}

macro_rules! metrics {
    ($($name:ident = $kind:ident, $stem:literal, $unit:literal, [$($label:literal),*], $help:literal;)+) => {
        $(pub(super) static $name: Metric = metric($kind, ($stem, $unit), &[$($label),*], $help);)+
        /// All of them, in the order in which they are told.
        pub static METRICS: &[&Metric] = &[$(&$name),+];
    };
}

metrics! {
    ORDERS_TAKEN = Counter, "punte_orders_taken", "", ["workspace", "connection", "kind", "change"],
        "Orders taken in from a shop connection: new ones, and new versions of known ones (changed)";
    DELIVERIES = Counter, "punte_deliveries", "", ["workspace", "connection", "kind", "verdict"],
        "Webhooks that knocked at a connection, by what was found of them";
    ATTEMPTS = Counter, "punte_attempts", "", ["workspace", "provider", "outcome"],
        "Documents sent, by what came of it: issued, refused, not_sent (nothing left the machine), put_off (turned down, and tried again later), in_doubt";
    OPERATIONS = Counter, "punte_operations", "", ["workspace", "provider", "operation", "outcome"],
        "Things done to issued documents, by what came of it: done, refused, not_sent, put_off, in_doubt";
    REQUESTS = Counter, "punte_requests", "", ["workspace", "provider", "operation", "answer"],
        "Requests sent out, by the class of the answer's status (2xx to 5xx), or none where there was no whole answer";
    REQUEST_DURATION = Histogram, "punte_request_duration", "seconds", ["workspace", "provider", "operation"],
        "Time from sending a request to the last byte of its answer, or to its failure, without the wait for its turn";
    COMMIT_WRITES = Histogram, "punte_ledger_commit_writes", "", ["workspace"],
        "Writes that went into one commit of the ledger";
    COMMIT_DURATION = Histogram, "punte_ledger_commit_duration", "seconds", ["workspace"],
        "Time that a commit of the ledger took, its writes included";
    COMMITS_FAILED = Counter, "punte_ledger_commits_failed", "", ["workspace"],
        "Commits of the ledger that failed; nothing in them was acknowledged";
    ORDERS = Gauge, "punte_orders", "", ["workspace", "decision"], "Orders in the ledger, by what was decided about them";
    DOCUMENTS = Gauge, "punte_documents", "", ["workspace", "state"], "Documents in the ledger, by state";
    MISMATCHED = Gauge, "punte_documents_mismatched", "", ["workspace"],
        "Issued documents of which the provider holds something else than was sent";
    CHANGED = Gauge, "punte_documents_changed", "", ["workspace"],
        "Issued documents whose order changed since, and about which nobody has decided yet";
    FINDINGS = Gauge, "punte_findings_open", "", ["workspace", "kind"], "Open findings of reconciling, by kind";
    QUEUE_DUE = Gauge, "punte_queue_due", "", ["workspace"], "Documents that may be sent and whose time has come";
    QUEUE_AGE = Gauge, "punte_queue_oldest_age", "seconds", ["workspace"],
        "How long the oldest of them is due; 0 where there is none";
    OPERATIONS_OPEN = Gauge, "punte_operations_open", "", ["workspace", "state"],
        "Things to be done to issued documents that are not over: waiting, sending, in_doubt";
    FAILURES = Gauge, "punte_failures_open", "", ["workspace", "kind"], "Held records, by the kind of their failure";
    ALERTS = Gauge, "punte_alerts_open", "", ["workspace", "rule"], "Alerts that stand, by rule";
    STOPPED = Gauge, "punte_connection_stopped", "", ["workspace", "connection", "kind"],
        "1 while a connection rests or waits for a person, 0 while it works";
    POLL_AGE = Gauge, "punte_poll_success_age", "seconds", ["workspace", "connection", "kind"],
        "Time since a shop was last polled with success; not told before the first time";
    BACKUP_AGE = Gauge, "punte_backup_age", "seconds", ["workspace"],
        "Time since the newest backup that was made here; not told where there is none";
    LIMITER_LEFT = Gauge, "punte_limiter_calls_left", "", ["workspace", "connection", "kind", "lane"],
        "Calls left in the provider's window, where it told; documents and rest are counted apart where the provider does so";
    LIMITER_WAITING = Gauge, "punte_limiter_waiting", "", ["workspace", "connection", "kind", "lane"],
        "Calls that wait for their turn";
    LIMITER_FREE = Gauge, "punte_limiter_next_call", "seconds", ["workspace", "connection", "kind", "lane"],
        "Time until the next call may leave";
    LIMITER_LIMITED = Gauge, "punte_limiter_limited", "seconds", ["workspace", "connection", "kind", "lane"],
        "Time for which nothing may leave any more: a ban, or a window that is used up; 0 where there is none";
    QUARANTINED = Gauge, "punte_quarantined", "", ["workspace"],
        "1 while nothing is sent because the ledger is older than what this machine saw of it";
    WRITABLE = Gauge, "punte_ledger_writable", "", ["workspace"],
        "0 while the ledger cannot be written, and nothing is sent for it";
    LEDGER_SIZE = Gauge, "punte_ledger_size", "bytes", ["workspace", "file"],
        "Size of a workspace's files: ledger, wal (what is not merged into it yet), cache";
    BUILD = Info, "punte_build", "", ["version"], "The version that runs";
    RESIDENT = Gauge, "process_resident_memory", "bytes", [], "Memory of the process that is in use";
    OPEN_FILES = Gauge, "process_open_fds", "", [], "Open file handles of the process";
    MOST_FILES = Gauge, "process_max_fds", "", [], "Most file handles that the process may have open";
    PROCESSOR = Counter, "process_cpu", "seconds", [], "Time that the process used processors";
    STARTED = Gauge, "process_start_time", "seconds", [], "When the process began, in seconds since 1970";
}
