//! The bundle for whoever helps: how this Punte stands, in codes and numbers, and the last days of its log. It is shown whole before
//! anything is written, and what is written is what was shown.
//!
//! Each part is put together from what is named here; nothing is taken over as it stands. The log goes through
//! [`punte_logs::Stripper`], which knows what stays.

mod parts;
#[cfg(test)]
mod tests;

use super::Host;
use super::log::{unreadable, whose};
use crate::commands::Session;
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use punte_domain::personal::MASK;
use punte_engine::Workspace;
use punte_logs::Stripper;
use punte_logs::read::{Cursor, Limits, Wanted, read_before};
use serde::Serialize;
use std::io::{Cursor as Bytes, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Days of the log that are kept.
const MOST_DAYS: u32 = 14;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Of the log, the newest of it.
const MOST_LOG: usize = 2 * 1024 * 1024;
/// Lines that are read at a time.
const LINES: usize = 2000;

/// What was previewed last, until it is saved or another is asked for.
#[derive(Default)]
pub(super) struct Previewed(Mutex<Option<Kept>>);

struct Kept {
    workspace: String,
    preview: SupportPreview,
}

impl Host {
    pub(super) async fn support_preview(
        &self,
        session: &Session,
        request: SupportRequest,
    ) -> Result<SupportPreview, ApiError> {
        let days = match request.days {
            days @ 1..=MOST_DAYS => days,
            _ => return Err(ApiError::invalid("days", format!("1 to {MOST_DAYS}"))),
        };
        let workspace = self.workspace().await?;
        let mut parts = vec![
            part("about.json", &parts::about(&request.webview, workspace.clock_now_ms()))?,
            part("settings.json", &self.settings_part(session, &workspace).await?)?,
            part("connections.json", &self.connections_part(session, &workspace).await?)?,
            part("ledger.json", &parts::ledger(&workspace).await?)?,
            part("counters.json", &self.counters_part(session, &workspace).await?)?,
        ];
        let stripper = Stripper::new(self.known_names(session, &workspace).await?);
        parts.push(self.log_part(session, &workspace, days, stripper).await?);
        let bytes = parts.iter().map(|part| part.bytes).sum();
        let preview = SupportPreview { id: self.parts.deps.clock.new_id("sup"), parts, bytes };
        let kept = Kept { workspace: workspace.ledger().info().id.clone(), preview: preview.clone() };
        *self.previewed.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(preview)
    }

    pub(super) async fn support_save(&self, _: &Session, request: ById) -> Result<FileContent, ApiError> {
        let workspace = self.workspace().await?;
        let id = workspace.ledger().info().id.clone();
        let kept = {
            let mut held = self.previewed.0.lock().unwrap_or_else(PoisonError::into_inner);
            held.take_if(|kept| kept.workspace == id && kept.preview.id == request.id)
        };
        let kept = kept.ok_or_else(|| ApiError::new(ErrorCode::NotNow, "preview_gone"))?;
        let bytes = blocking(move || archive(&kept.preview.parts)).await?;
        let bytes = bytes.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let day = punte_domain::fiscal_date(workspace.clock_now_ms());
        Ok(FileContent {
            name: format!("punte-support-{day}.zip"),
            media_type: "application/zip".to_owned(),
            base64: STANDARD.encode(bytes),
        })
    }

    async fn log_part(
        &self,
        session: &Session,
        workspace: &Workspace,
        days: u32,
        stripper: Stripper,
    ) -> Result<SupportPart, ApiError> {
        let from_ms = Some(workspace.clock_now_ms() - i64::from(days) * DAY_MS);
        let wanted = Wanted { from_ms, ..whose(session, workspace) };
        let folder = self.log_folder();
        let read = blocking(move || read_log(&folder, &wanted, &stripper)).await?;
        let (text, is_cut) = read.map_err(unreadable)?;
        Ok(SupportPart { is_cut, ..told("log.jsonl", text) })
    }
}

/// The newest lines that may leave, the oldest of them first, and whether there were more.
fn read_log(folder: &Path, wanted: &Wanted, stripper: &Stripper) -> std::io::Result<(String, bool)> {
    let mut lines: Vec<String> = Vec::new();
    let mut size = 0;
    let mut before: Option<Cursor> = None;
    let is_cut = 'reading: loop {
        let page = read_before(folder, wanted, before.as_ref(), Limits { lines: LINES, ..Limits::default() })?;
        for line in &page.lines {
            let line = stripper.line(line).to_string();
            if size + line.len() + 1 > MOST_LOG {
                break 'reading true;
            }
            size += line.len() + 1;
            lines.push(line);
        }
        before = match page.older {
            Some(older) => Some(older),
            None => break false,
        };
    };
    lines.reverse();
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    Ok((text, is_cut))
}

fn part(name: &str, content: &impl Serialize) -> Result<SupportPart, ApiError> {
    let text = serde_json::to_string_pretty(content);
    let text = text.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    Ok(told(name, text + "\n"))
}

fn told(name: &str, text: String) -> SupportPart {
    SupportPart {
        name: name.to_owned(),
        bytes: text.len() as u32,
        masked: text.matches(MASK).count() as u32,
        is_cut: false,
        text,
    }
}

fn archive(parts: &[SupportPart]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Bytes::new(Vec::new()));
    for part in parts {
        archive.start_file(part.name.as_str(), SimpleFileOptions::default())?;
        archive.write_all(part.text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
}
