//! Backups as files: sealed and opened, compared with their checksums, and never left half.
//!
//! An unsealed copy of what is to be sealed, or was sealed, lies for a moment in the workspace's own folder, where the ledger lies
//! in the open anyway; never where the backup goes. What a kill leaves of it is swept at the next start and before the next use.

use super::BackupError;
use super::place::{checksum_path, is_sealed};
use super::sealed;
use punte_store::Ledger;
use punte_store::ledger::BackupFacts;
use punte_vault::Cost;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// What is to be sealed.
const UNSEALED: &str = "backup.unsealed";
/// What was sealed and is looked at, and the lock of whoever looks.
const LAID_OPEN: &str = "backup.opened";
const LOOKING: &str = "backup.opened.lock";

type Result<T> = std::result::Result<T, BackupError>;

fn unwritable(error: std::io::Error) -> BackupError {
    BackupError::Unwritable(error.to_string())
}

fn unreadable(error: std::io::Error) -> BackupError {
    BackupError::Unreadable(error.to_string())
}

/// A file that is gone when it is let go of, unless it took its name.
pub(super) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// New, for this user alone; one that a crash left is written over.
    pub(super) fn new(path: PathBuf) -> std::io::Result<(Scratch, File)> {
        let _ = std::fs::remove_file(&path);
        let mut options = OpenOptions::new();
        options.create_new(true).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok((Scratch { path }, file))
    }

    /// Beside the file that it is to become.
    fn beside(to: &Path) -> std::io::Result<(Scratch, File)> {
        let mut name = to.as_os_str().to_owned();
        name.push(".part");
        Scratch::new(name.into())
    }

    fn become_file(self, to: &Path) -> std::io::Result<()> {
        std::fs::rename(&self.path, to)?;
        #[cfg(unix)]
        if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty())
            && let Ok(folder) = File::open(folder)
        {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Writes a small file whole: it is there as it is to be, or as it was.
pub(super) fn put(to: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let (scratch, mut out) = Scratch::beside(to)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    drop(out);
    scratch.become_file(to)
}

/// Passes on, and knows what went through.
struct Hashed<W> {
    to: W,
    hash: Sha256,
}

impl<W: Write> Hashed<W> {
    fn new(to: W) -> Self {
        Hashed { to, hash: Sha256::new() }
    }

    fn sum(self) -> String {
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

fn sum_of(path: &Path) -> Result<String> {
    let mut hashed = Hashed::new(std::io::sink());
    let mut from = BufReader::new(File::open(path).map_err(unreadable)?);
    std::io::copy(&mut from, &mut hashed).map_err(unreadable)?;
    Ok(hashed.sum())
}

/// The checksum that lies beside a file, if one does.
fn told_sum(file: &Path) -> Result<Option<String>> {
    let path = checksum_path(file);
    if !path.exists() {
        return Ok(None);
    }
    let mut text = String::new();
    File::open(path).map_err(unreadable)?.take(4096).read_to_string(&mut text).map_err(unreadable)?;
    let sum = text.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let is_sum = sum.len() == 64 && sum.chars().all(|one| one.is_ascii_hexdigit());
    if is_sum { Ok(Some(sum)) } else { Err(BackupError::Damaged("the checksum beside it cannot be read".into())) }
}

fn agree(file: &Path, sum: &str) -> Result<()> {
    match told_sum(file)? {
        Some(told) if told != sum => Err(BackupError::Damaged("it does not agree with the checksum beside it".into())),
        _ => Ok(()),
    }
}

/// Puts a checksum beside an unsealed backup: SQLite does not see every byte that is turned over.
pub(super) fn put_checksum(file: &Path) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let line = format!("{}  {name}\n", sum_of(file)?);
    put(&checksum_path(file), line.as_bytes()).map_err(unwritable)
}

/// Seals a file, opens what was written and compares it, and only then gives it its name.
pub(super) fn seal(plain: &Path, to: &Path, passphrase: &SecretString, cost: Cost) -> Result<()> {
    let (scratch, out) = Scratch::beside(to).map_err(unwritable)?;
    let mut from = BufReader::new(File::open(plain).map_err(unreadable)?);
    let mut out = BufWriter::new(out);
    sealed::seal(&mut from, &mut out, passphrase, cost)?;
    out.into_inner().map_err(|error| unwritable(error.into_error()))?.sync_all().map_err(unwritable)?;
    let mut opened = Hashed::new(std::io::sink());
    let mut written = BufReader::new(File::open(&scratch.path).map_err(unreadable)?);
    sealed::open(&mut written, &mut opened, passphrase)?;
    if opened.sum() != sum_of(plain)? {
        return Err(BackupError::Damaged("what was written is not what is read".into()));
    }
    scratch.become_file(to).map_err(unwritable)
}

/// Lays a backup open as a new file, which is whole or not there.
pub(super) fn lay_open(file: &Path, passphrase: Option<&SecretString>, to: PathBuf) -> Result<Scratch> {
    let mut from = BufReader::new(File::open(file).map_err(unreadable)?);
    let (scratch, out) = Scratch::new(to).map_err(unwritable)?;
    let mut out = Hashed::new(BufWriter::new(out));
    if is_sealed(file) {
        sealed::open(&mut from, &mut out, passphrase.ok_or(BackupError::PassphraseMissing)?)?;
    } else {
        std::io::copy(&mut from, &mut out).map_err(unwritable)?;
    }
    out.flush().map_err(unwritable)?;
    let is_plain = !is_sealed(file);
    let sum = out.sum();
    if is_plain {
        agree(file, &sum)?;
    }
    Ok(scratch)
}

/// Opens a backup and says what it holds. What is sealed is laid open for a moment in the folder `work`, which is to be the
/// workspace's own where one is known.
///
/// # Errors
/// What is wrong with it, or with the passphrase.
pub fn verify(file: &Path, passphrase: Option<&SecretString>, work: &Path) -> Result<BackupFacts> {
    if !is_sealed(file) {
        let facts = Ledger::inspect_backup(file).map_err(BackupError::of_reading)?;
        agree(file, &sum_of(file)?)?;
        return Ok(facts);
    }
    let is_new = !work.exists();
    std::fs::create_dir_all(work).map_err(unwritable)?;
    let looked = look_into(file, passphrase, work);
    if is_new {
        let _ = std::fs::remove_file(work.join(LOOKING));
        let _ = std::fs::remove_dir(work);
    }
    looked
}

fn look_into(file: &Path, passphrase: Option<&SecretString>, work: &Path) -> Result<BackupFacts> {
    // one after the other, whichever process looks: the name is the same
    let turn = lock_file(work).map_err(unwritable)?;
    turn.lock().map_err(unwritable)?;
    let open = lay_open(file, passphrase, work.join(LAID_OPEN))?;
    Ledger::inspect_backup(open.path()).map_err(BackupError::of_reading)
}

fn lock_file(work: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(work.join(LOOKING))
}

/// Where the unsealed copy lies for a moment.
pub(super) fn unsealed(folder: &Path) -> PathBuf {
    folder.join(UNSEALED)
}

/// Takes away what a kill left in the open in a folder that the caller owns.
pub(crate) fn sweep(folder: &Path) {
    for ending in ["", ".part", ".part-journal"] {
        let _ = std::fs::remove_file(folder.join(format!("{UNSEALED}{ending}")));
    }
    // somebody may be looking from outside
    let is_free = || lock_file(folder).is_ok_and(|turn| turn.try_lock().is_ok());
    let left = folder.join(LAID_OPEN);
    if left.exists() && is_free() {
        let _ = std::fs::remove_file(left);
    }
}

impl Scratch {
    /// Takes a file that is there already.
    pub(super) fn of(path: PathBuf) -> Scratch {
        Scratch { path }
    }
}

/// Copies a finished backup, with its checksum, to where no file stands.
pub fn copy_out(file: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(BackupError::Occupied(to.display().to_string()));
    }
    let (scratch, mut out) = Scratch::beside(to).map_err(unwritable)?;
    let mut from = File::open(file).map_err(unreadable)?;
    std::io::copy(&mut from, &mut out).map_err(unwritable)?;
    out.sync_all().map_err(unwritable)?;
    if sum_of(scratch.path())? != sum_of(file)? {
        return Err(BackupError::Damaged("what was written is not what is read".into()));
    }
    scratch.become_file(to).map_err(unwritable)?;
    if is_sealed(to) { Ok(()) } else { put_checksum(to) }
}
