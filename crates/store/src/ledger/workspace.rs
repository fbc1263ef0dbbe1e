//! The workspace's own row: name, seed, epoch.

use super::Ledger;
use crate::error::{Result, StoreError};
use punte_domain::WorkspaceSeed;
use rusqlite::{Connection as Sqlite, params};

/// What a workspace is made with.
#[derive(Debug, Clone)]
pub struct NewWorkspace {
    pub id: String,
    pub name: String,
    pub is_sandbox: bool,
    pub seed: WorkspaceSeed,
    pub now_ms: i64,
}

/// Read once when the ledger is opened.
#[derive(Debug, Clone)]
pub struct LedgerInfo {
    pub id: String,
    pub name: String,
    pub is_sandbox: bool,
    pub seed: WorkspaceSeed,
    pub epoch: i64,
    /// As it was when the ledger was opened: intents so far.
    pub sequence: i64,
    /// As it was when the ledger was opened: the newest row of the audit log.
    pub audit_sequence: i64,
    /// The machine of the last owner that kept a mark, and that mark's epoch; `None`: none ever did.
    pub machine: Option<String>,
    pub marked_epoch: i64,
    pub created_ms: i64,
}

pub(super) fn insert(connection: &Sqlite, new: &NewWorkspace) -> Result<()> {
    connection.execute(
        "INSERT INTO workspace (row, id, name, is_sandbox, seed, created_ms, epoch) VALUES (1, ?1, ?2, ?3, ?4, ?5, 0)",
        params![new.id, new.name, new.is_sandbox, new.seed.0.as_slice(), new.now_ms],
    )?;
    Ok(())
}

/// Raises the epoch, so that a writer of an earlier owner can commit nothing more.
pub(super) fn take_ownership(connection: &Sqlite) -> Result<LedgerInfo> {
    connection.execute("UPDATE workspace SET epoch = epoch + 1", [])?;
    let columns = "seed, id, name, is_sandbox, epoch, sequence, machine, marked_epoch, created_ms, \
         (SELECT coalesce(max(row), 0) FROM audit)";
    let (seed, info) = connection.query_row(&format!("SELECT {columns} FROM workspace"), [], |row| {
        let info = LedgerInfo {
            seed: WorkspaceSeed([0; 32]),
            id: row.get(1)?,
            name: row.get(2)?,
            is_sandbox: row.get(3)?,
            epoch: row.get(4)?,
            sequence: row.get(5)?,
            machine: row.get(6)?,
            marked_epoch: row.get(7)?,
            created_ms: row.get(8)?,
            audit_sequence: row.get(9)?,
        };
        Ok((row.get::<_, Vec<u8>>(0)?, info))
    })?;
    let seed: [u8; 32] = seed.try_into().map_err(|_| StoreError::Damaged("the workspace's seed is cut".into()))?;
    Ok(LedgerInfo { seed: WorkspaceSeed(seed), ..info })
}

impl Ledger {
    /// Reads the workspace's name and kind without owning it (for a list of workspaces).
    pub fn peek(folder: &std::path::Path) -> Result<(String, String, bool)> {
        let path = super::ledger_path(folder);
        if !path.exists() {
            return Err(StoreError::Missing(folder.display().to_string()));
        }
        let connection = super::open_reader(&path)?;
        connection
            .query_row("SELECT id, name, is_sandbox FROM workspace", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .map_err(|error| super::damaged(&error))
    }
}
