//! Orders from files: a file is received piece by piece, looked at, and taken in behind everything else.
//!
//! The file lies in the workspace's folder until its import ends. What is taken in goes the way of every order: the same order
//! again is no new one, and nothing but a flow's decision issues anything.

mod pieces;
mod preview;
mod run;
#[cfg(test)]
mod tests;

pub use preview::{ImportPreview, ImportSample};

use crate::error::{EngineError, Result};
use crate::setup::ConnectionDraft;
use crate::workspace::{Change, Workspace};
use pieces::{PiecesError, add_piece, remove};
use punte_connectors::shops::file::{self, Columns, FileFormat, FileTrouble};
use punte_connectors::shops::{Reason, ShopKind};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Import, ImportReason, ImportReject, MOST_WAITING, NewImport};
use std::path::PathBuf;

/// The largest file.
pub const MOST_BYTES: u64 = 1024 * 1024 * 1024;
/// The largest piece of one.
pub const MOST_PIECE: usize = 1024 * 1024;
/// Rows of one page of what was not taken.
const PAGE: u32 = 500;
/// The connection that is made for files where there is none: a word in both languages.
const FILES: &str = "Import";
/// Where the files lie in the workspace's folder.
const FOLDER: &str = "imports";

/// A page of rows that were not taken.
#[derive(Debug, Clone)]
pub struct ImportRejects {
    pub rows: Vec<ImportReject>,
    pub has_more: bool,
}

impl Workspace {
    /// Announces a file; its pieces follow. Without a connection it is that for files, made where there is none.
    pub async fn begin_import(
        &self,
        file_name: &str,
        bytes: u64,
        connection_id: Option<&str>,
        who: &str,
    ) -> Result<Import> {
        if bytes == 0 || bytes > MOST_BYTES {
            return Err(EngineError::Invalid { field: "bytes", detail: format!("1 to {MOST_BYTES} bytes") });
        }
        let file_name = crate::setup::required("fileName", file_name)?.to_owned();
        let connection = match connection_id {
            Some(id) => self.ledger.get_connection(id).await?,
            None => self.connection_for_files().await?,
        };
        if ShopKind::parse(&connection.kind).is_none() {
            return Err(EngineError::Invalid { field: "connectionId", detail: "no shop".to_owned() });
        }
        let id = self.deps.clock.new_id("imp");
        let new = NewImport { id: id.clone(), connection_id: connection.id, file_name, bytes, who: who.to_owned() };
        match self.ledger.begin_import(new, self.now_ms()).await {
            Err(StoreError::Stale(_)) => {
                return Err(EngineError::Invalid { field: "bytes", detail: format!("{MOST_WAITING} files wait") });
            }
            begun => begun?,
        }
        self.changed(Change::Imports);
        Ok(self.ledger.find_import(&id).await?)
    }

    async fn connection_for_files(&self) -> Result<Connection> {
        let all = self.ledger.list_connections().await?;
        let mut files = all.into_iter().filter(|connection| connection.kind == ShopKind::File.as_str());
        match (files.next(), files.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => {
                Err(EngineError::Invalid { field: "connectionId", detail: "several are for files".to_owned() })
            }
            (None, _) => self.connection_for_files_of(FILES).await,
        }
    }

    /// The connection for files of a shop by the name that a person gives it, made where there is none.
    ///
    /// # Errors
    /// Where a connection of another kind has the name.
    pub async fn connection_for_files_of(&self, name: &str) -> Result<Connection> {
        let name = crate::setup::required("connectionName", name)?;
        let all = self.ledger.list_connections().await?;
        match all.into_iter().find(|one| one.name.trim().to_lowercase() == name.to_lowercase()) {
            Some(known) if known.kind == ShopKind::File.as_str() => Ok(known),
            Some(_) => Err(EngineError::Invalid { field: "connectionName", detail: "not for files".to_owned() }),
            None => {
                let draft = ConnectionDraft {
                    id: None,
                    kind: ShopKind::File.as_str().to_owned(),
                    name: name.to_owned(),
                    address: String::new(),
                    account: String::new(),
                    secret: String::new().into(),
                    company: None,
                    series: None,
                    options: Default::default(),
                };
                self.save_connection(draft).await
            }
        }
    }

    /// Writes the next piece of a file. One that was written before is answered as done.
    pub async fn append_import(&self, id: &str, offset: u64, piece: Vec<u8>) -> Result<Import> {
        if piece.is_empty() || piece.len() > MOST_PIECE {
            return Err(EngineError::Invalid { field: "base64", detail: format!("1 to {MOST_PIECE} bytes") });
        }
        // one after the other: a piece that is sent twice is written once
        let _turn = self.import_turn.lock().await;
        let import = self.ledger.find_import(id).await?;
        let after = offset + piece.len() as u64;
        if after > import.bytes {
            return Err(EngineError::Invalid { field: "base64", detail: format!("over {} bytes", import.bytes) });
        }
        let is_next = offset == import.received && import.state == "receiving";
        if !is_next && after > import.received {
            return Err(EngineError::Invalid { field: "offset", detail: format!("{} is next", import.received) });
        }
        if !import.has_file {
            return Err(EngineError::NotNow("file_gone"));
        }
        let path = self.import_path(&import);
        let kind = (is_next, after == import.bytes);
        let written = blocking(move || add_piece(&path, offset, &piece, kind)).await?;
        let sha256 = match written {
            Ok(sha256) => sha256,
            Err(PiecesError::Differs) => {
                let detail = format!("another piece than was received; {} is next", import.received);
                return Err(EngineError::Invalid { field: "offset", detail });
            }
            Err(PiecesError::Io(error)) => return Err(self.unwritable(&import, &error)),
        };
        if is_next {
            let span = (import.received, after);
            match self.ledger.note_piece(import.row, span, sha256, self.now_ms()).await {
                Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("not_receiving")),
                noted => noted?,
            }
            self.changed(Change::Imports);
        }
        Ok(self.ledger.find_import(id).await?)
    }

    fn unwritable(&self, import: &Import, error: &std::io::Error) -> EngineError {
        tracing::warn!(%error, import = import.id, "a file of orders cannot be kept");
        StoreError::ReadOnly(format!("{}: {error}", self.import_path(import).display())).into()
    }

    /// Takes a received file's orders in, in the background; or those of one that failed, from its beginning.
    pub async fn start_import(&self, id: &str, columns: Option<Columns>) -> Result<Import> {
        let import = self.ledger.find_import(id).await?;
        if !import.has_file || !matches!(import.state.as_str(), "received" | "failed") {
            return Err(EngineError::NotNow("not_received"));
        }
        let connection = self.ledger.get_connection(&import.connection_id).await?;
        let path = self.import_path(&import);
        let opened = columns.clone();
        let format = blocking(move || {
            let outline = file::outline(&path)?;
            if outline.format == FileFormat::Json {
                return Ok(outline.format);
            }
            file::open(&path, opened.as_ref()).map(|_| outline.format)
        })
        .await?
        .map_err(|trouble| not_read(&trouble))?;
        check_fits(&connection, format)?;
        let columns = match format {
            FileFormat::Json => None,
            _ => columns.map(|columns| serde_json::to_string(&columns)).transpose().map_err(StoreError::Json)?,
        };
        if !self.ledger.start_import(import.row, columns, self.now_ms()).await? {
            return Err(EngineError::NotNow("under_way"));
        }
        self.changed(Change::Imports);
        self.import_wake.notify_one();
        Ok(self.ledger.find_import(id).await?)
    }

    /// Stops before the next orders, and discards the file. What is in stays in.
    pub async fn cancel_import(&self, id: &str) -> Result<Import> {
        let import = self.ledger.find_import(id).await?;
        for state in ["receiving", "received", "running"] {
            if self.ledger.end_import(import.row, (state, "cancelled"), (None, None), self.now_ms()).await? {
                break;
            }
        }
        let import = self.ledger.find_import(id).await?;
        self.discard(&import).await?;
        self.changed(Change::Imports);
        self.import_wake.notify_one();
        Ok(self.ledger.find_import(id).await?)
    }

    pub async fn find_import(&self, id: &str) -> Result<Import> {
        Ok(self.ledger.find_import(id).await?)
    }

    /// The newest first.
    pub async fn list_imports(&self) -> Result<Vec<Import>> {
        Ok(self.ledger.list_imports().await?)
    }

    /// Rows of an import that were not taken, in the file's order, after a row.
    pub async fn list_import_rejects(&self, id: &str, after: i64) -> Result<ImportRejects> {
        let import = self.ledger.find_import(id).await?;
        let mut rows = self.ledger.list_import_rejects(import.row, after, PAGE + 1).await?;
        let has_more = rows.len() > PAGE as usize;
        rows.truncate(PAGE as usize);
        Ok(ImportRejects { rows, has_more })
    }

    pub(super) fn import_path(&self, import: &Import) -> PathBuf {
        self.ledger.folder().join(FOLDER).join(&import.id)
    }

    /// Lets an ended import's file go, and then removes it: what a crash leaves of that is cleared at the next start.
    async fn discard(&self, import: &Import) -> Result<()> {
        if self.ledger.let_import_file_go(import.row).await? {
            let path = self.import_path(import);
            blocking(move || remove(&path)).await?;
        }
        Ok(())
    }
}

/// Orders of a shop itself are only those that it wrote: an export names them by other ids, or leaves out what counts.
fn check_fits(connection: &Connection, format: FileFormat) -> Result<()> {
    if connection.kind == ShopKind::File.as_str() || format == FileFormat::Json {
        return Ok(());
    }
    Err(EngineError::Invalid {
        field: "connectionId",
        detail: "a table's orders need a connection for files".to_owned(),
    })
}

fn not_read(trouble: &FileTrouble) -> EngineError {
    let field = if trouble.is_of_columns() { "columns" } else { "file" };
    EngineError::Invalid { field, detail: trouble.to_string() }
}

/// As the ledger keeps it.
fn kept(reason: Reason) -> ImportReason {
    ImportReason { code: reason.code.as_str().to_owned(), facts: reason.facts }
}

/// Runs what reads or writes a file where it may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let ran = tokio::task::spawn_blocking(work).await;
    ran.map_err(|error| EngineError::Invalid { field: "file", detail: error.to_string() })
}

/// The columns that an import was started with.
pub fn columns_of(import: &Import) -> Option<Columns> {
    import.columns.as_deref().and_then(|json| serde_json::from_str(json).ok())
}
