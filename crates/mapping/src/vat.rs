//! The VAT rate of an order's line: the legal rate that explains its amounts, with the shop's own statement as witness where
//! the amounts are too small to tell.

use crate::node::{Node, decimal_of, text_of};
use crate::problem::{Problem, ProblemCode};
use chrono::NaiveDate;
use punte_domain::vat::{legal_rates, snap_rate};
use rust_decimal::{Decimal, dec};

/// Rounding that may stand between a line's net and its tax: half a ban each way, on both.
const TOLERANCE: Decimal = dec!(0.011);

/// The rate of a WooCommerce line.
pub(crate) fn of_line(item: &Node, order: &Node, on: NaiveDate) -> Result<Decimal, Problem> {
    let amount = |field: &str| decimal_of(&item.get(field)).map(Option::unwrap_or_default);
    let stated = stated_rates(item, order);
    if let Some(foreign) = stated.iter().find_map(|stated| stated.foreign.as_ref()) {
        return Err(Problem::new(ProblemCode::NoRate, format!("{foreign} @ {on}")));
    }
    let rates: Vec<Decimal> = stated.into_iter().filter_map(|stated| stated.rate).collect();
    of_amounts(amount("total")?, amount("total_tax")?, &rates, on)
}

/// The legal rate that explains a net and its tax; of several, the one that is also stated.
pub(crate) fn of_amounts(net: Decimal, tax: Decimal, stated: &[Decimal], on: NaiveDate) -> Result<Decimal, Problem> {
    let computed = || {
        let computed = if net.is_zero() { None } else { (tax * dec!(100)).checked_div(net) };
        let shown = computed.unwrap_or_default().round_dp(2).normalize();
        Problem::new(ProblemCode::NoRate, format!("{shown} % @ {on}"))
    };
    if net.abs() > dec!(1_000_000_000_000) || tax.abs() > dec!(1_000_000_000_000) {
        return Err(Problem::new(ProblemCode::TooLarge, format!("{net}, {tax}")));
    }
    if let Some(rate) = snap_rate(net, tax, TOLERANCE, on)
        && !(net.is_zero() && stated.len() == 1)
    {
        return Ok(rate);
    }
    // amounts without decimals are rounded to whole units: yen, forints
    let rounding = if net.scale() == 0 && tax.scale() == 0 { dec!(1.01) } else { TOLERANCE };
    let explains = |rate: Decimal| legal_rates(on).contains(&rate) && (net * rate / dec!(100) - tax).abs() <= rounding;
    let fitting: Vec<Decimal> = stated.iter().copied().filter(|rate| explains(*rate)).collect();
    match fitting.as_slice() {
        [one] => Ok(*one),
        // nothing was charged, and what is stated is not in force: nothing is taxed
        _ if net.is_zero() && tax.is_zero() => Ok(Decimal::ZERO),
        _ => Err(computed()),
    }
}

/// What the shop says of one tax of a line.
struct Stated {
    rate: Option<Decimal>,
    /// The rate's code, where it is of another country: the same percentage there is another country's VAT.
    foreign: Option<String>,
}

/// Rates that the shop itself names for a line: its taxes' ids among the order's tax lines.
fn stated_rates(item: &Node, order: &Node) -> Vec<Stated> {
    let mut found: Vec<Stated> = Vec::new();
    for tax in item.nodes("taxes") {
        let id = text_of(&tax.get("id"));
        for line in order.nodes("tax_lines") {
            if text_of(&line.get("rate_id")) != id {
                continue;
            }
            let code = text_of(&line.get("rate_code"));
            let percent = decimal_of(&line.get("rate_percent")).ok().flatten();
            let from_code =
                || code.split('-').filter_map(|part| part.parse::<Decimal>().ok()).find(|rate| *rate > dec!(1));
            let rate = percent.or_else(from_code);
            if !found.iter().any(|known| known.rate == rate) {
                found.push(Stated { rate, foreign: is_foreign(&code).then(|| code.clone()) });
            }
        }
    }
    found
}

/// WooCommerce's rate codes begin with the country, where the rate is of one: `NL-BTW-1`.
fn is_foreign(code: &str) -> bool {
    match code.split_once('-') {
        Some((country, _)) => {
            country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && country != "RO"
        }
        None => false,
    }
}
