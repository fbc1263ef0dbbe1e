//! Who works at the terminal, in a workspace that has people.

use crate::commands::{Desk, DeskError};
use crate::passphrase::read_secret;
use crate::words::Words;
use punte_api::{ApiError, ErrorCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What is done with people from the terminal.
#[derive(Debug, clap::Subcommand)]
pub enum Act {
    /// Set somebody's password anew: asked for, or read from standard input. On record, and only while Punte does not run.
    Reset {
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// Opens a workspace, or attaches to its owner, and signs in where it has people.
pub async fn open(
    home: PathBuf,
    workspace: Option<&Path>,
    name: Option<&str>,
    words: &Words,
) -> Result<Desk, DeskError> {
    signed_in(Desk::open(home, workspace).await?, name, words).await
}

/// The same of one that is open, or attached, already.
pub async fn signed_in(desk: Desk, name: Option<&str>, words: &Words) -> Result<Desk, DeskError> {
    match sign_in(&desk, name, words).await {
        Ok(()) => Ok(desk),
        Err(error) => {
            desk.close().await;
            Err(error)
        }
    }
}

/// Signs in where the workspace has people: as the one named, with a password that is asked for, or read from standard input.
///
/// # Errors
/// [`ErrorCode::SignInNeeded`] where nobody is named; a wrong password.
async fn sign_in(desk: &Desk, name: Option<&str>, words: &Words) -> Result<(), DeskError> {
    let session = desk.call("session.get", Value::Null).await?;
    if session["needed"] != true || session["signedIn"] == true {
        return Ok(());
    }
    let Some(name) = name else {
        return Err(ApiError::new(ErrorCode::SignInNeeded, words.say("terminal.people.as", &[])).into());
    };
    let password = read_secret("password", words.say("terminal.people.password", &[("name", name)])).await?;
    desk.call("session.sign_in", json!({ "name": name, "password": password.expose_secret() })).await?;
    Ok(())
}

/// Sets somebody's password anew, as whoever owns this machine's account; only where this process owns the workspace.
pub async fn reset(desk: &Desk, name: &str, words: &Words) -> Result<(), DeskError> {
    let Desk::Own(composition) = desk else {
        return Err(ApiError::new(ErrorCode::WorkspaceOwned, words.say("terminal.people.closeFirst", &[])).into());
    };
    let password = read_secret("password", words.say("terminal.people.newPassword", &[("name", name)])).await?;
    Ok(composition.host.reset_password(name, password.expose_secret().to_owned()).await?)
}
