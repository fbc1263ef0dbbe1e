//! A running workspace: its ledger, what it is connected to, and the loops that move records on.
//!
//! Each loop repeats one step and can be cut off anywhere: what is durable is in the ledger, what is here is only a watch
//! on it.

use crate::alerts::Teller;
use crate::clock::Clock;
use crate::connect::Connected;
use crate::desk::Passes;
use crate::desk::export::Exports;
use crate::editor::DryRun;
use crate::error::Result;
use crate::inbox::HookSecrets;
use crate::metrics::Meters;
use crate::outbox::{Asked, Lane};
use crate::quarantine::Owner;
use crate::schedule::Schedule;
use crate::settle::Watch;
use crate::told;
use punte_connectors::{Budgets, StoredBudget, Transport, Urgency};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::cache::Cache;
use punte_store::ledger::{SeriesKey, Writing};
use punte_store::{Ledger, NewWorkspace, StoreError};
use punte_vault::Vault;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span};

/// Between looks at whether what is overdue may go on.
const OVERDUE: Duration = Duration::from_secs(2);

/// Where the cache keeps the accounts' budgets.
const BUDGETS: &str = "budgets";

/// What changed, for screens to read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    Connections,
    Documents,
    Mappings,
    Orders,
    /// What the owner may do: quarantined, read on, lifted.
    Workspace,
    Reconcile,
    Schedule,
    /// A dry run went on, or ended.
    DryRun,
    /// An export went on, or ended.
    Exports,
    /// A job over many records went on, or ended.
    Bulk,
    /// A webhook came, or was processed.
    Inbox,
    /// Orders from before a flow were planned or taken up.
    Backfill,
    /// A file of orders came, was taken in further, or ended.
    Imports,
    /// Something was put on record.
    Audit,
    /// A cause came up or went, somebody was told, or what is set about alerts changed.
    Alerts,
}

/// The parts that a host puts under a workspace.
#[derive(Clone)]
pub struct Deps {
    pub clock: Arc<dyn Clock>,
    pub vault: Arc<dyn Vault>,
    pub transport: Arc<dyn Transport>,
    /// What each account may still call, for the whole host.
    pub budgets: Arc<Budgets>,
    /// Addresses by name (`sandbox:oblio` → `http://127.0.0.1:…`), fixed at start.
    pub addresses: HashMap<String, String>,
    pub timing: Timing,
    /// What is counted, for the whole host.
    pub meters: Arc<Meters>,
    /// What tells this machine from others; never kept or shown as it is.
    pub machine: String,
    /// Folder of the app's state on this machine, outside every workspace's own.
    pub state: PathBuf,
}

/// Every duration that the engine waits, and how much it does at a time, in one place.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    pub poll: Duration,
    pub poll_sandbox: Duration,
    /// Longer than a provider takes at worst to act and to list, and so than a create may take: of one that a crash cut off
    /// nobody waited for the answer, and its quiet time begins at the next start.
    pub quiet: Duration,
    pub quiet_sandbox: Duration,
    /// Time limit of a create.
    pub create: Duration,
    pub create_sandbox: Duration,
    /// From an issue to the read that verifies it.
    pub verify_after: Duration,
    /// From a send to e-Factura to the read of its status, and between reads in a sandbox; elsewhere twenty times as long.
    pub einvoice_read: Duration,
    /// The longest that a loop rests when nothing is due: what wakes it comes sooner.
    pub idle: Duration,
    /// From one cheap read of a billing connection to the next, so that a dead credential shows before an order needs it.
    pub health: Duration,
    pub health_sandbox: Duration,
    /// From one reading of what is paid to the next.
    pub payments: Duration,
    pub payments_sandbox: Duration,
    /// From one reconcile pass over a series to the next.
    pub reconcile: Duration,
    pub reconcile_sandbox: Duration,
    pub retention: Duration,
    /// From one look at what may be worth an alert to the next; zero: nobody looks.
    pub alerts: Duration,
    /// The longest that a stop waits for what is under way.
    pub stop: Duration,
    /// Creates under way at a time in a lane whose provider takes more than one; elsewhere it is one.
    pub parallel: usize,
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            poll: Duration::from_secs(60),
            poll_sandbox: Duration::from_secs(3),
            quiet: Duration::from_secs(20 * 60),
            quiet_sandbox: Duration::from_secs(5),
            create: Duration::from_secs(120),
            create_sandbox: Duration::from_secs(4),
            verify_after: Duration::from_secs(1),
            einvoice_read: Duration::from_secs(3),
            idle: Duration::from_secs(30),
            health: Duration::from_secs(15 * 60),
            health_sandbox: Duration::from_secs(5 * 60),
            payments: Duration::from_secs(6 * 60 * 60),
            payments_sandbox: Duration::from_secs(10 * 60),
            reconcile: Duration::from_secs(24 * 60 * 60),
            reconcile_sandbox: Duration::from_secs(30 * 60),
            retention: Duration::from_secs(24 * 60 * 60),
            alerts: Duration::from_secs(60),
            stop: Duration::from_secs(5),
            parallel: 8,
        }
    }
}

pub struct Workspace {
    pub(crate) ledger: Ledger,
    pub(crate) cache: Cache,
    pub(crate) deps: Deps,
    pub(crate) connected: Mutex<HashMap<(String, Urgency), Connected>>,
    /// Logins of simulators, by connection, for this session.
    pub(crate) lent: Mutex<HashMap<String, SecretString>>,
    /// Quiet time of each document in doubt, by monotonic time; begins anew at every start.
    pub(crate) watches: Mutex<HashMap<i64, Watch>>,
    /// The same for operations in doubt.
    pub(crate) operation_watches: Mutex<HashMap<i64, Watch>>,
    /// Wall clock and monotonic time when what is in doubt was last gone through.
    pub(crate) last_settling: Mutex<Option<(i64, Duration)>>,
    /// Documents that a task of this process is sending or looking up, each with its lane.
    pub(crate) in_flight: Mutex<HashMap<i64, Lane>>,
    /// What shops were asked before sends.
    pub(crate) asked: Mutex<Asked>,
    /// Of these, the ones that an operation is done to, each with its connection.
    pub(crate) operating: Mutex<BTreeMap<i64, String>>,
    /// Series whose reconcile pass is under way.
    pub(crate) reconciling: Arc<Mutex<BTreeSet<SeriesKey>>>,
    /// The dry run of each mapping that is under way or was last.
    pub(crate) dry_runs: Mutex<HashMap<String, DryRun>>,
    /// Lists that are gone through for their counts, totals and places.
    pub(crate) desk: Passes,
    /// The export that is under way or was last.
    pub(crate) exports: Exports,
    /// What webhooks may be signed with, by connection, as far as it was needed.
    pub(crate) hook_secrets: Mutex<HookSecrets>,
    /// Items of bulk jobs whose act this process has done.
    pub(crate) bulk_acted: Mutex<BTreeSet<i64>>,
    /// What runs by itself: when it ran last, and when it is due.
    pub(crate) schedule: Mutex<Schedule>,
    /// Held while the list of orders that cannot be read is changed.
    pub(crate) unreadable_turn: Mutex<()>,
    /// How far the backup is that is being made.
    pub(crate) backing: crate::backup::Progress,
    pub(crate) outbox_wake: Notify,
    pub(crate) settle_wake: Notify,
    pub(crate) poll_wake: Notify,
    pub(crate) decide_wake: Notify,
    pub(crate) verify_wake: Notify,
    pub(crate) operate_wake: Notify,
    pub(crate) note_wake: Notify,
    pub(crate) change_wake: Notify,
    pub(crate) einvoice_wake: Notify,
    pub(crate) owner: Owner,
    pub(crate) schedule_wake: Notify,
    pub(crate) long_wake: Notify,
    pub(crate) bulk_wake: Notify,
    pub(crate) inbox_wake: Notify,
    pub(crate) backfill_wake: Notify,
    pub(crate) import_wake: Notify,
    pub(crate) alert_wake: Notify,
    pub(crate) notice_wake: Notify,
    /// Makes words of notices.
    pub(crate) teller: OnceLock<Teller>,
    /// Whoever writes a piece of a file has it.
    pub(crate) import_turn: tokio::sync::Mutex<()>,
    pub(crate) stopping: CancellationToken,
    killed: CancellationToken,
    tasks: TaskTracker,
    trouble: Mutex<Option<Failure>>,
    changes: broadcast::Sender<Change>,
}

/// Locks a mutex whose holder never panics while holding it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Workspace {
    /// Makes a new workspace in a folder.
    pub fn create(folder: &Path, name: &str, is_sandbox: bool, deps: Deps) -> Result<Arc<Workspace>> {
        Workspace::create_with(folder, name, is_sandbox, deps, Writing::default())
    }

    /// The same with the ledger's writes run in another way than on its writer thread.
    pub fn create_with(
        folder: &Path,
        name: &str,
        is_sandbox: bool,
        deps: Deps,
        writing: Writing,
    ) -> Result<Arc<Workspace>> {
        let new = NewWorkspace {
            id: deps.clock.new_id("ws"),
            name: name.to_owned(),
            is_sandbox,
            seed: punte_domain::WorkspaceSeed(deps.clock.new_seed()),
            now_ms: deps.clock.now_ms(),
        };
        Workspace::around(Ledger::create_with(folder, &new, writing)?, deps)
    }

    /// Opens and owns an existing one.
    pub fn open(folder: &Path, deps: Deps) -> Result<Arc<Workspace>> {
        Workspace::around(Ledger::open(folder)?, deps)
    }

    pub fn open_with(folder: &Path, deps: Deps, writing: Writing) -> Result<Arc<Workspace>> {
        Workspace::around(Ledger::open_with(folder, writing)?, deps)
    }

    fn around(ledger: Ledger, deps: Deps) -> Result<Arc<Workspace>> {
        let cache = Cache::open(ledger.folder())?;
        let (meters, id) = (deps.meters.clone(), ledger.info().id.clone());
        ledger.watch_commits(move |commit| meters.committed(&id, commit));
        let (changes, _) = broadcast::channel(256);
        Ok(Arc::new(Workspace {
            ledger,
            cache,
            deps,
            connected: Mutex::default(),
            lent: Mutex::default(),
            watches: Mutex::default(),
            operation_watches: Mutex::default(),
            last_settling: Mutex::default(),
            in_flight: Mutex::default(),
            asked: Mutex::default(),
            operating: Mutex::default(),
            reconciling: Arc::default(),
            dry_runs: Mutex::default(),
            desk: Passes::default(),
            exports: Exports::default(),
            hook_secrets: Mutex::default(),
            bulk_acted: Mutex::default(),
            schedule: Mutex::default(),
            unreadable_turn: Mutex::default(),
            backing: crate::backup::Progress::default(),
            outbox_wake: Notify::new(),
            settle_wake: Notify::new(),
            poll_wake: Notify::new(),
            decide_wake: Notify::new(),
            verify_wake: Notify::new(),
            operate_wake: Notify::new(),
            note_wake: Notify::new(),
            change_wake: Notify::new(),
            einvoice_wake: Notify::new(),
            owner: Owner::default(),
            schedule_wake: Notify::new(),
            long_wake: Notify::new(),
            bulk_wake: Notify::new(),
            inbox_wake: Notify::new(),
            backfill_wake: Notify::new(),
            import_wake: Notify::new(),
            alert_wake: Notify::new(),
            notice_wake: Notify::new(),
            teller: OnceLock::new(),
            import_turn: tokio::sync::Mutex::default(),
            stopping: CancellationToken::new(),
            killed: CancellationToken::new(),
            tasks: TaskTracker::new(),
            trouble: Mutex::default(),
            changes,
        }))
    }

    /// Compares the ledger with what this machine remembers of it, turns what the last owner left `sending` into `in_doubt`,
    /// then starts the loops.
    #[tracing::instrument(name = "workspace", level = "error", skip_all, fields(workspace = self.ledger.info().id))]
    pub async fn start(self: &Arc<Self>) -> Result<()> {
        crate::backup::sweep(self.ledger.folder());
        self.take_up().await?;
        self.take_budgets_up();
        let swept =
            self.ledger.sweep_sending(self.now_ms()).await? + self.ledger.sweep_operations(self.now_ms()).await?;
        if swept > 0 {
            tracing::warn!(swept, "requests were under way when the last owner ended; their outcomes are in doubt");
        }
        let this = self.clone();
        self.spawn(async move { this.run_decide().await });
        let this = self.clone();
        self.spawn(async move { this.run_outbox().await });
        let this = self.clone();
        self.spawn(async move { this.run_settle().await });
        let this = self.clone();
        self.spawn(async move { this.run_verify().await });
        let this = self.clone();
        self.spawn(async move { this.run_operations().await });
        let this = self.clone();
        self.spawn(async move { this.run_einvoices().await });
        let this = self.clone();
        self.spawn(async move { this.run_notes().await });
        let this = self.clone();
        self.spawn(async move { this.run_changes().await });
        let this = self.clone();
        self.spawn(async move { this.run_polls().await });
        let this = self.clone();
        self.spawn(async move { this.run_inbox().await });
        let this = self.clone();
        self.spawn(async move { this.run_backfills().await });
        let this = self.clone();
        self.spawn(async move { this.run_imports().await });
        let this = self.clone();
        self.spawn(async move { this.run_mark().await });
        let this = self.clone();
        self.spawn(async move { this.run_vault().await });
        if self.is_quarantined() {
            let this = self.clone();
            self.spawn(async move { this.run_quarantine().await });
        }
        self.take_schedule_up();
        let this = self.clone();
        self.spawn(async move { this.run_schedule().await });
        let this = self.clone();
        self.spawn(async move { this.run_long_jobs().await });
        self.ledger.sweep_bulk_plans(self.now_ms()).await?;
        let this = self.clone();
        self.spawn(async move { this.run_bulk().await });
        if !self.deps.timing.alerts.is_zero() {
            let this = self.clone();
            self.spawn(async move { this.run_alerts().await });
            let this = self.clone();
            self.spawn(async move { this.run_notices().await });
        }
        Ok(())
    }

    /// Stops taking work on, and waits a bounded time for what is under way. What remains is in doubt at the next start.
    #[tracing::instrument(name = "workspace", level = "error", skip_all, fields(workspace = self.ledger.info().id))]
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.tasks.close();
        if tokio::time::timeout(self.deps.timing.stop, self.tasks.wait()).await.is_err() {
            tracing::warn!("stopped with requests under way; their documents will be in doubt");
        }
        self.leave_mark().await;
        if let Err(error) = self.put_budgets_down().await {
            tracing::warn!(%error, "the budgets of calls are not kept: a full window is waited at the next start");
        }
    }

    /// Runs a task of this workspace until its end, or until the workspace is killed.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let killed = self.killed.clone();
        let bounded = async move {
            tokio::select! {
                biased;
                () = killed.cancelled() => {}
                () = task => {}
            }
        };
        self.tasks.spawn(bounded.instrument(told::of_workspace(&self.ledger.info().id)));
    }

    /// The same, with what its lines in the log are about.
    pub(crate) fn spawn_about(&self, about: Span, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn(task.instrument(about));
    }

    /// Ends every task where it stands, as a crash would: nothing is finished, marked or put down. For simulations; returns
    /// when the last task is gone.
    pub async fn kill(&self) {
        self.killed.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// What an orderly stop kept of the accounts' budgets. It is gone once read: after a crash nothing is known, and a full
    /// window is waited.
    fn take_budgets_up(&self) {
        if let Some((json, _)) = self.cache.take_listing("", BUDGETS) {
            let stored: Vec<StoredBudget> = serde_json::from_str(&json).unwrap_or_default();
            self.deps.budgets.restore(stored, self.now_ms());
        }
    }

    async fn put_budgets_down(&self) -> Result<()> {
        let connections = self.ledger.list_connections().await?;
        let mut budgets = self.deps.budgets.snapshot(self.now_ms());
        budgets.retain(|budget| connections.iter().any(|one| one.account.trim().eq_ignore_ascii_case(&budget.account)));
        if budgets.is_empty() {
            return Ok(());
        }
        let json = serde_json::to_string(&budgets).map_err(StoreError::Json)?;
        self.cache.record_listing("", BUDGETS, &json, self.now_ms());
        Ok(())
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Why the ledger cannot be written, while that lasts: nothing is sent meanwhile.
    pub fn trouble(&self) -> Option<Failure> {
        lock(&self.trouble).clone()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.deps.clock.now_ms()
    }

    pub(crate) fn changed(&self, change: Change) {
        self.note_lists(change);
        // nobody listening is fine
        let _ = self.changes.send(change);
    }

    /// Notes whether the ledger can be written. Answers whether the error was the ledger's.
    pub(crate) fn note_storage(&self, error: Option<&StoreError>) -> bool {
        let trouble = error.filter(|error| error.is_storage_trouble()).map(|error| {
            Failure::new(FailureKind::LedgerUnwritable, Phase::Prepare, "write ledger", self.ledger.info().name.clone())
                .with_detail(error.to_string())
        });
        let is_trouble = trouble.is_some();
        let mut held = lock(&self.trouble);
        if held.is_some() != is_trouble {
            match error {
                Some(error) => tracing::error!(%error, "the ledger cannot be written: nothing is sent until it can"),
                None => tracing::info!("the ledger can be written again"),
            }
            *held = trouble;
            drop(held);
            self.changed(Change::Connections);
        }
        is_trouble
    }

    pub(crate) fn note_engine_error(&self, error: &crate::error::EngineError, doing: &'static str) {
        match error {
            crate::error::EngineError::Store(StoreError::Stale(what)) => {
                tracing::debug!(what, doing, "moved on meanwhile; decided again");
            }
            crate::error::EngineError::Store(StoreError::Quarantined) => {
                tracing::debug!(doing, "quarantined: not sent");
            }
            crate::error::EngineError::Store(store) => {
                if !self.note_storage(Some(store)) {
                    tracing::error!(error = %store, doing, "ledger");
                }
            }
            other => tracing::error!(error = %other, doing, "engine"),
        }
    }

    /// How long a loop may rest: until what is due next, at most the idle time. What is overdue waits for a connection that may
    /// not be called now.
    pub(crate) fn until(&self, due_ms: Option<i64>) -> Duration {
        let Some(due_ms) = due_ms else { return self.deps.timing.idle };
        let left = Duration::from_millis((due_ms - self.now_ms()).max(0) as u64);
        let left = if left.is_zero() { OVERDUE } else { left };
        left.min(self.deps.timing.idle)
    }

    /// Waits for a wake-up, at most `longest`; false when the workspace stops.
    pub(crate) async fn rest(&self, wake: &Notify, longest: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stopping.cancelled() => false,
            () = wake.notified() => true,
            () = tokio::time::sleep(longest) => true,
        }
    }
}
