//! Backups of a ledger: made by the schedule or on demand, looked at before they count, sealed by choice, and put back.
//!
//! What is set and what was made is the machine's, not the ledger's: it stands in the app's state, so that it can be read where
//! the ledger cannot be opened. Nothing but the ledger is backed up: credentials stay in their store, the cache is made anew.

mod closed;
mod files;
mod job;
mod place;
mod restore;
mod sealed;
#[cfg(test)]
mod tests;

pub use closed::back_up_closed;
pub(crate) use files::sweep;
pub use files::{copy_out, verify};
pub use job::{INTERVALS, Progress, passphrase_name};
pub use place::{BackupEntry, BackupSettings, Made, Place, is_sealed, slug};
pub use restore::{Restored, Target, restore};

use crate::error::EngineError;
use punte_store::StoreError;

/// Why a file is no backup that can be used, or none can be made of it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Neither a ledger nor a sealed one.
    #[error("not a backup: {0}")]
    Foreign(String),
    #[error("damaged: {0}")]
    Damaged(String),
    /// Made by a newer version of the program.
    #[error("newer: version {found}, known up to {known}")]
    Newer { found: i64, known: i64 },
    /// It is of another workspace than the one it was to replace.
    #[error("other workspace: {0}")]
    OtherWorkspace(String),
    #[error("it is sealed, and no passphrase was given")]
    PassphraseMissing,
    #[error("the passphrase is wrong")]
    PassphraseWrong,
    /// A ledger stands where a new one was to be.
    #[error("occupied: {0}")]
    Occupied(String),
    /// Nothing stands where it was to be replaced.
    #[error("missing: {0}")]
    Missing(String),
    /// A process works there.
    #[error("in use: {0}")]
    InUse(String),
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("cannot be written: {0}")]
    Unwritable(String),
}

impl BackupError {
    /// The catalogues' key for it.
    pub fn code(&self) -> &'static str {
        match self {
            BackupError::Foreign(_) => "foreign",
            BackupError::Damaged(_) => "damaged",
            BackupError::Newer { .. } => "newer",
            BackupError::OtherWorkspace(_) => "other_workspace",
            BackupError::PassphraseMissing => "passphrase_missing",
            BackupError::PassphraseWrong => "passphrase_wrong",
            BackupError::Occupied(_) => "occupied",
            BackupError::Missing(_) => "missing",
            BackupError::InUse(_) => "in_use",
            BackupError::Unreadable(_) => "unreadable",
            BackupError::Unwritable(_) => "unwritable",
        }
    }

    /// What the code does not tell: a path, a name, technical words of what is damaged.
    fn fact(&self) -> String {
        match self {
            BackupError::PassphraseMissing | BackupError::PassphraseWrong => String::new(),
            BackupError::Newer { found, known } => format!("{found} > {known}"),
            BackupError::Foreign(what)
            | BackupError::Damaged(what)
            | BackupError::OtherWorkspace(what)
            | BackupError::Occupied(what)
            | BackupError::Missing(what)
            | BackupError::InUse(what)
            | BackupError::Unreadable(what)
            | BackupError::Unwritable(what) => what.clone(),
        }
    }

    fn of_reading(error: StoreError) -> BackupError {
        match error {
            StoreError::Foreign(what) => BackupError::Foreign(what),
            StoreError::Newer { found, known } => BackupError::Newer { found, known },
            StoreError::Damaged(what) => BackupError::Damaged(what),
            StoreError::Owned(who) => BackupError::InUse(who),
            StoreError::Missing(where_) => BackupError::Missing(where_),
            other => BackupError::Unreadable(other.to_string()),
        }
    }

    fn of_writing(error: StoreError) -> BackupError {
        match error {
            StoreError::Io(error) => BackupError::Unwritable(error.to_string()),
            StoreError::ReadOnly(what) => BackupError::Unwritable(what),
            other => BackupError::of_reading(other),
        }
    }
}

impl From<BackupError> for EngineError {
    /// The code stands before the facts, for whoever has words for it.
    fn from(error: BackupError) -> Self {
        let field = match &error {
            BackupError::PassphraseMissing | BackupError::PassphraseWrong => "passphrase",
            BackupError::InUse(who) => return EngineError::Store(StoreError::Owned(who.clone())),
            _ => "file",
        };
        let detail = match error.fact() {
            fact if fact.is_empty() => error.code().to_owned(),
            fact => format!("{}: {fact}", error.code()),
        };
        EngineError::Invalid { field, detail }
    }
}
