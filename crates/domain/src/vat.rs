//! Romanian VAT rates by date, and the snapping of a computed rate to a legal one.
//!
//! Source: Law 141/2025 (21 % and 11 % from 1 August 2025; 19, 9 and 5 % before). The rate follows the tax point's date,
//! never "today". A rate that is not legal on that date is refused, not rounded: the record is held.

use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};

/// Rates in percent that were legal on a day. Zero is always there: exports, exemptions, reverse charge.
pub fn legal_rates(on: NaiveDate) -> &'static [Decimal] {
    const BEFORE: &[Decimal] = &[dec!(19), dec!(9), dec!(5), dec!(0)];
    const SINCE_AUGUST_2025: &[Decimal] = &[dec!(21), dec!(11), dec!(0)];
    let changed = NaiveDate::from_ymd_opt(2025, 8, 1).expect("a calendar date");
    if on < changed { BEFORE } else { SINCE_AUGUST_2025 }
}

/// The legal rate that explains `tax` on `net`, in percent.
///
/// A rate fits when the tax it gives differs from `tax` by no more than `tolerance` (amounts that a shop rounded to two
/// places, on a quantity or a sum). `None` when none fits, or when two fit and the amounts are too small to tell which.
pub fn snap_rate(net: Decimal, tax: Decimal, tolerance: Decimal, on: NaiveDate) -> Option<Decimal> {
    if net.is_zero() {
        return tax.is_zero().then_some(Decimal::ZERO);
    }
    let mut fitting = legal_rates(on).iter().filter_map(|rate| {
        let off = (net * rate / dec!(100) - tax).abs();
        (off <= tolerance).then_some((off, *rate))
    });
    let first = fitting.next()?;
    match fitting.next() {
        None => Some(first.1),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn the_rate_follows_the_tax_point() {
        assert_eq!(snap_rate(dec!(100), dec!(19), dec!(0.01), day(2025, 7, 31)), Some(dec!(19)));
        assert_eq!(snap_rate(dec!(100), dec!(19), dec!(0.01), day(2025, 8, 1)), None, "19 % ended");
        assert_eq!(snap_rate(dec!(100), dec!(21), dec!(0.01), day(2025, 8, 1)), Some(dec!(21)));
    }

    #[test]
    fn rounded_amounts_snap() {
        assert_eq!(snap_rate(dec!(22.29), dec!(4.68), dec!(0.02), day(2026, 11, 20)), Some(dec!(21)));
        assert_eq!(snap_rate(dec!(40.54), dec!(4.46), dec!(0.02), day(2026, 11, 20)), Some(dec!(11)));
    }

    #[test]
    fn amounts_too_small_to_tell_are_not_guessed() {
        assert_eq!(snap_rate(dec!(0.05), dec!(0.01), dec!(0.02), day(2026, 11, 20)), None);
    }

    #[test]
    fn nothing_taxed_is_zero_percent() {
        assert_eq!(snap_rate(dec!(10), dec!(0), dec!(0.01), day(2026, 11, 20)), Some(dec!(0)));
        assert_eq!(snap_rate(dec!(0), dec!(0), dec!(0.01), day(2026, 11, 20)), Some(dec!(0)));
    }
}
