//! What must hold whatever happens: each order has one document, none is lost, and every trouble is said in words.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod absence;
mod again;
mod backfill;
mod bulk;
mod by_hand;
mod cash;
mod changes;
mod closing;
mod demo;
mod envelope;
mod hostile;
mod import;
mod imports;
mod inbox;
mod intake;
mod issue;
mod keyring;
mod log;
mod mappings;
mod mappings_records;
mod metrics;
mod notes;
mod operations;
mod owner;
mod personal;
mod proforma;
mod reconcile;
mod restored;
mod roles;
mod rules;
mod secrets;
mod serve;
mod setup;
mod shops;
mod signals;
mod vault;
mod veil;

use punte_tests::{Buyer, Desk, SandboxProgram, create_workspace, order};
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// A home with one workspace, the simulators, and the owner at work.
pub struct World {
    pub home: TempDir,
    pub folder: PathBuf,
    pub sandbox: SandboxProgram,
    pub desk: Desk,
}

impl World {
    pub async fn new() -> World {
        let home = tempfile::tempdir().unwrap();
        let sandbox = SandboxProgram::start(home.path()).await;
        let folder = create_workspace(home.path()).await;
        let desk = Desk::start(home.path(), &folder).await;
        desk.connect(&sandbox).await;
        World { home, folder, sandbox, desk }
    }

    /// Arms a fault for the create of one order, then completes that order at the shop.
    pub async fn order_with(&self, id: u64, buyer: Buyer, kind: &str, more: Value) {
        let mut fault = json!({ "provider": buyer.provider(), "operation": "create", "kind": kind, "times": 1,
            "match": format!("#{id}") });
        fault.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.sandbox.control.fault(fault).await;
        self.sandbox.control.order(order(id, buyer)).await;
    }

    /// The simulator's own count of live documents for an order.
    pub async fn count(&self, id: u64, buyer: Buyer) -> usize {
        self.sandbox.control.documents_of(buyer.provider(), id).await.len()
    }

    /// An order's record with its attempts and timeline.
    pub async fn record(&self, document: &Value) -> Value {
        self.desk.call("record.get", json!({ "documentId": document["id"], "orderId": null })).await
    }
}
