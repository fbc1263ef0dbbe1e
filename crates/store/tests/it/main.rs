//! The ledger as a real file: transitions, what is unique, what a crash leaves, and what it costs to read.

#![allow(clippy::unwrap_used, reason = "tests")]

mod changes;
mod check;
mod lists;
mod mappings;
mod opening;
mod operations;
mod ownership;
mod reconcile;
mod support;
mod transitions;
mod walk;
