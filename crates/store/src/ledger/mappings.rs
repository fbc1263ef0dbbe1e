//! Mappings: their published versions, and one draft of each that is not published yet. Documents are text here; what they
//! mean is the engine's.

use super::Ledger;
use crate::error::{Result, StoreError};
use rusqlite::{Connection as Sqlite, OptionalExtension, params};

#[derive(Debug, Clone)]
pub struct MappingVersion {
    pub mapping_id: String,
    pub name: String,
    pub version: u32,
    /// The mapping's document.
    pub rules: String,
}

/// A mapping as it is listed.
#[derive(Debug, Clone)]
pub struct MappingRow {
    pub id: String,
    pub name: String,
    /// The published version; 0 where none is yet.
    pub version: u32,
    pub has_draft: bool,
}

/// A published version and what came of it.
#[derive(Debug, Clone)]
pub struct VersionRow {
    pub version: u32,
    pub author: String,
    pub reason: String,
    pub created_ms: i64,
    /// Invoices whose draft it made.
    pub documents: u32,
}

/// Changes of a mapping that are not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingDraft {
    pub document: String,
    /// The published version that it was begun from.
    pub base_version: u32,
    pub author: String,
    pub saved_ms: i64,
}

/// What is published, by whom and why.
#[derive(Debug, Clone)]
pub struct NewVersion {
    pub name: String,
    pub document: String,
    pub author: String,
    pub reason: String,
}

impl Ledger {
    /// Adds a version; the first one makes the mapping. Orders with an open document of this mapping are decided again.
    pub async fn save_mapping(&self, id: &str, name: &str, rules: String, author: &str, now_ms: i64) -> Result<u32> {
        let id = id.to_owned();
        let new =
            NewVersion { name: name.to_owned(), document: rules, author: author.to_owned(), reason: String::new() };
        self.write(move |c| put_first(c, &id, &new, now_ms)).await
    }

    /// Makes a mapping of which nothing is published yet, with a draft where one is given.
    pub async fn create_mapping(&self, id: &str, name: &str, draft: Option<MappingDraft>) -> Result<()> {
        let (id, name) = (id.to_owned(), name.to_owned());
        self.write(move |c| {
            c.execute("INSERT INTO mappings (id, name, version) VALUES (?1, ?2, 0)", [&id, &name])?;
            draft.map_or(Ok(()), |draft| put_draft(c, &id, &draft))
        })
        .await
    }

    /// Publishes the next version and drops the publisher's draft. Orders with a document that is due are decided again before it is sent.
    ///
    /// # Errors
    /// [`StoreError::PublishedMeanwhile`] where the published version is not `base_version`: nothing is written then.
    pub async fn publish_mapping(&self, id: &str, base_version: u32, new: NewVersion, now_ms: i64) -> Result<u32> {
        let id = id.to_owned();
        self.write(move |c| {
            if published(c, &id)? != base_version {
                return Err(StoreError::PublishedMeanwhile(id));
            }
            let version = add_version(c, &id, &new, now_ms)?;
            // another's changes are not this one's to drop
            c.execute(
                "DELETE FROM mapping_drafts WHERE mapping_id = ?1 AND (author = ?2 OR document = ?3)",
                [&id, &new.author, &new.document],
            )?;
            Ok(version)
        })
        .await
    }

    /// The published version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where nothing is published, too.
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

    /// A version's document as it was published.
    pub async fn get_mapping_version(&self, id: &str, version: u32) -> Result<String> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            c.prepare_cached("SELECT rules FROM mapping_versions WHERE mapping_id = ?1 AND version = ?2")?
                .query_row(params![id, version], |row| row.get(0))
                .optional()?
                .ok_or_else(|| StoreError::NotFound(format!("version {version} of mapping {id}")))
        })
        .await
    }

    /// Every mapping, oldest first.
    pub async fn list_mappings(&self) -> Result<Vec<MappingRow>> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT m.id, m.name, m.version, d.row IS NOT NULL FROM mappings m
                 LEFT JOIN mapping_drafts d ON d.mapping_id = m.id ORDER BY m.row",
            )?;
            let rows = query.query_map([], |row| {
                Ok(MappingRow { id: row.get(0)?, name: row.get(1)?, version: row.get(2)?, has_draft: row.get(3)? })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Every published version, newest first.
    pub async fn list_mapping_versions(&self, id: &str) -> Result<Vec<VersionRow>> {
        let id = id.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT version, author, reason, created_ms,
                   (SELECT count(*) FROM documents d WHERE d.mapping_id = v.mapping_id
                      AND d.mapping_version = v.version AND d.draft IS NOT NULL AND d.role = 'invoice')
                 FROM mapping_versions v WHERE mapping_id = ?1 ORDER BY version DESC",
            )?;
            let rows = query.query_map([&id], |row| {
                Ok(VersionRow {
                    version: row.get(0)?,
                    author: row.get(1)?,
                    reason: row.get(2)?,
                    created_ms: row.get(3)?,
                    documents: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Keeps what is not published yet, in place of what was kept before.
    pub async fn save_mapping_draft(&self, id: &str, draft: MappingDraft) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| {
            published(c, &id)?;
            put_draft(c, &id, &draft)
        })
        .await
    }

    pub async fn find_mapping_draft(&self, id: &str) -> Result<Option<MappingDraft>> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            let sql = "SELECT document, base_version, author, saved_ms FROM mapping_drafts WHERE mapping_id = ?1";
            Ok(c.prepare_cached(sql)?
                .query_row([&id], |row| {
                    Ok(MappingDraft {
                        document: row.get(0)?,
                        base_version: row.get(1)?,
                        author: row.get(2)?,
                        saved_ms: row.get(3)?,
                    })
                })
                .optional()?)
        })
        .await
    }

    pub async fn discard_mapping_draft(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| {
            published(c, &id)?;
            c.execute("DELETE FROM mapping_drafts WHERE mapping_id = ?1", [&id])?;
            Ok(())
        })
        .await
    }
}

/// Makes a mapping that is not there yet, and adds a version to it.
pub(super) fn put_first(c: &Sqlite, id: &str, new: &NewVersion, now_ms: i64) -> Result<u32> {
    c.execute(
        "INSERT INTO mappings (id, name, version) VALUES (?1, ?2, 0) ON CONFLICT (id) DO NOTHING",
        [id, &new.name],
    )?;
    add_version(c, id, new, now_ms)
}

fn published(c: &Sqlite, id: &str) -> Result<u32> {
    c.prepare_cached("SELECT version FROM mappings WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .ok_or_else(|| StoreError::NotFound(id.to_owned()))
}

fn put_draft(c: &Sqlite, id: &str, draft: &MappingDraft) -> Result<()> {
    c.prepare_cached(
        "INSERT INTO mapping_drafts (mapping_id, document, base_version, author, saved_ms) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (mapping_id) DO UPDATE SET document = ?2, base_version = ?3, author = ?4, saved_ms = ?5",
    )?
    .execute(params![id, draft.document, draft.base_version, draft.author, draft.saved_ms])?;
    Ok(())
}

fn add_version(c: &Sqlite, id: &str, new: &NewVersion, now_ms: i64) -> Result<u32> {
    c.execute("UPDATE mappings SET version = version + 1, name = ?2 WHERE id = ?1", [id, &new.name])?;
    let version = published(c, id)?;
    c.execute(
        "INSERT INTO mapping_versions (mapping_id, version, rules, author, created_ms, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, version, new.document, new.author, now_ms, new.reason],
    )?;
    c.execute(
        "UPDATE orders SET wanted = wanted + 1 WHERE wanted > 0 OR row IN (
           SELECT d.order_row FROM documents d JOIN flows f ON f.id = d.flow_id
           WHERE f.mapping_id = ?1 AND d.state = 'ready')",
        [id],
    )?;
    Ok(version)
}
