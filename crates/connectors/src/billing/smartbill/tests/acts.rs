//! What is done to issued documents, and what settles it.

use super::*;
use crate::billing::fixtures::{email, from_proforma, issued, payment, storno, target};

fn yes() -> Answer {
    good(json!({"message": "Gata.", "number": "", "series": "", "url": ""}))
}

fn made(number: &str) -> Answer {
    good(json!({"message": "", "number": number, "series": "FCT", "documentId": "20364"}))
}

fn reversal(number: &str, original: &str, mentions: &str) -> Answer {
    let lines = [
        "FACTURA STORNO",
        &format!("Seria FCT nr. {number}"),
        mentions,
        &format!("Storno al facturii seria FCT nr. {original}"),
    ];
    let body = crate::billing::pdf::tests::pdf(&lines);
    Ok(HttpAnswer { status: 200, headers: http::HeaderMap::new(), body })
}

#[tokio::test]
async fn every_request_stands_as_it_is_sent() {
    let sent = json!({"status": {"code": 0, "message": "Documentul a fost trimis cu succes."}});
    let (smartbill, scripted) = smartbill(vec![
        taxes(),
        made("0003"),
        made("0008"),
        made("0009"),
        yes(),
        yes(),
        yes(),
        yes(),
        yes(),
        yes(),
        Ok(json_answer(200, &sent, &[])),
        good(json!({"warehouses": ["Depozit"]})),
        good(json!({"mu": ["buc"]})),
    ]);
    let (invoice, proforma) = (target(DocumentKind::Invoice), target(DocumentKind::Proforma));
    smartbill.issue_proforma(&request()).await.outcome.unwrap();
    smartbill.issue_from_proforma(&from_proforma()).await.outcome.unwrap();
    let reversal = smartbill.issue_storno(&storno()).await.outcome.unwrap();
    assert_eq!((reversal.number.as_str(), reversal.provider_id.as_deref()), ("0009", Some("20364")));
    smartbill.cancel(&invoice).await.outcome.unwrap();
    smartbill.restore(&proforma).await.outcome.unwrap();
    smartbill.delete(&invoice, "key").await.outcome.unwrap();
    smartbill.delete(&proforma, "key").await.outcome.unwrap();
    smartbill.record_payment(&invoice, &payment()).await.outcome.unwrap();
    smartbill.delete_payment(&invoice, CollectKind::Other).await.outcome.unwrap();
    smartbill.send_email(&proforma, &email()).await.outcome.unwrap();
    assert_eq!(smartbill.list_warehouses("RO12345674").await.unwrap(), ["Depozit"]);
    assert_eq!(smartbill.list_units("RO12345674").await.unwrap(), ["buc"]);
    insta::assert_json_snapshot!(scripted.requests());
    let changing = &scripted.limits()[1..11];
    assert!(changing.iter().all(|limits| limits.fresh_connection), "what changes something rides on no old connection");
}

#[tokio::test]
async fn the_older_routes_take_the_same_bodies() {
    let scripted = Scripted::new(vec![taxes(), made("0007"), made("0003")]);
    let mut config = config(BASE);
    config.legacy_routes = true;
    let smartbill = SmartBill::new(config, scripted.clone());
    smartbill.issue_invoice(&request()).await.outcome.unwrap();
    smartbill.issue_proforma(&request()).await.outcome.unwrap();
    assert_eq!(scripted.lines()[1..], ["POST /SBORO/api/invoice", "POST /SBORO/api/estimate"]);
}

#[tokio::test]
async fn numbers_are_sent_padded_however_they_were_kept() {
    let (smartbill, scripted) = smartbill(vec![yes()]);
    let mut invoice = target(DocumentKind::Invoice);
    invoice.document.number = "7".into();
    smartbill.cancel(&invoice).await.outcome.unwrap();
    assert!(scripted.lines()[0].ends_with("&number=0007"));
}

#[tokio::test]
async fn whatever_is_no_answer_to_an_act_is_a_doubt_and_is_not_repeated() {
    for answer in [
        || Err(TransportError::TimedOut),
        || Err(TransportError::Lost("reset".into())),
        gone,
        || Ok(page_answer(200, "<html>Login</html>")),
        || Ok(page_answer(200, r#"{"errorText":""#)),
    ] {
        let invoice = target(DocumentKind::Invoice);
        let (smartbill, scripted) = smartbill((0..7).map(|_| answer()).collect());
        let outcomes = [
            smartbill.cancel(&invoice).await.outcome,
            smartbill.restore(&invoice).await.outcome,
            smartbill.delete(&invoice, "key").await.outcome,
            smartbill.record_payment(&invoice, &payment()).await.outcome,
            smartbill.delete_payment(&invoice, CollectKind::Other).await.outcome,
            smartbill.send_email(&invoice, &email()).await.outcome,
            smartbill.issue_storno(&storno()).await.outcome.map(|_| ()),
        ];
        assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(|no| no.phase == Phase::Unknown)));
        assert_eq!(scripted.sent().len(), 7);
    }
}

/// A proxy's page that quotes the request.
fn echo(status: u16) -> Answer {
    let quoted = "Authorization: Basic YW5hQGV4YW1wbGUuY29tOjAxMjM0NTY3ODlhYmNkZWY= token=0123456789abcdef";
    Ok(page_answer(status, &format!("<html><h1>{status}</h1>{quoted}</html>")))
}

fn assert_nothing_leaks(failure: &Failure) {
    let told = serde_json::to_string(failure).unwrap();
    assert!(!told.contains("0123456789abcdef") && !told.contains("YW5hQGV4") && told.contains("•••"), "{told}");
}

#[tokio::test]
async fn a_page_that_quotes_the_request_tells_no_secret() {
    let invoice = target(DocumentKind::Invoice);
    for status in [200, 500] {
        let mut answers = vec![taxes()];
        answers.extend((0..9).map(|_| echo(status)));
        let (smartbill, _) = smartbill(answers);
        assert_nothing_leaks(&smartbill.issue_invoice(&request()).await.outcome.unwrap_err());
        assert_nothing_leaks(&smartbill.cancel(&invoice).await.outcome.unwrap_err());
        assert_nothing_leaks(&smartbill.send_email(&invoice, &email()).await.outcome.unwrap_err());
        assert_nothing_leaks(&smartbill.find_by_reference(&query("0007")).await.unwrap_err());
        assert_nothing_leaks(&smartbill.read_payment(&invoice).await.unwrap_err());
        assert_nothing_leaks(&smartbill.fetch_pdf(&invoice).await.unwrap_err());
        assert_nothing_leaks(&smartbill.list_warehouses("1").await.unwrap_err());
        let steps = smartbill.check(None, None).await;
        assert_nothing_leaks(steps.last().unwrap().failure.as_ref().unwrap());
        let (made, _) = self::smartbill(vec![echo(status)]);
        assert_nothing_leaks(&made.issue_storno(&storno()).await.outcome.unwrap_err());
    }
    let (refused, _) = smartbill(vec![no(400, "Cerere gresita: Basic YW5hQGV4YW1wbGUuY29tOjAxMjM0NTY3ODlhYmNkZWY=")]);
    assert_nothing_leaks(&refused.list_series("1").await.unwrap_err());
}

#[tokio::test]
async fn what_is_not_offered_says_so_and_sends_nothing() {
    let (smartbill, scripted) = smartbill(vec![]);
    let (invoice, proforma) = (target(DocumentKind::Invoice), target(DocumentKind::Proforma));
    let day = request().issue_date;
    let query =
        DocumentQuery { company: "1".into(), kind: DocumentKind::Invoice, series: None, from: day, to: day, page: 0 };
    let failures = [
        smartbill.list_languages("1").await.unwrap_err(),
        smartbill.list_documents(&query).await.unwrap_err(),
        smartbill.send_einvoice(&invoice).await.outcome.unwrap_err(),
        smartbill.read_einvoice(&invoice).await.unwrap_err(),
        smartbill.fetch_einvoice_archive(&invoice).await.unwrap_err(),
        smartbill.record_payment(&proforma, &payment()).await.outcome.unwrap_err(),
        smartbill.read_payment(&proforma).await.unwrap_err(),
        smartbill.delete_payment(&proforma, CollectKind::Card).await.outcome.unwrap_err(),
    ];
    for failure in failures {
        assert_eq!((failure.kind, failure.phase), (FailureKind::NotOffered, Phase::Prepare), "{failure:?}");
    }
    assert!(scripted.sent().is_empty());
}

#[tokio::test]
async fn a_payment_of_nothing_and_a_mail_to_nobody_are_not_sent() {
    let (smartbill, scripted) = smartbill(vec![]);
    let invoice = target(DocumentKind::Invoice);
    let mut nothing = payment();
    nothing.value = dec!(0);
    let failure = smartbill.record_payment(&invoice, &nothing).await.outcome.unwrap_err();
    assert_eq!((failure.phase, failure.detail.as_deref()), (Phase::Prepare, Some("payment.value: 0")));
    let mut nobody = email();
    nobody.to = " ".into();
    let failure = smartbill.send_email(&invoice, &nobody).await.outcome.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::FieldMissing, Phase::Prepare));
    assert!(scripted.sent().is_empty());
}

fn storno_query() -> FindQuery {
    FindQuery { reference: storno().reference, reverses: Some(issued("FCT", "0007")), ..query("0008") }
}

/// A look for what was made from a proforma, beginning with what SmartBill tells of that.
fn made_from(told: Answer, before: &str, after: impl IntoIterator<Item = Answer>) -> Vec<Answer> {
    [series(json!(9)), told].into_iter().chain(last(before)).chain(after).collect()
}

#[tokio::test]
async fn an_original_is_not_its_own_storno() {
    let (smartbill, _) =
        smartbill(vec![series(json!(8)), status(1.0), reversal("0007", "0007", ""), not_found(), not_found()]);
    assert!(smartbill.find_by_reference(&storno_query()).await.unwrap().ours().is_empty());
}

#[tokio::test]
async fn a_storno_is_found_by_the_original_that_it_names() {
    let copied = format!("Comanda #1001 {}", reference("1001"));
    for (pdf, expected) in [
        (reversal("0008", "0007", ""), ReferenceSeen::Ours),
        (reversal("0008", "0007", &copied), ReferenceSeen::Ours),
        (reversal("0008", "0005", ""), ReferenceSeen::None),
        (reversal("0008", "00071", ""), ReferenceSeen::None),
        (pdf_of("0008", ""), ReferenceSeen::None),
        (pdf_of("0008", "Produs pentru FCT nr. 0007"), ReferenceSeen::None),
        (reversal("9999", "0007", ""), ReferenceSeen::Unreadable),
    ] {
        let (smartbill, _) = smartbill(looking(9, "0007", [status(-91.96), pdf, not_found(), not_found()]));
        let evidence = smartbill.find_by_reference(&storno_query()).await.unwrap();
        assert_eq!(evidence.looked_at[1].reference, expected);
    }
    let (without, _) =
        smartbill(looking(9, "0007", [status(1.0), reversal("0008", "0007", ""), not_found(), not_found()]));
    let create = query("0008");
    assert!(without.find_by_reference(&create).await.unwrap().ours().is_empty(), "a create is no storno");
}

#[tokio::test]
async fn an_invoice_from_a_proforma_is_found_by_smartbills_own_word() {
    let made =
        || good(json!({"areInvoicesCreated": true, "invoices": [{"series": "FCT", "number": "0008"}, {"number": ""}]}));
    let none = || {
        let body = json!({"errorText": "Proforma nu a fost facturata.", "areInvoicesCreated": false});
        Ok(json_answer(200, &body, &[]))
    };
    let other = reference("2002").to_string();
    let mut query = query("0008");
    query.from_proforma = Some(issued("PRO", "3"));
    for (told, pdf, expected) in [
        (made(), pdf_of("0008", ""), ReferenceSeen::Ours),
        (made(), gone(), ReferenceSeen::Ours),
        (made(), pdf_of("0008", &other), ReferenceSeen::Another(other.clone())),
        (none(), pdf_of("0008", ""), ReferenceSeen::None),
    ] {
        let (smartbill, scripted) = smartbill(made_from(told, "0007", [status(91.96), pdf, not_found(), not_found()]));
        let evidence = smartbill.find_by_reference(&query).await.unwrap();
        assert_eq!(evidence.looked_at[1].reference, expected);
        assert!(scripted.lines()[1].ends_with("/estimate/invoices?cif=RO12345674&seriesname=PRO&number=0003"));
    }
}

#[tokio::test]
async fn an_invoice_of_our_proforma_is_found_wherever_it_stands() {
    let elsewhere = good(json!({"areInvoicesCreated": true, "invoices": [{"series": "AB", "number": "0001"}]}));
    let mut query = query("0009");
    query.from_proforma = Some(issued("PRO", "3"));
    let ab = crate::billing::pdf::tests::pdf(&["Seria AB nr. 0001"]);
    let ab = Ok(HttpAnswer { status: 200, headers: http::HeaderMap::new(), body: ab });
    let (made, _) = smartbill(made_from(elsewhere, "0008", [not_found(), not_found(), status(91.96), ab]));
    let evidence = made.find_by_reference(&query).await.unwrap();
    assert_eq!((evidence.ours()[0].document.series.as_str(), evidence.complete), ("AB", true));
    let none =
        json!({"errorText": "Proforma cu seria si numarul PRO0003 nu a fost gasita!", "areInvoicesCreated": false});
    let lost = Ok(json_answer(410, &none, &[]));
    let (lost, _) = smartbill(made_from(lost, "0008", [not_found(), not_found()]));
    let evidence = lost.find_by_reference(&query).await.unwrap();
    assert!(!evidence.complete && evidence.ours().is_empty(), "a deleted proforma proves no absence");
}

#[tokio::test(start_paused = true)]
async fn a_ban_is_one_stop_of_ten_minutes_and_nothing_is_sent_meanwhile() {
    let list = || good(json!({"list": []}));
    let scripted = Scripted::new(vec![list(), Ok(page_answer(429, "")), list()]);
    let mut config = config("https://ban.smartbill.test");
    config.paced = true;
    let smartbill = SmartBill::new(config, scripted.clone());
    smartbill.list_series("1").await.unwrap();
    let told = smartbill.list_series("1").await.unwrap_err();
    assert_eq!((told.kind, told.phase), (FailureKind::RateLimited, Phase::Refused));
    for waited_s in [0, 300] {
        tokio::time::advance(Duration::from_secs(waited_s)).await;
        let held = smartbill.issue_invoice(&request()).await.outcome.unwrap_err();
        assert_eq!((held.kind, held.phase), (FailureKind::RateLimited, Phase::Prepare), "it never left");
        assert_eq!(held.retry_after_ms, Some((600 - waited_s as i64) * 1000));
    }
    tokio::time::advance(Duration::from_secs(300)).await;
    smartbill.list_series("1").await.unwrap();
    assert_eq!(scripted.sent().len(), 3);
}

#[tokio::test]
async fn a_proforma_is_looked_for_among_proformas_which_have_no_status() {
    let ours = format!("Comanda #1001 {}", reference("1001"));
    let absent = || no(400, "Proforma cu seria si numarul PRO0003 nu a fost gasita!");
    let mut query = query("0002");
    (query.series, query.kind) = ("PRO".into(), DocumentKind::Proforma);
    let (smartbill, scripted) =
        smartbill(vec![series(json!(9)), pdf_of("0001", ""), pdf_of("0002", &ours), absent(), absent()]);
    let evidence = smartbill.find_by_reference(&query).await.unwrap();
    assert!(evidence.complete && evidence.ours().len() == 1 && evidence.next_number.as_deref() == Some("0003"));
    assert!(scripted.lines()[1].contains("/estimate/pdf?"), "{:?}", scripted.lines());
}

#[tokio::test]
async fn whether_a_document_is_there_is_told_by_its_own_print() {
    let ours = reference("1001").to_string();
    let other = reference("2002").to_string();
    let present = Presence::Present { cancelled: None };
    for (answers, expected) in [
        (vec![pdf_of("0007", &ours)], present),
        (vec![pdf_of("0007", &other)], Presence::Absent),
        (vec![pdf_of("0007", "")], Presence::CannotTell),
        (vec![reversal("0007", "0005", &other)], Presence::CannotTell),
        (vec![Err(TransportError::TimedOut)], Presence::CannotTell),
        (vec![gone(), not_found()], Presence::Absent),
        (vec![gone(), status(1.0)], Presence::CannotTell),
        (vec![gone(), gone()], Presence::CannotTell),
    ] {
        let (smartbill, _) = smartbill(answers);
        assert_eq!(smartbill.find_document(&target(DocumentKind::Invoice)).await.unwrap(), expected);
    }
    let (proforma, _) = smartbill(vec![no(400, "Proforma cu seria si numarul PRO0007 nu a fost gasita!")]);
    assert_eq!(proforma.find_document(&target(DocumentKind::Proforma)).await.unwrap(), Presence::Absent);
    let (banned, _) = smartbill(vec![Ok(page_answer(429, ""))]);
    let failure = banned.find_document(&target(DocumentKind::Invoice)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::RateLimited);
}

#[tokio::test]
async fn a_pdf_is_a_pdf_or_the_reason_why_there_is_none() {
    let (whole, _) = smartbill(vec![pdf_of("0007", "")]);
    assert!(whole.fetch_pdf(&target(DocumentKind::Invoice)).await.unwrap().starts_with(b"%PDF"));
    for (answers, kind) in [
        (vec![gone(), not_found()], FailureKind::DocumentNotFound),
        (vec![gone(), gone()], FailureKind::ServerError),
        (vec![yes()], FailureKind::UnreadableAnswer),
        (vec![Ok(page_answer(200, "<html>Login</html>"))], FailureKind::UnreadableAnswer),
    ] {
        let (smartbill, _) = smartbill(answers);
        assert_eq!(smartbill.fetch_pdf(&target(DocumentKind::Invoice)).await.unwrap_err().kind, kind);
    }
}

#[tokio::test]
async fn what_was_paid_is_told_and_a_status_without_amounts_is_none() {
    let paid = good(json!({"invoiceTotalAmount": 91.96, "paidAmount": 20.5, "unpaidAmount": 71.46, "paid": false}));
    let (smartbill, _) = smartbill(vec![paid, good(json!({"paid": true}))]);
    let invoice = target(DocumentKind::Invoice);
    let read = smartbill.read_payment(&invoice).await.unwrap();
    assert_eq!((read.total, read.paid), (dec!(91.96), dec!(20.5)));
    assert_eq!(smartbill.read_payment(&invoice).await.unwrap_err().kind, FailureKind::UnreadableAnswer);
}

#[tokio::test(start_paused = true)]
async fn the_window_that_the_headers_tell_of_is_kept_to() {
    let left = |remaining: &'static str| {
        let headers = [
            ("x-ratelimit-remaining", remaining),
            ("x-ratelimit-reset", "1764000008"),
            ("date", "Mon, 24 Nov 2025 16:00:00 GMT"),
        ];
        Ok(json_answer(200, &json!({"errorText": "", "list": []}), &headers))
    };
    let scripted = Scripted::new(vec![left("12"), left("4"), left("29")]);
    let mut config = config("https://told.smartbill.test");
    (config.paced, config.reserve) = (true, 5);
    let smartbill = SmartBill::new(config, scripted.clone());
    let start = tokio::time::Instant::now();
    let mut seconds = Vec::new();
    for _ in 0..3 {
        smartbill.list_series("1").await.unwrap();
        seconds.push(start.elapsed().as_secs());
    }
    assert_eq!(seconds, [10, 10, 18], "a full window first, then the rest of the one that another has nearly spent");
}
