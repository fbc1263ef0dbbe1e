//! Another network than before: a cable, a wireless network, a tunnel.

use punte_api::Host;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// A network that comes up says so several times.
const SETTLED: Duration = Duration::from_secs(2);

/// Tells a host of every change, as long as it is held.
pub struct NetworkWatch {
    /// Ends with the process: letting go of it waits for its thread, which has been seen not to answer.
    _system: ManuallyDrop<netwatcher::WatchHandle>,
    told: tokio::task::JoinHandle<()>,
}

impl Drop for NetworkWatch {
    fn drop(&mut self) {
        self.told.abort();
    }
}

/// Watches this machine's addresses; `None` where the system does not tell of them: what cannot be reached is tried again by
/// itself then, later.
pub fn watch(host: &Arc<Host>) -> Option<NetworkWatch> {
    let (changed, mut changes) = mpsc::unbounded_channel();
    let mut is_first = true;
    let system = netwatcher::watch_interfaces_with_callback(move |_| {
        // it begins with how things stand
        if !std::mem::replace(&mut is_first, false) {
            let _ = changed.send(());
        }
    });
    let system = system.inspect_err(|error| tracing::warn!(?error, "changes of the network are not heard")).ok()?;
    let host = Arc::downgrade(host);
    let told = tokio::spawn(async move {
        while changes.recv().await.is_some() {
            let quiet_from = Instant::now() + SETTLED;
            while tokio::time::timeout_at(quiet_from, changes.recv()).await.is_ok_and(|one| one.is_some()) {}
            let Some(host) = host.upgrade() else { return };
            tracing::info!("the network changed: what could not be reached is tried again");
            host.network_changed().await;
        }
    });
    Some(NetworkWatch { _system: ManuallyDrop::new(system), told })
}
