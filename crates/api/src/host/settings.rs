//! The host's own settings: language, appearance, known workspaces; the window's beside them. Small JSON files, replaced whole.

use crate::dto::{OnClose, WorkspaceInfo};
use crate::error::{ApiError, ErrorCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::Path;

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

impl Settings {
    /// A missing file is an empty one; a damaged one is named, not overwritten.
    pub(super) fn read(home: &Path) -> Result<Settings, ApiError> {
        read(home, "settings.json")
    }

    pub(super) fn write(&self, home: &Path) -> Result<(), ApiError> {
        write(home, "settings.json", self)
    }
}

/// What is chosen for this computer's window. A file of its own: the window may be attached to another process, whose the settings
/// are then, and what was read of them at the start is not written over them later.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct WindowSettings {
    pub on_close: OnClose,
}

impl WindowSettings {
    pub(super) fn read(home: &Path) -> Result<WindowSettings, ApiError> {
        read(home, "window.json")
    }

    pub(super) fn write(&self, home: &Path) -> Result<(), ApiError> {
        write(home, "window.json", self)
    }
}

fn read<T: Default + DeserializeOwned>(home: &Path, name: &str) -> Result<T, ApiError> {
    let path = home.join(name);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map_err(|error| ApiError::new(ErrorCode::Internal, format!("{} cannot be read: {error}", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(T::default()),
        Err(error) => Err(ApiError::new(ErrorCode::Internal, format!("{}: {error}", path.display()))),
    }
}

fn write(home: &Path, name: &str, settings: &impl Serialize) -> Result<(), ApiError> {
    let failed = |error: std::io::Error| ApiError::new(ErrorCode::Internal, format!("{name}: {error}"));
    std::fs::create_dir_all(home).map_err(failed)?;
    let draft = home.join(format!("{name}.new"));
    let json =
        serde_json::to_vec_pretty(settings).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    std::fs::write(&draft, json).map_err(failed)?;
    std::fs::rename(&draft, home.join(name)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ui/src/features/settings/defaults.json` is what the screen says that a setting is where nobody chose.
    #[tokio::test]
    async fn the_defaults_that_the_settings_screen_names_are_the_true_ones() {
        use punte_engine::alerts::{AlertSettings, Digest, QuietHours, Rule, RuleSetting};
        use serde_json::{Value, json};
        let told: Value =
            serde_json::from_str(include_str!("../../../../ui/src/features/settings/defaults.json")).unwrap();
        for rule in Rule::ALL {
            let usual = RuleSetting::usual(*rule);
            let named = &told[format!("alert-{}", rule.as_str())];
            assert_eq!(named, &json!({ "threshold": usual.threshold, "passesQuiet": usual.passes_quiet }), "{rule:?}");
        }
        let (quiet, digest) = (QuietHours::default(), Digest::default());
        let of_quiet = json!({ "on": quiet.on, "fromMinute": quiet.from_minute, "untilMinute": quiet.until_minute });
        assert_eq!(told["alert-quiet"], of_quiet);
        assert_eq!(told["alert-digest"], json!({ "on": digest.on, "atMinute": digest.at_minute }));
        assert_eq!(AlertSettings::default().quiet, quiet);
        let guards = punte_engine::people::Guards::default();
        let of_guards = [
            guards.lock_after_min.into(),
            guards.storno.into(),
            guards.delete.into(),
            json!(guards.bulk_over),
            guards.limits.into(),
        ];
        let names = ["lock-after", "second-storno", "second-delete", "second-bulk", "second-limits"];
        assert_eq!(names.map(|name| told[name].clone()), of_guards);
        let backup = punte_engine::backup::BackupSettings::default();
        let of_backup = [json!(backup.folder), backup.every_hours.into(), backup.keep.into(), backup.encrypt.into()];
        assert_eq!(
            ["backup-folder", "backup-every", "backup-keep", "backup-encrypt"].map(|name| told[name].clone()),
            of_backup
        );
        let listener = ListenerSettings::default();
        let of_listener = [listener.enabled.into(), listener.port.into(), json!(listener.public_address)];
        assert_eq!(
            ["listener-enabled", "listener-port", "listener-address"].map(|name| told[name].clone()),
            of_listener
        );
        assert_eq!(told["on-close"], json!(WindowSettings::default().on_close));
        assert_eq!(told["network-hosts"], json!(Settings::default().private_hosts));
        let home = tempfile::tempdir().unwrap();
        let vault = crate::host::parts_of_tests::memory_vault(home.path());
        let host = crate::Host::new(crate::host::parts_of_tests::parts(home.path(), vault)).unwrap();
        let session = host.local_session(crate::commands::HostKind::Terminal);
        let made = host.call(&session, "workspace.create", json!({ "name": "Atelier" })).await.unwrap();
        assert_eq!(told["workspaces-run"], made["workspaces"][0]["enabled"]);
        let months = host.workspace().await.unwrap().ledger().read_retention_months().await.unwrap();
        assert_eq!(told["retention"], json!(months));
        host.shut_down().await;
    }
}
