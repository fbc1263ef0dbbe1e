//! What providers and shops said of themselves (series, VAT rates, companies): may be deleted at any time, and nothing in it
//! decides whether to send. A cache that cannot be opened is made anew.

use crate::error::{Result, StoreError};
use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS listings (
  row INTEGER PRIMARY KEY,
  connection_id TEXT NOT NULL,
  what TEXT NOT NULL,
  json TEXT NOT NULL,
  read_ms INTEGER NOT NULL,
  UNIQUE (connection_id, what)
) STRICT;
PRAGMA user_version = 1;
";

#[derive(Clone)]
pub struct Cache {
    connection: Arc<Mutex<Sqlite>>,
}

impl Cache {
    /// Opens the cache, or deletes and makes it anew when it is damaged or of another version.
    pub fn open(folder: &Path) -> Result<Cache> {
        let path = folder.join("cache.sqlite");
        let connection = open_at(&path).or_else(|error| {
            tracing::warn!(%error, "the cache is made anew");
            for suffix in ["", "-wal", "-shm"] {
                let mut file = path.clone().into_os_string();
                file.push(suffix);
                match std::fs::remove_file(PathBuf::from(file)) {
                    Ok(()) => {}
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(error) => return Err(StoreError::Io(error)),
                }
            }
            open_at(&path)
        })?;
        Ok(Cache { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Keeps a listing as JSON, in place of the one before.
    pub fn record_listing(&self, connection_id: &str, what: &str, json: &str, now_ms: i64) -> Result<()> {
        let connection = self.connection.lock().map_err(|_| StoreError::Closed)?;
        connection.execute(
            "INSERT INTO listings (connection_id, what, json, read_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (connection_id, what) DO UPDATE SET json = ?3, read_ms = ?4",
            params![connection_id, what, json, now_ms],
        )?;
        Ok(())
    }

    /// The listing and when it was kept, which is gone afterwards.
    pub fn take_listing(&self, connection_id: &str, what: &str) -> Result<Option<(String, i64)>> {
        let connection = self.connection.lock().map_err(|_| StoreError::Closed)?;
        Ok(connection
            .query_row(
                "DELETE FROM listings WHERE connection_id = ?1 AND what = ?2 RETURNING json, read_ms",
                params![connection_id, what],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?)
    }

    /// The listing and when it was read.
    pub fn find_listing(&self, connection_id: &str, what: &str) -> Result<Option<(String, i64)>> {
        let connection = self.connection.lock().map_err(|_| StoreError::Closed)?;
        Ok(connection
            .query_row(
                "SELECT json, read_ms FROM listings WHERE connection_id = ?1 AND what = ?2",
                params![connection_id, what],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?)
    }
}

fn open_at(path: &Path) -> Result<Sqlite> {
    let connection = Sqlite::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > 1 {
        return Err(StoreError::Newer { found: version, known: 1 });
    }
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_cache_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("cache.sqlite"), b"this is no database at all, whatever its name says")
            .unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        cache.record_listing("con_1", "series", "[]", 5).unwrap();
        assert_eq!(cache.find_listing("con_1", "series").unwrap(), Some(("[]".into(), 5)));
        assert_eq!(cache.take_listing("con_1", "series").unwrap(), Some(("[]".into(), 5)));
        assert_eq!(cache.take_listing("con_1", "series").unwrap(), None, "taken once");
    }
}
