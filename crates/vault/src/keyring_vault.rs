//! The operating system's keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! Its calls block, so each runs on a thread for that. Calls go one at a time: stores differ in what they make of two.

use crate::{Result, Vault, VaultError};
use async_trait::async_trait;
use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tokio::sync::Mutex;

pub struct KeyringVault {
    service: String,
    turn: Arc<Mutex<()>>,
}

impl KeyringVault {
    pub fn new(service: &str) -> Self {
        KeyringVault { service: service.to_owned(), turn: Arc::default() }
    }

    async fn call<T, F>(&self, name: &str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(Entry) -> keyring::Result<T> + Send + 'static,
    {
        let turn = self.turn.clone().lock_owned().await;
        let (service, name) = (self.service.clone(), name.to_owned());
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(Entry::new(&service, &name)?)
        });
        done.await.map_err(|error| VaultError::Refused(error.to_string()))?.map_err(|error| refused(&error))
    }
}

/// The store's words, without what an error might carry of the secret.
fn refused(error: &Error) -> VaultError {
    match error {
        Error::BadEncoding(_) => VaultError::Refused("the stored value is not text".to_owned()),
        other => VaultError::Refused(other.to_string()),
    }
}

#[async_trait]
impl Vault for KeyringVault {
    async fn get(&self, name: &str) -> Result<Option<SecretString>> {
        self.call(name, |entry| match entry.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn set(&self, name: &str, secret: SecretString) -> Result<()> {
        self.call(name, move |entry| entry.set_password(secret.expose_secret())).await
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.call(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs where a keyring is (the window test's session sets PUNTE_TEST_KEYRING).
    #[tokio::test]
    async fn the_real_keyring_gives_back_what_was_set() {
        if std::env::var_os("PUNTE_TEST_KEYRING").is_none() {
            return;
        }
        let vault = KeyringVault::new("ro.punte.test");
        vault.set("con_1", "șecret".into()).await.unwrap();
        assert_eq!(vault.get("con_1").await.unwrap().unwrap().expose_secret(), "șecret");
        vault.delete("con_1").await.unwrap();
        assert!(vault.get("con_1").await.unwrap().is_none());
    }
}
