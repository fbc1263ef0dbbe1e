//! The provider's side where nothing can be listed: every number of the series, one after another.

use super::rows::theirs_of;
use super::{Coverage, Read, Theirs, number_of};
use crate::error::Result;
use crate::workspace::Workspace;
use chrono::NaiveDate;
use punte_connectors::billing::{BillingProvider, DocumentKind, NumberSeen};
use punte_domain::Failure;
use punte_store::ledger::{Connection, SeriesKey};
use std::collections::BTreeSet;

/// Numbers of one pass.
const MAX_NUMBERS: u64 = 500;
/// Numbers looked at from the counter on, which may lag behind what it counts.
const BEYOND: u64 = 2;

/// What the ledger knows of a series' numbers around a period.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    pub last_before: Option<u64>,
    pub first_inside: Option<u64>,
    pub first_after: Option<u64>,
}

/// Which numbers a pass looks at, both included, and where the next one goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    pub from: u64,
    pub to: u64,
    pub resume_at: Option<u64>,
    /// Begins where an earlier pass stopped.
    pub is_continued: bool,
}

/// From the first number after the last known one before the period to the last before the first known one after it, or
/// beyond the counter. `None`: nothing is known of where the period begins.
pub(super) fn plan(bounds: Bounds, next: u64, resume_at: Option<u64>, limit: u64) -> Option<Plan> {
    let after_before = bounds.last_before.map(|number| number + 1);
    let first = after_before.into_iter().chain(bounds.first_inside).min()?.max(1);
    let beyond = next.saturating_add(BEYOND - 1);
    let last = match bounds.first_after {
        Some(after) if after > first => after - 1,
        _ => beyond,
    };
    let last = last.max(first);
    let is_continued = resume_at.is_some_and(|at| at > first && at <= last);
    let from = resume_at.filter(|_| is_continued).unwrap_or(first);
    let to = last.min(from.saturating_add(limit - 1));
    Some(Plan { from, to, resume_at: (to < last).then_some(to + 1), is_continued })
}

impl Workspace {
    pub(super) async fn read_numbers(
        &self,
        provider: &dyn BillingProvider,
        connection: &Connection,
        lane: &SeriesKey,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Read> {
        let baseline = provider.read_baseline(&lane.company, &lane.series, DocumentKind::Invoice).await?;
        let next = baseline.next_number.as_deref().and_then(number_of).unwrap_or_default();
        let days = (from.to_string(), to.to_string());
        let (last_before, first_inside, first_after) =
            self.ledger.find_number_bounds(&connection.kind, lane, days).await?;
        let bounds = Bounds { last_before, first_inside, first_after };
        let earlier = self.ledger.list_reconcile_runs(Some(lane.clone()), 2).await?;
        // the newest is this very pass
        let resume_at = earlier.iter().find(|run| run.result != "running").and_then(|run| run.resume_at);
        let Some(plan) = plan(bounds, next, resume_at, MAX_NUMBERS) else {
            return Ok(Read::of(Coverage::Nothing, "no_numbers_known"));
        };
        let mut read = Read::of(Coverage::Nothing, "");
        let mut empty = BTreeSet::new();
        let mut last = None;
        for number in plan.from..=plan.to {
            if self.stopping.is_cancelled() {
                read.why = "stopped";
                break;
            }
            let seen = provider.read_number(&lane.company, &lane.series, DocumentKind::Invoice, number).await;
            match seen {
                Ok(seen) => read.note(lane, number, next, seen, &mut empty),
                // what was seen so far stands
                Err(failure) if last.is_some() => {
                    read.cut_off(failure);
                    break;
                }
                Err(failure) => return Err(failure.into()),
            }
            last = Some(number);
        }
        let Some(last) = last else { return Ok(read) };
        read.looked = (last - plan.from + 1) as u32;
        read.resume_at = if last < plan.to { Some(last + 1) } else { plan.resume_at };
        if read.why.is_empty() {
            read.why = match (plan.resume_at, plan.is_continued) {
                (Some(_), _) => "too_many_numbers",
                (None, true) => "part",
                (None, false) => "",
            };
        }
        read.coverage = Coverage::Numbers { looked: (plan.from, last), empty, given: next };
        Ok(read)
    }
}

impl Read {
    fn of(coverage: Coverage, why: &'static str) -> Read {
        Read { theirs: Vec::new(), coverage, looked: 0, why, resume_at: None, not_told: Vec::new(), failure: None }
    }

    fn cut_off(&mut self, failure: Failure) {
        self.why = "cut_off";
        self.failure = Some(failure);
    }

    fn note(&mut self, lane: &SeriesKey, number: u64, next: u64, seen: NumberSeen, empty: &mut BTreeSet<u64>) {
        match seen {
            NumberSeen::Document(document) => self.theirs.push(theirs_of(*document)),
            NumberSeen::Nothing => {
                empty.insert(number);
            }
            // nothing is to be expected there, and nothing was seen
            NumberSeen::Unread { total: None } if number >= next => {}
            NumberSeen::Unread { total } => {
                self.not_told.push(number);
                self.theirs.push(Theirs {
                    series: lane.series.clone(),
                    number: format!("{number:04}"),
                    provider_id: None,
                    day: None,
                    total,
                    currency: String::new(),
                    client: String::new(),
                    cancelled: None,
                    is_storno: None,
                    references: Vec::new(),
                    is_read: false,
                });
            }
        }
    }
}
