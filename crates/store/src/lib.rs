//! The workspace's two files: `ledger.sqlite`, which must never lose a committed fact, and `cache.sqlite`, which may be
//! deleted at any time.
//!
//! Methods are named transitions, so that the engine says what happened and the store says how it is kept. Owns SQL, the
//! writer thread and the lock; refuses decisions and providers' types.

#![allow(clippy::missing_errors_doc)]

pub mod cache;
pub mod error;
pub mod ledger;
mod private;

pub use error::{Result, StoreError};
pub use ledger::{Ledger, LedgerInfo, NewWorkspace};
pub use private::keep_private;
