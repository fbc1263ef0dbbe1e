//! Orders from files: sent in pieces, looked at, their columns named, then taken in.

use super::{Amount, FailureInfo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportBegin {
    pub file_name: String,
    /// Size of the whole file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The connection whose orders these are; none: the connection for files, made where there is none yet.
    pub connection_id: Option<String>,
    /// Instead of it, the name of the shop whose table this is: the connection for files of that name, made where there is none.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub connection_name: Option<String>,
}

/// A piece of the file, at most 1 MiB before base64, in order.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ImportPiece {
    pub id: String,
    /// What was received before.
    #[ts(type = "number")]
    pub offset: u64,
    pub base64: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ImportId {
    pub id: String,
}

/// Which column is which field of an order, and what holds for every order where no column says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportColumns {
    /// Field to the column's heading: `{"number": "Order Number", "line.name": "Item Name"}`. Fields are those of
    /// `ImportPreview::fields`.
    pub columns: BTreeMap<String, String>,
    /// ISO 4217.
    pub currency: String,
    /// ISO 3166-1 alpha-2, of the customer.
    pub country: String,
    /// Whether unit prices and shipping are with VAT.
    pub prices_include_vat: bool,
    /// The VAT rate in percent where no column has one; none: the mapping decides.
    pub vat_rate: Option<String>,
    /// Status of orders where no column has one: `paid` or `completed`.
    pub status: String,
    /// The date format of cells that are text: `auto`, `day_first`, `month_first`. Times without an offset are Romania's.
    pub dates: String,
    /// How numbers are written: `auto`, `point`, `comma`.
    pub numbers: String,
}

/// A file with columns also needs them.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ImportChoice {
    pub id: String,
    /// None: as the file looks by its headings, or a file without columns.
    pub columns: Option<ImportColumns>,
}

/// A field that a column can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportField {
    /// `number`, `customer.city`, `line.unit_price`
    pub field: String,
    /// An order without it is not taken.
    pub required: bool,
}

/// An order as it would be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportSample {
    /// The line on which it starts, from 1.
    pub line: u32,
    pub number: String,
    pub customer: String,
    pub status: String,
    #[ts(type = "number")]
    pub created_ms: i64,
    pub total: Amount,
    pub lines: u32,
}

/// Why something is not taken: the catalogues have words for the code (`imports.reason`), which name the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportReason {
    /// `not_a_number`, `rows_apart`, …
    pub code: String,
    pub facts: BTreeMap<String, String>,
}

/// An order or row that is not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportRejected {
    /// Key to page on.
    #[ts(type = "number")]
    pub row: i64,
    pub line: u32,
    pub order: Option<String>,
    /// The order's field or the column's heading.
    pub field: String,
    pub reason: ImportReason,
}

/// What a file looks like, of its first rows.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportPreview {
    /// `json`, `csv`, `xlsx`; blank where the file cannot be read at all.
    pub format: String,
    /// Why the file cannot be read, or not by these columns.
    pub reason: Option<ImportReason>,
    /// Whose export its headings are: `shopify`, `woocommerce`, `own` (docs/imports.md's), or none known.
    pub layout: Option<String>,
    /// `utf-8`, `windows-1250`, …; blank where it does not matter.
    pub encoding: String,
    pub delimiter: String,
    /// Of a file with columns; empty for JSON.
    pub headings: Vec<String>,
    /// The first five rows, a cell for each heading.
    pub rows: Vec<Vec<String>>,
    pub fields: Vec<ImportField>,
    /// As asked, or as the headings suggest.
    pub columns: Option<ImportColumns>,
    /// The first 20 orders.
    pub orders: Vec<ImportSample>,
    /// The first 50 that would not be taken.
    pub rejected: Vec<ImportRejected>,
    /// Orders looked at, with the rejected.
    pub looked: u32,
    /// The file was read to its end for this.
    pub is_whole: bool,
    /// Of the orders looked at, those that seem to be there as well, come by another way: number, currency and day are the same. A
    /// flow would hold them for a person.
    pub doubled: u32,
    /// Required fields that no column and no default gives: it cannot be started.
    pub missing: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportInfo {
    pub id: String,
    pub file_name: String,
    pub connection_id: String,
    pub connection: String,
    pub who: String,
    /// `receiving`, `received`, `running`, `done`, `cancelled`, `failed`.
    pub state: String,
    #[ts(type = "number")]
    pub bytes: u64,
    #[ts(type = "number")]
    pub received: u64,
    /// How far into the file the reading is, 0 to 1000.
    pub progress: u32,
    /// Orders read well so far: new, changed, unchanged.
    pub read: u32,
    pub new: u32,
    pub changed: u32,
    pub unchanged: u32,
    /// Orders and rows not taken.
    pub rejected: u32,
    /// Of the new ones, those from before every flow of the connection: only a backfill takes them up.
    pub older: u32,
    /// Why it failed, or what it waits for while it runs.
    pub failure: Option<FailureInfo>,
    /// What kept the file from being read, where it failed for that.
    pub reason: Option<ImportReason>,
    /// The file is kept yet: one that failed can be started again, with other columns.
    pub has_file: bool,
    /// As it was started with.
    pub columns: Option<ImportColumns>,
    #[ts(type = "number")]
    pub created_ms: i64,
    #[ts(type = "number | null")]
    pub ended_ms: Option<i64>,
}

/// The newest first, 20 at most.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Imports {
    pub imports: Vec<ImportInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ImportRejectedRequest {
    pub id: String,
    /// The last row of the page before; 0 for the first.
    #[ts(type = "number")]
    pub after: i64,
}

/// At most 500 rows, in the file's order.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportRejectedPage {
    pub rows: Vec<ImportRejected>,
    pub has_more: bool,
}
