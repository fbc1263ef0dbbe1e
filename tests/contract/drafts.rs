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
async fn a_bad_draft_is_named_by_its_field_and_nothing_leaves() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        for (sent, field, kind) in bad_drafts(&account) {
            let problems = sent.draft.problems();
            let named = problems.iter().any(|problem| problem.field == field && problem.kind == kind);
            assert!(named, "{provider:?} {field}: {problems:?}");
            for outcome in [client.issue_invoice(&sent).await.outcome, client.issue_proforma(&sent).await.outcome] {
                let failure = outcome.unwrap_err();
                assert_eq!((failure.kind, failure.phase), (kind, Phase::Prepare), "{provider:?} {field}");
                assert!(failure.detail.unwrap().starts_with(field), "{provider:?} {field}");
            }
        }
    }
    assert_eq!(world.requests(), 0, "not even a rate was asked for");
}

#[tokio::test]
async fn an_amount_that_json_cannot_carry_stays_here() {
    let world = World::new().await;
    for provider in BOTH {
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let mut huge = request(&account, "8002");
        let line = &mut huge.draft.lines[0];
        (line.quantity, line.unit_price) = (dec!(1), dec!(123456789012345678.1234));
        huge.draft.order_total = huge.draft.total();
        let failure = client.issue_invoice(&huge).await.outcome.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::FieldInvalid, Phase::Prepare), "{provider:?}");
        assert!(failure.detail.unwrap().starts_with("lines[1].unit_price"), "{provider:?}");
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
