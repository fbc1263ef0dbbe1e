//! What a use case may answer instead of its result.

use punte_domain::Failure;
use punte_store::StoreError;
use punte_vault::VaultError;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The credential store did not answer.
    #[error("credential store: {0}")]
    Vault(String),
    /// The credential store cannot be asked, or refused.
    #[error(transparent)]
    Credentials(#[from] VaultError),
    /// An outside system could not be reached or said no.
    #[error("{} failed: {:?}", .0.operation, .0.kind)]
    Outside(Box<Failure>),
    /// An input was wrong: the field, and what about it.
    #[error("{field}: {detail}")]
    Invalid { field: &'static str, detail: String },
    /// The record is not in a state that allows this now.
    #[error("not now: {0}")]
    NotNow(&'static str),
}

impl From<Failure> for EngineError {
    fn from(failure: Failure) -> Self {
        EngineError::Outside(Box::new(failure))
    }
}

pub type Result<T> = std::result::Result<T, EngineError>;

impl EngineError {
    /// Whether something moved on meanwhile.
    pub(crate) fn is_stale(&self) -> bool {
        matches!(self, EngineError::Store(StoreError::Stale(_)))
    }
}
