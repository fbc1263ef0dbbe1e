//! One list of scenarios for every billing provider, and one for the shop: the clients against the simulators, over real
//! loopback HTTP. What a provider cannot do is data in its capabilities, not another list.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod abilities;
mod account;
mod creates;
mod cut_off;
mod drafts;
mod oblio_refusals;
mod operations;
mod patched;
mod payments;
mod series;
mod shop;
mod smartbill_refusals;

use punte_sandbox::{Fault, FaultKind, Limits, Provider, RunningSandbox, Sandbox, SandboxConfig};
use serde_json::Value;
use std::sync::Arc;

/// Simulators that listen, with no limits on calls.
pub struct World {
    pub sandbox: Arc<Sandbox>,
    pub running: RunningSandbox,
}

impl World {
    pub async fn new() -> World {
        World::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut SandboxConfig)) -> World {
        let mut config = SandboxConfig { state_file: None, rate_limits: Limits::Off, ..SandboxConfig::default() };
        change(&mut config);
        let sandbox = Arc::new(Sandbox::open(config).unwrap());
        let running = sandbox.serve_loopback().await.unwrap();
        World { sandbox, running }
    }

    pub fn fault(&self, provider: Provider, operation: &str, kind: FaultKind) {
        self.sandbox.set_fault(Fault::new(provider, operation, kind).times(1)).unwrap();
    }

    /// What a provider holds.
    pub fn state(&self, provider: Provider) -> Value {
        let name = if provider == Provider::Oblio { "oblio" } else { "smartbill" };
        self.sandbox.state()[name].take()
    }

    /// How many documents a provider holds.
    pub fn documents(&self, provider: Provider) -> usize {
        self.state(provider)["documents"].as_array().unwrap().len()
    }

    /// How many requests the simulators have seen.
    pub fn requests(&self) -> usize {
        self.sandbox.requests().as_array().map_or(0, Vec::len)
    }
}
