//! A month's figures out of its documents: pure sums, and the numbers of each series.

use chrono::NaiveDate;
use punte_domain::workdays::{einvoice_deadline, is_late};
use punte_domain::{Currency, DocumentState};
use punte_store::ledger::{FindingRow, MonthDocument};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

use crate::reconcile::{Facts, number_of};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub count: u32,
    pub minor: i64,
}

impl Sum {
    fn add(&mut self, minor: i64) {
        self.count += 1;
        self.minor += minor;
    }
}

/// What was issued in one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoneySums {
    pub invoices: Sum,
    /// Whole invoices taken back: negative.
    pub stornos: Sum,
    /// Parts taken back by negative lines.
    pub corrections: Sum,
    /// Invoices, stornos and corrections that stand.
    pub net: Sum,
    /// Cancelled at the provider: counted nowhere else.
    pub cancelled: Sum,
    /// Of the invoices: paid wholly, in part, not at all, and not told. Sums of what was paid; of `unpaid` and `not_told`,
    /// of what is owed.
    pub paid: Sum,
    pub partly_paid: Sum,
    pub unpaid: Sum,
    pub not_told: Sum,
}

/// What stands in one currency at one VAT rate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VatSum {
    pub documents: u32,
    pub base_minor: i64,
    pub vat_minor: i64,
}

/// How far the month's documents are with e-Factura.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EInvoiceSum {
    pub accepted: u32,
    pub processing: u32,
    pub rejected: u32,
    pub not_sent: u32,
    /// Neither accepted nor on its way, and over the time.
    pub late: u32,
    /// The next deadline of what is not sent and still in time.
    pub next_deadline: Option<NaiveDate>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub money: BTreeMap<String, MoneySums>,
    /// By currency and rate in percent.
    pub vat: BTreeMap<(String, Decimal), VatSum>,
    /// Documents that stand without a draft here: they are in no VAT sum.
    pub without_draft: u32,
    pub einvoice: EInvoiceSum,
}

impl Figures {
    pub fn add(&mut self, document: &MonthDocument, today: NaiveDate) {
        let money = self.money.entry(document.currency.clone()).or_default();
        let total = document.total_minor;
        match document.state {
            DocumentState::Issued | DocumentState::Reversed => {}
            DocumentState::Cancelled => return money.cancelled.add(total),
            DocumentState::Held
            | DocumentState::Ready
            | DocumentState::Sending
            | DocumentState::InDoubt
            | DocumentState::Dismissed
            | DocumentState::Deleted => return,
        }
        money.net.add(total);
        match (document.is_storno, document.is_correction) {
            (true, _) => money.stornos.add(total),
            (_, true) => money.corrections.add(total),
            (false, false) => {
                money.invoices.add(total);
                add_payment(money, document);
            }
        }
        self.add_vat(document);
        self.add_einvoice(document, today);
    }

    fn add_vat(&mut self, document: &MonthDocument) {
        let Some(draft) = &document.draft else {
            self.without_draft += 1;
            return;
        };
        for share in draft.vat_shares() {
            let sum = self.vat.entry((document.currency.clone(), share.rate.normalize())).or_default();
            sum.documents += 1;
            sum.base_minor += minor(draft.currency, share.net);
            sum.vat_minor += minor(draft.currency, share.vat);
        }
    }

    fn add_einvoice(&mut self, document: &MonthDocument, today: NaiveDate) {
        let sum = &mut self.einvoice;
        match document.einvoice.as_deref() {
            Some("accepted") => return sum.accepted += 1,
            Some("processing") => return sum.processing += 1,
            Some("rejected") => sum.rejected += 1,
            _ => sum.not_sent += 1,
        }
        let Ok(issued) = document.issue_date.parse() else { return };
        if is_late(issued, today) {
            sum.late += 1;
        } else {
            let deadline = einvoice_deadline(issued);
            sum.next_deadline = Some(sum.next_deadline.map_or(deadline, |next| next.min(deadline)));
        }
    }
}

fn minor(currency: Currency, amount: Decimal) -> i64 {
    currency.to_minor(amount).unwrap_or_default()
}

fn add_payment(money: &mut MoneySums, document: &MonthDocument) {
    let at_issue = document
        .draft
        .as_ref()
        .and_then(|draft| draft.payment.as_ref().map(|payment| minor(draft.currency, payment.value)));
    let paid = document.paid_minor.or(at_issue);
    match paid {
        None => money.not_told.add(document.total_minor),
        Some(paid) if paid >= document.total_minor => money.paid.add(paid),
        Some(paid) if paid > 0 => money.partly_paid.add(paid),
        Some(_) => money.unpaid.add(document.total_minor),
    }
}

/// Numbers in a row that no document of the ledger stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    pub from: String,
    pub until: String,
    pub count: u64,
    /// `deleted_here`, `record_missing`, `unexplained`, or `not_compared`: no pass has said what the provider has there.
    pub why: String,
    /// Something explains it: it was deleted there, or a person said why.
    pub is_explained: bool,
    /// The finding that a person can explain.
    pub finding_id: Option<String>,
    pub reason: String,
    pub who: String,
    pub at_ms: Option<i64>,
}

/// The numbers of one series in a month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    pub first: String,
    pub last: String,
    pub gaps: Vec<Gap>,
}

/// Where numbers are missing: from the one after the last before the month to the last of the month.
pub(super) fn missing(own: &BTreeSet<u64>, before: Option<u64>) -> Vec<(u64, u64)> {
    let Some(first) = own.first() else { return Vec::new() };
    let mut last = before.filter(|before| before < first).unwrap_or(first.saturating_sub(1));
    let mut found = Vec::new();
    for number in own {
        if *number > last + 1 {
            found.push((last + 1, number - 1));
        }
        last = *number;
    }
    found
}

/// What is known of a missing number.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Known {
    /// A document of another month.
    Elsewhere,
    Deleted,
    /// Index of the gap's finding.
    Told(usize),
    Nothing,
}

/// Splits missing numbers into gaps by what is known of them: documents of other days (`others`), what a pass saw at the
/// provider (`seen`), and what passes found.
pub(super) fn explain(
    runs: &[(u64, u64)],
    others: &BTreeMap<u64, DocumentState>,
    seen: &BTreeSet<u64>,
    findings: &[&FindingRow],
    width: usize,
) -> Vec<Gap> {
    let told: Vec<(u64, u64, Facts)> = findings
        .iter()
        .filter_map(|finding| {
            let from = number_of(finding.number.as_deref()?)?;
            let facts: Facts = serde_json::from_str(&finding.facts).unwrap_or_default();
            Some((from, number_of(&facts.until).unwrap_or(from), facts))
        })
        .collect();
    let known = |number: u64| match others.get(&number) {
        Some(DocumentState::Deleted) => Known::Deleted,
        Some(_) => Known::Elsewhere,
        None if seen.contains(&number) => Known::Elsewhere,
        None => {
            told.iter().position(|(from, to, _)| (*from..=*to).contains(&number)).map_or(Known::Nothing, Known::Told)
        }
    };
    let mut gaps: Vec<Gap> = Vec::new();
    for (from, to) in runs {
        // where what is known changes: nothing in between needs a look
        let mut borders: BTreeSet<u64> = BTreeSet::from([*from]);
        for number in others.range(from..=to).map(|(number, _)| *number).chain(seen.range(from..=to).copied()) {
            borders.extend([number, number + 1]);
        }
        for (first, last, _) in &told {
            borders.extend([*first, last + 1]);
        }
        let starts: Vec<u64> = borders.range(from..=to).copied().collect();
        for (at, start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).map_or(*to, |next| next - 1);
            let one = match known(*start) {
                Known::Elsewhere => continue,
                Known::Deleted => gap(*start, end, "deleted_here", width, None),
                Known::Nothing => gap(*start, end, "not_compared", width, None),
                Known::Told(index) => gap(*start, end, &told[index].2.why, width, Some(findings[index])),
            };
            gaps.push(one);
        }
    }
    gaps
}

fn gap(from: u64, to: u64, why: &str, width: usize, finding: Option<&FindingRow>) -> Gap {
    let ignored = finding.filter(|finding| finding.state == "ignored");
    Gap {
        from: format!("{from:0width$}"),
        until: format!("{to:0width$}"),
        count: to - from + 1,
        why: why.to_owned(),
        is_explained: why == "deleted_here" || ignored.is_some(),
        finding_id: finding.map(|finding| finding.id.clone()),
        reason: ignored.map(|finding| finding.reason.clone()).unwrap_or_default(),
        who: ignored.map(|finding| finding.who.clone()).unwrap_or_default(),
        at_ms: ignored.and_then(|finding| finding.closed_ms),
    }
}
