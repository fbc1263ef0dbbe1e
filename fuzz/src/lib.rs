//! What is fuzzed: everything that reads what somebody else wrote. Each entry takes bytes and must not panic. The tests run the
//! same entries over the kept inputs with the usual compiler: `crates/connectors/tests/corpus.rs` those of `strangers`,
//! `tests/replay/main.rs` the others.

mod desk;
mod files;
mod strangers;

pub use desk::{call, mapping};
pub use files::{backup, vault};
pub use strangers::{file, order, signature};
