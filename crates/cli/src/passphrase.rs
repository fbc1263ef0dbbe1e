//! The passphrase of the encrypted file: asked for at the terminal, never taken from an argument or the environment.

use crate::commands::{Desk, DeskError};
use crate::words::Words;
use punte_api::{ApiError, ErrorCode, Host};
use punte_vault::VaultState;
use secrecy::SecretString;
use std::io::{BufRead, IsTerminal, Read};

/// Wrong ones that are asked for again.
const TRIES: usize = 3;
/// Bytes of a line that a secret is read from.
const LONGEST: u64 = 4096;

/// Whether credentials can be read, as far as a terminal can do anything about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// They can, or it goes on by itself once they can.
    GoesOn,
    /// The file stays locked: nothing could be done.
    Locked,
}

/// Opens the file where this process owns the workspace and the file is locked. Tells what is waited for otherwise.
pub async fn open(desk: &Desk, words: &Words, tell: &dyn Fn(&str)) -> Opened {
    let Desk::Own(composition) = desk else { return Opened::GoesOn };
    let host = &composition.host;
    match host.vault_status().state {
        VaultState::Ready => Opened::GoesOn,
        VaultState::Waiting => {
            tell(&words.say("terminal.vaultWaiting", &[]));
            Opened::GoesOn
        }
        VaultState::NotChosen => {
            tell(&words.say("terminal.vaultNotChosen", &[]));
            Opened::GoesOn
        }
        VaultState::Refused => {
            let reason = host.vault_status().reason.unwrap_or_default();
            tell(&words.say("terminal.vaultRefused", &[("reason", &reason)]));
            Opened::GoesOn
        }
        VaultState::Locked if std::io::stdin().is_terminal() => ask(host, words, tell).await,
        VaultState::Locked => {
            tell(&words.say("terminal.vaultLocked", &[]));
            Opened::Locked
        }
    }
}

async fn ask(host: &Host, words: &Words, tell: &dyn Fn(&str)) -> Opened {
    for _ in 0..TRIES {
        let prompt = words.say("terminal.passphrase", &[]);
        let typed = tokio::task::spawn_blocking(move || rpassword::prompt_password(prompt)).await;
        let Ok(Ok(typed)) = typed else { break };
        match host.unlock_vault(SecretString::from(typed)).await {
            Ok(()) => return Opened::GoesOn,
            Err(error) if error.code == ErrorCode::WrongPassphrase => {
                tell(&words.say("error.wrong_passphrase", &[]));
            }
            Err(error) => {
                tell(&format!("{} ({})", words.say("terminal.vaultShut", &[]), error.detail));
                return Opened::Locked;
            }
        }
    }
    tell(&words.say("terminal.vaultLocked", &[]));
    Opened::Locked
}

/// A secret, typed unseen at a terminal or given as a line of standard input; never an argument, which others can see.
///
/// # Errors
/// What kept it from being read, at the field that it is for.
pub async fn read_secret(field: &'static str, prompt: String) -> Result<SecretString, DeskError> {
    let read = tokio::task::spawn_blocking(move || {
        if std::io::stdin().is_terminal() {
            return rpassword::prompt_password(prompt).map(SecretString::from);
        }
        let mut line = String::new();
        std::io::stdin().lock().take(LONGEST).read_line(&mut line)?;
        let typed = SecretString::from(line.trim_end_matches(['\r', '\n']));
        secrecy::zeroize::Zeroize::zeroize(&mut line);
        Ok(typed)
    });
    let failed = |error: String| DeskError::from(ApiError::invalid(field, error));
    read.await.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))
}
