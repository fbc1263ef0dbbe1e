//! A WooCommerce export that was not written for the simulators, with bad records in it. Two of its orders are the example
//! answers of WooCommerce's REST API documentation; one is as an export plugin of a Romanian shop writes it.

use crate::World;
use punte_tests::run;
use serde_json::{Value, json};

const EXPORT: &str = include_str!("../data/woocommerce-orders.json");

const ROMANIAN_ORDERS_DAY: &str = "2026-10-15T";

/// The export, with its Romanian order paid and completed just now: after the flow was switched on, at any hour.
fn of_now() -> String {
    let now = (chrono::Utc::now() + chrono::Duration::seconds(2)).format("%Y-%m-%dT%H:%M:%S").to_string();
    let mut parts = EXPORT.split(ROMANIAN_ORDERS_DAY);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, after| format!("{text}{now}{}", &after["00:00:00".len()..]))
}

#[tokio::test]
async fn each_bad_record_is_reported_and_the_good_ones_go_through() {
    let world = World::new().await;
    let file = world.home.path().join("orders.json");
    std::fs::write(&file, of_now()).unwrap();
    let folder = world.folder.to_str().unwrap();
    let arguments = ["import", file.to_str().unwrap(), "--lang", "en", "--workspace", folder];
    let said = run("punte-cli", world.home.path(), &arguments).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    for (line, order, field, reason) in [
        (3, "#728", "total", "N/A"),
        (5, "#729", "line_items", "missing"),
        (6, "#730", "line_items[1].quantity", "două"),
        (125, "#731", "date_created", "ieri"),
        (126, "", "", "not an object"),
        (127, "#732", "currency", "LEI"),
        (128, "", "id", "missing"),
        (129, "#734", "refunds[0].total", "zece"),
    ] {
        let start = format!("{}:{line}: {order}", file.display());
        let told = said.stdout.lines().find(|told| told.starts_with(&format!("{}:{line}: ", file.display())));
        let told = told.unwrap_or_else(|| panic!("line {line} is not reported: {}", said.stdout));
        assert!(told.starts_with(&start) && told.contains(field) && told.contains(reason), "{told}");
    }
    assert!(said.stdout.contains("3 orders read: 3 new"), "{}", said.stdout);
    assert!(said.stdout.contains("8 rejected"), "{}", said.stdout);
    let issued = world.desk.wait_for_number("AC-31877", "issued").await;
    assert_eq!(issued["total"], json!({ "minor": 11069, "currency": "RON" }));
    assert_eq!(issued["client"], "Ilinca Străuț");
    let old = world.desk.call("orders.list", list("727")).await;
    assert_eq!(old["rows"][0]["reason"], "before_flow", "an old order is taken in and left alone: {old}");
    let again = run("punte-cli", world.home.path(), &[&arguments[..], &["--json"]].concat()).await.json();
    assert_eq!((&again["new"], &again["unchanged"]), (&json!(0), &json!(3)), "importing twice changes nothing");
}

fn list(search: &str) -> Value {
    json!({ "search": search, "filter": "", "after": null, "limit": 10 })
}

#[tokio::test]
async fn a_file_that_is_no_export_is_said_to_be_none() {
    let world = World::new().await;
    let file = world.home.path().join("invoices.csv");
    std::fs::write(&file, "id,total\n1,59\n").unwrap();
    let folder = world.folder.to_str().unwrap();
    let said = run("punte-cli", world.home.path(), &["import", file.to_str().unwrap(), "--workspace", folder]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("No column gives number"), "{said:?}");
    std::fs::write(&file, "<html>").unwrap();
    let said = run("punte-cli", world.home.path(), &["import", file.to_str().unwrap(), "--workspace", folder]).await;
    assert!(said.stderr.contains("a web page"), "{said:?}");
    assert_eq!(
        world.desk.call("imports.list", json!({})).await["imports"][0]["hasFile"],
        false,
        "nothing is kept of it"
    );
    let missing = run("punte-cli", world.home.path(), &["import", "/nowhere.json", "--workspace", folder]).await;
    assert_ne!(missing.code, Some(0));
    assert!(missing.stderr.contains("/nowhere.json"), "{missing:?}");
}
