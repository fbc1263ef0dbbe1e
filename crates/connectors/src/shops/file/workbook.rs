//! The rows of a workbook: of the first sheet that holds anything, cell by cell.
//!
//! The reader of sheets borrows its workbook, so both live on a thread of their own, and rows come over a short channel.
//! A workbook that makes that reader panic ends its thread and is told as damaged.

use super::FileTrouble;
use super::measure::{MAX_PACKED, measure};
use super::rows::{BadRow, Kind, MAX_CELL, MAX_COLUMNS, MAX_ROW, Row, RowRead};
use crate::shops::{Reason, ReasonCode};
use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx};
use csv::StringRecord;
use rust_decimal::Decimal;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Rows go over together, up to as many, or as many bytes.
const BATCH: usize = 256;
/// A sheet has no more.
const LAST_ROW: u32 = 1_048_576;

type Batch = Vec<RowRead>;

/// Rows as they come from the thread that reads.
pub(super) struct SheetRows {
    batches: Receiver<Batch>,
    batch: std::vec::IntoIter<RowRead>,
}

/// Opens a workbook; also how many rows it has.
///
/// # Errors
/// Where it is not to be unpacked.
pub(super) fn open(path: &Path) -> Result<(SheetRows, u64), FileTrouble> {
    let unreadable = |error: std::io::Error| ReasonCode::FileNotReadable.with("words", error);
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() > MAX_PACKED {
        return Err(ReasonCode::WorkbookTooLarge.with("most", MAX_PACKED >> 20).into());
    }
    let rows = measure(BufReader::new(file))?;
    let (send, batches) = sync_channel(2);
    let path = path.to_owned();
    std::thread::Builder::new().name("workbook".to_owned()).spawn(move || read(path, &send)).map_err(unreadable)?;
    Ok((SheetRows { batches, batch: Vec::new().into_iter() }, rows))
}

impl Iterator for SheetRows {
    type Item = RowRead;

    fn next(&mut self) -> Option<RowRead> {
        loop {
            if let Some(row) = self.batch.next() {
                return Some(row);
            }
            self.batch = self.batches.recv().ok()?.into_iter();
        }
    }
}

/// Reads until the sheet ends or nobody listens any more; what goes wrong is the last that is sent.
fn read(path: PathBuf, send: &SyncSender<Batch>) {
    let mut line = 1;
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read_sheets(&path, send, &mut line)));
    let trouble = match read {
        Ok(Ok(())) => return,
        Ok(Err(trouble)) => trouble,
        Err(_) => "the sheet cannot be read".to_owned(),
    };
    let reason = ReasonCode::BrokenOff.with("words", trouble);
    // nobody may listen any more
    let _ = send.send(vec![Err(BadRow { line, column: None, reason, row: None })]);
}

fn read_sheets(path: &Path, send: &SyncSender<Batch>, line: &mut usize) -> Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut book = Xlsx::new(BufReader::new(file)).map_err(|error| error.to_string())?;
    let sheets: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    for name in sheets {
        let mut cells = book.worksheet_cells_reader(&name).map_err(|error| error.to_string())?;
        let mut making = Making::new(send);
        let mut has_any = false;
        while let Some(cell) = cells.next_cell().map_err(|error| error.to_string())? {
            let (row, column) = cell.get_position();
            let (text, kind) = text_of(cell.get_value());
            if text.is_empty() {
                continue;
            }
            has_any = true;
            *line = row as usize + 1;
            if !making.put(row, column, &text, kind)? {
                return Ok(());
            }
        }
        making.end();
        if has_any {
            return Ok(());
        }
    }
    Ok(())
}

/// The row that is being put together, and the batch that is to be sent.
struct Making<'a> {
    send: &'a SyncSender<Batch>,
    batch: Batch,
    batch_bytes: usize,
    row: u32,
    cells: StringRecord,
    kinds: Vec<Kind>,
    bad: Option<(usize, Reason)>,
}

impl<'a> Making<'a> {
    fn new(send: &'a SyncSender<Batch>) -> Self {
        let batch = Vec::with_capacity(BATCH);
        Making { send, batch, batch_bytes: 0, row: 0, cells: StringRecord::new(), kinds: Vec::new(), bad: None }
    }

    /// Puts a cell where it belongs; false once nobody listens.
    fn put(&mut self, row: u32, column: u32, text: &str, kind: Kind) -> Result<bool, String> {
        if row < self.row || row >= LAST_ROW {
            return Err("its rows are not in order".to_owned());
        }
        if row > self.row && !self.end_row() {
            return Ok(false);
        }
        self.row = row;
        let column = column as usize;
        if column < self.cells.len() {
            return Err("its cells are not in order".to_owned());
        }
        if column > MAX_COLUMNS {
            self.bad.get_or_insert((
                column,
                ReasonCode::TooManyColumns.with("count", column + 1).with("most", MAX_COLUMNS),
            ));
        } else if text.len() > MAX_CELL {
            self.bad.get_or_insert((column, ReasonCode::CellTooLong.with("most", MAX_CELL / 1024)));
        } else if self.cells.as_slice().len() + text.len() > MAX_ROW {
            self.bad.get_or_insert((column, ReasonCode::RowTooLong.with("most", MAX_ROW / 1024)));
        } else {
            while self.cells.len() < column {
                self.cells.push_field("");
                self.kinds.push(Kind::Text);
            }
            self.cells.push_field(text);
            self.kinds.push(kind);
        }
        Ok(true)
    }

    fn end_row(&mut self) -> bool {
        let line = self.row as usize + 1;
        let row = Row::new(line, std::mem::take(&mut self.cells), std::mem::take(&mut self.kinds));
        let bad = self.bad.take();
        if row.is_blank() && bad.is_none() {
            return true;
        }
        self.batch_bytes += row.bytes();
        self.batch.push(match bad {
            None => Ok(row),
            Some((column, reason)) => Err(BadRow { line, column: Some(column), reason, row: Some(row) }),
        });
        if self.batch.len() < BATCH && self.batch_bytes < MAX_ROW {
            return true;
        }
        self.batch_bytes = 0;
        self.send.send(std::mem::take(&mut self.batch)).is_ok()
    }

    fn end(mut self) {
        self.end_row();
        // nobody may listen any more
        let _ = self.send.send(self.batch);
    }
}

/// A cell's text as it is kept, and what it is.
fn text_of(value: &DataRef) -> (String, Kind) {
    match value {
        DataRef::Empty => (String::new(), Kind::Text),
        DataRef::String(text) => (text.trim().to_owned(), Kind::Text),
        DataRef::SharedString(text) => (text.trim().to_owned(), Kind::Text),
        DataRef::Bool(flag) => (flag.to_string(), Kind::Text),
        DataRef::Int(number) => (number.to_string(), Kind::Number),
        DataRef::Float(number) => number_text(*number),
        DataRef::DateTime(at) => date_text(at),
        DataRef::DateTimeIso(text) => (text.clone(), Kind::Date),
        DataRef::DurationIso(text) => (text.clone(), Kind::Text),
        DataRef::Error(error) => (error.to_string(), Kind::Bad(ReasonCode::CellError)),
    }
}

/// A number as a spreadsheet shows it: of its fifteen digits, those that say something. 19.989999999999998 is 19.99.
fn number_text(number: f64) -> (String, Kind) {
    let bad = || (number.to_string(), Kind::Bad(ReasonCode::CellTooManyDigits));
    if !number.is_finite() || number.abs() >= 1e15 {
        return bad();
    }
    if number != 0.0 && number.abs() < 1e-9 {
        return ("0".to_owned(), Kind::Number);
    }
    match Decimal::from_scientific(&format!("{number:.14e}")) {
        Ok(exact) => (exact.normalize().to_string(), Kind::Number),
        Err(_) => bad(),
    }
}

fn date_text(at: &ExcelDateTime) -> (String, Kind) {
    if at.is_duration() {
        return number_text(at.as_f64());
    }
    if !(1.0..3_000_000.0).contains(&at.as_f64()) {
        return (at.as_f64().to_string(), Kind::Bad(ReasonCode::NotADate));
    }
    // a second is 0.0000116 days: what is over it is noise
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let whole = chrono::NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)).and_then(|date| {
        date.and_hms_milli_opt(u32::from(hour), u32::from(minute), u32::from(second), u32::from(milli))
    });
    match whole {
        Some(at) => {
            let at = at + chrono::Duration::milliseconds(500);
            (at.format("%Y-%m-%dT%H:%M:%S").to_string(), Kind::Date)
        }
        None => (at.as_f64().to_string(), Kind::Bad(ReasonCode::NotADate)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn numbers_are_without_the_noise_of_their_binary_form() {
        for (number, expected) in [
            (0.1 + 0.2, "0.3"),
            (1.1 + 2.2, "3.3"),
            (1.0, "1"),
            (-3.5, "-3.5"),
            (7410991464714.0, "7410991464714"),
            (999999999999999.0, "999999999999999"),
            (0.0, "0"),
            (1.0 / 3.0, "0.333333333333333"),
            (1e-17, "0"),
        ] {
            assert_eq!(number_text(number), (expected.to_owned(), Kind::Number));
        }
        for number in [1e15, 7.2057594e16, f64::NAN, f64::INFINITY] {
            assert_eq!(number_text(number).1, Kind::Bad(ReasonCode::CellTooManyDigits), "{number}");
        }
    }

    #[test]
    fn a_cell_that_is_a_date_is_one_in_both_systems() {
        let at = |value, is_1904| date_text(&ExcelDateTime::new(value, ExcelDateTimeType::DateTime, is_1904)).0;
        assert_eq!(at(46346.987581, false), "2026-11-20T23:42:07");
        assert_eq!(at(44884.987581, true), "2026-11-20T23:42:07");
        assert_eq!(at(46346.999999999, false), "2026-11-21T00:00:00");
        assert_eq!(
            date_text(&ExcelDateTime::new(-5.0, ExcelDateTimeType::DateTime, false)).1,
            Kind::Bad(ReasonCode::NotADate)
        );
    }
}
