//! The two kinds of files.
//!
//! A CSV file is made for Excel as Romanian accountants have it: semicolons between the fields and a decimal comma, for that is
//! what it reads there by a double click, and a byte order mark, without which it takes UTF-8 for something else. Text that a
//! spreadsheet would take for a formula is kept from it by an apostrophe.

use super::ExportFormat;
use super::cells::Cell;
use chrono::{NaiveDate, NaiveDateTime};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows of an Excel sheet beside its heading.
const SHEET_ROWS: u32 = 1_048_575;
/// Characters of an Excel cell.
const CELL_CHARS: usize = 32_767;

/// A file that is being written.
pub(super) enum Sheet {
    Csv(csv::Writer<BufWriter<File>>),
    Xlsx(Box<Book>),
}

pub(super) struct Book {
    workbook: Workbook,
    path: PathBuf,
    headings: Vec<String>,
    sheets: usize,
    /// Rows of the sheet at hand, its heading among them.
    rows: u32,
    sheet_rows: u32,
    bold: Format,
    whole: Format,
    money: Format,
    at: Format,
}

impl Sheet {
    pub(super) fn create(path: &Path, format: ExportFormat, headings: Vec<String>) -> Result<Sheet, String> {
        match format {
            ExportFormat::Csv => {
                let file = BufWriter::new(File::create_new(path).map_err(|error| error.to_string())?);
                csv_writer(file, &headings).map(Sheet::Csv)
            }
            ExportFormat::Xlsx => {
                Book::create(path, headings, SHEET_ROWS).map(|book| Sheet::Xlsx(Box::new(book))).map_err(told)
            }
        }
    }

    pub(super) fn add(&mut self, row: Vec<Cell>) -> Result<(), String> {
        match self {
            Sheet::Csv(writer) => writer.write_record(row.iter().map(csv_text)).map_err(|error| error.to_string()),
            Sheet::Xlsx(book) => book.add(&row).map_err(told),
        }
    }

    pub(super) fn finish(self) -> Result<(), String> {
        match self {
            Sheet::Csv(writer) => {
                let file = writer.into_inner().map_err(|error| error.to_string())?;
                let file = file.into_inner().map_err(|error| error.to_string())?;
                file.sync_all().map_err(|error| error.to_string())
            }
            Sheet::Xlsx(mut book) => book.workbook.save(&book.path).map_err(told),
        }
    }
}

fn told(error: XlsxError) -> String {
    error.to_string()
}

fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// Begins a CSV file with its mark and its headings.
///
/// # Errors
/// What the writing below says.
pub fn csv_writer<W: Write>(mut to: W, headings: &[String]) -> Result<csv::Writer<W>, String> {
    to.write_all("\u{feff}".as_bytes()).map_err(|error| error.to_string())?;
    let mut writer = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(to);
    let headings = headings.iter().map(|heading| harmless(heading));
    writer.write_record(headings).map_err(|error| error.to_string())?;
    Ok(writer)
}

/// A cell as text of such a file.
pub fn csv_text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Amount(minor, 0) => minor.to_string(),
        Cell::Amount(minor, digits) => {
            let unit = 10_u64.pow(*digits);
            let sign = if *minor < 0 { "-" } else { "" };
            let (whole, part) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
            format!("{sign}{whole},{part:0width$}", width = *digits as usize)
        }
        Cell::At(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

impl Book {
    fn create(path: &Path, headings: Vec<String>, sheet_rows: u32) -> Result<Book, XlsxError> {
        let mut workbook = Workbook::new();
        // beside the file: the system's place for temporary files may be small, or memory
        if let Some(folder) = path.parent() {
            workbook.set_tempdir(folder)?;
        }
        let mut book = Book {
            workbook,
            path: path.to_owned(),
            headings,
            sheets: 0,
            rows: 0,
            sheet_rows,
            bold: Format::new().set_bold(),
            whole: Format::new().set_num_format("#,##0"),
            money: Format::new().set_num_format("#,##0.00"),
            at: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
        };
        book.add_sheet()?;
        Ok(book)
    }

    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, heading) in self.headings.iter().enumerate() {
            let column = column as u16;
            sheet.set_column_width(column, 18)?;
            sheet.write_string_with_format(0, column, heading, &self.bold)?;
        }
        self.sheets += 1;
        self.rows = 1;
        Ok(())
    }

    fn add(&mut self, row: &[Cell]) -> Result<(), XlsxError> {
        if self.rows > self.sheet_rows {
            self.add_sheet()?;
        }
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (column, cell) in row.iter().enumerate() {
            let (at, column) = (self.rows, column as u16);
            match cell {
                Cell::Empty => {}
                // a string is never a formula
                Cell::Text(text) if text.chars().count() > CELL_CHARS => {
                    let cut: String = text.chars().take(CELL_CHARS).collect();
                    sheet.write_string(at, column, cut)?;
                }
                Cell::Text(text) => {
                    sheet.write_string(at, column, text)?;
                }
                Cell::Number(number) => {
                    sheet.write_number_with_format(at, column, *number as f64, &self.whole)?;
                }
                Cell::Amount(minor, digits) => {
                    let format = if *digits == 0 { &self.whole } else { &self.money };
                    sheet.write_number_with_format(at, column, *minor as f64 / 10_f64.powi(*digits as i32), format)?;
                }
                Cell::At(time) => {
                    sheet.write_number_with_format(at, column, serial(*time), &self.at)?;
                }
            }
        }
        self.rows += 1;
        Ok(())
    }
}

/// An instant as Excel counts: days from the last but one of 1899.
fn serial(at: NaiveDateTime) -> f64 {
    let start = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default().and_hms_opt(0, 0, 0).unwrap_or_default();
    (at - start).num_seconds() as f64 / 86_400.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_file_is_what_excel_reads_here_and_no_text_in_it_is_a_formula() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut sheet = Sheet::create(&path, ExportFormat::Csv, vec!["Client".into(), "Total".into()]).unwrap();
        sheet.add(vec![Cell::Text("=1+1".into()), Cell::Amount(-120_405, 2)]).unwrap();
        sheet.add(vec![Cell::Text("Țuțu; \"SRL\"".into()), Cell::Amount(1_204, 0)]).unwrap();
        sheet.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "\u{feff}Client;Total\r\n'=1+1;-1204,05\r\n\"Țuțu; \"\"SRL\"\"\";1204\r\n");
    }

    #[test]
    fn more_rows_than_a_sheet_holds_go_on_in_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        let mut book = Book::create(&path, vec!["Total".into()], 3).unwrap();
        for n in 0..7 {
            book.add(&[Cell::Amount(n, 2)]).unwrap();
        }
        assert_eq!((book.sheets, book.rows), (3, 2));
        Sheet::Xlsx(Box::new(book)).finish().unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() > 1000);
    }

    #[test]
    fn instants_are_excels_days() {
        let at = NaiveDate::from_ymd_opt(2026, 11, 26).unwrap().and_hms_opt(12, 0, 0).unwrap();
        assert_eq!(serial(at), 46_352.5);
    }
}
