//! Lists by ordinal, their summaries and words, what operators keep of them, and exports.

use super::{Host, convert, veil};
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_engine::desk::export::{ExportColumn as Column, ExportFormat, ExportOrder, ExportReport};
use punte_engine::desk::{Query, fields};
use punte_engine::store::ledger::SavedView as StoredView;
use punte_engine::store::ledger::table::ListName as StoredList;
use serde::{Deserialize, Serialize};

const LONGEST_TEXT: usize = 2_000;
const LONGEST_NAME: usize = 80;
const MOST_COLUMNS: usize = 60;
const MOST_VIEWS: usize = 200;

/// What a view is kept as, beside its name.
#[derive(Serialize, Deserialize)]
struct ViewContent {
    text: String,
    sort: Option<SortBy>,
    columns: Vec<ColumnState>,
}

#[derive(Serialize, Deserialize)]
struct LayoutContent {
    columns: Vec<ColumnState>,
    sort: Option<SortBy>,
}

fn stored(list: ListName) -> StoredList {
    match list {
        ListName::Documents => StoredList::Documents,
        ListName::Orders => StoredList::Orders,
    }
}

/// A query as the engine reads it, for whoever asks.
pub(super) fn query(session: &Session, request: &TableQuery) -> Result<Query, ApiError> {
    if request.text.chars().count() > LONGEST_TEXT {
        return Err(ApiError::invalid("text", format!("at most {LONGEST_TEXT} characters")));
    }
    let sort = request.sort.as_ref().map(|sort| (sort.column.clone(), sort.descending));
    let is_veiled = veil::is_veiled(session);
    Ok(Query { list: stored(request.list), text: request.text.clone(), sort, is_veiled })
}

fn rows_query(session: &Session, request: &RowsRequest, list: ListName) -> Result<Query, ApiError> {
    if request.query.list != list {
        return Err(ApiError::invalid("list", "another list's command"));
    }
    if request.limit == 0 || request.limit > punte_engine::desk::PAGE_AT_MOST {
        return Err(ApiError::invalid("limit", format!("1 to {}", punte_engine::desk::PAGE_AT_MOST)));
    }
    query(session, &request.query)
}

fn json<T: Serialize>(content: &T) -> Result<String, ApiError> {
    serde_json::to_string(content).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
}

impl Host {
    pub(super) async fn table_documents(
        &self,
        session: &Session,
        request: RowsRequest,
    ) -> Result<DocumentRows, ApiError> {
        let query = rows_query(session, &request, ListName::Documents)?;
        let workspace = self.workspace().await?;
        let page = workspace.list_page(&query, request.from, request.limit).await?;
        let documents = workspace.ledger().documents_by_row(page.rows).await?;
        let rows = documents.iter().map(convert::document).collect();
        Ok(DocumentRows { rows, from: request.from, ready: page.ready })
    }

    pub(super) async fn table_orders(&self, session: &Session, request: RowsRequest) -> Result<OrderRows, ApiError> {
        let query = rows_query(session, &request, ListName::Orders)?;
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let page = workspace.list_page(&query, request.from, request.limit).await?;
        let orders = ledger.orders_by_row(page.rows).await?;
        let documents = ledger.documents_of(orders.iter().map(|order| order.row).collect()).await?;
        let rows = orders.iter().map(|order| convert::order(order, documents.get(&order.row))).collect();
        Ok(OrderRows { rows, from: request.from, ready: page.ready })
    }

    pub(super) async fn table_summary(&self, session: &Session, request: TableQuery) -> Result<TableSummary, ApiError> {
        let summary = self.workspace().await?.list_summary(&query(session, &request)?).await?;
        Ok(TableSummary {
            count: summary.count,
            complete: summary.complete,
            scanned: summary.scanned,
            of_rows: summary.of_rows,
            totals: summary.totals.into_iter().map(|(currency, minor)| Amount { minor, currency }).collect(),
            problems: summary
                .problems
                .into_iter()
                .map(|problem| QueryProblem {
                    from: problem.from as u32,
                    to: problem.to as u32,
                    code: problem.code.to_owned(),
                    text: problem.text,
                })
                .collect(),
        })
    }

    pub(super) async fn table_vocabulary(
        &self,
        session: &Session,
        request: ListRef,
    ) -> Result<TableVocabulary, ApiError> {
        let workspace = self.workspace().await?;
        let list = stored(request.list);
        let known = workspace.list_choices(list).await?;
        let is_veiled = veil::is_veiled(session);
        let column = |column: &punte_engine::store::ledger::table::Column| {
            let sortable = column.is_sortable() && !(is_veiled && column.is_veiled());
            let field = column.field.map(str::to_owned);
            ColumnInfo { id: column.id.to_owned(), sortable, indexed: sortable, field }
        };
        let values = |spec| {
            let choices = workspace.list_field_values(list, spec, &known).into_iter();
            choices.map(|choice| FieldValue { value: choice.value, label: choice.label }).collect()
        };
        Ok(TableVocabulary {
            columns: list.columns().iter().map(column).collect(),
            fields: fields(list)
                .map(|spec| FieldInfo {
                    name: spec.name.to_owned(),
                    aliases: spec.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
                    kind: spec.kind.as_str().to_owned(),
                    values: values(spec),
                })
                .collect(),
        })
    }

    pub(super) async fn views_list(&self, session: &Session, request: ListRef) -> Result<SavedViews, ApiError> {
        let workspace = self.workspace().await?;
        let kept = workspace.ledger().list_views(&session.operator, stored(request.list).as_str()).await?;
        let views = kept.into_iter().filter_map(|view| {
            let content: ViewContent = serde_json::from_str(&view.content).ok()?;
            let ViewContent { text, sort, columns } = content;
            Some(SavedView { id: view.id, list: request.list, name: view.name, text, sort, columns })
        });
        Ok(SavedViews { views: views.collect() })
    }

    pub(super) async fn views_save(&self, session: &Session, mut request: SavedView) -> Result<SavedView, ApiError> {
        let workspace = self.workspace().await?;
        let list = stored(request.list);
        request.name = request.name.trim().to_owned();
        if request.name.is_empty() || request.name.chars().count() > LONGEST_NAME {
            return Err(ApiError::invalid("name", format!("1 to {LONGEST_NAME} characters")));
        }
        if request.text.chars().count() > LONGEST_TEXT || request.columns.len() > MOST_COLUMNS {
            return Err(ApiError::invalid("text", "too long"));
        }
        let kept = workspace.ledger().list_views(&session.operator, list.as_str()).await?;
        if kept.iter().any(|view| view.name == request.name && view.id != request.id) {
            return Err(ApiError::invalid("name", "taken"));
        }
        if request.id.is_empty() {
            if kept.len() >= MOST_VIEWS {
                return Err(ApiError::invalid("name", format!("at most {MOST_VIEWS} views")));
            }
            request.id = workspace.new_id("view");
        } else if !kept.iter().any(|view| view.id == request.id) {
            return Err(ApiError::not_found(&request.id));
        }
        let content =
            ViewContent { text: request.text.clone(), sort: request.sort.clone(), columns: request.columns.clone() };
        let view = StoredView {
            id: request.id.clone(),
            list: list.as_str().to_owned(),
            name: request.name.clone(),
            content: json(&content)?,
        };
        workspace.ledger().save_view(&session.operator, view, workspace.clock_now_ms()).await?;
        self.emit(&[Tag::Views]);
        Ok(request)
    }

    pub(super) async fn views_delete(&self, session: &Session, request: ById) -> Result<Nothing, ApiError> {
        let workspace = self.workspace().await?;
        if !workspace.ledger().delete_view(&session.operator, &request.id).await? {
            return Err(ApiError::not_found(&request.id));
        }
        self.emit(&[Tag::Views]);
        Ok(Nothing {})
    }

    pub(super) async fn layout_get(&self, session: &Session, request: ListRef) -> Result<TableLayout, ApiError> {
        let workspace = self.workspace().await?;
        let kept = workspace.ledger().find_layout(&session.operator, stored(request.list).as_str()).await?;
        let content: Option<LayoutContent> = kept.and_then(|content| serde_json::from_str(&content).ok());
        let LayoutContent { columns, sort } = content.unwrap_or(LayoutContent { columns: Vec::new(), sort: None });
        Ok(TableLayout { list: request.list, columns, sort })
    }

    pub(super) async fn layout_save(&self, session: &Session, request: TableLayout) -> Result<Nothing, ApiError> {
        if request.columns.len() > MOST_COLUMNS {
            return Err(ApiError::invalid("columns", format!("at most {MOST_COLUMNS}")));
        }
        let workspace = self.workspace().await?;
        let content = json(&LayoutContent { columns: request.columns, sort: request.sort })?;
        workspace.ledger().save_layout(&session.operator, stored(request.list).as_str(), content).await?;
        self.emit(&[Tag::Views]);
        Ok(Nothing {})
    }

    pub(super) async fn export_start(&self, session: &Session, request: ExportRequest) -> Result<ExportInfo, ApiError> {
        let format = match request.format.as_str() {
            "csv" => ExportFormat::Csv,
            "xlsx" => ExportFormat::Xlsx,
            other => return Err(ApiError::invalid("format", other.chars().take(20).collect::<String>())),
        };
        if request.columns.len() > MOST_COLUMNS {
            return Err(ApiError::invalid("columns", format!("at most {MOST_COLUMNS}")));
        }
        let workspace = self.workspace().await?;
        let columns = request.columns.iter().cloned().map(|one| Column { id: one.id, heading: one.heading }).collect();
        let query = query(session, &request.query)?;
        let ExportRequest { ids, except, words, .. } = request;
        let is_veiled = veil::is_veiled(session);
        let order = ExportOrder { query, ids, except, format, columns, words, is_veiled };
        let report = workspace.start_export(order).await?;
        self.emit(&[Tag::Exports]);
        Ok(info(report))
    }

    pub(super) async fn export_get(&self, _: &Session, _: Nothing) -> Result<ExportAnswer, ApiError> {
        Ok(ExportAnswer { run: self.workspace().await?.export().map(info) })
    }

    pub(super) async fn export_cancel(&self, _: &Session, request: ById) -> Result<Nothing, ApiError> {
        self.workspace().await?.cancel_export(&request.id);
        Ok(Nothing {})
    }
}

fn info(report: ExportReport) -> ExportInfo {
    ExportInfo {
        id: report.id,
        state: report.state.as_str().to_owned(),
        written: report.written,
        of_rows: report.of_rows,
        path: report.path.display().to_string(),
        bytes: report.bytes,
        error: report.error,
    }
}
