//! The secrets that webhooks are signed with: in the vault, and in memory while deliveries come.

use crate::connect::secret_name;
use crate::error::{EngineError, Result};
use crate::inbox::{receives, token_of};
use crate::workspace::{Change, Workspace, lock};
use punte_store::ledger::{Connection, HookState, LastDeliveries};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;

/// How long the secret before the one in use is still accepted: a shop may sign with it for an hour after the change.
const OLD_SECRET_MS: i64 = 24 * 60 * 60 * 1000;

/// The secret in use, then the one before it with the instant until which it is good.
type Known = (Option<SecretString>, Option<(SecretString, i64)>);

/// What was read of the vault, until a secret changes.
#[derive(Default)]
pub(crate) struct HookSecrets {
    /// How often a secret changed: what was read before the last change is not kept.
    changes: u64,
    known: HashMap<String, Known>,
}

/// What a shop needs to be told to deliver here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// `/hooks/…`
    pub path: String,
    pub has_secret: bool,
    pub old_secret_until_ms: Option<i64>,
    pub last: LastDeliveries,
}

impl Workspace {
    /// Where a connection's webhooks are to be sent.
    pub async fn find_hook(&self, connection_id: &str) -> Result<Hook> {
        let connection = self.ledger.get_connection(connection_id).await?;
        if !receives(&connection.kind) {
            return Err(EngineError::NotNow("no_webhooks"));
        }
        let state = self.ledger.find_hook_state(connection_id).await?;
        let secrets = self.hook_secrets(&connection).await;
        Ok(Hook {
            path: format!("/hooks/{}", token_of(&self.ledger.info().seed, connection_id, state.revision)),
            has_secret: !secrets.is_empty(),
            old_secret_until_ms: state.old_secret_until_ms.filter(|until| *until > self.now_ms()),
            last: self.ledger.find_last_deliveries(connection_id).await?,
        })
    }

    /// Another address; the one before it is answered no more.
    pub async fn renew_hook(&self, connection_id: &str) -> Result<()> {
        self.ledger.get_connection(connection_id).await?;
        let state = self.ledger.find_hook_state(connection_id).await?;
        self.ledger.save_hook_state(connection_id, HookState { revision: state.revision + 1, ..state }).await?;
        self.changed(Change::Connections);
        Ok(())
    }

    /// Keeps the secret that a shop signs with. The one before it is accepted for another day.
    pub async fn set_hook_secret(&self, connection_id: &str, secret: SecretString) -> Result<()> {
        let text = crate::setup::required("secret", secret.expose_secret())?.to_owned();
        let connection = self.ledger.get_connection(connection_id).await?;
        if !receives(&connection.kind) {
            return Err(EngineError::NotNow("no_webhooks"));
        }
        let state = self.ledger.find_hook_state(connection_id).await?;
        let (current, _) = self.read_hook_secrets(&connection, state).await?;
        let mut until_ms = None;
        if let Some(current) = current.filter(|current| current.expose_secret() != text) {
            self.put_secret(&self.hook_name(connection_id, "old"), current).await?;
            until_ms = Some(self.now_ms() + OLD_SECRET_MS);
        }
        self.put_secret(&self.hook_name(connection_id, "now"), text.into()).await?;
        self.ledger.save_hook_state(connection_id, HookState { old_secret_until_ms: until_ms, ..state }).await?;
        let mut kept = lock(&self.hook_secrets);
        kept.changes += 1;
        kept.known.remove(connection_id);
        drop(kept);
        self.changed(Change::Connections);
        Ok(())
    }

    /// What a delivery may be signed with. A vault that does not answer gives none: the delivery is refused, and comes again.
    pub(crate) async fn hook_secrets(&self, connection: &Connection) -> Vec<SecretString> {
        let (changes, known) = {
            let kept = lock(&self.hook_secrets);
            (kept.changes, kept.known.get(&connection.id).cloned())
        };
        let (current, old) = match known {
            Some(known) => known,
            None => {
                let read = match self.ledger.find_hook_state(&connection.id).await {
                    Ok(state) => self.read_hook_secrets(connection, state).await,
                    Err(error) => Err(error.into()),
                };
                match read {
                    Ok(read) => {
                        let mut kept = lock(&self.hook_secrets);
                        // another may have been set while the vault was read
                        if kept.changes == changes {
                            kept.known.insert(connection.id.clone(), read.clone());
                        }
                        read
                    }
                    Err(error) => {
                        tracing::warn!(%error, connection = connection.id, "the webhooks' secret cannot be read");
                        (None, None)
                    }
                }
            }
        };
        let old = old.filter(|(_, until_ms)| *until_ms > self.now_ms()).map(|(secret, _)| secret);
        current.into_iter().chain(old).collect()
    }

    async fn read_hook_secrets(&self, connection: &Connection, state: HookState) -> Result<Known> {
        let read = async |which| self.deps.vault.get(&self.hook_name(&connection.id, which)).await;
        let current = read("now").await?;
        let old = match state.old_secret_until_ms {
            Some(until_ms) => read("old").await?.map(|secret| (secret, until_ms)),
            None => None,
        };
        Ok((current, old))
    }

    fn hook_name(&self, connection_id: &str, which: &str) -> String {
        format!("{}/hook/{which}", secret_name(&self.ledger.info().id, connection_id))
    }

    async fn put_secret(&self, name: &str, secret: SecretString) -> Result<()> {
        Ok(self.deps.vault.set(name, secret).await?)
    }
}
