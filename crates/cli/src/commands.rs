//! The terminal's commands on a workspace: as its owner, or attached to whoever owns it.

use crate::compose::{Composition, Options, compose};
use punte_api::{ApiError, ErrorCode};
use punte_http::{AttachError, Attached};
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
                Ok(Desk::Attached(Attached::to(&folder).await?))
            }
            Err(error) => Err(error.into()),
        }
    }

    pub async fn call(&self, command: &str, payload: Value) -> Result<Value, DeskError> {
        match self {
            Desk::Own(composition) => {
                let session = composition.host.local_session();
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
