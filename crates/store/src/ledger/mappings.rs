//! Mappings and their versions: rules as data.

use super::Ledger;
use crate::error::{Result, StoreError};
use rusqlite::{OptionalExtension, params};

#[derive(Debug, Clone)]
pub struct MappingVersion {
    pub mapping_id: String,
    pub name: String,
    pub version: u32,
    /// JSON of the rules.
    pub rules: String,
}

impl Ledger {
    /// Adds a version; the first one makes the mapping. Orders with an open document of this mapping are decided again.
    pub async fn save_mapping(&self, id: &str, name: &str, rules: String, author: &str, now_ms: i64) -> Result<u32> {
        let (id, name, author) = (id.to_owned(), name.to_owned(), author.to_owned());
        self.write(move |c| {
            c.execute(
                "INSERT INTO mappings (id, name, version) VALUES (?1, ?2, 1)
                 ON CONFLICT (id) DO UPDATE SET version = version + 1",
                params![id, name],
            )?;
            let version: u32 = c.query_row("SELECT version FROM mappings WHERE id = ?1", [&id], |row| row.get(0))?;
            c.execute(
                "INSERT INTO mapping_versions (mapping_id, version, rules, author, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, version, rules, author, now_ms],
            )?;
            c.execute(
                "UPDATE orders SET wanted = wanted + 1 WHERE wanted > 0 OR row IN (
                   SELECT d.order_row FROM documents d JOIN flows f ON f.id = d.flow_id
                   WHERE f.mapping_id = ?1 AND d.state = 'ready')",
                [&id],
            )?;
            Ok(version)
        })
        .await
    }

    pub async fn get_mapping(&self, id: &str) -> Result<MappingVersion> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            c.prepare_cached(
                "SELECT m.id, m.name, m.version, v.rules FROM mappings m
                 JOIN mapping_versions v ON v.mapping_id = m.id AND v.version = m.version WHERE m.id = ?1",
            )?
            .query_row([&id], |row| {
                Ok(MappingVersion {
                    mapping_id: row.get(0)?,
                    name: row.get(1)?,
                    version: row.get(2)?,
                    rules: row.get(3)?,
                })
            })
            .optional()?
            .ok_or(StoreError::NotFound(id))
        })
        .await
    }

    /// Id and name of every mapping, oldest first.
    pub async fn list_mappings(&self) -> Result<Vec<(String, String)>> {
        self.read(|c| {
            let mut query = c.prepare_cached("SELECT id, name FROM mappings ORDER BY row")?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }
}
