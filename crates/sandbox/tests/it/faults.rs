//! Every fault, and what is left behind by it.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use punte_sandbox::{Fault, FaultKind, Provider};
use serde_json::json;
use tower::ServiceExt as _;

use crate::support::{World, oblio_invoice, smartbill_invoice, world, world_with};

fn arm(world: &World, provider: Provider, operation: &str, kind: FaultKind) {
    world.sandbox.set_fault(Fault::new(provider, operation, kind).times(1)).unwrap();
}

/// A create at SmartBill whose caller waits for five seconds. `None`: no answer came.
async fn impatient(world: &World) -> Option<u16> {
    let call = world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("Comanda #1")));
    tokio::time::timeout(Duration::from_secs(5), call).await.ok().map(|answer| answer.status.as_u16())
}

#[tokio::test(start_paused = true)]
async fn a_timeout_after_acting_has_issued() {
    let world = world();
    arm(&world, Provider::SmartBill, "create", FaultKind::TimeoutAfter);
    assert_eq!(impatient(&world).await, None);
    assert_eq!(world.documents("smartbill").len(), 1);
    assert_eq!(impatient(&world).await, Some(200), "the fault is used up");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_before_acting_has_not() {
    let world = world();
    arm(&world, Provider::SmartBill, "create", FaultKind::TimeoutBefore);
    assert_eq!(impatient(&world).await, None);
    assert_eq!(world.documents("smartbill").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_withheld_answer_ends_as_a_gateway_timeout_at_the_bound() {
    let world = world_with(|config| config.longest_hold_ms = 2_000);
    arm(&world, Provider::SmartBill, "create", FaultKind::TimeoutAfter);
    assert_eq!(impatient(&world).await, Some(504));
}

#[tokio::test(start_paused = true)]
async fn a_late_request_acts_when_its_caller_is_gone() {
    let world = world();
    let late = Fault::new(Provider::SmartBill, "create", FaultKind::Late).times(1).delay_ms(8_000);
    world.sandbox.set_fault(late).unwrap();
    assert_eq!(impatient(&world).await, None);
    assert_eq!(world.documents("smartbill").len(), 0, "a look-up now finds nothing");
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(world.documents("smartbill").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_survives_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let open = || world_with(|config| config.state_file = Some(path.clone()));
    let world = open();
    arm(&world, Provider::SmartBill, "create", FaultKind::TimeoutAfter);
    assert_eq!(impatient(&world).await, None);
    let killed = open();
    assert_eq!(killed.documents("smartbill").len(), 1, "issued is issued");
    assert!(killed.sandbox.faults().is_empty(), "and the fault stays used up");
}

#[tokio::test]
async fn replaced_answers_leave_nothing_behind_unless_told_to_act() {
    for (kind, status, inside) in [
        (FaultKind::RefuseVat, 400, "Cota tva a produsului Cană ceramică nu a fost gasita pe server!"),
        (FaultKind::RefuseSeries, 400, "Seria nu a fost gasita!"),
        (FaultKind::Error200, 200, "Cota tva a produsului"),
        (FaultKind::Status403, 403, "rate_limit"),
        (FaultKind::Status429, 429, "rate_limit"),
        (FaultKind::Status500, 500, "Tomcat"),
        (FaultKind::Status502, 502, "nginx"),
        (FaultKind::Status503, 503, "nginx"),
        (FaultKind::WrongCredential, 401, "Autentificare esuata"),
        (FaultKind::Html, 200, "<form"),
    ] {
        let world = world();
        let create = async || world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("x"))).await;
        arm(&world, Provider::SmartBill, "create", kind);
        let answer = create().await;
        assert_eq!(answer.status.as_u16(), status, "{kind:?}");
        assert!(answer.text().contains(inside), "{kind:?}: {}", answer.text());
        assert_eq!(world.documents("smartbill").len(), 0, "{kind:?}");
        world.sandbox.set_fault(Fault::new(Provider::SmartBill, "create", kind).times(1).acting(true)).unwrap();
        assert_eq!(create().await.status.as_u16(), status);
        assert_eq!(world.documents("smartbill").len(), 1, "{kind:?} after acting");
    }
}

#[tokio::test(start_paused = true)]
async fn every_operation_of_the_providers_can_be_made_to_go_wrong() {
    let (cif, oblio_cif) = (punte_sandbox::account::COMPANY, punte_sandbox::account::COMPANY);
    let at = |path: &str| format!("{path}?cif={cif}&seriesname=ATC&number=0001");
    let smartbill = [
        ("create", Method::POST, "/invoice/v2".to_owned()),
        ("series", Method::GET, at("/series")),
        ("tax", Method::GET, at("/tax")),
        ("paymentstatus", Method::GET, at("/invoice/paymentstatus")),
        ("pdf", Method::GET, at("/invoice/pdf")),
        ("cancel", Method::PUT, at("/invoice/cancel")),
        ("restore", Method::PUT, at("/invoice/restore")),
        ("delete", Method::DELETE, at("/invoice")),
        ("reverse", Method::POST, "/invoice/reverse".to_owned()),
        ("estimate_create", Method::POST, "/estimate/v2".to_owned()),
        ("estimate_pdf", Method::GET, at("/estimate/pdf")),
        ("estimate_cancel", Method::PUT, at("/estimate/cancel")),
        ("estimate_restore", Method::PUT, at("/estimate/restore")),
        ("estimate_delete", Method::DELETE, at("/estimate")),
        ("estimate_invoices", Method::GET, at("/estimate/invoices")),
        ("payment", Method::POST, "/payment".to_owned()),
        ("payment_delete", Method::DELETE, at("/payment/v2")),
        ("payment_text", Method::GET, at("/payment/text")),
        ("send", Method::POST, "/document/send".to_owned()),
        ("stocks", Method::GET, at("/stocks")),
        ("other", Method::GET, "/nothing".to_owned()),
    ];
    assert_eq!(smartbill.each_ref().map(|(name, ..)| *name), *Provider::SmartBill.operations());
    let oblio = [
        ("create", Method::POST, "/docs/invoice"),
        ("edit", Method::PUT, "/docs/invoice"),
        ("view", Method::GET, "/docs/proforma"),
        ("list", Method::GET, "/docs/notice/list"),
        ("cancel", Method::PUT, "/docs/invoice/cancel"),
        ("restore", Method::PUT, "/docs/invoice/restore"),
        ("delete", Method::DELETE, "/docs/invoice"),
        ("collect", Method::PUT, "/docs/invoice/collect"),
        ("einvoice", Method::POST, "/docs/einvoice"),
        ("archive", Method::GET, "/docs/einvoice"),
        ("nomenclature", Method::GET, "/nomenclature/series"),
        ("other", Method::GET, "/nothing"),
    ];
    assert_eq!(oblio.len() + 1, Provider::Oblio.operations().len(), "all but the token");
    let world = world();
    for (operation, method, path) in smartbill {
        let body = (method == Method::POST).then(|| json!({}));
        arm(&world, Provider::SmartBill, operation, FaultKind::Status502);
        let answer = world.smartbill(method.clone(), &path, body.clone()).await;
        assert_eq!(answer.status.as_u16(), 502, "{operation}");
        assert!(world.sandbox.faults().is_empty(), "{operation} is what {path} does");
        arm(&world, Provider::SmartBill, operation, FaultKind::Error200);
        let answer = world.smartbill(method, &path, body).await;
        let words = if operation == "send" { "\"code\":1" } else { "\"errorText\":\"Cota" };
        assert!(answer.status.as_u16() == 200 && answer.text().contains(words), "{operation}: {}", answer.text());
    }
    for (operation, method, path) in oblio {
        arm(&world, Provider::Oblio, operation, FaultKind::Status429);
        let answer = world.oblio(method, &format!("{path}?cif={oblio_cif}"), None).await;
        assert_eq!(answer.status.as_u16(), 429, "{operation}");
        assert!(world.sandbox.faults().is_empty(), "{operation} is what {path} does");
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_payment_is_taken_when_its_caller_is_gone() {
    let world = world();
    let late = Fault::new(Provider::SmartBill, "payment", FaultKind::Late).times(1).delay_ms(8_000);
    world.sandbox.set_fault(late).unwrap();
    let body = json!({"companyVatCode": punte_sandbox::account::COMPANY, "type": "Card", "value": 1,
        "client": {"name": "Ana"}});
    let call = world.smartbill(Method::POST, "/payment", Some(body));
    assert!(tokio::time::timeout(Duration::from_secs(5), call).await.is_err());
    let taken = || world.sandbox.state()["smartbill"]["payments"].as_array().unwrap().len();
    assert_eq!(taken(), 0);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(taken(), 1);
}

#[tokio::test]
async fn oblio_and_the_shop_fail_in_their_own_shapes() {
    let world = world();
    for (kind, status, inside) in [
        (FaultKind::RefuseVat, 400, "are cota TVA 21%, dar aceasta nu este setata in Oblio"),
        (FaultKind::RefuseSeries, 400, "ACO"),
        (FaultKind::Status429, 429, "statusMessage"),
        (FaultKind::Status500, 500, "<html>"),
        (FaultKind::WrongCredential, 401, "The access token provided is invalid"),
    ] {
        arm(&world, Provider::Oblio, "create", kind);
        let answer = world.oblio(Method::POST, "/docs/invoice", Some(oblio_invoice("x"))).await;
        assert_eq!(answer.status.as_u16(), status, "{kind:?}");
        assert!(answer.text().contains(inside), "{kind:?}: {}", answer.text());
    }
    assert_eq!(world.documents("oblio").len(), 0);
    for (kind, status, inside) in [
        (FaultKind::WrongCredential, 401, "woocommerce_rest_cannot_view"),
        (FaultKind::Status500, 500, "internal_server_error"),
        (FaultKind::Status429, 429, "too_many_requests"),
        (FaultKind::Html, 200, "<form"),
    ] {
        arm(&world, Provider::WooCommerce, "list", kind);
        let answer = world.woo_get("orders").await;
        assert_eq!(answer.status.as_u16(), status, "{kind:?}");
        assert!(answer.text().contains(inside), "{kind:?}: {}", answer.text());
    }
    assert_eq!(world.woo_get("orders").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_truncated_answer_is_half_and_a_reset_one_breaks() {
    let world = world();
    arm(&world, Provider::Oblio, "create", FaultKind::Truncated);
    let answer = world.oblio(Method::POST, "/docs/invoice", Some(oblio_invoice("x"))).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert!(serde_json::from_slice::<serde_json::Value>(&answer.bytes).is_err());
    assert_eq!(world.documents("oblio").len(), 1, "it had acted");

    arm(&world, Provider::WooCommerce, "info", FaultKind::Reset);
    let call = Request::get("/wp-json/").body(Body::empty()).unwrap();
    let response = world.sandbox.routers().woocommerce.oneshot(call).await.unwrap();
    assert!(axum::body::to_bytes(response.into_body(), usize::MAX).await.is_err(), "the body fails midway");
}

#[tokio::test]
async fn a_listing_lag_hides_the_young() {
    let world = world();
    world.oblio(Method::POST, "/docs/invoice", Some(oblio_invoice("x"))).await;
    world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("x"))).await;
    let lag = |provider| Fault::new(provider, "any", FaultKind::ListingLag).delay_ms(10_000);
    world.sandbox.set_fault(lag(Provider::Oblio)).unwrap();
    world.sandbox.set_fault(lag(Provider::SmartBill)).unwrap();
    let next = async || {
        let path = format!("/series?cif={}&type=f", punte_sandbox::account::COMPANY);
        world.smartbill(Method::GET, &path, None).await.json()["list"][0]["nextNumber"].clone()
    };
    assert_eq!((world.oblio_list("").await.len(), next().await), (0, json!(1)));
    assert_eq!(world.smartbill_invoice(Method::GET, "/pdf", "0001").await.status.as_u16(), 502);
    world.advance(10_000);
    assert_eq!((world.oblio_list("").await.len(), next().await), (1, json!(2)));
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_comes() {
    let world = world();
    world.sandbox.set_fault(Fault::new(Provider::SmartBill, "any", FaultKind::Slow).delay_ms(4_000)).unwrap();
    let before = tokio::time::Instant::now();
    assert_eq!(impatient(&world).await, Some(200));
    assert!(before.elapsed() >= Duration::from_secs(4));
}

#[tokio::test]
async fn a_match_hits_one_order_only_even_if_its_letters_are_escaped() {
    let world = world();
    let fault = Fault::new(Provider::SmartBill, "create", FaultKind::Status500).matching("Comandă #10422");
    world.sandbox.set_fault(fault).unwrap();
    let create = async |body: String| {
        let authorization = crate::support::smartbill_credential();
        let mut call = crate::support::request(Method::POST, "/SBORO/api/invoice/v2", &authorization, Some(&json!({})));
        *call.body_mut() = Body::from(body);
        crate::support::send(world.sandbox.routers().smartbill, call).await.status.as_u16()
    };
    assert_eq!(create(smartbill_invoice("Comandă #1042").to_string()).await, 200);
    assert_eq!(create(smartbill_invoice("Comandă #10422").to_string()).await, 500);
    assert_eq!(create(smartbill_invoice("Comandă #10422").to_string().replace('ă', "\\u0103")).await, 500);
}

#[tokio::test(start_paused = true)]
async fn the_demonstrations_trouble_is_armed_once_and_hits_its_orders() {
    let world = world();
    for _ in 0..2 {
        world.sandbox.arm_demo_faults().unwrap();
    }
    assert_eq!(world.sandbox.faults().len(), 3);
    let lost = world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("Comanda #10422")));
    assert!(tokio::time::timeout(Duration::from_secs(60), lost).await.is_err());
    let spoilt = world.oblio(Method::POST, "/docs/invoice", Some(oblio_invoice("Comanda #10412"))).await;
    assert_eq!((spoilt.status.as_u16(), world.documents("oblio").len()), (500, 1));
    let put_off = world.oblio(Method::POST, "/docs/invoice", Some(oblio_invoice("Comanda #10432"))).await;
    assert_eq!((put_off.status.as_u16(), world.documents("oblio").len()), (429, 1));
    assert!(world.sandbox.faults().is_empty());
    world.sandbox.arm_demo_faults().unwrap();
    assert!(world.sandbox.faults().is_empty(), "once in the life of a state");
}
