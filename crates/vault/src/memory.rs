//! Secrets for this session, zeroed when it ends.

use crate::{Result, Vault};
use async_trait::async_trait;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub struct MemoryVault {
    secrets: Mutex<HashMap<String, SecretString>>,
}

impl MemoryVault {
    fn secrets(&self) -> MutexGuard<'_, HashMap<String, SecretString>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryVault {
    /// Everything it holds, to be carried elsewhere.
    pub fn all(&self) -> Vec<(String, SecretString)> {
        self.secrets().iter().map(|(name, secret)| (name.clone(), secret.clone())).collect()
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn get(&self, name: &str) -> Result<Option<SecretString>> {
        Ok(self.secrets().get(name).cloned())
    }

    async fn set(&self, name: &str, secret: SecretString) -> Result<()> {
        self.secrets().insert(name.to_owned(), secret);
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.secrets().remove(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[tokio::test]
    async fn what_was_set_is_given_back_until_deleted() {
        let vault = MemoryVault::default();
        vault.set("a", "secret".into()).await.unwrap();
        assert_eq!(vault.get("a").await.unwrap().unwrap().expose_secret(), "secret");
        vault.delete("a").await.unwrap();
        assert!(vault.get("a").await.unwrap().is_none());
        vault.delete("a").await.unwrap();
    }
}
