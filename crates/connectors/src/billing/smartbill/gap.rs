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
        let made = match &query.from_proforma {
            Some(proforma) => self.invoices_of(&query.company, proforma).await?,
            None => Vec::new(),
        };
        for number in gap.numbers {
            match self.look_at(query, &made, number, number >= next).await {
                Ok(None) => {}
                Ok(Some(candidate)) => {
                    evidence.complete &= candidate.reference != ReferenceSeen::Unreadable;
                    evidence.looked_at.push(candidate);
                }
                // what was found before the connection failed is worth more than the failure
                Err(_) if !evidence.ours().is_empty() => {
                    evidence.complete = false;
                    break;
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(evidence)
    }

    /// One number. `Ok(None)`: nothing is there, as is to be expected from the counter on.
    async fn look_at(
        &self,
        query: &FindQuery,
        made: &[Issued],
        number: u64,
        beyond: bool,
    ) -> Result<Option<Candidate>, Failure> {
        let printed = convert::printed(number);
        let document = Issued { series: query.series.clone(), number: printed, provider_id: None, link: None };
        let total = match self.total_of(query, &document).await {
            Ok(total) => total,
            Err(failure) if is_connections(&failure) => return Err(failure),
            Err(failure) if beyond && failure.kind == FailureKind::DocumentNotFound => return Ok(None),
            Err(_) => None,
        };
        let is_made = made.iter().any(|one| one.series == document.series && same_number(one, &document));
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

fn same_number(one: &Issued, other: &Issued) -> bool {
    number_of(&one.number).is_some_and(|number| number_of(&other.number) == Some(number))
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
