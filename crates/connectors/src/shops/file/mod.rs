//! Orders from files of any length: JSON, and tables as CSV or XLSX.
//!
//! A file is read once, from its beginning to its end, and little of it is in memory at a time. A record that cannot be read
//! costs itself alone: it is told with its line, its order, its field and why. Rows of a table become records of
//! docs/order.schema.json and are read as such; docs/imports.md says which columns make which field.

use self::json::{Lined, OrderRead, Whole};
use self::plan::Plan;
use self::rows::{CsvRows, Lines, RowRead};
use self::table::{Rows, TableOrders};
use self::text::Encoding;
use super::{ReasonCode, RejectedOrder, ShopKind, ShopOrder, read_order};
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

mod cells;
mod columns;
mod json;
mod known;
mod measure;
mod money;
mod order;
mod plan;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod trouble;
mod words;
mod workbook;

pub use columns::{Columns, Field, fields, missing};
pub use trouble::FileTrouble;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    Json,
    Csv,
    Xlsx,
}

impl FileFormat {
    pub fn as_str(self) -> &'static str {
        match self {
            FileFormat::Json => "json",
            FileFormat::Csv => "csv",
            FileFormat::Xlsx => "xlsx",
        }
    }
}

/// Whose export a table is, by its headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    Shopify,
    WooCommerce,
    /// docs/imports.md's.
    Own,
}

impl Layout {
    pub fn as_str(self) -> &'static str {
        match self {
            Layout::Shopify => "shopify",
            Layout::WooCommerce => "woocommerce",
            Layout::Own => "own",
        }
    }
}

/// What a file looks like by its first rows.
#[derive(Debug, Clone)]
pub struct Outline {
    pub format: FileFormat,
    /// None where the headings are nobody's that is known, and for JSON.
    pub layout: Option<Layout>,
    /// `utf-8`, `utf-16le`, `utf-16be`, `windows-1250`; blank for a workbook.
    pub encoding: String,
    /// Blank but for CSV.
    pub delimiter: String,
    /// Empty for JSON.
    pub headings: Vec<String>,
    /// The first five, a cell for each heading.
    pub rows: Vec<Vec<String>>,
    /// As the headings suggest; none for JSON.
    pub suggested: Option<Columns>,
}

/// The orders of a file, one after the other, each with the line on which it starts (from 1).
pub struct Orders {
    source: Source,
    gauge: Gauge,
    is_over: bool,
}

enum Source {
    Lined(Lined<BufReader<Counted<File>>>),
    Whole(Whole),
    Table(Box<TableOrders>),
}

/// How far the reading is.
struct Gauge {
    read: Arc<AtomicU64>,
    /// 0 where it is not known.
    whole: u64,
}

/// Counts the bytes that are read.
struct Counted<R> {
    source: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Iterator for Orders {
    type Item = Result<(usize, ShopOrder), RejectedOrder>;

    fn next(&mut self) -> Option<OrderRead> {
        let next = match &mut self.source {
            Source::Lined(orders) => orders.next(),
            Source::Whole(orders) => orders.next(),
            Source::Table(orders) => orders.next(),
        };
        self.is_over |= next.is_none();
        next
    }
}

impl Orders {
    /// How much of the file was read, 0 to 1000.
    pub fn progress(&self) -> u32 {
        if self.is_over {
            return 1000;
        }
        let (read, whole) = match &self.source {
            Source::Whole(orders) => orders.place(),
            _ => (self.gauge.read.load(Ordering::Relaxed), self.gauge.whole),
        };
        u32::try_from(read.saturating_mul(1000) / whole.max(1)).unwrap_or(999).min(999)
    }
}

fn unreadable(error: std::io::Error) -> FileTrouble {
    ReasonCode::FileNotReadable.with("words", error).into()
}

/// A table before its columns are chosen.
struct Table {
    format: FileFormat,
    encoding: &'static str,
    delimiter: String,
    headings: Vec<String>,
    rows: Rows,
    gauge: Gauge,
}

/// What a file is, by its first bytes.
enum Opened {
    Json(File),
    Table(Box<Table>),
}

fn look(path: &Path) -> Result<Opened, FileTrouble> {
    let mut file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    let (head, encoding) = text::look(&mut file)?;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let (rows, count) = workbook::open(path)?;
        let read = Arc::new(AtomicU64::new(0));
        let gauge = Gauge { read: read.clone(), whole: count };
        let rows = rows.inspect(move |row| read.store(line_of(row) as u64, Ordering::Relaxed));
        let table = Table::new(FileFormat::Xlsx, "", String::new(), Box::new(rows), gauge)?;
        return Ok(Opened::Table(Box::new(table)));
    }
    if let Some(why) = no_text(&head, encoding) {
        return Err(why.into());
    }
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    match start.first() {
        None if bytes <= head.len() as u64 => Err(ReasonCode::FileEmpty.into()),
        Some(b'{' | b'[') => Ok(Opened::Json(file)),
        _ => {
            let read = Arc::new(AtomicU64::new(0));
            let gauge = Gauge { read: read.clone(), whole: bytes };
            let table = Table::of_text(Counted { source: file, read }, &head, encoding, gauge)?;
            Ok(Opened::Table(Box::new(table)))
        }
    }
}

fn line_of(row: &RowRead) -> usize {
    match row {
        Ok(row) => row.line,
        Err(bad) => bad.line,
    }
}

/// Why a file is no text, where it is none.
fn no_text(head: &[u8], encoding: Encoding) -> Option<ReasonCode> {
    let start = head.trim_ascii_start();
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(ReasonCode::OldWorkbook);
    }
    if start.starts_with(b"<") || start.starts_with(b"\xef\xbb\xbf<") {
        return Some(ReasonCode::WebPage);
    }
    let is_wide = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
    (!is_wide && head.contains(&0)).then_some(ReasonCode::NotText)
}

impl Table {
    fn new(
        format: FileFormat,
        encoding: &'static str,
        delimiter: String,
        mut rows: Rows,
        gauge: Gauge,
    ) -> Result<Table, FileTrouble> {
        let headings = rows::headings(rows.next())?;
        Ok(Table { format, encoding, delimiter, headings, rows, gauge })
    }

    fn of_text(
        source: impl Read + Send + 'static,
        head: &[u8],
        encoding: Encoding,
        gauge: Gauge,
    ) -> Result<Table, FileTrouble> {
        let mut start = Vec::new();
        encoding.decode(head).read_to_end(&mut start).map_err(unreadable)?;
        let start = String::from_utf8_lossy(&start);
        let (delimiter, has_separator_line) = text::delimiter(&start);
        let way = Lines { delimiter, has_separator_line, end_by_return: text::ends_by_return(&start) };
        let rows = CsvRows::new(source, encoding, way);
        Table::new(FileFormat::Csv, encoding.as_str(), char::from(delimiter).to_string(), Box::new(rows), gauge)
    }

    /// As chosen, or as the headings suggest.
    fn orders(self, columns: Option<&Columns>) -> Result<Orders, FileTrouble> {
        let plan = match columns {
            Some(columns) => Plan::new(columns, self.headings)?,
            None => Plan::new(&known::suggest(&self.headings).1, self.headings)?,
        };
        let source = Source::Table(Box::new(TableOrders::new(plan, self.rows)));
        Ok(Orders { source, gauge: self.gauge, is_over: false })
    }
}

/// Looks at the beginning of a file.
///
/// # Errors
/// Where nothing can be read of it at all.
pub fn outline(path: &Path) -> Result<Outline, FileTrouble> {
    let table = match look(path)? {
        Opened::Table(table) => table,
        Opened::Json(_) => {
            return Ok(Outline {
                format: FileFormat::Json,
                layout: None,
                encoding: Encoding::Utf8.as_str().to_owned(),
                delimiter: String::new(),
                headings: Vec::new(),
                rows: Vec::new(),
                suggested: None,
            });
        }
    };
    let (layout, suggested) = known::suggest(&table.headings);
    let width = table.headings.len();
    Ok(Outline {
        format: table.format,
        layout,
        encoding: table.encoding.to_owned(),
        delimiter: table.delimiter,
        rows: table.rows.filter_map(|row| row.ok()).take(5).map(|row| row.texts(width)).collect(),
        headings: table.headings,
        suggested: Some(suggested),
    })
}

/// Opens a file to take its orders. Without columns a table is read as its headings suggest; JSON has none.
///
/// # Errors
/// Where nothing can be read of it at all, or a table's columns do not make an order.
pub fn open(path: &Path, columns: Option<&Columns>) -> Result<Orders, FileTrouble> {
    match look(path)? {
        Opened::Table(table) => table.orders(columns),
        Opened::Json(file) => open_json(file),
    }
}

fn open_json(mut file: File) -> Result<Orders, FileTrouble> {
    let bytes = file.metadata().map_err(unreadable)?.len();
    let first = json::first_line(&file).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let read = Arc::new(AtomicU64::new(0));
    let gauge = Gauge { read: read.clone(), whole: bytes };
    if json::is_lined(&first) {
        let lined = Lined::new(BufReader::new(Counted { source: file, read }));
        return Ok(Orders { source: Source::Lined(lined), gauge, is_over: false });
    }
    if bytes > json::MAX_WHOLE {
        return Err(ReasonCode::JsonTooLarge.with("most", json::MAX_WHOLE >> 20).into());
    }
    let mut body = Vec::new();
    file.take(json::MAX_WHOLE).read_to_end(&mut body).map_err(unreadable)?;
    Ok(Orders { source: Source::Whole(Whole::new(body)?), gauge, is_over: false })
}

/// The orders of a table that is text with delimiters, from anywhere.
///
/// # Errors
/// As [`open`].
pub fn orders_from_csv(
    mut reader: impl Read + Send + 'static,
    columns: Option<&Columns>,
) -> Result<Orders, FileTrouble> {
    let mut head = vec![0; text::HEAD];
    let filled = text::fill(&mut reader, &mut head).map_err(unreadable)?;
    head.truncate(filled);
    let encoding = Encoding::of(&head, filled < text::HEAD);
    if let Some(why) = no_text(&head, encoding) {
        return Err(why.into());
    }
    let gauge = Gauge { read: Arc::new(AtomicU64::new(0)), whole: 0 };
    let source = Cursor::new(head.clone()).chain(reader);
    Table::of_text(source, &head, encoding, gauge)?.orders(columns)
}

/// The orders of JSON that is in memory.
///
/// # Errors
/// Where it is no JSON of orders at all.
pub fn orders_from_json(body: Vec<u8>) -> Result<Orders, FileTrouble> {
    let gauge = Gauge { read: Arc::new(AtomicU64::new(0)), whole: 0 };
    Ok(Orders { source: Source::Whole(Whole::new(body)?), gauge, is_over: false })
}
