//! One list of scenarios for every billing provider, and one for the shop: the clients against the simulators, over real
//! loopback HTTP. What a provider cannot do is data in its capabilities, not another list.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod billing;
mod shop;

use punte_sandbox::{Fault, FaultKind, Limits, Provider, RunningSandbox, Sandbox, SandboxConfig};
use std::sync::Arc;

/// Simulators that listen, with no limits on calls.
pub struct World {
    pub sandbox: Arc<Sandbox>,
    pub running: RunningSandbox,
}

impl World {
    pub async fn new() -> World {
        let config = SandboxConfig { state_file: None, rate_limits: Limits::Off, ..SandboxConfig::default() };
        let sandbox = Arc::new(Sandbox::open(config).unwrap());
        let running = sandbox.serve_loopback().await.unwrap();
        World { sandbox, running }
    }

    pub fn fault(&self, provider: Provider, operation: &str, kind: FaultKind) {
        self.sandbox.set_fault(Fault::new(provider, operation, kind).times(1)).unwrap();
    }

    /// How many documents a provider holds.
    pub fn documents(&self, provider: Provider) -> usize {
        let name = if provider == Provider::Oblio { "oblio" } else { "smartbill" };
        self.sandbox.state()[name]["documents"].as_array().unwrap().len()
    }
}
