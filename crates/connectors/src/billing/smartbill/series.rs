//! Reading a series again, number by number, out of its PDFs: where a part of the ledger was lost.

use super::{PdfRead, SmartBill, convert, gap};
use crate::billing::{DocumentKind, Issued, ListedDocument, SeriesPage, SeriesQuery};
use crate::call::Operation;
use punte_domain::{Failure, FailureKind, Phase, Reference};

/// Numbers of one page.
const PAGE: u64 = 25;
/// Numbers read where none is known: the last ones.
const MOST: u64 = 2_000;

impl SmartBill {
    /// A page of numbers, up to two beyond the counter, which may lag behind what it counts.
    pub(super) async fn series_page(&self, query: &SeriesQuery) -> Result<SeriesPage, Failure> {
        let series = self.find_series(&query.company, &query.series, query.kind).await?;
        let counter = series.next_number.as_deref().and_then(gap::number_of).ok_or_else(|| {
            let operation = Operation::new("read series", format!("series {}", query.series));
            operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown).with_detail("no next number in it")
        })?;
        let numbers = page(query.from_number, query.next, counter);
        let mut page = SeriesPage { left_out: numbers.left_out, next: numbers.next, ..SeriesPage::default() };
        for number in numbers.from..numbers.to {
            let printed = convert::printed(number);
            let document = Issued { series: query.series.clone(), number: printed, provider_id: None, link: None };
            match self.read_pdf(&query.company, query.kind, &document).await? {
                PdfRead::Text(text) => {
                    let references = Reference::find_all(&text);
                    if references.is_empty() && !convert::names_number(&text, &document.number) {
                        page.unreadable.push(number);
                    } else {
                        page.rows.push(row(document, &text, references));
                    }
                }
                PdfRead::Absent if number >= counter => {}
                PdfRead::Absent if self.is_gone(query, &document).await? => {}
                PdfRead::Absent | PdfRead::Unreadable => page.unreadable.push(number),
            }
        }
        Ok(page)
    }

    /// Whether SmartBill says of a number that was given that no document stands under it.
    async fn is_gone(&self, query: &SeriesQuery, document: &Issued) -> Result<bool, Failure> {
        if query.kind == DocumentKind::Proforma {
            return Ok(false);
        }
        match self.payment_status(&query.company, &document.series, &document.number).await {
            Err(failure) if gap::is_connections(&failure) => Err(failure),
            Err(failure) => Ok(failure.kind == FailureKind::DocumentNotFound),
            Ok(_) => Ok(false),
        }
    }
}

fn row(document: Issued, text: &str, references: Vec<Reference>) -> ListedDocument {
    ListedDocument {
        document,
        issue_date: None,
        total: None,
        currency: String::new(),
        client: String::new(),
        cancelled: None,
        is_storno: Some(convert::says_storno(text)),
        references,
        einvoice: None,
    }
}

/// Numbers of a page: `to` is not among them.
#[derive(Debug, PartialEq, Eq)]
struct Numbers {
    from: u64,
    to: u64,
    next: Option<u64>,
    left_out: u64,
}

/// The last known number is read too: another document may stand under it by now.
fn page(known: Option<u64>, next: Option<u64>, counter: u64) -> Numbers {
    let first = match known {
        Some(known) => known.min(counter).max(1),
        None => counter.saturating_sub(MOST).max(1),
    };
    let end = counter.max(known.unwrap_or(0)).saturating_add(gap::BEYOND);
    let from = next.unwrap_or(first).min(end);
    let to = from.saturating_add(PAGE).min(end);
    let left_out = if known.is_none() && next.is_none() { first - 1 } else { 0 };
    Numbers { from, to, next: (to < end).then_some(to), left_out }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(from: u64, to: u64, next: Option<u64>) -> Numbers {
        Numbers { from, to, next, left_out: 0 }
    }

    #[test]
    fn a_series_is_read_from_its_last_known_number_to_two_beyond_the_counter() {
        assert_eq!(page(Some(5), None, 11), numbers(5, 13, None));
        assert_eq!(page(Some(5), None, 100), numbers(5, 30, Some(30)));
        assert_eq!(page(Some(5), Some(80), 100), numbers(80, 102, None));
        assert_eq!(page(Some(9), None, 7), numbers(7, 11, None), "a counter that went back begins it");
        assert_eq!(page(None, None, 4), numbers(1, 6, None));
        assert_eq!(page(Some(5), Some(300), 100), numbers(102, 102, None), "never past the end");
    }

    #[test]
    fn of_a_long_series_without_a_known_number_the_rest_is_told_to_be_left_out() {
        let long = page(None, None, 5_000);
        assert_eq!((long.from, long.left_out), (3_000, 2_999));
    }
}
