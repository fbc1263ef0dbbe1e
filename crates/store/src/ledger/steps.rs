//! How a ledger's work is run: on its own threads, or step by step under a simulation's hand.

use async_trait::async_trait;
use std::sync::Arc;

/// How writes are run.
#[derive(Clone)]
pub struct Writing {
    /// Waiting writes that go into one commit at most.
    pub group: usize,
    /// Reads and writes run where they are asked for, with these steps around each; each write is a commit of its own.
    pub steps: Option<Arc<dyn Steps>>,
}

impl Default for Writing {
    fn default() -> Self {
        Writing { group: 64, steps: None }
    }
}

/// A simulation's hand on the ledger. A step whose answer never comes is a crash at that point.
#[async_trait]
pub trait Steps: Send + Sync {
    async fn before_read(&self);

    /// Pages that the file may have at most from now on: with fewer than it has, the disk is full.
    fn most_pages(&self) -> Option<u32>;

    /// An error fails the commit: its transaction is rolled back and nothing is acknowledged.
    async fn before_commit(&self) -> std::io::Result<()>;

    /// The commit is durable and not yet acknowledged.
    async fn after_commit(&self);
}
