//! Whole files of every kind, as shops and people write them.

use super::*;
use proptest::prelude::*;
use punte_domain::OrderStatus;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

mod json;

/// A file of these bytes, which stays as long as the folder does.
fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders");
    File::create(&path).unwrap().write_all(bytes).unwrap();
    (folder, path)
}

type Told = (usize, Option<String>, String, String);

/// What is taken of a file, by line, and what is not.
fn read(orders: Orders) -> (Vec<(usize, Value)>, Vec<Told>) {
    let (mut taken, mut told) = (Vec::new(), Vec::new());
    for order in orders {
        match order {
            Ok((line, order)) => taken.push((line, order.raw)),
            Err(one) => told.push((one.line, one.order, one.field, one.reason.to_string())),
        }
    }
    (taken, told)
}

fn csv(text: &str, columns: Option<&Columns>) -> (Vec<(usize, Value)>, Vec<Told>) {
    read(orders_from_csv(Cursor::new(text.as_bytes().to_vec()), columns).unwrap())
}

fn trouble(bytes: &[u8]) -> String {
    let (_folder, path) = file(bytes);
    match open(&path, None) {
        Err(trouble) => trouble.code().to_owned(),
        Ok(orders) => format!("{} orders", orders.count()),
    }
}

fn own(rows: &str) -> String {
    format!(
        "number,date,total,customer.name,customer.address,customer.city,customer.county,line.name,line.quantity,line.unit_price,line.vat_rate\n{rows}"
    )
}

const SHOPIFY: &str = include_str!("tests/shopify.csv");
const ADVANCED: &str = include_str!("tests/advanced-order-export.csv");
const WEBTOFFEE: &str = include_str!("tests/webtoffee.csv");
const ITEMS: &str = include_str!("tests/customer-order-export.csv");

#[test]
fn shopify_s_export_becomes_orders_to_the_cent() {
    let (_folder, path) = file(SHOPIFY.as_bytes());
    let outline = outline(&path).unwrap();
    assert_eq!(
        (outline.layout, outline.delimiter.as_str(), outline.encoding.as_str()),
        (Some(Layout::Shopify), ",", "utf-8")
    );
    assert_eq!((outline.headings.len(), outline.rows.len()), (79, 5));
    let (taken, told) = read(open(&path, None).unwrap());
    let first = &taken[0];
    assert_eq!(
        first,
        &(
            2,
            json!({
                "id": "7410991464714", "number": "1001", "status": "completed", "date": "2026-11-20T09:50:26+02:00",
                "updated": "2026-11-21T14:21:21+02:00", "paid_at": "2026-11-20T09:50:30+02:00",
                "completed_at": "2026-11-21T14:21:21+02:00", "currency": "RON", "total": "117.8",
                "customer": {
                    "name": "Ana Ionescu", "company": "EXEMPLU SRL", "tax_id": "RO12345674", "email": "ana@example.com",
                    "phone": "+40700000000", "address": "Str. Test 99", "city": "Sector 1", "county": "B",
                    "postcode": "010001", "country": "RO",
                },
                "lines": [
                    {"kind": "product", "name": "Cană, \"mare\"", "code": "CANA-01", "quantity": "3", "unit_price": "34.9", "vat_rate": "21"},
                    {"kind": "product", "name": "Farfurie", "quantity": "1", "unit_price": "8.1", "vat_rate": "21"},
                    {"kind": "shipping", "name": "Curier", "quantity": "1", "unit_price": "15", "vat_rate": "21"},
                    {"kind": "discount", "name": "VARA", "quantity": "1", "unit_price": "10", "vat_rate": "21"},
                ],
                "payment": {"method": "card", "paid": true, "reference": "rIw4QX"},
            })
        )
    );
    let status = |number: &str| {
        let (_, raw) = taken.iter().find(|(_, raw)| raw["number"] == number).unwrap();
        raw["status"].as_str().unwrap().to_owned()
    };
    for (number, expected) in [("1002", "open"), ("1003", "paid"), ("1004", "cancelled"), ("1005", "refunded")] {
        assert_eq!(status(number), expected, "{number}");
    }
    let of = |number: &str| &taken.iter().find(|(_, raw)| raw["number"] == number).unwrap().1;
    assert_eq!(of("1002")["payment"], json!({"method": "cash_on_delivery", "paid": false}));
    assert_eq!(of("1003")["refunds"], json!([{"id": "refunded", "amount": "20"}]));
    assert_eq!(of("1003")["lines"][0]["unit_price"], "60.5", "prices without VAT, as the order's own sums say");
    assert_eq!(of("1006")["invoiced_elsewhere"], "SmartBill FCT 0042");
    assert_eq!(of("1006")["lines"][1]["vat_rate"], "0", "a gift card is not taxable");
    let told: Vec<_> =
        told.iter().map(|(line, order, field, _)| (*line, order.as_deref().unwrap(), field.as_str())).collect();
    assert_eq!(told, [(12, "1007", "lines[0].vat_rate"), (13, "1008", "subtotal"), (14, "1001", "number")]);
}

#[test]
fn exports_of_woocommerce_s_plugins_come_to_the_same_order() {
    let lines = json!([
        {"kind": "product", "name": "Cană ceramică", "code": "CANA-01", "quantity": "3", "unit_price": "8.99", "vat_rate": "21"},
        {"kind": "product", "name": "Tricou | roșu", "code": "TR-2", "quantity": "1", "unit_price": "45", "vat_rate": "21"},
        {"kind": "shipping", "name": "Curier", "quantity": "1", "unit_price": "19.99", "vat_rate": "21"},
    ]);
    for (name, text) in [("advanced", ADVANCED), ("webtoffee", WEBTOFFEE), ("items", ITEMS)] {
        let (_folder, path) = file(text.as_bytes());
        assert_eq!(outline(&path).unwrap().layout, Some(Layout::WooCommerce), "{name}");
        let (taken, told) = read(open(&path, None).unwrap());
        assert_eq!(told, [], "{name}");
        let raw = &taken[0].1;
        assert_eq!(raw["lines"], lines, "{name}");
        assert_eq!(
            (&raw["number"], &raw["total"], &raw["status"]),
            (&json!("10452"), &json!("91.96"), &json!("completed")),
            "{name}"
        );
        assert_eq!(
            (&raw["customer"]["name"], &raw["customer"]["county"]),
            (&json!("Ana Ionescu"), &json!("B")),
            "{name}"
        );
        assert_eq!((taken.len(), &taken[1].1["status"]), (2, &json!("paid")), "{name}");
    }
}

#[test]
fn the_example_of_the_documents_is_taken_in_as_it_stands() {
    let page = include_str!("../../../../../docs/imports.md");
    let (_, rest) = page.split_once("```csv\n").unwrap();
    let (table, _) = rest.split_once("```").unwrap();
    let (_folder, path) = file(table.as_bytes());
    assert_eq!(outline(&path).unwrap().layout, Some(Layout::Own));
    let (taken, told) = read(open(&path, None).unwrap());
    assert_eq!((taken.len(), told), (2, vec![]));
    assert_eq!(taken[0].1["lines"].as_array().unwrap().len(), 3);
    for field in fields() {
        assert!(page.contains(&format!("`{}`", field.name)), "{} is not in the documents", field.name);
    }
}

#[test]
fn a_workbook_reads_as_its_cells_show() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Gol").unwrap();
    let sheet = book.add_worksheet();
    let headings = [
        "Nr. comandă",
        "Dată",
        "Client",
        "Adresă",
        "Localitate",
        "Județ",
        "Produs",
        "Cantitate",
        "Preț",
        "Cotă TVA",
        "Total",
    ];
    for (column, heading) in headings.iter().enumerate() {
        sheet.write(0, column as u16, *heading).unwrap();
    }
    let date = Format::new().set_num_format("dd.mm.yyyy hh:mm");
    let at = ExcelDateTime::from_ymd(2026, 11, 20).unwrap().and_hms(23, 41, 7).unwrap();
    for row in 1..=2 {
        sheet.write(row, 0, 1001).unwrap();
        sheet.write_with_format(row, 1, &at, &date).unwrap();
        for (column, text) in [(2, "Ana Ionescu"), (3, "Str. Test 99"), (4, "Cluj-Napoca"), (5, "CJ"), (6, "Cană")] {
            sheet.write(row, column, text).unwrap();
        }
        sheet.write(row, 7, 1).unwrap();
        sheet.write(row, 8, 0.1 + 0.2).unwrap();
        sheet.write(row, 9, 21).unwrap();
        sheet.write(row, 10, 0.6).unwrap();
    }
    sheet.write(4, 0, 1002).unwrap();
    sheet.write(4, 1, 46346.5).unwrap();
    sheet.write(4, 10, 1).unwrap();
    let (_folder, path) = file(&book.save_to_buffer().unwrap());
    let outline = outline(&path).unwrap();
    assert_eq!((outline.format, outline.layout, outline.headings.len()), (FileFormat::Xlsx, Some(Layout::Own), 11));
    assert_eq!(outline.rows[0][1], "2026-11-20T23:41:07");
    let mut orders = open(&path, None).unwrap();
    let (line, order) = orders.next().unwrap().unwrap();
    assert_eq!((line, &order.raw["date"]), (2, &json!("2026-11-20T23:41:07+02:00")));
    assert_eq!(
        order.raw["lines"][1],
        json!({"kind": "product", "name": "Cană", "quantity": "1", "unit_price": "0.3", "vat_rate": "21"})
    );
    assert_eq!((&order.raw["number"], order.head.status), (&json!("1001"), OrderStatus::Paid));
    let rejected = orders.next().unwrap().unwrap_err();
    assert_eq!((rejected.line, rejected.field.as_str()), (5, "date"), "{}", rejected.reason);
    assert!(orders.next().is_none() && orders.progress() == 1000);
}

#[test]
fn what_is_no_table_is_named_for_what_it_is() {
    for (bytes, code) in [
        (&b""[..], "file_empty"),
        (b" \n \n", "file_empty"),
        (b"<html><body>Export</body></html>", "web_page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
        (b"PK\x03\x04and nothing else", "workbook_damaged"),
        (b"a,b\0c", "not_text"),
        (b"only words", "no_headings"),
        (b"number,colour\n1,red", "column_missing"),
    ] {
        assert_eq!(trouble(bytes), code, "{bytes:?}");
    }
    assert_eq!(trouble(vec!["h"; 501].join(",").as_bytes()), "too_many_columns");
    assert_eq!(open(Path::new("/nowhere/orders.csv"), None).err().unwrap().code(), "file_not_readable");
}

#[test]
fn columns_and_defaults_are_checked_before_any_row() {
    let text = own("1,2026-11-20,10,Ana,Str. 1,Cluj-Napoca,CJ,Cană,1,10,21\n");
    let (_folder, path) = file(text.as_bytes());
    let sound = outline(&path).unwrap().suggested.unwrap();
    let with = |change: &dyn Fn(&mut Columns)| {
        let mut columns = sound.clone();
        change(&mut columns);
        match open(&path, Some(&columns)) {
            Err(trouble) => trouble.code().to_owned(),
            Ok(orders) => format!("{} orders", orders.count()),
        }
    };
    assert_eq!(with(&|_| {}), "1 orders");
    let put = |columns: &mut Columns, field: &str, heading: &str| {
        columns.columns.insert(field.to_owned(), heading.to_owned());
    };
    assert_eq!(with(&|columns| put(columns, "total", "Total!")), "no_such_heading");
    assert_eq!(with(&|columns| put(columns, "colour", "total")), "unknown_field");
    assert_eq!(with(&|columns| put(columns, "total", "")), "column_missing");
    assert_eq!(with(&|columns| columns.prices_include_vat = false), "1 orders");
    for change in [
        &(|columns: &mut Columns| columns.currency = "LEI".to_owned()) as &dyn Fn(&mut Columns),
        &|columns| columns.country = "Romania".to_owned(),
        &|columns| columns.vat_rate = Some("100".to_owned()),
        &|columns| columns.vat_rate = Some("-1".to_owned()),
        &|columns| columns.status = "open".to_owned(),
        &|columns| columns.dates = "american".to_owned(),
        &|columns| columns.numbers = "1.0".to_owned(),
    ] {
        assert_eq!(with(change), "bad_default");
    }
    assert_eq!(with(&|columns| (columns.currency, columns.vat_rate) = (String::new(), None)), "column_missing");
}

#[test]
fn an_order_whose_rows_do_not_stand_together_is_told_with_both_lines() {
    let row = |number, name| format!("{number},2026-11-20,20,Ana,Str. 1,Cluj-Napoca,CJ,{name},1,10,21\n");
    let (taken, told) =
        csv(&own(&[row(1, "a"), row(1, "b"), row(2, "c"), row(2, "d"), row(1, "e"), row(1, "f")].concat()), None);
    assert_eq!(taken.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(told.len(), 1, "once, however many rows");
    assert_eq!((told[0].0, told[0].1.as_deref()), (6, Some("1")));
    assert_eq!(told[0].3, "rows_apart: 2");
}

#[test]
fn an_order_of_which_a_row_cannot_be_read_is_not_taken_without_it() {
    let row = |number: u32, name: &str| {
        format!("{number},2026-11-20,20,Ana,Str. 1,Cluj-Napoca,CJ,{name},1,10,21\n").into_bytes()
    };
    let bytes = [own("").into_bytes(), row(1, "ă"), row(2, "b"), row(2, "X"), row(3, "d")].concat();
    let bytes: Vec<u8> = bytes.into_iter().map(|byte| if byte == b'X' { 0xe3 } else { byte }).collect();
    // the first letter beyond ASCII is UTF-8's, so the table is
    let way = Lines { delimiter: b',', has_separator_line: false, end_by_return: false };
    let rows = Box::new(CsvRows::new(Cursor::new(bytes), Encoding::Utf8, way));
    let gauge = Gauge { read: Arc::default(), whole: 0 };
    let table = Table::new(FileFormat::Csv, "utf-8", ",".to_owned(), rows, gauge).unwrap();
    let (taken, told) = read(table.orders(None).unwrap());
    assert_eq!(taken.iter().map(|(_, raw)| raw["number"].as_str().unwrap()).collect::<Vec<_>>(), ["1", "3"]);
    assert_eq!((told.len(), told[0].0, told[0].1.as_deref(), told[0].2.as_str()), (1, 4, Some("2"), "line.name"));
}

#[test]
fn rows_that_say_different_things_of_one_order_are_not_one_order() {
    let text = own("1,2026-11-20,20,Ana,Str. 1,Cluj,CJ,a,1,10,21\n1,2026-11-20,30,Ana,Str. 1,Cluj,CJ,b,1,10,21\n");
    let (taken, told) = csv(&text, None);
    assert_eq!((taken.len(), told[0].2.as_str()), (0, "total"));
    assert_eq!(told[0].3, "rows_differ: 20, 2, 30, 3");
}

#[test]
fn rows_without_a_number_go_on_with_the_order_before_them() {
    let text = own("1,2026-11-20,20,Ana,Str. 1,Cluj,CJ,a,1,10,21\n,,,,,,,b,1,10,21\n,2026-11-20,5,,,,,c,1,10,21\n");
    let (taken, told) = csv(&text, None);
    assert_eq!((taken.len(), taken[0].1["lines"].as_array().unwrap().len()), (1, 2));
    assert_eq!((told[0].0, told[0].2.as_str(), told[0].3.as_str()), (4, "number", "blank"));
}

#[test]
fn lines_that_end_by_a_carriage_return_alone_are_counted() {
    let text =
        own("1,2026-11-20,10,Ana,\"Str. 1\nsc. B\",Cluj,CJ,a,1,10,21\n2,2026-11-20,x,Ana,Str. 1,Cluj,CJ,a,1,10,21\n");
    let (taken, told) = csv(&text.replace('\n', "\r"), None);
    assert_eq!((taken[0].0, told[0].0, told[0].2.as_str()), (2, 4, "total"));
    assert_eq!(taken[0].1["customer"]["address"], "Str. 1\nsc. B");
    let (_, told) = csv(&format!("sep=;\r{}", text.replace(',', ";").replace('\n', "\r")), None);
    assert_eq!(told[0].0, 5);
}

#[test]
fn lines_in_columns_that_are_numbered_are_read_as_far_as_they_go() {
    let text = "order number,date,total,client,adresa,oras,Item 1 Name,Item 1 Qty,Item 1 Price,Item 2 Name,Item 2 Qty,Item 2 Price\n\
                7,2026-11-20,30,Ana,Str. 1,Cluj,a,1,10,b,2,10\n8,2026-11-20,10,Ana,Str. 1,Cluj,c,1,10,,,\n";
    let (_folder, path) = file(text.as_bytes());
    let mut columns = outline(&path).unwrap().suggested.unwrap();
    for (field, heading) in
        [("line.name", "Item 1 Name"), ("line.quantity", "Item 1 Qty"), ("line.unit_price", "Item 1 Price")]
    {
        columns.columns.insert(field.to_owned(), heading.to_owned());
    }
    let (taken, told) = read(open(&path, Some(&columns)).unwrap());
    assert_eq!(told, []);
    let counts: Vec<usize> = taken.iter().map(|(_, raw)| raw["lines"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [2, 1]);
}

#[test]
fn an_amount_that_could_be_two_is_told_by_its_column_or_not_taken() {
    let rows = |total: &str| {
        own(&format!(
            "1;2026-11-20;1.234;Ana;Str. 1;Cluj;CJ;a;1;1234;21\n2;20.11.2026;{total};Ana;Str. 1;Cluj;CJ;a;1;10,00;21\n"
        ))
        .replace(',', ";")
    };
    let (taken, _) = csv(&rows("\"10,50\"").replace("\"10;50\"", "\"10,50\"").replace("10;00", "10,00"), None);
    assert_eq!(taken[0].1["total"], "1234", "the other total has a decimal comma");
    let (taken, told) = csv(&rows("10").replace("10;00", "10,00"), None);
    assert_eq!((taken.len(), told[0].2.as_str()), (1, "total"));
}

#[test]
fn an_order_of_too_many_lines_is_told_and_costs_no_memory() {
    let row = "1,2026-11-20,20,Ana,Str. 1,Cluj-Napoca,CJ,a,1,10,21\n";
    let (taken, told) = csv(&own(&[&row.repeat(401), "2,2026-11-20,10,Ana,Str. 1,Cluj,CJ,a,1,10,21\n"].concat()), None);
    assert_eq!((taken.len(), told.len(), told[0].2.as_str()), (1, 1, "lines"));
    assert_eq!(csv(&own(&row.repeat(400)), None).0.len(), 1);
}

#[test]
fn a_table_of_another_alphabet_reads_as_it_was_written() {
    let text = "Nr. comandă;Dată;Client;Adresă;Localitate;Produs;Cantitate;Preț;Total\r\n1;20.11.2026;Ștefan;Str. 1;Iași;Cană;1;10,00;10,00\r\n";
    let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    // a Romanian Excel has cedillas for commas
    let old: Vec<u8> = text
        .chars()
        .map(|c| match c {
            'ă' => 0xe3,
            'Ș' => 0xaa,
            'ș' => 0xba,
            'ț' => 0xfe,
            c => c as u8,
        })
        .collect();
    for (bytes, encoding, name) in
        [(text.as_bytes().to_vec(), "utf-8", "Ștefan"), (wide, "utf-16le", "Ștefan"), (old, "windows-1250", "Ştefan")]
    {
        let (_folder, path) = file(&bytes);
        assert_eq!(outline(&path).unwrap().encoding, encoding);
        let (taken, told) = read(open(&path, None).unwrap());
        assert_eq!((told, &taken[0].1["customer"]["name"]), (vec![], &json!(name)), "{encoding}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_file_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), start in prop::sample::select(vec![
        &b""[..], b"PK\x03\x04", b"{", b"[", b"\xff\xfe", b"\xef\xbb\xbf", b"number,date\n",
    ])) {
        let (_folder, path) = file(&[start, &bytes].concat());
        let _ = outline(&path);
        if let Ok(orders) = open(&path, None) {
            prop_assert!(orders.count() <= bytes.len() + start.len());
        }
    }

    #[test]
    fn any_cells_are_orders_or_told(cells in prop::collection::vec("([0-9.,/:-]{0,12}|[ -~ăș€\u{85}]{0,8}|1|21|paid)", 0..66)) {
        let rows: Vec<String> = cells.chunks(11).map(|row| row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",")).collect();
        for suffix in [&cells.join(",")[..], &rows.join("\n")] {
            let orders = orders_from_csv(Cursor::new(own(suffix).into_bytes()), None);
            prop_assert!(orders.is_ok_and(|orders| orders.count() <= cells.len() + 1));
        }
    }

    #[test]
    fn a_table_that_was_written_is_read_back_equal(
        orders in prop::collection::vec((prop::collection::vec((1_u32..50, 1_i64..100_000), 1..5), "[a-zA-ZăîșțĂ\"',; ]{1,20}[a-z]"), 1..12),
        delimiter in prop::sample::select(vec![b',', b';', b'\t']), comma: bool,
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(own("").trim().split(',')).unwrap();
        let decimal = |minor: i64| {
            let text = format!("{}.{:02}", minor / 100, minor % 100);
            if comma { text.replace('.', ",") } else { text }
        };
        for (number, (lines, name)) in orders.iter().enumerate() {
            let total: i64 = lines.iter().map(|(quantity, price)| i64::from(*quantity) * price).sum();
            for (quantity, price) in lines {
                let cells = [&format!("C-{number}"), "2026-11-20 10:00", &decimal(total), name, "Str. 1", "Cluj-Napoca", "CJ", name, &quantity.to_string(), &decimal(*price), "21"];
                writer.write_record(cells).unwrap();
            }
        }
        let read = read(orders_from_csv(Cursor::new(writer.into_inner().unwrap()), None).unwrap());
        prop_assert_eq!(&read.1, &Vec::new());
        prop_assert_eq!(read.0.len(), orders.len());
        for ((_, raw), (lines, name)) in read.0.iter().zip(&orders) {
            prop_assert_eq!(raw["customer"]["name"].as_str().unwrap(), name.trim());
            let prices: Vec<(String, String)> = raw["lines"].as_array().unwrap().iter().map(|line| (line["quantity"].as_str().unwrap().to_owned(), line["unit_price"].as_str().unwrap().to_owned())).collect();
            let expected: Vec<(String, String)> = lines.iter().map(|(quantity, price)| (quantity.to_string(), rust_decimal::Decimal::new(*price, 2).normalize().to_string())).collect();
            prop_assert_eq!(prices, expected);
        }
    }
}
