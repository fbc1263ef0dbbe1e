//! The encrypted file: opened by a passphrase, written whole and atomically, shared with other processes by a lock beside it.

mod sealed;

pub use sealed::Cost;

use crate::{Result, Vault, VaultError};
use async_trait::async_trait;
use sealed::{Checksum, Key, MOST_BYTES, Sealed, Secrets, seal};
use secrecy::SecretString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The longest that another process's write is waited for.
const LONGEST: Duration = Duration::from_secs(10);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// An open file of credentials. What another process wrote meanwhile is read before anything is answered or written.
#[derive(Clone)]
pub struct FileVault {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    opened: Mutex<Opened>,
}

struct Opened {
    key: Key,
    /// Of the file as it was read or written last.
    checksum: Checksum,
    secrets: Secrets,
}

impl FileVault {
    /// Makes a new file that holds some secrets. Refuses to write over one.
    ///
    /// # Errors
    /// [`VaultError::Refused`] where a file is already there or cannot be written.
    pub async fn create(
        path: &Path,
        passphrase: SecretString,
        cost: Cost,
        secrets: Vec<(String, SecretString)>,
    ) -> Result<FileVault> {
        let lock = take_lock(path).await?;
        let path = path.to_owned();
        blocking(move || {
            let _lock = lock;
            if path.exists() {
                return Err(VaultError::Refused(format!("{} is already there", path.display())));
            }
            let key = Key::fresh(&passphrase, cost)?;
            let secrets: Secrets = secrets.into_iter().collect();
            let checksum = write(&path, &key, &secrets)?;
            Ok(FileVault::around(path, Opened { key, checksum, secrets }))
        })
        .await
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`], and [`VaultError::Damaged`] for what is no whole file of credentials.
    pub async fn open(path: &Path, passphrase: SecretString) -> Result<FileVault> {
        let path = path.to_owned();
        blocking(move || {
            let opened = open(&path, &passphrase)?;
            Ok(FileVault::around(path, opened))
        })
        .await
    }

    fn around(path: PathBuf, opened: Opened) -> FileVault {
        FileVault { inner: Arc::new(Inner { path, opened: Mutex::new(opened) }) }
    }

    /// Seals the file anew under another passphrase. Whoever else has it open needs that one.
    pub async fn change_passphrase(&self, old: SecretString, new: SecretString, cost: Cost) -> Result<()> {
        let lock = take_lock(&self.inner.path).await?;
        let inner = self.inner.clone();
        blocking(move || {
            let _lock = lock;
            let mut next = open(&inner.path, &old)?;
            next.key = Key::fresh(&new, cost)?;
            next.checksum = write(&inner.path, &next.key, &next.secrets)?;
            *inner.opened() = next;
            Ok(())
        })
        .await
    }

    /// Everything it holds, to be carried elsewhere.
    pub async fn all(&self) -> Result<Vec<(String, SecretString)>> {
        let inner = self.inner.clone();
        blocking(move || {
            let mut opened = inner.opened();
            inner.reread(&mut opened)?;
            Ok(opened.secrets.iter().map(|(name, secret)| (name.clone(), secret.clone())).collect())
        })
        .await
    }

    /// Changes the map and writes it, with nobody else writing in between.
    async fn change(&self, change: impl FnOnce(&mut Secrets) + Send + 'static) -> Result<()> {
        let lock = take_lock(&self.inner.path).await?;
        let inner = self.inner.clone();
        blocking(move || {
            let _lock = lock;
            let mut opened = inner.opened();
            inner.reread(&mut opened)?;
            let mut secrets = opened.secrets.clone();
            change(&mut secrets);
            opened.checksum = write(&inner.path, &opened.key, &secrets)?;
            opened.secrets = secrets;
            Ok(())
        })
        .await
    }
}

impl Inner {
    fn opened(&self) -> MutexGuard<'_, Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what another process wrote. Under another passphrase it is locked again.
    fn reread(&self, opened: &mut Opened) -> Result<()> {
        let bytes = read(&self.path)?;
        let sealed = Sealed::read(&bytes)?;
        if sealed.checksum == opened.checksum {
            return Ok(());
        }
        if (sealed.salt, sealed.cost) != (opened.key.salt, opened.key.cost) {
            return Err(VaultError::Locked);
        }
        opened.secrets = sealed.open(&opened.key).map_err(|error| match error {
            VaultError::WrongPassphrase => VaultError::Locked,
            other => other,
        })?;
        opened.checksum = sealed.checksum;
        Ok(())
    }
}

#[async_trait]
impl Vault for FileVault {
    async fn get(&self, name: &str) -> Result<Option<SecretString>> {
        let (inner, name) = (self.inner.clone(), name.to_owned());
        blocking(move || {
            let mut opened = inner.opened();
            inner.reread(&mut opened)?;
            Ok(opened.secrets.get(&name).cloned())
        })
        .await
    }

    async fn set(&self, name: &str, secret: SecretString) -> Result<()> {
        let name = name.to_owned();
        self.change(move |secrets| drop(secrets.insert(name, secret))).await
    }

    async fn delete(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.change(move |secrets| drop(secrets.remove(&name))).await
    }
}

fn open(path: &Path, passphrase: &SecretString) -> Result<Opened> {
    let bytes = read(path)?;
    let sealed = Sealed::read(&bytes)?;
    let key = Key::derive(passphrase, sealed.salt, sealed.cost)?;
    Ok(Opened { secrets: sealed.open(&key)?, checksum: sealed.checksum, key })
}

/// Reads no more than a file of credentials can be.
fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(VaultError::Damaged(format!("{} is not there", path.display())))
        }
        Err(error) => Err(refused(path, &error)),
    }
}

fn refused(path: &Path, error: &std::io::Error) -> VaultError {
    VaultError::Refused(format!("{}: {error}", path.display()))
}

/// Writes beside the file, and puts it in its place once it is on the disk: whoever reads sees the old one or the new one, whole.
/// Its caller holds the lock.
fn write(path: &Path, key: &Key, secrets: &Secrets) -> Result<Checksum> {
    let bytes = seal(key, secrets)?;
    let checksum = Sealed::read(&bytes)?.checksum;
    put(path, &bytes).map_err(|error| refused(path, &error))?;
    Ok(checksum)
}

fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let draft = beside(path, "new");
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        // one that a crash left
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&draft, path)?;
    // the new name is on the disk, too
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

/// The lock stands in a file of its own: the other one is replaced at every write.
async fn take_lock(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| refused(folder, &error))?;
    }
    let path = beside(path, "lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(|error| refused(&path, &error))?;
    let taken = tokio::time::timeout(LONGEST, async {
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_TRIES).await,
                Err(TryLockError::Error(error)) => return Err(refused(&path, &error)),
            }
        }
    });
    taken.await.map_err(|_| VaultError::Refused("another process holds the file of credentials".to_owned()))??;
    Ok(file)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    // a panic's words are not passed on: they might quote what was worked on
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| VaultError::Refused("the file of credentials was not worked on to the end".to_owned()))?
}

#[cfg(test)]
mod tests;
