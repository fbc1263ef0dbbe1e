//! Where credentials are kept: the operating system's keyring, or this session's memory where none answers.
//!
//! Owns the choice and its reason in words. Refuses cryptography of its own, and puts no secret into an error, a log or a
//! debug text.

mod keyring_vault;
mod memory;

pub use keyring_vault::KeyringVault;
pub use memory::MemoryVault;

use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// The name under which every secret of ours stands in the keyring.
pub const SERVICE: &str = "ro.punte";

/// The keyring answers within this, or counts as silent (a prompt that nobody sees blocks forever).
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The store refused, in its own words (never the secret).
    #[error("the credential store refused: {0}")]
    Refused(String),
    #[error("the credential store did not answer in time")]
    Silent,
}

pub type Result<T> = std::result::Result<T, VaultError>;

/// Keeps secrets by name.
#[async_trait]
pub trait Vault: Send + Sync {
    async fn get(&self, name: &str) -> Result<Option<SecretString>>;
    async fn set(&self, name: &str, secret: SecretString) -> Result<()>;
    /// Deleting what is not there is fine.
    async fn delete(&self, name: &str) -> Result<()>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VaultKind {
    OsKeyring,
    /// Secrets are asked for again at the next start.
    SessionMemory,
}

/// Which store is used, and why not the keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultStatus {
    pub kind: VaultKind,
    pub reason: Option<String>,
}

/// The OS keyring if it can keep and give back a secret now, else memory with the reason.
pub async fn open_best() -> (Arc<dyn Vault>, VaultStatus) {
    let keyring = KeyringVault::new(SERVICE);
    match probe(&keyring).await {
        Ok(()) => (Arc::new(keyring), VaultStatus { kind: VaultKind::OsKeyring, reason: None }),
        Err(error) => {
            tracing::warn!(%error, "no keyring: credentials are kept for this session only");
            open_memory(&error.to_string())
        }
    }
}

/// A store for this session only.
pub fn open_memory(reason: &str) -> (Arc<dyn Vault>, VaultStatus) {
    let status = VaultStatus { kind: VaultKind::SessionMemory, reason: Some(reason.to_owned()) };
    (Arc::new(MemoryVault::default()), status)
}

/// Sets, reads and deletes a throw-away entry under a name of its own.
async fn probe(vault: &dyn Vault) -> Result<()> {
    use secrecy::ExposeSecret;
    let name = format!("probe-{}", uuid::Uuid::new_v4().simple());
    let tried = async {
        vault.set(&name, SecretString::from("probe")).await?;
        let read = vault.get(&name).await?;
        vault.delete(&name).await?;
        if read.is_some_and(|secret| secret.expose_secret() == "probe") {
            Ok(())
        } else {
            Err(VaultError::Refused("it did not give back what was set".to_owned()))
        }
    };
    tokio::time::timeout(PATIENCE, tried).await.map_err(|_| VaultError::Silent)?
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Forgetful;

    #[async_trait]
    impl Vault for Forgetful {
        async fn get(&self, _: &str) -> Result<Option<SecretString>> {
            Ok(None)
        }
        async fn set(&self, _: &str, _: SecretString) -> Result<()> {
            Ok(())
        }
        async fn delete(&self, _: &str) -> Result<()> {
            Ok(())
        }
    }

    struct Blocked;

    #[async_trait]
    impl Vault for Blocked {
        async fn get(&self, _: &str) -> Result<Option<SecretString>> {
            std::future::pending().await
        }
        async fn set(&self, _: &str, _: SecretString) -> Result<()> {
            std::future::pending().await
        }
        async fn delete(&self, _: &str) -> Result<()> {
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn a_store_that_forgets_is_not_used() {
        assert!(matches!(probe(&Forgetful).await, Err(VaultError::Refused(_))));
        assert_eq!(probe(&MemoryVault::default()).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_waits_for_an_unseen_prompt_counts_as_silent() {
        assert_eq!(probe(&Blocked).await, Err(VaultError::Silent));
    }
}
