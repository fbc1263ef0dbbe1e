//! What lies in a workspace's folder is its user's alone, on systems that know users: clients' data stands in all of it.
//!
//! A file system without such rights, or a folder of somebody else's, is left as it is: that keeps nobody from working.

use std::path::Path;

/// Folders in a workspace's folder that are Punte's own. Whatever else somebody keeps there is theirs.
const FOLDERS: [&str; 2] = ["imports", "exports"];

/// Takes from everybody but the user what they may do with a file or folder.
pub fn keep_private(path: &Path) {
    #[cfg(unix)]
    if let Err(error) = tighten(path) {
        tracing::warn!(path = %path.display(), %error, "others may be able to read this");
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// A file that SQLite is to open, for this user alone from its first byte: what SQLite lays beside it takes its rights.
pub(crate) fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if let Err(error) = options.open(path)
        && error.kind() == std::io::ErrorKind::AlreadyExists
    {
        keep_private(path);
    }
}

/// A workspace's folder, the files in it, and what lies in the folders of its imports and exports, also where it was made by a
/// version that left it open.
pub(crate) fn keep_folder_private(folder: &Path) {
    keep_private(folder);
    keep_files_private(folder);
    for own in FOLDERS.map(|name| folder.join(name)) {
        keep_all_private(&own);
    }
}

fn keep_all_private(folder: &Path) {
    if !folder.symlink_metadata().is_ok_and(|it| it.is_dir()) {
        return;
    }
    keep_private(folder);
    keep_files_private(folder);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|it| it.is_dir()) {
            keep_all_private(&entry.path());
        }
    }
}

fn keep_files_private(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        // what a link leads to is not in the folder
        if entry.file_type().is_ok_and(|it| it.is_file()) {
            keep_private(&entry.path());
        }
    }
}

#[cfg(unix)]
fn tighten(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut rights = std::fs::metadata(path)?.permissions();
    let mode = rights.mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    rights.set_mode(mode & !0o077);
    std::fs::set_permissions(path, rights)
}
