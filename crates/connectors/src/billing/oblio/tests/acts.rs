//! What is done to issued documents, and what settles it.

use super::*;
use crate::billing::fixtures::{email, from_proforma, payment, storno, target};
use crate::billing::{EInvoiceState, Presence};

const LINK: &str = "https://www.oblio.eu/docs/preview/invoice?ic=1&id=42&it=abc";

fn yes() -> Answer {
    data(json!({"documentType": "Factura", "seriesName": "FCT", "number": "0007", "link": LINK}))
}

fn spv(code: i32, text: &str) -> Value {
    json!({"text": text, "sent": code >= 0, "code": code})
}

/// A row of the target, or another's under its number.
fn listed(id: &str, mentions: &str, more: Value) -> Answer {
    let mut row = json!({"id": id, "seriesName": "FCT", "number": "0007", "total": "91.9600", "canceled": "0",
        "currency": "RON", "mentions": mentions, "issueDate": "2026-11-23", "link": LINK, "client": {"name": "X"}});
    row.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    data(json!([row]))
}

fn known() -> Target {
    let mut target = target(DocumentKind::Invoice);
    target.document.provider_id = Some("42".into());
    target
}

fn bytes(status: u16, body: &'static [u8]) -> Answer {
    Ok(HttpAnswer { status, headers: http::HeaderMap::new(), body: Bytes::from_static(body) })
}

#[tokio::test]
async fn every_request_stands_as_it_is_sent() {
    let (oblio, scripted) = oblio(vec![
        token("t"),
        rates(),
        created(),
        created(),
        created(),
        yes(),
        yes(),
        yes(),
        yes(),
        data(spv(0, "In curs")),
        data(json!([{"management": "Depozit", "workStation": "B"}, {"management": "Depozit", "workStation": "A"}])),
        data(json!([{"code": "EN", "name": "Engleza"}])),
    ]);
    let (invoice, proforma) = (target(DocumentKind::Invoice), target(DocumentKind::Proforma));
    oblio.issue_proforma(&request()).await.outcome.unwrap();
    oblio.issue_from_proforma(&from_proforma()).await.outcome.unwrap();
    oblio.issue_storno(&storno()).await.outcome.unwrap();
    oblio.cancel(&invoice).await.outcome.unwrap();
    oblio.restore(&proforma).await.outcome.unwrap();
    oblio.delete(&invoice, "pnt-delete").await.outcome.unwrap();
    oblio.record_payment(&invoice, &payment()).await.outcome.unwrap();
    assert_eq!(oblio.send_einvoice(&invoice).await.outcome.unwrap().state, EInvoiceState::Processing);
    assert_eq!(oblio.list_warehouses("RO12345674").await.unwrap(), ["Depozit"]);
    assert_eq!(oblio.list_languages("RO12345674").await.unwrap(), ["EN"]);
    let mut requests = scripted.requests();
    requests[0]["body"] = "…".into();
    insta::assert_json_snapshot!(requests);
    let changing = &scripted.limits()[2..10];
    assert!(changing.iter().all(|limits| limits.fresh_connection), "what changes something rides on no old connection");
}

#[tokio::test]
async fn whatever_is_no_answer_to_an_act_is_a_doubt_and_is_not_repeated() {
    for answer in [
        || Err(TransportError::TimedOut),
        || Err(TransportError::Lost("reset".into())),
        || Ok(page_answer(502, "<h1>502</h1>")),
        || Ok(page_answer(200, "<html>Pagina nu exista</html>")),
        || Ok(page_answer(200, r#"{"status":200,"#)),
    ] {
        let invoice = target(DocumentKind::Invoice);
        let (oblio, scripted) = oblio(std::iter::once(token("t")).chain((0..6).map(|_| answer())).collect());
        let outcomes = [
            oblio.cancel(&invoice).await.outcome,
            oblio.restore(&invoice).await.outcome,
            oblio.delete(&invoice, "key").await.outcome,
            oblio.record_payment(&invoice, &payment()).await.outcome,
            oblio.send_einvoice(&invoice).await.outcome.map(|_| ()),
            oblio.issue_storno(&storno()).await.outcome.map(|_| ()),
        ];
        assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(|no| no.phase == Phase::Unknown)));
        assert_eq!(scripted.sent().len(), 7);
    }
}

/// A proxy's page that quotes the request: the form of a sign-in, the header of a call, the secret itself.
fn echo(status: u16) -> Answer {
    let quoted = "Bearer tok-very-secret client_secret=0123456789abcdef&amp;grant_type=x \
        Basic YW5hQGV4YW1wbGUuY29tOjAxMjM0NTY3ODlhYmNkZWY=";
    Ok(page_answer(status, &format!("<html><h1>{status}</h1>{quoted}</html>")))
}

fn assert_nothing_leaks(failure: &Failure) {
    let told = serde_json::to_string(failure).unwrap();
    let leaks = ["tok-very-secret", "0123456789abcdef", "YW5hQGV4"].iter().any(|secret| told.contains(secret));
    assert!(!leaks && told.contains("•••"), "{told}");
}

#[tokio::test]
async fn a_page_that_quotes_the_request_tells_no_secret() {
    let invoice = known();
    let mut linked = known();
    linked.document.link = Some(LINK.into());
    for status in [200, 502] {
        let form = "client_id=x&client_secret=0123456789abcdef";
        let (unsigned, _) = oblio(vec![Ok(page_answer(status, form))]);
        assert_nothing_leaks(&unsigned.list_companies().await.unwrap_err());
        let mut answers = vec![token("tok-very-secret"), rates()];
        answers.extend((0..8).map(|_| echo(status)));
        let (oblio, _) = oblio(answers);
        assert_nothing_leaks(&oblio.issue_invoice(&request()).await.outcome.unwrap_err());
        assert_nothing_leaks(&oblio.cancel(&invoice).await.outcome.unwrap_err());
        assert_nothing_leaks(&oblio.find_by_reference(&query()).await.unwrap_err());
        assert_nothing_leaks(&oblio.fetch_pdf(&linked).await.unwrap_err());
        assert_nothing_leaks(&oblio.fetch_einvoice_archive(&invoice).await.unwrap_err());
        assert_nothing_leaks(&oblio.read_issued(&invoice).await.unwrap_err());
        assert_nothing_leaks(&oblio.list_series("1").await.unwrap_err());
        let steps = oblio.check(None, None).await;
        assert_nothing_leaks(steps.last().unwrap().failure.as_ref().unwrap());
    }
    let (refused, _) = oblio(vec![token("tok-very-secret"), no(400, "Cerere gresita: Bearer tok-very-secret")]);
    assert_nothing_leaks(&refused.list_series("1").await.unwrap_err());
}

#[tokio::test]
async fn what_is_not_offered_says_so_and_sends_nothing() {
    let (oblio, scripted) = oblio(vec![]);
    let (invoice, proforma) = (target(DocumentKind::Invoice), target(DocumentKind::Proforma));
    let failures = [
        oblio.list_units("1").await.unwrap_err(),
        oblio.read_number("1", "FCT", DocumentKind::Invoice, 7).await.unwrap_err(),
        oblio.send_email(&invoice, &email()).await.outcome.unwrap_err(),
        oblio.delete_payment(&invoice, CollectKind::Card).await.outcome.unwrap_err(),
        oblio.record_payment(&proforma, &payment()).await.outcome.unwrap_err(),
        oblio.read_payment(&proforma).await.unwrap_err(),
        oblio.send_einvoice(&proforma).await.outcome.unwrap_err(),
        oblio.read_einvoice(&proforma).await.unwrap_err(),
        oblio.fetch_einvoice_archive(&proforma).await.unwrap_err(),
    ];
    for failure in failures {
        assert_eq!((failure.kind, failure.phase), (FailureKind::NotOffered, Phase::Prepare), "{failure:?}");
    }
    let mut nameless = payment();
    nameless.document_number = " ".into();
    let failure = oblio.record_payment(&invoice, &nameless).await.outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::FieldMissing);
    assert!(scripted.sent().len() <= 1, "at most a token was asked for");
}

#[tokio::test]
async fn a_document_is_there_by_its_id_or_by_our_reference_never_by_its_number() {
    let ours = reference("1001").to_string();
    let other = reference("2002").to_string();
    let bare = target(DocumentKind::Invoice);
    for (target, answer, expected) in [
        (known(), listed("42", "", json!({})), Presence::Present { cancelled: Some(false) }),
        (known(), listed("42", "", json!({"canceled": "1"})), Presence::Present { cancelled: Some(true) }),
        (known(), listed("43", &ours, json!({})), Presence::Absent),
        (known(), data(json!([])), Presence::Absent),
        (bare.clone(), listed("43", &ours, json!({})), Presence::Present { cancelled: Some(false) }),
        (bare.clone(), listed("43", &other, json!({})), Presence::Absent),
        (bare, listed("43", "", json!({})), Presence::CannotTell),
    ] {
        let (oblio, scripted) = oblio(vec![token("t"), answer]);
        assert_eq!(oblio.find_document(&target).await.unwrap(), expected);
        assert!(scripted.lines()[1].contains("canceled=-1&draft=-1"), "{:?}", scripted.lines());
    }
}

#[tokio::test]
async fn no_absence_is_proven_by_a_list_that_could_not_be_wholly_read() {
    let bare = target(DocumentKind::Invoice);
    let other = json!({"id": "43", "seriesName": "FCT", "number": "0007", "mentions": reference("2002").as_str()});
    let full: Vec<Value> = (100..200).map(|id| row(id, "")).collect();
    for (target, rows) in [
        (known(), json!(["?"])),
        (known(), json!([other, "?"])),
        (known(), json!(full)),
        (bare.clone(), json!([[]])),
        (bare, json!([other, "?"])),
    ] {
        let (oblio, _) = oblio(vec![token("t"), data(rows.clone())]);
        let failure = oblio.find_document(&target).await.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::UnreadableAnswer, Phase::Unknown), "{rows}");
    }
    let ours = json!({"id": "42", "seriesName": "FCT", "number": "0007", "canceled": "0"});
    let (found, _) = oblio(vec![token("t"), data(json!(["?", ours]))]);
    assert_eq!(found.find_document(&known()).await.unwrap(), Presence::Present { cancelled: Some(false) });
    let (read, _) = oblio(vec![token("t"), data(json!(["?"]))]);
    let failure = read.read_issued(&known()).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::UnreadableAnswer, Phase::Unknown));
}

#[tokio::test]
async fn a_document_without_an_e_factura_is_read_however_that_is_written() {
    for state in [json!(""), json!(false), json!(null), json!([]), json!("Netrimisa")] {
        let rows = || listed("42", reference("1001").as_str(), json!({ "einvoiceStatus": state }));
        let (oblio, _) = oblio(vec![token("t"), rows(), rows(), rows()]);
        assert_eq!(oblio.find_document(&known()).await.unwrap(), Presence::Present { cancelled: Some(false) });
        let evidence = oblio.find_by_reference(&query()).await.unwrap();
        assert!(evidence.complete && evidence.ours().len() == 1, "{state}");
        assert_eq!(oblio.read_einvoice(&known()).await.unwrap_err().kind, FailureKind::UnreadableAnswer);
    }
}

#[tokio::test]
async fn a_page_of_documents_with_one_that_cannot_be_read_is_none() {
    let (oblio, _) = oblio(vec![token("t"), data(json!([row(9, ""), "?"]))]);
    let day = request().issue_date;
    let query =
        DocumentQuery { company: "1".into(), kind: DocumentKind::Invoice, series: None, from: day, to: day, page: 0 };
    let failure = oblio.list_documents(&query).await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.detail.as_deref()),
        (FailureKind::UnreadableAnswer, Some("1 of 2 rows could be read"))
    );
}

#[tokio::test]
async fn payments_are_summed_and_those_of_another_document_are_not_ours() {
    let view = |link: &str| {
        data(json!({"link": link, "collects": [{"type": "Card", "value": 20.5}, {"type": "Card", "value": "1.00"}]}))
    };
    let (oblio, scripted) = oblio(vec![
        token("t"),
        listed("42", "", json!({})),
        view(LINK),
        listed("42", "", json!({})),
        view("https://www.oblio.eu/docs/preview/invoice?ic=1&id=43&it=x"),
    ]);
    let read = oblio.read_payment(&known()).await.unwrap();
    assert_eq!((read.total, read.paid), (dec!(91.96), dec!(21.5)));
    assert_eq!(scripted.lines()[2], "GET /api/docs/invoice?cif=RO12345674&seriesName=FCT&number=0007");
    assert_eq!(oblio.read_payment(&known()).await.unwrap_err().kind, FailureKind::DocumentNotFound);
}

#[tokio::test]
async fn a_pdf_comes_from_the_documents_own_link_without_a_token() {
    let mut linked = known();
    linked.document.link = Some(LINK.into());
    let (direct, scripted) = oblio(vec![bytes(200, b"%PDF-1.7 x")]);
    assert!(direct.fetch_pdf(&linked).await.unwrap().starts_with(b"%PDF"));
    assert!(scripted.sent()[0].headers.iter().all(|header| !header.secret), "the link is public");
    let (looked_up, scripted) = oblio(vec![token("t"), listed("42", "", json!({})), bytes(200, b"%PDF-1.7 x")]);
    looked_up.fetch_pdf(&known()).await.unwrap();
    assert_eq!(scripted.lines()[2], "GET /docs/preview/invoice?ic=1&id=42&it=abc");
}

#[tokio::test]
async fn no_other_host_is_asked_for_a_pdf_and_a_page_is_none() {
    for link in ["https://oblio.example/x?id=42", "http://www.oblio.eu/x?id=42", "https://www.oblio.eu:8443/x", "", "x"]
    {
        let mut elsewhere = known();
        elsewhere.document.link = Some(link.into());
        let (oblio, scripted) = oblio(vec![]);
        let failure = oblio.fetch_pdf(&elsewhere).await.unwrap_err();
        assert_eq!((failure.kind, scripted.sent().len()), (FailureKind::UnreadableAnswer, 0), "{link}");
    }
    let mut stale = known();
    stale.document.link = Some(LINK.into());
    let (oblio, _) = oblio(vec![Ok(page_answer(200, "<html>Autentificare</html>"))]);
    assert_eq!(oblio.fetch_pdf(&stale).await.unwrap_err().kind, FailureKind::UnreadableAnswer);
}

#[tokio::test]
async fn the_code_of_an_e_factura_decides_over_its_text() {
    for (code, text, state) in [
        (-1, "Netrimisa", EInvoiceState::NotSent),
        (-1, "Neconfigurat", EInvoiceState::NotConfigured),
        (0, "Factura a fost trimisa cu succes", EInvoiceState::Processing),
        (1, "Factura a fost trimisa cu succes", EInvoiceState::Accepted),
        (2, "Are erori", EInvoiceState::Rejected),
    ] {
        let row = json!({ "einvoiceStatus": spv(code, text) });
        let (oblio, scripted) = oblio(vec![token("t"), listed("42", "", row)]);
        let read = oblio.read_einvoice(&known()).await.unwrap();
        assert_eq!((read.state, read.words.as_str()), (state, text));
        assert!(scripted.lines()[1].contains("withEinvoiceStatus=1"));
    }
    let (silent, _) = oblio(vec![token("t"), listed("42", "", json!({}))]);
    assert_eq!(silent.read_einvoice(&known()).await.unwrap_err().kind, FailureKind::UnreadableAnswer);
}

#[tokio::test]
async fn an_archive_is_an_archive_or_the_reason_why_there_is_none() {
    let refused = || no(401, "The access token provided has expired");
    let (renewed, scripted) = oblio(vec![token("old"), refused(), token("new"), bytes(200, b"PK\x03\x04")]);
    assert_eq!(renewed.fetch_einvoice_archive(&known()).await.unwrap().as_ref(), b"PK\x03\x04");
    assert_eq!(scripted.lines()[1], "GET /api/docs/einvoice?cif=RO12345674&seriesName=FCT&number=0007");
    for (answer, kind) in [
        (no(400, "Nu exista document cu seria FCT si numarul 7"), FailureKind::DocumentNotFound),
        (data(json!(null)), FailureKind::UnreadableAnswer),
        (Ok(page_answer(200, "<html></html>")), FailureKind::UnreadableAnswer),
    ] {
        let (oblio, _) = oblio(vec![token("t"), answer]);
        assert_eq!(oblio.fetch_einvoice_archive(&known()).await.unwrap_err().kind, kind);
    }
}

#[tokio::test]
async fn documents_of_a_time_come_page_by_page_with_both_days_included() {
    let ours = reference("1001");
    let row = |id: u32, date: &str| {
        json!({"id": id, "seriesName": "FCT", "number": "0007", "total": "-91.9600", "canceled": "1", "storno": "1",
            "currency": "RON", "mentions": ours.as_str(), "issueDate": date, "link": LINK, "client": {"name": "X"},
            "einvoiceStatus": spv(1, "Trimisa")})
    };
    let mut full: Vec<Value> = (0..98).map(|id| row(id, "2026-11-23")).collect();
    full.extend([row(98, "2026-11-22"), row(99, "2026-11-25")]);
    let (oblio, scripted) = oblio(vec![token("t"), data(json!(full)), data(json!([row(1, "2026-11-24")]))]);
    let day = request().issue_date;
    let mut query = DocumentQuery {
        company: "RO12345674".into(),
        kind: DocumentKind::Invoice,
        series: Some("FCT".into()),
        from: day,
        to: day.succ_opt().unwrap(),
        page: 0,
    };
    let first = oblio.list_documents(&query).await.unwrap();
    assert_eq!((first.rows.len(), first.more), (98, true), "days outside are left out, whatever the bounds mean there");
    let one = &first.rows[0];
    assert_eq!((one.total, one.cancelled, one.is_storno), (Some(dec!(-91.96)), Some(true), Some(true)));
    assert_eq!((one.references.as_slice(), one.issue_date), ([ours.clone()].as_slice(), Some(day)));
    assert_eq!(one.einvoice.as_ref().unwrap().state, EInvoiceState::Accepted);
    query.page = 1;
    let last = oblio.list_documents(&query).await.unwrap();
    assert_eq!((last.rows.len(), last.more), (1, false));
    assert_eq!(
        scripted.lines()[2],
        "GET /api/docs/invoice/list?cif=RO12345674&issuedAfter=2026-11-22&issuedBefore=2026-11-25&withEinvoiceStatus=1\
         &seriesName=FCT&canceled=-1&draft=-1&orderBy=id&orderDir=DESC&limitPerPage=100&offset=100"
    );
}

#[tokio::test]
async fn a_storno_is_looked_for_as_any_other_document() {
    let reference = storno().reference;
    let (oblio, _) = oblio(vec![token("t"), data(json!([row(9, reference.as_str())]))]);
    let found = oblio.find_by_reference(&FindQuery { reference, ..query() }).await.unwrap();
    assert_eq!(found.ours().len(), 1);
}
