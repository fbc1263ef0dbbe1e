//! Finding documents again: the list by series and date, newest first, cancelled and drafts included, never by client.

use super::{Oblio, convert, items, wire};
use crate::billing::{Candidate, DocumentKind, Evidence, FindQuery, Issued, ReadBack, ReferenceSeen, Target};
use crate::call::Operation;
use chrono::Days;
use punte_domain::{Failure, FailureKind, Phase};
use std::collections::HashSet;

/// Rows of a page, Oblio's most.
pub(super) const PER_PAGE: usize = 100;
pub(super) const WITH_EINVOICE: (&str, &str) = ("withEinvoiceStatus", "1");
/// Pages of one look; more are left, and the look is incomplete.
const MAX_PAGES: u32 = 20;
/// Documents without our reference that are kept as evidence, those with the same total.
const MAX_OTHERS: usize = 20;

/// A page by its offset: pages by number are ignored there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    offset: usize,
}

impl Page {
    pub(super) const FIRST: Page = Page { offset: 0 };

    /// From 0.
    pub(super) fn nth(page: u32) -> Page {
        Page { offset: page as usize * PER_PAGE }
    }
}

/// One page of the list: what of it could be read, and how many rows came.
pub(super) struct RowPage {
    pub(super) rows: Vec<wire::Row>,
    came: usize,
}

impl RowPage {
    fn of(items: Vec<serde_json::Value>) -> RowPage {
        RowPage { came: items.len(), rows: items.into_iter().filter_map(wire::Row::read).collect() }
    }

    /// Judged by what came: a page is not the last one because a row of it could not be read.
    pub(super) fn is_last(&self) -> bool {
        self.came < PER_PAGE
    }

    /// Every row was read. One that was not may be the very document that is looked for.
    pub(super) fn is_whole(&self) -> bool {
        self.rows.len() == self.came
    }

    /// How much was read, for a failure.
    pub(super) fn unreadable(&self, operation: &Operation) -> Failure {
        let failure = operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown);
        failure.with_detail(format!("{} of {} rows could be read", self.rows.len(), self.came))
    }

    /// The row of a document, or that it certainly has none.
    ///
    /// # Errors
    /// Nothing is proven: a row that could not be read, or one on a further page, may be the document's. By series and
    /// number alone a row that was found is not it for certain either, while there is another that nobody could read.
    pub(super) fn find(self, operation: &Operation, document: &Issued) -> Result<Option<wire::Row>, Failure> {
        let is_certain = self.is_whole() || document.provider_id.is_some();
        match self.rows.iter().position(|row| is_row_of(row, document)) {
            Some(at) if is_certain => Ok(self.rows.into_iter().nth(at)),
            None if self.is_whole() && self.is_last() => Ok(None),
            _ => Err(self.unreadable(operation)),
        }
    }
}

impl Oblio {
    /// One page of documents. Both -1 mean "whether or not": their defaults are not published.
    pub(super) async fn page(
        &self,
        operation: &Operation,
        kind: DocumentKind,
        filters: &[(&str, &str)],
        page: Page,
    ) -> Result<RowPage, Failure> {
        let (offset, limit) = (page.offset.to_string(), PER_PAGE.to_string());
        let mut query = filters.to_vec();
        query.extend([
            ("canceled", "-1"),
            ("draft", "-1"),
            ("orderBy", "id"),
            ("orderDir", "DESC"),
            ("limitPerPage", &limit),
            ("offset", &offset),
        ]);
        let path = format!("{}/list", super::route(kind));
        items(operation, self.get(operation, &path, &query).await?).map(RowPage::of)
    }

    /// Everything in the series around the day, by reference. New documents arriving meanwhile push rows on to later
    /// pages, so a row may come twice, but none is passed over. One that cannot be read leaves the look incomplete.
    pub(super) async fn look(&self, query: &FindQuery) -> Result<Evidence, Failure> {
        let operation = Operation::new("find document", query.reference.to_string());
        let day = |days: Option<chrono::NaiveDate>| days.unwrap_or(query.issue_date).to_string();
        let first = query.first_date.map_or(query.issue_date, |first| first.min(query.issue_date));
        let after = day(first.checked_sub_days(Days::new(1)));
        let before = day(query.issue_date.checked_add_days(Days::new(1)));
        let filters = [
            ("cif", query.company.as_str()),
            ("seriesName", query.series.as_str()),
            ("issuedAfter", after.as_str()),
            ("issuedBefore", before.as_str()),
        ];
        let mut seen = HashSet::new();
        let mut looked_at = Vec::new();
        let (mut others, mut whole) = (0, true);
        for page in 0..MAX_PAGES {
            let found = self.page(&operation, query.kind, &filters, Page::nth(page)).await?;
            let is_last = found.is_last();
            whole &= found.is_whole();
            for candidate in found.rows.into_iter().map(|row| convert::candidate(row, &query.reference)) {
                let name = (candidate.document.provider_id.clone(), candidate.document.number.clone());
                if !seen.insert(name) {
                    continue;
                }
                if candidate.reference == ReferenceSeen::Ours {
                    looked_at.push(candidate);
                } else if candidate.total == Some(query.total) && !is_struck(&candidate, query) && others < MAX_OTHERS {
                    others += 1;
                    looked_at.push(candidate);
                }
            }
            if is_last {
                return Ok(Evidence { looked_at, complete: whole, next_number: None, counter_unchanged: None });
            }
        }
        Ok(Evidence { looked_at, complete: false, next_number: None, counter_unchanged: None })
    }

    /// The document by its id, else by series and number: a number may have been given again after a deletion.
    pub(super) async fn read_document(&self, target: &Target) -> Result<ReadBack, Failure> {
        let document = &target.document;
        let name = target.name();
        let operation = Operation::new("read document", name.clone());
        let mut filters = vec![("cif", target.company.as_str())];
        match &document.provider_id {
            Some(id) => filters.push(("id", id)),
            None => filters.extend([("seriesName", document.series.as_str()), ("number", document.number.as_str())]),
        }
        let page = self.page(&operation, target.kind, &filters, Page::FIRST).await?;
        match page.find(&operation, document)? {
            Some(row) => Ok(convert::read_back(row, &target.reference)),
            None => Err(operation.failure(FailureKind::DocumentNotFound, Phase::Refused).with_detail(name)),
        }
    }
}

/// Whether a row is a document's: by id where that is known, for a number may have been given again.
fn is_row_of(row: &wire::Row, document: &Issued) -> bool {
    match &document.provider_id {
        Some(id) => row.id.as_ref() == Some(id),
        None => row.series.as_deref() == Some(&document.series) && same_number(row.number.as_deref(), &document.number),
    }
}

fn same_number(theirs: Option<&str>, ours: &str) -> bool {
    theirs.is_some_and(|theirs| theirs.trim_start_matches('0') == ours.trim_start_matches('0'))
}

fn is_struck(candidate: &Candidate, query: &FindQuery) -> bool {
    query.struck.iter().any(|number| same_number(Some(number), &candidate.document.number))
}
