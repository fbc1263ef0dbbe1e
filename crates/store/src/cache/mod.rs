//! What providers and shops said of themselves (series, VAT rates, companies): may be deleted at any time, and nothing in it
//! decides whether to send. A cache that cannot be opened is made anew.

use crate::error::{Result, StoreError};
use crate::private::make_private;
use rusqlite::{Connection as Sqlite, ErrorCode, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

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
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    connection: Mutex<Sqlite>,
}

impl Cache {
    /// Opens the cache, or deletes and makes it anew when it is damaged or of another version. Where no file can be made, it
    /// is kept in memory.
    ///
    /// # Errors
    /// Only where SQLite cannot even do that.
    pub fn open(folder: &Path) -> Result<Cache> {
        let path = folder.join("cache.sqlite");
        let connection = open_at(&path).or_else(|error| make_anew(&path, &error))?;
        Ok(Cache { inner: Arc::new(Inner { path, connection: Mutex::new(connection) }) })
    }

    /// Runs `work`; a cache that fails under it is made anew, and then it is as if nothing had been known.
    fn run<T: Default>(&self, work: impl FnOnce(&Sqlite) -> rusqlite::Result<T>) -> T {
        let mut connection = self.inner.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).unwrap_or_else(|error| {
            let busy = matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked));
            if busy {
                tracing::warn!(%error, "the cache is busy");
                return T::default();
            }
            match make_anew(&self.inner.path, &StoreError::Sqlite(error)) {
                Ok(anew) => *connection = anew,
                Err(error) => tracing::warn!(%error, "there is no cache"),
            }
            T::default()
        })
    }

    /// Keeps a listing as JSON, in place of the one before.
    pub fn record_listing(&self, connection_id: &str, what: &str, json: &str, now_ms: i64) {
        self.run(|c| {
            c.execute(
                "INSERT INTO listings (connection_id, what, json, read_ms) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (connection_id, what) DO UPDATE SET json = ?3, read_ms = ?4",
                params![connection_id, what, json, now_ms],
            )
        });
    }

    /// The listing and when it was kept, which is gone afterwards.
    pub fn take_listing(&self, connection_id: &str, what: &str) -> Option<(String, i64)> {
        self.run(|c| {
            c.query_row(
                "DELETE FROM listings WHERE connection_id = ?1 AND what = ?2 RETURNING json, read_ms",
                params![connection_id, what],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
        })
    }

    /// The listing and when it was read.
    pub fn find_listing(&self, connection_id: &str, what: &str) -> Option<(String, i64)> {
        self.run(|c| {
            c.query_row(
                "SELECT json, read_ms FROM listings WHERE connection_id = ?1 AND what = ?2",
                params![connection_id, what],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
        })
    }
}

/// A new file in place of one that failed; in memory where none can be made.
fn make_anew(path: &Path, why: &StoreError) -> Result<Sqlite> {
    tracing::warn!(error = %why, "the cache is made anew");
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.to_owned().into_os_string();
        file.push(suffix);
        match std::fs::remove_file(PathBuf::from(file)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "a file of the cache cannot be removed"),
        }
    }
    open_at(path).or_else(|error| {
        tracing::warn!(%error, "the cache is kept in memory");
        let connection = Sqlite::open_in_memory()?;
        connection.execute_batch(SCHEMA)?;
        Ok(connection)
    })
}

fn open_at(path: &Path) -> Result<Sqlite> {
    make_private(path);
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
        cache.record_listing("con_1", "series", "[]", 5);
        assert_eq!(cache.find_listing("con_1", "series"), Some(("[]".into(), 5)));
        assert_eq!(cache.take_listing("con_1", "series"), Some(("[]".into(), 5)));
        assert_eq!(cache.take_listing("con_1", "series"), None, "taken once");
    }

    #[test]
    fn a_cache_that_is_damaged_while_it_is_used_knows_nothing_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        cache.record_listing("con_1", "series", "[]", 5);
        let other = Sqlite::open(folder.path().join("cache.sqlite")).unwrap();
        other.execute_batch("DROP TABLE listings").unwrap();
        assert_eq!(cache.find_listing("con_1", "series"), None);
        cache.record_listing("con_1", "series", "[1]", 6);
        assert_eq!(cache.find_listing("con_1", "series"), Some(("[1]".into(), 6)), "made anew");
    }

    #[test]
    fn where_no_file_can_be_made_it_is_kept_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("cache.sqlite").join("in the way")).unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        cache.record_listing("con_1", "series", "[]", 5);
        assert_eq!(cache.find_listing("con_1", "series"), Some(("[]".into(), 5)));
    }
}
