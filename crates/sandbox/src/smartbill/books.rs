//! What SmartBill remembers of the company: series with their counters, documents (invoices and proformas), payments, and
//! what it mailed. Numbers are the printed text, padded to four; drafts have none.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::config::account;
use crate::dice::Dice;
use crate::kept::Kept;
use crate::money::Line;

/// Names and percents in the account. 19, 9 and 5 are gone since August 2025.
pub(crate) const TAXES: [(&str, Decimal); 6] = [
    ("Normala", dec!(21)),
    ("Redusa", dec!(11)),
    ("Taxare inversa", dec!(0)),
    ("TVA Inclus", dec!(0)),
    ("SDD", dec!(0)),
    ("SFDD", dec!(0)),
];

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Series {
    /// f invoices, p proformas, c receipts.
    pub kind: String,
    pub name: String,
    pub next: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    #[default]
    Invoice,
    Estimate,
}

impl Kind {
    /// Its letter in `/series`.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Invoice => "f",
            Self::Estimate => "p",
        }
    }

    /// Its word in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Invoice => "Factura",
            Self::Estimate => "Proforma",
        }
    }

    /// Its word in addresses, and the `type` of `/document/send`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Invoice => "factura",
            Self::Estimate => "proforma",
        }
    }
}

fn yes() -> bool {
    true
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Document {
    pub id: u64,
    #[serde(default)]
    pub kind: Kind,
    pub series: String,
    /// Empty for a draft.
    pub number: String,
    pub hash: String,
    pub issue_date: NaiveDate,
    pub due_date: Option<NaiveDate>,
    pub currency: String,
    #[serde(default)]
    pub language: String,
    pub client: Map<String, Value>,
    pub lines: Vec<Line>,
    pub total: Decimal,
    /// The sum of what the payments below pay of it.
    pub paid: Decimal,
    pub mentions: String,
    pub observations: String,
    pub cancelled: bool,
    /// The number, in the same series, that this one reverses.
    pub reverses: Option<String>,
    /// The proforma that it was made from: series and number.
    #[serde(default)]
    pub from_estimate: Option<(String, String)>,
    /// Whether its issuer paid VAT.
    #[serde(default = "yes")]
    pub vat_payer: bool,
    #[serde(default)]
    pub uses_stock: bool,
    pub created_ms: i64,
}

impl Document {
    pub fn is_draft(&self) -> bool {
        self.number.is_empty()
    }

    pub fn ordinal(&self) -> u64 {
        self.number.parse().unwrap_or_default()
    }

    /// A field of the client, as text.
    pub fn client_text(&self, key: &str) -> &str {
        self.client.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// What it is called in `GET /state`.
    pub fn label(&self) -> &'static str {
        match (self.kind, self.is_draft(), &self.reverses) {
            (_, true, _) => "draft",
            (Kind::Estimate, ..) => "proforma",
            (_, _, Some(_)) => "storno",
            _ => "invoice",
        }
    }
}

/// What a payment pays of one invoice.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Share {
    pub series: String,
    pub number: String,
    pub value: Decimal,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub id: u64,
    /// Spelt as deleting wants it.
    pub kind: String,
    /// Only receipts have a series and a number.
    pub series: String,
    pub number: String,
    pub issue_date: NaiveDate,
    pub value: Decimal,
    pub currency: String,
    pub client: Map<String, Value>,
    pub text: String,
    pub draft: bool,
    pub pays: Vec<Share>,
    pub created_ms: i64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Email {
    /// `factura` or `proforma`.
    pub document: String,
    pub series: String,
    pub number: String,
    pub to: String,
    pub cc: String,
    pub bcc: String,
    /// Decoded; empty where the account's template was used.
    pub subject: String,
    pub body: String,
    pub sent_ms: i64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SmartBillBooks {
    pub series: Vec<Series>,
    documents: Vec<Kept<Document>>,
    #[serde(default)]
    payments: Vec<Kept<Payment>>,
    #[serde(default)]
    emails: Vec<Kept<Email>>,
    /// Names of saved clients, and the fiscal code of each.
    #[serde(default)]
    pub clients: BTreeMap<String, String>,
    next_id: u64,
    /// Everything ever issued, for the plan's quota: deleting gives nothing back.
    pub issued: u32,
    #[serde(default)]
    pub deleted: u32,
}

impl SmartBillBooks {
    pub fn new() -> Self {
        let series = |kind: &str, name: &str| Series { kind: kind.into(), name: name.into(), next: 1 };
        Self {
            series: vec![
                series("f", account::SMARTBILL_SERIES),
                series("f", "MAG"),
                series("p", "ATP"),
                series("c", "CHT"),
            ],
            documents: Vec::new(),
            payments: Vec::new(),
            emails: Vec::new(),
            clients: BTreeMap::new(),
            next_id: 20_363,
            issued: 0,
            deleted: 0,
        }
    }

    /// More invoice series: `S01`, `S02` and so on.
    pub fn add_series(&mut self, count: u32) {
        let more = (1..=count).map(|n| Series { kind: "f".into(), name: format!("S{n:02}"), next: 1 });
        self.series.extend(more);
    }

    pub fn documents(&self) -> &[Kept<Document>] {
        &self.documents
    }

    pub fn payments(&self) -> &[Kept<Payment>] {
        &self.payments
    }

    pub fn emails(&self) -> &[Kept<Email>] {
        &self.emails
    }

    /// Exactly as printed: an unpadded number finds nothing.
    pub fn find(&self, kind: Kind, series: &str, number: &str) -> Option<&Kept<Document>> {
        if number.is_empty() {
            return None;
        }
        self.documents.iter().rev().find(|d| d.kind == kind && d.number == number && d.series == series)
    }

    pub fn find_mut(&mut self, kind: Kind, series: &str, number: &str) -> Option<&mut Kept<Document>> {
        let of = |d: &Document| d.kind == kind && !d.is_draft() && d.number == number && d.series == series;
        self.documents.iter_mut().rev().find(|d| of(d))
    }

    /// Whether the document with this number is the highest of its series that still exists.
    pub fn is_last(&self, kind: Kind, series: &str, number: &str) -> bool {
        let of = |d: &&Kept<Document>| d.kind == kind && d.series == series && !d.is_draft();
        let highest = self.documents.iter().filter(of).map(|d| d.ordinal()).max();
        highest.is_some_and(|highest| format!("{highest:04}") == number)
    }

    /// The storno that takes the invoice back, unless it was cancelled.
    pub fn reversal_of(&self, document: &Document) -> Option<&Kept<Document>> {
        let takes_back = |d: &&Kept<Document>| {
            d.series == document.series && !d.cancelled && d.reverses.as_ref() == Some(&document.number)
        };
        self.documents.iter().find(takes_back)
    }

    /// What is left to be paid. A storno and the invoice it takes back settle each other; how the real service shows that
    /// is UNVERIFIED.
    pub fn left_to_pay(&self, document: &Document) -> Decimal {
        if document.reverses.is_some() || self.reversal_of(document).is_some() {
            return Decimal::ZERO;
        }
        document.total - document.paid
    }

    /// The invoices made from a proforma.
    pub fn invoices_of(&self, series: &str, number: &str) -> Vec<&Document> {
        let made = |d: &&Document| d.from_estimate.as_ref().is_some_and(|(s, n)| s == series && n == number);
        self.documents.iter().map(|d| &**d).filter(made).collect()
    }

    fn next_number(&mut self, letter: &str, series: &str) -> String {
        let Some(series) = self.series.iter_mut().find(|s| s.kind == letter && s.name == series) else {
            return String::new();
        };
        let number = format!("{:04}", series.next);
        series.next += 1;
        number
    }

    fn give_back(&mut self, letter: &str, series: &str, number: &str) {
        if let Some(counter) = self.series.iter_mut().find(|s| s.kind == letter && s.name == series)
            && let Ok(number) = number.parse()
        {
            counter.next = number;
        }
    }

    /// Makes the newest document's total larger (a fault).
    pub fn raise_newest(&mut self, by: Decimal) {
        if let Some(newest) = self.documents.last_mut() {
            newest.change(|document| document.total += by);
        }
    }

    /// Files a document under the series' next number (none for a draft) and returns it.
    pub fn file(&mut self, mut document: Document, draft: bool) -> Document {
        document.id = self.next_id;
        self.next_id += 1;
        document.hash = Dice::new(document.id, 41).hex(40);
        let letter = document.kind.letter();
        document.number = if draft { String::new() } else { self.next_number(letter, &document.series) };
        self.issued = self.issued.saturating_add(1);
        self.documents.push(Kept::new(document.clone()));
        document
    }

    /// Takes a document out for good. What was paid for it stays, without it.
    pub fn remove(&mut self, kind: Kind, series: &str, number: &str, number_returns: bool) {
        if number_returns && self.is_last(kind, series, number) {
            self.give_back(kind.letter(), series, number);
        }
        self.documents.retain(|d| !(d.kind == kind && d.series == series && d.number == number));
        self.deleted = self.deleted.saturating_add(1);
        if kind == Kind::Invoice {
            let pays_it = |share: &Share| share.series == series && share.number == number;
            for payment in self.payments.iter_mut().filter(|p| p.pays.iter().any(pays_it)) {
                payment.change(|payment| payment.pays.retain(|share| !pays_it(share)));
            }
        }
    }

    /// Files a payment (a receipt under the next number of its series) and counts it for the invoices that it pays.
    pub fn file_payment(&mut self, mut payment: Payment) -> Payment {
        payment.id = self.next_id;
        self.next_id += 1;
        let series = payment.series.clone();
        payment.number = if payment.draft { String::new() } else { self.next_number("c", &series) };
        self.count_shares(&payment.pays, true);
        self.payments.push(Kept::new(payment.clone()));
        payment
    }

    fn count_shares(&mut self, shares: &[Share], add: bool) {
        for share in shares {
            if let Some(document) = self.find_mut(Kind::Invoice, &share.series, &share.number) {
                document.change(|d| d.paid += if add { share.value } else { -share.value });
            }
        }
    }

    pub fn is_last_receipt(&self, payment: &Payment) -> bool {
        let of = |p: &&Kept<Payment>| p.series == payment.series && !p.number.is_empty();
        self.payments.iter().filter(of).map(|p| &p.number).max() == Some(&payment.number)
    }

    pub fn remove_payment(&mut self, id: u64, number_returns: bool) {
        let Some(at) = self.payments.iter().position(|payment| payment.id == id) else { return };
        let payment = (*self.payments.remove(at)).clone();
        self.count_shares(&payment.pays, false);
        self.deleted = self.deleted.saturating_add(1);
        if number_returns && !payment.number.is_empty() {
            self.give_back("c", &payment.series, &payment.number);
        }
    }

    pub fn mail(&mut self, email: Email) {
        self.emails.push(Kept::new(email));
    }
}
