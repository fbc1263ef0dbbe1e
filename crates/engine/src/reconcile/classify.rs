//! What the ledger and the provider know of one series, told apart: pure, and the same whatever the order of what comes in.
//!
//! Numbers are compared as numbers (`0010` is `10`), totals as decimals. Names are compared without case, diacritics and
//! repeated white space: providers write them anew.

use super::findings::{
    Classified, Coverage, Difference, Facts, Finding, FindingKind, Ours, Seen, Theirs, WaitingOrder,
};
use chrono::NaiveDate;
use punte_domain::DocumentState;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub fn number_of(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

/// A name without case, diacritics and repeated white space.
fn fold(text: &str) -> String {
    let plain: String = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The two sides of one series in a period, both days included. `ours` may hold more than the period's documents: those
/// are known, and neither missing nor matched by themselves.
pub fn classify(
    ours: &[Ours],
    waiting: &[WaitingOrder],
    theirs: &[Theirs],
    coverage: &Coverage,
    period: (NaiveDate, NaiveDate),
) -> Classified {
    let mut ours: Vec<&Ours> = ours.iter().collect();
    ours.sort_by_key(|one| one.row);
    ours.dedup_by_key(|one| one.row);
    let mut theirs: Vec<&Theirs> = theirs.iter().collect();
    theirs.sort_by_key(|one| (number_of(&one.number), one.number.clone(), one.provider_id.clone()));
    let mut sides = Sides { ours, theirs, coverage, period, pairs: BTreeMap::new(), taken: BTreeSet::new() };
    sides.pair();
    let mut out = Classified::default();
    sides.judge_records(&mut out);
    sides.judge_strangers(&mut out);
    sides.judge_series(&mut out);
    for order in waiting.iter().filter(|order| order.day >= period.0 && order.day <= period.1) {
        out.findings.push(Finding {
            kind: FindingKind::Expected,
            subject: order.order_id.clone(),
            document_row: None,
            order_row: Some(order.order_row),
            number: None,
            provider_id: None,
            day: Some(order.day),
            facts: Facts { why: order.reason.clone(), ..Facts::default() },
        });
    }
    let number = |one: &Finding| one.number.as_deref().and_then(number_of);
    out.findings.sort_by(|a, b| (a.kind, number(a), &a.subject).cmp(&(b.kind, number(b), &b.subject)));
    out
}

struct Sides<'a> {
    ours: Vec<&'a Ours>,
    theirs: Vec<&'a Theirs>,
    coverage: &'a Coverage,
    period: (NaiveDate, NaiveDate),
    /// Index of ours to index of theirs.
    pairs: BTreeMap<usize, usize>,
    /// Indexes of theirs that belong to one of ours.
    taken: BTreeSet<usize>,
}

/// Whether a record holds that a document of it stands at the provider.
fn stands(state: DocumentState) -> bool {
    matches!(state, DocumentState::Issued | DocumentState::Cancelled | DocumentState::Reversed)
}

fn is_same_number(ours: &Ours, theirs: &Theirs) -> bool {
    let number = ours.number.as_deref().and_then(number_of);
    ours.series == theirs.series && number.is_some() && number == number_of(&theirs.number)
}

fn bears(theirs: &Theirs, reference: &str) -> bool {
    theirs.references.iter().any(|one| one == reference)
}

/// Whether a document under a record's number is another's.
fn is_anothers(ours: &Ours, theirs: &Theirs) -> bool {
    if bears(theirs, &ours.reference) {
        return false;
    }
    let other_id = matches!((&ours.provider_id, &theirs.provider_id), (Some(a), Some(b)) if a != b);
    if ours.is_storno {
        // the original's mentions may be copied into its storno
        let strange = theirs.references.iter().any(|one| Some(one) != ours.reverses.as_ref());
        return other_id || strange || theirs.is_storno == Some(false);
    }
    other_id || !theirs.references.is_empty() || theirs.is_storno == Some(true)
}

impl Sides<'_> {
    fn is_in_period(&self, day: Option<NaiveDate>) -> bool {
        day.is_none_or(|day| day >= self.period.0 && day <= self.period.1)
    }

    /// A day that is known and in the period.
    fn is_surely_in_period(&self, day: Option<NaiveDate>) -> bool {
        day.is_some() && self.is_in_period(day)
    }

    fn take(&mut self, at: usize, found: Option<usize>) {
        if let Some(found) = found {
            self.pairs.insert(at, found);
            self.taken.insert(found);
        }
    }

    fn find(&self, fits: impl Fn(&Theirs) -> bool) -> Option<usize> {
        (0..self.theirs.len()).find(|at| !self.taken.contains(at) && fits(self.theirs[*at]))
    }

    /// By the provider's id; by number where nothing says that it is another's; by the reference alone where the record's
    /// own number is proven to bear it no more.
    fn pair(&mut self) {
        for at in 0..self.ours.len() {
            let ours = self.ours[at];
            if ours.number.is_some() && ours.provider_id.is_some() {
                let found = self.find(|theirs| theirs.provider_id == ours.provider_id);
                self.take(at, found);
            }
        }
        for at in self.unpaired() {
            let ours = self.ours[at];
            let bearing = self.find(|theirs| is_same_number(ours, theirs) && bears(theirs, &ours.reference));
            let found = match ours.state {
                // a deleted number may be given again
                DocumentState::Deleted => bearing,
                _ => bearing.or_else(|| self.find(|one| is_same_number(ours, one) && !is_anothers(ours, one))),
            };
            self.take(at, found);
        }
        for at in self.unpaired() {
            let ours = self.ours[at];
            if stands(ours.state) && self.is_absent(ours) {
                let is_live = |theirs: &Theirs| theirs.is_storno != Some(true) && theirs.cancelled != Some(true);
                let found = self.find(|theirs| bears(theirs, &ours.reference) && is_live(theirs));
                self.take(at, found);
            }
        }
    }

    /// Records with a number that no document was found for.
    fn unpaired(&self) -> Vec<usize> {
        let is_open = |at: &usize| {
            let ours = self.ours[*at];
            let has_number = ours.number.is_some() && (stands(ours.state) || ours.state == DocumentState::Deleted);
            has_number && !self.pairs.contains_key(at)
        };
        (0..self.ours.len()).filter(is_open).collect()
    }

    /// Another's document under a record's number.
    fn usurper(&self, ours: &Ours) -> Option<&Theirs> {
        self.theirs.iter().copied().find(|theirs| theirs.is_read && is_same_number(ours, theirs))
    }

    /// Whether a record's document is proven not to stand where the record has it.
    fn is_absent(&self, ours: &Ours) -> bool {
        let number = ours.number.as_deref().and_then(number_of);
        if ours.is_recent {
            return false;
        }
        match self.coverage {
            Coverage::Listed { from, to } => ours.day.is_some_and(|day| day >= *from && day <= *to),
            Coverage::Numbers { empty, .. } => {
                number.is_some_and(|number| empty.contains(&number)) || self.usurper(ours).is_some()
            }
            Coverage::Nothing => self.usurper(ours).is_some(),
        }
    }

    /// Whether the pass came to a record's number at all.
    fn was_looked_at(&self, ours: &Ours) -> bool {
        match (self.coverage, ours.number.as_deref().and_then(number_of)) {
            (Coverage::Numbers { looked, .. }, Some(number)) => number >= looked.0 && number <= looked.1,
            _ => true,
        }
    }

    fn judge_records(&self, out: &mut Classified) {
        for (at, ours) in self.ours.iter().copied().enumerate() {
            let about = |kind, facts| Finding { facts, ..about_record(kind, ours) };
            if let Some(theirs) = self.pairs.get(&at).map(|found| self.theirs[*found]) {
                if !self.is_surely_in_period(ours.day) && !self.is_surely_in_period(theirs.day) {
                    continue;
                }
                let differs = differences(ours, theirs);
                if !differs.is_empty() {
                    let facts = Facts {
                        reference: ours.reference.clone(),
                        differs,
                        theirs: vec![seen(theirs)],
                        ..Facts::default()
                    };
                    out.findings.push(about(FindingKind::Mismatched, facts));
                } else if theirs.is_read {
                    out.matched += 1;
                    out.agreed.push(ours.row);
                } else {
                    out.not_told += 1;
                }
                continue;
            }
            if !self.is_surely_in_period(ours.day) || !self.was_looked_at(ours) {
                continue;
            }
            match ours.state {
                DocumentState::Held | DocumentState::Ready | DocumentState::Sending | DocumentState::InDoubt => {
                    let facts = Facts {
                        why: ours.state.as_str().to_owned(),
                        reference: ours.reference.clone(),
                        ..Facts::default()
                    };
                    out.findings.push(about(FindingKind::Expected, facts));
                }
                DocumentState::Issued | DocumentState::Cancelled | DocumentState::Reversed => {
                    if !self.is_absent(ours) {
                        out.not_told += 1;
                        continue;
                    }
                    let usurper = self.usurper(ours);
                    let facts = Facts {
                        why: if usurper.is_some() { "number_given" } else { "absent" }.to_owned(),
                        reference: ours.reference.clone(),
                        theirs: usurper.map(seen).into_iter().collect(),
                        ..Facts::default()
                    };
                    out.findings.push(about(FindingKind::MissingThere, facts));
                }
                DocumentState::Deleted | DocumentState::Dismissed => {}
            }
        }
    }

    /// Documents at the provider that no record is linked to.
    fn judge_strangers(&self, out: &mut Classified) {
        let mut found_first: BTreeSet<i64> = BTreeSet::new();
        for (at, theirs) in self.theirs.iter().copied().enumerate() {
            if self.taken.contains(&at) || !self.is_in_period(theirs.day) {
                continue;
            }
            if !theirs.is_read {
                out.not_told += 1;
                continue;
            }
            let record = self.ours.iter().copied().find(|ours| bears(theirs, &ours.reference));
            let (kind, why, proposal) = match record {
                None if theirs.references.is_empty() => (FindingKind::UnknownHere, "elsewhere", ""),
                None => (FindingKind::UnknownHere, "another_punte", ""),
                Some(_) if theirs.is_storno == Some(true) => (FindingKind::UnknownHere, "storno", "look"),
                // a copy that is cancelled already bills nobody
                Some(_) if theirs.cancelled == Some(true) => continue,
                Some(ours) => match ours.state {
                    DocumentState::Issued | DocumentState::Cancelled | DocumentState::Reversed => {
                        (FindingKind::Duplicate, "linked_elsewhere", "storno")
                    }
                    DocumentState::Deleted => (FindingKind::UnknownHere, "deleted_here", "storno"),
                    _ if !found_first.insert(ours.row) => (FindingKind::Duplicate, "second", "storno"),
                    // its answer is on its way
                    DocumentState::Sending => continue,
                    DocumentState::InDoubt => (FindingKind::UnknownHere, "not_linked", "link"),
                    DocumentState::Held | DocumentState::Ready | DocumentState::Dismissed => {
                        (FindingKind::UnknownHere, "not_linked", "look")
                    }
                },
            };
            let facts = Facts {
                why: why.to_owned(),
                proposal: proposal.to_owned(),
                reference: theirs.references.first().cloned().unwrap_or_default(),
                linked: record.map(linked).unwrap_or_default(),
                theirs: vec![seen(theirs)],
                ..Facts::default()
            };
            out.findings.push(Finding {
                document_row: record.map(|ours| ours.row),
                order_row: record.map(|ours| ours.order_row),
                facts,
                ..about_theirs(kind, theirs)
            });
        }
    }

    /// Numbers without a document between the first and the last, and numbers with several.
    fn judge_series(&self, out: &mut Classified) {
        let mut under: BTreeMap<u64, Vec<&Theirs>> = BTreeMap::new();
        for theirs in self.theirs.iter().copied() {
            if let Some(number) = number_of(&theirs.number) {
                under.entry(number).or_default().push(theirs);
            }
        }
        for documents in under.values().filter(|documents| documents.len() > 1) {
            if !documents.iter().any(|one| self.is_in_period(one.day)) {
                continue;
            }
            let facts = Facts { theirs: documents.iter().map(|one| seen(one)).collect(), ..Facts::default() };
            let first = documents[0];
            let subject = format!("nr:{}", number_of(&first.number).unwrap_or_default());
            out.findings.push(Finding { subject, facts, ..about_theirs(FindingKind::Repeat, first) });
        }
        match self.coverage {
            Coverage::Nothing => {}
            Coverage::Listed { .. } => {
                let known: Vec<(u64, Option<NaiveDate>)> =
                    under.iter().map(|(number, documents)| (*number, documents[0].day)).collect();
                for pair in known.windows(2) {
                    let ((before, day), (after, next_day)) = (pair[0], pair[1]);
                    if self.is_in_period(day) || self.is_in_period(next_day) {
                        let day = if self.is_in_period(day) { day } else { next_day };
                        self.push_gaps(before + 1, after - 1, day, out);
                    }
                }
            }
            Coverage::Numbers { empty, given, .. } => {
                let last = under.keys().next_back().copied().unwrap_or_default();
                let mut run: Option<(u64, u64)> = None;
                for number in empty.iter().copied().filter(|number| *number < *given || *number < last) {
                    run = match run {
                        Some((from, to)) if number == to + 1 => Some((from, number)),
                        Some((from, to)) => {
                            self.push_gap(from, to, None, out);
                            Some((number, number))
                        }
                        None => Some((number, number)),
                    };
                }
                if let Some((from, to)) = run {
                    self.push_gap(from, to, None, out);
                }
            }
        }
    }

    /// The missing numbers of a stretch, but for those whose documents the ledger knows of a day that was not listed.
    fn push_gaps(&self, from: u64, to: u64, day: Option<NaiveDate>, out: &mut Classified) {
        let numbers = |ours: &&Ours| ours.number.as_deref().and_then(number_of);
        let mut known: Vec<u64> = self
            .ours
            .iter()
            .copied()
            .filter(|ours| stands(ours.state) && !self.is_absent(ours))
            .filter_map(|ours| numbers(&ours))
            .filter(|number| *number >= from && *number <= to)
            .collect();
        known.sort_unstable();
        let mut start = from;
        for number in known {
            if number > start {
                self.push_gap(start, number - 1, day, out);
            }
            start = number + 1;
        }
        if start <= to {
            self.push_gap(start, to, day, out);
        }
    }

    fn push_gap(&self, from: u64, to: u64, day: Option<NaiveDate>, out: &mut Classified) {
        let width = self.theirs.iter().map(|one| one.number.len()).max().unwrap_or(4);
        let printed = |number: u64| format!("{number:0width$}");
        let is_here = |ours: &&&Ours| {
            ours.number.as_deref().and_then(number_of).is_some_and(|number| number >= from && number <= to)
        };
        // a record that still counts on the number says more than one that gave it up
        let record = self
            .ours
            .iter()
            .filter(is_here)
            .min_by_key(|ours| (!stands(ours.state), ours.state != DocumentState::Deleted, ours.row));
        let why = match record.map(|ours| ours.state) {
            Some(state) if stands(state) => "record_missing",
            Some(DocumentState::Deleted) => "deleted_here",
            _ => "unexplained",
        };
        out.findings.push(Finding {
            kind: FindingKind::Gap,
            subject: format!("nr:{from}"),
            document_row: record.map(|ours| ours.row),
            order_row: record.map(|ours| ours.order_row),
            number: Some(printed(from)),
            provider_id: None,
            day,
            facts: Facts { why: why.to_owned(), until: printed(to), ..Facts::default() },
        });
    }
}

fn about_record(kind: FindingKind, ours: &Ours) -> Finding {
    Finding {
        kind,
        subject: ours.id.clone(),
        document_row: Some(ours.row),
        order_row: Some(ours.order_row),
        number: ours.number.clone(),
        provider_id: ours.provider_id.clone(),
        day: ours.day,
        facts: Facts::default(),
    }
}

fn about_theirs(kind: FindingKind, theirs: &Theirs) -> Finding {
    let subject = match (&theirs.provider_id, number_of(&theirs.number)) {
        (Some(id), _) => format!("id:{id}"),
        (None, Some(number)) => format!("nr:{number}"),
        (None, None) => format!("nr:{}", theirs.number),
    };
    Finding {
        kind,
        subject,
        document_row: None,
        order_row: None,
        number: Some(theirs.number.clone()),
        provider_id: theirs.provider_id.clone(),
        day: theirs.day,
        facts: Facts::default(),
    }
}

fn linked(ours: &Ours) -> String {
    ours.number.as_ref().map(|number| format!("{} {number}", ours.series)).unwrap_or_default()
}

fn seen(theirs: &Theirs) -> Seen {
    let state = match (theirs.cancelled, theirs.is_storno) {
        (Some(true), _) => "cancelled",
        (_, Some(true)) => "storno",
        _ => "",
    };
    Seen {
        series: theirs.series.clone(),
        number: theirs.number.clone(),
        provider_id: theirs.provider_id.clone().unwrap_or_default(),
        date: theirs.day.map(|day| day.to_string()).unwrap_or_default(),
        total: theirs.total.map(|total| total.normalize().to_string()).unwrap_or_default(),
        currency: theirs.currency.clone(),
        client: theirs.client.clone(),
        state: state.to_owned(),
        references: theirs.references.clone(),
    }
}

/// Every field that both sides tell, and tell otherwise.
fn differences(ours: &Ours, theirs: &Theirs) -> Vec<Difference> {
    let mut differs = Vec::new();
    let mut note = |field: &str, ours: String, theirs: String| {
        differs.push(Difference { field: field.to_owned(), ours, theirs });
    };
    if let Some(total) = theirs.total.filter(|total| *total != ours.total) {
        note("total", ours.total.normalize().to_string(), total.normalize().to_string());
    }
    if !theirs.currency.is_empty() && !theirs.currency.eq_ignore_ascii_case(&ours.currency) {
        note("currency", ours.currency.clone(), theirs.currency.clone());
    }
    if !theirs.client.is_empty() && !ours.client.is_empty() && fold(&theirs.client) != fold(&ours.client) {
        note("client", ours.client.clone(), theirs.client.clone());
    }
    if let (Some(our_day), Some(their_day)) = (ours.day, theirs.day)
        && our_day != their_day
    {
        note("date", our_day.to_string(), their_day.to_string());
    }
    let is_cancelled = |cancelled: bool| if cancelled { "cancelled" } else { "issued" }.to_owned();
    match (ours.state, theirs.cancelled) {
        (DocumentState::Deleted, cancelled) => {
            note("state", ours.state.as_str().to_owned(), is_cancelled(cancelled == Some(true)));
        }
        (DocumentState::Cancelled, Some(false)) => note("state", "cancelled".to_owned(), is_cancelled(false)),
        (DocumentState::Issued, Some(true)) => note("state", "issued".to_owned(), is_cancelled(true)),
        _ => {}
    }
    let number = ours.number.clone().unwrap_or_default();
    if ours.series != theirs.series || number_of(&number) != number_of(&theirs.number) {
        note("number", format!("{} {number}", ours.series), format!("{} {}", theirs.series, theirs.number));
    }
    if theirs.is_read && !ours.is_storno && !bears(theirs, &ours.reference) {
        note("reference", ours.reference.clone(), theirs.references.join(", "));
    }
    differs
}
