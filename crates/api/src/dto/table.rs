//! Lists of any length: any row by its ordinal, any filter, any order; what an operator keeps of them, and files made of them.

use super::{Amount, DocumentRow, OrderRow};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ListName {
    Documents,
    Orders,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SortBy {
    /// Id of a column that can be sorted by.
    pub column: String,
    pub descending: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TableQuery {
    pub list: ListName,
    /// Words and `field:value`: see `table.vocabulary`.
    pub text: String,
    /// Null: newest first.
    pub sort: Option<SortBy>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RowsRequest {
    pub query: TableQuery,
    /// Ordinal of the first row, from 0.
    #[ts(type = "number")]
    pub from: u64,
    /// At most 500.
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DocumentRows {
    pub rows: Vec<DocumentRow>,
    #[ts(type = "number")]
    pub from: u64,
    /// False: the list has not been gone through so far yet; ask again.
    pub ready: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OrderRows {
    pub rows: Vec<OrderRow>,
    #[ts(type = "number")]
    pub from: u64,
    /// False: the list has not been gone through so far yet; ask again.
    pub ready: bool,
}

/// Something in a search that was not understood and is not in the filter, by the places of its characters.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct QueryProblem {
    pub from: u32,
    pub to: u32,
    /// `unknown_field`, `bad_value`, `bad_amount`, `bad_date`, `unclosed_quote`.
    pub code: String,
    pub text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TableSummary {
    /// Rows found so far.
    #[ts(type = "number")]
    pub count: u64,
    /// Count and totals are whole and of now; otherwise ask again.
    pub complete: bool,
    /// Rows looked at, of so many.
    #[ts(type = "number")]
    pub scanned: u64,
    #[ts(type = "number")]
    pub of_rows: u64,
    /// By currency.
    pub totals: Vec<Amount>,
    pub problems: Vec<QueryProblem>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ListRef {
    pub list: ListName,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FieldValue {
    pub value: String,
    /// A name of its own, as connections have; null: a code with words in the catalogues.
    pub label: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FieldInfo {
    pub name: String,
    pub aliases: Vec<String>,
    /// `text`, `choice`, `amount`, `date`.
    pub kind: String,
    pub values: Vec<FieldValue>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ColumnInfo {
    pub id: String,
    pub sortable: bool,
    pub indexed: bool,
    /// Name of the field that filters by it.
    pub field: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TableVocabulary {
    pub columns: Vec<ColumnInfo>,
    pub fields: Vec<FieldInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ColumnState {
    pub id: String,
    /// In CSS pixels; null: as wide as it is by itself.
    pub width: Option<u32>,
    pub hidden: bool,
}

/// How an operator has a list's columns, in their order on screen; none: as the screen has them by itself.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TableLayout {
    pub list: ListName,
    pub columns: Vec<ColumnState>,
    pub sort: Option<SortBy>,
}

/// A filter that the operator gave a name.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SavedView {
    /// Empty: a new one.
    pub id: String,
    pub list: ListName,
    pub name: String,
    pub text: String,
    pub sort: Option<SortBy>,
    pub columns: Vec<ColumnState>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SavedViews {
    pub views: Vec<SavedView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExportColumn {
    pub id: String,
    pub heading: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExportRequest {
    pub query: TableQuery,
    /// Only these records, in this order; null: all of the query.
    pub ids: Option<Vec<String>>,
    /// All of the query without these records; empty where `ids` names some.
    pub except: Vec<String>,
    /// `csv` or `xlsx`.
    pub format: String,
    pub columns: Vec<ExportColumn>,
    /// Words for codes, by column and code: `state.issued`.
    #[ts(type = "Record<string, string>")]
    pub words: HashMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportInfo {
    pub id: String,
    /// `running`, `done`, `failed`, `cancelled`.
    pub state: String,
    #[ts(type = "number")]
    pub written: u64,
    /// Null until it is known.
    #[ts(type = "number | null")]
    pub of_rows: Option<u64>,
    /// Of the file on the owner's machine.
    pub path: String,
    /// Of the finished file.
    #[ts(type = "number")]
    pub bytes: u64,
    pub error: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExportAnswer {
    pub run: Option<ExportInfo>,
}
