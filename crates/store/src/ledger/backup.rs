//! A copy of a ledger that can be put back: made beside the work by SQLite's online backup, and looked at before it counts.
//!
//! The copy is of one moment, however long it takes: it is read in one snapshot, which holds no writer up.

use super::audit::AuditHead;
use super::{Ledger, MIGRATIONS, check_version, damaged, ledger_path, open_reader, take_lock};
use crate::error::{Result, StoreError};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection as Sqlite, ErrorCode, OpenFlags, ffi};
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages of one step, and the pause after it, in which the disk is the writer's.
const STEP: i32 = 256;
const PAUSE: Duration = Duration::from_millis(2);
/// Up to this size a copy is checked with its indexes; a larger one without, which takes a fraction of the time.
const CHECKED_WHOLE: u64 = 64 * 1024 * 1024;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Since this version the workspace's row tells the sequence, and since that one there is an audit log.
const WITH_SEQUENCE: i64 = 5;
const WITH_AUDIT: i64 = 16;

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFacts {
    pub workspace: String,
    pub name: String,
    pub is_sandbox: bool,
    /// Of the tables: how many migrations they went through.
    pub version: i64,
    pub epoch: i64,
    pub sequence: i64,
    /// `None` where the log is empty, or there was none yet.
    pub audit_head: Option<AuditHead>,
    pub bytes: u64,
    pub pages: u64,
}

impl Ledger {
    /// Copies the ledger while it is worked on, into a file that appears whole and checked or not at all. `told` hears of the
    /// pages copied and of all there are; it ends the copying by answering false.
    pub async fn backup_to<F>(&self, path: &Path, told: F) -> Result<BackupFacts>
    where
        F: FnMut(u64, u64) -> bool + Send + 'static,
    {
        let (from, to) = (ledger_path(self.folder()), path.to_owned());
        tokio::task::spawn_blocking(move || copy_whole(&from, &to, told)).await.map_err(|_| StoreError::Closed)?
    }

    /// The same for a ledger in a folder that nobody owns; nothing of it changes, neither version nor epoch.
    pub fn backup_folder(folder: &Path, path: &Path, told: impl FnMut(u64, u64) -> bool) -> Result<BackupFacts> {
        let from = ledger_path(folder);
        if !from.exists() {
            return Err(StoreError::Missing(folder.display().to_string()));
        }
        let _lock = take_lock(folder)?;
        check_version(&from)?;
        copy_whole(&from, path, told)
    }

    /// Opens a copy read-only, checks it and says what it holds. The file alone is read, whatever lies beside it.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] for a file that is none of ours, [`StoreError::Newer`], or [`StoreError::Damaged`].
    pub fn inspect_backup(path: &Path) -> Result<BackupFacts> {
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut begins = [0; 16];
        if file.read_exact(&mut begins).is_err() || begins != *MAGIC {
            return Err(StoreError::Foreign("it is no SQLite file".into()));
        }
        drop(file);
        read_facts(path, bytes).map_err(|error| match error {
            StoreError::Sqlite(error) => of_file(error),
            other => other,
        })
    }

    /// Whether a simulation runs this ledger step by step.
    pub fn is_stepped(&self) -> bool {
        self.inner.writer.steps().is_some()
    }
}

fn copy_whole(from: &Path, to: &Path, told: impl FnMut(u64, u64) -> bool) -> Result<BackupFacts> {
    let part = Part::beside(to)?;
    copy(&open_reader(from)?, &part.path, told)?;
    File::options().read(true).write(true).open(&part.path)?.sync_all()?;
    let facts = Ledger::inspect_backup(&part.path)?;
    part.become_file(to)?;
    Ok(facts)
}

fn copy(source: &Sqlite, to: &Path, mut told: impl FnMut(u64, u64) -> bool) -> Result<()> {
    let mut target = Sqlite::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // a copy that is cut off is thrown away, and a whole one is synced before it counts
    target.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    // one moment for all of it: without this every commit meanwhile would begin the copy anew
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT epoch FROM workspace", [], |_| Ok(())).map_err(|error| damaged(&error))?;
    {
        let backup = Backup::new(source, &mut target)?;
        loop {
            let step = backup.step(STEP)?;
            let progress = backup.progress();
            let (all, left) =
                (u64::from(progress.pagecount.max(0) as u32), u64::from(progress.remaining.max(0) as u32));
            if !told(all.saturating_sub(left), all) {
                return Err(StoreError::Closed);
            }
            match step {
                StepResult::Done => break,
                _ => std::thread::park_timeout(PAUSE),
            }
        }
    }
    source.execute_batch("COMMIT")?;
    // one file, without a log beside it
    target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    target.close().map_err(|(_, error)| error)?;
    Ok(())
}

fn read_facts(path: &Path, bytes: u64) -> Result<BackupFacts> {
    let c = Sqlite::open_with_flags(
        address(path),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
    )?;
    c.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
    let number = |pragma: &str| c.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0));
    let (version, known) = (number("user_version")?, MIGRATIONS.len() as i64);
    let (pages, page_bytes) = (number("page_count")?, number("page_size")?);
    if u64::try_from(pages.saturating_mul(page_bytes)) != Ok(bytes) {
        return Err(StoreError::Damaged(format!("{bytes} bytes, where {pages} pages of {page_bytes} are told")));
    }
    let has_workspace: i64 = c.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('workspace', 'documents', 'orders')",
        [],
        |row| row.get(0),
    )?;
    if has_workspace != 3 || version < 1 {
        return Err(StoreError::Foreign("it holds no ledger".into()));
    }
    if version > known {
        return Err(StoreError::Newer { found: version, known });
    }
    let check = if bytes <= CHECKED_WHOLE { "PRAGMA integrity_check(1)" } else { "PRAGMA quick_check(1)" };
    let verdict: String = c.query_row(check, [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(StoreError::Damaged(verdict));
    }
    let sequence = if version >= WITH_SEQUENCE { "sequence" } else { "0" };
    let columns = format!("SELECT id, name, is_sandbox, epoch, {sequence}, length(seed) FROM workspace");
    let facts = c.query_row(&columns, [], |row| {
        let facts = BackupFacts {
            workspace: row.get(0)?,
            name: row.get(1)?,
            is_sandbox: row.get(2)?,
            version,
            epoch: row.get(3)?,
            sequence: row.get(4)?,
            audit_head: None,
            bytes,
            pages: pages as u64,
        };
        Ok((facts, row.get::<_, i64>(5)?))
    });
    let (facts, seed_bytes) = facts?;
    if seed_bytes != 32 {
        return Err(StoreError::Damaged("the workspace's seed is cut".into()));
    }
    let head = if version >= WITH_AUDIT { Some(super::audit::head(&c)?) } else { None };
    Ok(BackupFacts { audit_head: head.filter(|head| head.sequence > 0), ..facts })
}

/// Whether SQLite's error is the file's, or of a machine that has no room, no memory or no leave to read it.
fn of_file(error: rusqlite::Error) -> StoreError {
    let extended = match &error {
        rusqlite::Error::SqliteFailure(code, _) => code.extended_code,
        _ => 0,
    };
    match error.sqlite_error_code() {
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::DiskFull
            | ErrorCode::PermissionDenied
            | ErrorCode::DatabaseBusy
            | ErrorCode::OperationInterrupted,
        ) => StoreError::Sqlite(error),
        // a file that ends too early is told as a failed read, too
        Some(ErrorCode::SystemIoFailure)
            if ![ffi::SQLITE_IOERR_SHORT_READ, ffi::SQLITE_IOERR_CORRUPTFS].contains(&extended) =>
        {
            StoreError::Sqlite(error)
        }
        _ => damaged(&error),
    }
}

/// A file as SQLite reads it without its log and without locks: nothing is written beside it.
fn address(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut address = String::from("file:");
    if !text.starts_with('/') && text.chars().nth(1) == Some(':') {
        address.push('/');
    }
    for one in text.chars() {
        match one {
            '%' | '?' | '#' => address.push_str(&format!("%{:02X}", one as u32)),
            other => address.push(other),
        }
    }
    address + "?immutable=1"
}

/// A file that is not whole yet, gone unless it becomes one.
pub(super) struct Part {
    path: PathBuf,
}

impl Part {
    fn beside(to: &Path) -> Result<Part> {
        let mut name = to.as_os_str().to_owned();
        name.push(".part");
        let part = Part { path: name.into() };
        part.remove();
        create_private(&part.path)?;
        Ok(part)
    }

    fn become_file(self, to: &Path) -> Result<()> {
        std::fs::rename(&self.path, to)?;
        sync_folder_of(to);
        Ok(())
    }

    fn remove(&self) {
        for ending in ["", "-journal", "-wal", "-shm"] {
            let mut name = self.path.as_os_str().to_owned();
            name.push(ending);
            let _ = std::fs::remove_file(name);
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A new file that only this user reads.
fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A name is durable once its folder is synced; where a folder cannot be, the system does it.
pub(super) fn sync_folder_of(path: &Path) {
    #[cfg(unix)]
    if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
    {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_machine_cannot_read_is_not_damaged() {
        let said = |code| of_file(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        for code in
            [ffi::SQLITE_FULL, ffi::SQLITE_CANTOPEN, ffi::SQLITE_IOERR_READ, ffi::SQLITE_NOMEM, ffi::SQLITE_BUSY]
        {
            assert!(matches!(said(code), StoreError::Sqlite(_)), "{code}");
        }
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB, ffi::SQLITE_IOERR_SHORT_READ] {
            assert!(matches!(said(code), StoreError::Damaged(_)), "{code}");
        }
        assert!(
            matches!(of_file(rusqlite::Error::QueryReturnedNoRows), StoreError::Damaged(_)),
            "no row tells whose it is"
        );
    }
}
