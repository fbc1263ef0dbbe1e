//! A backup of a workspace that nobody works in, made from outside.

use super::BackupError;
use super::files::{Scratch, put_checksum, seal, unsealed};
use super::place::{Made, Place};
use punte_store::Ledger;
use punte_store::ledger::BackupFacts;
use punte_vault::Cost;
use secrecy::SecretString;
use std::path::{Path, PathBuf};

fn unwritable(error: std::io::Error) -> BackupError {
    BackupError::Unwritable(error.to_string())
}

/// Makes a backup in the workspace's folder of backups, where it counts as any other, or as a file named by `to`, which must not
/// be there yet. Answers where it is and what it holds. `took_ms` says how long it took, for whoever asks later.
///
/// # Errors
/// [`BackupError::InUse`] while a process works there, or what keeps it from being made.
pub fn back_up_closed(
    state: &Path,
    folder: &Path,
    to: Option<&Path>,
    passphrase: Option<&SecretString>,
    now_ms: i64,
    took_ms: impl FnOnce() -> u64,
) -> Result<(PathBuf, BackupFacts), BackupError> {
    let (id, name, _) = Ledger::peek(folder).map_err(BackupError::of_reading)?;
    let place = Place::of(state, &id);
    let target = match to {
        Some(to) if to.exists() => return Err(BackupError::Occupied(to.display().to_string())),
        Some(to) => to.to_owned(),
        None => {
            let settings = place.settings().map_err(|error| BackupError::Unreadable(error.to_string()))?;
            let folder = place.folder(&settings);
            std::fs::create_dir_all(&folder).map_err(unwritable)?;
            Place::new_name(&folder, &name, now_ms, passphrase.is_some())
        }
    };
    let facts = match passphrase {
        None => {
            let facts = Ledger::backup_folder(folder, &target, |_, _| true).map_err(BackupError::of_writing)?;
            put_checksum(&target)?;
            facts
        }
        Some(passphrase) => {
            let plain = unsealed(folder);
            let facts = Ledger::backup_folder(folder, &plain, |_, _| true).map_err(BackupError::of_writing)?;
            let plain = Scratch::of(plain);
            seal(plain.path(), &target, passphrase, Cost::default())?;
            facts
        }
    };
    if to.is_none() {
        let bytes = std::fs::metadata(&target).map_err(unwritable)?.len();
        let file = target.file_name().unwrap_or_default().to_string_lossy();
        place.note(Made::of(&facts, &file, bytes, passphrase.is_some(), now_ms, took_ms())).map_err(unwritable)?;
        place.prune().map_err(unwritable)?;
    }
    Ok((target, facts))
}
