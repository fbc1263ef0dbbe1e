//! Payments: recorded in part and in whole, read back to the cent, refused with their reason.

use crate::World;
use crate::account::{BOTH, account, client_of, payment, request, target, unpaid_request};
use punte_connectors::billing::{Ability, DocumentKind};
use punte_domain::{CollectKind, FailureKind, Phase};
use rust_decimal::dec;

const KINDS: [CollectKind; 4] =
    [CollectKind::Card, CollectKind::BankTransfer, CollectKind::CashOnDelivery, CollectKind::Other];

#[tokio::test]
async fn partial_payments_add_up_whatever_their_kind() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let sent = unpaid_request(&account, "6001");
        let issued = client.issue_invoice(&sent).await.outcome.unwrap();
        let invoice = target(&sent, DocumentKind::Invoice, issued);
        for (at, kind) in KINDS.into_iter().enumerate() {
            let mut part = payment(dec!(10.25));
            part.kind = kind;
            client.record_payment(&invoice, &part).await.outcome.unwrap();
            let status = client.read_payment(&invoice).await.unwrap();
            assert_eq!(status.paid, dec!(10.25) * rust_decimal::Decimal::from(at + 1), "{provider:?} {kind:?}");
            assert_eq!(status.total, dec!(71.97), "{provider:?}");
        }
    }
}

#[tokio::test]
async fn what_was_paid_with_the_invoice_reads_back_as_paid() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let sent = request(&account, "6002");
        let issued = client.issue_invoice(&sent).await.outcome.unwrap();
        let status = client.read_payment(&target(&sent, DocumentKind::Invoice, issued)).await.unwrap();
        assert_eq!((status.total, status.paid), (dec!(71.97), dec!(71.97)), "{provider:?}");
    }
}

#[tokio::test]
async fn cash_is_recorded_with_the_invoice_or_later_under_a_receipt_that_the_provider_numbers() {
    for (provider, name, receipts) in [(BOTH[0], "smartbill", "CHT"), (BOTH[1], "oblio", "ACH")] {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let series = client.list_series(&account.company).await.unwrap();
        let known: Vec<&str> = series
            .iter()
            .filter(|series| series.document_type == "receipt")
            .map(|series| series.name.as_str())
            .collect();
        assert!(known.is_empty() || known == [receipts], "{provider:?}: {known:?}");
        let mut at_once = request(&account, "6011");
        at_once.draft.payment.as_mut().unwrap().kind = CollectKind::Cash;
        let failure = client.issue_invoice(&at_once).await.outcome.unwrap_err();
        assert_eq!(
            (failure.kind, failure.phase),
            (FailureKind::FieldMissing, Phase::Prepare),
            "no series, nothing sent"
        );
        at_once.draft.receipt_series = "NICIUNA".into();
        let failure = client.issue_invoice(&at_once).await.outcome.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::SeriesUnknown, Phase::Refused), "{provider:?}");
        at_once.draft.receipt_series = receipts.into();
        client.issue_invoice(&at_once).await.outcome.unwrap();

        let later = unpaid_request(&account, "6012");
        let issued = client.issue_invoice(&later).await.outcome.unwrap();
        let invoice = target(&later, DocumentKind::Invoice, issued);
        let mut cash = payment(dec!(71.97));
        cash.kind = CollectKind::Cash;
        let failure = client.record_payment(&invoice, &cash).await.outcome.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::FieldMissing, Phase::Prepare), "{provider:?}");
        cash.receipt_series = receipts.into();
        client.record_payment(&invoice, &cash).await.outcome.unwrap();
        assert_eq!(client.read_payment(&invoice).await.unwrap().paid, dec!(71.97), "{provider:?}");
        let deleted = client.delete_payment(&invoice, CollectKind::Cash).await.outcome.unwrap_err();
        assert_eq!((deleted.kind, deleted.phase), (FailureKind::NotOffered, Phase::Prepare), "by its own number only");

        let documents = world.sandbox.state()[name]["documents"].as_array().unwrap().clone();
        let receipts: Vec<(String, String)> = documents
            .iter()
            .flat_map(|document| document["payments"].as_array().unwrap())
            .map(|paid| (paid["type"].as_str().unwrap().to_owned(), paid["number"].as_str().unwrap().to_owned()))
            .collect();
        assert!(receipts.iter().all(|(kind, _)| kind == "Chitanta"), "{receipts:?}");
        assert!(receipts.len() == 2 && receipts[0].1 != receipts[1].1, "each has a number of its own: {receipts:?}");
    }
}

#[tokio::test]
async fn a_deleted_payment_is_owed_again() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        if !client.capabilities().can(Ability::DeletePayment) {
            continue;
        }
        let sent = unpaid_request(&account, "6003");
        let issued = client.issue_invoice(&sent).await.outcome.unwrap();
        let invoice = target(&sent, DocumentKind::Invoice, issued);
        for kind in KINDS {
            let mut whole = payment(dec!(71.97));
            whole.kind = kind;
            client.record_payment(&invoice, &whole).await.outcome.unwrap();
            client.delete_payment(&invoice, kind).await.outcome.unwrap();
            assert_eq!(client.read_payment(&invoice).await.unwrap().paid, dec!(0), "{kind:?}");
        }
        let again = client.delete_payment(&invoice, CollectKind::BankTransfer).await.outcome.unwrap_err();
        assert_eq!((again.kind, again.phase), (FailureKind::DocumentNotFound, Phase::Refused));
    }
}

#[tokio::test]
async fn a_paid_and_a_cancelled_invoice_take_no_payment_at_smartbill() {
    let provider = punte_sandbox::Provider::SmartBill;
    let world = World::new().await;
    let account = account(&world, provider);
    let client = client_of(provider, account.config.clone());
    let sent = request(&account, "6004");
    let issued = client.issue_invoice(&sent).await.outcome.unwrap();
    let invoice = target(&sent, DocumentKind::Invoice, issued);
    let one = payment(dec!(1));
    let pay = || client.record_payment(&invoice, &one);
    let failure = pay().await.outcome.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::AlreadyPaid, Phase::Refused));
    client.cancel(&invoice).await.outcome.unwrap();
    assert_eq!(pay().await.outcome.unwrap_err().kind, FailureKind::DocumentCancelled);
    let mut nowhere = invoice.clone();
    nowhere.document.number = "9999".into();
    let failure = client.record_payment(&nowhere, &payment(dec!(1))).await.outcome.unwrap_err();
    assert_eq!(failure.kind, FailureKind::DocumentNotFound);
    assert_eq!(client.read_payment(&nowhere).await.unwrap_err().kind, FailureKind::DocumentNotFound);
}
