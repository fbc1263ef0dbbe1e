//! Exact sums: reading numbers off the wire without a float in between, rounding as an invoice does, and writing them
//! back in each protocol's way.

use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Rounds to bani, half away from zero.
pub(crate) fn round2(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// A JSON number, or a string that holds one. The number's shortest text is read, so 0.1 is exactly 0.1.
pub(crate) fn read_decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => parse_decimal(&number.to_string()),
        Value::String(text) => parse_decimal(text.trim()),
        _ => None,
    }
}

pub(crate) fn parse_decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// `12.30`
pub(crate) fn two_places(amount: Decimal) -> String {
    format!("{:.2}", round2(amount))
}

/// `12.3000`, as Oblio lists totals.
pub(crate) fn four_places(amount: Decimal) -> String {
    format!("{amount:.4}")
}

/// A bare JSON number, as SmartBill answers amounts. Amounts of an invoice survive the float that JSON numbers are.
pub(crate) fn json_number(amount: Decimal) -> Value {
    let normal = amount.normalize();
    if normal.scale() == 0
        && let Some(whole) = normal.to_i64()
    {
        return Value::from(whole);
    }
    Value::from(normal.to_string().parse::<f64>().unwrap_or_default())
}

/// The net part of a gross amount at a rate in percent, to the given places.
pub(crate) fn net_of(gross: Decimal, rate_percent: Decimal) -> Decimal {
    gross * Decimal::ONE_HUNDRED / (Decimal::ONE_HUNDRED + rate_percent)
}

/// One computed line of a document: what the PDF prints and what the totals are made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    pub name: String,
    pub code: String,
    pub unit: String,
    pub quantity: Decimal,
    pub price: Decimal,
    pub vat_name: String,
    pub rate_percent: Decimal,
    pub net: Decimal,
    pub vat: Decimal,
    pub discount: bool,
    pub vat_included: bool,
}

impl Line {
    pub fn gross(&self) -> Decimal {
        self.net + self.vat
    }

    /// Fills net and VAT from an amount that holds the VAT or does not, each rounded to bani.
    pub fn set_amount(&mut self, amount: Decimal, vat_included: bool) {
        let amount = round2(amount);
        if vat_included {
            self.net = round2(net_of(amount, self.rate_percent));
            self.vat = amount - self.net;
        } else {
            self.net = amount;
            self.vat = round2(amount * self.rate_percent / Decimal::ONE_HUNDRED);
        }
    }

    /// The same line taken back.
    pub fn reversed(&self) -> Self {
        Self { quantity: -self.quantity, net: -self.net, vat: -self.vat, ..self.clone() }
    }
}

/// The document's total: the sum of lines already rounded.
pub(crate) fn total_of(lines: &[Line]) -> Decimal {
    lines.iter().map(Line::gross).sum()
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use serde_json::json;

    use super::*;

    #[test]
    fn wire_numbers_are_read_exactly() {
        assert_eq!(read_decimal(&json!(0.1)), Some(dec!(0.1)));
        assert_eq!(read_decimal(&json!("7.429752")), Some(dec!(7.429752)));
        assert_eq!(read_decimal(&json!(1e-7)), Some(dec!(0.0000001)));
        assert_eq!(read_decimal(&json!("douăzeci")), None);
        assert_eq!(json_number(dec!(128.890)).to_string(), "128.89");
        assert_eq!(json_number(dec!(21.00)).to_string(), "21");
    }

    #[test]
    fn net_and_vat_of_a_gross_line_add_up_to_it() {
        let mut line = Line {
            name: String::new(),
            code: String::new(),
            unit: String::new(),
            quantity: dec!(3),
            price: dec!(9.99),
            vat_name: String::new(),
            rate_percent: dec!(21),
            net: Decimal::ZERO,
            vat: Decimal::ZERO,
            discount: false,
            vat_included: true,
        };
        line.set_amount(dec!(29.97), true);
        assert_eq!((line.net, line.vat, line.gross()), (dec!(24.77), dec!(5.20), dec!(29.97)));
    }
}
