//! Drafts that must not leave, and texts that must arrive as they are.

use crate::World;
use crate::account::{Account, BOTH, account, client_of, request};
use punte_connectors::billing::IssueRequest;
use punte_domain::{FailureKind, Phase};
use rust_decimal::dec;

/// What is wrong with a draft, and the field that says so.
fn bad_drafts(account: &Account) -> Vec<(IssueRequest, &'static str, FailureKind)> {
    let with = |change: &dyn Fn(&mut IssueRequest)| {
        let mut sent = request(account, "8001");
        change(&mut sent);
        sent
    };
    vec![
        (with(&|sent| sent.draft.lines.clear()), "lines", FailureKind::FieldMissing),
        (with(&|sent| sent.draft.lines = vec![sent.draft.lines[0].clone(); 401]), "lines", FailureKind::TooManyLines),
        (with(&|sent| sent.draft.lines[0].unit_price = dec!(-1)), "lines[1].unit_price", FailureKind::FieldInvalid),
        (with(&|sent| sent.draft.lines[1].name = "x".repeat(10_000)), "lines[2].name", FailureKind::FieldInvalid),
        (with(&|sent| sent.draft.client.name = "x".repeat(10_000)), "client.name", FailureKind::FieldInvalid),
        (with(&|sent| sent.draft.client.tax_id = "RO14399841".into()), "client.tax_id", FailureKind::TaxIdInvalid),
    ]
}

#[tokio::test]
async fn a_bad_draft_is_named_by_its_field_and_nothing_is_sent() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        for (sent, field, kind) in bad_drafts(&account) {
            let problems = sent.draft.problems();
            let named = problems.iter().any(|problem| problem.field == field && problem.kind == kind);
            assert!(named, "{provider:?} {field}: {problems:?}");
        }
    }
    assert_eq!(world.requests(), 0, "what has problems is not sent");
}

#[tokio::test]
async fn what_the_connector_cannot_put_into_words_stays_here() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        for (sent, field, kind) in bad_drafts(&account).into_iter().take(2) {
            for outcome in [client.issue_invoice(&sent).await.outcome, client.issue_proforma(&sent).await.outcome] {
                let failure = outcome.unwrap_err();
                assert_eq!((failure.kind, failure.phase), (kind, Phase::Prepare), "{provider:?} {field}");
            }
        }
        let mut huge = request(&account, "8002");
        huge.draft.lines[0].unit_price = dec!(123456789012345678.1234);
        let failure = client.issue_invoice(&huge).await.outcome.unwrap_err();
        assert_eq!(failure.phase, Phase::Prepare, "{provider:?}");
        assert!(failure.detail.is_some_and(|detail| detail.starts_with("lines[1].unit_price")), "{provider:?}");
        assert_eq!(world.documents(provider), 0, "{provider:?}");
    }
}

#[tokio::test]
async fn diacritics_and_emoji_arrive_as_they_are() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let mut sent = request(&account, "8003");
        sent.draft.client.name = "ȘȚĂÂÎ șțăâî ŞŢ „ghilimele” 🏺 & <SRL>".into();
        sent.draft.mentions = "Mulțumim! 🙂 «până la» 100 %".into();
        let exchange = client.issue_invoice(&sent).await;
        exchange.outcome.unwrap();
        let document = &world.state(provider)["documents"][0];
        assert_eq!(document["client"], sent.draft.client.name.as_str(), "{provider:?}");
        let printed = format!("{} Comanda #8003 {}", sent.draft.mentions, sent.reference);
        assert_eq!(document["mentions"], printed.as_str(), "{provider:?}");
        assert!(exchange.record.request_body.contains("🏺"), "and are kept so in the record");
    }
}
