//! What the tests of a host put together: a real clock and a real transport, and nothing to start.

use super::Parts;
use punte_engine::connectors::Budgets;
use punte_engine::connectors::transport::{HttpTransport, HttpTransportConfig, PrivateHosts};
use punte_engine::vault::{Cost, OsKeyring, SwitchVault};
use punte_engine::{Deps, SystemClock, Timing};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// A vault that keeps what it is given in memory.
pub(super) fn memory_vault(home: &Path) -> Arc<SwitchVault> {
    let vault = SwitchVault::new(home.join("vault"), Arc::new(OsKeyring::default()), Cost::default());
    vault.hold_in_memory("a test");
    vault
}

/// The parts of a host whose state is in a folder.
pub(super) fn parts(home: &Path, vault: Arc<SwitchVault>) -> Parts {
    let private_hosts = PrivateHosts::default();
    let transport = HttpTransportConfig { private_hosts: private_hosts.clone(), ..HttpTransportConfig::default() };
    let deps = Deps {
        clock: Arc::new(SystemClock::default()),
        vault: vault.clone(),
        transport: Arc::new(HttpTransport::new(transport)),
        budgets: Arc::new(Budgets::new()),
        addresses: HashMap::new(),
        timing: Timing::default(),
        meters: Arc::default(),
        machine: "a test's".into(),
        state: home.to_owned(),
    };
    Parts {
        home: home.to_owned(),
        deps,
        vault,
        operator: "ana".into(),
        private_hosts,
        sandbox: Arc::new(|_| Box::pin(async { Err("none here".to_owned()) })),
        listener: Arc::new(|_, _| Box::pin(async { Err("none here".to_owned()) })),
        opened: Arc::new(|_| {}),
    }
}
