//! SmartBill as the notes tell it: its refusals by the letter, its silent traps, its limits and its PDFs.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use punte_sandbox::{Limits, account};
use serde_json::{Value, json};

use crate::support::{Answer, World, request, send, smartbill_credential, smartbill_invoice, world, world_with};

/// Status, words, and what is wrong with the body.
type Case = (u16, &'static str, Box<dyn Fn(&mut Value)>);

async fn create(world: &World, body: Value) -> Answer {
    world.smartbill(Method::POST, "/invoice/v2", Some(body)).await
}

async fn total_of(world: &World, number: &str) -> Value {
    world.smartbill_invoice(Method::GET, "/paymentstatus", number).await.json()["invoiceTotalAmount"].clone()
}

#[tokio::test]
async fn an_invoice_gets_the_next_padded_number_and_its_total_reads_back() {
    let world = world();
    let made = create(&world, smartbill_invoice("PNT-1")).await;
    assert_eq!(made.status, StatusCode::OK);
    let made = made.json();
    assert_eq!((&made["errorText"], &made["number"], &made["series"]), (&json!(""), &json!("0001"), &json!("ATC")));
    assert!(made["documentId"].is_u64() && made["documentViewUrl"].as_str().unwrap().contains("/extern/pf/factura/"));
    assert_eq!(total_of(&world, "0001").await, json!(99.8));
    assert_eq!(total_of(&world, "1").await, Value::Null, "an unpadded number finds nothing");
    let series = world.smartbill(Method::GET, &format!("/series?cif={}&type=f", account::COMPANY), None).await.json();
    assert_eq!(series["list"][0], json!({"name": "ATC", "nextNumber": 2, "type": "f"}));
    assert_eq!(create(&world, smartbill_invoice("PNT-1")).await.json()["number"], "0002", "nothing detects a repeat");
}

#[tokio::test]
async fn every_business_refusal_has_its_own_words() {
    let world = world();
    let cases: Vec<Case> = vec![
        (
            400,
            "Seria nu a fost gasita! Folositi o serie creata in contul de cloud.",
            Box::new(|b| b["seriesName"] = json!("ZZ")),
        ),
        (
            400,
            "Data documentului trebuie sa fie de forma yyyy-MM-dd.",
            Box::new(|b| b["issueDate"] = json!("23.11.2026")),
        ),
        (
            400,
            "Nu puteti adauga documentul intr-o perioada inchisa",
            Box::new(|b| b["issueDate"] = json!("2026-09-30")),
        ),
        (
            400,
            "Cota tva a produsului Cană ceramică nu a fost gasita pe server!",
            Box::new(|b| b["products"][0]["taxPercentage"] = json!(19)),
        ),
        (
            400,
            "Cota tva a produsului Cană ceramică nu a fost gasita pe server!",
            Box::new(|b| b["products"][0]["taxName"] = json!("21%")),
        ),
        (
            400,
            "Trebuie sa setezi o cota tva pentru produsul Cană ceramică",
            Box::new(|b| b["products"][0]["taxPercentage"] = Value::Null),
        ),
        (
            400,
            "measuringUnitName trebuie specificat pentru fiecare produs",
            Box::new(|b| b["products"][0]["measuringUnitName"] = json!("")),
        ),
        (
            400,
            "Aveti produse care au pretul in alta moneda decat cea a facturii.",
            Box::new(|b| b["products"][0]["currency"] = json!("EUR")),
        ),
        (
            400,
            "invoiceProducts trebuie specificat si trebuie sa contina cel putin un element",
            Box::new(|b| b["products"] = json!([])),
        ),
        (
            410,
            "Numarul maxim acceptat de 400 intrari pe document a fost depasit.",
            Box::new(|b| b["products"] = vec![b["products"][0].clone(); 401].into()),
        ),
        (400, "tara trebuie specificata", Box::new(|b| b["client"]["country"] = Value::Null)),
        (400, "Client invalid!", Box::new(|b| b["client"]["name"] = json!(""))),
        (
            400,
            "isCash trebuie specificat pentru incasare",
            Box::new(|b| b["payment"] = json!({"type": "Card", "value": 1})),
        ),
        (
            400,
            "Tipul documentului nu a fost gasit pe server!",
            Box::new(|b| b["payment"] = json!({"type": "Cec ", "value": 1, "isCash": false})),
        ),
        (400, "Trebuie specificata adresa de email a clientului.", Box::new(|b| b["sendEmail"] = json!(true))),
        (
            400,
            "Nu poti sa emiti un document care contine doar un discount. Trebuie sa ai si produse / servicii adaugate.",
            Box::new(
                |b| b["products"] = json!([{"name": "R", "isDiscount": true, "discountPercentage": 5, "numberOfItems": 1, "taxPercentage": 21}]),
            ),
        ),
        (
            401,
            "Firma la care incercati sa va conectati nu mai este disponibila in Cloud.",
            Box::new(|b| b["companyVatCode"] = json!("RO12345674")),
        ),
        (
            401,
            "Firma la care incercati sa va conectati nu este disponibila pentru acest utilizator.",
            Box::new(|b| b["companyVatCode"] = json!(account::FOREIGN_COMPANY)),
        ),
        (500, "Internal Server Error!", Box::new(|b| b["companyVatCode"] = Value::Null)),
    ];
    for (status, words, change) in cases {
        let mut body = smartbill_invoice("x");
        change(&mut body);
        let answer = create(&world, body).await;
        assert_eq!((answer.status.as_u16(), answer.json()["errorText"].as_str().unwrap()), (status, words));
        if status == 400 {
            assert_eq!(answer.json()["documentId"], -1);
        }
    }
    assert_eq!(world.documents("smartbill").len(), 0, "no refusal issued anything");
    let full = world_with(|config| config.document_quota = Some(0));
    let words = "Pentru acest pachet s-a emis numarul maxim de documente permis";
    assert_eq!(create(&full, smartbill_invoice("x")).await.json()["errorText"], words);
}

#[tokio::test]
async fn the_shape_is_checked_before_the_credential() {
    let world = world();
    let post = async |body: &str, authorization: &str, kind: &str| {
        let mut call = Request::post("/SBORO/api/invoice/v2");
        if !authorization.is_empty() {
            call = call.header(header::AUTHORIZATION, authorization);
        }
        if !kind.is_empty() {
            call = call.header(header::CONTENT_TYPE, kind);
        }
        send(world.sandbox.routers().smartbill, call.body(Body::from(body.to_owned())).unwrap()).await
    };
    let unknown = post("{\"zzz\":1}", "", "application/json").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    let error = &unknown.json()["errors"][0];
    assert_eq!(
        (&error["code"], &error["message"], &error["param"]),
        (&json!("json_mapping_error"), &json!("Unrecognized property: zzz."), &json!("zzz"))
    );
    assert_eq!(unknown.json()["instance"], "/SBORO/api/invoice/v2");
    assert!(unknown.json()["errorText"].is_null());
    assert_eq!(post("{", "", "application/json").await.json()["errors"][0]["code"], "json_parse_error");
    assert_eq!(post("{}", "", "text/xml").await.status.as_u16(), 415);
    assert_eq!(post("{}", "", "").await.status.as_u16(), 415);
    let anonymous = post("{}", "", "application/json").await;
    assert_eq!(anonymous.status.as_u16(), 401);
    assert_eq!(anonymous.json()["errorText"], "Autentificare esuata. Va rugam verificati datele si incercati din nou.");
    assert_eq!(anonymous.json()["key"], "!.oresp@&");
    let malformed = post("{}", "Basic ###", "application/json").await;
    assert_eq!(malformed.status.as_u16(), 500);
    assert!(malformed.text().contains("Tomcat"));
}

#[tokio::test]
async fn paths_methods_and_accepts_are_exact() {
    let world = world();
    assert_eq!(world.smartbill(Method::GET, "/facturi", None).await.json()["errors"][0]["code"], "resource_not_found");
    let method = world.smartbill(Method::GET, "/invoice/v2", None).await;
    assert_eq!((method.status.as_u16(), method.header("allow")), (405, "POST"));
    let legacy = world.smartbill(Method::POST, "/invoice", Some(smartbill_invoice("x"))).await;
    assert_eq!((legacy.status.as_u16(), legacy.header("allow")), (405, "DELETE"));
    create(&world, smartbill_invoice("x")).await;
    let pdf = async |accept: &str| {
        let path = format!("/SBORO/api/invoice/pdf?cif={}&seriesname=ATC&number=0001", account::COMPANY);
        let mut call = request(Method::GET, &path, &smartbill_credential(), None);
        call.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
        send(world.sandbox.routers().smartbill, call).await
    };
    assert_eq!(pdf("application/pdf").await.status.as_u16(), 406);
    assert_eq!(pdf("application/octet-stream").await.header("content-type"), "application/octet-stream");
    let as_json = pdf("application/json").await;
    assert_eq!(as_json.header("content-type"), "application/json", "the reply's type mirrors Accept");
    assert!(as_json.bytes.starts_with(b"%PDF") && as_json.header("content-disposition").contains("facturaATC0001.pdf"));
}

#[tokio::test]
async fn names_of_parameters_are_matched_by_the_letter_unless_tolerant() {
    let path = format!("/invoice/cancel?cif={}&seriesName=ATC&number=0001", account::COMPANY);
    let strict = world();
    create(&strict, smartbill_invoice("x")).await;
    let refused = strict.smartbill(Method::PUT, &path, None).await;
    assert_eq!(refused.json()["errorText"], "Seria facturii trebuie specificata in url in parametrul 'seriesname'!");
    let tolerant = world_with(|config| config.tolerant = true);
    let made = tolerant.smartbill(Method::POST, "/invoice", Some(smartbill_invoice("x"))).await;
    assert_eq!(made.json(), json!({"errorText": "", "message": "", "number": "0001", "series": "ATC", "url": ""}));
    assert_eq!(tolerant.smartbill(Method::PUT, &path, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn cancel_and_restore_answer_200_again_and_again() {
    let world = world();
    create(&world, smartbill_invoice("x")).await;
    for (action, words) in [
        ("/cancel", "Factura cu seria si numarul ATC0001 a fost anulata cu succes."),
        ("/cancel", "Factura ATC0001 este deja anulata."),
        ("/restore", "Factura cu seria si numarul ATC0001 a fost restaurata cu succes."),
        ("/restore", "Factura ATC0001 nu necesita restaurare."),
    ] {
        let answer = world.smartbill_invoice(Method::PUT, action, "0001").await;
        assert_eq!((answer.status.as_u16(), answer.json()["message"].as_str().unwrap()), (200, words));
    }
    let missing = world.smartbill_invoice(Method::PUT, "/cancel", "0009").await;
    assert_eq!(missing.json()["errorText"], "Factura cu seria si numarul ATC0009 nu a fost gasita!");
}

#[tokio::test]
async fn only_the_last_can_be_deleted_and_its_number_stays_used() {
    let world = world();
    for _ in 0..2 {
        create(&world, smartbill_invoice("x")).await;
    }
    let refused = world.smartbill_invoice(Method::DELETE, "", "0001").await;
    assert_eq!(refused.status.as_u16(), 403);
    assert!(refused.json()["errorText"].as_str().unwrap().contains("nu este ultimul din serie!"));
    let gone = world.smartbill_invoice(Method::DELETE, "", "0002").await;
    assert_eq!(gone.json()["message"], "Factura cu seria si numarul ATC0002 a fost stearsa cu succes.");
    assert_eq!(create(&world, smartbill_invoice("x")).await.json()["number"], "0003");
    let other = world_with(|config| config.deleted_number_returns = true);
    create(&other, smartbill_invoice("x")).await;
    other.smartbill_invoice(Method::DELETE, "", "0001").await;
    assert_eq!(create(&other, smartbill_invoice("x")).await.json()["number"], "0001");
}

#[tokio::test]
async fn a_storno_takes_the_next_number_of_the_series_and_only_once() {
    let world = world();
    create(&world, smartbill_invoice("x")).await;
    let reverse = async |number: &str, date: &str| {
        let body =
            json!({"companyVatCode": account::COMPANY, "seriesName": "ATC", "number": number, "issueDate": date});
        world.smartbill(Method::POST, "/invoice/reverse", Some(body)).await.json()
    };
    let early = reverse("0001", "2026-11-22").await;
    assert!(early["errorText"].as_str().unwrap().starts_with("Data emiterii facturii storno nu poate fi anterioara"));
    assert_eq!(reverse("0001", "2026-11-23").await["number"], "0002");
    assert_eq!(total_of(&world, "0002").await, json!(-99.8));
    assert_eq!(reverse("0001", "2026-11-23").await["errorText"], "Factura este deja stornata.");
    assert_eq!(
        reverse("0002", "2026-11-23").await["errorText"],
        "Factura ATC0002 este de tip storno. Nu se poate storna."
    );
    assert_eq!(
        reverse("0009", "2026-11-23").await["errorText"],
        "Factura cu seria si numarul ATC0009 nu a fost gasita!"
    );
    assert_eq!(reverse("0001", "23.11.2026").await["errors"][0]["code"], "json_mapping_error");
    assert!(text_of(&world, "0002").await.contains("seria ATC nr. 0001"), "its PDF names the original");
}

#[tokio::test]
async fn payment_status_counts_what_the_invoice_was_paid_with() {
    let world = world();
    let mut body = smartbill_invoice("x");
    body["payment"] = json!({"type": "card ONLINE", "value": 99.8, "isCash": false});
    create(&world, body).await;
    let status = world.smartbill_invoice(Method::GET, "/paymentstatus", "0001").await.json();
    assert_eq!(
        (&status["paidAmount"], &status["unpaidAmount"], &status["paid"]),
        (&json!(99.8), &json!(0), &json!(true))
    );
    let missing = world.smartbill_invoice(Method::GET, "/paymentstatus", "0002").await;
    assert_eq!((missing.status.as_u16(), missing.json()["paid"].clone()), (400, json!(false)));
    assert_eq!(missing.json()["errorText"], "Factura nu a fost gasita");
}

#[tokio::test]
async fn taxes_and_series_are_those_of_the_account() {
    let world = world();
    let get = async |path: &str| world.smartbill(Method::GET, path, None).await.json();
    let taxes = get(&format!("/tax?cif={}", account::COMPANY)).await;
    assert_eq!(taxes["taxes"][0], json!({"name": "Normala", "percentage": 21}));
    assert_eq!(get("/tax").await["errorText"], "Ciful firmei trebuie specificat!");
    let small = get(&format!("/tax?cif={}", account::NON_VAT_COMPANY)).await;
    assert_eq!(small["errorText"], "Firma este neplatitoare de tva.");
    let wrong = get(&format!("/series?cif={}&type=x", account::COMPANY)).await;
    assert!(wrong["errorText"].as_str().unwrap().starts_with("Tipul documentului nu poate fi x!"));
}

#[tokio::test]
async fn the_thirty_first_call_bans_for_as_long_as_configured() {
    let world = world_with(|config| {
        config.rate_limits = Limits::On;
        config.ban_ms = 60_000;
    });
    let path = format!("/series?cif={}", account::COMPANY);
    for left in (0..30).rev() {
        let answer = world.smartbill(Method::GET, &path, None).await;
        assert_eq!((answer.status.as_u16(), answer.header("x-ratelimit-remaining")), (200, left.to_string().as_str()));
        assert_eq!(answer.header("x-ratelimit-limit"), "30");
    }
    let banned = world.smartbill(Method::GET, &path, None).await;
    assert_eq!(banned.status.as_u16(), 429);
    assert!(banned.json()["errorText"].is_null(), "a ban is no business refusal");
    world.advance(59_000);
    assert_eq!(world.smartbill(Method::GET, &path, None).await.status.as_u16(), 429);
    world.advance(2_000);
    assert_eq!(world.smartbill(Method::GET, &path, None).await.status.as_u16(), 200);
}

/// The text of an invoice's PDF, as a reader takes it out.
async fn text_of(world: &World, number: &str) -> String {
    let answer = world.smartbill_invoice(Method::GET, "/pdf", number).await;
    assert_eq!(answer.status, StatusCode::OK);
    pdf_text(&answer.bytes)
}

fn pdf_text(pdf: &[u8]) -> String {
    pdf_extract::extract_text_from_mem(pdf).unwrap()
}

#[tokio::test]
async fn a_pdf_tells_its_number_client_lines_total_and_mentions_with_diacritics() {
    let world = world();
    let mut body = smartbill_invoice("Comanda #10422 PNT-7K2M9QX4TBC, livrată la ușă în București");
    body["products"][0]["name"] = json!("Farfurie adâncă „Șoimul”, țesătură îngustă ☕");
    body["client"]["address"] = json!("Str. Mărășești nr. 21");
    create(&world, body).await;
    let pdf = world.smartbill_invoice(Method::GET, "/pdf", "0001").await.bytes;
    assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
    let text = pdf_text(&pdf);
    for words in [
        "Seria ATC nr. 0001",
        "Ioana Țăranu",
        "Str. Mărășești nr. 21",
        "Farfurie adâncă „Șoimul”",
        "țesătură îngustă ?",
        "99.80 RON",
        "Comanda #10422 PNT-7K2M9QX4TBC, livrată la ușă în București",
    ] {
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
    }
}

#[tokio::test]
async fn a_long_invoice_runs_over_pages() {
    let world = world();
    let mut body = smartbill_invoice("PNT-LAST");
    body["products"] = vec![body["products"][0].clone(); 400].into();
    assert_eq!(create(&world, body).await.status, StatusCode::OK);
    let pdf = world.smartbill_invoice(Method::GET, "/pdf", "0001").await.bytes;
    let text = pdf_text(&pdf);
    assert!(pdf_extract::extract_text_from_mem_by_pages(&pdf).unwrap().len() > 3);
    assert!(text.contains("PNT-LAST") && text.contains("39920.00"));
}

#[tokio::test]
async fn a_missing_pdf_is_nginx() {
    let world = world();
    let missing = world.smartbill_invoice(Method::GET, "/pdf", "0001").await;
    assert_eq!(missing.status.as_u16(), 502);
    assert!(missing.text().contains("nginx"));
    let no_company = world.smartbill(Method::GET, "/invoice/pdf?cif=RO1&seriesname=ATC&number=0001", None).await;
    assert_eq!(no_company.status.as_u16(), 401, "a wrong company stays JSON");
}

#[tokio::test]
async fn a_draft_has_no_number_and_takes_none() {
    let world = world();
    let mut body = smartbill_invoice("x");
    body["isDraft"] = json!(true);
    assert_eq!(create(&world, body).await.json()["number"], "");
    assert_eq!(create(&world, smartbill_invoice("x")).await.json()["number"], "0001");
}
