//! A file's amounts become lines with VAT, exact to the cent, or they are refused.
//!
//! A line of docs/order.schema.json is a quantity and a unit price with VAT, after discounts, of four decimals at most. What
//! a file states otherwise (without VAT, as a line's total, with a discount beside it) is computed, and taken only where
//! quantity times price gives the line's amount again. A discount or shipping of the whole order has one VAT rate only where
//! its lines have one, or the file says which.

use crate::shops::ReasonCode;
use crate::shops::fields::{Read, clip, problem};
use chrono::NaiveDate;
use punte_domain::Currency;
use punte_domain::vat::snap_rate;
use rust_decimal::{Decimal, RoundingStrategy, dec};
use serde_json::{Map, Value, json};

/// Decimals of a unit price.
const PLACES: u32 = 4;
/// An amount's or a quantity's bound: what is computed of them stays exact.
pub(super) const LARGEST: Decimal = dec!(1_000_000_000_000);

/// What a file says of one line.
pub(super) struct LineAmounts {
    /// `lines[2]`
    pub(super) path: String,
    pub(super) kind: Option<String>,
    pub(super) name: String,
    pub(super) code: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) quantity: Decimal,
    pub(super) unit_price: Option<Decimal>,
    /// After discounts; it goes before the unit price.
    pub(super) total: Option<Decimal>,
    pub(super) tax: Option<Decimal>,
    /// Of the whole line.
    pub(super) discount: Decimal,
    pub(super) rate: Option<Decimal>,
}

/// Shipping, a fee or a discount of the whole order.
pub(super) struct Extra {
    pub(super) kind: &'static str,
    pub(super) field: String,
    pub(super) name: String,
    pub(super) amount: Decimal,
    pub(super) tax: Option<Decimal>,
    pub(super) rate: Option<Decimal>,
}

/// What a file says of one order's amounts.
pub(super) struct Amounts {
    pub(super) lines: Vec<LineAmounts>,
    pub(super) shipping: Extra,
    pub(super) fee: Extra,
    pub(super) discount: Extra,
    pub(super) subtotal: Option<Decimal>,
    pub(super) tax: Option<Decimal>,
    pub(super) total: Decimal,
    pub(super) currency: Currency,
    pub(super) with_vat: bool,
    pub(super) vat_rate: Option<Decimal>,
    pub(super) day: NaiveDate,
}

/// A line as the schema has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    kind: String,
    name: String,
    code: Option<String>,
    unit: Option<String>,
    quantity: Decimal,
    unit_price: Decimal,
    rate: Option<Decimal>,
}

impl Line {
    pub(super) fn to_json(&self) -> Value {
        let mut line = Map::new();
        line.insert("kind".to_owned(), json!(self.kind));
        line.insert("name".to_owned(), json!(self.name));
        for (key, value) in [("code", &self.code), ("unit", &self.unit)] {
            if let Some(value) = value {
                line.insert(key.to_owned(), json!(value));
            }
        }
        line.insert("quantity".to_owned(), json!(self.quantity.normalize().to_string()));
        line.insert("unit_price".to_owned(), json!(self.unit_price.normalize().to_string()));
        if let Some(rate) = self.rate {
            line.insert("vat_rate".to_owned(), json!(rate.normalize().to_string()));
        }
        Value::Object(line)
    }
}

/// The lines of an order, with those that shipping, fee and discount make.
///
/// # Errors
/// The first amount that cannot be expressed exactly.
pub(super) fn lines(mut order: Amounts) -> Read<Vec<Line>> {
    settle_discount(&mut order)?;
    let mut lines = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        lines.push(line_of(&order, line)?);
    }
    let mut extras = Vec::new();
    for extra in [&order.shipping, &order.fee, &order.discount] {
        if !extra.amount.is_zero() {
            extras.push(extra_of(&order, extra, &lines)?);
        }
    }
    lines.extend(extras);
    Ok(lines)
}

fn rounded(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// An amount with VAT: as it stands, with the tax that stands beside it, or by its rate.
fn gross(order: &Amounts, amount: Decimal, tax: Option<Decimal>, rate: Option<Decimal>, field: &str) -> Read<Decimal> {
    match (order.with_vat, tax, rate) {
        (true, ..) => Ok(amount),
        (false, Some(tax), _) => Ok(amount + tax),
        (false, None, Some(rate)) => Ok(amount + amount * rate / dec!(100)),
        (false, None, None) => problem(field, ReasonCode::NoVat),
    }
}

/// The rate that explains a tax, where the file states none.
fn rate_by_tax(order: &Amounts, amount: Decimal, tax: Option<Decimal>) -> Option<Decimal> {
    let tax = tax?;
    let net = if order.with_vat { amount - tax } else { amount };
    // both rounded to the cent
    snap_rate(net, tax, dec!(0.01), order.day)
}

fn line_of(order: &Amounts, line: &LineAmounts) -> Read<Line> {
    let path = |what: &str| format!("{}.{what}", line.path);
    let kind = match line.kind.as_deref() {
        None => "product",
        Some(kind @ ("product" | "shipping" | "fee" | "discount")) => kind,
        Some(kind) => {
            return problem(path("kind"), ReasonCode::BadKind.with("text", clip(kind)));
        }
    };
    let quantity = line.quantity.normalize();
    if quantity <= Decimal::ZERO || quantity.scale() > 6 {
        return problem(path("quantity"), ReasonCode::BadQuantity.with("amount", quantity));
    }
    let stated = line.total.or(line.unit_price).unwrap_or_default();
    if stated < Decimal::ZERO {
        return problem(path("unit_price"), ReasonCode::BelowZero.with("amount", stated));
    }
    let default = order.vat_rate;
    let (rate, unit_exact, exact) = match (line.total, line.unit_price) {
        (Some(total), _) => {
            let rate = line.rate.or_else(|| rate_by_tax(order, total, line.tax)).or(default);
            let exact = gross(order, total - line.discount, line.tax, rate, &path("total"))?;
            (rate, None, exact)
        }
        (None, Some(price)) => {
            let rate = line.rate.or_else(|| rate_by_tax(order, price * quantity - line.discount, line.tax)).or(default);
            let unit = gross(order, price, None, rate, &path("unit_price"))?;
            let off = gross(order, line.discount, None, rate, &path("discount"))?;
            (rate, Some(unit).filter(|_| off.is_zero()), unit * quantity - off)
        }
        (None, None) => return problem(path("unit_price"), ReasonCode::Blank),
    };
    if exact < Decimal::ZERO {
        return problem(path("discount"), ReasonCode::DiscountOverLine);
    }
    if exact >= LARGEST {
        return problem(path("unit_price"), ReasonCode::AmountTooLarge.with("amount", exact));
    }
    let amount = order.currency.round(exact);
    let Some(unit_price) = unit_price(order.currency, quantity, amount, unit_exact) else {
        let reason = ReasonCode::NoUnitPrice.with("amount", amount).with("quantity", quantity);
        return problem(path("unit_price"), reason);
    };
    Ok(Line {
        kind: kind.to_owned(),
        name: line.name.clone(),
        code: line.code.clone(),
        unit: line.unit.clone(),
        quantity,
        unit_price,
        rate,
    })
}

/// A price that, times the quantity, is the amount again: the stated one where it can be written, else the shortest.
fn unit_price(currency: Currency, quantity: Decimal, amount: Decimal, stated: Option<Decimal>) -> Option<Decimal> {
    let even = amount / quantity;
    let stated = stated.map(|stated| rounded(stated, PLACES));
    let shortest = [currency.exponent(), 3, PLACES].map(|places| rounded(even, places));
    stated.into_iter().chain(shortest).find(|price| currency.round(*price * quantity) == amount)
}

/// The rate of what is of the whole order: its own, the one of its tax, the one that all lines have, or the default.
fn extra_rate(order: &Amounts, extra: &Extra, lines: &[Line]) -> Read<Option<Decimal>> {
    if let Some(rate) = extra.rate.or_else(|| rate_by_tax(order, extra.amount, extra.tax)) {
        return Ok(Some(rate));
    }
    let mut rates = lines.iter().filter(|line| line.kind != "discount").map(|line| line.rate);
    let Some(first) = rates.next() else { return Ok(order.vat_rate) };
    match rates.find(|rate| *rate != first) {
        None => Ok(first),
        Some(other) => {
            let word = |rate: Option<Decimal>| rate.map_or_else(|| "–".to_owned(), |rate| format!("{rate} %"));
            let reason = ReasonCode::MixedRates.with("amount", extra.amount).with("one", word(first));
            let reason = reason.with("other", word(other));
            problem(extra.field.clone(), reason)
        }
    }
}

fn extra_of(order: &Amounts, extra: &Extra, lines: &[Line]) -> Read<Line> {
    if extra.amount < Decimal::ZERO {
        return problem(extra.field.clone(), ReasonCode::BelowZero.with("amount", extra.amount));
    }
    let rate = extra_rate(order, extra, lines)?;
    let amount = gross(order, extra.amount, extra.tax, rate, &extra.field)?;
    Ok(Line {
        kind: extra.kind.to_owned(),
        name: extra.name.clone(),
        code: None,
        unit: None,
        quantity: Decimal::ONE,
        unit_price: order.currency.round(amount),
        rate,
    })
}

/// What of an order's discount is not in its lines yet, and whether its amounts are with VAT, by its own sums.
///
/// Shopify states discounts on lines and one of the whole order. Whether the one holds the others is nowhere documented; the
/// subtotal, which is after all of them, tells it for each order. Where it tells neither, the order is refused.
fn settle_discount(order: &mut Amounts) -> Read<()> {
    let Some(subtotal) = order.subtotal else { return Ok(()) };
    let cost = |line: &LineAmounts| line.total.unwrap_or(line.unit_price.unwrap_or_default() * line.quantity);
    let sum: Decimal = order.lines.iter().map(cost).sum();
    let on_lines: Decimal = order.lines.iter().map(|line| line.discount).sum();
    let (whole, extras) = (order.discount.amount, order.shipping.amount + order.fee.amount);
    let tax = order.tax.unwrap_or_default();
    let total = order.total;
    let makes_total = |before: Decimal| before == total || before + tax == total;
    let (rest, after) = if sum - on_lines - whole == subtotal {
        (whole, subtotal)
    } else if sum - whole == subtotal && whole >= on_lines {
        (whole - on_lines, subtotal)
    } else if sum - on_lines == subtotal && makes_total(subtotal + extras) {
        (Decimal::ZERO, subtotal)
    } else if sum - on_lines == subtotal && makes_total(subtotal + extras - whole) {
        // taken off the shipping
        (whole, subtotal - whole)
    } else {
        let reason = ReasonCode::SubtotalDiffers.with("lines", sum).with("on_lines", on_lines);
        let reason = reason.with("on_order", whole).with("subtotal", subtotal);
        return problem("subtotal", reason);
    };
    order.discount.amount = rest;
    if !tax.is_zero() {
        match after + extras {
            before if before == total => order.with_vat = true,
            before if before + tax == total => order.with_vat = false,
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(quantity: Decimal, price: Decimal) -> LineAmounts {
        LineAmounts {
            path: "lines[0]".into(),
            kind: None,
            name: "Cană".into(),
            code: None,
            unit: None,
            quantity,
            unit_price: Some(price),
            total: None,
            tax: None,
            discount: Decimal::ZERO,
            rate: Some(dec!(21)),
        }
    }

    fn extra(kind: &'static str, amount: Decimal) -> Extra {
        Extra { kind, field: kind.into(), name: kind.into(), amount, tax: None, rate: None }
    }

    fn order(lines: Vec<LineAmounts>, total: Decimal) -> Amounts {
        Amounts {
            lines,
            shipping: extra("shipping", Decimal::ZERO),
            fee: extra("fee", Decimal::ZERO),
            discount: extra("discount", Decimal::ZERO),
            subtotal: None,
            tax: None,
            total,
            currency: Currency::RON,
            with_vat: true,
            vat_rate: None,
            day: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
        }
    }

    fn prices(order: Amounts) -> Vec<(String, Decimal, Option<Decimal>)> {
        lines(order).unwrap().into_iter().map(|line| (line.kind, line.unit_price, line.rate)).collect()
    }

    fn field(order: Amounts) -> String {
        lines(order).unwrap_err().field
    }

    #[test]
    fn prices_without_vat_come_to_the_cent_that_the_shop_computed() {
        let mut net = order(vec![line(dec!(3), dec!(7.429752))], dec!(26.97));
        net.with_vat = false;
        net.shipping = Extra { tax: Some(dec!(3.47)), ..extra("shipping", dec!(16.52)) };
        let rate = Some(dec!(21));
        let expected = [("product".to_owned(), dec!(8.99), rate), ("shipping".to_owned(), dec!(19.99), rate)];
        assert_eq!(prices(net), expected);
        let mut silent = order(vec![LineAmounts { rate: None, ..line(dec!(1), dec!(10)) }], dec!(12.10));
        silent.with_vat = false;
        assert_eq!(field(silent), "lines[0].unit_price", "no VAT is made up");
    }

    #[test]
    fn a_line_s_total_after_discounts_goes_before_its_price() {
        let item =
            LineAmounts { total: Some(dec!(22.29)), tax: Some(dec!(4.68)), rate: None, ..line(dec!(3), dec!(9)) };
        let mut net = order(vec![item], dec!(26.97));
        net.with_vat = false;
        assert_eq!(prices(net), [("product".to_owned(), dec!(8.99), Some(dec!(21)))], "and the tax tells the rate");
    }

    #[test]
    fn a_price_that_does_not_give_the_amount_again_is_refused() {
        let thirds = LineAmounts { total: Some(dec!(10.00)), ..line(dec!(3), dec!(0)) };
        assert_eq!(prices(order(vec![thirds], dec!(10)))[0].1, dec!(3.333));
        let many = LineAmounts { total: Some(dec!(1.00)), ..line(dec!(999_999), dec!(0)) };
        assert_eq!(field(order(vec![many], dec!(1))), "lines[0].unit_price");
        let off = LineAmounts { discount: dec!(5), ..line(dec!(1), dec!(4)) };
        assert_eq!(field(order(vec![off], dec!(0))), "lines[0].discount");
        for wrong in [line(dec!(0), dec!(1)), line(dec!(-1), dec!(1)), line(dec!(0.0000001), dec!(1))] {
            assert_eq!(field(order(vec![wrong], dec!(1))), "lines[0].quantity");
        }
        assert_eq!(field(order(vec![line(dec!(1), dec!(-1))], dec!(1))), "lines[0].unit_price");
    }

    #[test]
    fn a_discount_over_two_rates_is_not_divided_by_a_guess() {
        let book = || LineAmounts { rate: Some(dec!(11)), ..line(dec!(1), dec!(30)) };
        let mut mixed = order(vec![line(dec!(1), dec!(20)), book()], dec!(45));
        mixed.discount = extra("discount", dec!(5));
        assert_eq!(field(mixed), "discount");
        let mut one = order(vec![book(), book()], dec!(55));
        one.discount = extra("discount", dec!(5));
        assert_eq!(prices(one)[2], ("discount".to_owned(), dec!(5), Some(dec!(11))));
        let mut stated = order(vec![line(dec!(1), dec!(20)), book()], dec!(60));
        stated.shipping = Extra { rate: Some(dec!(21)), ..extra("shipping", dec!(10)) };
        assert_eq!(prices(stated)[2], ("shipping".to_owned(), dec!(10), Some(dec!(21))));
    }

    #[test]
    fn the_subtotal_tells_which_discounts_are_in_it() {
        let case = |on_line, whole, subtotal, shipping, total| {
            let mut order = order(vec![LineAmounts { discount: on_line, ..line(dec!(1), dec!(50)) }], total);
            order.discount = extra("discount", whole);
            order.shipping = extra("shipping", shipping);
            order.subtotal = Some(subtotal);
            let made = lines(order).map(|lines| lines.iter().map(|line| line.unit_price).collect::<Vec<_>>());
            made.map_err(|problem| problem.field)
        };
        assert_eq!(case(dec!(0), dec!(5), dec!(45), dec!(0), dec!(45)), Ok(vec![dec!(50), dec!(5)]));
        assert_eq!(
            case(dec!(2), dec!(5), dec!(43), dec!(0), dec!(43)),
            Ok(vec![dec!(48), dec!(5)]),
            "beside each other"
        );
        assert_eq!(
            case(dec!(2), dec!(5), dec!(45), dec!(0), dec!(45)),
            Ok(vec![dec!(48), dec!(3)]),
            "one in the other"
        );
        assert_eq!(case(dec!(5), dec!(5), dec!(45), dec!(0), dec!(45)), Ok(vec![dec!(45)]), "the same twice");
        let free = case(dec!(0), dec!(15), dec!(50), dec!(15), dec!(50));
        assert_eq!(free, Ok(vec![dec!(50), dec!(15), dec!(15)]), "off the shipping");
        assert_eq!(case(dec!(0), dec!(5), dec!(44), dec!(0), dec!(44)), Err("subtotal".to_owned()));
    }

    #[test]
    fn an_order_s_own_sums_say_whether_its_prices_are_with_vat() {
        let case = |total| {
            let mut order = order(vec![line(dec!(1), dec!(100))], total);
            (order.subtotal, order.tax) = (Some(dec!(100)), Some(dec!(21)));
            prices(order)[0].1
        };
        assert_eq!((case(dec!(121)), case(dec!(100))), (dec!(121), dec!(100)));
    }

    proptest! {
        #[test]
        fn a_line_comes_to_its_amount_or_is_refused(
            quantity in 1_i64..100_000_000, scale in 0_u32..7, price in 0_i64..1_000_000_000, places in 0_u32..7,
            discount in 0_i64..100_000, with_vat: bool,
        ) {
            let (quantity, price) = (Decimal::new(quantity, scale), Decimal::new(price, places));
            let item = LineAmounts { discount: Decimal::new(discount, 2), ..line(quantity, price) };
            let factor = if with_vat { dec!(1) } else { dec!(1.21) };
            let exact = (price * quantity - item.discount) * factor;
            let made = lines(Amounts { with_vat, ..order(vec![item], dec!(1)) });
            if let Ok(made) = made {
                prop_assert_eq!(Currency::RON.round(made[0].unit_price * made[0].quantity), Currency::RON.round(exact));
                prop_assert!(made[0].unit_price.scale() <= PLACES);
            }
        }
    }
}
