//! A month's report as tables.

use super::{Cell, Paper, Table, Words, text};
use crate::dto::{Amount, ClosingInfo, CountedAmount, GapInfo, MonthReport};
use punte_domain::fiscal_date;

/// The report in the screen's words; what the words lack stands as its code.
pub(crate) fn month_paper(report: &MonthReport, words: &Words<'_>) -> Paper {
    let w = |key: &str| words.get(key);
    let mut about = vec![
        format!("{}: {} · {}", w("company"), report.books.company, report.books.connection_name),
        format!("{}: {} – {}", w("period"), report.from, report.to),
    ];
    about.push(match &report.closing {
        Some(closing) => closed_line(closing, words),
        None => w("notClosed"),
    });
    if !report.since.is_empty() {
        about.push(format!("{}: {}", w("since"), report.since.len()));
    }
    Paper {
        title: format!("{} {}", w("title"), report.month),
        about,
        tables: vec![
            money(report, words),
            vat(report, words),
            series(report, words),
            gaps(report, words),
            left_out(report, words),
            open(report, words),
            einvoices(report, words),
            payments(report, words),
            since(report, words),
        ],
        language: words.get("language"),
    }
}

fn day(at_ms: i64) -> String {
    fiscal_date(at_ms).to_string()
}

fn closed_line(closing: &ClosingInfo, words: &Words<'_>) -> String {
    format!("{}: {} · {} · {}", words.get("closed"), closing.who, day(closing.closed_ms), closing.note)
}

fn table(words: &Words<'_>, name: &str, columns: &[(&str, f32)], rows: Vec<Vec<Cell>>) -> Table {
    Table {
        title: words.get(name),
        headings: columns.iter().map(|(key, _)| words.get(key)).collect(),
        widths: columns.iter().map(|(_, width)| *width).collect(),
        rows,
        empty: words.get("none"),
    }
}

fn counted(name: String, sum: &CountedAmount) -> Vec<Cell> {
    vec![text(name), text(&sum.total.currency), Cell::Count(sum.count.into()), Cell::Amount(sum.total.clone())]
}

const SUMS: &[(&str, f32)] = &[("what", 4.0), ("currency", 1.0), ("count", 1.2), ("total", 2.0)];

fn money(report: &MonthReport, words: &Words<'_>) -> Table {
    let rows = report.money.iter().flat_map(|one| {
        [
            ("invoices", &one.invoices),
            ("stornos", &one.stornos),
            ("corrections", &one.corrections),
            ("net", &one.net),
            ("cancelled", &one.cancelled),
        ]
        .map(|(key, sum)| counted(words.get(key), sum))
    });
    table(words, "issued", SUMS, rows.collect())
}

fn payments(report: &MonthReport, words: &Words<'_>) -> Table {
    let rows = report.money.iter().flat_map(|one| {
        [("paid", &one.paid), ("partlyPaid", &one.partly_paid), ("unpaid", &one.unpaid), ("notTold", &one.not_told)]
            .map(|(key, sum)| counted(words.get(key), sum))
    });
    table(words, "payments", SUMS, rows.collect())
}

fn vat(report: &MonthReport, words: &Words<'_>) -> Table {
    let columns = &[("rate", 1.2), ("currency", 1.0), ("documents", 1.3), ("base", 2.0), ("vat", 2.0), ("total", 2.0)];
    let rows = report.vat.iter().map(|one| {
        vec![
            Cell::Percent(one.rate.clone()),
            text(&one.base.currency),
            Cell::Count(one.documents.into()),
            Cell::Amount(one.base.clone()),
            Cell::Amount(one.vat.clone()),
            Cell::Amount(one.total.clone()),
        ]
    });
    table(words, "byVat", columns, rows.collect())
}

fn series(report: &MonthReport, words: &Words<'_>) -> Table {
    let columns =
        &[("seriesName", 1.6), ("documents", 1.3), ("first", 1.5), ("last", 1.5), ("repeats", 1.8), ("compared", 3.0)];
    let rows = report.series.iter().map(|one| {
        let compared = match one.compared_ms {
            None => words.get("notCompared"),
            Some(at_ms) if one.compared_why.is_empty() => day(at_ms),
            Some(at_ms) => format!("{} · {}", day(at_ms), words.of(&["pass"], &one.compared_why)),
        };
        vec![
            text(&one.series),
            Cell::Count(one.count.into()),
            text(&one.first),
            text(&one.last),
            text(one.repeats.join(", ")),
            text(compared),
        ]
    });
    table(words, "bySeries", columns, rows.collect())
}

fn gaps(report: &MonthReport, words: &Words<'_>) -> Table {
    let columns = &[("seriesName", 1.2), ("numbers", 2.0), ("count", 1.0), ("why", 3.2), ("explanation", 4.0)];
    let rows =
        report.series.iter().flat_map(|one| one.gaps.iter().map(|gap| (&one.series, gap))).map(|(series, gap)| {
            vec![
                text(series),
                text(numbers(gap)),
                Cell::Count(gap.count),
                text(words.of(&["gap"], &gap.why)),
                text(explanation(gap, words)),
            ]
        });
    table(words, "gaps", columns, rows.collect())
}

fn numbers(gap: &GapInfo) -> String {
    if gap.from == gap.until { gap.from.clone() } else { format!("{}–{}", gap.from, gap.until) }
}

fn explanation(gap: &GapInfo, words: &Words<'_>) -> String {
    match (gap.explained, gap.at_ms) {
        (true, Some(at_ms)) => format!("{} ({}, {})", gap.reason, gap.who, day(at_ms)),
        (true, None) => words.get("explained"),
        (false, _) => words.get("notExplained"),
    }
}

fn left_out(report: &MonthReport, words: &Words<'_>) -> Table {
    let columns = &[("decision", 1.8), ("why", 4.0), ("currency", 1.0), ("count", 1.2), ("total", 2.0)];
    let rows = report.left_out.iter().map(|one| {
        vec![
            text(words.of(&["decisions"], &one.decision)),
            text(words.of(&["reason"], &one.reason)),
            text(&one.total.currency),
            Cell::Count(one.count.into()),
            Cell::Amount(one.total.clone()),
        ]
    });
    table(words, "leftOut", columns, rows.collect())
}

fn open(report: &MonthReport, words: &Words<'_>) -> Table {
    let found = [
        ("mismatched", report.mismatched),
        ("missing_there", report.missing_there),
        ("unknown_here", report.unknown_here),
        ("duplicates", report.duplicates),
    ];
    let states = report.not_issued.iter().map(|(state, count)| (words.of(&["state"], state), *count));
    let found = found.into_iter().map(|(code, count)| (words.of(&["obstacle"], code), count));
    let rows = states.chain(found).filter(|(_, count)| *count > 0);
    let rows = rows.map(|(name, count)| vec![text(name), Cell::Count(count.into())]).collect();
    table(words, "open", &[("what", 6.0), ("count", 1.2)], rows)
}

fn einvoices(report: &MonthReport, words: &Words<'_>) -> Table {
    let one = &report.einvoices;
    let counts = [
        ("accepted", one.accepted),
        ("processing", one.processing),
        ("rejected", one.rejected),
        ("not_sent", one.not_sent),
        ("late", one.late),
    ];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    if one.told {
        let row = |(code, count): (&str, u32)| vec![text(words.of(&["einvoice"], code)), Cell::Count(count.into())];
        rows.extend(counts.into_iter().map(row));
    }
    let mut made = table(words, "einvoices", &[("what", 6.0), ("count", 1.2)], rows);
    made.empty = words.get("einvoiceSilent");
    made
}

fn since(report: &MonthReport, words: &Words<'_>) -> Table {
    let columns =
        &[("number", 1.6), ("client", 3.5), ("before", 1.8), ("after", 1.8), ("currency", 1.0), ("total", 1.8)];
    let rows = report.since.iter().map(|one| {
        let total: Amount = one.total.clone();
        vec![
            text(&one.number),
            text(&one.client),
            text(one.before.as_ref().map_or_else(|| words.get("notThere"), |state| words.of(&["state"], state))),
            text(words.of(&["state"], &one.state)),
            text(&total.currency),
            Cell::Amount(total),
        ]
    });
    table(words, "since", columns, rows.collect())
}
