//! Backups: what is set, what was made, and putting one back.

use super::JobInfo;
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct BackupRequest {
    /// A workspace that is not open; null is the one on screen.
    pub workspace: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupInfo {
    pub workspace: String,
    /// Where they lie now.
    pub folder: String,
    /// Where they lie unless another folder is set.
    pub default_folder: String,
    /// 0: only on demand.
    pub every_hours: u32,
    /// The newest ones that stay.
    pub keep: u32,
    /// Sealed under the passphrase that the credential store holds.
    pub encrypt: bool,
    /// When that passphrase was set.
    #[ts(type = "number | null")]
    pub passphrase_ms: Option<i64>,
    pub shortest_passphrase: u32,
    /// Pages copied and pages there are, while one is being made.
    #[ts(type = "number")]
    pub copied: u64,
    #[ts(type = "number")]
    pub pages: u64,
    pub running: bool,
    /// When it ran last and runs next; null where the workspace is not open.
    pub job: Option<JobInfo>,
    pub files: Vec<BackupFile>,
}

/// A file in the folder of backups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupFile {
    pub file: String,
    #[ts(type = "number")]
    pub bytes: u64,
    #[ts(type = "number")]
    pub made_ms: i64,
    pub sealed: bool,
    /// When it was last opened and found whole; null where it was not looked at, or was not whole.
    #[ts(type = "number | null")]
    pub verified_ms: Option<i64>,
    /// Requests that were recorded before it was made; null where it was not made here.
    #[ts(type = "number | null")]
    pub sequence: Option<i64>,
    #[ts(type = "number | null")]
    pub epoch: Option<i64>,
    /// `sequence:hash` of the audit log's newest row in it.
    pub audit_head: Option<String>,
    #[ts(type = "number | null")]
    pub took_ms: Option<u64>,
}

#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupSettingsInput {
    /// Null or empty: the app's own place.
    #[serde(default)]
    pub folder: Option<String>,
    /// 0, 1, 6, 12, 24 or 168.
    pub every_hours: u32,
    /// 1 to 365.
    pub keep: u32,
    pub encrypt: bool,
    /// A new one; null keeps the one before.
    #[serde(default)]
    pub passphrase: Option<String>,
}

impl fmt::Debug for BackupSettingsInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackupSettingsInput").field("folder", &self.folder).finish_non_exhaustive()
    }
}

#[derive(Clone, Default, Deserialize, TS)]
#[serde(default)]
pub struct BackupRun {
    /// Seals this one under a passphrase of its own, whatever is set.
    pub passphrase: Option<String>,
}

/// A file of the folder, by its name.
#[derive(Clone, Deserialize, TS)]
pub struct BackupRef {
    pub file: String,
    /// Where it is sealed under another passphrase than the one that is kept.
    #[serde(default)]
    pub passphrase: Option<String>,
}

/// What a backup holds, once it was opened and found whole.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupVerified {
    pub file: String,
    pub workspace: String,
    pub name: String,
    #[ts(type = "number")]
    pub epoch: i64,
    #[ts(type = "number")]
    pub sequence: i64,
    pub audit_head: Option<String>,
    #[ts(type = "number")]
    pub bytes: u64,
    #[ts(type = "number")]
    pub pages: u64,
}

#[derive(Clone, Deserialize, TS)]
pub struct RestoreRequest {
    pub workspace: String,
    pub file: String,
    #[serde(default)]
    pub passphrase: Option<String>,
}
