//! What a command may answer instead of its result: a code that someone branches on, and facts.

use crate::dto::FailureInfo;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    UnknownCommand,
    InvalidInput,
    Forbidden,
    /// The workspace has people, and nobody is signed in at this client.
    SignInNeeded,
    /// The name or the password is wrong: which one is not told.
    WrongPassword,
    /// Too many wrong passwords: none is looked at before the instant in `detail` (UTC milliseconds).
    TryLater,
    /// It is written down and waits for a second person; `detail` is its id.
    NeedsApproval,
    NoWorkspace,
    NotFound,
    /// The record is not in a state that allows this (it moved meanwhile, or it is in doubt).
    NotNow,
    /// The provider's document already belongs to another record.
    AlreadyLinked,
    WorkspaceOwned,
    /// The owner that this client asks ended, or does not answer.
    OwnerSilent,
    LedgerNewer,
    LedgerDamaged,
    LedgerReadOnly,
    Vault,
    /// It could not be put on record, and was not done.
    NotOnRecord,
    /// The keyring is locked or silent: it goes on by itself once that is over.
    VaultWaiting,
    /// The file of credentials needs its passphrase.
    VaultLocked,
    /// There is no keyring, and nobody chose where credentials are kept instead.
    VaultNotChosen,
    WrongPassphrase,
    /// The other system said no or could not be reached; `failure` says which.
    Outside,
    Internal,
}

impl ErrorCode {
    /// As it crosses the border (`not_now`).
    pub fn to_text(self) -> String {
        serde_json::to_value(self).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{code:?}: {detail}")]
pub struct ApiError {
    pub code: ErrorCode,
    /// Facts: the field, the id, the path, the owner. Not a sentence to show by itself.
    pub detail: String,
    /// The input field that was wrong, where one was.
    pub field: Option<String>,
    pub failure: Option<Box<FailureInfo>>,
}

impl ApiError {
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        ApiError { code, detail: detail.into(), field: None, failure: None }
    }

    pub fn invalid(field: &str, detail: impl Into<String>) -> Self {
        ApiError { code: ErrorCode::InvalidInput, detail: detail.into(), field: Some(field.to_owned()), failure: None }
    }

    pub fn not_found(what: &str) -> Self {
        ApiError::new(ErrorCode::NotFound, what)
    }
}
