//! The durable half of a workspace: opening, owning, reading.
//!
//! Whoever opens a ledger owns it: an operating-system lock for as long as it is open, and an epoch that every write
//! checks. Attached clients never open the file; they ask the owner.

mod alerts;
mod attempts;
mod audit;
mod backfill;
mod backup;
mod bulk;
mod carry;
mod causes;
mod changes;
mod check;
mod clients;
mod connections;
mod desk;
mod documents;
mod doubled;
mod edits;
mod einvoices;
mod events;
mod fill;
mod following;
mod found;
mod imports;
mod inbox;
mod lanes;
mod lists;
mod mappings;
mod months;
mod notices;
mod operations;
mod orders;
mod ownership;
mod people;
mod proformas;
mod put_back;
mod reconcile;
mod retention;
mod rules;
mod series;
mod set_by_hand;
mod shape;
mod soundness;
mod standing;
mod steps;
pub mod table;
mod trends;
mod verification;
mod views;
mod watched;
mod workspace;
mod writer;

pub use alerts::{Alert, AlertChannel, AlertStep, Telling};
pub use attempts::{Attempt, Intent, Look, NewLook, Outcome};
pub use audit::{
    AuditActor, AuditBreak, AuditEntry, AuditFault, AuditHead, AuditLoss, AuditPersonal, AuditQuery, AuditReport, LOST,
    NewAuditRow, Witness,
};
pub use backfill::{Backfill, BackfillGroup, BackfillOrder, NewBackfill};
pub use backup::BackupFacts;
pub use bulk::{BulkCounts, BulkItem, BulkJob, BulkReportItem, ItemEnd, LaneKey, NewBulkItem, NewBulkJob};
pub use carry::NewSetup;
pub use causes::{Cause, CauseRecord};
pub use changes::{ChangeRow, SeenChange};
pub use check::{Finding, Verdict};
pub use clients::{ClientOrder, Erased, KeptDocument, LooseErased, OpenWork, Sought};
pub use connections::{Connection, Flow, Stop};
pub use desk::{Note, RecordDesk};
pub use documents::{Document, NewDocument};
pub use doubled::{FILE_IDENTITY, OtherOrder, SeemingSame};
pub use edits::{EditsKept, RecordEdits};
pub use einvoices::{EInvoiceQuery, EInvoiceSums};
pub use events::{Event, NewEvent};
pub use fill::{FilledAttempt, FilledDocument, FilledOrder};
pub use following::NewTakingBack;
pub use found::{FoundReference, Rekeyed, SeriesProgress, SeriesRead};
pub use imports::{BatchEnd, Import, ImportBatch, ImportReason, ImportReject, MOST_REJECTED, MOST_WAITING, NewImport};
pub use inbox::{
    Delivery, DeliveryBody, DeliveryQuery, DeliveryWork, HookState, IdMeans, LastDeliveries, NewDelivery, Recorded,
};
pub use lanes::Doubts;
pub use lists::{Counts, ListQuery, PeriodSum, Placed, SEARCHED_CHARS};
pub use mappings::{MappingDraft, MappingRow, MappingVersion, NewVersion, VersionRow};
pub use months::{Books, Closing, LeftOut, MonthDocument, NewClosing, SinceClosing};
pub use notices::{NewNotice, Notice, NoticeSend, SendEnd};
pub use operations::{Effect, NewOperation, Operation, OperationOutcome};
pub use orders::{DecisionRow, DocumentPlan, IncomingOrder, OrderRow, Taken};
pub use ownership::Quarantine;
pub use people::{Approval, Person, PersonSecret};
pub use proformas::ProformaStanding;
pub use put_back::PutBack;
pub use reconcile::{FindingQuery, FindingRow, NewFinding, NewRun, ReconcileRun, RunEnd, Scope};
pub use retention::Share;
pub use series::{PaidOrder, SeriesDocument, SeriesKey};
pub use shape::{Shape, TableShape};
pub use standing::{FileSizes, Standing};
pub use steps::{Steps, Writing};
pub use trends::DayTotals;
pub use verification::{Dues, Verified};
pub use views::SavedView;
pub use watched::{DoubtSum, OrderHours};
pub use workspace::{LedgerInfo, NewWorkspace};
pub use writer::Commit;

use crate::error::{Result, StoreError};
use crate::private::{keep_folder_private, make_private};
use rusqlite::config::DbConfig;
use rusqlite::{Connection as Sqlite, OpenFlags};
use rusqlite_migration::{M, Migrations};
use soundness::Check;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use writer::{CommitWatch, Writer};

/// Append-only: a released migration is never edited.
static MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("0001_ledger.sql")),
    M::up(include_str!("0002_operations.sql")),
    M::up(include_str!("0003_changes.sql")),
    M::up(include_str!("0004_reconcile.sql")),
    M::up(include_str!("0005_owner.sql")),
    M::up(include_str!("0006_speed.sql")),
    M::up(include_str!("0007_mappings.sql")),
    M::up(include_str!("0008_lists.sql")),
    M::up(include_str!("0009_failures.sql")),
    M::up(include_str!("0010_closing.sql")),
    M::up(include_str!("0011_inbox.sql")),
    M::up(include_str!("0012_rules.sql")),
    M::up(include_str!("0013_backfill.sql")),
    M::up(include_str!("0014_imports.sql")),
    M::up(include_str!("0015_proformas.sql")),
    M::up(include_str!("0016_audit.sql")),
    M::up(include_str!("0017_vault.sql")),
    M::up(include_str!("0018_people.sql")),
    M::up(include_str!("0019_personal.sql")),
    M::up(include_str!("0020_erasure.sql")),
    M::up(include_str!("0021_alerts.sql")),
];

const READERS: usize = 4;
/// Prepared statements that a connection keeps: there are fewer than that.
const STATEMENTS: usize = 256;
/// Pages that the writer keeps in memory, in KiB; readers keep SQLite's usual 2 MiB.
const WRITER_CACHE_KIB: i64 = 8 * 1024;
const BUSY: Duration = Duration::from_secs(10);

/// An owned, open ledger. Cheap to share; the lock goes when the last handle is dropped.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

/// Told the sequence of every intent, after its commit and before anything is sent.
type Keeper = Box<dyn Fn(i64) + Send + Sync>;
/// Told the audit log's head after every commit of a row of it.
type AuditKeeper = Box<dyn Fn(&AuditHead) + Send + Sync>;

struct Inner {
    folder: PathBuf,
    /// Goes on while the ledger is open, where the file is large.
    check: Option<Check>,
    writer: Writer,
    readers: Mutex<Vec<Sqlite>>,
    info: LedgerInfo,
    keeper: OnceLock<Keeper>,
    audit_keeper: OnceLock<AuditKeeper>,
    commits: CommitWatch,
    // held for life: dropping the file releases the lock
    _lock: File,
}

impl Ledger {
    /// Makes a new workspace in a folder and opens it. Refuses a folder that already holds one.
    pub fn create(folder: &Path, new: &NewWorkspace) -> Result<Ledger> {
        Ledger::create_with(folder, new, Writing::default())
    }

    pub fn create_with(folder: &Path, new: &NewWorkspace, writing: Writing) -> Result<Ledger> {
        std::fs::create_dir_all(folder)?;
        let lock = take_lock(folder)?;
        let path = ledger_path(folder);
        if path.exists() {
            return Err(StoreError::Stale(format!("{} exists already", path.display())));
        }
        let mut connection = open_writer(&path)?;
        migrate(&mut connection)?;
        workspace::insert(&connection, new)?;
        Ledger::own(folder, connection, lock, writing, None)
    }

    /// Opens and owns the workspace in a folder: lock, version check, migrations, integrity check (of a large ledger beside the
    /// work), next epoch.
    pub fn open(folder: &Path) -> Result<Ledger> {
        Ledger::open_with(folder, Writing::default())
    }

    pub fn open_with(folder: &Path, writing: Writing) -> Result<Ledger> {
        let path = ledger_path(folder);
        if !path.exists() {
            return Err(StoreError::Missing(folder.display().to_string()));
        }
        let lock = take_lock(folder)?;
        check_version(&path)?;
        let mut connection = open_writer(&path)?;
        migrate(&mut connection)?;
        let check = soundness::begin(&connection, &path, writing.steps.is_some())?;
        Ledger::own(folder, connection, lock, writing, check)
    }

    fn own(folder: &Path, connection: Sqlite, lock: File, writing: Writing, check: Option<Check>) -> Result<Ledger> {
        let info = workspace::take_ownership(&connection)?;
        // whose the writer's lines in the log are
        let _told = tracing::error_span!(parent: None, "workspace", workspace = info.id).entered();
        let path = ledger_path(folder);
        let commits = CommitWatch::default();
        let writer = Writer::start(connection, &path, info.epoch, writing, commits.clone())?;
        let inner = Inner {
            folder: folder.to_owned(),
            check,
            writer,
            readers: Mutex::default(),
            info,
            keeper: OnceLock::new(),
            audit_keeper: OnceLock::new(),
            commits,
            _lock: lock,
        };
        Ok(Ledger { inner: Arc::new(inner) })
    }

    pub fn info(&self) -> &LedgerInfo {
        &self.inner.info
    }

    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Runs a write on the writer thread and answers after its commit.
    async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Sqlite) -> Result<T> + Send + 'static,
    {
        if let Some(check) = &self.inner.check {
            check.damage()?;
        }
        self.inner.writer.write(work).await
    }

    /// Names who keeps the mark: told the sequence of every intent after its commit, before anything is sent. The first one
    /// named stays.
    pub fn keep_mark(&self, keeper: impl Fn(i64) + Send + Sync + 'static) {
        let _ = self.inner.keeper.set(Box::new(keeper));
    }

    /// A write that lets a request leave: refused in quarantine, counted by the sequence in its commit.
    async fn write_intent<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Sqlite) -> Result<T> + Send + 'static,
    {
        let counted = move |c: &Sqlite| Ok((ownership::raise_sequence(c)?, work(c)?));
        let (sequence, done) = self.write(counted).await?;
        if let Some(keeper) = self.inner.keeper.get() {
            keeper(sequence);
        }
        Ok(done)
    }

    /// Runs a read on a thread that may block, beside the writer.
    async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Sqlite) -> Result<T> + Send + 'static,
    {
        if let Some(steps) = self.inner.writer.steps() {
            steps.before_read().await;
            return self.inner.read_here(work);
        }
        let inner = self.inner.clone();
        tokio::task::spawn_blocking(move || inner.read_here(work)).await.map_err(|_| StoreError::Closed)?
    }

    /// Runs a read where it is asked for: only what finds a few rows by a key, and is over before a thread would have begun.
    async fn read_at_once<T>(&self, work: impl FnOnce(&Sqlite) -> Result<T>) -> Result<T> {
        if let Some(steps) = self.inner.writer.steps() {
            steps.before_read().await;
        }
        self.inner.read_here(work)
    }
}

impl Inner {
    fn read_here<T>(&self, work: impl FnOnce(&Sqlite) -> Result<T>) -> Result<T> {
        let idle = self.readers.lock().map_err(|_| StoreError::Closed)?.pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&ledger_path(&self.folder))?,
        };
        let result = work(&connection);
        let mut readers = self.readers.lock().map_err(|_| StoreError::Closed)?;
        if readers.len() < READERS {
            readers.push(connection);
        }
        result
    }
}

fn ledger_path(folder: &Path) -> PathBuf {
    folder.join("ledger.sqlite")
}

/// The folder's lock for this process's life. The owner's note beside it says who, for a message.
fn take_lock(folder: &Path) -> Result<File> {
    let path = folder.join("owner.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| StoreError::ReadOnly(format!("{}: {error}", path.display())))?;
    match file.try_lock() {
        Ok(()) => {
            keep_folder_private(folder);
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let note = std::fs::read_to_string(folder.join("owner.json")).unwrap_or_default();
            let pid = serde_json::from_str::<serde_json::Value>(&note)
                .ok()
                .and_then(|note| note.get("pid").and_then(serde_json::Value::as_u64));
            Err(StoreError::Owned(pid.map_or_else(|| "unknown process".to_owned(), |pid| format!("process {pid}"))))
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Refuses a newer ledger before anything is written to it: opened read-only, left byte for byte as it was.
fn check_version(path: &Path) -> Result<()> {
    let connection = open_reader(path)?;
    let found: i64 =
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(|error| damaged(&error))?;
    let known = MIGRATIONS.len() as i64;
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok(()) }
}

fn damaged(error: &rusqlite::Error) -> StoreError {
    StoreError::Damaged(error.to_string())
}

fn migrate(connection: &mut Sqlite) -> Result<()> {
    Migrations::from_slice(MIGRATIONS)
        .to_latest(connection)
        .map_err(|error| StoreError::Damaged(format!("migration: {error}")))?;
    causes::fill(connection)
}

/// The writer's connection: write-ahead log, every commit synced, foreign keys enforced, what is deleted overwritten.
pub(crate) fn open_writer(path: &Path) -> Result<Sqlite> {
    make_private(path);
    let connection = Sqlite::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| cannot_write(path, &error))?;
    connection.busy_timeout(BUSY)?;
    if connection.is_readonly("main")? {
        return Err(StoreError::ReadOnly(path.display().to_string()));
    }
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;")
        .map_err(|error| cannot_write(path, &error))?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    tune(&connection)?;
    Ok(connection)
}

fn cannot_write(path: &Path, error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            StoreError::Damaged(format!("{}: {error}", path.display()))
        }
        _ => StoreError::ReadOnly(format!("{}: {error}", path.display())),
    }
}

fn open_reader(path: &Path) -> Result<Sqlite> {
    let connection = Sqlite::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| damaged(&error))?;
    connection.busy_timeout(BUSY)?;
    connection.execute_batch("PRAGMA query_only = ON;")?;
    tune(&connection)?;
    Ok(connection)
}

/// Statements are prepared once: every one of ours is kept, and none is planned anew for the values bound to it.
fn tune(connection: &Sqlite) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}
