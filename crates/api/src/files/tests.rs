use super::*;

fn amount(minor: i64) -> Cell {
    Cell::Amount(Amount { minor, currency: "RON".into() })
}

fn paper(rows: usize) -> Paper {
    let row = |at: usize| vec![text(format!("Țîru și Șerban {at}")), Cell::Count(1200), amount(-123_456)];
    Paper {
        title: "Închiderea lunii 2026-11".into(),
        about: vec!["Închisă de: Ana".into()],
        tables: vec![
            Table {
                title: "Emise în lună".into(),
                headings: vec!["Ce".into(), "Câte".into(), "Total".into()],
                widths: vec![3.0, 1.0, 2.0],
                rows: (0..rows).map(row).collect(),
                empty: "Nimic".into(),
            },
            Table {
                title: "Goluri/serii [FCT]".into(),
                headings: vec!["Serie".into()],
                widths: vec![1.0],
                rows: Vec::new(),
                empty: "Nicio lipsă".into(),
            },
        ],
        language: "ro".into(),
    }
}

#[test]
fn the_pdf_holds_every_letter_and_breaks_pages_with_the_headings_again() {
    let (bytes, media_type) = paper(90).write("pdf").unwrap();
    assert_eq!(media_type, "application/pdf");
    let text = pdf_extract::extract_text_from_mem(&bytes).unwrap();
    for wanted in ["Închiderea lunii 2026-11", "Țîru și Șerban 89", "\u{2212}1.234,56", "1.200", "Nicio lipsă"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let pages = pdf_extract::extract_text_from_mem_by_pages(&bytes).unwrap();
    assert!(pages.len() >= 2, "{} pages", pages.len());
    assert!(pages[1].contains("Câte"), "the headings stand on the second page, too: {}", pages[1]);
    assert!(pages[1].contains(&format!("2 / {}", pages.len())));
}

#[test]
fn numbers_are_written_in_the_readers_way() {
    let ro = paper(0);
    assert_eq!(ro.in_words(&amount(123_456_789)), "1.234.567,89");
    assert_eq!(ro.in_words(&Cell::Percent("11".into())), "11 %");
    let en = Paper { language: "en".into(), ..paper(0) };
    assert_eq!(en.in_words(&amount(-5)), "\u{2212}0.05");
    assert_eq!(en.in_words(&Cell::Count(1_000_000)), "1,000,000");
}

#[test]
fn the_workbook_has_a_sheet_a_table_and_no_formula_in_a_text() {
    let mut paper = paper(2);
    paper.tables[0].rows[0][0] = text("=1+1");
    let (bytes, _) = paper.write("xlsx").unwrap();
    let read = |name: &str| part(&bytes, name);
    assert!(read("xl/workbook.xml").contains("2 Goluriserii FCT"));
    let sheet = read("xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<v>-1234.56</v>"), "an amount is a number: {sheet}");
    assert!(!sheet.contains("<f>"), "{sheet}");
    assert!(read("xl/sharedStrings.xml").contains("=1+1"));
}

#[test]
fn a_format_that_is_none_is_refused() {
    assert_eq!(paper(1).write("doc").unwrap_err().field.as_deref(), Some("format"));
}

/// A file of a workbook, unpacked.
fn part(bytes: &[u8], name: &str) -> String {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}
