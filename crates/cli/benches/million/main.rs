//! A million documents: pages, searches and counters over them; memory and the first send of `punte-cli run`.
//!
//! The ledgers (1,000, 100,000 and 1,000,000 orders, each with its version, decision, invoice and timeline) are multiplied
//! from a few that the engine itself made at the simulators, through the ledger's own schema and triggers. They are kept in
//! `target/bench/cache` until the schema or this generator changes.
//!
//! Writes `target/bench/million.json`. Needs a keyring: `scripts/headless.sh cargo bench -p punte-cli --bench million`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

#[path = "../common/mod.rs"]
mod common;
mod generate;
mod lists;
mod program;
mod queries;

use common::{Results, Simulators};

fn main() {
    let work = common::out_dir().join("work");
    std::fs::create_dir_all(&work).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir_in(&work).unwrap();
    let simulators = Simulators::start(folder.path(), 0);
    let mut results = Results::new("million.json");
    let ledgers = generate::ledgers(&runtime, folder.path(), &simulators.ports);
    program::measure(&runtime, &ledgers, &simulators.ports, &mut results);
    queries::measure(&runtime, &ledgers.million, &mut results);
    lists::measure(&runtime, &ledgers.folder, &mut results);
    results.write();
}
