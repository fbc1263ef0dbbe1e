//! SmartBill's proformas, and the refusals that hang on how an account is set up: each has an input that brings it.

use axum::http::Method;
use punte_sandbox::account;
use serde_json::{Value, json};

use crate::support::{Answer, World, smartbill_invoice, world, world_with};

/// Status, words, and what is wrong with the body.
type Case = (u16, &'static str, Box<dyn Fn(&mut Value)>);

fn proforma(mentions: &str) -> Value {
    let mut body = smartbill_invoice(mentions);
    body["seriesName"] = json!("ATP");
    body
}

async fn estimate(world: &World, method: Method, action: &str, number: &str) -> Answer {
    let path = format!("/estimate{action}?cif={}&seriesname=ATP&number={number}", account::COMPANY);
    world.smartbill(method, &path, None).await
}

async fn issue(world: &World, path: &str, body: Value) -> Answer {
    world.smartbill(Method::POST, path, Some(body)).await
}

fn from_proforma(number: &str) -> Value {
    json!({"companyVatCode": account::COMPANY, "seriesName": "ATC", "issueDate": "2026-11-23",
        "useEstimateDetails": true, "estimate": {"seriesName": "ATP", "number": number}, "useStock": false})
}

#[tokio::test]
async fn a_proforma_becomes_an_invoice_and_says_which_as_often_as_it_is_asked() {
    let world = world();
    let made = issue(&world, "/estimate/v2", proforma("Comanda #1")).await.json();
    assert_eq!((&made["number"], &made["series"], &made["errorText"]), (&json!("0001"), &json!("ATP"), &json!("")));
    assert!(made["documentViewUrl"].as_str().unwrap().contains("/extern/pf/proforma/"));
    let not_yet = estimate(&world, Method::GET, "/invoices", "0001").await;
    assert_eq!((not_yet.status.as_u16(), &not_yet.json()["areInvoicesCreated"]), (200, &json!(false)));
    assert_eq!(not_yet.json()["errorText"], "Proforma cu seria ATP si numarul 0001 nu a fost facturata.");
    let unknown = estimate(&world, Method::GET, "/invoices", "0009").await;
    assert_eq!(unknown.status.as_u16(), 410);
    assert_eq!(unknown.json()["errorText"], "Proforma cu seria ATP si numarul 0009 nu a fost gasita.");
    let unnamed = estimate(&world, Method::GET, "/invoices", "").await.json();
    assert_eq!(unnamed["errorText"], "Numarul proformei trebuie specificat in url in parametrul 'number'!");
    assert_eq!(unnamed["areInvoicesCreated"], false);
    for number in ["0001", "0002"] {
        assert_eq!(issue(&world, "/invoice/v2", from_proforma("0001")).await.json()["number"], number);
    }
    let told = estimate(&world, Method::GET, "/invoices", "0001").await.json();
    assert_eq!(told["areInvoicesCreated"], true);
    assert_eq!(told["invoices"], json!([{"series": "ATC", "number": "0001"}, {"series": "ATC", "number": "0002"}]));
    let status = world.smartbill_invoice(Method::GET, "/paymentstatus", "0001").await.json();
    assert_eq!(status["invoiceTotalAmount"], 99.8);
    let documents = world.documents("smartbill");
    assert_eq!((&documents[0]["kind"], &documents[1]["mentions"]), (&json!("proforma"), &json!("Comanda #1")));
    assert_eq!(documents[0]["invoiced_by"].as_array().unwrap().len(), 2);
    let missing = issue(&world, "/invoice/v2", from_proforma("0007")).await.json();
    assert_eq!(missing["errorText"], "Factura proforma ATP0007 nu a fost gasita!");
}

#[tokio::test]
async fn an_invoice_from_a_proforma_that_is_deleted_is_no_longer_named_by_it() {
    let world = world();
    issue(&world, "/estimate/v2", proforma("x")).await;
    issue(&world, "/invoice/v2", from_proforma("0001")).await;
    world.smartbill_invoice(Method::DELETE, "", "0001").await;
    assert_eq!(estimate(&world, Method::GET, "/invoices", "0001").await.json()["areInvoicesCreated"], false);
}

#[tokio::test]
async fn proformas_are_cancelled_restored_shown_and_deleted_in_any_order() {
    let world = world_with(|config| config.deleted_number_returns = true);
    for _ in 0..2 {
        issue(&world, "/estimate/v2", proforma("PNT-P")).await;
    }
    for (action, words) in [
        ("/cancel", "Proforma cu seria si numarul ATP0001 a fost anulata cu succes."),
        ("/cancel", "Proforma ATP0001 este deja anulata."),
        ("/restore", "Proforma cu seria si numarul ATP0001 a fost restaurata cu succes."),
        ("/restore", "Proforma ATP0001 nu necesita restaurare."),
    ] {
        assert_eq!(estimate(&world, Method::PUT, action, "0001").await.json()["message"], words);
    }
    let pdf = estimate(&world, Method::GET, "/pdf", "0001").await;
    assert!(pdf.bytes.starts_with(b"%PDF") && pdf.header("content-disposition").contains("facturaATP0001.pdf"));
    let text = pdf_extract::extract_text_from_mem(&pdf.bytes).unwrap();
    assert!(text.contains("FACTURĂ PROFORMĂ") && text.contains("PNT-P"));
    let missing = estimate(&world, Method::GET, "/pdf", "0009").await;
    assert_eq!(missing.status.as_u16(), 400, "JSON, where an invoice's is nginx's 502");
    assert_eq!(missing.json()["errorText"], "Proforma cu seria si numarul ATP0009 nu a fost gasita!");
    let invoice_pdf = world.smartbill_invoice(Method::GET, "/pdf", "0001").await;
    assert_eq!(invoice_pdf.status.as_u16(), 502, "a proforma is not an invoice");
    let gone = estimate(&world, Method::DELETE, "", "0001").await.json();
    assert_eq!(gone["message"], "Proforma cu seria si numarul ATP0001 a fost stearsa cu succes.");
    let next = issue(&world, "/estimate/v2", proforma("x")).await.json();
    assert_eq!(next["number"], "0003", "only a deleted last number may come back");
    assert_eq!(world.sandbox.state()["smartbill"]["deleted"], 1);
}

#[tokio::test]
async fn a_proforma_has_no_payment_no_stock_and_no_legacy_route_unless_tolerant() {
    let world = world();
    let mut body = proforma("x");
    body["payment"] = json!({"type": "Card", "value": 1, "isCash": false});
    let refused = issue(&world, "/estimate/v2", body).await.json();
    assert_eq!(refused["errors"][0]["message"], "Unrecognized property: payment.");
    assert_eq!(issue(&world, "/estimate", proforma("x")).await.status.as_u16(), 405);
    let mut empty = proforma("x");
    empty["products"] = json!([]);
    let refused = issue(&world, "/estimate/v2", empty).await.json();
    assert_eq!(refused["errorText"], "estimateProducts trebuie specificat si trebuie sa contina cel putin un element");
    let mut foreign = proforma("x");
    foreign["products"][0]["currency"] = json!("EUR");
    let refused = issue(&world, "/estimate/v2", foreign).await.json();
    assert_eq!(refused["errorText"], "Aveti produse care au pretul in alta moneda decat cea a proformei.");
    let tolerant = world_with(|config| config.tolerant = true);
    let mut unnamed = proforma("x");
    unnamed.as_object_mut().unwrap().remove("seriesName");
    let made = issue(&tolerant, "/estimate", unnamed).await.json();
    assert_eq!(made, json!({"errorText": "", "message": "", "number": "0001", "series": "ATP", "url": ""}));
    let path = format!("/estimate/pdf?cif={}&seriesName=ATP&number=0001", account::COMPANY);
    let posted = tolerant.smartbill(Method::POST, &path, None).await;
    assert!(posted.bytes.starts_with(b"%PDF"), "as the official WooCommerce plugin asks for it");
    assert_eq!(world.smartbill(Method::POST, &path, None).await.status.as_u16(), 405);
    let mut numeric = smartbill_invoice("x");
    numeric["companyVatCode"] = json!(41_236_549);
    numeric["client"]["vatCode"] = json!(19);
    assert_eq!(issue(&tolerant, "/invoice", numeric.clone()).await.json()["number"], "0001");
    assert_eq!(tolerant.documents("smartbill")[1]["client_cif"], "19", "a text that came as a number is a text");
    let strict = issue(&world, "/invoice/v2", numeric).await.json();
    assert_eq!(strict["errors"][0]["param"], "companyVatCode");
}

#[tokio::test]
async fn a_special_name_brings_what_hangs_on_the_account() {
    let world = world();
    let product = |name: &'static str| move |b: &mut Value| b["products"][0]["name"] = json!(name);
    let warehouse = |name: &'static str, quantity: u64, code: &'static str| {
        move |b: &mut Value| {
            b["useStock"] = json!(true);
            b["products"][0]["warehouseName"] = json!(name);
            b["products"][0]["quantity"] = json!(quantity);
            b["products"][0]["code"] = json!(code);
        }
    };
    let cases: Vec<Case> = vec![
        (
            403,
            "Nu aveti dreptul de a adauga facturi pe seria selectata",
            Box::new(|b| b["seriesName"] = json!("FARA-DREPT")),
        ),
        (400, "Nu aveti dreptul de a adauga facturi", Box::new(|b| b["seriesName"] = json!("FARA-DREPTURI"))),
        (400, "Limba nu a fost gasita pe server!", Box::new(|b| b["language"] = json!("ZZ"))),
        (400, "Moneda nu a fost gasita pe server!", Box::new(|b| b["currency"] = json!("XDR"))),
        (400, "Cota default nu a fost gasita pe server!", Box::new(product("Produs fara cota default"))),
        (400, "Produsul Produs fara cota in cloud nu are cota tva", Box::new(product("Produs fara cota in cloud"))),
        (
            400,
            "Produsul Produs cu cod obligatoriu nu are codul specificat.",
            Box::new(product("Produs cu cod obligatoriu")),
        ),
        (
            400,
            "Nu puteti emite documente in EUR cu moneda de referinta a produselor in RON !",
            Box::new(|b| {
                b["currency"] = json!("EUR");
                b["products"][0]["exchangeRate"] = json!(4.97);
            }),
        ),
        (
            400,
            "Server-ul de email nu a fost configurat.",
            Box::new(|b| {
                b["sendEmail"] = json!(true);
                b["email"] = json!({"to": "fara-server@example.com"});
            }),
        ),
        (
            400,
            "Gestiunea predatoare nu este setata pentru produsul Cană ceramică.",
            Box::new(|b| b["useStock"] = json!(true)),
        ),
        (
            400,
            "Gestiunea predatoare depozit a produsului Cană ceramică nu a fost gasita.",
            Box::new(warehouse("depozit", 1, "STOC-01")),
        ),
        (400, "Nu ai facut nicio achizitie pentru produsul", Box::new(warehouse("Depozit", 1, "ALT-COD"))),
        (400, "Cantitate stoc insuficienta la <b>Factura ATC", Box::new(warehouse("Depozit", 4, "STOC-02"))),
        (400, "Gestiunea predatoare este invalida!", Box::new(warehouse("Gestiune invalida", 1, ""))),
        (400, "Modulul stoc nu este activ!", Box::new(warehouse("Gestiune fara modul", 1, ""))),
        (
            400,
            "Exista deja pe stoc un produs cu numele Cană ceramică si codul C1",
            Box::new(warehouse("Gestiune cu cod dublu", 1, "C1")),
        ),
        (
            400,
            "Unitatea de masura buc a produsului Cană ceramică nu are factor",
            Box::new(warehouse("Gestiune fara conversie", 1, "")),
        ),
        (400, "Nu poti adauga documente cu tranzactii pe stoc", Box::new(warehouse("Gestiune importata", 1, ""))),
    ];
    for (status, words, change) in cases {
        let mut body = smartbill_invoice("x");
        change(&mut body);
        let answer = issue(&world, "/invoice/v2", body).await;
        let said = answer.json()["errorText"].as_str().unwrap().to_owned();
        assert!(said.starts_with(words), "{words:?} expected, {said:?} found");
        assert_eq!((answer.status.as_u16(), &answer.json()["documentId"]), (status, &json!(-1)), "{words}");
    }
    assert_eq!(world.documents("smartbill").len(), 0);
    let mut body = smartbill_invoice("x");
    warehouse("Depozit", 3, "STOC-02")(&mut body);
    assert_eq!(issue(&world, "/invoice/v2", body).await.status.as_u16(), 200, "what there is can be sold");
}

#[tokio::test]
async fn a_client_that_is_saved_keeps_its_code() {
    let world = world();
    let mut body = smartbill_invoice("x");
    body["client"]["saveToDb"] = json!(true);
    for (code, words) in [("RO1", ""), ("RO1", ""), ("RO2", "Clientul exista deja pe server")] {
        body["client"]["vatCode"] = json!(code);
        assert_eq!(issue(&world, "/invoice/v2", body.clone()).await.json()["errorText"], words);
    }
}

#[tokio::test]
async fn an_invoice_may_be_kept_from_being_changed() {
    let world = world();
    let mut kept = smartbill_invoice("x");
    kept["client"]["name"] = json!("Client intangibil");
    issue(&world, "/invoice/v2", kept).await;
    for (method, action) in [(Method::PUT, "/cancel"), (Method::PUT, "/restore"), (Method::DELETE, "")] {
        let refused = world.smartbill_invoice(method, action, "0001").await;
        assert_eq!(refused.status.as_u16(), 403);
        assert_eq!(refused.json()["errorText"], "Nu aveti dreptul de a modifica factura");
    }
    issue(&world, "/invoice/v2", smartbill_invoice("y")).await;
    let other = format!("/invoice/cancel?cif={}&seriesname=ATC&number=0002", account::NON_VAT_COMPANY);
    let refused = world.smartbill(Method::PUT, &other, None).await.json();
    assert_eq!(refused["errorText"], "Documentul a fost emis ca platitor tva. Nu se poate anula.");
    let mut sold = smartbill_invoice("z");
    sold["useStock"] = json!(true);
    sold["products"][0]["warehouseName"] = json!("Depozit");
    sold["products"][0]["code"] = json!("STOC-01");
    issue(&world, "/invoice/v2", sold).await;
    let back = json!({"companyVatCode": account::COMPANY, "seriesName": "ATC", "number": "0003"});
    issue(&world, "/invoice/reverse", back).await;
    let refused = world.smartbill_invoice(Method::PUT, "/cancel", "0003").await.json();
    assert_eq!(refused["errorText"], "Pentru factura ATC0003 exista deja stornari care incarca stocul.");
}

#[tokio::test]
async fn a_company_without_vat_names_no_rate() {
    let world = world();
    let mut body = smartbill_invoice("x");
    body["companyVatCode"] = json!(account::NON_VAT_COMPANY);
    for key in ["taxName", "taxPercentage"] {
        body["products"][0].as_object_mut().unwrap().remove(key);
    }
    assert_eq!(issue(&world, "/invoice/v2", body.clone()).await.json()["errorText"], "");
    body["usePaymentTax"] = json!(true);
    let refused = issue(&world, "/invoice/v2", body).await.json();
    assert_eq!(refused["errorText"], "O firma neplatitoare de tva nu poate folosi tva la incasare!");
}

#[tokio::test]
async fn an_empty_proforma_can_not_become_an_invoice() {
    let world = world();
    let mut body = proforma("x");
    body["client"]["name"] = json!("Client cu proforma goala");
    issue(&world, "/estimate/v2", body).await;
    assert_eq!(
        issue(&world, "/invoice/v2", from_proforma("0001")).await.json()["errorText"],
        "Proforma nu contine produse!"
    );
}

#[tokio::test]
async fn stocks_are_told_by_warehouse_product_and_date() {
    let world = world();
    let get = async |more: &str| {
        world.smartbill(Method::GET, &format!("/stocks?cif={}{more}", account::COMPANY), None).await.json()
    };
    assert_eq!(get("").await["errorText"], "Data la care vreti sa aflati valoarea stocului trebuie specificata!");
    assert_eq!(get("&date=23.11.2026").await["errorText"], "Data trebuie sa fie de forma yyyy-MM-dd.");
    let lost = get("&date=2026-11-23&warehouseName=X").await;
    assert_eq!(lost["errorText"], "Gestiunea X nu a fost gasita pe server.");
    let all = get("&date=2026-11-23").await;
    assert_eq!((all["list"].as_array().unwrap().len(), &all["errorText"]), (2, &json!("")));
    let one = get("&date=2026-11-23&warehouseName=Magazin&productCode=STOC-01").await;
    assert_eq!(one["list"][0]["products"][0]["quantity"], 7);
    assert_eq!(get("&date=2026-11-23&productCode=nimic").await["list"], json!([]));
    for path in ["/company/mu", "/company/warehouses", "/stocks/ecom/"] {
        let answer = world.smartbill(Method::GET, &format!("{path}?cif={}", account::COMPANY), None).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
    }
}
