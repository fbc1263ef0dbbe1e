//! Trigger rules of a flow: which orders it takes, when their invoices are issued, and how.
//!
//! Pure values and one judgement. Rules say nothing about the content of an invoice beyond what a person chooses once for a
//! flow (due days, language, payment): everything that depends on the order's fields is a mapping's. The rules that nobody
//! touched take every completed or paid order at once, as it is mapped.

mod check;
mod facts;
mod judge;
mod proforma;
#[cfg(test)]
mod tests;

pub use check::RuleProblem;
pub use facts::Facts;
pub use judge::{Judged, judge};
pub use proforma::{DocumentChoice, ProformaRule, is_settled};

use crate::draft::{CollectKind, Draft, Payment};
use crate::order::OrderHead;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The longest delay: a month.
pub const MOST_DELAY_MINUTES: u32 = 30 * 24 * 60;

/// A list to take from, and one to leave alone: with nothing in the first, all that is not in the second.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    pub include: Vec<String>,
    pub exclude: Vec<String>,
}

impl Choice {
    /// Whether what an order names is taken; compared without regard to capitals.
    fn takes(&self, named: &[String]) -> bool {
        let among = |list: &[String]| list.iter().any(|one| named.iter().any(|name| is_same(one, name)));
        (self.include.is_empty() || among(&self.include)) && !among(&self.exclude)
    }

    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }
}

/// Whether an order must be paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paid {
    #[default]
    Any,
    Yes,
    No,
}

impl Paid {
    pub const ALL: [Paid; 3] = [Paid::Any, Paid::Yes, Paid::No];

    /// The word of the api.
    pub fn as_str(self) -> &'static str {
        match self {
            Paid::Any => "any",
            Paid::Yes => "yes",
            Paid::No => "no",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Conditions on an order, all of which must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct When {
    /// Statuses in every shop's words (`open`, `paid`, `completed`) or in the shop's own; empty: for a flow completed or paid,
    /// for a rule inside it any.
    pub statuses: Vec<String>,
    pub paid: Paid,
    /// As the shop codes them (`cod`, `stripe`).
    pub payment_methods: Choice,
    /// ISO 3166 codes of two letters.
    pub countries: Choice,
    /// Gross, in the order's currency, both included.
    pub min_total: Option<Decimal>,
    pub max_total: Option<Decimal>,
}

impl When {
    fn has_status(&self, head: &OrderHead) -> bool {
        self.statuses.iter().any(|one| is_same(one, head.status.as_str()) || is_same(one, &head.status_text))
    }

    /// The code of the first condition beside the status that an order does not meet.
    fn missed(&self, head: &OrderHead, facts: &Facts) -> Option<&'static str> {
        match self.paid {
            Paid::Yes if head.paid_ms.is_none() => return Some("not_paid"),
            Paid::No if head.paid_ms.is_some() => return Some("is_paid"),
            Paid::Any | Paid::Yes | Paid::No => {}
        }
        self.missed_but_payment(head, facts)
    }

    /// The same, whether the order is paid or not.
    fn missed_but_payment(&self, head: &OrderHead, facts: &Facts) -> Option<&'static str> {
        if !self.payment_methods.takes(&facts.payment_methods) {
            return Some("payment_method");
        }
        if !self.countries.takes(std::slice::from_ref(&facts.country)) {
            return Some("country");
        }
        if self.min_total.is_some_and(|least| head.total < least) {
            return Some("below_minimum");
        }
        self.max_total.is_some_and(|most| head.total > most).then_some("above_maximum")
    }

    /// Whether a rule inside a flow fits an order that the flow takes.
    fn fits(&self, head: &OrderHead, facts: &Facts) -> bool {
        (self.statuses.is_empty() || self.has_status(head)) && self.missed(head, facts).is_none()
    }
}

/// Orders that fit are invoiced in another series than the flow's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesRule {
    pub when: When,
    pub series: String,
}

/// Which day an invoice bears, in Europe/Bucharest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueDate {
    /// The day on which it is issued.
    #[default]
    IssueDay,
    /// The day on which the order was completed, or paid where it was not completed; held where that day is over in the books.
    CompletionDay,
}

impl IssueDate {
    pub const ALL: [IssueDate; 2] = [IssueDate::IssueDay, IssueDate::CompletionDay];

    /// The word of the api.
    pub fn as_str(self) -> &'static str {
        match self {
            IssueDate::IssueDay => "issue_day",
            IssueDate::CompletionDay => "completion_day",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// When the payment of an order is recorded at the billing provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectWhen {
    /// With the invoice.
    #[default]
    Now,
    /// When the shop says that the order is paid; at once after the invoice where it says so already.
    Later,
    Never,
}

impl CollectWhen {
    pub const ALL: [CollectWhen; 3] = [CollectWhen::Now, CollectWhen::Later, CollectWhen::Never];

    /// The word of the api.
    pub fn as_str(self) -> &'static str {
        match self {
            CollectWhen::Now => "now",
            CollectWhen::Later => "later",
            CollectWhen::Never => "never",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// How orders paid by one method are collected, in place of what the mapping says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectRule {
    /// As the shop codes it; empty: every method that no rule before it names.
    pub method: String,
    pub when: CollectWhen,
    #[serde(rename = "as")]
    pub kind: CollectKind,
}

/// What is to be done by itself once an invoice was issued. Frozen with the draft, each done once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowUps {
    pub email: bool,
    pub einvoice: bool,
    /// The payment to record when the order is paid.
    pub collect: Option<CollectKind>,
    /// The series of its receipt, where it is in cash.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub receipt_series: String,
}

/// A flow's rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowRules {
    pub when: When,
    pub document: DocumentChoice,
    /// Of [`DocumentChoice::ProformaThenInvoice`].
    pub proforma: ProformaRule,
    /// From completion or payment to the issue; at most [`MOST_DELAY_MINUTES`].
    pub delay_minutes: u32,
    /// Orders above it, in their own currency, are held until a person releases them.
    pub approve_above: Option<Decimal>,
    /// The first that fits names the series; none: the flow's own.
    pub series_rules: Vec<SeriesRule>,
    pub issue_date: IssueDate,
    /// Days after the issue date; `None`: as mapped.
    pub due_days: Option<u32>,
    /// The first whose method the order was paid by counts; none: as mapped.
    pub collect: Vec<CollectRule>,
    /// The provider's series in which receipts for cash are numbered; empty: nothing is taken in cash.
    pub receipt_series: String,
    /// `RO`, `EN`…; empty: as mapped.
    pub language: String,
    /// The provider mails the invoice to the client, once.
    pub email_client: bool,
    /// The invoice is handed to e-Factura, once.
    pub send_einvoice: bool,
}

impl FlowRules {
    /// Whether an order is above the limit from which a person decides.
    pub fn needs_approval(&self, head: &OrderHead) -> bool {
        self.approve_above.is_some_and(|most| head.total > most)
    }

    /// The series of an order where it is not the flow's own.
    pub fn series_for(&self, head: &OrderHead, facts: &Facts) -> Option<&str> {
        self.series_rules.iter().find(|rule| rule.when.fits(head, facts)).map(|rule| rule.series.as_str())
    }

    /// Whether any rule names a series.
    pub fn names_series(&self, series: &str) -> bool {
        self.series_rules.iter().any(|rule| rule.series == series)
    }

    fn collect_for(&self, facts: &Facts) -> Option<&CollectRule> {
        self.collect.iter().find(|rule| {
            rule.method.is_empty() || facts.payment_methods.iter().any(|method| is_same(&rule.method, method))
        })
    }

    /// Puts what the rules say of a document into what the mapping made.
    pub fn apply(&self, draft: &mut Draft, facts: &Facts, order_number: &str) {
        draft.receipt_series.clone_from(&self.receipt_series);
        if self.due_days.is_some() {
            draft.due_days = self.due_days;
        }
        if !self.language.is_empty() {
            draft.language.clone_from(&self.language);
        }
        let Some(rule) = self.collect_for(facts) else { return };
        draft.payment = match rule.when {
            CollectWhen::Later | CollectWhen::Never => None,
            CollectWhen::Now => Some(match draft.payment.take() {
                Some(mapped) => Payment { kind: rule.kind, ..mapped },
                None => Payment { kind: rule.kind, value: draft.total(), document_number: order_number.to_owned() },
            }),
        };
    }

    /// What follows by itself from an order's proforma: it is mailed, and nothing else.
    pub fn proforma_follow_ups(&self) -> Option<FollowUps> {
        self.email_client.then(|| FollowUps { email: true, ..FollowUps::default() })
    }

    /// What follows by itself from an order's invoice; `None` where nothing does.
    pub fn follow_ups(&self, facts: &Facts) -> Option<FollowUps> {
        let later = self.collect_for(facts).filter(|rule| rule.when == CollectWhen::Later);
        let collect = later.map(|rule| rule.kind);
        let wanted = FollowUps {
            email: self.email_client,
            einvoice: self.send_einvoice,
            collect,
            receipt_series: if collect == Some(CollectKind::Cash) {
                self.receipt_series.clone()
            } else {
                String::new()
            },
        };
        Some(wanted).filter(|wanted| *wanted != FollowUps::default())
    }
}

/// Codes and words of shops, compared without regard to capitals and blanks around.
fn is_same(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}
