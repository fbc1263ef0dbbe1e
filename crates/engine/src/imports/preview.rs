//! What a file looks like and what its first orders would be. Keeps no order.

use super::{blocking, kept};
use crate::error::{EngineError, Result};
use crate::workspace::Workspace;
use punte_connectors::shops::file::{self, Columns, FileFormat, FileTrouble, Outline};
use punte_connectors::shops::{RejectedOrder, ShopOrder};
use punte_domain::OrderHead;
use punte_store::ledger::{ImportReason, ImportReject};
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
#[derive(Debug, Clone, Default)]
pub struct ImportPreview {
    /// None where the file cannot be read at all.
    pub outline: Option<Outline>,
    /// Why the file cannot be read, or not by these columns.
    pub reason: Option<ImportReason>,
    /// As asked, or as the headings suggest.
    pub columns: Option<Columns>,
    /// The first ones.
    pub orders: Vec<ImportSample>,
    /// The first that would not be taken.
    pub rejected: Vec<ImportReject>,
    /// Orders looked at, with those that would not be taken.
    pub looked: u32,
    /// The file was read to its end.
    pub is_whole: bool,
    /// Required fields that no column and no default gives.
    pub missing: Vec<String>,
    /// Of those looked at, what seems to be there as well, come by another way.
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
        let (mut preview, heads) = blocking(move || this.look_at(&path, columns)).await?;
        if let Some(outline) = &preview.outline {
            super::check_fits(&connection, outline.format)?;
        }
        // a shop that cannot be asked who it is has none of them twice, as far as is known
        if let Ok(identity) = self.identity_for(&connection).await {
            self.compare_with_known(&identity, &mut preview, heads).await?;
        }
        Ok(preview)
    }

    /// Tells the orders whose ids are known of others from those that would be taken, and counts what seems to be there twice.
    async fn compare_with_known(
        &self,
        identity: &str,
        preview: &mut ImportPreview,
        heads: Vec<(u32, OrderHead)>,
    ) -> Result<()> {
        let asked = heads.iter().map(|(_, head)| head.clone()).collect();
        let mut others = self.ledger.find_other_orders(identity, asked).await?;
        for (line, head) in heads {
            if let Some(other) = others.remove(&head.order_id) {
                preview.orders.retain(|order| order.line != line);
                preview.rejected.push(ImportReject::of_other(line, head.number, other));
            } else if self.ledger.find_seeming_same(identity, &head, None).await?.is_some() {
                preview.doubled += 1;
            }
        }
        preview.rejected.sort_by_key(|one| one.line);
        preview.rejected.truncate(REJECTED);
        Ok(())
    }

    fn look_at(&self, path: &Path, columns: Option<Columns>) -> (ImportPreview, Vec<(u32, OrderHead)>) {
        let mut preview = ImportPreview::default();
        let mut heads = Vec::new();
        if let Err(trouble) = self.look_into(path, columns, &mut preview, &mut heads) {
            preview.reason = Some(kept(trouble.0));
        }
        (preview, heads)
    }

    fn look_into(
        &self,
        path: &Path,
        columns: Option<Columns>,
        preview: &mut ImportPreview,
        heads: &mut Vec<(u32, OrderHead)>,
    ) -> std::result::Result<(), FileTrouble> {
        let outline = file::outline(path)?;
        let columns = match outline.format {
            FileFormat::Json => None,
            _ => columns.or_else(|| outline.suggested.clone()),
        };
        preview.missing = columns.as_ref().map(|columns| file::missing(columns, &outline.headings)).unwrap_or_default();
        let is_readable = preview.missing.is_empty() && (columns.is_some() || outline.headings.is_empty());
        (preview.outline, preview.columns) = (Some(outline), columns);
        if !is_readable {
            return Ok(());
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
                    heads.push((line as u32, head));
                }
                Err(rejected) if preview.rejected.len() < REJECTED => preview.rejected.push(reject(rejected)),
                Err(_) => {}
            }
        }
        Ok(())
    }
}

/// As the ledger keeps it.
pub(super) fn reject(RejectedOrder { line, order, field, reason }: RejectedOrder) -> ImportReject {
    ImportReject { row: 0, line: u32::try_from(line).unwrap_or(u32::MAX), order, field, reason: kept(reason) }
}

/// Lines of an order as received, whatever shop wrote it.
fn count_lines(raw: &Value) -> u32 {
    let lines = ["line_items", "lines"].iter().map(|key| &raw[key]).find_map(|list| match list {
        Value::Array(lines) => Some(lines.len()),
        list => list["data"].as_array().map(Vec::len),
    });
    lines.unwrap_or_default() as u32
}
