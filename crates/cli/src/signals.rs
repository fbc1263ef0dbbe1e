//! When a program is told to stop.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ends when the system or the person at the terminal asks to stop, from its first poll on.
pub async fn stop_signal() {
    StopSignal::listen().asked().await;
}

/// The system or the person at the terminal asks to stop. On Unix it is heard from the making on, whenever it is then waited for;
/// elsewhere only while it is waited for.
pub struct StopSignal {
    /// None where signals cannot be heard.
    #[cfg(unix)]
    heard: Option<[Signal; 2]>,
    /// None where it is ignored, as `nohup` has it: the program is to outlive its terminal.
    #[cfg(unix)]
    hang_up: Option<Signal>,
}

#[cfg(unix)]
impl StopSignal {
    pub fn listen() -> StopSignal {
        let heard = signal(SignalKind::terminate()).and_then(|one| Ok([one, signal(SignalKind::interrupt())?]));
        let hang_up = if is_hang_up_ignored() { Ok(None) } else { signal(SignalKind::hangup()).map(Some) };
        let noted = |error: std::io::Error| tracing::error!(%error, "signals cannot be heard");
        StopSignal { heard: heard.map_err(noted).ok(), hang_up: hang_up.map_err(noted).unwrap_or_default() }
    }

    /// Ends when the system or the person at the terminal has asked to stop.
    pub async fn asked(&mut self) {
        let Some([terminate, interrupt]) = &mut self.heard else { return std::future::pending().await };
        let hang_up = async {
            match &mut self.hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hang_up => {}
        }
    }
}

/// What the system says of this process's ignored signals; elsewhere than on Linux nothing tells.
#[cfg(unix)]
fn is_hang_up_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

#[cfg(not(unix))]
impl StopSignal {
    pub fn listen() -> StopSignal {
        StopSignal {}
    }

    /// Ends when the person at the terminal has asked to stop.
    pub async fn asked(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "signals cannot be heard");
            std::future::pending().await
        }
    }
}
