//! A copy put in a ledger's place: nobody owns it meanwhile, what stood there is kept beside, and at every instant one whole
//! ledger or the other stands in the place.

use super::backup::{BackupFacts, sync_folder_of};
use super::{Ledger, ledger_path, open_writer, take_lock};
use crate::error::Result;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A place that waits for a copy. Dropped before its end, it leaves everything as it was.
pub struct PutBack {
    folder: PathBuf,
    made_folder: bool,
    lock: Option<File>,
}

impl PutBack {
    /// Takes the folder's lock; makes the folder where it is not there.
    ///
    /// # Errors
    /// [`StoreError::Owned`](crate::StoreError::Owned) while a process works there.
    pub fn begin(folder: &Path) -> Result<PutBack> {
        let made_folder = !folder.exists();
        std::fs::create_dir_all(folder)?;
        let lock = take_lock(folder)?;
        let place = PutBack { folder: folder.to_owned(), made_folder, lock: Some(lock) };
        place.discard();
        Ok(place)
    }

    /// Whether a ledger stands there, sound or not.
    pub fn has_ledger(&self) -> bool {
        ledger_path(&self.folder).exists()
    }

    /// The id of the workspace that stands there, if it can be read.
    pub fn find_workspace(&self) -> Option<String> {
        Ledger::peek(&self.folder).ok().map(|(id, ..)| id)
    }

    /// Where the copy is to be laid: in the same folder, so that it takes its place in one step.
    pub fn staged(&self) -> PathBuf {
        self.folder.join("ledger.sqlite.restoring")
    }

    /// Checks what was laid there and puts it in the ledger's place. What stood there stays under the name
    /// `ledger.sqlite.before-restore-` and `stamp`, which is answered.
    pub fn finish(mut self, stamp: &str) -> Result<(BackupFacts, Option<PathBuf>)> {
        let staged = self.staged();
        File::options().read(true).write(true).open(&staged)?.sync_all()?;
        let facts = Ledger::inspect_backup(&staged)?;
        let path = ledger_path(&self.folder);
        let aside = self.free_name(stamp);
        let had_ledger = self.has_ledger();
        if had_ledger {
            fold_log_in(&path, &beside(&aside, "-wal"))?;
        }
        let is_linked = had_ledger && std::fs::hard_link(&path, &aside).is_ok();
        if had_ledger && !is_linked {
            std::fs::rename(&path, &aside)?;
        }
        let placed = remove_log(&path).and_then(|()| std::fs::rename(&staged, &path));
        if let Err(error) = placed {
            if had_ledger && !is_linked {
                let _ = std::fs::rename(&aside, &path);
            }
            return Err(error.into());
        }
        sync_folder_of(&path);
        self.made_folder = false;
        Ok((facts, had_ledger.then_some(aside)))
    }

    fn free_name(&self, stamp: &str) -> PathBuf {
        let named = |more: &str| self.folder.join(format!("ledger.sqlite.before-restore-{stamp}{more}"));
        let later = (2..1000).map(|n| named(&format!("-{n}")));
        std::iter::once(named("")).chain(later).find(|path| !path.exists()).unwrap_or_else(|| named("-last"))
    }

    fn discard(&self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(beside(&self.staged(), ending));
        }
    }
}

impl Drop for PutBack {
    fn drop(&mut self) {
        self.discard();
        self.lock = None;
        if self.made_folder {
            let _ = std::fs::remove_file(self.folder.join("owner.lock"));
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// What the log still holds goes into the file. Of a ledger that cannot be opened the log is kept beside as it is: SQLite throws
/// one away that it cannot read.
fn fold_log_in(path: &Path, kept: &Path) -> Result<()> {
    let log = beside(path, "-wal");
    if !log.exists() {
        return Ok(());
    }
    std::fs::copy(&log, kept)?;
    let folded = open_writer(path).and_then(|connection| {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(())
    });
    match folded {
        Ok(()) => std::fs::remove_file(kept)?,
        Err(error) => tracing::warn!(%error, "the log of the ledger that is put aside stays a file of its own"),
    }
    Ok(())
}

/// A log that is left would be read into whatever stands in the place next.
fn remove_log(path: &Path) -> std::io::Result<()> {
    for ending in ["-wal", "-shm"] {
        let left = beside(path, ending);
        if left.exists() {
            std::fs::remove_file(left)?;
        }
    }
    Ok(())
}
