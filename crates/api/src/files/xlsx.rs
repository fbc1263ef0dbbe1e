//! A report as a workbook: one sheet a table, numbers as numbers.

use super::{Cell, Paper, Table};
use punte_domain::Currency;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

/// Letters that Excel allows in a sheet's name.
const NAME: usize = 31;

pub(super) fn write(paper: &Paper) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    for (at, table) in paper.tables.iter().enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(at, &table.title))?;
        let mut row = 0;
        if at == 0 {
            sheet.write_string_with_format(row, 0, &paper.title, &Format::new().set_bold().set_font_size(14))?;
            for line in &paper.about {
                row += 1;
                sheet.write_string(row, 0, line)?;
            }
            row += 2;
        }
        write_table(sheet, table, row, &bold)?;
    }
    book.save_to_buffer()
}

fn write_table(sheet: &mut Worksheet, table: &Table, first: u32, bold: &Format) -> Result<(), XlsxError> {
    for (at, heading) in table.headings.iter().enumerate() {
        let column = at as u16;
        sheet.write_string_with_format(first, column, heading, bold)?;
        let longest = table.rows.iter().filter_map(|row| row.get(at)).map(length).max().unwrap_or(0);
        sheet.set_column_width(column, longest.max(heading.chars().count()).clamp(8, 60) as f64 + 2.0)?;
    }
    for (at, row) in table.rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            write_cell(sheet, first + 1 + at as u32, column as u16, cell)?;
        }
    }
    if table.rows.is_empty() {
        sheet.write_string(first + 1, 0, &table.empty)?;
    }
    sheet.set_freeze_panes(first + 1, 0)?;
    Ok(())
}

fn length(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.chars().count(),
        Cell::Count(_) | Cell::Percent(_) => 8,
        Cell::Amount(_) => 14,
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        // text stays text: what begins with an equals sign is no formula
        Cell::Text(text) => sheet.write_string(row, column, text)?,
        Cell::Count(count) => sheet.write_number(row, column, *count as f64)?,
        Cell::Percent(rate) => {
            let rate = rate.parse::<Decimal>().ok().and_then(|rate| rate.to_f64()).unwrap_or_default();
            sheet.write_number_with_format(row, column, rate, &Format::new().set_num_format("0.##"))?
        }
        Cell::Amount(amount) => {
            let exponent = Currency::parse(&amount.currency).map_or(2, Currency::exponent);
            let value = Decimal::new(amount.minor, exponent).to_f64().unwrap_or_default();
            let format = if exponent == 0 { "#,##0" } else { "#,##0.00" };
            sheet.write_number_with_format(row, column, value, &Format::new().set_num_format(format))?
        }
    };
    Ok(())
}

/// A sheet's name: no letters that Excel forbids, not too long, never the same twice.
fn sheet_name(at: usize, title: &str) -> String {
    let plain: String = title.chars().filter(|letter| !"[]:*?/\\'".contains(*letter)).collect();
    format!("{} {plain}", at + 1).chars().take(NAME).collect()
}
