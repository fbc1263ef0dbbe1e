//! Tables of orders: what is taken is issued once, what is not is named, and whatever cuts an import off loses nothing.

use crate::World;
use punte_tests::{Buyer, Desk, Running, order, run, until};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

const SHOPIFY: &str = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,\
     Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem taxable,Billing Name,\
     Billing Address1,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Payment Method,\
     Refunded Amount,Id,Lineitem discount,Tax 1 Name,Tax 1 Value";

const OWN: [&str; 14] = [
    "number",
    "date",
    "status",
    "total",
    "currency",
    "customer.name",
    "customer.address",
    "customer.city",
    "customer.county",
    "customer.country",
    "line.name",
    "line.quantity",
    "line.unit_price",
    "line.vat_rate",
];

/// A little later than now: after every flow was switched on.
fn now() -> String {
    (chrono::Utc::now() + chrono::Duration::seconds(2)).format("%Y-%m-%d %H:%M:%S +0000").to_string()
}

/// One order of 121 lei, completed now, in a table of our own headings.
fn own_row(number: &str, total: &str) -> [String; 14] {
    [
        number,
        &now(),
        "completed",
        total,
        "RON",
        "Ana Ionescu",
        "Str. Test 9",
        "Iași",
        "Iași",
        "RO",
        "Cană",
        "2",
        "60.50",
        "21",
    ]
    .map(str::to_owned)
}

fn own_table(rows: impl Iterator<Item = [String; 14]>) -> String {
    let mut text = OWN.join(",");
    for row in rows {
        write!(text, "\n{}", row.join(",")).unwrap();
    }
    text
}

/// Orders with these numbers; every thousandth has no total.
fn long_table(numbers: std::ops::RangeInclusive<u32>) -> String {
    let total = |n: u32| if n.is_multiple_of(1000) { "fără" } else { "121.00" };
    own_table(numbers.map(|n| own_row(&format!("L-{n}"), total(n))))
}

fn shopify_row(name: &str, total: &str, quantity: &str, id: u32) -> String {
    let now = now();
    format!(
        "{name},ana@example.com,paid,{now},fulfilled,{now},RON,121.00,0.00,21.00,{total},0.00,{now},{quantity},Vază,60.50,VAZ-1,true,\
         Ana Ionescu,Str. Test 9,,Cluj-Napoca,400001,CJ,RO,Shopify Payments,0.00,{id},0.00,TVA 21%,21.00"
    )
}

/// How many orders from files the ledger has.
fn count_orders(folder: &Path) -> u32 {
    let ledger = rusqlite::Connection::open(folder.join("ledger.sqlite")).unwrap();
    ledger.query_row("SELECT count(*) FROM orders WHERE shop_identity GLOB 'file:*'", [], |row| row.get(0)).unwrap()
}

async fn import_in_terminal(world: &World, file: &Path, more: &[&str]) -> punte_tests::Ended {
    let arguments = ["import", file.to_str().unwrap(), "--lang", "en", "--workspace", world.folder.to_str().unwrap()];
    run("punte-cli", world.home.path(), &[&arguments[..], more].concat()).await
}

#[tokio::test]
async fn a_shops_export_names_its_wrong_rows_and_issues_the_others_once_however_often_it_is_imported() {
    let world = World::new().await;
    let files = world.desk.connect_files().await;
    let rows = [
        shopify_row("#S-1", "121.00", "2", 7_001),
        shopify_row("#S-2", "o sută", "2", 7_002),
        shopify_row("#S-3", "121.00", "două", 7_003),
        shopify_row("#S-4", "121.00", "2", 7_004),
    ];
    let (file, report) = (world.home.path().join("orders_export.csv"), world.home.path().join("rejected.csv"));
    std::fs::write(&file, format!("{SHOPIFY}\n{}\n", rows.join("\n"))).unwrap();
    let preview = import_in_terminal(&world, &file, &["--preview", "--connection", &files]).await;
    assert_eq!(preview.code, Some(0), "{preview:?}");
    assert!(preview.stdout.contains("S-4") && preview.stdout.contains("121"), "{}", preview.stdout);
    assert!(preview.stdout.contains("4 orders looked at, 2 of them would be rejected"), "{}", preview.stdout);
    assert_eq!(count_orders(&world.folder), 0, "a preview takes nothing in");

    let more = ["--connection", &files, "--report", report.to_str().unwrap()];
    let said = import_in_terminal(&world, &file, &more).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.contains("2 orders read: 2 new, 0 changed, 0 unchanged, 2 rejected"), "{}", said.stdout);
    let written = std::fs::read_to_string(&report).unwrap();
    for (line, number, what) in [(3, "S-2", "o sută"), (4, "S-3", "două")] {
        let start = format!("{}:{line}: #{number} ", file.display());
        assert!(said.stdout.lines().any(|told| told.starts_with(&start) && told.contains(what)), "{}", said.stdout);
        let start = format!("{line};{number};");
        assert!(written.lines().any(|told| told.starts_with(&start) && told.contains(what)), "{written}");
    }
    for number in ["S-1", "S-4"] {
        let issued = world.desk.wait_for_number(number, "issued").await;
        assert_eq!(issued["total"], json!({ "minor": 12100, "currency": "RON" }));
    }
    let again = import_in_terminal(&world, &file, &["--connection", &files, "--json"]).await.json();
    assert_eq!((&again["new"], &again["unchanged"], &again["rejected"]), (&json!(0), &json!(2), &json!(2)));
    assert_eq!(again["rejectedRows"][0]["line"], 3);
    let state = world.sandbox.control.state().await;
    assert_eq!(state["oblio"]["documents"].as_array().unwrap().len(), 2, "one each");
}

#[tokio::test]
async fn a_workbook_with_our_own_headings_is_issued_and_its_older_orders_are_left_alone() {
    let world = World::new().await;
    let files = world.desk.connect_files().await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let mut old = own_row("X-2", "121.00");
    old[1] = "2026-03-02 10:00".to_owned();
    for (at, row) in [OWN.map(str::to_owned), own_row("X-1", "121.00"), old].iter().enumerate() {
        sheet.write_row(at as u32, 0, row).unwrap();
    }
    let ended = world.desk.import("comenzi.xlsx", &book.save_to_buffer().unwrap(), Some(&files)).await;
    assert_eq!((&ended["state"], &ended["new"], &ended["older"]), (&json!("done"), &json!(2), &json!(1)), "{ended}");
    assert_eq!(
        (&ended["progress"], &ended["hasFile"], &ended["connection"]),
        (&json!(1000), &json!(false), &json!("Fișiere"))
    );
    world.desk.wait_for_number("X-1", "issued").await;
    let page = json!({ "search": "X-2", "filter": "", "after": null, "limit": 10 });
    until("the older order is decided", Duration::from_secs(20), async || {
        let page = world.desk.call("orders.list", page.clone()).await;
        if page["rows"][0]["reason"] == "before_flow" { Ok(()) } else { Err(page) }
    })
    .await;
    assert!(world.desk.find_by_number("X-2").await.is_none());
}

#[tokio::test]
async fn pieces_out_of_order_and_files_over_the_limit_are_refused() {
    let world = World::new().await;
    let begin = |bytes: u64| json!({ "fileName": "orders.csv", "bytes": bytes, "connectionId": null });
    let large = world.desk.try_call("imports.begin", begin((1 << 30) + 1)).await.unwrap_err();
    assert_eq!((&large["code"], &large["field"]), (&json!("invalid_input"), &json!("bytes")), "{large}");
    let id = world.desk.call("imports.begin", begin(1 << 30)).await["id"].clone();
    let piece = |offset: u64| json!({ "id": id, "offset": offset, "base64": "bnVtYmVy" });
    let early = world.desk.try_call("imports.append", piece(6)).await.unwrap_err();
    assert_eq!((&early["field"], &early["detail"]), (&json!("offset"), &json!("0 is next")), "{early}");
    for _ in 0..2 {
        assert_eq!(world.desk.call("imports.append", piece(0)).await["received"], 6, "sent again, it is there once");
    }
    let start = json!({ "id": id, "columns": null });
    let unfinished = world.desk.try_call("imports.start", start).await.unwrap_err();
    assert_eq!((&unfinished["code"], &unfinished["detail"]), (&json!("not_now"), &json!("not_received")));
    let gone = world.desk.call("imports.cancel", json!({ "id": id })).await;
    assert_eq!((&gone["state"], &gone["hasFile"]), (&json!("cancelled"), &json!(false)));
    let late = world.desk.try_call("imports.append", piece(6)).await.unwrap_err();
    assert_eq!(late["code"], "invalid_input", "{late}");
}

#[tokio::test]
async fn a_signal_stops_an_import_between_batches_and_what_is_in_stays_in() {
    let world = World::new().await;
    let file = world.home.path().join("long.csv");
    std::fs::write(&file, long_table(1..=20_000)).unwrap();
    let arguments = ["import", file.to_str().unwrap(), "--workspace", world.folder.to_str().unwrap()];
    let terminal = Running::start("punte-cli", world.home.path(), &arguments);
    let id = half_way(&world.desk).await;
    assert_eq!(terminal.stop().await, Some(1), "it says that the file was not read to its end");
    let ended = world.desk.import_ended(&id).await;
    assert_eq!((&ended["state"], &ended["hasFile"]), (&json!("cancelled"), &json!(false)), "{ended}");
    let taken = ended["new"].as_u64().unwrap() as u32;
    assert!(taken > 0 && taken < 19_980, "{ended}");
    assert_eq!(count_orders(&world.folder), taken);
}

/// The running import, once some of its orders are in.
async fn half_way(desk: &Desk) -> String {
    until("half of it", Duration::from_secs(60), async || {
        let imports = desk.call("imports.list", json!({})).await["imports"].clone();
        let is_on = imports[0]["state"] == "running" && imports[0]["new"].as_u64().is_some_and(|new| new > 0);
        if is_on { Ok(imports[0]["id"].as_str().unwrap().to_owned()) } else { Err(imports) }
    })
    .await
}

#[tokio::test]
async fn an_owner_killed_half_way_is_gone_on_from_by_the_next_with_each_order_once() {
    let World { home, folder, sandbox: _sandbox, desk } = World::new().await;
    let id = desk.send_file("long.csv", long_table(1..=20_000).as_bytes(), None).await;
    desk.call("imports.start", json!({ "id": id, "columns": null })).await;
    half_way(&desk).await;
    desk.running.kill().await;
    let before = count_orders(&folder);
    assert!(before > 0 && before < 19_980, "{before} were in when it was killed");
    let desk = Desk::start(home.path(), &folder).await;
    let ended = desk.import_ended(&id).await;
    let counts = ["state", "read", "new", "unchanged", "rejected"].map(|name| ended[name].clone());
    assert_eq!(counts, [json!("done"), json!(19_980), json!(19_980), json!(0), json!(20)], "{ended}");
    assert_eq!(count_orders(&folder), 19_980);
    let lines: Vec<u64> = desk.rejected_rows(&id).await.iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, (1..=20).map(|n| n * 1000 + 1).collect::<Vec<u64>>(), "each bad row once, in the file's order");
    assert!(!folder.join("imports").join(&id).exists());
}

#[tokio::test]
async fn a_file_that_is_taken_for_what_it_is_not_stops_and_can_be_started_with_other_columns() {
    let world = World::new().await;
    let rows = (1..=100_100).map(|n| own_row(&format!("R-{n}"), if n > 100_050 { "121.00" } else { "-" }));
    let id = world.desk.send_file("wrong.csv", own_table(rows).as_bytes(), None).await;
    world.desk.call("imports.start", json!({ "id": id, "columns": null })).await;
    let ended = world.desk.import_ended(&id).await;
    assert_eq!((&ended["state"], &ended["rejected"]), (&json!("failed"), &json!(100_000)), "{ended}");
    assert_eq!((&ended["failure"]["kind"], &ended["hasFile"]), (&json!("too_many_rejected"), &json!(true)), "{ended}");
    let mut columns = world.desk.call("imports.preview", json!({ "id": id, "columns": null })).await["columns"].clone();
    // the lines' own amount is there for every order
    columns["columns"]["total"] = json!("line.unit_price");
    columns["columns"].as_object_mut().unwrap().remove("line.unit_price");
    columns["columns"]["line.total"] = json!("line.unit_price");
    let preview = world.desk.call("imports.preview", json!({ "id": id, "columns": columns })).await;
    assert_eq!((&preview["missing"], &preview["rejected"]), (&json!([]), &json!([])), "{preview}");
    let again = world.desk.call("imports.start", json!({ "id": id, "columns": columns })).await;
    assert_eq!((&again["state"], &again["rejected"]), (&json!("running"), &json!(0)), "{again}");
    assert_eq!(world.desk.call("imports.cancel", json!({ "id": id })).await["state"], "cancelled");
}

#[tokio::test]
async fn an_order_that_came_from_the_shop_and_from_a_file_is_invoiced_once_or_a_person_says_that_it_is_two() {
    let world = World::new().await;
    let files = world.desk.connect_files().await;
    // from the file first: the shop's own is held
    let table = own_table([own_row("33001", "121.00")].into_iter());
    world.desk.import("orders.csv", table.as_bytes(), Some(&files)).await;
    let first = world.desk.wait_for(33001, "issued").await;
    world.sandbox.control.order(order(33001, Buyer::Person)).await;
    let held = until("the shop's is held", Duration::from_secs(40), async || {
        let search = json!({ "search": "33001", "filter": "held", "after": null, "limit": 10 });
        let page = world.desk.call("documents.list", search).await;
        page["rows"].get(0).cloned().ok_or(page)
    })
    .await;
    assert_eq!(
        (&held["failure"]["kind"], &held["failure"]["detail"]),
        (&json!("maybe_doubled"), &json!("33001 · Fișiere"))
    );
    assert_ne!(held["id"], first["id"]);
    assert_eq!(world.count(33001, Buyer::Person).await, 0);

    // from the shop first: the file's is held, until somebody says that they are two
    world.sandbox.control.order(order(33002, Buyer::Person)).await;
    world.desk.wait_for(33002, "issued").await;
    let table = own_table([own_row("33002", "121.00"), own_row("33003", "121.00")].into_iter());
    let id = world.desk.send_file("orders.csv", table.as_bytes(), Some(&files)).await;
    let choice = json!({ "id": id, "columns": null });
    assert_eq!(world.desk.call("imports.preview", choice.clone()).await["doubled"], 1);
    world.desk.call("imports.start", choice).await;
    world.desk.import_ended(&id).await;
    world.desk.wait_for(33003, "issued").await;
    let held = until("the file's is held", Duration::from_secs(40), async || {
        let search = json!({ "search": "33002", "filter": "held", "after": null, "limit": 10 });
        let page = world.desk.call("documents.list", search).await;
        page["rows"].get(0).cloned().ok_or(page)
    })
    .await;
    assert_eq!(held["failure"]["kind"], "maybe_doubled", "{held}");
    let retry = |reason: &str| json!({ "ids": [held["id"]], "reason": reason });
    let without = world.desk.call("documents.retry", retry("")).await;
    assert_eq!(without["skipped"][0]["reason"], "needs_reason", "{without}");
    world.desk.call("documents.retry", retry("două comenzi diferite")).await;
    until("the released one is issued", Duration::from_secs(40), async || {
        let record: Value = world.record(&held).await;
        if record["document"]["state"] == "issued" { Ok(()) } else { Err(record["document"].clone()) }
    })
    .await;
    assert_eq!(world.sandbox.control.documents_of("oblio", 33002).await.len(), 1);
    assert_eq!(world.count(33002, Buyer::Person).await, 1);
}

#[tokio::test]
async fn columns_that_nobody_knows_are_named_in_a_file() {
    let world = World::new().await;
    let files = world.desk.connect_files().await;
    let (file, columns) = (world.home.path().join("sheet.csv"), world.home.path().join("columns.json"));
    let headings = "Fișa;Când;Încasat;Cine;Unde;Loc;Jud;Ce;Câte;Cu cât";
    std::fs::write(&file, format!("{headings}\nQ-1;{};121,00;Dan Pop;Str. Lungă 1;Iași;Iași;Cană;2;60,50\n", now()))
        .unwrap();
    let unknown = import_in_terminal(&world, &file, &["--preview", "--connection", &files]).await;
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    assert!(unknown.stdout.contains("No column gives number"), "{}", unknown.stdout);
    let chosen = json!({
        "columns": { "number": "Fișa", "date": "Când", "total": "Încasat", "customer.name": "Cine", "customer.address": "Unde",
            "customer.city": "Loc", "customer.county": "Jud", "line.name": "Ce", "line.quantity": "Câte",
            "line.unit_price": "Cu cât" },
        "currency": "RON", "country": "RO", "pricesIncludeVat": true, "vatRate": "21", "status": "completed",
        "dates": "auto", "numbers": "auto"
    });
    std::fs::write(&columns, chosen.to_string()).unwrap();
    let more = ["--connection", &files, "--columns", columns.to_str().unwrap()];
    let said = import_in_terminal(&world, &file, &more).await;
    assert!(said.stdout.contains("1 orders read: 1 new"), "{said:?}");
    assert_eq!(world.desk.wait_for_number("Q-1", "issued").await["total"]["minor"], 12100);
}
