//! What can be done at Oblio beyond issuing: e-invoices, edits, payments with a storno, proformas and notices, stock.

use axum::http::Method;
use punte_sandbox::account;
use serde_json::{Value, json};

use crate::support::{World, oblio_invoice, request, send, world, world_with};

async fn post(world: &World, path: &str, body: Value) -> Value {
    world.oblio(Method::POST, path, Some(body)).await.json()
}

async fn create(world: &World, body: Value) -> Value {
    post(world, "/docs/invoice", body).await
}

fn named(number: u64) -> Value {
    json!({"cif": account::COMPANY, "seriesName": "ACO", "number": number})
}

async fn put(world: &World, path: &str, body: Value) -> Value {
    world.oblio(Method::PUT, path, Some(body)).await.json()
}

fn to(state: &str, city: &str, country: &str) -> Value {
    let mut body = oblio_invoice("x");
    body["client"]["state"] = json!(state);
    body["client"]["city"] = json!(city);
    body["client"]["country"] = json!(country);
    body
}

async fn einvoice_code(world: &World) -> Value {
    world.oblio_list("&withEinvoiceStatus=1").await[0]["einvoiceStatus"]["code"].clone()
}

#[tokio::test]
async fn an_einvoice_is_processed_then_validated_and_its_archive_is_bytes() {
    let world = world();
    create(&world, to("Bucuresti", "Sector 2", "Romania")).await;
    assert_eq!(einvoice_code(&world).await, -1);
    let path = format!("/docs/einvoice?cif={}&seriesName=ACO&number=1", account::COMPANY);
    let early = world.oblio(Method::GET, &path, None).await;
    assert_eq!(early.status.as_u16(), 400);
    let sent = post(&world, "/docs/einvoice", named(1)).await;
    assert_eq!((&sent["data"]["code"], &sent["data"]["sent"]), (&json!(0), &json!(true)));
    world.advance(4_999);
    assert_eq!(einvoice_code(&world).await, 0);
    assert_ne!(world.oblio_list("").await[0]["indexUpload"], "");
    world.advance(1);
    assert_eq!(einvoice_code(&world).await, 1);
    let again = post(&world, "/docs/einvoice", named(1)).await;
    assert_eq!(again["data"]["code"], 1, "sending again starts nothing anew");
    let archive = world.oblio(Method::GET, &path, None).await;
    assert_eq!((archive.header("content-type"), &archive.bytes[..4]), ("application/zip", &b"PK\x03\x04"[..]));
    assert!(archive.text().contains("ACO 0001"));
    let link = world.oblio_list("").await[0]["einvoice"].as_str().unwrap().to_owned();
    let link = link.trim_start_matches("https://www.oblio.eu");
    let opened = send(world.sandbox.routers().oblio, request(Method::GET, link, "", None)).await;
    assert_eq!(opened.bytes, archive.bytes, "the row's link opens the same");
}

#[tokio::test]
async fn an_address_that_the_authority_does_not_take_is_refused_after_processing() {
    for (state, city, country, code) in [
        ("Bucuresti", "Bucuresti", "Romania", 2),
        ("Bucuresti", "SECTOR 6", "Romania", 1),
        ("", "", "Romania", 2),
        ("Cluj", "Cluj-Napoca", "RO", 2),
        ("", "Paris", "Franta", 1),
    ] {
        let world = world();
        create(&world, to(state, city, country)).await;
        post(&world, "/docs/einvoice", named(1)).await;
        assert_eq!(einvoice_code(&world).await, 0);
        world.advance(5_000);
        assert_eq!(einvoice_code(&world).await, code, "{state} {city} {country}");
    }
}

#[tokio::test]
async fn an_edit_keeps_the_number_until_it_is_paid_or_sent() {
    let world = world();
    let made = create(&world, oblio_invoice("first")).await;
    let edited = |mentions: &str| {
        let mut body = oblio_invoice(mentions);
        body["number"] = json!(1);
        body["products"][0]["quantity"] = json!(3);
        body
    };
    let again = put(&world, "/docs/invoice", edited("second")).await;
    assert_eq!(again["data"], made["data"], "the same number and link");
    let rows = world.oblio_list("").await;
    assert_eq!((rows.len(), &rows[0]["mentions"], &rows[0]["total"]), (1, &json!("second"), &json!("149.7000")));
    post(&world, "/docs/einvoice", named(1)).await;
    assert_eq!(put(&world, "/docs/invoice", edited("third")).await["status"], 400);
    create(&world, oblio_invoice("paid")).await;
    let mut pay = named(2);
    pay["collect"] = json!({"type": "Card", "documentNumber": "P1"});
    put(&world, "/docs/invoice/collect", pay).await;
    let mut body = edited("x");
    body["number"] = json!(2);
    assert_eq!(put(&world, "/docs/invoice", body).await["status"], 400);
}

#[tokio::test]
async fn every_type_of_payment_is_taken_and_a_receipt_gets_a_number() {
    let world = world();
    create(&world, oblio_invoice("x")).await;
    let pay = async |collect: Value| {
        let mut body = named(1);
        body["collect"] = collect;
        put(&world, "/docs/invoice/collect", body).await
    };
    for kind in [
        "Bon fiscal",
        "Bon fiscal card",
        "Alta incasare numerar",
        "Ordin de plata",
        "Mandat postal",
        "Card",
        "CEC",
        "Bilet ordin",
        "Alta incasare banca",
        "Ramburs",
    ] {
        let lacking = pay(json!({"type": kind, "value": 1})).await;
        assert_eq!(lacking["statusMessage"], "Parametrul documentNumber lipsește", "{kind}");
        assert_eq!(pay(json!({"type": kind, "value": 1, "documentNumber": "7"})).await["status"], 200, "{kind}");
    }
    assert_eq!(pay(json!({"type": "Chitanta"})).await["statusMessage"], "Parametrul seriesName lipsește");
    assert_eq!(pay(json!({"type": "Chitanta", "seriesName": "ZZ"})).await["status"], 400);
    assert_eq!(pay(json!({"type": "Bitcoin", "documentNumber": "1"})).await["status"], 400);
    let paid = pay(json!({"type": "Chitanta", "seriesName": "ACH"})).await;
    let last = &paid["data"]["collects"][10];
    assert_eq!((&last["number"], &last["value"]), (&json!("ACH 0001"), &json!(89.8)), "what was left");
    assert_eq!(world.oblio_list("&collected=1&withCollects=1").await[0]["collects"].as_array().unwrap().len(), 11);
    assert_eq!(world.documents("oblio")[0]["payments"].as_array().unwrap().len(), 11);
}

#[tokio::test]
async fn a_storno_takes_the_payment_back_only_when_told() {
    for (refund, left) in [(0, "99.80"), (1, "0.00")] {
        let world = world();
        let mut body = oblio_invoice("x");
        body["collect"] = json!({"type": "Card", "documentNumber": "P1"});
        create(&world, body).await;
        let reference = json!({"type": "Factura", "seriesName": "ACO", "number": 1, "refund": refund});
        create(&world, json!({"cif": account::COMPANY, "seriesName": "ACO", "referenceDocument": reference})).await;
        let documents = world.documents("oblio");
        assert_eq!(documents[0]["collected"], left);
        assert_eq!((&documents[0]["reversed_by"], &documents[1]["kind"]), (&json!("0002"), &json!("storno")));
    }
}

#[tokio::test]
async fn deleting_takes_payments_along_only_when_told_and_frees_the_key() {
    let world = world();
    let mut body = oblio_invoice("x");
    body["collect"] = json!({"type": "Card", "documentNumber": "P1"});
    body["idempotencyKey"] = json!("k");
    for (delete_collect, loose) in [(0, 1), (1, 1)] {
        assert_eq!(create(&world, body.clone()).await["data"]["number"], "0001");
        let mut gone = named(1);
        gone["deleteCollect"] = json!(delete_collect);
        gone["idempotencyKey"] = json!("k");
        assert_eq!(world.oblio(Method::DELETE, "/docs/invoice", Some(gone)).await.status.as_u16(), 200);
        let state = world.sandbox.state();
        assert_eq!(state["oblio"]["loose_payments"].as_array().unwrap().len(), loose);
    }
    assert_eq!(world.sandbox.state()["oblio"]["deleted"], 2);
}

#[tokio::test]
async fn proformas_and_notices_live_like_invoices_and_name_what_they_became() {
    let world = world();
    for (kind, series) in [("proforma", "ACP"), ("notice", "ACA")] {
        let mut body = oblio_invoice(kind);
        body["seriesName"] = json!(series);
        for number in ["0001", "0002"] {
            assert_eq!(post(&world, &format!("/docs/{kind}"), body.clone()).await["data"]["number"], number);
        }
        let path = |action: &str| format!("/docs/{kind}{action}?cif={}&seriesName={series}&number=1", account::COMPANY);
        let view = world.oblio(Method::GET, &path(""), None).await.json();
        assert_eq!(view["data"]["documentType"], if kind == "notice" { "Aviz" } else { "Proforma" });
        for action in ["/cancel", "/restore"] {
            assert_eq!(world.oblio(Method::PUT, &path(action), None).await.status.as_u16(), 200);
        }
        let reference =
            json!({"type": view["data"]["documentType"], "seriesName": series, "number": view["data"]["number"]});
        create(&world, json!({"cif": account::COMPANY, "seriesName": "ACO", "referenceDocument": reference})).await;
        let list = format!("/docs/{kind}/list?cif={}&withProducts=1", account::COMPANY);
        let rows = world.oblio(Method::GET, &list, None).await.json()["data"].clone();
        assert_eq!(rows.as_array().unwrap().len(), 2);
        assert_eq!(rows[0]["products"][0]["name"], "Cană ceramică");
        let source = world.documents("oblio").into_iter().find(|d| d["series"] == series).unwrap();
        assert_eq!(source["invoiced_by"].as_array().unwrap().len(), 1);
        let deleted = world.oblio(Method::DELETE, &path(""), None).await;
        assert_eq!(deleted.status.as_u16(), if kind == "proforma" { 200 } else { 400 }, "{kind}");
    }
}

#[tokio::test]
async fn goods_that_leave_the_warehouse_must_lie_in_it() {
    let world = world();
    let said = async |quantity: u64, management: &str, stock: u8| {
        let mut body = oblio_invoice("x");
        body["useStock"] = json!(stock);
        body["products"][0]["code"] = json!("STOC-01");
        body["products"][0]["quantity"] = json!(quantity);
        body["products"][0]["management"] = json!(management);
        create(&world, body).await["statusMessage"].as_str().unwrap().to_owned()
    };
    assert!(said(101, "Depozit", 1).await.starts_with("Stoc insuficient pentru produsul"));
    assert!(said(1, "Beci", 1).await.starts_with("Gestiunea Beci"));
    assert_eq!(said(100, "Depozit", 1).await, "Success");
    assert_eq!(said(101, "Depozit", 0).await, "Success");
    let products = async |more: &str| {
        let path = format!("/nomenclature/products?cif={}&code=STOC-01{more}", account::COMPANY);
        world.oblio(Method::GET, &path, None).await.json()["data"][0].clone()
    };
    assert_eq!(products("").await["stock"][0]["quantity"], 100);
    assert_eq!(products("&management=Depozit").await["price"], "49.90");
    assert_eq!(products("&management=Beci").await, Value::Null);
}

#[tokio::test]
async fn a_stored_name_with_another_code_and_a_full_plan_are_refused() {
    let world = world_with(|config| config.document_quota = Some(1));
    let mut body = oblio_invoice("x");
    body["products"][0]["name"] = json!("Transport curier");
    body["products"][0]["productType"] = json!("Serviciu");
    body["products"][0]["code"] = json!("ALT");
    body["products"][0]["save"] = json!(1);
    let words = create(&world, body).await["statusMessage"].clone();
    assert!(words.as_str().unwrap().ends_with("Oblio nu permite Denumiri duplicate"), "{words}");
    create(&world, oblio_invoice("x")).await;
    let words = create(&world, oblio_invoice("x")).await["statusMessage"].clone();
    assert_eq!(words, "Ati emis deja 1 documente in aceasta luna");
}

#[tokio::test]
async fn a_mail_on_issue_is_counted() {
    let world = world();
    let mut body = oblio_invoice("x");
    body["client"]["email"] = json!("ana@example.com");
    body["sendEmail"] = json!(1);
    create(&world, body).await;
    assert_eq!(world.sandbox.state()["oblio"]["emails"][0]["to"], "ana@example.com");
}
