//! The forty orders as the shop holds them, and what must become of each.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::catalogue::{COMPANIES, Company, PERSONS, PRODUCTS, Person, Place, iban, with_check_digit};
use super::order::{Cart, payment, set_date, sums};
use super::table::{Quirk, ROWS, Row, Who};
use crate::dice::Dice;
use crate::money::{parse_decimal, two_places};
use crate::simulator::Provider;

pub(crate) const FIRST_ORDER: u64 = 10_401;
const MINUTE_MS: i64 = 60_000;

/// What must become of an order of the demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// One invoice, whose total is the order's.
    Issued,
    /// Wants an invoice, and a person or a fix first.
    Held,
    /// No invoice, by rule.
    NotInvoiced,
}

/// One line of the demonstration's expectations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DemoOrder {
    /// The order's number and id.
    pub number: u64,
    pub outcome: Outcome,
    /// Where the flow's rule sends it.
    pub provider: Provider,
    pub why: &'static str,
    /// The fault that `arm_demo_faults` orders for its create, by the name of its kind.
    pub trouble: Option<&'static str>,
}

/// What must become of each of the forty orders, oldest first.
pub fn demo_expectations() -> Vec<DemoOrder> {
    (FIRST_ORDER..)
        .zip(&ROWS)
        .map(|(number, row)| {
            let (outcome, why) = expected(row.quirk);
            let trouble = match row.quirk {
                Quirk::Trouble(kind) => Some(kind),
                _ => None,
            };
            DemoOrder { number, outcome, provider: provider(row.who), why, trouble }
        })
        .collect()
}

fn provider(who: Who) -> Provider {
    match who {
        Who::Person(_) => Provider::SmartBill,
        Who::Company(_) => Provider::Oblio,
    }
}

fn expected(quirk: Quirk) -> (Outcome, &'static str) {
    match quirk {
        Quirk::None => (Outcome::Issued, "completed"),
        Quirk::Trouble("timeout_after") => (Outcome::Issued, "issued, but the answer is lost: settled by a look-up"),
        Quirk::Trouble("status_500") => (Outcome::Issued, "issued, but answered by 500: settled by a look-up"),
        Quirk::Trouble(_) => (Outcome::Issued, "put off once by 429"),
        Quirk::Processing => (Outcome::Issued, "paid"),
        Quirk::Euro => (Outcome::Issued, "in euro, to a person abroad"),
        Quirk::OldVat => (Outcome::Held, "19 % is not a rate of this date, nor known to the provider"),
        Quirk::WrongTaxId => (Outcome::Held, "the tax id's check digit is wrong"),
        Quirk::NoSector => (Outcome::Held, "Bucharest without a sector, and no postcode to suggest one"),
        Quirk::WrongTotal => (Outcome::Held, "the total is not the sum of the lines"),
        Quirk::PartlyRefunded => (Outcome::Issued, "whole, though partly refunded before: the refund is proposed"),
        Quirk::FullyRefunded => (Outcome::NotInvoiced, "refunded in full"),
        Quirk::InvoicedElsewhere => {
            (Outcome::Held, "already invoiced by another tool, says its meta data: a person decides")
        }
        Quirk::Status(_) => (Outcome::NotInvoiced, "its status is neither completed nor paid"),
        Quirk::OnDelivery => (Outcome::NotInvoiced, "cash on delivery, not completed yet"),
    }
}

/// The forty orders, oldest first, each with the instant of its last change. The same seed and hour make the same orders.
pub(crate) fn demo_orders(seed: u64, now_ms: i64) -> Vec<(Value, i64)> {
    // Whole seconds, as the shop's dates are.
    let now_ms = now_ms.div_euclid(1_000) * 1_000;
    let rows = (FIRST_ORDER..).zip(&ROWS).enumerate();
    rows.map(|(at, (number, row))| order(number, at, row, seed, now_ms)).collect()
}

/// The address as WooCommerce keeps it.
pub(super) fn address(place: &Place, country: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    for (key, value) in [
        ("address_1", place.street),
        ("address_2", ""),
        ("city", place.city),
        ("state", place.state),
        ("postcode", place.postcode),
        ("country", country),
    ] {
        fields.insert(key.into(), value.into());
    }
    fields
}

fn plain(name: &str) -> String {
    let folded = name.to_lowercase().replace(['ă', 'â'], "a").replace('î', "i").replace('ș', "s").replace('ț', "t");
    folded.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect()
}

pub(super) fn parties(first: &str, last: &str, company: &str, place: &Place, country: &str) -> (Value, Value) {
    let mut shipping = Map::new();
    shipping.insert("first_name".into(), first.into());
    shipping.insert("last_name".into(), last.into());
    shipping.insert("company".into(), company.into());
    shipping.extend(address(place, country));
    let mut billing = shipping.clone();
    billing.insert("email".into(), format!("{}.{}@example.com", plain(first), plain(last)).into());
    let digits: u32 = plain(last).bytes().map(u32::from).sum();
    billing.insert("phone".into(), format!("07{:08}", digits * 9_173 % 100_000_000).into());
    (billing.into(), shipping.into())
}

pub(super) fn person_meta() -> Value {
    json!([{ "key": "av_facturare", "value": { "tip_facturare": "pers-fiz", "cnp": "" } }])
}

pub(super) fn company_meta(company: &Company, cui: &str, account: u64) -> Value {
    let (bank, code) = if account.is_multiple_of(2) { ("Banca Transilvania", "BTRL") } else { ("BRD", "BRDE") };
    json!([
        { "key": "av_facturare", "value": {
            "tip_facturare": "pers-jur", "cui": cui, "nr_reg_com": company.register, "nume_banca": bank,
            "iban": iban(code, account) } },
        { "key": "smartbill_billing_type", "value": "pj" },
        { "key": "smartbill_billing_cif", "value": cui },
        { "key": "smartbill_billing_nr_reg_com", "value": company.register },
        { "key": "smartbill_billing_company_name", "value": company.name },
    ])
}

pub(super) fn tax_id(company: &Company) -> String {
    let digits = with_check_digit(company.cui_body);
    if company.vat_payer { format!("RO{digits}") } else { digits }
}

/// The same id with a last digit that can't be right.
fn spoilt(tax_id: &str) -> String {
    let (body, last) = tax_id.split_at(tax_id.len() - 1);
    let digit: u32 = last.parse().unwrap_or_default();
    format!("{body}{}", (digit + 1) % 10)
}

struct Hours {
    created_ms: i64,
    paid_ms: Option<i64>,
    completed_ms: Option<i64>,
    modified_ms: i64,
}

/// From thirteen days ago to some minutes ago, ever closer together; completed two thirds of the way to now.
fn hours(at: usize, status: &str, row: &Row, now_ms: i64, dice: &mut Dice) -> Hours {
    let steps = i64::try_from(ROWS.len() + 1 - at).unwrap_or(1);
    let age_ms = steps * steps * 11 * MINUTE_MS;
    let seconds = |dice: &mut Dice| i64::try_from(dice.below(60)).unwrap_or_default() * 1_000;
    let created_ms = now_ms - age_ms + seconds(dice);
    let completed_ms = now_ms - age_ms / 3 + seconds(dice);
    let paid = match (row.pay, status) {
        (_, "pending" | "on-hold" | "failed" | "cancelled") | (super::order::Pay::OnDelivery, _) => None,
        (super::order::Pay::Card, _) => Some(created_ms + MINUTE_MS),
        (super::order::Pay::Bank, _) => Some(created_ms + age_ms / 4),
    };
    let completed = matches!(status, "completed" | "refunded").then_some(completed_ms);
    let modified_ms = completed.or(paid).unwrap_or(created_ms + 5 * MINUTE_MS) + 2_000;
    Hours { created_ms, paid_ms: paid, completed_ms: completed, modified_ms }
}

fn order(number: u64, at: usize, row: &Row, seed: u64, now_ms: i64) -> (Value, i64) {
    let mut dice = Dice::new(seed, number);
    let euro = row.quirk == Quirk::Euro;
    let status = match row.quirk {
        Quirk::Status(status) => status,
        Quirk::FullyRefunded => "refunded",
        Quirk::Processing | Quirk::OnDelivery => "processing",
        _ => "completed",
    };
    let hours = hours(at, status, row, now_ms, &mut dice);
    let cart = Cart {
        lines: row.lines.iter().map(|(product, pieces)| (&PRODUCTS[*product], *pieces)).collect(),
        coupon: row.coupon,
        shipping_net_minor: row.shipping_net_minor,
        pay: row.pay,
        standard_rate: if row.quirk == Quirk::OldVat { 19 } else { 21 },
        prices_by: if euro { 5 } else { 1 },
    };
    let mut order = sums(&cart, number * 100);
    let (billing, shipping, mut meta) = buyer(row, &mut dice);
    if row.quirk == Quirk::InvoicedElsewhere
        && let Some(list) = meta.as_array_mut()
    {
        list.push(json!({ "key": "smartbill_series_name", "value": "VECHI" }));
        list.push(json!({ "key": "smartbill_document_number", "value": "0912" }));
        let link = "https://cloud.smartbill.ro/documente/extern/pf/factura/0912";
        list.push(json!({ "key": "smartbill_private_link", "value": link }));
    }
    let transaction = format!("pi_{}", dice.hex(24));
    let rest = json!({
        "id": number, "number": number.to_string(), "order_key": format!("wc_order_{}", dice.hex(13)),
        "status": status, "currency": if euro { "EUR" } else { "RON" }, "billing": billing, "shipping": shipping,
        "meta_data": meta, "customer_id": at % 3 * 17,
        "customer_note": if matches!(row.who, Who::Company(_)) && at % 4 == 1 { "Factură pe firmă, vă rog." } else { "" },
    });
    for fields in [rest, payment(row.pay, &transaction)] {
        if let Value::Object(fields) = fields {
            order.extend(fields);
        }
    }
    if row.quirk == Quirk::WrongTotal
        && let Some(total) = order["total"].as_str().and_then(parse_decimal)
    {
        order.insert("total".into(), two_places(total + rust_decimal::dec!(5)).into());
    }
    refund(row, number, &mut order, hours.modified_ms);
    set_date(&mut order, "date_created", Some(hours.created_ms));
    set_date(&mut order, "date_paid", hours.paid_ms);
    set_date(&mut order, "date_completed", hours.completed_ms);
    (Value::Object(order), hours.modified_ms)
}

fn buyer(row: &Row, dice: &mut Dice) -> (Value, Value, Value) {
    match row.who {
        Who::Person(at) => {
            let Person { first, last, place } = &PERSONS[at];
            let country = if row.quirk == Quirk::Euro { "DE" } else { "RO" };
            let (billing, shipping) = parties(first, last, "", place, country);
            // Half of the shop's visitors never see the choice of billing type.
            let meta = if at.is_multiple_of(2) { person_meta() } else { json!([]) };
            (billing, shipping, meta)
        }
        Who::Company(at) => {
            let company = &COMPANIES[at];
            let (first, last) = company.contact;
            let (billing, shipping) = parties(first, last, company.name, &company.place, "RO");
            let cui = tax_id(company);
            let cui = if row.quirk == Quirk::WrongTaxId { spoilt(&cui) } else { cui };
            (billing, shipping, company_meta(company, &cui, dice.below(10_000_000_000_000_000)))
        }
    }
}

/// The refund of an order that has one: in the order as a negative sum, in the refunds resource with its lines.
fn refund(row: &Row, number: u64, order: &mut Map<String, Value>, at_ms: i64) {
    let id = number + 10_000;
    let (amount, reason, lines) = match row.quirk {
        Quirk::FullyRefunded => {
            (order["total"].as_str().unwrap_or_default().to_owned(), "Comandă returnată", json!([]))
        }
        Quirk::PartlyRefunded => {
            let line = order["line_items"][0].clone();
            let part = |key: &str| line[key].as_str().and_then(parse_decimal).unwrap_or_default();
            let amount = two_places(part("total") + part("total_tax"));
            let back = json!([{
                "id": id * 10, "name": line["name"], "product_id": line["product_id"], "variation_id": 0,
                "quantity": -1, "sku": line["sku"], "tax_class": line["tax_class"], "price": line["price"],
                "subtotal": two_places(-part("total")), "subtotal_tax": two_places(-part("total_tax")),
                "total": two_places(-part("total")), "total_tax": two_places(-part("total_tax")), "taxes": [],
                "meta_data": [{ "id": id, "key": "_refunded_item_id", "value": line["id"].to_string() }],
            }]);
            (amount, "Cană ciobită la transport", back)
        }
        _ => return,
    };
    order.insert("refunds".into(), json!([{ "id": id, "reason": reason, "total": format!("-{amount}") }]));
    let mut details = json!({
        "id": id, "parent_id": number, "amount": amount, "reason": reason, "refunded_by": 1, "refunded_payment": true,
        "meta_data": [], "line_items": lines, "shipping_lines": [], "tax_lines": [], "fee_lines": [],
    });
    if let Some(details) = details.as_object_mut() {
        set_date(details, "date_created", Some(at_ms));
    }
    order.insert("refund_details".into(), json!([details]));
}
