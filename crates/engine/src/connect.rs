//! Connections at work: their addresses and secrets resolved, their connectors kept, their troubles noted once.

use crate::error::{EngineError, Result};
use crate::metrics::Measured;
use crate::setup::BillingOptions;
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::billing::{self, BillingConfig, BillingProvider, ProviderKind};
use punte_connectors::shops::{self, Shop, ShopConfig, ShopKind};
use punte_connectors::{Transport, Urgency};
use punte_domain::{Failure, FailureKind, Next, Phase};
use punte_store::ledger::Connection;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// A connector, ready to be called.
#[derive(Clone)]
pub(crate) enum Connected {
    Billing(Arc<dyn BillingProvider>),
    Shop(Arc<dyn Shop>),
}

/// An address as configured and as it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub url: String,
    pub is_sandbox: bool,
}

/// Whether a URL stays on this machine: such a connection is a sandbox, whatever it is called.
pub fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let name = if let Some(v6) = host.strip_prefix('[') {
        v6.split(']').next().unwrap_or_default()
    } else {
        host.split(':').next().unwrap_or_default()
    };
    matches!(name, "localhost" | "127.0.0.1" | "::1")
}

/// Name under which a connection's secret is kept.
pub(crate) fn secret_name(workspace_id: &str, connection_id: &str) -> String {
    format!("{workspace_id}/{connection_id}")
}

/// How long a connection rests, by the number of times it was stopped in a row. The last bounds how long orders wait after a
/// provider is back.
const RESTS: [Duration; 5] = [
    Duration::from_secs(3),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(10 * 60),
];

impl Workspace {
    /// Where a configured address leads. A named one is looked up among those given at start.
    pub fn resolve_address(&self, kind: &str, address: &str) -> Result<Address> {
        let address = address.trim().trim_end_matches('/');
        if address.starts_with("sandbox:") {
            let url = self.deps.addresses.get(address).cloned().ok_or_else(|| EngineError::Invalid {
                field: "address",
                detail: format!("{address} is not running"),
            })?;
            return Ok(Address { url, is_sandbox: true });
        }
        let url = match (kind, address) {
            ("smartbill", "") => "https://ws.smartbill.ro/SBORO/api".to_owned(),
            ("oblio", "") => "https://www.oblio.eu".to_owned(),
            ("stripe", "") => "https://api.stripe.com".to_owned(),
            (_, "") => return Err(EngineError::Invalid { field: "address", detail: "empty".into() }),
            // a credential of theirs goes to them, and to simulators on this machine
            ("smartbill" | "oblio" | "stripe", given) if !is_loopback(given) => {
                return Err(EngineError::Invalid { field: "address", detail: format!("{given} is not {kind}'s") });
            }
            (_, given) if given.starts_with("https://") => given.to_owned(),
            (_, given) if given.starts_with("http://") && is_loopback(given) => given.to_owned(),
            (_, given) if given.starts_with("http://") => {
                return Err(EngineError::Invalid { field: "address", detail: format!("{given} is not https") });
            }
            (_, given) if !given.contains("://") && given.contains('.') => format!("https://{given}"),
            (_, given) => return Err(EngineError::Invalid { field: "address", detail: given.to_owned() }),
        };
        let is_sandbox = is_loopback(&url);
        Ok(Address { url, is_sandbox })
    }

    /// The connector of a stored connection, made once for each urgency and kept until the connection changes.
    pub(crate) async fn connector(
        &self,
        connection: &Connection,
        urgency: Urgency,
    ) -> std::result::Result<Connected, Failure> {
        let key = (connection.id.clone(), urgency);
        if let Some(known) = lock(&self.connected).get(&key) {
            return Ok(known.clone());
        }
        let secret = self.read_secret(connection).await?;
        let made = self
            .connect_with(
                &connection.kind,
                &connection.address,
                &connection.account,
                secret,
                urgency,
                &BillingOptions::of(connection),
            )
            .map_err(|error| {
                Failure::new(FailureKind::FlowIncomplete, Phase::Prepare, "connect", connection.name.clone())
                    .with_detail(error.to_string())
            })?;
        lock(&self.connected).insert(key, made.clone());
        Ok(made)
    }

    /// A connector for a credential that may not be stored yet.
    pub(crate) fn connect_with(
        &self,
        kind: &str,
        address: &str,
        account: &str,
        secret: SecretString,
        urgency: Urgency,
        options: &BillingOptions,
    ) -> Result<Connected> {
        let address = self.resolve_address(kind, address)?;
        let transport: Arc<dyn Transport> = Arc::new(Measured {
            inner: self.deps.transport.clone(),
            meters: self.deps.meters.clone(),
            clock: self.deps.clock.clone(),
            workspace: self.ledger.info().id.clone(),
            provider: kind.to_owned(),
        });
        let timing = self.deps.timing;
        let config = |secret| BillingConfig {
            base_url: address.url.clone(),
            account: account.to_owned(),
            secret,
            paced: !address.is_sandbox,
            create_limit: if address.is_sandbox { timing.create_sandbox } else { timing.create },
            budgets: self.deps.budgets.clone(),
            urgency,
            reserve: options.reserve,
            legacy_routes: options.legacy_routes,
        };
        let provider = match kind {
            "smartbill" => Some(ProviderKind::SmartBill),
            "oblio" => Some(ProviderKind::Oblio),
            _ => None,
        };
        if let Some(provider) = provider {
            return Ok(Connected::Billing(billing::connect(provider, config(secret), transport)));
        }
        let config = ShopConfig { base_url: address.url.clone(), key: account.to_owned(), secret };
        let shop = ShopKind::parse(kind).and_then(|shop| shops::connect(shop, config, transport));
        shop.map(Connected::Shop).ok_or_else(|| EngineError::Invalid { field: "kind", detail: kind.to_owned() })
    }

    pub(crate) async fn billing(
        &self,
        connection: &Connection,
    ) -> std::result::Result<Arc<dyn BillingProvider>, Failure> {
        self.billing_with(connection, Urgency::Live).await
    }

    /// The connector for what can wait behind new orders and people: reads that follow up on what was done.
    pub(crate) async fn billing_with(
        &self,
        connection: &Connection,
        urgency: Urgency,
    ) -> std::result::Result<Arc<dyn BillingProvider>, Failure> {
        match self.connector(connection, urgency).await? {
            Connected::Billing(provider) => Ok(provider),
            Connected::Shop(_) => {
                Err(Failure::new(FailureKind::FlowIncomplete, Phase::Prepare, "connect", connection.name.clone())
                    .with_detail("a shop is set where a billing provider is needed"))
            }
        }
    }

    pub(crate) async fn shop(&self, connection: &Connection) -> std::result::Result<Arc<dyn Shop>, Failure> {
        match self.connector(connection, Urgency::Live).await? {
            Connected::Shop(shop) => Ok(shop),
            Connected::Billing(_) => {
                Err(Failure::new(FailureKind::FlowIncomplete, Phase::Prepare, "connect", connection.name.clone()))
            }
        }
    }

    /// Forgets a connector, so that the next call reads address and secret anew.
    pub(crate) fn forget_connector(&self, connection_id: &str) {
        lock(&self.connected).retain(|(id, _), _| id != connection_id);
    }

    /// Whether anything may be sent over a connection now: its secret can be read, and it is not stopped, or its rest is over (then
    /// one request probes it).
    pub(crate) fn may_call(&self, connection: &Connection, now_ms: i64) -> Gate {
        if self.vault_wait(connection).is_some() {
            return Gate::Closed;
        }
        match &connection.stop {
            None => Gate::Open,
            Some(stop) => match stop.until_ms {
                Some(until) if until <= now_ms => Gate::Probe,
                // a due time further ahead than the longest rest came from a clock that jumped
                Some(until) if until - now_ms > MAX_REST_MS => Gate::Probe,
                _ => Gate::Closed,
            },
        }
    }

    /// The machine woke, or its network is another one: what could not be reached is tried at once. Whoever answered, and said
    /// to wait, is waited for.
    pub async fn try_again(&self) -> Result<()> {
        if self.ledger.release_unreached().await? > 0 {
            self.changed(Change::Connections);
        }
        self.wake_all();
        Ok(())
    }

    /// How long until a connection that may not be called opens by itself, at most the idle time: a person may open it sooner.
    pub(crate) fn opens_in(&self, connection: &Connection, now_ms: i64) -> Duration {
        let until_ms = connection.stop.as_ref().and_then(|stop| stop.until_ms);
        let left_ms = until_ms.map_or(i64::MAX, |until_ms| (until_ms - now_ms).max(250));
        Duration::from_millis(left_ms as u64).min(self.deps.timing.idle)
    }

    /// Notes a failure that is the connection's: it rests, once, however many records ran into it.
    pub(crate) async fn note_trouble(&self, connection: &Connection, failure: &Failure) -> Result<()> {
        let now_ms = self.now_ms();
        let rest = |count: u32| RESTS[(count as usize).min(RESTS.len() - 1)].as_millis() as i64;
        let count = connection.stop.as_ref().map_or(0, |stop| stop.count);
        let until_ms = match failure.kind {
            FailureKind::CredentialMissing | FailureKind::CredentialRefused => None,
            FailureKind::RateLimited => {
                Some(now_ms + failure.retry_after_ms.unwrap_or(10 * 60 * 1000).clamp(1000, MAX_REST_MS))
            }
            FailureKind::PlanQuota | FailureKind::CompanyUnavailable | FailureKind::RightMissing => {
                Some(now_ms + MAX_REST_MS / 2)
            }
            _ => Some(now_ms + rest(count)),
        };
        tracing::warn!(connection = connection.id, kind = failure.kind.as_str(), "the connection rests");
        self.ledger.stop_connection(&connection.id, failure.clone(), until_ms, (now_ms, now_ms + MAX_REST_MS)).await?;
        if matches!(failure.kind, FailureKind::CredentialMissing | FailureKind::CredentialRefused) {
            self.forget_connector(&connection.id);
        }
        self.changed(Change::Connections);
        Ok(())
    }

    /// Notes a good answer; cheap when nothing changes.
    pub(crate) async fn note_contact(&self, connection: &Connection) -> Result<()> {
        let now_ms = self.now_ms();
        if connection.stop.is_some() || connection.last_contact_ms.is_none_or(|last| now_ms - last > 1000) {
            self.ledger.record_contact(&connection.id, connection.stop.is_some(), now_ms).await?;
            self.changed(Change::Connections);
            if connection.stop.is_some() {
                self.outbox_wake.notify_one();
            }
        }
        Ok(())
    }
}

const MAX_REST_MS: i64 = 60 * 60 * 1000;

/// What may pass over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    Open,
    /// One request, to see whether it works again.
    Probe,
    Closed,
}

/// Whether a create's failure says something of the connection rather than of the record. An unknown outcome does, too: the
/// next record would run into the same.
pub(crate) fn is_connections_fault(failure: &Failure) -> bool {
    match failure.next() {
        Next::StopConnection | Next::RetryByItself | Next::AskProvider => true,
        Next::FixThenRetry | Next::NeedsPerson => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_a_sandbox() {
        for url in ["http://127.0.0.1:80/x", "http://localhost:1", "http://[::1]:9/y", "https://u@localhost/"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["https://localhost.evil.ro", "http://127.0.0.1.nip.io", "https://ws.smartbill.ro/?h=localhost"] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
