//! The ledger as a real file: transitions, what is unique, what a crash leaves, and what it costs to read.

#![allow(clippy::unwrap_used, reason = "tests")]

mod alerts;
mod audit;
mod backup;
mod bulk;
mod causes;
mod changes;
mod check;
mod desk;
mod imports;
mod lists;
mod mappings;
mod months;
mod opening;
mod operations;
mod ownership;
mod personal;
mod proformas;
mod reconcile;
mod rules;
mod standing;
mod support;
mod table;
mod transitions;
mod walk;
