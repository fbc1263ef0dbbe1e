//! The backup as a job: made, looked at, named, and only then the oldest ones go.

use super::files::{Scratch, put_checksum, seal, sweep, unsealed};
use super::place::{BackupEntry, BackupSettings, Made, Place};
use super::{BackupError, verify};
use crate::error::{EngineError, Result};
use crate::schedule::{JobResult, More};
use crate::workspace::{Change, Workspace};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::StoreError;
use punte_store::ledger::BackupFacts;
use punte_vault::{Cost, SHORTEST_PASSPHRASE};
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Hours between two backups that may be chosen; 0: only on demand.
pub const INTERVALS: [u32; 6] = [0, 1, 6, 12, 24, 168];
const MOST_KEPT: u32 = 365;

/// How far the backup is that is being made.
#[derive(Debug, Default)]
pub struct Progress {
    copied: AtomicU64,
    all: AtomicU64,
}

impl Progress {
    fn set(&self, copied: u64, all: u64) {
        self.copied.store(copied, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }

    /// Pages copied, and pages there are.
    pub fn read(&self) -> (u64, u64) {
        (self.copied.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }
}

/// Name of the passphrase in the credential store.
pub fn passphrase_name(workspace_id: &str) -> String {
    format!("{workspace_id}/backup")
}

fn failed(kind: FailureKind, place: &Path, detail: impl AsRef<str>) -> Failure {
    Failure::new(kind, Phase::Prepare, "back up", place.display().to_string()).with_detail(detail)
}

impl Workspace {
    pub fn backup_place(&self) -> Place {
        Place::of(&self.deps.state, &self.ledger.info().id)
    }

    /// What is set about backups, and what lies in their folder.
    ///
    /// # Errors
    /// What is set cannot be read.
    pub async fn look_at_backups(&self) -> Result<(BackupSettings, Vec<BackupEntry>)> {
        let place = self.backup_place();
        on_disk(move || place.look()).await
    }

    pub(crate) async fn backup_settings(&self) -> Result<BackupSettings> {
        let place = self.backup_place();
        on_disk(move || place.settings()).await
    }

    /// How far the backup is that is being made.
    pub fn backup_progress(&self) -> (u64, u64) {
        self.backing.read()
    }

    /// Sets where, how often, how many and whether sealed. A passphrase replaces the one before it.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] with the field, or what the credential store says.
    pub async fn set_backup(&self, wanted: BackupSettings, passphrase: Option<SecretString>) -> Result<()> {
        let before = self.backup_settings().await?;
        let invalid = |field: &'static str, detail: &str| EngineError::Invalid { field, detail: detail.to_owned() };
        if !INTERVALS.contains(&wanted.every_hours) {
            return Err(invalid("everyHours", "0, 1, 6, 12, 24 or 168"));
        }
        if !(1..=MOST_KEPT).contains(&wanted.keep) {
            return Err(invalid("keep", "1 to 365"));
        }
        if let Some(folder) = wanted.folder.clone() {
            let tried = on_disk(move || Ok(try_folder(&folder))).await?;
            tried.map_err(|error| invalid("folder", &error))?;
        }
        let mut passphrase_ms = before.passphrase_ms;
        match passphrase {
            Some(passphrase) if passphrase.expose_secret().chars().count() < SHORTEST_PASSPHRASE => {
                return Err(invalid("passphrase", "too_short"));
            }
            Some(passphrase) => {
                self.deps.vault.set(&passphrase_name(&self.ledger.info().id), passphrase).await?;
                passphrase_ms = Some(self.now_ms());
            }
            None if wanted.encrypt && passphrase_ms.is_none() => {
                return Err(invalid("passphrase", "passphrase_missing"));
            }
            None => {}
        }
        let place = self.backup_place();
        on_disk(move || place.set(BackupSettings { passphrase_ms, ..wanted })).await?;
        self.long_wake.notify_one();
        self.changed(Change::Schedule);
        Ok(())
    }

    /// Begins a backup now, beside whatever runs. With a passphrase it is sealed under that one, whatever is set.
    ///
    /// # Errors
    /// [`EngineError::NotNow`] while one is being made.
    pub async fn begin_backup(self: &Arc<Self>, passphrase: Option<SecretString>) -> Result<()> {
        if let Some(passphrase) = &passphrase
            && passphrase.expose_secret().chars().count() < SHORTEST_PASSPHRASE
        {
            return Err(EngineError::Invalid { field: "passphrase", detail: "too_short".to_owned() });
        }
        let job = self.backup_job(self.backup_hours().await);
        if !self.begin_job(&job) {
            return Err(EngineError::NotNow("job_running"));
        }
        let this = self.clone();
        self.spawn(async move {
            let done = this.back_up(passphrase).await;
            this.end_job(&job, done);
        });
        Ok(())
    }

    /// Makes a backup. What keeps it from being made is its result, and it is tried again before long.
    pub(crate) async fn back_up(self: &Arc<Self>, given: Option<SecretString>) -> Result<(JobResult, More)> {
        match self.try_backing_up(given).await {
            Ok(counts) => Ok((JobResult::ok(&counts), More::No)),
            Err(failure) => {
                tracing::error!(kind = failure.kind.as_str(), detail = failure.detail, "no backup was made");
                Ok((JobResult::failed(failure), More::From(0)))
            }
        }
    }

    async fn try_backing_up(
        self: &Arc<Self>,
        given: Option<SecretString>,
    ) -> std::result::Result<Vec<(&'static str, u32)>, Failure> {
        let place = self.backup_place();
        let settings = self.backup_settings().await;
        let unreadable = |error: EngineError| failed(FailureKind::BackupUnwritable, place.state(), error.to_string());
        let settings = settings.map_err(unreadable)?;
        let folder = place.folder(&settings);
        let passphrase = match given {
            Some(given) => Some(given),
            None if settings.encrypt => Some(self.read_backup_passphrase(&folder).await?),
            None => None,
        };
        let (began, now_ms) = (self.deps.clock.monotonic(), self.now_ms());
        let is_sealed = passphrase.is_some();
        let target = {
            let (looked, own, name) =
                (folder.clone(), self.ledger.folder().to_owned(), self.ledger.info().name.clone());
            blocking(move || {
                std::fs::create_dir_all(&looked).map_err(|error| BackupError::Unwritable(error.to_string()))?;
                sweep_parts(&looked);
                sweep(&own);
                Ok(Place::new_name(&looked, &name, now_ms, is_sealed))
            })
            .await
            .map_err(|error| failure_of(&folder, &error))?
        };
        let facts = self.copy_to(&target, passphrase).await.map_err(|error| failure_of(&target, &error))?;
        let took_ms = (self.deps.clock.monotonic().saturating_sub(began)).as_millis() as u64;
        let bytes = std::fs::metadata(&target).map(|facts| facts.len()).unwrap_or(facts.bytes);
        let file = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let made = Made::of(&facts, &file, bytes, is_sealed, now_ms, took_ms);
        let pruned = blocking(move || {
            let unwritable = |error: std::io::Error| BackupError::Unwritable(error.to_string());
            place.note(made).map_err(unwritable)?;
            place.prune().map_err(unwritable)
        });
        let pruned = pruned.await.map_err(|error| failure_of(&folder, &error))?;
        tracing::info!(
            file,
            bytes,
            sequence = facts.sequence,
            pages = facts.pages,
            took_ms,
            "a backup was made and verified"
        );
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        Ok(vec![("kib", kib), ("verified", 1), ("pruned", pruned)])
    }

    async fn copy_to(
        self: &Arc<Self>,
        target: &Path,
        passphrase: Option<SecretString>,
    ) -> std::result::Result<BackupFacts, BackupError> {
        let plain: PathBuf = if passphrase.is_some() { unsealed(self.ledger.folder()) } else { target.to_owned() };
        let this = self.clone();
        let told = move |copied, all| {
            this.backing.set(copied, all);
            !this.stopping.is_cancelled()
        };
        let copied = self.ledger.backup_to(&plain, told).await.map_err(BackupError::of_writing);
        self.backing.set(0, 0);
        let facts = copied?;
        let target = target.to_owned();
        blocking(move || match passphrase {
            Some(passphrase) => {
                let plain = Scratch::of(plain);
                seal(plain.path(), &target, &passphrase, Cost::default())
            }
            None => put_checksum(&target),
        })
        .await?;
        Ok(facts)
    }

    async fn read_backup_passphrase(&self, folder: &Path) -> std::result::Result<SecretString, Failure> {
        let name = passphrase_name(&self.ledger.info().id);
        let failed = |detail: &str| failed(FailureKind::BackupPassphrase, folder, detail);
        match self.deps.vault.get(&name).await {
            Ok(Some(passphrase)) => Ok(passphrase),
            Ok(None) => Err(failed("the credential store holds none")),
            Err(error) => Err(failed(&error.to_string())),
        }
    }

    /// The passphrase that backups of this workspace are sealed under, if the credential store tells it.
    pub async fn find_backup_passphrase(&self) -> Option<SecretString> {
        self.read_backup_passphrase(Path::new("")).await.ok()
    }

    /// Looks at a backup in the folder once more, and keeps what it said.
    pub async fn verify_backup(&self, file: &str, passphrase: Option<SecretString>) -> Result<BackupFacts> {
        let place = self.backup_place();
        let (named, looked_for) = (place.clone(), file.to_owned());
        let path = on_disk(move || named.find(&looked_for)).await?;
        let path = path.ok_or_else(|| EngineError::Store(StoreError::NotFound(file.to_owned())))?;
        let passphrase = match passphrase {
            Some(given) => Some(given),
            None => self.find_backup_passphrase().await,
        };
        let work = self.ledger.folder().to_owned();
        let looked = blocking(move || verify(&path, passphrase.as_ref(), &work)).await;
        if let Some(verified_ms) = word_of(&looked, self.now_ms()) {
            let file = file.to_owned();
            if let Err(error) = on_disk(move || place.note_look(&file, verified_ms)).await {
                tracing::warn!(%error, "what a look at a backup said cannot be kept");
            }
        }
        self.changed(Change::Schedule);
        Ok(looked?)
    }
}

fn failure_of(place: &Path, error: &BackupError) -> Failure {
    let kind = match error {
        BackupError::Damaged(_) | BackupError::Foreign(_) | BackupError::Newer { .. } => FailureKind::BackupUnverified,
        _ => FailureKind::BackupUnwritable,
    };
    failed(kind, place, error.to_string())
}

/// What a look said of a file: when it was whole, or that it is not. Nothing where it could not be looked at, for want of room,
/// leave or the right passphrase.
fn word_of(looked: &std::result::Result<BackupFacts, BackupError>, now_ms: i64) -> Option<Option<i64>> {
    match looked {
        Ok(_) => Some(Some(now_ms)),
        Err(BackupError::Damaged(_) | BackupError::Foreign(_) | BackupError::Newer { .. }) => Some(None),
        Err(_) => None,
    }
}

/// Files are read and written beside what runs.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other);
    Ok(done.and_then(|done| done).map_err(StoreError::Io)?)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, BackupError> + Send + 'static,
) -> std::result::Result<T, BackupError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| BackupError::Unwritable(error.to_string()))?
}

/// A folder that is to take backups is tried before it is kept.
fn try_folder(folder: &Path) -> std::result::Result<(), String> {
    if !folder.is_absolute() {
        return Err("not_absolute".to_owned());
    }
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let (scratch, _) = Scratch::new(folder.join(format!("punte-{}.part", uuid::Uuid::now_v7().simple())))
        .map_err(|error| error.to_string())?;
    drop(scratch);
    Ok(())
}

/// Takes away what backups that were cut off left.
fn sweep_parts(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("punte-") && name.ends_with(".part") {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
