//! The log on screen: its newest lines, what came since, and what it says of one record.
//!
//! One folder holds the lines of every workspace of this machine. Whoever asks is shown those of the workspace on screen. Lines that
//! tell no workspace are about the machine, or nobody knows what they are about: they are an administrator's.

use super::Host;
use super::support::blocking;
use crate::commands::{AccessRole, Session};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_engine::Workspace;
use punte_logs::read::{Cursor, Limits, Page, Wanted, read_before, read_since};
use punte_logs::{Level, Line};
use std::path::PathBuf;

/// Lines of a page.
const LINES: usize = 200;
/// Lines that came since, handed out at once.
const FRESH: usize = 500;
/// A record's first line may be written a little before its row.
const SLACK_MS: i64 = 60 * 1000;

impl Host {
    pub(super) fn log_folder(&self) -> PathBuf {
        self.parts.home.join("logs")
    }

    pub(super) async fn log_tail(&self, session: &Session, request: LogRequest) -> Result<LogPage, ApiError> {
        let workspace = self.workspace().await?;
        let level = match request.level.as_str() {
            "" => None,
            level => Some(Level::parse(level).ok_or_else(|| ApiError::invalid("level", level))?),
        };
        let connection = Some(request.connection).filter(|id| !id.is_empty());
        let records = records_by(&workspace, request.order.trim()).await?;
        let wanted = Wanted { level, connection, records, text: request.text, ..whose(session, &workspace) };
        let folder = self.log_folder();
        let page = match (request.before, request.after) {
            (Some(_), Some(_)) => return Err(ApiError::invalid("after", "it and before exclude each other")),
            (before, None) => {
                let before = before.as_deref().map(|at| place(at, "before")).transpose()?;
                let limits = Limits { lines: LINES, ..Limits::default() };
                blocking(move || read_before(&folder, &wanted, before.as_ref(), limits)).await?
            }
            (None, Some(after)) => {
                let after = place(&after, "after")?;
                let limits = Limits { lines: FRESH, ..Limits::default() };
                blocking(move || read_since(&folder, &wanted, &after, limits)).await?
            }
        };
        Ok(shown(page.map_err(unreadable)?))
    }

    pub(super) async fn log_record(&self, session: &Session, request: LogRecordRequest) -> Result<LogPage, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let order = match (&request.order_id, &request.document_id) {
            (_, Some(id)) => ledger.get_order_by_row(workspace.get_document(id).await?.order_row).await?,
            (Some(id), None) => ledger.find_order(id).await?.ok_or_else(|| ApiError::not_found(id))?,
            (None, None) => return Err(ApiError::invalid("orderId", "an order or a document")),
        };
        let mut records = vec![order.head.number.clone()];
        records.extend(ledger.list_documents_of_order(order.row).await?.into_iter().map(|document| document.id));
        let from_ms = Some(order.head.created_ms - SLACK_MS);
        let wanted = Wanted { records, from_ms, machine: false, ..whose(session, &workspace) };
        let before = request.before.as_deref().map(|at| place(at, "before")).transpose()?;
        let folder = self.log_folder();
        let limits = Limits { lines: LINES, ..Limits::default() };
        let page = blocking(move || read_before(&folder, &wanted, before.as_ref(), limits)).await?;
        Ok(shown(page.map_err(unreadable)?))
    }
}

/// The lines that whoever asks may read.
pub(super) fn whose(session: &Session, workspace: &Workspace) -> Wanted {
    let id = workspace.ledger().info().id.clone();
    Wanted { workspace: Some(id), machine: session.role == AccessRole::Admin, ..Wanted::default() }
}

/// An order is told in the log by its number, a document by its id.
async fn records_by(workspace: &Workspace, asked: &str) -> Result<Vec<String>, ApiError> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let number = match workspace.ledger().find_order(asked).await? {
        Some(order) => order.head.number,
        None => asked.strip_prefix('#').unwrap_or(asked).to_owned(),
    };
    Ok(vec![number])
}

fn place(text: &str, field: &'static str) -> Result<Cursor, ApiError> {
    text.parse().map_err(|_| ApiError::invalid(field, text))
}

pub(super) fn unreadable(error: std::io::Error) -> ApiError {
    ApiError::new(ErrorCode::Internal, format!("log: {error}"))
}

fn shown(page: Page) -> LogPage {
    LogPage {
        lines: page.lines.into_iter().map(line).collect(),
        older: page.older.map(|at| at.to_string()),
        newer: page.newer.map(|at| at.to_string()),
        is_cut: page.is_cut,
    }
}

fn line(line: Line) -> LogLine {
    LogLine {
        at: line.at.to_string(),
        at_ms: line.at_ms,
        level: line.level.map(|level| level.as_str().to_owned()),
        target: line.target,
        message: line.message,
        connection: line.connection,
        order: line.order,
        document: line.document,
        of_machine: line.workspace.is_none(),
        fields: line.fields,
    }
}
