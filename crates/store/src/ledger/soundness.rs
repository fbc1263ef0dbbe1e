//! Whether the file is sound. A small ledger is checked whole before it is opened. A large one would keep its owner waiting
//! for minutes: of it the tables that everything begins with are checked first, and every table while the work goes on.
//! Damage that is found then ends all writing, so nothing more is sent.

use crate::error::{Result, StoreError};
use rusqlite::{Connection as Sqlite, InterruptHandle};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// Up to this size a ledger is checked whole before it is opened.
const CHECKED_AT_ONCE: u64 = 64 * 1024 * 1024;
/// What waits to be sent goes out before the long check begins.
const BEGINS_AFTER: Duration = Duration::from_secs(10);
/// Small in every ledger.
const FIRST: [&str; 5] = ["workspace", "connections", "flows", "mappings", "cursors"];

/// A check that goes on beside the work; dropping it ends it.
pub(super) struct Check {
    found: Arc<OnceLock<String>>,
    interrupt: InterruptHandle,
    /// Dropped, it ends a check that has not begun.
    goes_on: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Checks the file, or as much of it as must be checked at once; then the rest goes on beside.
///
/// # Errors
/// [`StoreError::Damaged`], with what SQLite says of it.
pub(super) fn begin(connection: &Sqlite, path: &Path, is_stepped: bool) -> Result<Option<Check>> {
    if is_stepped || std::fs::metadata(path)?.len() <= CHECKED_AT_ONCE {
        verdict(connection, "PRAGMA quick_check(1)")?;
        return Ok(None);
    }
    for table in FIRST {
        verdict(connection, &format!("PRAGMA quick_check('{table}')"))?;
    }
    let reader = super::open_reader(path)?;
    let found: Arc<OnceLock<String>> = Arc::default();
    let (goes_on, ended) = channel::<()>();
    let interrupt = reader.get_interrupt_handle();
    let thread = std::thread::Builder::new().name("ledger-check".into()).spawn({
        let found = found.clone();
        move || {
            if ended.recv_timeout(BEGINS_AFTER) == Err(RecvTimeoutError::Timeout) {
                check_tables(&reader, &found, || ended.try_recv() == Err(std::sync::mpsc::TryRecvError::Disconnected));
            }
        }
    })?;
    Ok(Some(Check { found, interrupt, goes_on: Some(goes_on), thread: Some(thread) }))
}

impl Check {
    /// What is damaged, once it was found.
    pub(super) fn damage(&self) -> Result<()> {
        self.found.get().map_or(Ok(()), |damage| Err(StoreError::Damaged(damage.clone())))
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        self.goes_on = None;
        self.interrupt.interrupt();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One table at a time, so that no read holds the log back for long.
fn check_tables(reader: &Sqlite, found: &OnceLock<String>, is_ended: impl Fn() -> bool) {
    let tables = reader
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')")
        .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>());
    let checked = tables.map_err(StoreError::from).and_then(|tables| {
        for table in tables {
            if is_ended() {
                return Ok(());
            }
            verdict(reader, &format!("PRAGMA quick_check('{table}')"))?;
        }
        Ok(())
    });
    match checked {
        Ok(()) => {}
        Err(_) if is_ended() => {}
        Err(error) => {
            tracing::error!(%error, "the ledger is damaged: nothing more is written to it");
            let _ = found.set(error.to_string());
        }
    }
}

fn verdict(connection: &Sqlite, check: &str) -> Result<()> {
    let verdict: String = connection.query_row(check, [], |row| row.get(0)).map_err(|error| super::damaged(&error))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged(verdict)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database whose second table has a page of nonsense in it.
    fn damaged() -> (tempfile::TempDir, Sqlite) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let made = Sqlite::open(&path).unwrap();
        made.execute_batch("CREATE TABLE good (a TEXT); CREATE TABLE bad (a TEXT); INSERT INTO bad VALUES ('x');")
            .unwrap();
        let root: i64 =
            made.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'bad'", [], |row| row.get(0)).unwrap();
        drop(made);
        let mut bytes = std::fs::read(&path).unwrap();
        let start = (root as usize - 1) * 4096;
        bytes[start..start + 4096].fill(0x5A);
        std::fs::write(&path, bytes).unwrap();
        let reader = super::super::open_reader(&path).unwrap();
        (folder, reader)
    }

    #[test]
    fn damage_in_any_table_is_found_and_kept() {
        let (_folder, reader) = damaged();
        let found = OnceLock::new();
        check_tables(&reader, &found, || false);
        assert!(found.get().is_some());
    }

    #[test]
    fn a_check_that_was_ended_accuses_nobody() {
        let (_folder, reader) = damaged();
        let found = OnceLock::new();
        check_tables(&reader, &found, || true);
        assert!(found.get().is_none());
    }
}
