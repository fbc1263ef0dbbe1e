//! Oblio's own words over real HTTP, as far as anybody has seen them, and the kind of failure that each becomes.

use crate::World;
use crate::account::{Account, account, client_of, client_over, payment, request, storno, target};
use crate::patched::Patched;
use punte_connectors::billing::{BillingProvider, DocumentKind};
use punte_domain::{Failure, FailureKind as K, Phase};
use punte_sandbox::{Provider, RepeatedKey};
use rust_decimal::dec;
use serde_json::{Value, json};
use std::sync::Arc;

const OBLIO: Provider = Provider::Oblio;

fn editing(account: &Account, pointer: &'static str, value: Value) -> Arc<dyn BillingProvider> {
    let patched = Patched::body(move |body| {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = if parent.is_empty() { Some(body) } else { body.pointer_mut(parent) };
        if let Some(Value::Object(fields)) = parent {
            match &value {
                Value::Null => fields.remove(key),
                value => fields.insert(key.to_owned(), value.clone()),
            };
        }
    });
    client_over(OBLIO, account.config.clone(), patched)
}

fn expect(failure: &Failure, kind: K, words: &str) {
    assert_eq!((failure.kind, failure.phase), (kind, Phase::Refused), "{words}: {failure:?}");
    let told = failure.provider_words.as_deref().unwrap_or_default();
    assert!(told.contains(words), "{words} was told as {told}");
}

#[tokio::test]
async fn every_refusal_of_a_create_has_its_kind_and_issues_nothing() {
    let world = World::new().await;
    let account = account(&world, OBLIO);
    for (pointer, value, kind, words) in [
        ("/cif", json!("RO99"), K::CompanyUnavailable, "Nu aveti acces la firma"),
        ("/seriesName", json!("NIMIC"), K::SeriesUnknown, "Seria NIMIC nu exista"),
        ("/seriesName", Value::Null, K::RequestInvalid, "Parametrul seriesName lipsește"),
        ("/products/0/vatName", json!("Veche"), K::VatRateUnknown, "are cota TVA"),
        ("/client", json!({"cif": "RO1"}), K::ClientInvalid, "Selecteaza Clientul"),
        ("/collect/documentNumber", Value::Null, K::PaymentInvalid, "Parametrul documentNumber lipsește"),
        ("/collect/type", json!("Aur"), K::PaymentInvalid, "Tipul incasarii Aur"),
        (
            "/referenceDocument",
            json!({"type": "Factura", "seriesName": "ACO", "number": 99}),
            K::DocumentNotFound,
            "Nu exista document cu seria",
        ),
    ] {
        let client = editing(&account, pointer, value);
        expect(&client.issue_invoice(&request(&account, "9101")).await.outcome.unwrap_err(), kind, words);
    }
    let goods = json!([{"name": "x", "code": "STOC-01", "price": 1, "vatName": "Normala", "vatPercentage": 21,
        "quantity": 1000, "save": 0}]);
    let patched = Patched::body(move |body| {
        body["useStock"] = json!(1);
        body["products"] = goods.clone();
    });
    let client = client_over(OBLIO, account.config.clone(), patched);
    let failure = client.issue_invoice(&request(&account, "9101")).await.outcome.unwrap_err();
    expect(&failure, K::ProductInvalid, "Stoc insuficient");
    assert_eq!(world.documents(OBLIO), 0);
}

#[tokio::test]
async fn names_that_collide_the_plans_end_and_a_used_key_are_told() {
    let world = World::with(|config| {
        config.document_quota = Some(1);
        config.repeated_key = RepeatedKey::Refuse;
    })
    .await;
    let account = account(&world, OBLIO);
    let client = client_of(OBLIO, account.config.clone());
    let sent = request(&account, "9102");
    client.issue_invoice(&sent).await.outcome.unwrap();
    let failure = client.issue_invoice(&request(&account, "9103")).await.outcome.unwrap_err();
    expect(&failure, K::PlanQuota, "Ati emis deja 1 documente in aceasta luna");
    let repeated = client.issue_invoice(&sent).await.outcome.unwrap_err();
    assert_eq!((repeated.kind, repeated.phase), (K::RepeatUnconfirmed, Phase::Unknown), "only the list can tell");

    let world = World::new().await;
    let account = crate::account::account(&world, OBLIO);
    let saving = |code: &'static str| {
        Patched::body(move |body| {
            if body.get("products").is_some() {
                body["products"] = json!([{"name": "Cană", "code": code, "price": 10, "vatName": "Normala",
                    "vatPercentage": 21, "productType": "Marfa", "save": 1}]);
            }
        })
    };
    let issue = |code, order| {
        let client = client_over(OBLIO, account.config.clone(), saving(code));
        let mut sent = request(&account, order);
        sent.draft.payment = None;
        async move { client.issue_invoice(&sent).await.outcome }
    };
    issue("C1", "9104").await.unwrap();
    expect(&issue("C2", "9105").await.unwrap_err(), K::DuplicateName, "Denumiri duplicate");
}

#[tokio::test]
async fn refusals_of_what_is_done_to_documents_have_their_kinds() {
    let world = World::new().await;
    let account = account(&world, OBLIO);
    let client = client_of(OBLIO, account.config.clone());
    let sent = request(&account, "9106");
    let document = client.issue_invoice(&sent).await.outcome.unwrap();
    let invoice = target(&sent, DocumentKind::Invoice, document.clone());
    client.issue_storno(&storno(&sent, document.clone())).await.outcome.unwrap();
    let mut again = storno(&sent, document);
    again.idempotency_key = "pnt-other".into();
    expect(&client.issue_storno(&again).await.outcome.unwrap_err(), K::AlreadyReversed, "este deja stornata");
    expect(&client.delete(&invoice, "k").await.outcome.unwrap_err(), K::NotLastInSeries, "nu este ultimul din serie");
    let nameless = editing(&account, "/collect/documentNumber", Value::Null);
    let failure = nameless.record_payment(&invoice, &payment(dec!(1))).await.outcome.unwrap_err();
    expect(&failure, K::PaymentInvalid, "Parametrul documentNumber lipsește");
    client.cancel(&invoice).await.outcome.unwrap();
    expect(&client.send_einvoice(&invoice).await.outcome.unwrap_err(), K::DocumentCancelled, "este anulat");
    let failure = client.fetch_einvoice_archive(&invoice).await.unwrap_err();
    expect(&failure, K::RefusedOther, "nu este validata in SPV");
}

#[tokio::test]
async fn a_token_that_died_is_renewed_and_the_call_goes_through() {
    let world = World::new().await;
    let account = account(&world, OBLIO);
    // another program's token of long ago, in the first call only
    let stale = std::sync::atomic::AtomicBool::new(true);
    let patched = Patched::new(move |request| {
        let bearer = request.headers.iter_mut().find(|header| header.secret && header.value.starts_with("Bearer "));
        if let Some(header) = bearer
            && stale.swap(false, std::sync::atomic::Ordering::SeqCst)
        {
            header.value = "Bearer 0000000000000000000000000000000000000000".into();
        }
    });
    let client = client_over(OBLIO, account.config.clone(), patched);
    assert!(!client.list_series(&account.company).await.unwrap().is_empty());
}
