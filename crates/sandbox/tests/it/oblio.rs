//! Oblio as the notes tell it, oddities included.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use punte_sandbox::{Limits, RepeatedKey, account};
use serde_json::{Value, json};

use crate::support::{World, oblio_invoice, request, send, world, world_with};

async fn create(world: &World, body: Value) -> Value {
    world.oblio(Method::POST, "/docs/invoice", Some(body)).await.json()
}

async fn refused(world: &World, change: impl FnOnce(&mut Value)) -> String {
    let mut body = oblio_invoice("x");
    change(&mut body);
    let answer = world.oblio(Method::POST, "/docs/invoice", Some(body)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    assert_eq!(answer.json()["status"], 400);
    answer.json()["statusMessage"].as_str().unwrap().to_owned()
}

fn named(number: &str) -> String {
    format!("cif={}&seriesName={}&number={number}", account::COMPANY, account::OBLIO_SERIES)
}

#[tokio::test]
async fn a_token_comes_by_form_or_json_in_strings_and_stays_the_same_while_it_lives() {
    let world = world();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        account::OBLIO_EMAIL.replace('@', "%40"),
        account::OBLIO_SECRET
    );
    let by_form = Request::post("/api/authorize/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let answer = send(world.sandbox.routers().oblio, by_form).await.json();
    let token = answer["access_token"].as_str().unwrap();
    assert!(token.len() == 40 && token.bytes().all(|digit| digit.is_ascii_hexdigit()));
    assert_eq!(
        (&answer["expires_in"], &answer["token_type"], &answer["scope"]),
        (&json!("3600"), &json!("Bearer"), &json!(""))
    );
    assert!(answer["request_time"].is_string() && answer["status"].is_null(), "no envelope");
    world.advance(3_599_000);
    assert_eq!(world.token().await, token, "the same one, though it dies in a second");
    world.advance(2_000);
    assert_ne!(world.token().await, token);
}

#[tokio::test]
async fn tokens_that_are_wrong_or_old_are_told_apart() {
    let world = world();
    let wrong = json!({"client_id": account::OBLIO_EMAIL, "client_secret": "x"});
    let answer =
        send(world.sandbox.routers().oblio, request(Method::POST, "/api/authorize/token", "", Some(&wrong))).await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].clone()), (400, json!("invalid_client")));
    let token = world.token().await;
    let companies = async |authorization: &str| {
        let call = request(Method::GET, "/api/nomenclature/companies", authorization, None);
        let answer = send(world.sandbox.routers().oblio, call).await;
        (answer.status.as_u16(), answer.json()["statusMessage"].as_str().unwrap().to_owned())
    };
    assert_eq!(companies(&format!("Bearer {token}")).await.0, 200);
    assert_eq!(companies("Bearer abc").await, (401, "The access token provided is invalid".into()));
    assert_eq!(companies("").await.0, 401);
    world.advance(3_600_000);
    assert_eq!(companies(&format!("Bearer {token}")).await, (401, "The access token provided has expired".into()));
}

#[tokio::test]
async fn the_nomenclature_says_what_there_is_to_choose() {
    let world = world();
    let get = async |which: &str| {
        let path = format!("/nomenclature/{which}?cif={}", account::COMPANY);
        world.oblio(Method::GET, &path, None).await.json()["data"].clone()
    };
    assert_eq!(get("companies").await[0]["cif"], account::COMPANY);
    assert_eq!(get("vat_rates").await[0], json!({"name": "Normala", "percent": 21, "default": true}));
    let percents: Vec<i64> =
        get("vat_rates").await.as_array().unwrap().iter().map(|rate| rate["percent"].as_i64().unwrap()).collect();
    assert!(!percents.contains(&19) && !percents.contains(&9));
    let series = get("series").await;
    assert_eq!(series[0]["next"], "0001");
    create(&world, oblio_invoice("x")).await;
    assert_eq!(get("series").await[0]["next"], "0002");
    assert_eq!(get("languages").await[0]["code"], "EN");
    assert_eq!(get("management").await[0]["management"], "Depozit");
    assert_eq!(get("products").await[0]["price"], "19.99");
    let other = world.oblio(Method::GET, "/nomenclature/series?cif=RO14399840", None).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        world.oblio(Method::GET, "/nomenclature/series", None).await.json()["statusMessage"],
        "Parametrul cif lipsește"
    );
}

#[tokio::test]
async fn a_create_answers_series_number_and_link_and_the_list_the_rest() {
    let world = world();
    let made = create(&world, oblio_invoice("Comanda #1 PNT-ABC")).await;
    assert_eq!(
        (&made["status"], &made["data"]["seriesName"], &made["data"]["number"]),
        (&json!(200), &json!("ACO"), &json!("0001"))
    );
    let link = made["data"]["link"].as_str().unwrap();
    let rows = world.oblio_list("&seriesName=ACO&issuedAfter=2026-11-23&issuedBefore=2026-11-23&canceled=-1&draft=-1&orderBy=id&orderDir=DESC").await;
    let row = &rows[0];
    assert!(link.contains(&format!("id={}&", row["id"].as_str().unwrap())), "the id is in the link: {link}");
    assert_eq!(
        (&row["total"], &row["mentions"], &row["number"]),
        (&json!("99.8000"), &json!("Comanda #1 PNT-ABC"), &json!("0001"))
    );
    assert_eq!((&row["canceled"], &row["draft"], &row["type"]), (&json!("0"), &json!("0"), &json!("Factura")));
    assert!(row["internalNote"].is_null(), "the internal note is not in the row");
    assert!(row["products"].is_null());
    let with = world.oblio_list("&withProducts=1&withCollects=1&withEinvoiceStatus=1").await;
    assert_eq!(with[0]["products"][0]["vatName"], "Normala");
    assert_eq!(with[0]["einvoiceStatus"]["code"], -1);
    assert_eq!(world.oblio_list("&issuedAfter=2026-11-24").await.len(), 0);
    let json_under_form = Request::post("/api/docs/invoice")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token().await))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(oblio_invoice("y").to_string()))
        .unwrap();
    assert_eq!(send(world.sandbox.routers().oblio, json_under_form).await.json()["data"]["number"], "0002");
}

#[tokio::test]
async fn a_repeated_key_replays_or_refuses_but_never_issues() {
    let mut body = oblio_invoice("x");
    body["idempotencyKey"] = json!("pnt-1");
    let world = world();
    let first = create(&world, body.clone()).await;
    assert_eq!(create(&world, body.clone()).await, first);
    assert_eq!(world.documents("oblio").len(), 1);
    world.oblio(Method::DELETE, &format!("/docs/invoice?{}&idempotencyKey=pnt-1", named("1")), None).await;
    assert_eq!(create(&world, body.clone()).await["data"]["number"], "0001", "a deleted document frees key and number");

    let strict = world_with(|config| config.repeated_key = RepeatedKey::Refuse);
    create(&strict, body.clone()).await;
    assert_eq!(create(&strict, body).await["status"], 400);
    assert_eq!(strict.documents("oblio").len(), 1);
}

#[tokio::test]
async fn creates_are_refused_with_the_words_of_the_notes() {
    let world = world();
    let vat = refused(&world, |body| body["products"][0]["vatPercentage"] = json!(19)).await;
    assert_eq!(vat, "Produsul Cană ceramică are cota TVA 19%, dar aceasta nu este setata in Oblio");
    let vat = refused(&world, |body| body["products"][0]["vatName"] = json!("Redusa")).await;
    assert!(vat.contains("cota TVA 21%"), "the pair must exist: {vat}");
    let collect = refused(&world, |body| body["collect"] = json!({"type": "Card", "value": 10})).await;
    assert_eq!(collect, "Parametrul documentNumber lipsește");
    let client = refused(&world, |body| body["client"] = json!({"cif": "RO99"})).await;
    assert_eq!(client, "Selecteaza Clientul");
    let reference = |body: &mut Value| {
        body["referenceDocument"] = json!({"type": "Proforma", "seriesName": "ACP", "number": 8});
    };
    assert_eq!(refused(&world, reference).await, "Nu exista document cu seria ACP si numarul 8");
    assert!(refused(&world, |body| body["seriesName"] = json!("ZZZ")).await.contains("ZZZ"));
    assert_eq!(refused(&world, |body| body["products"] = json!([])).await, "Parametrul products lipsește");
    assert!(refused(&world, |body| body["issueDate"] = json!("23.11.2026")).await.contains("issueDate"));
    assert_eq!(world.documents("oblio").len(), 0, "nothing was issued by a refusal");
}

#[tokio::test]
async fn cancel_restore_collect_and_view_change_what_the_list_shows() {
    let world = world();
    create(&world, oblio_invoice("x")).await;
    let call = async |method: Method, action: &str, body: Option<Value>| {
        world.oblio(method, &format!("/docs/invoice{action}?{}", named("1")), body).await.json()
    };
    assert_eq!(call(Method::PUT, "/cancel", None).await["statusMessage"], "Documentul a fost anulat.");
    assert_eq!(world.oblio_list("&canceled=0").await.len(), 0);
    assert_eq!(world.oblio_list("").await.len(), 0, "cancelled ones are hidden from who does not ask");
    assert_eq!(world.oblio_list("&canceled=-1").await[0]["canceled"], "1");
    assert_eq!(call(Method::PUT, "/restore", None).await["statusMessage"], "Documentul a fost restaurat.");
    let form = format!(
        "cif={}&seriesName=ACO&number=0001&collect[type]=Ordin+de+plata&collect[documentNumber]=OP+1&collect[value]=100.5",
        account::COMPANY
    );
    let collect = Request::put("/api/docs/invoice/collect")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token().await))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let paid = send(world.sandbox.routers().oblio, collect).await.json();
    assert_eq!((&paid["statusMessage"], &paid["data"]["collects"][0]["value"]), (&json!(""), &json!(100.5)));
    let view = call(Method::GET, "", None).await;
    assert_eq!(view["data"]["collects"][0]["type"], "Ordin de plata");
    assert_eq!(world.oblio_list("&collected=1").await.len(), 1);
    let gone = world
        .oblio(
            Method::DELETE,
            "/docs/invoice",
            Some(json!({"cif": account::COMPANY, "seriesName": "ACO",
        "number": 1, "deleteCollect": true})),
        )
        .await;
    assert_eq!(gone.json()["statusMessage"], "Documentul a fost sters.");
    assert_eq!(call(Method::GET, "", None).await["statusMessage"], "Nu exista document cu seria ACO si numarul 1");
}

#[tokio::test]
async fn only_the_last_of_a_series_can_be_deleted() {
    let world = world();
    for _ in 0..2 {
        create(&world, oblio_invoice("x")).await;
    }
    let delete = async |number: &str| {
        world.oblio(Method::DELETE, &format!("/docs/invoice?{}", named(number)), None).await.status.as_u16()
    };
    assert_eq!(delete("0001").await, 400);
    assert_eq!(delete("0002").await, 200);
    assert_eq!(create(&world, oblio_invoice("x")).await["data"]["number"], "0002", "the number is given again");
}

#[tokio::test]
async fn a_storno_takes_everything_back_once() {
    let world = world();
    create(&world, oblio_invoice("x")).await;
    let body = json!({"cif": account::COMPANY, "seriesName": "ACO",
        "referenceDocument": {"type": "Factura", "seriesName": "ACO", "number": 1, "refund": 1}, "mentions": "PNT-S"});
    assert_eq!(create(&world, body.clone()).await["data"]["number"], "0002");
    let rows = world.oblio_list("").await;
    assert_eq!((&rows[0]["storno"], &rows[0]["total"]), (&json!("1"), &json!("-99.8000")));
    assert_eq!(create(&world, body).await["status"], 400);
}

#[tokio::test]
async fn a_proforma_becomes_an_invoice_by_reference() {
    let world = world();
    let mut proforma = oblio_invoice("p");
    proforma["seriesName"] = json!("ACP");
    let made = world.oblio(Method::POST, "/docs/proforma", Some(proforma)).await.json();
    assert_eq!(made["data"]["number"], "0001");
    let body = json!({"cif": account::COMPANY, "seriesName": "ACO", "client": {},
        "referenceDocument": {"type": "Proforma", "seriesName": "ACP", "number": "1"}});
    create(&world, body).await;
    assert_eq!(world.oblio_list("").await[0]["total"], "99.8000");
}

#[tokio::test]
async fn the_list_pages_by_offset_and_ignores_page() {
    let world = world();
    for n in 0..130 {
        create(&world, oblio_invoice(&format!("#{n}"))).await;
    }
    let numbers = async |more: &str| {
        let rows = world.oblio_list(more).await;
        (rows.len(), rows[0]["number"].as_str().unwrap().to_owned())
    };
    assert_eq!(numbers("&limitPerPage=500").await, (100, "0130".into()), "a hundred at most");
    assert_eq!(numbers("&offset=100").await, (30, "0030".into()));
    assert_eq!(numbers("&page=2").await, (100, "0130".into()), "an endless first page");
    assert_eq!(numbers("&orderBy=number&orderDir=ASC&limitPerPage=5").await, (5, "0001".into()));
    assert_eq!(world.oblio_list("&client[cif]=12345674").await.len(), 100);
    assert_eq!(world.oblio_list("&client[cif]=RO1").await.len(), 0);
    assert_eq!(world.oblio_list("&number=7").await.len(), 1);
}

#[tokio::test]
async fn an_unknown_path_is_a_web_page_with_200() {
    let world = world();
    let answer = world.oblio(Method::GET, "/docs/facturi", None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn the_link_shows_the_pdf_and_a_stale_one_a_login() {
    let world = world();
    let made = create(&world, oblio_invoice("x")).await;
    let link = made["data"]["link"].as_str().unwrap().trim_start_matches("https://www.oblio.eu").to_owned();
    let open = async |path: &str| send(world.sandbox.routers().oblio, request(Method::GET, path, "", None)).await;
    assert!(open(&link).await.bytes.starts_with(b"%PDF"));
    assert!(open(&format!("{link}0")).await.text().contains("<html>"));
}

#[tokio::test]
async fn documents_and_the_rest_have_limits_of_their_own() {
    let world = world_with(|config| config.rate_limits = Limits::On);
    let token = format!("Bearer {}", world.token().await);
    let call = async |method: Method, path: &str, body: Option<&Value>| {
        send(world.sandbox.routers().oblio, request(method, path, &token, body)).await.status.as_u16()
    };
    let body = oblio_invoice("x");
    for _ in 0..30 {
        assert_eq!(call(Method::POST, "/api/docs/invoice", Some(&body)).await, 200);
    }
    assert_eq!(call(Method::POST, "/api/docs/invoice", Some(&body)).await, 429);
    assert_eq!(call(Method::GET, "/api/nomenclature/companies", None).await, 200, "reads have their own");
    world.advance(100_000);
    assert_eq!(call(Method::POST, "/api/docs/invoice", Some(&body)).await, 200);
    for _ in 0..30 {
        assert_eq!(call(Method::GET, "/api/nomenclature/companies", None).await, 200);
    }
    assert_eq!(call(Method::GET, "/api/nomenclature/companies", None).await, 429);
}
