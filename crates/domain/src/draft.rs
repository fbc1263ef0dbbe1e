//! The provider-neutral invoice that a mapping makes, and the checks it must pass before anything is sent.

use crate::money::Currency;
use crate::tax_id::{TaxIdError, cnp_is_consistent, parse_cui};
use crate::vat::legal_rates;
use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lines on one document: SmartBill refuses more (HTTP 410), and no shop order comes near.
pub const MAX_LINES: usize = 400;
const MAX_TEXT: usize = 300;
/// What e-Factura takes for a person whose CNP is not known.
const NO_TAX_ID: &str = "0000000000000";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    pub name: String,
    /// A company (checked CUI) or a person.
    pub is_company: bool,
    /// CUI as it shall be printed, with `RO` where the shop gave it; empty for a person.
    pub tax_id: String,
    /// Registered for VAT, as the source says. Not guessed.
    pub vat_payer: bool,
    pub reg_com: String,
    pub address: String,
    pub city: String,
    /// Name without diacritics (`Bucuresti`, `Cluj`), as both providers want it.
    pub county: String,
    /// Romanian name of the country (`Romania`, `Franta`).
    pub country: String,
    pub email: String,
    pub phone: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    Product,
    Shipping,
    Fee,
    /// Takes something off: its quantity is negative, its price is not.
    Discount,
    /// Takes up a small difference to the order's total, either way.
    Rounding,
}

impl LineKind {
    /// The code on the wire and in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            LineKind::Product => "product",
            LineKind::Shipping => "shipping",
            LineKind::Fee => "fee",
            LineKind::Discount => "discount",
            LineKind::Rounding => "rounding",
        }
    }
}

/// One line. Unit prices include VAT: shops in Romania sell gross, and gross sums to what the customer paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub kind: LineKind,
    pub name: String,
    pub code: String,
    pub description: String,
    pub unit: String,
    pub quantity: Decimal,
    /// VAT included, after discounts, at most four decimals.
    pub unit_price: Decimal,
    /// Percent.
    pub vat_rate: Decimal,
    /// The rate's name at the provider (`Normala`); filled from the flow's rates, empty means "by percentage".
    pub vat_name: String,
    pub is_service: bool,
}

impl Line {
    /// Gross of the line, rounded to the currency: what the provider computes from unit price and quantity.
    pub fn gross(&self, currency: Currency) -> Decimal {
        currency.round(self.unit_price * self.quantity)
    }
}

/// How money came in, in words that both providers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectKind {
    Card,
    BankTransfer,
    CashOnDelivery,
    /// Against a receipt (chitanță) that the provider numbers in a series of receipts.
    Cash,
    Other,
}

/// A payment to be recorded with the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub kind: CollectKind,
    pub value: Decimal,
    /// The processor's transaction, or the order's number.
    pub document_number: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub client: Client,
    pub currency: Currency,
    /// `RO`, `EN`…
    pub language: String,
    /// Decimals of unit prices on the document, 2 to 4.
    pub precision: u32,
    pub lines: Vec<Line>,
    pub payment: Option<Payment>,
    /// The tax point: decides the legal VAT rates.
    pub tax_point: NaiveDate,
    /// Days after the issue date; `None`: no due date.
    pub due_days: Option<u32>,
    /// Printed text before our reference is added.
    pub mentions: String,
    /// What the shop says the customer owes or paid: the draft must sum to it.
    pub order_total: Decimal,
    /// A difference to it up to this is let through; 0 is to the cent.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    pub tolerance: Decimal,
    /// The provider's warehouse that goods leave; empty: its stock is not touched.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub warehouse: String,
    /// The provider's series of receipts, for a payment in cash.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub receipt_series: String,
}

/// One VAT rate's share of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatShare {
    pub rate: Decimal,
    pub net: Decimal,
    pub vat: Decimal,
}

/// Something that keeps a draft from being sent: a field by its target name, a code from the failure kinds, and facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftProblem {
    pub field: String,
    pub kind: crate::FailureKind,
    pub detail: String,
}

impl Draft {
    /// Sum of the lines, VAT included.
    pub fn total(&self) -> Decimal {
        self.lines.iter().map(|line| line.gross(self.currency)).sum()
    }

    /// VAT by rate, taken out of the gross sums (EN 16931: per rate, on the sum), highest rate first.
    pub fn vat_shares(&self) -> Vec<VatShare> {
        let mut gross_by_rate: BTreeMap<Decimal, Decimal> = BTreeMap::new();
        for line in &self.lines {
            *gross_by_rate.entry(line.vat_rate).or_default() += line.gross(self.currency);
        }
        gross_by_rate
            .into_iter()
            .rev()
            .map(|(rate, gross)| {
                let vat = self.currency.round(gross * rate / (dec!(100) + rate));
                VatShare { rate, net: gross - vat, vat }
            })
            .collect()
    }

    /// Everything that must be right before a draft may be sent. Empty means: may be sent.
    pub fn problems(&self) -> Vec<DraftProblem> {
        let mut problems = Vec::new();
        self.check_client(&mut problems);
        self.check_lines(&mut problems);
        self.check_payment(&mut problems);
        let total = self.total();
        if (self.currency.round(self.order_total) - total).abs() > self.tolerance {
            problem(
                &mut problems,
                "total",
                crate::FailureKind::TotalsDiffer,
                format!("{} != {}", total, self.currency.round(self.order_total)),
            );
        }
        problems
    }

    /// Whether every number is of a size that can be reckoned with: amounts and quantities up to 10^12, rates from 0 to 100.
    ///
    /// # Errors
    /// The numbers that are not, by field.
    pub fn check_sizes(&self) -> Result<(), Vec<DraftProblem>> {
        const MOST: Decimal = dec!(1_000_000_000_000);
        let mut problems = Vec::new();
        if self.order_total.abs() > MOST {
            problem(&mut problems, "document.total", crate::FailureKind::FieldInvalid, self.order_total.to_string());
        }
        for (index, line) in self.lines.iter().enumerate() {
            for (name, value, is_fine) in [
                ("quantity", line.quantity, line.quantity.abs() <= MOST),
                ("unit_price", line.unit_price, line.unit_price.abs() <= MOST),
                ("vat_rate", line.vat_rate, (Decimal::ZERO..=dec!(100)).contains(&line.vat_rate)),
            ] {
                if !is_fine {
                    let field = format!("lines[{}].{name}", index + 1);
                    problem(&mut problems, &field, crate::FailureKind::FieldInvalid, value.normalize().to_string());
                }
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn check_client(&self, problems: &mut Vec<DraftProblem>) {
        use crate::FailureKind as K;
        let client = &self.client;
        for (field, text) in [
            ("client.name", &client.name),
            ("client.country", &client.country),
            ("client.city", &client.city),
            ("client.address", &client.address),
        ] {
            if text.trim().is_empty() {
                let kind = if field == "client.name" { K::FieldMissing } else { K::AddressIncomplete };
                problem(problems, field, kind, String::new());
            } else if text.chars().count() > MAX_TEXT {
                problem(problems, field, K::FieldInvalid, format!("> {MAX_TEXT}"));
            }
        }
        let romanian = client.country.eq_ignore_ascii_case("romania");
        if romanian && client.county.trim().is_empty() {
            problem(problems, "client.county", K::AddressIncomplete, String::new());
        }
        if romanian && client.county == "Bucuresti" && !is_sector(&client.city) {
            problem(problems, "client.city", K::AddressIncomplete, client.city.clone());
        }
        if !client.is_company && romanian {
            let id = client.tax_id.trim();
            if !(id.is_empty() || id == NO_TAX_ID || cnp_is_consistent(id)) {
                problem(problems, "client.tax_id", K::TaxIdInvalid, id.chars().take(24).collect());
            }
        }
        if client.is_company && romanian {
            match parse_cui(&client.tax_id) {
                Ok(_) => {}
                Err(TaxIdError::NotACui(_)) if client.tax_id.trim().is_empty() => {
                    problem(problems, "client.tax_id", K::FieldMissing, String::new());
                }
                // a fact, not a sentence: what stands there, and what it would be with the right control digit
                Err(TaxIdError::CuiControlDigit { text, expected }) => {
                    let body = text.trim_end_matches(|digit: char| digit.is_ascii_digit());
                    let digits = &text[body.len()..text.len() - 1];
                    let detail = format!("{text} ({body}{digits}{expected}?)");
                    problem(problems, "client.tax_id", K::TaxIdInvalid, detail);
                }
                Err(TaxIdError::NotACui(text)) => problem(problems, "client.tax_id", K::TaxIdInvalid, text),
            }
        }
    }

    fn check_payment(&self, problems: &mut Vec<DraftProblem>) {
        let Some(payment) = self.payment.as_ref().filter(|payment| payment.kind == CollectKind::Cash) else { return };
        if self.receipt_series.trim().is_empty() {
            problem(problems, "payment.receipt_series", crate::FailureKind::FieldMissing, String::new());
        }
        if let Some(most) = most_cash(&self.client, self.currency).filter(|most| payment.value > *most) {
            let detail = format!("{} > {most} {}", payment.value.normalize(), self.currency.code());
            problem(problems, "payment.value", crate::FailureKind::CashLimit, detail);
        }
    }

    /// Whether an invoice over this says of client and lines what a proforma over the other said.
    pub fn repeats(&self, proforma: &Draft) -> bool {
        (&self.client, self.currency, &self.lines, self.precision, self.language.as_str())
            == (&proforma.client, proforma.currency, &proforma.lines, proforma.precision, proforma.language.as_str())
    }

    fn check_lines(&self, problems: &mut Vec<DraftProblem>) {
        use crate::FailureKind as K;
        if self.lines.is_empty() {
            problem(problems, "lines", K::FieldMissing, String::new());
        }
        if self.lines.len() > MAX_LINES {
            problem(problems, "lines", K::TooManyLines, self.lines.len().to_string());
        }
        let legal = legal_rates(self.tax_point);
        // what takes something back does so in every line, by its quantity: a price is never negative. A discount goes the
        // other way, a rounding either
        let takes_back = self.order_total < Decimal::ZERO;
        for (index, line) in self.lines.iter().enumerate() {
            let at = |name: &str| format!("lines[{}].{name}", index + 1);
            if line.name.trim().is_empty() {
                problem(problems, &at("name"), K::FieldMissing, String::new());
            } else if line.name.chars().count() > MAX_TEXT {
                problem(problems, &at("name"), K::FieldInvalid, format!("> {MAX_TEXT}"));
            }
            if line.unit.trim().is_empty() {
                problem(problems, &at("unit"), K::FieldMissing, String::new());
            }
            let is_right_way = match line.kind {
                LineKind::Product | LineKind::Shipping | LineKind::Fee => {
                    line.quantity.is_sign_negative() == takes_back
                }
                LineKind::Discount => line.quantity.is_sign_negative() != takes_back,
                LineKind::Rounding => true,
            };
            if line.quantity.is_zero() || !is_right_way {
                problem(problems, &at("quantity"), K::FieldInvalid, line.quantity.to_string());
            }
            if line.unit_price < Decimal::ZERO {
                problem(problems, &at("unit_price"), K::FieldInvalid, line.unit_price.to_string());
            }
            if !legal.contains(&line.vat_rate) {
                problem(
                    problems,
                    &at("vat_rate"),
                    K::VatRateNotLegal,
                    format!("{} % @ {}", line.vat_rate.normalize(), self.tax_point),
                );
            }
        }
    }
}

/// The most that may be taken in cash from one client in a day, and for one invoice, which may not be split: 5,000 lei from
/// a company, 10,000 lei from a person. Source: Law 70/2015, articles 3 and 4, as amended by OUG 115/2023. In other currencies
/// the limit hangs on a rate that nobody knows here.
pub fn most_cash(client: &Client, currency: Currency) -> Option<Decimal> {
    (currency == Currency::RON).then(|| if client.is_company { dec!(5000) } else { dec!(10000) })
}

fn problem(problems: &mut Vec<DraftProblem>, field: &str, kind: crate::FailureKind, detail: String) {
    problems.push(DraftProblem { field: field.to_owned(), kind, detail });
}

/// `Sector 1` to `Sector 6`, as e-Factura wants Bucharest's city.
pub fn is_sector(city: &str) -> bool {
    matches!(city.strip_prefix("Sector "), Some("1" | "2" | "3" | "4" | "5" | "6"))
}

#[cfg(test)]
pub(crate) mod tests;
