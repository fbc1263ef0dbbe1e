//! Orders without end: valid, of every kind, and the same for the same number.

use serde_json::{Value, json};

use super::catalogue::{COMPANIES, PERSONS, PRODUCTS, Place};
use super::demo::{company_meta, parties, person_meta, tax_id};
use super::order::{Cart, Coupon, Pay, payment, sums};
use crate::dice::Dice;

/// The n-th order of the drip of the default seed: completed, in RON, without id and dates (the shop gives them).
pub fn next_live_order(n: u64) -> Value {
    live_order(1, n)
}

pub(crate) fn live_order(seed: u64, n: u64) -> Value {
    let mut dice = Dice::new(seed ^ 0x5EED, n);
    let lines = (0..=dice.below(3)).map(|_| {
        let pieces = u32::try_from(1 + dice.below(4)).unwrap_or(1);
        (dice.pick(&PRODUCTS), pieces)
    });
    let lines: Vec<_> = lines.collect();
    let coupon = match dice.below(10) {
        0 => Some(Coupon::Percent("vara10", 10)),
        1 => Some(Coupon::Fixed("bunvenit15", 1500)),
        _ => None,
    };
    let pay = match dice.below(5) {
        0 => Pay::Bank,
        1 | 2 => Pay::OnDelivery,
        _ => Pay::Card,
    };
    let shipping_net_minor = *dice.pick(&[Some(1652), Some(2065), None]);
    let cart = Cart { lines, coupon, shipping_net_minor, pay, standard_rate: 21, prices_by: 1 };
    let mut order = sums(&cart, 5_000_000 + n * 20);
    let (billing, shipping, meta) = if dice.below(10) < 4 {
        let company = dice.pick(&COMPANIES);
        let place = findable(company.place);
        let (billing, shipping) = parties(company.contact.0, company.contact.1, company.name, &place, "RO");
        (billing, shipping, company_meta(company, &tax_id(company), dice.below(10_000_000_000_000_000)))
    } else {
        let (first, last) = (dice.pick(&PERSONS).first, dice.pick(&PERSONS).last);
        let home = findable(dice.pick(&PERSONS).place);
        let (billing, shipping) = parties(first, last, "", &home, "RO");
        (billing, shipping, person_meta())
    };
    let rest = json!({
        "status": "completed", "currency": "RON", "billing": billing, "shipping": shipping, "meta_data": meta,
        "order_key": format!("wc_order_{}", dice.hex(13)),
    });
    for fields in [rest, payment(pay, &format!("pi_{}", dice.hex(24)))] {
        if let Value::Object(fields) = fields {
            order.extend(fields);
        }
    }
    Value::Object(order)
}

/// The drip is of valid orders: places that need a person's eye are replaced.
fn findable(place: Place) -> Place {
    let troublesome =
        place.state.is_empty() || (place.state == "B" && !place.city.contains(|c: char| c.is_ascii_digit()));
    if troublesome { Place { city: "Sector 5", state: "B", postcode: "050021", ..place } } else { place }
}
