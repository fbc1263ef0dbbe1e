//! A backup put back: in the place of the ledger that stands there, or into a folder of its own.
//!
//! It stays the same workspace, with the same seed: it is the same books. Whether it is behind what this machine has seen of them
//! is judged when it is opened, as of any ledger.

use super::BackupError;
use super::files::lay_open;
use chrono::DateTime;
use chrono_tz::Europe::Bucharest;
use punte_store::ledger::{BackupFacts, PutBack};
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// Where a backup is put.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// In the place of a ledger, which is set aside. Where that cannot be read, `workspace` says whose it was.
    InPlace { folder: &'a Path, workspace: Option<&'a str> },
    /// Into a folder without one.
    New { folder: &'a Path },
}

#[derive(Debug, Clone)]
pub struct Restored {
    pub facts: BackupFacts,
    pub folder: PathBuf,
    /// Where the ledger is that stood there before.
    pub aside: Option<PathBuf>,
}

/// Looks at a backup and puts it back, in one step: before it, nothing has changed. May take as long as the file is large.
///
/// # Errors
/// What is wrong with the file, the passphrase or the place; everything is then as it was.
pub fn restore(
    file: &Path,
    passphrase: Option<&SecretString>,
    target: Target<'_>,
    now_ms: i64,
) -> Result<Restored, BackupError> {
    let folder = match target {
        Target::InPlace { folder, .. } if !folder.is_dir() => {
            return Err(BackupError::Missing(folder.display().to_string()));
        }
        Target::InPlace { folder, .. } | Target::New { folder } => folder,
    };
    let mut place = PutBack::begin(folder).map_err(BackupError::of_writing)?;
    let expected = match target {
        Target::New { .. } if place.has_ledger() => return Err(BackupError::Occupied(folder.display().to_string())),
        Target::New { .. } => None,
        Target::InPlace { workspace, .. } => place.find_workspace().or_else(|| workspace.map(str::to_owned)),
    };
    let _staged = lay_open(file, passphrase, place.staged())?;
    let facts = place.check().map_err(BackupError::of_reading)?;
    if expected.is_some_and(|expected| expected != facts.workspace) {
        return Err(BackupError::OtherWorkspace(format!("{} ({})", facts.name, facts.workspace)));
    }
    let at = DateTime::from_timestamp_millis(now_ms).unwrap_or_default().with_timezone(&Bucharest);
    let (facts, aside) = place.finish(&at.format("%Y-%m-%d-%H%M%S").to_string()).map_err(BackupError::of_writing)?;
    tracing::warn!(
        workspace = facts.workspace, epoch = facts.epoch, sequence = facts.sequence, aside = ?aside,
        "a backup was put back"
    );
    Ok(Restored { facts, folder: folder.to_owned(), aside })
}
