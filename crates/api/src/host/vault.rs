//! Where credentials are kept: shown, chosen, unlocked; the choice is remembered in the settings.

use super::Host;
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_domain::FailureKind;
use punte_engine::Workspace;
use punte_engine::store::ledger::Connection;
use punte_engine::vault::{SHORTEST_PASSPHRASE, VaultError, VaultKind, VaultStatus};
use secrecy::SecretString;

impl Host {
    /// Opens what was chosen the last time, as far as that goes without a person, and tells of every change from then on.
    pub async fn open_vault(&self) {
        self.tell_of_vault();
        let chosen = self.state.lock().await.settings.vault.as_deref().and_then(VaultKind::parse);
        self.parts.vault.open(chosen).await;
    }

    /// Tells the screens whenever credentials can be read, or cannot any more.
    pub fn tell_of_vault(&self) {
        let (mut changes, me) = (self.parts.vault.subscribe(), self.me.clone());
        tokio::spawn(async move {
            while changes.changed().await.is_ok() {
                let Some(host) = me.upgrade() else { return };
                host.emit(&[Tag::App, Tag::Connections]);
            }
        });
    }

    pub fn vault_status(&self) -> VaultStatus {
        self.parts.vault.status()
    }

    /// Opens the file by its passphrase.
    ///
    /// # Errors
    /// [`ErrorCode::WrongPassphrase`], [`ErrorCode::TryLater`], or what keeps the file from being opened.
    pub async fn unlock_vault(&self, passphrase: SecretString) -> Result<(), ApiError> {
        self.parts.vault.unlock(passphrase).await.map_err(|error| self.vault_refusal(error))
    }

    /// Takes the encrypted file as the place for credentials, and remembers that.
    pub async fn choose_vault_file(&self, passphrase: SecretString) -> Result<(), ApiError> {
        self.choose_vault(VaultKind::File, Some(passphrase), false).await
    }

    async fn choose_vault(
        &self,
        kind: VaultKind,
        passphrase: Option<SecretString>,
        replace: bool,
    ) -> Result<(), ApiError> {
        self.parts.vault.choose(kind, passphrase, replace).await.map_err(|error| self.vault_refusal(error))?;
        let mut state = self.state.lock().await;
        state.settings.vault = Some(kind.as_str().to_owned());
        state.settings.write(&self.parts.home)
    }

    fn vault_refusal(&self, error: VaultError) -> ApiError {
        match error {
            VaultError::TooSoon(wait) => {
                let until_ms = self.parts.deps.clock.now_ms() + wait.as_millis() as i64;
                ApiError::new(ErrorCode::TryLater, until_ms.to_string())
            }
            other => other.into(),
        }
    }

    fn vault_info(&self) -> VaultInfo {
        let vault = &self.parts.vault;
        let VaultStatus { kind, state, reason } = vault.status();
        VaultInfo {
            kind: kind.map(|kind| kind.as_str().to_owned()),
            state: state.as_str().to_owned(),
            reason,
            file: vault.file().display().to_string(),
            has_file: vault.file().exists(),
            wait_until_ms: vault.unlock_wait().map(|wait| self.parts.deps.clock.now_ms() + wait.as_millis() as i64),
            shortest_passphrase: SHORTEST_PASSPHRASE as u32,
        }
    }

    pub(super) async fn vault_get(&self, _: &Session, _: Nothing) -> Result<VaultInfo, ApiError> {
        Ok(self.vault_info())
    }

    pub(super) async fn vault_choose(&self, _: &Session, request: VaultChoice) -> Result<VaultInfo, ApiError> {
        let kind = VaultKind::parse(&request.kind).ok_or_else(|| ApiError::invalid("kind", request.kind.clone()))?;
        self.choose_vault(kind, request.passphrase.map(SecretString::from), request.replace).await?;
        Ok(self.vault_info())
    }

    pub(super) async fn vault_unlock(&self, _: &Session, request: PassphraseInput) -> Result<VaultInfo, ApiError> {
        self.unlock_vault(request.passphrase.into()).await?;
        Ok(self.vault_info())
    }

    pub(super) async fn vault_change_passphrase(
        &self,
        _: &Session,
        request: PassphraseChange,
    ) -> Result<VaultInfo, ApiError> {
        let changed = self.parts.vault.change_passphrase(request.old.into(), request.new.into()).await;
        changed.map_err(|error| match error {
            VaultError::TooShort => ApiError::invalid("new", SHORTEST_PASSPHRASE.to_string()),
            other => self.vault_refusal(other),
        })?;
        Ok(self.vault_info())
    }
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        let code = match error {
            VaultError::Waiting | VaultError::Silent => ErrorCode::VaultWaiting,
            VaultError::Locked => ErrorCode::VaultLocked,
            VaultError::NotChosen => ErrorCode::VaultNotChosen,
            VaultError::WrongPassphrase => ErrorCode::WrongPassphrase,
            VaultError::TooShort => return ApiError::invalid("passphrase", SHORTEST_PASSPHRASE.to_string()),
            VaultError::NotNow(why) => return ApiError::new(ErrorCode::NotNow, why),
            VaultError::Refused(_) | VaultError::Damaged(_) | VaultError::TooSoon(_) => ErrorCode::Vault,
        };
        ApiError::new(code, error.to_string())
    }
}

/// The health of a connection whose secret is only waited for.
pub(super) fn waiting_health(kind: FailureKind) -> Option<&'static str> {
    match kind {
        FailureKind::VaultWaiting => Some("waiting_keyring"),
        FailureKind::VaultLocked => Some("waiting_passphrase"),
        FailureKind::VaultNotChosen => Some("waiting_choice"),
        _ => None,
    }
}

/// What a card says of a connection's secret: when it was last replaced, and when it last worked.
pub(super) async fn secret_dates(
    workspace: &Workspace,
    connection: &Connection,
) -> Result<(Option<i64>, Option<i64>), ApiError> {
    let changed_ms = workspace.ledger().find_secret_change(&connection.id).await?;
    // a good answer of before the change says nothing of this secret
    let worked_ms =
        connection.last_contact_ms.filter(|contact_ms| changed_ms.is_none_or(|changed| *contact_ms >= changed));
    Ok((changed_ms, worked_ms))
}

#[cfg(test)]
mod tests;
