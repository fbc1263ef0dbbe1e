//! Creates: what must hold for every billing provider.

use crate::World;
use crate::account::{BOTH, account, client_of, query, reference, request, target, unpaid_request};
use punte_connectors::billing::{Baseline, DocumentKind, Issued, ReferenceSeen, Settling};
use punte_domain::{FailureKind, Phase};
use punte_sandbox::{FaultKind, Provider};
use rust_decimal::{Decimal, dec};
use secrecy::SecretString;

#[tokio::test]
async fn a_live_test_ticks_every_step_and_lists_what_there_is() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let steps = client.check(Some(&account.company), Some(&account.series)).await;
        assert!(steps.len() >= 3 && steps.iter().all(|step| step.failure.is_none()), "{provider:?}: {steps:?}");
        let series = client.list_series(&account.company).await.unwrap();
        assert!(series.iter().any(|one| one.name == account.series && one.next_number.is_some()), "{series:?}");
        let rates = client.list_vat_rates(&account.company).await.unwrap();
        assert!([21, 11].iter().all(|percent| rates.iter().any(|rate| rate.percent == Decimal::from(*percent))));
        let unknown = client.check(Some(&account.company), Some("NUEXISTA")).await;
        let failed = unknown.iter().find(|step| step.failure.is_some()).unwrap();
        assert_eq!(failed.step, "series", "{provider:?}: the step that fails is named");
    }
}

#[tokio::test]
async fn what_is_issued_reads_back_to_the_cent_and_carries_its_reference() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let sent = request(&account, "3001");
        let issued = client.issue_invoice(&sent).await.outcome.unwrap();
        assert_eq!(issued.series, account.series);
        let read = client.read_issued(&target(&sent, DocumentKind::Invoice, issued.clone())).await.unwrap();
        let told = client.capabilities().reads_back;
        assert!(told.contains(&"total"), "{provider:?}: {told:?}");
        assert_eq!(read.total, Some(dec!(71.97)), "{provider:?}");
        assert_ne!(read.carries_reference, Some(false), "{provider:?}");
        assert_eq!(world.documents(provider), 1);
    }
}

#[tokio::test]
async fn no_record_of_an_exchange_holds_the_secret() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let exchange = client.issue_invoice(&request(&account, "3002")).await;
        let told = format!("{:?}", exchange.record);
        let secret = secrecy::ExposeSecret::expose_secret(&account.config.secret);
        assert!(!told.contains(secret), "{provider:?}");
        assert!(exchange.record.request_body.contains("3002") && exchange.record.status == Some(200));
    }
}

#[tokio::test]
async fn a_wrong_credential_is_the_connections_trouble() {
    let world = World::new().await;
    for provider in BOTH {
        let mut account = account(&world, provider);
        account.config.secret = SecretString::from("not-the-secret");
        let client = client_of(provider, account.config.clone());
        let failure = client.issue_invoice(&request(&account, "3003")).await.outcome.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::CredentialRefused, Phase::Refused), "{provider:?}");
        assert_eq!(world.documents(provider), 0);
    }
}

#[tokio::test]
async fn a_refusal_keeps_the_providers_words_and_issues_nothing() {
    let world = World::new().await;
    let cases =
        [(FaultKind::RefuseVat, FailureKind::VatRateUnknown), (FaultKind::RefuseSeries, FailureKind::SeriesUnknown)];
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        for (fault, kind) in cases {
            world.fault(provider, "create", fault);
            let failure = client.issue_invoice(&request(&account, "3004")).await.outcome.unwrap_err();
            assert_eq!((failure.kind, failure.phase), (kind, Phase::Refused), "{provider:?}");
            assert!(failure.provider_words.is_some_and(|words| !words.is_empty()), "{provider:?}");
        }
        assert_eq!(world.documents(provider), 0);
    }
}

#[tokio::test]
async fn over_the_limit_nothing_was_issued_and_the_wait_is_known() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        world.fault(provider, "create", FaultKind::Status429);
        let failure = client.issue_invoice(&request(&account, "3005")).await.outcome.unwrap_err();
        assert_eq!(failure.kind, FailureKind::RateLimited, "{provider:?}");
        assert!(failure.retry_after_ms.is_some_and(|wait| wait > 0), "{provider:?}");
        assert_eq!(world.documents(provider), 0);
    }
}

/// Every way in which an answer can be lost, and whether the document exists then.
const LOST: [(FaultKind, bool); 7] = [
    (FaultKind::TimeoutAfter, true),
    (FaultKind::TimeoutBefore, false),
    (FaultKind::Reset, true),
    (FaultKind::Truncated, true),
    (FaultKind::Html, false),
    (FaultKind::Status500, false),
    (FaultKind::Status502, false),
];

#[tokio::test]
async fn a_lost_answer_is_unknown_and_a_look_tells_whether_it_was_issued() {
    for provider in BOTH {
        for (kind, acted) in LOST {
            let world = World::new().await;
            let mut account = account(&world, provider);
            account.config.create_limit = std::time::Duration::from_millis(700);
            let client = client_of(provider, account.config.clone());
            let baseline =
                client.read_baseline(&account.company, &account.series, DocumentKind::Invoice).await.unwrap();
            let sent = request(&account, "3006");
            world.fault(provider, "create", kind);
            let failure = client.issue_invoice(&sent).await.outcome.unwrap_err();
            assert_eq!(failure.phase, Phase::Unknown, "{provider:?} {kind:?}: {failure:?}");
            let evidence = client.find_by_reference(&query(&sent, baseline)).await.unwrap();
            assert!(evidence.complete, "{provider:?} {kind:?}: {evidence:?}");
            assert_eq!(evidence.ours().len(), usize::from(acted), "{provider:?} {kind:?}: {evidence:?}");
            if client.capabilities().settling == Settling::ByGap {
                assert_eq!(evidence.counter_unchanged, Some(!acted), "{kind:?}");
            }
        }
    }
}

#[tokio::test]
async fn anothers_document_is_seen_and_not_taken_for_ours() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let baseline = client.read_baseline(&account.company, &account.series, DocumentKind::Invoice).await.unwrap();
        let other = client.issue_invoice(&request(&account, "4001")).await.outcome.unwrap();
        let sought = request(&account, "4002");
        let evidence = client.find_by_reference(&query(&sought, baseline.clone())).await.unwrap();
        assert!(evidence.complete && evidence.ours().is_empty(), "{provider:?}: {evidence:?}");
        let seen = evidence.looked_at.iter().find(|one| one.document.number == other.number);
        if let Some(seen) = seen {
            assert_eq!(seen.reference, ReferenceSeen::Another(reference("4001").to_string()), "{provider:?}");
        }
        // a number that is known to be another record's is struck out
        let mut struck = query(&sought, baseline);
        struck.struck = vec![other.number];
        assert!(client.find_by_reference(&struck).await.unwrap().ours().is_empty());
    }
}

/// Ours was late; the last document was deleted by hand meanwhile, the counter went back, and another create took the freed
/// number: the counter stands at the baseline again and nothing stands beyond it.
#[tokio::test]
async fn a_counter_that_went_back_and_came_again_is_no_unchanged_one() {
    for (taken_by, ours) in [("4102", 1), ("4103", 0)] {
        let world = World::with(|config| config.deleted_number_returns = true).await;
        let account = account(&world, Provider::SmartBill);
        let client = client_of(Provider::SmartBill, account.config.clone());
        let first = unpaid_request(&account, "4101");
        let last = client.issue_invoice(&first).await.outcome.unwrap();
        let baseline = client.read_baseline(&account.company, &account.series, DocumentKind::Invoice).await.unwrap();
        let mut sought = query(&request(&account, "4102"), baseline.clone());
        sought.known_last = Some((last.number.clone(), first.reference.clone()));
        let quiet = client.find_by_reference(&sought).await.unwrap();
        assert!(quiet.complete && quiet.counter_unchanged == Some(true), "{quiet:?}");

        let deleted = target(&first, DocumentKind::Invoice, last.clone());
        client.delete(&deleted, "pnt-d").await.outcome.unwrap();
        let late = client.issue_invoice(&request(&account, taken_by)).await.outcome.unwrap();
        assert_eq!(late.number, last.number);
        assert_eq!(
            client.read_baseline(&account.company, &account.series, DocumentKind::Invoice).await.unwrap(),
            baseline
        );
        let evidence = client.find_by_reference(&sought).await.unwrap();
        assert_eq!((evidence.ours().len(), evidence.counter_unchanged), (ours, Some(false)), "{evidence:?}");
    }
}

#[tokio::test]
async fn the_same_idempotency_key_does_not_make_a_second_document_where_the_provider_has_one() {
    let world = World::new().await;
    let account = account(&world, Provider::Oblio);
    let client = client_of(Provider::Oblio, account.config.clone());
    let sent = request(&account, "3007");
    let first: Issued = client.issue_invoice(&sent).await.outcome.unwrap();
    // whatever the repeat is answered, only the list counts
    let _ = client.issue_invoice(&sent).await;
    let evidence = client.find_by_reference(&query(&sent, Baseline::default())).await.unwrap();
    assert_eq!(evidence.ours().len(), 1, "{evidence:?}");
    assert_eq!(evidence.ours()[0].document.number, first.number);
}

#[tokio::test]
async fn nobody_there_is_not_sent_and_an_odd_address_never_panics() {
    let world = World::new().await;
    for provider in BOTH {
        let mut account = account(&world, provider);
        for (address, phase) in
            [("http://127.0.0.1:9", Phase::NotSent), ("http://127.0.0.1:9/SBORO/api/", Phase::NotSent)]
        {
            account.config.base_url = address.into();
            let client = client_of(provider, account.config.clone());
            let failure = client.issue_invoice(&request(&account, "3008")).await.outcome.unwrap_err();
            assert_eq!((failure.kind, failure.phase), (FailureKind::Unreachable, phase), "{provider:?} {address}");
        }
    }
}
