//! One WooCommerce order, computed as WooCommerce computes it: prices hold the VAT, tax is rounded by line, all sums in
//! the JSON are net, and everything adds up to the cent.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::catalogue::Product;
use crate::clock::{gmt_text, shop_text};
use crate::money::{json_number, net_of, round2, two_places};

#[derive(Clone, Copy)]
pub(super) enum Coupon {
    /// Percent off every line.
    Percent(&'static str, i64),
    /// Bani off the cart, spread over the lines.
    Fixed(&'static str, i64),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pay {
    Card,
    Bank,
    OnDelivery,
}

pub(super) struct Cart<'a> {
    pub lines: Vec<(&'a Product, u32)>,
    pub coupon: Option<Coupon>,
    /// Net bani; always at the standard rate.
    pub shipping_net_minor: Option<i64>,
    pub pay: Pay,
    /// 21 today; 19 in the order that somebody left with the old rate.
    pub standard_rate: i64,
    /// Divides every price, for the order in euro.
    pub prices_by: i64,
}

/// The fee for cash on delivery, net.
const ON_DELIVERY_NET_MINOR: i64 = 826;

fn bani(minor: i64) -> Decimal {
    Decimal::new(minor, 2)
}

struct Part {
    net: Decimal,
    tax: Decimal,
    net_before: Decimal,
    tax_before: Decimal,
    exact_tax: Decimal,
    exact_tax_before: Decimal,
    rate: i64,
}

impl Part {
    fn from_gross(gross: Decimal, gross_before: Decimal, rate: i64) -> Self {
        let exact = |gross: Decimal| gross - net_of(gross, Decimal::from(rate));
        let (net, net_before) = (round2(gross - exact(gross)), round2(gross_before - exact(gross_before)));
        Self {
            net,
            tax: gross - net,
            net_before,
            tax_before: gross_before - net_before,
            exact_tax: exact(gross),
            exact_tax_before: exact(gross_before),
            rate,
        }
    }

    fn from_net(net: Decimal, rate: i64) -> Self {
        let exact_tax = net * Decimal::from(rate) / Decimal::ONE_HUNDRED;
        let tax = round2(exact_tax);
        Self { net, tax, net_before: net, tax_before: tax, exact_tax, exact_tax_before: exact_tax, rate }
    }
}

/// The rate that a tax's id stands for.
pub(super) fn rate_of_id(id: u64) -> i64 {
    match id {
        1 => 21,
        2 => 11,
        _ => 19,
    }
}

fn rate_id(rate: i64) -> u32 {
    match rate {
        21 => 1,
        11 => 2,
        _ => 3,
    }
}

fn six(exact: Decimal) -> String {
    exact.round_dp(6).normalize().to_string()
}

/// The discount of each line, gross, to the ban.
fn discounts(coupon: Option<Coupon>, grosses: &[Decimal]) -> Vec<Decimal> {
    match coupon {
        None => vec![Decimal::ZERO; grosses.len()],
        Some(Coupon::Percent(_, percent)) => {
            grosses.iter().map(|gross| round2(*gross * Decimal::from(percent) / Decimal::ONE_HUNDRED)).collect()
        }
        Some(Coupon::Fixed(_, minor)) => {
            let whole: Decimal = grosses.iter().sum();
            let wanted = bani(minor).min(whole);
            let mut left = wanted;
            let last = grosses.len().saturating_sub(1);
            let mut spread = Vec::new();
            for (at, gross) in grosses.iter().enumerate() {
                let part = if at == last { left } else { round2(wanted * *gross / whole).min(left) };
                left -= part;
                spread.push(part);
            }
            spread
        }
    }
}

/// The sums and lists of an order: everything but who, when and how it is called. `first_id` begins the line ids.
pub(super) fn sums(cart: &Cart<'_>, first_id: u64) -> Map<String, Value> {
    let mut next_id = first_id;
    let mut id = || {
        next_id += 1;
        next_id
    };
    let rate_of = |product: &Product| if product.rate_percent == 11 { 11 } else { cart.standard_rate };
    let price = |product: &Product| round2(bani(product.price_minor) / Decimal::from(cart.prices_by));
    let grosses: Vec<Decimal> =
        cart.lines.iter().map(|(product, quantity)| price(product) * Decimal::from(*quantity)).collect();
    let parts: Vec<Part> = discounts(cart.coupon, &grosses)
        .iter()
        .zip(&grosses)
        .zip(&cart.lines)
        .map(|((discount, gross), (product, _))| Part::from_gross(*gross - *discount, *gross, rate_of(product)))
        .collect();
    let line_items: Vec<Value> = cart
        .lines
        .iter()
        .zip(&parts)
        .map(|((product, quantity), part)| line_item(id(), product, *quantity, part))
        .collect();
    let shipping = cart.shipping_net_minor.map(|minor| Part::from_net(bani(minor), cart.standard_rate));
    let fee = (cart.pay == Pay::OnDelivery).then(|| Part::from_net(bani(ON_DELIVERY_NET_MINOR), cart.standard_rate));
    let fee = fee.filter(|_| cart.prices_by == 1);
    let shipping_lines: Vec<Value> = shipping
        .iter()
        .map(|part| {
            json!({ "id": id(), "method_title": "Curier", "method_id": "flat_rate", "total": two_places(part.net),
                "total_tax": two_places(part.tax), "meta_data": [],
                "taxes": [{ "id": rate_id(part.rate), "total": six(part.exact_tax) }] })
        })
        .collect();
    let fee_lines: Vec<Value> = fee
        .iter()
        .map(|part| {
            json!({ "id": id(), "name": "Taxă ramburs", "tax_class": "", "tax_status": "taxable",
                "total": two_places(part.net), "total_tax": two_places(part.tax), "meta_data": [],
                "taxes": [{ "id": rate_id(part.rate), "total": six(part.exact_tax) }] })
        })
        .collect();
    let discount: Decimal = parts.iter().map(|part| part.net_before - part.net).sum();
    let discount_tax: Decimal = parts.iter().map(|part| part.tax_before - part.tax).sum();
    let coupon_lines: Vec<Value> = cart
        .coupon
        .iter()
        .map(|coupon| {
            let (Coupon::Percent(code, _) | Coupon::Fixed(code, _)) = coupon;
            json!({ "id": id(), "code": code, "discount": two_places(discount), "discount_tax": two_places(discount_tax),
                "meta_data": [] })
        })
        .collect();
    let cart_parts: Vec<&Part> = parts.iter().chain(fee.iter()).collect();
    let shipping_sums = shipping.as_ref().map_or((Decimal::ZERO, Decimal::ZERO), |part| (part.net, part.tax));
    let tax_lines = tax_lines(&cart_parts, shipping.as_ref(), &mut id);
    let cart_tax: Decimal = cart_parts.iter().map(|part| part.tax).sum();
    let net: Decimal = cart_parts.iter().map(|part| part.net).sum::<Decimal>() + shipping_sums.0;
    let total_tax = cart_tax + shipping_sums.1;
    let sums = json!({
        "discount_total": two_places(discount), "discount_tax": two_places(discount_tax),
        "shipping_total": two_places(shipping_sums.0), "shipping_tax": two_places(shipping_sums.1),
        "cart_tax": two_places(cart_tax), "total": two_places(net + total_tax), "total_tax": two_places(total_tax),
        "line_items": line_items, "tax_lines": tax_lines, "shipping_lines": shipping_lines, "fee_lines": fee_lines,
        "coupon_lines": coupon_lines,
    });
    match sums {
        Value::Object(sums) => sums,
        _ => Map::new(),
    }
}

fn line_item(id: u64, product: &Product, quantity: u32, part: &Part) -> Value {
    let unit = (part.net + part.tax - part.exact_tax) / Decimal::from(quantity);
    json!({
        "id": id, "name": product.name, "product_id": product.id, "variation_id": 0, "quantity": quantity,
        "sku": product.sku, "tax_class": if product.rate_percent == 11 { "reduced-rate" } else { "" },
        "price": json_number(unit.round_dp(6)), "subtotal": two_places(part.net_before),
        "subtotal_tax": two_places(part.tax_before), "total": two_places(part.net), "total_tax": two_places(part.tax),
        "taxes": [{ "id": rate_id(part.rate), "total": six(part.exact_tax), "subtotal": six(part.exact_tax_before) }],
        "meta_data": [],
    })
}

fn tax_lines(cart: &[&Part], shipping: Option<&Part>, id: &mut impl FnMut() -> u64) -> Vec<Value> {
    let mut rates: Vec<i64> = cart.iter().map(|part| part.rate).chain(shipping.map(|part| part.rate)).collect();
    rates.sort_unstable_by_key(|rate| -rate);
    rates.dedup();
    rates
        .into_iter()
        .map(|rate| {
            let tax: Decimal = cart.iter().filter(|part| part.rate == rate).map(|part| part.tax).sum();
            let shipping_tax = shipping.filter(|part| part.rate == rate).map_or(Decimal::ZERO, |part| part.tax);
            json!({
                "id": id(), "rate_code": format!("RO-TVA-{rate}-1"), "rate_id": rate_id(rate), "compound": false,
                "label": if rate == 11 { "TVA redus" } else { "TVA" }, "rate_percent": rate,
                "tax_total": two_places(tax), "shipping_tax_total": two_places(shipping_tax), "meta_data": [],
            })
        })
        .collect()
}

/// Payment fields of an order.
pub(super) fn payment(pay: Pay, transaction: &str) -> Value {
    let (method, title, transaction) = match pay {
        Pay::Card => ("stripe", "Card online", transaction),
        Pay::Bank => ("bacs", "Transfer bancar", ""),
        Pay::OnDelivery => ("cod", "Ramburs la curier", ""),
    };
    json!({ "payment_method": method, "payment_method_title": title, "transaction_id": transaction })
}

/// A date of an order in both of its forms.
pub(super) fn set_date(order: &mut Map<String, Value>, key: &str, at_ms: Option<i64>) {
    order.insert(key.into(), at_ms.map_or(Value::Null, |at| shop_text(at).into()));
    order.insert(format!("{key}_gmt"), at_ms.map_or(Value::Null, |at| gmt_text(at).into()));
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::PRODUCTS;
    use super::*;

    #[test]
    fn the_sample_of_the_notes_is_computed_to_the_ban() {
        let cup = Product { price_minor: 999, ..PRODUCTS[0] };
        let book = Product { price_minor: 4500, ..PRODUCTS[14] };
        let cart = Cart {
            lines: vec![(&cup, 3)],
            coupon: Some(Coupon::Percent("vara10", 10)),
            shipping_net_minor: Some(1652),
            pay: Pay::OnDelivery,
            standard_rate: 21,
            prices_by: 1,
        };
        let order = sums(&cart, 0);
        let line = &order["line_items"][0];
        assert_eq!((&line["subtotal"], &line["subtotal_tax"]), (&json!("24.77"), &json!("5.20")));
        assert_eq!((&line["total"], &line["total_tax"]), (&json!("22.29"), &json!("4.68")));
        assert_eq!(line["price"], json!(7.429752));
        assert_eq!(line["taxes"][0], json!({"id": 1, "total": "4.680744", "subtotal": "5.201405"}));
        assert_eq!((&order["discount_total"], &order["discount_tax"]), (&json!("2.48"), &json!("0.52")));
        assert_eq!((&order["shipping_total"], &order["shipping_tax"]), (&json!("16.52"), &json!("3.47")));
        assert_eq!(order["total"], json!("56.95"), "the sample's 101.95 without its book at 45.00");
        let with_book =
            Cart { lines: vec![(&book, 1)], coupon: None, shipping_net_minor: None, pay: Pay::Card, ..cart };
        assert_eq!(sums(&with_book, 0)["line_items"][0]["total_tax"], json!("4.46"));
    }
}
