//! What the process tells whoever watches it from outside.

use super::Host;
use punte_engine::metrics;

impl Host {
    /// How everything that runs here stands, as OpenMetrics text: numbers and ids, nothing of a client and no secret.
    pub async fn metrics(&self) -> String {
        let workspaces: Vec<_> =
            self.state.lock().await.running.values().map(|running| running.workspace.clone()).collect();
        metrics::scrape(&self.parts.deps.meters, &workspaces).await
    }
}
