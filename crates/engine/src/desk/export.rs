//! A whole filter, or chosen records, as a file for a spreadsheet, written in the background.
//!
//! One at a time, with a bounded memory however long the list is. The file lies under `exports` in the workspace's folder and never
//! takes another one's place; what is not finished is removed.

mod cells;
mod sheet;

use super::{Cursor, Query};
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace, lock};
use cells::Cells;
pub use cells::{Cell, ExportColumn};
use sheet::Sheet;
pub use sheet::{csv_text, csv_writer};
use std::collections::{HashMap, HashSet};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Records that are read at a time.
const BATCH: u32 = 500;
/// Batches that wait to be written.
const AHEAD: usize = 4;
/// Records between two notes of progress.
const TOLD_EVERY: u64 = 5_000;
/// Chosen records of one export.
const MOST_IDS: usize = 100_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    Csv,
    Xlsx,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportState {
    Running,
    Done,
    Failed,
    Cancelled,
}

impl ExportState {
    pub fn as_str(self) -> &'static str {
        match self {
            ExportState::Running => "running",
            ExportState::Done => "done",
            ExportState::Failed => "failed",
            ExportState::Cancelled => "cancelled",
        }
    }
}

/// What is to be written.
#[derive(Debug, Clone)]
pub struct ExportOrder {
    pub query: Query,
    /// Only these records, in this order.
    pub ids: Option<Vec<String>>,
    /// All of the query without these; nothing where records are named.
    pub except: Vec<String>,
    pub format: ExportFormat,
    pub columns: Vec<ExportColumn>,
    /// Words for codes, by `column.code` (`state.issued`).
    pub words: HashMap<String, String>,
    /// Without e-mail addresses, telephone numbers and personal codes.
    pub is_veiled: bool,
}

/// How far an export is.
#[derive(Debug, Clone)]
pub struct ExportReport {
    pub id: String,
    pub state: ExportState,
    pub written: u64,
    /// `None` until it is known.
    pub of_rows: Option<u64>,
    pub path: PathBuf,
    /// Of the finished file.
    pub bytes: u64,
    /// Why it failed.
    pub error: Option<String>,
}

/// The export that is under way or was last.
#[derive(Default)]
pub(crate) struct Exports(Mutex<Option<Run>>);

struct Run {
    report: ExportReport,
    cancel: CancellationToken,
}

impl Workspace {
    /// Begins an export; answers at once, and is followed by [`Workspace::export`].
    ///
    /// # Errors
    /// [`EngineError::NotNow`] `export_running` while one is under way; [`EngineError::Invalid`] for a filter that is not
    /// understood, unknown columns, or too many ids.
    pub async fn start_export(self: &Arc<Self>, order: ExportOrder) -> Result<ExportReport> {
        if order.ids.as_ref().is_some_and(|ids| ids.is_empty() || ids.len() > MOST_IDS) {
            return Err(EngineError::Invalid { field: "ids", detail: format!("1 to {MOST_IDS}") });
        }
        if order.except.len() > MOST_IDS {
            return Err(EngineError::Invalid { field: "except", detail: format!("at most {MOST_IDS}") });
        }
        let connections = self.ledger.list_connections().await?;
        let cells = Cells::new(order.query.list, &order.columns, order.words, &connections)?.veiled(order.is_veiled);
        let (source, of_rows) = match order.ids {
            Some(ids) => {
                let rows = self.ledger.rows_by_id(order.query.list, ids).await?;
                let count = rows.len() as u64;
                (Source::Rows(rows.into_iter()), Some(count))
            }
            None => {
                let cursor = self.open_query(&order.query).await?;
                let summary = self.list_summary(&order.query).await?;
                let known = cursor.count().or_else(|| summary.complete.then_some(summary.count));
                let is_all = order.query.text.trim().is_empty();
                let except: HashSet<i64> =
                    self.ledger.rows_by_id(order.query.list, order.except).await?.into_iter().collect();
                let left_out = except.len() as u64;
                let count = known.or(is_all.then_some(summary.count)).map(|count| count.saturating_sub(left_out));
                (Source::Query(Box::new(cursor), except), count)
            }
        };
        let (report, cancel) = self.register_export(&order.query, order.format, of_rows)?;
        let this = self.clone();
        let path = report.path.clone();
        self.spawn(async move {
            let outcome = this.run_export(&path, order.format, source, cells, &cancel).await;
            this.end_export(&path, outcome, cancel.is_cancelled());
        });
        Ok(report)
    }

    /// The export that is under way or was last.
    pub fn export(&self) -> Option<ExportReport> {
        lock(&self.exports.0).as_ref().map(|run| run.report.clone())
    }

    /// Stops an export; its file is removed.
    pub fn cancel_export(&self, id: &str) {
        if let Some(run) = lock(&self.exports.0).as_ref().filter(|run| run.report.id == id) {
            run.cancel.cancel();
        }
    }

    fn register_export(
        &self,
        query: &Query,
        format: ExportFormat,
        of_rows: Option<u64>,
    ) -> Result<(ExportReport, CancellationToken)> {
        let mut exports = lock(&self.exports.0);
        if exports.as_ref().is_some_and(|run| run.report.state == ExportState::Running) {
            return Err(EngineError::NotNow("export_running"));
        }
        let folder = self.ledger.folder().join("exports");
        let path = free_path(&folder, query.list.as_str(), format, self.now_ms())
            .map_err(|error| EngineError::Store(punte_store::StoreError::Io(error)))?;
        let report = ExportReport {
            id: self.new_id("exp"),
            state: ExportState::Running,
            written: 0,
            of_rows,
            path,
            bytes: 0,
            error: None,
        };
        let cancel = self.stopping.child_token();
        *exports = Some(Run { report: report.clone(), cancel: cancel.clone() });
        Ok((report, cancel))
    }

    async fn run_export(
        &self,
        path: &Path,
        format: ExportFormat,
        mut source: Source,
        cells: Cells,
        cancel: &CancellationToken,
    ) -> std::result::Result<(), String> {
        let (batches, mut taken) = mpsc::channel::<Vec<Vec<cells::Cell>>>(AHEAD);
        let (part, headings) = (part_of(path), cells.headings());
        let writer = tokio::task::spawn_blocking(move || {
            let mut sheet = Sheet::create(&part, format, headings)?;
            while let Some(batch) = taken.blocking_recv() {
                batch.into_iter().try_for_each(|row| sheet.add(row))?;
            }
            Ok::<Sheet, String>(sheet)
        });
        let mut written = 0_u64;
        loop {
            if cancel.is_cancelled() {
                break;
            }
            let rows = source.next(self).await.map_err(|error| error.to_string())?;
            if rows.is_empty() {
                break;
            }
            let made = cells.read(&self.ledger, rows).await.map_err(|error| error.to_string())?;
            let count = made.len() as u64;
            if batches.send(made).await.is_err() {
                // the writer failed: it says why
                break;
            }
            if (written + count) / TOLD_EVERY != written / TOLD_EVERY {
                self.changed(Change::Exports);
            }
            written += count;
            self.note_export(|report| report.written = written);
        }
        drop(batches);
        let sheet = writer.await.map_err(|error| error.to_string())??;
        if cancel.is_cancelled() {
            return Err(String::new());
        }
        tokio::task::spawn_blocking(move || sheet.finish()).await.map_err(|error| error.to_string())??;
        punte_store::keep_private(&part_of(path));
        std::fs::rename(part_of(path), path).map_err(|error| error.to_string())
    }

    fn end_export(&self, path: &Path, outcome: std::result::Result<(), String>, is_cancelled: bool) {
        let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        if outcome.is_err() {
            for unfinished in [part_of(path), path.to_owned()] {
                if let Err(error) = std::fs::remove_file(&unfinished)
                    && error.kind() != std::io::ErrorKind::NotFound
                {
                    tracing::warn!(%error, file = %unfinished.display(), "an unfinished export is left");
                }
            }
        }
        self.note_export(|report| match outcome {
            Ok(()) => {
                report.state = ExportState::Done;
                report.bytes = bytes;
                report.of_rows = Some(report.written);
            }
            Err(_) if is_cancelled => report.state = ExportState::Cancelled,
            Err(error) => {
                report.state = ExportState::Failed;
                report.error = Some(error);
            }
        });
        self.changed(Change::Exports);
    }

    fn note_export(&self, change: impl FnOnce(&mut ExportReport)) {
        if let Some(run) = lock(&self.exports.0).as_mut() {
            change(&mut run.report);
        }
    }
}

enum Source {
    Rows(std::vec::IntoIter<i64>),
    /// A query's rows without some.
    Query(Box<Cursor>, HashSet<i64>),
}

impl Source {
    async fn next(&mut self, workspace: &Workspace) -> Result<Vec<i64>> {
        match self {
            Source::Rows(rows) => Ok(rows.by_ref().take(BATCH as usize).collect()),
            Source::Query(cursor, except) => loop {
                let mut rows = workspace.next_rows(cursor, BATCH).await?;
                let is_end = rows.is_empty();
                rows.retain(|row| !except.contains(row));
                if is_end || !rows.is_empty() {
                    return Ok(rows);
                }
            },
        }
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// A name in a folder that nothing has, taken by an empty file.
fn free_path(folder: &Path, list: &str, format: ExportFormat, now_ms: i64) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    punte_store::keep_private(folder);
    let ending = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Xlsx => "xlsx",
    };
    let at = cells::local(now_ms).format("%Y-%m-%d-%H%M%S");
    for n in 1..1_000 {
        let more = if n == 1 { String::new() } else { format!("-{n}") };
        let path = folder.join(format!("{list}-{at}{more}.{ending}"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::Error::other("too many exports of one second"))
}
