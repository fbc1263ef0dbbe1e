//! How fast files of a million rows are read, and how much memory that takes: a CSV, and a workbook in both ways in which
//! spreadsheets keep text, each read by a process of its own, for its peak of memory to be its own.
//!
//! Writes `target/bench/files.json`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use punte_connectors::shops::file;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const ROWS: u32 = 1_000_000;
const HEADINGS: [&str; 14] = [
    "number",
    "date",
    "status",
    "total",
    "payment.method",
    "customer.name",
    "customer.email",
    "customer.address",
    "customer.city",
    "customer.county",
    "line.name",
    "line.quantity",
    "line.unit_price",
    "line.vat_rate",
];

/// The cells of a row; orders have one to four.
fn cells(row: u32) -> [String; 14] {
    let (order, lines) = (row / 10 * 4 + [0, 1, 1, 2, 2, 2, 3, 3, 3, 3][row as usize % 10], [1, 2, 3, 4]);
    let total = lines[order as usize % 4] * 1250;
    [
        format!("A-{order:07}"),
        format!("2026-{:02}-{:02} 10:{:02}:07", 9 + order % 3, 1 + order % 28, order % 60),
        "paid".to_owned(),
        format!("{}.{:02}", total / 100, total % 100),
        "card".to_owned(),
        format!("Ana Ionescu {order}"),
        format!("ana{order}@example.com"),
        format!("Str. Fără Nume {order}"),
        "Cluj-Napoca".to_owned(),
        "CJ".to_owned(),
        format!("Cană ceramică {}", row % 1000),
        "1".to_owned(),
        "12.50".to_owned(),
        "21".to_owned(),
    ]
}

fn write_csv(path: &Path) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(HEADINGS).unwrap();
    for row in 0..ROWS {
        writer.write_record(cells(row)).unwrap();
    }
    writer.flush().unwrap();
}

/// A workbook whose text is in its cells, or shared between them.
fn write_xlsx(path: &Path, is_shared: bool) {
    let mut book = Workbook::new();
    let sheet =
        if is_shared { book.add_worksheet_with_low_memory() } else { book.add_worksheet_with_constant_memory() };
    let sheet = sheet.unwrap();
    for (column, heading) in HEADINGS.iter().enumerate() {
        sheet.write(0, column as u16, *heading).unwrap();
    }
    for row in 0..ROWS {
        for (column, cell) in cells(row).into_iter().enumerate() {
            match column {
                3 | 11.. => sheet.write_number(row + 1, column as u16, cell.parse::<f64>().unwrap()).unwrap(),
                _ => sheet.write_string(row + 1, column as u16, cell).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    peak.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// Reads a file to its end and prints what that took.
fn measure(path: &Path) {
    let began = Instant::now();
    let (mut orders, mut rejected) = (0_u32, 0_u32);
    let mut first = None;
    for read in file::open(path, None).unwrap() {
        first.get_or_insert(began.elapsed().as_secs_f64());
        *if read.is_ok() { &mut orders } else { &mut rejected } += 1;
    }
    let (seconds, peak) = (began.elapsed().as_secs_f64(), peak_mib());
    println!("{}", json!({"orders": orders, "rejected": rejected, "s": seconds, "first_s": first, "peak_mib": peak}));
}

fn out_dir() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from).join("bench")
}

fn main() {
    if let Some(path) = std::env::var_os("PUNTE_BENCH_FILE") {
        return measure(Path::new(&path));
    }
    let dir = out_dir();
    std::fs::create_dir_all(&dir).unwrap();
    let folder = tempfile::tempdir_in(&dir).unwrap();
    let mut report = Vec::new();
    for (name, goal) in [("csv", Some(64)), ("xlsx", Some(64)), ("xlsx_shared", None)] {
        let path = folder.path().join(name);
        match name {
            "csv" => write_csv(&path),
            _ => write_xlsx(&path, name == "xlsx_shared"),
        }
        let mib = std::fs::metadata(&path).unwrap().len() >> 20;
        let child = Command::new(std::env::current_exe().unwrap()).env("PUNTE_BENCH_FILE", &path).output().unwrap();
        let read: Value = serde_json::from_slice(&child.stdout).unwrap();
        println!("{name}: {mib} MiB, {read}");
        assert_eq!((&read["orders"], &read["rejected"]), (&json!(ROWS / 10 * 4), &json!(0)));
        let per_s = (f64::from(ROWS) / read["s"].as_f64().unwrap()).round();
        report
            .push(json!({"name": format!("import_{name}_rows_per_s"), "value": per_s, "unit": "rows/s", "goal": null}));
        report.push(
            json!({"name": format!("import_{name}_peak_mib"), "value": read["peak_mib"], "unit": "MiB", "goal": goal}),
        );
    }
    std::fs::write(dir.join("files.json"), format!("{:#}\n", Value::Array(report))).unwrap();
}
