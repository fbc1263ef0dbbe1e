//! Flows over a scripted transport: token, lists, create, look-up, reading back.

use super::*;
use crate::billing::fixtures::{self, config, reference, request};
use crate::billing::{DocumentKind, ReferenceSeen};
use crate::scripted::{Scripted, json_answer, page_answer};
use crate::transport::TransportError;
use rust_decimal::dec;
use serde_json::json;

mod acts;

type Answer = Result<HttpAnswer, TransportError>;

fn oblio(answers: Vec<Answer>) -> (Oblio, Arc<Scripted>) {
    let scripted = Scripted::new(answers);
    (Oblio::new(config("https://www.oblio.eu/"), scripted.clone()), scripted)
}

fn token(name: &str) -> Answer {
    Ok(json_answer(200, &json!({"access_token": name, "expires_in": "3600", "token_type": "Bearer"}), &[]))
}

fn data(data: Value) -> Answer {
    Ok(json_answer(200, &json!({"status": 200, "statusMessage": "Success", "data": data}), &[]))
}

fn no(status: u16, words: &str) -> Answer {
    Ok(json_answer(status, &json!({"status": status, "statusMessage": words, "data": null}), &[]))
}

fn rates() -> Answer {
    data(json!([{"name": "Normala", "percent": 21, "default": true}, {"name": "Redusa", "percent": "11"}]))
}

fn created() -> Answer {
    let link = "https://www.oblio.eu/docs/preview/invoice?ic=1&id=42&it=abc";
    data(json!({"seriesName": "FCT", "number": "0053", "link": link}))
}

fn query() -> FindQuery {
    let request = request();
    FindQuery {
        first_date: None,
        company: request.company,
        series: request.series,
        issue_date: request.issue_date,
        reference: request.reference,
        baseline: Baseline::default(),
        struck: Vec::new(),
        total: dec!(91.96),
        kind: DocumentKind::Invoice,
        reverses: None,
        from_proforma: None,
        proforma_reference: None,
        known_last: None,
    }
}

fn row(id: u32, mentions: &str) -> Value {
    json!({"id": id.to_string(), "seriesName": "FCT", "number": format!("{id:04}"), "total": "91.9600", "canceled": "0",
        "currency": "RON", "mentions": mentions, "client": {"name": "X"}})
}

#[tokio::test]
async fn an_invoice_is_issued_with_rates_read_once_and_a_fresh_connection() {
    let (oblio, scripted) = oblio(vec![token("tok"), rates(), created(), created()]);
    let exchange = oblio.issue_invoice(&request()).await;
    let issued = exchange.outcome.unwrap();
    assert_eq!(
        (issued.series.as_str(), issued.number.as_str(), issued.provider_id.as_deref()),
        ("FCT", "0053", Some("42"))
    );
    oblio.issue_invoice(&request()).await.outcome.unwrap();
    assert_eq!(
        scripted.lines(),
        [
            "POST /api/authorize/token",
            "GET /api/nomenclature/vat_rates?cif=RO12345674",
            "POST /api/docs/invoice",
            "POST /api/docs/invoice"
        ]
    );
    assert!(scripted.limits()[2].fresh_connection && scripted.limits()[2].total == Duration::from_secs(120));
    assert!(!scripted.limits()[1].fresh_connection);
}

#[tokio::test]
async fn the_record_has_both_bodies_and_no_secret() {
    let (oblio, _) = oblio(vec![token("tok-very-secret"), rates(), created()]);
    let record = oblio.issue_invoice(&request()).await.record;
    let text = serde_json::to_string(&record).unwrap();
    assert!(record.request_body.contains("idempotencyKey") && record.answer_body.contains("0053"), "{text}");
    assert!(!text.contains("tok-very-secret") && !text.contains("0123456789abcdef\""), "{text}");
    assert_eq!((record.method.as_str(), record.status), ("POST", Some(200)));
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_create_sent_once_more() {
    let (oblio, scripted) =
        oblio(vec![token("old"), rates(), no(401, "The access token provided has expired"), token("new"), created()]);
    assert!(oblio.issue_invoice(&request()).await.outcome.is_ok());
    let bearer = |index: usize| scripted.sent()[index].headers.iter().find(|h| h.secret).unwrap().value.clone();
    assert_eq!((bearer(2), bearer(4)), ("Bearer old".into(), "Bearer new".into()));
}

#[tokio::test]
async fn a_second_refusal_stands() {
    let refused = || no(401, "The access token provided is invalid");
    let (oblio, scripted) = oblio(vec![token("old"), rates(), refused(), token("new"), refused()]);
    let failure = oblio.issue_invoice(&request()).await.outcome.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::CredentialRefused, Phase::Refused));
    assert_eq!(scripted.sent().len(), 5);
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_nothing_is_sent_again() {
    for error in [TransportError::TimedOut, TransportError::Lost("reset".into())] {
        let (oblio, scripted) = oblio(vec![token("t"), rates(), Err(error)]);
        let exchange = oblio.issue_invoice(&request()).await;
        assert_eq!(exchange.outcome.unwrap_err().phase, Phase::Unknown);
        assert!(exchange.record.request_body.contains("PNT-"), "what was sent is known");
        assert_eq!(scripted.sent().len(), 3);
    }
}

#[tokio::test]
async fn what_fails_before_the_create_leaves_no_doubt_about_it() {
    for answers in [
        vec![Err(TransportError::TimedOut)],
        vec![token("t"), Err(TransportError::TimedOut)],
        vec![token("t"), Ok(page_answer(502, "<h1>Bad gateway</h1>"))],
    ] {
        let (oblio, _) = oblio(answers);
        assert_eq!(oblio.issue_invoice(&request()).await.outcome.unwrap_err().phase, Phase::NotSent);
    }
}

#[tokio::test]
async fn a_rate_missing_from_the_cache_is_looked_for_once_more_then_held() {
    let only = || data(json!([{"name": "Normala", "percent": 21}]));
    let (oblio, scripted) = oblio(vec![token("t"), only(), only(), rates(), created()]);
    let first = oblio.issue_invoice(&request()).await.outcome.unwrap_err();
    assert_eq!((first.kind, first.phase), (FailureKind::VatRateUnknown, Phase::Prepare));
    assert_eq!(scripted.sent().len(), 2, "fresh rates are not read twice");
    let second = oblio.issue_invoice(&request()).await.outcome.unwrap_err();
    assert_eq!((second.kind, scripted.sent().len()), (FailureKind::VatRateUnknown, 3));
    assert!(oblio.issue_invoice(&request()).await.outcome.is_ok(), "added at Oblio meanwhile");
}

#[tokio::test]
async fn a_yes_without_a_number_is_a_doubt() {
    for body in [json!(null), json!({"seriesName": "FCT"}), json!({"seriesName": "FCT", "number": ""}), json!([])] {
        let (oblio, _) = oblio(vec![token("t"), rates(), data(body.clone())]);
        let failure = oblio.issue_invoice(&request()).await.outcome.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::UnreadableAnswer, Phase::Unknown), "{body}");
    }
}

#[tokio::test]
async fn a_look_asks_by_series_and_day_and_finds_by_reference_alone() {
    let ours = format!("Comanda #1001 {}", reference("1001"));
    let other = format!("Comanda #2002 {}", reference("2002"));
    let (oblio, scripted) = oblio(vec![token("t"), data(json!([row(9, &other), row(8, &ours), row(7, "fara")]))]);
    let evidence = oblio.find_by_reference(&query()).await.unwrap();
    assert_eq!(
        scripted.lines()[1],
        "GET /api/docs/invoice/list?cif=RO12345674&seriesName=FCT&issuedAfter=2026-11-22&issuedBefore=2026-11-24\
         &canceled=-1&draft=-1&orderBy=id&orderDir=DESC&limitPerPage=100&offset=0"
    );
    let found = evidence.ours();
    assert_eq!((found.len(), found[0].document.number.as_str(), evidence.complete), (1, "0008", true));
    assert_eq!(evidence.looked_at.len(), 3, "others of the same total are kept as evidence");
    assert_eq!(evidence.looked_at[0].reference, ReferenceSeen::Another(reference("2002").to_string()));
}

#[tokio::test]
async fn a_look_goes_on_until_a_short_page_and_never_counts_a_row_twice() {
    let ours = reference("1001").to_string();
    let first: Vec<Value> = (101..=200).rev().map(|id| row(id, "")).collect();
    let second = json!([row(101, ""), row(100, &ours)]);
    let (oblio, scripted) = oblio(vec![token("t"), data(json!(first)), data(second)]);
    let evidence = oblio.find_by_reference(&query()).await.unwrap();
    assert!(scripted.lines()[2].ends_with("&offset=100"));
    assert_eq!((evidence.ours().len(), evidence.complete), (1, true));
}

#[tokio::test]
async fn a_list_without_end_is_an_incomplete_look() {
    let page = || data(json!((1..=100).map(|id| row(id, "")).collect::<Vec<_>>()));
    let answers = std::iter::once(token("t")).chain((0..20).map(|_| page())).collect();
    let (oblio, _) = oblio(answers);
    assert!(!oblio.find_by_reference(&query()).await.unwrap().complete);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_leaves_the_look_incomplete() {
    let strange = json!({"id": "7", "seriesName": "FCT", "number": "0007", "mentions": {"text": "?"}});
    for strange in [json!("?"), json!([]), json!({}), json!(null), strange] {
        let (oblio, _) = oblio(vec![token("t"), data(json!([row(9, ""), strange]))]);
        let evidence = oblio.find_by_reference(&query()).await.unwrap();
        assert!(!evidence.complete && evidence.ours().is_empty(), "{strange}");
    }
    // the rest is still read: a page is the last one by what came, not by what could be read
    let ours = reference("1001").to_string();
    let first: Vec<Value> = (102..=200).rev().map(|id| row(id, "")).chain([json!("?")]).collect();
    let (oblio, scripted) = oblio(vec![token("t"), data(json!(first)), data(json!([row(100, &ours)]))]);
    let evidence = oblio.find_by_reference(&query()).await.unwrap();
    assert_eq!((evidence.ours().len(), evidence.complete, scripted.sent().len()), (1, false, 3));
}

#[tokio::test]
async fn a_look_that_cannot_be_read_is_an_error_not_an_absence() {
    let (oblio, _) = oblio(vec![token("t"), Ok(page_answer(200, "<html>Pagina nu exista</html>"))]);
    assert_eq!(oblio.find_by_reference(&query()).await.unwrap_err().kind, FailureKind::UnreadableAnswer);
}

#[tokio::test]
async fn a_document_is_read_by_its_id_and_another_under_its_number_is_not_it() {
    let document = Issued { series: "FCT".into(), number: "0008".into(), provider_id: Some("8".into()), link: None };
    let ours = reference("1001");
    let target = Target { document, ..fixtures::target(DocumentKind::Invoice) };
    let (good, scripted) = oblio(vec![token("t"), data(json!([row(8, ours.as_str())]))]);
    let read = good.read_issued(&target).await.unwrap();
    assert_eq!((read.total, read.carries_reference, read.cancelled), (Some(dec!(91.96)), Some(true), Some(false)));
    assert!(scripted.lines()[1].contains("id=8"));
    let (gone, _) = oblio(vec![token("t"), data(json!([row(9, "")]))]);
    let failure = gone.read_issued(&target).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::DocumentNotFound);
}

#[tokio::test]
async fn the_live_test_goes_step_by_step_and_stops_where_it_fails() {
    let companies = || data(json!([{"cif": "RO12345674", "company": "Atelier Cană SRL", "userTypeAccess": "admin"}]));
    let series = || data(json!([{"type": "Factura", "name": "FCT", "start": "0001", "next": "0054", "default": true}]));
    let (all, _) = oblio(vec![token("t"), companies(), series(), rates()]);
    let steps = all.check(Some("12345674"), Some("FCT")).await;
    let seen: Vec<_> = steps.iter().map(|step| (step.step, step.found.as_str())).collect();
    assert_eq!(
        seen[2..],
        [("company", "Atelier Cană SRL"), ("series", "FCT 0054"), ("vat_rates", "Normala 21 %, Redusa 11 %")]
    );

    let (wrong, _) = oblio(vec![Ok(json_answer(400, &json!({"error": "invalid_client"}), &[]))]);
    let steps = wrong.check(None, None).await;
    assert_eq!(
        (steps[1].step, steps[1].failure.as_ref().unwrap().kind),
        ("credential", FailureKind::CredentialRefused)
    );

    let (series_gone, _) = oblio(vec![token("t"), companies(), series()]);
    let steps = series_gone.check(Some("RO12345674"), Some("XXX")).await;
    assert_eq!(steps.last().unwrap().failure.as_ref().unwrap().detail.as_deref(), Some("FCT"));
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_kept_to_by_every_connector_of_the_account() {
    let mut paced = config("https://limit.oblio.test");
    paced.paced = true;
    let limited = Ok(json_answer(429, &json!({"status": 429, "statusMessage": "x"}), &[("retry-after", "30")]));
    let scripted = Scripted::new(vec![token("t"), limited]);
    let one = Oblio::new(paced.clone(), scripted.clone());
    let other = Oblio::new(paced, scripted.clone());
    assert_eq!(one.list_companies().await.unwrap_err().retry_after_ms, Some(30_000));
    let refused = other.list_companies().await.unwrap_err();
    assert_eq!((refused.kind, refused.phase), (FailureKind::RateLimited, Phase::Prepare));
    assert_eq!(scripted.sent().len(), 2, "nothing is sent while the limit lasts");
}
