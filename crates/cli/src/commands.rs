//! The terminal's commands on a workspace: as its owner, or attached to whoever owns it.

use crate::compose::{Composition, Options, compose};
use crate::people;
use crate::words::Words;
use punte_api::dto::{CheckReport, OpenProblem};
use punte_api::{ApiError, ErrorCode, HostKind};
use punte_http::{AttachError, Attached};
use punte_store::{Ledger, StoreError};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Someone who answers commands about a workspace.
pub enum Desk {
    /// This process owns the workspace.
    Own(Box<Composition>),
    /// Another process does, and answers.
    Attached(Attached),
}

#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Attach(#[from] AttachError),
}

impl Desk {
    /// Opens a workspace (the one given, or the last one), or attaches to its owner.
    pub async fn open(home: PathBuf, workspace: Option<&Path>) -> Result<Desk, DeskError> {
        let mut composition = compose(Options { home, no_keyring: false, prepare_sandbox: None }).await?;
        composition.listen().await.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let opened = match workspace {
            Some(folder) => composition.host.open_folder(folder).await,
            None => composition.host.open_last().await,
        };
        match opened {
            Ok(_) => Ok(Desk::Own(Box::new(composition))),
            Err(error) if error.code == ErrorCode::WorkspaceOwned => {
                let folder = match workspace {
                    Some(folder) => folder.to_owned(),
                    None => composition.host.last_folder().await.map(|last| last.folder.into()).unwrap_or_default(),
                };
                Ok(Desk::Attached(Attached::to(&folder, HostKind::Terminal).await?))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Owns every enabled workspace of a home. Answers those that could not be opened, too.
    pub async fn run_enabled(home: PathBuf) -> Result<(Desk, Vec<OpenProblem>), DeskError> {
        let mut composition = compose(Options { home, no_keyring: false, prepare_sandbox: None }).await?;
        composition.listen().await.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let problems = composition.host.run_enabled().await;
        if problems.is_empty() && composition.host.count_running().await == 0 {
            return Err(ApiError::new(ErrorCode::NoWorkspace, "none is enabled").into());
        }
        Ok((Desk::Own(Box::new(composition)), problems))
    }

    /// How many workspaces run in this process.
    pub async fn count_running(&self) -> usize {
        match self {
            Desk::Own(composition) => composition.host.count_running().await,
            Desk::Attached(_) => 0,
        }
    }

    pub async fn call(&self, command: &str, payload: Value) -> Result<Value, DeskError> {
        match self {
            Desk::Own(composition) => {
                let session = composition.host.local_session(HostKind::Terminal);
                Ok(composition.host.call(&session, command, payload).await?)
            }
            Desk::Attached(attached) => Ok(attached.call(command, payload).await?),
        }
    }

    pub async fn close(self) {
        if let Desk::Own(composition) = self {
            composition.shut_down().await;
        }
    }
}

/// Checks a workspace's ledger: closed, where nobody owns it, else by its owner. Owns nothing and changes nothing.
pub async fn check(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    words: &Words,
) -> Result<CheckReport, DeskError> {
    let folder = match workspace {
        Some(folder) => folder.to_owned(),
        None => {
            let composition = compose(Options { home, no_keyring: true, prepare_sandbox: None }).await?;
            let last = composition.host.last_folder().await;
            last.ok_or_else(|| ApiError::new(ErrorCode::NoWorkspace, "none was opened yet"))?.folder.into()
        }
    };
    let closed = folder.clone();
    let checked = tokio::task::spawn_blocking(move || Ledger::check_folder(&closed)).await;
    match checked.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))? {
        Ok(found) => {
            Ok(CheckReport::of(found.iter().map(|one| (one.check, one.verdict.as_str(), one.detail.as_str()))))
        }
        Err(StoreError::Owned(_)) => {
            let attached = Desk::Attached(Attached::to(&folder, HostKind::Terminal).await?);
            let owner = people::signed_in(attached, operator, words).await?;
            let report = owner.call("workspace.check", Value::Null).await?;
            Ok(serde_json::from_value(report).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?)
        }
        Err(error) => Err(ApiError::from(error).into()),
    }
}
