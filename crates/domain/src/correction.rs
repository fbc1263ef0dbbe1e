//! The draft of a document that takes back a part of an invoice: negative quantities, the invoice's client and VAT rates,
//! and exactly the amount that was refunded.

use crate::draft::{Draft, Line, LineKind};
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rounding that may stand between a line's net and its tax.
const TOLERANCE: Decimal = dec!(0.011);

/// One line of a refund as the shop lists it. Amounts and quantity are positive; the quantity is zero where only money was
/// given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLine {
    pub name: String,
    pub code: String,
    pub quantity: Decimal,
    pub net: Decimal,
    pub tax: Decimal,
}

/// Why no draft can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCorrection {
    /// The invoice does not hold so much any more, at these rates.
    MoreThanLeft,
    /// Nothing tells which VAT rate was refunded: a person chooses among these.
    WhichRate(Vec<Decimal>),
}

/// What a correction is printed with.
#[derive(Debug, Clone, Copy)]
pub struct Printed<'a> {
    /// Name of a line that stands for an amount.
    pub line: &'a str,
    pub mentions: &'a str,
}

/// Gross by VAT rate; negative where more is taken back than given.
fn by_rate<'d>(lines: impl Iterator<Item = (&'d Line, crate::Currency)>) -> BTreeMap<Decimal, Decimal> {
    let mut sums = BTreeMap::new();
    for (line, currency) in lines {
        *sums.entry(line.vat_rate).or_default() += line.gross(currency);
    }
    sums
}

/// What an invoice still holds at each VAT rate, after the corrections that were made of it.
pub fn left_by_rate(original: &Draft, earlier: &[Draft]) -> BTreeMap<Decimal, Decimal> {
    let mut left = by_rate(original.lines.iter().map(|line| (line, original.currency)));
    let lines = earlier.iter().flat_map(|draft| draft.lines.iter().map(|line| (line, draft.currency)));
    for (rate, gross) in by_rate(lines) {
        *left.entry(rate).or_default() += gross;
    }
    left.retain(|_, gross| !gross.is_zero());
    left
}

/// The draft that takes back `amount` (positive). By the refund's own lines where they sum to it; otherwise by one line, at
/// the invoice's only VAT rate or at `rate`, which a person chose.
pub fn correction(
    original: &Draft,
    earlier: &[Draft],
    amount: Decimal,
    lines: &[RefundLine],
    rate: Option<Decimal>,
    printed: Printed<'_>,
) -> Result<Draft, NoCorrection> {
    let left = left_by_rate(original, earlier);
    let by_lines = if rate.is_none() { refund_lines(original, amount, lines) } else { None };
    let lines = match by_lines {
        Some(lines) => lines,
        None => {
            let rates: Vec<Decimal> = original.vat_shares().into_iter().map(|share| share.rate).collect();
            let rate = match (rate, rates.as_slice()) {
                (Some(chosen), known) if known.contains(&chosen) => chosen,
                (None, [only]) => *only,
                _ => {
                    let fitting = left.iter().filter(|(_, gross)| **gross >= amount).map(|(rate, _)| *rate);
                    let fitting: Vec<Decimal> = fitting.collect();
                    return Err(if fitting.is_empty() {
                        NoCorrection::MoreThanLeft
                    } else {
                        NoCorrection::WhichRate(fitting)
                    });
                }
            };
            vec![amount_line(original, printed.line, rate, amount)]
        }
    };
    let wanted = by_rate(lines.iter().map(|line| (line, original.currency)));
    let fits = |(rate, taken): (&Decimal, &Decimal)| left.get(rate).is_some_and(|left| -*taken <= *left);
    if !wanted.iter().all(fits) {
        return Err(NoCorrection::MoreThanLeft);
    }
    Ok(draft_of(original, lines, amount, printed.mentions))
}

/// The draft that takes back all that earlier corrections left, one line for each VAT rate.
pub fn rest(original: &Draft, earlier: &[Draft], printed: Printed<'_>) -> Result<Draft, NoCorrection> {
    let left = left_by_rate(original, earlier);
    let amount: Decimal = left.values().sum();
    if left.values().any(|gross| *gross < Decimal::ZERO) || amount.is_zero() {
        return Err(NoCorrection::MoreThanLeft);
    }
    let lines = left.iter().map(|(rate, gross)| amount_line(original, printed.line, *rate, *gross)).collect();
    Ok(draft_of(original, lines, amount, printed.mentions))
}

fn draft_of(original: &Draft, lines: Vec<Line>, amount: Decimal, mentions: &str) -> Draft {
    Draft {
        lines,
        payment: None,
        due_days: None,
        mentions: mentions.to_owned(),
        order_total: -amount,
        tolerance: Decimal::ZERO,
        // whether goods came back is not known: the stock is a person's matter
        warehouse: String::new(),
        ..original.clone()
    }
}

fn amount_line(original: &Draft, name: &str, rate: Decimal, gross: Decimal) -> Line {
    let like = original.lines.iter().find(|line| line.vat_rate == rate);
    Line {
        kind: LineKind::Fee,
        name: name.to_owned(),
        code: String::new(),
        description: String::new(),
        unit: like.map_or_else(|| "buc".to_owned(), |line| line.unit.clone()),
        quantity: Decimal::NEGATIVE_ONE,
        unit_price: gross,
        vat_rate: rate,
        vat_name: like.map(|line| line.vat_name.clone()).unwrap_or_default(),
        is_service: true,
    }
}

/// The refund's lines with the invoice's rates; `None` where they do not explain the amount to the cent.
fn refund_lines(original: &Draft, amount: Decimal, lines: &[RefundLine]) -> Option<Vec<Line>> {
    let currency = original.currency;
    let given: Vec<&RefundLine> = lines.iter().filter(|line| !(line.net + line.tax).is_zero()).collect();
    if given.is_empty() {
        return None;
    }
    let made: Vec<Line> = given.into_iter().map(|line| refund_line(original, line)).collect::<Option<_>>()?;
    let sum: Decimal = made.iter().map(|line| line.gross(currency)).sum();
    (-sum == amount).then_some(made)
}

fn refund_line(original: &Draft, refund: &RefundLine) -> Option<Line> {
    let explains = |rate: Decimal| (refund.net * rate / dec!(100) - refund.tax).abs() <= TOLERANCE;
    // what was taken off the invoice is in the prices that the shop gives back
    let given = || original.lines.iter().filter(|line| !matches!(line.kind, LineKind::Discount | LineKind::Rounding));
    let named = given().find(|line| line.name == refund.name && explains(line.vat_rate));
    let like = match named {
        Some(line) => line,
        None => {
            let mut fitting = given().filter(|line| explains(line.vat_rate));
            let first = fitting.next()?;
            if fitting.any(|other| other.vat_rate != first.vat_rate) {
                return None;
            }
            first
        }
    };
    let gross = original.currency.round(refund.net + refund.tax);
    let whole = if refund.quantity > Decimal::ZERO { refund.quantity } else { Decimal::ONE };
    let price = (gross / whole).round_dp(4);
    let (quantity, unit_price) = match original.currency.round(price * whole) == gross {
        true => (-whole, price),
        false => (Decimal::NEGATIVE_ONE, gross),
    };
    Some(Line {
        name: refund.name.clone(),
        code: if named.is_some() { like.code.clone() } else { refund.code.clone() },
        description: String::new(),
        quantity,
        unit_price,
        ..like.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Client, Currency};

    const PRINTED: Printed<'static> = Printed { line: "Retur", mentions: "Corectie FCT 0007" };

    fn line(name: &str, quantity: Decimal, unit_price: Decimal, vat_rate: Decimal) -> Line {
        Line {
            kind: LineKind::Product,
            name: name.into(),
            code: "C-1".into(),
            description: String::new(),
            unit: "buc".into(),
            quantity,
            unit_price,
            vat_rate,
            vat_name: "Normala".into(),
            is_service: false,
        }
    }

    fn invoice(lines: Vec<Line>) -> Draft {
        let mut draft = Draft {
            client: Client {
                name: "Ana Pop".into(),
                is_company: false,
                tax_id: String::new(),
                vat_payer: false,
                reg_com: String::new(),
                address: "Str. Morii 4".into(),
                city: "Cluj-Napoca".into(),
                county: "Cluj".into(),
                country: "Romania".into(),
                email: String::new(),
                phone: String::new(),
            },
            currency: Currency::RON,
            language: "RO".into(),
            precision: 4,
            lines,
            payment: None,
            tax_point: chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
            due_days: Some(15),
            mentions: "Multumim".into(),
            order_total: Decimal::ZERO,
            tolerance: Decimal::ZERO,
            warehouse: "Depozit".into(),
            receipt_series: String::new(),
        };
        draft.order_total = draft.total();
        draft
    }

    fn mugs() -> Draft {
        invoice(vec![line("Cană", dec!(2), dec!(60.5), dec!(21))])
    }

    fn mixed() -> Draft {
        invoice(vec![line("Cană", dec!(2), dec!(60.5), dec!(21)), line("Carte", dec!(1), dec!(44.4), dec!(11))])
    }

    fn refund(name: &str, quantity: Decimal, net: Decimal, tax: Decimal) -> RefundLine {
        RefundLine { name: name.into(), code: String::new(), quantity, net, tax }
    }

    #[test]
    fn an_amount_becomes_one_line_at_the_only_rate() {
        let made = correction(&mugs(), &[], dec!(21), &[], None, PRINTED).unwrap();
        assert_eq!((made.total(), made.order_total, made.lines.len()), (dec!(-21), dec!(-21), 1));
        assert_eq!((made.lines[0].vat_rate, made.lines[0].vat_name.as_str()), (dec!(21), "Normala"));
        assert_eq!(made.client, mugs().client);
        assert_eq!((made.warehouse.as_str(), made.due_days, made.mentions.as_str()), ("", None, "Corectie FCT 0007"));
        assert_eq!(made.problems(), []);
    }

    #[test]
    fn a_refund_with_lines_takes_back_these() {
        let lines = [refund("Cană", dec!(1), dec!(50), dec!(10.5)), refund("Carte", dec!(0), dec!(20), dec!(2.2))];
        let made = correction(&mixed(), &[], dec!(82.7), &lines, None, PRINTED).unwrap();
        let shown: Vec<_> =
            made.lines.iter().map(|l| (l.name.as_str(), l.quantity, l.unit_price, l.vat_rate)).collect();
        assert_eq!(
            shown,
            [("Cană", dec!(-1), dec!(60.5), dec!(21)), ("Carte", dec!(-1), dec!(22.2), dec!(11))],
            "money back on a line without a piece of it is one line over the amount"
        );
        assert_eq!(made.total(), dec!(-82.7));
        assert_eq!(made.problems(), []);
    }

    #[test]
    fn a_price_that_does_not_divide_stays_exact() {
        let original = invoice(vec![line("Cană", dec!(3), dec!(33.3333), dec!(21))]);
        let lines = [refund("Cană", dec!(3), dec!(82.64), dec!(17.36))];
        let made = correction(&original, &[], dec!(100), &lines, None, PRINTED).unwrap();
        assert_eq!(made.total(), dec!(-100));
    }

    #[test]
    fn lines_that_do_not_sum_to_the_amount_are_not_taken() {
        let lines = [refund("Cană", dec!(1), dec!(50), dec!(10.5))];
        let made = correction(&mugs(), &[], dec!(30), &lines, None, PRINTED).unwrap();
        assert_eq!((made.lines[0].name.as_str(), made.total()), ("Retur", dec!(-30)));
    }

    #[test]
    fn of_several_rates_a_person_chooses_one_that_holds_the_amount() {
        let asked = correction(&mixed(), &[], dec!(20), &[], None, PRINTED);
        assert_eq!(asked, Err(NoCorrection::WhichRate(vec![dec!(11), dec!(21)])));
        let asked = correction(&mixed(), &[], dec!(100), &[], None, PRINTED);
        assert_eq!(asked, Err(NoCorrection::WhichRate(vec![dec!(21)])));
        let made = correction(&mixed(), &[], dec!(20), &[], Some(dec!(11)), PRINTED).unwrap();
        assert_eq!((made.lines[0].vat_rate, made.total()), (dec!(11), dec!(-20)));
        let strange = correction(&mixed(), &[], dec!(20), &[], Some(dec!(19)), PRINTED);
        assert!(matches!(strange, Err(NoCorrection::WhichRate(_))), "no rate that the invoice has not");
        assert_eq!(correction(&mixed(), &[], dec!(50), &[], Some(dec!(11)), PRINTED), Err(NoCorrection::MoreThanLeft));
    }

    #[test]
    fn a_discount_line_lowers_what_can_be_taken_back() {
        let off = Line { kind: LineKind::Discount, ..line("Reducere", dec!(-1), dec!(21), dec!(21)) };
        let original = invoice(vec![line("Cană", dec!(2), dec!(60.5), dec!(21)), off]);
        assert_eq!(left_by_rate(&original, &[])[&dec!(21)], dec!(100));
        assert_eq!(correction(&original, &[], dec!(100.01), &[], None, PRINTED), Err(NoCorrection::MoreThanLeft));
        let made = correction(&original, &[], dec!(100), &[], None, PRINTED).unwrap();
        assert_eq!((made.total(), made.problems()), (dec!(-100), vec![]));
        assert_eq!(rest(&original, &[made], PRINTED), Err(NoCorrection::MoreThanLeft));
    }

    #[test]
    fn corrections_never_exceed_the_invoice_at_any_rate() {
        let first = correction(&mugs(), &[], dec!(100), &[], None, PRINTED).unwrap();
        let taken = [first];
        assert_eq!(correction(&mugs(), &taken, dec!(21.01), &[], None, PRINTED), Err(NoCorrection::MoreThanLeft));
        let second = correction(&mugs(), &taken, dec!(21), &[], None, PRINTED).unwrap();
        assert_eq!(second.total(), dec!(-21));
        assert_eq!(rest(&mugs(), &[taken[0].clone(), second], PRINTED), Err(NoCorrection::MoreThanLeft));
    }

    #[test]
    fn the_rest_is_what_is_left_at_each_rate() {
        let lines = [refund("Cană", dec!(1), dec!(50), dec!(10.5))];
        let first = correction(&mixed(), &[], dec!(60.5), &lines, None, PRINTED).unwrap();
        let made = rest(&mixed(), &[first], PRINTED).unwrap();
        let shown: Vec<_> = made.lines.iter().map(|line| (line.vat_rate, line.unit_price)).collect();
        assert_eq!(shown, [(dec!(11), dec!(44.4)), (dec!(21), dec!(60.5))]);
        assert_eq!((made.total(), made.problems()), (dec!(-104.9), vec![]));
    }
}
