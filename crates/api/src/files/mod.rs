//! Reports as files: tables in the reader's words, written as XLSX or laid out as a PDF.

mod month;
mod pdf;
#[cfg(test)]
mod tests;
mod xlsx;

pub(crate) use month::month_paper;

use crate::dto::Amount;
use crate::error::{ApiError, ErrorCode};
use punte_domain::Currency;
use std::collections::BTreeMap;

/// What stands in a table's field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Count(u64),
    Amount(Amount),
    /// Decimal text, in percent.
    Percent(String),
}

impl Cell {
    fn is_number(&self) -> bool {
        !matches!(self, Cell::Text(_))
    }
}

pub(crate) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

pub(crate) struct Table {
    pub title: String,
    pub headings: Vec<String>,
    /// Share of the page's width that each column has.
    pub widths: Vec<f32>,
    pub rows: Vec<Vec<Cell>>,
    /// Said where there is no row.
    pub empty: String,
}

/// A report before it is a file.
pub(crate) struct Paper {
    pub title: String,
    /// Lines under the title.
    pub about: Vec<String>,
    pub tables: Vec<Table>,
    /// `ro` or `en`: how numbers are written.
    pub language: String,
}

/// The screen's words by key. What is missing stands for itself, so that nothing is left out.
pub(crate) struct Words<'w>(pub &'w BTreeMap<String, String>);

impl Words<'_> {
    pub fn get(&self, key: &str) -> String {
        self.0.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// The first of several that there is, else the code itself.
    pub fn of(&self, groups: &[&str], code: &str) -> String {
        let found = groups.iter().find_map(|group| self.0.get(&format!("{group}.{code}")));
        found.cloned().unwrap_or_else(|| code.to_owned())
    }
}

impl Paper {
    /// The bytes of a file and its media type.
    ///
    /// # Errors
    /// `InvalidInput` for a format that there is none of; `Internal` where the file cannot be written.
    pub fn write(&self, format: &str) -> Result<(Vec<u8>, &'static str), ApiError> {
        let failed = |error: String| ApiError::new(ErrorCode::Internal, error);
        match format {
            "xlsx" => {
                let bytes = xlsx::write(self).map_err(|error| failed(error.to_string()))?;
                Ok((bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
            }
            "pdf" => Ok((pdf::write(self).map_err(failed)?, "application/pdf")),
            other => Err(ApiError::invalid("format", other)),
        }
    }

    /// A field as people read it.
    fn in_words(&self, cell: &Cell) -> String {
        match cell {
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => self.grouped(&count.to_string()),
            Cell::Percent(rate) => format!("{} %", self.decimal(rate)),
            Cell::Amount(amount) => {
                let exponent = Currency::parse(&amount.currency).map_or(2, Currency::exponent);
                let value = rust_decimal::Decimal::new(amount.minor, exponent);
                self.decimal(&value.to_string())
            }
        }
    }

    fn decimal(&self, text: &str) -> String {
        let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("\u{2212}", rest));
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let point = if self.language == "en" { "." } else { "," };
        let part = if part.is_empty() { String::new() } else { format!("{point}{part}") };
        format!("{sign}{}{part}", self.grouped(whole))
    }

    fn grouped(&self, digits: &str) -> String {
        let mark = if self.language == "en" { ',' } else { '.' };
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(mark);
            }
            out.push(digit);
        }
        out
    }
}
