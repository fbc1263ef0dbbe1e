//! What is done to issued documents: what it changes, what repeating it does, and how it is told afterwards.

use crate::World;
use crate::account::{
    BOTH, account, client_of, client_over, email, from_proforma, proforma_request, query, reference, request, storno,
    target, unpaid_request,
};
use crate::patched::Patched;
use punte_connectors::billing::{Ability, Baseline, DocumentKind, EInvoiceState, Presence, ReferenceSeen};
use punte_domain::{FailureKind, Phase};
use punte_sandbox::Provider;
use rust_decimal::dec;

/// Whether the presence of a document is told, and as cancelled or not where the provider tells that.
fn is_present(presence: Presence, cancelled: bool) -> bool {
    matches!(presence, Presence::Present { cancelled: told } if told.is_none_or(|told| told == cancelled))
}

#[tokio::test]
async fn cancel_and_restore_change_the_document_and_say_yes_again() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let sent = request(&account, "5001");
        let issued = client.issue_invoice(&sent).await.outcome.unwrap();
        let invoice = target(&sent, DocumentKind::Invoice, issued);
        for _ in 0..2 {
            client.cancel(&invoice).await.outcome.unwrap();
            assert_eq!(world.state(provider)["documents"][0]["cancelled"], true, "{provider:?}");
            assert!(is_present(client.find_document(&invoice).await.unwrap(), true), "{provider:?}");
        }
        for _ in 0..2 {
            client.restore(&invoice).await.outcome.unwrap();
            assert_eq!(world.state(provider)["documents"][0]["cancelled"], false, "{provider:?}");
            assert!(is_present(client.find_document(&invoice).await.unwrap(), false), "{provider:?}");
        }
    }
}

#[tokio::test]
async fn only_the_last_invoice_is_deleted_and_its_number_given_again_is_not_it() {
    for provider in BOTH {
        let world = World::with(|config| config.deleted_number_returns = true).await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let mut invoices = Vec::new();
        for order in ["5002", "5003"] {
            let sent = request(&account, order);
            let issued = client.issue_invoice(&sent).await.outcome.unwrap();
            invoices.push(target(&sent, DocumentKind::Invoice, issued));
        }
        let failure = client.delete(&invoices[0], "pnt-d0").await.outcome.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::NotLastInSeries, Phase::Refused), "{provider:?}");
        client.delete(&invoices[1], "pnt-d1").await.outcome.unwrap();
        assert_eq!(client.find_document(&invoices[1]).await.unwrap(), Presence::Absent, "{provider:?}");
        let other = client.issue_invoice(&request(&account, "5004")).await.outcome.unwrap();
        assert_eq!(other.number, invoices[1].document.number, "{provider:?}: given again");
        assert_eq!(client.find_document(&invoices[1]).await.unwrap(), Presence::Absent, "{provider:?}");
        assert!(is_present(client.find_document(&invoices[0]).await.unwrap(), false), "{provider:?}");
    }
}

#[tokio::test]
async fn a_storno_takes_everything_back_once_and_is_found_again() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let sent = request(&account, "5005");
        let original = client.issue_invoice(&sent).await.outcome.unwrap();
        client.issue_invoice(&request(&account, "5006")).await.outcome.unwrap();
        let baseline = client.read_baseline(&account.company, &account.series, DocumentKind::Invoice).await.unwrap();
        let asked = storno(&sent, original.clone());
        let made = client.issue_storno(&asked).await.outcome.unwrap();
        let mut sought = query(&sent, baseline);
        (sought.reference, sought.reverses) = (asked.reference.clone(), Some(original));
        let evidence = client.find_by_reference(&sought).await.unwrap();
        let ours = evidence.ours();
        assert_eq!(
            (ours.len(), ours[0].document.number.as_str()),
            (1, made.number.as_str()),
            "{provider:?}: {evidence:?}"
        );
        assert!(evidence.complete && ours[0].total == Some(dec!(-71.97)), "{provider:?}: {evidence:?}");
        let mut again = asked;
        again.idempotency_key = "pnt-another".into();
        let failure = client.issue_storno(&again).await.outcome.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::AlreadyReversed, Phase::Refused), "{provider:?}");
        assert_eq!(world.documents(provider), 3, "{provider:?}");
    }
}

#[tokio::test]
async fn a_cancelled_invoice_and_a_storno_are_not_reversed_and_a_missing_one_is_not_found() {
    let world = World::new().await;
    let account = account(&world, Provider::SmartBill);
    let client = client_of(Provider::SmartBill, account.config.clone());
    let sent = request(&account, "5007");
    let issued = client.issue_invoice(&sent).await.outcome.unwrap();
    let invoice = target(&sent, DocumentKind::Invoice, issued.clone());
    client.cancel(&invoice).await.outcome.unwrap();
    let kind = |failure: punte_domain::Failure| failure.kind;
    let cancelled = client.issue_storno(&storno(&sent, issued.clone())).await.outcome.map_err(kind);
    assert_eq!(cancelled, Err(FailureKind::DocumentCancelled));
    client.restore(&invoice).await.outcome.unwrap();
    let reversal = client.issue_storno(&storno(&sent, issued.clone())).await.outcome.unwrap();
    assert!(client.issue_storno(&storno(&sent, reversal.clone())).await.outcome.is_err(), "a storno has no storno");
    let presence = client.find_document(&target(&sent, DocumentKind::Invoice, reversal)).await.unwrap();
    assert_eq!(presence, Presence::CannotTell, "SmartBill's storno carries no reference");
    for provider in BOTH {
        let account = crate::account::account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let sent = request(&account, "5008");
        let mut nowhere = issued.clone();
        (nowhere.series, nowhere.number) = (account.series.clone(), "9999".into());
        let missing = client.issue_storno(&storno(&sent, nowhere.clone())).await.outcome.map_err(kind);
        assert_eq!(missing, Err(FailureKind::DocumentNotFound), "{provider:?}");
        nowhere.provider_id = None;
        nowhere.link = None;
        let target = target(&sent, DocumentKind::Invoice, nowhere);
        assert_eq!(client.cancel(&target).await.outcome.unwrap_err().kind, FailureKind::DocumentNotFound);
        assert_eq!(client.find_document(&target).await.unwrap(), Presence::Absent, "{provider:?}");
        assert_eq!(client.fetch_pdf(&target).await.unwrap_err().kind, FailureKind::DocumentNotFound, "{provider:?}");
    }
}

#[tokio::test]
async fn a_proforma_becomes_an_invoice_that_is_found_by_our_reference_or_by_the_providers_word() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let proforma_sent = proforma_request(client.as_ref(), &account, "5009").await;
        let base = client.read_baseline(&account.company, &proforma_sent.series, DocumentKind::Proforma).await.unwrap();
        let proforma = client.issue_proforma(&proforma_sent).await.outcome.unwrap();
        let mut sought = query(&proforma_sent, base);
        sought.kind = DocumentKind::Proforma;
        let evidence = client.find_by_reference(&sought).await.unwrap();
        assert_eq!((evidence.ours().len(), evidence.complete), (1, true), "{provider:?}: {evidence:?}");
        let target = target(&proforma_sent, DocumentKind::Proforma, proforma.clone());
        assert!(is_present(client.find_document(&target).await.unwrap(), false), "{provider:?}");
        assert!(client.fetch_pdf(&target).await.unwrap().starts_with(b"%PDF"), "{provider:?}");

        let sent = unpaid_request(&account, "5009");
        let baseline = client.read_baseline(&account.company, &account.series, DocumentKind::Invoice).await.unwrap();
        let invoice = client.issue_from_proforma(&from_proforma(&sent, proforma.clone())).await.outcome.unwrap();
        let mut sought = query(&sent, baseline.clone());
        sought.from_proforma = Some(proforma.clone());
        let evidence = client.find_by_reference(&sought).await.unwrap();
        assert_eq!(evidence.ours()[0].document.number, invoice.number, "{provider:?}: {evidence:?}");
        client.cancel(&target).await.outcome.unwrap();
        client.restore(&target).await.outcome.unwrap();
        client.delete(&target, "pnt-dp").await.outcome.unwrap();
        assert_eq!(client.find_document(&target).await.unwrap(), Presence::Absent, "{provider:?}");
    }
}

#[tokio::test]
async fn an_invoice_made_elsewhere_from_our_proforma_counts_as_ours_at_smartbill() {
    let world = World::new().await;
    let account = account(&world, Provider::SmartBill);
    let client = client_of(Provider::SmartBill, account.config.clone());
    let mut proforma_sent = proforma_request(client.as_ref(), &account, "5010").await;
    // as if SmartBill did not take our mentions over
    proforma_sent.reference = reference("5010");
    let proforma = client.issue_proforma(&proforma_sent).await.outcome.unwrap();
    let sent = unpaid_request(&account, "5010-invoice");
    let baseline = client.read_baseline(&account.company, &account.series, DocumentKind::Invoice).await.unwrap();
    let silent = Patched::body(|body| {
        if body.get("useEstimateDetails").is_some() {
            body["mentions"] = "-".into();
        }
    });
    let other = client_over(Provider::SmartBill, account.config.clone(), silent);
    other.issue_from_proforma(&from_proforma(&sent, proforma.clone())).await.outcome.unwrap();
    let mut sought = query(&sent, baseline);
    let plain = client.find_by_reference(&sought).await.unwrap();
    assert_eq!(plain.looked_at[0].reference, ReferenceSeen::None, "by the print alone it is nobody's");
    sought.from_proforma = Some(proforma);
    assert_eq!(client.find_by_reference(&sought).await.unwrap().ours().len(), 1);
}

#[tokio::test]
async fn an_invoice_that_bears_its_proformas_mentions_is_found_by_smartbills_word() {
    let world = World::new().await;
    let account = account(&world, Provider::SmartBill);
    let client = client_of(Provider::SmartBill, account.config.clone());
    let proforma_sent = proforma_request(client.as_ref(), &account, "5011").await;
    let proforma = client.issue_proforma(&proforma_sent).await.outcome.unwrap();
    let sent = unpaid_request(&account, "5011");
    let baseline = client.read_baseline(&account.company, &account.series, DocumentKind::Invoice).await.unwrap();
    let copied = proforma_sent.reference.to_string();
    let printed = copied.clone();
    let silent = Patched::body(move |body| {
        if body.get("useEstimateDetails").is_some() {
            body["mentions"] = printed.clone().into();
        }
    });
    let other = client_over(Provider::SmartBill, account.config.clone(), silent);
    other.issue_from_proforma(&from_proforma(&sent, proforma.clone())).await.outcome.unwrap();
    let mut sought = query(&sent, baseline);
    sought.from_proforma = Some(proforma);
    assert_eq!(client.find_by_reference(&sought).await.unwrap().looked_at[0].reference, ReferenceSeen::Another(copied));
    sought.proforma_reference = Some(proforma_sent.reference.clone());
    assert_eq!(client.find_by_reference(&sought).await.unwrap().ours().len(), 1);
}

#[tokio::test]
async fn another_amount_than_the_proformas_is_invoiced_with_its_own_lines_and_names_it() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        let proforma_sent = proforma_request(client.as_ref(), &account, "5012").await;
        let proforma = client.issue_proforma(&proforma_sent).await.outcome.unwrap();
        assert!(client.list_invoices_of(&account.company, &proforma).await.unwrap().is_none_or(|made| made.is_empty()));
        let mut sent = unpaid_request(&account, "5012");
        sent.draft.lines.pop();
        sent.draft.order_total = sent.draft.total();
        let mut asked = from_proforma(&sent, proforma.clone());
        asked.repeats = false;
        let invoice = client.issue_from_proforma(&asked).await.outcome.unwrap();
        let read = client.read_issued(&target(&sent, DocumentKind::Invoice, invoice.clone())).await.unwrap();
        assert_eq!(read.total, Some(dec!(26.97)), "{provider:?}");
        if let Some(made) = client.list_invoices_of(&account.company, &proforma).await.unwrap() {
            let named: Vec<&str> = made.iter().map(|one| one.number.as_str()).collect();
            assert_eq!(named, [invoice.number.as_str()]);
        }
        let state = world.sandbox.state();
        let documents = state[if provider == Provider::Oblio { "oblio" } else { "smartbill" }]["documents"].clone();
        assert_eq!(documents[0]["invoiced_by"][0]["number"], invoice.number, "{provider:?}: shown as invoiced there");
    }
}

#[tokio::test]
async fn a_mail_goes_out_once_with_its_text_whole_and_an_odd_address_is_refused() {
    for provider in BOTH {
        let world = World::new().await;
        let account = account(&world, provider);
        let client = client_of(provider, account.config.clone());
        if !client.capabilities().can(Ability::Email) {
            continue;
        }
        let sent = request(&account, "5011");
        let issued = client.issue_invoice(&sent).await.outcome.unwrap();
        let invoice = target(&sent, DocumentKind::Invoice, issued);
        client.send_email(&invoice, &email()).await.outcome.unwrap();
        let mails = world.state(provider)["emails"].take();
        assert_eq!(mails.as_array().unwrap().len(), 1);
        assert_eq!(
            (&mails[0]["subject"], &mails[0]["body"]),
            (&"Factura dumneavoastră".into(), &"Mulțumim! 🙂".into())
        );
        for address in ["ana", "fara-server@example.com"] {
            let mut odd = email();
            odd.to = address.into();
            let failure = client.send_email(&invoice, &odd).await.outcome.unwrap_err();
            assert_eq!((failure.kind, failure.phase), (FailureKind::EmailRefused, Phase::Refused), "{address}");
        }
    }
}

#[tokio::test]
async fn an_e_factura_goes_from_sent_to_archived() {
    let clock = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(chrono::Utc::now().timestamp_millis()));
    let shown = clock.clone();
    let world = World::with(|config| {
        config.clock = std::sync::Arc::new(move || shown.load(std::sync::atomic::Ordering::SeqCst))
    })
    .await;
    let account = account(&world, Provider::Oblio);
    let client = client_of(Provider::Oblio, account.config.clone());
    // an address that no draft of ours may have
    let homeless = Patched::body(|body| {
        if body.get("client").is_some() {
            body["client"]["city"] = "Bucuresti".into();
        }
    });
    let other = client_over(Provider::Oblio, account.config.clone(), homeless);
    let mut targets = Vec::new();
    for (order, issuer) in [("5012", &client), ("5013", &other)] {
        let sent = request(&account, order);
        let issued = issuer.issue_invoice(&sent).await.outcome.unwrap();
        let invoice = target(&sent, DocumentKind::Invoice, issued);
        assert_eq!(client.send_einvoice(&invoice).await.outcome.unwrap().state, EInvoiceState::Processing);
        assert!(client.fetch_einvoice_archive(&invoice).await.is_err(), "nothing is archived yet");
        targets.push(invoice);
    }
    clock.fetch_add(10_000, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(client.read_einvoice(&targets[0]).await.unwrap().state, EInvoiceState::Accepted);
    assert!(client.fetch_einvoice_archive(&targets[0]).await.unwrap().starts_with(b"PK"));
    let refused = client.read_einvoice(&targets[1]).await.unwrap();
    assert_eq!(refused.state, EInvoiceState::Rejected);
    assert!(refused.words.contains("sector"), "{refused:?}");
}

#[tokio::test]
async fn the_older_routes_issue_where_the_newer_are_not_there() {
    let world = World::with(|config| config.tolerant = true).await;
    let mut account = account(&world, Provider::SmartBill);
    account.config.legacy_routes = true;
    let client = client_of(Provider::SmartBill, account.config.clone());
    let sent = request(&account, "5014");
    let issued = client.issue_invoice(&sent).await.outcome.unwrap();
    let found = client.find_by_reference(&query(&sent, Baseline { next_number: Some("0001".into()) })).await.unwrap();
    assert_eq!(found.ours()[0].document.number, issued.number);
}
