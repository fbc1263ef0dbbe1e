//! Where credentials are kept, and whether they can be read now.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultInfo {
    /// `os_keyring`, `file` or `session_memory`; null while nothing is chosen.
    pub kind: Option<String>,
    /// `ready`, `locked` (the file needs its passphrase), `waiting` (the keyring is locked or silent), `not_chosen` (there is
    /// none) or `refused` (there is one, and it keeps nothing).
    pub state: String,
    /// Why it is not the keyring or not open, in the system's words.
    pub reason: Option<String>,
    /// Where the encrypted file is, or would be.
    pub file: String,
    pub has_file: bool,
    /// After too many wrong passphrases: none is looked at before.
    #[ts(type = "number | null")]
    pub wait_until_ms: Option<i64>,
    /// Characters that a new passphrase has at least.
    pub shortest_passphrase: u32,
}

/// What a person chose. The passphrase is kept nowhere.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultChoice {
    /// `os_keyring`, `file` or `session_memory`.
    pub kind: String,
    /// For a file: a new one's passphrase, or that of the one that is there.
    #[serde(default)]
    pub passphrase: Option<String>,
    /// The secrets of a file that is there are given up: it is put aside.
    #[serde(default)]
    pub replace: bool,
}

impl std::fmt::Debug for VaultChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VaultChoice").field("kind", &self.kind).field("replace", &self.replace).finish_non_exhaustive()
    }
}

/// Opens the file; of a keyring that waits, asks it to be unlocked, with none.
#[derive(Clone, Deserialize, TS)]
pub struct PassphraseInput {
    #[serde(default)]
    pub passphrase: String,
}

#[derive(Clone, Deserialize, TS)]
pub struct PassphraseChange {
    pub old: String,
    pub new: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_shows_no_passphrase_to_whoever_prints_it() {
        let choice = VaultChoice { kind: "file".into(), passphrase: Some("a passphrase".into()), replace: false };
        let shown = format!("{choice:?}");
        assert!(shown.contains("file") && !shown.contains("a passphrase"), "{shown}");
    }
}
