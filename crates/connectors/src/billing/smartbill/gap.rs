//! Finding a document where nothing can be listed: every number from the last one before the baseline on, and two beyond
//! the counter, which may lag behind what it counts.
//!
//! The last number before the baseline is looked at because the counter alone proves nothing: when that document is deleted
//! by hand, the counter goes back, ours may take the freed number, and the counter stands at the baseline again.

use super::{PdfRead, SmartBill, convert};
use crate::billing::{Candidate, DocumentKind, Evidence, FindQuery, Issued, ReferenceSeen};
use punte_domain::{Failure, FailureKind, Phase, Reference};
use rust_decimal::Decimal;

/// Numbers of one look.
const MAX_NUMBERS: u64 = 50;
/// Numbers looked at from the counter on.
pub(super) const BEYOND: u64 = 2;
/// Numbers looked at before the counter where no baseline was kept; such a look is never complete.
const WITHOUT_BASELINE: u64 = 5;

/// A failure of the connection rather than of one document: going on would only add to it.
pub(super) fn is_connections(failure: &Failure) -> bool {
    matches!(failure.phase, Phase::Prepare | Phase::NotSent)
        || matches!(
            failure.kind,
            FailureKind::RateLimited
                | FailureKind::CredentialRefused
                | FailureKind::CompanyUnavailable
                | FailureKind::RightMissing
                | FailureKind::PlanQuota
        )
}

/// What is to be looked at.
#[derive(Debug, PartialEq, Eq)]
struct Gap {
    numbers: Vec<u64>,
    /// Every number that may be ours is among them.
    whole: bool,
    /// The last number before the baseline, which is among them.
    last: Option<u64>,
}

/// Numbers from the last one before the baseline to beyond the counter, the struck ones left out: but never that last one,
/// for what is known under it may have been deleted. A counter that went back (a deleted document) begins the gap.
fn gap(baseline: Option<u64>, next: u64, struck: &[u64]) -> Gap {
    let last = baseline.and_then(|baseline| baseline.checked_sub(1)).filter(|last| *last >= 1);
    let from = last.or(baseline).unwrap_or_else(|| next.saturating_sub(WITHOUT_BASELINE)).min(next).max(1);
    let to = baseline.unwrap_or(next).max(next).saturating_add(BEYOND);
    let mut open = (from..to).filter(|number| Some(*number) == last || !struck.contains(number));
    let numbers: Vec<u64> = open.by_ref().take(MAX_NUMBERS as usize).collect();
    Gap { whole: baseline.is_some() && open.next().is_none(), numbers, last }
}

/// Where a number stands, and with that what its absence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Given since the baseline: there must be a document.
    Given,
    /// The last one before the baseline: there was a document, and its status tells when it is gone.
    Last,
    /// From the counter on: nothing is to be expected.
    Beyond,
}

/// What one number shows.
struct Seen {
    candidate: Candidate,
    /// Every reference of Punte's form in its text.
    references: Vec<Reference>,
}

/// Whether the last number before the baseline still is what it was: the document that the ledger knows under it, or one
/// that certainly is none of Punte's.
fn still_stands(seen: Option<&Seen>, last: u64, query: &FindQuery) -> bool {
    let known = query.known_last.as_ref().filter(|(number, _)| number_of(number) == Some(last));
    match (seen, known) {
        (None, _) => false,
        (Some(seen), Some((_, reference))) => seen.references.contains(reference),
        (Some(seen), None) => seen.candidate.reference == ReferenceSeen::None,
    }
}

pub(super) fn number_of(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

impl SmartBill {
    /// One look at everything that may have been issued since the baseline. Where the last number before it cannot be read,
    /// or is not what it was, the counter counts as moved: then nothing is repeated by itself.
    pub(super) async fn look(&self, query: &FindQuery) -> Result<Evidence, Failure> {
        let series = self.find_series(&query.company, &query.series, query.kind).await?;
        let next = series.next_number.as_deref().and_then(number_of);
        let baseline = query.baseline.next_number.as_deref().and_then(number_of);
        let Some(next) = next else {
            return Ok(Evidence { looked_at: vec![], complete: false, next_number: None, counter_unchanged: None });
        };
        let struck: Vec<u64> = query.struck.iter().filter_map(|text| number_of(text)).collect();
        let gap = gap(baseline, next, &struck);
        let mut evidence = Evidence {
            looked_at: Vec::new(),
            complete: gap.whole,
            next_number: series.next_number,
            counter_unchanged: baseline.map(|baseline| baseline == next),
        };
        let made = self.made_from(query, &mut evidence).await?;
        for number in &gap.numbers {
            let printed = convert::printed(*number);
            let document = Issued { series: query.series.clone(), number: printed, provider_id: None, link: None };
            let is_made = made.iter().any(|one| is_same(one, &document));
            let is_last = Some(*number) == gap.last;
            let place = match *number >= next {
                true => Place::Beyond,
                false if is_last => Place::Last,
                false => Place::Given,
            };
            let seen = self.look_at(query, document, is_made, place).await;
            if is_last && !seen.as_ref().is_ok_and(|seen| still_stands(seen.as_ref(), *number, query)) {
                evidence.counter_unchanged = Some(false);
            }
            if Self::take_down(&mut evidence, seen)? {
                return Ok(evidence);
            }
        }
        let in_gap = |one: &&Issued| {
            one.series == query.series && number_of(&one.number).is_some_and(|number| gap.numbers.contains(&number))
        };
        let is_struck = |one: &&Issued| query.struck.iter().any(|number| number_of(number) == number_of(&one.number));
        for one in made.iter().filter(|one| !in_gap(one) && !is_struck(one)) {
            let seen = self.look_at(query, one.clone(), true, Place::Given).await;
            if Self::take_down(&mut evidence, seen)? {
                break;
            }
        }
        Ok(evidence)
    }

    /// The invoices of the proforma that the sought one is made from, whoever made them, wherever they stand.
    async fn made_from(&self, query: &FindQuery, evidence: &mut Evidence) -> Result<Vec<Issued>, Failure> {
        let Some(proforma) = &query.from_proforma else { return Ok(Vec::new()) };
        match self.invoices_of(&query.company, proforma).await {
            // a proforma that is gone tells nothing any more: the prints alone may find, but not prove an absence
            Err(failure) if failure.kind == FailureKind::DocumentNotFound => {
                evidence.complete = false;
                Ok(Vec::new())
            }
            told => told,
        }
    }

    /// Adds what one number showed. `Ok(true)`: the connection failed, but what was found before is worth more than that.
    fn take_down(evidence: &mut Evidence, seen: Result<Option<Seen>, Failure>) -> Result<bool, Failure> {
        match seen {
            Ok(None) => {}
            Ok(Some(Seen { candidate, .. })) => {
                evidence.complete &= candidate.reference != ReferenceSeen::Unreadable;
                evidence.looked_at.push(candidate);
            }
            Err(_) if !evidence.ours().is_empty() => {
                evidence.complete = false;
                return Ok(true);
            }
            Err(failure) => return Err(failure),
        }
        Ok(false)
    }

    /// One document. `Ok(None)`: nothing is there, where that proves something.
    async fn look_at(
        &self,
        query: &FindQuery,
        document: Issued,
        is_made: bool,
        place: Place,
    ) -> Result<Option<Seen>, Failure> {
        let total = match self.total_of(query, &document).await {
            Ok(total) => total,
            Err(failure) if is_connections(&failure) => return Err(failure),
            Err(failure) if place != Place::Given && failure.kind == FailureKind::DocumentNotFound => return Ok(None),
            Err(_) => None,
        };
        // a proforma has no status, and its absence is told in words
        let may_be_none = place == Place::Beyond || (place == Place::Last && query.kind == DocumentKind::Proforma);
        let mut references = Vec::new();
        let reference = match self.read_pdf(&query.company, query.kind, &document).await? {
            PdfRead::Text(text) => {
                references = Reference::find_all(&text);
                convert::whose(&text, &document.number, query, is_made)
            }
            PdfRead::Absent if may_be_none && total.is_none() => return Ok(None),
            PdfRead::Absent | PdfRead::Unreadable if is_made => ReferenceSeen::Ours,
            PdfRead::Absent | PdfRead::Unreadable => ReferenceSeen::Unreadable,
        };
        let candidate = Candidate { document, total, client: None, cancelled: None, reference };
        Ok(Some(Seen { candidate, references }))
    }

    /// Gross total in the document's own currency, which is not told. Proformas have no status to ask for.
    async fn total_of(&self, query: &FindQuery, document: &Issued) -> Result<Option<Decimal>, Failure> {
        if query.kind == DocumentKind::Proforma {
            return Ok(None);
        }
        let status = self.payment_status(&query.company, &document.series, &document.number).await?;
        Ok(status.total.map(|total| total.normalize()))
    }
}

fn is_same(one: &Issued, other: &Issued) -> bool {
    let number = number_of(&one.number);
    one.series == other.series && number.is_some() && number == number_of(&other.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(numbers: &[u64], last: Option<u64>) -> Gap {
        Gap { numbers: numbers.to_vec(), whole: true, last }
    }

    #[test]
    fn the_gap_goes_from_before_the_baseline_to_two_beyond_the_counter() {
        assert_eq!(gap(Some(7), 9, &[]), whole(&[6, 7, 8, 9, 10], Some(6)));
        assert_eq!(gap(Some(7), 7, &[]), whole(&[6, 7, 8], Some(6)));
        assert_eq!(gap(Some(7), 9, &[6, 7, 9]), whole(&[6, 8, 10], Some(6)), "the last one is never struck");
        assert_eq!(gap(Some(1), 1, &[]), whole(&[1, 2], None), "nothing stands before the first number");
    }

    #[test]
    fn a_counter_that_went_back_widens_the_gap() {
        assert_eq!(gap(Some(9), 7, &[]), whole(&[7, 8, 9, 10], Some(8)));
    }

    #[test]
    fn too_many_numbers_or_no_baseline_make_the_look_incomplete() {
        let long = gap(Some(1), 100, &[]);
        assert_eq!((long.numbers.len(), long.numbers[49], long.whole), (50, 50, false));
        let unknown = Gap { numbers: vec![4, 5, 6, 7, 8, 9, 10], whole: false, last: None };
        assert_eq!(gap(None, 9, &[]), unknown);
        assert_eq!(gap(None, 1, &[]).numbers, [1, 2]);
    }
}
