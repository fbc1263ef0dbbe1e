//! The owner's note in a workspace's folder: who owns it and where to ask. Readable by this user only; the token in it is
//! worth no more than the folder itself.

use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

#[derive(Clone, Serialize, Deserialize)]
pub struct OwnerNote {
    pub pid: u32,
    pub port: u16,
    pub token: String,
}

const NAME: &str = "owner.json";

impl OwnerNote {
    /// Replaces the note whole.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let draft = folder.join("owner.json.new");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(&draft)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        std::fs::rename(&draft, folder.join(NAME))
    }

    pub fn find(folder: &Path) -> Option<OwnerNote> {
        serde_json::from_slice(&std::fs::read(folder.join(NAME)).ok()?).ok()
    }

    pub fn remove(folder: &Path) {
        // a note left behind names a port that nobody answers on: harmless
        let _ = std::fs::remove_file(folder.join(NAME));
    }
}
