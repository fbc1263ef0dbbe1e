//! Orders from files.

use super::{Host, convert};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use punte_engine::Workspace;
use punte_engine::connectors::shops::file::{Columns, fields};
use punte_engine::imports::{self, MOST_PIECE};
use punte_engine::store::ledger::{Import, ImportReason as KeptReason, ImportReject};

impl Host {
    pub(super) async fn imports_begin(&self, session: &Session, request: ImportBegin) -> Result<ImportInfo, ApiError> {
        let workspace = self.workspace().await?;
        let named = match &request.connection_name {
            Some(_) if request.connection_id.is_some() => {
                return Err(ApiError::invalid("connectionName", "beside connectionId"));
            }
            Some(name) => Some(workspace.connection_for_files_of(name).await?.id),
            None => None,
        };
        let connection = named.as_deref().or(request.connection_id.as_deref());
        let import = workspace.begin_import(&request.file_name, request.bytes, connection, &session.operator).await?;
        told(&workspace, import).await
    }

    pub(super) async fn imports_append(&self, _: &Session, request: ImportPiece) -> Result<ImportInfo, ApiError> {
        if request.base64.len() > MOST_PIECE.div_ceil(3) * 4 {
            return Err(ApiError::invalid("base64", format!("over {MOST_PIECE} bytes")));
        }
        let piece = STANDARD.decode(&request.base64).map_err(|error| ApiError::invalid("base64", error.to_string()))?;
        let workspace = self.workspace().await?;
        let import = workspace.append_import(&request.id, request.offset, piece).await?;
        told(&workspace, import).await
    }

    pub(super) async fn imports_preview(&self, _: &Session, request: ImportChoice) -> Result<ImportPreview, ApiError> {
        let workspace = self.workspace().await?;
        let preview = workspace.preview_import(&request.id, request.columns.map(columns)).await?;
        let outline = preview.outline;
        let orders = preview.orders.into_iter().map(|order| ImportSample {
            line: order.line,
            number: order.head.number,
            customer: order.head.customer,
            status: order.head.status.as_str().to_owned(),
            created_ms: order.head.created_ms,
            total: Amount { minor: order.head.total_minor, currency: order.head.currency.code().to_owned() },
            lines: order.lines,
        });
        let rejected = preview.rejected.into_iter().zip(1..).map(|(one, row)| rejected(ImportReject { row, ..one }));
        let format = outline.as_ref().map(|outline| outline.format.as_str()).unwrap_or_default();
        let layout = outline.as_ref().and_then(|outline| outline.layout).map(|layout| layout.as_str().to_owned());
        let (encoding, delimiter, headings, rows) = outline
            .map(|outline| (outline.encoding, outline.delimiter, outline.headings, outline.rows))
            .unwrap_or_default();
        Ok(ImportPreview {
            format: format.to_owned(),
            reason: preview.reason.map(reason),
            layout,
            encoding,
            delimiter,
            headings,
            rows,
            fields: fields()
                .iter()
                .map(|field| ImportField { field: field.name.to_owned(), required: field.required })
                .collect(),
            columns: preview.columns.map(columns_info),
            orders: orders.collect(),
            rejected: rejected.collect(),
            looked: preview.looked,
            is_whole: preview.is_whole,
            doubled: preview.doubled,
            missing: preview.missing,
        })
    }

    pub(super) async fn imports_start(&self, _: &Session, request: ImportChoice) -> Result<ImportInfo, ApiError> {
        let workspace = self.workspace().await?;
        let import = workspace.start_import(&request.id, request.columns.map(columns)).await?;
        told(&workspace, import).await
    }

    pub(super) async fn imports_cancel(&self, _: &Session, request: ImportId) -> Result<ImportInfo, ApiError> {
        let workspace = self.workspace().await?;
        let import = workspace.cancel_import(&request.id).await?;
        told(&workspace, import).await
    }

    pub(super) async fn imports_get(&self, _: &Session, request: ImportId) -> Result<ImportInfo, ApiError> {
        let workspace = self.workspace().await?;
        let import = workspace.find_import(&request.id).await?;
        told(&workspace, import).await
    }

    pub(super) async fn imports_list(&self, _: &Session, _: Nothing) -> Result<Imports, ApiError> {
        let workspace = self.workspace().await?;
        let mut all = Vec::new();
        for import in workspace.list_imports().await? {
            all.push(told(&workspace, import).await?);
        }
        Ok(Imports { imports: all })
    }

    pub(super) async fn imports_rejected(
        &self,
        _: &Session,
        request: ImportRejectedRequest,
    ) -> Result<ImportRejectedPage, ApiError> {
        let page = self.workspace().await?.list_import_rejects(&request.id, request.after).await?;
        let rows = page.rows.into_iter().map(rejected);
        Ok(ImportRejectedPage { rows: rows.collect(), has_more: page.has_more })
    }
}

fn reason(KeptReason { code, facts }: KeptReason) -> ImportReason {
    ImportReason { code, facts }
}

fn rejected(ImportReject { row, line, order, field, reason: why }: ImportReject) -> ImportRejected {
    ImportRejected { row, line, order, field, reason: reason(why) }
}

async fn told(workspace: &Workspace, import: Import) -> Result<ImportInfo, ApiError> {
    let connection = workspace.ledger().get_connection(&import.connection_id).await?;
    let taken = import.taken;
    // a ledger that cannot be written keeps it waiting, and loses nothing
    let trouble = if import.state == "running" { workspace.trouble() } else { None };
    let failure = import.failure.clone().or(trouble);
    Ok(ImportInfo {
        columns: imports::columns_of(&import).map(columns_info),
        id: import.id,
        file_name: import.file_name,
        connection_id: connection.id,
        connection: connection.name,
        who: import.who,
        state: import.state,
        bytes: import.bytes,
        received: import.received,
        progress: import.progress,
        read: taken.new + taken.changed + taken.unchanged,
        new: taken.new,
        changed: taken.changed,
        unchanged: taken.unchanged,
        rejected: import.rejected,
        older: import.older,
        failure: failure.map(|failure| convert::failure(&failure, "", 0)),
        reason: import.reason.map(reason),
        has_file: import.has_file,
        created_ms: import.created_ms,
        ended_ms: import.ended_ms,
    })
}

fn columns(info: ImportColumns) -> Columns {
    let ImportColumns { columns, currency, country, prices_include_vat, vat_rate, status, dates, numbers } = info;
    Columns { columns, currency, country, prices_include_vat, vat_rate, status, dates, numbers }
}

fn columns_info(columns: Columns) -> ImportColumns {
    let Columns { columns, currency, country, prices_include_vat, vat_rate, status, dates, numbers } = columns;
    ImportColumns { columns, currency, country, prices_include_vat, vat_rate, status, dates, numbers }
}
