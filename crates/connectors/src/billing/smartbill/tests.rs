//! Flows over a scripted transport: lists, create, look-up by gap, reading back.

use super::*;
use crate::billing::fixtures::{self, config, reference, request};
use crate::billing::{DocumentKind, NumberSeen, ReferenceSeen};
use crate::scripted::{Scripted, json_answer, page_answer};
use crate::transport::TransportError;
use rust_decimal::dec;
use serde_json::json;

mod acts;

type Answer = Result<HttpAnswer, TransportError>;

const BASE: &str = "https://ws.smartbill.ro/SBORO/api";

fn smartbill(answers: Vec<Answer>) -> (SmartBill, Arc<Scripted>) {
    let scripted = Scripted::new(answers);
    (SmartBill::new(config(BASE), scripted.clone()), scripted)
}

fn good(mut body: Value) -> Answer {
    body["errorText"] = json!("");
    Ok(json_answer(200, &body, &[]))
}

fn no(status: u16, words: &str) -> Answer {
    Ok(json_answer(status, &json!({"errorText": words, "message": "", "number": "", "series": "", "url": ""}), &[]))
}

fn taxes() -> Answer {
    good(json!({"taxes": [{"name": "Normala", "percentage": 21}, {"name": "Redusa", "percentage": 11.0}]}))
}

fn series(next: Value) -> Answer {
    good(
        json!({"list": [{"name": "AB", "nextNumber": 2, "type": "f"}, {"name": "FCT", "nextNumber": next, "type": "f"},
            {"name": "PRO", "nextNumber": 3, "type": "p"}]}),
    )
}

fn status(total: f64) -> Answer {
    good(json!({"invoiceTotalAmount": total, "paidAmount": 0, "unpaidAmount": total, "paid": false}))
}

fn pdf_of(number: &str, mentions: &str) -> Answer {
    let body = crate::billing::pdf::tests::pdf(&[&format!("Seria FCT nr. {number}"), mentions]);
    Ok(HttpAnswer { status: 200, headers: http::HeaderMap::new(), body })
}

fn gone() -> Answer {
    Ok(page_answer(502, "<html>502 Bad Gateway</html>"))
}

fn not_found() -> Answer {
    no(400, "Factura nu a fost gasita")
}

fn query(baseline: &str) -> FindQuery {
    let request = request();
    FindQuery {
        first_date: None,
        company: request.company,
        series: request.series,
        issue_date: request.issue_date,
        reference: request.reference,
        baseline: Baseline { next_number: Some(baseline.into()) },
        struck: Vec::new(),
        total: dec!(91.96),
        kind: DocumentKind::Invoice,
        reverses: None,
        from_proforma: None,
        proforma_reference: None,
        known_last: None,
    }
}

/// The answers about the last number before the baseline: a document that is none of Punte's.
fn last(number: &str) -> [Answer; 2] {
    [status(10.0), pdf_of(number, "Serviciu")]
}

/// A look: the series, the last number before the baseline, and the numbers after it.
fn looking(next: u64, before: &str, after: impl IntoIterator<Item = Answer>) -> Vec<Answer> {
    std::iter::once(series(json!(next))).chain(last(before)).chain(after).collect()
}

#[tokio::test]
async fn an_invoice_is_issued_and_its_public_link_kept() {
    let created = json!({"message": "", "number": "0007", "series": "FCT", "url": "", "documentId": 20363,
        "documentUrl": "https://cloud.smartbill.ro/x", "documentViewUrl": "https://cloud.smartbill.ro/y"});
    let (smartbill, scripted) = smartbill(vec![taxes(), good(created)]);
    let exchange = smartbill.issue_invoice(&request()).await;
    let issued = exchange.outcome.unwrap();
    assert_eq!((issued.number.as_str(), issued.provider_id.as_deref()), ("0007", Some("20363")));
    assert_eq!(issued.link.as_deref(), Some("https://cloud.smartbill.ro/y"));
    assert_eq!(scripted.lines(), ["GET /SBORO/api/tax?cif=RO12345674", "POST /SBORO/api/invoice/v2"]);
    assert!(scripted.limits()[1].fresh_connection);
    let record = serde_json::to_string(&exchange.record).unwrap();
    assert!(record.contains("PNT-") && !record.contains("Basic") && !record.contains("0123456789abcdef"), "{record}");
}

#[tokio::test]
async fn error_text_refuses_whatever_the_status() {
    for status in [200, 400] {
        let (smartbill, _) = smartbill(vec![taxes(), no(status, "Seria nu a fost gasita! Folositi o serie creata")]);
        let failure = smartbill.issue_invoice(&request()).await.outcome.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::SeriesUnknown, Phase::Refused));
    }
}

#[tokio::test]
async fn a_number_beside_a_refusal_and_a_yes_without_one_are_doubts() {
    let both = json!({"errorText": "Ceva", "number": "0007", "series": "FCT"});
    for answer in [Ok(json_answer(400, &both, &[])), good(json!({"number": "", "series": "FCT"})), good(json!({}))] {
        let (smartbill, _) = smartbill(vec![taxes(), answer]);
        assert_eq!(smartbill.issue_invoice(&request()).await.outcome.unwrap_err().phase, Phase::Unknown);
    }
}

#[tokio::test]
async fn whatever_is_no_answer_to_a_create_is_a_doubt_and_is_not_repeated() {
    for answer in [
        Err(TransportError::TimedOut),
        Err(TransportError::Lost("reset".into())),
        gone(),
        Ok(page_answer(500, "<html>Tomcat</html>")),
        Ok(page_answer(200, r#"{"errorText":"","number":"00"#)),
    ] {
        let (smartbill, scripted) = smartbill(vec![taxes(), answer]);
        assert_eq!(smartbill.issue_invoice(&request()).await.outcome.unwrap_err().phase, Phase::Unknown);
        assert_eq!(scripted.sent().len(), 2);
    }
}

#[tokio::test]
async fn what_fails_before_the_create_leaves_no_doubt_about_it() {
    let (silent, _) = smartbill(vec![Err(TransportError::TimedOut)]);
    assert_eq!(silent.issue_invoice(&request()).await.outcome.unwrap_err().phase, Phase::NotSent);
    let (denied, _) =
        smartbill(vec![no(401, "Autentificare esuata. Va rugam verificati datele si incercati din nou.")]);
    let failure = denied.issue_invoice(&request()).await.outcome.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::CredentialRefused, Phase::Refused));
    let (lacking, scripted) = smartbill(vec![good(json!({"taxes": [{"name": "Normala", "percentage": 21}]}))]);
    let failure = lacking.issue_invoice(&request()).await.outcome.unwrap_err();
    assert_eq!((failure.kind, failure.phase, scripted.sent().len()), (FailureKind::VatRateUnknown, Phase::Prepare, 1));
}

#[tokio::test]
async fn a_baseline_is_the_next_number_as_printed() {
    for (next, expected) in [(json!(7), "0007"), (json!("0117"), "0117"), (json!(12345), "12345")] {
        let (smartbill, scripted) = smartbill(vec![series(next)]);
        let baseline = smartbill.read_baseline("RO12345674", "FCT", DocumentKind::Invoice).await.unwrap();
        assert_eq!(baseline.next_number.as_deref(), Some(expected));
        assert_eq!(scripted.lines(), ["GET /SBORO/api/series?cif=RO12345674"]);
    }
    let (smartbill, _) = smartbill(vec![series(json!(7))]);
    let failure = smartbill.read_baseline("RO12345674", "XXX", DocumentKind::Invoice).await.unwrap_err();
    assert_eq!((failure.kind, failure.detail.as_deref()), (FailureKind::SeriesUnknown, Some("AB, FCT, PRO")));
}

#[tokio::test]
async fn a_company_without_vat_has_no_rates_and_a_good_credential() {
    let no_vat = || no(400, "Firma este neplatitoare de tva.");
    let (smartbill, _) = smartbill(vec![no_vat(), no_vat(), series(json!(7)), no_vat()]);
    assert_eq!(smartbill.list_vat_rates("1").await.unwrap(), []);
    let steps = smartbill.check(Some("12345674"), Some("FCT")).await;
    assert!(steps.iter().all(|step| step.failure.is_none()), "{steps:?}");
    assert_eq!(
        steps.iter().map(|step| step.step).collect::<Vec<_>>(),
        ["address", "credential", "company", "series", "vat_rates"]
    );
}

#[tokio::test]
async fn the_live_test_tells_a_wrong_token_from_a_wrong_company() {
    let (token, _) = smartbill(vec![no(401, "Autentificare esuata. Va rugam verificati datele si incercati din nou.")]);
    let steps = token.check(Some("RO1"), None).await;
    assert_eq!(
        (steps[1].step, steps[1].failure.as_ref().unwrap().kind),
        ("credential", FailureKind::CredentialRefused)
    );
    let words = "Firma la care incercati sa va conectati nu mai este disponibila in Cloud.";
    let (company, _) = smartbill(vec![no(401, words)]);
    let steps = company.check(Some("RO1"), None).await;
    assert_eq!((steps[2].step, steps[2].failure.as_ref().unwrap().kind), ("company", FailureKind::CompanyUnavailable));
    let (open, _) = smartbill(vec![no(401, words)]);
    let steps = open.check(None, None).await;
    assert!(steps.len() == 2 && steps.iter().all(|step| step.failure.is_none()), "the credential is good");
    let (away, _) = smartbill(vec![Err(TransportError::Unreachable("dns".into()))]);
    assert_eq!(away.check(None, None).await[0].failure.as_ref().unwrap().kind, FailureKind::Unreachable);
}

#[tokio::test]
async fn our_document_is_found_in_the_gap_by_its_printed_reference() {
    let ours = format!("Comanda #1001 {}", reference("1001"));
    let other = format!("Comanda #2002 {}", reference("2002"));
    let after = [status(91.96), pdf_of("0007", &other), status(91.96), pdf_of("0008", &ours), not_found(), not_found()];
    let (smartbill, scripted) = smartbill(looking(9, "0006", after));
    let evidence = smartbill.find_by_reference(&query("0007")).await.unwrap();
    let found = evidence.ours();
    assert_eq!((found.len(), found[0].document.number.as_str(), found[0].total), (1, "0008", Some(dec!(91.96))));
    assert!(evidence.complete && evidence.counter_unchanged == Some(false));
    assert_eq!(evidence.next_number.as_deref(), Some("0009"));
    assert_eq!(evidence.looked_at[1].reference, ReferenceSeen::Another(reference("2002").to_string()));
    assert_eq!(
        scripted.lines()[3..5],
        [
            "GET /SBORO/api/invoice/paymentstatus?cif=RO12345674&seriesname=FCT&number=0007",
            "GET /SBORO/api/invoice/pdf?cif=RO12345674&seriesname=FCT&number=0007"
        ]
    );
}

#[tokio::test]
async fn an_unchanged_counter_with_nothing_beyond_is_a_whole_look_that_found_nothing() {
    for beyond in [[not_found(), not_found()], [no(400, "Ceva"), gone()]] {
        let [first, second] = beyond;
        let (smartbill, _) = smartbill(looking(7, "0006", [first, second, not_found(), gone()]));
        let evidence = smartbill.find_by_reference(&query("0007")).await.unwrap();
        assert!(evidence.complete && evidence.ours().is_empty() && evidence.counter_unchanged == Some(true));
        assert_eq!(evidence.looked_at.len(), 1, "only what stood there before");
    }
}

#[tokio::test]
async fn a_document_beyond_a_lagging_counter_is_found() {
    let ours = reference("1001").to_string();
    let (smartbill, _) = smartbill(looking(7, "0006", [status(91.96), pdf_of("0007", &ours), not_found()]));
    let evidence = smartbill.find_by_reference(&query("0007")).await.unwrap();
    assert_eq!(evidence.ours().len(), 1);
}

#[tokio::test]
async fn a_number_in_the_gap_that_cannot_be_read_leaves_the_look_incomplete() {
    for pdf in
        [gone(), pdf_of("9999", "alt document"), Err(TransportError::TimedOut), Ok(page_answer(200, "%PDF-1.4 x"))]
    {
        let (smartbill, _) = smartbill(looking(8, "0006", [status(10.0), pdf, not_found(), not_found()]));
        let evidence = smartbill.find_by_reference(&query("0007")).await.unwrap();
        assert!(!evidence.complete);
        assert_eq!(evidence.looked_at[1].reference, ReferenceSeen::Unreadable);
    }
}

/// Ours was late; somebody deleted the last document meanwhile, the counter went back, and ours took its number.
#[tokio::test]
async fn ours_under_the_freed_last_number_is_found_though_the_counter_stands_where_it_stood() {
    let ours = format!("Comanda #1001 {}", reference("1001"));
    let answers = vec![series(json!(8)), status(91.96), pdf_of("0007", &ours), not_found(), not_found()];
    let (smartbill, _) = smartbill(answers);
    let evidence = smartbill.find_by_reference(&query("0008")).await.unwrap();
    assert_eq!(evidence.ours()[0].document.number, "0007");
    assert_eq!((evidence.complete, evidence.counter_unchanged), (true, Some(false)));
}

#[tokio::test]
async fn a_last_number_that_is_not_what_it_was_is_a_counter_that_moved() {
    let known = || Some(("7".to_owned(), reference("900")));
    let carries = |order: &str| pdf_of("0007", reference(order).as_str());
    for (known_last, answers, complete, unchanged) in [
        (known(), vec![status(1.0), carries("900")], true, true),
        (known(), vec![status(1.0), carries("901")], true, false),
        (known(), vec![status(1.0), pdf_of("0007", "")], true, false),
        (known(), vec![not_found()], true, false),
        (known(), vec![status(1.0), gone()], false, false),
        (None, vec![status(1.0), pdf_of("0007", "")], true, true),
        (None, vec![status(1.0), carries("901")], true, false),
        (None, vec![status(1.0), pdf_of("9999", "")], false, false),
        (None, vec![status(1.0), gone()], false, false),
        (None, vec![not_found()], true, false),
        (None, vec![no(400, "Ceva"), gone()], false, false),
        // what is known of another number says nothing of this one
        (Some(("6".to_owned(), reference("900"))), vec![status(1.0), pdf_of("0007", "")], true, true),
    ] {
        let answers = std::iter::once(series(json!(8))).chain(answers).chain([not_found(), not_found()]).collect();
        let (smartbill, _) = smartbill(answers);
        let query = FindQuery { known_last, ..query("0008") };
        let evidence = smartbill.find_by_reference(&query).await.unwrap();
        let told = (evidence.ours().len(), evidence.complete, evidence.counter_unchanged);
        assert_eq!(told, (0, complete, Some(unchanged)), "{:?}", query.known_last);
    }
}

#[tokio::test]
async fn the_first_number_of_a_series_has_none_before_it() {
    let (smartbill, _) = smartbill(vec![series(json!(1)), not_found(), not_found()]);
    let evidence = smartbill.find_by_reference(&query("0001")).await.unwrap();
    assert!(evidence.complete && evidence.looked_at.is_empty() && evidence.counter_unchanged == Some(true));
}

#[tokio::test]
async fn numbers_known_as_ours_are_not_looked_at_again() {
    let (smartbill, scripted) =
        smartbill(looking(9, "0006", [status(1.0), pdf_of("0008", ""), not_found(), not_found()]));
    let mut query = query("0007");
    query.struck = vec!["0006".into(), "0007".into()];
    let evidence = smartbill.find_by_reference(&query).await.unwrap();
    assert_eq!(evidence.looked_at.len(), 2, "the last one before the baseline is never struck");
    assert!(!scripted.lines().iter().any(|line| line.contains("0007")));
}

#[tokio::test]
async fn a_ban_while_looking_is_a_failure_unless_ours_was_found() {
    let (lost, _) = smartbill(vec![series(json!(9)), Ok(page_answer(403, ""))]);
    assert_eq!(lost.find_by_reference(&query("0007")).await.unwrap_err().kind, FailureKind::RateLimited);
    let ours = reference("1001").to_string();
    let (found, _) = smartbill(looking(9, "0006", [status(1.0), pdf_of("0007", &ours), Ok(page_answer(429, ""))]));
    let evidence = found.find_by_reference(&query("0007")).await.unwrap();
    assert!(!evidence.complete && evidence.ours().len() == 1);
}

#[tokio::test]
async fn reading_back_takes_the_total_and_looks_at_the_print_until_it_has_seen_it() {
    let ours = reference("1001");
    let (smartbill, scripted) =
        smartbill(vec![status(91.96), pdf_of("0007", ours.as_str()), status(91.97), not_found()]);
    let document = Issued { series: "FCT".into(), number: "0007".into(), provider_id: None, link: None };
    let target = Target { document, ..fixtures::target(DocumentKind::Invoice) };
    let first = smartbill.read_issued(&target).await.unwrap();
    assert_eq!((first.total, first.carries_reference), (Some(dec!(91.96)), Some(true)));
    let second = smartbill.read_issued(&target).await.unwrap();
    assert_eq!((second.total, second.carries_reference), (Some(dec!(91.97)), None));
    let gone = smartbill.read_issued(&target).await.unwrap_err();
    assert_eq!((gone.kind, scripted.sent().len()), (FailureKind::DocumentNotFound, 4));
}

#[tokio::test]
async fn a_number_is_a_document_nothing_or_not_told() {
    let ours = reference("1001").to_string();
    let (smartbill, _) = smartbill(vec![
        status(91.96),
        pdf_of("0007", &ours),
        status(10.0),
        gone(),
        not_found(),
        gone(),
        no(400, "Serviciul nu este disponibil"),
        gone(),
        status(10.0),
        pdf_of("9999", ""),
    ]);
    let mut seen = Vec::new();
    for number in [7, 8, 9, 10, 11] {
        seen.push(smartbill.read_number("RO12345674", "FCT", DocumentKind::Invoice, number).await.unwrap());
    }
    let NumberSeen::Document(document) = &seen[0] else { panic!("{seen:?}") };
    assert_eq!((document.references.as_slice(), document.total), ([reference("1001")].as_slice(), Some(dec!(91.96))));
    assert_eq!(seen[1], NumberSeen::Unread { total: Some(dec!(10)) }, "there, but nobody knows whose");
    assert_eq!(seen[2], NumberSeen::Nothing);
    assert_eq!(seen[3], NumberSeen::Unread { total: None }, "a front server's page alone proves no absence");
    assert_eq!(seen[4], NumberSeen::Unread { total: Some(dec!(10)) }, "another number's print is none of this one");
}
