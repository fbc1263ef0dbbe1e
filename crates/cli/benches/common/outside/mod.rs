//! What measures the programs from outside: processes, their commands over loopback, what the system says of them, and where
//! results go. Nothing here knows a type of ours, so that whoever uses only this is quickly built.

#![allow(dead_code, unused_imports, reason = "each benchmark uses its part")]

pub mod http;
mod owner;
mod programs;
mod results;

pub use owner::Owner;
pub use programs::{Running, Simulators, peak_mib, program, rss_mib};
pub use results::{Results, median, out_dir, quantile};

use std::path::Path;
use std::time::Duration;

/// A ledger looked at from outside.
pub fn read_only(path: &Path) -> rusqlite::Connection {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    connection
}
