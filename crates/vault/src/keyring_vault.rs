//! The operating system's keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! Its calls block, so each runs on a thread for that. Calls go one at a time: stores differ in what they make of two.

#[cfg_attr(all(unix, not(target_os = "macos")), path = "keyring_vault/secret_service.rs")]
#[cfg_attr(not(all(unix, not(target_os = "macos"))), path = "keyring_vault/native.rs")]
mod system;

use crate::{Result, SERVICE, Vault, VaultError};
use async_trait::async_trait;
use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;

/// The longest that a call waits for its turn, and then for the store: time for a person to unlock it.
const LONGEST: Duration = Duration::from_secs(15);

/// The longest that it may take to say whether it is there.
const LOOK: Duration = Duration::from_secs(5);

/// How long one that was there and has gone is waited for, each time: a session starts its keyring again when it has died.
const COMES_BACK: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1)];

/// What is seen of a keyring without asking anybody for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// There, and locked or silent; in the system's words.
    Shut(String),
    /// There, and answers that it will not; in the system's words.
    Refuses(String),
    /// This system or session has none.
    Absent(String),
}

/// The system's keyring, or one that a test puts in its place.
#[async_trait]
pub trait Keyring: Send + Sync {
    async fn look(&self) -> Standing;
    /// Asked only where it is there: the first question may make it ask a person to unlock it.
    fn vault(&self) -> Arc<dyn Vault>;
}

/// The keyring of the session that this process runs in.
pub struct OsKeyring {
    vault: Arc<KeyringVault>,
    turn: Arc<Mutex<()>>,
}

impl Default for OsKeyring {
    fn default() -> Self {
        OsKeyring { vault: Arc::new(KeyringVault::new(SERVICE)), turn: Arc::default() }
    }
}

#[async_trait]
impl Keyring for OsKeyring {
    async fn look(&self) -> Standing {
        match in_turn(&self.turn, LOOK, || system::look(LOOK)).await {
            Ok(standing) => standing,
            Err(error) => Standing::Shut(error.to_string()),
        }
    }

    fn vault(&self) -> Arc<dyn Vault> {
        self.vault.clone()
    }
}

pub struct KeyringVault {
    service: String,
    turn: Arc<Mutex<()>>,
    /// What was read or set in this process, for when the store falls silent: work goes on with it.
    known: StdMutex<HashMap<String, SecretString>>,
}

impl KeyringVault {
    pub fn new(service: &str) -> Self {
        KeyringVault { service: service.to_owned(), turn: Arc::default(), known: StdMutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, SecretString>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn call<T, F>(&self, name: &str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Entry) -> keyring::Result<T> + Send + Sync + 'static,
    {
        let (service, name) = (self.service.clone(), name.to_owned());
        let ask = Arc::new(move || system::entry(&service, &name).and_then(|entry| work(&entry)));
        let once = async || {
            let ask = ask.clone();
            in_turn(&self.turn, LONGEST, move || ask()).await
        };
        let mut answer = once().await?;
        // one that was started again since it was asked the last time knows nothing of the talk that the old one had with us
        let mut waits = COMES_BACK.into_iter();
        let mut goes_on = matches!(answer, Err(Error::PlatformFailure(_))) && system::was_asked_before();
        while goes_on && let Some(wait) = waits.next() {
            system::forget();
            tokio::time::sleep(wait).await;
            answer = once().await?;
            goes_on = answer.as_ref().is_err_and(system::is_gone);
        }
        answer.map_err(|error| refused(&error))
    }
}

/// Runs blocking work when its turn has come. What does not end in time is left to itself, and holds the turn until it ends.
async fn in_turn<T: Send + 'static>(
    turn: &Arc<Mutex<()>>,
    longest: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let silent = |_| VaultError::Silent;
    let turn = tokio::time::timeout(longest, turn.clone().lock_owned()).await.map_err(silent)?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    tokio::time::timeout(longest, done).await.map_err(silent)?.map_err(|error| VaultError::Refused(error.to_string()))
}

/// The store's words, without what an error might carry of the secret.
fn refused(error: &Error) -> VaultError {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            VaultError::Refused("the stored value is not text".to_owned())
        }
        // locked, or nobody unlocked it when asked
        Error::NoStorageAccess(_) => VaultError::Waiting,
        gone if system::is_gone(gone) => VaultError::Silent,
        other => VaultError::Refused(other.to_string()),
    }
}

#[async_trait]
impl Vault for KeyringVault {
    async fn get(&self, name: &str) -> Result<Option<SecretString>> {
        let read = self
            .call(name, |entry| match entry.get_password() {
                Ok(secret) => Ok(Some(SecretString::from(secret))),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(error),
            })
            .await;
        match &read {
            Ok(Some(secret)) => {
                self.known().insert(name.to_owned(), secret.clone());
            }
            Ok(None) => {
                self.known().remove(name);
            }
            Err(error) if error.is_closed() => {
                tracing::warn!(%error, "the keyring does not answer: what it said before holds");
                if let Some(secret) = self.known().get(name) {
                    return Ok(Some(secret.clone()));
                }
            }
            Err(_) => {}
        }
        read
    }

    async fn set(&self, name: &str, secret: SecretString) -> Result<()> {
        let kept = secret.clone();
        self.call(name, move |entry| entry.set_password(secret.expose_secret())).await?;
        self.known().insert(name.to_owned(), kept);
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.known().remove(name);
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
    use std::sync::mpsc;

    #[tokio::test]
    async fn a_store_that_hangs_is_waited_for_no_longer_than_its_time_and_works_again_when_it_answers() {
        let (turn, short) = (Arc::default(), Duration::from_millis(50));
        let (answer, unanswered) = mpsc::channel::<()>();
        let hanging = in_turn(&turn, short, move || unanswered.recv().is_ok()).await;
        assert_eq!(hanging, Err(VaultError::Silent));
        assert_eq!(in_turn(&turn, short, || 1).await, Err(VaultError::Silent), "the hanging call still has the turn");
        answer.send(()).unwrap();
        assert_eq!(in_turn(&turn, LONGEST, || 1).await, Ok(1));
    }

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
