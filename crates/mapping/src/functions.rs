//! The functions that expressions may call: each small, each described once for people.

use crate::json::{decimal_of, text_of};
use crate::language::raise;
use crate::{romania, vat};
use punte_domain::FailureKind;
use rhai::{Array, Dynamic, Engine, EvalAltResult, Map};
use rust_decimal::{Decimal, RoundingStrategy, dec};

type Outcome<T> = Result<T, Box<EvalAltResult>>;

/// What a person may call: name with arguments, and what it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionDoc {
    pub signature: &'static str,
    pub gives: &'static str,
}

/// Every function, for completion and help.
pub fn functions() -> &'static [FunctionDoc] {
    const ALL: &[FunctionDoc] = &[
        FunctionDoc { signature: "money(x)", gives: "the exact amount in a text or number; 0 for blank" },
        FunctionDoc { signature: "round(x, places)", gives: "x rounded half away from zero" },
        FunctionDoc {
            signature: "gross_unit_price(net, tax, quantity)",
            gives: "the unit price with VAT, four decimals",
        },
        FunctionDoc {
            signature: "vat_rate(item, order, tax_point)",
            gives: "the legal VAT rate that explains the line",
        },
        FunctionDoc { signature: "order.meta(key)", gives: "a value of the order's meta data; nothing if absent" },
        FunctionDoc { signature: "order.meta(key, field)", gives: "a field inside a value of the meta data" },
        FunctionDoc { signature: "is_company(order)", gives: "whether the customer asked for an invoice to a company" },
        FunctionDoc { signature: "company_meta(order, what)", gives: "cui, reg_com or company, from any known plugin" },
        FunctionDoc { signature: "cui(text)", gives: "a fiscal code without blanks, in capitals" },
        FunctionDoc { signature: "sector(city)", gives: "Sector 1 to Sector 6; empty where none is stated" },
        FunctionDoc { signature: "is_bucharest(state, city)", gives: "whether an address is in Bucharest" },
        FunctionDoc { signature: "county(state, city)", gives: "the county's name without diacritics" },
        FunctionDoc { signature: "country(code)", gives: "the country's Romanian name" },
        FunctionDoc {
            signature: "collect_kind(method, date_paid)",
            gives: "card, bank_transfer or nothing to collect",
        },
        FunctionDoc { signature: "discount_note(item, order)", gives: "the coupons inside the line's price" },
        FunctionDoc { signature: "first_of([a, b, …])", gives: "the first that is not blank" },
        FunctionDoc { signature: "join_words([a, b, …])", gives: "those that are not blank, with spaces" },
        FunctionDoc { signature: "starts_with(text, start)", gives: "whether a text begins so" },
        FunctionDoc { signature: "upper(text)", gives: "capitals" },
        FunctionDoc { signature: "ascii(text)", gives: "the text without Romanian diacritics" },
    ];
    ALL
}

pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_fn("money", money)
        .register_fn("round", |x: Dynamic, places: i64| -> Outcome<Decimal> {
            Ok(round(money(x)?, places.clamp(0, 10) as u32))
        })
        .register_fn("gross_unit_price", gross_unit_price)
        .register_fn("vat_rate", |item: Map, order: Map, on: &str| vat::vat_rate(item, order, on))
        .register_fn("meta", |order: &mut Map, key: &str| meta(order, key))
        .register_fn("meta", |order: &mut Map, key: &str, field: &str| inner(&meta(order, key), field))
        .register_fn("is_company", |order: Map| is_company(&order))
        .register_fn("company_meta", |order: Map, what: &str| company_meta(&order, what))
        .register_fn("cui", |text: Dynamic| cui(&text))
        .register_fn("sector", |city: Dynamic| romania::sector(&text_of(&city)))
        .register_fn("is_bucharest", |state: Dynamic, city: Dynamic| {
            romania::is_bucharest(&text_of(&state), &text_of(&city))
        })
        .register_fn("county", county)
        .register_fn("country", |code: Dynamic| match text_of(&code).as_str() {
            "" => String::new(),
            code => romania::country(code),
        })
        .register_fn("collect_kind", |method: Dynamic, paid: Dynamic| collect_kind(&text_of(&method), &text_of(&paid)))
        .register_fn("discount_note", |item: Map, order: Map| discount_note(&item, &order))
        .register_fn("first_of", |values: Array| {
            values.iter().map(text_of).find(|text| !text.is_empty()).unwrap_or_default()
        })
        .register_fn("join_words", |values: Array| {
            values.iter().map(text_of).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .register_fn("starts_with", |text: Dynamic, start: &str| text_of(&text).starts_with(start))
        .register_fn("upper", |text: Dynamic| text_of(&text).to_uppercase())
        .register_fn("ascii", |text: Dynamic| romania::ascii(&text_of(&text)));
}

fn money(value: Dynamic) -> Outcome<Decimal> {
    decimal_of(&value).map(Option::unwrap_or_default).map_err(|error| raise(FailureKind::MappingError, error))
}

fn round(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// The gross unit price that gives the line's gross again when the provider multiplies and rounds.
fn gross_unit_price(net: Dynamic, tax: Dynamic, quantity: Dynamic) -> Outcome<Decimal> {
    let (net, tax, quantity) = (money(net)?, money(tax)?, money(quantity)?);
    if quantity <= Decimal::ZERO {
        return Err(raise(FailureKind::FieldInvalid, format!("quantity {quantity}")));
    }
    let gross = round(net + tax, 2);
    let price = round(gross / quantity, 4);
    if round(price * quantity, 2) == gross {
        Ok(price)
    } else {
        Err(raise(FailureKind::TotalsDiffer, format!("{quantity} x {price} != {gross}")))
    }
}

/// A value of the order's `meta_data`, the last one where a key is there twice.
fn meta(order: &Map, key: &str) -> Dynamic {
    let entries = order.get("meta_data").cloned().and_then(|data| data.into_array().ok()).unwrap_or_default();
    entries
        .into_iter()
        .rev()
        .filter_map(Dynamic::try_cast::<Map>)
        .find(|entry| entry.get("key").map(text_of).as_deref() == Some(key))
        .and_then(|entry| entry.get("value").cloned())
        .unwrap_or(Dynamic::UNIT)
}

fn inner(value: &Dynamic, field: &str) -> Dynamic {
    value.clone().try_cast::<Map>().and_then(|map| map.get(field).cloned()).unwrap_or(Dynamic::UNIT)
}

/// Where Romanian billing plugins keep what; source: their public code, see docs/mapping.md.
const KNOWN_META: &[(&str, &[(&str, &str)])] = &[
    (
        "cui",
        &[
            ("av_facturare", "cui"),
            ("smartbill_billing_cif", ""),
            ("smartbill_cif", ""),
            ("curiero_pf_pj_option", "cui"),
            ("_wc_billing/avfacturare/cui", ""),
            ("_wc_other/avfacturare/cui", ""),
            ("_billing_cui", ""),
            ("billing_cui", ""),
        ],
    ),
    (
        "reg_com",
        &[
            ("av_facturare", "nr_reg_com"),
            ("smartbill_billing_nr_reg_com", ""),
            ("smartbill_regcom", ""),
            ("curiero_pf_pj_option", "nr_reg_com"),
            ("_wc_billing/avfacturare/nr_reg_com", ""),
            ("_wc_other/avfacturare/nr_reg_com", ""),
        ],
    ),
    ("company", &[("smartbill_billing_company_name", ""), ("av_facturare", "denumire")]),
];

fn company_meta(order: &Map, what: &str) -> String {
    let places = KNOWN_META.iter().find(|(name, _)| *name == what).map_or(&[][..], |(_, places)| places);
    places
        .iter()
        .map(|(key, field)| {
            let value = meta(order, key);
            text_of(&if field.is_empty() { value } else { inner(&value, field) })
        })
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// A stated billing type decides; without one, a company name together with a fiscal code does.
fn is_company(order: &Map) -> bool {
    let stated = [
        text_of(&inner(&meta(order, "av_facturare"), "tip_facturare")),
        text_of(&meta(order, "smartbill_billing_type")),
        text_of(&inner(&meta(order, "curiero_pf_pj_option"), "curiero_pf_pj_type")),
        text_of(&meta(order, "_wc_billing/avfacturare/tip_facturare")),
        text_of(&meta(order, "_wc_other/avfacturare/tip_facturare")),
    ];
    match stated.iter().find(|text| !text.is_empty()).map(String::as_str) {
        Some("pers-jur" | "pj") => true,
        Some("pers-fiz" | "pf") => false,
        _ => {
            let company =
                order.get("billing").cloned().map(|billing| text_of(&inner(&billing, "company"))).unwrap_or_default();
            !company.is_empty() && !company_meta(order, "cui").is_empty()
        }
    }
}

fn cui(text: &Dynamic) -> String {
    text_of(text).chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_ascii_uppercase()
}

fn county(state: Dynamic, city: Dynamic) -> String {
    let (state, city) = (text_of(&state), text_of(&city));
    if romania::is_bucharest(&state, &city) {
        return "Bucuresti".to_owned();
    }
    romania::county(&state).to_owned()
}

/// What is collected with the invoice. Cash on delivery is collected when the courier settles, not now.
fn collect_kind(method: &str, date_paid: &str) -> String {
    const CARDS: &[&str] = &[
        "stripe",
        "netopia",
        "mobilpay",
        "payu",
        "euplatesc",
        "paypal",
        "btipay",
        "ing",
        "librapay",
        "revolut",
        "card",
        "twispay",
        "viva",
        "woocommerce_payments",
        "wc_booking",
    ];
    let method = method.to_ascii_lowercase();
    if date_paid.is_empty() {
        String::new()
    } else if CARDS.iter().any(|known| method.contains(known)) {
        "card".to_owned()
    } else if method == "bacs" {
        "bank_transfer".to_owned()
    } else {
        String::new()
    }
}

fn discount_note(item: &Map, order: &Map) -> Outcome<String> {
    let amount = |field: &str| money(item.get(field).cloned().unwrap_or(Dynamic::UNIT));
    let discount = amount("subtotal")? + amount("subtotal_tax")? - amount("total")? - amount("total_tax")?;
    if discount <= dec!(0) {
        return Ok(String::new());
    }
    let coupons = order.get("coupon_lines").cloned().and_then(|lines| lines.into_array().ok()).unwrap_or_default();
    let codes: Vec<String> =
        coupons.iter().map(|line| text_of(&inner(line, "code"))).filter(|code| !code.is_empty()).collect();
    let codes = codes.join(", ");
    Ok(format!("Reducere {} {codes}", round(discount, 2).normalize()).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_described_function_is_registered() {
        let mut engine = Engine::new_raw();
        register(&mut engine);
        let registered = engine.gen_fn_signatures(false);
        for doc in functions() {
            let name = doc.signature.split('(').next().unwrap_or_default().trim_start_matches("order.");
            assert!(registered.iter().any(|one| one.starts_with(&format!("{name}("))), "{name} in {registered:?}");
        }
    }
}
