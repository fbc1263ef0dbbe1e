//! What bare SQLite commits on this disk, with the ledger's settings and rows of the size that the engine writes.

use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, Instant};

pub struct Limit {
    /// One commit for each write.
    pub single: f64,
    /// Groups of 32, each write in a savepoint, as the ledger's writer does.
    pub grouped: f64,
}

const GROUP: usize = 32;
const LASTS: Duration = Duration::from_secs(3);

pub fn measure(work: &Path, bytes: usize) -> Limit {
    let folder = tempfile::tempdir_in(work).unwrap();
    let connection = Connection::open(folder.path().join("bare.sqlite")).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             CREATE TABLE rows (row INTEGER PRIMARY KEY, payload TEXT NOT NULL) STRICT;",
        )
        .unwrap();
    let payload = "x".repeat(bytes);
    Limit { single: rate(&connection, &payload, 1), grouped: rate(&connection, &payload, GROUP) }
}

fn rate(connection: &Connection, payload: &str, group: usize) -> f64 {
    let started = Instant::now();
    let mut written = 0_u64;
    while started.elapsed() < LASTS {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for _ in 0..group {
            connection.execute_batch("SAVEPOINT one").unwrap();
            connection.prepare_cached("INSERT INTO rows (payload) VALUES (?1)").unwrap().execute([payload]).unwrap();
            connection.execute_batch("RELEASE one").unwrap();
            written += 1;
        }
        connection.execute_batch("COMMIT").unwrap();
    }
    written as f64 / started.elapsed().as_secs_f64()
}
