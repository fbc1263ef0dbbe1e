//! The file that pieces are written into: nobody else's to read, synced piece by piece.

use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Read at a time.
const CHUNK: usize = 256 * 1024;

/// Why a piece is not in the file.
#[derive(Debug)]
pub(super) enum PiecesError {
    /// Something else stands there already.
    Differs,
    Io(std::io::Error),
}

impl From<std::io::Error> for PiecesError {
    fn from(error: std::io::Error) -> Self {
        PiecesError::Io(error)
    }
}

/// Writes a piece that is next, or compares one that was written before. Of the last answers the
/// whole file's hash.
pub(super) fn add_piece(
    path: &Path,
    offset: u64,
    piece: &[u8],
    (is_next, is_last): (bool, bool),
) -> Result<Option<String>, PiecesError> {
    if !is_next {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut written = vec![0; piece.len()];
        file.read_exact(&mut written)?;
        return if written == piece { Ok(None) } else { Err(PiecesError::Differs) };
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    // what a crash left behind the last piece that was noted is written over
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(piece)?;
    file.sync_data()?;
    Ok(if is_last { Some(hash_of(path)?) } else { None })
}

/// SHA-256 of a file, in hex.
pub(super) fn hash_of(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => hash.update(&chunk[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Removes a file that nobody needs. One that stays for now is removed at the next start.
pub(super) fn remove(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            tracing::warn!(%error, path = %path.display(), "a file of orders stays behind");
        }
        _ => {}
    }
}

/// Removes files of imports that are not among these.
pub(super) fn clear(folder: &Path, kept: &[String]) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with("imp_") && !kept.iter().any(|id| id == name));
        if is_ours {
            remove(&entry.path());
        }
    }
}
