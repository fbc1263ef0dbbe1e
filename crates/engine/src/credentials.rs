//! Credentials at work: read from the vault, lent by a sandbox, or waited for while the vault cannot be asked.
//!
//! A connection whose secret cannot be read for that reason is not broken: nothing is sent over it, nothing is held against
//! it, and it goes on by itself once the vault is open.

use crate::connect::{Connected, secret_name};
use crate::error::{EngineError, Result};
use crate::setup::ConnectionDraft;
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::Urgency;
use punte_connectors::shops::ShopKind;
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::ledger::Connection;
use punte_vault::{VaultError, VaultState};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// Whether a connection's address is a simulator of the workspace's own: its login is no secret, and is given again at every
/// start, so that no vault is needed for it.
fn is_lent(address: &str) -> bool {
    address.trim().starts_with("sandbox:")
}

/// Of a vault that cannot be asked; `None` for an answer of one that can.
fn kind_of(error: &VaultError) -> Option<FailureKind> {
    match error {
        VaultError::Waiting | VaultError::Silent => Some(FailureKind::VaultWaiting),
        VaultError::Locked => Some(FailureKind::VaultLocked),
        VaultError::NotChosen => Some(FailureKind::VaultNotChosen),
        VaultError::Refused(_)
        | VaultError::WrongPassphrase
        | VaultError::Damaged(_)
        | VaultError::TooShort
        | VaultError::TooSoon(_)
        | VaultError::NotNow(_) => None,
    }
}

fn read_failure(kind: FailureKind, connection: &Connection) -> Failure {
    Failure::new(kind, Phase::Prepare, "read credential", connection.name.clone())
}

impl Workspace {
    /// Keeps a simulator's login for this session.
    pub fn lend_secret(&self, connection_id: &str, secret: SecretString) {
        lock(&self.lent).insert(connection_id.to_owned(), secret);
        self.forget_connector(connection_id);
    }

    pub(crate) async fn read_secret(&self, connection: &Connection) -> std::result::Result<SecretString, Failure> {
        if ShopKind::parse(&connection.kind) == Some(ShopKind::Webhook) {
            // nothing is asked of it: it tells by itself, signed with the webhooks' secret
            return Ok(SecretString::from(String::new()));
        }
        if let Some(failure) = self.vault_wait(connection) {
            return Err(failure);
        }
        match self.stored_secret(&connection.id, &connection.address).await {
            Ok(Some(secret)) => Ok(secret),
            Ok(None) => Err(read_failure(FailureKind::CredentialMissing, connection)),
            Err(error) => {
                let kind = kind_of(&error).unwrap_or(FailureKind::CredentialMissing);
                Err(read_failure(kind, connection).with_detail(error.to_string()))
            }
        }
    }

    pub(crate) async fn stored_secret(&self, id: &str, address: &str) -> punte_vault::Result<Option<SecretString>> {
        if is_lent(address) {
            return Ok(lock(&self.lent).get(id).cloned());
        }
        self.deps.vault.get(&secret_name(&self.ledger.info().id, id)).await
    }

    /// Keeps a connection's secret where it belongs, and when that was.
    pub(crate) async fn keep_secret(&self, id: &str, address: &str, secret: SecretString) -> Result<()> {
        if is_lent(address) {
            self.lend_secret(id, secret);
            return Ok(());
        }
        Ok(self.deps.vault.set(&secret_name(&self.ledger.info().id, id), secret).await?)
    }

    /// Why a connection's secret cannot be read now, where that is because the vault cannot be asked. A connector that was made
    /// before goes on.
    pub fn vault_wait(&self, connection: &Connection) -> Option<Failure> {
        let is_known = || lock(&self.connected).keys().any(|(id, _)| *id == connection.id);
        if connection.kind == "file" || is_lent(&connection.address) || is_known() {
            return None;
        }
        let kind = match self.deps.vault.state() {
            // it may still say that this ledger has lost a part
            VaultState::Ready if self.is_mark_open() => FailureKind::VaultWaiting,
            VaultState::Ready => return None,
            VaultState::Waiting => FailureKind::VaultWaiting,
            VaultState::Locked => FailureKind::VaultLocked,
            VaultState::NotChosen | VaultState::Refused => FailureKind::VaultNotChosen,
        };
        Some(read_failure(kind, connection))
    }

    /// Why nothing passes over a connection: the vault's wait, or what stopped it.
    pub(crate) fn why_closed(&self, connection: &Connection) -> Option<Failure> {
        self.vault_wait(connection).or_else(|| connection.stop.as_ref().map(|stop| stop.failure.clone()))
    }

    /// Tries a new secret against the other side, before it replaces the one that may still work. Reads only.
    ///
    /// # Errors
    /// [`EngineError::Outside`] with what the other side said.
    pub(crate) async fn prove(&self, draft: &ConnectionDraft) -> Result<()> {
        let kind = draft.kind.as_str();
        if kind == "file" || ShopKind::parse(kind) == Some(ShopKind::Webhook) {
            return Ok(());
        }
        let secret: SecretString = draft.secret.expose_secret().trim().to_owned().into();
        let account = draft.account.trim();
        let steps = match self.connect_with(kind, &draft.address, account, secret, Urgency::Live, &draft.options)? {
            Connected::Shop(shop) => shop.check().await,
            Connected::Billing(provider) => provider.check(draft.company.as_deref(), None).await,
        };
        // what else does not fit, as a series, is not the credential's
        let of_credential = steps.into_iter().filter(|step| matches!(step.step, "address" | "credential"));
        of_credential.filter_map(|step| step.failure).map(EngineError::from).next().map_or(Ok(()), Err)
    }

    /// Watches the vault: once it can be asked, what waited for it goes on.
    pub(crate) async fn run_vault(self: &Arc<Self>) {
        loop {
            let state = self.deps.vault.state();
            if state == VaultState::Ready
                && let Err(error) = self.go_on_with_vault().await
            {
                self.note_engine_error(&error, "go on with the vault");
            }
            self.changed(Change::Connections);
            tokio::select! {
                biased;
                () = self.stopping.cancelled() => return,
                () = self.deps.vault.leaves(state) => {}
            }
        }
    }

    /// Nothing goes on before it said what it remembers of the ledger.
    pub(crate) async fn go_on_with_vault(self: &Arc<Self>) -> Result<()> {
        self.compare_late().await?;
        if self.is_mark_open() {
            return Ok(());
        }
        for connection in self.ledger.list_connections().await? {
            if connection.stop.is_some_and(|stop| stop.failure.kind.is_of_vault()) {
                self.ledger.release_connection(&connection.id).await?;
            }
        }
        self.wake_all();
        Ok(())
    }

    /// Wakes whatever may have waited for a connection.
    pub(crate) fn wake_all(&self) {
        let wakes = [&self.poll_wake, &self.outbox_wake, &self.settle_wake, &self.verify_wake, &self.operate_wake];
        let others = [&self.note_wake, &self.change_wake, &self.einvoice_wake, &self.schedule_wake, &self.bulk_wake];
        wakes
            .into_iter()
            .chain(others)
            .chain([&self.inbox_wake, &self.backfill_wake])
            .for_each(|wake| wake.notify_one());
    }
}

#[cfg(test)]
pub(crate) mod tests;
