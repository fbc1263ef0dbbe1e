//! How the parts are put together, for the terminal and for the window alike, and the terminal's commands.
//!
//! Owns paths, which credential store and transport are used, and the running simulators. Refuses decisions: those are the
//! engine's.

pub mod args;
pub mod audit;
pub mod backup;
pub mod commands;
pub mod compose;
pub mod demo;
pub mod imports;
pub mod log;
pub mod manual;
pub mod network;
pub mod passphrase;
pub mod people;
pub mod personal;
pub mod reconcile;
pub mod sandbox;
pub mod seed;
pub mod serve;
pub mod setup;
pub mod signals;
pub mod traces;
pub mod words;

pub use compose::{Composition, home};
