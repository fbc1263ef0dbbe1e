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

fn problem(problems: &mut Vec<DraftProblem>, field: &str, kind: crate::FailureKind, detail: String) {
    problems.push(DraftProblem { field: field.to_owned(), kind, detail });
}

/// `Sector 1` to `Sector 6`, as e-Factura wants Bucharest's city.
pub fn is_sector(city: &str) -> bool {
    matches!(city.strip_prefix("Sector "), Some("1" | "2" | "3" | "4" | "5" | "6"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::FailureKind;

    pub(crate) fn draft() -> Draft {
        Draft {
            client: Client {
                name: "EXEMPLU SRL".into(),
                is_company: true,
                tax_id: "RO12345674".into(),
                vat_payer: true,
                reg_com: "J40/1/2020".into(),
                address: "Str. Test 99".into(),
                city: "Sector 1".into(),
                county: "Bucuresti".into(),
                country: "Romania".into(),
                email: String::new(),
                phone: String::new(),
            },
            currency: Currency::RON,
            language: "RO".into(),
            precision: 4,
            lines: vec![
                line("Cană ceramică", dec!(3), dec!(8.99), dec!(21)),
                line("Carte", dec!(1), dec!(45), dec!(11)),
            ],
            payment: None,
            tax_point: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
            due_days: None,
            mentions: String::new(),
            order_total: dec!(71.97),
            tolerance: Decimal::ZERO,
            warehouse: String::new(),
        }
    }

    fn line(name: &str, quantity: Decimal, unit_price: Decimal, vat_rate: Decimal) -> Line {
        Line {
            kind: LineKind::Product,
            name: name.into(),
            code: String::new(),
            description: String::new(),
            unit: "buc".into(),
            quantity,
            unit_price,
            vat_rate,
            vat_name: String::new(),
            is_service: false,
        }
    }

    fn kinds(draft: &Draft) -> Vec<(String, FailureKind)> {
        draft.problems().into_iter().map(|p| (p.field, p.kind)).collect()
    }

    #[test]
    fn a_good_draft_has_no_problems_and_sums_to_the_order() {
        assert_eq!(kinds(&draft()), []);
        assert_eq!(draft().total(), dec!(71.97));
    }

    #[test]
    fn vat_is_taken_per_rate_on_the_sum() {
        let shares = draft().vat_shares();
        assert_eq!((shares[0].rate, shares[0].vat), (dec!(21), dec!(4.68)));
        assert_eq!((shares[1].rate, shares[1].net), (dec!(11), dec!(40.54)));
    }

    #[test]
    fn a_cent_off_is_held_not_balanced() {
        let mut off = draft();
        off.order_total = dec!(71.98);
        assert_eq!(kinds(&off), [("total".into(), FailureKind::TotalsDiffer)]);
    }

    #[test]
    fn a_tolerance_lets_through_what_is_within_it_and_no_more() {
        let mut off = draft();
        off.tolerance = dec!(0.02);
        off.order_total = dec!(71.99);
        assert_eq!(kinds(&off), []);
        off.order_total = dec!(72.00);
        assert_eq!(kinds(&off), [("total".into(), FailureKind::TotalsDiffer)]);
    }

    #[test]
    fn a_discount_is_a_line_that_goes_the_other_way() {
        let mut cheaper = draft();
        cheaper.lines.push(Line { kind: LineKind::Discount, ..line("Card cadou", dec!(-1), dec!(10), dec!(21)) });
        cheaper.order_total = dec!(61.97);
        assert_eq!(kinds(&cheaper), []);
        assert_eq!(cheaper.vat_shares()[0].vat, dec!(2.95), "it lowers its rate's share");
        cheaper.lines[2].quantity = dec!(1);
        assert_eq!(kinds(&cheaper)[0], ("lines[3].quantity".into(), FailureKind::FieldInvalid));
    }

    #[test]
    fn a_person_has_no_tax_id_or_a_right_one_or_thirteen_zeros() {
        let mut person = draft();
        person.client.is_company = false;
        for good in ["", "0000000000000", "1980101123452"] {
            person.client.tax_id = good.into();
            assert_eq!(kinds(&person), [], "{good}");
        }
        person.client.tax_id = "1980101123453".into();
        assert_eq!(kinds(&person), [("client.tax_id".into(), FailureKind::TaxIdInvalid)]);
    }

    #[test]
    fn numbers_beyond_reckoning_are_named() {
        let mut huge = draft();
        huge.lines[1].quantity = Decimal::MAX;
        huge.lines[0].vat_rate = dec!(-100);
        let found: Vec<String> = huge.check_sizes().unwrap_err().into_iter().map(|problem| problem.field).collect();
        assert_eq!(found, ["lines[1].vat_rate", "lines[2].quantity"]);
    }

    #[test]
    fn an_old_vat_rate_is_named_with_its_date() {
        let mut old = draft();
        old.lines[0].vat_rate = dec!(19);
        let problem = &old.problems()[0];
        assert_eq!((problem.field.as_str(), problem.kind), ("lines[1].vat_rate", FailureKind::VatRateNotLegal));
        assert_eq!(problem.detail, "19 % @ 2026-11-21");
    }

    #[test]
    fn bucharest_needs_a_sector() {
        let mut no_sector = draft();
        no_sector.client.city = "București".into();
        assert_eq!(kinds(&no_sector), [("client.city".into(), FailureKind::AddressIncomplete)]);
    }

    #[test]
    fn a_wrong_cui_and_a_missing_cui_differ() {
        let mut bad = draft();
        bad.client.tax_id = "RO12345675".into();
        assert_eq!(kinds(&bad), [("client.tax_id".into(), FailureKind::TaxIdInvalid)]);
        bad.client.tax_id = String::new();
        assert_eq!(kinds(&bad), [("client.tax_id".into(), FailureKind::FieldMissing)]);
    }

    #[test]
    fn what_takes_something_back_has_negative_quantities_throughout() {
        let mut back = draft();
        back.order_total = -back.order_total;
        for line in &mut back.lines {
            line.quantity = -line.quantity;
        }
        assert_eq!(kinds(&back), []);
        back.lines[1].quantity = dec!(1);
        back.order_total = back.total();
        let found = kinds(&back);
        assert_eq!(found[0], ("lines[1].quantity".into(), FailureKind::FieldInvalid), "{found:?}");
    }

    #[test]
    fn no_lines_negative_prices_and_endless_names_are_refused_before_sending() {
        let mut bad = draft();
        bad.lines[0].unit_price = dec!(-1);
        bad.lines[1].name = "x".repeat(10_000);
        let found = kinds(&bad);
        assert!(found.contains(&("lines[1].unit_price".into(), FailureKind::FieldInvalid)));
        assert!(found.contains(&("lines[2].name".into(), FailureKind::FieldInvalid)));
        bad.lines.clear();
        assert!(kinds(&bad).contains(&("lines".into(), FailureKind::FieldMissing)));
        bad.lines = vec![line("x", dec!(1), dec!(1), dec!(21)); 401];
        assert!(kinds(&bad).contains(&("lines".into(), FailureKind::TooManyLines)));
    }
}
