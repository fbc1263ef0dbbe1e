//! A table's rows, one after the other, whatever it is kept in; and the headings over them.

use super::FileTrouble;
use super::text::{Allowance, Encoding};
use crate::shops::{Reason, ReasonCode};
use csv::{ByteRecord, StringRecord};
use encoding_rs_io::DecodeReaderBytes;
use std::io::Read;

pub(super) const MAX_COLUMNS: usize = 500;
pub(super) const MAX_CELL: usize = 64 * 1024;
pub(super) const MAX_ROW: usize = 1024 * 1024;

/// What a cell holds. Text is all there is in a file of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A decimal with a point.
    Number,
    /// `2026-11-20T23:41:07`, without an offset.
    Date,
    /// What cannot be taken at its word, and why; the text is what stands there.
    Bad(ReasonCode),
}

/// A row, and the line on which it starts.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) line: usize,
    cells: StringRecord,
    /// Blank where all is text.
    kinds: Vec<Kind>,
}

impl Row {
    pub(super) fn new(line: usize, cells: StringRecord, kinds: Vec<Kind>) -> Self {
        Row { line, cells, kinds }
    }

    /// The text of a cell, trimmed; blank beyond the row's end.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or_default().trim()
    }

    pub(super) fn kind(&self, column: usize) -> Kind {
        self.kinds.get(column).copied().unwrap_or(Kind::Text)
    }

    pub(super) fn bytes(&self) -> usize {
        self.cells.as_slice().len() + self.cells.len()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    pub(super) fn texts(&self, count: usize) -> Vec<String> {
        (0..count).map(|column| self.cell(column).to_owned()).collect()
    }

    /// How many cells there are up to the last that is not blank.
    pub(super) fn width(&self) -> usize {
        self.cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).last().map_or(0, |(at, _)| at + 1)
    }
}

/// A row that cannot be read.
#[derive(Debug, Clone)]
pub(super) struct BadRow {
    pub(super) line: usize,
    /// The column of the cell, where it is one.
    pub(super) column: Option<usize>,
    pub(super) reason: Reason,
    /// What of it can be read, to tell whose it is. None: nothing, and nothing after it either.
    pub(super) row: Option<Row>,
}

pub(super) type RowRead = Result<Row, BadRow>;

/// The first row as headings.
pub(super) fn headings(first: Option<RowRead>) -> Result<Vec<String>, FileTrouble> {
    let row = match first {
        None => return Err(ReasonCode::FileEmpty.into()),
        Some(Err(bad)) => return Err(bad.reason.into()),
        Some(Ok(row)) => row,
    };
    let width = row.width();
    if width > MAX_COLUMNS {
        return Err(ReasonCode::TooManyColumns.with("count", width).with("most", MAX_COLUMNS).into());
    }
    if width < 2 {
        return Err(ReasonCode::NoHeadings.into());
    }
    Ok(row.texts(width))
}

/// How a text's lines are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    pub(super) delimiter: u8,
    /// A line `sep=;` comes first.
    pub(super) has_separator_line: bool,
    /// They end by a carriage return alone.
    pub(super) end_by_return: bool,
}

/// Rows of text with delimiters.
pub(super) struct CsvRows<R: Read> {
    reader: csv::Reader<Allowance<DecodeReaderBytes<R, Vec<u8>>>>,
    encoding: Encoding,
    raw: ByteRecord,
    /// The line end is read with its row; otherwise with the next one, as the reader does it for `\r\n`.
    takes_line_end: Option<bool>,
    is_over: bool,
}

impl<R: Read> CsvRows<R> {
    /// From the start of the file on, headings and all.
    pub(super) fn new(source: R, encoding: Encoding, way: Lines) -> Self {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(way.delimiter)
            .from_reader(Allowance::new(encoding.decode(source), way.end_by_return));
        let mut rows = CsvRows { reader, encoding, raw: ByteRecord::new(), takes_line_end: None, is_over: false };
        if way.has_separator_line {
            rows.next();
        }
        rows
    }

    /// The line on which the row that was just read starts.
    fn line(&mut self) -> usize {
        let end = self.reader.position().line() as usize;
        let inside = self.raw.as_slice().iter().filter(|byte| **byte == b'\n').count();
        let before = self.raw.position().map_or(1, |at| at.line() as usize);
        let takes_line_end = *self.takes_line_end.get_or_insert(end > before + inside);
        before.max((end - inside).saturating_sub(usize::from(takes_line_end)))
    }

    fn check(&self, line: usize) -> RowRead {
        let bad = |column, reason: Reason| {
            let start = |cell: &[u8]| String::from_utf8_lossy(&cell[..cell.len().min(100)]).into_owned();
            let row = Row::new(line, self.raw.iter().map(start).collect(), Vec::new());
            BadRow { line, column, reason, row: Some(row) }
        };
        if self.raw.as_slice().len() > MAX_ROW {
            return Err(bad(None, ReasonCode::RowTooLong.with("most", MAX_ROW / 1024)));
        }
        if let Some(column) = self.raw.iter().position(|cell| cell.len() > MAX_CELL) {
            return Err(bad(Some(column), ReasonCode::CellTooLong.with("most", MAX_CELL / 1024)));
        }
        let cells = StringRecord::from_byte_record(self.raw.clone()).map_err(|error| {
            let column = error.utf8_error().field();
            bad(Some(column), ReasonCode::NotItsEncoding.with("encoding", self.encoding.as_str()))
        })?;
        let stray = |c: char| self.encoding.is_stray(c) || c == '\0';
        if cells.as_slice().contains(stray) {
            let column = cells.iter().position(|cell| cell.contains(stray));
            return Err(bad(column, ReasonCode::NotItsEncoding.with("encoding", self.encoding.as_str())));
        }
        Ok(Row::new(line, cells, Vec::new()))
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = RowRead;

    fn next(&mut self) -> Option<RowRead> {
        while !self.is_over {
            self.reader.get_mut().allow(MAX_ROW);
            let line = self.reader.position().line() as usize;
            match self.reader.read_byte_record(&mut self.raw) {
                Ok(false) => self.is_over = true,
                Ok(true) => {
                    let line = self.line();
                    match self.check(line) {
                        Ok(row) if row.is_blank() => {}
                        read => return Some(read),
                    }
                }
                Err(error) => {
                    self.is_over = true;
                    let reason = match self.reader.get_ref().is_used_up() {
                        true => ReasonCode::RowWithoutEnd.with("most", MAX_ROW / 1024),
                        false => ReasonCode::BrokenOff.with("words", error),
                    };
                    return Some(Err(BadRow { line, column: None, reason, row: None }));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn commas() -> Lines {
        Lines { delimiter: b',', has_separator_line: false, end_by_return: false }
    }

    fn rows(bytes: &[u8]) -> Vec<RowRead> {
        CsvRows::new(bytes, Encoding::of(bytes, true), commas()).collect()
    }

    #[test]
    fn rows_are_told_by_the_line_they_start_on_and_blank_ones_are_none() {
        for text in ["a,b\r\n\"1\r\n2\",3\r\n\r\n,\r\n4,5", "a,b\n\"1\n2\",3\n\n,\n4,5", "a,b\n\"1\n2\",3\n\n,\n4,5\n"]
        {
            let read = rows(text.as_bytes()).into_iter().map(|row| row.unwrap());
            let read: Vec<(usize, String)> = read.map(|row| (row.line, row.cell(1).to_owned())).collect();
            assert_eq!(read, [(1, "b".to_owned()), (2, "3".to_owned()), (6, "5".to_owned())], "{text:?}");
        }
    }

    #[test]
    fn a_cell_or_row_that_is_too_long_is_named_and_the_next_is_read() {
        let long = "x".repeat(MAX_CELL + 1);
        let read = rows(format!("a,b\n1,{long}\n2,3\n").as_bytes());
        let bad = read[1].as_ref().unwrap_err();
        assert_eq!((bad.column, bad.row.as_ref().unwrap().cell(0)), (Some(1), "1"));
        assert_eq!(read[2].as_ref().unwrap().cell(0), "2");
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_ends_the_file_and_says_where() {
        let read = rows(format!("a,b\n1,\"{}", "x\n".repeat(MAX_ROW)).as_bytes());
        assert_eq!(read.len(), 2);
        let bad = read[1].as_ref().unwrap_err();
        assert!(bad.row.is_none() && bad.line == 2 && bad.reason.code == ReasonCode::RowWithoutEnd, "{bad:?}");
    }

    #[test]
    fn text_that_is_none_costs_its_row_alone() {
        let bytes = b"a,b\n1,\xc4\x83\n2,\xe3\n3,x\0y\n4,5\n";
        let read: Vec<RowRead> = CsvRows::new(&bytes[..], Encoding::Utf8, commas()).collect();
        let wrong: Vec<bool> = read.iter().map(Result::is_err).collect();
        assert_eq!(wrong, [false, false, true, true, false]);
        assert!(read[2].as_ref().unwrap_err().reason.code == ReasonCode::NotItsEncoding);
    }

    proptest! {
        #[test]
        fn what_a_writer_of_tables_writes_reads_back_equal(
            table in prop::collection::vec(prop::collection::vec("[ -~ăîșțĂ\n\r\";,\t]{0,12}", 3), 1..20),
            delimiter in prop::sample::select(vec![b',', b';', b'\t']),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let trimmed = |row: &[String]| row.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
            let expected: Vec<Vec<String>> =
                table.iter().map(|row| trimmed(row)).filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
            let read = CsvRows::new(&bytes[..], Encoding::Utf8, Lines { delimiter, ..commas() });
            let read: Vec<Vec<String>> = read.map(|row| row.unwrap().texts(3)).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..2000), is_whole: bool) {
            let encoding = Encoding::of(&bytes, is_whole);
            prop_assert!(CsvRows::new(&bytes[..], encoding, commas()).count() <= bytes.len() + 1);
        }
    }
}
