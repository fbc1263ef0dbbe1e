//! Backups: shown, set, made, looked at, and put back. Files are named, never paths: whoever asks chooses among those that lie in
//! the folder of backups.

use super::{Host, Running, SandboxHandle, schedule};
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_engine::backup::{BackupEntry, BackupError, BackupSettings, Place, Target, restore, verify};
use punte_engine::store::ledger::BackupFacts;
use punte_engine::vault::SHORTEST_PASSPHRASE;
use punte_engine::{EngineError, Workspace};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a workspace that was stopped is waited for to let go of its ledger.
const LETTING_GO: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_millis(100);

impl Host {
    pub(super) async fn backup_get(&self, _: &Session, request: BackupRequest) -> Result<BackupInfo, ApiError> {
        match request.workspace {
            Some(id) if !self.is_on_screen(&id).await => {
                let known = self.closed(&id).await?;
                let place = self.place(&known.id);
                let looked = place.clone();
                let found = blocking(move || looked.look().map_err(unreadable)).await?;
                Ok(self.backup_info(&place, known.id, found, None, (0, 0)))
            }
            _ => self.open_backup_info(&*self.workspace().await?).await,
        }
    }

    async fn open_backup_info(&self, workspace: &Workspace) -> Result<BackupInfo, ApiError> {
        let found = workspace.look_at_backups().await?;
        let job = schedule::info(workspace.backup_standing(&found.0));
        let id = workspace.ledger().info().id.clone();
        Ok(self.backup_info(&workspace.backup_place(), id, found, Some(job), workspace.backup_progress()))
    }

    fn backup_info(
        &self,
        place: &Place,
        workspace: String,
        (settings, files): (BackupSettings, Vec<BackupEntry>),
        job: Option<JobInfo>,
        progress: (u64, u64),
    ) -> BackupInfo {
        BackupInfo {
            workspace,
            folder: place.folder(&settings).display().to_string(),
            default_folder: place.default_folder().display().to_string(),
            every_hours: settings.every_hours,
            keep: settings.keep,
            encrypt: settings.encrypt,
            passphrase_ms: settings.passphrase_ms,
            shortest_passphrase: SHORTEST_PASSPHRASE as u32,
            copied: progress.0,
            pages: progress.1,
            running: job.as_ref().is_some_and(|job| job.running),
            job,
            files: files.into_iter().map(file_info).collect(),
        }
    }

    pub(super) async fn backup_set(&self, _: &Session, request: BackupSettingsInput) -> Result<BackupInfo, ApiError> {
        let workspace = self.workspace().await?;
        let folder = request.folder.as_deref().map(str::trim).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let wanted = BackupSettings {
            folder: folder.filter(|folder| *folder != workspace.backup_place().default_folder()),
            every_hours: request.every_hours,
            keep: request.keep,
            encrypt: request.encrypt,
            passphrase_ms: None,
        };
        workspace.set_backup(wanted, given(request.passphrase)).await?;
        self.open_backup_info(&workspace).await
    }

    pub(super) async fn backup_run(&self, _: &Session, request: BackupRun) -> Result<Nothing, ApiError> {
        self.workspace().await?.begin_backup(given(request.passphrase)).await?;
        Ok(Nothing {})
    }

    pub(super) async fn backup_verify(&self, _: &Session, request: BackupRef) -> Result<BackupVerified, ApiError> {
        let facts = self.workspace().await?.verify_backup(&request.file, given(request.passphrase)).await?;
        Ok(verified(request.file, facts))
    }

    /// Puts a backup in the place of a workspace's ledger: the workspace on screen, which is stopped for it and goes on afterwards,
    /// or one that could not be opened.
    pub(super) async fn backup_restore(&self, session: &Session, request: RestoreRequest) -> Result<AppInfo, ApiError> {
        let known = if self.is_on_screen(&request.workspace).await {
            self.known_workspace(&request.workspace).await?
        } else {
            self.closed(&request.workspace).await?
        };
        let (place, file) = (self.place(&known.id), request.file.clone());
        let path = blocking(move || place.find(&file).map_err(unreadable)).await?;
        let path = path.ok_or_else(|| ApiError::not_found(&request.file))?;
        let passphrase = match given(request.passphrase) {
            Some(given) => Some(given),
            None => self.find_backup_passphrase(&known.id).await,
        };
        let folder = PathBuf::from(&known.folder);
        // before anything is stopped: what cannot be put back stops nothing
        self.look_first(&path, passphrase.clone(), &folder, &known.id).await?;
        let sandbox = self.let_go(&known.id).await;
        let put_back = self.put_back(&path, passphrase, &folder, &known.id).await;
        self.seats.forget(&known.id).await;
        let opened = self.open_again(&known, sandbox).await;
        self.emit(&[Tag::App, Tag::Schedule]);
        put_back?;
        opened?;
        self.app_get(session, Nothing {}).await
    }

    fn place(&self, workspace: &str) -> Place {
        Place::of(&self.parts.deps.state, workspace)
    }

    async fn is_on_screen(&self, id: &str) -> bool {
        let state = self.state.lock().await;
        self.chosen(state.current.as_ref()).as_deref() == Some(id) && state.running.contains_key(id)
    }

    async fn known_workspace(&self, id: &str) -> Result<WorkspaceInfo, ApiError> {
        let state = self.state.lock().await;
        let known = state.settings.workspaces.iter().find(|known| known.id == id);
        known.cloned().ok_or_else(|| ApiError::not_found(id))
    }

    /// A known workspace that does not run, while none is on screen: who may do what in another one says nothing of this one.
    async fn closed(&self, id: &str) -> Result<WorkspaceInfo, ApiError> {
        {
            let state = self.state.lock().await;
            if self.chosen(state.current.as_ref()).is_some() || state.running.contains_key(id) {
                return Err(ApiError::new(ErrorCode::NotNow, "not_on_screen"));
            }
        }
        self.known_workspace(id).await
    }

    /// The passphrase that a workspace's backups are sealed under, if the credential store tells it.
    pub async fn find_backup_passphrase(&self, workspace: &str) -> Option<SecretString> {
        self.parts.deps.vault.get(&punte_engine::backup::passphrase_name(workspace)).await.ok().flatten()
    }

    /// The workspace that is known to lie in a folder.
    pub async fn find_workspace_in(&self, folder: &Path) -> Option<String> {
        let real = folder.canonicalize().ok();
        let state = self.state.lock().await;
        let is_it = |known: &&WorkspaceInfo| Path::new(&known.folder).canonicalize().ok() == real;
        state.settings.workspaces.iter().find(is_it).map(|known| known.id.clone())
    }

    /// What is sealed is laid open in the workspace's own folder.
    async fn look_first(
        &self,
        path: &Path,
        passphrase: Option<SecretString>,
        folder: &Path,
        id: &str,
    ) -> Result<(), ApiError> {
        let (path, work, id) = (path.to_owned(), folder.to_owned(), id.to_owned());
        blocking(move || match verify(&path, passphrase.as_ref(), &work)? {
            facts if facts.workspace == id => Ok(()),
            facts => Err(BackupError::OtherWorkspace(facts.name)),
        })
        .await
    }

    /// Stops a workspace that runs here. Answers its simulators, which go on.
    async fn let_go(&self, id: &str) -> Option<SandboxHandle> {
        let running = {
            let mut state = self.state.lock().await;
            state.current = state.current.take().filter(|current| current != id);
            state.running.remove(id)
        };
        let Running { workspace, sandbox } = running?;
        workspace.stop().await;
        // whatever is still under way would hold the ledger: its outcome is looked for at the provider
        workspace.kill().await;
        sandbox
    }

    async fn put_back(
        &self,
        path: &Path,
        passphrase: Option<SecretString>,
        folder: &Path,
        id: &str,
    ) -> Result<(), ApiError> {
        let clock = self.parts.deps.clock.clone();
        let (began, now_ms) = (clock.monotonic(), clock.now_ms());
        loop {
            let (path, passphrase, folder, id) =
                (path.to_owned(), passphrase.clone(), folder.to_owned(), id.to_owned());
            let done = tokio::task::spawn_blocking(move || {
                let has_ledger = folder.join("ledger.sqlite").exists();
                let target = if has_ledger {
                    Target::InPlace { folder: &folder, workspace: Some(&id) }
                } else {
                    Target::New { folder: &folder }
                };
                restore(&path, passphrase.as_ref(), target, now_ms)
            })
            .await;
            match done.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))? {
                Ok(_) => return Ok(()),
                // an answer that is still being written holds the ledger for a moment
                Err(BackupError::InUse(_)) if clock.monotonic().saturating_sub(began) < LETTING_GO => {
                    tokio::time::sleep(LOOK).await;
                }
                Err(error) => return Err(EngineError::from(error).into()),
            }
        }
    }

    async fn open_again(&self, known: &WorkspaceInfo, sandbox: Option<SandboxHandle>) -> Result<(), ApiError> {
        let mut state = self.state.lock().await;
        state.goes_on()?;
        match self.run_with(known, sandbox).await {
            Ok(running) => {
                (self.parts.opened)(Path::new(&known.folder));
                self.pump(&running.workspace);
                state.running.insert(known.id.clone(), running);
                self.show(&mut state, &known.id)
            }
            Err(error) => Err(self.stand_before(&mut state, known.clone(), error)),
        }
    }
}

fn given(passphrase: Option<String>) -> Option<SecretString> {
    passphrase.filter(|passphrase| !passphrase.is_empty()).map(SecretString::from)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    Ok(done.map_err(EngineError::from)?)
}

fn unreadable(error: std::io::Error) -> BackupError {
    BackupError::Unreadable(error.to_string())
}

fn file_info(entry: BackupEntry) -> BackupFile {
    let made = entry.made.as_ref();
    BackupFile {
        sequence: made.map(|made| made.sequence),
        epoch: made.map(|made| made.epoch),
        audit_head: made.and_then(|made| made.audit_head.clone()),
        took_ms: made.map(|made| made.took_ms),
        file: entry.file,
        bytes: entry.bytes,
        made_ms: entry.made_ms,
        sealed: entry.sealed,
        verified_ms: entry.verified_ms,
    }
}

/// What a backup that was looked at holds.
fn verified(file: String, facts: BackupFacts) -> BackupVerified {
    BackupVerified {
        file,
        workspace: facts.workspace,
        name: facts.name,
        epoch: facts.epoch,
        sequence: facts.sequence,
        audit_head: facts.audit_head.map(|head| head.to_string()),
        bytes: facts.bytes,
        pages: facts.pages,
    }
}
