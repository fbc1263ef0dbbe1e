//! Amounts: exact decimals, rounding as invoices round, and the unit prices and rates that explain what a shop states.

use crate::node::{Node, decimal_of, nodes_of, text_of};
use crate::problem::{ProblemCode, raise, raise_problem};
use crate::vat;
use chrono::NaiveDate;
use punte_domain::Currency;
use rhai::{Dynamic, Engine, EvalAltResult};
use rust_decimal::{Decimal, RoundingStrategy, dec};

type Outcome<T> = Result<T, Box<EvalAltResult>>;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn("money", money)
        .register_fn("round2", |x: Dynamic| Ok::<_, Box<EvalAltResult>>(round(money(x)?, 2)))
        .register_fn("round", |x: Dynamic, places: i64| -> Outcome<Decimal> {
            Ok(round(money(x)?, places.clamp(0, 10) as u32))
        })
        .register_fn("gross", |net: Dynamic, rate: Dynamic| -> Outcome<Decimal> {
            let (net, rate) = (money(net)?, money(rate)?);
            let hundredfold = exact(net.checked_mul(exact(rate.checked_add(dec!(100)))?))?;
            Ok(round(hundredfold / dec!(100), 2))
        })
        .register_fn("net", |gross: Dynamic, rate: Dynamic| -> Outcome<Decimal> {
            let (gross, rate) = (money(gross)?, money(rate)?);
            let parts = exact(rate.checked_add(dec!(100)))?;
            exact(exact(gross.checked_mul(dec!(100)))?.checked_div(parts)).map(|net| round(net, 2))
        })
        .register_fn("minor", minor)
        .register_fn("sum", sum)
        .register_fn("gross_unit_price", gross_unit_price)
        .register_fn("vat_rate", |item: Node, order: Node, on: &str| {
            vat::of_line(&item, &order, date(on)?).map_err(raise_problem)
        })
        .register_fn("vat_rate", |net: Dynamic, tax: Dynamic, on: &str| {
            vat::of_amounts(money(net)?, money(tax)?, &[], date(on)?).map_err(raise_problem)
        })
        .register_fn("vat_rate", |net: Dynamic, tax: Dynamic, on: &str, stated: Dynamic| {
            let stated = decimal_of(&stated).map_err(raise_problem)?;
            let stated: Vec<Decimal> = stated.into_iter().collect();
            vat::of_amounts(money(net)?, money(tax)?, &stated, date(on)?).map_err(raise_problem)
        });
}

fn date(text: &str) -> Outcome<NaiveDate> {
    text.parse().map_err(|_| raise(ProblemCode::NotADate, text))
}

pub(super) fn exact(value: Option<Decimal>) -> Outcome<Decimal> {
    value.ok_or_else(|| raise(ProblemCode::TooLarge, ""))
}

pub(super) fn money(value: Dynamic) -> Outcome<Decimal> {
    decimal_of(&value).map(Option::unwrap_or_default).map_err(raise_problem)
}

pub(super) fn round(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// An amount in a currency's minor units, as Stripe states amounts. An unknown currency has two decimals.
fn minor(amount: Dynamic, currency: Dynamic) -> Outcome<Decimal> {
    let exponent = Currency::parse(&text_of(&currency)).map_or(2, Currency::exponent);
    Ok(money(amount)? / Decimal::from(10_i64.pow(exponent)))
}

/// The sum of a field over a list; of no list it is 0. The field may be a path: `rate.percentage`.
fn sum(list: Dynamic, field: &str) -> Outcome<Decimal> {
    nodes_of(&list).iter().try_fold(Decimal::ZERO, |sum, node| exact(sum.checked_add(money(node.get_path(field))?)))
}

/// The gross unit price that gives the line's gross again when the provider multiplies and rounds.
fn gross_unit_price(net: Dynamic, tax: Dynamic, quantity: Dynamic) -> Outcome<Decimal> {
    let (net, tax, quantity) = (money(net)?, money(tax)?, money(quantity)?);
    if quantity <= Decimal::ZERO {
        return Err(raise(ProblemCode::NotPositive, format!("quantity {quantity}")));
    }
    let gross = round(exact(net.checked_add(tax))?, 2);
    let price = round(exact(gross.checked_div(quantity))?, 4);
    if exact(price.checked_mul(quantity)).map(|again| round(again, 2))? == gross {
        Ok(price)
    } else {
        Err(raise(ProblemCode::Totals, format!("{quantity} x {price} != {gross}")))
    }
}
