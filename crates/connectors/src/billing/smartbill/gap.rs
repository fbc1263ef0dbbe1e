//! Finding a document where nothing can be listed: every number from the baseline on, and two beyond the counter, which
//! may lag behind what it counts.

use super::{PdfRead, SmartBill, convert};
use crate::billing::{Candidate, DocumentKind, Evidence, FindQuery, Issued, ReferenceSeen};
use punte_domain::{Failure, FailureKind, Phase};
use rust_decimal::Decimal;

/// Numbers of one look.
const MAX_NUMBERS: u64 = 50;
/// Numbers looked at from the counter on.
const BEYOND: u64 = 2;
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
}

/// Numbers from the baseline to beyond the counter, the struck ones left out. A counter that went back (a deleted
/// document) begins the gap.
fn gap(baseline: Option<u64>, next: u64, struck: &[u64]) -> Gap {
    let from = baseline.unwrap_or_else(|| next.saturating_sub(WITHOUT_BASELINE)).min(next).max(1);
    let to = baseline.unwrap_or(next).max(next).saturating_add(BEYOND);
    let mut open = (from..to).filter(|number| !struck.contains(number));
    let numbers: Vec<u64> = open.by_ref().take(MAX_NUMBERS as usize).collect();
    Gap { whole: baseline.is_some() && open.next().is_none(), numbers }
}

fn number_of(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

impl SmartBill {
    /// One look at everything that may have been issued since the baseline.
    pub(super) async fn look(&self, query: &FindQuery) -> Result<Evidence, Failure> {
        let series = self.find_series(&query.company, &query.series, Some(query.kind)).await?;
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
            let seen = self.look_at(query, document, is_made, *number >= next).await;
            if Self::take_down(&mut evidence, seen)? {
                return Ok(evidence);
            }
        }
        let in_gap = |one: &&Issued| {
            one.series == query.series && number_of(&one.number).is_some_and(|number| gap.numbers.contains(&number))
        };
        let is_struck = |one: &&Issued| query.struck.iter().any(|number| number_of(number) == number_of(&one.number));
        for one in made.iter().filter(|one| !in_gap(one) && !is_struck(one)) {
            let seen = self.look_at(query, one.clone(), true, false).await;
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
    fn take_down(evidence: &mut Evidence, seen: Result<Option<Candidate>, Failure>) -> Result<bool, Failure> {
        match seen {
            Ok(None) => {}
            Ok(Some(candidate)) => {
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

    /// One document. `Ok(None)`: nothing is there, as is to be expected from the counter on.
    async fn look_at(
        &self,
        query: &FindQuery,
        document: Issued,
        is_made: bool,
        beyond: bool,
    ) -> Result<Option<Candidate>, Failure> {
        let total = match self.total_of(query, &document).await {
            Ok(total) => total,
            Err(failure) if is_connections(&failure) => return Err(failure),
            Err(failure) if beyond && failure.kind == FailureKind::DocumentNotFound => return Ok(None),
            Err(_) => None,
        };
        let reference = match self.read_pdf(&query.company, query.kind, &document).await? {
            PdfRead::Text(text) => convert::whose(&text, &document.number, query, is_made),
            PdfRead::Absent if beyond && total.is_none() => return Ok(None),
            PdfRead::Absent | PdfRead::Unreadable if is_made => ReferenceSeen::Ours,
            PdfRead::Absent | PdfRead::Unreadable => ReferenceSeen::Unreadable,
        };
        Ok(Some(Candidate { document, total, client: None, cancelled: None, reference }))
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

    #[test]
    fn the_gap_goes_from_the_baseline_to_two_beyond_the_counter() {
        assert_eq!(gap(Some(7), 9, &[]), Gap { numbers: vec![7, 8, 9, 10], whole: true });
        assert_eq!(gap(Some(7), 7, &[]), Gap { numbers: vec![7, 8], whole: true });
        assert_eq!(gap(Some(7), 9, &[7, 9]), Gap { numbers: vec![8, 10], whole: true });
    }

    #[test]
    fn a_counter_that_went_back_widens_the_gap() {
        assert_eq!(gap(Some(9), 7, &[]), Gap { numbers: vec![7, 8, 9, 10], whole: true });
    }

    #[test]
    fn too_many_numbers_or_no_baseline_make_the_look_incomplete() {
        let long = gap(Some(1), 100, &[]);
        assert_eq!((long.numbers.len(), long.numbers[49], long.whole), (50, 50, false));
        assert_eq!(gap(None, 9, &[]), Gap { numbers: vec![4, 5, 6, 7, 8, 9, 10], whole: false });
        assert_eq!(gap(None, 1, &[]).numbers, [1, 2]);
    }
}
