//! A copy put in a ledger's place: nobody owns it meanwhile, what stood there is kept beside, and at every instant one whole
//! ledger or the other stands in the place. One exception: a log that cannot be folded into its ledger (somebody reads it, or
//! it is damaged) is kept beside and taken from the place just before the copy takes it.

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
    /// What the copy holds, once it was looked at.
    checked: Option<BackupFacts>,
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
        let place = PutBack { folder: folder.to_owned(), made_folder, lock: Some(lock), checked: None };
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

    /// Checks what was laid there. Nobody else has the folder, so that it is checked once.
    pub fn check(&mut self) -> Result<BackupFacts> {
        let staged = self.staged();
        sync(&staged)?;
        let facts = Ledger::inspect_backup(&staged)?;
        Ok(self.checked.insert(facts).clone())
    }

    /// Puts what was laid there in the ledger's place, once it was checked. What stood there stays under the name
    /// `ledger.sqlite.before-restore-` and `stamp`, which is answered.
    pub fn finish(mut self, stamp: &str) -> Result<(BackupFacts, Option<PathBuf>)> {
        let facts = match self.checked.take() {
            Some(facts) => facts,
            None => self.check()?,
        };
        let path = ledger_path(&self.folder);
        let aside = self.free_name(stamp);
        let had_ledger = self.has_ledger();
        if had_ledger {
            fold_log_in(&path, &beside(&aside, "-wal"))?;
            set_aside(&path, &aside, |from, to| std::fs::hard_link(from, to))?;
        }
        remove_log(&path)?;
        std::fs::rename(self.staged(), &path)?;
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

/// Gives the ledger another name without taking it from its place. A file system without links takes a copy.
fn set_aside(path: &Path, aside: &Path, link: impl FnOnce(&Path, &Path) -> std::io::Result<()>) -> std::io::Result<()> {
    if link(path, aside).is_ok() {
        return Ok(());
    }
    let copied = std::fs::copy(path, aside).and_then(|_| sync(aside));
    if copied.is_err() {
        let _ = std::fs::remove_file(aside);
    }
    copied
}

fn sync(path: &Path) -> std::io::Result<()> {
    File::options().read(true).write(true).open(path)?.sync_all()
}

/// What the log still holds goes into the file. Where somebody reads, or the ledger cannot be opened, the log is kept beside as it
/// is: SQLite throws one away that it cannot read.
fn fold_log_in(path: &Path, kept: &Path) -> Result<()> {
    let log = beside(path, "-wal");
    if !log.exists() {
        return Ok(());
    }
    std::fs::copy(&log, kept)?;
    sync(kept)?;
    let is_busy = open_writer(path).and_then(|connection| {
        // a checkpoint that was kept from its end is no error: its row says so
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(busy != 0)
    });
    match is_busy {
        Ok(false) => std::fs::remove_file(kept)?,
        Ok(true) => tracing::warn!("somebody reads the ledger that is put aside: its log stays a file of its own"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Error, ErrorKind};

    #[test]
    fn without_links_what_stands_there_is_copied_and_stays_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("ledger.sqlite"), folder.path().join("aside"));
        std::fs::write(&path, "books").unwrap();
        set_aside(&path, &aside, |_, _| Err(Error::from(ErrorKind::Unsupported))).unwrap();
        assert_eq!(
            (std::fs::read(&path).unwrap(), std::fs::read(&aside).unwrap()),
            (b"books".to_vec(), b"books".to_vec())
        );
        let nowhere = folder.path().join("nowhere").join("aside");
        assert!(set_aside(&path, &nowhere, |_, _| Err(Error::from(ErrorKind::Unsupported))).is_err());
        assert!(path.exists() && !nowhere.exists(), "where there is no room for it nothing changes");
    }
}
