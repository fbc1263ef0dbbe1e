//! What can go wrong between the engine and the files, in terms that someone branches on.

use punte_domain::IllegalTransition;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process owns the workspace.
    #[error("the workspace is owned by another process ({0})")]
    Owned(String),
    #[error("the ledger is of version {found}; this program knows versions up to {known}")]
    Newer { found: i64, known: i64 },
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    #[error("the ledger cannot be written: {0}")]
    ReadOnly(String),
    /// Of a file that was to be a backup.
    #[error("not a backup: {0}")]
    Foreign(String),
    #[error("no workspace at {0}")]
    Missing(String),
    /// Another owner took over: its epoch is in the ledger.
    #[error("another process took the workspace over")]
    NotOwner,
    #[error("not found: {0}")]
    NotFound(String),
    /// A part of the ledger is missing: nothing is sent until the provider was read.
    #[error("the ledger is quarantined: nothing is sent")]
    Quarantined,
    /// The record moved on since it was read.
    #[error("the record changed meanwhile: {0}")]
    Stale(String),
    /// Another version of a mapping was published since the one that the new one was begun from.
    #[error("mapping {0} was published meanwhile")]
    PublishedMeanwhile(String),
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// A rule of the ledger forbids it, by a code.
    #[error("not allowed: {0}")]
    NotAllowed(&'static str),
    /// A document at the provider is already linked to another record.
    #[error("{0} already belongs to another record")]
    AlreadyLinked(String),
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("file: {0}")]
    Io(#[from] std::io::Error),
    #[error("stored data cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the ledger's writer has stopped")]
    Closed,
}

impl StoreError {
    /// Whether an error is the file's fault rather than the request's: sending stops until writing works again.
    pub fn is_storage_trouble(&self) -> bool {
        match self {
            StoreError::Sqlite(error) => !matches!(error, rusqlite::Error::QueryReturnedNoRows),
            StoreError::Io(_)
            | StoreError::Closed
            | StoreError::ReadOnly(_)
            | StoreError::Damaged(_)
            | StoreError::NotOwner => true,
            StoreError::Owned(_)
            | StoreError::Newer { .. }
            | StoreError::Missing(_)
            | StoreError::Foreign(_)
            | StoreError::NotFound(_)
            | StoreError::Stale(_)
            | StoreError::PublishedMeanwhile(_)
            | StoreError::Quarantined
            | StoreError::Illegal(_)
            | StoreError::NotAllowed(_)
            | StoreError::AlreadyLinked(_)
            | StoreError::Json(_) => false,
        }
    }
}

pub type Result<T> = std::result::Result<T, StoreError>;
