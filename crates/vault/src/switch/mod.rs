//! The one vault that everything is handed at start: it passes on to whatever is open now.
//!
//! A keyring that is locked or silent is waited for, and one that is not there is looked for, in the background; neither is
//! replaced by anything weaker until a person says so.

mod throttle;

use crate::file::beside;
use crate::{
    Cost, FileVault, Keyring, MemoryVault, Result, Standing, Vault, VaultError, VaultKind, VaultState, VaultStatus,
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use throttle::Throttle;
use tokio::sync::watch;

/// Characters of a new passphrase: whoever has the file may try as long as they like.
pub const SHORTEST_PASSPHRASE: usize = 12;

/// The keyring answers within this, or counts as silent (a prompt that nobody sees blocks forever).
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks at a keyring that is shut or absent: doubled from the first to the longest.
const FIRST_LOOK: Duration = Duration::from_secs(1);
const LONGEST_BETWEEN_LOOKS: Duration = Duration::from_secs(60);

/// What is open now.
#[derive(Clone)]
enum Open {
    Keyring(Arc<dyn Vault>),
    File(FileVault),
    Memory(Arc<MemoryVault>),
    Nothing(VaultError),
}

pub struct SwitchVault {
    me: Weak<SwitchVault>,
    file: PathBuf,
    cost: Cost,
    keyring: Arc<dyn Keyring>,
    open: Mutex<Open>,
    /// How often a store was opened.
    openings: AtomicU64,
    status: watch::Sender<VaultStatus>,
    /// Whoever changes what is open has it.
    turn: tokio::sync::Mutex<()>,
    throttle: Mutex<Throttle>,
    /// Whether the keyring is looked at in the background.
    looks: Mutex<bool>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SwitchVault {
    /// Opens nothing yet. The file is where one is kept, or would be.
    pub fn new(file: PathBuf, keyring: Arc<dyn Keyring>, cost: Cost) -> Arc<SwitchVault> {
        let status = VaultStatus { kind: None, state: VaultState::NotChosen, reason: None };
        Arc::new_cyclic(|me| SwitchVault {
            me: me.clone(),
            file,
            cost,
            keyring,
            open: Mutex::new(Open::Nothing(VaultError::NotChosen)),
            openings: AtomicU64::new(0),
            status: watch::Sender::new(status),
            turn: tokio::sync::Mutex::default(),
            throttle: Mutex::default(),
            looks: Mutex::new(false),
        })
    }

    pub fn status(&self) -> VaultStatus {
        self.status.borrow().clone()
    }

    /// Told of every change of the status.
    pub fn subscribe(&self) -> watch::Receiver<VaultStatus> {
        self.status.subscribe()
    }

    /// The encrypted file, whether it is there or not.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// How long no passphrase is looked at, after too many wrong ones.
    pub fn unlock_wait(&self) -> Option<Duration> {
        lock(&self.throttle).wait()
    }

    /// Keeps secrets for this session only, for a reason that is no trouble: a demo, or a wish at start.
    pub fn hold_in_memory(&self, reason: &str) {
        self.put(
            Open::Memory(Arc::default()),
            VaultState::Ready,
            Some(VaultKind::SessionMemory),
            Some(reason.to_owned()),
        );
    }

    /// Opens what was chosen the last time, as far as that goes without a person; nothing chosen is the keyring.
    pub async fn open(&self, chosen: Option<VaultKind>) {
        let _turn = self.turn.lock().await;
        match chosen {
            Some(VaultKind::File) if self.file.exists() => self.lock_file(None),
            Some(VaultKind::File) => {
                let gone = format!("{} is gone", self.file.display());
                self.put(Open::Nothing(VaultError::NotChosen), VaultState::NotChosen, None, Some(gone));
            }
            Some(VaultKind::SessionMemory) => {
                self.look_at_keyring(true).await;
                // what is stronger is taken where it is there again
                let status = self.status();
                if matches!(status.state, VaultState::NotChosen | VaultState::Refused) {
                    let reason = status.reason.unwrap_or_default();
                    self.hold_in_memory(&reason);
                }
            }
            Some(VaultKind::OsKeyring) | None => self.look_at_keyring(true).await,
        }
        if self.status().state != VaultState::Ready && chosen != Some(VaultKind::File) {
            self.keep_looking();
        }
    }

    /// Opens the file. Of a keyring that is shut: asks it to be unlocked.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`], [`VaultError::TooSoon`], or what keeps the file from being opened.
    pub async fn unlock(&self, passphrase: SecretString) -> Result<()> {
        let _turn = self.turn.lock().await;
        match self.status().state {
            VaultState::Ready => Ok(()),
            VaultState::NotChosen => Err(VaultError::NotChosen),
            VaultState::Waiting | VaultState::Refused => {
                self.look_at_keyring(false).await;
                match self.status().state {
                    VaultState::Ready => Ok(()),
                    VaultState::Waiting => Err(VaultError::Waiting),
                    _ => Err(VaultError::NotChosen),
                }
            }
            VaultState::Locked => {
                let opened = self.open_file(passphrase).await?;
                self.ready(Open::File(opened), VaultKind::File);
                Ok(())
            }
        }
    }

    async fn open_file(&self, passphrase: SecretString) -> Result<FileVault> {
        self.tried(FileVault::open(&self.file, passphrase)).await
    }

    /// Counts wrong passphrases, and looks at none while there were too many.
    async fn tried<T>(&self, opening: impl Future<Output = Result<T>>) -> Result<T> {
        if let Some(wait) = lock(&self.throttle).wait() {
            return Err(VaultError::TooSoon(wait));
        }
        let opened = opening.await;
        match &opened {
            Ok(_) => lock(&self.throttle).note_right(),
            Err(VaultError::WrongPassphrase) => lock(&self.throttle).note_wrong(),
            Err(_) => {}
        }
        opened
    }

    /// Takes what a person chose. What this session holds is carried along; a file that is already there is opened, or put
    /// aside where `replace` says that its secrets are given up.
    ///
    /// # Errors
    /// [`VaultError::NotNow`] where what is open holds secrets that cannot be carried to what was chosen, and what keeps it
    /// from being opened.
    pub async fn choose(&self, kind: VaultKind, passphrase: Option<SecretString>, replace: bool) -> Result<()> {
        let _turn = self.turn.lock().await;
        let open = lock(&self.open).clone();
        match (&open, kind) {
            (Open::Keyring(_), VaultKind::OsKeyring) => return Ok(()),
            (Open::Keyring(_), _) => return Err(VaultError::NotNow("keyring_works")),
            (Open::File(_), VaultKind::OsKeyring) => {}
            (Open::File(_), _) => return Err(VaultError::NotNow("file_works")),
            (Open::Nothing(VaultError::Locked), VaultKind::OsKeyring | VaultKind::SessionMemory) if !replace => {
                return Err(VaultError::NotNow("file_locked"));
            }
            (Open::Memory(_) | Open::Nothing(_), _) => {}
        }
        let held = match &open {
            Open::Memory(memory) => memory.all(),
            Open::File(file) => file.all().await?,
            Open::Keyring(_) | Open::Nothing(_) => Vec::new(),
        };
        match kind {
            VaultKind::OsKeyring => self.choose_keyring(matches!(open, Open::File(_)), held).await,
            VaultKind::File => {
                let passphrase = long_enough(passphrase.ok_or(VaultError::TooShort)?, replace || !self.file.exists())?;
                let file = self.choose_file(passphrase, replace, held).await?;
                self.ready(Open::File(file), VaultKind::File);
                Ok(())
            }
            VaultKind::SessionMemory => {
                if !matches!(open, Open::Memory(_)) {
                    let reason = self.status().reason.unwrap_or_default();
                    self.hold_in_memory(&reason);
                }
                Ok(())
            }
        }
    }

    async fn choose_file(
        &self,
        passphrase: SecretString,
        replace: bool,
        held: Vec<(String, SecretString)>,
    ) -> Result<FileVault> {
        if self.file.exists() && !replace {
            let file = self.open_file(passphrase).await?;
            for (name, secret) in held {
                if !stands_there(&file, &name).await? {
                    file.set(&name, secret).await?;
                }
            }
            return Ok(file);
        }
        if self.file.exists() {
            self.put_aside()?;
        }
        FileVault::create(&self.file, passphrase, self.cost, held).await
    }

    /// The file stays under another name: whoever finds its passphrase again has its secrets.
    fn put_aside(&self) -> Result<()> {
        let aside = (1..10_000).map(|turn| beside(&self.file, &format!("old-{turn}"))).find(|path| !path.exists());
        let moved = aside.map(|aside| std::fs::rename(&self.file, aside));
        match moved {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(VaultError::Refused(format!("{}: {error}", self.file.display()))),
            None => Err(VaultError::Refused("too many old files of credentials".to_owned())),
        }
    }

    async fn choose_keyring(&self, was_file: bool, held: Vec<(String, SecretString)>) -> Result<()> {
        let keyring = self.keyring.vault();
        if !matches!(self.keyring.look().await, Standing::Open) {
            return Err(VaultError::Waiting);
        }
        probe(keyring.as_ref()).await?;
        for (name, secret) in &held {
            if stands_there(keyring.as_ref(), name).await? {
                continue;
            }
            keyring.set(name, secret.clone()).await?;
            let kept = keyring.get(name).await?;
            if kept.is_none_or(|kept| kept.expose_secret() != secret.expose_secret()) {
                return Err(forgetful());
            }
        }
        self.ready(Open::Keyring(keyring), VaultKind::OsKeyring);
        if was_file {
            // all that it held is in the keyring, or was remembered there already
            self.put_aside()?;
        }
        Ok(())
    }

    /// Seals the file under another passphrase.
    pub async fn change_passphrase(&self, old: SecretString, new: SecretString) -> Result<()> {
        let _turn = self.turn.lock().await;
        let Open::File(file) = lock(&self.open).clone() else { return Err(VaultError::NotNow("no_file")) };
        let new = long_enough(new, true)?;
        self.tried(file.change_passphrase(old, new, self.cost)).await
    }

    /// Opens the keyring if it can keep and give back a secret now, else says how it stands. Its caller has the turn.
    /// `gently`: one that is shut is not asked for anything, for it would ask a person.
    async fn look_at_keyring(&self, gently: bool) {
        let standing = self.keyring.look().await;
        let (state, reason) = match standing {
            Standing::Absent(reason) => (VaultState::NotChosen, reason),
            Standing::Refuses(reason) => (VaultState::Refused, reason),
            Standing::Shut(reason) if gently => (VaultState::Waiting, reason),
            Standing::Shut(_) | Standing::Open => {
                let keyring = self.keyring.vault();
                match probe(keyring.as_ref()).await {
                    Ok(()) => return self.ready(Open::Keyring(keyring), VaultKind::OsKeyring),
                    Err(error) if error.is_closed() => (VaultState::Waiting, error.to_string()),
                    Err(error) => (VaultState::Refused, error.to_string()),
                }
            }
        };
        let (error, kind) = match state {
            VaultState::Waiting => (VaultError::Waiting, Some(VaultKind::OsKeyring)),
            _ => (VaultError::NotChosen, None),
        };
        self.put(Open::Nothing(error), state, kind, Some(reason));
    }

    /// Looks at a keyring that is shut or absent again and again. One that is locked is asked once, which shows its own window
    /// where there is one; after that it is only looked at.
    fn keep_looking(&self) {
        let mut looks = lock(&self.looks);
        if std::mem::replace(&mut *looks, true) {
            return;
        }
        let me = self.me.clone();
        tokio::spawn(async move {
            let mut wait = FIRST_LOOK;
            let mut gently = false;
            loop {
                tokio::time::sleep(wait).await;
                let Some(vault) = me.upgrade() else { return };
                let turn = vault.turn.lock().await;
                if vault.is_done_looking() {
                    return;
                }
                vault.look_at_keyring(gently).await;
                drop(turn);
                gently |= vault.status().state == VaultState::Waiting;
                wait = (wait * 2).min(LONGEST_BETWEEN_LOOKS);
            }
        });
    }

    /// Whether something is open, or wants no keyring. Noted in one go: whoever shuts it after this starts to look anew.
    fn is_done_looking(&self) -> bool {
        let mut looks = lock(&self.looks);
        *looks = matches!(*lock(&self.open), Open::Nothing(VaultError::Waiting | VaultError::NotChosen));
        !*looks
    }

    fn ready(&self, open: Open, kind: VaultKind) {
        tracing::info!(kind = kind.as_str(), "credentials can be read");
        self.put(open, VaultState::Ready, Some(kind), None);
    }

    fn lock_file(&self, reason: Option<String>) {
        self.put(Open::Nothing(VaultError::Locked), VaultState::Locked, Some(VaultKind::File), reason);
    }

    fn put(&self, open: Open, state: VaultState, kind: Option<VaultKind>, reason: Option<String>) {
        {
            let mut now = lock(&self.open);
            if !matches!(open, Open::Nothing(_)) {
                self.openings.fetch_add(1, Ordering::Relaxed);
            }
            *now = open;
        }
        let status = VaultStatus { kind, state, reason };
        self.status.send_if_modified(|known| {
            let is_new = *known != status;
            if is_new && state != VaultState::Ready {
                tracing::warn!(state = state.as_str(), reason = status.reason, "credentials cannot be read");
            }
            *known = status;
            is_new
        });
    }

    fn opened(&self) -> Result<Arc<dyn Vault>> {
        match &*lock(&self.open) {
            Open::Keyring(keyring) => Ok(keyring.clone()),
            Open::File(file) => Ok(Arc::new(file.clone())),
            Open::Memory(memory) => Ok(memory.clone()),
            Open::Nothing(error) => Err(error.clone()),
        }
    }

    /// One that was open and is shut now is waited for, or wants its passphrase again.
    fn heard<T>(&self, answer: Result<T>) -> Result<T> {
        match &answer {
            Err(VaultError::Waiting | VaultError::Silent) => {
                let is_keyring = matches!(*lock(&self.open), Open::Keyring(_));
                if is_keyring {
                    let (state, kind) = (VaultState::Waiting, Some(VaultKind::OsKeyring));
                    let reason = answer.as_ref().err().map(ToString::to_string);
                    self.put(Open::Nothing(VaultError::Waiting), state, kind, reason);
                    self.keep_looking();
                }
            }
            Err(VaultError::Locked) => {
                let is_file = matches!(*lock(&self.open), Open::File(_));
                if is_file {
                    self.lock_file(Some("its passphrase was changed by another process".to_owned()));
                }
            }
            _ => {}
        }
        answer
    }
}

#[async_trait]
impl Vault for SwitchVault {
    async fn get(&self, name: &str) -> Result<Option<SecretString>> {
        self.heard(self.opened()?.get(name).await)
    }

    async fn set(&self, name: &str, secret: SecretString) -> Result<()> {
        self.heard(self.opened()?.set(name, secret).await)
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.heard(self.opened()?.delete(name).await)
    }

    fn state(&self) -> VaultState {
        self.status.borrow().state
    }

    fn opening(&self) -> u64 {
        self.openings.load(Ordering::Relaxed)
    }

    async fn leaves(&self, state: VaultState) {
        let opening = self.opening();
        // its sender is this vault: it does not end before
        let left = |status: &VaultStatus| status.state != state || self.opening() != opening;
        let _ = self.status.subscribe().wait_for(left).await;
    }
}

fn long_enough(passphrase: SecretString, is_new: bool) -> Result<SecretString> {
    let length = passphrase.expose_secret().chars().count();
    if is_new && length < SHORTEST_PASSPHRASE { Err(VaultError::TooShort) } else { Ok(passphrase) }
}

/// Whether a name is a ledger's mark and the store holds one of its own, which may have seen more of the ledger: it is compared,
/// and not written over here.
async fn stands_there(store: &dyn Vault, name: &str) -> Result<bool> {
    Ok(name.ends_with("/mark") && store.get(name).await?.is_some())
}

fn forgetful() -> VaultError {
    VaultError::Refused("it did not give back what was set".to_owned())
}

/// Sets, reads and deletes a throw-away entry under a name of its own.
async fn probe(vault: &dyn Vault) -> Result<()> {
    let name = format!("probe-{}", uuid::Uuid::new_v4().simple());
    let tried = async {
        vault.set(&name, SecretString::from("probe")).await?;
        let read = vault.get(&name).await?;
        vault.delete(&name).await?;
        if read.is_some_and(|secret| secret.expose_secret() == "probe") { Ok(()) } else { Err(forgetful()) }
    };
    tokio::time::timeout(PATIENCE, tried).await.map_err(|_| VaultError::Silent)?
}

#[cfg(test)]
mod tests;
