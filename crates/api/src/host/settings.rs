//! The host's own settings: language, appearance, known workspaces. A small JSON file, replaced whole.

use crate::dto::{OnClose, WorkspaceInfo};
use crate::error::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    pub language: Option<String>,
    pub theme: Option<String>,
    pub workspaces: Vec<WorkspaceInfo>,
    /// The workspace that was on screen last.
    pub last: Option<String>,
    pub listener: ListenerSettings,
    /// Where credentials are kept: `os_keyring`, `file` or `session_memory`; none chosen is the keyring.
    pub vault: Option<String>,
    /// Hosts of a private network that may be reached.
    pub private_hosts: Vec<String>,
    pub on_close: OnClose,
}

/// Whether webhooks are listened for on this machine.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ListenerSettings {
    pub enabled: bool,
    /// 0 takes a free one.
    pub port: u16,
    pub public_address: String,
}

fn path(home: &Path) -> PathBuf {
    home.join("settings.json")
}

impl Settings {
    /// A missing file is an empty one; a damaged one is named, not overwritten.
    pub(super) fn read(home: &Path) -> Result<Settings, ApiError> {
        let path = path(home);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                ApiError::new(ErrorCode::Internal, format!("{} cannot be read: {error}", path.display()))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Settings::default()),
            Err(error) => Err(ApiError::new(ErrorCode::Internal, format!("{}: {error}", path.display()))),
        }
    }

    pub(super) fn write(&self, home: &Path) -> Result<(), ApiError> {
        let failed = |error: std::io::Error| ApiError::new(ErrorCode::Internal, format!("settings.json: {error}"));
        std::fs::create_dir_all(home).map_err(failed)?;
        let draft = home.join("settings.json.new");
        let json =
            serde_json::to_vec_pretty(self).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        std::fs::write(&draft, json).map_err(failed)?;
        std::fs::rename(&draft, path(home)).map_err(failed)
    }
}
