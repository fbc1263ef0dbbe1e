//! Where credentials are kept: the operating system's keyring, an encrypted file that a passphrase opens, or this session's
//! memory where a person chose that.
//!
//! Owns what is open now, and the reason in words why it is not. Refuses cryptography of its own, and puts no secret into an
//! error, a log or a debug text. Nothing weaker than the keyring is taken without being chosen.

mod file;
mod keyring_vault;
mod memory;
mod switch;

pub use file::{Cost, FileVault};
pub use keyring_vault::{Keyring, KeyringVault, OsKeyring, Standing};
pub use memory::MemoryVault;
pub use switch::{SHORTEST_PASSPHRASE, SwitchVault};

use async_trait::async_trait;
use secrecy::SecretString;
use std::time::Duration;

/// The name under which every secret of ours stands in the keyring.
pub const SERVICE: &str = "ro.punte";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The store refused, in its own words (never the secret).
    #[error("the credential store refused: {0}")]
    Refused(String),
    #[error("the credential store did not answer in time")]
    Silent,
    /// The keyring is there, and locked or silent.
    #[error("the keyring is locked or silent")]
    Waiting,
    /// The file of credentials needs its passphrase.
    #[error("the file of credentials is locked")]
    Locked,
    /// There is no keyring, and nobody chose anything else.
    #[error("it is not chosen where credentials are kept")]
    NotChosen,
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file of credentials is not whole, or not one. What is wrong, without anything of its content.
    #[error("the file of credentials is damaged: {0}")]
    Damaged(String),
    /// A new passphrase that will not do.
    #[error("a passphrase has at least {SHORTEST_PASSPHRASE} characters")]
    TooShort,
    /// Too many wrong passphrases: none is looked at for so long.
    #[error("too many wrong passphrases: wait {} s", .0.as_secs().max(1))]
    TooSoon(Duration),
    /// What is asked for does not fit what is open.
    #[error("not now: {0}")]
    NotNow(&'static str),
}

pub type Result<T> = std::result::Result<T, VaultError>;

impl VaultError {
    /// Whether the store itself cannot be asked now, whatever is asked.
    pub fn is_closed(&self) -> bool {
        matches!(self, VaultError::Silent | VaultError::Waiting | VaultError::Locked | VaultError::NotChosen)
    }
}

/// Keeps secrets by name.
#[async_trait]
pub trait Vault: Send + Sync {
    async fn get(&self, name: &str) -> Result<Option<SecretString>>;
    async fn set(&self, name: &str, secret: SecretString) -> Result<()>;
    /// Deleting what is not there is fine.
    async fn delete(&self, name: &str) -> Result<()>;

    /// Whether it can be asked. One that always can says nothing else.
    fn state(&self) -> VaultState {
        VaultState::Ready
    }

    /// Which opening this is: another number where another store may answer from here on.
    fn opening(&self) -> u64 {
        0
    }

    /// Ends once the state is another one than that, or another store is open.
    async fn leaves(&self, state: VaultState) {
        if self.state() == state {
            std::future::pending::<()>().await;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VaultKind {
    OsKeyring,
    /// An encrypted file that a passphrase opens.
    File,
    /// Secrets are asked for again at the next start.
    SessionMemory,
}

impl VaultKind {
    pub const ALL: [VaultKind; 3] = [VaultKind::OsKeyring, VaultKind::File, VaultKind::SessionMemory];

    /// The word for it in settings and over the api.
    pub fn as_str(self) -> &'static str {
        match self {
            VaultKind::OsKeyring => "os_keyring",
            VaultKind::File => "file",
            VaultKind::SessionMemory => "session_memory",
        }
    }

    pub fn parse(text: &str) -> Option<VaultKind> {
        VaultKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VaultState {
    Ready,
    /// The file needs its passphrase.
    Locked,
    /// The keyring is there, and locked or silent: it is looked at again and again.
    Waiting,
    /// There is no keyring, and a person has not said what to use instead.
    NotChosen,
    /// There is one, it answers that it keeps nothing, and a person has not said what to use instead.
    Refused,
}

impl VaultState {
    pub fn as_str(self) -> &'static str {
        match self {
            VaultState::Ready => "ready",
            VaultState::Locked => "locked",
            VaultState::Waiting => "waiting",
            VaultState::NotChosen => "not_chosen",
            VaultState::Refused => "refused",
        }
    }
}

/// Which store is used, whether it can be asked, and why it is not the keyring or not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultStatus {
    /// `None`: nothing is chosen.
    pub kind: Option<VaultKind>,
    pub state: VaultState,
    /// In the system's words.
    pub reason: Option<String>,
}
