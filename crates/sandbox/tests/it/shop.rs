//! The forty orders and the drip: sums to the cent, ids that pass their checks, and what is meant to fail failing for the
//! reason it should.

use std::collections::HashSet;

use punte_sandbox::{Outcome, Provider, demo_expectations, next_live_order};
use rust_decimal::{Decimal, dec};
use serde_json::Value;

use crate::support::{World, world, world_with};

async fn orders(world: &World) -> Vec<Value> {
    world.woo_get("orders?per_page=100&orderby=id&order=asc").await.json().as_array().unwrap().clone()
}

fn money(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("a sum is a string, not {value}")).parse().unwrap()
}

fn sum(list: &Value, key: &str) -> Decimal {
    list.as_array().unwrap().iter().map(|item| money(&item[key])).sum()
}

/// What WooCommerce guarantees of an order's sums. Returns how far the total is off.
fn check_sums(order: &Value) -> Decimal {
    let number = &order["number"];
    let net: Decimal =
        ["line_items", "fee_lines", "shipping_lines"].iter().map(|list| sum(&order[list], "total")).sum();
    assert_eq!(
        money(&order["cart_tax"]),
        sum(&order["line_items"], "total_tax") + sum(&order["fee_lines"], "total_tax"),
        "cart tax of {number}"
    );
    assert_eq!(money(&order["shipping_tax"]), sum(&order["shipping_lines"], "total_tax"), "shipping tax of {number}");
    assert_eq!(money(&order["total_tax"]), money(&order["cart_tax"]) + money(&order["shipping_tax"]));
    assert_eq!(money(&order["cart_tax"]), sum(&order["tax_lines"], "tax_total"), "tax lines of {number}");
    assert_eq!(money(&order["shipping_tax"]), sum(&order["tax_lines"], "shipping_tax_total"));
    assert_eq!(
        money(&order["discount_total"]),
        sum(&order["line_items"], "subtotal") - sum(&order["line_items"], "total"),
        "discount of {number}"
    );
    assert_eq!(money(&order["discount_total"]), sum(&order["coupon_lines"], "discount"));
    assert_eq!(money(&order["discount_tax"]), sum(&order["coupon_lines"], "discount_tax"));
    for line in order["line_items"].as_array().unwrap() {
        let exact: Decimal = line["taxes"][0]["total"].as_str().unwrap().parse().unwrap();
        assert!((exact - money(&line["total_tax"])).abs() <= dec!(0.005), "a line's rounded tax is its exact one");
    }
    money(&order["total"]) - net - money(&order["total_tax"])
}

#[tokio::test]
async fn every_order_of_the_shop_adds_up_to_the_cent_but_the_one_that_must_not() {
    let orders = orders(&world()).await;
    let off: Vec<(u64, Decimal)> = orders
        .iter()
        .map(|order| (order["id"].as_u64().unwrap(), check_sums(order)))
        .filter(|(_, off)| !off.is_zero())
        .collect();
    let meant: Vec<u64> = demo_expectations()
        .iter()
        .filter(|order| order.why.contains("not the sum"))
        .map(|order| order.number)
        .collect();
    assert_eq!(off, vec![(meant[0], dec!(5))]);
}

#[tokio::test]
async fn the_expectations_speak_of_the_orders_that_are_there() {
    let orders = orders(&world()).await;
    let expectations = demo_expectations();
    assert_eq!((orders.len(), expectations.len()), (40, 40));
    for (order, expected) in orders.iter().zip(&expectations) {
        assert_eq!(order["id"].as_u64(), Some(expected.number));
        let company = order["meta_data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|meta| meta["key"] == "av_facturare" && meta["value"]["tip_facturare"] == "pers-jur");
        let to_oblio = company && order["currency"] == "RON";
        assert_eq!(expected.provider == Provider::Oblio, to_oblio, "the flow's rule sends {} there", expected.number);
        if expected.outcome == Outcome::Issued {
            let paid = !order["date_paid"].is_null();
            assert!(order["status"] == "completed" || paid, "{} is completed or paid", expected.number);
        }
    }
    let count = |outcome| expectations.iter().filter(|order| order.outcome == outcome).count();
    assert_eq!((count(Outcome::Issued), count(Outcome::Held), count(Outcome::NotInvoiced)), (29, 5, 6));
    let troubles: Vec<&str> = expectations.iter().filter_map(|order| order.trouble).collect();
    assert_eq!(troubles, ["status_500", "timeout_after", "status_429"]);
}

#[tokio::test]
async fn the_orders_are_of_the_last_two_weeks_and_some_of_today() {
    let orders = orders(&world()).await;
    let mut last = String::new();
    let mut today = 0;
    for order in &orders {
        let created = order["date_created_gmt"].as_str().unwrap().to_owned();
        assert!(created > last, "numbers follow time");
        assert!(order["date_modified_gmt"].as_str().unwrap() <= "2026-11-23T08:00:00", "nothing is of the future");
        assert!(order["date_modified_gmt"].as_str().unwrap() >= created.as_str());
        today += usize::from(order["date_completed"].as_str().is_some_and(|date| date.starts_with("2026-11-23")));
        last = created;
    }
    assert!(today >= 3, "{today} completed today");
    assert!(orders[0]["date_created_gmt"].as_str().unwrap() > "2026-11-09");
}

#[tokio::test]
async fn the_same_seed_and_hour_make_the_same_shop() {
    let one = orders(&world()).await;
    assert_eq!(one, orders(&world()).await);
    assert_ne!(one, orders(&world_with(|config| config.seed = 2)).await);
}

#[tokio::test]
async fn tax_ids_pass_their_check_but_the_one_that_must_not() {
    let passes = |cui: &str| {
        let digits = cui.trim_start_matches("RO");
        let (body, check) = digits.split_at(digits.len() - 1);
        let sum: u32 =
            format!("{body:0>9}").bytes().zip([7, 5, 3, 2, 1, 7, 5, 3, 2]).map(|(d, w)| u32::from(d - b'0') * w).sum();
        (sum * 10 % 11 % 10).to_string() == check
    };
    let wrong: Vec<String> = orders(&world())
        .await
        .iter()
        .flat_map(|order| order["meta_data"].as_array().unwrap().clone())
        .filter(|meta| meta["key"] == "av_facturare")
        .filter_map(|meta| meta["value"]["cui"].as_str().map(str::to_owned))
        .filter(|cui| !passes(cui))
        .collect();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
}

#[test]
fn the_drip_is_valid_varied_and_repeatable() {
    let mut companies = 0;
    let mut totals = HashSet::new();
    for n in 0..500 {
        let order = next_live_order(n);
        assert!(check_sums(&order).is_zero(), "order {n} of the drip");
        assert_eq!(order, next_live_order(n));
        assert!(money(&order["total"]) > Decimal::ZERO);
        companies += usize::from(!order["billing"]["company"].as_str().unwrap().is_empty());
        totals.insert(order["total"].to_string());
    }
    assert!((100..400).contains(&companies), "{companies} companies");
    assert!(totals.len() > 300, "{} different totals", totals.len());
}
