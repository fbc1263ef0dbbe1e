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

    /// Takes this note away, unless another owner has left its own meanwhile.
    pub fn remove(&self, folder: &Path) {
        if Self::find(folder).is_some_and(|found| found.pid == self.pid && found.port == self.port) {
            // a note left behind names a port that nobody answers on: harmless
            let _ = std::fs::remove_file(folder.join(NAME));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_of_a_new_owner_stays_when_the_old_one_goes() {
        let folder = tempfile::tempdir().unwrap();
        let note = |pid| OwnerNote { pid, port: 4000, token: "t".into() };
        note(1).write(folder.path()).unwrap();
        note(2).write(folder.path()).unwrap();
        note(1).remove(folder.path());
        assert_eq!(OwnerNote::find(folder.path()).map(|found| found.pid), Some(2));
        note(2).remove(folder.path());
        assert!(OwnerNote::find(folder.path()).is_none());
    }
}
