//! The VAT rate of an order's line: the legal rate that explains its amounts, with the shop's own statement as witness where
//! the amounts are too small to tell.

use crate::json::{decimal_of, text_of};
use crate::language::raise;
use chrono::NaiveDate;
use punte_domain::FailureKind;
use punte_domain::vat::{legal_rates, snap_rate};
use rhai::{Dynamic, EvalAltResult, Map};
use rust_decimal::{Decimal, dec};

type Outcome<T> = Result<T, Box<EvalAltResult>>;

/// Rounding that may stand between a line's net and its tax: half a ban each way, on both.
const TOLERANCE: Decimal = dec!(0.011);

pub(crate) fn vat_rate(item: Map, order: Map, tax_point: &str) -> Outcome<Decimal> {
    let on: NaiveDate =
        tax_point.parse().map_err(|_| raise(FailureKind::MappingError, format!("{tax_point} is not a date")))?;
    let net = amount(&item, "total")?;
    let tax = amount(&item, "total_tax")?;
    if let Some(rate) = snap_rate(net, tax, TOLERANCE, on) {
        return Ok(rate);
    }
    let explains = |rate: Decimal| legal_rates(on).contains(&rate) && (net * rate / dec!(100) - tax).abs() <= TOLERANCE;
    let stated: Vec<Decimal> = stated_rates(&item, &order).into_iter().filter(|rate| explains(*rate)).collect();
    match stated.as_slice() {
        [one] => Ok(*one),
        _ => {
            let computed = if net.is_zero() { Decimal::ZERO } else { (tax * dec!(100) / net).round_dp(2) };
            Err(raise(FailureKind::VatRateNotLegal, format!("{} % @ {on}", computed.normalize())))
        }
    }
}

fn amount(item: &Map, field: &str) -> Outcome<Decimal> {
    let value = item.get(field).cloned().unwrap_or(Dynamic::UNIT);
    decimal_of(&value)
        .map(Option::unwrap_or_default)
        .map_err(|error| raise(FailureKind::MappingError, format!("{field}: {error}")))
}

/// Rates that the shop itself names for a line: its taxes' ids among the order's tax lines.
fn stated_rates(item: &Map, order: &Map) -> Vec<Decimal> {
    let list = |map: &Map, field: &str| -> Vec<Map> {
        map.get(field)
            .cloned()
            .and_then(|value| value.into_array().ok())
            .unwrap_or_default()
            .into_iter()
            .filter_map(Dynamic::try_cast::<Map>)
            .collect()
    };
    let text = |map: &Map, field: &str| map.get(field).map(text_of).unwrap_or_default();
    let mut rates = Vec::new();
    for tax in list(item, "taxes") {
        for line in list(order, "tax_lines") {
            if text(&line, "rate_id") != text(&tax, "id") {
                continue;
            }
            let percent = line.get("rate_percent").and_then(|value| decimal_of(value).ok().flatten());
            let from_code = || {
                text(&line, "rate_code")
                    .split('-')
                    .filter_map(|part| part.parse::<Decimal>().ok())
                    .find(|rate| *rate > dec!(1))
            };
            if let Some(rate) = percent.or_else(from_code)
                && !rates.contains(&rate)
            {
                rates.push(rate);
            }
        }
    }
    rates
}
