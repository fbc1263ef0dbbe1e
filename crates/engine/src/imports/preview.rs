//! What a file looks like and what its first orders would be. Keeps no order.

use super::{blocking, not_read};
use crate::error::{EngineError, Result};
use crate::workspace::Workspace;
use punte_connectors::shops::file::{self, Columns, FileFormat, FileTrouble, Outline};
use punte_connectors::shops::{RejectedOrder, ShopOrder};
use punte_domain::OrderHead;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Orders looked at, and how long at most.
const MOST_LOOKED: u32 = 1_000;
const LONGEST: Duration = Duration::from_secs(5);
const SAMPLES: usize = 20;
const REJECTED: usize = 50;

/// An order as it would be taken.
#[derive(Debug, Clone)]
pub struct ImportSample {
    /// The line on which it starts, from 1.
    pub line: u32,
    pub head: OrderHead,
    pub lines: u32,
}

/// What a file looks like.
#[derive(Debug, Clone)]
pub struct ImportPreview {
    pub outline: Outline,
    /// As asked, or as the headings suggest.
    pub columns: Option<Columns>,
    /// The first ones.
    pub orders: Vec<ImportSample>,
    /// The first that would not be taken.
    pub rejected: Vec<RejectedOrder>,
    /// Orders looked at, with those that would not be taken.
    pub looked: u32,
    /// The file was read to its end.
    pub is_whole: bool,
    /// Required fields that no column and no default gives.
    pub missing: Vec<String>,
    /// Of those looked at, what another connection seems to have as well.
    pub doubled: u32,
}

impl Workspace {
    /// Reads the beginning of a received file as it would be taken in.
    pub async fn preview_import(self: &Arc<Self>, id: &str, columns: Option<Columns>) -> Result<ImportPreview> {
        let import = self.ledger.find_import(id).await?;
        if !import.has_file || import.state == "receiving" {
            return Err(EngineError::NotNow("not_received"));
        }
        let connection = self.ledger.get_connection(&import.connection_id).await?;
        let path = self.import_path(&import);
        let this = self.clone();
        let (mut preview, heads) =
            blocking(move || this.look_at(&path, columns)).await?.map_err(|trouble| not_read(&trouble))?;
        super::check_fits(&connection, preview.outline.format)?;
        // a shop that cannot be asked who it is has none of them twice, as far as is known
        if let Ok(identity) = self.identity_for(&connection).await {
            for head in &heads {
                preview.doubled += u32::from(self.ledger.find_seeming_same(&identity, head).await?.is_some());
            }
        }
        Ok(preview)
    }

    fn look_at(
        &self,
        path: &Path,
        columns: Option<Columns>,
    ) -> std::result::Result<(ImportPreview, Vec<OrderHead>), FileTrouble> {
        let outline = file::outline(path)?;
        let columns = match outline.format {
            FileFormat::Json => None,
            _ => columns.or_else(|| outline.suggested.clone()),
        };
        let missing = columns.as_ref().map(|columns| file::missing(columns, &outline.headings)).unwrap_or_default();
        let mut preview = ImportPreview {
            outline,
            columns,
            orders: Vec::new(),
            rejected: Vec::new(),
            looked: 0,
            is_whole: false,
            missing,
            doubled: 0,
        };
        let mut heads = Vec::new();
        let is_readable =
            preview.missing.is_empty() && (preview.columns.is_some() || preview.outline.headings.is_empty());
        if !is_readable {
            return Ok((preview, heads));
        }
        let began = self.deps.clock.monotonic();
        let mut orders = file::open(path, preview.columns.as_ref())?;
        while preview.looked < MOST_LOOKED && self.deps.clock.monotonic().saturating_sub(began) < LONGEST {
            let Some(next) = orders.next() else {
                preview.is_whole = true;
                break;
            };
            preview.looked += 1;
            match next {
                Ok((line, ShopOrder { head, raw })) => {
                    if preview.orders.len() < SAMPLES {
                        let sample = ImportSample { line: line as u32, head: head.clone(), lines: count_lines(&raw) };
                        preview.orders.push(sample);
                    }
                    heads.push(head);
                }
                Err(rejected) if preview.rejected.len() < REJECTED => preview.rejected.push(rejected),
                Err(_) => {}
            }
        }
        Ok((preview, heads))
    }
}

/// Lines of an order as received, whatever shop wrote it.
fn count_lines(raw: &Value) -> u32 {
    let lines = ["line_items", "lines"].iter().map(|key| &raw[key]).find_map(|list| match list {
        Value::Array(lines) => Some(lines.len()),
        list => list["data"].as_array().map(Vec::len),
    });
    lines.unwrap_or_default() as u32
}
