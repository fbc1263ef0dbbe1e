//! What each operator keeps of the lists: named filters, and how the columns stand.

use super::Ledger;
use crate::error::{Result, StoreError};
use rusqlite::{OptionalExtension, params};

/// A filter that an operator gave a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    pub id: String,
    pub list: String,
    pub name: String,
    /// JSON of everything else.
    pub content: String,
}

impl Ledger {
    /// An operator's views of a list, by name.
    pub async fn list_views(&self, operator: &str, list: &str) -> Result<Vec<SavedView>> {
        let (operator, list) = (operator.to_owned(), list.to_owned());
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT id, list, name, content FROM saved_views WHERE operator = ?1 AND list = ?2 ORDER BY name COLLATE NOCASE",
            )?;
            let rows = query.query_map([operator, list], |row| {
                Ok(SavedView { id: row.get(0)?, list: row.get(1)?, name: row.get(2)?, content: row.get(3)? })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Keeps an operator's view, new or changed.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another view of that list has the name; [`StoreError::NotFound`] where the id is another
    /// operator's.
    pub async fn save_view(&self, operator: &str, view: SavedView, now_ms: i64) -> Result<()> {
        let operator = operator.to_owned();
        self.write(move |c| {
            let taken: bool = c
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM saved_views WHERE operator = ?1 AND list = ?2 AND name = ?3 AND id <> ?4)",
                )?
                .query_row(params![operator, view.list, view.name, view.id], |row| row.get(0))?;
            if taken {
                return Err(StoreError::Stale(view.name));
            }
            let saved = c
                .prepare_cached(
                    "INSERT INTO saved_views (id, operator, list, name, content, saved_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (id) DO UPDATE SET name = ?4, content = ?5, saved_ms = ?6 WHERE operator = ?2 AND list = ?3",
                )?
                .execute(params![view.id, operator, view.list, view.name, view.content, now_ms])?;
            if saved == 0 { Err(StoreError::NotFound(view.id)) } else { Ok(()) }
        })
        .await
    }

    /// Forgets an operator's view. Answers whether there was one.
    pub async fn delete_view(&self, operator: &str, id: &str) -> Result<bool> {
        let (operator, id) = (operator.to_owned(), id.to_owned());
        self.write(move |c| {
            let gone = c.execute("DELETE FROM saved_views WHERE operator = ?1 AND id = ?2", [operator, id])?;
            Ok(gone > 0)
        })
        .await
    }

    /// JSON of how an operator has a list's columns.
    pub async fn find_layout(&self, operator: &str, list: &str) -> Result<Option<String>> {
        let (operator, list) = (operator.to_owned(), list.to_owned());
        self.read(move |c| {
            Ok(c.prepare_cached("SELECT content FROM list_layouts WHERE operator = ?1 AND list = ?2")?
                .query_row([operator, list], |row| row.get(0))
                .optional()?)
        })
        .await
    }

    pub async fn save_layout(&self, operator: &str, list: &str, content: String) -> Result<()> {
        let (operator, list) = (operator.to_owned(), list.to_owned());
        self.write(move |c| {
            c.execute(
                "INSERT INTO list_layouts (operator, list, content) VALUES (?1, ?2, ?3)
                 ON CONFLICT (operator, list) DO UPDATE SET content = ?3",
                [operator, list, content],
            )?;
            Ok(())
        })
        .await
    }
}
