//! Another network than before: a cable, a wireless network, a tunnel.

use punte_api::Host;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// A network that comes up says so several times.
const SETTLED: Duration = Duration::from_secs(2);
/// Between two times that the host is told: an interface that comes and goes all the time, as a container's does, is no reason
/// to ask every shop again and again.
const AT_MOST_EACH: Duration = Duration::from_secs(60);

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
        let mut earliest = Instant::now();
        while settled(&mut changes, earliest).await {
            let Some(host) = host.upgrade() else { return };
            tracing::info!("the network changed: what could not be reached is tried again");
            earliest = Instant::now() + AT_MOST_EACH;
            host.network_changed().await;
        }
    });
    Some(NetworkWatch { _system: ManuallyDrop::new(system), told })
}

/// Waits for a change, until no other follows for a while and an instant has come; `false` once nothing tells of them any more.
async fn settled(changes: &mut mpsc::UnboundedReceiver<()>, earliest: Instant) -> bool {
    if changes.recv().await.is_none() {
        return false;
    }
    let until = (Instant::now() + SETTLED).max(earliest);
    while tokio::time::timeout_at(until, changes.recv()).await.is_ok_and(|one| one.is_some()) {}
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_changes_every_second_is_told_once_a_minute_and_a_single_change_at_once() {
        let (changed, mut changes) = mpsc::unbounded_channel();
        let began = Instant::now();
        changed.send(()).unwrap();
        assert!(settled(&mut changes, began).await);
        assert_eq!(began.elapsed(), SETTLED);

        let flapping = tokio::spawn(async move {
            for _ in 0..180 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let _ = changed.send(());
            }
        });
        let (mut told, mut earliest) = (0, Instant::now() + AT_MOST_EACH);
        while settled(&mut changes, earliest).await {
            told += 1;
            earliest = Instant::now() + AT_MOST_EACH;
        }
        flapping.await.unwrap();
        assert!((2..=4).contains(&told), "{told}");
    }
}
