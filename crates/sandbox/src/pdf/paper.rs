//! What stands on a document of either provider.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::writer::{WIDTH, Writer};
use crate::config::account;
use crate::money::{Line, total_of, two_places};
use crate::oblio::books::{self as oblio_books, DocType};
use crate::smartbill::books as smartbill_books;

struct Paper<'a> {
    title: &'a str,
    series: &'a str,
    number: &'a str,
    dates: Vec<String>,
    client: Vec<String>,
    lines: &'a [Line],
    currency: &'a str,
    notes: Vec<String>,
    cancelled: bool,
}

pub(crate) fn of_oblio(document: &oblio_books::Document) -> Vec<u8> {
    let number = document.padded_number();
    let title = match (document.kind, document.reverses) {
        (DocType::Invoice, Some(_)) => "FACTURĂ STORNO",
        (DocType::Invoice, None) => "FACTURĂ",
        (DocType::Proforma, _) => "FACTURĂ PROFORMĂ",
        (DocType::Notice, _) => "AVIZ DE ÎNSOȚIRE",
    };
    let note = |key: &str| document.notes.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    write(&Paper {
        title,
        series: &document.series,
        number: &number,
        dates: vec![format!("Data: {}", document.issue_date.format("%d.%m.%Y"))],
        client: client(&document.client, "cif", "state"),
        lines: &document.lines,
        currency: &document.currency,
        notes: vec![document.mentions.clone(), note("noticeNumber"), note("orderNumber")],
        cancelled: document.cancelled,
    })
}

pub(crate) fn of_smartbill(document: &smartbill_books::Document) -> Vec<u8> {
    let mut notes = vec![document.mentions.clone()];
    if let Some(original) = &document.reverses {
        notes.push(format!("Storno al facturii seria {} nr. {}", document.series, original));
    }
    let mut dates = vec![format!("Data (zi/luna/an): {}", document.issue_date.format("%d/%m/%Y"))];
    dates.extend(document.due_date.map(|due| format!("Termen plata: {}", due.format("%d/%m/%Y"))));
    write(&Paper {
        title: match (document.kind, &document.reverses) {
            (smartbill_books::Kind::Estimate, _) => "FACTURĂ PROFORMĂ",
            (smartbill_books::Kind::Invoice, Some(_)) => "FACTURĂ STORNO",
            (smartbill_books::Kind::Invoice, None) => "FACTURĂ",
        },
        series: &document.series,
        number: &document.number,
        dates,
        client: client(&document.client, "vatCode", "county"),
        lines: &document.lines,
        currency: &document.currency,
        notes,
        cancelled: document.cancelled,
    })
}

fn client(fields: &Map<String, Value>, id: &str, county: &str) -> Vec<String> {
    let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
    let labelled =
        |label: &str, value: &str| if value.is_empty() { String::new() } else { format!("{label}: {value}") };
    vec![
        text("name").to_owned(),
        labelled("CIF/CNP", text(id)),
        labelled("Reg. com.", text(if fields.contains_key("regCom") { "regCom" } else { "rc" })),
        labelled("Adresa", text("address")),
        labelled("Localitate", text("city")),
        labelled("Judet", text(county)),
        labelled("Tara", text("country")),
        labelled("Email", text("email")),
    ]
}

fn write(paper: &Paper<'_>) -> Vec<u8> {
    let mut out = Writer::new();
    out.row(16.0, &[(0.0, paper.title)]);
    out.row(11.0, &[(0.0, &format!("Seria {} nr. {}", paper.series, paper.number))]);
    for date in &paper.dates {
        out.row(9.0, &[(0.0, date)]);
    }
    if paper.cancelled {
        out.row(14.0, &[(0.0, "ANULATĂ")]);
    }
    out.space(10.0);
    out.row(9.0, &[(0.0, "Furnizor"), (270.0, "Client")]);
    let issuer = [
        account::COMPANY_NAME,
        "CIF: RO41236549",
        "Reg. com.: J12/4123/2019",
        "Str. Olarilor nr. 7, Cluj-Napoca, Cluj",
        "Capital social: 200 lei",
    ];
    let buyer: Vec<String> = paper
        .client
        .iter()
        .filter(|line| !line.is_empty())
        .flat_map(|line| out.wrap(9.0, WIDTH - 270.0, line))
        .collect();
    for at in 0..issuer.len().max(buyer.len()) {
        let left = issuer.get(at).copied().unwrap_or_default();
        let right = buyer.get(at).map_or("", String::as_str);
        out.row(9.0, &[(0.0, left), (270.0, right)]);
    }
    out.space(10.0);
    table(&mut out, paper);
    out.space(10.0);
    for note in paper.notes.iter().filter(|note| !note.is_empty()) {
        for line in out.wrap(9.0, WIDTH, note) {
            out.row(9.0, &[(0.0, &line)]);
        }
    }
    out.finish()
}

const COLUMNS: [f32; 7] = [0.0, 22.0, 245.0, 285.0, 330.0, 395.0, 460.0];

fn table(out: &mut Writer<'_>, paper: &Paper<'_>) {
    let heads = ["Nr.", "Denumirea produselor sau a serviciilor", "U.M.", "Cant.", "Preț", "Valoare", "TVA"];
    let head: Vec<(f32, &str)> = COLUMNS.iter().copied().zip(heads).collect();
    out.row(8.0, &head);
    out.rule();
    for (at, line) in paper.lines.iter().enumerate() {
        let names = out.wrap(8.0, COLUMNS[2] - COLUMNS[1] - 6.0, &line.name);
        let (place, unit) = ((at + 1).to_string(), line.unit.clone());
        let (quantity, price) = (line.quantity.normalize().to_string(), line.price.normalize().to_string());
        let (net, vat) =
            (two_places(line.net), format!("{} ({}%)", two_places(line.vat), line.rate_percent.normalize()));
        let first = names.first().map_or("", String::as_str);
        let cells = [&place, first, &unit, &quantity, &price, &net, &vat];
        let row: Vec<(f32, &str)> = COLUMNS.iter().copied().zip(cells).collect();
        out.row(8.0, &row);
        for more in names.iter().skip(1) {
            out.row(8.0, &[(COLUMNS[1], more)]);
        }
    }
    out.rule();
    let mut rates: BTreeMap<Decimal, (Decimal, Decimal)> = BTreeMap::new();
    for line in paper.lines {
        let sums = rates.entry(line.rate_percent).or_default();
        sums.0 += line.net;
        sums.1 += line.vat;
    }
    for (rate, (net, vat)) in rates {
        let words = format!("TVA {}%: bază {}, TVA {}", rate.normalize(), two_places(net), two_places(vat));
        out.row(8.0, &[(285.0, &words)]);
    }
    let total = format!("Total plată: {} {}", two_places(total_of(paper.lines)), paper.currency);
    out.row(11.0, &[(285.0, &total)]);
}
